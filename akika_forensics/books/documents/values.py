"""Expressions that read one value out of a nested field, as the books want it: empty is absent, money is to the cent."""

from __future__ import annotations

from typing import Final

import polars as pl

MONEY: Final = pl.Decimal(38, 2)
RATE: Final = pl.Decimal(38, 10)

_NAMES: Final = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee"}


def path(*names: str) -> pl.Expr:
    """The value at ``names``, one within the other."""
    expression = pl.col(names[0])
    for name in names[1:]:
        expression = expression.struct.field(name)
    return expression


def text(*names: str) -> pl.Expr:
    """A text; an empty one is null."""
    return filled(path(*names))


def filled(expression: pl.Expr) -> pl.Expr:
    return pl.when(expression != "").then(expression)


def ref(*names: str) -> pl.Expr:
    """The Id that a reference holds; null when it holds none."""
    return text(*names, "value")


def named(reference: pl.Expr, otherwise: str | pl.Expr) -> pl.Expr:
    """Which list a reference to a name is into: what it says itself, else ``otherwise``; null where it holds no Id."""
    default = pl.lit(otherwise) if isinstance(otherwise, str) else otherwise
    own = pl.coalesce(filled(reference.struct.field("type")), default).str.to_lowercase()
    kind = own.replace_strict(_NAMES, default="Customer", return_dtype=pl.String)
    return pl.when(filled(reference.struct.field("value")).is_not_null()).then(kind)


def place_within(name: str) -> pl.Expr:
    """0, 1, 2, … for the rows of each value of a column, which stand together."""
    # A window over the column says the same and takes twenty times as long.
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    first = pl.when(pl.col(name).ne_missing(pl.col(name).shift(1))).then(row)
    return row - first.forward_fill()


def cents(*names: str) -> pl.Expr:
    """Money to the cent, half away from zero; absent is 0.00."""
    return to_cents(path(*names).fill_null(0))


def to_cents(expression: pl.Expr) -> pl.Expr:
    return expression.round(2, mode="half_away_from_zero").cast(MONEY)


def home(amount: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """An amount in a document's currency, in home currency to the cent."""
    return (
        pl.when(rate == 1)
        .then(amount)
        .otherwise(to_cents(amount.cast(pl.Decimal(38, 12)) * rate.cast(pl.Decimal(38, 12))))
    )
