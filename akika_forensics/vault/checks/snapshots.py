"""Snapshots against themselves: payloads against indexes, record roots against the signed ones, manifests against both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload
from akika_forensics.vault import documents, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.checks.effort import CONTROLS, PAYLOADS, Effort
from akika_forensics.vault.checks.inspection import Inspection
from akika_forensics.vault.snapshots import facts, frames, leaves
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


class _Known(NamedTuple):
    """The last snapshot of a company: its commit, and its state unless damage elsewhere hides it."""

    seq: int | None
    state: pl.DataFrame | None


class _Step(NamedTuple):
    """Two neighbouring states, as far as the manifest in use tells of them: a delta leaves most of a company alone."""

    before: pl.DataFrame | None
    after: pl.DataFrame

    @classmethod
    def by(cls, delta: pl.DataFrame, before: pl.DataFrame) -> _Step:
        touched = before.join(delta.select(*frames.KEY), on=frames.KEY, how="semi")
        return cls(touched, delta.filter(~pl.col("removed")).select(*frames.STATE).sort(frames.KEY))

    def applied(self, delta: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
        """The whole state after a delta, in no order: sorting it for every snapshot would cost more than the check."""
        kept = before.join(delta.select(*frames.KEY), on=frames.KEY, how="anti")
        return pl.concat([kept.select(*frames.STATE), self.after])


class _Rows:
    """Of one company: the rows of each segment as a state has them, after its part was looked through, once."""

    def __init__(self, inspection: Inspection, shelf: Shelf, company: str, parts: list[Part], effort: Effort) -> None:
        found = [pl.DataFrame(schema=frames.STATE)]
        self.unread: set[int] = set()
        for part in parts:
            self.unread |= set(part.numbers)
            with inspection.noted():
                for path in (part.index, part.payload):
                    if inspection.is_damaged(path):
                        raise DamagedFile(path, "Its bytes are not those that were signed.")
                found.append(_check_part(shelf, company, part, effort))
                self.unread -= set(part.numbers)
        self._all = pl.concat(found)

    def of(self, numbers: set[int]) -> pl.DataFrame | None:
        """The rows of some segments; None when one of them could not be read."""
        if numbers & self.unread:
            return None
        return self._all.filter(pl.col("segment").is_in(sorted(numbers)))


def _distinct(parts: dict[int, Part]) -> list[Part]:
    return list({part.index: part for _, part in sorted(parts.items())}.values())


def _check_part(shelf: Shelf, company: str, part: Part, effort: Effort) -> pl.DataFrame:
    """The rows of a part as a state has them, after its payloads, or the drawn ones, were held against the index."""
    index = shelf.index_of(company, part)
    effort.looked_at(part.index)
    counts = {str(number): rows for number, rows in index.group_by("segment").len().iter_rows()}
    if counts != part.segments:
        raise DamagedFile(part.index, "It does not hold as many records as its commit tells of.")
    chosen = effort.rows(part.payload, list(index.select(*frames.KEY).iter_rows()), shelf.backend)
    if chosen is None or chosen:
        _check_payloads(index, shelf.payloads_of(company, part), part, chosen)
        effort.sound(PAYLOADS, part.payload)
    _check_roots(shelf, company, part, index)
    return index.select(*frames.STATE)


def _check_payloads(index: pl.DataFrame, payloads: pl.DataFrame, part: Part, chosen: frozenset[int] | None) -> None:
    if not index.select(*frames.VERSION).equals(payloads.select(*frames.VERSION)):
        raise DamagedFile(part.index, "It does not tell of exactly the records of its payload file.")
    told = index.select("digest", "payload_sha256", "length", *frames.FACTS).iter_rows()
    raised = not any(index[name].count() for name in frames.FACTS)
    for number, ((digest, sha256, length, *fact), content) in enumerate(zip(told, payloads["payload"], strict=True)):
        if chosen is not None and number not in chosen:
            continue
        if len(content) != length or hashlib.sha256(content).digest() != sha256 or _digest(content) != digest:
            raise DamagedFile(part.payload, "A payload in it is not the one its index tells of.")
        if not raised and facts.of(content) != tuple(fact):
            raise DamagedFile(part.index, "It tells of a record otherwise than the record itself.")


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
    fresh = rows.of({number for part in commit.text.parts for number in part.numbers})
    state: pl.DataFrame | None = None
    with inspection.noted():
        path = shelf.holdings.manifest(commit)
        if inspection.is_damaged(path):
            raise DamagedFile(path, "Its bytes are not those that were signed.")
        manifest = shelf.manifest(commit)
        effort.looked_at(path)
        step: _Step | None = None
        if shelf.holdings.base(commit) is None:
            state = frames.apply_manifest(None, manifest)
            step = _Step(before.state, state)
        elif before.state is not None:
            step = _Step.by(manifest, before.state)
            state = step.applied(manifest, before.state)
        if state is not None and step is not None and fresh is not None:
            follows = before.seq == _predecessor(shelf, commit) and not _hidden(shelf, before.seq, commit)
            follows = follows and commit.text.base in {None, before.seq}  # the one that it names may not be readable
            known = step.before if follows else None
            _check_manifest(path, manifest, fresh, known)
            if known is not None and commit.text.base == before.seq and commit.text.removed >= 0:
                delta = shelf.delta(commit) if path != commit.text.manifest else manifest
                _check_delta(commit.text.manifest, delta, step.after, known)
            _check_counts(commit, len(state), step.after, fresh, known)
    with inspection.noted():
        _check_controls(inspection, shelf, commit, effort)
    return _Known(commit.seq, state)


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


def _check_manifest(path: str, manifest: pl.DataFrame, fresh: pl.DataFrame, before: pl.DataFrame | None) -> None:
    live = manifest.filter(~pl.col("removed")).select(*frames.STATE)
    new = live.join(fresh, on="segment", how="semi")
    problems = {
        "It lists a record twice.": bool(manifest.select(*frames.KEY).is_duplicated().any()),
        "It does not list exactly the new versions that are stored with it.": not _same(new, fresh),
    }
    if before is not None:
        old = live.join(fresh, on="segment", how="anti")
        removed = manifest.filter("removed")
        problems |= {
            "It lists a version that no snapshot before it holds.": not old.join(
                before, on=[*frames.STATE], how="anti"
            ).is_empty(),
            "It removes a record that was not there.": not removed.join(before, on=frames.KEY, how="anti").is_empty(),
        }
    for what, found in problems.items():
        if found:
            raise DamagedFile(path, what)


def _check_delta(path: str, delta: pl.DataFrame, state: pl.DataFrame, before: pl.DataFrame) -> None:
    """A delta leads from the snapshot before to this one, and tells rightly what its rows replace."""
    if not frames.apply_manifest(before, delta).equals(state):
        raise DamagedFile(path, "It does not lead from the snapshot before to the one it belongs to.")
    told = delta.select(*frames.KEY, "was")
    true = told.select(*frames.KEY).join(before.select(*frames.KEY, was="digest"), on=frames.KEY, how="left")
    if not _same(told, true):
        raise DamagedFile(path, "What it says that its rows replace is not what it replaces.")


def _check_counts(
    commit: Commit, records: int, after: pl.DataFrame, fresh: pl.DataFrame, before: pl.DataFrame | None
) -> None:
    """``after`` and ``before``: the states, without what both hold alike."""
    told = commit.text.records == records
    if before is not None:
        unchanged = fresh.join(before, on=[*frames.KEY, "digest"], how="semi")
        gone = len(before) - len(before.join(after, on=frames.KEY, how="semi"))
        told = told and len(fresh) - len(unchanged) == commit.text.new_versions and commit.text.removed in {gone, -1}
    if not told:
        path = layout.entry(layout.COMMITS, commit.seq)
        raise DamagedFile(path, "It tells of another number of records than are stored.")


def _check_description(inspection: Inspection, shelf: Shelf, commit: Commit) -> None:
    path = layout.entry(layout.COMMITS, commit.seq)
    if commit.pseudonym != pseudonym(shelf.keyring, commit.info.company):
        raise DamagedFile(path, "It names another company than its files are bound to.")
    known = not inspection.blind and not _hidden(shelf, commit.text.base, commit)
    if known and commit.text.base not in {None, _predecessor(shelf, commit)}:
        raise DamagedFile(path, "It does not follow the snapshot before it.")
    earlier = sum(1 for seq in {*shelf.holdings.commits, *shelf.holdings.closed} if seq < commit.seq)
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


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.sort(frames.KEY).equals(other.select(*one.columns).sort(frames.KEY))
