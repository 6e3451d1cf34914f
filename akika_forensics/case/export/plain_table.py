"""A table as CSV, the same bytes of the same table always: what is attested by digest can be written again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from akika_forensics.case.export.text_files import amount, harmless


def csv_of(frame: pl.DataFrame) -> bytes:
    """RFC 4180, UTF-8 without a mark; text stays text in a spreadsheet."""
    lines = [",".join(_quoted(name) for name in frame.columns)]
    lines += [",".join(map(_cell, row)) for row in frame.iter_rows()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _quoted(str(value))


def _quoted(said: str) -> str:
    return '"' + harmless(said).replace('"', '""') + '"'
