"""A captioned table: what all tables of a report share, and the plainest of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import amount

ROWS: Final = 1000
"""Rows of one table in a document; the others are counted."""
LONG: Final = 240


class TableView(View):
    """A captioned table whose rows are counted when there are more than ``limit``."""

    nothing: str = "There is nothing to show."

    sign: tuple[str, str] | None = None
    """Symbol and tone before the words below the title, where these are a verdict."""

    def __init__(self, title: str, sub: str = "", limit: int = ROWS) -> None:
        self.title = title
        self.sub = sub
        self.limit = limit

    def _drawn(
        self, headings: Sequence[tuple[str, bool]], rows: Sequence[Markup], foot: Markup | None = None
    ) -> Markup:
        said = marked(self.sign[0], self.sub, self.sign[1]) if self.sign else self.sub
        sub = tag("span", said, class_="ak-sub") if self.sub else None
        head = tag(
            "tr", *(tag("th", word, scope="col", class_="ak-number" if number else None) for word, number in headings)
        )
        body = tag("tbody", *rows[: self.limit])
        table = tag(
            "table",
            tag("caption", self.title, sub),
            tag("thead", head),
            body,
            tag("tfoot", foot) if foot is not None else None,
        )
        rest = len(rows) - self.limit
        more = tag("p", f"{rest:,} more row{'' if rest == 1 else 's'} are not drawn here.") if rest > 0 else None
        return styled(tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=self.title), more)

    def _empty(self) -> Markup:
        return styled(tag("p", self.title, ": ", self.nothing))


def money_cell(value: Decimal, *, sign: bool = False, strong: bool = False) -> Markup:
    shown = amount(value, sign=sign)
    return tag("td", tag("strong", shown) if strong else shown, class_="ak-number")


def named(name: str, key: object) -> Markup:
    return join(
        [tag("bdi", shortened(name or "(no name)", LONG)), " ", tag("bdi", shortened(str(key), LONG), class_="ak-key")]
    )


def opened(names: Iterable[Markup], *, columns: int, indent: int = 0) -> Markup:
    """The row below one that stands for several: it opens to name each, and on paper it is open."""
    listed = tag("ul", *(tag("li", name) for name in names), class_="ak-run")
    details = tag("details", tag("summary", "each of them", class_="ak-quiet"), listed, class_="ak-on-paper")
    return tag("tr", *(tag("td") for _ in range(indent)), tag("td", details, colspan=columns - indent))


def marked(symbol: str, word: object, tone: str) -> Markup:
    """A state in a cell: symbol and word, the colour only repeats them."""
    return tag("span", tag("span", symbol, class_="ak-symbol", aria_hidden="true"), word, class_=f"ak-state ak-{tone}")


class FigureTable(TableView):
    """Named figures, one a row, with a word on each: the verification of a restore, the counts of a snapshot.

    ``rows``: ``(name, value, note)``; a Decimal is written as money, an integer as a count.
    """

    def __init__(self, rows: Iterable[tuple[str, Any, str]], *, title: str, sub: str = "") -> None:
        self.rows = tuple(rows)
        super().__init__(title, sub)

    def plain(self) -> str:
        head = f"{self.title}: {self.sub}" if self.sub else self.title
        return "\n".join([head, *(f"  {name:<28} {_figure(value):>14}  {note}" for name, value, note in self.rows)])

    def html(self) -> Markup:
        if not self.rows:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("th", tag("bdi", shortened(name, LONG)), scope="row"),
                tag("td", shortened(_figure(value), LONG), class_="ak-number"),
                tag("td", tag("bdi", shortened(note, LONG)), class_="ak-quiet ak-note"),
            )
            for name, value, note in self.rows
        ]
        return self._drawn([("What", False), ("Figure", True), ("Meaning", False)], rows)


def _figure(value: Any) -> str:
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
