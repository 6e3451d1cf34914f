"""The versions of one record over the snapshots of a company, and where nobody can tell any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames, rebuilt, steps, stored_payloads
from akika_forensics.vault.snapshots.commits import Commit, Version
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.snapshots.stacks import Vanished


class _Found(NamedTuple):
    """From a commit on: the segment that the version lies in and its digest, or None for both where it is gone.

    ``missing``: what cannot be read. With a segment: the version itself; without: whatever tells of the record.
    ``whole``: every removal since what was last known can be read. ``by_roll``: taken from a list of all that it holds.
    """

    commit: Commit
    segment: int | None
    digest: bytes | None
    missing: tuple[str, ...] = ()
    whole: bool = False
    by_roll: bool = False

    @property
    def is_unknown(self) -> bool:
        return self.segment is None and bool(self.missing)


class _Rows(NamedTuple):
    """Of a record: the digest of its row in each segment that can be read, and why each other segment cannot."""

    digests: dict[int, bytes]
    lost: dict[int, str]


def history(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> tuple[Version, ...]:
    """The versions of a record over the snapshots of one company, only where it changed, oldest first.

    A version is new when its canonical form is; the same value in other bytes is no change. Where a file is lost or
    damaged that is needed, a version says so under ``missing``, and the others are told all the same.
    """
    if not commits:
        return ()
    company = commits[0].pseudonym
    changed = _changed(_told(shelf, commits, key))
    payloads, lost = _payloads(shelf, company, key, {one.segment for one in changed if one.digest is not None})
    return tuple(_version(one, key, payloads, lost) for one in changed)


def _version(one: _Found, key: RecordKey, payloads: dict[int, bytes], lost: dict[int, str]) -> Version:
    info = one.commit.info
    if one.is_unknown:
        return Version(info.id, info.taken_at, None, None, one.missing)
    if one.segment is None:
        return Version(info.id, info.taken_at, False, None)
    if one.segment in payloads:
        return Version(info.id, info.taken_at, True, Record(RecordKey(*key), payloads[one.segment]))
    return Version(info.id, info.taken_at, True, None, one.missing or (lost[one.segment],))


def _changed(told: Iterable[_Found]) -> list[_Found]:
    """Without those that say what the one before them said."""
    changed: list[_Found] = []
    for one in told:
        unknown = bool(changed) and changed[-1].is_unknown and changed[-1].whole
        was = changed[-2].segment if len(changed) > 1 else None
        # Numbers of segments only grow: who is in the same one as before was in no other between. And who is in none was in
        # none, because it would have been removed since.
        if unknown and one.by_roll and one.segment == was:
            changed.pop()
        last = changed[-1] if changed else None
        same = (last.digest, last.missing) if last else (None, ())
        if (one.digest, one.missing) != same:
            changed.append(one)
    return changed


def _told(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> Iterable[_Found]:
    """What each commit says of a record, if it says anything; few have a manifest to ask."""
    where = _is(key)
    rows = _rows(shelf, commits[0].pseudonym, key)
    before: set[int] = set()
    last: _Found | None = None
    for commit in commits:
        told = _said(shelf, commit, where, rows, last, before)
        before.add(commit.seq)
        if (told is None and last is not None and last.is_unknown) or (told is not None and told.is_unknown):
            told = _by_roll(shelf, commit, where, rows) or told
        if told is not None:
            last = told
            yield told


def _said(
    shelf: Shelf, commit: Commit, where: pl.Expr, rows: _Rows, last: _Found | None, before: set[int]
) -> _Found | None:
    holdings = shelf.holdings
    lists_all, base, moved = holdings.lists_all(commit), holdings.base(commit), commit.seq in holdings.manifests
    numbers = () if lists_all else commit.numbers
    own = [one for one in numbers if one in rows.digests]
    if own:
        return _Found(commit, own[0], rows.digests[own[0]])
    gaps, parts = [], holdings.parts.get(commit.pseudonym, {})
    if base is not None and base not in before:
        gaps.append(_why_no_base(shelf, commit))
    lost = [one for one in numbers if one in rows.lost or one not in parts]
    listed: pl.DataFrame | None = None
    if holdings.manifest(commit) or base is None:
        try:
            listed = shelf.manifest(commit, where)
        except DamagedFile as error:
            # A manifest of a snapshot's own lists what was removed: of a record that was not there it says nothing.
            if lists_all or moved or last is None or last.segment is not None or last.is_unknown or gaps or lost:
                gaps.append(error.what)
    if listed is not None:
        present = listed.filter(~pl.col("removed"))
        if not present.is_empty():
            return _Found(commit, present["segment"][0], present["digest"][0])
        if not listed.is_empty():
            return _Found(commit, None, None)
    whole = not gaps and not lists_all and not moved
    gaps += dict.fromkeys(_why_not(shelf, commit, one, rows) for one in lost)
    if gaps:
        missing = (*last.missing, *gaps) if last is not None and last.is_unknown else gaps
        whole = whole and (last is None or not last.is_unknown or last.whole)
        return _Found(commit, None, None, tuple(dict.fromkeys(missing)), whole)
    return _Found(commit, None, None) if base is None else None


def _by_roll(shelf: Shelf, commit: Commit, where: pl.Expr, rows: _Rows) -> _Found | None:
    """What a snapshot's list of all that it holds says; None where it has none that can be read."""
    if not commit.text.roll:
        return None
    try:
        listed = shelf.frame(commit.pseudonym, commit.text.roll, "index", [frames.ROLL], where=where)
    except DamagedFile:
        return None
    if listed.is_empty():
        return _Found(commit, None, None, by_roll=True)
    number = int(listed["segment"][0])
    if number in rows.digests:
        return _Found(commit, number, rows.digests[number], by_roll=True)
    return _Found(commit, number, None, (_why_not(shelf, commit, number, rows),), by_roll=True)


def _why_no_base(shelf: Shelf, commit: Commit) -> str:
    try:
        shelf.require_tables()
    except DamagedFile as error:
        return error.what
    return f"{layout.entry(layout.COMMITS, commit.seq)}: It follows a snapshot that is not there."


def _why_not(shelf: Shelf, commit: Commit, number: int, rows: _Rows) -> str:
    if number in rows.lost:
        return rows.lost[number]
    try:
        part = shelf.part(commit.pseudonym, number)
    except DamagedFile as error:
        return error.what
    return f"{part.index}: It does not tell of a version that is listed elsewhere."


def _rows(shelf: Shelf, company: str, key: RecordKey) -> _Rows:
    found = _Rows({}, {})
    for part in {part.index: part for part in shelf.holdings.parts.get(company, {}).values()}.values():
        try:
            rows = _of_part(shelf, company, part, key)
        except DamagedFile as error:
            found.lost.update(dict.fromkeys(part.numbers, error.what))
            continue
        found.digests.update(dict(steps.of_segments(rows, part.numbers).iter_rows()))
    return found


def _of_part(shelf: Shelf, company: str, part: Part, key: RecordKey) -> pl.DataFrame:
    """Segment and digest of the rows of a record; of its payloads where the index cannot be read."""
    columns = ["segment", "digest"]
    try:
        return shelf.index_of(company, part, _is(key), columns)
    except DamagedFile as error:
        try:
            return rebuilt.index(stored_payloads.of(shelf, company, part, _is(key))).select(columns)
        except Vanished:
            raise
        except (DamagedFile, WrongUse):  # who may not open the payloads misses the index
            raise error from None


def _payloads(
    shelf: Shelf, company: str, key: RecordKey, segments: Iterable[int | None]
) -> tuple[dict[int, bytes], dict[int, str]]:
    """The payloads of a record by segment, and why others cannot be read."""
    found: dict[int, bytes] = {}
    lost: dict[int, str] = {}
    parts: dict[str, list[int]] = {}
    for number in sorted(one for one in segments if one is not None):
        try:
            parts.setdefault(shelf.part(company, number).payload, []).append(number)
        except DamagedFile as error:
            lost[number] = error.what
    for path, numbers in parts.items():
        part = shelf.part(company, numbers[0])
        lost.update(dict.fromkeys(numbers, f"{path}: It has not what its index lists."))
        try:
            rows = stored_payloads.of(shelf, company, part, _is(key), ["segment", "payload"])
        except DamagedFile as error:
            lost.update(dict.fromkeys(numbers, error.what))
            continue
        found |= dict(steps.of_segments(rows, part.numbers).iter_rows())
    return found, lost


def _is(key: RecordKey) -> pl.Expr:
    return (pl.col("entity") == key.entity) & (pl.col("id") == key.id)
