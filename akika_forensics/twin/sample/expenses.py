"""Vendor side: bills, bill payments, the vendor credit, purchases and purchase orders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents
from akika_forensics.twin.sample.chart import account_ref
from akika_forensics.twin.sample.customers import customer_ref
from akika_forensics.twin.sample.items import BY_ID, item_ref
from akika_forensics.twin.sample.timeline import Step, day
from akika_forensics.twin.sample.vendors import vendor_ref

CREW_CLASS: Final = "5000000000000000101"
YARD_DEPARTMENT: Final = "1"

# Id, day, vendor, DocNumber, account, amount, text
BILLS: Final = (
    ("2", "07-01", "31", "PI-7001", "11", "241.23", "Policy for the third quarter"),
    ("3", "07-01", "51", "0441", "64", "666.00", "Stone work for the patio in Pinecrest"),
    ("20", "07-15", "49", "R-2208", "69", "315.00", "Books of the second quarter"),
    ("22", "07-17", "36", "DB-77", "55", "755.00", "Rear panel of the truck"),
    ("24", "07-20", "40", "JUL", "17", "900.00", "Yard, July"),
    ("25", "07-21", "46", "N-310", "64", "103.55", "Lumber for the raised beds"),
    ("30", "07-24", "48", "7-118", "76", "114.09", "Power in the yard, July"),
    ("35", "07-30", "32", "07/26", "77", "74.36", "Lines, July"),
    ("52", "08-18", "41", "HH-90", "75", "88.00", "Chain saw serviced"),
    ("90", "09-21", "49", "R-2291", "71", "300.00", "Advice on the supply contract"),
    ("105", "10-09", "32", "10/26", "77", "56.50", "Lines, October"),
    ("109", "10-13", "48", "10-204", "76", "86.44", "Power in the yard, October"),
)

# Id, day, vendor, DocNumber, pay type, account, ((type, id, amount), ...), total
BILL_PAYMENTS: Final = (
    ("82", "09-17", "51", "45", "Check", "35", (("Bill", "3", "666.00"),), "666.00"),
    ("84", "09-17", "32", "46", "Check", "35", (("Bill", "35", "74.36"),), "74.36"),
    ("85", "09-18", "41", "47", "Check", "35", (("Bill", "52", "88.00"), ("VendorCredit", "53", "12.50")), "75.50"),
    ("87", "09-18", "48", "48", "Check", "35", (("Bill", "30", "114.09"),), "114.09"),
    ("91", "09-22", "49", "10", "Check", "35", (("Bill", "90", "300.00"),), "300.00"),
    ("104", "10-09", "40", "11", "Check", "35", (("Bill", "24", "900.00"),), "900.00"),
    ("117", "10-19", "32", "1", "CreditCard", "41", (("Bill", "105", "56.50"),), "56.50"),
    ("118", "10-19", "46", "2", "CreditCard", "41", (("Bill", "25", "103.55"),), "103.55"),
)

# Id, day, payment type, paid from, payee, number, account, amount, text
PURCHASES: Final = (
    ("18", "07-13", "Check", "35", "43", "2", "15", "18.08", "Cups for the site office"),
    ("19", "07-14", "Cash", "35", "33", "", "56", "52.56", "Diesel"),
    ("21", "07-16", "Check", "35", "50", "3", "66", "82.45", "Perennials"),
    ("23", "07-17", "Check", "35", "47", "4", "70", "75.00", "Entries of June"),
    ("28", "07-23", "Check", "35", "30", "5", "19", "55.00", "Plan paper"),
    ("43", "08-07", "CreditCard", "41", "38", "", "29", "112.00", "Trencher, one day"),
    ("44", "08-07", "Cash", "35", "56", "", "13", "5.66", "Lunch on site"),
    ("50", "08-14", "Check", "35", "52", "6", "59", "100.00", "Help with the courtyard"),
    ("51", "08-17", "CreditCard", "41", "35", "", "74", "98.40", "Laptop screen replaced"),
    ("57", "08-21", "Check", "35", "40", "7", "17", "900.00", "Yard, August"),
    ("58", "08-21", "Check", "35", "31", "8", "57", "240.00", "Cover for the crew"),
    ("77", "09-15", "CreditCard", "41", "42", "", "7", "74.86", "Notice in the weekly"),
    ("78", "09-16", "Check", "35", "50", "9", "66", "46.98", "Bulbs"),
    ("86", "09-18", "Check", "35", "40", "49", "17", "900.00", "Yard, September"),
    ("88", "09-18", "CreditCard", "41", "33", "", "56", "89.06", "Diesel and oil"),
    ("107", "10-13", "Check", "35", "", "50", "89", "38.40", "Sales tax of the third quarter, Arizona"),
    ("108", "10-13", "Check", "35", "", "51", "90", "38.50", "Sales tax on account, California"),
    ("110", "10-14", "Cash", "35", "56", "", "13", "3.86", "Coffee on site"),
    ("122", "10-22", "Check", "35", "40", "53", "17", "900.00", "Yard, October"),
    ("123", "10-22", "Check", "35", "50", "54", "66", "318.72", "Hedge plants"),
    ("126", "10-23", "Credit", "41", "33", "", "56", "12.00", "Overcharged diesel given back"),
    ("140", "10-29", "CreditCard", "41", "56", "", "13", "18.97", "Lunch for the second crew"),
    ("141", "10-29", "CreditCard", "41", "57", "", "55", "19.99", "Truck washed"),
    ("142", "10-30", "CreditCard", "41", "57", "", "55", "19.99", "Trailer washed"),
    ("143", "10-30", "CreditCard", "41", "41", "", "64", "42.40", "Deck screws"),
    ("144", "10-30", "CreditCard", "41", "", "", "55", "34.00", "Parking at the fair"),
    ("145", "10-30", "Check", "35", "38", "55", "62", "348.94", "Excavator, two days"),
)

# Id, day, vendor, DocNumber, customer the goods are for, lines (item, quantity)
ORDERS: Final = (
    ("45", "08-10", "51", "1002", "", (("5", "1"),)),
    ("114", "10-15", "41", "1003", "25", (("5", "1"), ("16", "15"), ("17", "25"), ("11", "3"))),
    ("125", "10-23", "46", "1005", "", (("5", "1"), ("11", "8"))),
)


def _expense(account: str, amount: str, text: str) -> dict[str, Any]:
    return {
        "Description": text,
        "Amount": Decimal(amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {
            "AccountRef": account_ref(account),
            "BillableStatus": "NotBillable",
            "TaxCodeRef": {"value": "NON"},
        },
    }


def _goods(number: str) -> list[dict[str, Any]]:
    row = next(order for order in ORDERS if order[0] == number)
    lines = []
    for item, quantity in row[5]:
        cost = BY_ID[item].cost
        if cost is None:
            raise ValueError(f"item {item} is not bought in")
        detail: dict[str, Any] = {
            "ItemRef": item_ref(item),
            "UnitPrice": cost,
            "Qty": Decimal(quantity),
            "BillableStatus": "NotBillable",
            "TaxCodeRef": {"value": "NON"},
        }
        if row[4]:
            detail["CustomerRef"] = customer_ref(row[4])
        lines.append(
            {
                "Description": BY_ID[item].description,
                "Amount": cents(cost * Decimal(quantity)),
                "DetailType": "ItemBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail": detail,
            }
        )
    return lines


def _bills() -> Iterator[Step]:
    for number, on, vendor, document, account, amount, text in BILLS:
        body: dict[str, Any] = {
            "VendorRef": vendor_ref(vendor),
            "DocNumber": document,
            "TxnDate": day(on).isoformat(),
            "Line": [_expense(account, amount, text)],
        }
        if number == "25":
            body["Line"][0]["AccountBasedExpenseLineDetail"]["CustomerRef"] = customer_ref("26")
        yield Step("Bill", number, day(on), body)
    yield Step(
        "Bill",
        "127",
        day("10-26"),
        {
            "VendorRef": vendor_ref("46"),
            "DocNumber": "N-388",
            "TxnDate": "2026-10-26",
            "Line": _goods("125"),
            "LinkedTxn": [{"TxnId": "125", "TxnType": "PurchaseOrder"}],
        },
    )


def _bill_payments() -> Iterator[Step]:
    for number, on, vendor, document, pay_type, account, applied, total in BILL_PAYMENTS:
        how: dict[str, Any] = (
            {"CheckPayment": {"BankAccountRef": account_ref(account), "PrintStatus": "NotSet"}}
            if pay_type == "Check"
            else {"CreditCardPayment": {"CCAccountRef": account_ref(account)}}
        )
        yield Step(
            "BillPayment",
            number,
            day(on),
            {
                "VendorRef": vendor_ref(vendor),
                "DocNumber": document,
                "TxnDate": day(on).isoformat(),
                "PayType": pay_type,
                "TotalAmt": Decimal(total),
                "Line": [
                    {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": txn_id, "TxnType": txn_type}]}
                    for txn_type, txn_id, amount in applied
                ],
                **how,
            },
        )


def _purchases() -> Iterator[Step]:
    for number, on, kind, paid_from, payee, document, account, amount, text in PURCHASES:
        body: dict[str, Any] = {
            "AccountRef": account_ref(paid_from),
            "PaymentType": "CreditCard" if kind == "Credit" else kind,
            "TxnDate": day(on).isoformat(),
            "Line": [_expense(account, amount, text)],
        }
        if kind == "Credit":
            body["Credit"] = True
        if payee:
            body["EntityRef"] = vendor_ref(payee) | {"type": "Vendor"}
        if document:
            body["DocNumber"] = document
        if number == "145":
            body["DepartmentRef"] = {"value": YARD_DEPARTMENT, "name": "Yard"}
            body["Line"][0]["AccountBasedExpenseLineDetail"]["ClassRef"] = {"value": CREW_CLASS, "name": "Crew one"}
        yield Step("Purchase", number, day(on), body)
    yield Step(
        "Purchase",
        "115",
        day("10-16"),
        {
            "AccountRef": account_ref("35"),
            "PaymentType": "Check",
            "EntityRef": vendor_ref("41") | {"type": "Vendor"},
            "DocNumber": "52",
            "TxnDate": "2026-10-16",
            "Line": _goods("114"),
            "LinkedTxn": [{"TxnId": "114", "TxnType": "PurchaseOrder"}],
        },
    )


def _orders() -> Iterator[Step]:
    for number, on, vendor, document, _, _ in ORDERS:
        yield Step(
            "PurchaseOrder",
            number,
            day(on),
            {
                "VendorRef": vendor_ref(vendor),
                "APAccountRef": account_ref("33"),
                "DocNumber": document,
                "TxnDate": day(on).isoformat(),
                "POStatus": "Open",
                "Line": _goods(number),
            },
        )


def steps() -> Iterator[Step]:
    yield from _bills()
    yield Step(
        "VendorCredit",
        "53",
        day("08-19"),
        {
            "VendorRef": vendor_ref("41"),
            "DocNumber": "HH-90C",
            "TxnDate": "2026-08-19",
            "Line": [_expense("75", "12.50", "Old chain taken back")],
        },
    )
    yield from _bill_payments()
    yield from _purchases()
    yield from _orders()
