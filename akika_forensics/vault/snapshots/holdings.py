"""What the vault holds, folded over its commits: which snapshots, and where each segment lies. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.snapshots.acts import Act, Erasure, Hold, Moved
from akika_forensics.vault.snapshots.commits import SNAPSHOT, Commit, read_commit
from akika_forensics.vault.snapshots.parts import Part

_LAST_SEGMENT: Final = 2**32 - 1
_FAR: Final = 1_000_000
"""More than any snapshot, and any that was lost before it, has segments."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Snapshots that one run of retention dropped: when, by which rule, their ids."""

    at: datetime
    rule: str
    snapshots: tuple[str, ...]


@dataclass
class Holdings:
    """``parts``: of each company (its pseudonym), where a segment lies; ``manifests``: in place of a commit's own.

    ``dropped`` and ``erased``: commits of snapshots that are kept no longer, and the commit that says so. ``closed``:
    commits whose key is in no table. ``leaves``: paths of what retention kept of a company's rows. ``times`` and
    ``rules``: when a commit dropped or erased something, and by which retention rule. ``void``: commits of members who may
    only add that tell of nothing, and why. ``gaps``: a commit before is
    damaged, so that numbers which follow from it are not held against those after it.
    """

    commits: dict[int, Commit] = field(default_factory=dict)
    parts: dict[str, dict[int, Part]] = field(default_factory=dict)
    manifests: dict[int, Moved] = field(default_factory=dict)
    leaves: dict[str, list[str]] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    erased: dict[int, int] = field(default_factory=dict)
    erasures: dict[int, Erasure] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)
    holds: dict[str, tuple[int, Hold]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    void: dict[int, str] = field(default_factory=dict)
    taken: int = 0
    snapshots: int = 0
    gaps: bool = False

    def take(self, entry: Entry, retired: Sequence[str] = (), *, adds_only: bool = False) -> None:
        """The next commit, opened, and the paths it retires; ``adds_only``: its signer may add snapshots and no more.

        Raises DamagedFile where it tells of what the vault cannot hold.
        """
        if adds_only and entry.body.get("kind") != SNAPSHOT:
            path = layout.entry(layout.COMMITS, entry.seq)
            raise DamagedFile(path, "It is signed by a member who may only add snapshots, and tells of something else.")
        if entry.body.get("kind") == SNAPSHOT:
            commit = read_commit(entry)
            self._require_new(commit)
            self.snapshots += 1
            self.commits[commit.seq] = commit
            self._place(commit.pseudonym, commit.text.parts)
        else:
            self.times[entry.seq] = entry.at
            self._act(entry.seq, acts.read(entry), set(retired))
        self.taken += 1

    def take_closed(self, seq: int) -> None:
        """The next commit, whose key is in no table: a snapshot of a company that has been erased since."""
        self.taken += 1
        self.snapshots += 1
        self.closed.add(seq)

    def take_void(self, seq: int, why: str) -> None:
        """The next commit, of a member who may only add, which no reader accepts: a number was taken, and nothing else."""
        self.taken += 1
        self.snapshots += 1
        self.void[seq] = why

    def make_void(self, seq: int, why: str) -> None:
        """One that was taken as closed turns out to tell of nothing."""
        self.closed.discard(seq)
        self.void[seq] = why

    def unexplained(self) -> list[int]:
        """Closed commits that no erasure tells of."""
        return sorted(self.closed - self.erased.keys())

    def kept(self, company: str | None = None) -> tuple[Commit, ...]:
        """Commits of the snapshots that are kept, oldest first; of one company when given."""
        gone = self.dropped.keys() | self.erased.keys()
        return tuple(
            commit
            for seq, commit in sorted(self.commits.items())
            if seq not in gone and company in {None, commit.pseudonym}
        )

    def dropped_of(self, company: str) -> tuple[Dropped, ...]:
        """What retention dropped of a company, oldest first."""
        found: dict[int, list[str]] = {}
        for seq, by in sorted(self.dropped.items()):
            commit = self.commits.get(seq)
            if commit is not None and commit.pseudonym == company and seq not in self.erased:
                found.setdefault(by, []).append(commit.info.id)
        return tuple(Dropped(self.times[by], self.rules[by], tuple(ids)) for by, ids in sorted(found.items()))

    def why_gone(self, ident: str) -> str:
        """A sentence about a snapshot that was there and is kept no longer; empty for any other id."""
        taken = sorted(self.commits.keys() | self.closed | self.void.keys())
        number = int(ident[1:]) if ident[:1] == "s" and ident[1:].isascii() and ident[1:].isdigit() else 0
        seq = taken[number - 1] if 0 < number <= len(taken) else -1
        by = self.erased.get(seq, self.dropped.get(seq))
        if by is None:
            return ""
        if seq in self.erased:
            return f"Snapshot {ident} was of a company that was erased on {self.times[by]:%Y-%m-%d}."
        return f"Snapshot {ident} was dropped on {self.times[by]:%Y-%m-%d} by the retention rule {self.rules[by]}."

    def base(self, commit: Commit) -> int | None:
        """The commit that the snapshot follows as it is stored now; None where it stands on its own."""
        moved = self.manifests.get(commit.seq)
        return moved.base if moved else commit.text.base

    def manifest(self, commit: Commit) -> str:
        """Path of the manifest in use; empty where there is nothing to say."""
        moved = self.manifests.get(commit.seq)
        return moved.path if moved else commit.text.manifest

    def lists_all(self, commit: Commit) -> bool:
        """Whether the manifest in use names the rows of the commit's own segments too."""
        return commit.lists_all and commit.seq not in self.manifests

    def next_segment(self, company: str) -> int:
        """One more than any that the company ever had."""
        mine = (
            commit for seq, commit in self.commits.items() if commit.pseudonym == company and seq not in self.erased
        )
        return max((number for commit in mine for part in commit.text.parts for number in part.numbers), default=-1) + 1

    def _require_new(self, commit: Commit) -> None:
        """A snapshot puts itself in the place of nothing: its number and those of its segments were never there.

        Raises DamagedFile.
        """
        path = layout.entry(layout.COMMITS, commit.seq)
        if not self.gaps and commit.info.id != f"s{self.snapshots + 1}":
            raise DamagedFile(path, "It does not carry the number of its snapshot.")
        numbers = [number for part in commit.text.parts for number in part.numbers]
        if len(set(numbers)) < len(numbers) or min(numbers, default=0) < 0 or max(numbers, default=0) > _LAST_SEGMENT:
            raise DamagedFile(path, "It numbers its segments as no snapshot does.")
        if not self.gaps and min(numbers, default=_LAST_SEGMENT) < self.next_segment(commit.pseudonym):
            raise DamagedFile(path, "It gives its segments numbers that others had before.")
        if not self.gaps and max(numbers, default=0) > self.next_segment(commit.pseudonym) + _FAR:
            raise DamagedFile(path, "It numbers its segments far beyond those before, which leaves none to others.")

    def _place(self, company: str, parts: list[Part]) -> None:
        mine = self.parts.setdefault(company, {})
        for part in parts:
            for number in part.numbers:
                mine[number] = part

    def _act(self, seq: int, act: Act, retired: set[str]) -> None:
        match act:
            case acts.Compaction() | acts.Retention():
                self._rearrange(seq, act, retired)
            case acts.Hold():
                self.holds[act.name] = (seq, act)
            case acts.Release():
                self.holds.pop(act.name, None)
            case acts.Erasure():
                self.erasures[seq] = act
                self.erased |= dict.fromkeys(act.commits, seq)
                self.parts.pop(act.pseudonym, None)
                self.leaves.pop(act.pseudonym, None)
            case _:
                pass

    def _rearrange(self, seq: int, act: acts.Compaction | acts.Retention, retired: set[str]) -> None:
        if isinstance(act, acts.Retention):
            unknown = [one for one in act.dropped if one not in self.commits and one not in self.closed]
            if unknown:
                path = layout.entry(layout.COMMITS, seq)
                raise DamagedFile(path, f"It drops the snapshot of commit {unknown[0]}, which is not there.")
            self.dropped |= dict.fromkeys(act.dropped, seq)
            self.rules[seq] = act.policy
            self.manifests |= {int(one): moved for one, moved in act.manifests.items()}
        mine = self.parts.get(act.pseudonym, {})
        self.parts[act.pseudonym] = {number: part for number, part in mine.items() if part.index not in retired}
        numbers = [number for part in act.parts for number in part.numbers]
        if len(set(numbers)) < len(numbers) or not self.parts[act.pseudonym].keys().isdisjoint(numbers):
            path = layout.entry(layout.COMMITS, seq)
            raise DamagedFile(path, "What it brings does not take the place of what it takes out.")
        self._place(act.pseudonym, act.parts)
        leaves = [path for path in self.leaves.get(act.pseudonym, []) if path not in retired]
        self.leaves[act.pseudonym] = [*leaves, act.leaves] if act.leaves else leaves
