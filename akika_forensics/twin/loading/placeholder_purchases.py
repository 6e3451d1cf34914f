"""Placeholders of the vendor side and of journal entries: amounts follow from what cites them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import get_path
from akika_forensics.twin.loading.body_values import Body, amount_of, lines_of, total_of
from akika_forensics.twin.loading.placeholder_lists import USD
from akika_forensics.twin.loading.placeholder_sales import date_of, first, linked_line, mirror
from akika_forensics.twin.loading.placeholder_scene import Scene


def _vendor(scene: Scene, key: RecordKey) -> Body:
    return first(scene, key, "VendorRef") or scene.unrecorded_vendor


def _expense_line(scene: Scene, amount: Decimal) -> list[Body]:
    detail = {"AccountRef": scene.account("expense"), "BillableStatus": "NotBillable", "TaxCodeRef": {"value": "NON"}}
    return [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
    ]


def _bought(scene: Scene, key: RecordKey, *entities: str) -> list[Body]:
    """The lines of the order or bill that cites the record, without their links."""
    for _, body in scene.sources(key, *entities):
        lines = copy.deepcopy([line for line in lines_of(body) if line.get("DetailType")])
        for line in lines:
            line.pop("LinkedTxn", None)
        return lines
    return []


def _sum(lines: list[Body]) -> Decimal:
    return total_of(amount_of(line.get("Amount")) for line in lines)


def _paid(scene: Scene, key: RecordKey) -> Decimal:
    lines = [scene.line(citation) for citation, _ in scene.sources(key, "BillPayment") if citation.linked]
    return total_of(amount_of(line.get("Amount")) for line in lines)


def _pay_type(scene: Scene, key: RecordKey) -> list[Body]:
    links = mirror(scene, key, "BillPayment")
    for link in links:
        payment = scene.body(RecordKey("BillPayment", link["TxnId"]))
        link["TxnType"] = "BillPaymentCreditCard" if payment.get("PayType") == "CreditCard" else "BillPaymentCheck"
    return links


def _bill(scene: Scene, key: RecordKey) -> Body:
    paid = _paid(scene, key)
    lines = _bought(scene, key, "PurchaseOrder")
    if _sum(lines) < paid or not lines:
        lines = _expense_line(scene, paid)
    return {
        "DueDate": date_of(scene, key),
        "Balance": _sum(lines) - paid,
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "LinkedTxn": [*_pay_type(scene, key), *mirror(scene, key, "PurchaseOrder")],
        "Line": lines,
        "VendorRef": _vendor(scene, key),
        "APAccountRef": scene.account("payable"),
        "TotalAmt": _sum(lines),
    }


def _vendor_credit(scene: Scene, key: RecordKey) -> Body:
    total = _paid(scene, key)
    return {
        "Balance": 0,
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "LinkedTxn": _pay_type(scene, key),
        "Line": _expense_line(scene, total),
        "VendorRef": _vendor(scene, key),
        "APAccountRef": scene.account("payable"),
        "TotalAmt": total,
    }


def _bill_payment(scene: Scene, key: RecordKey) -> Body:
    lines, total, by_card = [], ZERO, False
    for citation, body in scene.sources(key, "Bill", "VendorCredit"):
        amount = scene.settled(citation.source, key)
        if amount > 0:
            lines.append(linked_line(amount, citation.source))
            total += amount if citation.source.entity == "Bill" else -amount
        named = get_path(body, citation.path)
        by_card = by_card or (isinstance(named, dict) and named.get("TxnType") == "BillPaymentCreditCard")
    how: Body = (
        {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": scene.account("card")}}
        if by_card
        else {"PayType": "Check", "CheckPayment": {"BankAccountRef": scene.account("bank"), "PrintStatus": "NotSet"}}
    )
    return {
        "VendorRef": _vendor(scene, key),
        **how,
        "TotalAmt": cents(max(total, ZERO)),
        "TxnDate": date_of(scene, key, latest=True),
        "CurrencyRef": USD,
        "Line": lines,
    }


def _purchase(scene: Scene, key: RecordKey) -> Body:
    lines = _bought(scene, key, "PurchaseOrder")
    deposited = abs(scene.deposited(key))
    lines = lines or _expense_line(scene, deposited)
    vendor = _vendor(scene, key)
    return {
        "AccountRef": scene.account("undeposited" if deposited else "bank"),
        "PaymentType": "Check",
        "EntityRef": {**vendor, "type": "Vendor"},
        "TotalAmt": _sum(lines),
        "TxnDate": date_of(scene, key, latest=True),
        "CurrencyRef": USD,
        "LinkedTxn": mirror(scene, key, "PurchaseOrder"),
        "Line": lines,
    }


def _purchase_order(scene: Scene, key: RecordKey) -> Body:
    lines = [line for line in _bought(scene, key, "Bill", "Purchase") if "ItemBased" in str(line.get("DetailType"))]
    linked = [*mirror(scene, key, "Bill"), *mirror(scene, key, "Purchase")]
    return {
        "POStatus": "Closed",
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "LinkedTxn": linked,
        "Line": lines or _expense_line(scene, ZERO),
        "VendorRef": _vendor(scene, key),
        "APAccountRef": scene.account("payable"),
        "TotalAmt": _sum(lines),
    }


def _journal_entry(scene: Scene, key: RecordKey) -> Body:
    """A receivable that a payment settled, a payable that a bill payment settled, or a receipt that was deposited."""
    amount, account, entity, side = ZERO, scene.account("undeposited"), None, "Debit"
    for citation, body in scene.sources(key, "Payment", "BillPayment", "Deposit"):
        amount += amount_of(scene.line(citation).get("Amount"))
        match citation.source.entity:
            case "Payment":
                account, entity = (
                    scene.account("receivable"),
                    {"Type": "Customer", "EntityRef": body.get("CustomerRef")},
                )
            case "BillPayment":
                account, entity = scene.account("payable"), {"Type": "Vendor", "EntityRef": body.get("VendorRef")}
                side = "Credit"
    other = "Credit" if side == "Debit" else "Debit"
    lines: list[Body] = []
    for line_id, posting, ref, party in (("0", side, account, entity), ("1", other, scene.account("equity"), None)):
        detail: Body = {"PostingType": posting, "AccountRef": ref}
        if party:
            detail["Entity"] = party
        lines.append(
            {
                "Id": line_id,
                "Amount": cents(amount),
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": detail,
            }
        )
    return {
        "Adjustment": False,
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
        "Line": lines,
        "TxnTaxDetail": {},
        "TotalAmt": cents(amount),
    }


def _transfer(scene: Scene, key: RecordKey) -> Body:
    return {
        "FromAccountRef": scene.account("bank"),
        "ToAccountRef": scene.account("undeposited"),
        "Amount": cents(scene.deposited(key)),
        "TxnDate": date_of(scene, key),
        "CurrencyRef": USD,
    }


BUILDERS: Final[dict[str, Callable[[Scene, RecordKey], Body]]] = {
    "Bill": _bill,
    "VendorCredit": _vendor_credit,
    "BillPayment": _bill_payment,
    "Purchase": _purchase,
    "PurchaseOrder": _purchase_order,
    "JournalEntry": _journal_entry,
    "Transfer": _transfer,
}
