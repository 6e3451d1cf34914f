"""The documents of one type, with what their sides are worked out from beside each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.postings.context import Context

SIDE: Final = pl.Schema(
    {
        "doc": pl.UInt32(),
        "place": pl.Int64(),
        "line": pl.String(),
        "account": pl.String(),
        "amount": MONEY,
        "foreign": MONEY,
        "party_entity": pl.String(),
        "party": pl.String(),
        "class": pl.String(),
        "department": pl.String(),
        "item": pl.String(),
        "kind": pl.String(),
    }
)
"""What a side is made as. ``kind`` is the line's, to say why it has no account; null for a side of the whole document."""

_CARRIED: Final = ("rate", "currency", "sign")
_INHERITED: Final = ("party_entity", "party", "class", "department")


@dataclass(frozen=True)
class OfType:
    """``heads`` are the documents with the fields of their type; ``lines`` and ``taxes`` carry ``rate``, ``currency`` and ``sign`` of theirs.

    ``sign`` is -1 where debit and credit change places. A line without a name, class or location has the document's.
    """

    context: Context
    heads: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame

    @classmethod
    def of(cls, entity: str, context: Context) -> OfType:
        found = context.documents
        own = found.bodies[entity]
        fields = [name for name in own.columns if name not in ("CurrencyRef", "ClassRef", "DepartmentRef", "Id", "key")]
        heads = (
            context.heads.filter(pl.col("entity") == entity)
            .with_columns(sign=pl.when("turned").then(-1).otherwise(1))
            .join(own.select(fields), on="doc", how="inner", maintain_order="left")
        )
        carried = heads.select("doc", *_CARRIED, *(pl.col(name).alias(f"of_{name}") for name in _INHERITED))
        if not heads.height:
            carried = carried.clear()
        lines = found.lines.join(carried, on="doc", how="inner", maintain_order="left").with_columns(
            party_entity=pl.when(pl.col("party").is_not_null()).then("party_entity").otherwise("of_party_entity"),
            party=pl.coalesce("party", "of_party"),
            **{name: pl.coalesce(name, f"of_{name}") for name in ("class", "department")},
        )
        taxes = found.taxes.join(carried, on="doc", how="inner", maintain_order="left").rename(
            {f"of_{name}": name for name in _INHERITED}
        )
        return cls(context, heads, lines, taxes)

    @property
    def foreign(self) -> bool:
        """Whether any document is in another currency than the company's."""
        return bool(self.heads.select((pl.col("rate") != 1).any()).item()) if self.heads.height else False


def sided(rows: pl.DataFrame, **more: pl.Expr | str) -> pl.DataFrame:
    """Rows with the columns of ``SIDE``: those that they have, ``more``, null for the rest; sides of 0.00 do not exist."""
    made = rows.with_columns(
        **{name: pl.lit(value) if isinstance(value, str) else value for name, value in more.items()}
    )
    absent: Sequence[pl.Expr] = [
        pl.lit(None, dtype).alias(name) for name, dtype in SIDE.items() if name not in made.columns
    ]
    return (
        made.with_columns(*absent)
        .filter(pl.col("amount") != 0)
        .select(pl.col(name).cast(dtype) for name, dtype in SIDE.items())
    )
