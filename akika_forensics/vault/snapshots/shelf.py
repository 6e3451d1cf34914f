"""The stored snapshots of all companies: which commits there are, and their frames, each checked before it is parsed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
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
from akika_forensics.vault.keys.keytable import DOCUMENTS
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.snapshots import frames, indexes
from akika_forensics.vault.snapshots.commits import SNAPSHOT, Commit, read_commit
from akika_forensics.vault.snapshots.holdings import Holdings
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.stacks import Stacks, Vanished
from akika_forensics.vault.snapshots.states import States
from akika_forensics.vault.storage import Backend

_PATIENCE: Final = 3
"""Merges in a row that a reader puts up with while it reads one piece."""

NO_KEY: Final = "Its key is in no key table that it may have brought."


def pseudonym(keyring: Keyring, company: Company) -> str:
    """One company is one realm; production is kept apart from a sandbox or a twin with the same number."""
    return keyring.pseudonym("company", "production" if company.production else "other", company.realm_id)


class Shelf(Stacks):
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
        super().__init__(backend, standing)
        self.holdings = holdings or Holdings()
        self._commits = commits
        self._keyring = keyring
        self._keychain = keychain
        self._accounted = accounted
        self._sound: dict[str, bool] = {}
        self._guard = threading.RLock()
        self._states = States(self)

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
                    if link.plain.seq in self.standing.void:
                        self.holdings.take_void(link.plain.seq, self.standing.void[link.plain.seq])
                        continue
                    entry = chain.open(link)
                    self.take(entry, link)
                except Closed:
                    self.holdings.take_closed(link.plain.seq)
                except (DamagedFile, WrongUse) as error:
                    if link.plain.seq not in self.standing.adding:
                        raise
                    # It is what its member signed, and no reader accepts it: that must not stop the others.
                    self.pass_over(link, error.finding if isinstance(error, DamagedFile) else error.what)
            unexplained = self.holdings.unexplained()
            if unexplained and not self._lost_tables():
                for seq in self.standing.adding.intersection(unexplained):
                    self.holdings.make_void(seq, NO_KEY)
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

    def pass_over(self, link: Link, why: str) -> None:
        """The next commit tells of nothing, and is to tell of nothing for ever."""
        self.holdings.take_void(link.plain.seq, why)
        self.keychain.ignore(one.path for one in link.plain.files if layout.place_of(one.path).kind == "keytable")

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

    def is_closed(self, part: Part) -> bool:
        """Whether a part has no key for its payloads, as far as the member can tell: who only adds can store such a one."""
        if not self.standing.added:
            return False
        try:
            return self.keychain.find("payload", layout.place_of(part.payload).id) is None
        except NotAllowed:
            return False

    def is_as_signed(self, path: str) -> bool:
        """Whether a file is what its entry tells, so that what is wrong with it was signed so."""
        if layout.place_of(path).kind == "entry":
            return True  # it was read with its signature
        try:
            for _ in self.file(path).chunks(self.backend):
                pass
        except (DamagedFile, Vanished):
            return False
        return True

    def _tables(self) -> list[StoredFile]:
        return [file for file in self.standing.files.values() if layout.place_of(file.path).kind == "keytable"]

    def _lost_tables(self) -> frozenset[str]:
        return frozenset(file.path for file in self._tables() if self.is_lost(file.path))

    def find_entry(self, name: str) -> bytes | None:
        """The key of a commit, by its id."""
        return self._keychain.find("index", name) if self._keychain is not None else None

    def find(self, name: str) -> bytes | None:
        """The key of a document or of a company's chain, by its id; None where it is gone. Raises NotAllowed."""
        found = self._found(name)
        if found is None:
            self.refresh()  # another process may have made it since
            found = self._found(name)
        return found

    def _found(self, name: str) -> bytes | None:
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
        with self._guard:
            return self.again(lambda: self._states.of(commit))

    def rows_since_roll(self, last: Commit | None) -> list[int] | None:
        """How many rows each snapshot stored, up to ``last``, since one that has a roll or stands on its own; None where
        the next stands on its own itself.
        """
        found: list[int] = []
        at = last
        while (
            at is not None
            and self.holdings.base(at) is not None
            and not (at.text.roll and not self.is_lost(at.text.roll))
        ):
            found.append(sum(part.rows for part in at.text.parts))
            base = self.holdings.base(at)
            at = None if base is None else self.holdings.commits.get(base)
        return None if last is None else found[::-1]

    def differences(self, before: Commit, after: Commit) -> pl.DataFrame:
        """Columns of `frames.DIFFERENCE`: a row for each record that differs between two snapshots of a company."""
        with self._guard:
            return self.again(lambda: self._states.differences(before, after))

    def manifest(self, commit: Commit, where: pl.Expr | None = None) -> pl.DataFrame:
        """What the manifest in use lists; no rows where there is none."""
        return self._states.manifest(commit, where)

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
            self.require_tables()
            raise DamagedFile(layout.COMMITS, f"Segment {segment} is needed, which no commit describes.") from error

    def require_tables(self) -> None:
        """Raises DamagedFile for a lost key table: commits do not open without it, and what they held is lost with it."""
        for table in sorted(self._lost_tables()):
            raise DamagedFile(table, "It is lost, and with it the keys of what is asked for.")

    def index_of(
        self, company: str, part: Part, where: pl.Expr | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Columns of `frames.INDEX`, or some, of the rows that meet ``where``. Where a file that it takes is lost, they
        are made again of the payloads, without ``was``.
        """
        return indexes.of(self, company, part, where, columns)

    def indexes(
        self, company: str, parts: Sequence[Part], columns: Sequence[str], newest: int | None = None
    ) -> list[pl.DataFrame]:
        """Some columns of many parts. Of segments after ``newest`` nobody needs the rows: some come all the same."""
        return indexes.of_each(self, company, parts, columns, newest)

    def control(self, commit: Commit, name: str) -> tuple[str, bytes]:
        """Kind and content of a control report."""
        path = commit.text.controls[name]
        return documents.open_document(self.keyring, path, self.content(path), self.find)
