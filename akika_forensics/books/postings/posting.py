"""From documents to postings, for a whole company at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from akika_forensics.books.chart import Chart
from akika_forensics.books.documents.values import cents
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.postings.closing import PAYS, closed
from akika_forensics.books.postings.context import Context
from akika_forensics.books.postings.control import Standing
from akika_forensics.books.postings.frame import EXCHANGE, POSTINGS, ROUNDING, whole
from akika_forensics.books.postings.of_type import NO_SIDES, OfType, beside
from akika_forensics.books.postings.sides import made
from akika_forensics.books.rules import BY_ENTITY
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey


class Posted(NamedTuple):
    """``postings`` has the columns of ``POSTINGS``; ``findings`` are in the order of the documents."""

    postings: pl.DataFrame
    findings: tuple[Finding, ...]


def post(context: Context, beside: Callable[[], pl.DataFrame] | None = None) -> Posted:
    """The postings of all documents in home currency; debits equal credits for each.

    Without the cost of stock, which needs an item's whole history. ``beside`` makes the postings of documents that these may pay and
    that are not posted here.
    """
    entities = context.documents.bodies
    found = {entity: _of_type(OfType.of(entity, context)) for entity in entities if entity not in PAYS}
    others = [one.postings for one in found.values()]
    # Whether a line of a payment pays or uses up depends on the side on which the other document stands.
    paying = replace(
        context, standing=Standing.of(context.chart, lambda: whole([*others, *([beside()] if beside else [])]))
    )
    found |= {entity: _of_type(OfType.of(entity, paying)) for entity in entities if entity in PAYS}
    parts = [found[entity] for entity in entities]
    said = [*context.findings, *(one for part in parts for one in part.findings)]
    return Posted(whole([part.postings for part in parts]), tuple(said))


def _of_type(documents: OfType) -> Posted:
    chart, heads = documents.context.chart, documents.heads
    if not heads.height:
        return Posted(whole([]), ())
    sides = pl.concat([NO_SIDES, *made(BY_ENTITY[heads["entity"][0]], documents)], rechunk=True)
    sides, said = _resolved(sides, heads, chart)
    added, odd = closed(sides, heads, chart)
    findings = (*said, *_odd_lines(documents), *_odd_tax(documents), *odd)
    return Posted(_postings(pl.concat([sides, added]), heads), findings)


def _postings(sides: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    own = heads.select(
        "doc",
        "entity",
        "id",
        "date",
        "currency",
        of_party_entity="party_entity",
        of_party="party",
        of_class="class",
        of_department="department",
    )
    rows = beside(sides, own)
    # What rates and rounding leave is of no class and no location.
    left_over = pl.col("line").is_in([ROUNDING, EXCHANGE])
    found = {
        "party_entity": pl.coalesce("party_entity", "of_party_entity"),
        "party": pl.coalesce("party", "of_party"),
        **{
            name: pl.when(left_over).then(name).otherwise(pl.coalesce(name, f"of_{name}")).alias(name)
            for name in ("class", "department")
        },
    }
    return rows.select(found.get(name, pl.col(name)) for name in POSTINGS)


def _resolved(sides: pl.DataFrame, heads: pl.DataFrame, chart: Chart) -> tuple[pl.DataFrame, list[Finding]]:
    """Sides without an account go to the unresolved one, by name."""
    if not sides["account"].null_count():
        return sides, []
    without = sides.filter(pl.col("account").is_null()).join(
        heads.select("doc", "entity", "id", "rate"), on="doc", how="inner", maintain_order="left"
    )
    findings = []
    for entity, record_id, line, amount, kind, item in without.select(
        "entity", "id", "line", "amount", "kind", "item"
    ).iter_rows():
        key = RecordKey(entity, record_id)
        shown = money_text(abs(amount))
        tail = f": {_why(kind, item, chart)}" if kind is not None or item is not None else ""
        what = f"{key} has {shown} ({line}) for which no account can be named{tail}."
        findings.append(Finding("no_account", what, key))
    return sides.with_columns(pl.col("account").fill_null(UNRESOLVED)), findings


def _why(kind: str | None, item: str | None, chart: Chart) -> str:
    if item is None:
        return f"a {kind or 'line of no kind'} names no item"
    found = chart.items.get(item)
    return f"item {item} was not captured" if found is None else f"item {item} ({found.name}) names none"


def _odd_lines(documents: OfType) -> list[Finding]:
    """Lines of an entry that are neither debit nor credit."""
    if "JournalEntry" not in documents.heads["entity"][:1].to_list():
        return []
    odd = documents.lines.filter(
        (pl.col("amount") != 0)
        & pl.col("account").is_not_null()
        & ~pl.col("side").is_in(["Debit", "Credit"]).fill_null(False)
    )
    rows = odd.join(documents.heads.select("doc", "entity", "id"), on="doc").select("entity", "id", "name")
    return [
        Finding("no_posting_type", f"{entity}:{key} line {name} is neither debit nor credit.", RecordKey(entity, key))
        for entity, key, name in rows.iter_rows()
    ]


def _odd_tax(documents: OfType) -> list[Finding]:
    """Totals of tax that are not the sum of their lines."""
    if "TxnTaxDetail" not in documents.heads.columns or not documents.taxes.height:
        return []
    seen = documents.taxes.group_by("doc").agg(seen=pl.col("amount").sum()).filter(pl.col("seen") != 0)
    given = pl.col("TxnTaxDetail").struct.field("TotalTax").is_not_null()
    rows = (
        documents.heads.filter(given)
        .select("doc", "entity", "id", given=cents("TxnTaxDetail", "TotalTax"))
        .join(seen, on="doc", how="inner", maintain_order="left")
        .with_columns(rest=pl.col("given") - pl.col("seen"))
        .filter(pl.col("rest") != 0)
    )
    return [
        Finding(
            "tax_lines_differ",
            f"{entity}:{key} has a total tax {money_text(rest)} beyond its tax lines.",
            RecordKey(entity, key),
            "note",
        )
        for entity, key, rest in rows.select("entity", "id", "rest").iter_rows()
    ]
