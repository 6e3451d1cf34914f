"""A statement as it is read: a row a line, figures in columns, totals and sums set off; static here, each figure to be asked in `live_figures`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.table import LONG, ROWS, TableView
from akika_widgets.views.wording import amount

if TYPE_CHECKING:
    from akika_widgets.views.live_figures import LiveFigures

COLUMNS: Final = 13
"""Columns of figures that are drawn side by side."""

type Role = Literal["account", "total", "sum"]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """``values``: one a column, None where there is no figure. ``key``: an Id beside the name, or ""."""

    name: str
    values: tuple[Decimal | None, ...]
    role: Role = "account"
    key: str = ""
    asked: bool = True
    """Whether its figures can be asked what they are made of."""


class FiguresTable(TableView):
    """Rows of figures. Of more than `COLUMNS` columns the last of the first ones is the last of all, which is the total. Raises ValueError for a row of another length."""

    def __init__(
        self, title: str, columns: Sequence[str], rows: Iterable[FigureRow], *, sub: str = "", limit: int = ROWS
    ) -> None:
        super().__init__(title, sub, limit)
        self.columns = tuple(columns)
        self.rows = tuple(rows)
        for row in self.rows:
            if len(row.values) != len(self.columns):
                raise ValueError(f"a row of {title!r} has {len(row.values)} figures, not {len(self.columns)}")

    def live(self) -> LiveFigures:
        """The same to be searched and turned page by page."""
        from akika_widgets.views.live_figures import LiveFigures  # noqa: PLC0415 - a live view is only loaded to be shown

        return LiveFigures(self)

    def places(self) -> list[int]:
        """The columns that are drawn: all, or the first and the last."""
        every = list(range(len(self.columns)))
        return every if len(every) <= COLUMNS else [*every[: COLUMNS - 1], every[-1]]

    def plain(self) -> str:
        head = f"{self.title}: {self.sub}" if self.sub else self.title
        if not self.rows:
            return f"{self.title}: {self.nothing}"
        places = self.places()
        lines = [f"  {'':<40}" + "".join(f"{shortened(self.columns[place], 16):>22}" for place in places)]
        for row in self.rows[: self.limit]:
            figures = "".join(f"{'' if (one := row.values[place]) is None else amount(one):>22}" for place in places)
            lines.append(f"  {shortened(row.name, 40):<40}{figures}")
        rest = len(self.rows) - self.limit
        return "\n".join([head, *lines, *([f"  and {rest:,} more"] if rest > 0 else [])])

    def html(self) -> Markup:
        if not self.rows:
            return self._empty()
        places = self.places()
        rows = [
            tag(
                "tr",
                name_cell(row),
                *(tag("td", figure_words(row.values[place], row.role), class_="ak-number") for place in places),
            )
            for row in self.rows
        ]
        return self._drawn([("", False), *((shortened(self.columns[place], 60), True) for place in places)], rows)


def name_cell(row: FigureRow) -> Markup:
    """The head of a row; a total is said in a stronger voice."""
    name = tag("bdi", shortened(row.name or "(no name)", LONG))
    key = tag("bdi", shortened(row.key, 40), class_="ak-key") if row.key else None
    said = tag("strong", name) if row.role != "account" else name
    return tag("th", said, " " if key else None, key, scope="row")


def figure_words(value: Decimal | None, role: Role) -> Markup | None:
    """A figure as it is read."""
    if value is None:
        return None
    return tag("strong", amount(value)) if role != "account" else tag("span", amount(value))
