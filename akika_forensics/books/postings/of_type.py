"""The documents of one type, with what their sides are worked out from beside each line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from akika_forensics.books.documents.lines import LINES
from akika_forensics.books.documents.values import MONEY, home
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

NO_SIDES: Final = pl.DataFrame(schema=SIDE)

_CARRIED: Final = ("rate", "currency", "sign")
_OWN: Final = {name: pl.col(name) for name in SIDE}
_NULL: Final = pl.lit(None)
_ANYTHING: Final = pl.col("amount") != 0
_INHERITED: Final = ("party_entity", "party", "class", "department")
_LINE: Final = (
    *(pl.col(name) for name in LINES if name not in {"quantity", "counted", *_INHERITED}),
    *map(pl.col, _CARRIED),
    pl.when(pl.col("party").is_not_null()).then("party_entity").otherwise("of_party_entity").alias("party_entity"),
    *(pl.coalesce(name, f"of_{name}").alias(name) for name in _INHERITED if name != "party_entity"),
)


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
        fields = [name for name in own.columns if name not in ("doc", "key")]
        heads = _among(context.heads, own).with_columns(sign=pl.when("turned").then(-1).otherwise(1))
        if heads["doc"].equals(own["doc"]):
            heads = heads.hstack(own.select(fields))
        else:
            heads = heads.join(own.select("doc", *fields), on="doc", how="inner", maintain_order="left")
        carried = heads.select("doc", *_CARRIED, *(pl.col(name).alias(f"of_{name}") for name in _INHERITED))
        lines = beside(_among(found.lines, own), carried).select(_LINE)
        taxes = beside(_among(found.taxes, own), carried).rename({f"of_{name}": name for name in _INHERITED})
        return cls(context, heads, lines, taxes)

    @cached_property
    def kinds(self) -> frozenset[str | None]:
        """What the lines are, None for one that does not say."""
        return frozenset(self.lines["kind"].unique().to_list())

    @cached_property
    def foreign(self) -> bool:
        """Whether any document is in another currency than the company's."""
        return bool((self.heads["rate"] != 1).any())

    def home(self, amount: pl.Expr) -> pl.Expr:
        """An amount in a document's currency, in home currency to the cent."""
        return home(amount, pl.col("rate")) if self.foreign else amount


def _among(rows: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """The rows of documents of one type: they stand together, as all is in the order of ``doc``."""
    if not documents.height:
        return rows.clear()
    docs, wanted = rows["doc"].to_numpy(), documents["doc"].to_numpy()
    begin, end = np.searchsorted(docs, wanted[0], "left"), np.searchsorted(docs, wanted[-1], "right")
    return rows.slice(int(begin), int(end - begin))


def beside(rows: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Rows in their order with the columns of their documents, which stand in the order of ``doc``; rows of others are left out."""
    # What a join does, in an eighth of its time.
    if not documents.height or not rows.height:
        return rows.clear().hstack(documents.clear().drop("doc"))
    docs, wanted = documents["doc"].to_numpy(), rows["doc"].to_numpy()
    gapless = docs[-1] - docs[0] == len(docs) - 1
    # A number before the first one turns round to one beyond the last.
    found = np.minimum(wanted - docs[0] if gapless else np.searchsorted(docs, wanted), len(docs) - 1)
    there = docs[found] == wanted
    if not there.all():
        rows, found = rows.filter(there), found[there]
    return rows.hstack(documents.drop("doc").rechunk()[found])


def sided(rows: pl.DataFrame, **more: pl.Expr | str) -> pl.DataFrame:
    """Rows with the columns of ``SIDE``: those that they have, ``more``, null for the rest; sides of 0.00 do not exist."""
    if not rows.height:
        return NO_SIDES
    has = rows.schema
    columns = [
        _OWN[name] if has.get(name) == dtype and name not in more else _column(name, more.get(name), has).cast(dtype)
        for name, dtype in SIDE.items()
    ]
    # Not more columns than a side has are moved.
    return rows.lazy().select(columns).filter(_ANYTHING).collect()


def _column(name: str, given: pl.Expr | str | None, has: pl.Schema) -> pl.Expr:
    if given is None:
        return _OWN[name] if name in has else _NULL.alias(name)
    return (pl.lit(given) if isinstance(given, str) else given).alias(name)
