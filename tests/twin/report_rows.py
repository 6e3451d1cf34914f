"""Reports as tests read them: rows flattened, cells as text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

type Body = dict[str, Any]


def values(row: Body) -> list[str]:
    return [cell["value"] for cell in row["ColData"]]


def flat(report: Body) -> list[tuple[int, str, list[str]]]:
    """(depth, part, values) of every row in order; the part is header, row or total."""

    def walk(rows: list[Body], depth: int) -> Iterator[tuple[int, str, list[str]]]:
        for row in rows:
            if "ColData" in row:
                yield depth, "row", values(row)
            if "Header" in row:
                yield depth, "header", values(row["Header"])
            yield from walk(row.get("Rows", {}).get("Row", []), depth + 1)
            if "Summary" in row:
                yield depth, "total", values(row["Summary"])

    return list(walk(report["Rows"].get("Row", []), 0))


def titles(report: Body) -> list[str]:
    return [column["ColTitle"] for column in report["Columns"]["Column"]]


def keys(report: Body) -> list[str]:
    return [next(pair["Value"] for pair in column["MetaData"]) for column in report["Columns"]["Column"]]


def has_data(report: Body) -> bool:
    return {"Name": "NoReportData", "Value": "false"} in report["Header"]["Option"]


def grand(report: Body, column: int = -1) -> Decimal:
    """The last row's figure; nothing when there are no rows."""
    rows = flat(report)
    return Decimal(rows[-1][2][column]) if rows else Decimal(0)
