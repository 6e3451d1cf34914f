"""The form in which a plan is reviewed: steps with their panel, questions, what is not done, the predicted balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akika_forensics.restore.document import Step
from akika_widgets.views import controls
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.review_desk import PAGE, ReviewDesk
from akika_widgets.views.review_questions import ending, falling, notes, question, summary
from akika_widgets.views.review_table import filter_bar, step_table
from akika_widgets.views.reviewing import APPROVED, SKIP
from akika_widgets.views.step_panel import step_panel
from akika_widgets.views.three_way import ThreeWay
from akika_widgets.views.view import anchor

if TYPE_CHECKING:
    from akika_widgets.views.review import PlanReview


class LivePlanReview(ReviewDesk):
    """A review at work. ``review`` is what was said so far; every change is told to ``on_change`` of the `PlanReview`."""

    def __init__(self, view: PlanReview, *, page: int = PAGE) -> None:
        super().__init__(view, page=page)
        self._known: tuple[str, ThreeWay | None] = ("", None)

    def body(self) -> Markup:
        parts = {"steps": self._steps, "questions": self._put, "left": self._left, "balance": self.balance.drawn}
        tabs = controls.choices(self, "Part of the plan", "tab", self._tabs(), self.tab)
        end = ending(self, self.review, anew=self.view.on_decide is not None)
        return join([summary(self.review), tag("div", tabs, class_="ak-bar"), parts[self.tab](), end])

    def _tabs(self) -> list[tuple[str, str]]:
        asked = len(self.review.open_questions)
        plan = self.view.plan
        left = len(plan.by_hand) + len(plan.left_alone) + len(plan.findings) + len(plan.follows)
        return [
            ("steps", f"Steps ({len(plan.steps):,})"),
            ("questions", f"Questions ({asked:,} open)" if asked else f"Questions ({len(self.questions):,})"),
            ("left", f"Not done by the plan ({left:,})"),
            ("balance", "Predicted trial balance"),
        ]

    def _steps(self) -> Markup:
        if not self.view.plan.steps:
            return tag("p", "The plan has no steps.")
        number = len(self.walk.shown)
        table = (
            step_table(
                self,
                self.review,
                self.walk.pages.of(self.walk.shown),
                self.walk.chosen,
                focus=None if self.writing or self.asked else self.focus,
                title="Steps of the plan",
            )
            if number
            else tag("p", "No step fits these choices.")
        )
        every = "all" if number == len(self.view.plan.steps) else "the"
        marks = tag(
            "div",
            controls.button(self, f"Approve {every} {number:,} listed", "mark_all", APPROVED),
            controls.button(self, f"Skip {every} {number:,} listed", "mark_all", SKIP),
            controls.button(self, "Take their marks back", "mark_all", "", kind="plain"),
            class_="ak-bar ak-middle",
            role="group",
            aria_label="Mark every listed step",
        )
        keys = tag(
            "p", "Arrow keys walk the steps; a approves, s skips, c comments, u takes a mark back.", class_="ak-hint"
        )
        left = tag("div", table, self.walk.pages.controls(self, number), marks, keys)
        return join(
            [filter_bar(self, self.walk.steps, self.walk.filter), tag("div", left, self._panel(), class_="ak-columns")]
        )

    def _panel(self) -> Markup:
        asks = falling(self, self.review, self.asked, focus=self.focus) if self.asked else None
        step = self.review.index.steps.get(self.walk.chosen)
        panel = None
        if step is not None:
            panel = step_panel(self, self.review, step, self._states(step), writing=self._writing(step))
        return tag("div", asks, panel)

    def _writing(self, step: Step) -> Markup | None:
        if not self.writing:
            return None
        ident = anchor("comment", id(self), step.id)
        text = self.review.mark_of(step.id).comment
        area = tag("textarea", text, id=ident, name="comment", rows=3, data_focus=f"w{self.focus}")
        field = tag("span", tag("label", f"Comment on {step.id}", for_=ident), area, class_="ak-field ak-wide")
        return controls.form(self, "comment", field, submit="Keep the comment", value=step.id, label="Comment")

    def _states(self, step: Step) -> ThreeWay | None:
        if self.view.three_way is None:
            return None
        if self._known[0] != step.id:
            self._known = (step.id, self.view.three_way(step))
        return self._known[1]

    def _put(self) -> Markup:
        held = self.questions
        if not held:
            return tag("p", "The plan asks nothing, and nothing was decided before.")
        begin = self.question_pages.at * self.question_pages.size
        shown = self.question_pages.of(held)
        drawn = [
            question(self, self.review, begin + place, note, self.view.states_of(note))
            for place, note in enumerate(shown)
        ]
        return join([*drawn, self.question_pages.controls(self, len(held), act="question_page")])

    def _left(self) -> Markup:
        plan, limit = self.view.plan, self.view.limit
        held = [
            notes("To be done by hand", plan.by_hand, limit),
            notes("Left alone", plan.left_alone, limit),
            notes("Worth reading", (*plan.findings, *plan.follows), limit),
        ]
        return join(held) if any(held) else tag("p", "Nothing is left out, and nothing else was noticed.")
