"""Which properties a statement may name, in which case ever, and what stands there in a record."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE, Delete, Kind
from akika_forensics.twin import faults, schema

type Path = tuple[str, ...]

_EVERYWHERE: Final = ("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
_ALSO: Final = {
    "Attachable": ("AttachableRef.EntityRef.Type", "AttachableRef.EntityRef.value"),
    "Item": ("Sku",),
    "PaymentMethod": ("Name",),
}
"""Filters that answered. Source: QuickBooks API, sample of Attachable; recorded answers."""
_REFERENCE: Final = {"value": "string", "name": "string", "type": "string"}


def hides_inactive(entity: str) -> bool:
    """Whether a statement that does not speak of Active is shown the active records alone."""
    row = CATALOGUE[entity]
    return row.delete is Delete.SOFT or row.kind is Kind.NAME_LIST


@lru_cache(maxsize=512)
def known(entity: str, path: str) -> Path:
    """The proper spelling of a property that the entity has. Raises QuickBooksFault 4001."""
    fields = schema.fields_of(entity)
    proper: list[str] = []
    for part in path.split("."):
        name = {name.lower(): name for name in fields}.get(part.lower())
        if name is None:
            raise faults.invalid_query(f"Property {path} not found for Entity {entity}")
        proper.append(name)
        kind = fields[name].removesuffix("[]")
        fields = _REFERENCE if kind == "ref" else schema.TYPES.get(kind, {})
    return tuple(proper)


def kind_of(entity: str, path: Path) -> str:
    """The type of a property in its proper spelling: ``boolean``, ``ref``, ``PhysicalAddress``; ``any`` unless known."""
    fields, kind = schema.fields_of(entity), "any"
    for name in path:
        kind = fields.get(name, "any").removesuffix("[]")
        fields = schema.TYPES.get(kind, {})
    return kind


def filterable(entity: str, path: str) -> Path:
    """Raises QuickBooksFault 4001: not found, or not queryable."""
    return _allowed(entity, path, sort=False)


def sortable(entity: str, path: str) -> Path:
    """Raises QuickBooksFault 4001: not found, or not sortable."""
    return _allowed(entity, path, sort=True)


@lru_cache(maxsize=512)
def _allowed(entity: str, path: str, *, sort: bool) -> Path:
    row = CATALOGUE[entity]
    allowed = {*(row.sortable if sort else row.filterable), *_EVERYWHERE, *_ALSO.get(entity, ())}
    if hides_inactive(entity):
        allowed.add("Active")
    name = {name.lower(): name for name in allowed}.get(path.lower())
    if name is not None:
        return tuple(name.replace(".Type", ".type").split("."))
    known(entity, path)
    raise faults.invalid_query(f"property '{path}' is not {'sortable' if sort else 'queryable'}")


def values_at(body: Any, path: Path) -> list[Any]:
    """What can be compared at a path: the Id of a reference, the address of an e-mail, every element of a list."""
    if isinstance(body, list):
        return [value for element in body for value in values_at(element, path)]
    if path:
        return values_at(body.get(path[0]), path[1:]) if isinstance(body, dict) and path[0] in body else []
    if isinstance(body, dict):
        return [body[key] for key in ("value", "Address", "FreeFormNumber") if key in body][:1]
    return [] if body is None else [body]


def shown(entity: str, body: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """Only the properties asked for, and the Id; marked sparse. Source: recorded answers."""
    row: dict[str, Any] = {"sparse": True, "Id": body["Id"]} if "Id" in body else {"sparse": True}
    for path in paths:
        _copy(body, row, path)
    return schema.ordered(entity, row)


def _copy(source: dict[str, Any], target: dict[str, Any], path: Path) -> None:
    name, rest = path[0], path[1:]
    if name not in source or name in {"domain", "sparse"}:
        return
    if name == "MetaData" and not rest:
        target[name] = {"LastUpdatedTime": source[name].get("LastUpdatedTime")}
    elif rest and isinstance(source[name], dict):
        _copy(source[name], target.setdefault(name, {}), rest)
    else:
        target[name] = source[name]
