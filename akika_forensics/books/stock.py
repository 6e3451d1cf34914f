"""How documents move tracked stock: which item, how many, at what value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import home, ref
from akika_forensics.books.finding import Finding
from akika_forensics.books.postings.context import Context
from akika_forensics.books.postings.frame import POSTINGS, Posting
from akika_forensics.model.record import RecordKey


class Move(StrEnum):
    PURCHASE = "purchase"
    SALE = "sale"
    RETURN = "return"
    """From a customer, back into stock."""
    VENDOR_RETURN = "vendor return"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


class Movement(NamedTuple):
    """One line's effect on the shelf: ``quantity`` in (positive) or out of stock.

    ``value`` is what the document itself posted to the stock account (purchases and returns to vendors), with the
    sign of ``quantity``. ``counter`` is the account an adjustment names.
    """

    item: str
    date: date
    key: RecordKey
    line: str
    kind: Move
    quantity: Decimal
    value: Decimal
    counter: str | None = None


_OUT: Final = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
_BACK: Final = ("CreditMemo", "RefundReceipt")
_IN: Final = ("Bill", "Purchase", "VendorCredit")
_ADJUSTED: Final = "InventoryAdjustment"
_COLUMNS: Final = ("item", "date", "entity", "id", "name", "kind", "moved", "value", "counter")


def movements(context: Context) -> tuple[list[Movement], list[Finding]]:
    """The movements of all documents, by item and in no order within it; a finding says why a document moves none that should."""
    if not context.chart.has_stock:
        return [], []
    heads = context.heads.select("doc", "entity", "id", "date", "rate", "turned")
    lines = context.documents.lines.join(heads, on="doc", how="inner")
    tracked = lines.filter(pl.col("item").is_not_null()).join(
        context.items.filter("tracked").select("item"), on="item", how="semi"
    )
    piece = pl.when(pl.col("amount") != 0).then(1).otherwise(0)
    tracked = tracked.with_columns(pieces=pl.coalesce("quantity", piece))
    adjusted, findings = _adjusted(context, lines)
    rows = pl.concat([_sold(tracked), _bought(tracked), adjusted])
    return [
        Movement(item, day, RecordKey(entity, key), name, Move(kind), quantity, value, counter)
        for item, day, entity, key, name, kind, quantity, value, counter in rows.iter_rows()
    ], findings


def framed(costs: Iterable[Posting], context: Context) -> pl.DataFrame:
    """Postings of stock as a table; ``place`` is null, they come after all others of their document.

    What a line costs is of its class, its location and its customer. Source: QuickBooks reports, ProfitAndLoss by class.
    """
    rows = [
        (
            one.key.entity,
            one.key.id,
            one.line,
            one.date,
            one.account,
            one.amount,
            one.item,
            one.line.removeprefix("cost "),
        )
        for one in costs
    ]
    names = ("entity", "id", "line", "date", "account", "amount", "item")
    schema = pl.Schema({**{name: POSTINGS[name] for name in names}, "name": pl.String()})
    made = pl.DataFrame(rows, schema=schema, orient="row")
    whose = ("party_entity", "party", "class", "department")
    heads = context.heads.select("doc", "entity", "id", *(pl.col(name).alias(f"of_{name}") for name in whose))
    lines = context.documents.lines.select("doc", "name", *whose).join(heads, on="doc", how="inner")
    lines = lines.unique(["entity", "id", "name"], keep="first").select(
        "entity", "id", "name", *(pl.coalesce(name, f"of_{name}") for name in whose)
    )
    found = made.join(lines, on=["entity", "id", "name"], how="left", maintain_order="left")
    absent = [pl.lit(None, kind).alias(name) for name, kind in POSTINGS.items() if name not in found.columns]
    return found.with_columns(absent).select(*POSTINGS)


def quantities(moves: Iterable[Movement]) -> pl.DataFrame:
    """item, date, moved: a row an item and day."""
    rows = [(move.item, move.date, move.quantity) for move in moves]
    schema = pl.Schema({"item": pl.String(), "date": pl.Date(), "moved": pl.Decimal(38, 10)})
    return pl.DataFrame(rows, schema=schema, orient="row").group_by("item", "date").agg(pl.col("moved").sum())


def _sold(tracked: pl.DataFrame) -> pl.DataFrame:
    moved = pl.when(pl.col("entity").is_in(_BACK)).then(pl.col("pieces")).otherwise(-pl.col("pieces"))
    return _moves(
        tracked.filter(pl.col("entity").is_in(_OUT)).with_columns(moved=moved, value=pl.lit(0)), Move.SALE, Move.RETURN
    )


def _bought(tracked: pl.DataFrame) -> pl.DataFrame:
    back = (pl.col("entity") == "VendorCredit") | pl.col("turned")
    sign = pl.when(back).then(-1).otherwise(1)
    rows = tracked.filter(pl.col("entity").is_in(_IN) & (pl.col("kind") == "ItemBasedExpenseLineDetail"))
    return _moves(
        rows.with_columns(moved=sign * pl.col("pieces"), value=sign * home(pl.col("amount"), pl.col("rate"))),
        Move.VENDOR_RETURN,
        Move.PURCHASE,
    )


def _moves(rows: pl.DataFrame, out: Move, into: Move) -> pl.DataFrame:
    kind = pl.when(pl.col("moved") < 0).then(pl.lit(out.value)).otherwise(pl.lit(into.value))
    return (
        rows.with_columns(kind=kind, counter=pl.lit(None, pl.String))
        .filter((pl.col("moved") != 0) | (pl.col("value") != 0))
        .select(_cast(name) for name in _COLUMNS)
    )


def _cast(name: str) -> pl.Expr:
    if name in ("moved", "value"):
        return pl.col(name).cast(pl.Decimal(38, 10 if name == "moved" else 2))
    return pl.col(name)


def _adjusted(context: Context, lines: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Adjustments by their difference; one that gives a count, or names an item that was not captured, moves nothing."""
    bodies = context.documents.bodies.get(_ADJUSTED)
    rows = lines.filter((pl.col("entity") == _ADJUSTED) & pl.col("item").is_not_null())
    if bodies is None or not rows.height:
        return lines.clear().with_columns(moved=pl.lit(0), value=pl.lit(0), counter=pl.lit("")).select(
            _cast(name) for name in _COLUMNS
        ), []
    known = pl.col("item").is_in(context.items["item"].to_list())
    odd = rows.filter(~known | pl.col("counted"))
    findings = [
        Finding(
            "stock_not_moved",
            f"{entity}:{key} moves no stock in the books: line {name} {_why(counted)}.",
            RecordKey(entity, key),
        )
        for entity, key, name, counted in odd.unique("doc", keep="first", maintain_order=True)
        .select("entity", "id", "name", "counted")
        .iter_rows()
    ]
    counters = bodies.select("doc", counter=ref("AdjustAccountRef"))
    sound = rows.join(odd.select("doc"), on="doc", how="anti").join(counters, on="doc", how="left")
    moved = sound.with_columns(
        moved=pl.col("quantity").fill_null(0), value=pl.lit(0), kind=pl.lit(Move.ADJUSTMENT.value)
    )
    return moved.filter(pl.col("moved") != 0).select(_cast(name) for name in _COLUMNS), findings


def _why(counted: bool) -> str:
    return "gives a count, not a difference" if counted else "is for an item that was not captured"
