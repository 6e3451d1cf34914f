"""What stands around the page of a long table: searching and choosing above it, ticking, and turning the pages below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akika_widgets.views import controls
from akika_widgets.views.choosing import boxes, column_values
from akika_widgets.views.columns import counted_rows
from akika_widgets.views.markup import Markup, tag

if TYPE_CHECKING:
    from akika_widgets.views.paged_table import PagedTable


def choosing_bar(table: PagedTable) -> Markup:
    """Searching, and choosing among the values of the columns that are offered."""
    places = {column.name: str(place) for place, column in enumerate(table.model.columns)}
    options = [("", "every column"), *((places[column.name], column.heading) for column in table.model.columns)]
    within = places.get(table.query.column, "")
    narrowing = [
        boxes(table, column, places[column.name], column_values(table.model, table.query, column), table.prefix)
        for column in table.model.columns
        if column.choices
    ]
    reset = f"Show all {len(table.model):,}"
    return tag(
        "div",
        controls.field(table, "Search", "find", table.query.text, act=f"{table.prefix}find", kind="search"),
        controls.select(table, "Search in", "within", options, within, act=f"{table.prefix}within"),
        *narrowing,
        controls.button(table, reset, f"{table.prefix}reset", kind="plain") if table.query.narrows else None,
        class_="ak-bar",
        role="search",
        aria_label=f"Choose among the {table.rows}",
    )


def ticking_bar(table: PagedTable) -> Markup | None:
    """How many rows are ticked, and ticking them by the keyboard or all at once; None where nothing can be ticked."""
    if not table.selectable:
        return None
    number = table.number
    return tag(
        "div",
        tag("span", f"{len(table.selected):,} ticked", class_="ak-quiet"),
        controls.button(table, "Tick", f"{table.prefix}mark_at", keys="x", name="Tick the chosen row"),
        controls.button(table, f"Tick the {number:,} listed", f"{table.prefix}mark_all"),
        controls.button(table, "Tick none", f"{table.prefix}mark_none", kind="plain"),
        class_="ak-bar ak-middle",
        role="group",
        aria_label="Tick rows",
    )


def foot(table: PagedTable) -> Markup:
    """The buttons that turn the pages, or how many rows are listed where one page holds them."""
    number = table.number
    turned = table.pages.controls(table, number, act=f"{table.prefix}page")
    if turned is not None:
        return turned
    said = f"{number:,} of {counted_rows(len(table.model), table.rows)}"
    return tag("p", f"{said if table.query.narrows else counted_rows(number, table.rows)}.", class_="ak-quiet")
