"""A record as rows of tables: its own fields in one row, each list within it as rows of a table of their own. Pure.

A table is named by its entity and the path to the list: ``("Invoice",)``, ``("Invoice", "Line")``,
``("Invoice", "Line", "LinkedTxn")``. A field is named by its path within the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.model.record import Record

type Path = tuple[str, ...]

ID: Final[Path] = ("Id",)
DEEPEST: Final = 40
"""Levels that become columns; what lies deeper stands in one cell as JSON. QuickBooks needs seven."""


@dataclass(slots=True)
class Row:
    """``at``: the places in the lists that lead here, from 1; empty for the record itself. ``cells`` holds no None."""

    table: Path
    at: tuple[int, ...]
    cells: dict[Path, Any]

    @property
    def place(self) -> tuple[Path, int]:
        """Rows of one table: the same path and as many lists on the way."""
        return self.table, len(self.at)


def rows_of(record: Record) -> Iterator[Row]:
    """The record's own row, then those of its lists. Its Id is not repeated among the cells. Raises WrongUse."""
    rows = [Row((record.key.entity,), (), {})]
    _fill(rows, rows[0], (), record.body, 0)
    if rows[0].cells.get(ID) == record.key.id:
        del rows[0].cells[ID]
    return iter(rows)


def heading(path: Path) -> str:
    """``CustomerRef.value``; a dot within a name is told from one between names."""
    return ".".join(name.replace("\\", "\\\\").replace(".", "\\.") for name in path) or "(value)"


def distinct(names: Iterable[str], *, most: int | None = None) -> list[str]:
    """The same names, none twice whatever its case, none longer than ``most`` characters."""
    taken: set[str] = set()
    found = []
    for name in names:
        said, number = name[:most], 1
        while said.casefold() in taken:
            number += 1
            mark = f" ({number})"
            said = name[: most and most - len(mark)] + mark
        taken.add(said.casefold())
        found.append(said)
    return found


def _fill(rows: list[Row], row: Row, path: Path, value: Any, depth: int) -> None:
    if isinstance(value, dict | list) and depth > DEEPEST:
        row.cells[path] = payloads.encode(value).decode()
    elif isinstance(value, dict):
        cells = row.cells
        for name, inner in value.items():
            # Nearly every value is a leaf, and there are millions of them: no call for those.
            if inner.__class__ is dict or inner.__class__ is list:
                _fill(rows, row, (*path, name), inner, depth + 1)
            elif inner is not None:
                cells[*path, name] = inner
    elif isinstance(value, list):
        table = (*row.table, *path) if path else (*row.table, "[]")
        for number, element in enumerate(value, start=1):
            rows.append(Row(table, (*row.at, number), {}))
            _fill(rows, rows[-1], (), element, depth + 1)
    elif value is not None:
        row.cells[path] = value
