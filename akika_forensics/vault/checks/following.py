"""Each snapshot against the one that it follows: what it changes, what that replaces, and the numbers it tells of it.

Raises DamagedFile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf


class Step(NamedTuple):
    """What a snapshot changes: rows of its own segments and those of its manifest, as `frames.MANIFEST`; and what is
    touched by it of the snapshot that it follows, which leaves most of a company alone, ``before`` and ``after`` it.
    """

    changes: pl.DataFrame
    before: pl.DataFrame
    after: pl.DataFrame

    @classmethod
    def of(cls, changes: pl.DataFrame, before: pl.DataFrame) -> Step:
        touched = before.join(changes.select(*frames.KEY), on=frames.KEY, how="semi")
        after = changes.lazy().filter(~pl.col("removed")).select(*frames.STATE).sort(frames.KEY).collect()
        return cls(changes, touched, after)

    def applied(self, before: pl.DataFrame) -> pl.DataFrame:
        """The whole state after it, in no order: sorting it for every snapshot would cost more than the check."""
        kept = before.join(self.changes.select(*frames.KEY), on=frames.KEY, how="anti")
        return pl.concat([kept.select(*frames.STATE), self.after])


def changes(shelf: Shelf, commit: Commit, listed: pl.DataFrame, fresh: pl.DataFrame | None) -> pl.DataFrame | None:
    """What a snapshot changes of the one that it follows; None where its own segments cannot be read."""
    if shelf.holdings.lists_all(commit):
        return listed
    if fresh is None:
        return None
    own = fresh.with_columns(removed=pl.lit(value=False)).select(*frames.MANIFEST)
    return pl.concat([own, listed.select(*frames.MANIFEST)])


def check_manifest(
    path: str, listed: pl.DataFrame, fresh: pl.DataFrame, rows: Callable[[set[int]], pl.DataFrame | None]
) -> None:
    """``listed``: the manifest in use; ``fresh``: rows of the segments that came with its snapshot; ``rows``: those of
    any segments, None where they cannot be read.
    """
    if listed.is_empty():
        return
    if listed.select(*frames.KEY).is_duplicated().any():
        raise DamagedFile(path, "It lists a record twice.")
    live = listed.filter(~pl.col("removed")).select(*frames.STATE)
    others = live.join(fresh, on="segment", how="anti")
    if others.is_empty():
        return
    stored = rows(set(others["segment"].drop_nulls().to_list()))
    if others["segment"].null_count() or (
        stored is not None and not others.join(stored, on=[*frames.STATE], how="anti").is_empty()
    ):
        raise DamagedFile(path, "It lists a version that is not stored.")


def check_list(path: str, listed: pl.DataFrame, fresh: pl.DataFrame, before: pl.DataFrame | None) -> None:
    """A manifest of version 1: it lists the rows of its own segments, and no other that is new."""
    live = listed.filter(~pl.col("removed")).select(*frames.STATE)
    if not _same(live.join(fresh, on="segment", how="semi"), fresh.select(*frames.STATE)):
        raise DamagedFile(path, "It does not list exactly the new versions that are stored with it.")
    others = live.join(fresh, on="segment", how="anti")
    if before is not None and not others.join(before, on=[*frames.STATE], how="anti").is_empty():
        raise DamagedFile(path, "It lists a version that no snapshot before it holds.")


def check_changes(shelf: Shelf, commit: Commit, step: Step) -> None:
    """What a snapshot changes, against the one that it follows."""
    path = shelf.holdings.manifest(commit) or layout.entry(layout.COMMITS, commit.seq)
    rows, before = step.changes, step.before
    if rows.select(*frames.KEY).is_duplicated().any():
        raise DamagedFile(path, "It lists a record that its own segments hold, or holds one twice.")
    removed = rows.filter("removed")
    if not removed.is_empty() and not removed.join(before, on=frames.KEY, how="anti").is_empty():
        raise DamagedFile(path, "It removes a record that was not there.")
    if shelf.holdings.lists_all(commit):
        return
    told = rows.select(*frames.KEY, "segment", "was")
    if commit.seq in shelf.holdings.manifests:  # its own segments tell of what it followed at first
        told = told.filter(~pl.col("segment").is_in(commit.numbers).fill_null(value=False))
    true = told.select(*frames.KEY).join(before.select(*frames.KEY, was="digest"), on=frames.KEY, how="left")
    if not _same(told.drop("segment"), true):
        wrong = told.join(true, on=[*frames.KEY, "was"], how="anti", nulls_equal=True)
        numbers = wrong["segment"].drop_nulls().to_list()
        at = shelf.part(commit.pseudonym, numbers[0]).index if numbers else path
        raise DamagedFile(at, "What it says that its rows replace is not what they replace.")


def check_counts(
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


def _same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.sort(frames.KEY).equals(other.select(*one.columns).sort(frames.KEY))
