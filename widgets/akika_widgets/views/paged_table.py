"""A long table that answers: searched, narrowed, sorted and turned page by page; only the rows of one page are ever drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from akika_widgets.views.columns import TableColumn, counted_rows
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, style_block
from akika_widgets.views.paged_controls import choosing_bar, foot, ticking_bar
from akika_widgets.views.paged_rows import paged_rows, paged_stylesheet, text_cell
from akika_widgets.views.pages import Pages
from akika_widgets.views.paging import Query, Row, TableModel

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ExtraColumn:
    """A column that is drawn and not held: ``draw`` makes the content of its cell from the row, with `markup.tag`."""

    heading: str
    draw: Callable[[Row], Markup]
    right: bool = False


class PagedTable(LiveView):
    """A table of any length. Everything but one page stays in Python.

    ``model``: the rows. ``rows`` says what they are, in one word of the plural ("records", "steps"). ``extra``: columns that are drawn from the row.
    ``on_choose(key)`` is called when a row is chosen: clicked, reached by the arrow keys, or Enter; without it rows are only read.
    ``selectable``: rows can be ticked; ``on_select(keys)`` hears of every change, `selected` holds the keys.
    ``prefix`` goes before the name of each event, for a table that stands in another live view; see `takes`.

    What can be done from code too: `show` (a query), `choose` (a row by key), `select` (rows by key), `renew` (another model of the same columns).
    """

    def __init__(
        self,
        model: TableModel,
        *,
        title: str,
        sub: str = "",
        rows: str = "rows",
        page: int = PAGE,
        extra: Sequence[ExtraColumn] = (),
        on_choose: Callable[[str], None] | None = None,
        selectable: bool = False,
        on_select: Callable[[frozenset[str]], None] | None = None,
        query: Query | None = None,
        prefix: str = "",
    ) -> None:
        super().__init__()
        self.model = model
        self.title = title
        self.sub = sub
        self.rows = rows
        self.extra = tuple(extra)
        self.on_choose = on_choose
        self.selectable = selectable
        self.on_select = on_select
        self.query = query or Query()
        self.prefix = prefix
        self.pages = Pages(page)
        self.at = ""
        """The key of the chosen row, "" when there is none."""
        self.selected: frozenset[str] = frozenset()

    # -- for code that holds the table -------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """How many rows are listed."""
        return self.model.count(self.query)

    def listed(self) -> list[str]:
        """The keys of all rows listed, in order, on whatever page."""
        return self.model.keys(self.query)

    def show(self, query: Query) -> None:
        """List what the query finds, from its first page."""
        self.query = query
        self.pages.first()
        self.notice = f"{self.number:,} of {counted_rows(len(self.model), self.rows)}." if query.narrows else ""

    def choose(self, key: str) -> None:
        """Choose a row and turn to its page where it is listed. Raises LookupError when there is no such row."""
        if key not in self.model:
            raise LookupError(key)
        self.at = key
        place = self.model.place(self.query, key)
        if place is not None:
            self.pages.show(place)

    def select(self, keys: Iterable[str]) -> None:
        """Tick exactly these rows; keys of no row are left out."""
        wanted = frozenset(keys)
        self.selected = frozenset(key for key in wanted if key in self.model) if wanted else wanted
        if self.on_select is not None:
            self.on_select(self.selected)

    def renew(self, model: TableModel) -> None:
        """Other rows under the same columns: what is ticked and chosen stays so where the row is still there."""
        self.model = model
        self.pages.at = min(self.pages.at, self.pages.last(self.number))
        self.at = self.at if self.at in model else ""
        self.selected = frozenset(key for key in self.selected if key in model)

    def takes(self, event: Event) -> bool:
        """Whether an event is this table's, in a view that holds it: such a view hands it to `dispatch` of the table."""
        return bool(self.prefix) and event.act.startswith(self.prefix)

    # -- what can be done --------------------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> bool:
        return super().dispatch(replace(event, act=event.act.removeprefix(self.prefix)))

    def why_not(self, event: Event) -> str:
        act, value = event.act.removeprefix(self.prefix), event.value
        if act == "page":
            return self.pages.why_not(value, self.number)
        if act in {"sort", "every"}:
            return "" if self._column_at(value) else "There is no such column."
        if act == "within":
            return "" if not value or self._column_at(value) else "There is no such column."
        if act == "value":
            return "" if self._value_at(value) else "There is no such value."
        if act == "choose":
            return "" if unquote(value) in self.model else "There is no such row."
        if act.startswith("mark"):
            return self._why_not_mark(act, value)
        return ""

    def _why_not_mark(self, act: str, value: str) -> str:
        if not self.selectable:
            return "Nothing can be ticked here."
        if act == "mark" and unquote(value) not in self.model:
            return "There is no such row."
        if act == "mark_at" and not self.at:
            return "Choose a row first."
        if act == "mark_none" and not self.selected:
            return "Nothing is ticked."
        if act in {"mark_all", "mark_page"} and not self.number:
            return "No row is listed."
        return ""

    def act_find(self, event: Event) -> None:
        self.show(replace(self.query, text=event.value))

    def act_within(self, event: Event) -> None:
        column = self._column_at(event.value)
        self.show(replace(self.query, column=column.name if column else ""))

    def act_value(self, event: Event) -> None:
        """Let a value of a column through, or no longer."""
        found = self._value_at(event.value)
        if found is not None:
            name, value = found
            chosen = self.query.chosen.get(name, frozenset()) ^ {value}
            self.show(replace(self.query, chosen={**self.query.chosen, name: chosen}))

    def act_every(self, event: Event) -> None:
        """Let every value of a column through again."""
        column = self._column_at(event.value)
        if column is not None:
            left = {name: values for name, values in self.query.chosen.items() if name != column.name}
            self.show(replace(self.query, chosen=left))

    def act_reset(self, event: Event) -> None:
        del event
        self.show(replace(self.query, text="", column="", chosen={}))
        self.notice = f"All {len(self.model):,} {self.rows}."

    def act_sort(self, event: Event) -> None:
        """First upwards, then downwards, then in the order of the rows themselves."""
        column = self._column_at(event.value)
        if column is None:
            return
        same = self.query.sort == column.name
        name = "" if same and self.query.descending else column.name
        self.query = replace(self.query, sort=name, descending=bool(name) and same)
        self.pages.first()
        way = "descending" if self.query.descending else "ascending"
        self.notice = f"Sorted by {column.heading}, {way}." if name else "In their own order."

    def act_page(self, event: Event) -> None:
        self.pages.turn(event.value, self.number)
        self.notice = f"{self.rows.capitalize()} {self.pages.words(self.number)}."

    def act_choose(self, event: Event) -> None:
        self.at = unquote(event.value)
        if self.on_choose is not None:
            self.on_choose(self.at)

    def act_mark(self, event: Event) -> None:
        self._select(self.selected ^ {unquote(event.value)})

    def act_mark_at(self, event: Event) -> None:
        del event
        self._select(self.selected ^ {self.at})

    def act_mark_page(self, event: Event) -> None:
        """Tick every row of this page, or none of them when all are ticked."""
        del event
        here = {row.key for row in self.shown_rows()}
        self._select(self.selected - here if here <= self.selected else self.selected | here)

    def act_mark_all(self, event: Event) -> None:
        """Tick every row listed, on whatever page."""
        del event
        self._select(self.selected.union(self.listed()))

    def act_mark_none(self, event: Event) -> None:
        del event
        self._select(frozenset())

    def _select(self, keys: frozenset[str]) -> None:
        self.selected = keys
        self.notice = f"{counted_rows(len(keys), self.rows)} ticked."
        if self.on_select is not None:
            self.on_select(keys)

    def _column_at(self, place: str) -> TableColumn | None:
        columns = self.model.columns
        return columns[int(place)] if place.isascii() and place.isdigit() and int(place) < len(columns) else None

    def _value_at(self, place: str) -> tuple[str, str] | None:
        """A value by the place of its column and its own among the column's values: what the browser says is never text of the books."""
        first, _, second = place.partition(".")
        column = self._column_at(first)
        if column is None or not column.choices or not (second.isascii() and second.isdigit()):
            return None
        values = self.model.values(column.name)
        return (column.name, values[int(second)]) if int(second) < len(values) else None

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def body(self) -> Markup:
        return join(
            [style_block(paged_stylesheet()), choosing_bar(self), ticking_bar(self), paged_rows(self), foot(self)]
        )

    def cell(self, column: TableColumn, row: Row) -> Markup:
        """The content of a cell. Kinds of tables that draw a column in their own way answer here."""
        return text_cell(column, row)

    def shown_rows(self) -> tuple[Row, ...]:
        """The rows of the page that is shown."""
        return self.model.page(self.query, self.pages.at, self.pages.size)
