"""The form of a report: columns, cells, rows and sections. Source: recorded reports."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

type Figures = Sequence[int | None]
"""Cents, a column each; None where nothing was posted, which is shown as nothing."""

MOST_CELLS: Final = 400_000
"""Of a report: its rows, headers and totals among them, times its columns. Source: QuickBooks API, limits; a client's
report of 36,349 lines in eleven columns where there were 73,408."""

UNABLE: Final = "Unable to display more data. Please reduce the date range."
"""In the row after which QuickBooks shows nothing more; the answer is a 200. Source: several clients' code."""


def notice(columns: int) -> dict[str, Any]:
    """The row in place of all that is not shown any more."""
    return {"ColData": [{"value": UNABLE}, *({"value": ""} for _ in range(columns - 1))], "type": "Data"}


def limited(report: dict[str, Any]) -> dict[str, Any]:
    """A report with as many of its rows as it may have, then the notice, and after that nothing: no total either."""
    columns = max(width(report["Columns"]["Column"]), 1)
    most, last = MOST_CELLS // columns, notice(columns)
    if _size(report["Rows"].get("Row", [])) <= most:
        return report
    rows, _ = _fitting(report["Rows"].get("Row", []), most, last)
    return {**report, "Rows": {"Row": rows}} if rows else report


def _size(rows: Sequence[dict[str, Any]]) -> int:
    """How many rows, headers and totals there are."""
    inner = [row for row in rows if "ColData" not in row]
    return (
        len(rows)
        - len(inner)
        + sum(("Header" in row) + ("Summary" in row) + _size(row.get("Rows", {}).get("Row", [])) for row in inner)
    )


def _fitting(rows: Sequence[dict[str, Any]], left: int, last: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """The first rows, and how many more there may be; less than none when the notice stands among them."""
    shown: list[dict[str, Any]] = []
    for row in rows:
        if "ColData" in row:
            left -= row != last
            shown.append(row if left >= 0 else last)
        else:
            part, left = _section(row, left, last)
            shown.append(part)
        if left < 0:
            break
    return shown, left


def _section(row: dict[str, Any], left: int, last: dict[str, Any]) -> tuple[dict[str, Any], int]:
    left -= "Header" in row
    if left < 0:
        return last, left
    inner, left = _fitting(row.get("Rows", {}).get("Row", []), left, last)
    if left >= 0:
        left -= "Summary" in row
        if left >= 0:
            return row, left
        inner.append(last)
    return {**{key: value for key, value in row.items() if key != "Summary"}, "Rows": {"Row": inner}}, left


def width(columns: Sequence[dict[str, Any]]) -> int:
    """How many cells a row has: a column with columns inside is as wide as they are."""
    return sum(width(one["Columns"]["Column"]) if "Columns" in one else 1 for one in columns)


def column(title: str, kind: str, **more: str) -> dict[str, Any]:
    """``more`` are its MetaData, in their order."""
    found: dict[str, Any] = {"ColTitle": title, "ColType": kind}
    if more:
        found["MetaData"] = [{"Name": name, "Value": value} for name, value in more.items()]
    return found


def text(cents: int | None) -> str:
    return "" if cents is None else f"{Decimal(cents) / 100:.2f}"


def cells(name: str, figures: Figures, record_id: str | None = None) -> dict[str, Any]:
    """The Id of an account stands in its first cell."""
    first = {"value": name} if record_id is None else {"value": name, "id": record_id}
    return {"ColData": [first, *({"value": text(cents)} for cents in figures)]}


def data(name: str, figures: Figures, record_id: str | None = None, group: str | None = None) -> dict[str, Any]:
    return {**cells(name, figures, record_id), "type": "Data", **({"group": group} if group else {})}


def section(
    header: dict[str, Any] | None, rows: Sequence[dict[str, Any]], summary: dict[str, Any], group: str | None = None
) -> dict[str, Any]:
    """A section without rows still has its header and its total."""
    found: dict[str, Any] = {}
    if header is not None:
        found["Header"] = header
    if rows:
        found["Rows"] = {"Row": list(rows)}
    found |= {"Summary": summary, "type": "Section"}
    return {**found, "group": group} if group else found
