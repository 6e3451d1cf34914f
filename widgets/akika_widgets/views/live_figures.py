"""A statement that answers: searched, turned page by page in rows and columns, and every figure can be asked what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from akika_widgets.views import controls
from akika_widgets.views.columns import counted_rows
from akika_widgets.views.figures_table import COLUMNS, FigureRow, FiguresTable, figure_words, name_cell
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, shortened, style_block, tag
from akika_widgets.views.pages import Pages
from akika_widgets.views.view import anchor
from akika_widgets.views.wording import amount

PAGE: Final = 60
_SHEET: Final = (
    ".akika .ak-figure { border: 0; background: none; padding: 0 0.2em; margin: 0 -0.2em 0 0; cursor: pointer; font-weight: inherit; text-align: right; white-space: nowrap; } "
    ".akika .ak-figure:hover { text-decoration: underline; text-underline-offset: 0.2em; text-decoration-thickness: 1px; } "
    '.akika .ak-figure[aria-pressed="true"] { background: var(--ak-accent-wash); box-shadow: inset 0 -2px 0 var(--ak-accent); border-radius: 3px; } '
    ".akika table.ak-figures tbody th { min-width: 15em; } "
    ".akika table.ak-figures tr.ak-total > * { border-bottom-color: var(--ak-strong-rule) !important; }"
)


class LiveFigures(LiveView):
    """Figures in pages of rows and of columns; the last column, a total, stands on each page of columns.

    ``on_figure(row, column)`` is called with the places of a figure that is pressed; without it figures are only read. Left and right walk
    the figures of a row, Tab goes on to the next row.
    """

    def __init__(self, table: FiguresTable, *, on_figure: Callable[[int, int], None] | None = None) -> None:
        super().__init__()
        self.table = table
        self.title = table.title
        self.on_figure = on_figure
        self.text = ""
        self.rows = Pages(PAGE)
        self.across = Pages(COLUMNS - 1)
        self.at: tuple[int, int] | None = None
        """The figure that is asked about."""
        self.came = 0
        """How often somebody came back to it."""

    # -- what can be done --------------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        if event.act == "page":
            return self.rows.why_not(event.value, len(self._listed()))
        if event.act == "across":
            return self.across.why_not(event.value, len(self.table.columns) - 1)
        if event.act == "figure":
            if self.on_figure is None:
                return "Figures are only read here."
            return "" if self._place(event.value) else "There is no such figure."
        return ""

    def act_find(self, event: Event) -> None:
        self.text = event.value
        self.rows.first()
        self.notice = f"{len(self._listed()):,} of {counted_rows(len(self.table.rows), 'rows')}." if self.text else ""

    def act_page(self, event: Event) -> None:
        self.rows.turn(event.value, len(self._listed()))
        self.notice = f"Rows {self.rows.words(len(self._listed()))}."

    def act_across(self, event: Event) -> None:
        self.across.turn(event.value, len(self.table.columns) - 1)
        self.notice = f"Columns {self.across.words(len(self.table.columns) - 1)}."

    def act_figure(self, event: Event) -> None:
        found = self._place(event.value)
        if found is not None and self.on_figure is not None:
            self.at = found
            self.on_figure(*found)

    def _place(self, value: str) -> tuple[int, int] | None:
        """A figure by its places: what the browser says is never text of the books."""
        first, _, second = value.partition(".")
        if not all(one.isascii() and one.isdigit() for one in (first, second)):
            return None
        row, column = int(first), int(second)
        if row >= len(self.table.rows) or column >= len(self.table.columns):
            return None
        held = self.table.rows[row]
        return (row, column) if held.asked and held.values[column] is not None else None

    def _listed(self) -> Sequence[int]:
        """The places of the rows that are searched for."""
        words = self.text.casefold().split()
        rows = self.table.rows
        if not words:
            return range(len(rows))
        return [at for at, row in enumerate(rows) if all(word in f"{row.name} {row.key}".casefold() for word in words)]

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def body(self) -> Markup:
        listed = self._listed()
        shown = self.rows.of(listed)
        places = self._columns()
        return join(
            [
                style_block(_SHEET),
                self._search() if len(self.table.rows) > PAGE else None,
                self._drawn(shown, places) if shown else tag("p", self._nothing()),
                self.rows.controls(self, len(listed)),
            ]
        )

    def _nothing(self) -> str:
        return "No row fits this search." if self.text else f"{self.title}: {self.table.nothing}"

    def _search(self) -> Markup:
        found = controls.field(self, "Search", "find", self.text, act="find", kind="search")
        return tag("div", found, class_="ak-bar", role="search", aria_label="Choose among the rows")

    def _columns(self) -> list[int]:
        every = list(range(len(self.table.columns)))
        return every if len(every) <= COLUMNS else [*self.across.of(every[:-1]), every[-1]]

    def _drawn(self, rows: Sequence[int], places: Sequence[int]) -> Markup:
        sub = tag("span", self.table.sub, class_="ak-sub") if self.table.sub else None
        heads = [tag("th", tag("span", "Row", class_="ak-unseen"), scope="col")]
        heads += [
            tag("th", tag("bdi", shortened(self.table.columns[place], 60)), scope="col", class_="ak-number")
            for place in places
        ]
        turned = (
            self.across.controls(self, len(self.table.columns) - 1, act="across") if len(places) == COLUMNS else None
        )
        if len(self.table.columns) <= COLUMNS:
            turned = None
        table = tag(
            "table",
            tag("caption", self.title, sub),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *(self._row(at, places) for at in rows)),
            class_="ak-figures",
        )
        scroll = tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=self.title)
        return join([turned, scroll])

    def _row(self, at: int, places: Sequence[int]) -> Markup:
        row = self.table.rows[at]
        held = [place for place in places if row.values[place] is not None and row.asked]
        cells = [
            tag("td", self._figure(at, row, place, first=held[:1] == [place]), class_="ak-number") for place in places
        ]
        total = "ak-total" if row.role != "account" else None
        return tag("tr", name_cell(row), *cells, class_=total, data_across=True)

    def _figure(self, at: int, row: FigureRow, place: int, *, first: bool) -> Markup | None:
        value = row.values[place]
        words = figure_words(value, row.role)
        if value is None or not row.asked or self.on_figure is None:
            return words
        column = f", {shortened(self.table.columns[place], 60)}" if len(self.table.columns) > 1 else ""
        here = self.at == (at, place)
        return tag(
            "button",
            words,
            type="button",
            id=anchor("figure", id(self), at, place),
            class_="ak-figure",
            data_row=True,
            data_act="figure",
            data_value=f"{at}.{place}",
            tabindex="0" if first or here else "-1",
            aria_pressed=str(here).lower(),
            # Back from what a figure is made of, its reader is where they were.
            data_focus=str(self.came) if here else None,
            data_focus_first=here and self.came > 0,
            aria_label=f"{shortened(row.name, 80)}{column}: {amount(value)}. What is it made of?",
        )
