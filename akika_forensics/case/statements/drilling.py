"""From a figure of a statement to postings, to documents, to the digests under which the vault holds them, to the request that brought them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.drill import Figure, open_parts, parts_of
from akika_forensics.books.drill.figure import OF_DAY, OPEN
from akika_forensics.books.drill.parts import OPENING
from akika_forensics.capture import asked
from akika_forensics.case.rows import TIME
from akika_forensics.case.statements.books import Books
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Vault

DOCUMENTS: Final = pl.Schema(
    {
        "entity": pl.String(),
        "id": pl.String(),
        "number": pl.String(),
        "date": pl.Date(),
        "name": pl.String(),
        "counts": MONEY,
        "digest": pl.String(),
        "sha256": pl.String(),
        "length": pl.Int64(),
        "brought_by": pl.String(),
        "requested_at": TIME,
        "intuit_tid": pl.String(),
        "request": pl.String(),
        "answer_sha256": pl.String(),
        "remark": pl.String(),
    }
)
"""``counts``: the document's share of the figure. ``digest`` and ``sha256`` (hexadecimal) are those of the vault's index: of the canonical value, and of the payload as received.
``brought_by``: the snapshot in which these very bytes were new. ``requested_at`` to ``answer_sha256``: the request of that capture whose answer held them.
``remark``: why nothing more is known."""


_ASKED: Final = pl.Schema(
    {name: DOCUMENTS[name] for name in ("entity", "id", "requested_at", "intuit_tid", "request", "answer_sha256")}
)


@dataclass(frozen=True)
class Drilled:
    """A figure, taken apart. ``total`` is the figure itself, on the side on which the statement shows it.

    ``rows``: columns of `books.drill.PARTS` with ``number`` (the document's), ``account_name`` and ``name`` (the party's); ``counts`` adds up to ``total``.
    """

    figure: Figure
    title: str
    rows: pl.DataFrame = field(repr=False)
    snapshot: str
    _vault: Vault = field(repr=False)

    @cached_property
    def total(self) -> Decimal:
        return _sum(self.rows)

    @cached_property
    def opening(self) -> Decimal:
        """What of it stood before the period; 0.00 where the figure is of a period alone."""
        return _sum(self.rows.filter(pl.col("part") == OPENING))

    @property
    def moved(self) -> Decimal:
        return self.total - self.opening

    @cached_property
    def documents(self) -> pl.DataFrame:
        """Columns of `DOCUMENTS`, a row a document, by day; read from the vault when first asked for. Raises VaultDamaged."""
        shares = (
            self.rows.group_by("entity", "id", maintain_order=True)
            .agg(pl.col("number", "date", "name").drop_nulls().first(), pl.col("counts").sum())
            .sort("date", "entity", "id")
        )
        vault = self._vault
        keys = [RecordKey(entity, key) for entity, key in shares.select("entity", "id").drop_nulls().iter_rows()]
        found = vault.snapshot(self.snapshot).origins(keys)
        requests = pl.DataFrame(_asked(vault, found), schema=_ASKED, orient="row")
        told = shares.join(found, on=["entity", "id"], how="left", maintain_order="left")
        told = told.join(requests, on=["entity", "id"], how="left", maintain_order="left").with_columns(
            pl.col("digest").bin.encode("hex"),
            pl.col("payload_sha256").bin.encode("hex").alias("sha256"),
            brought_by="snapshot",
            remark=pl.when(pl.col("digest").is_null())
            .then(
                pl.lit(
                    "No application can read it: it is taken from the general ledger that was kept with the snapshot."
                )
            )
            .when(pl.col("snapshot").is_null())
            .then(pl.lit("The snapshot that brought it was dropped."))
            .when(pl.col("intuit_tid").is_null())
            .then(pl.lit("That snapshot keeps no list of its requests, or not this one."))
            .otherwise(pl.lit("")),
        )
        return told.select(pl.col(name).cast(kind) for name, kind in DOCUMENTS.items())


def _asked(vault: Vault, origins: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows of `_ASKED` for the records of which the snapshot that brought them tells the request."""
    found: list[tuple[Any, ...]] = []
    for (snapshot,), rows in origins.filter(pl.col("snapshot").is_not_null()).group_by("snapshot"):
        kept = vault.snapshot(str(snapshot)).requests()
        if kept is not None:
            keys = [RecordKey(entity, key) for entity, key in rows.select("entity", "id").iter_rows()]
            found += [(*key, *one) for key, one in asked.by_record(asked.read(kept), keys).items()]
    return found


def drill(vault: Vault, books: Books, figure: Figure) -> Drilled:
    """The postings that add up to a figure of a statement, and from there on what they rest on. Nothing is read before it is asked for.

    ``vault``: the one that the books were read from. Raises WrongUse for a figure that the statement does not have.
    """
    books.on(figure.basis)
    if figure.statement in OPEN:
        parts = open_parts(books.ledger, figure)
    else:
        parts = parts_of(
            books.ledger.chart, books.postings("cash" if figure.basis == "cash" else "accrual"), figure, books.names
        )
    heads = books.ledger.context.documents.heads.select("entity", "id", "number").unique(["entity", "id"], keep="first")
    chart = books.ledger.chart
    rows = parts.join(heads, on=["entity", "id"], how="left", maintain_order="left").with_columns(
        account_name=pl.Series([chart.name(one) for one in parts["account"]], dtype=pl.String),
        name=pl.Series(_parties(parts, books.names), dtype=pl.String),
    )
    return Drilled(figure, _title(books, figure), rows, books.snapshot, vault)


def _parties(rows: pl.DataFrame, names: Mapping[tuple[str, str], str]) -> list[str | None]:
    pairs = rows.select("party_entity", "party").iter_rows()
    return [None if key is None else names.get((str(kind), key), f"{kind} {key}") for kind, key in pairs]


def _sum(rows: pl.DataFrame) -> Decimal:
    found = rows["counts"].sum()
    return found if isinstance(found, Decimal) else Decimal("0.00")


def _title(books: Books, figure: Figure) -> str:
    chart = books.ledger.chart
    row = chart.name(figure.account) if figure.account in chart.accounts else figure.row
    start: date = figure.start or chart.fiscal_year_start(figure.end)
    days = f"as of {figure.end}" if figure.statement in OF_DAY else f"{start} to {figure.end}"
    column = "" if figure.column == "Total" else f", {figure.column}"
    return f"{figure.words.capitalize()}, {row}{column}, {days}, {figure.basis} basis"
