"""The lines of documents as one flat table, bundles opened."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from akika_forensics.books.documents.fields import SILENT_LINES
from akika_forensics.books.documents.values import MONEY, RATE, cents, filled, named, path, place_within, ref, text
from akika_forensics.model.catalogue import CATALOGUE, LINKED_TXN_ENTITY, UNREADABLE_LINKED_TXN

LINES: Final = pl.Schema(
    {
        "doc": pl.UInt32(),
        "place": pl.UInt32(),
        "name": pl.String(),
        "kind": pl.String(),
        "amount": MONEY,
        "side": pl.String(),
        "account": pl.String(),
        "item": pl.String(),
        "quantity": RATE,
        "counted": pl.Boolean(),
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "linked_entity": pl.String(),
        "linked_type": pl.String(),
        "linked": pl.String(),
    }
)
"""``place`` counts the lines of a document from 0 in their order. ``name`` is the line's Id, ``#2`` for the second where it has none,
``3.1`` for the first of a bundle in line 3. ``account`` is the one that the line itself names. ``quantity`` is null where none is
given; ``counted`` says that an adjustment gives the count and not the difference. ``side`` is Debit or Credit, of an entry's
line. ``linked`` is the first document that the line names and that has an Id; its entity is null where the API reads none
such. For a payment only what it can apply to counts."""

_ACCOUNT: Final = {
    "SalesItemLineDetail": "ItemAccountRef",
    "DiscountLineDetail": "DiscountAccountRef",
    "AccountBasedExpenseLineDetail": "AccountRef",
    "JournalEntryLineDetail": "AccountRef",
    "DepositLineDetail": "AccountRef",
    "TDSLineDetail": "TDSAccountRef",
}
_WHATEVER_KIND: Final = {"JournalEntryLineDetail", "DepositLineDetail", "ItemAdjustmentLineDetail"}
"""Details that count whatever the line calls itself, because its document has no other kind."""

_NONE: Final = pl.DataFrame(schema=LINES)
_GROUP: Final = "GroupLineDetail"
_LINKED: Final = ("linked_entity", "linked_type", "linked")
_READABLE: Final = {
    **{name: name for name in CATALOGUE if name not in UNREADABLE_LINKED_TXN},
    **LINKED_TXN_ENTITY,
}


def lines_of(entity: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The lines of one type's documents, in the order of ``doc`` and of the lines; silent lines are left out."""
    if "Line" not in frame.columns:
        return _NONE
    rows = _opened(frame.select("doc", row="Line"))
    if any(one.name == _GROUP for one in _struct(rows.schema["row"])):
        rows = _components(rows)
    # Fields are taken out before rows are left out: a row that nests costs as much to move as all its fields.
    flat = rows.select(_flat(rows.schema["row"]))
    sounding = flat.filter(~pl.col("silent")) if flat["silent"].any() else flat
    return _with_links(entity, sounding.with_columns(place=place_within("doc"))).select(*LINES)


def _opened(frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.explode("row", empty_as_null=False, keep_nulls=False)
    if rows["row"].null_count():
        rows = rows.filter(pl.col("row").is_not_null())
    given = rows.select("doc", "row", name=text("row", "Id"))
    if not given["name"].null_count():
        return given
    number = given.select(place_within("doc")).to_series()
    last = number.max()
    numbered = pl.Series([f"#{one + 1}" for one in range(last + 1 if isinstance(last, int) else 0)], dtype=pl.String)
    return given.with_columns(name=pl.coalesce("name", numbered.gather(number)))


def _components(rows: pl.DataFrame) -> pl.DataFrame:
    """A bundle is replaced by its components, where it shows them."""
    inner = path("row", _GROUP, "Line")
    bundles = (inner.list.len() > 0) & (path("row", "DetailType") == _GROUP)
    numbered = rows.with_row_index("at")
    if not numbered.select(bundles.any()).item():
        return rows
    opened = (
        numbered.filter(bundles)
        .select("doc", "at", "name", inner=inner)
        .explode("inner")
        .filter(pl.col("inner").is_not_null())
        .with_columns(number=pl.int_range(1, pl.len() + 1).over("at"))
    )
    outer = _struct(numbered.schema["row"])
    own = {one.name for one in _struct(opened.schema["inner"])}
    within = opened.select(
        "doc",
        "at",
        name=pl.format("{}.{}", pl.col("name"), pl.coalesce(text("inner", "Id"), pl.format("#{}", pl.col("number")))),
        row=pl.struct(
            path("inner", one.name) if one.name in own else pl.lit(None, one.dtype).alias(one.name) for one in outer
        ),
        within=pl.col("number"),
    )
    whole = numbered.filter(~bundles.fill_null(False)).select("doc", "at", "name", "row", within=pl.lit(0, pl.Int64))
    return pl.concat([whole, within]).sort("at", "within").select("doc", "row", "name")


def _struct(kind: pl.DataType) -> list[pl.Field]:
    return list(kind.fields) if isinstance(kind, pl.Struct) else []


def _fields(row: pl.DataType) -> dict[str, frozenset[str]]:
    """The fields of a line, and the fields of each that nests."""
    return {
        one.name: frozenset(inner.name for inner in one.dtype.fields)
        if isinstance(one.dtype, pl.Struct)
        else frozenset()
        for one in _struct(row)
    }


@cache
def _flat(row: pl.DataType) -> list[pl.Expr]:
    """The columns of ``LINES`` but for place and links, and ``silent``; made once, as a company has many parts of one type."""
    has = _fields(row)
    kind = text("row", "DetailType")
    details = [name for name in has if name.endswith("LineDetail") and name != _GROUP]

    def own(detail: str, value: pl.Expr) -> pl.Expr:
        return value if detail in _WHATEVER_KIND else pl.when(kind == detail).then(value)

    def any_of(names: dict[str, pl.Expr], dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
        found = [own(detail, value) for detail, value in names.items() if detail in has]
        return pl.coalesce(*found) if found else pl.lit(None, dtype)

    def refs(field: str, *kinds: str) -> dict[str, pl.Expr]:
        return {one: ref("row", one, field) for one in kinds}

    expenses = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
    stocked = ("SalesItemLineDetail", "ItemBasedExpenseLineDetail")
    holders: dict[str, pl.Expr] = {one: ref("row", one, "CustomerRef") for one in expenses}
    kinds: dict[str, pl.Expr] = {one: named(path("row", one, "CustomerRef"), "Customer") for one in expenses}
    if "JournalEntryLineDetail" in has:
        holder = path("row", "JournalEntryLineDetail", "Entity")
        holders["JournalEntryLineDetail"] = ref("row", "JournalEntryLineDetail", "Entity", "EntityRef")
        kinds["JournalEntryLineDetail"] = named(holder.struct.field("EntityRef"), holder.struct.field("Type"))
    if "DepositLineDetail" in has:
        holders["DepositLineDetail"] = ref("row", "DepositLineDetail", "Entity")
        kinds["DepositLineDetail"] = named(path("row", "DepositLineDetail", "Entity"), "Customer")
    classed = [one for one in details if "ClassRef" in has[one]]
    adjusted = "ItemAdjustmentLineDetail" in has
    quantities: dict[str, pl.Expr] = {one: path("row", one, "Qty") for one in stocked}
    items = refs("ItemRef", *stocked)
    if adjusted:
        quantities["ItemAdjustmentLineDetail"] = path("row", "ItemAdjustmentLineDetail", "QtyDiff")
        items |= refs("ItemRef", "ItemAdjustmentLineDetail")
    entry = "JournalEntryLineDetail" in has
    return [
        pl.col("doc"),
        pl.col("name"),
        kind.alias("kind"),
        cents("row", "Amount").alias("amount"),
        (text("row", "JournalEntryLineDetail", "PostingType") if entry else pl.lit(None, pl.String)).alias("side"),
        any_of({one: ref("row", one, _ACCOUNT[one]) for one in details if one in _ACCOUNT}, pl.String).alias("account"),
        any_of(items, pl.String).alias("item"),
        any_of(quantities, RATE).cast(RATE).alias("quantity"),
        (
            path("row", "ItemAdjustmentLineDetail", "QtyDiff").is_null()
            & path("row", "ItemAdjustmentLineDetail", "NewQty").is_not_null()
            if adjusted
            else pl.lit(False)
        ).alias("counted"),
        any_of(kinds, pl.String).alias("party_entity"),
        any_of(holders, pl.String).alias("party"),
        any_of(refs("ClassRef", *classed), pl.String).alias("class"),
        any_of(refs("DepartmentRef", "JournalEntryLineDetail"), pl.String).alias("department"),
        *([path("row", "LinkedTxn").alias("links")] if "LinkedTxn" in has else []),
        path("row", "DetailType").is_in(SILENT_LINES).fill_null(False).alias("silent"),
    ]


def _with_links(entity: str, flat: pl.DataFrame) -> pl.DataFrame:
    if "links" not in flat.columns:
        return flat.with_columns(pl.lit(None, pl.String).alias(name) for name in _LINKED)
    if flat.select((pl.col("links").list.len() > 1).any()).item():
        links = flat.select("doc", "place", link="links").explode("link", empty_as_null=False, keep_nulls=False)
        links = links.select("doc", "place", *_linked(pl.col("link")))
        first = links.filter(_counts(entity)).unique(["doc", "place"], keep="first", maintain_order=True)
        return flat.join(first, on=["doc", "place"], how="left", maintain_order="left")
    # Nearly always: no line names more than one.
    links = flat.select(*_linked(pl.col("links").list.first()), *flat.columns)
    return links.with_columns(pl.when(_counts(entity)).then(pl.col(name)).alias(name) for name in _LINKED)


def _linked(link: pl.Expr) -> list[pl.Expr]:
    kind = filled(link.struct.field("TxnType"))
    return [
        kind.replace_strict(_READABLE, default=None, return_dtype=pl.String).alias("linked_entity"),
        kind.alias("linked_type"),
        filled(link.struct.field("TxnId")).alias("linked"),
    ]


def _counts(entity: str) -> pl.Expr:
    wanted = "linked_entity" if entity in ("Payment", "BillPayment") else "linked"
    return pl.col("linked").is_not_null() & pl.col(wanted).is_not_null()
