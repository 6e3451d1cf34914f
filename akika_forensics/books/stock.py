"""How documents move tracked stock: which item, how many, at what value."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY, RATE, home, ref
from akika_forensics.books.finding import Finding
from akika_forensics.books.postings.context import Context
from akika_forensics.model.record import RecordKey


class Move(StrEnum):
    PURCHASE = "purchase"
    SALE = "sale"
    RETURN = "return"
    """From a customer, back into stock."""
    VENDOR_RETURN = "vendor return"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


MOVES: Final = pl.Schema(
    {
        "item": pl.String(),
        "date": pl.Date(),
        "entity": pl.String(),
        "id": pl.String(),
        "name": pl.String(),
        "kind": pl.String(),
        "moved": RATE,
        "value": MONEY,
        "counter": pl.String(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
    }
)
"""A row a line that moves stock: ``moved`` in (positive) or out. ``name`` is the line's, ``kind`` a `Move`. ``value`` is what the document
itself posted to the stock account (purchases and returns to vendors), with the sign of ``moved``. ``counter`` is the account that an
adjustment names. What a line costs is of its class, its location and its customer. Source: QuickBooks reports, ProfitAndLoss by class."""

_NONE: Final = pl.DataFrame(schema=MOVES)
_OUT: Final = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
_BACK: Final = ("CreditMemo", "RefundReceipt")
_IN: Final = ("Bill", "Purchase", "VendorCredit")
_ADJUSTED: Final = "InventoryAdjustment"
_WHOSE: Final = ("party_entity", "party", "class", "department")


def moved(context: Context) -> tuple[pl.DataFrame, list[Finding]]:
    """The movements of all documents, with the columns of `MOVES` and in no order; a finding says why a document moves none that should."""
    if not context.chart.has_stock:
        return _NONE, []
    wanted = pl.col("item").is_in(context.items.filter("tracked")["item"].to_list())
    piece = pl.when(pl.col("amount") != 0).then(1).otherwise(0)
    tracked = _lines(context, wanted).with_columns(pieces=pl.coalesce("quantity", piece))
    parts, findings = [_sold(tracked), _bought(tracked)], list[Finding]()
    bodies = context.documents.bodies.get(_ADJUSTED)
    if bodies is not None:
        adjusted, findings = _adjusted(context, bodies)
        parts.append(adjusted)
    return pl.concat(parts), findings


def quantities(moves: pl.DataFrame) -> pl.DataFrame:
    """item, date, moved: a row an item and day."""
    return moves.group_by("item", "date").agg(pl.col("moved").sum())


def _lines(context: Context, wanted: pl.Expr) -> pl.DataFrame:
    """Some lines, with what counts of their documents."""
    lines = context.documents.lines.filter(wanted)
    of_document = (pl.col(name).alias(f"of_{name}") for name in _WHOSE)
    heads = context.heads.select("doc", "entity", "id", "date", "rate", "turned", *of_document)
    return (
        lines.select("doc", "name", "kind", "amount", "item", "quantity", "counted", *_WHOSE)
        .join(heads, on="doc", how="inner", maintain_order="left")
        .with_columns(pl.coalesce(name, f"of_{name}").alias(name) for name in _WHOSE)
    )


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
        .select(_cast())
    )


def _cast() -> list[pl.Expr]:
    return [pl.col(name).cast(kind) for name, kind in MOVES.items()]


def _adjusted(context: Context, bodies: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Adjustments by their difference; one that gives a count, or names an item that was not captured, moves nothing."""
    rows = _lines(context, pl.col("doc").is_in(bodies["doc"].implode()) & pl.col("item").is_not_null())
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
    rows = sound.with_columns(
        moved=pl.col("quantity").fill_null(0), value=pl.lit(0), kind=pl.lit(Move.ADJUSTMENT.value)
    )
    return rows.filter(pl.col("moved") != 0).select(_cast()), findings


def _why(counted: bool) -> str:
    return "gives a count, not a difference" if counted else "is for an item that was not captured"
