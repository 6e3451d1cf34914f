"""ProfitAndLossDetail: its form as recorded, and that it adds up to the ProfitAndLoss on both bases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.reports import sheet
from tests.twin.cash_scene import bill, feb, invoice, live, lives, receive
from tests.twin.conftest import Books, ref
from tests.twin.test_cut_off import cells
from tests.twin.test_statements import lines, total, walk

FEBRUARY = {"start_date": feb(1), "end_date": feb(28)}


def detail(books: Books, **more: str) -> Any:
    return books.twin.report("ProfitAndLossDetail", **{**FEBRUARY, **more})


def first_cells(report: Any) -> list[tuple[str, str]]:
    """The first cell of each row and the last that is money, from top to bottom."""
    return [(row[0], row[-2]) for row in cells(report["Rows"]["Row"])]


def test_it_has_the_recorded_form(books: Books) -> None:
    below = books.made("Account", {"Name": "Ponds", "AccountType": "Income", "ParentRef": ref(books.sales)})
    pond = books.made("Item", {"Name": "Pond", "Type": "Service", "IncomeAccountRef": ref(below)})
    made = invoice(books, 100, 1)
    invoice(books, 40, 2, Line=books.sale(books.ann, 40, item=pond)["Line"])
    invoice(books, 18, 3, Line=books.sale(books.ann, 18, item=books.pump, qty=2)["Line"])
    bill(books, 30, 4)
    report = detail(books)
    assert list(report["Header"]) == [
        "Time",
        "ReportName",
        "ReportBasis",
        "StartPeriod",
        "EndPeriod",
        "Currency",
        "Option",
    ]
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "false"}]
    assert [(one["ColTitle"], one["ColType"], one["MetaData"][0]["Value"]) for one in report["Columns"]["Column"]] == [
        ("Date", "Date", "tx_date"),
        ("Transaction Type", "String", "txn_type"),
        ("Num", "String", "doc_num"),
        ("Name", "String", "name"),
        ("Memo/Description", "String", "memo"),
        ("Split", "String", "split_acc"),
        ("Amount", "Money", "subt_nat_amount"),
        ("Balance", "Money", "rbal_nat_amount"),
    ]
    assert first_cells(report) == [
        ("Ordinary Income/Expenses", ""),
        ("Gross Profit", "150.00"),
        ("Income", ""),
        ("Sales", ""),
        (feb(1), "100.00"),
        (feb(3), "18.00"),
        ("Total for Sales", "118.00"),
        ("Ponds", ""),
        (feb(2), "40.00"),
        ("Total for Ponds", "40.00"),
        ("Total for Sales with sub-accounts", "158.00"),
        ("Total for Income", "158.00"),
        ("Cost of Goods Sold", ""),
        ("Cost of goods", ""),
        (feb(3), "8.00"),
        ("Total for Cost of goods", "8.00"),
        ("Total for Cost of Goods Sold", "8.00"),
        ("Expenses", ""),
        ("Rent", ""),
        (feb(4), "30.00"),
        ("Total for Rent", "30.00"),
        ("Total for Expenses", "30.00"),
        ("Net Income", "120.00"),
    ]
    gross, income, *_ = report["Rows"]["Row"][0]["Rows"]["Row"]
    assert (gross["Rows"], gross["type"]) == ({}, "Section")
    (sales,) = income["Rows"]["Row"]
    assert sales["Header"]["ColData"][0] == {"value": "Sales", "id": books.sales}
    own = sales["Rows"]["Row"][0]
    assert list(own) == ["Rows", "Summary", "type"]
    assert own["Rows"]["Row"][0] == {
        "ColData": [
            {"value": feb(1)},
            {"value": "Invoice", "id": made},
            {"value": books.get("Invoice", made)["DocNumber"]},
            {"value": "Ann", "id": books.ann},
            {"value": ""},
            {"value": "Accounts Receivable (A/R)", "id": books.account("Accounts Receivable (A/R)")},
            {"value": "100.00"},
            {"value": "100.00"},
        ],
        "type": "Data",
    }
    assert own["Rows"]["Row"][1]["ColData"][-1] == {"value": "118.00"}


def test_other_income_and_expense_have_a_section_of_their_own(books: Books) -> None:
    interest = books.made("Account", {"Name": "Interest", "AccountType": "Other Income"})
    fine = books.made("Account", {"Name": "Fines", "AccountType": "Other Expense"})
    invoice(books, 100, 1)
    detail_line = {"DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": ref(interest)}}
    deposit = {"DepositToAccountRef": ref(books.checking), "TxnDate": feb(2), "Line": [{"Amount": 5, **detail_line}]}
    books.made("Deposit", deposit)
    bill(books, 2, 3, books.spend(2, fine))
    rows = detail(books)["Rows"]["Row"]
    assert [[cell["value"] for cell in row["Summary"]["ColData"]][::6] for row in rows] == [
        ["Net Ordinary Income", "100.00"],
        ["Net Other Income", "3.00"],
        ["Net Income", "103.00"],
    ]
    assert rows[2]["Rows"] == {}
    assert [row["Header"]["ColData"][0]["value"] for row in rows[1]["Rows"]["Row"]] == ["Other Income", "Other Expense"]


def test_a_parent_that_has_nothing_itself_has_no_id(books: Books) -> None:
    below = books.made("Account", {"Name": "Power", "AccountType": "Expense", "ParentRef": ref(books.rent)})
    bill(books, 9, 3, books.spend(9, below))
    expenses = detail(books)["Rows"]["Row"][0]["Rows"]["Row"][0]
    (rent,) = expenses["Rows"]["Row"]
    assert rent["Header"]["ColData"][0] == {"value": "Rent"}
    assert rent["Summary"]["ColData"][0] == {"value": "Total for Rent"}


def test_on_the_cash_basis_a_line_counts_in_the_parts_in_which_it_is_paid(books: Books) -> None:
    made = invoice(books, 100, 1)
    receive(books, 60, 10, ("Invoice", made, 60))
    receive(books, 45, 12, ("Invoice", made, 40))
    rows = [row for row in cells(detail(books, accounting_method="Cash")["Rows"]["Row"]) if row[0].startswith("2026")]
    assert [(row[0], row[1], row[-2], row[-1]) for row in rows] == [
        (feb(10), "Invoice", "60.00", "60.00"),
        (feb(12), "Invoice", "40.00", "100.00"),
        (feb(12), "Payment", "5.00", "5.00"),
    ]


def test_columns_and_filters_are_heeded(books: Books) -> None:
    invoice(books, 100, 1)
    books.made("Invoice", books.sale(books.bob, 7, TxnDate=feb(2)))
    bill(books, 30, 4)
    report = detail(books, customer=books.bob, columns="subt_nat_amount,tx_date,name,moon")
    assert report["Header"]["Customer"] == books.bob
    assert [one["MetaData"][0]["Value"] for one in report["Columns"]["Column"]] == [
        "tx_date",
        "name",
        "subt_nat_amount",
    ]
    assert [row for row in cells(report["Rows"]["Row"]) if row[0].startswith("2026")] == [[feb(2), "Bob", "7.00"]]
    of_rent = detail(books, account=books.rent)
    assert [row[0] for row in cells(of_rent["Rows"]["Row"])][-1] == "Net Income"
    assert [row[-2] for row in cells(of_rent["Rows"]["Row"])][-1] == "-30.00"


def test_an_empty_one_says_so(books: Books) -> None:
    report = detail(books, start_date="2020-01-01", end_date="2020-12-31")
    assert report["Rows"] == {}
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "true"}]


@pytest.mark.parametrize("most", range(8, 8 * 24, 8))
def test_cut_anywhere_it_is_the_beginning_without_totals(
    books: Books, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice(books, 100, 1)
    invoice(books, 50, 2)
    bill(books, 30, 4)
    bill(books, 31, 5, books.spend(31, books.shrinkage))
    whole = list(cells(detail(books)["Rows"]["Row"]))
    monkeypatch.setattr(sheet, "MOST_CELLS", most)
    shown = list(cells(detail(books)["Rows"]["Row"]))
    if len(whole) * 8 <= most:
        assert shown == whole
    else:
        notices = [row for row in shown if row[0] == sheet.UNABLE]
        assert len(notices) == 1
        assert shown[-1] == notices[0]
        assert len(shown) * 8 <= most + 8
        assert shown[:-1] == whole[: len(shown) - 1]


@given(lives(), st.sampled_from(["Accrual", "Cash"]))
def test_it_adds_up_to_the_profit_and_loss(acts: list[tuple[Any, ...]], basis: str) -> None:
    books = Books()
    live(books, acts)
    summary = books.twin.report("ProfitAndLoss", **FEBRUARY, accounting_method=basis)
    report = detail(books, accounting_method=basis)
    sums: dict[str, Decimal] = {}
    for row in walk(report["Rows"]):
        cell = row.get("Header", {}).get("ColData", [{}])[0]
        if "id" in cell:
            own = row["Rows"]["Row"]
            rows = own[0]["Rows"]["Row"] if "Header" not in own[0] and "Rows" in own[0] else own
            sums[cell["id"]] = sum((Decimal(one["ColData"][-2]["value"]) for one in rows), Decimal(0))
            balance = Decimal(0)
            for one in rows:
                balance += Decimal(one["ColData"][-2]["value"])
                assert Decimal(one["ColData"][-1]["value"]) == balance
    assert sums == {one: Decimal(cents) for one, (cents,) in lines(summary).items() if cents}
    if report["Rows"]:
        net = report["Rows"]["Row"][-1]["Summary"]["ColData"][-2]["value"]
        assert [Decimal(net)] == total(summary, "NetIncome")
    books.twin.close()
