"""Several states of one record side by side: which field of one is which field of another.

Lines stand side by side by their Id, else by equal content, else by their number, else by what they are linked to, else
in the order in which they stand: a line that moved is not a line that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akika_widgets.views.document_lines import is_subtotal, line_words
from akika_widgets.views.gist import escaped, leaves
from akika_widgets.views.wording import number_of


class Absent:
    """There is no such field in this state; a field that holds null is there."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class AlignedField:
    """One field in each of the states, in their order; `ABSENT` where a state does not have it."""

    path: str
    values: tuple[Any, ...]

    def agree(self, one: int, other: int) -> bool:
        """True when the field says the same in both states."""
        return same(self.values[one], self.values[other])

    @property
    def uniform(self) -> bool:
        return all(same(self.values[0], value) for value in self.values[1:])


def aligned(
    states: Sequence[Mapping[str, Any] | None], names: Mapping[tuple[str, str], str] | None = None
) -> list[AlignedField]:
    """Every field of the states; None is a record that is not there. Fields in the order of the first state that has them.

    A line of which a state has nothing is one field, its value a sentence; a line that all have is told field by field.
    A reference without a name, as it is sent, takes the name that another state, or ``names``, has for the same Id.
    """
    known = {**(names or {}), **names_in(states)}
    return list(_mappings("", [ABSENT if body is None else _named_in("", body, known) for body in states]))


def names_in(values: Iterable[Any]) -> dict[tuple[str, str], str]:
    """The names of the records that the values cite, by the citing field's name and the Id."""
    found: dict[tuple[str, str], str] = {}
    left: list[tuple[str, Any]] = [("", value) for value in values]
    while left:
        field, value = left.pop()
        if isinstance(value, Mapping):
            if is_reference(value) and isinstance(value.get("name"), str):
                found[field, str(value["value"])] = value["name"]
            left += [(str(name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            left += [(field, inner) for inner in value]
    return found


def _named_in(field: str, value: Any, names: Mapping[tuple[str, str], str]) -> Any:
    if isinstance(value, Mapping):
        if is_reference(value) and not value.get("name"):
            name = names.get((field, str(value["value"])))
            return {**value, "name": name} if name else value
        return {name: _named_in(str(name), inner, names) for name, inner in value.items()}
    return [_named_in(field, inner, names) for inner in value] if isinstance(value, list) else value


def same(one: Any, other: Any) -> bool:
    """Equal as values: numbers by what they come to; of references the Id decides where one of them carries no name."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if is_reference(one) and is_reference(other):
        names = {str(held["name"]) for held in (one, other) if held.get("name")}
        return bool(one["value"] == other["value"]) and len(names) < 2
    left, right = number_of(one), number_of(other)
    if left is not None and right is not None:
        return left == right
    return bool(one == other)


def is_reference(value: Any) -> bool:
    return isinstance(value, Mapping) and "value" in value and set(value) <= {"value", "name", "type"}


def _fields(path: str, values: Sequence[Any]) -> Iterator[AlignedField]:
    held = [value for value in values if value is not ABSENT]
    if held and all(isinstance(value, Mapping) and not is_reference(value) for value in held):
        yield from _mappings(path, values)
    elif held and all(isinstance(value, list) for value in held):
        yield from _lists(path, values)
    else:
        yield AlignedField(path, tuple(values))


def _mappings(path: str, values: Sequence[Any]) -> Iterator[AlignedField]:
    names = dict.fromkeys(name for value in values if isinstance(value, Mapping) for name in value)
    for name in names:
        here = f"{path}.{escaped(name)}" if path else escaped(name)
        inner = [value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT for value in values]
        yield from _fields(here, inner)


def _lists(path: str, values: Sequence[Any]) -> Iterator[AlignedField]:
    for place, slot in enumerate(_slots(values)):
        here = f"{path}[{place}]"
        held = [element for element in slot if element is not ABSENT]
        if not all(isinstance(element, Mapping) for element in held):
            yield from _fields(here, slot)
        elif all(is_subtotal(element) for element in held):
            continue
        elif len(held) < len(slot) and path == "Line":
            yield AlignedField(here, tuple(e if e is ABSENT else _line(e) for e in slot))
        else:
            yield from _mappings(here, slot)


@dataclass(frozen=True, slots=True, eq=False)
class LineWords:
    """A whole line in one sentence, and its amount."""

    words: str
    total: Decimal | None
    element: Mapping[str, Any]

    def __hash__(self) -> int:
        return hash(self.total)

    def __eq__(self, other: object) -> bool:
        """Equal when every field says the same, whatever Id and number the line was given."""
        if not isinstance(other, LineWords):
            return NotImplemented
        told = aligned([self.element, other.element])
        return all(one.uniform for one in told if one.path not in _NUMBERED)


def _line(element: Mapping[str, Any]) -> LineWords:
    return LineWords(*line_words(dict(leaves(element))), element)


def _slots(values: Sequence[Any]) -> list[list[Any]]:
    """The elements of all lists, each beside what it is in the others."""
    slots: list[list[Any]] = []
    for state, value in enumerate(values):
        waiting = list(value) if isinstance(value, list) else []
        free = slots[:]
        for mark in _MARKS:
            by_mark: dict[Hashable, list[list[Any]]] = {}
            for slot in free:
                for found in dict.fromkeys(mark(element) for element in slot if element is not ABSENT):
                    if found is not None:
                        by_mark.setdefault(found, []).append(slot)
            left = []
            for element in waiting:
                places = [slot for slot in by_mark.get(mark(element), ()) if slot[state] is ABSENT]
                if places:
                    places[0][state] = element
                else:
                    left.append(element)
            waiting = left
            free = [slot for slot in free if slot[state] is ABSENT]
            if not waiting or not free:
                break
        for element in waiting:
            made: list[Any] = [ABSENT] * len(values)
            made[state] = element
            slots.append(made)
    return slots


def _id(element: Any) -> Hashable:
    return str(element["Id"]) if isinstance(element, Mapping) and element.get("Id") else None


def _content(element: Any) -> Hashable:
    pairs = sorted((path, str(value)) for path, value in leaves(element) if path not in _NUMBERED)
    return ("content", tuple(pairs)) if pairs else ("scalar", str(element))


_NUMBERED: Final = frozenset({"Id", "LineNum"})


def _number(element: Any) -> Hashable:
    number = element.get("LineNum") if isinstance(element, Mapping) else None
    return ("number", str(number)) if number not in (None, "", 0) else None


def _linked(element: Any) -> Hashable:
    if not isinstance(element, Mapping):
        return None
    links = tuple((path, str(value)) for path, value in leaves(element) if path.endswith(("TxnId", "TxnType")))
    return ("linked", links) if links else None


def _named(element: Any) -> Hashable:
    if not isinstance(element, Mapping):
        return None
    for name in ("DefinitionId", "Name", "name"):
        if isinstance(element.get(name), str):
            return (name, element[name])
    return None


def _kind(element: Any) -> Hashable:
    """The last resort: the next one of the same kind."""
    return ("kind", str(element.get("DetailType"))) if isinstance(element, Mapping) else None


_MARKS: Final[tuple[Callable[[Any], Hashable], ...]] = (_id, _content, _number, _linked, _named, _kind)
