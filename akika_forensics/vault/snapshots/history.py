"""The versions of one record over the snapshots of a company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.snapshots import steps
from akika_forensics.vault.snapshots.commits import Commit, Version
from akika_forensics.vault.snapshots.shelf import Shelf


class _Found(NamedTuple):
    """From a commit on: the segment that the version lies in and its digest, or None for both where it is gone."""

    commit: Commit
    segment: int | None
    digest: bytes | None


def history(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> tuple[Version, ...]:
    """The versions of a record over the snapshots of one company, only where it changed, oldest first.

    A version is new when its canonical form is; the same value in other bytes is no change.
    """
    if not commits:
        return ()
    found = _changes(shelf, commits, key)
    changed: list[_Found] = []
    for one in found:
        if one.digest != (changed[-1].digest if changed else None):
            changed.append(one)
    payloads = _payloads(shelf, commits[0].pseudonym, key, {one.segment for one in changed if one.segment is not None})
    return tuple(
        Version(
            one.commit.info.id,
            one.commit.info.taken_at,
            one.segment is not None,
            None if one.segment is None else Record(RecordKey(*key), payloads[one.segment]),
        )
        for one in changed
    )


def _changes(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> list[_Found]:
    """What each commit says of a record, if it says anything; few have a manifest to ask."""
    company, where = commits[0].pseudonym, _is(key)
    digests: dict[int, bytes] = {}
    for part in {part.index: part for part in shelf.holdings.parts.get(company, {}).values()}.values():
        rows = steps.of_segments(shelf.index_of(company, part, where, ["segment", "digest"]), part.numbers)
        digests |= dict(rows.iter_rows())
    found: list[_Found] = []
    for commit in commits:
        own = [] if shelf.holdings.lists_all(commit) else [one for one in commit.numbers if one in digests]
        if own:
            found.append(_Found(commit, own[0], digests[own[0]]))
            continue
        if not shelf.holdings.manifest(commit) and shelf.holdings.base(commit) is not None:
            continue
        rows = shelf.manifest(commit, where)
        present = rows.filter(~pl.col("removed"))
        if not present.is_empty():
            found.append(_Found(commit, present["segment"][0], present["digest"][0]))
        elif not rows.is_empty() or shelf.holdings.base(commit) is None:
            found.append(_Found(commit, None, None))
    return found


def _payloads(shelf: Shelf, company: str, key: RecordKey, segments: set[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in {part.payload: part for number in segments for part in [shelf.part(company, number)]}.values():
        rows = shelf.payloads_of(company, part, _is(key), ["segment", "payload"])
        found |= dict(steps.of_segments(rows, part.numbers).iter_rows())
    return found


def _is(key: RecordKey) -> pl.Expr:
    return (pl.col("entity") == key.entity) & (pl.col("id") == key.id)
