"""Pictures of statements: what there is over months, what was earned, where cash came from, how old is what is owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.statements.ageing import BUCKETS
from akika_forensics.books.statements.balances import RESULT
from akika_forensics.books.statements.financial import TOTAL, By, Statements, periods
from akika_forensics.books.statements.layout import UNKNOWN
from akika_forensics.case.statements.asked import PERIODS, Asked
from akika_forensics.case.statements.books import Books
from akika_forensics.model.money import ZERO
from akika_widgets.views.ageing_bars import Age, AgeingBars, Side
from akika_widgets.views.fills import Fill
from akika_widgets.views.period_bars import DRAWN, Part, PeriodBars, Stack
from akika_widgets.views.view import View
from akika_widgets.views.waterfall import Step, Waterfall

_ASSETS: Final = {
    "Bank Accounts": Fill("added"),
    "Accounts Receivable": Fill("added", "slant"),
    "Other Current Assets": Fill("focus"),
    "Fixed Assets": Fill("focus", "lines"),
    "Other Assets": Fill("edge", "dots"),
    UNKNOWN: Fill("removed", "back"),
}
_OWED: Final = {
    "Accounts Payable": Fill("changed"),
    "Credit Cards": Fill("changed", "slant"),
    "Other Current Liabilities": Fill("changed", "dots"),
    "Long-Term Liabilities": Fill("edge", "lines"),
    "Equity": Fill("edge", "hollow"),
}
_INCOME: Final = {"Income": Fill("added"), "Other Income": Fill("added", "slant")}
_COSTS: Final = {
    "Cost of Goods Sold": Fill("changed", "slant"),
    "Expenses": Fill("changed"),
    "Other Expenses": Fill("changed", "dots"),
}
_NET: Final = "Net Income"


def pictures_of(books: Books, asked: Asked) -> tuple[View, ...]:
    """The pictures that go with a statement; a trial balance and a register have none, for they are rows to be read."""
    return tuple(draw(books, asked) for draw in _DRAWN.get(asked.kind, ()))


def balance_sheet_picture(books: Books, asked: Asked) -> PeriodBars:
    """At the end of each month: what there is, and whose it is."""
    by, found = spans(_begin(books, asked), asked.end)
    statements = books.on(asked.basis)
    lines = statements.balance_sheet([last for _, _, last in found])
    amounts = _totals(lines)
    columns = [last.isoformat() for _, _, last in found]
    stacks = [
        _stack("What there is", _ASSETS, amounts, columns),
        _stack("Whose it is", _OWED, amounts, columns),
    ]
    titles = [title for title, _, _ in found]
    return PeriodBars(titles, stacks, title=f"Balance sheet by {by}", sub=_sub(asked, f"at the end of each {by}"))


def profit_and_loss_picture(books: Books, asked: Asked) -> PeriodBars:
    """In each month: income, costs, and the result as a line."""
    by, found = spans(_begin(books, asked), asked.end)
    lines = books.on(asked.basis).profit_and_loss(asked.start, asked.end, by)
    amounts = _totals(lines)
    titles = [title for title, _, _ in found]
    stacks = [_stack("Income", _INCOME, amounts, titles), _stack("Costs", _COSTS, amounts, titles)]
    result = Part(_NET, Fill("edge"), tuple(amounts.get((_NET, title), ZERO) for title in titles))
    return PeriodBars(titles, stacks, title=f"Profit and loss by {by}", sub=_sub(asked), line=result)


def cash_picture(books: Books, asked: Asked) -> Waterfall:
    """Cash at the beginning, by how much it moved in each month, cash at the end."""
    by, found = spans(_begin(books, asked), asked.end)
    statements = books.on(asked.basis)
    ends = [cash_at(statements, asked.start - timedelta(days=1))]
    ends += [cash_at(statements, last) for _, _, last in found]
    steps = [Step("Cash at the beginning", ends[0], "level")]
    steps += [Step(title, ends[place + 1] - ends[place]) for place, (title, _, _) in enumerate(found)]
    steps.append(Step("Cash at the end", ends[-1], "level"))
    return Waterfall(steps, title=f"Cash by {by}", sub=_sub(asked), up="came in", down="went out")


def cash_sources_picture(books: Books, asked: Asked) -> Waterfall:
    """From cash at the beginning to cash at the end by what brought it: the result, then every other account that moved."""
    rows = books.on(asked.basis).cash_flow(asked.start, asked.end)
    amounts = {account: (name, amount) for account, name, amount in rows.iter_rows()}
    steps = [Step("Cash at the beginning", amounts["cash at beginning"][1], "level")]
    steps += [
        Step("Net income" if account == RESULT else name, amount)
        for account, (name, amount) in amounts.items()
        if not account.startswith("cash at ") and amount
    ]
    steps.append(Step("Cash at the end", amounts["cash at end"][1], "level"))
    return Waterfall(steps, title="What cash came from, and where it went", sub=_sub(asked), up="brought", down="took")


def ageing_picture(books: Books, as_of: date) -> AgeingBars:
    """What customers owe and what vendors are owed, by how long it is past due."""
    sides = [
        _side("What customers owe", books.receivables(as_of)),
        _side("What is owed to vendors", books.payables(as_of)),
    ]
    return AgeingBars(sides, title="Open amounts by age", sub=f"as of {as_of}, days past due")


def spans(start: date, end: date) -> tuple[By, list[tuple[str, date, date]]]:
    """By month, quarter or year: whichever is the first of which so many can be drawn; title, first day and last day of each."""
    for by in PERIODS[:-1]:
        found = periods(start, end, by)
        if len(found) <= DRAWN:
            return by, found
    return PERIODS[-1], periods(start, end, PERIODS[-1])


def cash_at(statements: Statements, day: date) -> Decimal:
    """What there is in bank accounts and undeposited at the end of a day."""
    rows = statements.cash_flow(day, day)
    found = rows.filter(pl.col("account") == "cash at end")["amount"]
    return Decimal(found[0]) if len(found) else ZERO


def _begin(books: Books, asked: Asked) -> date:
    """Before the first posting there is nothing to draw."""
    first = books.ledger.frame["date"].min()
    return min(max(asked.start, first), asked.end) if isinstance(first, date) else asked.start


def _totals(lines: pl.DataFrame) -> Mapping[tuple[str, str], Decimal]:
    """Totals of sections and sums, by section and column."""
    rows = lines.filter(pl.col("role") != "account").select("section", "column", "amount")
    return {(section, column): amount for section, column, amount in rows.iter_rows() if column != TOTAL}


def _stack(
    name: str, fills: Mapping[str, Fill], amounts: Mapping[tuple[str, str], Decimal], columns: list[str]
) -> Stack:
    return Stack(
        name,
        tuple(
            Part(section, fill, tuple(amounts.get((section, column), ZERO) for column in columns))
            for section, fill in fills.items()
        ),
    )


def _side(name: str, rows: pl.DataFrame) -> Side:
    sums = {
        bucket: (amount, number)
        for bucket, amount, number in rows.group_by("bucket")
        .agg(pl.col("open").sum(), pl.len().alias("number"))
        .iter_rows()
    }
    return Side(name, tuple(Age(bucket, *sums.get(bucket, (ZERO, 0))) for bucket in BUCKETS))


def _sub(asked: Asked, more: str = "") -> str:
    said = f"{asked.start} to {asked.end}, {asked.basis} basis"
    return f"{said}, {more}" if more else said


_DRAWN: Final[Mapping[str, tuple[Callable[[Books, Asked], View], ...]]] = {
    "balance-sheet": (balance_sheet_picture,),
    "profit-and-loss": (profit_and_loss_picture,),
    "cash-flow": (cash_picture, cash_sources_picture),
    "receivables": (lambda books, asked: ageing_picture(books, asked.end),),
    "payables": (lambda books, asked: ageing_picture(books, asked.end),),
}
