"""The versions of one record over the snapshots of a company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from akika_forensics.model.record import Record, RecordKey
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
    found = _by_parts(shelf, commits, key) if _is_unbroken(commits) else _by_manifests(shelf, commits, key)
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


def _is_unbroken(commits: Sequence[Commit]) -> bool:
    """Whether each snapshot follows the one before and tells how many records went, so that few manifests are needed."""
    follows = zip((None, *(one.seq for one in commits)), commits, strict=False)
    return all(one.text.base == before and one.text.removed >= 0 for before, one in follows)


def _by_parts(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> list[_Found]:
    company, where = commits[0].pseudonym, _is(key)
    brought = {number: one for one in commits for part in one.text.parts for number in part.numbers}
    digests: dict[int, bytes] = {}
    for part in {part.index: part for part in shelf.holdings.parts[company].values()}.values():
        rows = shelf.index_of(company, part, where).filter(pl.col("segment").is_in(part.numbers))
        digests |= dict(rows.select("segment", "digest").iter_rows())
    found = [_Found(brought[number], number, digest) for number, digest in digests.items() if number in brought]
    if found:
        first = min(one.commit.seq for one in found)
        later = (one for one in commits if one.text.removed and one.seq > first)
        found += [_Found(one, None, None) for one in later if shelf.delta(one, where)["removed"].any()]
    return sorted(found, key=lambda one: one.commit.seq)


def _by_manifests(shelf: Shelf, commits: Sequence[Commit], key: RecordKey) -> list[_Found]:
    found: list[_Found] = []
    for commit in commits:
        delta = shelf.holdings.base(commit) is not None
        rows = shelf.manifest(commit, _is(key))
        if rows.is_empty() and delta:
            continue
        present = rows.filter(~pl.col("removed"))
        if present.is_empty():
            found.append(_Found(commit, None, None))
        else:
            found.append(_Found(commit, present["segment"][0], present["digest"][0]))
    return found


def _payloads(shelf: Shelf, company: str, key: RecordKey, segments: set[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in {part.payload: part for number in segments for part in [shelf.part(company, number)]}.values():
        rows = shelf.payloads_of(company, part, _is(key)).filter(pl.col("segment").is_in(part.numbers))
        found |= dict(rows.select("segment", "payload").iter_rows())
    return found


def _is(key: RecordKey) -> pl.Expr:
    return (pl.col("entity") == key.entity) & (pl.col("id") == key.id)
