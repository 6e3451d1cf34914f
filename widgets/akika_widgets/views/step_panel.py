"""One step of a plan as its reviewer reads it: what, why, what changes, what was found, what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from akika_forensics.model.money import ZERO
from akika_forensics.restore.document import Action, Answer, Plan, Step
from akika_widgets.views import controls
from akika_widgets.views.aligned import names_in
from akika_widgets.views.kinds import Kind
from akika_widgets.views.live import LiveView
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.plan_words import ACTIONS, ANSWERS, FIDELITIES, fidelity_words, mark_kind
from akika_widgets.views.reviewing import APPROVED, SKIP, Review
from akika_widgets.views.table import LONG, marked, money_cell, named
from akika_widgets.views.three_way import ThreeWay, ThreeWayView, planned_rows, state_text
from akika_widgets.views.wording import ABSENT, amount, field_words

NAMED: Final = 40
"""Steps named one by one where several depend on one another; the others are counted."""


def step_panel(
    view: LiveView, review: Review, step: Step, states: ThreeWay | None, *, writing: Markup | None
) -> Markup:
    """Everything about a step, with the controls that mark it. ``writing``: the form of a comment that is being written."""
    return tag(
        "section",
        _heading(review, step),
        _controls(view, review, step),
        writing if writing is not None else _comment(review, step),
        _part("Why", tag("p", tag("bdi", shortened(step.reason, 600)))),
        _part("What changes", _changes(step, states)),
        _states(states),
        _part("How close it comes", tag("p", _kind(FIDELITIES[step.fidelity][0]), ". ", fidelity_words(step))),
        _part("Asked before the first write", _answers(step.preflight)),
        _part("Effect on accounts", _effect(review.plan, step)),
        _part("Depends on", _steps(view, review, step.depends_on, "No other step")),
        _part("What depends on it", _steps(view, review, tuple(review.index.falls_with([step.id])), "No other step")),
        class_="ak-panel ak-step",
        aria_label=f"Step {step.id}",
    )


def _kind(kind: Kind) -> Markup:
    return marked(kind.symbol, kind.word, kind.tone)


def _part(title: str, *content: Markup | None) -> Markup:
    return join([tag("h4", title), *content])


def _heading(review: Review, step: Step) -> Markup:
    return join(
        [
            tag("h3", tag("span", step.id, class_="ak-key"), " ", named(step.label, step.record)),
            tag(
                "p",
                ACTIONS[step.action][1],
                f", at level {step.level}. " if step.level else ". ",
                "Review: ",
                _kind(mark_kind(review, step.id)),
            ),
        ]
    )


def _controls(view: LiveView, review: Review, step: Step) -> Markup:
    verdict = review.mark_of(step.id).verdict
    return tag(
        "div",
        controls.button(view, "Approve", "approve", keys="a", pressed=verdict == APPROVED),
        controls.button(view, "Skip", "skip", keys="s", pressed=verdict == SKIP),
        controls.button(view, "Comment", "write", keys="c"),
        controls.button(view, "Take the mark back", "clear", keys="u", kind="plain") if verdict else None,
        class_="ak-bar ak-middle",
        role="group",
        aria_label=f"Mark step {step.id}",
    )


def _comment(review: Review, step: Step) -> Markup | None:
    comment = review.mark_of(step.id).comment
    return tag("blockquote", tag("bdi", comment, class_="ak-value"), class_="ak-comment") if comment else None


def _changes(step: Step, states: ThreeWay | None) -> Markup:
    if step.action is Action.REMOVE:
        return tag("p", "The record is removed as a whole; what it posted goes with it.")
    fields = planned_rows(
        ((one.path, one.now) for one in step.fields),
        ((one.path, one.planned) for one in step.fields),
        names_in(states or ()),
    )
    if not fields:
        return tag("p", "No field that a person writes.")
    rows = [
        tag(
            "tr",
            tag("th", field_words(field.path), scope="row", title=field.path),
            *(
                tag("td", _value(state_text(field.path, value), mark))
                for value, mark in zip(field.values, ("del", "ins"), strict=True)
            ),
        )
        for field in fields
    ]
    head = tag("thead", tag("tr", *(tag("th", word, scope="col") for word in ("Field", "Now", "As planned"))))
    table = tag("table", head, tag("tbody", *rows), class_="ak-states")
    return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="What changes")


def _value(text: str | None, mark: str) -> Markup:
    if text is None:
        return tag("span", ABSENT, class_="ak-none", aria_label="nothing")
    return tag(mark, tag("bdi", shortened(text, LONG), class_="ak-value"))


def _states(states: ThreeWay | None) -> Markup | None:
    if states is None:
        return None
    summary = tag("summary", "Before the incident, after it, now and as planned")
    return tag("details", summary, ThreeWayView(*states, title="The record in its states").drawn())


def _answers(answers: Sequence[Answer]) -> Markup:
    if not answers:
        return tag("p", "Nothing was asked.")
    return tag(
        "ul",
        *(
            tag(
                "li", _kind(ANSWERS[one.answer]), " ", one.check, f": {shortened(one.note, LONG)}" if one.note else None
            )
            for one in answers
        ),
        class_="ak-plain-list",
    )


def _effect(plan: Plan, step: Step) -> Markup:
    if not step.effect:
        return tag("p", "It posts nothing, or what it posts already.")
    names = {line.account: line.name for line in plan.prediction.lines}
    rows = [
        tag("tr", tag("th", named(names.get(account, account), account), scope="row"), money_cell(moved, sign=True))
        for account, moved in step.effect.items()
    ]
    total: Decimal = sum(step.effect.values(), ZERO)
    foot = tag("tr", tag("th", "Sum", scope="row"), tag("td", amount(total), class_="ak-number"))
    return tag("table", tag("tbody", *rows), tag("tfoot", foot))


def _steps(view: LiveView, review: Review, ids: Sequence[str], none: str) -> Markup:
    known = [review.index.steps[step_id] for step_id in ids if step_id in review.index.steps]
    if not known:
        return tag("p", f"{none}.")
    items = [
        tag(
            "li",
            controls.button(view, other.id, "choose", other.id, kind="plain"),
            " ",
            tag("bdi", shortened(other.label, LONG)),
        )
        for other in known[:NAMED]
    ]
    rest = len(known) - NAMED
    more = tag("li", f"and {rest:,} more") if rest > 0 else None
    return tag("ul", *items, more, class_="ak-plain-list")
