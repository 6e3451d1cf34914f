"""The folder a person works in: copies of the shipped notebooks, of which none that was changed is ever overwritten.

What was written is remembered by its digest in one small file. A digest covers the cells alone, because JupyterLab
writes a notebook in a form of its own as soon as it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from akika_forensics.errors import WrongUse
from akika_forensics.model.formats import Format, OtherFormat

MEMORY: Final = ".akika-lab.json"
_FORMAT: Final = Format("akika-lab-", 1, "working folder", {0: lambda files: {"files": files}})
type Outcome = Literal["new", "renewed", "kept", "beside"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file to be placed: where it belongs in the folder (``sessions/restore_session.ipynb``) and its bytes."""

    place: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a shipped file.

    ``path`` is where its newest form lies, below the folder. ``new``: it was not there. ``renewed``: it was there as we had
    written it. ``kept``: it stays as it is. ``beside``: a person had changed it, so the newer form lies under a name of its own.
    """

    place: str
    path: str
    outcome: Outcome


def place_all(folder: Path, shipped: Iterable[Shipped]) -> tuple[Placed, ...]:
    """Bring a folder up to date. Raises WrongUse where it cannot be written, NewerFormat where a newer version laid it out."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        memory = _read_memory(folder)
        placed = tuple(_place(folder, one, memory) for one in shipped)
        _write(folder / MEMORY, json.dumps(_FORMAT.named({"files": memory}), indent=1, sort_keys=True).encode())
    except OSError as error:
        raise WrongUse(
            f"The folder {folder} cannot be used: {error.strerror or 'the system refused'}.",
            do="Name another one with --dir.",
        ) from error
    return placed


def _place(folder: Path, one: Shipped, memory: dict[str, Any]) -> Placed:
    known = memory.get(one.place)
    offered = digest_of(one.place, one.data)
    path = _remembered_path(one.place, known)
    if not isinstance(known, Mapping) or not path:
        path = _free(folder, one.place)
        return _put(folder, one, path, offered, memory, "new" if path == one.place else "beside")
    there = folder / path
    if not there.exists():
        return _put(folder, one, path, offered, memory, "new")
    untouched = digest_of(path, there.read_bytes()) == known.get("digest")
    if offered == known.get("digest"):
        return Placed(one.place, path, "kept")
    if untouched:
        return _put(folder, one, path, offered, memory, "renewed")
    return _put(folder, one, _free(folder, one.place), offered, memory, "beside")


def _remembered_path(place: str, known: Any) -> str:
    """Where the file was written last; ``""`` unless that is beside its place, because the folder may come from elsewhere."""
    path = Path(str(known.get("path", ""))) if isinstance(known, Mapping) else Path()
    return path.as_posix() if path.name and path.parent == Path(place).parent else ""


def _put(folder: Path, one: Shipped, path: str, offered: str, memory: dict[str, Any], outcome: Outcome) -> Placed:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, one.data)
    memory[one.place] = {"path": path, "digest": offered}
    return Placed(one.place, path, outcome)


def _free(folder: Path, place: str) -> str:
    """``place``, or the first of ``name 2``, ``name 3`` … that nothing lies at."""
    wanted, number = Path(place), 1
    while True:
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem} {number}{wanted.suffix}")
        if not (folder / path).exists():
            return path.as_posix()
        number += 1


def digest_of(name: str, data: bytes) -> str:
    """SHA-256, in hexadecimal, of what a person can change: of a notebook the cells, else every byte."""
    if name.endswith(".ipynb"):
        try:
            cells = json.loads(data)["cells"]
            said = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            data = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
        except (ValueError, KeyError, TypeError):
            pass  # No notebook any more: whoever made it so changed it, and every byte counts.
    return hashlib.sha256(data).hexdigest()


def _read_memory(folder: Path) -> dict[str, Any]:
    """What was written earlier; empty where nothing that can be read says so, and then nothing is overwritten."""
    try:
        memory = _FORMAT.current(json.loads((folder / MEMORY).read_bytes()))
    except (FileNotFoundError, ValueError, OtherFormat):
        return {}
    files = memory.get("files")
    return files if isinstance(files, dict) and memory.keys() == {"files", "format"} else {}


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    partial = path.with_name(f".{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
