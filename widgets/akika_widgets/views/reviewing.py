"""What a reviewer has said of a plan: a pure value, without any drawing.

Nothing here changes a plan. A step to be skipped and an answered question are decisions: a new plan has to be made from
them, with a digest of its own and no approval.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from akika_forensics.model.formats import Format
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Note, Plan, Step
from akika_widgets.views.plan_index import PlanIndex, choices_for, may_adopt

_FORMAT: Final = Format("akika-review/", 1, "review")
_FIELDS: Final = frozenset({"format", "plan_digest", "marks", "decisions", "signed_off"})
APPROVED: Final = "approved"
SKIP: Final = "skip"
VERDICTS: Final = ("", APPROVED, SKIP)
COMMENT: Final = 2_000
"""Characters of one comment."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was said of one step; ``verdict`` is "", "approved" (looked at and approved) or "skip"."""

    verdict: str = ""
    comment: str = ""


UNMARKED: Final = Mark()


@dataclass(frozen=True)
class ReviewCounts:
    steps: int
    approved: int
    skipped: int
    falls_away: int
    unmarked: int
    comments: int


@dataclass(frozen=True)
class Review:
    """The state of a review. ``marks`` by step id, ``decisions`` by record; begun with `Review.begin`.

    Every method that changes something returns another value, and that is no longer signed off.
    """

    index: PlanIndex = field(compare=False, repr=False)
    plan_digest: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    signed_off: bool = False

    @classmethod
    def begin(cls, plan: Plan) -> Review:
        return cls(PlanIndex(plan), plan.digest)

    @property
    def plan(self) -> Plan:
        return self.index.plan

    # -- what it comes to --------------------------------------------------------------------------------------------

    def mark_of(self, step_id: str) -> Mark:
        return self.marks.get(step_id, UNMARKED)

    @cached_property
    def skipped(self) -> tuple[str, ...]:
        """Steps marked to be skipped, in the order of the plan."""
        return tuple(step.id for step in self.plan.steps if self.mark_of(step.id).verdict == SKIP)

    @cached_property
    def falls_away(self) -> Mapping[str, str]:
        """Steps that cannot be done without one that is to be skipped: step id → that one."""
        return self.index.falls_with(self.skipped) if self.skipped else {}

    @cached_property
    def counts(self) -> ReviewCounts:
        total = len(self.plan.steps)
        away = len(self.falls_away)
        approved = sum(
            mark.verdict == APPROVED and step_id not in self.falls_away for step_id, mark in self.marks.items()
        )
        comments = sum(bool(mark.comment) for mark in self.marks.values())
        skipped = len(self.skipped)
        return ReviewCounts(total, approved, skipped, away, total - approved - skipped - away, comments)

    @property
    def new_decisions(self) -> dict[str, str]:
        """What `decide` is to be told: answers, and "keep" for what is skipped or falls away with it."""
        away = {self.index.steps[step_id].record: "keep" for step_id in (*self.skipped, *self.falls_away)}
        return {
            record: choice
            for record, choice in {**self.decisions, **away}.items()
            if self.plan.decisions.get(record) != choice
        }

    @property
    def changes_plan(self) -> bool:
        """True when something was decided that the plan does not hold yet."""
        return bool(self.new_decisions)

    @property
    def open_questions(self) -> tuple[Note, ...]:
        """The plan's conflicts that nobody has answered."""
        return tuple(note for record, note in self.index.questions.items() if record not in self.decisions)

    # -- changing it -------------------------------------------------------------------------------------------------

    def why_not_mark(self, step_id: str, verdict: str) -> str:
        """Why a step cannot be marked so, as a sentence; "" when it can."""
        if step_id not in self.index.steps:
            return "The plan has no such step."
        if verdict not in VERDICTS:
            return "There is no such mark."
        root = self.falls_away.get(step_id)
        if root is not None and verdict:
            return f"It falls away with {root}, which is to be skipped."
        return ""

    def mark(self, step_ids: Iterable[str], verdict: str) -> Review:
        """These steps with this verdict; those that cannot be marked so stay as they are."""
        if verdict not in VERDICTS:
            raise ValueError(f"{verdict!r} is no verdict")
        marks = dict(self.marks)
        for step_id in step_ids:
            if not self.why_not_mark(step_id, verdict):
                _put(marks, step_id, replace(self.mark_of(step_id), verdict=verdict))
        return self._with(marks=marks)

    def comment(self, step_id: str, text: str) -> Review:
        """This step with a comment, at most `COMMENT` characters; an empty one takes it away."""
        if step_id not in self.index.steps:
            return self
        marks = dict(self.marks)
        _put(marks, step_id, replace(self.mark_of(step_id), comment=text.strip()[:COMMENT]))
        return self._with(marks=marks)

    def why_not_decide(self, record: str, choice: str) -> str:
        """Why a question cannot be answered so, as a sentence; "" when it can. "" as the choice takes an answer back."""
        note = self.index.decidable.get(record)
        if note is None:
            return "The plan asks nothing about this record."
        if not choice or choice in {one.value for one in choices_for(note)}:
            return ""
        if not (choice.startswith("adopt:") and may_adopt(note)):
            return "This is no answer to that question."
        ident = choice.removeprefix("adopt:")
        if not ident or not ident.isprintable() or any(sign.isspace() for sign in ident) or len(ident) > 60:
            return "Give the Id of the record that is adopted."
        if ident == RecordKey.parse(record).id:
            return "A record cannot be adopted in its own place."
        return ""

    def decide(self, record: str, choice: str) -> Review:
        """This question answered; an empty choice takes the answer back. One that is no answer changes nothing."""
        if self.why_not_decide(record, choice):
            return self
        rest = {key: value for key, value in self.decisions.items() if key != record}
        return self._with(decisions={**rest, record: choice} if choice else rest)

    @property
    def why_not_sign_off(self) -> str:
        """Why the review cannot be ended, as a sentence; "" when it can."""
        asked = len(self.open_questions)
        if asked:
            return f"{asked:,} question{' is' if asked == 1 else 's are'} still open."
        if self.changes_plan:
            return "What was decided is not in the plan yet: make a new plan from it first, and review that."
        return "It is signed off already." if self.signed_off else ""

    def sign_off(self) -> Review:
        """The review as its reviewer ends it; any change after this takes the sign-off away."""
        return self if self.why_not_sign_off else replace(self, signed_off=True)

    def _with(self, **changes: Any) -> Review:
        made = replace(self, **changes)
        return self if made == self else replace(made, signed_off=False)

    # -- words, and as text ------------------------------------------------------------------------------------------

    def words(self) -> str:
        """What is signed with the approval: how many steps were looked at, and every comment."""
        counts = self.counts
        parts = [f"{counts.approved:,} of {counts.steps:,} steps looked at and approved"]
        parts += [f"{counts.unmarked:,} not marked"] if counts.unmarked else []
        parts += [f"{counts.skipped:,} to be skipped"] if counts.skipped else []
        parts += [f"{counts.falls_away:,} that fall away with them"] if counts.falls_away else []
        said = ["; ".join(parts) + "."]
        decided = Counter(choice.partition(":")[0] for choice in {**self.plan.decisions, **self.decisions}.values())
        if decided:
            said.append(
                "Decisions in it: " + ", ".join(f"{number:,} {choice}" for choice, number in decided.items()) + "."
            )
        for step in self.plan.steps:
            comment = self.mark_of(step.id).comment
            if comment:
                said.append(f"{step.id} {step.label}: {comment}")
        return "\n".join(said)

    def to_json(self) -> str:
        """The review as text, to be kept beside its plan."""
        content = {
            "format": _FORMAT.label,
            "plan_digest": self.plan_digest,
            "marks": {step_id: {"verdict": one.verdict, "comment": one.comment} for step_id, one in self.marks.items()},
            "decisions": dict(self.decisions),
            "signed_off": self.signed_off,
        }
        return json.dumps(content, sort_keys=True)

    @classmethod
    def read(cls, plan: Plan, text: str) -> Review:
        """A review as it was kept. Raises ValueError when the text is no review, or one of another plan, and NewerFormat.

        What the plan does not have, or cannot be marked so, is left out; a sign-off stands only if it could be given now.
        """
        content = _FORMAT.current(json.loads(text))
        if not content.keys() <= _FIELDS:
            raise ValueError("this text is no review")
        if content.get("plan_digest") != plan.digest:
            raise ValueError("this is the review of another plan")
        review = cls.begin(plan)
        marks: dict[str, Mark] = {}
        for step_id, one in _pairs(content.get("marks")):
            if step_id in review.index.steps and isinstance(one, dict) and one.get("verdict", "") in VERDICTS:
                _put(marks, step_id, Mark(one.get("verdict", ""), str(one.get("comment", ""))[:COMMENT]))
        review = replace(review, marks=marks)
        for record, choice in _pairs(content.get("decisions")):
            review = review.decide(record, str(choice))
        return review.sign_off() if content.get("signed_off") is True else review

    def carried_to(self, plan: Plan) -> Review:
        """The review of a plan made anew from these decisions: what was said of steps that are the same stays said."""
        fresh = Review.begin(plan)
        known = {_sameness(step, self.index): self.mark_of(step.id) for step in self.plan.steps}
        marks: dict[str, Mark] = {}
        for step in plan.steps:
            mark = known.get(_sameness(step, fresh.index), UNMARKED)
            _put(marks, step.id, mark if mark.verdict != SKIP else replace(mark, verdict=""))
        return replace(fresh, marks=marks)


def _put(marks: dict[str, Mark], step_id: str, mark: Mark) -> None:
    if mark == UNMARKED:
        marks.pop(step_id, None)
    else:
        marks[step_id] = mark


def _pairs(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _sameness(step: Step, index: PlanIndex) -> str:
    """A step without the numbers that a plan gives its steps: equal when the same is done to the same record."""
    held = step.model_dump(mode="json", exclude={"id", "level", "depends_on", "family"})
    return json.dumps(_renamed(held, index), sort_keys=True)


def _renamed(value: Any, index: PlanIndex) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$step"}:
            cited = index.steps.get(str(value["$step"]))
            return {"$record": cited.record if cited else ""}
        return {name: _renamed(inner, index) for name, inner in value.items()}
    return [_renamed(inner, index) for inner in value] if isinstance(value, list) else value
