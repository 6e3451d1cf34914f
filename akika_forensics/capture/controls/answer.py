"""What a report's own bytes say of it: whether QuickBooks cut it off, and which columns came. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads

_UNABLE: Final = "unable to display more data"
"""Begins the row after the last of a report of more than 400,000 cells; the status is 200. Source: QuickBooks API, limits."""


def is_cut(report: bytes) -> bool:
    """Whether a row says that there is more. A memo or a name that says the same is no sign."""
    if _UNABLE.encode() not in report.lower():
        return False
    try:
        document = payloads.decode(report)
    except WrongUse:
        return False
    return any(_says_so(cells) for cells in _rows(document))


def _says_so(cells: list[Any]) -> bool:
    first, *others = [cell for cell in cells if isinstance(cell, dict)] or [{}]
    said = str(first.get("value", "")).strip().lower().startswith(_UNABLE)
    return said and not first.get("id") and not any(cell.get("value") for cell in others)


def _rows(document: Any) -> Iterator[list[Any]]:
    """The cells of every row that is no heading and no total."""
    waiting = [document.get("Rows")] if isinstance(document, dict) else []
    while waiting:
        rows = waiting.pop()
        inner = rows.get("Row") if isinstance(rows, dict) else None
        for row in inner if isinstance(inner, list) else ():
            if not isinstance(row, dict):
                continue
            if isinstance(row.get("ColData"), list):
                yield row["ColData"]
            waiting.append(row.get("Rows"))


def column_keys(report: bytes) -> frozenset[str]:
    """The keys of the columns that came; they stand in the column's type or beside it. The rows are not read."""
    try:
        members = msgspec.json.decode(report, type=dict[str, msgspec.Raw])
        columns = msgspec.json.decode(members["Columns"])["Column"]
        return frozenset(key for column in columns for key in _keys(column))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        return frozenset()


def _keys(column: dict[str, Any]) -> list[str]:
    named = [str(one.get("Value")) for one in column.get("MetaData", ()) if one.get("Name") == "ColKey"]
    return [*named, str(column.get("ColType"))]
