"""Tables of a report: what moved in the trial balance, how it ties out, what became of each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, Protocol

from akika_forensics.model.money import ZERO
from akika_widgets.views.difference import ALIKE, Kind
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.table import LONG, ROWS, FigureTable, TableView, marked, money_cell, named, opened
from akika_widgets.views.wording import amount, counted

__all__ = ["AccountEffectTable", "FigureTable", "StepTable", "TableView", "TieOutTable"]


class AccountEffectLike(Protocol):
    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def after(self) -> Decimal: ...
    @property
    def change(self) -> Decimal: ...


class TieOutLike(Protocol):
    @property
    def report(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def account_name(self) -> str: ...
    @property
    def period(self) -> Any: ...
    @property
    def basis(self) -> str: ...
    @property
    def ours(self) -> Decimal: ...
    @property
    def theirs(self) -> Decimal: ...
    @property
    def residual(self) -> Decimal: ...


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


class AccountEffectTable(TableView):
    """What a difference does to each account: before, after and change, debit positive.

    Accounts that did not move are left out and counted. The changes of a balanced ledger add up to 0.00, and the foot says so.
    """

    nothing = "no account moved."

    def __init__(
        self,
        effects: Iterable[AccountEffectLike],
        *,
        title: str = "Effect on the trial balance",
        before: str = "Before",
        after: str = "After",
        limit: int = ROWS,
    ) -> None:
        held = tuple(effects)
        self.effects = tuple(
            sorted((row for row in held if row.change), key=lambda row: (-abs(row.change), row.name, row.account))
        )
        self.still = len(held) - len(self.effects)
        self.before = before
        self.after = after
        sub = "debit positive, credit negative"
        super().__init__(
            title,
            f"{sub}; {self.still:,} account{'' if self.still == 1 else 's'} did not move" if self.still else sub,
            limit,
        )

    @property
    def total(self) -> Decimal:
        return sum((row.change for row in self.effects), ZERO)

    def picture(self) -> MovementPicture:
        """The same movement as bars."""
        return MovementPicture(self.effects, title=self.title, before=self.before, after=self.after)

    def plain(self) -> str:
        if not self.effects:
            return f"{self.title}: {self.nothing}"
        rows = [
            f"  {shortened(row.name, 40):<40} {row.before:>14,.2f} {row.after:>14,.2f} {row.change:>+14,.2f}"
            for row in self.effects[: self.limit]
        ]
        return "\n".join([f"{self.title} ({self.sub})", *rows])

    def html(self) -> Markup:
        if not self.effects:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("th", named(row.name, row.account), scope="row"),
                money_cell(row.before),
                money_cell(row.after),
                money_cell(row.change, sign=True, strong=True),
            )
            for row in self.effects
        ]
        foot = tag(
            "tr",
            tag("th", "Sum of all changes", scope="row", colspan=3),
            tag("td", amount(self.total), class_="ak-number"),
        )
        return self._drawn([("Account", False), (self.before, True), (self.after, True), ("Change", True)], rows, foot)


class TieOutTable(TableView):
    """Our trial balance beside QuickBooks' own, account by account; what does not agree comes first."""

    nothing = "no line was compared."

    def __init__(
        self, lines: Iterable[TieOutLike], *, title: str = "Tie-out to QuickBooks' own reports", limit: int = ROWS
    ) -> None:
        self.lines = tuple(
            sorted(lines, key=lambda line: (-abs(line.residual), line.report, line.account_name, line.account))
        )
        sources = {_source(line) for line in self.lines}
        self._one_source = len(sources) == 1
        said = [*(sources if self._one_source else ()), self._verdict()]
        super().__init__(title, "; ".join(part for part in said if part), limit)
        self.sign = ("≠", "removed") if self.residual else ("✓", "good")

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of any line."""
        return max((abs(line.residual) for line in self.lines), default=ZERO)

    def _verdict(self) -> str:
        off = sum(1 for line in self.lines if line.residual)
        if not self.lines:
            return ""
        if not off:
            return f"all {len(self.lines):,} lines agree to the cent"
        return f"{off:,} of {len(self.lines):,} lines do not agree; largest residual {amount(self.residual)}"

    def plain(self) -> str:
        if not self.lines:
            return f"{self.title}: {self.nothing}"
        rows = [
            f"  {line.report:<14} {shortened(line.account_name, 36):<36} {line.ours:>14,.2f} {line.theirs:>14,.2f} {line.residual:>12,.2f}"
            for line in self.lines[: self.limit]
        ]
        return "\n".join([f"{self.title}: {self.sub}", *rows])

    def html(self) -> Markup:
        if not self.lines:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("th", named(line.account_name, line.account), scope="row"),
                None if self._one_source else tag("td", shortened(_source(line), LONG), class_="ak-quiet"),
                money_cell(line.ours),
                money_cell(line.theirs),
                tag("td", _verdict_word(line.residual), class_="ak-number"),
            )
            for line in self.lines
        ]
        report = [] if self._one_source else [("Report", False)]
        return self._drawn(
            [("Account", False), *report, ("From the records", True), ("QuickBooks says", True), ("Residual", True)],
            rows,
        )


def _source(line: TieOutLike) -> str:
    return f"{line.report}, {line.basis}, {line.period}"


def _verdict_word(residual: Decimal) -> Markup:
    return marked("≠", amount(residual), "removed") if residual else marked("✓", amount(residual), "good")


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
