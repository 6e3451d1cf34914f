"""Any report of QuickBooks as rows and columns, sections opened, every cell's Id kept.

Nothing is computed here. Sums are told apart from rows, so that nobody adds them up twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from akika_forensics.errors import Fault, Found, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_date, parse_instant

UNABLE: Final = "unable to display more data"
"""Begins the row in place of all that a report of more than 400,000 cells does not show, with HTTP 200. Source: QuickBooks API, report limits."""

type Role = Literal["row", "head", "sum"]


class Cell(NamedTuple):
    text: str
    id: str | None


class Column(NamedTuple):
    """``key`` is QuickBooks' name for it, or the title in lower case; ``start`` and ``end`` where it is of a period."""

    key: str
    title: str
    kind: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """``role``: a row, the head of a section with figures of its own, or the sum of one.

    ``within`` are the first cells of the sections around it, outermost first; ``groups`` their names for programs, the row's own last.
    """

    role: Role
    cells: tuple[Cell, ...]
    within: tuple[Cell, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """``basis``, ``start``, ``end``, ``currency`` and ``time``, when it was made, are None where the report's header does not say.

    ``cut``: QuickBooks said that it shows no more; ``rows`` are those before.
    """

    report: str
    basis: str | None
    start: date | None
    end: date | None
    currency: str | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    time: datetime | None = None
    cut: bool = False

    def place(self, *keys: str) -> int | None:
        """Where the first of these columns stands."""
        for key in keys:
            for place, column in enumerate(self.columns):
                if column.key == key:
                    return place
        return None


def read(report: bytes, what: str) -> Sheet:
    """``what`` names the report in messages.

    Raises Fault where QuickBooks answered with one, Found where the report cannot be read.
    """
    try:
        document = payloads.decode(report)
    except WrongUse as error:
        raise unreadable(what, "it is not JSON") from error
    if isinstance(_get(document, "Fault"), dict):
        raise _fault(what, _get(document, "Fault"))
    header = _get(document, "Header")
    if not isinstance(header, dict):
        raise unreadable(what, "it has no header")
    columns = _get(_get(document, "Columns"), "Column")
    rows = () if _no_data(header) else tuple(_rows(_get(document, "Rows"), (), ()))
    shown = tuple(row for row in rows if row.role == "head" or not _says_no_more(row.cells))
    return Sheet(
        report=_text(header, "ReportName") or what.split("/", maxsplit=1)[0],
        basis=_text(header, "ReportBasis"),
        start=_date(_get(header, "StartPeriod")),
        end=_date(_get(header, "EndPeriod")),
        currency=_text(header, "Currency"),
        columns=tuple(_column(one) for one in columns if isinstance(one, dict)) if isinstance(columns, list) else (),
        rows=shown,
        time=_instant(_get(header, "Time")),
        cut=len(shown) < len(rows),
    )


def amount(cell: Cell, what: str) -> Decimal | None:
    """The number in a cell, None when it is empty. ``225.0`` and ``1,225.00`` have been seen. Raises Found."""
    text = cell.text.replace(",", "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise unreadable(what, f"{text[:40]!r} is no amount") from None
    if not value.is_finite():
        raise unreadable(what, f"{text[:40]!r} is no amount")
    return value


def require_whole(page: Sheet, what: str) -> None:
    """Raises Found where the report is cut off."""
    if page.cut:
        raise Found(
            f"QuickBooks cut the report {what} off: it says it is unable to display more data.",
            means="Rows are missing from it without any other sign.",
            do="Ask for a shorter period.",
        )


def unreadable(what: str, why: str) -> Found:
    return Found(
        f"The report {what} could not be read: {why}.",
        means="The books cannot be compared with it.",
        do="Capture again; the report is kept as it came.",
    )


def _rows(rows: Any, within: tuple[Cell, ...], groups: tuple[str, ...]) -> Iterator[Row]:
    """In the order of the report; nested as deep as the report is, which decoding has bounded."""
    found = _get(rows, "Row")
    for row in found if isinstance(found, list) else []:
        if not isinstance(row, dict):
            continue
        group = _text(row, "group")
        mine = (*groups, group) if group else groups
        cells = _cells(_get(row, "ColData"))
        if cells:
            yield Row("row", cells, within, mine)
        head = _cells(_get(_get(row, "Header"), "ColData"))
        if head:
            yield Row("head", head, within, mine)
        inner = (*within, head[0]) if head else within
        yield from _rows(_get(row, "Rows"), inner, mine)
        total = _cells(_get(_get(row, "Summary"), "ColData"))
        if total:
            yield Row("sum", total, inner, mine)


def _cells(cells: Any) -> tuple[Cell, ...]:
    if not isinstance(cells, list):
        return ()
    # Most of the time of a report goes in here: both names begin small however a service spells, and few cells have an Id.
    return tuple(
        [
            Cell(str(cell.get("value") or ""), _id(cell["id"]) if "id" in cell else None)
            for cell in cells
            if isinstance(cell, dict)
        ]
    )


def _says_no_more(cells: tuple[Cell, ...]) -> bool:
    """A memo or a name that says the same is no sign: the notice has no Id, and nothing stands beside it."""
    first, *others = cells
    said = first.text.strip().lower().startswith(UNABLE)
    return said and first.id is None and not any(cell.text for cell in others)


def _id(value: Any) -> str | None:
    if value.__class__ is str:
        return value or None
    return str(value) if value.__class__ is int else None


def _column(column: dict[str, Any]) -> Column:
    told: dict[str, str] = {}
    metadata = _get(column, "MetaData")
    for entry in metadata if isinstance(metadata, list) else []:
        name, value = _get(entry, "Name"), _get(entry, "Value")
        if isinstance(name, str) and isinstance(value, str):
            told[name] = value
    title, kind = str(_get(column, "ColTitle") or "").strip(), str(_get(column, "ColType") or "")
    # Where a column has no MetaData its type has been seen to be its key.
    key = (told.get("ColKey") or (kind if kind.islower() else title)).strip().lower()
    if not key and kind.lower() == "account":
        key = "account"
    return Column(key, title, kind, _date(told.get("StartDate")), _date(told.get("EndDate")))


def _get(holder: Any, name: str) -> Any:
    """The value at ``name``; report services have been seen with ``Header`` and with ``header``."""
    if not isinstance(holder, dict):
        return None
    return holder[name] if name in holder else holder.get(_small(name))


@cache
def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _text(holder: Any, name: str) -> str | None:
    value = _get(holder, name)
    return value if isinstance(value, str) and value else None


def _date(value: Any) -> date | None:
    try:
        return parse_date(str(value))
    except ValueError:
        return None


def _instant(value: Any) -> datetime | None:
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _no_data(header: dict[str, Any]) -> bool:
    options = _get(header, "Option")
    return any(
        str(_get(option, "Name")) == "NoReportData" and str(_get(option, "Value")).lower() == "true"
        for option in (options if isinstance(options, list) else [])
    )


def _fault(what: str, fault: dict[str, Any]) -> Fault:
    rows = _get(fault, "Error")
    faults = [
        tuple(str(_get(row, name) or "") for name in ("code", "Message", "Detail", "element"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    return Fault(
        f"QuickBooks refused the report {what}.",
        faults=[(row[0], row[1], row[2], row[3]) for row in faults],
        do="Capture again; if it stays, look at the fault's own words.",
    )
