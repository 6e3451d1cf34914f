"""The steps of a plan under review as a list: what narrows it, and the page that is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from akika_forensics.restore.document import Action, Fidelity, Step
from akika_widgets.views import controls
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.plan_words import ACTIONS, FIDELITIES, MARKS, found_in, mark_kind, mark_name
from akika_widgets.views.reviewing import Review
from akika_widgets.views.table import LONG, marked, named
from akika_widgets.views.view import anchor
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


LABELS: Final = {
    "mark": "Review",
    "level": "Level",
    "entity": "Record type",
    "action": "Action",
    "fidelity": "How close",
    "found": "Found beforehand",
}


def filter_bar(view: LiveView, steps: StepList, wanted: Filter) -> Markup:
    """The controls of the filter; each sends ``by_<name>``."""
    selects = [
        controls.select(view, label, name, steps.options[name], getattr(wanted, name), act=f"by_{name}")
        for name, label in LABELS.items()
        if len(steps.options[name]) > 2 or getattr(wanted, name)
    ]
    reset = controls.button(view, "Show every step", "reset", kind="plain") if wanted.narrows else None
    return tag(
        "div",
        controls.field(view, "Search", "find", wanted.text, act="find", kind="search"),
        *selects,
        reset,
        class_="ak-bar",
        role="search",
        aria_label="Choose among the steps",
    )


def step_table(
    view: LiveView, review: Review, shown: Iterable[str], chosen: str, *, focus: int | None, title: str
) -> Markup:
    """One page of steps. Arrow keys walk the rows and the row they reach is the chosen one (act ``choose``)."""
    rows = [_row(view, review, step_id, at=step_id == chosen, focus=focus) for step_id in shown]
    head = tag("tr", *(tag("th", word, scope="col") for word in ("Step", "Record", "Action", "How close", "Review")))
    table = tag("table", tag("caption", title), tag("thead", head), tag("tbody", *rows), class_="ak-steps")
    return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label=title)


def _row(view: LiveView, review: Review, step_id: str, *, at: bool, focus: int | None) -> Markup:
    step = review.index.steps[step_id]
    found = found_in(step)
    mark, fidelity = mark_kind(review, step_id), FIDELITIES[step.fidelity][0]
    checks = ", ".join(answer.check for answer in found)
    return tag(
        "tr",
        tag("td", shortened(step_id, 40), class_="ak-key"),
        tag("th", named(step.label, step.record), scope="row"),
        tag("td", ACTIONS[step.action][0], class_="ak-whole-word"),
        tag(
            "td",
            marked(fidelity.symbol, fidelity.word, fidelity.tone),
            tag("div", marked("!", shortened(checks, LONG), "changed")) if found else None,
        ),
        tag(
            "td",
            marked(mark.symbol, mark.word, mark.tone),
            tag("div", marked("✎", "comment", "quiet")) if review.mark_of(step_id).comment else None,
        ),
        id=anchor("step", id(view), step_id),
        data_row=True,
        data_follow=True,
        data_act="choose",
        data_value=step_id,
        data_focus=focus if at else None,
        tabindex="0" if at else "-1",
        aria_selected=str(at).lower(),
    )
