"""The predicted trial balance to be searched, sorted and narrowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from akika_widgets.views.balance import HEADINGS, PredictedLine, line_cells, sum_row, total_of
from akika_widgets.views.live_lines import LineColumn, LiveLines, Sheet
from akika_widgets.views.markup import Markup, join
from akika_widgets.views.table import marked

if TYPE_CHECKING:
    from akika_widgets.views.balance import PredictedBalance

_NAMES = ("name", "before", "now", "predicted", "moved", "remaining")


class LiveBalance(LiveLines[PredictedLine]):
    """What a plan predicts, line by line; `skipping` says how many steps the reviewer wants left out."""

    def __init__(self, view: PredictedBalance) -> None:
        columns = [
            LineColumn(name, word, _value(name), _cell(place), number)
            for place, (name, (word, number)) in enumerate(zip(_NAMES, HEADINGS, strict=True))
        ]
        symbol, words, tone = view.verdict
        sub = join([marked(symbol, words, tone), f"; as of {view.prediction.as_of}, debit positive"])
        super().__init__(
            view.title,
            columns,
            [Sheet(*sheet) for sheet in view.sheets],
            differs=lambda line: bool(line.moved or line.remaining),
            only="Moved or different",
            text=lambda line: f"{line.name} {line.account}",
            foot=_foot,
            sub=sub,
        )
        self.view = view
        self.caution = view.caution

    def skipping(self, number: int) -> None:
        """So many steps are marked to be skipped; the figures stay those of the plan, and that is said."""
        self.view.skipped = number
        self.caution = self.view.caution


def _value(name: str) -> Callable[[PredictedLine], str | Decimal]:
    def of(line: PredictedLine) -> str | Decimal:
        value: str | Decimal = getattr(line, name)
        return value

    return of


def _cell(place: int) -> Callable[[PredictedLine], Markup]:
    return lambda line: line_cells(line)[place]


def _foot(lines: Sequence[PredictedLine], words: str) -> Markup:
    return sum_row(total_of(lines), words)
