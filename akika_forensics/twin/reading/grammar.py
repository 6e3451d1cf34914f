r"""The query language: what a statement says.

    select (*[, PROPERTY …] | count(*) | PROPERTY, …) from ENTITY [ALIAS]
      [where PROPERTY (= | < | > | <= | >= | like) VALUE | PROPERTY in (VALUE, …) [and …]]
      [order by | orderby PROPERTY [asc | desc], …] [startposition N] [maxresults N]   (these two in either order)

Source: QuickBooks API, data queries; recorded statements of real clients. There is no OR, no NOT, no ``!=``, no
parentheses outside IN, although the service's parser knows their words. An operator that is not followed by a value
is itself what the parser complains of. Source: recorded answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from akika_forensics.twin.reading.tokens import (
    AND,
    DATETIME,
    DECIMAL,
    EOF,
    ID,
    IDENTIFIER,
    INTEGER,
    STRING,
    Token,
    Tokens,
    unescaped,
)

_COMPARE: Final = {'"="': "=", '"<"': "<", '">"': ">", '"<="': "<=", '">="': ">=", '"like"': "LIKE"}
_VALUES: Final = frozenset([STRING, INTEGER, DECIMAL, DATETIME, '"true"', '"false"', '"null"', '"current_date"'])
_LISTED: Final = ('"false"', '"true"', DATETIME, ID, STRING)
_PAGING: Final = ('"startposition"', '"maxresults"')
_CLAUSES: Final = ('"iterator"', '"order"', '"orderby"', *_PAGING)
_OPERATORS: Final = (AND, '"between"', '"contains"', '"="', '"in"', '"like"', '"!="', "<NOT>", "<OR>", '"."', EOF)
_TRIED: Final = ('"="', '"!="', '"="', '"!="', '"="', '"!="', '"."')
"""What the service's parser names once more after the operators: ways it tried. Source: recorded answers."""


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: ``kind`` is text, number, boolean, null or today."""

    kind: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Condition:
    """``path`` as written; ``operator`` is one of ``= < > <= >= LIKE IN``."""

    path: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """``fields`` is None for ``*``; ``start`` counts from 1; an order is a path and whether it descends."""

    entity: str
    fields: tuple[str, ...] | None = None
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    limit: int = 100


@lru_cache(maxsize=512)
def parse(text: str, *, numbers_in_lists: bool = True) -> Statement:
    """Read a statement. Raises QuickBooksFault 4000 with the place where it went wrong.

    Without ``numbers_in_lists``, IN takes numbers in quotes only.
    """
    return _Reader(Tokens(text), numbers_in_lists=numbers_in_lists).statement()


class _Reader:
    def __init__(self, tokens: Tokens, *, numbers_in_lists: bool) -> None:
        self._tokens = tokens
        self._listed = _VALUES if numbers_in_lists else frozenset(_LISTED)
        self._alias: str | None = None

    def statement(self) -> Statement:
        tokens = self._tokens
        tokens.expect('"select"')
        fields, count = self._projection()
        tokens.expect('"from"')
        entity = tokens.expect(IDENTIFIER).image
        after: tuple[str, ...] = (EOF, '"where"', *_CLAUSES, IDENTIFIER)
        if tokens.peek().kind == IDENTIFIER:
            self._alias = tokens.take().image.lower()
            after = after[:-1]
        conditions: list[Condition] = []
        if tokens.takes('"where"'):
            conditions, after = [self._condition()], (EOF, AND, "<OR>", *_CLAUSES)
            while tokens.takes(AND):
                conditions.append(self._condition())
        order: list[tuple[str, bool]] = []
        if tokens.peek().kind in {'"order"', '"orderby"'}:
            order, after = self._order()
        start, limit = self._pages(after)
        shown = None if fields is None else tuple(self._own(field) for field in fields)
        return Statement(
            entity,
            shown,
            count,
            tuple(Condition(self._own(row.path), row.operator, row.values) for row in conditions),
            tuple((self._own(path), descending) for path, descending in order),
            start,
            limit,
        )

    def _own(self, path: str) -> str:
        head, dot, rest = path.partition(".")
        return rest if dot and head.lower() == self._alias else path

    def _projection(self) -> tuple[tuple[str, ...] | None, bool]:
        tokens = self._tokens
        first = tokens.expect('"*"', '"count"', IDENTIFIER)
        if first.kind == '"*"':
            # ``*, Sku`` is how a published client asks for items; everything is shown already.
            while tokens.takes('","'):
                self._path(tokens.expect(IDENTIFIER), every=True)
            return None, False
        if first.kind == '"count"':
            for mark in ('"("', '"*"', '")"'):
                tokens.expect(mark)
            return None, True
        fields = [self._path(first, every=True)]
        while tokens.takes('","'):
            fields.append(self._path(tokens.expect(IDENTIFIER), every=True))
        if tokens.peek().kind != '"from"':
            raise tokens.unexpected(('","', '"."', '"from"'))
        return tuple(fields), False

    def _path(self, first: Token, *, every: bool = False) -> str:
        """``every``: a projection may end in ``.*``, which says no more than the path before it."""
        parts = [first.image]
        while self._tokens.takes('"."'):
            if every and self._tokens.takes('"*"'):
                break
            parts.append(self._tokens.expect(IDENTIFIER).image)
        return ".".join(parts)

    def _condition(self) -> Condition:
        tokens = self._tokens
        path = self._path(tokens.expect(IDENTIFIER))
        operator = tokens.peek()
        if operator.kind == '"in"':
            tokens.take()
            tokens.expect('"("')
            values = [self._listed_value()]
            while tokens.takes('","'):
                values.append(self._listed_value())
            tokens.expect('")"', '","')
            return Condition(path, "IN", tuple(values))
        if operator.kind not in _COMPARE or tokens.peek(1).kind not in _VALUES:
            raise tokens.unexpected((*_OPERATORS, *_CLAUSES), _TRIED)
        tokens.take()
        return Condition(path, _COMPARE[operator.kind], (_value(tokens.take()),))

    def _listed_value(self) -> Value:
        if self._tokens.peek().kind not in self._listed:
            raise self._tokens.unexpected(_LISTED)
        return _value(self._tokens.take())

    def _order(self) -> tuple[list[tuple[str, bool]], tuple[str, ...]]:
        tokens = self._tokens
        if tokens.take().kind == '"order"':
            tokens.expect('"by"')
        terms: list[tuple[str, bool]] = []
        while True:
            path = self._path(tokens.expect(IDENTIFIER))
            direction = tokens.peek().kind
            if direction in {'"asc"', '"desc"'}:
                tokens.take()
            terms.append((path, direction == '"desc"'))
            if not tokens.takes('","'):
                after = () if direction in {'"asc"', '"desc"'} else ('"."', '"asc"', '"desc"')
                return terms, (EOF, '","', '"iterator"', *_PAGING, *after)

    def _pages(self, after: tuple[str, ...]) -> tuple[int, int]:
        tokens = self._tokens
        found = {'"startposition"': 1, '"maxresults"': 100}
        left = list(found)
        while tokens.peek().kind in left:
            kind = tokens.take().kind
            left.remove(kind)
            found[kind] = int(tokens.expect(INTEGER).image)
            after = (EOF, *left)
        tokens.takes('";"')
        if tokens.peek().kind != EOF:
            met = tokens.peek().kind
            raise tokens.unexpected(kind for kind in after if kind != met)
        return found['"startposition"'], found['"maxresults"']


def _value(token: Token) -> Value:
    match token.kind:
        case kind if kind == STRING:
            return Value("text", unescaped(token.image[1:-1]))
        case kind if kind in {INTEGER, DECIMAL}:
            return Value("number", Decimal(token.image))
        case '"true"' | '"false"':
            return Value("boolean", token.kind == '"true"')
        case '"null"':
            return Value("null")
        case '"current_date"':
            return Value("today")
        case _:
            return Value("text", token.image)
