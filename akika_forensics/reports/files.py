"""The files of a report: readable by their owner alone, all of them or none, never over an earlier report."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from akika_forensics.errors import WrongUse

type Kind = Literal["notebook", "html", "pdf", "table", "manifest"]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file of a report, not yet anywhere: its name without a folder, and its bytes."""

    kind: Kind
    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def row(self) -> dict[str, Any]:
        """``{"path", "length", "sha256"}``, as a manifest lists it."""
        return {"path": self.name, "length": len(self.data), "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class ReportResult:
    """Where the files of a report lie.

    ``pdf`` is None where none could be made, and ``notes`` then says why. ``tables``: the long tables as CSV.
    ``sealed``: under which id the vault keeps the report, such as ``r1``; empty where no vault was among its parameters.
    """

    notebook: Path
    html: Path
    pdf: Path | None
    manifest: Path
    tables: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    sealed: str = ""


def free_stem(folder: Path, name: str) -> str:
    """``name``, or ``name-2`` and so on where a report of this name lies in the folder already."""
    number = 1
    while True:
        stem = name if number == 1 else f"{name}-{number}"
        if not any((folder / f"{stem}{suffix}").exists() for suffix in (".ipynb", ".html", ".pdf", ".json")):
            return stem
        number += 1


def private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone when it is new. Raises WrongUse."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"The folder {folder} cannot be made: {error.strerror or 'the system refused'}.") from error


def write_all(folder: Path, files: Sequence[MadeFile], *, notes: Sequence[str] = (), sealed: str = "") -> ReportResult:
    """Write new files with mode 0600, durable when it returns. Raises WrongUse; what was written by then is gone again."""
    written: list[Path] = []
    try:
        for file in files:
            _write(folder / file.name, file.data, written)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    places = {file.kind: folder / file.name for file in files}
    return ReportResult(
        notebook=places["notebook"],
        html=places["html"],
        pdf=places.get("pdf"),
        manifest=places["manifest"],
        tables=tuple(folder / file.name for file in files if file.kind == "table"),
        notes=tuple(notes),
        sealed=sealed,
    )


def _write(path: Path, data: bytes, written: list[Path]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        written.append(path)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise WrongUse(f"The file {path} cannot be written: {error.strerror or 'the system refused'}.") from error
