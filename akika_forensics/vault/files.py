"""A file that something signed vouches for: its path, length and SHA-256."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Self

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.ahead import WINDOW, ahead

_THREADS: Final = max(1, min(4, os.cpu_count() or 1))
_ALONE: Final = 1 << 20
"""Files of fewer bytes together are read sooner by one thread than shared out."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """``path`` relative to the vault, ``length`` in bytes, ``sha256`` in hexadecimal.

    ``root``: the record roots of the segments in the file, {number: hexadecimal}.
    """

    path: str
    length: int
    sha256: str
    root: dict[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, path: str, data: bytes, root: Mapping[int, bytes] | None = None) -> Self:
        roots = {str(number): value.hex() for number, value in (root or {}).items()}
        return cls(path, len(data), hashlib.sha256(data).hexdigest(), roots)

    def read(self, backend: Backend) -> bytes:
        """The bytes, checked before anything parses them. Raises DamagedFile."""
        try:
            data = backend.read(self.path)
        except FileNotFoundError as error:
            raise DamagedFile(self.path, "The file is missing.") from error
        problem = self.difference(len(data), hashlib.sha256(data).hexdigest())
        if problem:
            raise DamagedFile(self.path, problem)
        return data

    def chunks(self, backend: Backend) -> Iterator[bytes]:
        """The bytes of a long file as they lie there, nothing proved; at the end they are held against what was signed.

        Raises DamagedFile.
        """
        found = Measured(backend.chunks(self.path))
        try:
            yield from found
        except FileNotFoundError as error:
            raise DamagedFile(self.path, "The file is missing.") from error
        problem = self.difference(found.length, found.digest.hexdigest())
        if problem:
            raise DamagedFile(self.path, problem)

    def difference(self, length: int, sha256: str) -> str:
        """How a file of this length and digest differs from what was signed; empty when it does not."""
        if length != self.length:
            return f"It is {length} bytes long, but {self.length} were signed."
        return "" if sha256 == self.sha256 else "Its bytes are not those that were signed: the SHA-256 differs."


class Measured:
    """Chunks that are counted and digested as they go by: ``length`` in bytes, ``digest`` SHA-256."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.digest = hashlib.sha256()
        self.length = 0
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.digest.update(chunk)
            self.length += len(chunk)
            yield chunk


def read_all(backend: Backend, files: Sequence[StoredFile]) -> list[bytes | DamagedFile]:
    """`StoredFile.read` of each in order, side by side: SHA-256 leaves the interpreter to the others.

    What would be raised is given instead.
    """
    if len(files) < 2 or sum(file.length for file in files) < _ALONE:
        return list(_in_turn(backend, files))
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="akika-read") as pool:
        return list(pool.map(lambda file: _read(backend, file), files))


def _in_turn(backend: Backend, files: Sequence[StoredFile]) -> Iterator[bytes | DamagedFile]:
    for start in range(0, len(files), WINDOW):
        window = files[start : start + WINDOW]
        ahead(backend, [file.path for file in window])
        for file in window:
            yield _read(backend, file)


def _read(backend: Backend, file: StoredFile) -> bytes | DamagedFile:
    try:
        return file.read(backend)
    except DamagedFile as error:
        return error
