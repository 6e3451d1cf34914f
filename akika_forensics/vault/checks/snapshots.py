"""Snapshots against themselves: payloads against indexes, record roots against the signed ones, manifests against both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload
from akika_forensics.vault import documents, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.checks import following
from akika_forensics.vault.checks.effort import CONTROLS, PAYLOADS, Effort
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.snapshots import facts, frames, leaves, rolls, steps, stored_payloads
from akika_forensics.vault.snapshots.batch import segment_leaves
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf, pseudonym


def inspect(inspection: Inspection, shelf: Shelf, progress: Callable[[str, int, int], None], effort: Effort) -> None:
    """Adds findings. One part and one state a company are held in memory, and of each company keys and digests."""
    commits = shelf.holdings.kept()
    parts = {company: _distinct(mine) for company, mine in shelf.holdings.parts.items()}
    effort.population(sum(part.rows for mine in parts.values() for part in mine))
    rows = {company: _Rows(inspection, shelf, company, mine, effort) for company, mine in parts.items()}
    last: dict[str, _Known] = {}
    for number, commit in enumerate(commits):
        progress("snapshots", number, len(commits))
        known = last.get(commit.pseudonym, _Known(None, None if inspection.blind else frames.empty_state()))
        before = shelf.holdings.base(commit)
        if known.seq != before and before is not None:
            # A commit between the two is damaged or dropped; what it amounted to is not known here.
            known = _Known(None, None)
        last[commit.pseudonym] = _check_snapshot(inspection, shelf, commit, known, rows[commit.pseudonym], effort)
        with inspection.noted():
            _check_description(inspection, shelf, commit)
    progress("snapshots", len(commits), len(commits))


_ROW: Final[frames.Schema] = {**frames.STATE, "was": pl.Binary}
"""What a state has of a row, and what that replaced when it was new."""


class _Known(NamedTuple):
    """The last snapshot of a company: its commit, and its state unless damage elsewhere hides it."""

    seq: int | None
    state: pl.DataFrame | None


class _Rows:
    """Of one company: the rows of each segment (`_ROW`), after its part was looked through, once."""

    def __init__(self, inspection: Inspection, shelf: Shelf, company: str, parts: list[Part], effort: Effort) -> None:
        found = [pl.DataFrame(schema=_ROW)]
        self.unread: set[int] = set()
        for part in parts:
            self.unread |= set(part.numbers)
            with inspection.noted():
                for path in part.paths:
                    if inspection.is_damaged(path):
                        raise DamagedFile(path, "Its bytes are not those that were signed.")
                found.append(_check_part(shelf, company, part, effort))
                self.unread -= set(part.numbers)
        self._all = pl.concat(found)

    def of(self, numbers: set[int]) -> pl.DataFrame | None:
        """The rows of some segments; None when one of them could not be read."""
        if numbers & self.unread:
            return None
        return steps.of_segments(self._all, numbers)


def _distinct(parts: dict[int, Part]) -> list[Part]:
    return list({part.index: part for _, part in sorted(parts.items())}.values())


def _check_part(shelf: Shelf, company: str, part: Part, effort: Effort) -> pl.DataFrame:
    """The rows of a part (`_ROW`), after its payloads, or the drawn ones, were held against the index."""
    index = shelf.index_of(company, part)
    for path in part.indexes:
        effort.looked_at(path)
    counts = {str(number): rows for number, rows in index.group_by("segment").len().iter_rows()}
    if counts != part.segments:
        raise DamagedFile(part.index, "It does not hold as many records as its commit tells of.")
    if not _in_order(index):
        raise DamagedFile(part.index, "Its rows are not in order of entity, id and segment, each once.")
    chosen = effort.rows(part.payload, list(index.select(*frames.KEY).iter_rows()), shelf.backend)
    if chosen is None or chosen:
        _check_payloads(index, stored_payloads.in_turn(shelf, company, part, index["length"]), part, chosen)
        effort.sound(PAYLOADS, part.payload)
    _check_roots(shelf, company, part, index)
    return index.select(*_ROW)


def _in_order(index: pl.DataFrame) -> bool:
    """Readers of states rely on it."""
    rows = index.select(*frames.VERSION)
    return not any(rows[name].null_count() for name in frames.VERSION) and steps.is_sorted(rows, frames.VERSION)


def _check_payloads(
    index: pl.DataFrame, turns: Iterable[pl.DataFrame], part: Part, chosen: frozenset[int] | None
) -> None:
    raised = not any(index[name].count() for name in frames.FACTS)
    at = 0
    for payloads in turns:
        rows = index.slice(at, len(payloads))
        if not rows.select(*frames.VERSION).equals(payloads.select(*frames.VERSION)):
            raise DamagedFile(part.index, "It does not tell of exactly the records of its payload file.")
        told = rows.select("digest", "payload_sha256", "length", *frames.FACTS).iter_rows()
        for number, ((digest, sha256, length, *fact), content) in enumerate(
            zip(told, payloads["payload"], strict=True), at
        ):
            if chosen is not None and number not in chosen:
                continue
            if len(content) != length or hashlib.sha256(content).digest() != sha256 or _digest(content) != digest:
                raise DamagedFile(part.payload, "A payload in it is not the one its index tells of.")
            if not raised and facts.of(content) != tuple(fact):
                raise DamagedFile(part.index, "It tells of a record otherwise than the record itself.")
        at += len(payloads)
    if at != len(index):
        raise DamagedFile(part.index, "It does not tell of exactly the records of its payload file.")


def _digest(content: bytes) -> bytes:
    try:
        return payload.digest(content)
    except WrongUse:
        return b""


def _check_roots(shelf: Shelf, company: str, part: Part, index: pl.DataFrame) -> None:
    """Computed again from the index, and held against what was signed of these files, now and first."""
    signed = shelf.file(part.index).root
    if not signed:  # version 1 had none
        return
    for number in part.numbers:
        salt = shelf.keychain.salt(company, number)
        if salt is None:
            raise DamagedFile(part.index, f"No key table has the salts of segment {number}.")
        root = _root(part, segment_leaves(index, number, salt), shelf.leaves(company, number))
        if root != signed.get(str(number)) or root != _first_root(shelf, company, number, root):
            raise DamagedFile(part.index, f"The records of segment {number} are not those whose root was signed.")


def _root(part: Part, rows: list[bytes], kept: pl.DataFrame) -> str:
    try:
        return leaves.root(rows, kept).hex()
    except leaves.LeavesError as error:
        raise DamagedFile(part.index, str(error)) from error


def _first_root(shelf: Shelf, company: str, number: int, unknown: str) -> str:
    """The root that was signed when the segment was new; ``unknown`` where there was none."""
    for commit in shelf.holdings.commits.values():
        if commit.pseudonym == company:
            for part in commit.text.parts:
                if str(number) in part.segments:
                    return commit.files[part.index].root.get(str(number), unknown)
    return unknown


def _check_snapshot(
    inspection: Inspection, shelf: Shelf, commit: Commit, before: _Known, rows: _Rows, effort: Effort
) -> _Known:
    fresh = rows.of(set(commit.numbers))
    state: pl.DataFrame | None = None
    with inspection.noted():
        path = shelf.holdings.manifest(commit)
        if inspection.is_damaged(path):
            raise DamagedFile(path, "Its bytes are not those that were signed.")
        listed = shelf.manifest(commit)
        if path:
            effort.looked_at(path)
        changes = following.changes(shelf, commit, listed, fresh)
        held = frames.empty_state() if shelf.holdings.base(commit) is None else before.state
        if changes is not None and held is not None:
            step = following.Step.of(changes, held)
            state = step.applied(held)
            if fresh is not None:
                following.check_manifest(path, listed, fresh, rows.of)
                follows = before.seq == _predecessor(shelf, commit) and not _hidden(shelf, before.seq, commit)
                # The one that it names may not be readable.
                follows = follows and commit.text.base in {None, before.seq}
                known = (step.before if shelf.holdings.base(commit) is not None else before.state) if follows else None
                if shelf.holdings.lists_all(commit):
                    following.check_list(path, listed, fresh, known)
                following.check_changes(shelf, commit, step)
                following.check_counts(commit, len(state), step.after, fresh, known)
    with inspection.noted():
        state = _held_against_roll(inspection, shelf, commit, state, rows, effort)
    if state is None:
        inspection.unchecked.append(commit.info.id)
    with inspection.noted():
        _check_controls(inspection, shelf, commit, effort)
    return _Known(commit.seq, state)


def _held_against_roll(
    inspection: Inspection, shelf: Shelf, commit: Commit, state: pl.DataFrame | None, rows: _Rows, effort: Effort
) -> pl.DataFrame | None:
    """The state; where it is not known, that of the roll, so that what comes after can be checked again."""
    path = commit.text.roll
    if not path or inspection.is_damaged(path):
        return state
    roll = shelf.frame(commit.pseudonym, path, "index", [frames.ROLL])
    effort.looked_at(path)
    if state is not None:
        if not roll.equals(state.select(*frames.ROLL).sort(frames.KEY)):
            raise DamagedFile(path, "It lists other records than the snapshot holds.")
        return state
    stored = rows.of(set(roll["segment"].unique()))
    if stored is None:
        return None
    found = rolls.state(roll, [stored])
    if found["digest"].null_count() or roll.select(*frames.KEY).is_duplicated().any():
        raise DamagedFile(path, "It lists a version that is not stored.")
    return found if len(found) == commit.text.records else None


def _hidden(shelf: Shelf, before: int | None, commit: Commit) -> bool:
    """Whether a commit from the one to the other does not open, which is reported: what it amounted to is not known."""
    first = -1 if before is None else before
    return any(first <= seq < commit.seq for seq in shelf.holdings.unexplained())


def _predecessor(shelf: Shelf, commit: Commit) -> int | None:
    """The snapshot of the same company that was the newest when this one was made."""
    dropped = shelf.holdings.dropped
    there = (
        one.seq
        for one in shelf.holdings.commits.values()
        if one.seq < commit.seq < dropped.get(one.seq, commit.seq + 1) and one.pseudonym == commit.pseudonym
    )
    return max(there, default=None)


def _check_description(inspection: Inspection, shelf: Shelf, commit: Commit) -> None:
    path = layout.entry(layout.COMMITS, commit.seq)
    if commit.pseudonym != pseudonym(shelf.keyring, commit.info.company):
        raise DamagedFile(path, "It names another company than its files are bound to.")
    known = not inspection.blind and not _hidden(shelf, commit.text.base, commit)
    if known and commit.text.base not in {None, _predecessor(shelf, commit)}:
        raise DamagedFile(path, "It does not follow the snapshot before it.")
    earlier = sum(
        1 for seq in {*shelf.holdings.commits, *shelf.holdings.closed, *shelf.holdings.void} if seq < commit.seq
    )
    if not inspection.blind and commit.info.id != f"s{earlier + 1}":
        raise DamagedFile(path, "It does not carry the number of its snapshot.")


def _check_controls(inspection: Inspection, shelf: Shelf, commit: Commit, effort: Effort) -> None:
    for name, path in commit.text.controls.items():
        if inspection.is_damaged(path) or not effort.opens(CONTROLS, path, shelf.backend):
            continue
        kind, _ = shelf.control(commit, name)
        if kind != documents.control_kind(name):
            raise DamagedFile(path, "It is another control than its commit says.")
        effort.sound(CONTROLS, path)
