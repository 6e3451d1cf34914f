"""The trial balance that a plan predicts: before the incident, now, predicted, and what stays different from before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from akika_forensics.model.money import ZERO
from akika_forensics.restore.document import Prediction
from akika_widgets.views.markup import Markup, join, shortened, tag
from akika_widgets.views.table import ROWS, TableView, marked, money_cell, named
from akika_widgets.views.view import View, styled
from akika_widgets.views.wording import amount

if TYPE_CHECKING:
    from akika_widgets.views.live_balance import LiveBalance

HEADINGS: Final = (
    ("Account", False),
    ("Before the incident", True),
    ("Now", True),
    ("Predicted", True),
    ("By the plan", True),
    ("Still different", True),
)


class BalanceLike(Protocol):
    """One account or one customer or vendor; amounts are debit positive."""

    @property
    def account(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> Decimal: ...
    @property
    def now(self) -> Decimal: ...
    @property
    def predicted(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class PredictedLine:
    """A line with what the plan moves and what stays different from before."""

    account: str
    name: str
    before: Decimal
    now: Decimal
    predicted: Decimal

    @classmethod
    def of(cls, line: BalanceLike) -> PredictedLine:
        return cls(line.account, line.name, line.before, line.now, line.predicted)

    @property
    def moved(self) -> Decimal:
        return self.predicted - self.now

    @property
    def remaining(self) -> Decimal:
        return self.predicted - self.before


@dataclass(frozen=True, slots=True)
class Total:
    before: Decimal
    now: Decimal
    predicted: Decimal
    moved: Decimal
    remaining: Decimal


def total_of(lines: Iterable[PredictedLine]) -> Total:
    """The sums of the columns; of a whole trial balance each is zero."""
    held = list(lines)
    return Total(
        *(
            sum((getattr(line, name) for line in held), ZERO)
            for name in ("before", "now", "predicted", "moved", "remaining")
        )
    )


class PredictedBalance(View):
    """What the plan predicts, account by account; accounts that neither move nor differ are counted.

    ``receivable`` and ``payable``: the same of customers and vendors, where they were worked out. ``skipped``: how many
    steps the reviewer wants left out; the figures are still those of the plan as it stands, and the view says so.
    """

    def __init__(
        self,
        prediction: Prediction,
        *,
        receivable: Iterable[BalanceLike] = (),
        payable: Iterable[BalanceLike] = (),
        skipped: int = 0,
        title: str = "Predicted trial balance",
        limit: int = ROWS,
    ) -> None:
        self.prediction = prediction
        self.title = title
        self.skipped = skipped
        self.limit = limit
        self.accounts = _ordered(prediction.lines)
        self.receivable = _ordered(receivable)
        self.payable = _ordered(payable)

    @property
    def sheets(self) -> tuple[tuple[str, str, tuple[PredictedLine, ...]], ...]:
        """What there is to show: name, title and lines."""
        held = (
            ("accounts", self.title, self.accounts),
            ("receivable", "Open receivables, customer by customer", self.receivable),
            ("payable", "Open payables, vendor by vendor", self.payable),
        )
        return tuple(sheet for sheet in held if sheet[2] or sheet[0] == "accounts")

    @property
    def verdict(self) -> tuple[str, str, str]:
        """Symbol, words and tone: will the accounts be as before."""
        away = sum(1 for line in self.accounts if line.remaining)
        if away:
            word = "account" if away == 1 else "accounts"
            return ("≠", f"{away:,} {word} will differ from the state before the incident", "changed")
        return ("✓", "every account as before the incident, to the cent", "good")

    @property
    def caution(self) -> str:
        """What has to be said of the figures while steps are marked to be skipped; "" otherwise."""
        if not self.skipped:
            return ""
        word = "step is" if self.skipped == 1 else "steps are"
        return (
            f"{self.skipped:,} {word} marked to be skipped. These figures are those of the plan as it stands, "
            "with every step; a new plan made without them predicts anew."
        )

    def live(self) -> LiveBalance:
        """The same to be searched, sorted and narrowed."""
        from akika_widgets.views.live_balance import LiveBalance  # noqa: PLC0415 - it draws what this module names

        return LiveBalance(self)

    def plain(self) -> str:
        lines = [f"{self.title}: as of {self.prediction.as_of}, {self.verdict[1]}"]
        if self.caution:
            lines.append(f"  {self.caution}")
        lines += [
            f"  {shortened(line.name, 40):<40} {line.before:>14,.2f} {line.now:>14,.2f} {line.predicted:>14,.2f} {line.remaining:>+14,.2f}"
            for line in shown_of(self.accounts)[: self.limit]
        ]
        return "\n".join(lines)

    def html(self) -> Markup:
        caution = styled(caution_box(self.caution)) if self.caution else None
        return join([caution, *(_Sheet(self, *sheet[1:]).html() for sheet in self.sheets)])


class _Sheet(TableView):
    nothing = "nothing moves, and nothing differs from before."

    def __init__(self, view: PredictedBalance, title: str, lines: Sequence[PredictedLine]) -> None:
        self.lines = lines
        self.shown = shown_of(lines)
        rest = len(lines) - len(self.shown)
        what = "other neither moves nor differs" if rest == 1 else "others neither move nor differ"
        said = f"as of {view.prediction.as_of}, debit positive; {rest:,} {what}"
        symbol, words, tone = view.verdict
        if lines is view.accounts:
            self.sign = (symbol, tone)
            said = f"{words}; {said}"
        super().__init__(title, said, view.limit)

    def plain(self) -> str:
        return self.title

    def html(self) -> Markup:
        if not self.shown:
            return self._empty()
        return self._drawn(
            HEADINGS, [tag("tr", *line_cells(line)) for line in self.shown], sum_row(total_of(self.lines))
        )


def caution_box(words: str) -> Markup:
    return tag("p", marked("!", words, "changed"), class_="ak-caution")


def line_cells(line: PredictedLine) -> tuple[Markup, ...]:
    """The cells of one account, under `HEADINGS`."""
    off = bool(line.remaining)
    shown = amount(line.remaining, sign=True)
    return (
        tag("th", named(line.name, line.account), scope="row"),
        money_cell(line.before),
        money_cell(line.now),
        money_cell(line.predicted),
        money_cell(line.moved, sign=True),
        tag("td", marked("≠" if off else "✓", shown, "changed" if off else "good"), class_="ak-number"),
    )


def sum_row(total: Total, words: str = "Sum of all") -> Markup:
    return tag(
        "tr",
        tag("th", words, scope="row"),
        money_cell(total.before),
        money_cell(total.now),
        money_cell(total.predicted),
        money_cell(total.moved, sign=True),
        money_cell(total.remaining, sign=True),
    )


def shown_of(lines: Iterable[PredictedLine]) -> tuple[PredictedLine, ...]:
    """Lines that the plan moves or that will differ from before."""
    return tuple(line for line in lines if line.moved or line.remaining)


def _ordered(lines: Iterable[BalanceLike]) -> tuple[PredictedLine, ...]:
    made = (PredictedLine.of(line) for line in lines)
    return tuple(sorted(made, key=lambda line: (-abs(line.remaining), -abs(line.moved), line.name, line.account)))
