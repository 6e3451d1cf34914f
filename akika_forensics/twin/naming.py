"""Names of list records: which must be unique, in which name space, and the mark of an inactive one."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE

DELETED: Final = " (deleted)"
"""Suffix of an inactive name. Source: recorded answers."""

PARTIES: Final = ("Customer", "Vendor", "Employee")
"""One name space and one sequence of Ids. Source: QuickBooks API, error 6240."""


@cache
def name_field(entity: str) -> str | None:
    """The field by which a list record is known and must be unique."""
    row = CATALOGUE.get(entity)
    return row.unique[0] if row and row.unique else None


def unique_name(entity: str, body: dict[str, Any]) -> str | None:
    """The name as compared: case does not matter."""
    field = name_field(entity)
    value = body.get(field) if field else None
    if not value and field == "FullyQualifiedName":
        value = body.get("Name")
    return str(value).casefold() if value else None


def name_space(entity: str) -> tuple[str, ...]:
    return PARTIES if entity in PARTIES else (entity,)


def marked(name: str) -> str:
    return name if name.endswith(DELETED) else name + DELETED


def unmarked(name: str) -> str:
    return name.removesuffix(DELETED)
