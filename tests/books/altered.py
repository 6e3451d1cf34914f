"""Captured reports and records with something planted in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from akika_forensics.model.record import Record, RecordKey

UNABLE = "Unable to display more data. Please reduce the date range."
Controls = dict[str, bytes]
Page = dict[str, Any]


def record(records: list[Record], key: RecordKey, change: Callable[[dict[str, Any]], None]) -> list[Record]:
    """The records with one of them changed."""
    body = next(one for one in records if one.key == key).body
    copy = json.loads(json.dumps(body, default=str), parse_float=Decimal)
    change(copy)
    made = Record(key, json.dumps(copy, default=float).encode())
    return [made if one.key == key else one for one in records]


def report(controls: Controls, name: str, change: Callable[[Page], None]) -> Controls:
    """The reports with one of them changed."""
    page = json.loads(controls[name])
    change(page)
    return {**controls, name: json.dumps(page).encode()}


def named(controls: Controls, beginning: str) -> str:
    """The last report whose name begins so."""
    return max(one for one in controls if one.startswith(beginning))


def rows(page: Page) -> Iterator[list[dict[str, Any]]]:
    """The cells of every row of a report, sections opened."""

    def inside(holder: Any) -> Iterator[list[dict[str, Any]]]:
        for row in holder.get("Row", ()):
            if row.get("ColData"):
                yield row["ColData"]
            if "Rows" in row:
                yield from inside(row["Rows"])

    yield from inside(page["Rows"])


def place(page: Page, key: str) -> int:
    """Where a column stands."""
    return next(
        at
        for at, column in enumerate(page["Columns"]["Column"])
        if {"Name": "ColKey", "Value": key} in column.get("MetaData", ()) or column["ColType"] == key
    )


def more(cell: dict[str, Any], by: str) -> None:
    cell["value"] = f"{Decimal(cell['value'] or 0) + Decimal(by):.2f}"


def cut(page: Page, after: int, *, said: bool = True) -> None:
    """Nothing after so many rows, and in their place QuickBooks' notice, unless it is not ``said``."""
    left = after

    def keep(holder: dict[str, Any]) -> bool:
        nonlocal left
        kept = []
        for row in holder.get("Row", ()):
            if row.get("ColData") and "Rows" not in row:
                if not left:
                    kept += [{"ColData": [{"value": UNABLE}, {"value": ""}], "type": "Data"}] if said else []
                    holder["Row"] = kept
                    return False
                left -= 1
            kept.append(row)
            if "Rows" in row and not keep(row["Rows"]):
                row.pop("Summary", None)
                holder["Row"] = kept
                return False
        return True

    keep(page["Rows"])
