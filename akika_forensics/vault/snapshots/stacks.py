"""The files of a vault's snapshots, read: each is held against what was signed before it is parsed."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.vault import files, layout, storage
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keychain import Keychain
from akika_forensics.vault.keys.keytable import Half
from akika_forensics.vault.snapshots import frames, parquet
from akika_forensics.vault.snapshots.checked import CheckedFiles, Mark
from akika_forensics.vault.storage import Backend

IN_PART: Final = 4 << 20
"""Of a longer file that lies on this machine only what is needed is read, after all of it was held against its entry."""


class Vanished(WrongUse):
    """A file was taken out of the vault since it was looked up: another lies in its place, or its snapshot is dropped."""

    code = "vanished"


class _Read(NamedTuple):
    """A file that was read in part: the folders around it before, and its proof where that is still under way."""

    path: str
    around: tuple[Mark | None, ...]
    proof: Future[None] | None


class _Unproved(threading.local):
    """What this thread has read and not yet proved; None where each file is proved before it is given on."""

    reads: list[_Read] | None = None


class Stacks(ABC):
    """Methods raise DamagedFile when what they read is not what was signed, NotAllowed for payloads where the member's
    role does not reach, and Vanished. ``standing`` says which files there are.
    """

    def __init__(self, backend: Backend, standing: Standing) -> None:
        self.backend = backend
        self.standing = standing
        self._checked = CheckedFiles(backend)
        self._unproved = _Unproved()

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
        numbered: str | None = None,
        span: tuple[int, int] | None = None,
    ) -> pl.DataFrame:
        """Rows of a Parquet file, as `parquet.read` has them. Raises Vanished."""
        choice = parquet.Choice(where, columns, fill, numbered, span)
        if where is not None or columns is not None:
            found = self._read_in_place(company, path, half, schemas, choice)
            if found is not None:
                return found
        (sealed,) = self._sealed(company, [path], half)
        return parquet.read(*sealed[:3], schemas=schemas, path=path, choice=choice)

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

    def at_hand(self, company: str, path: str, half: Half, held: contextlib.ExitStack) -> parquet.Sealed:
        """A Parquet file to be read piece by piece, after all of it was held against what was signed: on this machine where it
        lies; of another place, a long one as a file without a name that ``held`` closes, a short one as its bytes.

        Raises Vanished.
        """
        key, aad = self.key(half, path), parquet.associated(company, layout.place_of(path).id)
        if self._checked.local(path) is not None:
            self._wait_for(path, self._begin_proof(path))
            place = self._checked.place(path)
            if place is not None:
                return parquet.Sealed(place, key, aad, path)
        if self.file(path).length < IN_PART:
            return parquet.Sealed(self.content(path), key, aad, path)
        try:
            here = held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - ``held`` is one
            for chunk in self.file(path).chunks(self.backend):
                here.write(chunk)
            here.seek(0)
        except DamagedFile:
            self._require_listed(path)
            raise
        except OSError as error:
            raise storage.failed("written", "A file of this machine's folder for temporary files", error) from error
        return parquet.Sealed(here, key, aad, path)

    def _read_in_place(
        self,
        company: str,
        path: str,
        half: Half,
        schemas: Sequence[frames.Schema],
        choice: parquet.Choice,
    ) -> pl.DataFrame | None:
        """None for a short file that was not proved yet, one that is not on this machine, or that was exchanged meanwhile."""
        place = self._checked.local(path)
        if place is None or (self.file(path).length < IN_PART and self._checked.place(path) is None):
            return None
        around = self._checked.around(path)
        key, aad = self.key(half, path), parquet.associated(company, layout.place_of(path).id)
        found, proof = None, self._begin_proof(path)
        try:
            with contextlib.suppress(FileNotFoundError):  # another process may just have put others in its place
                found = parquet.read(place, key, aad, schemas=schemas, path=path, choice=choice)
        except DamagedFile:
            self._wait_for(path, proof)  # what the proof has to say comes first
            raise
        read = _Read(path, around, proof)
        if found is not None and self._unproved.reads is not None:
            self._unproved.reads.append(read)
            return found
        return found if self._counts(read) else None

    def proved[T](self, make: Callable[[], T]) -> T:
        """What ``make`` makes of long files that are held against what was signed meanwhile; given on when all of them were.

        ``make`` may be called twice, and keeps nothing: a file may be exchanged while it is read. Raises what ``make`` does;
        an error of a proof comes first.
        """
        outer, self._unproved.reads = self._unproved.reads, []
        try:
            made = make()
        except Exception:
            # Whatever went wrong, it may have gone wrong with bytes that nobody signed: that is said first.
            for read in self._unproved.reads:
                self._counts(read)
            raise
        finally:
            reads, self._unproved.reads = self._unproved.reads, outer
        return made if all(self._counts(read) for read in reads) else self._one_by_one(make)

    def _one_by_one[T](self, make: Callable[[], T]) -> T:
        """Each file proved before anything is made of it."""
        outer, self._unproved.reads = self._unproved.reads, None
        try:
            return make()
        finally:
            self._unproved.reads = outer

    def _counts(self, read: _Read) -> bool:
        """Waits for the proof, and raises its error; whether what was read is of the very file that was proved."""
        self._wait_for(read.path, read.proof)
        return self._checked.place(read.path) is not None and self._checked.around(read.path) == read.around

    def _wait_for(self, path: str, proof: Future[None] | None) -> None:
        """Raises what the proof does; Vanished where the file was taken out of the vault."""
        try:
            if proof is not None:
                proof.result()
        except DamagedFile:
            self._require_listed(path)
            raise

    def _begin_proof(self, path: str) -> Future[None] | None:
        """In a thread of its own; None for a file that was proved. Its pages are authenticated one by one by whoever reads
        them, so that they may be parsed beside it.
        """
        if self._checked.place(path) is not None:
            return None
        pool = ThreadPoolExecutor(1, thread_name_prefix="proof")
        try:
            return pool.submit(self._prove, path)
        finally:
            pool.shutdown(wait=False)

    def _prove(self, path: str) -> None:
        """In a thread of its own, which asks nothing of the shelf: whoever waits for it may hold its lock. Raises DamagedFile."""
        mark = self._checked.mark(path)
        for _ in self.file(path).chunks(self.backend):
            pass
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
