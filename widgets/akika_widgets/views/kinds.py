"""Kinds of change, each by a symbol and a word; the colour only repeats them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from akika_widgets.views.markup import Markup, join, tag

ALIKE: Final = 5
"""From so many records of one type and one kind of change on, each takes one line and folds its fields."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of change is written: ``tone`` is a colour of the sheet, never the only sign."""

    symbol: str
    word: str
    tone: str


KINDS: Final[dict[str, Kind]] = {
    "removed": Kind("\N{MINUS SIGN}", "removed", "removed"),
    "voided": Kind("⊘", "voided", "removed"),
    "deactivated": Kind("○", "made inactive", "removed"),
    "changed": Kind("≠", "changed", "changed"),
    "reactivated": Kind("●", "made active", "added"),
    "added": Kind("+", "added", "added"),
}
ORDER: Final = {name: position for position, name in enumerate(KINDS)}


def kind_of(name: str) -> Kind:
    return KINDS.get(name) or Kind("?", name, "changed")


def state(kind: Kind, *words: object) -> Markup:
    """The symbol and the word of a kind, with what it befell."""
    symbol = tag("span", kind.symbol, class_="ak-symbol", aria_hidden="true")
    return join(
        [tag("span", symbol, kind.word, class_=f"ak-state ak-{kind.tone}"), *(join([" ", word]) for word in words)]
    )
