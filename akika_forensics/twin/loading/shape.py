"""Whether a loaded record has the shape its kind should have, so far as the books depend on it."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import money
from akika_forensics.twin import schema

_PLAIN: Final = frozenset({"string", "boolean", "integer", "time"})


def fault(entity: str, body: dict[str, Any]) -> str | None:
    """The first known field that holds something else than it should, in words; None when there is none.

    Unknown fields may hold anything, and numbers may come as text.
    """
    fields = schema.fields_of(entity)
    return _object(fields, body, "") if fields else None


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
