"""The review of the plan that was taken up: kept in the vault with every change, found again when the plan is opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from akika_forensics.case.archive import Held
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Note, Plan, Step
from akika_widgets.views.review import PlanReview
from akika_widgets.views.reviewing import Review
from akika_widgets.views.three_way import UNKNOWN, Body, ThreeWay
from akika_widgets.workbench.desk import Desk


class Reviewer:
    """What this session's person says of the plan. ``anew`` is called when a plan is to be made from the decisions."""

    def __init__(self, desk: Desk, changed: Callable[[], None], anew: Callable[[], object]) -> None:
        self._desk = desk
        self._changed, self._anew = changed, anew
        self._review: Review | None = None
        self._live: Any = None
        self._became: tuple[Any, ...] = ()
        self._kept = ""
        self._states: dict[tuple[str, str], ThreeWay] = {}

    def of(self, held: Held) -> Review:
        """What was said of this plan so far: as this session has it, else as it was kept. Raises VaultDamaged."""
        if self._review is None or self._review.plan_digest != held.plan.digest:
            with self._desk.shared.lock:
                text = self._desk.case.plans.review(self._desk.plan_file)
            kept = None
            with suppress(ValueError):
                kept = Review.read(held.plan, text) if text is not None else None
            self._review = kept or self._carried(held)
            self._live = None
        return self._review

    def view(self, held: Held) -> Any:
        """The live view; the same as long as it is the same plan and nothing became of its steps."""
        review = self.of(held)
        became = tuple(held.run.results.items())
        if self._live is None or self._became != became:
            self._became = became
            plan = held.plan
            self._live = PlanReview(
                plan,
                review=review,
                results=held.run.results,
                three_way=lambda step: self._step_states(plan, step),
                conflict_states=lambda note: self._note_states(plan, note),
                on_change=self._said,
                on_decide=self._decided,
            ).live()
            self._live.subscribe(self._changed)
        return self._live

    def _carried(self, held: Held) -> Review:
        """A plan made anew from decisions keeps what was said of steps that are the same."""
        before = self._review
        if before is not None and before.plan.scope == held.plan.scope and before.plan.now == held.plan.now:
            return before.carried_to(held.plan)
        return Review.begin(held.plan)

    def _said(self, review: Review) -> None:
        """Kept at once, so that a closed tab loses nothing."""
        self._review = review
        text = review.to_json()
        if text != self._kept:
            with self._desk.shared.lock:
                self._desk.case.plans.keep_review(self._desk.plan_file, text)
            self._kept = text
        self._desk.memory.touch()

    def _decided(self, decisions: Mapping[str, str]) -> None:
        del decisions  # the review holds them
        self._anew()

    # -- the states of a record ----------------------------------------------------------------------------------------

    def _step_states(self, plan: Plan, step: Step) -> ThreeWay:
        return self._states_of(plan, step.record, step.target)

    def _note_states(self, plan: Plan, note: Note) -> ThreeWay | None:
        # A question may be about something that is no record, such as a setting of the company.
        return self._states_of(plan, note.record, None) if ":" in note.record else None

    def _states_of(self, plan: Plan, record: str, live: str | None) -> ThreeWay:
        known = self._states.get((plan.digest, record))
        if known is None:
            key = RecordKey.parse(record)
            now = RecordKey.parse(live or plan.aliases.get(record, record))
            known = ThreeWay(
                self._body(plan.before.id, key),
                self._body(plan.after.id, key) if plan.after else UNKNOWN,
                self._body(plan.now.id, now),
            )
            self._states[plan.digest, record] = known
        return known

    def _body(self, snapshot: str, key: RecordKey) -> Body:
        with self._desk.shared.lock:
            found = self._desk.case.snapshot(snapshot).record(key)
        return None if found is None else found.body
