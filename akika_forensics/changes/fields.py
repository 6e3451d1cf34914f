"""The differences of two payloads, field by field, and how to apply them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from akika_forensics.changes.elements import pair
from akika_forensics.changes.paths import escaped, steps

How = Literal["changed", "added", "removed", "moved"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference. ``path`` is ``Line[2].Amount``; places count from 0.

    In paths, places are those of the list *before*; only the last place of an ``added`` element is its place *after*.
    ``before`` is None for what was added, ``after`` for what was removed. ``moved`` tells a new order of the elements
    that stayed, as their places before. ``label`` is for people. ``bookkeeping`` marks what the server numbers and
    dates by itself, ``computed`` what it works out or mirrors from other records.
    """

    path: str
    before: Any
    after: Any
    how: How = "changed"
    label: str = ""
    bookkeeping: bool = False
    computed: bool = False

    @property
    def consequence(self) -> bool:
        """True when nobody wrote this: the server did."""
        return self.bookkeeping or self.computed


def differences(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """Every difference of two decoded values, in the order of their keys; numbers by value (100 = 100.00)."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            if name in before and name in after and _alike(before[name], after[name]):
                continue  # most are, and need no path
            here = f"{path}.{escaped(name)}" if path else escaped(name)
            if name not in after:
                yield FieldChange(here, before[name], None, "removed")
            elif name not in before:
                yield FieldChange(here, None, after[name], "added")
            else:
                yield from differences(before[name], after[name], here)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(before, after, path)
    elif not same(before, after):
        yield FieldChange(path, before, after, "changed")


def _list_differences(before: list[Any], after: list[Any], path: str) -> Iterator[FieldChange]:
    pairs = pair(before, after)
    for place, other in pairs:
        if _alike(before[place], after[other]):
            continue
        yield from differences(before[place], after[other], f"{path}[{place}]")
    kept = [place for place, _ in pairs]
    for place in sorted(set(range(len(before))) - set(kept)):
        yield FieldChange(f"{path}[{place}]", before[place], None, "removed")
    reached = {other for _, other in pairs}
    for place in sorted(set(range(len(after))) - reached):
        yield FieldChange(f"{path}[{place}]", None, after[place], "added")
    new_order = [place for place, _ in sorted(pairs, key=lambda one: one[1])]
    if new_order != kept:
        yield FieldChange(path, kept, new_order, "moved", bookkeeping=True)


def _alike(before: Any, after: Any) -> bool:
    """Whether `differences` finds none. Lists that are alike pair each element with the one at its own place."""
    if before is after:
        return True
    kind = type(before)
    if kind is str:
        return bool(before == after)
    if kind is not type(after):
        return same(before, after)
    if kind is dict:
        return len(before) == len(after) and all(
            name in after and _alike(value, after[name]) for name, value in before.items()
        )
    if kind is list:
        return len(before) == len(after) and all(map(_alike, before, after))
    return same(before, after)


def same(before: Any, after: Any) -> bool:
    """Equality of two scalars: numbers by value, never a number with a text or a truth value."""
    numeric = (int, Decimal)
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, numeric) and isinstance(after, numeric):
        return before == after
    return type(before) is type(after) and bool(before == after)


def apply_fields(body: Any, changes: Iterable[FieldChange]) -> Any:
    """The value that the changes lead to from ``body``, as a copy; the inverse of ``differences``.

    Lists are changed from the inside out: first what is inside elements, then removals, then the new order, then
    additions, so that every place means what ``FieldChange`` says it means.
    """
    result = copy.deepcopy(body)
    rows = list(changes)
    depth = {id(row): len(steps(row.path)) for row in rows}
    for row in sorted(rows, key=lambda one: -depth[id(one)]):
        if row.how == "changed":
            result = _put(result, steps(row.path), row.after)
        elif row.how in ("added", "removed") and not _is_place(row):
            result = _put(result, steps(row.path), row.after, remove=row.how == "removed")
    lists: dict[tuple[str | int, ...], list[FieldChange]] = {}
    for row in rows:
        if row.how == "moved":
            lists.setdefault(tuple(steps(row.path)), []).append(row)
        elif _is_place(row) and row.how != "changed":
            lists.setdefault(tuple(steps(row.path)[:-1]), []).append(row)
    for where in sorted(lists, key=len, reverse=True):
        _rearrange(_at(result, where), lists[where])
    return result


def invert(changes: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
    """The same differences told from the other side, for values: places in paths stay as they were."""
    other: dict[How, How] = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
    return tuple(replace(row, before=row.after, after=row.before, how=other[row.how]) for row in changes)


def _is_place(row: FieldChange) -> bool:
    return row.path.endswith("]") and isinstance(steps(row.path)[-1], int)


def _rearrange(target: list[Any], rows: Sequence[FieldChange]) -> None:
    gone = {int(steps(row.path)[-1]) for row in rows if row.how == "removed"}
    kept = {place: element for place, element in enumerate(target) if place not in gone}
    moved = [row for row in rows if row.how == "moved"]
    new_order = list(moved[0].after) if moved else sorted(kept)
    target[:] = [kept[place] for place in new_order]
    added = sorted((int(steps(row.path)[-1]), at) for at, row in enumerate(rows) if row.how == "added")
    for place, at in added:
        target.insert(place, copy.deepcopy(rows[at].after))


def _at(value: Any, where: Sequence[str | int]) -> Any:
    for step in where:
        value = value[step]
    return value


def _put(value: Any, where: Sequence[str | int], new: Any, *, remove: bool = False) -> Any:
    if not where:
        return copy.deepcopy(new)
    holder = _at(value, where[:-1])
    if remove:
        del holder[where[-1]]
    else:
        holder[where[-1]] = copy.deepcopy(new)
    return value
