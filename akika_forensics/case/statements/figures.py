"""A statement as rows of figures to be read and asked: what stands where, and which figure that is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import polars as pl

from akika_forensics.books.drill import Figure
from akika_forensics.books.statements.ageing import BUCKETS, by_party
from akika_forensics.books.statements.financial import TOTAL, wide
from akika_forensics.case.statements.asked import Asked, days_of
from akika_forensics.case.statements.books import Books
from akika_forensics.errors import WrongUse
from akika_forensics.model.money import ZERO
from akika_widgets.views.figures_table import FigureRow, FiguresTable

_OPEN: Final = {"receivables": "Customer", "payables": "Vendor"}
_NOBODY: Final = "Names nobody"
_ALL: Final = "All"
_CASH: Final = frozenset({"cash at beginning", "cash at end"})
"""Rows of a cash flow that are what there is, not what moved."""


@dataclass(frozen=True)
class StatementFigures:
    """``table``: as it is read. ``accounts``: by row, the account or party that it is of; None for a total, which goes by its name."""

    asked: Asked
    table: FiguresTable
    accounts: tuple[str | None, ...]

    def figure(self, row: int, column: int) -> Figure:
        """What stands in a row and a column, as drilling down asks for it. Raises WrongUse where no figure stands."""
        asked, shown = self.asked, self.table.rows[row]
        if shown.values[column] is None:
            raise WrongUse(f"{shown.name} has no figure there.", do="Choose a figure.")
        account, heading = self.accounts[row], self.table.columns[column]
        if asked.kind in _OPEN:
            bucket = "" if heading == TOTAL else heading
            return Figure(statement=asked.kind, end=asked.end, start=asked.start, party=account, bucket=bucket)
        named = {"account": account} if account else {"line": shown.name}
        if asked.kind == "trial-balance":
            return Figure(
                statement=asked.kind,
                end=asked.end,
                start=asked.start,
                basis=asked.basis,
                column=heading.lower(),
                **named,
            )
        if asked.kind == "balance-sheet":
            day = days_of(asked)[column]
            return Figure(statement=asked.kind, end=day, start=min(asked.start, day), basis=asked.basis, **named)
        if asked.kind == "profit-and-loss":
            return Figure(
                statement=asked.kind,
                end=asked.end,
                start=asked.start,
                basis=asked.basis,
                by=asked.by,
                column=heading,
                **named,
            )
        return Figure(statement=asked.kind, end=asked.end, start=asked.start, basis=asked.basis, **named)


def figures_of(books: Books, asked: Asked) -> StatementFigures:
    """The rows of a statement. Raises WrongUse for a register, whose rows are postings: see `Books.register`."""
    if asked.kind == "register":
        raise WrongUse("A register has postings and no figures.", do="Read it as a table of postings.")
    if asked.kind in _OPEN:
        return _open(books, asked)
    made = books.on(asked.basis)
    match asked.kind:
        case "trial-balance":
            frame = made.trial_balance(asked.end).drop("type").rename({"debit": "Debit", "credit": "Credit"})
        case "balance-sheet":
            frame = wide(made.balance_sheet(days_of(asked))).drop("section")
        case "profit-and-loss":
            frame = wide(made.profit_and_loss(asked.start, asked.end, asked.by)).drop("section")
        case _:
            frame = made.cash_flow(asked.start, asked.end).rename({"amount": TOTAL})
    return _laid_out(asked, frame, frozenset(books.ledger.chart.accounts))


def _laid_out(asked: Asked, frame: pl.DataFrame, known: frozenset[str]) -> StatementFigures:
    columns = [name for name in frame.columns if name not in {"account", "name", "role"}]
    rows, accounts = [], []
    for values in frame.iter_rows(named=True):
        account = values["account"]
        level = account in _CASH
        role = "sum" if level else _role(values.get("role", "account"))
        # The year's result and cash at an end have a place of their own and no Id.
        key = str(account) if account in known and account != values["name"] else ""
        name = str(values["name"]).capitalize() if level else str(values["name"])
        rows.append(FigureRow(name, tuple(values[name] for name in columns), role, key))
        accounts.append(account)
    if asked.kind == "trial-balance":
        rows.append(FigureRow(TOTAL, tuple(_sum(frame, name) for name in columns), "sum", asked=False))
        accounts.append(None)
    return StatementFigures(asked, FiguresTable(asked.title, columns, rows), tuple(accounts))


def _open(books: Books, asked: Asked) -> StatementFigures:
    rows = (books.receivables if asked.kind == "receivables" else books.payables)(asked.end)
    sums = by_party(rows)
    names = dict(rows.select("party", "name").iter_rows())
    columns = [*BUCKETS, TOTAL]
    told = [
        (party, names.get(party) or _NOBODY, (*(one or None for one in ages), total))
        for party, *ages, total in sums.select("party", *BUCKETS, "total").iter_rows()
    ]
    told.sort(key=lambda row: (row[0] is None, row[1].casefold(), row[0] or ""))
    shown = [FigureRow(name, amounts, "account", party or "") for party, name, amounts in told]
    accounts: list[str | None] = [party or "" for party, _, _ in told]
    if shown:
        shown.append(FigureRow(_ALL, tuple(_sum(sums, name) for name in (*BUCKETS, "total")), "sum"))
        accounts.append(None)
    title = FiguresTable(asked.title.replace(", accrual basis", "").replace(", cash basis", ""), columns, shown)
    return StatementFigures(asked, title, tuple(accounts))


def _sum(frame: pl.DataFrame, name: str) -> Decimal:
    found = frame[name].sum()
    return found if isinstance(found, Decimal) else ZERO


def _role(said: str) -> Literal["account", "total", "sum"]:
    return "total" if said == "total" else "sum" if said == "sum" else "account"
