"""How snapshots follow one another: what they amount to, how they differ, and what has to be listed for it. Pure.

Rows of a part are sorted by key and segment, so that the last version under a key is the one with another key behind it:
that takes no join and no sorting of half a million texts. Only what lies elsewhere is joined, which is little once parts
are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.vault.snapshots import key_numbers
from akika_forensics.vault.snapshots.frames import DIFFERENCE, KEY, MANIFEST, MANIFEST_1, STATE, empty_state

_AT: Final = "at"
_ROWS: Final = {**MANIFEST_1, _AT: pl.UInt32}
_MERGED_UP_TO: Final = 8
"""Rows in so many, or fewer, are put into a sorted frame one by one; more are sorted together with it."""


class Step(NamedTuple):
    """What a snapshot changes of the one before: rows of its ``own`` segments (numbers), and what its manifest lists."""

    own: tuple[int, ...]
    listed: pl.DataFrame | None


class Stored(NamedTuple):
    """Rows of the own segments of some steps: ``parts``, each sorted by key, then segment; ``loose``, in the order of
    segments alone.
    """

    parts: Sequence[pl.DataFrame]
    loose: pl.DataFrame | None = None

    @property
    def frames(self) -> list[pl.DataFrame]:
        found = [*self.parts] if self.loose is None else [self.loose, *self.parts]
        return [rows for rows in found if not rows.is_empty()]


class _Change(NamedTuple):
    """Rows that replace what was under their keys before. ``at``: the place of the step that they belong to; None where
    that follows from their segments.
    """

    rows: pl.DataFrame
    at: int | None


def of_segments(rows: pl.DataFrame, numbers: Collection[int]) -> pl.DataFrame:
    """Those of the rows (with a column ``segment``) that are of some segments."""
    segments = rows["segment"]
    if segments.is_empty():
        return rows
    wanted = pl.Series(sorted(numbers), dtype=pl.UInt32)
    largest = max(int(str(segments.max())), int(str(wanted.max() if len(wanted) else 0)))
    if largest > 8 * (len(rows) + len(wanted)):
        return rows.filter(segments.is_in(wanted.implode()))
    # A table by number: several times faster than looking each up among hundreds.
    table = pl.repeat(value=False, n=largest + 1, dtype=pl.Boolean, eager=True).scatter(wanted, values=True)
    chosen = table.gather(segments)
    return rows if chosen.all() else rows.filter(chosen)


def of_each(parts: Sequence[tuple[int, pl.DataFrame]]) -> pl.DataFrame:
    """The rows of many frames, each of which counts for one segment alone."""
    whole = pl.concat([rows for _, rows in parts])
    told = pl.DataFrame(
        {"number": [number for number, _ in parts], "rows": [len(rows) for _, rows in parts]},
        schema={"number": pl.UInt32, "rows": pl.UInt32},
    )
    expected = told.filter(pl.col("rows") > 0).select(pl.col("number").repeat_by("rows").explode())["number"]
    right = whole["segment"] == expected
    return whole if right.all() else whole.filter(right)


def is_sorted(rows: pl.DataFrame, by: Sequence[str] = KEY) -> bool:
    """Each once, in the order of some columns, the first before the second and so on; none of them may have a null."""
    if len(rows) < 2:
        return True
    rising = pl.Series([False])
    for column in (rows[name].rechunk() for name in reversed(by)):
        one, other = column.head(-1), column.slice(1)
        rising = (one < other) | ((one == other) & rising)
    return bool(rising.all())


def state(before: pl.DataFrame | None, steps: Sequence[Step], stored: Stored) -> pl.DataFrame:
    """What a state (None: nothing) and the steps after it, oldest first, amount to: columns of `STATE`, sorted by key."""
    changes = [_Change(empty_state() if before is None else before, 0)]
    changes += [_Change(rows, None) for rows in stored.frames]
    changes += [_Change(listed, at) for at, listed in _listed(steps)]
    base = max(
        (one for one in changes if one.rows is not stored.loose and not _removes(one.rows)),
        key=lambda one: len(one.rows),
    )
    places = _places(steps)
    rest = _latest([one for one in changes if one is not base], places)
    rows = _last(base.rows) if base.at is None else base.rows
    if not rest.is_empty():
        rows = _with(rows, _at(base.at, places), rest)
    return rows.select(*STATE)


def listing(before: pl.DataFrame | None, after: pl.DataFrame, own: Collection[int]) -> pl.DataFrame:
    """What a manifest has to list so that ``after`` follows ``before`` (None: nothing): rows of other than its ``own``
    segments that ``before`` has not, and those that are removed. Columns of `MANIFEST`, sorted by key.
    """
    before = empty_state() if before is None else before
    others = after.filter(~pl.col("segment").is_in(list(own))).join(before, on=[*KEY, "segment"], how="anti")
    told = others.join(before.select(*KEY, was="digest"), on=KEY, how="left").with_columns(removed=pl.lit(value=False))
    return pl.concat([told.select(*MANIFEST), removals(before.join(after, on=KEY, how="anti"))]).sort(KEY)


def removals(gone: pl.DataFrame) -> pl.DataFrame:
    """A manifest of rows of the state before that are no longer there."""
    nothing = {name: pl.lit(None, dtype=MANIFEST[name]) for name in ("digest", "segment", "length")}
    return (
        gone.select(*KEY, was="digest").with_columns(**nothing, removed=pl.lit(value=True)).select(*MANIFEST).sort(KEY)
    )


def differences(steps: Sequence[Step], stored: Stored) -> pl.DataFrame:
    """What several steps, oldest first, amount to: columns of `DIFFERENCE`, in no order; ``stored`` with ``was``."""
    places = _places(steps)
    told = [rows.with_columns(_placed(rows, places)) for rows in stored.frames]
    told += [rows.with_columns(_at(at, places)) for at, rows in _listed(steps)]
    if not told:
        return pl.DataFrame(schema=DIFFERENCE)
    # The frame that begins earliest first: mostly its steps are all before those of the next.
    told.sort(key=lambda rows: int(str(rows[_AT].min())))
    whole = pl.concat([rows.select(*DIFFERENCE, _AT) for rows in told]).rechunk()
    numbers = key_numbers.numbers(whole)
    first, last = _ends(numbers, whole[_AT])
    found = whole.select(*KEY, "digest").select(pl.all().gather(last)).with_columns(whole["was"].gather(first))
    return found.filter(pl.col("was").ne_missing(pl.col("digest"))).select(*DIFFERENCE)


def difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What differs between two states: columns of `DIFFERENCE`, in no order."""
    joined = before.select(*KEY, was="digest").join(after.select(*KEY, "digest"), on=KEY, how="full", coalesce=True)
    return joined.filter(pl.col("was").ne_missing(pl.col("digest"))).select(*DIFFERENCE)


def _listed(steps: Sequence[Step]) -> list[tuple[int, pl.DataFrame]]:
    """What the steps list, each with its place: 1 is that of the first step, 0 what was before."""
    told = ((at, step.listed) for at, step in enumerate(steps, 1))
    return [(at, listed) for at, listed in told if listed is not None and not listed.is_empty()]


def _places(steps: Sequence[Step]) -> dict[int, int]:
    """The place of the step that each segment belongs to."""
    return {number: at for at, step in enumerate(steps, 1) for number in step.own}


def _at(at: int | None, places: Mapping[int, int]) -> pl.Expr:
    if at is not None:
        return pl.lit(at, dtype=pl.UInt32).alias(_AT)
    return pl.col("segment").replace_strict(places, return_dtype=pl.UInt32).alias(_AT)


def _removes(rows: pl.DataFrame) -> bool:
    return "removed" in rows.columns and bool(rows["removed"].any())


def _latest(changes: Sequence[_Change], places: Mapping[int, int]) -> pl.DataFrame:
    """The last of all under each key: columns of `_ROWS`, sorted by key."""
    rows: list[pl.LazyFrame] = []
    for one in changes:
        if not one.rows.is_empty():
            removed = [] if "removed" in one.rows.columns else [pl.lit(value=False).alias("removed")]
            rows.append(one.rows.lazy().with_columns(_at(one.at, places), *removed).select(*_ROWS))
    if not rows:
        return pl.DataFrame(schema=_ROWS)
    return pl.concat(rows).sort(_AT, maintain_order=True).unique(KEY, keep="last").sort(KEY).collect()


def _with(rows: pl.DataFrame, at: pl.Expr, rest: pl.DataFrame) -> pl.DataFrame:
    """Both, the later of two under one key, without what is removed."""
    numbered = rows.with_row_index("row")
    met = numbered.join(rest.select(*KEY, other=_AT), on=KEY, how="inner").with_columns(at)
    older = met.filter(pl.col(_AT) <= pl.col("other"))
    if not older.is_empty():
        left = pl.repeat(value=True, n=len(rows), dtype=pl.Boolean, eager=True).scatter(
            older["row"].sort(), values=False
        )
        rows = rows.filter(left)
    newer = met.filter(pl.col(_AT) > pl.col("other"))
    if not newer.is_empty():
        rest = rest.join(newer, on=KEY, how="anti", maintain_order="left")
    return _woven(rows.select(*STATE), rest.filter(~pl.col("removed")).select(*STATE))


def _woven(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Two frames that are sorted by key, as one that is."""
    if more.is_empty() or rows.is_empty():
        return rows if more.is_empty() else more
    if len(more) * _MERGED_UP_TO > len(rows):
        return pl.concat([rows, more]).sort(KEY)
    pieces: list[pl.LazyFrame] = []
    groups = [
        {str(name): one for (name,), one in frame.group_by("entity", maintain_order=True)} for frame in (rows, more)
    ]
    for entity in sorted({*groups[0], *groups[1]}, key=lambda name: name.encode()):
        both = [group[entity].lazy() for group in groups if entity in group]
        pieces.append(both[0].merge_sorted(both[1], key="id") if len(both) == 2 else both[0])
    return pl.concat(pl.collect_all(pieces))


def _same_as_next(rows: pl.DataFrame) -> pl.Series:
    """For each row but the last whether the next has the same key."""
    # In one piece each: two slices that are cut otherwise than one another are both copied before they are compared.
    entities, ids = rows["entity"].rechunk(), rows["id"].rechunk()
    return (entities.head(-1) == entities.slice(1)) & (ids.head(-1) == ids.slice(1))


def _last(rows: pl.DataFrame) -> pl.DataFrame:
    """The last row under each key."""
    if len(rows) < 2:
        return rows
    same = _same_as_next(rows)
    return rows.filter((~same).extend(pl.Series([True]))) if same.any() else rows


def _placed(rows: pl.DataFrame, places: Mapping[int, int]) -> pl.Series:
    """The place of each row's step."""
    table = pl.Series([0], dtype=pl.UInt32).extend_constant(0, max(places))
    return table.scatter(list(places), list(places.values())).gather(rows["segment"]).alias(_AT)


def _ends(keys: pl.Series, at: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The row of the earliest and that of the latest step under each key."""
    ordered = pl.DataFrame({"key": keys, "at": at}).with_row_index("row").sort("key", maintain_order=True)
    same = ordered["key"].head(-1) == ordered["key"].slice(1)
    if (same & (ordered["at"].head(-1) > ordered["at"].slice(1))).any():
        ordered = ordered.sort("at", maintain_order=True).sort("key", maintain_order=True)
    edge = pl.Series([True] if len(ordered) else [], dtype=pl.Boolean)
    return ordered["row"].filter(pl.concat([edge, ~same])), ordered["row"].filter(pl.concat([~same, edge]))
