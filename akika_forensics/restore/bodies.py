"""The exact bodies of writes: only what differs, never what the server computes, masks or would post again."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.payload import canonical_value
from akika_forensics.restore.projection import SIDE_EFFECTS, TEMPLATE, templates, writable

STEP: Final = "$step"
"""Key of a placeholder for the Id that an earlier step of the plan will be given."""

_SPARSE_NEEDS: Final = {
    "Bill": ("VendorRef",),
    "Deposit": ("DepositToAccountRef", "Line"),
    "Purchase": ("PaymentType",),
}
"""Fields that even a sparse update must carry. Source: QuickBooks API, observed (error 2020)."""

_WHOLE_OBJECT_DELETES: Final = frozenset({"Deposit", "Transfer", "Attachable"})
"""Deletes whose documentation asks for the whole object. Source: QuickBooks API, Deposit, Transfer, Attachable."""


@dataclass(frozen=True, slots=True)
class UpdateBody:
    """``wipes`` names masked fields that a full update would lose because nobody can read them."""

    body: dict[str, Any]
    full: bool
    wipes: tuple[str, ...] = ()


def create_body(entity: str, source: dict[str, Any]) -> dict[str, Any]:
    """What to send so that QuickBooks makes the record again; links must have been rewritten beforehand."""
    body = writable(entity, source)
    _silence(entity, body)
    return copy.deepcopy(body)


def update_body(entity: str, live: dict[str, Any], wanted: dict[str, Any], fields: Iterable[str]) -> UpdateBody:
    """What to send so that ``fields`` of the live record become those of ``wanted``.

    A sparse update where it is known to work and nothing has to be cleared; else the whole live record
    with those fields changed, because a full update wipes what it omits.
    """
    row = CATALOGUE[entity]
    target = writable(entity, wanted)
    head = {"Id": str(live["Id"]), "SyncToken": str(live.get("SyncToken", "0"))}
    names = list(fields)
    clears = [name for name in names if name not in target]
    changed = {name: copy.deepcopy(target[name]) for name in names if name in target}
    if "Line" in changed:
        changed["Line"] = _with_line_ids(changed["Line"], wanted, live)
    base = copy.deepcopy(writable(entity, live))
    if "Line" in base:
        base["Line"] = _with_line_ids(base["Line"], live, live)
    if row.can("sparse") and not clears:
        needed = {name: base[name] for name in _SPARSE_NEEDS.get(entity, ()) if name in base}
        return UpdateBody({**head, "sparse": True, **needed, **changed}, full=False)
    for name in clears:
        base.pop(name, None)
    wipes = tuple(name for name in row.masked if name in live)
    return UpdateBody({**head, "sparse": False, **base, **changed}, full=True, wipes=wipes)


def delete_body(entity: str, live: dict[str, Any]) -> dict[str, Any]:
    if entity == TEMPLATE:
        return {kind: delete_body(kind, inner) for kind, inner in templates(live)}
    if entity in _WHOLE_OBJECT_DELETES:
        return copy.deepcopy(live)
    return {"Id": str(live["Id"]), "SyncToken": str(live.get("SyncToken", "0"))}


def _silence(entity: str, body: dict[str, Any]) -> None:
    """Switch off what a created record would set off: printing, mailing, charging."""
    for name, value in SIDE_EFFECTS.items():
        if name in body:
            body[name] = value
    check = body.get("CheckPayment")
    if entity == "BillPayment" and isinstance(check, dict) and "PrintStatus" in check:
        body["CheckPayment"] = {**check, "PrintStatus": "NotSet"}


def _with_line_ids(lines: list[Any], source: dict[str, Any], live: dict[str, Any]) -> list[Any]:
    """Give lines their Ids back where the live record still has them, so that they are changed in place."""
    standing = {str(line["Id"]) for line in live.get("Line", ()) if isinstance(line, dict) and line.get("Id")}
    originals = [
        line
        for line in source.get("Line", ())
        if isinstance(line, dict) and line.get("DetailType") != "SubTotalLineDetail"
    ]
    result = []
    for line, original in zip(lines, originals, strict=True):
        line_id = str(original.get("Id", ""))
        result.append({"Id": line_id, **line} if line_id in standing else dict(line))
    return result


def steps_cited(value: Any) -> Iterator[str]:
    """Ids of the steps whose results a body refers to."""
    if isinstance(value, dict):
        if set(value) == {STEP}:
            yield str(value[STEP])
            return
        for inner in value.values():
            yield from steps_cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from steps_cited(inner)


def with_ids(value: Any, ids: dict[str, str]) -> Any:
    """The body with every ``{"$step": …}`` replaced by the Id that step was given. ``KeyError`` when one is missing."""
    if isinstance(value, dict):
        if set(value) == {STEP}:
            return ids[str(value[STEP])]
        return {name: with_ids(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_ids(inner, ids) for inner in value]
    return value


def unmet(entity: str, sent: dict[str, Any], got: dict[str, Any]) -> tuple[str, ...]:
    """Paths at which an answered record does not hold what was sent; what the server added is no difference."""
    skipped = {"Id", "SyncToken", "sparse"}
    wanted = writable(entity, {name: value for name, value in sent.items() if name not in skipped})
    held = writable(entity, got)
    return tuple(_unmet(wanted, held, ""))


def _unmet(wanted: Any, held: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(held, dict):
        for name, value in wanted.items():
            here = f"{path}.{name}" if path else name
            if name not in held:
                yield here
            else:
                yield from _unmet(value, held[name], here)
    elif isinstance(wanted, list) and isinstance(held, list):
        if len(wanted) != len(held):
            yield path
            return
        for position, (left, right) in enumerate(zip(wanted, held, strict=True)):
            yield from _unmet(left, right, f"{path}[{position}]")
    elif canonical_value(wanted) != canonical_value(held) and str(wanted) != str(held):
        yield path
