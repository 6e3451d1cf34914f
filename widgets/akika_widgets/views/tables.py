"""Tables of a report: what moved in the trial balance, and, each in a module of its own, tie-out and steps."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from akika_forensics.model.money import ZERO
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.step_table import OUTCOMES, StepTable
from akika_widgets.views.table import ROWS, FigureTable, TableView, money_cell, named
from akika_widgets.views.tie_out import TieOutTable
from akika_widgets.views.wording import amount

__all__ = ["OUTCOMES", "AccountEffectTable", "FigureTable", "StepTable", "TableView", "TieOutTable"]


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
