"""The stored snapshots of all companies: which commits there are, and their frames, each checked before it is parsed."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model.company import Company
from akika_forensics.vault import documents, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.entries import Entry, Link
from akika_forensics.vault.chains.seals import Closed
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keychain import Keychain
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.keytable import DOCUMENTS, Half
from akika_forensics.vault.snapshots import frames, parquet
from akika_forensics.vault.snapshots.checked import CheckedFiles
from akika_forensics.vault.snapshots.commits import SNAPSHOT, Commit, read_commit
from akika_forensics.vault.snapshots.holdings import Holdings
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.storage import Backend

_STATES_KEPT: Final = 4
_PATIENCE: Final = 3
"""Merges in a row that a reader puts up with while it reads one piece."""

_MANIFESTS: Final = (frames.MANIFEST, frames.MANIFEST_1)
_FEW: Final = 400
"""So many deltas are read one after the other sooner than two states are made and joined."""


def pseudonym(keyring: Keyring, company: Company) -> str:
    """One company is one realm; production is kept apart from a sandbox or a twin with the same number."""
    return keyring.pseudonym("company", "production" if company.production else "other", company.realm_id)


class Vanished(WrongUse):
    """A file was taken out of the vault since it was looked up: another lies in its place, or its snapshot is dropped."""

    code = "vanished"


class Shelf:
    """Methods raise DamagedFile when what they read is not what was signed, and NotAllowed for payloads where the
    member's role does not reach.

    ``standing`` is what the commits amount to without keys; ``commits`` reads them, and takes what is new up into it.
    Without it the shelf holds what ``holdings`` and ``keychain`` say.
    """

    def __init__(
        self,
        backend: Backend,
        standing: Standing,
        keyring: Callable[[], Keyring],
        *,
        commits: Callable[[], Chain] | None = None,
        holdings: Holdings | None = None,
        keychain: Keychain | None = None,
        accounted: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self.backend = backend
        self.standing = standing
        self.holdings = holdings or Holdings()
        self._commits = commits
        self._keyring = keyring
        self._keychain = keychain
        self._accounted = accounted
        self._sound: dict[str, bool] = {}
        self._guard = threading.RLock()
        self._states: OrderedDict[int, pl.DataFrame] = OrderedDict()
        self._checked = CheckedFiles(backend)

    @property
    def keyring(self) -> Keyring:
        return self._keyring()

    @property
    def keychain(self) -> Keychain:
        """All keys that the commits vouch for now."""
        if self._keychain is None:
            self.refresh()
        if self._keychain is None:
            raise AssertionError("refreshing makes it")
        return self._keychain

    def refresh(self) -> None:
        """Take in what was committed since, by this process or another."""
        if self._commits is None:
            return
        with self._guard:
            chain = self._commits()
            links = chain.links()
            if self._keychain is None:
                self._keychain = Keychain(self.backend, self._keyring)
            if self.holdings.taken == len(links):
                return
            links = self._take_tables(chain, self._keychain)
            for link in links[self.holdings.taken :]:
                try:
                    entry = chain.open(link)
                except Closed:
                    self.holdings.take_closed(link.plain.seq)
                else:
                    self.take(entry, link)
            unexplained = self.holdings.unexplained()
            if unexplained and not self._lost_tables():
                path = layout.entry(layout.COMMITS, unexplained[0])
                raise DamagedFile(path, "Its key is in no key table, and no commit says that its company was erased.")

    def take(self, entry: Entry, link: Link) -> None:
        """The next commit, opened. Raises DamagedFile where it tells of what cannot be."""
        if entry.body.get("kind") == SNAPSHOT:
            commit = read_commit(entry)
            if commit.pseudonym != pseudonym(self.keyring, commit.info.company):
                raise DamagedFile(link.path, "It names another company than its files are bound to.")
            if self.keychain.owner(commit.text.key_table) not in {None, commit.pseudonym}:
                raise DamagedFile(link.path, "Its key table is of another company.")
        self.holdings.take(entry, link.plain.retired, adds_only=link.plain.seq in self.standing.adding)

    def _take_tables(self, chain: Chain, keychain: Keychain) -> tuple[Link, ...]:
        """Read the key tables in use, and the entries that say which these are: both as of the same moment."""
        while True:
            links = chain.links()
            gone = self._lost_tables()
            tables = [file for file in self._tables() if file.path not in gone]
            try:
                keychain.take(tables, self.standing.retired, self.standing.added)
            except DamagedFile:
                # Another process may just have put one table in the place of all others.
                if len(chain.links()) == len(links):
                    raise
            else:
                return links

    def is_lost(self, path: str) -> bool:
        """Whether an account of losses names a file, and it is still not what was signed."""
        if path not in self._accounted():
            return False
        if path not in self._sound:
            try:
                for _ in self.file(path).chunks(self.backend):
                    pass
                self._sound[path] = True
            except DamagedFile:
                self._sound[path] = False
        return not self._sound[path]

    def _tables(self) -> list[StoredFile]:
        return [file for file in self.standing.files.values() if layout.place_of(file.path).kind == "keytable"]

    def _lost_tables(self) -> frozenset[str]:
        return frozenset(file.path for file in self._tables() if self.is_lost(file.path))

    def find_entry(self, name: str) -> bytes | None:
        """The key of a commit, by its id."""
        return self._keychain.find("index", name) if self._keychain is not None else None

    def find(self, name: str) -> bytes | None:
        """The key of a document or of a company's chain, by its id. Raises NotAllowed."""
        keychain = self.keychain
        return keychain.find("payload", name) or keychain.find("payload", f"{DOCUMENTS}{name}")

    def commits(self, company: str | None = None) -> tuple[Commit, ...]:
        """Of the snapshots that are kept, oldest first; of one company (its pseudonym) when given."""
        with self._guard:
            self.refresh()
            return self.holdings.kept(company)

    def again[T](self, read: Callable[[], T]) -> T:
        """``read``, and again where a file vanished under it. It has to look up what it reads, from the commits on.

        Compaction puts others in the place of files while a snapshot is read; what is in them is the same.
        """
        for _ in range(_PATIENCE):
            try:
                return read()
            except Vanished:
                self.refresh()
        return read()

    def state(self, commit: Commit) -> pl.DataFrame:
        """Which version of which record the snapshot holds: columns of `frames.STATE`, sorted by key."""
        return self.again(lambda: self._state(commit))

    def _state(self, commit: Commit) -> pl.DataFrame:
        with self._guard:
            following: list[Commit] = []
            state: pl.DataFrame | None = None
            at: Commit | None = commit
            while at is not None:
                if at.seq in self._states:
                    state = self._states[at.seq]
                    break
                following.append(at)
                at = self._base(at)
            if state is None:
                state = frames.apply_manifest(None, self.manifest(following.pop()))
            state = frames.apply_manifests(state, self.manifests(list(reversed(following))))
            self._states[commit.seq] = state
            self._states.move_to_end(commit.seq)
            while len(self._states) > _STATES_KEPT:
                self._states.popitem(last=False)
            return state

    def manifest(self, commit: Commit, where: pl.Expr | None = None) -> pl.DataFrame:
        """The manifest in use, full or not."""
        return self._manifest(commit, self.holdings.manifest(commit), where)

    def delta(self, commit: Commit, where: pl.Expr | None = None) -> pl.DataFrame:
        """What differs from the snapshot that the commit's ``base`` names, also where a full manifest lies beside."""
        return self._manifest(commit, commit.text.manifest, where)

    def _manifest(self, commit: Commit, path: str, where: pl.Expr | None = None) -> pl.DataFrame:
        return self.frame(commit.pseudonym, path, "index", _MANIFESTS, where=where)

    def manifests(self, commits: Sequence[Commit], *, own: bool = False) -> list[pl.DataFrame]:
        """`manifest` of many commits, or with ``own`` `delta`, at once; those of version 1 without ``was``."""
        paths = [one.text.manifest if own else self.holdings.manifest(one) for one in commits]
        files = [self._sealed(one.pseudonym, path, "index") for one, path in zip(commits, paths, strict=True)]
        return parquet.read_all(files, _MANIFESTS)

    def differences(self, before: Commit, after: Commit) -> pl.DataFrame:
        """Columns of `frames.DIFFERENCE`: a row for each record that differs between two snapshots of a company."""
        if before.seq > after.seq:
            return self.differences(after, before).rename({"was": "digest", "digest": "was"}).select(*frames.DIFFERENCE)
        deltas = self._deltas_between(before, after)
        if deltas is not None:
            found = self.manifests(deltas, own=True)
            if all("was" in frame.columns for frame in found):
                return frames.differences(found)
        return frames.difference(self.state(before), self.state(after))

    def _deltas_between(self, before: Commit, after: Commit) -> list[Commit] | None:
        """Commits whose deltas lead from one snapshot to a later one; None where they do not, or are too many to pay."""
        found: list[Commit] = []
        at: Commit | None = after
        while at is not None and at.seq > before.seq and len(found) < _FEW:
            if at.text.base is None or at.text.manifest in self.standing.retired:
                return None
            found.append(at)
            at = self.holdings.commits.get(at.text.base)
        return found[::-1] if at is not None and at.seq == before.seq else None

    def leaves(self, company: str, segment: int | None = None) -> pl.DataFrame:
        """What retention kept of a company's rows, or of those of one segment: columns of `frames.LEAVES`."""
        where = None if segment is None else pl.col("segment") == segment
        found = [pl.DataFrame(schema=frames.LEAVES)]
        found += [
            self.frame(company, path, "index", [frames.LEAVES], where=where)
            for path in self.holdings.leaves.get(company, [])
        ]
        return pl.concat(found).sort("segment", "position")

    def part(self, company: str, segment: int) -> Part:
        """Where a segment lies."""
        try:
            return self.holdings.parts[company][segment]
        except KeyError as error:
            for table in sorted(self._lost_tables()):
                # Its commit does not open without this table: whatever held it, what is lost is lost with the table.
                return Part(table, table, {str(segment): 0})
            raise DamagedFile(
                layout.COMMITS, f"A manifest names segment {segment}, which no commit describes."
            ) from error

    def index_of(
        self, company: str, part: Part, where: pl.Expr | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        schemas, fill = [frames.INDEX, frames.INDEX_1], {"segment": part.numbers[0]}
        return self.frame(company, part.index, "index", schemas, where=where, columns=columns, fill=fill)

    def payloads_of(
        self, company: str, part: Part, where: pl.Expr | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        schemas, fill = [frames.PAYLOAD, frames.PAYLOAD_1], {"segment": part.numbers[0]}
        return self.frame(company, part.payload, "payload", schemas, where=where, columns=columns, fill=fill)

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
        place = self._checked.place(path) if where is not None else None
        if place is not None:
            around = self._checked.around(path)
            key, aad = self.key(half, path), parquet.associated(company, layout.place_of(path).id)
            found = None
            with contextlib.suppress(FileNotFoundError):  # another process may just have put others in its place
                found = parquet.read(
                    place, key, aad, schemas=schemas, path=path, where=where, columns=columns, fill=fill
                )
            if found is not None and self._checked.place(path) is not None and self._checked.around(path) == around:
                return found
        content, key, aad, _ = self._sealed(company, path, half)
        return parquet.read(content, key, aad, schemas=schemas, path=path, where=where, columns=columns, fill=fill)

    def _sealed(self, company: str, path: str, half: Half) -> parquet.Sealed:
        content = self.content(path)
        aad = parquet.associated(company, layout.place_of(path).id)
        return parquet.Sealed(content, self.key(half, path), aad, path)

    def content(self, path: str) -> bytes:
        """The bytes of a file as they were signed. Raises Vanished."""
        file, mark = self.file(path), self._checked.mark(path)
        try:
            found = file.read(self.backend)
        except DamagedFile:
            self._require_listed(path)
            raise
        self._checked.add(path, mark)
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

    def control(self, commit: Commit, name: str) -> tuple[str, bytes]:
        """Kind and content of a control report."""
        path = commit.text.controls[name]
        return documents.open_document(self.keyring, path, self.content(path), self.find)

    def _base(self, commit: Commit) -> Commit | None:
        base = self.holdings.base(commit)
        if base is None:
            return None
        one = self.holdings.commits.get(base)
        if one is not None and one.seq < commit.seq and one.pseudonym == commit.pseudonym:
            return one
        raise DamagedFile(layout.entry(layout.COMMITS, commit.seq), "It follows a snapshot that is not there.")
