"""Linked transactions: who settles, deposits or fulfils whom, and what that does to the other side.

The side that is written carries the link (a payment's line, a deposit's line, a bill to its order); the other side
is a mirror that the service keeps. Source: QuickBooks API, manage linked transactions; recorded answers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin import book_faults, faults
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow

SETTLING: Final = {
    "Payment": {"Invoice": 1, "CreditMemo": -1, "JournalEntry": 0},
    "BillPayment": {"Bill": 1, "VendorCredit": -1, "JournalEntry": 0},
}
"""What each payment may settle: 1 a charge, -1 a credit, 0 by the side of the journal's line."""

FULFILLING: Final = {
    "Invoice": frozenset({"Estimate", "TimeActivity", "ReimburseCharge"}),
    "Bill": frozenset({"PurchaseOrder"}),
    "Purchase": frozenset({"PurchaseOrder"}),
}
DEPOSITABLE: Final = frozenset({"Payment", "SalesReceipt", "RefundReceipt", "JournalEntry"})

_TARGETS: Final[dict[str, frozenset[str]]] = {
    **{entity: frozenset(targets) for entity, targets in SETTLING.items()},
    **FULFILLING,
    "Deposit": DEPOSITABLE,
}


def of(entity: str, body: dict[str, Any]) -> list[LinkRow]:
    """The links that this record's own body states, one for each target."""
    wanted = _TARGETS.get(entity)
    if wanted is None:
        return []
    rows: dict[tuple[str, str], int] = {}
    of_lines = entity in SETTLING or entity == "Deposit"
    for holder in [*(() if of_lines else (body,)), *body.get("Line", [])]:
        for link in holder.get("LinkedTxn", []):
            target = linked_entity(str(link.get("TxnType", "")))
            if target in wanted and target is not None:
                key = (target, str(link.get("TxnId")))
                amount = int(cents(money(holder.get("Amount"))) * 100) if of_lines else 0
                rows[key] = rows.get(key, 0) + amount
    return [LinkRow(entity, str(body["Id"]), target, target_id, amount) for (target, target_id), amount in rows.items()]


def settled_target(
    session: Session, entity: str, line: dict[str, Any], party_id: str | None
) -> tuple[tuple[str, str], dict[str, Any], int]:
    """The record that a payment's line settles, and whether it is a charge (1) or a credit (-1).

    Raises 2020, 610 when it is gone, 620 when it cannot be settled so, 6000 for another party.
    """
    if len(line["LinkedTxn"]) != 1:
        raise faults.business("A line of a payment must be linked to exactly one transaction.")
    link = line["LinkedTxn"][0]
    for field in ("TxnId", "TxnType"):
        if not link.get(field):
            raise faults.missing(f"Line.LinkedTxn.{field}")
    target = linked_entity(str(link["TxnType"]))
    if target is None or target not in SETTLING[entity]:
        raise book_faults.not_linkable(f"{entity} cannot be linked to {link['TxnType']}.")
    found = session.find(target, str(link["TxnId"]))
    if found is None:
        raise faults.gone()
    sign = SETTLING[entity][target]
    field = "CustomerRef" if entity == "Payment" else "VendorRef"
    if target == "JournalEntry":
        sign = _journal_side(session, entity, found, party_id)
    elif not _same_family(session, entity, ref_id(found, field), party_id):
        raise faults.business(f"{target} {link['TxnId']} belongs to another {field.removesuffix('Ref').lower()}.")
    return (target, str(link["TxnId"])), found, sign


def _same_family(session: Session, entity: str, one: str | None, other: str | None) -> bool:
    if entity != "Payment":
        return one == other
    return _root(session, one) == _root(session, other)


def _root(session: Session, customer_id: str | None) -> str | None:
    seen: set[str] = set()
    while customer_id is not None and customer_id not in seen:
        seen.add(customer_id)
        above = ref_id(session.find("Customer", customer_id), "ParentRef")
        if above is None:
            break
        customer_id = above
    return customer_id


def _journal_side(session: Session, entity: str, journal: dict[str, Any], party_id: str | None) -> int:
    net = journal_open(session, entity, journal, party_id)
    if not net:
        raise book_faults.not_linkable("the journal entry has no line of this name on the control account.")
    return 1 if net > 0 else -1


def journal_open(session: Session, entity: str, journal: dict[str, Any], party_id: str | None = None) -> Decimal:
    """What a journal entry adds to the receivable (or payable) of a party; of all parties when none is named."""
    control = accounts.RECEIVABLE if entity == "Payment" else accounts.PAYABLE
    net = ZERO
    for line in journal.get("Line", []):
        found = line.get("JournalEntryLineDetail") or {}
        account = ref_id(found, "AccountRef")
        if account is None or accounts.account_type(session, account) != control:
            continue
        if party_id is not None and ref_id(found.get("Entity"), "EntityRef") != party_id:
            continue
        side = 1 if found.get("PostingType") == "Debit" else -1
        net += side * money(line.get("Amount"))
    return net if entity == "Payment" else -net


def open_amount(session: Session, entity: str, body: dict[str, Any]) -> Decimal:
    """What is still to be settled of a document."""
    if entity == "JournalEntry":
        rows = session.store.links_to("JournalEntry", str(body["Id"]))
        settled = sum(row.cents for row in rows if row.source_entity in SETTLING)
        net = max(abs(journal_open(session, "Payment", body)), abs(journal_open(session, "BillPayment", body)))
        return net - Decimal(settled) / 100
    return money(body.get("Balance"))


def deposits_of(session: Session, entity: str, record_id: str) -> list[LinkRow]:
    """The deposits that hold a transaction; at most one."""
    return [row for row in session.store.links_to(entity, record_id) if row.source_entity == "Deposit"]


def in_undeposited(session: Session, entity: str, body: dict[str, Any], line_id: str) -> Decimal | None:
    """What a transaction put into Undeposited Funds (negative when it took out); None when it did not."""
    if entity not in DEPOSITABLE:
        return None
    if entity == "JournalEntry":
        for line in body.get("Line", []):
            found = line.get("JournalEntryLineDetail") or {}
            if str(line.get("Id")) == line_id and _is_undeposited(session, ref_id(found, "AccountRef")):
                return money(line["Amount"]) * (1 if found.get("PostingType") == "Debit" else -1)
        return None
    if not _is_undeposited(session, ref_id(body, "DepositToAccountRef")):
        return None
    total = money(body.get("TotalAmt"))
    return -total if entity == "RefundReceipt" else total


def _is_undeposited(session: Session, account_id: str | None) -> bool:
    account = session.find("Account", account_id) if account_id else None
    return account is not None and account.get("AccountSubType") == "UndepositedFunds"


def mirror_type(entity: str, body: dict[str, Any]) -> str:
    """The TxnType under which a record shows in the LinkedTxn of the other side.

    Source: recorded bills, orders, invoices, estimates and payments; an order that a check fulfilled says "Purchase".
    """
    if entity == "BillPayment":
        return "BillPaymentCheck" if body.get("PayType") == "Check" else "BillPaymentCreditCard"
    return entity


def check_targets(session: Session, entity: str, body: dict[str, Any]) -> None:
    """Raises 610 when a record that this one fulfils is not there."""
    for row in of(entity, body):
        if entity in FULFILLING and session.find(row.target_entity, row.target_id) is None:
            raise faults.gone()
