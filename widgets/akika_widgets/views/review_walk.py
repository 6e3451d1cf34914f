"""Which steps of a plan are looked at, and which of them is the chosen one: no drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from akika_forensics.restore.document import Action, Fidelity, Step
from akika_widgets.views.pages import Pages
from akika_widgets.views.plan_words import ACTIONS, FIDELITIES, MARKS, found_in, mark_name
from akika_widgets.views.reviewing import Review
from akika_widgets.views.wording import entity_words

FOUND: Final = "found"
COMMENTED: Final = "commented"
UNMARKED: Final = "unmarked"
FACETS: Final = ("level", "entity", "action", "fidelity", "found", "mark")


@dataclass(frozen=True, slots=True)
class Facets:
    """What of one step the filters look at; the mark is asked of the review, because it changes."""

    id: str
    level: str
    entity: str
    action: str
    fidelity: str
    found: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; "" is whatever there is."""

    level: str = ""
    entity: str = ""
    action: str = ""
    fidelity: str = ""
    found: str = ""
    mark: str = ""
    text: str = ""

    @property
    def narrows(self) -> bool:
        return self != Filter()

    def but(self, name: str, value: str) -> Filter:
        return replace(self, **{name: value})


def facets_of(step: Step) -> Facets:
    found = found_in(step)
    words = (
        step.id,
        step.label,
        step.record,
        step.target or "",
        step.reason,
        step.fidelity_note,
        ACTIONS[step.action][0],
    )
    return Facets(
        step.id,
        str(step.level),
        step.record.partition(":")[0],
        step.action.value,
        step.fidelity.value,
        frozenset(answer.check for answer in found),
        "\n".join([*words, *(answer.note for answer in found)]).casefold(),
    )


class StepList:
    """The steps of one plan, to be narrowed."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.facets = tuple(facets_of(step) for step in steps)
        levels = sorted({int(one.level) for one in self.facets})
        checks = sorted({check for one in self.facets for check in one.found})
        entities = sorted({one.entity for one in self.facets})
        actions = {one.action for one in self.facets}
        fidelities = {one.fidelity for one in self.facets}
        self.options: dict[str, list[tuple[str, str]]] = {
            "level": [("", "every level"), *((str(level), f"level {level}") for level in levels)],
            "entity": [("", "every type"), *((name, entity_words(name).many) for name in entities)],
            "action": [("", "every action"), *((one.value, ACTIONS[one][0]) for one in Action if one in actions)],
            "fidelity": [
                ("", "however close"),
                *((one.value, FIDELITIES[one][0].word) for one in Fidelity if one in fidelities),
            ],
            "found": [("", "whatever was found"), (FOUND, "something was found"), *((one, one) for one in checks)],
            "mark": [
                ("", "every step"),
                (UNMARKED, "not marked"),
                *((name, kind.word) for name, kind in MARKS.items() if name),
                (COMMENTED, "with a comment"),
            ],
        }

    def why_not(self, name: str, value: str) -> str:
        """Why this cannot be filtered by, as a sentence; "" when it can."""
        return "" if value in {key for key, _ in self.options[name]} else "There is no such choice."

    def chosen(self, wanted: Filter, review: Review) -> tuple[str, ...]:
        """The ids of the steps that the filter lets through, in the order of the plan."""
        words = wanted.text.casefold().split()
        return tuple(
            one.id
            for one in self.facets
            if (not wanted.level or one.level == wanted.level)
            and (not wanted.entity or one.entity == wanted.entity)
            and (not wanted.action or one.action == wanted.action)
            and (not wanted.fidelity or one.fidelity == wanted.fidelity)
            and (not wanted.found or (bool(one.found) if wanted.found == FOUND else wanted.found in one.found))
            and all(word in one.text for word in words)
            and (not wanted.mark or _marked_so(review, one.id, wanted.mark))
        )


def _marked_so(review: Review, step_id: str, wanted: str) -> bool:
    if wanted == COMMENTED:
        return bool(review.mark_of(step_id).comment)
    name = mark_name(review, step_id)
    return name == ("" if wanted == UNMARKED else wanted)


class Walk:
    """A reader's way through the steps: the filter, the steps that it lets through (``shown``), the page, and the chosen step.

    As long as any step is shown, the chosen one is among them and its page is the one that is drawn.
    """

    def __init__(self, steps: Iterable[Step], review: Review, page: int) -> None:
        self.steps = StepList(steps)
        self.filter = Filter()
        self.pages = Pages(page)
        self.shown: tuple[str, ...] = ()
        self.chosen = ""
        self.look(review)

    def look(self, review: Review) -> None:
        """Look again at which steps fit; the chosen one stays chosen when it is among them."""
        self.shown = self.steps.chosen(self.filter, review)
        if self.chosen not in self.shown:
            held = self.pages.of(self.shown) or self.shown
            self.chosen = held[0] if held else ""
        self._turn()

    def narrow(self, name: str, value: str, review: Review) -> None:
        self.filter = self.filter.but(name, value)
        self.look(review)

    def reset(self, review: Review) -> None:
        self.filter = Filter()
        self.look(review)

    def choose(self, step_id: str) -> None:
        """Choose a step; one that the filter hides makes way for every step."""
        if step_id not in self.shown:
            self.filter = Filter()
            self.shown = tuple(one.id for one in self.steps.facets)
        self.chosen = step_id
        self._turn()

    def on(self, step_id: str, review: Review) -> None:
        """Go on to the step after this one, and look again: what was just marked may no longer fit."""
        following = ""
        if step_id in self.shown:
            place = self.shown.index(step_id) + 1
            following = self.shown[place] if place < len(self.shown) else step_id
        self.chosen = following or self.chosen
        self.look(review)

    def turn(self, value: str) -> None:
        """Turn the page and choose its first step."""
        self.pages.turn(value, len(self.shown))
        held = self.pages.of(self.shown)
        self.chosen = held[0] if held else ""

    def _turn(self) -> None:
        if self.chosen in self.shown:
            self.pages.show(self.shown.index(self.chosen))
