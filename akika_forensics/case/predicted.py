"""The trial balance that a plan predicts, beside the one before the incident and the one of now: pure, over the plan."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from akika_forensics.model.money import ZERO
from akika_forensics.restore.document import Plan
from akika_widgets.views.listing import Cell, Column, Listing, Named


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account: before the incident, now, and as the plan will leave it; debit positive."""

    account: str
    name: str
    before: Decimal
    now: Decimal
    predicted: Decimal

    @property
    def moved(self) -> Decimal:
        """By how much the plan moves it."""
        return self.predicted - self.now

    @property
    def remaining(self) -> Decimal:
        """How far it will be from where it was before."""
        return self.predicted - self.before


def balances_of(plan: Plan) -> tuple[BalanceRow, ...]:
    """Every account of the prediction; those that the plan moves most come first."""
    rows = [
        BalanceRow(line.account, line.name, line.before, line.now, line.predicted) for line in plan.prediction.lines
    ]
    return tuple(sorted(rows, key=lambda row: (-abs(row.moved), -abs(row.remaining), row.name, row.account)))


def balance_table(plan: Plan) -> Listing:
    """Accounts that the plan moves, or that will not be as before; the others are counted."""
    balances = balances_of(plan)
    shown = [row for row in balances if row.moved or row.remaining]
    columns = [
        Column("Account"),
        Column("Before the incident", "number"),
        Column("Now", "number"),
        Column("Predicted", "number"),
        Column("By the plan", "signed"),
        Column("Still different", "signed"),
    ]
    rows = [
        (Named(row.name, row.account), row.before, row.now, row.predicted, row.moved, row.remaining) for row in shown
    ]
    moved = sum((row.moved for row in shown), ZERO)
    remaining = sum((row.remaining for row in shown), ZERO)
    foot: tuple[Cell, ...] = ("Sum", "", "", "", moved, remaining) if rows else ()
    rest = len(balances) - len(shown)
    sub = f"as of {plan.prediction.as_of}, accrual, debit positive; {rest:,} other accounts neither move nor differ"
    return Listing("Predicted trial balance", columns, rows, sub=sub, foot=foot, nothing="no account moves.")
