"""The form in which a plan is reviewed: steps with their panel, questions, what is not done, the predicted balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from akika_forensics.restore.document import Note, Step
from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.live_balance import LiveBalance
from akika_widgets.views.markup import Markup, join, tag
from akika_widgets.views.pages import Pages
from akika_widgets.views.plan_index import choices_for
from akika_widgets.views.review_questions import ending, falling, notes, question, summary
from akika_widgets.views.review_table import FACETS, Filter, StepList, filter_bar, step_table
from akika_widgets.views.reviewing import APPROVED, SKIP, Review
from akika_widgets.views.step_panel import step_panel
from akika_widgets.views.three_way import ThreeWay
from akika_widgets.views.view import anchor

if TYPE_CHECKING:
    from akika_widgets.views.review import PlanReview

PAGE: Final = 25
QUESTIONS: Final = 20
"""Questions on one page."""
_VERDICTS: Final = {APPROVED: "looked at and approved", SKIP: "to be skipped", "": "not marked"}


class LivePlanReview(LiveView):
    """A review at work. ``review`` is what was said so far; every change is told to ``on_change`` of the `PlanReview`."""

    def __init__(self, view: PlanReview, *, page: int = PAGE) -> None:
        super().__init__()
        self.view = view
        self.title = view.title
        self.review: Review = view.review
        self.steps = StepList(view.plan.steps)
        self.filter = Filter()
        self.tab = "steps"
        self.pages = Pages(page)
        self.question_pages = Pages(QUESTIONS)
        self.balance = LiveBalance(view.balance())
        self.shown: tuple[str, ...] = ()
        self.chosen = ""
        self.writing = False
        self.asked: tuple[str, ...] = ()
        """Steps that are to be skipped once what falls away with them is confirmed."""
        self._focus = 0
        self._known: tuple[str, ThreeWay | None] = ("", None)
        self._choose()

    # -- events ------------------------------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> bool:
        """Events of the balance inside go to it; the others are answered here."""
        if event.act.startswith("lines_"):
            done = self.balance.dispatch(event)
            self.notice = self.balance.notice
            self.changed()
            return done
        return super().dispatch(event)

    def why_not(self, event: Event) -> str:
        match event.act:
            case "approve" | "skip" | "clear" | "write" | "comment":
                return self._why_not_mark(event.act)
            case "mark_all":
                if event.value not in _VERDICTS:
                    return "There is no such mark."
                return "" if self.shown else "No step fits these choices."
            case "skip_all" | "leave":
                return "" if self.asked else "Nothing is asked."
            case "choose":
                return "" if event.value in self.review.index.steps else "The plan has no such step."
            case "page":
                return self.pages.why_not(event.value, len(self.shown))
            case "question_page":
                return self.question_pages.why_not(event.value, len(self._questions))
            case "tab":
                return "" if event.value in dict(self._tabs()) else "There is no such part."
            case "answer" | "adopt":
                return self._why_not_answer(event)
            case "sign_off":
                return self.review.why_not_sign_off
            case "plan_anew":
                if self.view.on_decide is None:
                    return "New plans are not made here."
                return "" if self.review.changes_plan else "Nothing was decided that the plan does not hold."
        name = event.act.removeprefix("by_")
        return self.steps.why_not(name, event.value) if name in FACETS else ""

    def _why_not_mark(self, act: str) -> str:
        if not self.chosen:
            return "Choose a step first."
        if self.asked and act in {"approve", "skip"}:
            return "Say first what becomes of the steps that would fall away."
        verdict = {"approve": APPROVED, "skip": SKIP}.get(act, "")
        return self.review.why_not_mark(self.chosen, verdict)

    # -- the steps ---------------------------------------------------------------------------------------------------

    def act_choose(self, event: Event) -> None:
        self.chosen = event.value
        self.writing = False
        self.tab = "steps"
        self._turn_to_chosen()

    def act_page(self, event: Event) -> None:
        self.pages.turn(event.value, len(self.shown))
        self.chosen = next(iter(self.pages.of(self.shown)), "")
        self.writing = False
        self.notice = f"Steps {self.pages.words(len(self.shown))}."

    def act_approve(self, event: Event) -> None:
        del event
        self._mark([self.chosen], APPROVED)

    def act_skip(self, event: Event) -> None:
        del event
        self._skip([self.chosen])

    def act_clear(self, event: Event) -> None:
        del event
        self._keep(self.review.mark([self.chosen], ""))
        self.notice = f"{self.chosen}: the mark is taken back."

    def act_mark_all(self, event: Event) -> None:
        """The same mark for every step that the filters let through."""
        if event.value == SKIP:
            self._skip(self.shown)
            return
        before = self.review
        self._keep(before.mark(self.shown, event.value))
        changed = sum(before.mark_of(step_id) != self.review.mark_of(step_id) for step_id in self.shown)
        self.notice = f"{changed:,} of {len(self.shown):,} steps are now {_VERDICTS[event.value]}."
        self._choose()

    def act_skip_all(self, event: Event) -> None:
        """Skip what was asked for, with what falls away."""
        del event
        roots, self.asked = self.asked, ()
        self._mark(roots, SKIP)

    def act_leave(self, event: Event) -> None:
        del event
        self.asked = ()
        self._focus += 1
        self.notice = "Nothing was changed."

    def act_write(self, event: Event) -> None:
        del event
        self.writing = True
        self._focus += 1

    def act_comment(self, event: Event) -> None:
        self.writing = False
        self._keep(self.review.comment(self.chosen, event.fields.get("comment", "")))
        self.notice = f"{self.chosen}: the comment is kept."
        self._focus += 1

    def _skip(self, step_ids: Sequence[str]) -> None:
        """Skip at once what nothing hangs on; ask first where something else would fall away."""
        roots = [step_id for step_id in step_ids if not self.review.why_not_mark(step_id, SKIP)]
        more = [other for other in self.review.index.falls_with(roots) if other not in self.review.falls_away]
        if more:
            self.asked = tuple(roots)
            self.notice = f"{len(more):,} more would fall away. Say what becomes of them."
            self._focus += 1
        else:
            self._mark(roots, SKIP)

    def _mark(self, step_ids: Sequence[str], verdict: str) -> None:
        self._keep(self.review.mark(step_ids, verdict))
        number = len(step_ids)
        self.notice = f"{step_ids[0] if number == 1 else f'{number:,} steps'}: {_VERDICTS[verdict]}."
        if number == 1 and step_ids[0] in self.shown:
            place = self.shown.index(step_ids[0]) + 1
            following = self.shown[place : place + 1]
            self._choose()
            self.chosen = following[0] if following else self.chosen
            self._turn_to_chosen()
        else:
            self._choose()
        self._focus += 1

    # -- choosing among them -----------------------------------------------------------------------------------------

    def act_find(self, event: Event) -> None:
        self._narrow("text", event.value)

    def act_by_level(self, event: Event) -> None:
        self._narrow("level", event.value)

    def act_by_entity(self, event: Event) -> None:
        self._narrow("entity", event.value)

    def act_by_action(self, event: Event) -> None:
        self._narrow("action", event.value)

    def act_by_fidelity(self, event: Event) -> None:
        self._narrow("fidelity", event.value)

    def act_by_found(self, event: Event) -> None:
        self._narrow("found", event.value)

    def act_by_mark(self, event: Event) -> None:
        self._narrow("mark", event.value)

    def act_reset(self, event: Event) -> None:
        del event
        self.filter = Filter()
        self._choose()

    def _narrow(self, name: str, value: str) -> None:
        self.filter = self.filter.but(name, value)
        self.pages.first()
        self._choose()
        self.notice = f"{len(self.shown):,} of {len(self.view.plan.steps):,} steps."

    def _choose(self) -> None:
        """Look again at which steps fit the filters; the chosen one stays chosen when it is among them."""
        self.shown = self.steps.chosen(self.filter, self.review)
        if self.chosen not in self.shown:
            self.chosen = next(iter(self.pages.of(self.shown)), next(iter(self.shown), ""))
            self.writing = False
        self._turn_to_chosen()

    def _turn_to_chosen(self) -> None:
        if self.chosen in self.shown:
            self.pages.show(self.shown.index(self.chosen))

    # -- questions, and the end --------------------------------------------------------------------------------------

    def act_tab(self, event: Event) -> None:
        self.tab = event.value

    def act_question_page(self, event: Event) -> None:
        self.question_pages.turn(event.value, len(self._questions))

    def act_answer(self, event: Event) -> None:
        note, choice = self._answer(event)
        self._keep(self.review.decide(note.record, choice))
        self.notice = f"{note.record}: {'answered' if choice else 'open again'}."

    act_adopt = act_answer

    def act_plan_anew(self, event: Event) -> None:
        del event
        if self.view.on_decide is not None:
            self.view.on_decide(self.review.new_decisions)

    def act_sign_off(self, event: Event) -> None:
        del event
        self._keep(self.review.sign_off())
        self.notice = "The review is ended. Any change opens it again."

    @property
    def _questions(self) -> tuple[Note, ...]:
        return tuple(self.review.index.decidable.values())

    def _answer(self, event: Event) -> tuple[Note, str]:
        """The note and the answer that an event names: ``place.number``, or a form's Id. Raises LookupError or ValueError."""
        place, _, number = event.value.partition(".")
        note = self._questions[int(place)]
        if event.act == "adopt":
            return note, f"adopt:{event.fields.get(f'ident{int(place)}', '').strip()}"
        return note, choices_for(note)[int(number)].value if number else ""

    def _why_not_answer(self, event: Event) -> str:
        if event.act == "adopt" and not event.fields:
            return ""
        try:
            note, choice = self._answer(event)
        except (LookupError, ValueError):
            return "There is no such answer."
        return self.review.why_not_decide(note.record, choice)

    def _keep(self, review: Review) -> None:
        if review == self.review:
            return
        self.review = self.view.review = review
        self.balance.skipping(len(review.skipped) + len(review.falls_away))
        if self.view.on_change is not None:
            self.view.on_change(review)

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def body(self) -> Markup:
        parts = {"steps": self._steps, "questions": self._asked, "left": self._left, "balance": self.balance.drawn}
        tabs = controls.choices(self, "Part of the plan", "tab", self._tabs(), self.tab)
        end = ending(self, self.review, anew=self.view.on_decide is not None)
        return join([summary(self.review), tag("div", tabs, class_="ak-bar"), parts[self.tab](), end])

    def _tabs(self) -> list[tuple[str, str]]:
        asked = len(self.review.open_questions)
        plan = self.view.plan
        left = len(plan.by_hand) + len(plan.left_alone) + len(plan.findings) + len(plan.follows)
        return [
            ("steps", f"Steps ({len(plan.steps):,})"),
            ("questions", f"Questions ({asked:,} open)" if asked else f"Questions ({len(self._questions):,})"),
            ("left", f"Not done by the plan ({left:,})"),
            ("balance", "Predicted trial balance"),
        ]

    def _steps(self) -> Markup:
        if not self.view.plan.steps:
            return tag("p", "The plan has no steps.")
        number = len(self.shown)
        table = (
            step_table(
                self,
                self.review,
                self.pages.of(self.shown),
                self.chosen,
                focus=None if self.writing or self.asked else self._focus,
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
        left = tag("div", table, self.pages.controls(self, number), marks, keys)
        return join([filter_bar(self, self.steps, self.filter), tag("div", left, self._panel(), class_="ak-columns")])

    def _panel(self) -> Markup:
        asks = falling(self, self.review, self.asked, focus=self._focus) if self.asked else None
        step = self.review.index.steps.get(self.chosen)
        panel = None
        if step is not None:
            panel = step_panel(self, self.review, step, self._states(step), writing=self._writing(step))
        return tag("div", asks, panel)

    def _writing(self, step: Step) -> Markup | None:
        if not self.writing:
            return None
        ident = anchor("comment", id(self), step.id)
        text = self.review.mark_of(step.id).comment
        area = tag("textarea", text, id=ident, name="comment", rows=3, data_focus=f"w{self._focus}")
        field = tag("span", tag("label", f"Comment on {step.id}", for_=ident), area, class_="ak-field ak-wide")
        return controls.form(self, "comment", field, submit="Keep the comment", value=step.id, label="Comment")

    def _states(self, step: Step) -> ThreeWay | None:
        if self.view.three_way is None:
            return None
        if self._known[0] != step.id:
            self._known = (step.id, self.view.three_way(step))
        return self._known[1]

    def _asked(self) -> Markup:
        held = self._questions
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
