"""What a snapshot has of each entity of QuickBooks, as a table that shows itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import polars as pl

from akika_forensics.capture.carried import standing
from akika_forensics.capture.coverage import OUT_OF_REACH, Covered, Reach, coverage
from akika_forensics.capture.incremental import intervals
from akika_forensics.case.captured import reported_counts
from akika_forensics.case.plain_words import not_there
from akika_forensics.case.rows import TIME, Rows
from akika_forensics.model.record import Record
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views.listing import Column, Listing, Mark
from akika_widgets.views.wording import entity_words

MARKS: Final = {
    Reach.CAPTURED: Mark("✓", "captured", "good"),
    Reach.PARTLY: Mark("✓", "in part", "changed"),
    Reach.NOT: Mark("·", "not captured", "quiet"),
}
WAYS: Final = {"feed": "QuickBooks' list of changes", "search": "searched by time", "list": "read whole again"}
"""How the changes of an entity are noticed, in a few words."""


class Coverage(Rows[Covered]):
    """Every entity of QuickBooks: captured, in part, or not; ``coverage["Invoice"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "entity": pl.String,
        "reach": pl.String,
        "records": pl.Int64,
        "counted": pl.Int64,
        "from": TIME,
        "to": TIME,
        "by": pl.String,
        "why": pl.String,
    }

    def name_of(self, one: Covered) -> str:
        return one.entity

    def cells(self, one: Covered) -> tuple[Any, ...]:
        when = one.interval
        return (
            one.entity, one.reach.value, one.records, one.counted,
            when.begin if when else None, when.end if when else None, when.by if when else None, one.why,
        )  # fmt: skip

    @property
    def empty(self) -> int:
        """Entities that were asked for and of which the company has nothing."""
        return sum(not one.records and one.reach is not Reach.NOT for one in self)

    @property
    def sentence(self) -> str:
        many = Counter(one.reach for one in self)
        return (
            f"Of {len(self)} kinds of records {many[Reach.CAPTURED] + many[Reach.PARTLY]} are captured, "
            f"{many[Reach.PARTLY]} of them in part, {many[Reach.NOT]} are not; the company has none of {self.empty}."
        )

    def view(self) -> Listing:
        columns = [
            Column("Record type"),
            Column("Records", "number"),
            Column("Captured", "state"),
            Column("As it was from (UTC)", "quiet"),
            Column("to (UTC)", "quiet"),
            Column("Changes found by", "quiet"),
            Column("What is missing of it"),
        ]
        rows = [
            (
                entity_words(one.entity).many.capitalize(),
                one.records,
                MARKS[one.reach],
                one.interval.begin if one.interval else "not known",
                one.interval.end if one.interval else "not known",
                WAYS.get(one.interval.by, one.interval.by) if one.interval else "",
                missing(one),
            )
            for one in self
            if one.records or one.reach is Reach.NOT
        ]
        beyond = ", ".join(f"{one.name[:1].lower()}{one.name[1:]}" for one in OUT_OF_REACH)
        return Listing(
            "What the snapshot has of each kind of record", columns, rows, sub=f"No application can read: {beyond}"
        )


NO_COVERAGE: Final = Coverage()


def coverage_of(info: SnapshotInfo, records: Iterable[Record]) -> Coverage:
    """The table of one snapshot. One of some records says of the others what the capture of everything behind it said."""
    held = Counter(record.key.entity for record in records)
    behind = standing(info)
    fence = {**(behind.fence.get("entities", {}) if behind else {}), **info.fence.get("entities", {})}
    return Coverage(coverage(held, reported_counts(info), {"entities": fence}, info.findings))


def live_in(info: SnapshotInfo) -> dict[str, tuple[datetime, datetime]]:
    """For each entity when its bodies were live, by the fence of the snapshot."""
    found = intervals(info.fence)
    return {name: (one.begin, one.end) for name, one in found.items()}


def missing(one: Covered) -> str:
    return "; ".join(part for part in (not_there(one.why), _hidden(one.hidden)) if part)


def _hidden(fields: tuple[str, ...]) -> str:
    return f"{', '.join(fields)}, which come masked or not at all" if fields else ""
