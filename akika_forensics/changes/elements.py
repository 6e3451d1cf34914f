"""Which element of one list is which element of another: lines that moved are not lines that changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from akika_forensics.model.payload import canonical_value

_REFERENCES: Final = ("TaxRateRef", "TaxCodeRef", "ItemRef", "AccountRef", "EntityRef", "CustomerRef")


def pair(before: list[Any], after: list[Any]) -> list[tuple[int, int]]:
    """Pairs of places that hold the same element, in order of ``before``; what is in no pair was added or removed.

    Elements are the same by line Id, else by equal content, else by LineNum, else by what they are linked to, else
    by the custom field, name or reference that tells them apart, else as the only ones of their kind. Among elements
    alike by a rule, the first is paired with the first.
    """
    left, right = set(range(len(before))), set(range(len(after)))
    pairs: list[tuple[int, int]] = []
    for mark in _MARKS:
        waiting: dict[Hashable, list[int]] = {}
        for place in sorted(right):
            found = mark(after[place])
            if found is not None:
                waiting.setdefault(found, []).append(place)
        if not waiting:
            continue
        for place in sorted(left):
            found = mark(before[place])
            places = waiting.get(found) if found is not None else None
            if places:
                other = places.pop(0)
                pairs.append((place, other))
                left.discard(place)
                right.discard(other)
        if not left or not right:
            break
    return sorted(pairs)


def _own_id(element: Any) -> Hashable | None:
    found = element.get("Id") if isinstance(element, dict) else None
    return str(found) if found not in (None, "") and not isinstance(found, dict | list) else None


def _content(element: Any) -> Hashable | None:
    return canonical_value(element)


def _line_number(element: Any) -> Hashable | None:
    found = element.get("LineNum") if isinstance(element, dict) else None
    return str(found) if isinstance(found, int | str) and found != "" else None


def _linked(element: Any) -> Hashable | None:
    if not isinstance(element, dict):
        return None
    links = element.get("LinkedTxn", [element] if "TxnId" in element else None)
    if not isinstance(links, list):
        return None
    named = [(str(one.get("TxnType")), str(one.get("TxnId"))) for one in links if isinstance(one, dict)]
    return tuple(sorted(named)) or None


def _name(element: Any) -> Hashable | None:
    if not isinstance(element, dict):
        return None
    for field in ("DefinitionId", "Name", "name"):
        found = element.get(field)
        if isinstance(found, str) and found:
            return (field, found)
    detail = element.get(str(element.get("DetailType")))
    for holder in (element, detail):
        if not isinstance(holder, dict):
            continue
        for field in _REFERENCES:
            reference = holder.get(field)
            if isinstance(reference, dict) and reference.get("value") not in (None, ""):
                return (str(element.get("DetailType")), field, str(reference["value"]))
    return None


def _kind(element: Any) -> Hashable | None:
    found = element.get("DetailType") if isinstance(element, dict) else None
    return str(found) if isinstance(found, str) and _own_id(element) is None else None


_MARKS: Final[tuple[Callable[[Any], Hashable | None], ...]] = (_own_id, _content, _line_number, _linked, _name, _kind)
