"""Statements recorded as XML, as the JSON that the same service answers; and a company whose books make them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from akika_forensics.twin import Twin

type Row = dict[str, Any]

KINDS = {
    "BankAccounts": "Bank", "AR": "Accounts Receivable", "OtherCurrentAssets": "Other Current Asset",
    "FixedAssets": "Fixed Asset", "AP": "Accounts Payable", "CreditCards": "Credit Card",
    "OtherCurrentLiabilities": "Other Current Liability", "LongTermLiabilities": "Long Term Liability", "Equity": "Equity",
    "Income": "Income", "COGS": "Cost of Goods Sold", "Expenses": "Expense", "OtherIncome": "Other Income",
    "OtherExpenses": "Other Expense",
}  # fmt: skip
"""The AccountType of the accounts of a group."""
DEBITS = frozenset(
    {
        "Bank",
        "Accounts Receivable",
        "Other Current Asset",
        "Fixed Asset",
        "Cost of Goods Sold",
        "Expense",
        "Other Expense",
    }
)


def read(path: Path) -> tuple[list[Row], list[dict[str, str]]]:
    """The rows of a statement, and for each column its MetaData; both ways of writing it."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - recorded material
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    columns = [
        {one.findtext("Name", ""): one.findtext("Value", "") for one in column.findall("MetaData")}
        for column in root.iterfind("Columns/Column")
    ]
    return [_row(row) for row in root.iterfind("Rows/Row")], columns


def _row(row: ET.Element) -> Row:
    found: Row = {}
    for part in ("Header", "Summary"):
        inside = row.find(part)
        if inside is not None:
            found[part] = {"ColData": _cells(inside)}
    if row.find("ColData") is not None:
        found["ColData"] = _cells(row)
    if row.find("Rows/Row") is not None:
        found["Rows"] = {"Row": [_row(one) for one in row.iterfind("Rows/Row")]}
    for mark in ("type", "group"):
        said = row.get(mark) or row.findtext(mark)
        if said:
            found[mark] = said
    return found


def _cells(row: ET.Element) -> list[dict[str, str]]:
    cells = []
    for cell in row.findall("ColData"):
        found = {"value": cell.get("value") or cell.findtext("value") or ""}
        said = cell.get("id") or cell.findtext("id")
        cells.append({**found, "id": said} if said else found)
    return cells


def accounts(rows: list[Row], kind: str = "", parent: str = "") -> Iterator[tuple[str, str, str, str, list[str]]]:
    """(Id, name, AccountType, parent's Id, own figures) of every account of a statement."""
    for row in rows:
        mine = KINDS.get(row.get("group", ""), kind)
        cells = row.get("ColData") or row.get("Header", {}).get("ColData") or [{}]
        account = cells[0].get("id", "")
        if account:
            yield account, cells[0]["value"], mine, parent, [cell["value"] for cell in cells[1:]]
        yield from accounts(row.get("Rows", {}).get("Row", []), mine, account)


def company(found: list[tuple[str, str, str, str, list[str]]], days: list[str], *, earned: list[str]) -> Twin:
    """A company with these accounts, each of which holds on every day what its figure says.

    ``earned`` is what stands to the credit of another account, of income, on each day. Nothing is keyed, so that any
    account may stand in an entry. Raises AssertionError when the statement does not balance.
    """
    twin = Twin(clock=lambda: datetime(2015, 12, 1, tzinfo=UTC))
    with twin.bulk() as bulk:
        for account, name, kind, parent, _ in found:
            body: dict[str, Any] = {"Id": account, "Name": name, "AccountType": kind, "Active": True}
            if name == "Retained Earnings":
                body["AccountSubType"] = "RetainedEarnings"
            if parent:
                body["ParentRef"] = {"value": parent}
            bulk.add("Account", json.dumps(body).encode())
        bulk.add(
            "Account", json.dumps({"Id": "900", "Name": "Earned", "AccountType": "Income", "Active": True}).encode()
        )
        before: dict[str, Decimal] = {}
        for place, day in enumerate(days):
            lines, left = [], Decimal(0)
            figures = [(one, kind, row[place]) for one, _, kind, _, row in found]
            for account, kind, figure in [*figures, ("900", "Income", earned[place])]:
                value = Decimal(figure or 0) * (1 if kind in DEBITS else -1)
                moved = value - before.get(account, Decimal(0))
                before[account] = value
                if figure:
                    # Nothing is posted for an amount of 0: an account that shows 0.00 has moved to and fro.
                    lines += [_line(account, part) for part in ((moved,) if moved else (Decimal(1), Decimal(-1)))]
                    left += moved
            assert not left, f"{day}: the statement does not balance"
            entry = {"Id": str(place + 1), "TxnDate": day, "Line": lines}
            bulk.add("JournalEntry", json.dumps(entry, default=str).encode())
    return twin


def _line(account: str, moved: Decimal) -> dict[str, Any]:
    side = {"PostingType": "Debit" if moved >= 0 else "Credit", "AccountRef": {"value": account}}
    return {"Amount": abs(moved), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": side}
