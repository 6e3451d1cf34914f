"""Statements against the stored records: the rows of a page, a count, and how they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import faults, schema
from akika_forensics.twin.reading import doubts, fields, grammar, selection
from akika_forensics.twin.reading.grammar import Statement
from akika_forensics.twin.reading.selection import Selection
from akika_forensics.twin.rules import recurring
from akika_forensics.twin.session import Cache
from akika_forensics.twin.store import Store
from akika_forensics.twin.tables import Row

MOST: Final = 1000
_COUNTED: Final = frozenset({"Invoice", "PurchaseOrder"})
"""Lists that are answered with a totalCount of the rows in them. Source: recorded answers."""
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
    believed = store.beliefs
    statement = grammar.parse(text, numbers_in_lists=believed.choice("numbers_in_lists") == "read")
    row = _BY_LOWER.get(statement.entity.lower())
    listed = row is not None and row.queryable is not False and row.name != "TaxService"
    if row is None or not listed or doubts.unlisted(believed, row.name):
        raise faults.invalid_query(f"invalid context declaration: {statement.entity}")
    for value in (statement.start, statement.limit):
        if value < 1:
            raise faults.invalid_query(f"value {value} is too small. Min allowed value is 1")
    doubts.check(believed, row.name, statement, MOST)
    shown = [fields.known(row.name, path) for path in statement.fields] if statement.fields else None
    wanted = selection.of(statement, row.name, today)
    if statement.count:
        total = store.matching(wanted.clause, wanted.values) if not wanted.tests else len(_found(store, cache, wanted))
        return Result(row.name, None, statement.start, total)
    page = _page(store, cache, statement, wanted)
    if shown is None:
        rows = [stored.payload for stored in page]
    else:
        rows = [payloads.encode(_shown(row.name, _body(cache, stored), shown)) for stored in page]
    return Result(row.name, rows, statement.start, len(rows), believed.choice("total_count"))


def _page(store: Store, cache: Cache, statement: Statement, wanted: Selection) -> list[Row]:
    first, size = statement.start - 1, min(statement.limit, MOST)
    if wanted.by_columns:
        return store.records(wanted.clause, wanted.values, wanted.order, size, first)
    found = _found(store, cache, wanted)
    if wanted.name is not None:
        name = wanted.name
        found.sort(key=lambda pair: str(pair[1].get(name, "")))
    for path, descending in reversed(wanted.keys):
        found.sort(key=lambda pair: _sort_key(pair, path), reverse=descending)
    return [stored for stored, _ in found[first : first + size]]


def _found(store: Store, cache: Cache, wanted: Selection) -> list[tuple[Row, dict[str, Any]]]:
    rows = store.records(wanted.clause, wanted.values, wanted.order)
    pairs = ((stored, _body(cache, stored)) for stored in rows)
    return [(stored, body) for stored, body in pairs if all(test(body) for test in wanted.tests)]


def _body(cache: Cache, stored: Row) -> dict[str, Any]:
    """A record as a statement sees it: of a recurring transaction, what is within its wrapper."""
    body = cache.get(stored)
    return recurring.flat(body) if stored.entity == recurring.ENTITY else body


def _shown(entity: str, body: dict[str, Any], paths: list[fields.Path]) -> dict[str, Any]:
    if entity != recurring.ENTITY:
        return fields.shown(entity, body, paths)
    kind = str(body["Type"])
    return {kind: fields.shown(kind, body, paths)}


def _sort_key(pair: tuple[Row, dict[str, Any]], path: fields.Path) -> tuple[int, Any]:
    stored, body = pair
    if path == ("Id",):
        return 1, int(stored.id) if stored.id.lstrip("-").isdigit() else 0
    if path[0] == "MetaData":
        return 1, (stored.created if path[1] == "CreateTime" else stored.updated) // 1_000_000
    values = (
        fields.values_at(body, path) if len(path) > 1 or isinstance(body.get(path[0]), dict) else [body.get(path[0])]
    )
    if not values or values[0] is None:
        return 0, 0
    return 1, values[0] if isinstance(values[0], bool | int | Decimal) else str(values[0]).casefold()


def response(found: Result) -> bytes:
    """The inner ``QueryResponse`` object; ``{}`` when there are no rows. Source: recorded answers."""
    if found.rows is None:
        return payloads.encode({"totalCount": found.total})
    if not found.rows:
        return b"{}"
    count = "" if found.total_count is None else f',"totalCount":{found.total_count}'
    tail = f'],"startPosition":{found.start},"maxResults":{len(found.rows)}{count}}}'
    return b"".join((b'{"', found.key.encode(), b'":[', b",".join(found.rows), tail.encode()))
