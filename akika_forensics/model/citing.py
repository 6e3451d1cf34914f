"""Which records a payload cites, quickly: what ``references.links_of`` finds, without the places where it finds it.

A citation by another field than the Id is given as ``("CompanyCurrency.Code", "EUR")``; one of what the API cannot read
as ``UNREADABLE``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

from akika_forensics.model.catalogue import ANY_ENTITY, Reference, linked_entity
from akika_forensics.model.references import PSEUDO_TAX_CODES, Link, Steps, links_at, links_of, steps_of

UNREADABLE: Final = ("", "")

_LINKED: Final = ""
"""In place of an entity: the citation itself names it, in its TxnType."""


class _Fields(NamedTuple):
    """Of one object: its fields that are references, with the target of each; and those that hold more.

    Of the latter each is (name, whether it is a list, what each of its elements cites itself, what is within).
    """

    references: list[tuple[str, str]]
    others: list[tuple[str, bool, list[str], _Fields]]


def cited(entity: str, body: dict[str, Any]) -> set[tuple[str, str]]:
    """(entity, Id) of every record that the payload cites."""
    found: set[tuple[str, str]] = set()
    if entity == "RecurringTransaction":
        return {_of(link) for link in links_of(entity, body)}
    fields, named = _plan(entity)
    _gather(body, fields, found)
    for reference, steps in named:
        if steps[0][0] in body:
            found.update(_of(link) for link in links_at(reference, steps, body))
    return found


def _of(link: Link) -> tuple[str, str]:
    if link.target is None:
        return UNREADABLE
    return by_code(*link.target) if link.by_code else link.target


def by_code(entity: str, code: str) -> tuple[str, str]:
    return f"{entity}.Code", code


@cache
def _plan(entity: str) -> tuple[_Fields, list[tuple[Reference, Steps]]]:
    """The references of an entity as one tree, and those apart whose target another field names."""
    tree = _Fields([], [])
    named = []
    for reference, steps in steps_of(entity):
        if reference.linked:
            _plant(tree, steps, _LINKED)
        elif len(reference.targets) == 1 and reference.targets[0] != ANY_ENTITY:
            target = reference.targets[0]
            _plant(tree, steps, target if reference.key == "Id" else by_code(target, "")[0])
        else:
            named.append((reference, steps))
    return tree, named


def _plant(fields: _Fields, steps: Steps, target: str) -> None:
    (name, every), *rest = steps
    if not rest and not every and target != _LINKED:
        fields.references.append((name, target))
        return
    other = next((other for other in fields.others if other[:2] == (name, every)), None)
    if other is None:
        other = (name, every, [], _Fields([], []))
        fields.others.append(other)
    if rest:
        _plant(other[3], tuple(rest), target)
    else:
        other[2].append(target)


def _gather(body: dict[str, Any], fields: _Fields, found: set[tuple[str, str]]) -> None:
    for name, target in fields.references:
        if name in body:
            _cite(target, body[name], found)
    for name, every, cites, within in fields.others:
        value = body.get(name)
        if value is None or (every and not isinstance(value, list)):
            continue
        for holder in value if every else (value,):
            for target in cites:
                _cite(target, holder, found)
            if isinstance(holder, dict):
                _gather(holder, within, found)


def _cite(target: str, holder: Any, found: set[tuple[str, str]]) -> None:
    if isinstance(holder, dict):
        if target == _LINKED:
            linked = linked_entity(str(holder.get("TxnType", "")))
            if holder.get("TxnId"):
                found.add((linked, str(holder["TxnId"])) if linked else UNREADABLE)
            return
        value = holder.get("value")
    elif target != _LINKED and isinstance(holder, str | int) and not isinstance(holder, bool):
        value = holder
    else:
        return
    if value is not None and value != "" and not (target == "TaxCode" and str(value) in PSEUDO_TAX_CODES):
        found.add((target, str(value)))
