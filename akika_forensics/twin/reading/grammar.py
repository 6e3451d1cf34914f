r"""The query language as a grammar, and what a statement says.

Source: QuickBooks API, data queries; recorded statements of real clients: keywords in any case, ``ORDER BY`` and
``ORDERBY``, STARTPOSITION and MAXRESULTS in either order, ``\'`` in texts. There is no OR, no NOT, no parentheses
outside IN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from akika_forensics.twin import faults

_GRAMMAR: Final = r"""
start: _SELECT projection _FROM NAME [where] [order] paging* ";"?
projection: STAR -> everything
    | _COUNT "(" STAR ")" -> counted
    | path ("," path)* -> fields
where: _WHERE condition (_AND condition)*
condition: path COMPARE value -> compare
    | path _LIKE value -> like
    | path _IN "(" value ("," value)* ")" -> within
order: (_ORDERBY | _ORDER _BY) term ("," term)*
term: path [DIRECTION]
paging: _STARTPOSITION SIGNED -> startposition
    | _MAXRESULTS SIGNED -> maxresults
path: NAME ("." NAME)*
value: STRING -> text
    | SIGNED -> number
    | TRUE -> yes
    | FALSE -> no
    | _CURRENT_DATE -> today
    | WORD -> bare

_SELECT.2: /select\b/i
_FROM.2: /from\b/i
_WHERE.2: /where\b/i
_AND.2: /and\b/i
_LIKE.2: /like\b/i
_IN.2: /in\b/i
_ORDERBY.3: /orderby\b/i
_ORDER.2: /order\b/i
_BY.2: /by\b/i
_STARTPOSITION.2: /startposition\b/i
_MAXRESULTS.2: /maxresults\b/i
_COUNT.3: /count(?=\s*\()/i
_CURRENT_DATE.3: /current_date\b/i
DIRECTION.2: /(asc|desc)\b/i
TRUE.3: /true\b/i
FALSE.3: /false\b/i
STAR: "*"
COMPARE: "<=" | ">=" | "=" | "<" | ">"
STRING: /'(?:\\.|[^'\\])*'/s | /"(?:\\.|[^"\\])*"/s
SIGNED.1: /-?\d+(\.\d+)?(?![\w:-])/
NAME: /[A-Za-z_]\w*/
WORD: /[\w][\w:.+-]*/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: ``kind`` is text, number, boolean or today."""

    kind: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Condition:
    path: str
    operator: str
    values: tuple[Value, ...]


@dataclass(slots=True)
class Statement:
    """``fields`` is None for ``*``; ``start`` counts from 1."""

    entity: str
    fields: tuple[str, ...] | None = None
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    limit: int = 100
    positions: dict[str, int] = field(default_factory=dict)


@v_args(inline=True)
class _Read(Transformer[Token, Any]):
    def path(self, *names: Token) -> str:
        return ".".join(str(name) for name in names)

    def text(self, token: Token) -> Value:
        return Value("text", unescape(str(token)[1:-1]))

    def number(self, token: Token) -> Value:
        return Value("number", Decimal(str(token)))

    def yes(self, _: Token) -> Value:
        return Value("boolean", value=True)

    def no(self, _: Token) -> Value:
        return Value("boolean", value=False)

    def today(self) -> Value:
        return Value("today")

    def bare(self, token: Token) -> Value:
        return Value("text", str(token))

    def compare(self, path: str, operator: Token, value: Value) -> Condition:
        return Condition(path, str(operator), (value,))

    def like(self, path: str, value: Value) -> Condition:
        return Condition(path, "LIKE", (value,))

    def within(self, path: str, *values: Value) -> Condition:
        return Condition(path, "IN", values)

    def where(self, *conditions: Condition) -> tuple[str, Any]:
        return "where", conditions

    def term(self, path: str, direction: Token | None) -> tuple[str, bool]:
        return path, direction is not None and str(direction).lower() == "desc"

    def order(self, *terms: tuple[str, bool]) -> tuple[str, Any]:
        return "order", terms

    def startposition(self, token: Token) -> tuple[str, Any]:
        return "start", token

    def maxresults(self, token: Token) -> tuple[str, Any]:
        return "limit", token

    def everything(self, _: Token) -> tuple[str, Any]:
        return "everything", None

    def counted(self, _: Token) -> tuple[str, Any]:
        return "counted", None

    def fields(self, *paths: str) -> tuple[str, Any]:
        return "fields", paths

    def start(self, projection: tuple[str, Any], entity: Token, *clauses: tuple[str, Any] | None) -> Statement:
        statement = Statement(str(entity))
        statement.positions["entity"] = entity.column or 1
        if projection[0] == "fields":
            statement.fields = projection[1]
        statement.count = projection[0] == "counted"
        for clause in clauses:
            if clause is None:
                continue
            name, value = clause
            if name == "where":
                statement.conditions = value
            elif name == "order":
                statement.order = value
            elif name in statement.positions:
                raise faults.bad_query(f'Encountered " "{value}" "" at line 1, column {value.column}.')
            else:
                statement.positions[name] = value.column
                setattr(statement, name, _whole(value))
        return statement


def _whole(token: Token) -> int:
    if not str(token).lstrip("-").isdigit():
        raise faults.bad_query(f'Encountered " <DECIMAL> "{token} "" at line 1, column {token.column}.')
    return int(str(token))


def unescape(text: str) -> str:
    chars = iter(text)
    return "".join(next(chars, "") if char == "\\" else char for char in chars)


_PARSER: Final = Lark(_GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=True)


def parse(text: str) -> Statement:
    """Read a statement. Raises QuickBooksFault 4000 with the place where it went wrong."""
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        column = error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1
        near = text[column - 1 :].split(maxsplit=1)
        if not near:
            raise faults.bad_query(f'Encountered "<EOF>" at line 1, column {len(text) + 1}.') from None
        raise faults.bad_query(f'Encountered " "{near[0]}" "{near[0]} "" at line 1, column {column}.') from None
    try:
        statement = _Read().transform(tree)
    except VisitError as error:
        raise error.orig_exc from None
    assert isinstance(statement, Statement)  # noqa: S101 - what the grammar's root is read as
    return statement
