"""Two snapshots compared, down to every field and every time: pure, over a difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from akika_forensics.case.values import CaseDiff
from akika_forensics.changes import KINDS, Change
from akika_forensics.errors import WrongUse
from akika_forensics.graph import order
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views.columns import TableColumn
from akika_widgets.views.difference import kind_of
from akika_widgets.views.evidence_table import EvidenceTable
from akika_widgets.views.listing import Cell, Column, Listing, Mark, Named
from akika_widgets.views.timeline import TimelineView
from akika_widgets.views.wording import amount, counted, field_words, value_text

WHOLE: Final = "(whole record)"
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One differing field of one record. ``path`` is `WHOLE` for a record that was added or removed; its values are then the SHA-256 of the
    record's canonical form. ``server``: QuickBooks numbers, computes or mirrors this field.
    """

    key: RecordKey
    label: str
    kind: str
    path: str
    how: str
    before: str
    after: str
    server: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One change with the time (aware) that QuickBooks keeps of it and who it names; None and ``""`` where it keeps none."""

    at: datetime | None
    key: RecordKey
    label: str
    kind: str
    by: str
    fields: int


@dataclass(frozen=True)
class Compared:
    """Everything that two snapshots say of the time between them."""

    diff: CaseDiff

    @cached_property
    def rows(self) -> tuple[FieldRow, ...]:
        """Every field that differs: records that somebody changed come first, what was lost before what was added."""
        ordered = sorted(self.diff.changes, key=lambda one: (one.consequence, KINDS.index(one.kind), order(one.key)))
        return tuple(row for change in ordered for row in _field_rows(change))

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        """The changes that somebody made, by time; those without a time last."""
        found = [_happening(change) for change in self.diff.changes if not change.consequence]
        return tuple(sorted(found, key=lambda one: (one.at is None, one.at or _NEVER, order(one.key))))

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """Kind of change → record type → how many, consequences left out; in the order of `KINDS`."""
        found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for change in self.diff.comparison.direct:
            found[change.kind][change.key.entity] += 1
        return {kind: counts for kind, counts in found.items() if counts}

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def in_short(self) -> Listing:
        """Each kind of change with what it befell, and what it comes to in the accounts."""
        columns = [Column("What", "state"), Column("Records", "number"), Column("Which", "quiet")]
        rows: list[tuple[Cell, ...]] = []
        for kind, counts in self.counts.items():
            drawn = kind_of(kind)
            which = ", ".join(counted(number, entity) for entity, number in sorted(counts.items()))
            rows.append((Mark(drawn.symbol, drawn.word, drawn.tone), counts.total(), which))
        consequences = len(self.diff.comparison.consequences)
        if consequences:
            said = "balances, links and counters that QuickBooks computes from the others"
            rows.append((Mark("·", "followed", "quiet"), consequences, said))
        moved = [row for row in self.diff.effect if row.change]
        sub = f"{len(moved):,} accounts moved" if moved else "no account moved"
        if moved:
            sub += f", the one that moved most by {amount(max(abs(row.change) for row in moved))}"
        closed = len(self.diff.moved.in_closed_periods)
        if closed:
            sub += f"; {counted(closed, 'posting')} of closed periods moved"
        nothing = f"nothing is different between {self.diff.before.id} and {self.diff.after.id}."
        return Listing("The difference in short", columns, rows, sub=sub, nothing=nothing)

    def timeline(self) -> TimelineView:
        """When the records were changed, as a picture; what is gone stands as a span between the two snapshots."""
        return TimelineView.of_changes(self.diff.changes, self.diff.before.taken_at, self.diff.after.taken_at)

    def in_order(self) -> Listing:
        """The same as a list, one record a row."""
        columns = [
            Column("Last changed (UTC)"),
            Column("Record"),
            Column("What", "state"),
            Column("Fields", "number"),
            Column("Changed by", "quiet"),
        ]
        rows = [
            (one.at, Named(one.label, one.key), _mark(one.kind), one.fields or None, one.by or None)
            for one in self.happenings
        ]
        sub = "by QuickBooks' clock" if any(one.at for one in self.happenings) else ""
        return Listing("Changes in order of time", columns, rows, sub=sub, nothing="nothing was changed.", alike=True)

    def evidence(self) -> EvidenceTable:
        """Every field that differs, to be searched in the page and handed on as a file; values in full."""
        columns = [
            TableColumn("record", "Record", "key"),
            TableColumn("label", "Name"),
            TableColumn("what", "What", choices=True),
            TableColumn("field", "Field"),
            TableColumn("before", "Before"),
            TableColumn("after", "After"),
            TableColumn("written_by", "Written by", choices=True),
        ]
        rows = [
            (
                str(row.key),
                row.label,
                kind_of(row.kind).word,
                row.path if row.path == WHOLE else field_words(row.path) or row.path,
                row.before,
                row.after,
                "QuickBooks" if row.server else "somebody",
            )
            for row in self.rows
        ]
        sub = f"{len(rows):,} fields of {len(self.diff.changes):,} records" if rows else "no field differs"
        name = f"every-field-{self.diff.before.id}-{self.diff.after.id}"
        return EvidenceTable(columns, rows, name=name, title="Every field that differs", sub=sub)

    def figures(self) -> dict[str, str | int | bool | Decimal]:
        """What the report comes to."""
        effect = self.diff.effect
        return {
            "before": self.diff.before.id,
            "before_digest": self.diff.before.digest,
            "after": self.diff.after.id,
            "after_digest": self.diff.after.digest,
            **{f"records_{kind}": self.counts.get(kind, Counter()).total() for kind in KINDS},
            "records_followed": len(self.diff.comparison.consequences),
            "fields": len(self.rows),
            "fields_by_somebody": sum(1 for row in self.rows if not row.server),
            "accounts_moved": sum(1 for row in effect if row.change),
            "sum_of_movements": sum((row.change for row in effect), ZERO),
            "largest_movement": max((abs(row.change) for row in effect), default=ZERO),
            "closed_periods_postings": len(self.diff.moved.in_closed_periods),
            "closed_periods_moved": self.diff.moved.closed_moved,
        }


def _field_rows(change: Change) -> list[FieldRow]:
    if not change.fields:
        before, after = (_digest(record) for record in (change.before, change.after))
        return [FieldRow(change.key, change.label, change.kind, WHOLE, change.kind, before, after, server=False)]
    return [
        FieldRow(
            change.key,
            change.label,
            change.kind,
            one.path,
            one.how,
            value_text(one.path, one.before),
            value_text(one.path, one.after),
            one.consequence,
        )
        for one in change.fields
    ]


def _digest(record: Record | None) -> str:
    return "" if record is None else f"SHA-256 {record.digest.hex()}"


def _happening(change: Change) -> Happening:
    meta = _meta(change.after)
    told = meta.get("CreateTime" if change.kind == "added" else "LastUpdatedTime")
    by = meta.get("LastModifiedByRef")
    name = (by.get("name") or by.get("value") or "") if isinstance(by, dict) else ""
    return Happening(_instant(told), change.key, change.label, change.kind, str(name), len(change.direct_fields))


def _meta(record: Record | None) -> dict[str, Any]:
    """What a record says of its own making; empty where it says nothing that can be read."""
    try:
        meta = record.body.get("MetaData") if record is not None else None
    except (WrongUse, AttributeError):
        return {}
    return meta if isinstance(meta, dict) else {}


def _instant(told: object) -> datetime | None:
    try:
        return parse_instant(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _mark(kind: str) -> Mark:
    drawn = kind_of(kind)
    return Mark(drawn.symbol, drawn.word, drawn.tone)
