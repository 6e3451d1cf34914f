"""Tables as sheets of one workbook. Text stays text, and what a cell cannot hold is said on a sheet of its own.

Rows go to disk as they come (xlsxwriter's constant memory), into the folder of the export and nowhere else.
Source of the limits: Excel specifications and limits; ECMA-376 part 1 (ST_Xstring), XML 1.0 section 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from akika_forensics.case.export import staging
from akika_forensics.case.export.shape import distinct
from akika_forensics.case.export.survey import Column, Kind, Table, text, typed

ROWS: Final = 1_048_576
CHARACTERS: Final = 32_767
NAME: Final = 31
ABOUT: Final = "About"
NOTED: Final = "Not as received"
_OF_THE_WORKBOOK: Final = (ABOUT, NOTED, "History")  # the last is reserved by Excel

_FORBIDDEN_IN_NAMES: Final = dict.fromkeys(map(ord, "[]:*?/\\'"), "_") | dict.fromkeys(range(32), "_")
_FIRST_DAY: Final = date(1900, 3, 1)  # before it spreadsheets disagree on a 29 February 1900
_NO_XML: Final = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}")
_WIDTHS: Final = {Kind.AMOUNT: 14, Kind.DATE: 11, Kind.TIME: 19, Kind.FLAG: 8, Kind.WHOLE: 10}


class Workbook:
    """``rows``: how many a sheet holds, its heading included; a longer table goes on on further sheets."""

    def __init__(self, file: Path, tables: Sequence[Table], *, rows: int = ROWS) -> None:
        self.path = file
        self._most = rows
        self._stream: IO[bytes] = staging.opened(file)
        self._book = xlsxwriter.Workbook(
            self._stream,
            {
                "constant_memory": True,
                "tmpdir": str(file.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "use_zip64": True,
            },
        )
        self._bold = self._book.add_format({"bold": True})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amounts: dict[int, Any] = {}
        self._about = self._book.add_worksheet(ABOUT)
        self._noted = self._book.add_worksheet(NOTED)
        self._notes = 0
        self.noted = 0
        """Cells that do not hold what was received, listed or not."""
        parts = [(table, part) for table in tables for part in range(-(-table.rows // (rows - 1)))]
        said = (f"{table.name} {part + 1}" if part else table.name for table, part in parts)
        clean = (one.translate(_FORBIDDEN_IN_NAMES) for one in said)
        names = distinct([*_OF_THE_WORKBOOK, *clean], most=NAME)[len(_OF_THE_WORKBOOK) :]
        self._headings = {table.name: table.headings for table in tables}
        self._sheets: dict[str, list[tuple[str, Worksheet]]] = {table.name: [] for table in tables}
        self._done: dict[str, int] = dict.fromkeys(self._sheets, 0)
        for (table, part), name in zip(parts, names, strict=True):
            left = table.rows - part * (rows - 1)
            self._sheets[table.name].append((name, self._begin(name, table, min(left, rows - 1))))
        self._head(self._noted, ("Sheet", "Row", "Column", "What was done"), (24, 10, 40, 60))

    def sheets(self, table: Table) -> list[str]:
        return [name for name, _ in self._sheets[table.name]]

    def add(self, table: Table, keys: Sequence[str | int], cells: Sequence[Any]) -> None:
        number = self._done[table.name]
        self._done[table.name] += 1
        part, at = divmod(number, self._most - 1)
        name, sheet = self._sheets[table.name][part]
        place = _Place(name, at + 1, self._headings[table.name])
        self._text(sheet, place, 0, str(keys[0]))
        for column, key in enumerate(keys[1:], start=1):
            sheet.write_number(at + 1, column, int(key))
        for shift, (kind, value) in enumerate(zip(table.columns, cells, strict=True), start=len(keys)):
            if value is not None:
                self._cell(sheet, place, shift, kind, value)

    def close(self, about: Sequence[tuple[str, str]]) -> None:
        """Fill the first sheet and write the file. Rows of ``about`` are a title and what is said."""
        self._about.set_column(0, 0, 28, self._wrapped)
        self._about.set_column(1, 1, 100, self._wrapped)
        for at, (title, said) in enumerate(about):
            self._about.write_string(at, 0, _plain(title), self._bold)
            self._about.write_string(at, 1, _plain(said)[:CHARACTERS], self._wrapped)
        self._book.close()
        self._stream.close()

    def _begin(self, name: str, table: Table, rows: int) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        widths = (10, *(6 for _ in table.keys[1:]), *(_WIDTHS.get(one.kind, 18) for one in table.columns))
        self._head(sheet, tuple(_plain(one)[:CHARACTERS] for one in table.headings), widths)
        sheet.autofilter(0, 0, rows, len(table.headings) - 1)
        return sheet

    def _head(self, sheet: Worksheet, headings: Sequence[str], widths: Sequence[int]) -> None:
        sheet.freeze_panes(1, 0)
        for at, (said, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, said, self._bold)

    def _cell(self, sheet: Worksheet, place: _Place, at: int, column: Column, value: Any) -> None:
        kind = column.kind
        if kind is Kind.FLAG:
            sheet.write_boolean(place.row, at, value)
        elif kind in (Kind.AMOUNT, Kind.NUMBER, Kind.WHOLE) and _exact(value):
            sheet.write_number(place.row, at, value, self._format(kind, value))
        elif kind is Kind.DATE and date.fromisoformat(value) >= _FIRST_DAY:
            sheet.write_datetime(place.row, at, date.fromisoformat(value), self._day)
        elif kind is Kind.TIME and _holds(moment := typed(kind, value)):
            sheet.write_datetime(place.row, at, moment.replace(tzinfo=None), self._time)
        else:
            if kind is not Kind.TEXT:
                self._note(place, at, f"kept as text: no cell holds this {kind.value} exactly")
            self._text(sheet, place, at, text(value))

    def _text(self, sheet: Worksheet, place: _Place, at: int, said: str) -> None:
        clean = _plain(said)
        if clean != said:
            self._note(place, at, "characters that no workbook can hold are shown as \N{REPLACEMENT CHARACTER}")
        length = _units(clean)
        if length > CHARACTERS:
            self._note(place, at, f"cut: {CHARACTERS:,} of {length:,} characters are here")
            clean = clean.encode("utf-16-le")[: 2 * CHARACTERS].decode("utf-16-le", "ignore")
        sheet.write_string(place.row, at, clean)

    def _note(self, place: _Place, at: int, what: str) -> None:
        self.noted += 1
        if self._notes + 1 < ROWS:
            self._notes += 1
            self._noted.write_string(self._notes, 0, place.sheet)
            self._noted.write_number(self._notes, 1, place.row + 1)
            self._noted.write_string(self._notes, 2, _plain(place.headings[at])[:CHARACTERS])
            self._noted.write_string(self._notes, 3, what)

    def _format(self, kind: Kind, value: int | Decimal) -> Any:
        if kind is not Kind.AMOUNT:
            return None
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        places = max(2, -exponent) if isinstance(exponent, int) else 2
        if places not in self._amounts:
            self._amounts[places] = self._book.add_format({"num_format": f"#,##0.{'0' * places}"})
        return self._amounts[places]


class _Place:
    __slots__ = ("headings", "row", "sheet")

    def __init__(self, sheet: str, row: int, headings: Sequence[str]) -> None:
        self.sheet, self.row, self.headings = sheet, row, headings


def _plain(said: str) -> str:
    return said.translate(_NO_XML) if not said.isascii() else said


def _units(said: str) -> int:
    """Characters as Excel counts them: those beyond U+FFFF are two."""
    return len(said) if said.isascii() else len(said.encode("utf-16-le")) // 2


def _exact(value: int | Decimal) -> bool:
    """Whether a cell, which holds a binary fraction of fifteen digits, shows this number and no other."""
    number = Decimal(value)
    return len(number.normalize().as_tuple().digits) <= 15 and abs(number.adjusted()) <= 100


def _holds(moment: datetime) -> bool:
    return moment.date() >= _FIRST_DAY and moment.microsecond % 1000 == 0
