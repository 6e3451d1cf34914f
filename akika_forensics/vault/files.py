"""A file that something signed vouches for: its path, length and SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.storage import Backend


@dataclass(frozen=True, slots=True)
class StoredFile:
    """``path`` relative to the vault, ``length`` in bytes, ``sha256`` in hexadecimal."""

    path: str
    length: int
    sha256: str

    @classmethod
    def of(cls, path: str, data: bytes) -> Self:
        return cls(path, len(data), hashlib.sha256(data).hexdigest())

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

    def difference(self, length: int, sha256: str) -> str:
        """How a file of this length and digest differs from what was signed; empty when it does not."""
        if length != self.length:
            return f"It is {length} bytes long, but {self.length} were signed."
        return "" if sha256 == self.sha256 else "Its bytes are not those that were signed: the SHA-256 differs."
