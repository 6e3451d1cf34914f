"""The form of a report: columns, cells, rows and sections. Source: recorded reports."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

type Figures = Sequence[int | None]
"""Cents, a column each; None where nothing was posted, which is shown as nothing."""

MOST_CELLS: Final = 400_000
"""Of a report; beyond, QuickBooks answers less without a word but this row's. Source: QuickBooks API, limits."""


def too_much(accounts: int, columns: int) -> dict[str, Any] | None:
    """The only row of a report that would have too many cells; None for one that has not."""
    if accounts * columns <= MOST_CELLS:
        return None
    return {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}], "type": "Data"}


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
