"""One page of a long table as it is drawn: headings that sort, rows that are walked and ticked, the sum of what is listed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from akika_widgets.views import controls
from akika_widgets.views.columns import TableColumn, counted_rows, shown
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.paging import Row
from akika_widgets.views.table import LONG
from akika_widgets.views.view import anchor
from akika_widgets.views.wording import amount

if TYPE_CHECKING:
    from akika_widgets.views.paged_table import PagedTable

_WORD: Final = 26
_DIGEST: Final = 16
_WAYS: Final = {"": "↕", "ascending": "↑", "descending": "↓"}


@cache
def paged_stylesheet() -> str:
    """The style sheet of long tables that answer."""
    return resources.files("akika_widgets.views").joinpath("paged_table.css").read_text(encoding="utf-8")


def paged_rows(table: PagedTable) -> Markup:
    """The page of the table that is shown, or a sentence where there is none."""
    rows = table.shown_rows()
    if not rows:
        words = f"No {table.rows} fit these choices." if len(table.model) else f"There are no {table.rows}."
        return tag("p", words)
    sub = tag("span", table.sub, class_="ak-sub") if table.sub else None
    here = any(row.key == table.at for row in rows)
    drawn = tag(
        "table",
        tag("caption", table.title, sub),
        tag("thead", _head(table, rows)),
        tag("tbody", *(_row(table, row, first=place == 0 and not here) for place, row in enumerate(rows))),
        _sums(table),
        class_="ak-paged",
    )
    return tag("div", drawn, class_="ak-scroll", tabindex="0", role="region", aria_label=table.title)


def _head(table: PagedTable, rows: Sequence[Row]) -> Markup:
    heads = [_heading(table, column, place) for place, column in enumerate(table.model.columns)]
    heads += [
        tag("th", extra.heading, scope="col", class_="ak-number" if extra.right else None) for extra in table.extra
    ]
    if table.selectable:
        every = all(row.key in table.selected for row in rows)
        words = f"Tick every row of this page ({len(rows):,})"
        act = f"{table.prefix}mark_page"
        box = controls.checkbox(table, words, act, "page", checked=every, hidden_label=True)
        heads.insert(0, tag("th", box, scope="col", class_="ak-tick"))
    return tag("tr", *heads)


def _heading(table: PagedTable, column: TableColumn, place: int) -> Markup:
    way = "" if table.query.sort != column.name else ("descending" if table.query.descending else "ascending")
    pressed = tag(
        "button",
        column.heading,
        tag("span", _WAYS[way], class_="ak-way", aria_hidden="true"),
        type="button",
        class_="ak-sort",
        data_act=f"{table.prefix}sort",
        data_value=place,
        id=anchor("sort", id(table), place),
    )
    return tag("th", pressed, scope="col", class_="ak-number" if column.right else None, aria_sort=way or None)


def _row(table: PagedTable, row: Row, *, first: bool) -> Markup:
    column, *others = table.model.columns
    cells = [tag("th", table.cell(column, row), scope="row", class_=look_of(column))]
    cells += [tag("td", table.cell(other, row), class_=look_of(other)) for other in others]
    cells += [tag("td", extra.draw(row), class_="ak-number" if extra.right else None) for extra in table.extra]
    # A key may hold anything; what the browser is given and gives back is plain ASCII.
    value = quote(row.key, safe=":")
    if table.selectable:
        words = f"Tick {shortened(shown(column, row.values[column.name]), 60)}"
        act = f"{table.prefix}mark"
        box = controls.checkbox(table, words, act, value, checked=row.key in table.selected, hidden_label=True)
        cells.insert(0, tag("td", box, class_="ak-tick"))
    walked = table.on_choose is not None or table.selectable
    chosen = row.key == table.at
    return tag(
        "tr",
        *cells,
        id=anchor("row", id(table), row.key),
        data_row=walked,
        data_follow=walked,
        data_act=f"{table.prefix}choose" if walked else None,
        data_value=value if walked else None,
        tabindex=("0" if chosen or first else "-1") if walked else None,
        aria_selected=str(chosen).lower() if walked else None,
    )


def _sums(table: PagedTable) -> Markup | None:
    if not any(column.total for column in table.model.columns):
        return None
    first, *others = table.model.columns
    words = f"Sum of {counted_rows(table.number, table.rows)}"
    cells = [tag("th", words, scope="row", class_=look_of(first))]
    for column in others:
        total = table.model.total(table.query, column.name) if column.total else None
        cells.append(tag("td", amount(total) if total is not None else None, class_=look_of(column)))
    cells += [tag("td") for _ in table.extra]
    if table.selectable:
        cells.insert(0, tag("td", class_="ak-tick"))
    return tag("tfoot", tag("tr", *cells))


def look_of(column: TableColumn) -> str | None:
    """The class of a column's cells."""
    if column.right:
        return "ak-number"
    return "ak-whole-word" if column.form in {"key", "date", "time"} else None


def text_cell(column: TableColumn, row: Row) -> Markup:
    """The content of a cell as text: a long one is shortened and counted, a digest is cut and whole in its title."""
    value = row.values[column.name]
    text = shown(column, value)
    if column.form == "code" and value is not None:
        return tag(
            "code",
            f"{text[:_DIGEST]}…" if len(text) > _DIGEST + 8 else text,
            title=text if len(text) > _DIGEST + 8 else None,
        )
    words = shortened(text, LONG)
    # A word that may break anywhere makes its column as narrow as a letter; only words that have to may.
    long = any(len(word) > _WORD for word in words.split())
    return tag("bdi" if long else "span", words, dir="auto", class_="ak-none" if value is None else None)
