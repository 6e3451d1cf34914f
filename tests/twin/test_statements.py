"""ProfitAndLoss and BalanceSheet: their form as recorded, and their figures against the postings themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.twin import Twin, sample
from akika_forensics.twin.ledger import accounts

from .conftest import Books
from .foreign_scene import Abroad
from .served_scene import Company


def walk(rows: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in rows.get("Row", []):
        yield row
        yield from walk(row.get("Rows", {}))


def group(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in walk(report["Rows"]) if row.get("group") == name)


def values(cells: dict[str, Any]) -> list[str]:
    return [cell["value"] for cell in cells["ColData"]]


def numbers(cells: dict[str, Any]) -> list[Decimal]:
    return [Decimal(value or 0) for value in values(cells)[1:]]


def total(report: dict[str, Any], name: str) -> list[Decimal]:
    row = group(report, name)
    return numbers(row.get("Summary", row))


def lines(report: dict[str, Any]) -> dict[str, list[str]]:
    """Own figures of every account, by Id."""
    found = {}
    for row in walk(report["Rows"]):
        cells = row.get("ColData") or row.get("Header", {}).get("ColData") or [{}]
        if "id" in cells[0]:
            assert cells[0]["id"] not in found
            found[cells[0]["id"]] = [cell["value"] for cell in cells[1:]]
    return found


def check_sums(row: dict[str, Any]) -> list[Decimal]:
    """A section's summary is what its header and its rows add up to."""
    if "Summary" not in row:
        return numbers(row)
    inner = [check_sums(one) for one in row.get("Rows", {}).get("Row", [])]
    if "Header" in row:
        inner.append(numbers(row["Header"]))
        assert numbers(row["Summary"]) == [sum(column) for column in zip(*inner, strict=True)], row
    return numbers(row["Summary"])


def check(twin: Any, **parameters: str) -> None:
    """Every figure against the postings, every total against its parts, both sides against each other."""
    earned = twin.report("ProfitAndLoss", **parameters)
    standing = twin.report("BalanceSheet", **parameters)
    for report in (earned, standing):
        for row in report["Rows"]["Row"]:
            check_sums(row)
    income, goods, spent = (
        sum(
            (total(earned, one)[-1] for one in names if any(r.get("group") == one for r in walk(earned["Rows"]))),
            Decimal(0),
        )
        for names in (["Income", "OtherIncome"], ["COGS"], ["Expenses", "OtherExpenses"])
    )
    assert total(earned, "NetIncome")[-1] == income - goods - spent
    assert total(standing, "TotalAssets") == total(standing, "TotalLiabilitiesAndEquity")
    start, end = earned["Header"]["StartPeriod"], earned["Header"]["EndPeriod"]
    rows = twin.store.postings_between("", "9999")
    assert set(lines(earned)) | set(lines(standing)) <= {str(one["Id"]) for one in bodies(twin)}
    for account in bodies(twin):
        kind = accounts.CLASSIFICATION[account["AccountType"]]
        sign = 1 if kind in {"Asset", "Expense"} else -1
        report, since = (earned, start) if kind in {"Revenue", "Expense"} else (standing, "")
        mine = [row.cents for _, _, row in rows if row.account == account["Id"] and since <= row.date <= end]
        shown = lines(report).get(account["Id"])
        if account["AccountSubType"] == "RetainedEarnings":
            continue
        if not mine:
            assert shown is None or not any(shown), account
        else:
            assert shown is not None, account
            assert Decimal(shown[-1]) == Decimal(sign * sum(mine)) / 100


def bodies(twin: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = twin.query("select * from Account where Active in (true, false) maxresults 1000")[
        "QueryResponse"
    ]["Account"]
    return found


def test_an_empty_period_is_the_recorded_report(books: Books, shared: Path) -> None:
    (exchange,) = json.loads((shared / "data/recorded/qbo_api/vcr/reports/profit_and_loss.json").read_text())
    recorded = json.loads(exchange["body"])
    report = books.twin.report(
        "ProfitAndLoss", customer="1", start_date="2015-01-01", end_date="2015-07-31", summarize_column_by="Customers"
    )
    del recorded["Header"]["Time"], report["Header"]["Time"]
    assert json.dumps(report) == json.dumps(recorded)


def test_profit_and_loss_has_the_recorded_form(books: Books) -> None:
    twin = books.twin
    below = books.made("Account", {"Name": "Ponds", "AccountType": "Income", "ParentRef": {"value": books.sales}})
    interest = books.made("Account", {"Name": "Interest", "AccountType": "Other Income"})
    fine = books.made("Account", {"Name": "Fines", "AccountType": "Other Expense"})
    pond = books.made("Item", {"Name": "Pond", "Type": "Service", "IncomeAccountRef": {"value": below}})
    twin.create("Invoice", books.sale(books.ann, 100, TxnDate="2026-01-10"))
    twin.create("Invoice", books.sale(books.ann, 40, item=pond, TxnDate="2026-01-11"))
    twin.create("Invoice", books.sale(books.bob, 18, item=books.pump, qty=2, TxnDate="2026-01-12"))
    twin.create("Bill", {"VendorRef": {"value": books.power}, "TxnDate": "2026-01-13", "Line": [books.spend(30)]})
    twin.create("Deposit", {
        "DepositToAccountRef": {"value": books.checking}, "TxnDate": "2026-01-14",
        "Line": [{"Amount": 5, "DetailType": "DepositLineDetail",
                  "DepositLineDetail": {"AccountRef": {"value": interest}}}],
    })  # fmt: skip
    twin.create("Bill", {"VendorRef": {"value": books.power}, "TxnDate": "2026-01-15", "Line": [books.spend(2, fine)]})
    report = twin.report("ProfitAndLoss", start_date="2026-01-01", end_date="2026-01-31")
    header = report["Header"]
    assert list(header) == [
        "Time", "ReportName", "ReportBasis", "StartPeriod", "EndPeriod", "SummarizeColumnsBy", "Currency", "Option",
    ]  # fmt: skip
    assert header["SummarizeColumnsBy"] == "Total"
    assert header["Option"] == [
        {"Name": "AccountingStandard", "Value": "GAAP"},
        {"Name": "NoReportData", "Value": "false"},
    ]
    assert report["Columns"]["Column"][1] == {
        "ColTitle": "Total",
        "ColType": "Money",
        "MetaData": [{"Name": "ColKey", "Value": "total"}],
    }
    assert [(row["group"], values(row["Summary"])) for row in report["Rows"]["Row"]] == [
        ("Income", ["Total Income", "158.00"]),
        ("COGS", ["Total Cost of Goods Sold", "8.00"]),
        ("GrossProfit", ["Gross Profit", "150.00"]),
        ("Expenses", ["Total Expenses", "30.00"]),
        ("NetOperatingIncome", ["Net Operating Income", "120.00"]),
        ("OtherIncome", ["Total Other Income", "5.00"]),
        ("OtherExpenses", ["Total Other Expenses", "2.00"]),
        ("NetOtherIncome", ["Net Other Income", "3.00"]),
        ("NetIncome", ["Net Income", "123.00"]),
    ]
    assert report["Rows"]["Row"][0] == {
        "Header": {"ColData": [{"value": "Income"}, {"value": ""}]},
        "Rows": {
            "Row": [
                {
                    "Header": {"ColData": [{"value": "Sales", "id": books.sales}, {"value": "118.00"}]},
                    "Rows": {
                        "Row": [{"ColData": [{"value": "Ponds", "id": below}, {"value": "40.00"}], "type": "Data"}]
                    },
                    "Summary": {"ColData": [{"value": "Total Sales"}, {"value": "158.00"}]},
                    "type": "Section",
                }
            ]
        },
        "Summary": {"ColData": [{"value": "Total Income"}, {"value": "158.00"}]},
        "type": "Section",
        "group": "Income",
    }
    check(twin, start_date="2026-01-01", end_date="2026-01-31")
    of_bob = twin.report("ProfitAndLoss", customer=books.bob, start_date="2026-01-01", end_date="2026-01-31")
    assert (of_bob["Header"]["Customer"], total(of_bob, "NetIncome")) == (books.bob, [Decimal(10)])
    by = twin.report("ProfitAndLoss", start_date="2026-01-01", end_date="2026-01-31", summarize_column_by="customers")
    assert [one["ColTitle"] for one in by["Columns"]["Column"]] == ["", "Ann", "Bob", "Not Specified", "TOTAL"]
    assert total(by, "NetIncome") == [Decimal(140), Decimal(10), Decimal(-27), Decimal(123)]


def test_the_balance_sheet_has_the_recorded_form(books: Books) -> None:
    twin = books.twin
    retained = books.made(
        "Account", {"Name": "Retained Earnings", "AccountType": "Equity", "AccountSubType": "RetainedEarnings"}
    )
    truck = books.made("Account", {"Name": "Truck", "AccountType": "Fixed Asset"})
    cost = books.made("Account", {"Name": "Original Cost", "AccountType": "Fixed Asset", "ParentRef": {"value": truck}})
    loan = books.made("Account", {"Name": "Notes Payable", "AccountType": "Long Term Liability"})
    twin.create("Invoice", books.sale(books.ann, 70, TxnDate="2025-12-31"))
    twin.create("Invoice", books.sale(books.ann, 30, TxnDate="2026-01-02"))
    twin.create("Purchase", {
        "PaymentType": "CreditCard", "AccountRef": {"value": books.card}, "TxnDate": "2026-01-03",
        "Line": [books.spend(500, cost)],
    })  # fmt: skip
    twin.create("Transfer", {
        "FromAccountRef": {"value": loan}, "ToAccountRef": {"value": books.checking}, "Amount": 9, "TxnDate": "2026-01-04",
    })  # fmt: skip
    report = twin.report("BalanceSheet", start_date="2026-01-01", end_date="2026-01-31")
    tree = [(row.get("group"), values(row.get("Summary") or row)) for row in walk(report["Rows"])]
    assert tree == [
        ("TotalAssets", ["TOTAL ASSETS", "649.00"]),
        ("CurrentAssets", ["Total Current Assets", "149.00"]),
        ("BankAccounts", ["Total Bank Accounts", "9.00"]),
        (None, ["Checking", "9.00"]),
        ("AR", ["Total Accounts Receivable", "100.00"]),
        (None, ["Accounts Receivable (A/R)", "100.00"]),
        ("OtherCurrentAssets", ["Total Other current assets", "40.00"]),
        (None, ["Stock", "40.00"]),
        ("FixedAssets", ["Total Fixed Assets", "500.00"]),
        (None, ["Total Truck", "500.00"]),
        (None, ["Original Cost", "500.00"]),
        ("TotalLiabilitiesAndEquity", ["TOTAL LIABILITIES AND EQUITY", "649.00"]),
        ("Liabilities", ["Total Liabilities", "509.00"]),
        ("CurrentLiabilities", ["Total Current Liabilities", "500.00"]),
        ("CreditCards", ["Total Credit Cards", "500.00"]),
        (None, ["Card", "500.00"]),
        ("LongTermLiabilities", ["Total Long-Term Liabilities", "9.00"]),
        (None, ["Notes Payable", "9.00"]),
        ("Equity", ["Total Equity", "140.00"]),
        (None, ["Opening Balance Equity", "40.00"]),
        (None, ["Retained Earnings", "70.00"]),
        ("NetIncome", ["Net Income", "30.00"]),
    ]
    assert lines(report)[retained] == ["70.00"]
    assert lines(report)[truck] == [""]
    check(twin, start_date="2026-01-01", end_date="2026-01-31")
    books.twin.update("CompanyInfo", {**books.get("CompanyInfo", "1"), "sparse": True, "FiscalYearStartMonth": "July"})
    later = twin.report("BalanceSheet", start_date="2026-01-01", end_date="2026-01-31")
    assert total(later, "NetIncome") == [Decimal(100)]
    assert lines(later)[retained] == [""]


def test_without_an_account_earlier_results_are_still_retained(books: Books) -> None:
    books.twin.create("Invoice", books.sale(books.ann, 70, TxnDate="2024-12-31"))
    report = books.twin.report(
        "BalanceSheet", end_date="2026-01-31", summarize_column_by="Year", start_date="2023-01-01"
    )
    equity = group(report, "Equity")["Rows"]["Row"]
    assert [one["ColTitle"] for one in report["Columns"]["Column"]] == [
        "", "Jan - Dec 2023", "Jan - Dec 2024", "Jan - Dec 2025", "Jan 2026",
    ]  # fmt: skip
    assert [values(row) for row in equity[-2:]] == [
        ["Retained Earnings", "", "", "70.00", "70.00"],
        ["Net Income", "", "70.00", "", ""],
    ]
    check(books.twin, start_date="2023-01-01", end_date="2026-01-31")


def test_columns_by_month_are_cut_at_the_period(books: Books) -> None:
    twin = books.twin
    for day, amount in (
        ("2026-01-20", 7),
        ("2026-02-01", 11),
        ("2026-02-28", 13),
        ("2026-03-09", 17),
        ("2026-03-11", 19),
    ):
        twin.create("Invoice", books.sale(books.ann, amount, TxnDate=day))
    ask = {"start_date": "2026-01-15", "end_date": "2026-03-10", "summarize_column_by": "Month"}
    report = twin.report("ProfitAndLoss", **ask)
    assert report["Header"]["SummarizeColumnsBy"] == "Month"
    assert [one["ColTitle"] for one in report["Columns"]["Column"]] == [
        "", "Jan 15-31, 2026", "Feb 2026", "Mar 1-10, 2026", "TOTAL",
    ]  # fmt: skip
    assert report["Columns"]["Column"][2]["MetaData"] == [
        {"Name": "StartDate", "Value": "2026-02-01"},
        {"Name": "EndDate", "Value": "2026-02-28"},
        {"Name": "ColKey", "Value": "Feb 2026"},
    ]
    assert lines(report)[books.sales] == ["7.00", "24.00", "17.00", "48.00"]
    standing = twin.report("BalanceSheet", **ask)
    assert total(standing, "AR") == [Decimal(7), Decimal(31), Decimal(48)]


def test_a_posted_zero_is_shown_and_nothing_is_not(books: Books) -> None:
    twin = books.twin
    made = twin.create(
        "Bill", {"VendorRef": {"value": books.power}, "Line": [books.spend(10)], "TxnDate": "2026-01-05"}
    )
    credit = {"VendorRef": {"value": books.power}, "Line": [books.spend(10)], "TxnDate": "2026-02-05"}
    twin.create("VendorCredit", credit)
    ask = {"start_date": "2026-01-01", "end_date": "2026-03-31", "summarize_column_by": "Month"}
    assert lines(twin.report("ProfitAndLoss", **ask))[books.rent] == ["10.00", "-10.00", "", "0.00"]
    assert values(group(twin.report("ProfitAndLoss", **ask), "Income")["Summary"]) == ["Total Income", "", "", "", ""]
    assert made["Balance"] == 10


def test_inactive_accounts_keep_their_place_and_are_marked(books: Books) -> None:
    twin = books.twin
    twin.create("Bill", {"VendorRef": {"value": books.power}, "Line": [books.spend(10)], "TxnDate": "2026-01-05"})
    twin.update("Account", {**books.get("Account", books.rent), "Active": False})
    report = twin.report("ProfitAndLoss", start_date="2026-01-01", end_date="2026-01-31")
    (row,) = group(report, "Expenses")["Rows"]["Row"]
    assert row["ColData"][0] == {"value": "Rent (deleted)", "id": books.rent}


def test_an_empty_balance_sheet_lists_its_sides(books: Books) -> None:
    report = books.twin.report("BalanceSheet", start_date="2020-01-01", end_date="2020-12-31")
    assert {"Name": "NoReportData", "Value": "true"} in report["Header"]["Option"]
    assert [(row["group"], values(row["Summary"])) for row in report["Rows"]["Row"]] == [
        ("TotalAssets", ["TOTAL ASSETS", ""]),
        ("TotalLiabilitiesAndEquity", ["TOTAL LIABILITIES AND EQUITY", "0.00"]),
    ]


def test_all_dates_have_no_days_in_the_header(books: Books) -> None:
    books.twin.create("Invoice", books.sale(books.ann, 7, TxnDate="2024-06-20"))
    report = books.twin.report("BalanceSheet", date_macro="All", summarize_column_by="Year")
    assert report["Header"]["DateMacro"] == "all"
    assert not {"StartPeriod", "EndPeriod"} & set(report["Header"])
    assert [one["ColTitle"] for one in report["Columns"]["Column"]][1:] == [
        "Jun 20 - Dec 31, 2024", "Jan - Dec 2025", "Jan 1 - Mar 2, 2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Last Month-to-date", "2026-02-01", "2026-02-02"),
        ("this calendar quarter-to-date", "2026-01-01", "2026-03-02"),
        ("Last Calendar Quarter", "2025-10-01", "2025-12-31"),
        ("Next Month", "2026-04-01", "2026-04-30"),
        ("Next 4 Weeks", "2026-03-08", "2026-04-04"),
        ("Next Fiscal Year", "2027-01-01", "2027-12-31"),
        ("Last Week-to-date", "2026-02-22", "2026-02-23"),
    ],
)
def test_more_periods_by_name(books: Books, macro: str, start: str, end: str) -> None:
    header = books.twin.report("ProfitAndLoss", date_macro=macro)["Header"]
    assert (header["DateMacro"], header["StartPeriod"], header["EndPeriod"]) == (macro.lower(), start, end)


@pytest.mark.parametrize(
    ("name", "macro", "start"),
    [
        ("ProfitAndLoss", "this calendar year-to-date", "2026-01-01"),
        ("BalanceSheet", "this calendar year-to-date", "2026-01-01"),
        ("TrialBalance", "this fiscal year-to-date", "2025-07-01"),
    ],
)
def test_without_days_each_report_has_its_own(books: Books, name: str, macro: str, start: str) -> None:
    books.twin.update("CompanyInfo", {**books.get("CompanyInfo", "1"), "sparse": True, "FiscalYearStartMonth": "July"})
    header = books.twin.report(name)["Header"]
    assert (header["DateMacro"], header["StartPeriod"], header["EndPeriod"]) == (macro, start, "2026-03-02")


@pytest.mark.parametrize(
    ("name", "parameters", "code"),
    [
        ("ProfitAndLoss", {"account": "1"}, "5030"),
        ("TrialBalance", {"department": "1"}, "5030"),
        ("ProfitAndLoss", {"summarize_column_by": "Moons"}, "2170"),
        ("ProfitAndLoss", {"start_date": "2026-02-01", "end_date": "2026-01-01"}, "2060"),
        ("CashFlow", {"start_date": "0001-01-01", "end_date": "2026-01-01"}, "2060"),
        ("BalanceSheet", {"start_date": "2026-01-01", "end_date": "9999-12-31"}, "2060"),
        ("AgedReceivables", {"report_date": "0001-01-01"}, "2060"),
        ("AgedReceivables", {"past_due": "9" * 5000}, "2080"),
        ("ProfitAndLossDetail", {"account_type": "Moon"}, "2170"),
        ("Shoes", {}, "500"),
    ],
)
def test_what_is_not_offered_is_said(company: Company, name: str, parameters: dict[str, str], code: str) -> None:
    company.fault(company.get(f"reports/{name}", **parameters), 400, code)


def test_a_report_comes_without_envelope(company: Company) -> None:
    answer = company.get(
        "reports/profitandloss", date_macro="This Month", minorversion="75", summarize_column_by="total"
    )
    assert list(answer.json()) == ["Header", "Columns", "Rows"]
    assert answer.json()["Header"]["ReportName"] == "ProfitAndLoss"


def test_the_sample_company_adds_up() -> None:
    twin = Twin()
    sample.build(twin)
    dates = [row.date for _, _, row in twin.store.postings_between("", "9999")]
    first, last = min(dates), max(dates)
    year = {"start_date": f"{last[:4]}-01-01", "end_date": last}
    for ask in ({"start_date": first, "end_date": last}, year, {**year, "summarize_column_by": "Month"}):
        check(twin, **ask)
    earned, standing = twin.report("ProfitAndLoss", **year), twin.report("BalanceSheet", **year)
    assert total(standing, "NetIncome") == total(earned, "NetIncome") != [Decimal(0)]
    twin.close()


def test_other_currencies_add_up_at_home() -> None:
    abroad = Abroad()
    made = abroad.invoice(100, "1.10", TxnDate="2026-01-10")
    abroad.paid(100, "1.25", ("Invoice", made["Id"], 100), into=abroad.euros)
    abroad.invoice(40, "1.20", TxnDate="2026-02-10")
    abroad.bill(30, "1.50", TxnDate="2026-02-11")
    report = abroad.twin.report("ProfitAndLoss", start_date="2026-01-01", end_date="2026-03-31")
    assert report["Header"]["Currency"] == "USD"
    assert lines(report)[abroad.sales] == ["158.00"]
    assert lines(report)[abroad.rent] == ["45.00"]
    assert total(report, "NetIncome") == [Decimal("158.00") - Decimal("45.00") + Decimal("15.00")]
    check(abroad.twin, start_date="2026-01-01", end_date="2026-03-31")
    abroad.twin.close()


KINDS = sorted(accounts.CLASSIFICATION)
FREE = [kind for kind in KINDS if kind not in {"Accounts Receivable", "Accounts Payable"}]
FIRST = date(2024, 11, 20)


@settings(max_examples=25)
@given(
    tree=st.lists(st.tuples(st.sampled_from(FREE), st.integers(0, 30), st.booleans()), min_size=3, max_size=12),
    entries=st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 11), st.integers(0, 11), st.integers(1, 10**6)), max_size=12
    ),
    sales=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 10**5), st.booleans()), max_size=5),
    starts=st.sampled_from(["January", "April", "October"]),
    by=st.sampled_from(["Total", "Month", "Quarter", "Year", "FiscalQuarter", "FiscalYear", "Week"]),
    first=st.integers(0, 300),
    length=st.integers(0, 250),
)
def test_random_books_add_up_in_every_column(
    tree: list[tuple[str, int, bool]], entries: Any, sales: Any, starts: str, by: str, first: int, length: int
) -> None:
    books = Books()
    twin = books.twin
    twin.update("CompanyInfo", {**books.get("CompanyInfo", "1"), "sparse": True, "FiscalYearStartMonth": starts})
    made: list[tuple[str, str]] = []
    for number, (kind, above, nested) in enumerate(tree):
        same = [one for one, other in made if other == kind]
        body: dict[str, Any] = {"Name": f"{kind} {number}", "AccountType": kind}
        if nested and same and books.get("Account", same[above % len(same)]).get("SubAccount") is not True:
            body["ParentRef"] = {"value": same[above % len(same)]}
        made.append((books.made("Account", body), kind))
    for offset, one, other, cents in entries:
        sides = [("Debit", made[one % len(made)][0]), ("Credit", made[other % len(made)][0])]
        line = [
            {"Amount": Decimal(cents) / 100, "DetailType": "JournalEntryLineDetail",
             "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}}
            for side, account in sides
        ]  # fmt: skip
        twin.create("JournalEntry", {"TxnDate": (FIRST + timedelta(offset)).isoformat(), "Line": line})
    for offset, cents, stocked in sales:
        day = max(FIRST + timedelta(offset), date(2026, 1, 2)) if stocked else FIRST + timedelta(offset)
        body = books.sale(
            books.ann, Decimal(cents) / 100, item=books.pump if stocked else None, TxnDate=day.isoformat(), qty=1
        )
        twin.create("Invoice", body)
    start, end = FIRST + timedelta(first), FIRST + timedelta(first + length)
    ask = {"start_date": start.isoformat(), "end_date": end.isoformat(), "summarize_column_by": by}
    check(twin, **ask)
    earned, standing = twin.report("ProfitAndLoss", **ask), twin.report("BalanceSheet", **ask)
    if by != "Total":
        for figures in lines(earned).values():
            assert sum(Decimal(one or 0) for one in figures[:-1]) == Decimal(figures[-1] or 0)
    for column, heading in enumerate(standing["Columns"]["Column"][1:]):
        until = {row["Name"]: row["Value"] for row in heading["MetaData"]}.get("EndDate", end.isoformat())
        month = {"January": 1, "April": 4, "October": 10}[starts]
        last = date.fromisoformat(until)
        year = date(last.year if last.month >= month else last.year - 1, month, 1)
        whole = twin.report("ProfitAndLoss", start_date=year.isoformat(), end_date=until)
        assert total(standing, "NetIncome")[column] == total(whole, "NetIncome")[0]
    twin.close()
