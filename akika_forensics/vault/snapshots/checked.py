"""Files of this machine that were held against what was signed, whole, since the vault was opened.

Such a file may be read in part afterwards, as long as it is the same: its pages are authenticated one by one. Where the
bytes lie elsewhere, none is ever known.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from akika_forensics.vault.storage import Backend, LocalBackend


class Mark(NamedTuple):
    """What tells whether it is the same file, untouched: any write, rename or exchange changes one of these."""

    device: int
    inode: int
    length: int
    modified: int
    changed: int


class CheckedFiles:
    def __init__(self, backend: Backend) -> None:
        self._root = backend.root if isinstance(backend, LocalBackend) else None
        self._known: dict[str, Mark] = {}

    def mark(self, path: str) -> Mark | None:
        """As it is now; None for what is not there or not on this machine."""
        if self._root is None:
            return None
        try:
            found = (self._root / path).lstat()
        except OSError:
            return None
        return Mark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def around(self, path: str) -> tuple[Mark | None, ...]:
        """The folders that a file lies in, as they are now: who exchanges one for a moment leaves the file's mark alone."""
        folder = path.rpartition("/")[0]
        return (self.mark(folder), self.mark(""))

    def add(self, path: str, mark: Mark | None) -> None:
        """``mark`` was made before the file was read and found to be what was signed."""
        if mark is not None:
            self._known[path] = mark

    def local(self, path: str) -> Path | None:
        """Where a file of this machine lies, whether it was checked or not; None for any other."""
        return self._root / path if self._root is not None and self.mark(path) is not None else None

    def place(self, path: str) -> Path | None:
        """Where a file lies that was checked and is the same; None for any other. To be asked again after reading."""
        mark = self._known.get(path)
        return self._root / path if self._root is not None and mark is not None and mark == self.mark(path) else None
