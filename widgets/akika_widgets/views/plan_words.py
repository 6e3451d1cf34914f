"""What stands in a plan, in a reviewer's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from akika_forensics.restore.document import Action, Answer, Fidelity, Note, Step
from akika_widgets.views.kinds import Kind
from akika_widgets.views.plan_index import choices_for
from akika_widgets.views.reviewing import APPROVED, SKIP, Review

ACTIONS: Final[dict[Action, tuple[str, str]]] = {
    Action.RECREATE: ("make again", "Make again what was removed, under a new Id"),
    Action.REVERT: ("put back", "Put changed fields back"),
    Action.RELINK: ("link again", "Link again what lost its link"),
    Action.REACTIVATE: ("make active", "Make active again"),
    Action.REMOVE: ("remove", "Remove what was added"),
    Action.DEACTIVATE: ("make inactive", "Make inactive what was added"),
}
"""For each action its short name and what it does."""

FIDELITIES: Final[dict[Fidelity, tuple[Kind, str]]] = {
    Fidelity.EXACT: (Kind("✓", "exact", "good"), "The books will be as they were before in every field."),
    Fidelity.EXACT_BUT_FOR: (
        Kind("✓", "exact but for", "good"),
        "As before in every field, but for what QuickBooks itself gives a record",
    ),
    Fidelity.DIFFERS: (Kind("≠", "differs", "changed"), "It will differ from the state before"),
    Fidelity.BY_HAND: (Kind("◇", "by hand", "changed"), "The interface of QuickBooks does not allow it"),
}

ANSWERS: Final = {
    "found": Kind("!", "found", "changed"),
    "clear": Kind("✓", "clear", "good"),
    "cannot be checked": Kind("?", "cannot be checked", "quiet"),
}

MARKS: Final = {
    APPROVED: Kind("✓", "approved", "good"),
    SKIP: Kind("⊘", "to be skipped", "removed"),
    "away": Kind("↳", "falls away", "removed"),
    "": Kind("·", "not marked", "quiet"),
}

QUESTIONS: Final = {
    "asks": "A person decides",
    "decided": "Decided before",
    "adopted": "Decided before",
    "look_alike": "Keyed again?",
    "needs_missing": "Needs a record that is gone",
    "needs_removed": "Needs a record that is removed",
    "dangling": "Cites a record that is in neither state",
    "inactive": "Needs an inactive record",
    "inactive_before": "Needs a record that was inactive before",
    "has_dependents": "Another record hangs on it",
    "unreadable_reference": "Cites what cannot be read",
}


def mark_name(review: Review, step_id: str) -> str:
    """The key of `MARKS` for a step: its own mark, or that it falls away with another."""
    return "away" if step_id in review.falls_away else review.mark_of(step_id).verdict


def mark_kind(review: Review, step_id: str) -> Kind:
    kind = MARKS[mark_name(review, step_id)]
    root = review.falls_away.get(step_id)
    return kind if root is None else Kind(kind.symbol, f"falls away with {root}", kind.tone)


def found_in(step: Step) -> tuple[Answer, ...]:
    """The questions before the first write that were answered with something found."""
    return tuple(answer for answer in step.preflight if answer.answer == "found")


def fidelity_words(step: Step) -> str:
    """How close the record will come, in a sentence, with what the plan says of it."""
    sentence = FIDELITIES[step.fidelity][1]
    note = step.fidelity_note.strip()
    return f"{sentence.rstrip('.')}{': ' + note if note else ''}."


def question_words(note: Note) -> str:
    return QUESTIONS.get(note.code, note.code.replace("_", " "))


def choice_words(note: Note, choice: str) -> str:
    """What an answer means."""
    known = {one.value: one.words for one in choices_for(note)}
    if choice in known:
        return known[choice]
    return f"adopt the record with Id {choice.removeprefix('adopt:')} in its place" if choice else "not answered"


def tallied(names: Iterable[str]) -> str:
    """``3 make again, 1 remove``: the most frequent first."""
    return ", ".join(f"{number:,} {name}" for name, number in Counter(names).most_common())
