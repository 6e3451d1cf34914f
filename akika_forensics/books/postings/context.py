"""What the sides of a company's documents are worked out from, made once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from akika_forensics.books.chart import Chart, Item
from akika_forensics.books.documents.tables import Documents
from akika_forensics.books.documents.values import RATE, ref
from akika_forensics.books.finding import Finding
from akika_forensics.books.postings.control import NOTHING, Standing
from akika_forensics.model.record import RecordKey

RATED: Final = frozenset(
    {
        *("Invoice", "CreditMemo", "Bill", "VendorCredit", "JournalEntry", "Payment", "SalesReceipt"),
        *("Purchase", "Deposit"),
    }
)
"""Documents whose rate another one's gain or loss depends on."""
PAID_INTO: Final = frozenset({"Payment", "SalesReceipt", "RefundReceipt"})
"""What a deposit takes up."""


@dataclass(frozen=True)
class Context:
    """``heads`` are those of ``documents`` with ``rate``, to home currency; a document without one is not among them."""

    chart: Chart
    documents: Documents
    heads: pl.DataFrame
    items: pl.DataFrame
    rates: pl.DataFrame
    """Documents in a foreign currency and their rates: entity, id, their_rate."""
    receipts: pl.DataFrame
    """Receipts that were not put into Undeposited Funds: entity, id, paid_into."""
    findings: tuple[Finding, ...]
    standing: Standing = NOTHING
    """What payments find of what they settle; nothing until the other documents are posted."""

    @classmethod
    def of(cls, chart: Chart, documents: Documents, beside: Documents | None = None) -> Context:
        """``beside`` are documents that are not posted and that these may pay or take up."""
        heads, findings = _rated(chart, documents)
        rates, receipts = _rates(heads, chart.home_currency), _receipts(documents)
        if beside is not None:
            rates = pl.concat([rates, _rates(beside.heads, chart.home_currency)]).unique(["entity", "id"], keep="first")
            receipts = pl.concat([receipts, _receipts(beside)]).unique(["entity", "id"], keep="first")
        return cls(chart, documents, heads, items_frame(chart.items.values()), rates, receipts, findings)


def _rated(chart: Chart, documents: Documents) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    home = chart.home_currency
    unread = [Finding("not_posted", f"{key} is not in the books: {why}.", key) for key, why in _unread(documents)]
    at_home = (pl.col("currency") == home).fill_null(False) if home else pl.lit(False)
    given = pl.col("given_rate") > 0
    nameless = pl.col("currency").is_null() if home else pl.lit(True)
    heads = (
        documents.heads.filter(~pl.col("doc").is_in(list(documents.unread))) if documents.unread else documents.heads
    )
    heads = heads.with_columns(
        rate=pl.when(at_home).then(1).when(given).then(pl.col("given_rate")).when(nameless).then(1).cast(RATE)
    )
    if not heads["rate"].null_count():
        return heads, tuple(unread)
    listed, said = _listed(chart, heads.filter(pl.col("rate").is_null()))
    heads = heads.join(listed, on="doc", how="left", maintain_order="left").with_columns(
        rate=pl.coalesce("rate", "listed")
    )
    return heads.drop("listed").filter(pl.col("rate").is_not_null()), (*unread, *said)


def _unread(documents: Documents) -> Iterable[tuple[RecordKey, str]]:
    if not documents.unread:
        return
    rows = documents.heads.filter(pl.col("doc").is_in(list(documents.unread))).select("doc", "entity", "id")
    for doc, entity, key in rows.iter_rows():
        yield RecordKey(entity, key), documents.unread[doc]


def _listed(chart: Chart, heads: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """The rates of the company's list for documents that name none."""
    rows, said = [], []
    for doc, entity, record_id, currency, day in heads.select("doc", "entity", "id", "currency", "date").iter_rows():
        key, found = RecordKey(entity, record_id), chart.day_rate(currency, day)
        if found is None:
            why = f"it is in {currency} and carries no exchange rate"
            said.append(Finding("not_posted", f"{key} is not in the books: {why}.", key))
        else:
            what = f"{key} has no exchange rate of its own; {found} of the rate list is used."
            said.append(Finding("rate_taken_from_list", what, key, "note"))
            rows.append((doc, found))
    return pl.DataFrame(rows, schema={"doc": pl.UInt32, "listed": RATE}, orient="row"), said


def items_frame(items: Iterable[Item]) -> pl.DataFrame:
    """item, income, cost, asset, expense, tracked: a row an item."""
    rows = [
        (one.id, one.income, one.asset if one.tracked else one.expense, one.asset, one.expense, one.tracked)
        for one in items
    ]
    names = ("item", "income", "cost", "asset", "expense")
    return pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "tracked": pl.Boolean}, orient="row")


def _rates(heads: pl.DataFrame, home: str | None) -> pl.DataFrame:
    """Of documents in another currency, be it at par: what pays them goes by it and not by a rate of its own."""
    abroad = (pl.col("currency") != home).fill_null(value=False) if home else pl.lit(value=False)
    foreign = (pl.col("given_rate") > 0) & ((pl.col("given_rate") != 1) | abroad)
    return heads.filter(foreign & pl.col("entity").is_in(RATED)).select("entity", "id", their_rate="given_rate")


def _receipts(documents: Documents) -> pl.DataFrame:
    parts = [
        body.select(
            pl.lit(entity).alias("entity"), pl.col("key").alias("id"), ref("DepositToAccountRef").alias("paid_into")
        )
        for entity, body in documents.bodies.items()
        if entity in PAID_INTO
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(("entity", "id", "paid_into"), pl.String))
    return pl.concat([empty, *parts]).filter(pl.col("paid_into").is_not_null())
