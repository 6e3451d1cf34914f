"""Records as JSON lines, and tables as CSV."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

from akika_forensics.case.export import staging
from akika_forensics.case.export.survey import Column, Kind, Table, text
from akika_forensics.model.record import Record

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - what spreadsheets take for signs
"""With what a spreadsheet's formula begins, or with what one can be smuggled in."""


class JsonLines:
    """One file an entity, one payload a line, as received."""

    def __init__(self) -> None:
        self.rewrapped = 0
        """Payloads that came with line breaks between their tokens; each break is a blank here."""

    def line(self, record: Record) -> bytes:
        payload = record.payload
        if b"\n" in payload or b"\r" in payload:  # never within a string: JSON escapes them there
            self.rewrapped += 1
            payload = b" ".join(payload.splitlines())
        return payload + b"\n"


class CsvTable:
    """One table as CSV: UTF-8 without a mark, a heading, CRLF, text in quotes and numbers bare, nothing for no value.

    Source: RFC 4180. Text that a spreadsheet could run is made harmless by `harmless`.
    """

    def __init__(self, folder: Path, name: str, table: Table) -> None:
        self.path = folder / f"{name}.csv"
        self._stream: IO[bytes] = staging.opened(self.path)
        self._columns = table.columns
        self._line(_quoted(harmless(one)) for one in table.headings)

    def add(self, keys: Sequence[str | int], cells: Sequence[Any]) -> None:
        self._line(
            [
                _quoted(harmless(keys[0])) if isinstance(keys[0], str) else str(keys[0]),
                *map(str, keys[1:]),
                *(_cell(column, value) for column, value in zip(self._columns, cells, strict=True)),
            ]
        )

    def close(self) -> None:
        self._stream.close()

    def _line(self, cells: Iterable[str]) -> None:
        self._stream.write(f"{','.join(cells)}\r\n".encode())


def harmless(said: str) -> str:
    """Text that a spreadsheet would run gets an apostrophe before it, and so does text that begins with one.

    Whoever takes one apostrophe off wherever there is one has the very text again.
    """
    if said[:1].isalnum():
        return said
    bare = said.lstrip(
        "".join({one for one in said[:64] if one.isspace() or unicodedata.category(one) in {"Cc", "Cf"}})
    )
    return "'" + said if said.startswith(("'", *_RUNS)) or bare.startswith(_RUNS) else said


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind is Kind.AMOUNT:
        return amount(value)
    if column.kind in (Kind.NUMBER, Kind.WHOLE, Kind.FLAG):
        return text(value)
    return _quoted(harmless(text(value)))


def amount(value: int | Decimal) -> str:
    """Two decimals, more where it has more."""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    return format(number, "f") if isinstance(exponent, int) and exponent < -1 else format(number, ".2f")


def _quoted(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'
