"""One list while it is made: its columns, its rows, and how many more it may have.

What goes beyond the most cells of a report is not shown; instead of it stands a row that says so, and nothing after it,
not even the totals of what it cuts off. Source: third parties on reports that ended with that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from akika_forensics.twin import settings
from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.listings.at_once import AT_ONCE
from akika_forensics.twin.reports.listings.authors import Authors
from akika_forensics.twin.reports.listings.columns import COLUMNS, EMPTY, SUMMED, Column, Shown, amount
from akika_forensics.twin.reports.listings.names import Cell, Names
from akika_forensics.twin.reports.report import Asked
from akika_forensics.twin.session import Session

type Found = Sequence[Any]
"""The facts of a row, in the order of ``Listing.facts``."""

_HOME: Final = {
    "subt_nat_amount": "subt_nat_home_amount",
    "rbal_nat_amount": "rbal_nat_home_amount",
    "nat_amount": "subt_nat_home_amount",
}
"""The amounts of a company with several currencies. Source: QuickBooks API, reports."""


class _Made(dict[Any, Cell]):
    """The cells of a column by the facts that they are made of, a tuple where they are ``several``."""

    def __init__(self, cell: Callable[..., Cell], *, several: bool) -> None:
        super().__init__()
        self._cell, self._several = cell, several

    def __missing__(self, facts: Any) -> Cell:
        made = self[facts] = self._cell(*facts) if self._several else self._cell(facts)
        return made


class Listing:
    """``offered`` are the keys that may be asked for, ``usual`` those that come unasked.

    ``facts`` are what rows are made of: ``first``, then those of the columns; after them come ``computed`` ones, which
    are in no table.
    """

    def __init__(
        self,
        session: Session,
        asked: Asked,
        offered: Sequence[str],
        usual: Sequence[str],
        first: str,
        computed: Sequence[str] = (),
    ) -> None:
        self._session = session
        self.names = Names(session)
        letters = session.beliefs.choice("cleared_in_reports") == "letters"
        self._shown = Shown(self.names, Authors(session), letters)
        self.columns = [self._titled(COLUMNS[key]) for key in _chosen(session, asked, offered, usual)]
        wanted = dict.fromkeys([*first.split(), *(fact for one in self.columns for fact in one.facts)])
        self.facts = [fact for fact in wanted if fact not in computed]
        self._places = {fact: place for place, fact in enumerate([*self.facts, *computed])}
        self._cells = [self._maker(column) for column in self.columns]
        self._passes = [self._pass(column) for column in self.columns]
        self._further = [self._blank(column) if column.whole else self._maker(column) for column in self.columns]
        self.usual_sort = "txn_type" if session.beliefs.choice("rows_sorted_by") == "txn_type" else ""
        self.left = sheet.MOST_CELLS // max(len(self.columns), 1)
        self.empty: dict[str, Any] = {"ColData": [EMPTY] * len(self.columns), "type": "Data"}

    def _titled(self, column: Column) -> Column:
        """A custom field's column has the field's name."""
        if not column.key.startswith("sales_cust"):
            return column
        names = dict(settings.custom_fields(self._session, "Invoice"))
        title = names.get(column.key[-1], column.title)
        return Column(column.key, title, column.kind, column.facts, column.cell, column.whole, column.blank)

    def _maker(self, column: Column) -> Callable[[Found], Cell]:
        cell = column.cell(self._shown)
        at = [self._places[fact] for fact in column.facts]
        if len(at) == 1:
            (one,) = at
            return lambda found: cell(found[one])
        if len(at) == 2:
            one, two = at
            return lambda found: cell(found[one], found[two])
        return lambda found: cell(*(found[place] for place in at))

    def _blank(self, column: Column) -> Callable[[Found], Cell]:
        if column.blank is not None:
            blank = column.blank
            return lambda _: blank
        at = self._places["id"]
        return lambda found: {"value": "", "id": found[at]}

    def heading(self) -> dict[str, Any]:
        """``Columns`` of the report."""
        if self._session.beliefs.choice("report_columns") == "keyed":
            return {"Column": [{"ColTitle": column.title, "ColType": column.key} for column in self.columns]}
        return {"Column": [sheet.column(column.title, column.kind, ColKey=column.key) for column in self.columns]}

    def row(self, found: Found) -> dict[str, Any]:
        return {"ColData": [cell(found) for cell in self._cells], "type": "Data"}

    def rows(self, found: Sequence[Found], *computed: Sequence[Any]) -> list[dict[str, Any]]:
        """Like ``row``, column by column; ``computed`` are the values of the computed facts, row by row."""
        if not self.columns:
            return [self.row(one) for one in found]
        if not found:
            return []
        values = [*zip(*found, strict=True), *computed]
        cells = [made(*(values[self._places[one]] for one in column.facts)) for column, made in self._made()]
        return [{"ColData": list(some), "type": "Data"} for some in zip(*cells, strict=True)]

    def _made(self) -> Iterable[tuple[Column, Callable[..., Iterable[Cell]]]]:
        return zip(self.columns, self._passes, strict=True)

    def _pass(self, column: Column) -> Callable[..., Iterable[Cell]]:
        """What makes the cells of a column of the values of its facts, each once for all rows that show the same."""
        if column.key in AT_ONCE:
            return AT_ONCE[column.key](self._shown)
        made = _Made(column.cell(self._shown), several=len(column.facts) > 1)
        if len(column.facts) == 1:
            return lambda values: map(made.__getitem__, values)
        return lambda *values: map(made.__getitem__, zip(*values, strict=True))

    def further(self, found: Found) -> dict[str, Any]:
        """A further line of a transaction whose first one stands above."""
        return {"ColData": [cell(found) for cell in self._further], "type": "Data"}

    def header(self, name: str, record_id: str | None = None) -> dict[str, Any]:
        """Of a section; all its other cells are empty."""
        first = {"value": name} if record_id is None else {"value": name, "id": record_id}
        return {"ColData": [first, *[EMPTY] * (len(self.columns) - 1)]}

    def summary(self, name: str, sums: Mapping[str, int | None]) -> dict[str, Any]:
        """``sums`` by key of column; the first cell is the name's, whatever its column."""
        cells = [_sum(sums.get(column.key)) for column in self.columns]
        cells[:1] = [{"value": name}]
        return {"ColData": cells}

    def sums(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
        """Of the columns that are added up, over rows of this list; None where there is no amount."""
        rows = list(rows)
        found: dict[str, int | None] = {}
        for place, column in enumerate(self.columns):
            if column.key in SUMMED:
                texts = [row["ColData"][place]["value"] for row in rows]
                # One text of all of them: without its points it holds cents, and nothing where a cell is empty.
                whole = " ".join(texts).replace(".", "").split()
                found[column.key] = sum(map(int, whole)) if whole else None
        return found

    def take(self, rows: int = 1) -> bool:
        """Whether so many rows more may be shown; they count as shown."""
        self.left -= rows
        return self.left >= 0

    def fitting(self, rows: int) -> int:
        """How many of so many rows may still be shown; they count as shown."""
        fit = min(rows, self.left)
        self.left -= fit
        return fit

    def cut(self) -> dict[str, Any]:
        """The row in place of all that is not shown any more."""
        return sheet.notice(len(self.columns))

    def sort_key(self, key: str) -> Callable[[Found], Any] | None:
        """By what a column shows, figures by value, texts whatever their case; None for a column that is not there."""
        place = next((at for at, column in enumerate(self.columns) if column.key == key), None)
        if place is None:
            return None
        cell = self._cells[place]
        if self.columns[place].kind == "Money":
            return lambda found: Decimal(cell(found)["value"] or 0)
        return lambda found: cell(found)["value"].casefold()


def _sum(cents: int | None) -> Cell:
    return EMPTY if cents is None else {"value": amount(cents)}


def _chosen(session: Session, asked: Asked, offered: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Asked-for columns come in the report's own order. Source: QuickBooks API, reports: map them by ColKey."""
    many = settings.multicurrency(session)
    if asked.columns:
        wanted = list(asked.columns)
    else:
        wanted = [key for key in usual if _tracked(session, key)]
        if many:
            wanted = [_HOME.get(key, key) for key in wanted]
    if session.beliefs.choice("column_order") == "asked":
        return wanted
    own = {key: place for place, key in enumerate(offered)}
    return sorted(wanted, key=lambda key: own.get(key, len(own)))


def _tracked(session: Session, key: str) -> bool:
    """Locations and classes stand in a report where the company keeps them. Source: QuickBooks API, reports."""
    if key == "dept_name":
        return settings.preference(session, "AccountingInfoPrefs", "TrackDepartments") is True
    if key == "klass_name":
        section = "AccountingInfoPrefs"
        return any(
            settings.preference(session, section, one) is True
            for one in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
        )
    return True
