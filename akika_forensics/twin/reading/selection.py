"""What of a statement the store's own columns can answer, so that not every record has to be read.

The columns say what the bodies say: ``active``, the times of MetaData to the second, the number of a document. A
record that shows no MetaData is found by the time at which it was stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import faults, wire
from akika_forensics.twin.reading import conditions, fields
from akika_forensics.twin.reading.conditions import Test
from akika_forensics.twin.reading.grammar import Condition, Statement, Value

_SECOND: Final = 1_000_000
_TIMES: Final = {"CreateTime": "created", "LastUpdatedTime": "updated"}
_BY_ID: Final = "CAST(id AS INTEGER)"
_BY_NUMBER: Final = "folded(doc)"
_BY_NAME: Final = {"Customer": "FullyQualifiedName", "Vendor": "DisplayName", "Employee": "DisplayName"}
"""Lists that come by name, in binary order. Source: recorded answers."""
_BY_LETTER: Final = frozenset({"Account", "Class", "Department", "Item"})
"""Lists that come by their full name, capitals or not. Source: recorded answers."""


@dataclass(slots=True)
class Selection:
    """``where`` over the columns, with its ``values``; ``tests`` for the bodies of what is left.

    ``order`` is the columns' order; over it ``keys`` sort the bodies by paths (True descends), or ``name`` by the text
    of one field as it stands.
    """

    where: list[str]
    values: list[Any]
    tests: list[Test] = field(default_factory=list)
    order: str = _BY_ID
    keys: list[tuple[fields.Path, bool]] = field(default_factory=list)
    name: str | None = None

    @property
    def by_columns(self) -> bool:
        """Whether no body has to be read."""
        return not self.tests and not self.keys and self.name is None

    @property
    def clause(self) -> str:
        return " AND ".join(self.where)


def of(statement: Statement, entity: str, today: date) -> Selection:
    """Raises QuickBooksFault 2030 for an Id that is none, 4001 for what cannot be asked for."""
    found = Selection(["entity = ?"], [entity])
    for condition in statement.conditions:
        path = fields.filterable(entity, condition.path)
        if not _by_column(found, path, condition, today):
            found.tests.append(conditions.test(entity, condition, today))
    asked = any(condition.path.lower() == "active" for condition in statement.conditions)
    if fields.hides_inactive(entity) and not asked:
        found.where.append("active = 1")
    _order(found, entity, [(fields.sortable(entity, path), descending) for path, descending in statement.order])
    return found


def _by_column(found: Selection, path: fields.Path, condition: Condition, today: date) -> bool:
    """Whether the columns answer the condition; if so, it is in ``found``."""
    if path == ("Id",):
        if condition.operator not in {"=", "IN"}:
            raise faults.invalid_query(f"property 'Id' does not support {condition.operator}")
        _within(found, "id", [_id_text(value) for value in condition.values])
        return True
    if path == ("Active",) and condition.operator in {"=", "IN"}:
        asked = {conditions.truth(value) for value in condition.values} - {None}
        _within(found, "active", [int(bool(value)) for value in sorted(asked, key=str)])
        return True
    if path[0] == "MetaData" and condition.operator != "LIKE":
        moments = [conditions.instant(conditions.plain(value, today)) for value in condition.values]
        parts = [_time(_TIMES[path[1]], condition.operator, moment) for moment in moments]
        found.where.append(f"({' OR '.join(part for part, _ in parts)})")
        found.values += [value for _, values in parts for value in values]
        return True
    if path == ("DocNumber",) and condition.operator in {"=", "IN"}:
        numbers = [str(value.value) for value in condition.values if value.kind in {"text", "number"}]
        if len(numbers) == len(condition.values) and all(re.fullmatch(r"[0-9-]+", number) for number in numbers):
            _within(found, "doc", numbers)
            return True
    return False


def _within(found: Selection, column: str, values: list[Any]) -> None:
    found.where.append(f"{column} IN ({', '.join('?' * len(values))})")
    found.values += values


def _id_text(value: Value) -> str:
    text = str(value.value) if value.kind in {"text", "number"} else ""
    if not re.fullmatch(r"-?[0-9]+", text):
        raise faults.invalid_id(text, timed=True)
    return text


def _time(column: str, operator: str, moment: datetime) -> tuple[str, list[int]]:
    """MetaData shows whole seconds; the columns have the fraction."""
    wanted = wire.microseconds(moment)
    floor = wanted - wanted % _SECOND
    ceiling = floor if floor == wanted else floor + _SECOND
    match operator:
        case ">":
            return f"{column} >= ?", [floor + _SECOND]
        case ">=":
            return f"{column} >= ?", [ceiling]
        case "<":
            return f"{column} < ?", [ceiling]
        case "<=":
            return f"{column} < ?", [floor + _SECOND]
        case _:
            return f"({column} >= ? AND {column} < ?)", [ceiling, floor + _SECOND]


def _order(found: Selection, entity: str, asked: list[tuple[fields.Path, bool]]) -> None:
    """As asked; else names by name, transactions by the last change, the newest first. Source: recorded answers."""
    columns = [_column(path) for path, _ in asked]
    if asked and all(columns):
        parts = [
            f"{column} {'DESC' if descending else 'ASC'}"
            for column, (_, descending) in zip(columns, asked, strict=True)
        ]
        found.order = ", ".join([*(str(part) for part in parts), _BY_ID])
    elif asked:
        found.keys = asked
    elif entity in _BY_NAME:
        found.name = _BY_NAME[entity]
    elif entity in _BY_LETTER:
        found.order = f"name, {_BY_ID}"
    elif CATALOGUE[entity].is_transaction:
        found.order = f"updated DESC, {_BY_ID}"


def _column(path: fields.Path) -> str | None:
    if path == ("Id",):
        return _BY_ID
    if path == ("DocNumber",):
        return _BY_NUMBER
    return f"{_TIMES[path[1]]} / {_SECOND}" if path[0] == "MetaData" else None
