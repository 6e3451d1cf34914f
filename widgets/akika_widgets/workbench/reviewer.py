"""The review of the plan that was taken up: kept in the vault with every change, found again when the plan is opened again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.kept_reviews import KeptReviews
from akika_forensics.errors import Refused
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Note, Plan, Step
from akika_widgets.views.review import PlanReview
from akika_widgets.views.reviewing import Review
from akika_widgets.views.three_way import UNKNOWN, Body, ThreeWay
from akika_widgets.workbench.desk import Desk

_MOMENT: Final = 0.5


class Reviewer:
    """What is said of the plan, by this session's person and by others. ``anew`` is called when a plan is to be made from the decisions.

    A plan has one review. Each session looks for what another has said; of two who speak at once the later one is told.
    """

    def __init__(self, desk: Desk, changed: Callable[[], None], anew: Callable[[], object]) -> None:
        self._desk = desk
        self._changed, self._anew = changed, anew
        self._review: Review | None = None
        self._live: Any = None
        self._became: tuple[Any, ...] = ()
        self._kept = ""
        """The text of the review as it lay in the vault when this session looked last; "" for none."""
        self._looked = (0.0, -1)
        self._states: dict[tuple[str, str], ThreeWay] = {}

    def of(self, held: Held) -> Review:
        """What was said of this plan so far, by whichever session; looked up again after a moment. Raises VaultDamaged."""
        plan = held.plan
        known = self._review if self._review is not None and self._review.plan_digest == plan.digest else None
        if known is not None and not self._due():
            return known
        text = self._read(plan)
        if known is not None and text == self._kept:
            return known
        found = None
        with suppress(ValueError):
            found = Review.read(plan, text) if text else None
        self._kept = text
        if known is None:
            self._review = found or self._carried(held)
            self._live = None
            self._states.clear()
        else:
            self._review = found or Review.begin(plan)
            if self._live is not None:
                self._live.take(self._review)
        return self._review

    def _due(self) -> bool:
        at, version = self._looked
        return version != self._desk.memory.version or time.monotonic() - at > _MOMENT

    def _read(self, plan: Plan) -> str:
        version = self._desk.memory.version
        with self._desk.shared.lock:
            text = KeptReviews(self._desk.case.vault).read(plan.id)
        self._looked = (time.monotonic(), version)
        return text or ""

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
                on_change=lambda said: self._said(held, said),
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

    def _said(self, held: Held, review: Review) -> None:
        """Kept at once, so that a closed tab loses nothing. Raises Refused when another session has said something since."""
        if self._review is not None and self._review.plan_digest != held.plan.digest:
            raise Refused(
                "Another plan was opened meanwhile.",
                means="What was just said is not kept.",
                do="Open this plan again to go on with its review.",
            )
        text = review.to_json()
        if text != self._kept:
            with self._desk.shared.lock:
                if self._read(held.plan) != self._kept:
                    self._looked = (0.0, -1)
                    self.of(held)
                    raise Refused(
                        "Somebody else has changed the review meanwhile.",
                        means="What was just said is not kept.",
                        do="Look at the review as it stands now, and say it again.",
                    )
                KeptReviews(self._desk.case.vault).write(held.plan.id, text)
            self._kept = text
        self._review = review
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
