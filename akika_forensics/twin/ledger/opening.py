"""Opening balances: what a create posts besides the record itself.

A bank account opens with a deposit, any other balance-sheet account, customer or vendor with a journal entry, all
against Opening Balance Equity; an inventory item opens with stock that no readable document explains. Replaying a
backup as it was read therefore posts its balances once more, as at Intuit.
Source: QuickBooks API, Customer, Account, Item; recorded opening deposits and journal entries.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents, money
from akika_forensics.twin import book_faults, schema, settings
from akika_forensics.twin.ledger import accounts, effects, inventory, rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import MovementRow, PostingRow

Create = Callable[[str, dict[str, Any]], dict[str, Any]]
NOTE: Final = "Opening Balance"


def taken(body: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """Take the opening fields of a create out of its body."""
    return {name: value for name in fields if (value := body.pop(name, None)) is not None and value is not schema.CLEAR}


def post(
    session: Session, entity: str, body: dict[str, Any], opening: dict[str, Any], today: date, create: Create
) -> None:
    """Post what ``opening`` says; ``create`` keys a transaction as the service does."""
    if entity == "Item":
        _stock(session, body, opening)
        return
    doubtful = {"Account": "account_opening", "Vendor": "vendor_opening"}.get(entity)
    if doubtful and session.beliefs.choice(doubtful) == "ignored":
        return
    amount = cents(money(opening.get("OpeningBalance" if entity == "Account" else "Balance")))
    if not amount:
        return
    day = str(opening.get("OpeningBalanceDate") or opening.get("OpenBalanceDate") or today.isoformat())
    if entity == "Account":
        _account(session, body, amount, day, create)
    elif entity in {"Customer", "Vendor"}:
        role = "receivable" if entity == "Customer" else "payable"
        control = accounts.system(session, role, rates.code_of(session, body))
        named = {"Type": entity, "EntityRef": {"value": str(body["Id"])}}
        _journal(session, control, amount if entity == "Customer" else -amount, _at(session, body, day), create, named)


def _account(session: Session, body: dict[str, Any], amount: Decimal, day: str, create: Create) -> None:
    if accounts.is_profit_and_loss(body):
        return
    equity = accounts.system(session, "opening equity")
    if equity == body["Id"]:
        return
    if body.get("AccountType") == "Bank" and amount > 0:
        line = {
            "Amount": amount,
            "DetailType": "DepositLineDetail",
            "DepositLineDetail": {"AccountRef": {"value": equity}},
        }
        deposit = {"DepositToAccountRef": {"value": body["Id"]}, "Line": [line]}
        create("Deposit", {**deposit, **_at(session, body, day), "PrivateNote": NOTE})
        return
    debit = accounts.classification(body) == "Asset"
    _journal(session, str(body["Id"]), amount if debit else -amount, _at(session, body, day), create)


def _at(session: Session, body: dict[str, Any], day: str) -> dict[str, Any]:
    """Day, currency and rate of an opening entry. Raises 2410 when the list of rates says nothing of that day."""
    code = rates.code_of(session, body)
    if code == settings.home_code(session):
        return {"TxnDate": day}
    rate = rates.lookup(session, code, day)
    if rate is None:
        raise book_faults.no_rate()
    return {"TxnDate": day, "CurrencyRef": {"value": code}, "ExchangeRate": rate}


def _journal(
    session: Session,
    account: str,
    amount: Decimal,
    at: dict[str, Any],
    create: Create,
    named: dict[str, Any] | None = None,
) -> None:
    """Debit ``account`` (credit when negative) against Opening Balance Equity."""
    equity = accounts.system(session, "opening equity")

    def line(target: str, debit: bool, entity: dict[str, Any] | None) -> dict[str, Any]:
        detail: dict[str, Any] = {"PostingType": "Debit" if debit else "Credit", "AccountRef": {"value": target}}
        if entity:
            detail["Entity"] = entity
        return {
            "Description": NOTE,
            "Amount": abs(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": detail,
        }

    lines = [line(account, amount > 0, named), line(equity, amount < 0, None)]
    create("JournalEntry", {**at, "PrivateNote": NOTE, "Line": lines})


def _stock(session: Session, body: dict[str, Any], opening: dict[str, Any]) -> None:
    """Opening quantity at PurchaseCost: Dr inventory asset, Cr Opening Balance Equity."""
    quantity = money(opening.get("QtyOnHand"))
    if body.get("Type") != "Inventory" or not quantity:
        return
    value = int(cents(quantity * money(body.get("PurchaseCost"))) * 100)
    day = str(body["InvStartDate"])
    asset = str(ref_id(body, "AssetAccountRef"))
    equity = accounts.system(session, "opening equity")
    key = f"Item:{body['Id']}"
    session.store.add_movement(
        MovementRow(0, str(body["Id"]), day, inventory.OPENING, key, str(quantity), value, equity, asset)
    )
    rows = [PostingRow(day, asset, value), PostingRow(day, equity, -value)] if value else []
    effects.count(session, rows, 1)
    session.store.set_postings(inventory.OPENING, key, rows)
    item = session.edit("Item", str(body["Id"]))
    if item is not None:
        item["QtyOnHand"] = quantity
    session.items.add(str(body["Id"]))
