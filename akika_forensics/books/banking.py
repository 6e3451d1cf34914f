"""JournalEntry, Deposit, Transfer, CreditCardPayment and TaxPayment."""

from __future__ import annotations

from typing import Any

from akika_forensics.books.body import amount, elements, lines, part, party, ref
from akika_forensics.books.posting import EXCHANGE, TAX, TOTAL, Sheet
from akika_forensics.books.taxlines import post_tax
from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey


def journal_entry(sheet: Sheet, body: dict[str, Any]) -> None:
    """Each line as it says; tax, where there is any, closes what the lines leave open."""
    balance = ZERO
    for name, line in lines(body):
        detail = part(line, "JournalEntryLineDetail")
        value = amount(line)
        if not detail or not value:
            continue
        if detail.get("PostingType") not in ("Debit", "Credit"):
            sheet.say("no_posting_type", f"line {name} is neither debit nor credit")
            continue
        value = value if detail["PostingType"] == "Debit" else -value
        balance += value
        holder = part(detail, "Entity")
        sheet.put(ref(detail, "AccountRef"), value, name, party(holder, "EntityRef", str(holder.get("Type", ""))))
    if balance and amount(part(body, "TxnTaxDetail"), "TotalTax"):
        post_tax(sheet, body, -1 if balance > 0 else 1)


def deposit(sheet: Sheet, body: dict[str, Any]) -> None:
    """Into the bank out of Undeposited Funds (linked receipts) and out of whatever plain lines name.

    ``TotalAmt`` is what reaches the bank: cash back is taken off already. Source: recorded deposit with CashBack.
    Receipts in another currency leave Undeposited Funds as they came in, at their own rate.
    """
    sheet.total(body, ref(body, "DepositToAccountRef"), 1)
    back = part(body, "CashBack")
    if back:
        sheet.put(ref(back, "AccountRef"), amount(back), "cash back")
    for name, line in lines(body):
        value = amount(line)
        if not value:
            continue
        detail = part(line, "DepositLineDetail")
        linked = _linked(line)
        account = ref(detail, "AccountRef")
        if linked is not None:
            account = sheet.chart.paid_into.get(linked, sheet.chart.undeposited) or account
        rate = sheet.chart.rates.get(linked, sheet.rate) if linked is not None else sheet.rate
        holder = party(detail, "Entity", "Customer")
        if rate == sheet.rate:
            sheet.put(account, -value, name, holder)
        else:
            came, goes = cents(value * rate), cents(value * sheet.rate)
            sheet.put_home(account, -came, name, holder)
            sheet.put_home(sheet.chart.exchange_gain, came - goes, EXCHANGE)
    post_tax(sheet, body, -1)


def _linked(line: dict[str, Any]) -> RecordKey | None:
    for link in elements(line, "LinkedTxn"):
        entity = linked_entity(str(link.get("TxnType", "")))
        if link.get("TxnId") not in (None, ""):
            return RecordKey(entity or str(link.get("TxnType", "")), str(link["TxnId"]))
    return None


def transfer(sheet: Sheet, body: dict[str, Any]) -> None:
    value = amount(body)
    sheet.put(ref(body, "ToAccountRef"), value, TOTAL)
    sheet.put(ref(body, "FromAccountRef"), -value, TOTAL)


def card_payment(sheet: Sheet, body: dict[str, Any]) -> None:
    value = amount(body)
    sheet.party = party(body, "VendorRef", "Vendor")
    sheet.put(ref(body, "CreditCardAccountRef"), value, TOTAL)
    sheet.put(ref(body, "BankAccountRef"), -value, TOTAL)


def tax_payment(sheet: Sheet, body: dict[str, Any]) -> None:
    """Tax liability against bank. The API names no agency; with several tax accounts the amount is unresolved."""
    value = amount(body, "PaymentAmount")
    if body.get("Refund") is True:
        value = -value
    sheet.put(sheet.chart.tax.only, value, TAX)
    sheet.put(ref(body, "PaymentAccountRef"), -value, TOTAL)
