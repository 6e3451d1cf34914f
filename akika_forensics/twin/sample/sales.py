"""Invoices, estimates, sales receipts, the refund and the credit memo.

A line is ``"item qty x price [TAX] text"``; ``tax`` names the tax code of the whole form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents
from akika_forensics.twin.sample.chart import account_ref
from akika_forensics.twin.sample.customers import customer_ref
from akika_forensics.twin.sample.items import BY_ID, item_ref
from akika_forensics.twin.sample.timeline import Step, day

_NET_30: Final = {"value": "3", "name": "Net 30"}
_LINE: Final = re.compile(r"(?P<item>\d+) (?P<qty>[\d.]+) x (?P<price>[\d.]+)(?P<tax> TAX)?(?: (?P<text>.*))?")

CALIFORNIA: Final = "2"
TUCSON: Final = "3"

type _Form = tuple[str, str, str, str, str, str, tuple[str, ...]]

# Id, day, DocNumber, customer, tax code, memo, lines
INVOICES: Final[tuple[_Form, ...]] = (
    (
        "9",
        "07-02",
        "1001",
        "1",
        CALIFORNIA,
        "Hedges along the aviary path",
        ("6 4 x 25 TAX Weekly care of the grounds",),
    ),
    ("10", "07-03", "1002", "2", "", "", ("6 4 x 35 Weekly care of the grounds", "10 1 x 35")),
    (
        "12",
        "07-07",
        "1004",
        "3",
        CALIFORNIA,
        "Turf around the show room",
        ("16 10 x 2 TAX", "17 6 x 4 TAX", "14 50 x 35 TAX", "1 8 x 50 TAX Hours of fitting"),
    ),
    ("13", "07-08", "1005", "9", CALIFORNIA, "", ("6 2 x 25 TAX Care of the front garden",)),
    ("14", "07-08", "1006", "9", CALIFORNIA, "", ("6 4 x 20 TAX Care of the back garden",)),
    ("16", "07-10", "1007", "13", "", "First draft of the terrace", ("4 10 x 75",)),
    (
        "27",
        "07-22",
        "1009",
        "26",
        "",
        "Lumber bought for the job, passed on at cost",
        ("1 1 x 103.55 Lumber for the raised beds",),
    ),
    ("34", "07-29", "1010", "29", "", "", ("4 5 x 75",)),
    ("39", "08-03", "1012", "23", "", "Ten percent off agreed by phone", ("16 15 x 2", "5 1 x 275", "-10%")),
    ("42", "08-06", "1013", "26", CALIFORNIA, "", ("6 3 x 25 TAX Care of the lawn",)),
    (
        "49",
        "08-14",
        "1015",
        "18",
        "",
        "",
        ("4 4 x 75", "7 5 x 50", "5 1 x 275", "13 8 x 22.5 Stones for the courtyard", "-5%"),
    ),
    ("60", "08-24", "1016", "16", "", "", ("6 3 x 25 Care of the window boxes",)),
    ("63", "08-27", "1017", "25", "", "", ("6 4 x 20 Bamboo screen, August",)),
    ("64", "08-28", "1018", "25", "", "", ("6 4 x 20 Bamboo screen, extra visit",)),
    ("65", "08-31", "1019", "25", "", "", ("6 4 x 20 Bamboo screen, end of month",)),
    ("67", "09-02", "1021", "1", CALIFORNIA, "Fountain for the south pond", ("15 15 x 10 TAX", "5 1 x 275 TAX")),
    ("68", "09-03", "1022", "12", CALIFORNIA, "", ("6 3 x 25 TAX Care of the forecourt",)),
    ("69", "09-04", "1023", "20", "", "", ("10 2 x 35",)),
    (
        "70",
        "09-08",
        "1024",
        "20",
        "",
        "Watering for the patio",
        ("17 12 x 4", "17 15 x 4 Spare lengths", "13 4 x 12 Edge stones"),
    ),
    ("71", "09-09", "1025", "1", "", "", ("6 4 x 30 Autumn care", "10 1 x 35", "9 1 x 50 Pond filter cleaned")),
    ("75", "09-14", "1027", "2", "", "", ("6 2 x 25 Care of the dunes", "10 1 x 35")),
    ("92", "09-23", "1028", "9", CALIFORNIA, "", ("6 3 x 25 TAX Care of the front garden",)),
    (
        "93",
        "09-24",
        "1029",
        "5",
        TUCSON,
        "Entrance of the camp",
        ("3 5 x 15 TAX", "13 6 x 12 TAX Desert stones", "5 1 x 275 TAX"),
    ),
    ("95", "09-28", "1030", "8", CALIFORNIA, "", ("6 2 x 25 Care of the slope", "10 1 x 35", "14 15 x 8.75 TAX")),
    ("96", "09-29", "1031", "8", CALIFORNIA, "", ("6 3 x 30 Planting the slope", "5 1 x 275 TAX")),
    ("99", "10-02", "1032", "26", CALIFORNIA, "New lawn", ("14 20 x 15 TAX", "13 7 x 12 TAX Border stones")),
    ("103", "10-08", "1033", "10", CALIFORNIA, "", ("5 1 x 275 TAX", "4 3.5 x 75 TAX", "11 2 x 22.5 TAX")),
    ("106", "10-12", "1034", "21", CALIFORNIA, "", ("18 2 x 15", "8 3 x 15 TAX")),
    ("119", "10-20", "1035", "17", CALIFORNIA, "Courtyard, phase one", ("5 1 x 275 TAX", "17 4 x 4 TAX")),
    (
        "129",
        "10-27",
        "1036",
        "8",
        "",
        "",
        ("14 3 x 15", "15 5 x 6", "6 2.5 x 35 Winter care", "5 1 x 275", "11 2 x 20"),
    ),
    ("130", "10-28", "1037", "24", CALIFORNIA, "", ("5 1 x 275 TAX", "11 1 x 12.75 TAX", "3 5 x 9.5 TAX")),
)

ESTIMATES: Final[tuple[_Form, ...]] = (
    ("41", "08-05", "1001", "10", "", "", ("5 1 x 275", "4 3.5 x 75", "11 2 x 22.5")),
    ("46", "08-11", "1002", "20", "", "", ("10 2 x 35",)),
    (
        "48",
        "08-13",
        "1003",
        "18",
        "",
        "",
        ("4 4 x 75", "7 5 x 50", "5 1 x 275", "13 8 x 22.5 Stones for the courtyard"),
    ),
    ("100", "10-05", "1004", "24", CALIFORNIA, "", ("5 1 x 275 TAX", "11 1 x 12.75 TAX", "3 5 x 9.5 TAX")),
)

RECEIPTS: Final[tuple[_Form, ...]] = (
    ("11", "07-06", "1003", "6", "", "Paid on the spot", ("4 4.5 x 75",)),
    ("17", "07-13", "1008", "14", "", "", ("4 3 x 75",)),
    ("38", "07-31", "1011", "15", "", "", ("10 2.5 x 35", "-10%")),
    ("47", "08-12", "1014", "4", "", "", ("6 4 x 35 Weekly care of the garden",)),
)

INVOICED_ESTIMATE: Final = {"103": "41", "69": "46", "49": "48", "130": "100"}
INVOICED_TIME: Final = {"106": ("4", "5")}
_RECEIVED: Final = {"11": ("35", "2", "10264"), "17": ("35", "2", "871"), "38": ("4", "1", ""), "47": ("4", "", "")}


def _lines(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for text in texts:
        if text.startswith("-"):
            lines.append(_discount(Decimal(text[1:-1]), sum((line["Amount"] for line in lines), Decimal(0))))
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a sales line")
        quantity, price = Decimal(match["qty"]), Decimal(match["price"])
        lines.append(
            {
                "Description": match["text"] or BY_ID[match["item"]].description,
                "Amount": cents(quantity * price),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": item_ref(match["item"]),
                    "UnitPrice": price,
                    "Qty": quantity,
                    "TaxCodeRef": {"value": "TAX" if match["tax"] else "NON"},
                },
            }
        )
    return lines


def _discount(percent: Decimal, subtotal: Decimal) -> dict[str, Any]:
    return {
        "Amount": cents(subtotal * percent / 100),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {
            "PercentBased": True,
            "DiscountPercent": percent,
            "DiscountAccountRef": account_ref("86"),
        },
    }


def _body(form: _Form) -> dict[str, Any]:
    _, on, number, customer, tax, memo, lines = form
    body: dict[str, Any] = {
        "DocNumber": number,
        "TxnDate": day(on).isoformat(),
        "CustomerRef": customer_ref(customer),
        "Line": _lines(lines),
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": tax}} if tax else {"TotalTax": Decimal(0)},
    }
    if memo:
        body["PrivateNote"] = memo
    return body


def _link(txn_id: str, txn_type: str) -> dict[str, str]:
    return {"TxnId": txn_id, "TxnType": txn_type}


def _invoice(form: _Form) -> Step:
    number = form[0]
    body = _body(form) | {"SalesTermRef": _NET_30}
    linked: list[dict[str, str]] = []
    if number in INVOICED_ESTIMATE:
        linked.append(_link(INVOICED_ESTIMATE[number], "Estimate"))
        for line in body["Line"]:
            if line["DetailType"] == "SalesItemLineDetail":
                line["LinkedTxn"] = list(linked)
    for line, activity in zip(body["Line"], INVOICED_TIME.get(number, ()), strict=False):
        line["LinkedTxn"] = [_link(activity, "TimeActivity")]
        linked.append(_link(activity, "TimeActivity"))
    if linked:
        body["LinkedTxn"] = linked
    return Step("Invoice", number, day(form[1]), body)


def _receipt(form: _Form) -> Step:
    account, method, reference = _RECEIVED[form[0]]
    body = _body(form) | {"DepositToAccountRef": account_ref(account)}
    if method:
        body["PaymentMethodRef"] = {"value": method}
    if reference:
        body["PaymentRefNum"] = reference
    return Step("SalesReceipt", form[0], day(form[1]), body)


def _returns() -> Iterator[Step]:
    refund = _body(("66", "09-01", "1020", "15", "", "", ("10 2.5 x 35 Treatment did not hold",)))
    yield Step(
        "RefundReceipt",
        "66",
        day("09-01"),
        refund | {"PaymentMethodRef": {"value": "2"}, "DepositToAccountRef": account_ref("35")},
    )
    credit = _body(("73", "09-11", "1026", "1", "", "", ("6 2.5 x 40 Two visits missed",)))
    yield Step("CreditMemo", "73", day("09-11"), credit)


def steps() -> Iterator[Step]:
    yield from map(_invoice, INVOICES)
    yield from (Step("Estimate", form[0], day(form[1]), _body(form) | {"TxnStatus": "Pending"}) for form in ESTIMATES)
    yield from map(_receipt, RECEIPTS)
    yield from _returns()
