"""Bill, VendorCredit, Purchase and BillPayment."""

from __future__ import annotations

from typing import Any

from akika_forensics.books.body import amount, lines, part, party, ref
from akika_forensics.books.chart import Chart
from akika_forensics.books.posting import TOTAL, Sheet
from akika_forensics.books.sales import SILENT_LINES, close_exchange, settled, unnamed
from akika_forensics.books.taxlines import post_tax


def purchase(sheet: Sheet, body: dict[str, Any]) -> None:
    """Vendor, bank or credit card against expenses, stock and deductible tax.

    A VendorCredit, and a Purchase with ``Credit`` (a refund on a card), run the other way.
    """
    entity = sheet.key.entity
    if entity == "Purchase":
        sheet.party = party(body, "EntityRef", "Vendor")
        against = ref(body, "AccountRef")
        sign = -1 if body.get("Credit") is True else 1
    else:
        sheet.party = party(body, "VendorRef", "Vendor")
        against = ref(body, "APAccountRef") or sheet.chart.payable(sheet.currency)
        sign = -1 if entity == "VendorCredit" else 1
    sheet.total(body, against, -sign)
    for name, line in lines(body):
        kind = str(line.get("DetailType", ""))
        value = amount(line)
        if kind in SILENT_LINES or not value:
            continue
        detail = part(line, kind)
        customer = party(detail, "CustomerRef", "Customer")
        account = cost_account(sheet.chart, kind, detail)
        sheet.put(account, sign * value, name, customer, why=unnamed(sheet.chart, line))
    post_tax(sheet, body, sign)


def cost_account(chart: Chart, kind: str, detail: dict[str, Any]) -> str | None:
    """The account of an expense line: its own, the stock account of a tracked item, else the item's expense."""
    if kind == "AccountBasedExpenseLineDetail":
        return ref(detail, "AccountRef")
    if kind == "TDSLineDetail":
        return ref(detail, "TDSAccountRef")
    item = chart.items.get(ref(detail, "ItemRef") or "")
    if item is None:
        return None
    return item.asset if item.tracked else item.expense


def bill_payment(sheet: Sheet, body: dict[str, Any]) -> None:
    """Payables against bank or credit card, at the rates of the bills paid."""
    sheet.party = party(body, "VendorRef", "Vendor")
    total = amount(body, "TotalAmt")
    if body.get("PayType") == "CreditCard":
        source = ref(part(body, "CreditCardPayment"), "CCAccountRef")
    else:
        source = ref(part(body, "CheckPayment"), "BankAccountRef")
    sheet.put(source, -total, TOTAL)
    owed = settled(sheet, body, total)
    sheet.put_home(ref(body, "APAccountRef") or sheet.chart.payable(sheet.currency), owed, TOTAL)
    close_exchange(sheet)
