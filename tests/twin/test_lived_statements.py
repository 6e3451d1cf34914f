"""The statements of a company that lived for some years hold together, whatever the seed, on both bases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin import Twin, life
from akika_forensics.twin.reports.figures import CUTS
from tests.twin.test_statements import check_sums, lines, total, walk

BASES = ("Accrual", "Cash")


@pytest.fixture(params=["", "EUR"], ids=["home", "abroad"], scope="module")
def lived(request: pytest.FixtureRequest) -> Iterator[Twin]:
    twin = Twin()
    life.fill(twin, life.Wish(900, 11, currency=request.param))
    yield twin
    twin.close()


@pytest.fixture(scope="module")
def period(lived: Twin) -> dict[str, str]:
    days = [row.date for _, _, row in lived.store.postings_between("", "9999")]
    return {"start_date": min(days), "end_date": max(days)}


def asked(twin: Twin, name: str, **more: str) -> Any:
    return twin.report(name, **more)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("cut", ["Total", "Month", "FiscalQuarter", "Year"])
def test_both_sides_of_the_balance_sheet_agree(lived: Twin, period: dict[str, str], basis: str, cut: str) -> None:
    report = asked(lived, "BalanceSheet", **period, summarize_column_by=cut, accounting_method=basis)
    assert total(report, "TotalAssets") == total(report, "TotalLiabilitiesAndEquity")
    for row in report["Rows"]["Row"]:
        check_sums(row)


@pytest.mark.parametrize("basis", BASES)
def test_the_trial_balance_is_the_statements(lived: Twin, period: dict[str, str], basis: str) -> None:
    held: dict[str, Decimal] = {}
    debit = credit = Decimal(0)
    for row in asked(lived, "TrialBalance", **period, accounting_method=basis)["Rows"]["Row"]:
        if "ColData" in row:
            first, *sides = row["ColData"]
            one, other = (Decimal(cell["value"] or 0) for cell in sides)
            debit, credit = debit + one, credit + other
            held[first.get("id", first["value"])] = one - other
    assert debit == credit
    year = {"start_date": f"{period['end_date'][:4]}-01-01", "end_date": period["end_date"]}
    shown: dict[str, Decimal] = {}
    for name in ("ProfitAndLoss", "BalanceSheet"):
        report = asked(lived, name, **year, accounting_method=basis)
        shown |= {one: abs(Decimal(row[0] or 0)) for one, row in lines(report).items()}
    for account, cents in held.items():
        if account in shown:
            assert shown[account] == abs(cents)
    assert sum(shown.values()) == sum(abs(cents) for account, cents in held.items() if account in shown)


@pytest.mark.parametrize("basis", BASES)
def test_the_detail_of_profit_and_loss_is_its_figures(lived: Twin, period: dict[str, str], basis: str) -> None:
    figures = lines(asked(lived, "ProfitAndLoss", **period, accounting_method=basis))
    detail = asked(lived, "ProfitAndLossDetail", **period, accounting_method=basis, columns="subt_nat_amount,tx_date")
    assert [one["ColTitle"] for one in detail["Columns"]["Column"]] == ["Date", "Amount"]
    sums: dict[str, Decimal] = {}
    for row in walk(detail["Rows"]):
        first = row.get("Header", {}).get("ColData", [{}])[0]
        if "id" in first:
            own = row["Rows"]["Row"]
            rows = own[0]["Rows"]["Row"] if "Header" not in own[0] and "Rows" in own[0] else own
            sums[first["id"]] = sum((Decimal(one["ColData"][1]["value"]) for one in rows), Decimal(0))
    assert sums == {account: Decimal(cents) for account, (cents,) in figures.items() if cents}


@pytest.mark.parametrize("cut", ["Total", "Month", "Quarter"])
def test_cash_flow_ends_with_the_banks_and_what_is_undeposited(lived: Twin, period: dict[str, str], cut: str) -> None:
    flow = asked(lived, "CashFlow", **period, summarize_column_by=cut)
    standing = lines(asked(lived, "BalanceSheet", **period, summarize_column_by=cut))
    cash = {
        str(body["Id"])
        for body in lived.query("select * from Account maxresults 1000")["QueryResponse"]["Account"]
        if body["AccountType"] == "Bank" or body["AccountSubType"] == "UndepositedFunds"
    }
    columns = [[Decimal(cell or 0) for cell in row] for account, row in standing.items() if account in cash]
    held = [sum(column) for column in zip(*columns, strict=True)]
    assert len(columns) > 1
    assert total(flow, "EndingCash")[: len(held)] == held


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("cut", list(CUTS))
@pytest.mark.parametrize("name", ["ProfitAndLoss", "BalanceSheet"])
def test_columns_of_a_list_are_the_whole(lived: Twin, period: dict[str, str], name: str, cut: str, basis: str) -> None:
    whole = lines(asked(lived, name, **period, accounting_method=basis))
    wide = asked(lived, name, **period, accounting_method=basis, summarize_column_by=cut)
    assert {account: row[-1:] for account, row in lines(wide).items()} == whole
    for row in lines(wide).values():
        assert sum(Decimal(cell or 0) for cell in row[:-1]) == Decimal(row[-1] or 0)


def test_banks_hold_the_same_on_both_bases(lived: Twin, period: dict[str, str]) -> None:
    """Money is where it is; what differs is what was earned, by what is still open."""
    sheets = {basis: asked(lived, "BalanceSheet", **period, accounting_method=basis) for basis in BASES}
    accrual, cash = (total(sheets[basis], "Equity")[0] for basis in BASES)
    assert accrual != cash
    found = lived.query("select * from Account where AccountType = 'Bank' maxresults 1000")["QueryResponse"]["Account"]
    banks = {str(body["Id"]) for body in found}
    held = [{one: row for one, row in lines(sheets[basis]).items() if one in banks} for basis in BASES]
    assert held[0] == held[1]
    assert len(held[0]) > 1
