"""Whether a loaded record has the shape its kind should have, so far as the books depend on it.

Each record is asked twice at most: first whether all is well, which most are and which is quick, and only where it is
not, what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import money
from akika_forensics.twin import schema

_PLAIN: Final = frozenset({"string", "boolean", "integer", "time"})
_CONTAINERS: Final[frozenset[Any]] = frozenset({dict, list})
_SURELY_MONEY: Final = 10**15

type _Check = Callable[[Any], bool]


def fault(entity: str, body: dict[str, Any]) -> str | None:
    """The first known field that holds something else than it should, in words; None when there is none.

    Unknown fields may hold anything, and numbers may come as text.
    """
    type_name = schema.type_of(entity)
    return None if type_name not in schema.TYPES or _is_object(_kinds(type_name), body) else named_fault(entity, body)


def named_fault(entity: str, body: dict[str, Any]) -> str | None:
    """The same without the quick look."""
    fields = schema.fields_of(entity)
    return _object(fields, body, "") if fields else None


class _Kinds(NamedTuple):
    """Of one type: the fields that must hold a plain value, and what each of the others must stand."""

    plain: frozenset[str]
    checks: dict[str, _Check]


@cache
def _kinds(type_name: str) -> _Kinds:
    kinds = {name: kind for name, kind in schema.TYPES[type_name].items() if kind != "any"}
    plain = frozenset(name for name, kind in kinds.items() if _is_plain(kind))
    return _Kinds(plain, {name: _check(kind) for name, kind in kinds.items() if name not in plain})


def _is_plain(kind: str) -> bool:
    return kind in _PLAIN or kind.startswith("enum:")


def _check(kind: str) -> _Check:
    if kind.endswith("[]"):
        row = _check(kind[:-2])
        return lambda value: isinstance(value, list) and all(map(row, value))
    if kind in schema.TYPES:
        return lambda value: isinstance(value, dict) and _is_object(_kinds(kind), value)
    if kind == "any":
        return lambda _: True
    if _is_plain(kind):
        return lambda value: value.__class__ not in _CONTAINERS
    return {"ref": _is_reference, "date": _is_date}.get(kind, _is_number)


def _is_object(kinds: _Kinds, body: dict[str, Any]) -> bool:
    plain, checks = kinds
    for name, value in body.items():
        check = checks.get(name)
        if check is None:
            if value.__class__ in _CONTAINERS and name in plain:
                return False
        elif not check(value):
            return False
    return True


def _is_reference(value: Any) -> bool:
    if isinstance(value, dict) and value.get("value").__class__ is str:
        return True
    return _reference(value, "") is None


def _is_date(value: Any) -> bool:
    return _is_day(value) if isinstance(value, str) else _is_day(str(value))


@lru_cache(maxsize=20_000)
def _is_day(text: str) -> bool:
    return text == "" or _checked(parse_date, text, "") is None


def _is_number(value: Any) -> bool:
    if (value.__class__ is Decimal or value.__class__ is int) and -_SURELY_MONEY < value < _SURELY_MONEY:
        return True
    return _checked(money, value, "") is None


def _object(fields: dict[str, str], body: dict[str, Any], prefix: str) -> str | None:
    for name, value in body.items():
        kind = fields.get(name)
        found = _value(kind, value, f"{prefix}{name}") if kind is not None else None
        if found is not None:
            return found
    return None


def _value(kind: str, value: Any, path: str) -> str | None:
    if kind in _PLAIN or kind.startswith("enum:"):
        return f"{path} is no plain value" if isinstance(value, dict | list) else None
    if kind == "any":
        return None
    if kind.endswith("[]"):
        if not isinstance(value, list):
            return f"{path} is no list"
        for position, row in enumerate(value):
            found = _value(kind[:-2], row, f"{path}[{position}]")
            if found is not None:
                return found
        return None
    if kind == "ref":
        return _reference(value, path)
    if kind in schema.TYPES:
        return _object(schema.TYPES[kind], value, f"{path}.") if isinstance(value, dict) else f"{path} is no object"
    if kind == "date":
        return _checked(parse_date, str(value), f"{path} is no date") if value != "" else None
    return _checked(money, value, f"{path} is no number")


def _reference(value: Any, path: str) -> str | None:
    inner = value.get("value") if isinstance(value, dict) else value
    if isinstance(value, list) or isinstance(inner, dict | list | bool) or value is None:
        return f"{path} is no reference"
    return None


def _checked(read: Any, value: Any, fault_text: str) -> str | None:
    try:
        read(value)
    except (TypeError, ValueError):
        return fault_text
    return None
