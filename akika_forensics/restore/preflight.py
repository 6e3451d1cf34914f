"""Questions asked of every step before anyone approves it: found, clear, or cannot be checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_date
from akika_forensics.model.record import Record, RecordKey, label_of
from akika_forensics.restore import emptied
from akika_forensics.restore.document import Action, Answer
from akika_forensics.restore.work import Item

DUPLICATE_NUMBER = "allowduplicatedocnum"
"""Source: QuickBooks API, error 6140 and its include option."""

UNANSWERABLE = (
    "matched to a bank line",
    "reconciled or cleared",
    "in a return already filed",
    "owned by payroll",
    "bank rules, sync apps and pay-now links that would act on what is written",
)
"""What the API cannot show; on a production company a person answers before the plan is approved."""


@dataclass
class Preflight:
    """Answers from the state of ``now``; ``blocking`` holds, per record, why a step cannot be sent at all."""

    now: Iterable[Record]
    removed: frozenset[RecordKey]
    closed_until: date | None = None
    _numbers: dict[tuple[str, str], RecordKey] = field(default_factory=dict, init=False)
    _names: dict[tuple[str, str], RecordKey] = field(default_factory=dict, init=False)
    _inventory: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        for record in self.now:
            row = CATALOGUE[record.key.entity]
            if record.key in self.removed:
                continue
            number = record.body.get("DocNumber")
            if row.is_transaction and number:
                self._numbers[(record.key.entity, str(number))] = record.key
            elif not row.is_transaction and record.body.get("Active", True) is not False:
                label = label_of(record.key.entity, record.body)
                self._names[(row.namespace or record.key.entity, label.casefold())] = record.key
            if record.key.entity == "Item" and record.body.get("Type") == "Inventory":
                self._inventory.add(record.key.id)
            if record.key.entity == "Preferences":
                closed = (record.body.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
                self.closed_until = parse_date(str(closed)) if closed else None

    def answers(self, item: Item) -> tuple[Answer, ...]:
        return (self._closed(item), self._taken(item), *self._stock(item))

    def blocking(self, item: Item) -> str | None:
        closed, taken = self._closed(item), self._taken(item)
        if item.action is Action.DEACTIVATE and emptied.held(item.key, item.live):
            return (
                f"It holds {emptied.held(item.key, item.live)}: making it inactive makes QuickBooks post an entry that "
                "empties it; take it down to nothing first."
            )
        if closed.answer == "found":
            return closed.note
        if taken.answer == "found" and taken.check == "name taken":
            return taken.note
        return None

    def options(self, item: Item) -> str:
        """What a create needs so that a number that is in use on purpose is accepted."""
        taken = self._taken(item)
        if item.action is Action.RECREATE and taken.check == "number taken" and taken.answer == "found":
            return DUPLICATE_NUMBER
        return ""

    def _closed(self, item: Item) -> Answer:
        if self.closed_until is None:
            return Answer(check="closed books", answer="clear", note="No closing date is set.")
        dates = [
            parse_date(str(body["TxnDate"]))
            for body in (item.wanted, item.live)
            if body is not None and body.get("TxnDate")
        ]
        if any(day <= self.closed_until for day in dates):
            return Answer(
                check="closed books",
                answer="found",
                note=f"The books are closed to {self.closed_until}; open them on QuickBooks' own screens first, or enter an adjustment in an open period.",
            )
        return Answer(check="closed books", answer="clear", note=f"Dated after the closing date {self.closed_until}.")

    def _taken(self, item: Item) -> Answer:
        if item.action in {Action.REMOVE, Action.DEACTIVATE} or item.wanted is None:
            return Answer(check="number taken", answer="clear")
        row = CATALOGUE[item.key.entity]
        live_id = str((item.live or {}).get("Id", ""))
        if row.is_transaction:
            number = item.wanted.get("DocNumber")
            holder = self._numbers.get((item.key.entity, str(number))) if number else None
            if holder is not None and holder.id != live_id:
                return Answer(check="number taken", answer="found", note=f"{holder} has the number {number} as well.")
            return Answer(check="number taken", answer="clear")
        label = label_of(item.key.entity, item.wanted)
        holder = self._names.get((row.namespace or item.key.entity, label.casefold()))
        if holder is not None and holder.id != live_id:
            return Answer(check="name taken", answer="found", note=f"{holder} carries the name {label} now.")
        return Answer(check="name taken", answer="clear")

    def _stock(self, item: Item) -> tuple[Answer, ...]:
        cited = _items_of(item.wanted) | _items_of(item.live)
        if item.key.entity not in CATALOGUE or not cited & self._inventory:
            return ()
        return (
            Answer(
                check="inventory",
                answer="found",
                note="It moves stock; QuickBooks re-costs later sales first-in first-out, so the cost effect depends on its own layers.",
            ),
        )


def _items_of(body: dict[str, Any] | None) -> set[str]:
    found: set[str] = set()
    lines = (body or {}).get("Line")
    for line in lines if isinstance(lines, list) else ():
        for name in ("SalesItemLineDetail", "ItemBasedExpenseLineDetail"):
            detail = line.get(name) if isinstance(line, dict) else None
            if isinstance(detail, dict):
                found.add(str((detail.get("ItemRef") or {}).get("value", "")))
    return found - {""}


def unanswered(items: Iterable[Item]) -> tuple[Answer, ...]:
    """Questions about transactions that the API cannot answer; asked once a plan."""
    if not any(CATALOGUE[item.key.entity].is_transaction for item in items):
        return ()
    return tuple(
        Answer(check=check, answer="cannot be checked", note="QuickBooks does not show it through the API.")
        for check in UNANSWERABLE
    )
