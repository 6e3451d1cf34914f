"""Statements as tables: every figure can be reached, asked, and nothing else can."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from akika_widgets.views.figures_table import COLUMNS, FigureRow, FiguresTable
from akika_widgets.views.live import Event
from akika_widgets.views.live_figures import PAGE, LiveFigures


def many(rows: int = 3, columns: int = 40) -> FiguresTable:
    made = [
        FigureRow(f"Account {row}", tuple(Decimal(row * 1000 + column) for column in range(columns)), key=str(row))
        for row in range(rows)
    ]
    return FiguresTable("Profit and loss", [*(f"m{column}" for column in range(columns - 1)), "Total"], made)


def heads(view: LiveFigures) -> list[str]:
    return re.findall(r'<th scope="col" class="ak-number"><bdi>([^<]*)</bdi>', str(view.render()))


def test_every_column_is_reached_and_the_total_stands_on_each_page() -> None:
    view = many().live()
    seen: list[str] = []
    while True:
        shown = heads(view)
        assert shown[-1] == "Total"
        assert len(shown) <= COLUMNS
        seen += shown[:-1]
        if not view.dispatch(Event("across", "on")):
            break
    assert seen == [f"m{column}" for column in range(39)]
    assert view.notice == "This is the last page."


def test_rows_are_searched_and_turned() -> None:
    view = many(rows=PAGE + 5, columns=2).live()
    assert f"Account {PAGE}<" not in str(view.render())
    assert view.dispatch(Event("page", "on"))
    assert f"Account {PAGE}<" in str(view.render())
    assert view.dispatch(Event("find", "account 64"))
    assert view.notice == "1 of 65 rows."
    assert "Account 64<" in str(view.render())
    view.dispatch(Event("find", "nothing like it"))
    assert "No row fits this search." in str(view.render())


def test_a_figure_is_asked_by_its_place() -> None:
    asked: list[tuple[int, int]] = []
    view = LiveFigures(many(), on_figure=lambda row, column: asked.append((row, column)))
    assert view.dispatch(Event("figure", "2.39"))
    assert asked == [(2, 39)]
    drawn = str(view.render())
    assert 'aria-label="Account 2, Total: 2,039.00. What is it made of?"' in drawn
    assert len(re.findall(r'<button[^>]*aria-pressed="true"', drawn)) == 1
    for value in ("3.0", "0.40", "-1.0", "0", "a.b", "٣.1", ""):
        assert not view.dispatch(Event("figure", value)), value
    assert asked == [(2, 39)]


def test_what_cannot_be_asked_is_no_button() -> None:
    rows = [FigureRow("a", (Decimal(1), None)), FigureRow("Total", (Decimal(1), Decimal(2)), "sum", asked=False)]
    view = LiveFigures(FiguresTable("t", ["Debit", "Credit"], rows), on_figure=lambda _row, _column: None)
    assert str(view.render()).count('data-act="figure"') == 1
    assert not view.dispatch(Event("figure", "0.1"))
    assert not view.dispatch(Event("figure", "1.0"))
    assert 'data-act="figure"' not in str(LiveFigures(view.table).render())
    assert not LiveFigures(view.table).dispatch(Event("figure", "0.0"))


def test_one_figure_of_each_row_is_reached_by_tab() -> None:
    view = LiveFigures(many(rows=4, columns=5), on_figure=lambda _row, _column: None)
    drawn = str(view.render())
    assert drawn.count('data-across="data_across"') == 4
    assert len(re.findall(r'class="ak-figure"[^>]*tabindex="0"', drawn)) == 4
    assert len(re.findall(r'class="ak-figure"[^>]*tabindex="-1"', drawn)) == 16


def test_a_row_has_a_figure_a_column() -> None:
    with pytest.raises(ValueError, match="not 2"):
        FiguresTable("t", ["a", "b"], [FigureRow("r", (Decimal(1),))])
