"""A file that something signed vouches for: its path, length and SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.storage import Backend


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

    def difference(self, length: int, sha256: str) -> str:
        """How a file of this length and digest differs from what was signed; empty when it does not."""
        if length != self.length:
            return f"It is {length} bytes long, but {self.length} were signed."
        return "" if sha256 == self.sha256 else "Its bytes are not those that were signed: the SHA-256 differs."
