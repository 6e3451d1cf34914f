"""The embedded company: our own books, written to the facts of the stock sandbox company.

Ids, names, accounts and structure are those every developer sandbox starts with; texts, addresses, dates and the
course of business are our own. The books are keyed in order of time through the engine, so that links, taxes,
quantities and balances are what the engine makes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from akika_forensics.model import payload
from akika_forensics.twin.sample import chart, company, customers, expenses, items, journal, receipts, sales, vendors
from akika_forensics.twin.sample.timeline import FOUNDED, at, transaction_time

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Keyed = tuple[datetime, str, str, dict[str, Any]]


def build(twin: Twin) -> None:
    """Fill an empty twin with the sample company; the result is the same every time."""
    for entity, body in company.settings():
        twin.put_raw(entity, payload.encode(body))
    for moment, entity, record_id, body in (*_lists(), *_transactions()):
        twin.create(entity, body, id=record_id, at=moment)


def _lists() -> Iterator[Keyed]:
    rows: list[tuple[str, str, dict[str, Any]]] = [*company.lists()]
    rows += [("Account", number, body) for number, body in chart.bodies()]
    rows += [("Customer", number, body) for number, body in customers.bodies()]
    rows += vendors.bodies()
    rows += [("Item", number, body) for number, body in items.bodies()]
    start = at(FOUNDED, 8, 5)
    for position, (entity, record_id, body) in enumerate(rows):
        yield start + timedelta(seconds=20 * position), entity, record_id, body


def _transactions() -> list[Keyed]:
    keyed: list[Keyed] = []
    position: Counter[date] = Counter()
    ordinary = [*sales.steps(), *receipts.steps(), *expenses.steps(), *journal.steps()]
    for step in sorted(ordinary, key=lambda step: int(step.id)):
        keyed.append((transaction_time(step.day, position[step.day]), step.entity, step.id, step.body))
        position[step.day] += 1
    for step in journal.side_steps():
        keyed.append((transaction_time(step.day, position[step.day]), step.entity, step.id, step.body))
        position[step.day] += 1
    return sorted(keyed, key=lambda row: row[0])
