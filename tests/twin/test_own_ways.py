"""The entities whose forms differ: templates, tax service, billable expenses, rates, budgets, time, entitlements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model import payload as payloads
from akika_forensics.twin.documents import schedule
from akika_forensics.twin.rules.recurring import KINDS
from tests.twin.conftest import Body, Books, ref
from tests.twin.life import RECIPES


def template(books: Books, kind: str, name: str = "Each month", **schedule_info: Any) -> Body:
    recipe = RECIPES[kind].body
    assert recipe is not None
    held = {"StartDate": "2026-01-31", "IntervalType": "Monthly", "DayOfMonth": 31, **schedule_info}
    return {kind: {**recipe(books), "RecurringInfo": {"Name": name, "RecurType": "Automated", "ScheduleInfo": held}}}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_template_is_wrapped_and_posts_nothing(books: Books, kind: str) -> None:
    body = template(books, kind)
    before = books.balances()
    parties = {key: payload for key, payload in books.twin.dump().items() if key[0] in {"Customer", "Vendor", "Item"}}
    count = books.twin.count(kind)
    made = books.twin.create("RecurringTransaction", body)
    assert list(made) == [kind]
    inner = made[kind]
    assert inner["RecurDataRef"] == {"value": inner["Id"]}
    assert inner["RecurringInfo"]["ScheduleInfo"]["NextDate"] == "2026-03-31"
    assert {"DocNumber", "TxnDate", "DueDate"} & set(inner) == set()
    assert inner["Line"] if kind != "Transfer" else inner["Amount"] == 5
    assert books.balances() == before
    after = books.twin.dump()
    assert {key: after[key] for key in parties} == parties
    assert books.twin.count(kind) == count
    found = books.twin.query(f"select * from RecurringTransaction where Type = '{kind}' and Id = '{inner['Id']}'")
    assert found["QueryResponse"]["RecurringTransaction"] == [made]
    gone = books.twin.delete("RecurringTransaction", {kind: {"Id": inner["Id"], "SyncToken": "0"}})
    assert gone == {"domain": "QBO", "status": "Deleted", kind: {"Id": inner["Id"]}}


def test_what_a_template_is_refused_for(books: Books) -> None:
    create = books.twin.create
    books.refused("2020", create, "RecurringTransaction", {})
    books.refused("2010", create, "RecurringTransaction", {"Payment": {"TotalAmt": 5}})
    books.refused("2020", create, "RecurringTransaction", {"Invoice": books.sale(books.ann, 5)})
    good = template(books, "Invoice")
    for field in ("Name", "RecurType"):
        poor = {"Invoice": {**good["Invoice"], "RecurringInfo": {**good["Invoice"]["RecurringInfo"], field: ""}}}
        assert field in books.refused("2020", create, "RecurringTransaction", poor).detail
    books.refused("2500", create, "RecurringTransaction", {"Invoice": {**good["Invoice"], "CustomerRef": ref("99")}})
    made = create("RecurringTransaction", good)["Invoice"]
    books.refused("6240", create, "RecurringTransaction", good)
    delete = books.twin.delete
    books.refused("610", delete, "RecurringTransaction", {"Bill": {"Id": made["Id"], "SyncToken": "0"}})
    books.refused("5010", delete, "RecurringTransaction", {"Invoice": {"Id": made["Id"], "SyncToken": "7"}})
    books.refused("2020", delete, "RecurringTransaction", {"Invoice": {"Id": made["Id"]}})
    books.refused("500", books.twin.update, "RecurringTransaction", {"Invoice": made})


@pytest.mark.parametrize(
    ("info", "today", "due"),
    [
        ({"IntervalType": "Monthly", "DayOfMonth": 31}, "2026-02-01", "2026-02-28"),
        ({"IntervalType": "Monthly", "DayOfMonth": 15}, "2026-01-31", "2026-02-15"),
        ({"IntervalType": "Monthly", "NumInterval": 3, "DayOfMonth": 31}, "2026-02-01", "2026-04-30"),
        ({"IntervalType": "Monthly", "WeekOfMonth": 2, "DayOfWeek": "Tuesday"}, "2026-02-01", "2026-02-10"),
        ({"IntervalType": "Monthly", "WeekOfMonth": 5, "DayOfWeek": "Friday"}, "2026-02-01", "2026-02-27"),
        ({"IntervalType": "Weekly", "NumInterval": 2, "DayOfWeek": "Monday"}, "2026-02-03", "2026-02-16"),
        ({"IntervalType": "Daily", "NumInterval": 10}, "2026-02-01", "2026-02-10"),
        ({"IntervalType": "Yearly", "MonthOfYear": "January", "DayOfMonth": 5}, "2026-02-01", "2027-01-05"),
        ({"IntervalType": "Monthly", "DayOfMonth": 1, "EndDate": "2026-02-15"}, "2026-02-20", None),
        ({"IntervalType": "Monthly", "DayOfMonth": 31, "MaxOccurrences": 2}, "2026-03-01", None),
        ({"IntervalType": "Daily"}, "2025-12-01", "2026-01-31"),
    ],
)
def test_when_a_template_is_due_next(info: Body, today: str, due: str | None) -> None:
    found = schedule.next_date({"StartDate": "2026-01-31", **info}, date.fromisoformat(today))
    assert found == (date.fromisoformat(due) if due else None)


@given(
    kind=st.sampled_from(schedule.INTERVALS),
    step=st.integers(1, 6),
    day=st.integers(1, 31),
    today=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_the_next_date_is_never_past_and_follows_the_one_before(kind: str, step: int, day: int, today: date) -> None:
    info = {"StartDate": "2020-01-01", "IntervalType": kind, "NumInterval": step, "DayOfMonth": day}
    first = schedule.next_date(info, today)
    assert first is not None
    assert first >= today
    assert schedule.next_date(info, first) == first


def test_the_tax_service_makes_a_code_and_its_rates(books: Books) -> None:
    twin = books.twin
    agency = books.made("TaxAgency", {"DisplayName": "Revenue"})
    fresh = {"TaxRateName": "State", "RateValue": "7.1", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
    made = twin.create("TaxService", {"TaxCode": "Town", "TaxRateDetails": [fresh]})
    assert list(made) == ["TaxCode", "TaxCodeId", "TaxRateDetails"]
    (row,) = made["TaxRateDetails"]
    assert row == {**fresh, "TaxRateId": row["TaxRateId"], "RateValue": Decimal("7.1")}
    again = twin.create("TaxService", {"TaxCode": "Both", "TaxRateDetails": [{"TaxRateId": row["TaxRateId"]}]})
    code = books.get("TaxCode", again["TaxCodeId"])
    (held,) = code["SalesTaxRateList"]["TaxRateDetail"]
    assert held["TaxRateRef"] == {"value": row["TaxRateId"], "name": "State"}
    sold = books.sale(books.ann, 100, TxnTaxDetail={"TxnTaxCodeRef": ref(made["TaxCodeId"])})
    sold["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = ref("TAX")
    assert twin.create("Invoice", sold)["TotalAmt"] == Decimal("107.1")
    for code_name, detail, fault in (
        ("Town", fresh, "6240"),
        ("Other", fresh, "6240"),
        ("Other", {**fresh, "TaxRateName": "City", "TaxAgencyId": "99"}, "2500"),
        ("Other", {"TaxRateId": "99"}, "2500"),
        ("Other", {**fresh, "TaxRateName": ""}, "2020"),
        ("Other", {**fresh, "TaxRateName": "City", "TaxApplicableOn": "Both"}, "2170"),
        ("", fresh, "2020"),
    ):
        books.refused(fault, twin.create, "TaxService", {"TaxCode": code_name, "TaxRateDetails": [detail]})
    taken = books.refused("6240", twin.create, "TaxService", {"TaxCode": "Other", "TaxRateDetails": [fresh]})
    assert taken.detail.endswith("Another tax rate is already using this \nname. Please use a different name.")


def billable(books: Books, amount: Any = 18, **more: Any) -> Body:
    line = books.spend(amount)
    line["AccountBasedExpenseLineDetail"] |= {"BillableStatus": "Billable", "CustomerRef": ref(books.ann)}
    return line | more


def charges(books: Books) -> list[Body]:
    return [payloads.decode(payload) for payload in books.twin.payloads("ReimburseCharge")]


def test_a_billable_line_leaves_a_charge_and_an_invoice_bills_it(books: Books) -> None:
    twin = books.twin
    bill = twin.create("Bill", {"VendorRef": ref(books.lumber), "Line": [billable(books, Description="Boards")]})
    (charge,) = charges(books)
    assert (charge["Amount"], charge["HasBeenInvoiced"], charge["CustomerRef"]["value"]) == (18, False, books.ann)
    assert charge["Line"][0]["Description"] == "Boards"
    assert int(charge["Id"]) == int(bill["Id"]) + 1
    line = bill["Line"][0]
    bill = twin.update("Bill", {**bill, "Line": [{**line, "Amount": 20}]})
    (charge,) = charges(books)
    assert (charge["Amount"], charge["SyncToken"]) == (20, "1")
    sale = books.sale(books.ann, 20)
    sale["Line"][0]["LinkedTxn"] = [{"TxnId": charge["Id"], "TxnType": "ReimburseCharge"}]
    invoice = twin.create("Invoice", sale)
    (charge,) = charges(books)
    assert charge["HasBeenInvoiced"]
    assert charge["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    billed = books.get("Bill", bill["Id"])
    assert billed["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] == "HasBeenBilled"
    assert billed["SyncToken"] == bill["SyncToken"]
    twin.delete("Invoice", {"Id": invoice["Id"], "SyncToken": "0"})
    (charge,) = charges(books)
    assert not charge["HasBeenInvoiced"]
    assert "LinkedTxn" not in charge
    open_again = books.get("Bill", bill["Id"])
    assert open_again["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] == "Billable"
    twin.delete("Bill", {"Id": bill["Id"], "SyncToken": open_again["SyncToken"]})
    assert charges(books) == []
    assert twin.store.out_of_balance() == []


def test_a_charge_goes_with_its_line_and_leaves_the_invoice(books: Books) -> None:
    twin = books.twin
    body = {"PaymentType": "Cash", "AccountRef": ref(books.checking), "Line": [billable(books), billable(books, 5)]}
    bought = twin.create("Purchase", body)
    first, second = sorted(charges(books), key=lambda charge: int(charge["Id"]))
    sale = books.sale(books.ann, 18, LinkedTxn=[{"TxnId": first["Id"], "TxnType": "ReimburseCharge"}])
    invoice = twin.create("Invoice", sale)
    bought = books.get("Purchase", bought["Id"])
    twin.update("Purchase", {**bought, "TotalAmt": 5, "Line": [bought["Line"][1]]})
    assert [charge["Id"] for charge in charges(books)] == [second["Id"]]
    assert books.get("Invoice", invoice["Id"])["LinkedTxn"] == []


def test_a_line_that_is_not_billable_leaves_no_charge(books: Books) -> None:
    books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [books.spend(4)]})
    assert charges(books) == []
    made = books.twin.create("Bill", {"VendorRef": ref(books.lumber), "Line": [billable(books)]})
    line = made["Line"][0]
    line["AccountBasedExpenseLineDetail"]["BillableStatus"] = "NotBillable"
    books.twin.update("Bill", {**made, "Line": [line]})
    assert charges(books) == []


def multicurrency(books: Books) -> None:
    body = books.get("Preferences", "1")
    body["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    books.twin.put_raw("Preferences", payloads.encode(body))


def test_a_rate_holds_until_the_next_one(books: Books) -> None:
    twin = books.twin
    rate = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-10", "Rate": "1.10"}
    books.refused("5030", twin.update, "ExchangeRate", rate)
    multicurrency(books)
    made = twin.update("ExchangeRate", rate)
    assert "Id" not in made
    assert (made["Rate"], made["TargetCurrencyCode"]) == (Decimal("1.1"), "USD")
    twin.update("ExchangeRate", {**rate, "AsOfDate": "2026-02-10", "Rate": 1.2})
    twin.update("ExchangeRate", {**rate, "AsOfDate": "2026-02-10", "Rate": 1.3})
    assert twin.count("ExchangeRate") == 2

    def on(day: str, code: str = "EUR") -> Any:
        return payloads.decode(twin.exchange_rate(code, date.fromisoformat(day)))["Rate"]

    assert (on("2026-01-10"), on("2026-02-09"), on("2026-02-10")) == (Decimal("1.1"), Decimal("1.1"), Decimal("1.3"))
    assert on("2020-01-01", "USD") == 1
    books.refused("610", on, "2026-01-09")
    for poor, code in (({"Rate": 0}, "2020"), ({"Rate": -1}, "6000"), ({"SourceCurrencyCode": "USD"}, "6000")):
        books.refused(code, twin.update, "ExchangeRate", {**rate, **poor})


def test_a_budget_is_checked(books: Books) -> None:
    recipe = RECIPES["Budget"].body
    assert recipe is not None
    good = recipe(books)
    made = books.twin.create("Budget", good)
    assert (made["BudgetType"], made["BudgetEntryType"], made["Active"]) == ("ProfitAndLoss", "Monthly", True)
    assert made["BudgetDetail"][0]["AccountRef"]["name"] == "Rent"
    books.refused("6240", books.twin.create, "Budget", good)
    books.refused("6000", books.twin.create, "Budget", {**good, "Name": "B", "EndDate": "2025-01-01"})
    books.refused("2020", books.twin.create, "Budget", {**good, "Name": "B", "StartDate": ""})
    poor = [{**good["BudgetDetail"][0], "AccountRef": ref("99")}]
    books.refused("2500", books.twin.create, "Budget", {**good, "Name": "B", "BudgetDetail": poor})


def test_entitlements_follow_the_preferences(books: Books) -> None:
    found = books.twin.entitlements()
    assert found["PlanName"] == "QuickBooks Online Plus"
    terms = {row["name"]: row["term"] for row in found["Entitlement"]}
    assert (terms["Sales Tax"], terms["Multiple Currencies"]) == ("On", "Off")
    multicurrency(books)
    assert {row["name"]: row["term"] for row in books.twin.entitlements()["Entitlement"]}["Multiple Currencies"] == "On"
