"""Who wrote a field: a person or program through a request, or the server by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from akika_forensics.books import DELETED_SUFFIX
from akika_forensics.changes.fields import FieldChange
from akika_forensics.changes.paths import pattern, readable, steps
from akika_forensics.graph import is_mirror
from akika_forensics.model.catalogue import CATALOGUE, linked_entity

BOOKKEEPING: Final = frozenset({"SyncToken", "MetaData", "domain", "sparse", "status"})
"""Top-level fields that the server numbers and dates. Source: QuickBooks API, common attributes of objects."""

ADDRESS_FIELDS: Final = frozenset({"Id", "Lat", "Long", "Tag"})
"""What the server adds to an address. Source: recorded payloads."""

FOLLOWING: Final[dict[str, frozenset[str]]] = {
    "Item": frozenset({"QtyOnHand", "AvgCost"}),
    "Estimate": frozenset({"TxnStatus"}),
    "PurchaseOrder": frozenset({"POStatus"}),
    "TimeActivity": frozenset({"BillableStatus"}),
    "ReimburseCharge": frozenset({"HasBeenInvoiced"}),
}
"""Fields that follow other records.

A quantity follows its transactions, always. A status is the server's only where a mirrored link moved with it: a
person can set it too. Source: QuickBooks API (Item, Estimate, PurchaseOrder), recorded payloads.
"""

NAMES: Final = frozenset({"DisplayName", "FullyQualifiedName", "Name"})
"""Fields whose text QuickBooks marks when a record is made inactive."""

_ALWAYS: Final = frozenset({"QtyOnHand", "AvgCost"})


def judged(
    entity: str, changes: Iterable[FieldChange], before: dict[str, Any], after: dict[str, Any]
) -> list[FieldChange]:
    """The differences with ``label``, ``bookkeeping`` and ``computed`` filled in."""
    rows = [_judge(entity, row, before, after) for row in changes]
    if before.get("Active", True) is not after.get("Active", True):
        rows = [replace(row, computed=row.computed or _only_marked(row)) for row in rows]
    if any(row.computed and "LinkedTxn" in row.path for row in rows):
        following = FOLLOWING.get(entity, frozenset())
        rows = [replace(row, computed=True) if row.path in following else row for row in rows]
    return rows


def _only_marked(row: FieldChange) -> bool:
    """True when a name differs by the mark alone that QuickBooks puts on inactive names. Source: recorded payloads."""
    names = (row.before, row.after)
    if row.path not in NAMES or not all(isinstance(name, str) for name in names):
        return False
    return bool(row.before.removesuffix(DELETED_SUFFIX) == row.after.removesuffix(DELETED_SUFFIX))


def _judge(entity: str, row: FieldChange, before: dict[str, Any], after: dict[str, Any]) -> FieldChange:
    seen = after if row.how == "added" else before
    names = steps(row.path)
    return replace(
        row,
        label=readable(row.path, seen),
        bookkeeping=row.bookkeeping or _is_bookkeeping(row, names),
        computed=_is_computed(entity, row, names, seen),
    )


def _is_bookkeeping(row: FieldChange, names: list[str | int]) -> bool:
    if not names:
        return False
    if names[0] in BOOKKEEPING:
        return True
    if names[-1] == "Id" and len(names) > 1:
        return True
    return len(names) == 2 and str(names[0]).endswith("Addr") and names[1] in ADDRESS_FIELDS and row.how != "moved"


def _is_computed(entity: str, row: FieldChange, names: list[str | int], seen: dict[str, Any]) -> bool:
    if not names:
        return False
    fixed, read_only = _computed(entity)
    shape = pattern(row.path)
    if any(shape == one or shape.startswith((f"{one}.", f"{one}[")) for one in fixed | read_only):
        return True
    if names[0] in _ALWAYS and names[0] in FOLLOWING.get(entity, frozenset()):
        return True
    if names[-1] == "name" and len(names) > 1 and str(names[-2]).endswith(("Ref", "CodeRef")):
        # A reference's name is a copy of the target's; where the Id changed too, that change stands on its own.
        return True
    return "LinkedTxn" in names and _mirrored(entity, row, names, seen)


def _mirrored(entity: str, row: FieldChange, names: list[str | int], seen: dict[str, Any]) -> bool:
    """True when every link that the difference adds, removes or alters is the server's copy."""
    at = names.index("LinkedTxn")
    if len(names) == at + 1:
        links = [one for side in (row.before, row.after) if isinstance(side, list) for one in side]
    else:
        holder: Any = seen
        for step in names[: at + 2]:
            inside = isinstance(holder, list) and isinstance(step, int) and step < len(holder)
            holder = holder[step] if inside or (isinstance(holder, dict) and step in holder) else None
        links = [holder]
    links = [one for one in links if isinstance(one, dict)]
    if row.how == "moved":
        return True
    return all(_is_mirror_link(entity, one, at_line=at > 0) for one in links)


def _is_mirror_link(entity: str, link: dict[str, Any], *, at_line: bool) -> bool:
    target = linked_entity(str(link.get("TxnType", "")))
    return target is not None and is_mirror(entity, target, at_line=at_line)


@cache
def _computed(entity: str) -> tuple[frozenset[str], frozenset[str]]:
    row = CATALOGUE.get(entity)
    if row is None:
        return frozenset(), frozenset()
    read_only = {one.path for one in row.references if one.read_only and not one.linked}
    return frozenset(row.computed), frozenset(read_only)
