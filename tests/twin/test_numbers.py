"""Numbers of documents, due dates, worked time, settings that are updated."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model import payload as payloads
from akika_forensics.twin.rules.numbers import term_date
from tests.twin.conftest import Body, Books, ref
from tests.twin.life import RECIPES

_SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def prefer(books: Books, section: str, **values: Any) -> None:
    body = books.get("Preferences", "1")
    body[section] |= values
    books.twin.put_raw("Preferences", payloads.encode(body))


def form(books: Books, entity: str, **more: Any) -> Body:
    recipe = RECIPES[entity].body
    assert recipe is not None
    return {**recipe(books), **more}


def test_sales_forms_share_their_numbers_and_others_have_their_own(books: Books) -> None:
    create = books.twin.create
    assert [create(entity, form(books, entity))["DocNumber"] for entity in _SALES] == ["1001", "1002", "1003", "1004"]
    assert create("Estimate", form(books, "Estimate"))["DocNumber"] == "1001"
    assert create("PurchaseOrder", form(books, "PurchaseOrder"))["DocNumber"] == "1001"
    assert [create("JournalEntry", form(books, "JournalEntry"))["DocNumber"] for _ in range(2)] == ["1", "2"]
    for entity in ("Bill", "VendorCredit", "Purchase", "Payment", "BillPayment", "Deposit", "Transfer"):
        assert "DocNumber" not in create(entity, form(books, entity))


def test_which_kinds_share_their_ids(books: Books) -> None:
    """Source: recorded answers: names together, transactions together, every other list by itself."""
    parties = [int(books.made(entity, form(books, entity))) for entity in ("Customer", "Vendor", "Employee")]
    assert parties == list(range(parties[0], parties[0] + 3))
    posted = [
        int(books.made(entity, form(books, entity)))
        for entity in ("Invoice", "Bill", "JournalEntry", "Transfer", "Estimate", "InventoryAdjustment")
    ]
    assert posted == list(range(1, 7))
    for entity in ("TimeActivity", "Term", "PaymentMethod", "Budget", "TaxAgency", "Department"):
        assert books.made(entity, form(books, entity)) == "1"
    assert len(books.made("Class", form(books, "Class"))) == 19
    assert len(books.made("Attachable", form(books, "Attachable"))) == 19


def test_numbers_of_ones_own_are_left_empty_when_they_are_not_given(books: Books) -> None:
    prefer(books, "SalesFormsPrefs", CustomTxnNumbers=True)
    for entity in (*_SALES, "Estimate"):
        assert "DocNumber" not in books.twin.create(entity, form(books, entity))
    assert books.twin.create("Invoice", form(books, "Invoice", DocNumber="A/7"))["DocNumber"] == "A/7"


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        ("Invoice", "Invoice"),
        ("SalesReceipt", "Sales Receipt"),
        ("CreditMemo", "Credit Memo"),
        ("Estimate", "Estimate"),
        ("Bill", "Bill"),
        ("VendorCredit", "Vendor Credit"),
        ("PurchaseOrder", "Purchase Order"),
        ("JournalEntry", "Journal Entry"),
        ("InventoryAdjustment", "Inventory Qty Adjust"),
    ],
)
def test_a_number_that_is_taken_is_refused_by_name(books: Books, entity: str, told: str) -> None:
    twin = books.twin
    body = form(books, entity, DocNumber="77-A")
    first = twin.create(entity, body)
    fault = books.refused("6140", twin.create, entity, body)
    assert fault.detail == (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber=77-A is assigned to TxnType={told} with TxnId={first['Id']}"
    )
    again = twin.create(entity, body, include=["allowduplicatedocnum"])
    assert again["DocNumber"] == "77-A"
    other = twin.create(entity, {**body, "DocNumber": "78"})
    books.refused("6140", twin.update, entity, {**other, "DocNumber": "77-A"})
    assert twin.update(entity, {**other, "DocNumber": "79"})["DocNumber"] == "79"


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    day=st.integers(1, 31),
    late=st.integers(0, 40),
    counted=st.booleans(),
)
def test_due_on_a_day_of_the_month(start: date, day: int, late: int, counted: bool) -> None:
    due = term_date({"DayOfMonthDue": day, "DueNextMonthDays": late}, start, counted=counted)
    assert due >= start
    assert due.day == min(day, calendar.monthrange(due.year, due.month)[1])
    months = (due.year - start.year) * 12 + due.month - start.month
    assert months in {0, 1}
    if months == 0:
        assert (due - start).days > late or ((due - start).days == late and not (counted and late))
    this = date(start.year, start.month, min(day, calendar.monthrange(start.year, start.month)[1]))
    if months == 1:
        assert this < start or (this - start).days < late or ((this - start).days == late and counted)


@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 400))
def test_due_after_days(start: date, days: int) -> None:
    assert term_date({"DueDays": days}, start) == start + timedelta(days=days)
    assert term_date(None, start) == start


def test_a_vendors_terms_make_a_bill_due(books: Books) -> None:
    term = books.made("Term", {"Name": "Net 15", "DueDays": 15})
    vendor = books.made("Vendor", {"DisplayName": "Slow Co", "TermRef": ref(term)})
    body = {"VendorRef": ref(vendor), "Line": [books.spend(5)], "TxnDate": "2026-01-20"}
    assert books.twin.create("Bill", body)["DueDate"] == "2026-02-04"


def time(books: Books, **more: Any) -> Body:
    body = form(books, "TimeActivity", **more)
    return {name: value for name, value in body.items() if value is not None}


def test_time_is_counted_or_from_when_to_when(books: Books) -> None:
    create = books.twin.create
    counted = create("TimeActivity", time(books, Minutes=None))
    assert (counted["Id"], counted["Hours"], counted["Minutes"], counted["HourlyRate"]) == ("1", 2, 0, 0)
    span = {"StartTime": "2026-02-02T08:00:00-08:00", "EndTime": "2026-02-02T17:30:00-08:00"}
    spanned = create("TimeActivity", time(books, Hours=None, Minutes=None, **span))
    assert {name: spanned[name] for name in span} == span
    assert "Hours" not in spanned
    assert spanned["Id"] == "2"
    for code, change in (
        ("2020", {"Hours": None, "Minutes": None}),
        ("2020", {"Hours": None, "Minutes": None, "StartTime": span["StartTime"]}),
        ("6000", {"StartTime": span["EndTime"], "EndTime": span["StartTime"]}),
        ("6000", {"Minutes": 60}),
        ("6000", {"HourlyRate": -1}),
        ("2020", {"BillableStatus": "Billable"}),
        ("2020", {"BillableStatus": "Billable", "HourlyRate": 5, "CustomerRef": None}),
        ("2170", {"BillableStatus": "HasBeenBilled"}),
        ("2020", {"VendorRef": None}),
    ):
        books.refused(code, create, "TimeActivity", time(books, **change))
    books.refused("4001", lambda: books.twin.change_feed(["TimeActivity"], books.clock.now))


def test_preferences_that_are_not_named_stay(books: Books) -> None:
    before = books.get("Preferences", "1")
    sent = {"Id": "1", "SyncToken": "0", "SalesFormsPrefs": {"CustomTxnNumbers": True}}
    after = books.twin.update("Preferences", sent)
    assert after["SyncToken"] == "1"
    assert after["SalesFormsPrefs"] == {**before["SalesFormsPrefs"], "CustomTxnNumbers": True}
    assert set(after) == set(before)


def test_an_invoice_that_claims_to_be_a_template_is_none(books: Books) -> None:
    info = {"Name": "Each month", "RecurType": "Automated"}
    made = books.twin.create("Invoice", books.sale(books.ann, 5, RecurringInfo=info, RecurDataRef=ref("5")))
    assert {"RecurringInfo", "RecurDataRef"} & set(made) == set()


def test_a_company_keeps_what_it_cannot_be_without(books: Books) -> None:
    before = books.get("CompanyInfo", "1")
    after = books.twin.update("CompanyInfo", {"Id": "1", "SyncToken": "0", "LegalName": "Garden and Sons Ltd"})
    assert after["LegalName"] == "Garden and Sons Ltd"
    for field in ("CompanyName", "Country", "FiscalYearStartMonth"):
        assert after[field] == before[field]
    for field in ("CompanyStartDate", "SupportedLanguages", "NameValue"):
        assert after[field] == before[field]
