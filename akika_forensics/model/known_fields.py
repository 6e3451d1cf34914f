"""Which fields QuickBooks documents for each entity, to any depth, so that an unknown one can be announced.

The fields come from the schemas, in `documented_types`, and from the entity pages, in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.documented_types import rows

_TYPE_OF: Final = {"CreditCardPayment": "CreditCardPaymentTxn", "Entitlements": "IntuitEntity"}
"""Entities whose schema type has another name, or none."""


_Layout = tuple[tuple[str, ...], tuple[tuple[str, "_Shape"], ...]]
_MOST_LAYOUTS: Final = 4096


@dataclass(frozen=True, slots=True)
class _Shape:
    """The fields of one type and, of those that hold objects, their type."""

    fields: frozenset[str]
    inner: dict[str, str]
    layouts: dict[tuple[str, ...], _Layout]

    def layout(self, names: tuple[str, ...]) -> _Layout:
        """The unknown among these fields, and those that hold objects; records of one kind have few layouts."""
        known = self.layouts.get(names)
        if known is None:
            if len(self.layouts) >= _MOST_LAYOUTS:
                self.layouts.clear()
            known = self.layouts[names] = (
                tuple(name for name in names if name not in self.fields),
                tuple((name, _shape(self.inner[name])) for name in names if name in self.inner),
            )
        return known


def known_fields(entity: str) -> frozenset[str]:
    """The documented top-level fields of an entity. Raises ``KeyError`` for an unknown entity."""
    return _entity_shape(entity).fields


def unknown_paths(entity: str, body: dict[str, Any]) -> list[str]:
    """The path of every field that is not documented, such as ``Line[].SalesItemLineDetail.Colour``.

    Paths are patterns (no list positions) and may repeat. The inside of an unknown field is not looked at.
    """
    if entity != "RecurringTransaction":
        return _unknown(_entity_shape(entity), body)
    found: list[str] = []
    for name, inner in body.items():
        if name in _WRAPPED and isinstance(inner, dict):
            found += [f"{name}.{path}" for path in _unknown(_entity_shape(_WRAPPED[name]), inner)]
        elif name not in _shape("IntuitEntity").fields:
            found.append(name)
    return found


def _unknown(shape: _Shape, body: dict[str, Any]) -> list[str]:
    """Paths below ``body``. Called for every object of every record: paths are only put together where one is found."""
    strange, inner = shape.layout(tuple(body))
    found = list(strange)
    for name, below in inner:
        value = body[name]
        if isinstance(value, dict):
            deeper = _unknown(below, value)
            if deeper:
                found += [f"{name}.{path}" for path in deeper]
        elif isinstance(value, list):
            for element in value:
                deeper = _unknown(below, element) if isinstance(element, dict) else []
                if deeper:
                    found += [f"{name}[].{path}" for path in deeper]
    return found


@cache
def _entity_shape(entity: str) -> _Shape:
    """The shape of the schema and what the entity pages name besides: each knows fields that the other lacks."""
    row = CATALOGUE[entity]
    shape = _shape(_TYPE_OF.get(entity, entity))
    named = {path.split(".")[0].removesuffix("[]") for path in row.computed}
    named.update(reference.path.split(".")[0].removesuffix("[]") for reference in row.references)
    named.update(row.filterable)
    return _Shape(shape.fields | named, shape.inner, {})


_WRAPPED: Final = {row.key: row.name for row in CATALOGUE.values() if row.is_transaction}
"""What a RecurringTransaction may hold, by its key on the wire."""


@cache
def _shape(type_name: str) -> _Shape:
    fields: dict[str, str] = {}
    name = type_name
    while name:
        name, own = rows()[name]
        for field_name, inner in own.items():
            fields.setdefault(field_name, inner)
    return _Shape(frozenset(fields), {name: inner for name, inner in fields.items() if inner}, {})
