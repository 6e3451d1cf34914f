"""Statements by list and by time, kept to a part, on both bases: hand-worked, and what holds of any books."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.reports.figures import CUTS
from akika_forensics.twin.reports.periods import CUTS as SPANS
from tests.twin.cash_scene import bill, credit, feb, invoice, live, lives, pay, receive
from tests.twin.conftest import Body, Books, ref
from tests.twin.test_statements import check_sums, group, lines, numbers, total, values, walk

JANUARY_ON = {"start_date": "2026-01-01", "end_date": "2026-02-28"}


class Tracked(Books):
    """A class, a location, an employee; sales and purchases with and without them."""

    def __init__(self) -> None:
        super().__init__()
        self.north = self.made("Class", {"Name": "North"})
        self.shop = self.made("Department", {"Name": "Shop"})
        self.ed = self.made("Employee", {"GivenName": "Ed", "FamilyName": "Oak"})
        body = self.sale(self.ann, 100, TxnDate=feb(1), DepartmentRef=ref(self.shop))
        body["Line"][0]["SalesItemLineDetail"]["ClassRef"] = ref(self.north)
        self.sold = self.made("Invoice", body)
        invoice(self, 40, 2, Line=self.sale(self.ann, 40, item=self.pump, qty=4)["Line"])
        spent = self.spend(30)
        spent["AccountBasedExpenseLineDetail"] |= {"CustomerRef": ref(self.bob), "ClassRef": ref(self.north)}
        bill(self, 30, 3, spent)
        spent = {"PaymentType": "Cash", "AccountRef": ref(self.checking), "Line": [self.spend(7)], "TxnDate": feb(4)}
        self.made("Purchase", {**spent, "EntityRef": {"value": self.ed, "type": "Employee"}})


@pytest.fixture
def tracked() -> Iterator[Tracked]:
    made = Tracked()
    yield made
    made.twin.close()


def by(books: Books, name: str, cut: str, **more: str) -> dict[str, Decimal]:
    """Net income by title of column."""
    report = books.twin.report(name, **JANUARY_ON, summarize_column_by=cut, **more)
    titles = [one["ColTitle"] for one in report["Columns"]["Column"]]
    return dict(zip(titles[1:], total(report, "NetIncome"), strict=True))


@pytest.mark.parametrize(
    ("cut", "wanted"),
    [
        ("Customers", {"Ann": 124, "Bob": -30, "Not Specified": -7, "TOTAL": 87}),
        ("Vendors", {"Power Co": -30, "Not Specified": 117, "TOTAL": 87}),
        ("Employees", {"Ed Oak": -7, "Not Specified": 94, "TOTAL": 87}),
        ("Departments", {"Shop": 100, "Not Specified": -13, "TOTAL": 87}),
        ("Classes", {"North": 70, "Not Specified": 17, "TOTAL": 87}),
        ("ProductsAndServices", {"Digging": 100, "Pump": 24, "Not Specified": -37, "TOTAL": 87}),
    ],
)
@pytest.mark.parametrize("name", ["ProfitAndLoss", "BalanceSheet", "CashFlow"])
def test_by_a_list(tracked: Tracked, name: str, cut: str, wanted: dict[str, int]) -> None:
    found = by(tracked, name, cut)
    assert found["TOTAL"] == 87
    if name == "ProfitAndLoss":
        assert found == wanted
    else:
        assert {title: value for title, value in found.items() if value} == wanted


def test_headings_of_a_list(tracked: Tracked) -> None:
    report = tracked.twin.report("ProfitAndLoss", **JANUARY_ON, summarize_column_by="classes")
    assert report["Header"]["SummarizeColumnsBy"] == "Classes"
    assert report["Columns"]["Column"][1:] == [
        {"ColTitle": "North", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": tracked.north}]},
        {"ColTitle": "Not Specified", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "not_specified"}]},
        {"ColTitle": "TOTAL", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]},
    ]


@pytest.mark.parametrize(
    ("filters", "income"),
    [
        ({"customer": "ann"}, 124),
        ({"customer": "ann,bob"}, 94),
        ({"vendor": "power"}, -30),
        ({"employee": "ed"}, -7),
        ({"department": "shop"}, 100),
        ({"class": "north"}, 70),
        ({"class": "north", "customer": "bob"}, -30),
        ({"item": "pump"}, 24),
    ],
)
@pytest.mark.parametrize("name", ["ProfitAndLoss", "BalanceSheet", "CashFlow"])
def test_kept_to_a_part(tracked: Tracked, name: str, filters: dict[str, str], income: int) -> None:
    asked = {kind: ",".join(getattr(tracked, one) for one in names.split(",")) for kind, names in filters.items()}
    for cut in ("Total", "Month", "Customers"):
        report = tracked.twin.report(name, **JANUARY_ON, summarize_column_by=cut, **asked)
        assert total(report, "NetIncome")[-1] == income
        assert {key.capitalize(): value for key, value in asked.items()}.items() <= report["Header"].items()


def test_cash_counts_classes_and_items_as_far_as_they_are_paid(tracked: Tracked) -> None:
    receive(tracked, 60, 20, ("Invoice", tracked.sold, 60))
    assert by(tracked, "ProfitAndLoss", "Classes", accounting_method="Cash") == {
        "North": 60, "Not Specified": -7, "TOTAL": 53,
    }  # fmt: skip
    assert by(tracked, "ProfitAndLoss", "ProductsAndServices", accounting_method="Cash")["Digging"] == 60
    assert by(tracked, "ProfitAndLoss", "Customers", accounting_method="Cash")["Ann"] == 60


def test_an_inactive_name_is_marked_in_its_heading(tracked: Tracked) -> None:
    tracked.twin.update("Customer", {**tracked.get("Customer", tracked.bob), "Active": False})
    titles = by(tracked, "ProfitAndLoss", "Customers")
    assert "Bob (deleted)" in titles


def test_cash_flow_tells_where_the_cash_came_from(tracked: Tracked) -> None:
    books = tracked
    truck = books.made("Account", {"Name": "Truck", "AccountType": "Fixed Asset", "AccountSubType": "Vehicles"})
    worn = books.made(
        "Account", {"Name": "Worn", "AccountType": "Fixed Asset", "AccountSubType": "AccumulatedDepreciation"}
    )
    loan = books.made("Account", {"Name": "Loan", "AccountType": "Long Term Liability"})
    for source, target, amount in ((books.checking, truck, 50), (loan, books.checking, 80)):
        moved = {"FromAccountRef": ref(source), "ToAccountRef": ref(target), "Amount": amount}
        books.made("Transfer", {**moved, "TxnDate": feb(6)})
    entry(books, 7, (books.rent, 5), (worn, -5))
    books.made("SalesReceipt", books.sale(books.ann, 11, TxnDate="2026-01-20"))
    report = books.twin.report("CashFlow", start_date=feb(1), end_date=feb(28))
    assert [(row.get("group"), values(row.get("Summary") or row)) for row in walk(report["Rows"])] == [
        ("OperatingActivities", ["Net cash provided by operating activities", "-7.00"]),
        ("NetIncome", ["Net Income", "82.00"]),
        (
            "OperatingAdjustments",
            ["Total Adjustments to reconcile Net Income to Net Cash provided by operations:", "-89.00"],
        ),
        (None, ["Accounts Receivable (A/R)", "-140.00"]),
        (None, ["Stock", "16.00"]),
        (None, ["Worn", "5.00"]),
        (None, ["Accounts Payable (A/P)", "30.00"]),
        ("InvestingActivities", ["Net cash provided by investing activities", "-50.00"]),
        (None, ["Truck", "-50.00"]),
        ("FinancingActivities", ["Net cash provided by financing activities", "80.00"]),
        (None, ["Loan", "80.00"]),
        ("CashIncrease", ["Net cash increase for period", "23.00"]),
        ("BeginningCash", ["Cash at beginning of period", "11.00"]),
        ("EndingCash", ["Cash at end of period", "34.00"]),
    ]


def test_an_empty_cash_flow_says_so(books: Books) -> None:
    report = books.twin.report("CashFlow", start_date="2020-01-01", end_date="2020-12-31")
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "true"}]
    assert values(group(report, "EndingCash")["Summary"]) == ["Cash at end of period", ""]


def entry(books: Books, day: int, *sides: tuple[str, int]) -> None:
    def line(account: str, amount: int) -> Body:
        detail = {"PostingType": "Debit" if amount > 0 else "Credit", "AccountRef": ref(account)}
        return {"Amount": abs(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    books.made("JournalEntry", {"TxnDate": feb(day), "Line": [line(*side) for side in sides]})


def leaves(report: Body) -> Iterator[list[Decimal]]:
    for row in walk(report["Rows"]):
        if "ColData" in row:
            yield numbers(row)
        elif "Summary" in row:
            yield numbers(row["Summary"])


@given(lives(), st.sampled_from([*CUTS, *SPANS]), st.sampled_from(["Accrual", "Cash"]))
def test_columns_add_up_and_agree_with_the_total(acts: list[tuple[Any, ...]], cut: str, basis: str) -> None:
    books = Books()
    live(books, acts)
    period = {"start_date": "2026-01-30", "end_date": feb(20)}
    for name in ("ProfitAndLoss", "CashFlow", "BalanceSheet"):
        wide = books.twin.report(name, **period, summarize_column_by=cut, accounting_method=basis)
        whole = books.twin.report(name, **period, accounting_method=basis)
        if name != "CashFlow":
            for row in wide["Rows"]["Row"]:
                check_sums(row)
        assert {one: Decimal(row[-1] or 0) for one, row in lines(wide).items()} == {
            one: Decimal(row[-1] or 0) for one, row in lines(whole).items()
        }
        if name == "BalanceSheet":
            assert total(wide, "TotalAssets")[-1] == total(wide, "TotalLiabilitiesAndEquity")[-1]
            if cut in SPANS:
                assert total(wide, "TotalAssets") == total(wide, "TotalLiabilitiesAndEquity")
        elif name == "ProfitAndLoss":
            for row in leaves(wide):
                assert sum(row[:-1]) == row[-1]
    books.twin.close()


@given(lives(), st.sampled_from(list(SPANS)))
def test_cash_at_the_end_is_what_the_balance_sheet_says(acts: list[tuple[Any, ...]], cut: str) -> None:
    books = Books()
    live(books, acts)
    ask = {"start_date": "2026-01-30", "end_date": feb(20), "summarize_column_by": cut}
    flow, standing = books.twin.report("CashFlow", **ask), books.twin.report("BalanceSheet", **ask)
    banks = [
        Decimal(value or 0) for value in lines(standing).get(books.checking, [""] * len(total(standing, "Equity")))
    ]
    ends = total(flow, "EndingCash")
    assert ends[:-1] == banks
    assert ends[-1] == banks[-1]
    increase = total(flow, "CashIncrease")
    assert sum(increase[:-1]) == increase[-1]
    assert total(flow, "OperatingActivities") == increase
    books.twin.close()


def test_a_credit_is_less_income(books: Books) -> None:
    made, memo = invoice(books, 50, 1), credit(books, 20, 2)
    receive(books, 30, 3, ("Invoice", made, 50), ("CreditMemo", memo, 20))
    paid = bill(books, 10, 4)
    pay(books, 10, 5, ("Bill", paid, 10))
    for basis in ("Accrual", "Cash"):
        report = books.twin.report("ProfitAndLoss", **JANUARY_ON, accounting_method=basis)
        assert total(report, "NetIncome") == [20]
