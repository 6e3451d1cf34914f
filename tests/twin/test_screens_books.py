"""Bulk changes at the screens, transactions that the API cannot read, templates whose day comes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.screens.hidden import LABELS

from .conftest import Books, ref
from .foreign_scene import Abroad
from .test_screens import last, refused


def bill(books: Books, *lines: Any, day: str = "2026-02-03") -> str:
    rows = list(lines) or [books.spend(100)]
    return books.made("Bill", {"VendorRef": ref(books.lumber), "Line": rows, "TxnDate": day})


@pytest.fixture
def repairs(books: Books) -> str:
    return books.made("Account", {"Name": "Repairs", "AccountType": "Expense", "AccountSubType": "RepairMaintenance"})


@pytest.fixture
def east(books: Books) -> str:
    return books.made("Class", {"Name": "East"})


def balances(books: Books) -> dict[str, Decimal]:
    return {name: value for name, value in books.balances(end_date="2026-12-31").items() if value}


# reclassify


def test_many_transactions_are_reclassified_at_one_moment(books: Books, repairs: str, east: str) -> None:
    mixed = bill(books, books.spend(60), books.spend(5, books.cogs))
    others = [bill(books), bill(books)]
    ada = books.twin.screens.invite("Ada", "ada@example.com", "accountant")["id"]
    listed = [("Bill", record_id) for record_id in (mixed, *others)]
    before = books.twin.store.trail.last()
    books.twin.screens.reclassify(listed, books.rent, repairs, east, by=ada)
    assert (balances(books)["Repairs"], balances(books).get("Rent")) == (260, None)
    lines = books.get("Bill", mixed)["Line"]
    assert [line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] for line in lines] == [repairs, books.cogs]
    assert ["ClassRef" in line["AccountBasedExpenseLineDetail"] for line in lines] == [True, False]
    events = books.twin.store.trail.events(before)
    assert [(event.verb, event.id, event.user) for event in events] == [("updated", one, ada) for _, one in listed]
    assert len({event.at for event in events}) == 1


def test_the_closing_date_does_not_stop_it(books: Books, repairs: str) -> None:
    old, new = bill(books), bill(books, day="2026-03-01")
    books.twin.screens.close_books("2026-02-28", "sesame")
    books.twin.screens.reclassify([("Bill", old), ("Bill", new)], books.rent, repairs)
    assert balances(books)["Repairs"] == 200
    assert [row["id"] for row in books.twin.screens.closing_exceptions()["exceptions"]] == [old]


def test_of_items_the_class_alone_changes(books: Books, repairs: str, east: str) -> None:
    screens = books.twin.screens
    made = books.made("Invoice", books.sale(books.ann, 50))
    refused(books, "products or services", screens.reclassify, [("Invoice", made)], books.sales, repairs)
    screens.reclassify([("Invoice", made)], books.sales, class_=east)
    detail = books.get("Invoice", made)["Line"][0]["SalesItemLineDetail"]
    assert (detail["ClassRef"]["value"], detail["ItemRef"]["value"]) == (east, books.digging)


def test_entries_and_deposits_are_reclassified_too(books: Books, repairs: str) -> None:
    sides = [("Debit", books.rent), ("Credit", books.sales)]
    lines = [
        {
            "Amount": 9,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
        }
        for side, account in sides
    ]
    entry = books.made("JournalEntry", {"Line": lines, "TxnDate": "2026-02-01"})
    line = {"Amount": 4, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": ref(books.sales)}}
    deposit = books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    listed = [("JournalEntry", entry), ("Deposit", deposit)]
    books.twin.screens.reclassify(listed, books.sales, repairs)
    assert (balances(books)["Repairs"], balances(books).get("Sales")) == (-13, None)


def test_a_location_is_set_on_the_whole(books: Books) -> None:
    books.twin.screens.change_settings("AccountingInfoPrefs", {"TrackDepartments": True})
    place = books.made("Department", {"Name": "Shop"})
    made = bill(books)
    books.twin.screens.reclassify([("Bill", made)], location=place)
    assert books.get("Bill", made)["DepartmentRef"]["value"] == place


def test_what_cannot_be_reclassified_says_so(books: Books, repairs: str) -> None:
    screens = books.twin.screens
    made = bill(books)
    body = {"AccountRef": ref(books.checking), "PaymentType": "Cash", "Line": [books.spend(5)]}
    expense = books.made("Purchase", body)
    payment = books.made("Payment", {"CustomerRef": ref(books.ann), "TotalAmt": 5})
    other = books.made("Account", {"Name": "Savings", "AccountType": "Bank", "AccountSubType": "Savings"})
    refused(books, "payment account", screens.reclassify, [("Purchase", expense)], books.checking, other)
    refused(books, "no line on that account", screens.reclassify, [("Bill", made)], books.sales, repairs)
    refused(books, "of type Payment", screens.reclassify, [("Payment", payment)], books.sales, repairs)
    payable = books.account("Accounts Payable (A/P)")
    refused(books, "receivables or payables", screens.reclassify, [("Bill", made)], books.rent, payable)
    ann = screens.invite("Ann", "ann@example.com")["id"]
    refused(books, "Ann is standard", screens.reclassify, [("Bill", made)], books.rent, repairs, by=ann)
    for wrong in ({}, {"account": repairs}, {"class_": "404"}, {"class": "404"}):
        with pytest.raises(WrongUse):
            screens.reclassify([("Bill", made)], **wrong)


# what the API cannot read


@pytest.fixture
def worker(books: Books) -> str:
    return books.made("Employee", {"GivenName": "Ed", "FamilyName": "Worker"})


def test_a_paycheck_posts_and_nobody_can_read_it(books: Books, worker: str) -> None:
    before = books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(1)]})
    asked = {"gross": "1000", "withheld": "210.50", "employer_taxes": "76.50", "number": "2001"}
    made = books.twin.screens.paycheck(worker, books.checking, "2026-02-15", **asked)
    assert int(made["id"]) == int(before) + 1
    after = balances(books)
    assert after["Checking"] == Decimal("-789.50")
    assert after["Payroll Liabilities"] == -287
    assert after["Payroll Expenses:Wages"] == 1000
    assert after["Payroll Expenses:Taxes"] == Decimal("76.50")
    assert books.get("Account", books.checking)["CurrentBalance"] == Decimal("-789.50")
    assert books.twin.store.out_of_balance() == []
    row = books.twin.store.document(made["entity"], made["id"])
    assert row is not None
    assert (row.label, row.party, row.number, row.cents) == ("Payroll Check", f"Employee:{worker}", "2001", 78_950)
    for entity in ("Purchase", "JournalEntry", "BillPayment", "Deposit"):
        assert books.twin.get(entity, made["id"]) is None
    with pytest.raises(QuickBooksFault):
        books.twin.query("select * from Paycheck")
    event = last(books)[0]
    assert (event.verb, event.entity, event.party, event.cents) == ("created", "Paycheck", "Ed Worker", 78_950)
    following = books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(1)]})
    assert int(following) == int(made["id"]) + 1


def test_taxes_adjustments_and_deletions(books: Books, worker: str) -> None:
    screens = books.twin.screens
    check = screens.paycheck(worker, books.checking, "2026-02-15", 100, 20)
    paid = screens.payroll_tax(books.checking, "2026-03-15", 20, "Treasury")
    screens.payroll_adjustment("2026-03-16", 5)
    sales_tax = books.made(
        "Account", {"Name": "Tax", "AccountType": "Other Current Liability", "AccountSubType": "SalesTaxPayable"}
    )
    screens.sales_tax_payment(books.checking, sales_tax, "2026-03-20", "7.10")
    after = balances(books)
    assert (after["Checking"], after["Payroll Liabilities"], after["Tax"]) == (Decimal("-107.10"), -5, Decimal("7.10"))
    for made in (check, paid):
        screens.delete_hidden(made["id"])
    after = balances(books)
    assert (after["Checking"], after["Payroll Liabilities"]) == (Decimal("-7.10"), -5)
    assert [event.verb for event in last(books, 2)] == ["deleted", "deleted"]
    with pytest.raises(WrongUse, match="has the Id"):
        screens.delete_hidden(check["id"])


def test_hidden_transactions_are_reconciled_like_others(books: Books, worker: str) -> None:
    made = books.twin.screens.paycheck(worker, books.checking, "2026-02-15", 100, 20)
    key = made["entity"], made["id"]
    books.twin.screens.reconcile(books.checking, "2026-02-28", -80, [key])
    assert books.twin.bank_marks(*key) == {"reconciled"}


def test_what_cannot_be_posted_says_so(books: Books, worker: str) -> None:
    screens = books.twin.screens
    for asked in ({"gross": 0}, {"gross": 10, "withheld": 11}, {"gross": "much"}):
        with pytest.raises(WrongUse):
            screens.paycheck(worker, books.checking, "2026-02-15", **asked)
    refused(books, "greater than 0", screens.payroll_tax, books.checking, "2026-02-15", -1, "Treasury")
    with pytest.raises(WrongUse, match="nothing to post"):
        screens.payroll_adjustment("2026-02-15", 0)
    screens.close_books("2026-02-28", "sesame")
    refused(books, "closing date password", screens.payroll_adjustment, "2026-02-15", 1)
    screens.payroll_adjustment("2026-02-15", 1, password="sesame")


def test_a_revaluation_moves_home_value_alone() -> None:
    abroad = Abroad()
    twin = abroad.twin
    account = twin.create(
        "Account",
        {"Name": "Euros", "AccountType": "Bank", "AccountSubType": "Checking", "CurrencyRef": {"value": "EUR"}},
    )["Id"]
    twin.screens.revaluation(account, "2026-03-31", "12.30")
    body = twin.get("Account", account)
    assert body is not None
    assert body["CurrentBalance"] == 0
    assert twin.store.balances(until="2026-12-31")[account] == 1_230
    assert twin.store.own_balances()[account] == 0
    twin.close()


def test_every_hidden_kind_has_the_name_that_reports_show() -> None:
    assert set(LABELS.values()) >= {"Payroll Check", "Tax Payment", "Sales Tax Payment"}


# templates


def template(books: Books, kind: str = "Automated", **schedule: Any) -> str:
    info: dict[str, Any] = {"Name": f"Rent {kind}", "RecurType": kind}
    if schedule:
        info["ScheduleInfo"] = {"IntervalType": "Monthly", **schedule}
    inner = {"VendorRef": ref(books.lumber), "Line": [books.spend(100)], "RecurringInfo": info}
    made = books.twin.create("RecurringTransaction", {"Bill": inner})
    return str(made["Bill"]["Id"])


def test_the_service_makes_what_is_due(books: Books) -> None:
    held = template(books, StartDate="2026-03-05", DayOfMonth=5)
    template(books, "Reminded", StartDate="2026-03-05", DayOfMonth=5)
    done = books.twin.screens.run_templates("2026-05-04")["made"]
    assert [row["date"] for row in done] == ["2026-03-05", "2026-04-05"]
    made = books.get("Bill", done[0]["id"])
    assert (made["TxnDate"], made["TotalAmt"], made["RecurDataRef"]["value"]) == ("2026-03-05", 100, held)
    event = books.twin.store.trail.of("Bill", done[0]["id"])[0]
    assert (event.name, event.kind, event.user) == ("System Administration", "system", "0")
    schedule = books.get("RecurringTransaction", held)["Bill"]["RecurringInfo"]["ScheduleInfo"]
    assert (schedule["PreviousDate"], schedule["NextDate"]) == ("2026-04-05", "2026-05-05")
    assert books.twin.screens.run_templates("2026-05-04")["made"] == []
    assert balances(books)["Rent"] == 200


def test_a_template_is_used_by_hand(books: Books) -> None:
    held = template(books, "UnScheduled")
    refused(books, "no next date", books.twin.screens.fire_template, held)
    done = books.twin.screens.fire_template(held, "2026-03-09")
    assert books.get("Bill", done["id"])["TxnDate"] == "2026-03-09"
    assert last(books)[0].kind == "person"
    with pytest.raises(WrongUse, match="no recurring template"):
        books.twin.screens.fire_template("404")


def test_the_time_may_be_forced_for_builders(books: Books) -> None:
    at = datetime(2025, 6, 1, 12, tzinfo=UTC)
    made = books.twin.screens.enter("Vendor", {"DisplayName": "Old"}, at=at)
    assert books.get("Vendor", made["id"])["MetaData"]["CreateTime"] == "2025-06-01T05:00:00-07:00"
