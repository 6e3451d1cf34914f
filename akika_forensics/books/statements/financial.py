"""Trial balance, balance sheet, profit and loss and cash flow of a company, as of any day, on either basis."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

import polars as pl

from akika_forensics.books.chart import Chart, id_order
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.statements.balances import RESULT, Balances, account_type, earned_accounts
from akika_forensics.books.statements.layout import BALANCE_SHEET, PROFIT_AND_LOSS, UNKNOWN, Line, Section, Sum
from akika_forensics.errors import WrongUse
from akika_forensics.model.money import ZERO

type By = Literal["total", "month", "quarter", "year", "class", "location", "customer"]

LINES: Final = pl.Schema(
    {
        "section": pl.String(),
        "account": pl.String(),
        "name": pl.String(),
        "role": pl.String(),
        "column": pl.String(),
        "amount": MONEY,
    }
)
"""One figure a row, in the order in which it is read. ``role``: ``account``, ``total`` of a section, ``sum`` over sections. ``column``: ``Total``, or
the month, class … that the figure is of. Amounts have the side of their section: income and liabilities are positive as credits."""

TRIAL_BALANCE: Final = pl.Schema(
    {"account": pl.String(), "name": pl.String(), "type": pl.String(), "debit": MONEY, "credit": MONEY}
)

TOTAL: Final = "Total"
NOT_SPECIFIED: Final = "Not specified"
PERIODS: Final = ("month", "quarter", "year")
NAMED: Final = {
    "class": ("class", "Class"),
    "location": ("department", "Department"),
    "customer": ("party", "Customer"),
}
"""What a column may be of: the postings' column, and the entity of its Ids."""


class Statements:
    """``postings``: those of a ledger, or its postings on the cash basis. ``names``: of classes, locations and customers by their Ids."""

    def __init__(
        self, chart: Chart, postings: pl.DataFrame, names: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self._chart = chart
        self._postings = postings
        self._names = names or {}
        self._balances = Balances(chart, postings)

    def trial_balance(self, as_of: date) -> pl.DataFrame:
        """Columns of `TRIAL_BALANCE`, a row an account in order of type and name; debits and credits add up to the same."""
        rows = [
            (
                account,
                self._name(account),
                self._type(account),
                amount if amount > 0 else None,
                -amount if amount < 0 else None,
            )
            for account, amount in self._balances.trial_balance(as_of).iter_rows()
        ]
        rows.sort(key=lambda row: (_rank(row[2]), row[1].casefold(), id_order(row[0])))
        return pl.DataFrame(rows, schema=TRIAL_BALANCE, orient="row")

    def balance_sheet(self, as_of: Sequence[date]) -> pl.DataFrame:
        """Columns of `LINES`, a column a day. The year's result stands in equity as Net Income. Source: QuickBooks reports, BalanceSheet."""
        found = {day.isoformat(): dict(self._balances.position(day).iter_rows()) for day in as_of}
        return self._laid_out(BALANCE_SHEET, found)

    def profit_and_loss(self, start: date, end: date, by: By = "total") -> pl.DataFrame:
        """Columns of `LINES`, with a last column `TOTAL`. Raises WrongUse where the days end before they start."""
        if end < start:
            raise WrongUse(f"{end} is before {start}.", do="Give the first day first.")
        found: dict[str, dict[str, Decimal]] = {}
        if by in PERIODS:
            for title, first, last in periods(start, end, by):
                found[title] = dict(self._balances.earned(first, last).iter_rows())
        elif by in NAMED:
            found = self._by_name(start, end, by)
        found[TOTAL] = dict(self._balances.earned(start, end).iter_rows())
        return self._laid_out(PROFIT_AND_LOSS, found)

    def cash_flow(self, start: date, end: date) -> pl.DataFrame:
        """account, name, amount: the result, what every other account brought (positive) or took, cash at beginning and end."""
        rows = [
            (account, self._name(account), amount)
            for account, amount in self._balances.cash_flow(start, end).iter_rows()
        ]
        rows.sort(key=lambda row: (_flow_rank(row[0]), _rank(self._type(row[0])), row[1].casefold()))
        schema = pl.Schema({"account": pl.String(), "name": pl.String(), "amount": MONEY})
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _by_name(self, start: date, end: date, by: str) -> dict[str, dict[str, Decimal]]:
        _, kind = NAMED[by]
        rows = self._postings.filter(
            pl.col("date").is_between(start, end) & pl.col("account").is_in(earned_accounts(self._chart))
        )
        sums = rows.group_by(of_column(by).alias("of"), "account").agg(pl.col("amount").sum())
        sums = sums.filter(pl.col("amount") != 0)
        found: dict[str, dict[str, Decimal]] = {}
        for of, account, amount in sums.iter_rows():
            title = title_of(kind, of, self._names)
            column_of = found.setdefault(title, {})
            column_of[account] = column_of.get(account, ZERO) + amount
        return dict(sorted(found.items(), key=lambda item: (item[0] == NOT_SPECIFIED, item[0].casefold())))

    def _laid_out(self, layout: Sequence[Line], found: Mapping[str, Mapping[str, Decimal]]) -> pl.DataFrame:
        rows: list[tuple[str, str | None, str, str, str, Decimal]] = []
        totals: dict[tuple[str, str], Decimal] = {}
        placed = {kind for line in layout if isinstance(line, Section) for kind in line.types}
        known = [*layout]
        odd = {self._type(account) for row in found.values() for account in row} - placed
        if layout is BALANCE_SHEET and odd:
            known.insert(5, Section(UNKNOWN, 1, tuple(sorted(odd))))
        for line in known:
            if isinstance(line, Sum):
                for column in found:
                    value = sum((sign * totals.get((title, column), ZERO) for title, sign in line.of), ZERO)
                    rows.append((line.title, None, line.title, "sum", column, value))
                continue
            mine = sorted(
                {account for row in found.values() for account in row if self._of(line, account)},
                key=lambda account: (account == RESULT, self._name(account).casefold(), id_order(account)),
            )
            for account in mine:
                for column, amounts in found.items():
                    value = line.sign * amounts.get(account, ZERO)
                    totals[line.title, column] = totals.get((line.title, column), ZERO) + value
                    rows.append((line.title, account, self._name(account), "account", column, value))
            if mine:
                for column in found:
                    total = totals.get((line.title, column), ZERO)
                    rows.append((line.title, None, f"Total {line.title}", "total", column, total))
        return pl.DataFrame(rows, schema=LINES, orient="row")

    def _of(self, section: Section, account: str) -> bool:
        kind = self._type(account)
        return kind in section.types

    def _type(self, account: str) -> str:
        return account_type(self._chart, account)

    def _name(self, account: str) -> str:
        return "Net Income" if account == RESULT else self._chart.name(account)


def of_column(by: str) -> pl.Expr:
    """The Id of the class, location or customer that a posting is of; null for none."""
    column, _ = NAMED[by]
    return pl.when(pl.col("party_entity") == "Customer").then("party") if by == "customer" else pl.col(column)


def title_of(kind: str, of: str | None, names: Mapping[tuple[str, str], str]) -> str:
    """How the column of a class, location or customer is headed."""
    return NOT_SPECIFIED if of is None else names.get((kind, of), f"{kind} {of}")


def _rank(kind: str) -> int:
    order = [one for line in (*BALANCE_SHEET, *PROFIT_AND_LOSS) if isinstance(line, Section) for one in line.types]
    return order.index(kind) if kind in order else len(order)


def _flow_rank(account: str) -> int:
    return {RESULT: 0, "cash at beginning": 2, "cash at end": 3}.get(account, 1)


def periods(start: date, end: date, by: str) -> list[tuple[str, date, date]]:
    """Calendar months, quarters or years, the first and last cut to the days: title, first day, last day."""
    months = {"month": 1, "quarter": 3, "year": 12}[by]
    found: list[tuple[str, date, date]] = []
    first = start
    while first <= end:
        month = (first.month - 1) // months * months + months
        last = min(date(first.year, month, calendar.monthrange(first.year, month)[1]), end)
        title = {"month": f"{first:%b %Y}", "quarter": f"Q{(month - 1) // 3 + 1} {first:%Y}", "year": f"{first:%Y}"}[by]
        found.append((title, first, last))
        first = last + timedelta(days=1)
    return found


def wide(lines: pl.DataFrame) -> pl.DataFrame:
    """`LINES` with a column for each of theirs: section, account, name, role, then the amounts."""
    keys = ["section", "account", "name", "role"]
    order = lines.select(keys).unique(maintain_order=True).with_row_index("order")
    columns = lines["column"].unique(maintain_order=True).to_list()
    spread = lines.pivot(on="column", index=keys, values="amount", maintain_order=True)
    return order.join(spread, on=keys, how="left", nulls_equal=True).sort("order").select(*keys, *columns)
