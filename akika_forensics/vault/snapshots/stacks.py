"""The files of a vault's snapshots, read: each is held against what was signed before it is parsed."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.vault import files, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keychain import Keychain
from akika_forensics.vault.keys.keytable import Half
from akika_forensics.vault.snapshots import frames, parquet
from akika_forensics.vault.snapshots.checked import CheckedFiles
from akika_forensics.vault.storage import Backend

IN_PART: Final = 4 << 20
"""Of a longer file that lies on this machine only what is needed is read, after all of it was held against its entry."""


class Vanished(WrongUse):
    """A file was taken out of the vault since it was looked up: another lies in its place, or its snapshot is dropped."""

    code = "vanished"


class Stacks(ABC):
    """Methods raise DamagedFile when what they read is not what was signed, NotAllowed for payloads where the member's
    role does not reach, and Vanished. ``standing`` says which files there are.
    """

    def __init__(self, backend: Backend, standing: Standing) -> None:
        self.backend = backend
        self.standing = standing
        self._checked = CheckedFiles(backend)

    @property
    @abstractmethod
    def keychain(self) -> Keychain:
        """All keys that the commits vouch for now."""

    @abstractmethod
    def refresh(self) -> None:
        """Take in what was committed since, by this process or another."""

    def frame(
        self,
        company: str,
        path: str,
        half: Half,
        schemas: Sequence[frames.Schema],
        *,
        where: pl.Expr | None = None,
        columns: Sequence[str] | None = None,
        fill: Mapping[str, object] | None = None,
    ) -> pl.DataFrame:
        """Rows of a Parquet file; ``schemas``: what it may hold, the newest first; ``fill``: what an older one lacks.

        Raises Vanished.
        """
        if where is not None or columns is not None:
            found = self._read_in_place(company, path, half, schemas, where, columns, fill)
            if found is not None:
                return found
        (sealed,) = self._sealed(company, [path], half)
        return parquet.read(*sealed[:3], schemas=schemas, path=path, where=where, columns=columns, fill=fill)

    def frame_each(
        self,
        company: str,
        paths: Sequence[str],
        schemas: Sequence[frames.Schema],
        *,
        columns: Sequence[str] | None = None,
        fills: Sequence[Mapping[str, object]] | None = None,
    ) -> list[pl.DataFrame]:
        """All rows of many small files of the index half, read side by side: as `frame`, each with its ``fill``."""
        return parquet.read_all(self._sealed(company, paths, "index"), schemas, columns, fills)

    def _sealed(self, company: str, paths: Sequence[str], half: Half) -> list[parquet.Sealed]:
        keys = [self.key(half, path) for path in paths]
        contents = self._contents(paths)
        places = (parquet.associated(company, layout.place_of(path).id) for path in paths)
        return list(map(parquet.Sealed, contents, keys, places, paths))

    def _read_in_place(
        self,
        company: str,
        path: str,
        half: Half,
        schemas: Sequence[frames.Schema],
        where: pl.Expr | None,
        columns: Sequence[str] | None,
        fill: Mapping[str, object] | None,
    ) -> pl.DataFrame | None:
        """None for a short file that was not proved yet, one that is not on this machine, or that was exchanged meanwhile."""
        place = self._checked.local(path)
        if place is None or (self.file(path).length < IN_PART and self._checked.place(path) is None):
            return None
        around = self._checked.around(path)
        key, aad = self.key(half, path), parquet.associated(company, layout.place_of(path).id)
        found = None
        # Another process may just have put others in its place.
        with self._proof(path), contextlib.suppress(FileNotFoundError):
            found = parquet.read(place, key, aad, schemas=schemas, path=path, where=where, columns=columns, fill=fill)
        return found if self._checked.place(path) is not None and self._checked.around(path) == around else None

    @contextlib.contextmanager
    def _proof(self, path: str) -> Iterator[None]:
        """Meanwhile a long file is held against what was signed, once. What is read of it counts for nothing before.

        Its pages are authenticated one by one by whoever reads them, so that they may be parsed beside it. An error of the
        proof is raised in place of one of the reader.
        """
        if self._checked.place(path) is not None:
            yield
            return
        with ThreadPoolExecutor(1, thread_name_prefix="proof") as pool:
            proof = pool.submit(self._prove, path)
            try:
                yield
            finally:
                proof.result()

    def _prove(self, path: str) -> None:
        """Raises DamagedFile, Vanished."""
        mark = self._checked.mark(path)
        try:
            for _ in self.file(path).chunks(self.backend):
                pass
        except DamagedFile:
            self._require_listed(path)
            raise
        self._checked.add(path, mark)

    def content(self, path: str) -> bytes:
        """The bytes of a file as they were signed. Raises Vanished."""
        return self._contents([path])[0]

    def _contents(self, paths: Sequence[str]) -> list[bytes]:
        stored = [self.file(path) for path in paths]
        marks = [self._checked.mark(path) for path in paths]
        found: list[bytes] = []
        for file, mark, content in zip(stored, marks, files.read_all(self.backend, stored), strict=True):
            if isinstance(content, DamagedFile):
                self._require_listed(file.path)
                raise content
            self._checked.add(file.path, mark)
            found.append(content)
        return found

    def key(self, half: Half, path: str) -> bytes:
        """The key of a Parquet file. Raises Vanished."""
        try:
            return self.keychain.get(half, layout.place_of(path).id, path)
        except DamagedFile:
            self._require_listed(path)
            raise

    def file(self, path: str) -> StoredFile:
        """What was signed about a file. Raises Vanished for one that was retired, DamagedFile for one nobody knows."""
        file = self.standing.files.get(path)
        if file is not None:
            return file
        if path in self.standing.retired:
            raise Vanished(f"{path} is no longer part of the vault.", do="Open the vault again and repeat it.")
        raise DamagedFile(path, "No commit vouches for it.")

    def _require_listed(self, path: str) -> None:
        """Look at the commits again, and raise Vanished when the file was taken out meanwhile."""
        self.refresh()
        self.file(path)
