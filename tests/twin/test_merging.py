"""Two names become one: afterwards the company equals one in which everything was the winner's from the start."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.references import links_of
from akika_forensics.twin import Beliefs, QuickBooksFault
from akika_forensics.twin.ledger import posting
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.session import Cache, Session
from akika_forensics.twin.statements.lines import BankLine

from .conftest import START, Body, Books, ref
from .hook_scene import Receiver, Sender
from .test_screens import last, refused

type Act = Callable[[Books, str, int], None]
"""Keys something for a name, by an amount."""

DAY = "2026-02-10"
SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"


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


# the model


def listed(books: Books, gone: str, entity: str) -> dict[Any, Any]:
    """Every record but the one that is gone; of lists without the time of the last change."""
    found = {}
    for (kind, record_id), payload in books.twin.dump().items():
        if (kind, record_id) == (entity, gone):
            continue
        body = payloads.decode(payload)
        if not CATALOGUE[kind].is_transaction:
            body.get("MetaData", {}).pop("LastUpdatedTime", None)
        found[kind, record_id] = body
    return found


def tables(books: Books) -> dict[str, list[Any]]:
    store = books.twin.store
    return {
        name: sorted(map(repr, store.select(f"SELECT * FROM {name}")))
        for name in ("posting", "document", "movement", "link", "taxed", "uncharged")
    }


def same(one: Books, other: Books, gone: str, entity: str) -> None:
    assert listed(one, gone, entity) == listed(other, gone, entity)
    assert tables(one) == tables(other)
    for name in ("TrialBalance", "ProfitAndLoss", "BalanceSheet"):
        for basis in ("Accrual", "Cash"):
            reports = [
                books.twin.report(name, end_date="2026-12-31", accounting_method=basis) for books in (one, other)
            ]
            assert reports[0]["Rows"] == reports[1]["Rows"]


for _acts in ACTS.values():
    _acts.append(lambda b, who, n: handle(b, n))

STEPS = st.lists(st.tuples(st.integers(0, 99), st.booleans(), st.integers(1, 29)), max_size=10)


@pytest.mark.parametrize("entity", ACTS)
@settings(max_examples=400 if SOAK else 8, phases=[Phase.explicit, Phase.generate])
@given(before=STEPS, after=STEPS)
def test_a_merged_company_is_one_in_which_all_was_the_winners(entity: str, before: Any, after: Any) -> None:
    lived, clean = Books(), Books()
    try:
        gone, stays = pair(entity, lived)
        assert pair(entity, clean) == (gone, stays)
        acts = ACTS[entity]
        for number, of_gone, amount in before:
            acts[number % len(acts)](lived, gone if of_gone else stays, amount)
            acts[number % len(acts)](clean, stays, amount)
        feed = lived.twin.clock()
        clean.twin.clock()
        kind = kind_of(entity)
        lived.twin.screens.merge(kind, gone, stays)
        assert lived.twin.get(kind, gone) is None
        same(lived, clean, gone, kind)
        cited_nowhere(lived, kind, gone)
        _posted_anew(lived)
        told = lived.twin.change_feed([name for name, row in CATALOGUE.items() if row.change_feed], feed)
        changed = [key for key in told_of(told) if CATALOGUE[key[0]].is_transaction]
        assert changed == []
        clean.clock.now = lived.clock.now
        for number, _, amount in after:
            for books in (lived, clean):
                acts[number % len(acts)](books, stays, amount)
        same(lived, clean, gone, kind)
    finally:
        lived.twin.close()
        clean.twin.close()


def told_of(feed: Any) -> list[tuple[str, str]]:
    return [(group.entity, payloads.decode(payload)["Id"]) for group in feed.groups for payload in group.changed]


def cited_nowhere(books: Books, entity: str, record_id: str) -> None:
    for (kind, _), payload in books.twin.dump().items():
        for link in links_of(kind, payloads.decode(payload)):
            assert link.target != (entity, record_id)


def _posted_anew(books: Books) -> None:
    """What the tables say of a document is what its body says."""
    store = books.twin.store
    session = Session(store, Cache(), books.clock())
    for (kind, record_id), payload in books.twin.dump().items():
        if CATALOGUE[kind].is_transaction and kind != "RecurringTransaction":
            held = [row for row in store.postings(kind, record_id) if row.movement is None]
            assert held == posting.postings(session, kind, payloads.decode(payload))


# what else a merge does


def test_it_is_told_once_with_both_ids(books: Books) -> None:
    gone, stays = pair("Vendor", books)
    made = books.made("Bill", {"VendorRef": ref(gone), "Line": [books.spend(5)]})
    ann = books.twin.screens.invite("Ann", "ann@example.com")["id"]
    done = books.twin.screens.merge("Vendor", gone, stays, by=ann)
    assert done == {"entity": "Vendor", "id": stays, "gone": gone, "cited": 1}
    event = last(books)[0]
    assert (event.verb, event.entity, event.id, event.user, event.party) == (
        "merged",
        "Vendor",
        stays,
        ann,
        "Stays Supply",
    )
    detail = payloads.decode(event.detail.encode())
    assert (detail["merged_from"], detail["merged_name"]) == (gone, "Gone Supply")
    assert [one.verb for one in books.twin.store.trail.of("Bill", made)] == ["created"]
    feed = books.twin.change_feed(["Vendor"], START - timedelta(days=1))
    assert [record_id for group in feed.groups for record_id, _ in group.deleted] == []
    with pytest.raises(QuickBooksFault):
        books.twin.update("Vendor", {"Id": gone, "SyncToken": "0", "DisplayName": "Back"})
    books.twin.create("Vendor", {"DisplayName": "Gone Supply"})


@pytest.mark.parametrize(
    ("choice", "token", "moved"), [("untouched", "0", False), ("time", "0", True), ("time_and_token", "1", True)]
)
def test_what_moves_on_the_records_that_cite_is_a_switch(books: Books, choice: str, token: str, moved: bool) -> None:
    books.twin.believe(Beliefs({"merge_touches": choice}))
    gone, stays = pair("Vendor", books)
    made = books.twin.create("Bill", {"VendorRef": ref(gone), "Line": [books.spend(5)]})
    books.twin.screens.merge("Vendor", gone, stays)
    after = books.get("Bill", made["Id"])
    assert after["VendorRef"] == {"value": stays, "name": "Stays Supply"}
    assert after["SyncToken"] == token
    assert (after["MetaData"] != made["MetaData"]) == moved
    assert bool([one for one in books.twin.store.trail.of("Bill", made["Id"]) if one.indirect]) == moved


@pytest.mark.parametrize(
    ("choice", "token", "moved"), [("untouched", "0", False), ("time", "0", True), ("time_and_token", "1", True)]
)
def test_a_template_that_cites_moves_within(books: Books, choice: str, token: str, moved: bool) -> None:
    """It has its Id, its token and its time in the transaction that it wraps."""
    books.twin.believe(Beliefs().but(merge_touches=choice))
    info = {
        "Name": "Rent",
        "RecurType": "Automated",
        "ScheduleInfo": {"StartDate": "2026-01-31", "IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 31},
    }
    books.twin.create("RecurringTransaction", {"Invoice": {**books.sale(books.bob, 25), "RecurringInfo": info}})
    ((key, payload),) = [(key, body) for key, body in books.twin.dump().items() if key[0] == "RecurringTransaction"]
    before = payloads.decode(payload)["Invoice"]
    books.twin.screens.merge("Customer", books.bob, books.ann)
    after = payloads.decode(books.twin.dump()[key])
    assert after.keys() == {"Invoice"}
    assert after["Invoice"]["CustomerRef"]["value"] == books.ann
    assert after["Invoice"]["SyncToken"] == token
    assert (after["Invoice"]["MetaData"] != before["MetaData"]) is moved


def test_merged_bank_accounts_keep_their_ticks_and_lose_their_reports(books: Books) -> None:
    gone, stays = pair("Bank", books)
    body = {"AccountRef": ref(gone), "PaymentType": "Cash", "TxnDate": "2026-01-05", "Line": [books.spend(5)]}
    made = books.made("Purchase", body)
    with books.twin.transaction():
        one = BankLine(gone, "2026-01-06", -500, "7", entity="Purchase", id=made)
        books.twin.store.bank.add([one, BankLine(stays, "2026-01-06", 0, "7")])
    screens = books.twin.screens
    screens.reconcile(gone, "2026-01-31", -5, [("Purchase", made)])
    screens.merge("Account", gone, stays)
    told = screens.reconciliations(stays)
    assert told == {"statements": [], "discrepancies": []}
    assert books.twin.bank_marks("Purchase", made) == {"reconciled"}
    assert books.twin.store.bank.balance(stays) == -500
    assert [line.fitid for line in books.twin.store.bank.of(stays)] == ["7-1", "7"]
    again = {"AccountRef": ref(stays), "PaymentType": "Cash", "TxnDate": "2026-02-05", "Line": [books.spend(1)]}
    later = books.made("Purchase", again)
    assert screens.reconcile(stays, "2026-02-28", -6, [("Purchase", later)])["opening"] == -5


def test_hidden_transactions_move_along(books: Books) -> None:
    gone, stays = pair("Bank", books)
    worker = books.made("Employee", {"GivenName": "Ed", "FamilyName": "Worker"})
    books.twin.screens.paycheck(worker, gone, "2026-01-05", 100)
    books.twin.screens.merge("Account", gone, stays)
    assert books.balances(end_date="2026-12-31")["Stays bank"] == -100
    assert books.get("Account", stays)["CurrentBalance"] == -100


# what does not fit


def test_the_cash_basis_is_made_anew_after_a_merge(books: Books) -> None:
    gone, stays = pair("Expense", books)
    body = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "Line": [books.spend(30, gone)], "TxnDate": DAY}
    books.made("Purchase", body)
    asked = {"start_date": DAY, "end_date": DAY, "accounting_method": "Cash"}
    assert "Gone rents" in str(books.twin.report("ProfitAndLoss", **asked)["Rows"])
    books.twin.screens.merge("Account", gone, stays)
    assert books.twin.report("ProfitAndLoss", **asked)["Rows"] == _renamed(books, stays, asked)


def _renamed(books: Books, stays: str, asked: dict[str, str]) -> Any:
    """The report as it stands on the accrual basis, which is the same here."""
    found = books.twin.report("ProfitAndLoss", **{**asked, "accounting_method": "Accrual"})["Rows"]
    assert f"'id': '{stays}'" in str(found)
    return found


@pytest.mark.parametrize(("entity", "column"), [("Item", "item"), ("Class", "class"), ("Department", "department")])
def test_what_was_given_away_is_counted_under_the_name_that_stays(books: Books, entity: str, column: str) -> None:
    gone, stays = pair(entity, books)
    body = books.sale(books.ann, 0, TxnDate=DAY)
    detail = body["Line"][0]["SalesItemLineDetail"]
    detail["Qty"] = 3
    if entity == "Department":
        body["DepartmentRef"] = ref(gone)
    else:
        detail[f"{entity}Ref"] = ref(gone)
    books.made("Invoice", body)
    books.twin.screens.merge(entity, gone, stays)
    assert books.twin.store.select(f"SELECT {column} FROM uncharged") == [(stays,)]


def test_only_what_fits_is_merged(books: Books) -> None:
    merge = books.twin.screens.merge
    gone, stays = pair("Customer", books)
    vendor_gone, vendor = pair("Vendor", books)
    bank, _ = pair("Bank", books)
    expense, _ = pair("Expense", books)
    item, _ = pair("Item", books)
    pump = books.made(
        "Item",
        {
            "Name": "Hose",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": "2026-01-01",
            "IncomeAccountRef": ref(books.sales),
            "ExpenseAccountRef": ref(books.cogs),
            "AssetAccountRef": ref(books.stock),
        },
    )
    cogs = books.made(
        "Account",
        {"Name": "Freight", "AccountType": "Cost of Goods Sold", "AccountSubType": "ShippingFreightDeliveryCos"},
    )
    refused(books, "same level", merge, "Customer", books.job, books.ann)
    refused(books, "others below it", merge, "Customer", books.ann, books.bob)
    refused(books, "same account type", merge, "Account", bank, books.rent)
    refused(books, "same detail type", merge, "Account", cogs, books.cogs)
    stock = {"Name": "More", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"}
    refused(books, "that QuickBooks needs", merge, "Account", books.stock, books.made("Account", stock))
    refused(books, "different types", merge, "Item", item, pump)
    refused(books, "of type Inventory", merge, "Item", pump, books.pump)
    books.twin.update("Vendor", {"Id": vendor, "SyncToken": "0", "sparse": True, "Active": False})
    refused(books, "is inactive", merge, "Vendor", vendor_gone, vendor)
    books.twin.screens.connect_bank(bank)
    refused(books, "connected to online banking", merge, "Account", bank, books.checking)
    for wrong in (("Vendor", gone, vendor), ("Customer", stays, stays), ("Bill", "1", "2"), ("Employee", "1", "2")):
        with pytest.raises(WrongUse):
            merge(*wrong)
    assert expense


def test_names_in_other_currencies_are_not_merged() -> None:
    from .foreign_scene import Abroad

    abroad = Abroad()
    at_home = abroad.twin.create("Vendor", {"DisplayName": "Home"})["Id"]
    away = abroad.twin.create("Vendor", {"DisplayName": "Away", "CurrencyRef": {"value": "EUR"}})["Id"]
    with pytest.raises(Exception, match="different currencies"):
        abroad.twin.screens.merge("Vendor", away, at_home)
    abroad.twin.close()


# who is told


def test_a_receiver_of_notifications_learns_both_ids(books: Books) -> None:
    with Receiver() as receiver, Sender(books.twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        books.twin.screens.merge("Vendor", books.power, books.lumber)
        sender.settle()
        told = [
            entity
            for delivery in receiver.got
            for entity in json.loads(delivery.body)["eventNotifications"][0]["dataChangeEvent"]["entities"]
        ]
    assert [(one["name"], one["operation"], one["id"], one["deletedId"]) for one in told] == [
        ("Vendor", "Merge", books.lumber, books.power)
    ]
