"""What happened when: events in order of time, counted in bars without being looked at one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from akika_forensics.model.instants import parse_instant
from akika_widgets.views.field_rows import ChangeLike
from akika_widgets.views.gist import RecordLike, body_of
from akika_widgets.views.kinds import ORDER
from akika_widgets.views.markup import readable
from akika_widgets.views.timeline_bins import EARLIEST, LATEST, Bins

_INSTANT: Final = pl.Datetime("us", "UTC")
SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "when": _INSTANT,
    "until": _INSTANT,
    "kind": pl.String,
    "label": pl.String,
    "key": pl.String,
}
_LEAST: Final = timedelta(minutes=1)


class Moment(NamedTuple):
    """Something that happened at ``when``; with ``until``, at a time between the two that nobody recorded."""

    when: datetime
    kind: str
    label: str
    key: str
    until: datetime | None = None


class Span(NamedTuple):
    """What happened at some time between two: how many of each kind."""

    start: datetime
    end: datetime
    counts: Mapping[str, int]

    @property
    def number(self) -> int:
        return sum(self.counts.values())


class Events:
    """Events of any number. ``frame`` holds them in order of time: `SCHEMA` and ``event``, a number that names each.

    ``given``: `Moment`s or tuples like them, or a frame with the columns ``when`` (with a time zone), ``kind``, ``label``, ``key`` and perhaps ``until``. Raises ValueError for a time
    without a zone, outside 1900 to 2199, or an ``until`` before its ``when``.
    """

    def __init__(self, given: pl.DataFrame | Iterable[Sequence[Any]]) -> None:
        frame = _frame_of(given)
        bad = frame.filter(
            pl.col("when").is_null()
            | (pl.col("when") < EARLIEST)
            | (pl.col("when") >= LATEST)
            | (pl.col("until") < pl.col("when"))
            | (pl.col("until") >= LATEST)
        )
        if bad.height:
            raise ValueError(f"{bad.height:,} events have no time that a timeline can hold")
        self.frame = frame.sort("when", maintain_order=True).with_row_index("event")
        self._known = self.frame.filter(pl.col("until").is_null())

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are: those of changes in their usual order, then others by name."""
        found: list[str] = self.frame["kind"].unique().to_list()
        return tuple(sorted(found, key=lambda kind: (ORDER.get(kind, len(ORDER)), kind)))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many of each kind."""
        return dict(self.frame["kind"].value_counts().iter_rows())

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The stretches in which something happened at a time nobody recorded."""
        unknown = self.frame.filter(pl.col("until").is_not_null())
        counted = unknown.group_by("when", "until", "kind").len().sort("when", "until", "kind")
        spans: dict[tuple[datetime, datetime], Counter[str]] = {}
        for when, until, kind, number in counted.iter_rows():
            spans.setdefault((when, until), Counter())[kind] = number
        return tuple(Span(*ends, counts) for ends, counts in spans.items())

    @cached_property
    def stretch(self) -> tuple[datetime, datetime]:
        """From the first to the last that is known; a single instant gets a minute around it. Raises ValueError without events."""
        if not len(self):
            raise ValueError("there is nothing on this timeline")
        first, last, until = self.frame.select(
            pl.col("when").min().alias("first"), pl.col("when").max().alias("last"), pl.col("until").max()
        ).row(0)
        end = max(last, until) if until is not None else last
        return (first, end) if end - first >= _LEAST else (first - _LEAST / 2, end + _LEAST / 2)

    @cached_property
    def _instants(self) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
        """The known times of each kind in microseconds, in order: what lies between two edges is found by halving, not by counting."""
        parts = self._known.select("kind", pl.col("when").cast(pl.Int64)).partition_by("kind", as_dict=True)
        return {str(kind[0]): part["when"].to_numpy() for kind, part in parts.items()}

    def counts(self, bins: Bins, kinds: Collection[str]) -> dict[str, list[int]]:
        """How many of each kind lie in each bar, of those whose time is known."""
        edges = np.array([microseconds(edge) for edge in bins.edges], dtype=np.int64)
        none = np.zeros(0, dtype=np.int64)
        return {
            kind: np.diff(np.searchsorted(self._instants.get(kind, none), edges)).tolist()
            for kind in self.kinds
            if kind in kinds
        }

    def between(self, start: datetime, end: datetime, kinds: Collection[str]) -> pl.DataFrame:
        """The events known to lie from ``start`` on and before ``end``, in order of time."""
        times = self._known["when"]
        first, last = (int(times.search_sorted(edge, side="left")) for edge in (start, end))
        return self._known.slice(first, last - first).filter(pl.col("kind").is_in(sorted(kinds)))

    def of_span(self, span: Span, kinds: Collection[str]) -> pl.DataFrame:
        """The events that happened at some time in the span."""
        here = (pl.col("when") == span.start) & (pl.col("until") == span.end)
        return self.frame.filter(here & pl.col("kind").is_in(sorted(kinds)))


def microseconds(instant: datetime) -> int:
    """Since 1970, exact."""
    passed = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return passed // timedelta(microseconds=1)


def _frame_of(given: pl.DataFrame | Iterable[Sequence[Any]]) -> pl.DataFrame:
    if isinstance(given, pl.DataFrame):
        frame = given if "until" in given.columns else given.with_columns(pl.lit(None, dtype=_INSTANT).alias("until"))
        missing = [name for name in SCHEMA if name not in frame.columns]
        if missing:
            raise ValueError(f"the events have no column {', '.join(missing)}")
        for name in ("when", "until"):
            kind = frame.schema[name]
            if not (isinstance(kind, pl.Datetime) and kind.time_zone) and frame[name].null_count() < frame.height:
                raise ValueError(f"the column {name} has no time zone")
        return frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    held = [Moment(*row) for row in given]
    for moment in held:
        if moment.when.tzinfo is None or (moment.until is not None and moment.until.tzinfo is None):
            raise ValueError("a time without a zone has no place on a timeline")
    columns = {
        "when": [moment.when.astimezone(UTC) for moment in held],
        "until": [None if moment.until is None else moment.until.astimezone(UTC) for moment in held],
        "kind": [_storable(moment.kind) for moment in held],
        "label": [_storable(moment.label) for moment in held],
        "key": [_storable(moment.key) for moment in held],
    }
    return pl.DataFrame(columns, schema=SCHEMA)


def _storable(text: str) -> str:
    """Half a surrogate pair, which no frame can hold, by its code."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return readable(text)
    return text


def moments_of(changes: Iterable[ChangeLike], before_at: datetime, after_at: datetime) -> list[Moment]:
    """Changes between two snapshots as moments.

    QuickBooks keeps when a record was made and when it was last changed. Such a time is taken where it lies between the two snapshots. What was removed has left no
    time, and a change can carry an older one; all that is known of these is that they happened between the snapshots, and so it is drawn.
    """
    return [_moment(change, before_at, after_at) for change in changes]


def _moment(change: ChangeLike, before_at: datetime, after_at: datetime) -> Moment:
    name = {"added": "CreateTime"}.get(change.kind, "LastUpdatedTime")
    at = None if change.kind == "removed" else _time(change.after, name)
    if at is not None and before_at <= at <= after_at:
        return Moment(at, change.kind, change.label, str(change.key))
    return Moment(before_at, change.kind, change.label, str(change.key), after_at)


def _time(record: RecordLike | None, name: str) -> datetime | None:
    """A time of a record's own; None where it has none that can be read."""
    try:
        return parse_instant(body_of(record)["MetaData"][name])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
