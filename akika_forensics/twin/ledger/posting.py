"""Double entry: what each transaction debits and credits, in cents.

What inventory costs is not here: it depends on all movements of an item and is kept by ``inventory``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import money
from akika_forensics.twin.documents import lines
from akika_forensics.twin.ledger import exchange
from akika_forensics.twin.ledger.entry import Entry
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import PostingRow


def postings(session: Session, entity: str, body: dict[str, Any], *, make: bool = True) -> list[PostingRow]:
    """Both sides of a document; empty for one that does not post. Raises Unpostable.

    ``make`` says whether an account that QuickBooks keeps for itself may be made when there is none.
    """
    rule = _RULES.get(entity)
    if rule is None:
        return []
    if entity == "TaxPayment":
        body = {**body, "TxnDate": body.get("PaymentDate") or body.get("TxnDate", "")}
    entry = Entry(session, body, make=make)
    rule(entry, entity, body)
    return entry.finish()


def _party(entity: str, body: dict[str, Any], field: str) -> str:
    value = ref_id(body, field)
    return f"{entity}:{value}" if value else ""


def _sales(entry: Entry, entity: str, body: dict[str, Any]) -> None:
    sign = -1 if entity in {"CreditMemo", "RefundReceipt"} else 1
    party = _party("Customer", body, "CustomerRef")
    if entity in {"Invoice", "CreditMemo"}:
        target = ref_id(body, "ARAccountRef") or entry.role("receivable")
    else:
        target = ref_id(body, "DepositToAccountRef") or entry.role("undeposited")
    entry.add(target, sign * money(body.get("TotalAmt")), party)
    position = 0
    for position, line in enumerate(lines.all_lines(body), 1):
        _sales_line(entry, position, line, sign, party)
    for number, line in enumerate((body.get("TxnTaxDetail") or {}).get("TaxLine", []), position + 1):
        entry.add(_tax_account(entry, line), -sign * lines.amount(line), party, at=entry.line(number, line, {}))


def _tax_account(entry: Entry, line: dict[str, Any]) -> str | None:
    rate = entry.session.find("TaxRate", ref_id(line.get("TaxLineDetail"), "TaxRateRef") or "")
    return entry.tax_account(ref_id(rate, "AgencyRef") or "")


def _sales_line(entry: Entry, position: int, line: dict[str, Any], sign: int, party: str) -> None:
    kind = line.get("DetailType")
    found = line.get(str(kind)) or {}
    if kind == lines.SALES:
        account = income_account(entry.session, found)
        if account is None and ref_id(found, "ItemRef") == lines.SHIPPING:
            account = entry.shipping()
        entry.add(account, -sign * lines.amount(line), party, at=entry.line(position, line, found))
    elif kind == lines.DISCOUNT:
        account = ref_id(found, "DiscountAccountRef") or entry.role("discounts")
        entry.add(account, sign * lines.amount(line), party, at=entry.line(position, line, found))


def income_account(session: Session, found: dict[str, Any]) -> str | None:
    """Where a sales line is earned: the account on the line, else the item's."""
    item = session.find("Item", ref_id(found, "ItemRef") or "")
    return ref_id(found, "ItemAccountRef") or ref_id(item, "IncomeAccountRef")


def _payment(entry: Entry, _: str, body: dict[str, Any]) -> None:
    total = money(body.get("TotalAmt"))
    party = _party("Customer", body, "CustomerRef")
    entry.add(ref_id(body, "DepositToAccountRef") or entry.role("undeposited"), total)
    settled = exchange.settled(entry, "Payment", body)
    entry.add(ref_id(body, "ARAccountRef") or entry.role("receivable"), -total, party, home=-settled)


def _payable_document(entry: Entry, entity: str, body: dict[str, Any]) -> None:
    sign = -1 if entity == "VendorCredit" else 1
    account = ref_id(body, "APAccountRef") or entry.role("payable")
    entry.add(account, -sign * money(body.get("TotalAmt")), _party("Vendor", body, "VendorRef"))
    _expense_lines(entry, body, sign)


def _purchase(entry: Entry, _: str, body: dict[str, Any]) -> None:
    sign = -1 if body.get("Credit") else 1
    holder = body.get("EntityRef") or {}
    party = _party(str(holder.get("type", "Vendor")), body, "EntityRef")
    entry.add(ref_id(body, "AccountRef"), -sign * money(body.get("TotalAmt")), party)
    _expense_lines(entry, body, sign)


def _expense_lines(entry: Entry, body: dict[str, Any], sign: int) -> None:
    for position, line in enumerate(body.get("Line", []), 1):
        kind = line.get("DetailType")
        found = line.get(str(kind)) or {}
        if kind == lines.ACCOUNT_EXPENSE:
            account = ref_id(found, "AccountRef")
        elif kind == lines.ITEM_EXPENSE:
            item = entry.session.find("Item", ref_id(found, "ItemRef") or "")
            stocked = item is not None and item.get("Type") == "Inventory"
            account = ref_id(item, "AssetAccountRef" if stocked else "ExpenseAccountRef")
        else:
            continue
        named = _party("Customer", found, "CustomerRef")
        entry.add(account, sign * lines.amount(line), named, at=entry.line(position, line, found))


def _bill_payment(entry: Entry, _: str, body: dict[str, Any]) -> None:
    total = money(body.get("TotalAmt"))
    if body.get("PayType") == "CreditCard":
        source = ref_id(body.get("CreditCardPayment"), "CCAccountRef")
    else:
        source = ref_id(body.get("CheckPayment"), "BankAccountRef")
    account = ref_id(body, "APAccountRef") or entry.role("payable")
    settled = exchange.settled(entry, "BillPayment", body)
    entry.add(account, total, _party("Vendor", body, "VendorRef"), home=settled)
    entry.add(source, -total)


def _journal(entry: Entry, _: str, body: dict[str, Any]) -> None:
    for position, line in enumerate(body.get("Line", []), 1):
        found = line.get("JournalEntryLineDetail")
        if not found:
            continue
        side = 1 if found.get("PostingType") == "Debit" else -1
        named = found.get("Entity") or {}
        party = _party(str(named.get("Type", "")), named, "EntityRef")
        entry.add(ref_id(found, "AccountRef"), side * lines.amount(line), party, at=entry.line(position, line, found))


def _deposit(entry: Entry, _: str, body: dict[str, Any]) -> None:
    entry.add(ref_id(body, "DepositToAccountRef"), money(body.get("TotalAmt")))
    back = body.get("CashBack")
    if back:
        entry.add(ref_id(back, "AccountRef"), money(back.get("Amount")))
    for position, line in enumerate(body.get("Line", []), 1):
        found = line.get("DepositLineDetail") or {}
        place = entry.line(position, line, found)
        if line.get("LinkedTxn"):
            target = _linked(entry, line["LinkedTxn"][0])
            account = ref_id(target, "DepositToAccountRef") or entry.role("undeposited")
            came = exchange.as_it_came(entry, target, lines.amount(line))
            entry.add(account, -lines.amount(line), home=-came, at=place)
        else:
            named = found.get("Entity") or {}
            entry.add(
                ref_id(found, "AccountRef"),
                -lines.amount(line),
                _party(str(named.get("type", "Customer")).capitalize(), found, "Entity"),
                at=place,
            )


def _linked(entry: Entry, link: dict[str, Any]) -> dict[str, Any] | None:
    """The deposited transaction."""
    entity = linked_entity(str(link.get("TxnType", "")))
    return entry.session.find(entity, str(link.get("TxnId"))) if entity else None


def _transfer(entry: Entry, _: str, body: dict[str, Any]) -> None:
    amount = money(body.get("Amount"))
    entry.add(ref_id(body, "ToAccountRef"), amount)
    entry.add(ref_id(body, "FromAccountRef"), -amount)


def _card_payment(entry: Entry, _: str, body: dict[str, Any]) -> None:
    amount = money(body.get("Amount"))
    entry.add(ref_id(body, "CreditCardAccountRef"), amount)
    entry.add(ref_id(body, "BankAccountRef"), -amount)


def _tax_payment(entry: Entry, _: str, body: dict[str, Any]) -> None:
    """Out of a bank account to the tax authority, or back. The record names no agency. Source: QuickBooks API, TaxPayment."""
    amount = money(body.get("PaymentAmount")) * (-1 if body.get("Refund") else 1)
    entry.add(entry.tax_account(""), amount)
    entry.add(ref_id(body, "PaymentAccountRef"), -amount)


_RULES: Final[dict[str, Callable[[Entry, str, dict[str, Any]], None]]] = {
    "Invoice": _sales,
    "SalesReceipt": _sales,
    "CreditMemo": _sales,
    "RefundReceipt": _sales,
    "Payment": _payment,
    "Bill": _payable_document,
    "VendorCredit": _payable_document,
    "Purchase": _purchase,
    "BillPayment": _bill_payment,
    "JournalEntry": _journal,
    "Deposit": _deposit,
    "Transfer": _transfer,
    "CreditCardPayment": _card_payment,
    "TaxPayment": _tax_payment,
}
