"""Statements against the stored records: which fields may be asked for, comparing, ordering, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE, Delete, EntityType
from akika_forensics.twin import faults, identity, schema, wire
from akika_forensics.twin.reading import doubts, grammar
from akika_forensics.twin.reading.grammar import Condition, Statement, Value
from akika_forensics.twin.session import Cache
from akika_forensics.twin.store import Store
from akika_forensics.twin.tables import Row

MOST: Final = 1000
_EVERYWHERE: Final = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
_ALSO: Final = {"Attachable": ("AttachableRef.EntityRef.Type", "AttachableRef.EntityRef.value")}
_COUNTED: Final = frozenset({"Invoice", "PurchaseOrder"})
"""Lists that are answered with a totalCount of the rows in them. Source: recorded answers."""
_BY_NAME: Final = {"Customer": "FullyQualifiedName", "Vendor": "DisplayName", "Employee": "DisplayName"}
_BY_LOWER: Final = {name.lower(): row for name, row in CATALOGUE.items()}


@dataclass(frozen=True, slots=True)
class Result:
    """``rows`` are payloads; None for ``count(*)``, whose answer is ``total``."""

    entity: str
    rows: list[bytes] | None
    start: int
    total: int
    counting: str = "some"

    @property
    def key(self) -> str:
        return schema.type_of(self.entity)

    @property
    def total_count(self) -> int | None:
        """What the answer shows as ``totalCount``, if it does."""
        if self.rows is None:
            return self.total
        counted = self.entity in _COUNTED if self.counting == "some" else self.counting == "always"
        return len(self.rows) if self.rows and counted else None


def run(store: Store, cache: Cache, text: str, today: date) -> Result:
    """Answer a statement. Raises QuickBooksFault 4000, 4001, 2030."""
    statement = grammar.parse(text)
    row = _BY_LOWER.get(statement.entity.lower())
    believed = store.beliefs
    listed = row is not None and row.queryable is not False and row.name != "TaxService"
    if row is None or not listed or doubts.unlisted(believed, row.name):
        raise faults.invalid_query(f"invalid context declaration: {statement.entity}")
    for name in ("start", "limit"):
        value = getattr(statement, name)
        if value < 1:
            raise faults.invalid_query(f"value {value} is too small. Min allowed value is 1")
    doubts.check(believed, row.name, statement, MOST)
    tests = [_test(row, condition, today) for condition in statement.conditions]
    order = [(_field(row, path, sort=True), descending) for path, descending in statement.order]
    shown = [_known(row, path) for path in statement.fields] if statement.fields else None
    mentions_active = any(condition.path.lower() == "active" for condition in statement.conditions)
    found: list[tuple[Row, dict[str, Any]]] = []
    for stored in _candidates(store, row, statement):
        if not stored.active and not mentions_active and row.delete is Delete.SOFT:
            continue
        body = cache.get(stored)
        if all(test(body) for test in tests):
            found.append((stored, body))
    if statement.count:
        return Result(row.name, None, statement.start, len(found))
    _sort(found, row, order)
    first = statement.start - 1
    page = found[first : first + min(statement.limit, MOST)]
    payload = [stored.payload if shown is None else _projected(row, body, shown) for stored, body in page]
    return Result(row.name, payload, statement.start, len(found), believed.choice("total_count"))


def response(found: Result) -> bytes:
    """The inner ``QueryResponse`` object; ``{}`` when there are no rows. Source: recorded answers."""
    if found.rows is None:
        return payloads.encode({"totalCount": found.total})
    if not found.rows:
        return b"{}"
    answer: dict[str, Any] = {
        found.key: [msgspec.Raw(row) for row in found.rows],
        "startPosition": found.start,
        "maxResults": len(found.rows),
    }
    if found.total_count is not None:
        answer["totalCount"] = found.total_count
    return payloads.encode(answer)


def _candidates(store: Store, row: EntityType, statement: Statement) -> list[Row]:
    """All records, or those of the Ids that the statement names."""
    for condition in statement.conditions:
        if condition.path.lower() == "id":
            ids = dict.fromkeys(_id_text(value) for value in condition.values)
            return [found for record_id in ids if (found := store.get(row.name, record_id))]
    return store.rows(row.name)


def _id_text(value: Value) -> str:
    text = str(value.value)
    if value.kind not in {"text", "number"} or not re.fullmatch(r"-?\d+", text):
        raise faults.invalid_id(text if value.kind != "today" else "", timed=True)
    return text


def _known(row: EntityType, path: str) -> tuple[str, ...]:
    """The proper spelling of a field that the entity has. Raises 4001."""
    fields = schema.fields_of(row.name)
    proper: list[str] = []
    for part in path.split("."):
        spelled = {name.lower(): name for name in fields}
        name = spelled.get(part.lower())
        if name is None:
            raise faults.invalid_query(f"Property {path.rsplit('.', 1)[-1]} not found for Entity {row.name}")
        proper.append(name)
        kind = fields[name].removesuffix("[]")
        fields = (
            {"value": "string", "name": "string", "type": "string"} if kind == "ref" else schema.TYPES.get(kind, {})
        )
    return tuple(proper)


def _field(row: EntityType, path: str, *, sort: bool = False) -> tuple[str, ...]:
    """A field by which the entity may be filtered or sorted. Raises 4001."""
    allowed = {*(row.sortable if sort else row.filterable), *_EVERYWHERE, *_ALSO.get(row.name, ())}
    if row.delete is Delete.SOFT:
        allowed.add("Active")
    spelled = {name.lower(): name for name in allowed}
    name = spelled.get(path.lower())
    if name is not None:
        return tuple(name.replace(".Type", ".type").split("."))
    _known(row, path)
    verb = "sortable" if sort else "queryable"
    raise faults.invalid_query(f"property '{path}' is not {verb}")


def _values_at(body: Any, path: tuple[str, ...]) -> list[Any]:
    """The comparable values at a path: the Id of a reference, the address of an e-mail, every element of a list."""
    if isinstance(body, list):
        return [value for element in body for value in _values_at(element, path)]
    if path:
        return _values_at(body.get(path[0]), path[1:]) if isinstance(body, dict) and path[0] in body else []
    if isinstance(body, dict):
        return [body[key] for key in ("value", "Address", "FreeFormNumber") if key in body][:1]
    return [] if body is None else [body]


def _test(row: EntityType, condition: Condition, today: date) -> Callable[[dict[str, Any]], bool]:
    path = _field(row, condition.path)
    if path == ("Id",) and condition.operator not in {"=", "IN"}:
        raise faults.invalid_query(f"property 'Id' does not support {condition.operator}")
    wanted = [today.isoformat() if value.kind == "today" else value.value for value in condition.values]
    if path[0] == "MetaData":
        wanted = [_instant(text) for text in wanted]

    def seen(body: dict[str, Any]) -> list[Any]:
        found = _values_at(body, path)
        if path == ("Active",) and not found:
            found = [True]
        return [_instant(value) for value in found] if path[0] == "MetaData" else found

    if condition.operator == "IN":
        return lambda body: any(_compare(value, other) == 0 for value in seen(body) for other in wanted)
    if condition.operator == "LIKE":
        pattern = _pattern(str(wanted[0]))
        return lambda body: any(pattern.fullmatch(str(value)) for value in seen(body))
    if condition.operator == "=" and wanted[0] in {"", " "}:
        return lambda body: not seen(body)
    holds = _OPERATORS[condition.operator]
    return lambda body: any((sign := _compare(value, wanted[0])) is not None and holds(sign) for value in seen(body))


_OPERATORS: Final[dict[str, Callable[[int], bool]]] = {
    "=": lambda sign: sign == 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("%")), re.IGNORECASE | re.DOTALL)


def _instant(value: Any) -> datetime:
    """A time; without a zone it is the company's. Raises 4001 on what is no time."""
    text = str(value).strip().replace(" ", "+") if "T" in str(value) else str(value).strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise faults.invalid_query(f"Invalid value {value}, a date and time is expected") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=wire.PACIFIC)


def _compare(value: Any, other: Any) -> int | None:
    """-1, 0, 1, or None when the two cannot be compared. Text does not heed case."""
    if isinstance(value, bool) or isinstance(other, bool):
        one, two = str(value).lower(), str(other).lower()
        return None if one not in {"true", "false"} else (one > two) - (one < two)
    if isinstance(value, datetime):
        return int(value > other) - int(value < other)
    if isinstance(value, int | Decimal):
        try:
            number = Decimal(str(other))
        except ArithmeticError:
            return None
        return int(value > number) - int(value < number)
    one, two = str(value).casefold(), str(other).casefold()
    return (one > two) - (one < two)


def _sort(found: list[tuple[Row, dict[str, Any]]], row: EntityType, order: list[tuple[tuple[str, ...], bool]]) -> None:
    found.sort(key=lambda pair: identity.number_of(pair[0].id))
    if order:
        for path, descending in reversed(order):
            found.sort(key=lambda pair: _sort_key(pair, path), reverse=descending)
    elif row.name in _BY_NAME:
        found.sort(key=lambda pair: str(pair[1].get(_BY_NAME[row.name], "")))
    elif row.is_transaction:
        found.sort(key=lambda pair: pair[0].updated, reverse=True)


def _sort_key(pair: tuple[Row, dict[str, Any]], path: tuple[str, ...]) -> tuple[int, Any]:
    if path == ("Id",):
        return 1, identity.number_of(pair[0].id)
    values = _values_at(pair[1], path)
    if not values:
        return 0, 0
    value = _instant(values[0]) if path[0] == "MetaData" else values[0]
    if isinstance(value, bool | int | Decimal):
        return 1, value
    return 1, value if isinstance(value, datetime) else str(value).casefold()


def _projected(row: EntityType, body: dict[str, Any], paths: list[tuple[str, ...]]) -> bytes:
    """Only the fields asked for, and the Id; marked sparse. Source: recorded answers."""
    shown: dict[str, Any] = {"sparse": True, "Id": body["Id"]}
    for path in paths:
        _copy(body, shown, path)
    return payloads.encode(schema.ordered(row.name, shown))


def _copy(source: dict[str, Any], target: dict[str, Any], path: tuple[str, ...]) -> None:
    name, rest = path[0], path[1:]
    if name not in source or name in {"domain", "sparse"}:
        return
    if rest and isinstance(source[name], dict):
        inner = target.setdefault(name, {})
        _copy(source[name], inner, rest)
    elif name == "MetaData" and not rest:
        target[name] = {"LastUpdatedTime": source[name].get("LastUpdatedTime")}
    else:
        target[name] = source[name]
