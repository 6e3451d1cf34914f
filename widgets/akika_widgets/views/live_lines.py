"""Lines of amounts that can be searched, sorted and narrowed to those that differ, with a sum of what is shown.

The acts begin with ``lines_``, so that such a list can stand inside another live view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Child, Markup, join, tag
from akika_widgets.views.pages import Pages
from akika_widgets.views.table import marked
from akika_widgets.views.view import anchor

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class LineColumn[T]:
    """A column: what it sorts by and how it is drawn. ``value`` gives a text or an amount (a column of amounts is summed)."""

    name: str
    word: str
    value: Callable[[T], str | Decimal]
    cell: Callable[[T], Markup]
    number: bool = True


@dataclass(frozen=True, slots=True)
class Sheet[T]:
    """One list of lines among several that are shown in turn."""

    name: str
    title: str
    lines: Sequence[T]


class LiveLines[T](LiveView):
    """Lines of amounts. ``differs`` says which lines are the point; ``found`` are those that are shown, in order."""

    def __init__(
        self,
        title: str,
        columns: Sequence[LineColumn[T]],
        sheets: Iterable[Sheet[T]],
        *,
        differs: Callable[[T], bool],
        only: str = "Only differences",
        text: Callable[[T], str],
        foot: Callable[[Sequence[T], str], Markup],
        sub: Child = None,
        page: int = PAGE,
    ) -> None:
        super().__init__()
        self.title = title
        self.columns = tuple(columns)
        self.sheets = tuple(sheets)
        self.sub = sub
        self.caution = ""
        self._differs = differs
        self._only = only
        self._text = text
        self._foot = foot
        self.sheet = self.sheets[0]
        self.all = not any(map(differs, self.sheet.lines))
        self.text = ""
        self.sorted_by = ""
        self.down = False
        self.pages = Pages(page)
        self.found: tuple[T, ...] = ()
        self._choose()

    # -- what can be done --------------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        known = {
            "lines_sheet": [sheet.name for sheet in self.sheets],
            "lines_show": ["all", "differences"],
            "lines_sort": [column.name for column in self.columns],
        }.get(event.act)
        if known is not None and event.value not in known:
            return "There is no such choice."
        return self.pages.why_not(event.value, len(self.found)) if event.act == "lines_page" else ""

    def act_lines_sheet(self, event: Event) -> None:
        self.sheet = next(sheet for sheet in self.sheets if sheet.name == event.value)
        self._choose()

    def act_lines_show(self, event: Event) -> None:
        self.all = event.value == "all"
        self._choose()

    def act_lines_find(self, event: Event) -> None:
        self.text = event.value
        self._choose()

    def act_lines_sort(self, event: Event) -> None:
        """By this column, the other way round when it is sorted by it already. Amounts begin with the largest."""
        column = next(column for column in self.columns if column.name == event.value)
        self.down = not self.down if self.sorted_by == event.value else column.number
        self.sorted_by = event.value
        self._choose()
        self.notice = f"Sorted by {column.word}, {'down' if self.down else 'up'}."

    def act_lines_page(self, event: Event) -> None:
        self.pages.turn(event.value, len(self.found))

    def _choose(self) -> None:
        words = self.text.casefold().split()
        lines = [
            line
            for line in self.sheet.lines
            if (self.all or self._differs(line)) and all(word in self._text(line).casefold() for word in words)
        ]
        column = next((column for column in self.columns if column.name == self.sorted_by), None)
        if column is not None:
            lines.sort(key=lambda line: _order(column.value(line)), reverse=self.down)
        self.found = tuple(lines)
        self.pages.first()
        self.notice = f"{len(self.found):,} of {len(self.sheet.lines):,} lines."

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def body(self) -> Markup:
        return self.drawn()

    def drawn(self) -> Markup:
        """The list without the view's style sheet, for use inside another live view."""
        caution = tag("p", marked("!", self.caution, "changed"), class_="ak-caution") if self.caution else None
        return join([caution, self._bar(), self._table(), self.pages.controls(self, len(self.found), act="lines_page")])

    def _bar(self) -> Markup:
        shown = [("differences", self._only), ("all", "All")]
        sheets = [(sheet.name, sheet.title) for sheet in self.sheets]
        return tag(
            "div",
            controls.choices(self, "What is listed", "lines_sheet", sheets, self.sheet.name)
            if len(sheets) > 1
            else None,
            controls.choices(self, "Which lines", "lines_show", shown, "all" if self.all else "differences"),
            controls.field(self, "Search", "lines_find", self.text, act="lines_find", kind="search"),
            class_="ak-bar",
            role="search",
            aria_label="Choose among the lines",
        )

    def _table(self) -> Markup:
        shown = self.pages.of(self.found)
        if not shown:
            return tag("p", "No line fits these choices.")
        words = "Sum" if len(self.found) == len(self.sheet.lines) else f"Sum of the {len(self.found):,} shown"
        caption = tag("caption", self.sheet.title, tag("span", self.sub, class_="ak-sub") if self.sub else None)
        head = tag("thead", tag("tr", *(self._heading(column) for column in self.columns)))
        rows = [tag("tr", *(column.cell(line) for column in self.columns)) for line in shown]
        table = tag("table", caption, head, tag("tbody", *rows), tag("tfoot", self._foot(self.found, words)))
        return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=self.sheet.title)

    def _heading(self, column: LineColumn[T]) -> Markup:
        at = self.sorted_by == column.name
        pressed = tag(
            "button",
            column.word,
            tag("span", "▾" if self.down else "▴", aria_hidden="true") if at else None,
            type="button",
            id=anchor("sort", id(self), column.name),
            class_="ak-sort",
            data_act="lines_sort",
            data_value=column.name,
        )
        return tag(
            "th",
            pressed,
            scope="col",
            class_="ak-number" if column.number else None,
            aria_sort=("descending" if self.down else "ascending") if at else None,
        )


def _order(value: str | Decimal) -> Any:
    return value.casefold() if isinstance(value, str) else value
