"""A statement agrees only in so far as its own days and columns were compared; what was not is said not to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from books import altered
from books.companies import Controls, captured

from akika_forensics.books import Ledger, tie
from akika_forensics.case.statements.asked import ask
from akika_forensics.case.statements.books import Books
from akika_forensics.case.statements.statement_tie import StatementTie, statement_tie
from akika_forensics.model.record import Record
from akika_forensics.twin import Twin, sample

TAKEN = date(2026, 11, 23)
NEW_YEAR, FIRST = date(2026, 1, 1), date(2026, 7, 1)
BANK, CREDIT = "35", "41"


@dataclass
class Scene:
    """The sample company on the day of its snapshot, its reports as they were captured or as they were altered."""

    records: list[Record]
    controls: Controls
    books: Books

    def of(self, kind: str, end: date = TAKEN, controls: Controls | None = None, **more: Any) -> StatementTie:
        tied = tie(self.books.ledger, self.controls if controls is None else controls)
        return statement_tie(tied, ask(self.books, kind, end, **more))


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    twin = Twin(clock=lambda: datetime(2026, 11, 23, 18, tzinfo=UTC))
    sample.build(twin)
    records, controls = captured(twin)
    ledger = Ledger.of(records)
    yield Scene(records, controls, Books("s1", ledger, ledger.frame.clear(), {}))
    twin.close()


COMPARED = [
    ("trial-balance", TAKEN, {}),
    ("trial-balance", date(2026, 9, 30), {"basis": "cash"}),
    ("balance-sheet", TAKEN, {"by": "month"}),
    ("balance-sheet", TAKEN, {"by": "quarter", "basis": "cash"}),
    ("profit-and-loss", TAKEN, {}),
    ("profit-and-loss", TAKEN, {"by": "month", "basis": "cash"}),
    ("profit-and-loss", TAKEN, {"by": "quarter"}),
    ("profit-and-loss", date(2026, 9, 30), {"start": date(2026, 8, 1)}),
    ("cash-flow", date(2026, 10, 31), {"start": date(2026, 8, 1)}),
    ("receivables", TAKEN, {}),
    ("payables", TAKEN, {"basis": "cash"}),
    ("register", TAKEN, {"start": FIRST, "account": BANK}),
]
NOT_COMPARED = [
    ("trial-balance", date(2026, 9, 29), {}),
    ("balance-sheet", date(2026, 11, 22), {}),
    ("profit-and-loss", TAKEN, {"by": "class"}),
    ("profit-and-loss", TAKEN, {"by": "location", "basis": "cash"}),
    ("profit-and-loss", TAKEN, {"by": "customer"}),
    ("profit-and-loss", date(2026, 9, 30), {"start": date(2026, 8, 2)}),
    ("profit-and-loss", date(2026, 9, 29), {"start": date(2026, 8, 1)}),
    ("cash-flow", TAKEN, {"basis": "cash"}),
    ("receivables", date(2026, 10, 31), {}),
    ("register", TAKEN, {"start": FIRST, "account": BANK, "basis": "cash"}),
    ("register", date(2026, 6, 30), {"start": NEW_YEAR, "account": BANK}),
]


@pytest.mark.parametrize(("kind", "end", "more"), COMPARED)
def test_what_was_compared_agrees(scene: Scene, kind: str, end: date, more: dict[str, Any]) -> None:
    found = scene.of(kind, end, **more)
    assert found.mark.word == "agrees"
    assert found.compared > 3
    assert "agree to the cent" in found.sentence()


@pytest.mark.parametrize(("kind", "end", "more"), NOT_COMPARED)
def test_what_was_not_compared_does_not_agree(scene: Scene, kind: str, end: date, more: dict[str, Any]) -> None:
    found = scene.of(kind, end, **more)
    assert (found.mark.word, found.compared) == ("not compared", 0)
    assert found.sentence().startswith("Not compared: ")
    assert "agree" not in found.sentence()


def test_columns_of_which_no_report_was_captured_are_counted(scene: Scene) -> None:
    found = scene.of("balance-sheet", date(2026, 12, 31), by="month")
    assert (found.columns, found.covered) == (12, 10)
    assert found.mark.word == "compared in part"
    assert "2 of its 12 columns were not compared" in found.sentence()
    found = scene.of("register", account=BANK)
    assert found.mark.word == "compared in part"
    assert f"{(FIRST - NEW_YEAR).days} of its {(TAKEN - NEW_YEAR).days + 1} days were not compared" in found.sentence()


def test_a_column_without_movement_was_compared_all_the_same(scene: Scene) -> None:
    """Nothing is booked in the first half of the year, in QuickBooks' report neither."""
    found = scene.of("profit-and-loss", date(2026, 3, 31))
    assert (found.columns, found.covered, found.compared, found.mark.word) == (1, 1, 0, "agrees")


def test_a_difference_in_a_month_is_told_of_the_columns_that_have_it(scene: Scene) -> None:
    name = altered.named(scene.controls, "ProfitAndLoss/Accrual")

    def in_october(page: dict[str, Any]) -> None:
        cells = next(cells for cells in altered.rows(page) if len(cells) > 11 and Decimal(cells[10]["value"] or 0))
        altered.more(cells[10], "1.00")

    bent = altered.report(scene.controls, name, in_october)
    for more, differing in (
        ({"by": "month"}, 1),
        ({}, 0),
        ({"start": date(2026, 10, 1), "end": date(2026, 10, 31)}, 1),
        ({"start": date(2026, 8, 1), "end": date(2026, 9, 30)}, 0),
        ({"by": "class"}, 0),
        ({"basis": "cash"}, 0),
    ):
        found = scene.of("profit-and-loss", controls=bent, **more)
        assert found.differing == differing, more
        assert found.mark.word == ("does not agree" if differing else "not compared" if "by" in more else "agrees")


def test_a_register_lists_the_documents_that_post_otherwise(scene: Scene) -> None:
    name = altered.named(scene.controls, "GeneralLedger")

    def change(page: dict[str, Any]) -> None:
        at = altered.place(page, "subt_nat_home_amount")
        altered.more([cells for cells in altered.rows(page) if cells[at]["value"]][3][at], "2.00")

    bent = altered.report(scene.controls, name, change)
    (row,) = tie(scene.books.ledger, bent).documents.select("account", "date", "entity", "id").iter_rows()
    account, day, entity, key = row
    found = scene.of("register", controls=bent, start=FIRST, account=account)
    assert (found.differing, abs(found.residual), found.mark.word) == (1, Decimal(2), "does not agree")
    shown = str(found.listing().plain())
    assert f"{entity}:{key}" in shown
    assert "every compared figure agrees" not in shown
    other = BANK if account != BANK else CREDIT
    assert scene.of("register", controls=bent, start=FIRST, account=other).mark.word == "agrees"
    assert not scene.of("register", day - timedelta(days=1), bent, start=FIRST, account=account).differing
