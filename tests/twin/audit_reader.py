"""Reads an exported Audit Log as somebody does who knows it from descriptions alone, by its header, not by position.

What it knows: ``Date Changed,User,Event``, with ``Name,Date,Amount`` behind them in the wider form; times such as
``Feb 19, 2024, 5:08 pm Eastern Standard Time``; events such as ``Edited, Indirect Invoice No. 1042 for NAME for $10.00``.
Source: forensic notes on exports of the Audit Log.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_OFFSETS = {"Pacific Standard Time": -8, "Pacific Daylight Time": -7}
_VERBS = ("Added", "Edited", "Deleted", "Voided", "Sent", "Signed in", "Signed out")
_TYPES = (
    "Bill Payment (Check)",
    "Credit Memo",
    "Journal Entry",
    "Sales Receipt",
    "Vendor Credit",
    "Invoice",
    "Estimate",
    "Payment",
    "Refund",
    "Expense",
    "Transfer",
    "Deposit",
    "Bill",
    "account",
    "settings",
    "Customer",
    "Vendor",
)
_LISTS = frozenset({"account", "settings", "Customer", "Vendor"})
_EVENT = re.compile(
    rf"(?P<verb>{'|'.join(_VERBS)})(?P<indirect>, Indirect)?"
    rf"(?: (?P<type>{'|'.join(map(re.escape, _TYPES))})(?P<rest>.*))?",
    re.DOTALL,
)
_REST = re.compile(
    r"(?: No\. (?P<number>\S+))?(?: (?:to|for) (?P<party>(?!\$-?\d+\.\d\d$).*?))?(?: for \$(?P<amount>\d+\.\d\d))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``minute`` in UTC; ``cents`` None where the row shows no amount."""

    minute: datetime
    user: str
    verb: str
    indirect: bool
    type: str
    number: str
    party: str
    cents: int | None
    date: str = ""


def read(data: bytes) -> list[Line]:
    """The rows in the order of the file."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    start = next(number for number, row in enumerate(rows) if row[:1] == ["Date Changed"])
    header = rows[start]
    return [_line(dict(zip(header, row, strict=True))) for row in rows[start + 1 :]]


def _line(cells: dict[str, str]) -> Line:
    found = _EVENT.fullmatch(cells["Event"])
    assert found is not None, cells["Event"]
    kind, rest = found["type"] or "", found["rest"] or ""
    number = party = amount = ""
    if kind == "settings":
        assert rest.startswith(": ") or not rest, cells["Event"]
    elif kind in _LISTS:
        party = rest.removeprefix(" ")
    else:
        parts = _REST.fullmatch(rest)
        assert parts is not None, cells["Event"]
        number, party, amount = (parts[name] or "" for name in ("number", "party", "amount"))
    if "Name" in cells:
        assert party + amount == "", cells["Event"]
        party, amount = cells["Name"], cells["Amount"].replace(",", "")
    cents = int(Decimal(amount) * 100) if amount else None
    indirect = found["indirect"] is not None
    day = cells.get("Date", "")
    date = datetime.strptime(day, "%m/%d/%Y").date().isoformat() if day else ""  # noqa: DTZ007 - a day alone
    return Line(
        _minute(cells["Date Changed"]), cells["User"], found["verb"], indirect, kind, number, party, cents, date
    )


def _minute(text: str) -> datetime:
    found = re.fullmatch(r"(\w{3} \d{1,2}, \d{4}, \d{1,2}:\d{2} [ap]m) (.+)", text)
    assert found is not None, text
    local = datetime.strptime(found[1], "%b %d, %Y, %I:%M %p").replace(tzinfo=UTC)
    return local - timedelta(hours=_OFFSETS[found[2]])
