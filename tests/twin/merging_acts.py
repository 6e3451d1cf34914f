"""Things to key for a name of each kind, and two names that become one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.screens.asking import ScreenRefused

from .conftest import Body, Books, ref

type Act = Callable[[Books, str, int], None]
"""Keys something for a name, by an amount."""

DAY = "2026-02-10"


def pair(entity: str, books: Books) -> tuple[str, str]:
    """The one that will go, and the one that stays."""
    bodies: dict[str, Body] = {
        "Customer": {"DisplayName": "{} Garden"},
        "Vendor": {"DisplayName": "{} Supply"},
        "Expense": {"Name": "{} rents", "AccountType": "Expense", "AccountSubType": "RentOrLeaseOfBuildings"},
        "Bank": {"Name": "{} bank", "AccountType": "Bank", "AccountSubType": "Checking"},
        "Item": {"Name": "{} work", "Type": "Service", "IncomeAccountRef": ref(books.sales)},
        "Class": {"Name": "{} side"},
        "Department": {"Name": "{} shop"},
    }
    kind = kind_of(entity)
    made = [
        books.made(kind, {key: value.format(word) if isinstance(value, str) else value for key, value in body.items()})
        for word in ("Gone", "Stays")
        for body in [bodies[entity]]
    ]
    return made[0], made[1]


def kind_of(entity: str) -> str:
    return "Account" if entity in {"Expense", "Bank"} else entity


def entry(account: str, other: str, amount: int, entity: Body | None = None) -> Body:
    detail = [("Debit", account), ("Credit", other)]
    lines = [
        {
            "Amount": amount,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {
                "PostingType": side,
                "AccountRef": ref(one),
                **({"Entity": entity} if entity and side == "Debit" else {}),
            },
        }
        for side, one in detail
    ]
    return {"TxnDate": DAY, "Line": lines}


def newest(books: Books, entity: str) -> Body | None:
    found = books.twin.query(f"select * from {entity} orderby Id desc maxresults 1")["QueryResponse"]
    return found[entity][0] if entity in found else None


def pay(books: Books) -> None:
    """The newest invoice is paid in part, by whom it is addressed to."""
    found = newest(books, "Invoice")
    if found and found["Balance"]:
        body = {"CustomerRef": ref(found["CustomerRef"]["value"]), **books.pays(1, ("Invoice", found["Id"], 1))}
        books.made("Payment", body)


def settle(books: Books, account: str) -> None:
    found = newest(books, "Bill")
    if found and found["Balance"]:
        check = {"BankAccountRef": ref(account)}
        body = {"VendorRef": ref(found["VendorRef"]["value"]), "PayType": "Check", "CheckPayment": check}
        books.made("BillPayment", {**body, **books.pays(1, ("Bill", found["Id"], 1))})


def purchase(books: Books, account: str, line: Body, **more: Any) -> None:
    body = {"AccountRef": ref(account), "PaymentType": "Cash", "TxnDate": DAY, "Line": [line]}
    books.made("Purchase", {**body, **more})


def with_class(line: Body, record_id: str) -> Body:
    detail = line[line["DetailType"]]
    return {**line, line["DetailType"]: {**detail, "ClassRef": ref(record_id)}}


ACTS: dict[str, list[Act]] = {
    "Customer": [
        lambda b, who, n: void(b.made("Invoice", b.sale(who, n, TxnDate=DAY))),
        lambda b, who, n: void(b.made("SalesReceipt", b.sale(who, n, TxnDate=DAY))),
        lambda b, who, n: void(b.made("CreditMemo", b.sale(who, n, TxnDate=DAY))),
        lambda b, who, n: void(b.made("Estimate", b.sale(who, n, TxnDate=DAY))),
        lambda b, who, n: void(b.made("Payment", {"CustomerRef": ref(who), "TotalAmt": n, "TxnDate": DAY})),
        lambda b, who, n: pay(b),
        lambda b, who, n: purchase(b, b.checking, billable(b.spend(n), who)),
        lambda b, who, n: void(
            b.made("Attachable", {"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Customer", "value": who}}]})
        ),
        lambda b, who, n: purchase(b, b.checking, b.spend(n), EntityRef={"type": "Customer", "value": who}),
        lambda b, who, n: template(b, who, n),
    ],
    "Vendor": [
        lambda b, who, n: void(b.made("Bill", {"VendorRef": ref(who), "Line": [b.spend(n)], "TxnDate": DAY})),
        lambda b, who, n: void(b.made("VendorCredit", {"VendorRef": ref(who), "Line": [b.spend(n)], "TxnDate": DAY})),
        lambda b, who, n: settle(b, b.checking),
        lambda b, who, n: purchase(b, b.checking, b.spend(n), EntityRef={"type": "Vendor", "value": who}),
        lambda b, who, n: void(b.made("Bill", {"VendorRef": ref(who), "Line": [b.stock_up(n, n)], "TxnDate": DAY})),
    ],
    "Expense": [
        lambda b, who, n: void(b.made("Bill", {"VendorRef": ref(b.lumber), "Line": [b.spend(n, who)]})),
        lambda b, who, n: void(b.made("JournalEntry", entry(who, b.sales, n))),
        lambda b, who, n: purchase(b, b.checking, b.spend(n, who)),
        lambda b, who, n: bought_in(b, who),
    ],
    "Bank": [
        lambda b, who, n: purchase(b, who, b.spend(n)),
        lambda b, who, n: settle(b, who),
        lambda b, who, n: void(b.made("Bill", {"VendorRef": ref(b.lumber), "Line": [b.spend(n)]})),
        lambda b, who, n: void(b.made("SalesReceipt", b.sale(b.ann, n, DepositToAccountRef=ref(who)))),
        lambda b, who, n: void(
            b.made("Transfer", {"FromAccountRef": ref(who), "ToAccountRef": ref(b.checking), "Amount": n})
        ),
        lambda b, who, n: void(b.made("JournalEntry", entry(who, b.sales, n))),
    ],
    "Item": [
        lambda b, who, n: void(b.made("Invoice", b.sale(b.ann, n, item=who))),
        lambda b, who, n: void(b.made("Estimate", b.sale(b.ann, n, item=who, qty=1))),
        lambda b, who, n: pay(b),
    ],
    "Class": [
        lambda b, who, n: void(
            b.made("Bill", {"VendorRef": ref(b.lumber), "Line": [with_class(b.spend(n), who), b.spend(1)]})
        ),
        lambda b, who, n: void(b.made("JournalEntry", classed(entry(b.rent, b.sales, n), who))),
    ],
    "Department": [
        lambda b, who, n: void(b.made("Invoice", b.sale(b.ann, n, DepartmentRef=ref(who)))),
        lambda b, who, n: void(
            b.made("Bill", {"VendorRef": ref(b.lumber), "Line": [b.spend(n)], "DepartmentRef": ref(who)})
        ),
    ],
}


def bought_in(books: Books, account: str) -> None:
    name = f"Work {books.twin.count('Item')}"
    accounts = {"IncomeAccountRef": ref(books.sales), "ExpenseAccountRef": ref(account)}
    books.made("Item", {"Name": name, "Type": "Service", **accounts})


def handle(books: Books, number: int) -> None:
    """Some transaction is deleted, voided or noted on, as far as that can be."""
    keys = [
        key for key in sorted(books.twin.dump()) if CATALOGUE[key[0]].is_transaction and key[0] not in _MADE_BY_OTHERS
    ]
    if not keys:
        return
    entity, record_id = keys[number % len(keys)]
    screens = books.twin.screens
    with suppress(ScreenRefused):
        match number % 3:
            case 0:
                screens.delete(entity, record_id)
            case 1:
                screens.void(entity, record_id)
            case _:
                screens.edit(entity, {"Id": record_id, "PrivateNote": f"note {number}"})


_MADE_BY_OTHERS = {"ReimburseCharge", "RecurringTransaction"}


def void(_made: Any) -> None:
    """What was made is of no further use."""


def billable(line: Body, customer: str) -> Body:
    detail = {**line["AccountBasedExpenseLineDetail"], "CustomerRef": ref(customer), "BillableStatus": "Billable"}
    return {**line, "AccountBasedExpenseLineDetail": detail}


def classed(body: Body, record_id: str) -> Body:
    return {**body, "Line": [with_class(line, record_id) for line in body["Line"]]}


def template(books: Books, customer: str, amount: int) -> None:
    count = books.twin.count("RecurringTransaction")
    info = {"Name": f"Template {count}", "RecurType": "UnScheduled"}
    books.twin.create("RecurringTransaction", {"Invoice": {**books.sale(customer, amount), "RecurringInfo": info}})


for _acts in ACTS.values():
    _acts.append(lambda b, who, n: handle(b, n))
