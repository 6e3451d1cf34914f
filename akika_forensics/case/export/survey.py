"""Which tables and columns a snapshot fills, and of which kind each column is. Pure; memory grows with columns alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from akika_forensics.case.export.shape import ID, Path, distinct, heading, rows_of
from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record

MOST_COLUMNS: Final = 16_384
"""Of one table: what a worksheet takes."""
MOST_TABLES: Final = 500

_AMOUNT: Final = re.compile(
    r"(Amt|Amount|Balance|BalanceWithSubAccounts|Credit|Cost|Price|TotalTax|Taxable|LessCIS|Deposit)$"
)
"""The last name of a field that holds money. Source: QuickBooks Online Accounting API v3 schemas (known_fields)."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_DIGITS: Final = 38
_WHOLE: Final = 2**63


class Kind(StrEnum):
    TEXT = "text"
    AMOUNT = "amount"
    NUMBER = "number"
    WHOLE = "whole number"
    DATE = "date"
    TIME = "time"
    FLAG = "yes or no"


@dataclass(frozen=True, slots=True)
class Column:
    """``places``: decimals that hold every number of the column; two or more for an amount."""

    path: Path
    heading: str
    kind: Kind
    places: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """``keys``: headings of the columns that say which row this is; the first of them is the record's Id."""

    name: str
    path: Path
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: int

    @property
    def entity(self) -> str:
        return self.path[0]

    @property
    def place(self) -> tuple[Path, int]:
        """What `Row.place` is for the rows of this table."""
        return self.path, len(self.keys) - 1

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.keys, *(column.heading for column in self.columns))


def tables_of(records: Iterable[Record]) -> tuple[Table, ...]:
    """The tables in the order in which they are met. Raises WrongUse when they have more columns than a table can."""
    found: dict[tuple[Path, int], _Seen] = {}
    for record in records:
        for row in rows_of(record):
            seen = found.get(row.place)
            if seen is None:
                if len(found) == MOST_TABLES:
                    raise _beyond(f"These records hold more than {MOST_TABLES} different lists.")
                seen = found[row.place] = _Seen()
            seen.rows += 1
            for path, value in row.cells.items():
                facts = seen.columns.get(path)
                if facts is None:
                    facts = seen.columns[path] = _Facts(path)
                facts.take(value)
            if len(seen.columns) + len(row.at) >= MOST_COLUMNS:
                raise _beyond(f"{heading(row.table)} holds more than {MOST_COLUMNS} different fields.")
    order = sorted(found, key=lambda place: place[0][0])  # stable: the lists of an entity stand behind it
    names = distinct(heading(path) for path, _ in order)
    return tuple(_table(name, place, found[place]) for name, place in zip(names, order, strict=True))


def typed(kind: Kind, value: Any) -> Any:
    """A cell of a column: date, aware time in UTC, bool, int, Decimal or text; None stays None."""
    if value is None:
        return None
    match kind:
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.TIME:
            return parse_instant(value).astimezone(UTC)
        case Kind.AMOUNT | Kind.NUMBER:
            return Decimal(value)
        case Kind.TEXT:
            return text(value)
    return value


def text(value: Any) -> str:
    """A value of JSON as text: numbers in plain notation with the digits they came with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        # With an exponent beyond all measure the plain notation could fill the memory.
        return format(value, "f") if abs(value.adjusted()) <= 400 else str(value)
    return str(value)


@dataclass(slots=True)
class _Facts:
    path: Path
    kinds: set[str] = field(default_factory=set)
    places: int = 0
    digits: int = 0
    """Before the point."""
    largest: int = 0
    _is_text: bool = False

    def take(self, value: Any) -> None:
        if isinstance(value, str):
            if not self._is_text:  # nearly always it is, and no value can make it anything else again
                sort = self._sort(value)
                self.kinds.add(sort)
                self._is_text = sort == "text"
        elif isinstance(value, bool):
            self.kinds.add("flag")
        elif isinstance(value, int):
            self.kinds.add("int")
            self.largest = max(self.largest, abs(value))
        else:
            self.kinds.add("decimal")
            exponent = value.as_tuple().exponent
            self.places = max(self.places, -exponent)
            self.digits = max(self.digits, value.adjusted() + 1)

    def _sort(self, value: str) -> str:
        name = self.path[-1] if self.path else ""
        if name.endswith("Date") and is_day(value):
            return "date"
        if name.endswith(("Time", "Date")) and is_instant(value):
            return "time"
        return "text"

    def column(self, said: str) -> Column:
        kinds = self.kinds
        if kinds == {"flag"}:
            return Column(self.path, said, Kind.FLAG)
        if kinds in ({"date"}, {"time"}):
            return Column(self.path, said, Kind(next(iter(kinds))))
        if kinds and kinds <= {"int", "decimal"}:
            is_amount = bool(self.path and _AMOUNT.search(self.path[-1]))
            if kinds == {"int"} and not is_amount and self.largest < _WHOLE:
                return Column(self.path, said, Kind.WHOLE)
            places = max(self.places, 2 if is_amount else 0)
            if (
                places + max(self.digits, len(str(self.largest)) if self.largest < 10**_MOST_DIGITS else 99)
                <= _MOST_DIGITS
            ):
                return Column(self.path, said, Kind.AMOUNT if is_amount else Kind.NUMBER, places)
        return Column(self.path, said, Kind.TEXT)


@dataclass(slots=True)
class _Seen:
    rows: int = 0
    columns: dict[Path, _Facts] = field(default_factory=dict)


def is_day(value: str) -> bool:
    return _DAY.fullmatch(value) is not None and _reads(date.fromisoformat, value)


def is_instant(value: str) -> bool:
    return len(value) > len("2015-10-01") and _reads(lambda said: parse_instant(said).astimezone(UTC), value)


def _reads(read: Any, value: str) -> bool:
    try:
        read(value)
    except (ValueError, OverflowError):
        return False
    return True


def _table(name: str, place: tuple[Path, int], seen: _Seen) -> Table:
    path, depth = place
    keys = list(_keys(path, depth))
    facts = list(seen.columns.values())
    # A payload's own Id is only met where it is not the one it was captured under.
    own = ("Id (as sent)" if one.path == ID and not depth else heading(one.path) for one in facts)
    said = distinct([*keys, *own])
    columns = tuple(one.column(words) for one, words in zip(facts, said[len(keys) :], strict=True))
    return Table(name, path, tuple(said[: len(keys)]), columns, seen.rows)


def _keys(path: Path, depth: int) -> Iterator[str]:
    """``Id`` of a record; of a row in its lists ``Invoice.Id`` and the place in each list, such as ``#1``."""
    yield "Id" if not depth else f"{heading(path[:1])}.Id"
    yield from (f"#{number}" for number in range(1, depth + 1))


def _beyond(what: str) -> WrongUse:
    return WrongUse(what, means="No table can carry them.", do="Export as jsonl, which is what QuickBooks sent.")
