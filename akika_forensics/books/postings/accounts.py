"""Which account a side goes to, as expressions over whole tables: the first of a rule's choices that names one."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from akika_forensics.books.chart import SHIPPING_ITEM, Chart
from akika_forensics.books.documents.values import path, ref
from akika_forensics.books.rules.rule import Account, Kept, Named, OfItem, OfReceipt, OnLine


def picked(choices: Sequence[Account], chart: Chart) -> pl.Expr:
    """An expression over a table of documents or of lines; null where none of the choices names an account."""
    found = [_one(choice, chart) for choice in choices]
    return pl.coalesce(*found) if found else pl.lit(None, pl.String)


def _one(choice: Account, chart: Chart) -> pl.Expr:
    match choice:
        case Named(field, when, unless):
            own = ref(*field.split("."))
            if when is not None:
                return pl.when(path(when[0]) == when[1]).then(own)
            if unless is not None:
                return pl.when(path(unless[0]).ne_missing(pl.lit(unless[1]))).then(own)
            return own
        case OnLine():
            return pl.col("account")
        case OfItem(role):
            return pl.col(role)
        case OfReceipt():
            usual = pl.lit(chart.undeposited, pl.String)
            return pl.when(pl.col("linked").is_not_null()).then(pl.coalesce("paid_into", usual))
        case Kept(purpose):
            return _kept(purpose, chart)


def _kept(purpose: str, chart: Chart) -> pl.Expr:
    match purpose:
        case "receivable":
            return _in_currency(chart.receivables(), chart.receivable())
        case "payable":
            return _in_currency(chart.payables(), chart.payable())
        case "shipping":
            return pl.when(pl.col("item") == SHIPPING_ITEM).then(pl.lit(chart.shipping_account, pl.String))
        case "tax":
            return pl.lit(chart.tax.only, pl.String)
        case "discount":
            return pl.lit(chart.discount_account, pl.String)
        case "undeposited":
            return pl.lit(chart.undeposited, pl.String)
    raise KeyError(purpose)


def _in_currency(accounts: dict[str, str], otherwise: str | None) -> pl.Expr:
    if not accounts:
        return pl.lit(otherwise, pl.String)
    return pl.col("currency").replace_strict(accounts, default=otherwise, return_dtype=pl.String)


def by_rate(chart: Chart, rate: pl.Expr, code: pl.Expr) -> pl.Expr:
    """The liability account of a tax rate, else of a tax code."""
    return pl.coalesce(_tax(chart.tax.by_rate, rate, chart), by_code(chart, code))


def by_code(chart: Chart, code: pl.Expr) -> pl.Expr:
    return _tax(chart.tax.by_code, code, chart)


def _tax(accounts: dict[str, str], key: pl.Expr, chart: Chart) -> pl.Expr:
    only = pl.lit(chart.tax.only, pl.String)
    if not accounts:
        return only
    return pl.coalesce(key.replace_strict(accounts, default=None, return_dtype=pl.String), only)
