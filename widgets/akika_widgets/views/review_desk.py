"""A review at work, without its drawing: the events of a reviewer and what each does to the review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from akika_forensics.restore.document import Note
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.live_balance import LiveBalance
from akika_widgets.views.pages import Pages
from akika_widgets.views.plan_index import choices_for
from akika_widgets.views.review_walk import FACETS, Walk
from akika_widgets.views.reviewing import APPROVED, SKIP, Review

if TYPE_CHECKING:
    from akika_widgets.views.review import PlanReview

PAGE: Final = 25
QUESTIONS: Final = 20
"""Questions on one page."""
PARTS: Final = ("steps", "questions", "left", "balance")
_VERDICTS: Final = {APPROVED: "looked at and approved", SKIP: "to be skipped", "": "not marked"}


class ReviewDesk(LiveView):
    """A review at work. ``review`` is what was said so far; every change is told to ``on_change`` of the `PlanReview`."""

    def __init__(self, view: PlanReview, *, page: int = PAGE) -> None:
        super().__init__()
        self.view = view
        self.title = view.title
        self.review: Review = view.review
        self.walk = Walk(view.plan.steps, self.review, page)
        self.tab = "steps"
        self.question_pages = Pages(QUESTIONS)
        self.balance = LiveBalance(view.balance())
        self.writing = False
        self.asked: tuple[str, ...] = ()
        """Steps that are to be skipped once what falls away with them is confirmed."""
        self.focus = 0

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
                return "" if self.walk.shown else "No step fits these choices."
            case "skip_all" | "leave":
                return "" if self.asked else "Nothing is asked."
            case "choose":
                return "" if event.value in self.review.index.steps else "The plan has no such step."
            case "page":
                return self.walk.pages.why_not(event.value, len(self.walk.shown))
            case "question_page":
                return self.question_pages.why_not(event.value, len(self.questions))
            case "tab":
                return "" if event.value in PARTS else "There is no such part."
            case "answer" | "adopt":
                return self._why_not_answer(event)
            case "sign_off":
                return self.review.why_not_sign_off
            case "plan_anew":
                if self.view.on_decide is None:
                    return "New plans are not made here."
                return "" if self.review.changes_plan else "Nothing was decided that the plan does not hold."
        name = event.act.removeprefix("by_")
        return self.walk.steps.why_not(name, event.value) if name in FACETS else ""

    def _why_not_mark(self, act: str) -> str:
        if not self.walk.chosen:
            return "Choose a step first."
        if self.asked and act in {"approve", "skip"}:
            return "Say first what becomes of the steps that would fall away."
        verdict = {"approve": APPROVED, "skip": SKIP}.get(act, "")
        return self.review.why_not_mark(self.walk.chosen, verdict)

    # -- the steps ---------------------------------------------------------------------------------------------------

    def act_choose(self, event: Event) -> None:
        self.walk.choose(event.value)
        self.writing = False
        self.tab = "steps"

    def act_page(self, event: Event) -> None:
        self.walk.turn(event.value)
        self.writing = False
        self.notice = f"Steps {self.walk.pages.words(len(self.walk.shown))}."

    def act_approve(self, event: Event) -> None:
        del event
        self._mark([self.walk.chosen], APPROVED)

    def act_skip(self, event: Event) -> None:
        del event
        self._skip([self.walk.chosen])

    def act_clear(self, event: Event) -> None:
        del event
        self._keep(self.review.mark([self.walk.chosen], ""))
        self.notice = f"{self.walk.chosen}: the mark is taken back."

    def act_mark_all(self, event: Event) -> None:
        """The same mark for every step that the filters let through."""
        if event.value == SKIP:
            self._skip(self.walk.shown)
            return
        before = self.review
        self._keep(before.mark(self.walk.shown, event.value))
        changed = sum(before.mark_of(step_id) != self.review.mark_of(step_id) for step_id in self.walk.shown)
        self.notice = f"{changed:,} of {len(self.walk.shown):,} steps are now {_VERDICTS[event.value]}."
        self.walk.look(self.review)

    def act_skip_all(self, event: Event) -> None:
        """Skip what was asked for, with what falls away."""
        del event
        roots, self.asked = self.asked, ()
        self._mark(roots, SKIP)

    def act_leave(self, event: Event) -> None:
        del event
        self.asked = ()
        self.focus += 1
        self.notice = "Nothing was changed."

    def act_write(self, event: Event) -> None:
        del event
        self.writing = True
        self.focus += 1

    def act_comment(self, event: Event) -> None:
        self.writing = False
        self._keep(self.review.comment(self.walk.chosen, event.fields.get("comment", "")))
        self.notice = f"{self.walk.chosen}: the comment is kept."
        self.focus += 1

    def _skip(self, step_ids: Sequence[str]) -> None:
        """Skip at once what nothing hangs on; ask first where something else would fall away."""
        roots = [step_id for step_id in step_ids if not self.review.why_not_mark(step_id, SKIP)]
        more = [other for other in self.review.index.falls_with(roots) if other not in self.review.falls_away]
        if more:
            self.asked = tuple(roots)
            self.notice = f"{len(more):,} more would fall away. Say what becomes of them."
            self.focus += 1
        else:
            self._mark(roots, SKIP)

    def _mark(self, step_ids: Sequence[str], verdict: str) -> None:
        self._keep(self.review.mark(step_ids, verdict))
        number = len(step_ids)
        self.notice = f"{step_ids[0] if number == 1 else f'{number:,} steps'}: {_VERDICTS[verdict]}."
        self.walk.on(step_ids[0] if number == 1 else "", self.review)
        self.focus += 1

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
        self.walk.reset(self.review)
        self.writing = False

    def _narrow(self, name: str, value: str) -> None:
        self.walk.narrow(name, value, self.review)
        self.writing = False
        self.notice = f"{len(self.walk.shown):,} of {len(self.view.plan.steps):,} steps."

    # -- questions, and the end --------------------------------------------------------------------------------------

    def act_tab(self, event: Event) -> None:
        self.tab = event.value

    def act_question_page(self, event: Event) -> None:
        self.question_pages.turn(event.value, len(self.questions))

    def act_answer(self, event: Event) -> None:
        note, choice = self._answer(event)
        refused = self.review.why_not_decide(note.record, choice)
        self._keep(self.review.decide(note.record, choice))
        self.notice = refused or f"{note.record}: {'answered' if choice else 'open again'}."

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
    def questions(self) -> tuple[Note, ...]:
        return tuple(self.review.index.decidable.values())

    def _answer(self, event: Event) -> tuple[Note, str]:
        """The note and the answer that an event names: ``place.number``, or a form's Id. Raises LookupError or ValueError."""
        place, _, number = event.value.partition(".")
        if not place.isdecimal() or not (number or "0").isdecimal():
            raise ValueError("no such answer")
        note = self.questions[int(place)]
        if event.act == "adopt":
            return note, f"adopt:{event.fields.get(f'ident{int(place)}', '').strip()}"
        return note, choices_for(note)[int(number)].value if number else ""

    def _why_not_answer(self, event: Event) -> str:
        try:
            note, choice = self._answer(event)
        except (LookupError, ValueError):
            return "There is no such answer."
        # A form is drawn before anything stands in it.
        return "" if event.act == "adopt" and not event.fields else self.review.why_not_decide(note.record, choice)

    def take(self, review: Review) -> None:
        """Show what was said elsewhere, such as in another session; nobody is told of it."""
        with self._lock:
            self.review = self.view.review = review
            self.balance.skipping(len(review.skipped) + len(review.falls_away))
            self.walk.look(review)

    def _keep(self, review: Review) -> None:
        """Told first: what could not be kept is not shown as if it had been said."""
        if review == self.review:
            return
        if self.view.on_change is not None:
            self.view.on_change(review)
        self.review = self.view.review = review
        self.balance.skipping(len(review.skipped) + len(review.falls_away))
