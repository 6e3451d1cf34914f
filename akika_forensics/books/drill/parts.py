"""The postings of a figure: which of them count, with which sign, and from before or in the period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.chart import PROFIT_AND_LOSS as PROFIT_AND_LOSS_TYPES
from akika_forensics.books.chart import RETAINED_EARNINGS, Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.drill.figure import Figure
from akika_forensics.books.statements.balances import RESULT, account_type, cash_accounts, earned_accounts
from akika_forensics.books.statements.financial import NAMED, PERIODS, TOTAL, of_column, periods, title_of
from akika_forensics.books.statements.layout import BALANCE_SHEET, PROFIT_AND_LOSS, UNKNOWN, Line, Section, Sum
from akika_forensics.errors import WrongUse

OPENING: Final = "opening"
MOVED: Final = "moved"
EARLIER: Final = "earlier years"
APPLIED: Final = "applied"

PARTS: Final = pl.Schema(
    {
        "part": pl.String(),
        "date": pl.Date(),
        "entity": pl.String(),
        "id": pl.String(),
        "line": pl.String(),
        "account": pl.String(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "item": pl.String(),
        "amount": MONEY,
        "counts": MONEY,
    }
)
"""A posting a row, by day and document. ``amount`` is debit positive, ``counts`` what it adds to the figure. ``part``: ``opening`` for what a balance
held before the period, ``moved`` for what came in it, ``earlier years`` for a result that was closed into retained earnings, ``applied`` for what a
payment took of an open document (then ``entity`` and ``id`` are the payment's, or those of what it paid)."""

_BEGIN: Final = "cash at beginning"
_OVER: Final = "cash at end"


class _Counted(NamedTuple):
    """Which postings count: where they stand and with which sign; ``opening``: whether those before the period are in it."""

    rows: pl.DataFrame
    opening: bool


def parts_of(
    chart: Chart, postings: pl.DataFrame, figure: Figure, names: Mapping[tuple[str, str], str] | None = None
) -> pl.DataFrame:
    """Columns of `PARTS`; ``counts`` adds up to the figure, to the cent. Not for what is open: see `open_parts`.

    ``postings``: those on the figure's basis. ``names``: of classes, locations and customers, as columns are headed by them.
    Raises WrongUse for a row or a column that the statement does not have.
    """
    start = figure.start or chart.fiscal_year_start(figure.end)
    match figure.statement:
        case "profit-and-loss":
            found = _earned(chart, postings, figure, start, names or {})
        case "cash-flow":
            found = _flow(chart, postings, figure, start)
        case _:
            found = _balance(chart, postings, figure)
    rows = found.rows
    if figure.party is not None:
        entity, _, party = figure.party.partition(":")
        rows = rows.filter(pl.col("party").is_null() if not party else _is(entity, party))
    if figure.item:
        rows = rows.filter(pl.col("item") == figure.item)
    before = pl.col("date") < start if found.opening else pl.lit(value=False)
    made = rows.with_columns(
        part=pl.coalesce(
            pl.when(pl.col("closed")).then(pl.lit(EARLIER)), pl.when(before).then(pl.lit(OPENING)), pl.lit(MOVED)
        ),
        counts=pl.col("amount") * pl.col("sign"),
    )
    return ordered(made)


def ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the columns of `PARTS`, by day and document; what was applied comes last."""
    return rows.select(pl.col(name).cast(kind) for name, kind in PARTS.items()).sort(
        pl.col("part") == APPLIED, "date", "entity", "id", "account", "line", maintain_order=True
    )


def _is(entity: str, party: str) -> pl.Expr:
    return (pl.col("party_entity") == entity) & (pl.col("party") == party)


def _balance(chart: Chart, postings: pl.DataFrame, figure: Figure) -> _Counted:
    """Of a day: income and costs run from the start of the fiscal year; what they held before is in retained earnings."""
    rows = postings.filter(pl.col("date") <= figure.end)
    earned = earned_accounts(chart)
    result = pl.col("account").is_in(earned)
    closed = pl.lit(value=False)
    stands = pl.col("account")
    if figure.statement != "register":
        closed = result & (pl.col("date") < chart.fiscal_year_start(figure.end))
        stands = pl.when(closed).then(pl.lit(chart.retained_earnings or RETAINED_EARNINGS)).otherwise(stands)
    if figure.statement == "balance-sheet":
        stands = pl.when(result & ~closed).then(pl.lit(RESULT)).otherwise(stands)
    rows = rows.with_columns(stands=stands, closed=closed)
    signs = _signs(chart, rows, figure, BALANCE_SHEET if figure.statement == "balance-sheet" else ())
    if figure.column == "credit":
        signs = {account: -sign for account, sign in signs.items()}
    found = _Counted(_signed(rows, signs), opening=True)
    if figure.column in ("debit", "credit"):
        total = (found.rows["amount"] * found.rows["sign"]).sum()
        if not total > 0:
            raise WrongUse(
                f"The account {figure.account} has no balance in {figure.column} on {figure.end}.",
                do="Ask for the other column, or for the balance without one.",
            )
    return found


def _earned(
    chart: Chart, postings: pl.DataFrame, figure: Figure, start: date, names: Mapping[tuple[str, str], str]
) -> _Counted:
    first, last = start, figure.end
    of: pl.Expr | None = None
    if figure.column != TOTAL and figure.by in PERIODS:
        days = {title: (one, other) for title, one, other in periods(start, figure.end, figure.by)}
        if figure.column not in days:
            raise _no_column(figure)
        first, last = days[figure.column]
    elif figure.column != TOTAL and figure.by in NAMED:
        _, kind = NAMED[figure.by]
        key = of_column(figure.by)
        every = postings.select(key.alias("of"))["of"].unique().to_list()
        ids = [one for one in every if title_of(kind, one, names) == figure.column]
        if not ids:
            raise _no_column(figure)
        of = key.is_in([one for one in ids if one is not None])
        of = of.fill_null(value=False) | key.is_null() if None in ids else of
    elif figure.column != TOTAL or figure.by not in ("total", *PERIODS, *NAMED):
        raise _no_column(figure)
    rows = postings.filter(pl.col("date").is_between(first, last) & pl.col("account").is_in(earned_accounts(chart)))
    rows = rows if of is None else rows.filter(of)
    rows = rows.with_columns(stands=pl.col("account"), closed=pl.lit(value=False))
    return _Counted(_signed(rows, _signs(chart, rows, figure, PROFIT_AND_LOSS)), opening=False)


def _flow(chart: Chart, postings: pl.DataFrame, figure: Figure, start: date) -> _Counted:
    earned, cash = earned_accounts(chart), cash_accounts(chart)
    until = pl.col("date") < start if figure.account == _BEGIN else pl.col("date") <= figure.end
    rows = postings.filter(until).with_columns(closed=pl.lit(value=False))
    if figure.account in (_BEGIN, _OVER):
        return _Counted(_signed(rows.with_columns(stands="account"), dict.fromkeys(cash, 1)), opening=True)
    rows = rows.filter(pl.col("date") >= start).with_columns(stands="account")
    if figure.account == RESULT:
        return _Counted(_signed(rows, dict.fromkeys(earned, -1)), opening=False)
    if figure.account in (*earned, *cash):
        raise WrongUse(
            f"The account {figure.account} has no row in a cash flow: it is cash, or part of the result.",
            do=f"Ask for {RESULT!r}, {_BEGIN!r} or {_OVER!r}.",
        )
    return _Counted(_signed(rows, _one(chart, rows, figure.account, -1)), opening=False)


def _signed(rows: pl.DataFrame, signs: Mapping[str, int]) -> pl.DataFrame:
    found = pl.DataFrame(list(signs.items()), schema={"stands": pl.String, "sign": pl.Int64}, orient="row")
    return rows.join(found, on="stands", how="inner", maintain_order="left")


def _signs(chart: Chart, rows: pl.DataFrame, figure: Figure, layout: tuple[Line, ...]) -> dict[str, int]:
    """The accounts that stand in the figure's row, each with its sign."""
    sections = {one.title: one for one in layout if isinstance(one, Section)}
    if layout is BALANCE_SHEET:
        sections[UNKNOWN] = Section(UNKNOWN, 1, ())
    if figure.account == RESULT and layout is BALANCE_SHEET:
        return {RESULT: -1}
    if figure.account:
        section = _section_of(chart, figure.account, sections)
        if layout and section is None:
            raise _no_row(figure)
        return _one(chart, rows, figure.account, section.sign if section is not None else 1)
    sums = {one.title: one.of for one in layout if isinstance(one, Sum)}
    whole = {f"Total {title}": ((title, 1),) for title in sections}
    if figure.line not in {**sums, **whole}:
        raise _no_row(figure)
    wanted = dict({**whole, **sums}[figure.line])
    found: dict[str, int] = {}
    for account in rows["stands"].unique().to_list():
        section = _section_of(chart, account, sections)
        if section is not None and section.title in wanted:
            found[account] = wanted[section.title] * section.sign
    return found


def _section_of(chart: Chart, account: str, sections: Mapping[str, Section]) -> Section | None:
    kind = account_type(chart, account)
    found = next((one for one in sections.values() if kind in one.types), None)
    return found or (None if kind in PROFIT_AND_LOSS_TYPES else sections.get(UNKNOWN))


def _one(chart: Chart, rows: pl.DataFrame, account: str, sign: int) -> dict[str, int]:
    if account not in chart.accounts and account not in rows["stands"]:
        raise WrongUse(
            f"The books have no account {account!r}.", do="Give its Id, as `akika statement trial-balance` shows it."
        )
    return {account: sign}


def _no_row(figure: Figure) -> WrongUse:
    return WrongUse(
        f"The {figure.words} has no row {figure.row!r}.",
        do="Name an account by its Id, or a total by its name, as the statement shows them.",
    )


def _no_column(figure: Figure) -> WrongUse:
    return WrongUse(
        f"The {figure.words} has no column {figure.column!r} by {figure.by}.",
        do="Name a column as the statement heads it.",
    )
