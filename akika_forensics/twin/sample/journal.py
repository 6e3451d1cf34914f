"""Opening transactions, journal entries, transfers, the credit card payment, time and the attached note."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.twin.sample.chart import account_ref
from akika_forensics.twin.sample.customers import customer_ref
from akika_forensics.twin.sample.items import item_ref
from akika_forensics.twin.sample.timeline import FOUNDED, Step, day
from akika_forensics.twin.sample.vendors import employee_ref

_OPENING: Final = "Opening Balance"
_EQUITY: Final = "34"
NOTE_ID: Final = "5000000000000000201"

# Id, day, debit account, credit account, amount, text
ENTRIES: Final = (
    ("6", "07-01", "38", _EQUITY, "13495.00", _OPENING),
    ("7", "07-01", _EQUITY, "43", "4000.00", _OPENING),
    ("8", "07-01", _EQUITY, "44", "25000.00", _OPENING),
    ("139", "10-29", "40", "39", "225.00", "Wear of the truck, July to October"),
)

# Id, day, customer, employee, item, billable, rate, hours, minutes, text
TIME: Final = (
    ("1", "08-07", "17", "55", "2", "NotBillable", "0", 4, 45, "Walked the site and set out the beds"),
    ("2", "08-14", "1", "54", "2", "NotBillable", "0", 4, 0, "Aviary hedges"),
    ("3", "08-13", "1", "54", "4", "Billable", "75", 5, 0, "Plan of the south pond"),
    ("4", "09-30", "21", "55", "18", "Billable", "15", 2, 0, "Fruit trees cut back"),
    ("5", "09-30", "21", "55", "8", "Billable", "15", 3, 0, "Lamps along the stall"),
)


def _entry(debit: str, credit: str, amount: str, text: str) -> list[dict[str, Any]]:
    return [
        {
            "Description": text,
            "Amount": Decimal(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": account_ref(account)},
        }
        for posting, account in (("Debit", debit), ("Credit", credit))
    ]


def _opening_deposit(number: str, account: str, amount: str) -> Step:
    return Step(
        "Deposit",
        number,
        FOUNDED,
        {
            "DepositToAccountRef": account_ref(account),
            "TxnDate": FOUNDED.isoformat(),
            "PrivateNote": _OPENING,
            "Line": [
                {
                    "Amount": Decimal(amount),
                    "DetailType": "DepositLineDetail",
                    "DepositLineDetail": {"AccountRef": account_ref(_EQUITY)},
                }
            ],
        },
    )


def _transfer(number: str, on: str, *, source: str, target: str, amount: str, text: str) -> Step:
    return Step(
        "Transfer",
        number,
        day(on),
        {
            "FromAccountRef": account_ref(source),
            "ToAccountRef": account_ref(target),
            "Amount": Decimal(amount),
            "TxnDate": day(on).isoformat(),
            "PrivateNote": text,
        },
    )


def _time() -> Iterator[Step]:
    for number, on, customer, employee, item, billable, rate, hours, minutes, text in TIME:
        yield Step(
            "TimeActivity",
            number,
            day(on),
            {
                "NameOf": "Employee",
                "TxnDate": day(on).isoformat(),
                "EmployeeRef": employee_ref(employee),
                "CustomerRef": customer_ref(customer),
                "ItemRef": item_ref(item),
                "BillableStatus": billable,
                "Taxable": False,
                "HourlyRate": Decimal(rate),
                "Hours": hours,
                "Minutes": minutes,
                "Description": text,
            },
        )


def steps() -> Iterator[Step]:
    """Transactions of the shared id sequence."""
    yield _opening_deposit("4", "35", "5000.00")
    yield _opening_deposit("5", "36", "600.00")
    for number, on, debit, credit, amount, text in ENTRIES:
        yield Step(
            "JournalEntry",
            number,
            day(on),
            {"TxnDate": day(on).isoformat(), "PrivateNote": text, "Line": _entry(debit, credit, amount, text)},
        )
    yield _transfer("56", "08-20", source="35", target="36", amount="250.00", text="Set aside for taxes")
    yield _transfer("111", "10-14", source="36", target="35", amount="250.00", text="Taken back for taxes")
    yield Step(
        "CreditCardPayment",
        "136",
        day("10-29"),
        {
            "CreditCardAccountRef": account_ref("41"),
            "BankAccountRef": account_ref("35"),
            "Amount": Decimal("500.00"),
            "TxnDate": "2026-10-29",
            "PrivateNote": "Card, part of October",
        },
    )


def side_steps() -> Iterator[Step]:
    """Records with id sequences of their own: time activities and the note on invoice 1033."""
    yield from _time()
    yield Step(
        "Attachable",
        NOTE_ID,
        day("10-08"),
        {
            "Note": "Customer wants the pump switched from the kitchen door.",
            "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "103"}, "IncludeOnSend": False}],
        },
    )
