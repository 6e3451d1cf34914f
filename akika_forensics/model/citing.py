"""Which records a payload cites, quickly: what ``references.links_of`` finds, without the places where it finds it."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

from akika_forensics.model.catalogue import ANY_ENTITY, Reference, linked_entity
from akika_forensics.model.references import PSEUDO_TAX_CODES, Steps, links_at, links_of, steps_of

_LINKED: Final = ""
"""In place of an entity: the citation itself names it, in its TxnType."""


class _Field(NamedTuple):
    """A field that cites or holds fields that do; ``every``: it is a list, and each element does."""

    name: str
    every: bool
    cites: list[str]
    below: list[_Field]


def cited(entity: str, body: dict[str, Any]) -> set[tuple[str, str]]:
    """(entity, Id) of every record that the payload cites by Id and the API can read."""
    found: set[tuple[str, str]] = set()
    if entity == "RecurringTransaction":
        found.update(link.target for link in links_of(entity, body) if link.target is not None and not link.by_code)
        return found
    fields, named = _plan(entity)
    _gather(body, fields, found)
    for reference, steps in named:
        if steps[0][0] in body:
            found.update(link.target for link in links_at(reference, steps, body) if link.target is not None)
    return found


@cache
def _plan(entity: str) -> tuple[list[_Field], list[tuple[Reference, Steps]]]:
    """The references of an entity as one tree, and those apart whose target another field names."""
    tree: list[_Field] = []
    named = []
    for reference, steps in steps_of(entity):
        if reference.key != "Id":
            continue
        if reference.linked:
            _plant(tree, steps, _LINKED)
        elif len(reference.targets) == 1 and reference.targets[0] != ANY_ENTITY:
            _plant(tree, steps, reference.targets[0])
        else:
            named.append((reference, steps))
    return tree, named


def _plant(tree: list[_Field], steps: Steps, target: str) -> None:
    (name, every), *rest = steps
    field = next((field for field in tree if (field.name, field.every) == (name, every)), None)
    if field is None:
        field = _Field(name, every, [], [])
        tree.append(field)
    if rest:
        _plant(field.below, tuple(rest), target)
    else:
        field.cites.append(target)


def _gather(body: dict[str, Any], fields: list[_Field], found: set[tuple[str, str]]) -> None:
    for name, every, cites, below in fields:
        value = body.get(name)
        if value is None or (every and not isinstance(value, list)):
            continue
        for holder in value if every else (value,):
            for target in cites:
                _cite(target, holder, found)
            if below and isinstance(holder, dict):
                _gather(holder, below, found)


def _cite(target: str, holder: Any, found: set[tuple[str, str]]) -> None:
    if isinstance(holder, dict):
        if target == _LINKED:
            linked = linked_entity(str(holder.get("TxnType", "")))
            if linked and holder.get("TxnId"):
                found.add((linked, str(holder["TxnId"])))
            return
        value = holder.get("value")
    elif target != _LINKED and isinstance(holder, str | int) and not isinstance(holder, bool):
        value = holder
    else:
        return
    if value not in (None, "") and not (target == "TaxCode" and str(value) in PSEUDO_TAX_CODES):
        found.add((target, str(value)))
