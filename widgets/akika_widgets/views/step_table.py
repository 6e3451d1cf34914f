"""The steps of a plan and what became of each, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final, Protocol

from akika_widgets.views.kinds import ALIKE, Kind
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.table import LONG, ROWS, TableView, marked, named, opened
from akika_widgets.views.wording import counted


class StepLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def record(self) -> Any: ...
    @property
    def reason(self) -> str: ...
    @property
    def fidelity(self) -> Any: ...
    @property
    def state(self) -> str: ...


OUTCOMES: Final[dict[str, Kind]] = {
    "verified": Kind("✓", "verified", "good"),
    "applied": Kind("✓", "applied", "good"),
    "adopted": Kind("✓", "adopted", "good"),
    "intended": Kind("…", "intended", "changed"),
    "pending": Kind("…", "pending", "changed"),
    "unknown": Kind("?", "unknown", "changed"),
    "differs": Kind("≠", "differs", "changed"),
    "rejected": Kind("✗", "rejected", "removed"),
    "held": Kind("✗", "held", "removed"),
}


class StepTable(TableView):
    """The steps of a plan and what became of each: record, action, state, fidelity, why.

    Steps that follow one another and differ only in their record take one row, which opens to name each.
    """

    nothing = "the plan has no steps."

    def __init__(self, steps: Iterable[StepLike], *, title: str = "Steps of the plan", limit: int = ROWS) -> None:
        self.steps = tuple(steps)
        counts = Counter(_word(step.state) for step in self.steps)
        super().__init__(title, ", ".join(f"{number:,} {state}" for state, number in counts.items()), limit)

    def plain(self) -> str:
        if not self.steps:
            return f"{self.title}: {self.nothing}"
        rows = [
            f"  {step.id:<6} {_word(step.action):<12} {shortened(str(step.record), 40):<40} {_word(step.state):<10} {_word(step.fidelity)}"
            for step in self.steps[: self.limit]
        ]
        return "\n".join([f"{self.title}: {self.sub}", *rows])

    def html(self) -> Markup:
        if not self.steps:
            return self._empty()
        rows = [_step_row(run) for run in _runs(self.steps)]
        return self._drawn([(word, False) for word in ("Step", "Record", "Action", "State", "Fidelity", "Why")], rows)


def _runs(steps: Sequence[StepLike]) -> list[list[StepLike]]:
    """Steps one after another that say the same of records of one type, together from `ALIKE` on."""
    runs: list[list[StepLike]] = []
    for _, group in groupby(steps, key=_sameness):
        held = list(group)
        runs += [held] if len(held) >= ALIKE else [[step] for step in held]
    return runs


def _sameness(step: StepLike) -> tuple[str, ...]:
    entity = str(step.record).partition(":")[0]
    return (
        entity,
        *(_word(value) for value in (step.action, step.state, step.fidelity, step.reason, getattr(step, "why", ""))),
    )


def _step_row(run: Sequence[StepLike]) -> Markup:
    first = run[0]
    cells = (_step_action(first), _step_state(first), _step_fidelity(first), _step_why(first))
    if len(run) == 1:
        return tag("tr", _step_id(first.id), _step_record(first), *cells)
    entity = str(first.record).partition(":")[0]
    head = tag(
        "tr",
        _step_id(f"{shortened(first.id, 40)} to {shortened(run[-1].id, 40)}"),
        tag("th", counted(len(run), entity), scope="row"),
        *cells,
        class_="ak-opens",
    )
    return join(
        [head, opened((join([shortened(step.id, 40), " ", _step_name(step)]) for step in run), columns=6, indent=1)]
    )


def _word(value: object) -> str:
    """An enumeration's value or a text, without underscores."""
    return str(getattr(value, "value", value) if value is not None else "").replace("_", " ")


def _step_id(text: str) -> Markup:
    return tag("td", shortened(text, 90), class_="ak-key")


def _step_name(step: StepLike) -> Markup:
    key = str(step.record)
    label = str(getattr(step, "label", "") or "")
    if not label or label == key:
        return tag("bdi", shortened(key, LONG))
    return named(label, key)


def _step_record(step: StepLike) -> Markup:
    return tag("th", _step_name(step), scope="row")


def _step_action(step: StepLike) -> Markup:
    return tag("td", shortened(_word(step.action), LONG), class_="ak-whole-word")


def _step_state(step: StepLike) -> Markup:
    word = _word(step.state)
    outcome = OUTCOMES.get(word) or Kind("·", shortened(word, 60), "quiet")
    return tag("td", marked(outcome.symbol, outcome.word, outcome.tone))


def _step_fidelity(step: StepLike) -> Markup:
    word = _word(step.fidelity)
    return tag("td", shortened(word, LONG), class_="ak-whole-word" if len(word) < 16 else None)


def _step_why(step: StepLike) -> Markup:
    said = [_word(step.reason), _word(getattr(step, "why", ""))]
    return tag("td", *(tag("bdi", shortened(words, LONG), " ") for words in said if words), class_="ak-quiet")
