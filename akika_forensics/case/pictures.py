"""Pictures of what a case holds: bars for what moves, a timeline for when records were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record
from akika_widgets.views.balance import PredictedLine
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.timeline import TimelineView
from akika_widgets.views.timeline_events import Moment
from akika_widgets.views.wording import entity_words


@dataclass(frozen=True, slots=True)
class Moved:
    """An account and how much it moves, debit positive."""

    account: str
    name: str
    change: Decimal


def predicted_movement(lines: Iterable[PredictedLine]) -> MovementPicture:
    """What a plan does to each account, from the books of now to the prediction."""
    rows = [Moved(line.account, line.name, line.moved) for line in lines]
    return MovementPicture(rows, title="What the plan does to the trial balance", before="now", after="the prediction")


def last_written(records: Iterable[Record]) -> tuple[Moment, ...]:
    """When QuickBooks says that each record was last written. A record without a time that can be read is left out."""
    return tuple(_moments(records))


def _moments(records: Iterable[Record]) -> Iterator[Moment]:
    for record in records:
        held = record.body.get("MetaData")
        told = held.get("LastUpdatedTime") if isinstance(held, dict) else None
        try:
            when = parse_instant(str(told))
        except ValueError:
            continue
        yield Moment(when, entity_words(record.key.entity).many, record.label, str(record.key))


def written_timeline(moments: Iterable[Moment], records: int) -> TimelineView:
    """The records of a snapshot by the time of their last writing: where a book's work lies, and where it is empty."""
    held = tuple(moments)
    rest = records - len(held)
    return TimelineView(
        held,
        title="When the records were last written",
        sub=f"{rest:,} records carry no time" if rest else "by QuickBooks' clock, in UTC",
    )
