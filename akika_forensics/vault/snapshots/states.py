"""What snapshots hold and how they differ, read from the indexes of their segments and the manifests between them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import bridges, frames, steps
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.steps import Step, Stored

if TYPE_CHECKING:
    from akika_forensics.vault.snapshots.shelf import Shelf

_STATES_KEPT: Final = 4
_MANIFESTS: Final = (frames.MANIFEST, frames.MANIFEST_1)
_FEW: Final = 400
"""Differences of so many steps are put together sooner than two states are made and joined."""

_SMALL: Final = 10_000
"""Rows of a part that is looked at together with others like it."""


class States:
    """Methods raise DamagedFile when what they read is not what was signed, and Vanished."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: OrderedDict[int, pl.DataFrame] = OrderedDict()

    def of(self, commit: Commit) -> pl.DataFrame:
        """Which version of which record the snapshot holds: columns of `frames.STATE`, sorted by key."""
        before = self._shelf.proved(lambda: self._made(commit))
        self._known[commit.seq] = before
        self._known.move_to_end(commit.seq)
        while len(self._known) > _STATES_KEPT:
            self._known.popitem(last=False)
        return before

    def _made(self, commit: Commit) -> pl.DataFrame:
        before, following = self._way_to(commit)
        if following:
            before = self._after(before, following)
        if before is None:
            raise AssertionError("a snapshot follows itself at least")
        return before

    def _way_to(self, commit: Commit) -> tuple[pl.DataFrame | None, list[Commit]]:
        """A state (None: nothing) and the commits after it, oldest first, that lead to a snapshot."""
        following: list[Commit] = []
        before: pl.DataFrame | None = None
        at: Commit | None = commit
        broken: DamagedFile | None = None
        while at is not None:
            if at.seq in self._known:
                before = self._known[at.seq]
                break
            following.append(at)
            try:
                at = self._base(at)
            except DamagedFile as error:
                broken, at = error, None
        following.reverse()
        at_roll = bridges.over(self._shelf, following, broken=broken is not None)
        if at_roll is not None:
            return bridges.state(self._shelf, following[at_roll]), following[at_roll + 1 :]
        if broken is not None:
            raise broken
        return before, following

    def differences(self, before: Commit, after: Commit) -> pl.DataFrame:
        """Columns of `frames.DIFFERENCE`: a row for each record that differs between two snapshots of a company."""
        if before.seq > after.seq:
            return self.differences(after, before).rename({"was": "digest", "digest": "was"}).select(*frames.DIFFERENCE)
        between = self._between(before, after)
        if between is None:
            states = (self.of(before), self.of(after))
            for one, state in zip((before, after), states, strict=True):
                if state["digest"].null_count():
                    path = layout.entry(layout.COMMITS, one.seq)
                    raise DamagedFile(path, f"Snapshot {one.info.id} cannot be compared: some of its records are lost.")
            return steps.difference(*states)
        return self._shelf.proved(lambda: self._differences(after.pseudonym, between))

    def _differences(self, company: str, between: Sequence[Commit]) -> pl.DataFrame:
        taken = self._steps(between)
        numbers = {number for step in taken for number in step.own}
        stored = self._stored(company, numbers, [*frames.KEY, "segment", "digest", "was"])
        return steps.differences(taken, stored)

    def manifest(self, commit: Commit, where: pl.Expr | None = None) -> pl.DataFrame:
        """What the manifest in use lists; no rows where there is none."""
        path = self._shelf.holdings.manifest(commit)
        if not path:
            return pl.DataFrame(schema=frames.MANIFEST)
        return self._sound(commit, self._shelf.frame(commit.pseudonym, path, "index", _MANIFESTS, where=where))

    def _sound(self, commit: Commit, listed: pl.DataFrame) -> pl.DataFrame:
        """Raises DamagedFile for a manifest that gives a snapshot rows which came in with another."""
        holdings = self._shelf.holdings
        if not commit.lists_all and commit.seq not in holdings.manifests and not listed["removed"].all():
            raise DamagedFile(holdings.manifest(commit), "It lists a version that is not of its snapshot.")
        return listed

    def _after(self, before: pl.DataFrame | None, following: Sequence[Commit]) -> pl.DataFrame:
        taken = self._steps(following)
        numbers = {number for step in taken for number in step.own}
        stored = self._stored(following[0].pseudonym, numbers, list(frames.STATE))
        return steps.state(before, taken, stored)

    def _steps(self, commits: Sequence[Commit]) -> list[Step]:
        holdings = self._shelf.holdings
        paths = {one.seq: path for one in commits if (path := holdings.manifest(one))}
        read = self._shelf.frame_each(commits[0].pseudonym, list(paths.values()), _MANIFESTS) if paths else []
        listed = dict(zip(paths, read, strict=True))
        found: list[Step] = []
        for one in commits:
            mine = listed.get(one.seq)
            own = () if holdings.lists_all(one) else one.numbers
            found.append(Step(own, None if mine is None else self._sound(one, mine)))
        return found

    def _stored(self, company: str, numbers: Collection[int], columns: Sequence[str]) -> Stored:
        """Rows of some segments: whatever else a part may hold, it is not believed."""
        parts = {part.index: part for number in sorted(numbers) for part in [self._shelf.part(company, number)]}
        mine = list(parts.values())
        few: list[tuple[int, pl.DataFrame]] = []
        sorted_parts: list[pl.DataFrame] = []
        read = self._shelf.indexes(company, mine, columns, max(numbers, default=None))
        for part, rows in zip(mine, read, strict=True):
            if len(part.numbers) == 1 and part.rows < _SMALL:
                few.append((part.numbers[0], rows))
                continue
            wanted = steps.of_segments(rows, {number for number in part.numbers if number in numbers})
            # Merged parts come from members who may write anything; a machine that captures is not trusted with order.
            in_order = len(part.numbers) > 1 or steps.is_sorted(wanted)
            sorted_parts.append(wanted if in_order else wanted.sort(frames.KEY))
        return Stored(sorted_parts, steps.of_each(few) if few else None)

    def _base(self, commit: Commit) -> Commit | None:
        holdings = self._shelf.holdings
        base = holdings.base(commit)
        if base is None:
            return None
        one = holdings.commits.get(base)
        if one is not None and one.seq < commit.seq and one.pseudonym == commit.pseudonym:
            return one
        if base in holdings.closed:
            self._shelf.require_tables()
        raise DamagedFile(layout.entry(layout.COMMITS, commit.seq), "It follows a snapshot that is not there.")

    def _between(self, before: Commit, after: Commit) -> list[Commit] | None:
        """Commits that lead from one snapshot to a later one and tell what they replace; None where it takes states."""
        holdings = self._shelf.holdings
        found: list[Commit] = []
        at: Commit | None = after
        while at is not None and at.seq > before.seq:
            if (
                len(found) == _FEW
                or at.lists_all
                or at.seq in holdings.manifests
                or self._is_bare(at)
                or bridges.is_unknown(self._shelf, at)
            ):
                return None
            found.append(at)
            at = None if at.text.base is None else holdings.commits.get(at.text.base)
        return found[::-1] if at is not None and at.seq == before.seq else None

    def _is_bare(self, commit: Commit) -> bool:
        """Whether an index of it is lost, or what is kept apart from it: the payloads do not tell what they replaced."""
        parts = self._shelf.holdings.parts.get(commit.pseudonym, {})
        return any(
            number not in parts or any(map(self._shelf.is_lost, parts[number].indexes)) for number in commit.numbers
        )
