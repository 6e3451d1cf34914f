"""Payment, BillPayment, Deposit: transactions that apply others."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import ZERO, cents, money, money_text
from akika_forensics.twin import book_faults, faults, settings
from akika_forensics.twin.documents import lines, links, references
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import numbers
from akika_forensics.twin.rules.purchases import name_value
from akika_forensics.twin.rules.sales import DEPOSIT_ACCOUNTS

_BANK: Final = frozenset({"Bank"})
_CARD: Final = frozenset({"Credit Card"})


def complete_payment(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    total = cents(money(body.get("TotalAmt")))
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = total
    references.resolve(session, "Payment", body, write.old)
    body.setdefault("TxnDate", write.today.isoformat())
    body.setdefault("CurrencyRef", settings.home_currency(session))
    body.setdefault("ProcessPayment", False)
    if not ref_id(body, "DepositToAccountRef"):
        body["DepositToAccountRef"] = {"value": accounts.system(session, "undeposited")}
    accounts.needs_type(session, body["DepositToAccountRef"], DEPOSIT_ACCOUNTS, "DepositToAccountRef")
    accounts.needs_type(session, body.get("ARAccountRef"), frozenset({accounts.RECEIVABLE}), "ARAccountRef")
    charges, credit = _apply(write, body, "Customer")
    if charges - credit > total:
        raise faults.business("The amount applied is more than the amount of the payment and its credits.")
    if credit > charges:
        raise faults.business("More credit is used than there is to pay.")
    body["UnappliedAmt"] = total - (charges - credit)


def complete_bill_payment(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    total = cents(money(body.get("TotalAmt")))
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = total
    references.resolve(session, "BillPayment", body, write.old)
    numbers.complete(write, body)
    body.setdefault("CurrencyRef", settings.home_currency(session))
    _pay_type(write, body)
    accounts.needs_type(session, body.get("APAccountRef"), frozenset({accounts.PAYABLE}), "APAccountRef")
    bills, credit = _apply(write, body, "Vendor")
    if bills - credit > total:
        raise faults.business("The amount applied is more than the amount of the payment and its credits.")
    if credit > bills:
        raise faults.business("More credit is used than there is to pay.")


def _pay_type(write: Write, body: dict[str, Any]) -> None:
    if body.get("PayType") == "Check":
        holder = body.get("CheckPayment") or {}
        if not ref_id(holder, "BankAccountRef"):
            raise faults.missing("CheckPayment.BankAccountRef")
        accounts.needs_type(write.session, holder["BankAccountRef"], _BANK, "BankAccountRef")
        holder.setdefault("PrintStatus", "NotSet")
        body.pop("CreditCardPayment", None)
    elif body.get("PayType") == "CreditCard":
        holder = body.get("CreditCardPayment") or {}
        if not ref_id(holder, "CCAccountRef"):
            raise faults.missing("CreditCardPayment.CCAccountRef")
        accounts.needs_type(write.session, holder["CCAccountRef"], _CARD, "CCAccountRef")
        body.pop("CheckPayment", None)
    else:
        raise faults.malformed("PayType", "enum", body.get("PayType"))


def _apply(write: Write, body: dict[str, Any], party: str) -> tuple[Decimal, Decimal]:
    """Check the linked lines against what is open; gives (charges, credit) applied.

    What this payment already applied counts as open. Raises 2020, 610, 6000.
    """
    session = write.session
    already: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    if write.old is not None:
        for row in session.store.links_from(write.entity, str(write.old["Id"])):
            already[row.target_entity, row.target_id] += Decimal(row.cents) / 100
    wanted: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    charges = credit = ZERO
    kept = []
    for line in body.get("Line", []):
        if not line.get("LinkedTxn"):
            continue
        if "Amount" not in line:
            raise faults.missing("Line.Amount")
        target, found, sign = links.settled_target(session, write.entity, line, ref_id(body, f"{party}Ref"))
        value = cents(money(line["Amount"]))
        if value < 0:
            raise faults.business("The amount of a linked line must be 0 or greater.")
        wanted[target] += value
        opened = links.open_amount(session, target[0], found) + already[target]
        if wanted[target] > opened:
            raise faults.business(
                f"The amount applied to {target[0]} {target[1]} ({money_text(wanted[target])}) is more than its "
                f"open balance ({money_text(opened)})."
            )
        kept.append(_line(write, line, found, value, opened))
        if sign > 0:
            charges += value
        else:
            credit += value
    body["Line"] = kept
    return charges, credit


def _line(write: Write, line: dict[str, Any], found: dict[str, Any], value: Decimal, opened: Decimal) -> dict[str, Any]:
    link = line["LinkedTxn"][0]
    row: dict[str, Any] = {
        "Amount": value,
        "LinkedTxn": [{"TxnId": str(link["TxnId"]), "TxnType": str(link["TxnType"])}],
    }
    kept = _held(write.old, row)
    if kept is not None:
        row["LineEx"] = kept
    elif write.entity == "Payment":
        extra = [name_value("txnId", str(link["TxnId"])), name_value("txnOpenBalance", money_text(opened))]
        if found.get("DocNumber"):
            extra.append(name_value("txnReferenceNumber", str(found["DocNumber"])))
        row["LineEx"] = {"any": extra}
    return row


def _held(old: dict[str, Any] | None, row: dict[str, Any]) -> Any:
    """What an update finds on a line that it leaves as it is: the open balance of the day it was applied."""
    for line in (old or {}).get("Line", []):
        links_ = [(str(link.get("TxnId")), str(link.get("TxnType"))) for link in line.get("LinkedTxn", [])]
        if money(line.get("Amount")) == row["Amount"] and links_ == [
            (row["LinkedTxn"][0]["TxnId"], row["LinkedTxn"][0]["TxnType"])
        ]:
            return line.get("LineEx")
    return None


def complete_deposit(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    references.resolve(session, "Deposit", body, write.old)
    accounts.needs_type(
        session, body["DepositToAccountRef"], DEPOSIT_ACCOUNTS, "Select a bank account for this deposit. It"
    )
    body.setdefault("TxnDate", write.today.isoformat())
    body.setdefault("CurrencyRef", settings.home_currency(session))
    total, plain, seen = ZERO, [], set()
    for line in body["Line"]:
        if line.get("LinkedTxn"):
            key, value = _deposited(write, line)
            if key in seen:
                raise book_faults.not_linkable("a transaction can be deposited only once.")
            seen.add(key)
        else:
            value = _deposit_line(write, line)
            plain.append(line)
        total += value
    _number(write, body, plain)
    back = body.get("CashBack")
    if back:
        if not ref_id(back, "AccountRef"):
            raise faults.missing("CashBack.AccountRef")
        back["Amount"] = cents(money(back.get("Amount")))
        total -= back["Amount"]
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = total


def _number(write: Write, body: dict[str, Any], plain: list[dict[str, Any]]) -> None:
    lines.number_lines(plain, write.old)
    for position, line in enumerate(body["Line"], 1):
        if "Id" in line:
            line["LineNum"] = position


def _deposit_line(write: Write, line: dict[str, Any]) -> Decimal:
    if line.get("DetailType") != "DepositLineDetail":
        raise faults.missing("Line.DetailType")
    if "Amount" not in line:
        raise faults.missing("Line.Amount")
    if not ref_id(line.get("DepositLineDetail"), "AccountRef"):
        raise faults.missing("Line.DepositLineDetail.AccountRef")
    _needs_name(write, line["DepositLineDetail"])
    line["Amount"] = cents(money(line["Amount"]))
    return Decimal(line["Amount"])


def _needs_name(write: Write, found: dict[str, Any]) -> None:
    """A control account needs a name of its kind. Source: QuickBooks API, error 6000."""
    kind = accounts.account_type(write.session, str(ref_id(found, "AccountRef")))
    named = str((found.get("Entity") or {}).get("type", "")).capitalize()
    wanted = {accounts.RECEIVABLE: "Customer", accounts.PAYABLE: "Vendor"}.get(kind)
    if wanted is not None and named != wanted:
        raise faults.business(f"When you use {kind}, you must choose a {wanted.lower()} in the Name field.")


def _deposited(write: Write, line: dict[str, Any]) -> tuple[tuple[str, str], Decimal]:
    """A line that takes a transaction out of Undeposited Funds. Raises 2020, 610, 620, 6000."""
    session = write.session
    link = line["LinkedTxn"][0]
    if line.get("DetailType") and not ref_id(line.get("DepositLineDetail"), "AccountRef"):
        # Source: reported against the live service: a linked line must not carry a DetailType.
        raise faults.missing("Line.DepositLineDetail.AccountRef")
    for field in ("TxnId", "TxnType", "TxnLineId"):
        if not link.get(field):
            raise faults.missing(f"Line.LinkedTxn.{field}")
    entity = linked_entity(str(link["TxnType"]))
    target = session.find(entity, str(link["TxnId"])) if entity else None
    if entity is None or target is None:
        raise faults.gone()
    mine = str(write.old["Id"]) if write.old else None
    holders = [row for row in links.deposits_of(session, entity, str(link["TxnId"])) if row.source_id != mine]
    if holders:
        raise book_faults.not_linkable(f"{entity} {link['TxnId']} is already on a deposit.")
    value = links.in_undeposited(session, entity, target, str(link["TxnLineId"]))
    if value is None:
        raise book_faults.not_linkable(f"{entity} {link['TxnId']} is not in Undeposited Funds.")
    if "Amount" in line and cents(money(line["Amount"])) != value:
        raise faults.business(f"The amount of the line must be the amount of {entity} {link['TxnId']}.")
    for field in ("Id", "LineNum", "DetailType"):
        line.pop(field, None)
    line["Amount"] = value
    return (entity, str(link["TxnId"])), value
