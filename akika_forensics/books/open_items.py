"""What is still open of each invoice, credit, bill and payment, by the links of payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from akika_forensics.books.body import UnreadableError, day
from akika_forensics.books.chart import Chart, id_order
from akika_forensics.books.posting import Posting
from akika_forensics.books.sales import CREDITS, applications
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """``total`` is what the document moved on the account, ``open`` what of it no payment has settled.

    Home currency; an invoice or a bill is positive, a credit or an unapplied payment negative.
    """

    key: RecordKey
    party: RecordKey | None
    account: str
    date: dt.date
    due: dt.date | None
    total: Decimal
    open: Decimal


class OpenItems:
    """Collects what documents move on receivable and payable accounts, and what settles what."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._moved: dict[tuple[RecordKey, str], tuple[Decimal, RecordKey | None, dt.date, dt.date | None]] = {}
        self._settled: list[tuple[RecordKey, RecordKey, Decimal]] = []

    def add(self, entity: str, body: dict[str, Any], postings: Iterable[Posting]) -> None:
        """Take in one document and its postings."""
        chart = self._chart
        due: dt.date | None = None
        for posting in postings:
            if not (chart.is_receivable(posting.account) or chart.is_payable(posting.account)):
                continue
            if due is None and body.get("DueDate"):
                due = _due(body)
            key = (posting.key, posting.account)
            before = self._moved.get(key, (ZERO, posting.party, posting.date, due))
            self._moved[key] = (before[0] + posting.amount, before[1], before[2], before[3])
        if entity in ("Payment", "BillPayment"):
            payer = RecordKey(entity, str(body.get("Id", "")))
            try:
                rows = list(applications(body))
            except UnreadableError:
                return
            own_rate = chart.rates.get(payer, Decimal(1))
            for target, value in rows:
                self._settled.append((payer, target, cents(value * chart.rates.get(target, own_rate))))

    def of(self, wanted: Callable[[str], bool], sign: int) -> tuple[OpenDocument, ...]:
        """The documents on the wanted accounts that are open, oldest first, ``sign`` applied."""
        chosen = {key: row for key, row in self._moved.items() if wanted(key[1]) and row[0]}
        accounts: dict[RecordKey, list[str]] = {}
        for key, account in chosen:
            accounts.setdefault(key, []).append(account)
        left = {key: row[0] for key, row in chosen.items()}
        for payer, target, value in self._settled:
            # A payment's own posting is a credit on A/R; each line moves part of it onto the document it names.
            if target in accounts:
                account = accounts[target][0]
                total = chosen[target, account][0]
                step = value if target.entity not in CREDITS else -value
                left[target, account] -= step if total > 0 else -step
            if payer in accounts:
                left[payer, accounts[payer][0]] += sign * value
        rows = [
            OpenDocument(key, party, account, when, due, sign * total, sign * left[key, account])
            for (key, account), (total, party, when, due) in chosen.items()
            if left[key, account]
        ]
        return tuple(sorted(rows, key=lambda one: (one.date, one.key.entity, id_order(one.key.id), one.account)))


def _due(body: dict[str, Any]) -> dt.date | None:
    try:
        return day(body, "DueDate")
    except UnreadableError:
        return None
