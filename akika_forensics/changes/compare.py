"""Two snapshots against each other: an index join first, payloads only of what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import polars as pl

from akika_forensics.books import AccountEffect, Ledger, effect
from akika_forensics.changes.change import KINDS, Change, Kind, compare_records
from akika_forensics.changes.keys import Keys
from akika_forensics.graph import order
from akika_forensics.model.payload import canonical_value
from akika_forensics.model.record import Record, RecordKey


class Indexed(Protocol):
    """What comparing needs of a snapshot. ``index``: entity, id (strings) and digest (binary), a row a record."""

    def index(self) -> pl.DataFrame: ...

    def get_many(self, keys: Iterable[RecordKey], /) -> Mapping[RecordKey, Record]: ...


@runtime_checkable
class Versioned(Protocol):
    """A snapshot that knows its differences from another of its kind: entity, id, was and digest, null where it is not."""

    def differences(self, before: Any, /) -> pl.DataFrame: ...


class Readable(Protocol):
    """What posting needs of a snapshot: all its records."""

    def records(self) -> Iterable[Record]: ...


@dataclass(frozen=True)
class Comparison:
    """Every record that differs, in order of entity and Id."""

    changes: tuple[Change, ...]

    @cached_property
    def by_kind(self) -> dict[Kind, tuple[Change, ...]]:
        """The changes under each kind that occurs, what was lost first."""
        found = {kind: tuple(one for one in self.changes if one.kind == kind) for kind in KINDS}
        return {kind: rows for kind, rows in found.items() if rows}

    @cached_property
    def direct(self) -> tuple[Change, ...]:
        """The changes that somebody made."""
        return tuple(one for one in self.changes if not one.consequence)

    @cached_property
    def consequences(self) -> tuple[Change, ...]:
        """The changes that only the server made, because of others."""
        return tuple(one for one in self.changes if one.consequence)

    def of(self, key: RecordKey) -> Change | None:
        """The change of one record, None where it has none."""
        return self._places.get(key)

    @cached_property
    def _places(self) -> dict[RecordKey, Change]:
        return {one.key: one for one in self.changes}

    def to_frame(self) -> pl.DataFrame:
        """A row for each differing field, one for each added or removed record (``path`` null).

        Columns: entity, id, label, kind, consequence (of the record), path, field, how, before, after (text, numbers
        as written), server (the field is the server's own).
        """
        rows: list[tuple[Any, ...]] = []
        for one in self.changes:
            head = (one.key.entity, one.key.id, one.label, one.kind, one.consequence)
            if not one.fields:
                rows.append((*head, None, None, None, None, None, False))
            rows.extend(
                (*head, row.path, row.label, row.how, text(row.before), text(row.after), row.consequence)
                for row in one.fields
            )
        return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


_COLUMNS = {
    "entity": pl.String,
    "id": pl.String,
    "label": pl.String,
    "kind": pl.String,
    "consequence": pl.Boolean,
    "path": pl.String,
    "field": pl.String,
    "how": pl.String,
    "before": pl.String,
    "after": pl.String,
    "server": pl.Boolean,
}


def text(value: Any) -> str | None:
    """A value of a field as text: a string as it is, everything else as JSON; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return canonical_value(value).decode()


def changed_keys(before: Indexed, after: Indexed) -> tuple[Keys, Keys, Keys]:
    """Keys removed, added, and present in both with another digest; by the indexes alone, in no order."""
    rows = _differences(before, after)
    was, now = pl.col("was").is_not_null(), pl.col("digest").is_not_null()
    return Keys(rows.filter(~now)), Keys(rows.filter(~was)), Keys(rows.filter(was & now))


def _differences(before: Indexed, after: Indexed) -> pl.DataFrame:
    if isinstance(after, Versioned) and type(before) is type(after):
        return after.differences(before)
    left, right = (one.index().select("entity", "id", "digest") for one in (before, after))
    joined = left.rename({"digest": "was"}).join(right, on=["entity", "id"], how="full", coalesce=True)
    return joined.filter(pl.col("was").ne_missing(pl.col("digest")))


def compare(before: Indexed, after: Indexed) -> Comparison:
    """Every difference between two snapshots, in order of entity and Id. Payloads are read only where digests differ."""
    gone, new, moved = (sorted(keys, key=order) for keys in changed_keys(before, after))
    was = before.get_many(gone + moved)
    now = after.get_many(new + moved)
    changes = (compare_records(was.get(key), now.get(key)) for key in sorted(gone + new + moved, key=order))
    return Comparison(tuple(one for one in changes if one is not None))


def effect_of(before: Readable, after: Readable, as_of: date | None = None) -> tuple[AccountEffect, ...]:
    """What the differences of two snapshots did to the accounts; see ``books.effect`` for ``as_of``.

    The first stock of an item keeps the unit cost that ``before`` gives it: QuickBooks never posts it again, whatever
    happens to the item's price.
    """
    was = Ledger.of(before.records())
    now = Ledger.of(after.records(), opening_costs=was.opening_costs)
    return effect(was, now, as_of)
