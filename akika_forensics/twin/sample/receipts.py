"""Customer payments and deposits: what was received, what it paid, what went to the bank."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.twin.sample.chart import account_ref
from akika_forensics.twin.sample.customers import customer_ref
from akika_forensics.twin.sample.timeline import Step, day

_CHECKING: Final = "35"
_UNDEPOSITED: Final = "4"

# Id, day, customer, total, method, reference, into, applied ((type, id, amount), ...)
PAYMENTS: Final[tuple[tuple[str, str, str, str, str, str, str, tuple[tuple[str, str, str], ...]], ...]] = (
    ("15", "07-09", "9", "86.40", "2", "117", _CHECKING, (("Invoice", "14", "86.40"),)),
    ("31", "07-27", "1", "108.00", "2", "6552", _UNDEPOSITED, (("Invoice", "9", "108.00"),)),
    ("32", "07-27", "13", "300.00", "2", "5421", _UNDEPOSITED, (("Invoice", "16", "300.00"),)),
    ("33", "07-28", "9", "50.00", "2", "120", _CHECKING, (("Invoice", "13", "50.00"),)),
    ("40", "08-04", "26", "103.55", "3", "", _CHECKING, (("Invoice", "27", "103.55"),)),
    ("61", "08-25", "3", "694.00", "2", "2064", _CHECKING, (("Invoice", "12", "694.00"),)),
    ("72", "09-10", "1", "105.00", "2", "6610", _CHECKING, (("Invoice", "71", "105.00"),)),
    ("74", "09-11", "1", "0.00", "", "", _CHECKING, (("Invoice", "71", "100.00"), ("CreditMemo", "73", "100.00"))),
    ("76", "09-15", "2", "175.00", "1", "", _CHECKING, (("Invoice", "10", "175.00"),)),
    ("94", "09-25", "5", "460.40", "", "", _UNDEPOSITED, (("Invoice", "93", "460.40"),)),
    ("97", "09-30", "8", "226.75", "", "", _UNDEPOSITED, (("Invoice", "95", "226.75"),)),
    ("98", "10-01", "26", "81.00", "", "", _UNDEPOSITED, (("Invoice", "42", "81.00"),)),
    ("101", "10-06", "1", "220.00", "2", "6688", _UNDEPOSITED, (("Invoice", "67", "220.00"),)),
    ("116", "10-16", "25", "80.00", "", "", _UNDEPOSITED, (("Invoice", "63", "80.00"),)),
    ("120", "10-21", "3", "1675.52", "2", "2098", _UNDEPOSITED, (("Invoice", "12", "1675.52"),)),
    ("128", "10-26", "8", "387.00", "", "", _UNDEPOSITED, (("Invoice", "96", "387.00"),)),
)

# Id, day, into, lines ((type, id, amount), ...)
DEPOSITS: Final[tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]] = (
    ("62", "08-26", (("SalesReceipt", "47", "140.00"), ("SalesReceipt", "38", "78.75"))),
    ("102", "10-07", (("Payment", "31", "108.00"), ("Payment", "32", "300.00"))),
    (
        "121",
        "10-22",
        (
            ("Payment", "97", "226.75"),
            ("Payment", "94", "460.40"),
            ("Payment", "116", "80.00"),
            ("Payment", "98", "81.00"),
            ("Payment", "101", "220.00"),
        ),
    ),
)

CASH_BACK: Final = ("121", "36", "200.00")


def _linked(txn_type: str, txn_id: str, amount: str, **more: str) -> dict[str, Any]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": txn_id, "TxnType": txn_type, **more}]}


def _payments() -> Iterator[Step]:
    for number, on, customer, total, method, reference, into, applied in PAYMENTS:
        body: dict[str, Any] = {
            "CustomerRef": customer_ref(customer),
            "TotalAmt": Decimal(total),
            "TxnDate": day(on).isoformat(),
            "DepositToAccountRef": {"value": into},
            "Line": [_linked(txn_type, txn_id, amount) for txn_type, txn_id, amount in applied],
        }
        if method:
            body["PaymentMethodRef"] = {"value": method}
        if reference:
            body["PaymentRefNum"] = reference
        yield Step("Payment", number, day(on), body)


def _deposits() -> Iterator[Step]:
    for number, on, lines in DEPOSITS:
        body: dict[str, Any] = {
            "DepositToAccountRef": account_ref(_CHECKING),
            "TxnDate": day(on).isoformat(),
            "Line": [_linked(txn_type, txn_id, amount, TxnLineId="0") for txn_type, txn_id, amount in lines],
        }
        deposit, account, amount = CASH_BACK
        if number == deposit:
            body["CashBack"] = {
                "AccountRef": account_ref(account),
                "Amount": Decimal(amount),
                "Memo": "Put aside for the winter",
            }
        yield Step("Deposit", number, day(on), body)


def steps() -> Iterator[Step]:
    yield from _payments()
    yield from _deposits()
