"""What the books say to the figures of a report: the same measures, of the same subjects and days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY, home
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.open_items import OpenDocument
from akika_forensics.books.reported.figures import (
    AGED,
    BALANCE,
    CASH_FLOW,
    DUE_FROM,
    DUE_TO,
    MOVEMENT,
    NET_INCOME,
    STOCK_QUANTITY,
    STOCK_VALUE,
    TAX_AMOUNT,
)
from akika_forensics.books.statements import ageing
from akika_forensics.books.statements.balances import RESULT, Balances

OURS: Final = pl.Schema(
    {"measure": pl.String(), "subject": pl.String(), "start": pl.Date(), "end": pl.Date(), "ours": MONEY}
)


TAXED: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
"""The documents whose tax a report of tax on sales adds up, and with which sign."""


class Ours:
    """``of`` answers for one report, measure and period; the sums behind it are made once."""

    def __init__(self, ledger: Ledger, postings: pl.DataFrame) -> None:
        self._ledger = ledger
        self._postings = postings
        self._balances = Balances(ledger.chart, postings)
        self._made: dict[tuple[str, str, date | None, date], pl.DataFrame] = {}

    def of(self, report: str, measure: str, start: date | None, end: date) -> pl.DataFrame:
        """Columns of `OURS`; subjects at 0 left out."""
        key = ("BalanceSheet" if report == "BalanceSheet" else "", measure, start, end)
        if key not in self._made:
            rows = self._answer(report, measure, start, end)
            self._made[key] = rows.select(
                pl.lit(measure).alias("measure"),
                pl.col("subject"),
                pl.lit(start, pl.Date).alias("start"),
                pl.lit(end, pl.Date).alias("end"),
                pl.col("ours").cast(MONEY),
            )
        return self._made[key]

    def _answer(self, report: str, measure: str, start: date | None, end: date) -> pl.DataFrame:
        match measure:
            case "balance" if report == "BalanceSheet":
                return _named(self._balances.position(end)).with_columns(pl.col("subject").replace(RESULT, NET_INCOME))
            case "balance":
                return _named(self._balances.trial_balance(end))
            case "movement":
                return _named(self._balances.earned(start, end))
            case "cash flow" if start is not None:
                return _named(self._balances.cash_flow(start, end))
            case "owed by customer":
                return self._owed(self._ledger.chart.is_receivable, 1, end)
            case "owed to vendor":
                return self._owed(self._ledger.chart.is_payable, -1, end)
            case str() if AGED in measure:
                owed, age = measure.split(AGED, 1)
                return self._aged(owed, age, end)
            case "open document of a customer":
                return _open(self._ledger.open_receivable(end))
            case "open document of a vendor":
                return _open(self._ledger.open_payable(end))
            case "stock value":
                return self._stock_value(end)
            case "stock quantity":
                return self._stock_quantity(end)
            case "tax":
                return self._tax(start, end)
        raise KeyError(measure)

    def _owed(self, wanted: Callable[[str], bool], sign: int, day: date) -> pl.DataFrame:
        accounts = [account for account in self._ledger.chart.accounts if wanted(account)]
        rows = self._postings.filter(pl.col("account").is_in(accounts) & (pl.col("date") <= day))
        return (
            rows.filter(pl.col("party").is_not_null())
            .group_by(subject="party")
            .agg(ours=sign * pl.col("amount").sum())
            .filter(pl.col("ours") != 0)
        )

    def _aged(self, measure: str, age: str, day: date) -> pl.DataFrame:
        ledger = self._ledger
        found = ledger.open_receivable(day) if measure == DUE_FROM else ledger.open_payable(day)
        rows = ageing.aged(found, day).filter((pl.col("bucket") == age) & pl.col("party").is_not_null())
        return rows.group_by(subject="party").agg(ours=pl.col("open").sum()).filter(pl.col("ours") != 0)

    def _stock_value(self, day: date) -> pl.DataFrame:
        assets = self._ledger.context.items.filter("tracked").select("item", "asset")
        rows = self._postings.filter(pl.col("item").is_not_null() & (pl.col("date") <= day))
        rows = rows.join(assets, on="item", how="inner").filter(pl.col("account") == pl.col("asset"))
        return rows.group_by(subject="item").agg(ours=pl.col("amount").sum()).filter(pl.col("ours") != 0)

    def _stock_quantity(self, day: date) -> pl.DataFrame:
        """What is there now, without what moved since."""
        items = [(one.id, one.on_hand, one.start) for one in self._ledger.chart.items.values() if one.tracked]
        held = pl.DataFrame(
            items,
            schema={"item": pl.String(), "on_hand": pl.Decimal(38, 10), "start": pl.Date()},
            orient="row",
        ).filter(pl.col("start").is_null() | (pl.col("start") <= day))
        since = self._ledger.stock_moved.filter(pl.col("date") > day).group_by("item").agg(pl.col("moved").sum())
        found = held.join(since, on="item", how="left").select(
            subject="item", ours=(pl.col("on_hand") - pl.col("moved").fill_null(0)).round(2).cast(MONEY)
        )
        return found.filter(pl.col("ours") != 0)

    def _tax(self, start: date | None, end: date) -> pl.DataFrame:
        """By rate, in home currency: charged on sales, less what was credited; each tax line to the cent, as it is posted."""
        context = self._ledger.context
        sign = pl.col("entity").replace_strict(TAXED, default=1, return_dtype=pl.Int32)
        heads = context.heads.filter(
            pl.col("entity").is_in(list(TAXED)) & (pl.col("date") <= end) & (pl.col("date") >= (start or date.min))
        )
        rows = context.documents.taxes.join(heads.select("doc", "entity", "rate"), on="doc", how="inner")
        return (
            rows.filter(pl.col("rate_id").is_not_null())
            .group_by(subject="rate_id")
            .agg(ours=(sign * home(pl.col("amount"), pl.col("rate"))).sum())
            .filter(pl.col("ours") != 0)
        )


def _open(documents: Iterable[OpenDocument]) -> pl.DataFrame:
    rows = [(str(one.key), one.open) for one in documents]
    schema = pl.Schema({"subject": pl.String(), "ours": MONEY})
    return pl.DataFrame(rows, schema=schema, orient="row").group_by("subject").agg(pl.col("ours").sum())


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rename({"account": "subject", "amount": "ours"})


MEASURES: Final = (BALANCE, MOVEMENT, CASH_FLOW, DUE_FROM, DUE_TO, STOCK_VALUE, STOCK_QUANTITY, TAX_AMOUNT)
"""What the books have an answer to."""
