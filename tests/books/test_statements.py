"""Statements of generated companies beside the twin's own reports, and what must hold of any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
import pytest
from books.companies import captured

from akika_forensics.books import Ledger
from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.statements import ageing
from akika_forensics.books.statements.financial import TOTAL, Statements, periods, wide
from akika_forensics.books.statements.register import general_ledger
from akika_forensics.errors import WrongUse
from akika_forensics.model.money import money
from akika_forensics.twin import Twin, life

START, END = date(2023, 1, 1), date(2026, 12, 31)


class Place(NamedTuple):
    twin: Twin
    ledger: Ledger
    names: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    twin = Twin()
    life.fill(twin, life.Wish(1500, 11, currency="EUR"))
    records, _ = captured(twin)
    kinds = {"Class": "FullyQualifiedName", "Department": "FullyQualifiedName", "Customer": "DisplayName"}
    names = {
        (one.key.entity, one.key.id): str(one.body[kinds[one.key.entity]]) for one in records if one.key.entity in kinds
    }
    yield Place(twin, Ledger.of(records), names)
    twin.close()


def statements(place: Place, basis: str) -> Statements:
    made = place.ledger.frame if basis == "Accrual" else cash_postings(place.ledger)
    return Statements(place.ledger.chart, made, place.names)


def sums(report: Any, places: slice) -> dict[str, list[Decimal | None]]:
    """The sums of a report by their title."""
    found: dict[str, list[Decimal | None]] = {}

    def walk(rows: Any) -> None:
        for row in rows.get("Row", ()):
            walk(row.get("Rows", {}))
            cells = row.get("Summary", {}).get("ColData")
            if cells:
                found[cells[0]["value"]] = [money(cell["value"] or 0) for cell in cells[places]]

    walk(report["Rows"])
    return found


BASES = pytest.mark.parametrize("basis", ["Accrual", "Cash"])


@BASES
def test_profit_and_loss_has_the_sums_of_quickbooks(place: Place, basis: str) -> None:
    theirs = sums(
        place.twin.report(
            "ProfitAndLoss", start_date=START.isoformat(), end_date=END.isoformat(), accounting_method=basis
        ),
        slice(-1, None),
    )
    ours = statements(place, basis).profit_and_loss(START, END).filter(pl.col("role") == "sum")
    found = dict(ours.select("name", "amount").iter_rows())
    assert found["Net Income"]
    for title in ("Gross Profit", "Net Operating Income", "Net Income"):
        assert [found[title]] == theirs[title], title


@BASES
@pytest.mark.parametrize(
    ("by", "asked"), [("class", "Classes"), ("location", "Departments"), ("customer", "Customers")]
)
def test_by_class_location_and_customer_as_quickbooks_has_it(place: Place, basis: str, by: Any, asked: str) -> None:
    report = place.twin.report(
        "ProfitAndLoss",
        start_date=START.isoformat(),
        end_date=END.isoformat(),
        accounting_method=basis,
        summarize_column_by=asked,
    )
    titles = [column["ColTitle"] for column in report["Columns"]["Column"]][1:]
    theirs = dict(zip(titles, sums(report, slice(1, None))["Net Income"], strict=True))
    ours = statements(place, basis).profit_and_loss(START, END, by).filter(pl.col("name") == "Net Income")
    found = {title: value for title, value in ours.select("column", "amount").iter_rows() if value}
    assert len(found) > 2
    assert sum(value for title, value in found.items() if title != TOTAL) == found[TOTAL]
    assert sorted(map(str, found.values())) == sorted(str(value) for value in theirs.values() if value)


@BASES
def test_a_balance_sheet_balances_on_any_day(place: Place, basis: str) -> None:
    days = [date(2023, 2, 28) + timedelta(days=23 * step) for step in range(10)]
    rows = statements(place, basis).balance_sheet(days)
    sides = [
        rows.filter(pl.col("name") == name).select("column", "amount").rows()
        for name in ("TOTAL ASSETS", "TOTAL LIABILITIES AND EQUITY")
    ]
    assert len(sides[0]) == len(days)
    assert sides[0] == sides[1]
    spread = wide(rows)
    assert spread.columns == ["section", "account", "name", "role", *(day.isoformat() for day in days)]
    assert spread["name"].is_in(["Net Income"]).any()


@BASES
def test_a_trial_balance_has_both_sides(place: Place, basis: str) -> None:
    rows = statements(place, basis).trial_balance(date(2023, 10, 31))
    assert rows["debit"].sum() == rows["credit"].sum() > 0
    assert rows.filter(pl.col("debit").is_null() == pl.col("credit").is_null()).is_empty()
    assert rows["type"][0] == "Bank"


def test_cash_flow_goes_from_the_beginning_to_the_end(place: Place) -> None:
    rows = dict(statements(place, "Accrual").cash_flow(date(2023, 7, 1), END).select("account", "amount").iter_rows())
    begun, over = rows.pop("cash at beginning"), rows.pop("cash at end")
    assert begun + sum(rows.values()) == over


def test_a_register_ends_at_the_balance(place: Place) -> None:
    bank = next(one.id for one in place.ledger.chart.accounts.values() if one.type == "Bank")
    rows = general_ledger(place.ledger.frame, date(2023, 7, 1), END, [bank])
    assert rows["balance"][-1] == place.ledger.balances()[bank]
    before = place.ledger.trial_balance(date(2023, 6, 30)).get(bank, Decimal(0))
    assert rows["balance"][0] == before + rows["amount"][0]
    assert set(rows["account"]) == {bank}


def test_open_documents_of_a_day_add_up_to_what_is_owed_then(place: Place) -> None:
    for day in (date(2023, 4, 30), date(2023, 9, 15), END):
        for found, owed in (
            (place.ledger.open_receivable(day), place.ledger.receivable(day)),
            (place.ledger.open_payable(day), place.ledger.payable(day)),
        ):
            rows = ageing.by_party(ageing.aged(found, day)).filter(pl.col("total") != 0)
            assert dict(rows.select("party", "total").iter_rows()) == {
                key.id if key else None: value for key, value in owed.items()
            }


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-3, "Current"),
        (0, "Current"),
        (1, "1 - 30"),
        (30, "1 - 30"),
        (31, "31 - 60"),
        (90, "61 - 90"),
        (91, "91 and over"),
        (400, "91 and over"),
    ],
)
def test_ages(days: int, age: str) -> None:
    assert ageing.bucket(days) == age


def test_periods_are_calendar_ones_cut_to_the_days() -> None:
    assert periods(date(2025, 11, 15), date(2026, 1, 3), "month") == [
        ("Nov 2025", date(2025, 11, 15), date(2025, 11, 30)),
        ("Dec 2025", date(2025, 12, 1), date(2025, 12, 31)),
        ("Jan 2026", date(2026, 1, 1), date(2026, 1, 3)),
    ]
    assert [row[0] for row in periods(date(2025, 11, 15), date(2026, 4, 3), "quarter")] == [
        "Q4 2025",
        "Q1 2026",
        "Q2 2026",
    ]


def test_days_the_wrong_way_round_are_refused(place: Place) -> None:
    with pytest.raises(WrongUse, match="is before"):
        statements(place, "Accrual").profit_and_loss(END, START)
