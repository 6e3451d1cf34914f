"""What is missing for debits to equal credits is posted under its name."""

from __future__ import annotations

from typing import Final

import polars as pl

from akika_forensics.books.chart import Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.postings.frame import EXCHANGE, ROUNDING, TOTAL
from akika_forensics.books.postings.of_type import NO_SIDES, SIDE
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey

_LAST: Final = 1 << 40
PAYS: Final = ("Payment", "BillPayment")
"""Documents whose difference is one between the rates of themselves and of what they pay."""


def closed(sides: pl.DataFrame, heads: pl.DataFrame, chart: Chart) -> tuple[pl.DataFrame, list[Finding]]:
    """The sides that are added, and what there is to say. ``heads``: doc, entity, id, rate, party, … of the documents.

    The difference of a payment is an exchange gain or loss. Of others, up to one cent a side is rounding: to Exchange Gain or Loss
    for a foreign document, else to the account of the largest other side. More than that is no rounding: it goes to the unresolved
    account, as a problem.
    """
    left = sides.group_by("doc").agg(left=-pl.col("amount").sum(), sides=pl.len())
    if not (left["left"] != 0).any():
        return NO_SIDES, []
    open_ones = left.filter(pl.col("left") != 0).join(heads, on="doc", how="inner").sort("doc")
    if not open_ones.height:
        return NO_SIDES, []
    largest = _largest(sides.join(open_ones.select("doc"), on="doc", how="semi"))
    rows, findings = [], []
    columns = ("doc", "entity", "id", "left", "sides", "rate", "party_entity", "party", "account")
    for doc, entity, record_id, left, count, rate, kind, party, account in (
        open_ones.join(largest, on="doc", how="left", maintain_order="left").select(columns).iter_rows()
    ):
        key, line = RecordKey(entity, record_id), ROUNDING
        if entity in PAYS:
            into, line = chart.exchange_gain, EXCHANGE
        elif abs(left) * 100 > count:
            what = f"{key} does not add up: {money_text(left)} is missing from its lines."
            findings.append(Finding("does_not_balance", what, key))
            into = UNRESOLVED
        elif rate != 1 and chart.exchange_gain is not None:
            into = chart.exchange_gain
        else:
            into = account
        if line == ROUNDING and rate == 1 and into != UNRESOLVED:
            what = f"{key} has lines that differ from its total by {money_text(left)}."
            findings.append(Finding("rounding", what, key, "note"))
        rows.append((doc, _LAST, line, into, left, kind, party))
    names = ("doc", "place", "line", "account", "amount", "party_entity", "party")
    added = pl.DataFrame(rows, schema={name: SIDE[name] for name in names}, orient="row")
    rest = [pl.lit(None, dtype).alias(name) for name, dtype in SIDE.items() if name not in names]
    return added.with_columns(*rest).select(*SIDE), findings


def _largest(sides: pl.DataFrame) -> pl.DataFrame:
    """doc, account: of the largest side of each, the first among equals, and of the total's only where there is no other."""
    return (
        sides.with_columns(whole=pl.col("line") == TOTAL, size=pl.col("amount").cast(MONEY).abs())
        .sort("doc", "whole", "size", "place", descending=[False, False, True, False])
        .unique("doc", keep="first", maintain_order=True)
        .select("doc", "account")
    )
