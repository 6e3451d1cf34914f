"""The stored snapshots of all companies: which commits there are, and their frames, each checked before it is parsed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import polars as pl

from akika_forensics.model.company import Company
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.keytable import Role
from akika_forensics.vault.snapshots import frames, parquet
from akika_forensics.vault.snapshots.commits import Commit, Segment, read_commit
from akika_forensics.vault.storage import Backend

_STATES_KEPT: Final = 4


def pseudonym(keyring: Keyring, company: Company) -> str:
    """One company is one realm; production is kept apart from a sandbox or a twin with the same number."""
    return keyring.pseudonym("company", "production" if company.production else "other", company.realm_id)


class Shelf:
    """Methods raise DamagedFile when what they read is not what was signed."""

    def __init__(self, backend: Backend, keyring: Keyring, entries: Callable[[], tuple[Entry, ...]]) -> None:
        self.backend = backend
        self.keyring = keyring
        self._entries = entries
        self._guard = threading.RLock()
        self._commits: list[Commit] = []
        self._read_entries = 0
        self._segments: dict[tuple[str, int], tuple[Commit, Segment]] = {}
        self._keys: dict[tuple[str, Role], dict[str, bytes]] = {}
        self._states: OrderedDict[int, pl.DataFrame] = OrderedDict()

    def commits(self, company: str | None = None) -> tuple[Commit, ...]:
        """Oldest first; of one company (its pseudonym) when given. Sees what another process has committed since."""
        with self._guard:
            for entry in self._entries()[self._read_entries :]:
                commit = read_commit(entry)
                if commit is not None:
                    self._commits.append(commit)
                    for segment in commit.text.segments:
                        self._segments[commit.pseudonym, segment.number] = (commit, segment)
                self._read_entries += 1
            return tuple(one for one in self._commits if company in (None, one.pseudonym))

    def state(self, commit: Commit) -> pl.DataFrame:
        """Which version of which record the snapshot holds: columns of `frames.STATE`, sorted by key."""
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
            for one in reversed(following):
                state = frames.apply_manifest(state, self.manifest(one))
            if state is None:
                raise AssertionError("a commit is its own base")
            self._states[commit.seq] = state
            self._states.move_to_end(commit.seq)
            while len(self._states) > _STATES_KEPT:
                self._states.popitem(last=False)
            return state

    def manifest(self, commit: Commit, where: pl.Expr | None = None) -> pl.DataFrame:
        return self._frame(commit, commit.text.manifest, "index", frames.MANIFEST, where)

    def index_of(self, company: str, number: int) -> pl.DataFrame:
        commit, segment = self.segment(company, number)
        return self._frame(commit, segment.index, "index", frames.INDEX)

    def payloads_of(self, company: str, number: int, where: pl.Expr | None = None) -> pl.DataFrame:
        commit, segment = self.segment(company, number)
        return self._frame(commit, segment.payload, "payload", frames.PAYLOAD, where)

    def segment(self, company: str, number: int) -> tuple[Commit, Segment]:
        try:
            return self._segments[company, number]
        except KeyError as error:
            raise DamagedFile(
                layout.COMMITS, f"A manifest names segment {number}, which no commit describes."
            ) from error

    def next_segment(self, company: str) -> int:
        return max((number for owner, number in self._segments if owner == company), default=-1) + 1

    def keys(self, commit: Commit, role: Role) -> dict[str, bytes]:
        """The keys of the data files of a commit, by file id."""
        path = commit.text.key_table
        if (path, role) not in self._keys:
            content = commit.files[path].read(self.backend)
            self._keys[path, role] = keytable.open_table(self.keyring, path, content, role)
        return self._keys[path, role]

    def _base(self, commit: Commit) -> Commit | None:
        if commit.text.base is None:
            return None
        for one in self._commits:
            if one.seq == commit.text.base and one.seq < commit.seq and one.pseudonym == commit.pseudonym:
                return one
        raise DamagedFile(layout.entry(layout.COMMITS, commit.seq), "It follows a snapshot that is not there.")

    def _frame(
        self, commit: Commit, path: str, role: Role, schema: frames.Schema, where: pl.Expr | None = None
    ) -> pl.DataFrame:
        file_id = layout.place_of(path).id
        key = self.keys(commit, role).get(file_id)
        if key is None:
            raise DamagedFile(commit.text.key_table, f"It has no key for {path}.")
        content = commit.files[path].read(self.backend)
        return parquet.read(
            content, key, parquet.associated(commit.pseudonym, file_id), schema=schema, path=path, where=where
        )
