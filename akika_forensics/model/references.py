"""References inside a payload: find each, name its target, rewrite it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from akika_forensics.model.catalogue import ANY_ENTITY, CATALOGUE, Reference, linked_entity
from akika_forensics.model.record import RecordKey

PSEUDO_TAX_CODES: Final = frozenset({"TAX", "NON"})
"""Line tax codes of US companies that name no TaxCode record. Source: QuickBooks API, error 6100."""


@dataclass(frozen=True, slots=True)
class Link:
    """One reference found in a payload.

    ``path`` is concrete (``Line[2].SalesItemLineDetail.ItemRef``), ``target`` its record, None when
    the API cannot read what is cited. ``linked`` marks a LinkedTxn; ``read_only`` a mirror that the server makes.
    """

    path: str
    target: RecordKey | None
    name: str
    linked: bool
    read_only: bool
    by_code: bool


def links_of(entity: str, body: dict[str, Any]) -> Iterator[Link]:
    """Every reference of a payload that carries a value, in catalogue order."""
    for reference, steps in steps_of(entity):
        if steps[0][0] in body:
            yield from links_at(reference, steps, body)
    if entity == "RecurringTransaction":
        for key, inner in body.items():
            if key in CATALOGUE and isinstance(inner, dict):
                for link in links_of(key, inner):
                    yield Link(f"{key}.{link.path}", link.target, link.name, link.linked, link.read_only, link.by_code)


def links_at(reference: Reference, steps: Steps, body: dict[str, Any]) -> Iterator[Link]:
    """The links of one reference."""
    for path, holder in _walk(body, steps, 0, ""):
        link = _link(reference, path, holder, body)
        if link is not None:
            yield link


def _link(reference: Reference, path: str, holder: Any, body: dict[str, Any]) -> Link | None:
    if reference.linked:
        if not isinstance(holder, dict) or not holder.get("TxnId"):
            return None
        txn_type = str(holder.get("TxnType", ""))
        entity = linked_entity(txn_type)
        target = RecordKey(entity, str(holder["TxnId"])) if entity else None
        return Link(path, target, txn_type, linked=True, read_only=reference.read_only, by_code=False)
    if isinstance(holder, dict):
        value, name = holder.get("value"), str(holder.get("name") or "")
    elif isinstance(holder, str | int) and not isinstance(holder, bool):
        value, name = holder, ""
    else:
        return None
    if value in (None, ""):
        return None
    if reference.targets == ("TaxCode",) and str(value) in PSEUDO_TAX_CODES:
        return None
    target_entity = _target_entity(reference, path, holder, body)
    target = RecordKey(target_entity, str(value)) if target_entity else None
    return Link(path, target, name, linked=False, read_only=reference.read_only, by_code=reference.key != "Id")


def _target_entity(reference: Reference, path: str, holder: Any, body: dict[str, Any]) -> str | None:
    if len(reference.targets) == 1 and reference.targets[0] != ANY_ENTITY:
        return reference.targets[0]
    named: Any = holder.get("type") if isinstance(holder, dict) else None
    if reference.type_path is not None:
        indices = iter(re.findall(r"\[\d+\]", path))
        concrete = re.sub(r"\[\]", lambda _: next(indices), reference.type_path)
        named = get_path(body, concrete) or named
    if not isinstance(named, str):
        return None
    entity = _named_entity(named)
    if entity is None or (reference.targets != (ANY_ENTITY,) and entity not in reference.targets):
        return None
    return entity


@lru_cache(maxsize=1000)
def _named_entity(name: str) -> str | None:
    by_lower = {entity.lower(): entity for entity in CATALOGUE}
    return by_lower.get(name.lower()) or linked_entity(name)


def walk(body: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every value that a pattern such as ``Line[].LinkedTxn[]`` meets, with its concrete path."""
    yield from _walk(body, _compiled(pattern), 0, "")


Steps = tuple[tuple[str, bool], ...]
"""A pattern in parts: a name, and whether it stands for every element of a list."""


@cache
def _compiled(pattern: str) -> Steps:
    return tuple((part.removesuffix("[]"), part.endswith("[]")) for part in pattern.split("."))


@cache
def steps_of(entity: str) -> tuple[tuple[Reference, Steps], ...]:
    """The references of an entity that name records of the company, each with its path in parts."""
    # Of a RecurringTransaction the catalogue says in words what it cites: no path, but a body could have a field of its name.
    rows = [row for row in CATALOGUE[entity].references if not row.external and not row.path.startswith("<")]
    return tuple((reference, _compiled(reference.path)) for reference in rows)


def _walk(value: Any, steps: Steps, at: int, prefix: str) -> Iterator[tuple[str, Any]]:
    if at == len(steps):
        yield prefix, value
        return
    name, every = steps[at]
    if not isinstance(value, dict) or name not in value:
        return
    inner = value[name]
    here = f"{prefix}.{name}" if prefix else name
    if not every:
        yield from _walk(inner, steps, at + 1, here)
    elif isinstance(inner, list):
        following = steps[at + 1][0] if at + 1 < len(steps) else None
        for position, element in enumerate(inner):
            if following is None or (isinstance(element, dict) and following in element):
                yield from _walk(element, steps, at + 1, f"{here}[{position}]")


_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def path_steps(path: str) -> list[str | int]:
    """``Line[2].Amount`` as ``["Line", 2, "Amount"]``."""
    return [int(index) if index else name for name, index in _STEP.findall(path)]


def get_path(body: Any, path: str) -> Any:
    """The value at a concrete path, or None."""
    value = body
    for step in path_steps(path):
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return None
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return None
            value = value[step]
    return value


def rewrite_links(entity: str, body: dict[str, Any], change: Callable[[Link], Any]) -> dict[str, Any]:
    """A deep copy in which the Id of each link is replaced by ``change(link)``, unless that is None."""
    copied = copy.deepcopy(body)
    for link in list(links_of(entity, body)):
        replacement = change(link)
        if replacement is None:
            continue
        steps = path_steps(link.path)
        holder: Any = copied
        for step in steps[:-1]:
            holder = holder[step]
        leaf = holder[steps[-1]]
        if link.linked:
            leaf["TxnId"] = replacement
        elif isinstance(leaf, dict):
            leaf["value"] = replacement
        else:
            holder[steps[-1]] = replacement
    return copied
