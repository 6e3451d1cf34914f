"""The steps of a plan under review as they are drawn: what narrows them, and one page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from akika_widgets.views import controls
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.plan_words import ACTIONS, FIDELITIES, found_in, mark_kind
from akika_widgets.views.review_walk import Filter, StepList
from akika_widgets.views.reviewing import Review
from akika_widgets.views.table import LONG, marked, named
from akika_widgets.views.view import anchor

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
