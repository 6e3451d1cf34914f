"""The trial balance after a restore: before the incident, predicted, from the records, and as QuickBooks reports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_widgets.views.live_lines import LineColumn, LiveLines, Sheet
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.table import ROWS, TableView, marked, money_cell, named
from akika_widgets.views.tie_out import residual_cell
from akika_widgets.views.wording import ABSENT

_COLUMNS: Final = (
    ("before", "Before the incident"),
    ("predicted", "Predicted"),
    ("actual", "From the records"),
    ("reported", "QuickBooks says"),
)


@dataclass(frozen=True, slots=True)
class VerifiedBalance:
    """One account; ``reported`` is None where QuickBooks' own report does not name it."""

    account: str
    name: str
    before: Decimal
    predicted: Decimal
    actual: Decimal
    reported: Decimal | None
    residual: Decimal

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> VerifiedBalance:
        """A row of a verification's ``balances``."""
        reported = row.get("reported")
        return cls(
            str(row.get("account", "")),
            str(row.get("account_name")),
            money(row.get("before")),
            money(row.get("predicted")),
            money(row.get("actual")),
            None if reported is None else money(reported),
            money(row.get("residual")),
        )


class VerifiedBalances(TableView):
    """Accounts of a verification, those that do not agree first."""

    nothing = "no account was compared."

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        title: str = "Trial balance: predicted and actual",
        limit: int = ROWS,
    ) -> None:
        made = (VerifiedBalance.of(row) for row in rows)
        self.lines = tuple(sorted(made, key=lambda line: (-abs(line.residual), line.name)))
        off = sum(1 for line in self.lines if line.residual)
        agree = (
            f"{off:,} of {len(self.lines):,} accounts do not agree"
            if off
            else f"all {len(self.lines):,} accounts agree to the cent"
        )
        super().__init__(title, agree if self.lines else "", limit)
        self.sign = ("≠", "removed") if off else ("✓", "good")

    def live(self) -> LiveLines[VerifiedBalance]:
        """The same to be searched, sorted and narrowed to what does not agree."""
        columns: list[LineColumn[VerifiedBalance]] = [
            LineColumn("name", "Account", lambda line: line.name, _account, number=False),
            *(LineColumn(name, word, _value(name), _cell(name)) for name, word in _COLUMNS),
            LineColumn("residual", "Residual", lambda line: line.residual, lambda line: residual_cell(line.residual)),
        ]
        return LiveLines(
            self.title,
            columns,
            [Sheet("accounts", self.title, self.lines)],
            differs=lambda line: bool(line.residual),
            text=lambda line: f"{line.name} {line.account}",
            foot=_sums,
            sub=marked(self.sign[0], self.sub, self.sign[1]) if self.sign and self.sub else None,
        )

    def plain(self) -> str:
        lines = [
            f"  {shortened(line.name, 40):<40} {line.predicted:>14,.2f} {line.actual:>14,.2f} {line.residual:>12,.2f}"
            for line in self.lines[: self.limit]
        ]
        return "\n".join([f"{self.title}: {self.sub}", *lines])

    def html(self) -> Markup:
        if not self.lines:
            return self._empty()
        rows = [
            tag("tr", _account(line), *(_cell(name)(line) for name, _ in _COLUMNS), residual_cell(line.residual))
            for line in self.lines
        ]
        return self._drawn([("Account", False), *((word, True) for _, word in _COLUMNS), ("Residual", True)], rows)


def _account(line: VerifiedBalance) -> Markup:
    return tag("th", named(line.name, line.account), scope="row")


def _value(name: str) -> Callable[[VerifiedBalance], Decimal]:
    """The amount to sort and add by: zero where there is none."""

    def of(line: VerifiedBalance) -> Decimal:
        value: Decimal | None = getattr(line, name)
        return ZERO if value is None else value

    return of


def _cell(name: str) -> Callable[[VerifiedBalance], Markup]:
    def drawn(line: VerifiedBalance) -> Markup:
        value: Decimal | None = getattr(line, name)
        return tag("td", ABSENT, class_="ak-number") if value is None else money_cell(value)

    return drawn


def _sums(lines: Sequence[VerifiedBalance], words: str) -> Markup:
    names = [*(name for name, _ in _COLUMNS), "residual"]
    return tag(
        "tr",
        tag("th", words, scope="row"),
        *(money_cell(sum((_value(name)(line) for line in lines), ZERO)) for name in names),
    )
