"""How documents move tracked stock: which item, how many, at what value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.documents.values import MONEY, RATE, home, ref
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
_KINDS: Final = {kind.value: kind for kind in Move}
_COLUMNS: Final = ("item", "date", "entity", "id", "name", "kind", "moved", "value", "counter")


class Moved(NamedTuple):
    """``rows`` are the movements of all documents, in no order; a finding says why a document moves none that should."""

    rows: pl.DataFrame
    findings: list[Finding]

    def movements(self) -> list[Movement]:
        """The rows as values."""
        return [
            Movement(item, day, RecordKey(entity, key), name, _KINDS[kind], quantity, value, counter)
            for item, day, entity, key, name, kind, quantity, value, counter in self.rows.iter_rows()
        ]

    def quantities(self) -> pl.DataFrame:
        """item, date, moved: a row an item and day."""
        return self.rows.group_by("item", "date").agg(pl.col("moved").sum())


def moved(context: Context) -> Moved:
    """How the documents of a company move its tracked stock."""
    if not context.chart.has_stock:
        kinds = {"date": pl.Date(), "moved": RATE, "value": MONEY}
        return Moved(pl.DataFrame(schema={name: kinds.get(name, pl.String()) for name in _COLUMNS}), [])
    wanted = pl.col("item").is_in(context.items.filter("tracked")["item"].to_list())
    piece = pl.when(pl.col("amount") != 0).then(1).otherwise(0)
    tracked = _lines(context, wanted).with_columns(pieces=pl.coalesce("quantity", piece))
    parts, findings = [_sold(tracked), _bought(tracked)], list[Finding]()
    bodies = context.documents.bodies.get(_ADJUSTED)
    if bodies is not None:
        adjusted, findings = _adjusted(context, bodies)
        parts.append(adjusted)
    return Moved(pl.concat(parts), findings)


def _lines(context: Context, wanted: pl.Expr) -> pl.DataFrame:
    """Some lines, with what counts of their documents."""
    lines = context.documents.lines.filter(wanted)
    heads = context.heads.select("doc", "entity", "id", "date", "rate", "turned")
    return lines.select("doc", "name", "kind", "amount", "item", "quantity", "counted").join(
        heads, on="doc", how="inner", maintain_order="left"
    )


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
    heads = heads.join(made, on=["entity", "id"], how="semi")
    lines = context.documents.lines.select("doc", "name", *whose).join(
        heads, on="doc", how="inner", maintain_order="left"
    )
    lines = lines.unique(["entity", "id", "name"], keep="first").select(
        "entity", "id", "name", *(pl.coalesce(name, f"of_{name}") for name in whose)
    )
    found = made.join(lines, on=["entity", "id", "name"], how="left", maintain_order="left")
    absent = [pl.lit(None, kind).alias(name) for name, kind in POSTINGS.items() if name not in found.columns]
    return found.with_columns(absent).select(*POSTINGS)


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
    moved = sound.with_columns(
        moved=pl.col("quantity").fill_null(0), value=pl.lit(0), kind=pl.lit(Move.ADJUSTMENT.value)
    )
    return moved.filter(pl.col("moved") != 0).select(_cast(name) for name in _COLUMNS), findings


def _why(counted: bool) -> str:
    return "gives a count, not a difference" if counted else "is for an item that was not captured"
