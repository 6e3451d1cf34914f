"""The files of a report: readable by their owner alone, never over an earlier report."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from akika_forensics.errors import WrongUse


def free_stem(folder: Path, name: str) -> str:
    """``name``, or ``name-2`` and so on where a report of this name lies in the folder already."""
    number = 1
    while True:
        stem = name if number == 1 else f"{name}-{number}"
        if not any((folder / f"{stem}{suffix}").exists() for suffix in (".ipynb", ".html", ".json")):
            return stem
        number += 1


def private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone when it is new. Raises WrongUse."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"The folder {folder} cannot be made: {error.strerror or 'the system refused'}.") from error


def write_private(path: Path, data: bytes) -> dict[str, Any]:
    """Write a new file with mode 0600, durable when it returns: ``{"path", "length", "sha256"}``. Raises WrongUse."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise WrongUse(f"The file {path} cannot be written: {error.strerror or 'the system refused'}.") from error
    return {"path": path.name, "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
