"""Reads lists as a client does: columns by their key, rows wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin import Twin, sample

type Body = dict[str, Any]


def keys(report: Body) -> list[str]:
    """The keys of the columns, in their order."""
    return [
        next((pair["Value"] for pair in one.get("MetaData", []) if pair["Name"] == "ColKey"), one["ColType"])
        for one in report["Columns"]["Column"]
    ]


def walk(rows: Body) -> Iterator[Body]:
    for row in rows.get("Row", []):
        yield row
        yield from walk(row.get("Rows", {}))


def sections(report: Body) -> dict[str, Body]:
    """By the name in their header."""
    return {row["Header"]["ColData"][0]["value"]: row for row in walk(report["Rows"]) if "Header" in row}


def lines(report: Body, rows: Body | None = None) -> list[Body]:
    """Every row of data by key: ``{"txn_type": "Invoice", "txn_type.id": "5", …}``; of a section if one is given."""
    found = []
    for row in walk(rows if rows is not None else report["Rows"]):
        if "ColData" in row:
            cells: Body = {}
            for key, cell in zip(keys(report), row["ColData"], strict=True):
                cells[key] = cell["value"]
                if "id" in cell:
                    cells[f"{key}.id"] = cell["id"]
            found.append(cells)
    return found


def shown(report: Body, *wanted: str) -> list[tuple[str, ...]]:
    """Some columns of every row."""
    return [tuple(row[key] for key in wanted) for row in lines(report)]


def number(text: str) -> Decimal:
    return Decimal(text or 0)


def summary(report: Body, section: Body) -> Body:
    return dict(zip(keys(report), (cell["value"] for cell in section["Summary"]["ColData"]), strict=True))


@pytest.fixture(scope="session")
def stock() -> Iterator[Twin]:
    """The sample company. Whoever takes it leaves it as it is."""
    twin = Twin()
    sample.build(twin)
    yield twin
    twin.close()
