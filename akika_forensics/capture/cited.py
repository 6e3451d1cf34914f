"""What a record cites, found in one walk over its body: the same answer as ``model.references``, for whole companies.

``model.references`` names the path of each reference and can rewrite it; a capture only needs the targets, of every
record, while the next page is on its way.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from akika_forensics.model.catalogue import ANY_ENTITY, CATALOGUE, Reference, linked_entity
from akika_forensics.model.references import PSEUDO_TAX_CODES

Cited = tuple[str, str]
"""(entity, id)."""


class _Place(NamedTuple):
    """One field on the way to references: what may lie below it, and what reference it is itself."""

    name: str
    listed: bool
    reference: Reference | None
    below: tuple[_Place, ...]


def cited_by(entity: str, body: dict[str, Any]) -> tuple[list[Cited], list[str]]:
    """The records that a body cites by Id, and the types of linked transactions that the API cannot read.

    ``body`` as `payload.decode` or as `payload.digested` decodes it.
    """
    targets: list[Cited] = []
    unreadable: list[str] = []
    _gather(_places(entity), body, targets, unreadable)
    if entity == "RecurringTransaction":
        for name, inner in body.items():
            if name in CATALOGUE and isinstance(inner, dict):
                _gather(_places(name), inner, targets, unreadable)
    return targets, unreadable


@cache
def _places(entity: str) -> tuple[_Place, ...]:
    wanted = [row for row in CATALOGUE[entity].references if not row.external and row.key == "Id"]
    return _grown([(tuple(row.path.split(".")), row) for row in wanted])


def _grown(rows: list[tuple[tuple[str, ...], Reference]]) -> tuple[_Place, ...]:
    places: list[_Place] = []
    for part in dict.fromkeys(path[0] for path, _ in rows):
        here = [(path[1:], row) for path, row in rows if path[0] == part]
        itself = next((row for path, row in here if not path), None)
        below = _grown([(path, row) for path, row in here if path])
        places.append(_Place(part.removesuffix("[]"), part.endswith("[]"), itself, below))
    return tuple(places)


def _gather(places: tuple[_Place, ...], body: dict[str, Any], targets: list[Cited], unreadable: list[str]) -> None:
    for name, listed, reference, below in places:
        value = body.get(name)
        if value is None:
            continue
        if not listed:
            elements: Any = (value,)
        elif isinstance(value, list):
            elements = value
        else:
            continue
        for element in elements:
            if reference is not None:
                _take(reference, element, body, targets, unreadable)
            if below and isinstance(element, dict):
                _gather(below, element, targets, unreadable)


def _take(
    reference: Reference, holder: Any, around: dict[str, Any], targets: list[Cited], unreadable: list[str]
) -> None:
    if isinstance(holder, dict):
        value = holder.get("TxnId" if reference.linked else "value")
    elif reference.linked or isinstance(holder, bool) or not isinstance(holder, str | int):
        return
    else:
        value = holder
    if value is None or value == "" or (reference.linked and not value):
        return
    if reference.linked:
        named = _text(holder.get("TxnType", ""))
        entity = _linked(named)
        if entity is None:
            unreadable.append(named)
    elif reference.targets in _PLAIN:
        entity = reference.targets[0]
        if entity == "TaxCode" and _text(value) in PSEUDO_TAX_CODES:
            return
    else:
        entity = _named(reference, holder, around)
    if entity is not None:
        targets.append((entity, _text(value)))


def _text(value: Any) -> str:
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value)


_PLAIN: Final = frozenset((name,) for name in CATALOGUE)
_linked = cache(linked_entity)


def _named(reference: Reference, holder: Any, around: dict[str, Any]) -> str | None:
    """The entity of a reference that says itself what it points to: within it, or beside it."""
    within = holder.get("type") if isinstance(holder, dict) else None
    stem, _, last = (reference.type_path or "").rpartition(".")
    beside = around.get(last) if stem == reference.path.rpartition(".")[0] else None
    named = beside or within
    if not isinstance(named, str):
        return None
    entity = _by_lower().get(named.lower()) or _linked(named)
    return entity if entity in reference.targets or reference.targets == (ANY_ENTITY,) else None


@cache
def _by_lower() -> dict[str, str]:
    return {name.lower(): name for name in CATALOGUE}
