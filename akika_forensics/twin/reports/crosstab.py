"""Sums of postings by one thing down and another across: customers by month, items by class.

What is added up is cents of the home currency; days, filters and cuts are those that were asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from akika_forensics.twin.reports import basis, periods, sheet
from akika_forensics.twin.reports.figures import dated, whose
from akika_forensics.twin.reports.parties import NOBODY, Names
from akika_forensics.twin.reports.report import TIME_CUTS, Asked
from akika_forensics.twin.session import Session


@dataclass(frozen=True, slots=True)
class Dimension:
    """``filter`` is the parameter that keeps a report to some of it, ``entity`` the list, ``sql`` the Id in a posting."""

    filter: str
    entity: str
    sql: str


CUSTOMER: Final = Dimension("customer", "Customer", whose("Customer"))
VENDOR: Final = Dimension("vendor", "Vendor", whose("Vendor"))
EMPLOYEE: Final = Dimension("employee", "Employee", whose("Employee"))
DEPARTMENT: Final = Dimension("department", "Department", "p.department")
CLASS: Final = Dimension("class", "Class", "p.class")
ITEM: Final = Dimension("item", "Item", "p.item")
BY: Final[Mapping[str, Dimension]] = {
    "Customers": CUSTOMER,
    "Vendors": VENDOR,
    "Employees": EMPLOYEE,
    "Departments": DEPARTMENT,
    "Classes": CLASS,
    "ProductsAndServices": ITEM,
}
"""``summarize_column_by``, beside the cuts of time."""
CUTS: Final = (*TIME_CUTS, *BY)


@dataclass(frozen=True, slots=True)
class What:
    """Which postings count: a condition over ``p`` with its values."""

    where: str
    values: tuple[Any, ...] = ()

    def __and__(self, other: What) -> What:
        return What(f"{self.where} AND {other.where}", (*self.values, *other.values))


def one_of(sql: str, ids: Iterable[str]) -> What:
    found = tuple(sorted(ids))
    return What(f"{sql} IN ({','.join('?' * len(found))})", found)


def asked_for(asked: Asked, dimensions: Sequence[Dimension]) -> What:
    """The days and the filters of a request."""
    found = What("p.date >= ? AND p.date <= ?", (asked.period.start.isoformat(), asked.period.end.isoformat()))
    for one in dimensions:
        if asked.only(one.filter):
            found &= one_of(one.sql, asked.only(one.filter))
    return found


@dataclass(slots=True)
class Columns:
    """The columns of a cut: headings, and in which one a value of ``sql`` belongs; the last is the total if ``total``."""

    sql: str
    headings: list[dict[str, Any]]
    total: bool
    _starts: list[str] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    def place(self, value: str) -> int:
        return bisect_right(self._starts, value) - 1 if self._starts else self._places.get(value, 0)

    def spread(self, sums: Mapping[str, int]) -> list[int | None]:
        """Cents by value as cents by column; None where nothing was."""
        figures: list[int | None] = [None] * len(self.headings)
        for value, cents in sums.items():
            places = {self.place(value), len(figures) - 1} if self.total else {self.place(value)}
            for place in places:
                figures[place] = (figures[place] or 0) + cents
        return figures


def columns(session: Session, asked: Asked, values: Iterable[str] = ()) -> Columns:
    """``values`` are those that occur, where the cut is not by time: a column each, by name, then what has none."""
    total = sheet.column("TOTAL", "Money", ColKey="total")
    if asked.by == "Total":
        return Columns("''", [sheet.column("Total", "Money", ColKey="total")], total=False)
    if asked.by in periods.CUTS:
        cuts = list(periods.cut(session, asked.period, asked.by))
        return Columns(
            "p.date", [*map(dated, cuts), total], total=True, _starts=[one.start.isoformat() for one in cuts]
        )
    dimension = BY[asked.by]
    names = Names(session, dimension.entity)
    found = sorted((one for one in set(values) if one), key=names.place)
    headings = [sheet.column(names.plain(one), "Money", ColKey=one) for one in found]
    if "" in values:
        headings.append(sheet.column(NOBODY, "Money", ColKey="not_specified"))
    places = {one: place for place, one in enumerate([*found, ""])}
    return Columns(dimension.sql, [*headings, total], total=True, _places=places)


def cut_sql(asked: Asked) -> str:
    """What a posting is cut by."""
    if asked.by == "Total":
        return "''"
    return "p.date" if asked.by in periods.CUTS else BY[asked.by].sql


def sums(
    session: Session, asked: Asked, down: str, what: What, figure: str = "sum(p.cents)", table: str = ""
) -> list[tuple[Any, ...]]:
    """(value down, value across, figure) of the postings on the asked basis, or of ``table`` with such columns.

    ``figure`` is SQL, several apart by commas.
    """
    table = table or basis.table(session, asked.basis)
    return session.store.select(
        f"SELECT {down}, {cut_sql(asked)}, {figure} FROM {table} AS p WHERE {what.where} GROUP BY 1, 2",  # noqa: S608 - our own text
        what.values,
    )


def spread(
    session: Session, asked: Asked, rows: Iterable[tuple[Any, ...]], sign: int
) -> tuple[Columns, dict[str, list[int | None]]]:
    """The columns, and the figures of each value down."""
    found: dict[str, dict[str, int]] = {}
    for down, across, cents in rows:
        mine = found.setdefault(str(down), {})
        mine[str(across)] = mine.get(str(across), 0) + sign * int(cents)
    cut = columns(session, asked, {across for mine in found.values() for across in mine})
    return cut, {down: cut.spread(mine) for down, mine in found.items()}
