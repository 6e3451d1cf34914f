"""A plan as a review needs it: its steps by what hangs on them, its questions and the answers that each can have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from akika_forensics.restore.document import Note, Plan


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: what the plan is told, and what that means in words."""

    value: str
    words: str


KEEP: Final = Choice("keep", "leave it as it is now")


def choices_for(note: Note) -> tuple[Choice, ...]:
    """The answers that change something for this note; a record to adopt may also be named by its Id (``adopt:ID``)."""
    match note.code:
        case "asks":
            return (Choice("restore", "put it back as it was before"), KEEP)
        case "look_alike":
            found = str(note.values.get("adopt", ""))
            adopt = (Choice(f"adopt:{found}", f"adopt the record with Id {found} in its place"),) if found else ()
            return (*adopt, Choice("recreate", "make it again, so that both stand"), KEEP)
        case "decided":
            return (Choice("restore", "take it up again"),)
        case "adopted":
            return (Choice("recreate", "make it again all the same"), KEEP)
    return (KEEP,)


def may_adopt(note: Note) -> bool:
    """True where another record than the one that was found may be named."""
    return note.code == "look_alike"


class PlanIndex:
    """A plan's steps by their id and by what hangs on them; made once for all states of its review."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.steps = {step.id: step for step in plan.steps}
        self.needed_by: dict[str, list[str]] = {step.id: [] for step in plan.steps}
        for step in plan.steps:
            for need in step.depends_on:
                self.needed_by.setdefault(need, []).append(step.id)
        self.position = {step.id: place for place, step in enumerate(plan.steps)}

    def falls_with(self, roots: Iterable[str]) -> dict[str, str]:
        """Every step that cannot be done without ``roots``, with the one of them it hangs on; the roots are not in it."""
        found: dict[str, str] = {}
        begun = tuple(roots)
        left = [(root, root) for root in reversed(begun)]
        known = set(begun)
        while left:
            at, root = left.pop()
            for other in self.needed_by.get(at, ()):
                if other not in known:
                    known.add(other)
                    found[other] = root
                    left.append((other, root))
        return found

    @cached_property
    def questions(self) -> dict[str, Note]:
        """The plan's conflicts, one a record."""
        found: dict[str, Note] = {}
        for note in self.plan.conflicts:
            found.setdefault(note.record, note)
        return found

    @cached_property
    def decidable(self) -> dict[str, Note]:
        """Every note that can be answered or answered otherwise."""
        again = [note for note in self.plan.left_alone if note.code == "decided"]
        again += [note for note in self.plan.findings if note.code == "adopted"]
        return {**self.questions, **{note.record: note for note in again if note.record not in self.questions}}
