"""Sales by customer, place, class and item, expenses by vendor, income by customer: hand-worked, recorded, recounted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.payload import encode
from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.reports import sheet
from tests.twin.conftest import Body, Books, ref
from tests.twin.report_rows import flat, grand, has_data, titles
from tests.twin.tax_scene import add_taxes, taxed

WINTER = {"start_date": "2026-01-01", "end_date": "2026-02-28"}


def detail(line: Body, **more: Any) -> Body:
    kind = line["DetailType"]
    return {**line, kind: {**line[kind], **more}}


class Selling(Books):
    """Ann buys digging for 100 in January (north), her job 4 pumps for 36 in February (south), Bob returns 10."""

    def __init__(self) -> None:
        super().__init__()
        self.north = self.made("Class", {"Name": "North"})
        self.south = self.made("Class", {"Name": "South", "ParentRef": ref(self.north)})
        self.shop = self.made("Department", {"Name": "Shop"})
        january = self.sale(self.ann, 100, qty=2, TxnDate="2026-01-10", DepartmentRef=ref(self.shop))
        january["Line"] = [detail(january["Line"][0], ClassRef=ref(self.north))]
        february = self.sale(self.job, 36, item=self.pump, qty=4, TxnDate="2026-02-05")
        february["Line"] = [detail(february["Line"][0], ClassRef=ref(self.south))]
        self.made("Invoice", january)
        self.made("SalesReceipt", february)
        self.made("CreditMemo", self.sale(self.bob, 10, qty=1, TxnDate="2026-02-20"))


@pytest.fixture
def selling() -> Iterator[Selling]:
    made = Selling()
    yield made
    made.twin.close()


def test_sales_by_customer(selling: Selling) -> None:
    report = selling.twin.report("CustomerSales", **WINTER)
    assert report["Header"]["SummarizeColumnsBy"] == "Total"
    assert report["Columns"]["Column"][0] == {"ColTitle": "", "ColType": "Customer"}
    assert flat(report) == [
        (0, "header", ["Ann", "100.00"]),
        (1, "row", ["Shed", "36.00"]),
        (0, "total", ["Total Ann", "136.00"]),
        (0, "row", ["Bob", "-10.00"]),
        (0, "total", ["TOTAL", "126.00"]),
    ]
    by_month = selling.twin.report("CustomerSales", summarize_column_by="Month", **WINTER)
    assert titles(by_month) == ["", "Jan 2026", "Feb 2026", "TOTAL"]
    assert flat(by_month)[0][2] == ["Ann", "100.00", "", "100.00"]
    assert flat(by_month)[-1][2] == ["TOTAL", "100.00", "26.00", "126.00"]


def test_sales_by_class_in_the_form_of_the_sample(selling: Selling) -> None:
    """Source: QuickBooks' sample of ClassSales: the Id is the group of the row."""
    report = selling.twin.report("ClassSales", **WINTER)
    north = selling.north
    section, nothing, total = report["Rows"]["Row"]
    assert section == {
        "Header": {"ColData": [{"value": "North"}, {"value": "100.00"}]},
        "Rows": {"Row": [{"ColData": [{"value": "South"}, {"value": "36.00"}], "type": "Data"}]},
        "Summary": {"ColData": [{"value": "Total North"}, {"value": "136.00"}]},
        "type": "Section",
        "group": north,
    }
    assert nothing == {"ColData": [{"value": "Not Specified"}, {"value": "-10.00"}], "group": "**"}
    assert total["group"] == "GrandTotal"
    assert grand(report) == 126


def test_sales_by_place(selling: Selling) -> None:
    report = selling.twin.report("DepartmentSales", **WINTER)
    assert flat(report) == [
        (0, "row", ["Shop", "100.00"]),
        (0, "row", ["Not Specified", "26.00"]),
        (0, "total", ["Total", "126.00"]),
    ]
    assert report["Rows"]["Row"][0]["group"] == selling.shop


def test_columns_by_other_lists(selling: Selling) -> None:
    report = selling.twin.report("CustomerSales", summarize_column_by="Classes", **WINTER)
    assert titles(report) == ["", "North", "South", "Not Specified", "TOTAL"]
    assert flat(report)[-1][2] == ["TOTAL", "100.00", "36.00", "-10.00", "126.00"]
    report = selling.twin.report("ClassSales", summarize_column_by="Customers", **WINTER)
    assert titles(report) == ["", "Ann", "Bob", "Shed", "TOTAL"]
    report = selling.twin.report("CustomerSales", summarize_column_by="ProductsAndServices", **WINTER)
    assert titles(report) == ["", "Digging", "Pump", "TOTAL"]


def test_filters(selling: Selling) -> None:
    twin = selling.twin
    assert grand(twin.report("CustomerSales", customer=selling.job, **WINTER)) == 36
    assert grand(twin.report("CustomerSales", item=selling.digging, **WINTER)) == 90
    assert grand(twin.report("ItemSales", **{"class": selling.north}, **WINTER), 2) == 100
    assert grand(twin.report("DepartmentSales", department=selling.shop, **WINTER)) == 100
    assert not has_data(twin.report("CustomerSales", customer="' OR '1'='1", **WINTER))
    selling.refused("5030", twin.report, "CustomerSales", vendor="1")
    selling.refused("2170", twin.report, "CustomerSales", summarize_column_by="Colours")
    selling.refused("2060", twin.report, "ItemSales", start_duedate="soon")
    selling.refused("5030", twin.report, "CustomerIncome", term="1")
    selling.refused("5030", twin.report, "CustomerIncome", summarize_column_by="Month")
    assert has_data(twin.report("CustomerIncome", summarize_column_by="Total", **WINTER))
    selling.refused("5030", twin.report, "TaxSummary", summarize_column_by="Month")


def test_items_with_quantity_price_and_cost(selling: Selling) -> None:
    report = selling.twin.report("ItemSales", **WINTER)
    assert flat(report) == [
        (0, "row", ["Digging", "1.00", "90.00", "71.43 %", "90.00", "", "", ""]),
        (0, "row", ["Pump", "4.00", "36.00", "28.57 %", "9.00", "16.00", "20.00", "55.56 %"]),
        (0, "row", ["TOTAL", "", "126.00", "100.00 %", "", "16.00", "", ""]),
    ]
    by_month = selling.twin.report("ItemSales", summarize_column_by="Month", **WINTER)
    assert titles(by_month) == ["", "Jan 2026", "Feb 2026", "TOTAL"]
    assert {len(row) for _, _, row in flat(by_month)} == {22}
    assert flat(by_month)[1][2][1:8] == [""] * 7
    assert flat(by_month)[0][2][1:4] == ["2.00", "100.00", "100.00 %"]


def test_the_form_of_items_is_the_recorded_one(selling: Selling, shared_data: Path) -> None:
    recorded = json.loads((shared_data / "recorded/quickbooks-types/report2.json").read_text(encoding="utf-8"))
    dates = {"start_date": "2025-06-01", "end_date": "2025-06-30"}
    selling.made("Invoice", selling.sale(selling.ann, 55, TxnDate="2025-06-03"))
    report = selling.twin.report("ItemSales", **dates)
    assert report["Columns"] == recorded["Columns"]
    assert sheet.width(report["Columns"]["Column"]) == 8
    assert report["Header"].keys() == recorded["Header"].keys() - {"DateMacro"}
    assert report["Header"]["Option"] == recorded["Header"]["Option"]
    assert report["Rows"]["Row"][0].keys() == recorded["Rows"]["Row"][0].keys()
    assert report["Rows"]["Row"][-1].keys() == recorded["Rows"]["Row"][-1].keys()


def test_discounts_and_shipping_are_sales_and_tax_is_none(books: Books) -> None:
    add_taxes(books)
    body = taxed(books.sale(books.ann, 100, TxnDate="2026-01-10"), "2")
    discount = {
        "Amount": 10,
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": False},
    }
    made = books.twin.create("Invoice", {**body, "Line": [*body["Line"], discount]})
    assert Decimal(str(made["TxnTaxDetail"]["TotalTax"])) > 0
    assert grand(books.twin.report("CustomerSales", **WINTER)) == 90
    rows = flat(books.twin.report("ItemSales", **WINTER))
    assert rows[1][2] == ["Not Specified", "", "-10.00", "-11.11 %", "", "", "", ""]


def test_sales_on_the_cash_basis_are_what_was_paid(selling: Selling) -> None:
    twin = selling.twin
    found = twin.query("select * from Invoice")["QueryResponse"]["Invoice"][0]
    selling.made(
        "Payment",
        {
            "CustomerRef": ref(selling.ann),
            "TxnDate": "2026-02-25",
            **selling.pays(40, ("Invoice", found["Id"], 40)),
        },
    )
    report = twin.report("CustomerSales", accounting_method="Cash", **WINTER)
    assert report["Header"]["ReportBasis"] == "Cash"
    assert grand(report) == 76
    assert grand(twin.report("ClassSales", accounting_method="Cash", **WINTER)) == 76
    items = twin.report("ItemSales", accounting_method="Cash", **WINTER)
    assert grand(items, 2) == 76
    assert {(row[1], row[4]) for _, _, row in flat(items)} == {("", "")}  # neither a quantity nor a price of one


def test_what_vendors_cost(books: Books) -> None:
    """A check without a payee has a row of its own; what goes to an asset is no expense."""
    bill = {"VendorRef": ref(books.power), "TxnDate": "2026-01-10"}
    books.made("Bill", {**bill, "Line": [books.spend(70), books.stock_up(2, 9)]})
    books.made("VendorCredit", {**bill, "Line": [books.spend(20)]})
    check = {"PaymentType": "Check", "AccountRef": ref(books.checking), "TxnDate": "2026-02-01"}
    books.made("Purchase", {**check, "Line": [books.spend(5)]})
    lumber = {"EntityRef": {"type": "Vendor", **ref(books.lumber)}}
    books.made("Purchase", {**check, **lumber, "Line": [books.spend(8)]})
    books.made("Invoice", books.sale(books.ann, 18, item=books.pump, qty=2, TxnDate="2026-02-02"))
    report = books.twin.report("VendorExpenses", **WINTER)
    assert report["Columns"]["Column"][0] == {"ColTitle": "", "ColType": "Vendor"}
    assert flat(report) == [
        (0, "row", ["Lumber Co", "8.00"]),
        (0, "row", ["Power Co", "50.00"]),
        (0, "row", ["Not Specified", "5.00"]),
        (0, "total", ["TOTAL", "63.00"]),
    ]
    assert grand(books.twin.report("VendorExpenses", vendor=books.power, **WINTER)) == 50
    cash = books.twin.report("VendorExpenses", accounting_method="Cash", **WINTER)
    assert grand(cash) == 13
    assert books.twin.report("VendorExpenses")["Header"]["DateMacro"] == "this calendar year-to-date"


def test_income_of_customers_is_their_part_of_the_result(selling: Selling) -> None:
    line = detail(selling.spend(30), CustomerRef=ref(selling.ann))
    selling.made("Bill", {"VendorRef": ref(selling.power), "TxnDate": "2026-02-10", "Line": [line, selling.spend(7)]})
    report = selling.twin.report("CustomerIncome", **WINTER)
    assert titles(report) == ["", "Income", "Expenses", "Net Income"]
    assert "SummarizeColumnsBy" not in report["Header"]
    assert flat(report) == [
        (0, "header", ["Ann", "100.00", "-30.00", "70.00"]),
        (1, "row", ["Shed", "36.00", "-16.00", "20.00"]),
        (0, "total", ["Total Ann", "136.00", "-46.00", "90.00"]),
        (0, "row", ["Bob", "-10.00", "0.00", "-10.00"]),
        (0, "total", ["TOTAL", "126.00", "-46.00", "80.00"]),
    ]
    result = selling.twin.report("ProfitAndLoss", summarize_column_by="Customers", **WINTER)
    net = dict(
        zip(titles(result)[1:], next(row for _, _, row in flat(result) if row[0] == "Net Income")[1:], strict=True)
    )
    assert net == {"Ann": "70.00", "Shed": "20.00", "Bob": "-10.00", "Not Specified": "-7.00", "TOTAL": "73.00"}


def test_names_stay_text_and_inactive_ones_carry_their_mark(books: Books) -> None:
    name = "=cmd|'/c calc'!A1"
    nasty = books.made("Customer", {"DisplayName": name})
    books.made("Invoice", books.sale(nasty, 5, TxnDate="2026-01-10"))
    assert flat(books.twin.report("CustomerSales", **WINTER))[0][2][0] == name
    books.twin.put_raw("Customer", encode({**books.get("Customer", nasty), "Active": False}))
    assert flat(books.twin.report("CustomerSales", **WINTER))[0][2][0] == f"{name} (deleted)"
    assert flat(books.twin.report("ItemSales", summarize_column_by="Customers", **WINTER))


steps = st.lists(
    st.tuples(
        st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "void"]),
        st.integers(0, 5),
        st.integers(1, 400).map(lambda quarters: Decimal(quarters) / 4),
        st.sampled_from(["2026-01-05", "2026-01-20", "2026-02-10"]),
    ),
    max_size=10,
)


@given(steps, st.sampled_from(["Accrual", "Cash"]))
def test_all_ways_of_cutting_sales_make_the_same_sum(found: list[Any], basis: str) -> None:
    """And with one account of income and nothing but sales, that is the income of the result."""
    books = Books()
    made: list[tuple[str, str]] = []
    for what, pick, amount, day in found:
        customer = (books.ann, books.bob, books.job)[pick % 3]
        try:
            if what == "void":
                entity, record_id = made[pick % len(made)] if made else ("", "")
                if entity:
                    books.twin.void(entity, books.get(entity, record_id))
            elif what == "Payment":
                owed = [one for one in made if one[0] == "Invoice"][:1]
                part = min(amount, Decimal(str(books.get("Invoice", owed[0][1])["Balance"]))) if owed else 0
                links = [("Invoice", owed[0][1], part)] if part else []
                whose = books.get("Invoice", owed[0][1])["CustomerRef"] if owed else ref(customer)
                books.made("Payment", {"CustomerRef": whose, "TxnDate": day, **books.pays(part or amount, *links)})
            else:
                item, qty = (books.pump, pick + 1) if pick % 2 else (books.digging, 1)
                more: Body = {"DepositToAccountRef": ref(books.checking)} if what == "RefundReceipt" else {}
                made.append(
                    (what, books.made(what, books.sale(customer, amount, item=item, qty=qty, TxnDate=day, **more)))
                )
        except QuickBooksFault:
            continue
    asked = {"accounting_method": basis, "start_date": "2026-01-01", "end_date": "2026-12-31"}
    reports = ["CustomerSales", "DepartmentSales", "ClassSales"]
    sums = {grand(books.twin.report(name, **asked)) for name in reports}
    sums |= {grand(books.twin.report(name, summarize_column_by="Month", **asked)) for name in reports}
    sums.add(grand(books.twin.report("ItemSales", **asked), 2))
    result = books.twin.report("ProfitAndLoss", **asked)
    income = [row for _, part, row in flat(result) if row[0] == "Sales"]
    sums.add(Decimal(income[0][1]) if income else Decimal(0))
    assert len(sums) == 1
    cost = [row for _, part, row in flat(result) if row[0] == "Cost of goods"]
    whole = flat(books.twin.report("ItemSales", **asked))
    assert (Decimal(whole[-1][2][5]) if whole else 0) == (Decimal(cost[0][1]) if cost else 0)
    books.twin.close()


def test_what_is_given_away_is_counted_and_a_percentage_is_the_price_of_a_discount(books: Books) -> None:
    """Source: recorded ItemSales: ten per cent of 293.68 are -293.68 at 0.10."""
    free = books.sale(books.ann, 0, TxnDate="2026-01-10")["Line"][0]
    body = books.sale(books.ann, Decimal("293.68"), qty=1, TxnDate="2026-01-10")
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    lines = [*body["Line"], detail(free, ItemRef=ref(books.digging), Qty=3), discount]
    made = books.twin.create("Invoice", {**body, "Line": lines})
    assert flat(books.twin.report("ItemSales", **WINTER)) == [
        (0, "row", ["Digging", "4.00", "293.68", "111.11 %", "73.42", "", "", ""]),
        (0, "row", ["Not Specified", "-293.68", "-29.37", "-11.11 %", "0.10", "", "", ""]),
        (0, "row", ["TOTAL", "", "264.31", "100.00 %", "", "0.00", "", ""]),
    ]
    assert flat(books.twin.report("ItemSales", accounting_method="Cash", **WINTER)) == []
    books.twin.void("Invoice", made)
    assert flat(books.twin.report("ItemSales", **WINTER)) == []
    books.made("Invoice", {**books.sale(books.bob, 0, TxnDate="2026-02-01"), "Line": [detail(free, Qty=2)]})
    assert flat(books.twin.report("ItemSales", customer=books.bob, **WINTER))[0][2] == [
        "Digging", "2.00", "0.00", "0.00 %", "0.00", "", "", "",
    ]  # fmt: skip
    assert flat(books.twin.report("ItemSales", customer=books.ann, **WINTER)) == []
