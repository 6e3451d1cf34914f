"""A report as a table: whatever its columns and their order, its cells by key, and the sections a row stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Row:
    """``kind``: data, header or summary; ``path`` are the headers above it, as (name, Id)."""

    kind: str
    values: dict[str, str]
    ids: dict[str, str]
    path: tuple[tuple[str, str], ...] = ()
    group: str = ""
    first: str = field(default="")
    """The text of its first cell."""
    id: str = ""
    """The Id of its first cell."""

    def cents(self, key: str) -> int | None:
        """None for an empty cell. In home currency, where there are several."""
        text = self.values.get(key) or self.values.get(HOME.get(key, key), "")
        return None if text == "" else cents(text)


def cents(text: str) -> int:
    value = Decimal(text) * 100
    assert value == int(value), text
    return int(value)


HOME = {
    "subt_nat_amount": "subt_nat_home_amount",
    "rbal_nat_amount": "rbal_nat_home_amount",
    "nat_amount": "subt_nat_home_amount",
    "debt_amt": "debt_home_amt",
    "credit_amt": "credit_home_amt",
}
"""What a company with several currencies shows instead, in its own."""


def keys(report: dict[str, Any]) -> list[str]:
    """The key of every column; its title where it has none. Of a column of columns ``key/inner key``."""
    found = []
    for column in report["Columns"]["Column"]:
        named = {one["Name"]: one["Value"] for one in column.get("MetaData", [])}
        key = named.get("ColKey") or column.get("ColTitle", "")
        found += [f"{key}/{inner}" for inner in keys({"Columns": column["Columns"]})] if "Columns" in column else [key]
    return found


def rows(report: dict[str, Any]) -> list[Row]:
    """Every line of a report in its order, headers and totals too."""
    return list(_walk(report.get("Rows", {}).get("Row", []), keys(report), ()))


def data(report: dict[str, Any]) -> list[Row]:
    return [row for row in rows(report) if row.kind == "data"]


def _walk(found: list[dict[str, Any]], columns: list[str], path: tuple[tuple[str, str], ...]) -> Iterator[Row]:
    for one in found:
        group = one.get("group", "")
        if "ColData" in one:
            yield _row("data", one["ColData"], columns, path, group)
        inner = path
        if "Header" in one:
            row = _row("header", one["Header"]["ColData"], columns, path, group)
            inner = (*path, (row.first, row.id))
            yield row
        elif group:
            inner = (*path, (group, ""))
        if "Rows" in one:
            yield from _walk(one["Rows"].get("Row", []), columns, inner)
        if "Summary" in one:
            yield _row("summary", one["Summary"]["ColData"], columns, inner, group)


def _row(
    kind: str, cells: list[dict[str, Any]], columns: list[str], path: tuple[tuple[str, str], ...], group: str
) -> Row:
    assert len(cells) <= len(columns), f"more cells than columns: {cells}"
    pairs = list(zip(columns, cells, strict=False))
    values = {key: cell.get("value", "") for key, cell in pairs}
    ids = {key: str(cell["id"]) for key, cell in pairs if "id" in cell}
    first = cells[0] if cells else {}
    return Row(kind, values, ids, path, group, first.get("value", ""), str(first.get("id", "")))


def differences(ours: dict[Any, Any], theirs: dict[Any, Any], names: dict[Any, str] | None = None) -> list[str]:
    """Line by line what two tables disagree on."""
    return [
        f"{(names or {}).get(key, key)}: recounted {ours.get(key)}, reported {theirs.get(key)}"
        for key in sorted(ours.keys() | theirs.keys(), key=str)
        if ours.get(key) != theirs.get(key)
    ]


def spans(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Of the columns that are days: key to first and last day."""
    found = {}
    for key, column in zip(keys(report), report["Columns"]["Column"], strict=True):
        named = {one["Name"]: one["Value"] for one in column.get("MetaData", [])}
        if "StartDate" in named:
            found[key] = (named["StartDate"], named["EndDate"])
    return found


def does_not_add_up(report: dict[str, Any], *columns: str) -> list[str]:
    """Sections whose total is not what stands in them; in the named columns, else in all but the first."""
    wrong: list[str] = []
    named = {*columns, *(HOME[key] for key in columns if key in HOME)}
    wanted = {at: key for at, key in enumerate(keys(report)) if (key in named if columns else at)}
    for one in report.get("Rows", {}).get("Row", []):
        _sum(one, wanted, wrong)
    return wrong


def _sum(one: dict[str, Any], columns: dict[int, str], wrong: list[str]) -> dict[str, int]:
    """What a row or a section comes to, by column."""
    if "ColData" in one:
        return _amounts(one["ColData"], columns)
    total: dict[str, int] = _amounts(one.get("Header", {}).get("ColData", []), columns)
    for inner in one.get("Rows", {}).get("Row", []):
        for key, value in _sum(inner, columns, wrong).items():
            total[key] = total.get(key, 0) + value
    if "Summary" not in one:
        return total
    said = _amounts(one["Summary"]["ColData"], columns)
    if "Header" in one or "Rows" in one:
        name = one["Summary"]["ColData"][0].get("value", "")
        wrong += [
            f"{name}, {key}: {total.get(key, 0)} in it, {said.get(key, 0)} below"
            for key in said.keys() | total.keys()
            if said.get(key, 0) != total.get(key, 0)
        ]
    return said


def _amounts(cells: list[dict[str, Any]], columns: dict[int, str]) -> dict[str, int]:
    return {columns[at]: cents(cell["value"]) for at, cell in enumerate(cells) if at in columns and cell.get("value")}
