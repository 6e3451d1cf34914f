"""One open question about QuickBooks: what is asked, what may be, and where the answer shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

OPEN: Final = "QuickBooks API, open questions"
"""The source of a belief that nothing but the list of open questions speaks of."""


@dataclass(frozen=True, slots=True)
class Belief:
    """One open question. ``affects`` names the acts in which the answer shows.

    An act is an operation with its entity (``create Vendor``, ``query Account``, ``feed Budget``) or an operation alone,
    which then stands for every entity (``query``, ``retry``, ``batch``).
    """

    name: str
    question: str
    choices: tuple[str, ...]
    default: str
    source: str
    affects: frozenset[str]

    def matters(self, acts: Iterable[str]) -> bool:
        """Whether one of some acts shows it."""
        return any(act in self.affects or act.partition(" ")[0] in self.affects for act in acts)


def row(name: str, question: str, choices: str, source: str, affects: str) -> Belief:
    """``choices`` apart by spaces, the default first; ``affects`` by commas."""
    possible = tuple(choices.split())
    return Belief(
        name, question, possible, possible[0], source, frozenset(act.strip() for act in affects.split(",") if act)
    )
