"""A plan under review: its steps level by level, what was said of each, what asks for a decision, what it predicts.

`PlanReview` is the static form; ``live()`` is the one a reviewer works in. `Review` is what was said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from akika_forensics.restore.document import Note, Plan, Step
from akika_widgets.views.balance import BalanceLike, PredictedBalance
from akika_widgets.views.kinds import Kind
from akika_widgets.views.listing import Column, Listing, Mark, Named
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.plan_words import (
    ACTIONS,
    FIDELITIES,
    choice_words,
    found_in,
    mark_kind,
    question_words,
    tallied,
)
from akika_widgets.views.reviewing import Review
from akika_widgets.views.table import LONG, ROWS, TableView, marked, named
from akika_widgets.views.tables import OUTCOMES
from akika_widgets.views.three_way import ThreeWay
from akika_widgets.views.view import View
from akika_widgets.views.wording import counted

if TYPE_CHECKING:
    from akika_widgets.views.live_review import LivePlanReview

__all__ = ["PlanReview", "ResultLike", "Review"]


class ResultLike(Protocol):
    """What became of a step when the plan was executed."""

    @property
    def state(self) -> str: ...
    @property
    def why(self) -> str: ...


class PlanReview(View):
    """A plan with what was said of it.

    ``review``: the state so far (`Review.begin` when None). ``results``: what became of each step, by step id.
    ``three_way``: the states of a step's record, None where they are not known; ``conflict_states``: those of a record that a
    question is about. ``on_change`` is told every new state;
    ``on_decide`` is called with the decisions from which a new plan is to be made. ``receivable`` and ``payable``: open
    balances by customer and vendor beside the predicted trial balance.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        review: Review | None = None,
        results: Mapping[str, ResultLike] | None = None,
        three_way: Callable[[Step], ThreeWay | None] | None = None,
        conflict_states: Callable[[Note], ThreeWay | None] | None = None,
        on_change: Callable[[Review], None] | None = None,
        on_decide: Callable[[Mapping[str, str]], None] | None = None,
        receivable: Iterable[BalanceLike] = (),
        payable: Iterable[BalanceLike] = (),
        title: str = "Review of the plan",
        limit: int = ROWS,
    ) -> None:
        if review is not None and review.plan_digest != plan.digest:
            raise ValueError("this is the review of another plan")
        self.plan = plan
        self.review = review or Review.begin(plan)
        self.results = dict(results or {})
        self.three_way = three_way
        self.conflict_states = conflict_states
        self.on_change = on_change
        self.on_decide = on_decide
        self.receivable = tuple(receivable)
        self.payable = tuple(payable)
        self.title = title
        self.limit = limit

    def live(self) -> LivePlanReview:
        """The form a reviewer works in."""
        from akika_widgets.views.live_review import LivePlanReview  # noqa: PLC0415 - it draws what this module names

        return LivePlanReview(self)

    def states_of(self, note: Note) -> ThreeWay | None:
        """The states of the record that a question is about, None where they are not known."""
        return None if self.conflict_states is None else self.conflict_states(note)

    @property
    def parts(self) -> tuple[View, ...]:
        """The tables, in the order in which they stand."""
        return (
            self.levels(),
            _Steps(self),
            *(part for part in (self.questions(), *self.notes(), self.unanswered()) if part.rows),
            self.balance(),
        )

    def plain(self) -> str:
        return "\n".join([f"{self.title}: {self.plan.id}", self.review.words(), *(part.plain() for part in self.parts)])

    def html(self) -> Markup:
        return join(part.html() for part in self.parts)

    def levels(self) -> Listing:
        """How much is done at each level: by action, type, fidelity and what was found."""
        rows = [_level_row(str(level), list(steps)) for level, steps in groupby(self._by_level(), _level)]
        foot = _level_row("All", self.plan.steps) if len(rows) > 1 else ()
        columns = [
            Column("Level", "key"),
            Column("Steps", "number"),
            Column("What is done"),
            Column("To which records"),
            Column("How close to before"),
            Column("Found beforehand"),
        ]
        sub = "what is done at one level does not depend on one another, only on levels above it"
        return Listing(
            f"{self.title}: level by level", columns, rows, sub=sub, foot=foot, nothing="the plan has no steps."
        )

    def questions(self) -> Listing:
        """What asks for a decision, with the answer where there is one."""
        columns = [Column("Question"), Column("Record"), Column("What"), Column("Answer", "state")]
        rows = []
        for record, note in self.review.index.questions.items():
            answer = self.review.decisions.get(record, "")
            mark = Mark("✓", choice_words(note, answer), "good") if answer else Mark("?", "not answered", "changed")
            rows.append((question_words(note), Named(note.label, record), note.what, mark))
        return Listing("Asks for a decision", columns, rows, nothing="nothing asks for a decision.", limit=self.limit)

    def notes(self) -> tuple[Listing, ...]:
        """What the plan does not do, and what is worth reading."""
        return (
            self._notes("To be done by hand", self.plan.by_hand),
            self._notes("Left alone", self.plan.left_alone),
            self._notes("Worth reading", (*self.plan.findings, *self.plan.follows)),
        )

    def unanswered(self) -> Listing:
        """What nobody can ask QuickBooks; a person answers."""
        rows = [(one.check, one.note, Mark("?", one.answer, "quiet")) for one in self.plan.unanswered]
        return Listing(
            "Cannot be asked of QuickBooks", [Column("Question"), Column("What"), Column("Answer", "state")], rows
        )

    def balance(self) -> PredictedBalance:
        """The predicted trial balance; it says so when steps are marked to be skipped."""
        return PredictedBalance(
            self.plan.prediction,
            receivable=self.receivable,
            payable=self.payable,
            skipped=len(self.review.skipped) + len(self.review.falls_away),
            limit=self.limit,
        )

    def _notes(self, title: str, notes: Sequence[Note]) -> Listing:
        rows = [(Named(note.label, note.record), note.what) for note in notes]
        return Listing(title, [Column("Record"), Column("What")], rows, alike=True, limit=self.limit)

    def _by_level(self) -> list[Step]:
        return sorted(self.plan.steps, key=_level)


class _Steps(TableView):
    """The steps in the order of the plan, a heading above each level."""

    nothing = "the plan has no steps."

    def __init__(self, view: PlanReview) -> None:
        self.view = view
        super().__init__("Steps", view.review.words().partition("\n")[0], view.limit)

    def plain(self) -> str:
        steps = self.view.plan.steps
        lines = [
            f"  {step.id:<6} {ACTIONS[step.action][0]:<14} {shortened(step.label, 60):<60} {mark_kind(self.view.review, step.id).word}"
            for step in steps[: self.limit]
        ]
        rest = len(steps) - self.limit
        return "\n".join([self.title, *lines, *([f"  and {rest:,} more"] if rest > 0 else [])])

    def html(self) -> Markup:
        if not self.view.plan.steps:
            return self._empty()
        rows: list[Markup] = []
        for level, steps in groupby(self.view._by_level(), _level):  # noqa: SLF001 - one view in two classes
            for place, step in enumerate(steps):
                rows.append(self._row(step, str(level) if place == 0 else ""))
        result = [("Became", False)] if self.view.results else []
        words = ("Level", "Step", "Record", "Action", "How close", "Found beforehand", "Review")
        return self._drawn([(word, False) for word in words] + result, rows)

    def _row(self, step: Step, level: str) -> Markup:
        review = self.view.review
        comment = review.mark_of(step.id).comment
        became = self._became(step) if self.view.results else None
        return tag(
            "tr",
            tag("td", level, class_="ak-key"),
            tag("td", shortened(step.id, 40), class_="ak-key"),
            tag("th", named(step.label, step.record), scope="row"),
            tag("td", ACTIONS[step.action][0], class_="ak-whole-word"),
            tag("td", marked(*_parts(FIDELITIES[step.fidelity][0]))),
            tag("td", *(tag("div", shortened(answer.check, LONG)) for answer in found_in(step))),
            tag(
                "td",
                marked(*_parts(mark_kind(review, step.id))),
                tag("div", tag("bdi", shortened(comment, LONG)), class_="ak-quiet") if comment else None,
            ),
            became,
        )

    def _became(self, step: Step) -> Markup:
        result = self.view.results.get(step.id)
        if result is None:
            return tag("td")
        state = str(getattr(result.state, "value", result.state))
        outcome = OUTCOMES.get(state)
        word = marked(*_parts(outcome)) if outcome else shortened(state, 60)
        return tag(
            "td", word, tag("div", tag("bdi", shortened(result.why, LONG)), class_="ak-quiet") if result.why else None
        )


def _parts(kind: Kind) -> tuple[str, str, str]:
    return (kind.symbol, kind.word, kind.tone)


def _level(step: Step) -> int:
    return step.level


def _level_row(name: str, steps: Sequence[Step]) -> tuple[str | int, ...]:
    types = Counter(step.record.partition(":")[0] for step in steps)
    return (
        name,
        len(steps),
        tallied(ACTIONS[step.action][0] for step in steps),
        ", ".join(counted(number, entity) for entity, number in types.most_common()),
        tallied(FIDELITIES[step.fidelity][0].word for step in steps),
        tallied(answer.check for step in steps for answer in found_in(step)) or "nothing",
    )
