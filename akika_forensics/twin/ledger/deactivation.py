"""What QuickBooks posts when a list record that still holds something is made inactive.

An account with a balance is emptied by a journal entry to Opening Balance Equity, an item with stock by an inventory
adjustment. Both are ordinary transactions of the day; making the record active again does not take them back.
Source: QuickBooks API, restore design: "an adjustment that QuickBooks posted when it was made inactive"; the accounts
and the words of the entry are the twin's own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents, money
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

Create = Callable[[str, dict[str, Any]], dict[str, Any]]
NOTE: Final = "Made inactive"
SHRINKAGE: Final = "Inventory Shrinkage"
"""The account to which QuickBooks Online adjusts stock unless another is chosen."""


def post(
    session: Session, entity: str, old: dict[str, Any], fresh: dict[str, Any], today: date, create: Create
) -> None:
    """Key the entry that empties a record; called while the record is still active in ``session``."""
    if fresh.get("Active") is not False or old.get("Active") is False:
        return
    if entity == "Account" and not accounts.is_profit_and_loss(old):
        _empty_account(session, old, today, create)
    elif entity == "Item" and old.get("Type") == "Inventory":
        _clear_stock(session, old, fresh, today, create)


def _empty_account(session: Session, account: dict[str, Any], today: date, create: Create) -> None:
    held = cents(money(account.get("CurrentBalance")))
    if not held:
        return
    note = f"{NOTE}: {account['Name']}"

    def line(target: str, value: Decimal) -> dict[str, Any]:
        detail = {"PostingType": "Debit" if value > 0 else "Credit", "AccountRef": {"value": target}}
        return {
            "Description": note,
            "Amount": abs(value),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": detail,
        }

    rows = [line(str(account["Id"]), -held), line(accounts.system(session, "opening equity"), held)]
    at = {"TxnDate": today.isoformat(), **rates.carried(session, account)}
    create("JournalEntry", {**at, "PrivateNote": note, "Line": rows})


def _clear_stock(session: Session, item: dict[str, Any], fresh: dict[str, Any], today: date, create: Create) -> None:
    held = money(item.get("QtyOnHand"))
    if not held:
        return
    target = _shrinkage(session) or ref_id(item, "ExpenseAccountRef") or ref_id(item, "COGSAccountRef") or ""
    line = {
        "DetailType": "ItemAdjustmentLineDetail",
        "ItemAdjustmentLineDetail": {"ItemRef": {"value": str(item["Id"])}, "QtyDiff": -held},
    }
    # Stock that begins later than today can only be cleared on the day it begins.
    day = max(today.isoformat(), str(item.get("InvStartDate") or ""))
    create(
        "InventoryAdjustment",
        {
            "TxnDate": day,
            "AdjustAccountRef": {"value": target},
            "PrivateNote": f"{NOTE}: {item['Name']}",
            "Line": [line],
        },
    )
    moved = session.find("Item", str(item["Id"])) or {}
    fresh["QtyOnHand"] = moved.get("QtyOnHand", 0)


def _shrinkage(session: Session) -> str | None:
    for body in session.each("Account"):
        if body.get("Name") == SHRINKAGE and body.get("Active") is not False:
            return str(body["Id"])
    return None
