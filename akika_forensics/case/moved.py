"""The effect of the changes between two snapshots on the books, by account, period, class, location and party."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

import polars as pl

from akika_forensics.changes.effects import TRACED
from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_widgets.views.listing import Cell, Column, Listing, Mark, Named

type By = Literal["account", "period", "class", "location", "party", "document"]
BY: Final[tuple[By, ...]] = ("account", "period", "class", "location", "party", "document")

_CLOSED: Final = Mark("!", "closed period", "removed")
_OPEN: Final = Mark("·", "open", "quiet")
_MOST: Final = 12
"""How many causes a row names before it counts the rest."""


@dataclass(frozen=True)
class Moved:
    """``rows``: columns of `changes.effects.TRACED`; their ``change`` sums to zero."""

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TRACED), repr=False)

    def by(self, what: str) -> pl.DataFrame:
        """The names of ``what``, ``account``, ``account_name``, ``change``, ``documents``; of a period also ``closed``. A row that comes to 0.00 is left out.

        ``document`` gives ``rows``: a row a document, account, day and name, with its digests and what it comes from. Raises WrongUse for another way.
        """
        account = ("account", "account_name")
        match what:
            case "account":
                return self._sum(*account)
            case "period":
                return self._sum(pl.col("date").dt.truncate("1mo").alias("month"), "closed", *account)
            case "class":
                return self._sum("class", "class_name", *account)
            case "location":
                return self._sum("department", "department_name", *account)
            case "party":
                return self._sum("party_entity", "party", "name", *account)
            case "document":
                return self.rows
            case _:
                raise WrongUse(f"There is no effect by {what!r}.", do=f"There is one by {', '.join(BY)}.")

    @cached_property
    def in_closed_periods(self) -> pl.DataFrame:
        """As by document, what should not have moved any more; the largest first."""
        rows = self.by("document").filter("closed")
        return rows.sort(pl.col("change").abs(), descending=True, maintain_order=True)

    @property
    def closed_moved(self) -> Decimal:
        """How much moved in closed periods, debits and credits together halved: 0.00 where nothing did."""
        found = self.in_closed_periods["change"].abs().sum()
        return found / 2 if isinstance(found, Decimal) else Decimal(0)

    def _sum(self, *keys: str | pl.Expr) -> pl.DataFrame:
        found = self.rows.group_by(*keys, maintain_order=True).agg(
            pl.col("change").sum(), documents=pl.struct("entity", "id").n_unique()
        )
        names = found.columns[:-2]
        return found.filter(pl.col("change") != 0).sort(names, nulls_last=True)

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def closed_listing(self) -> Listing:
        """The documents that moved closed periods, each with what it comes from."""
        sub = (
            f"{len(self.in_closed_periods):,} postings moved after their period was closed"
            if len(self.in_closed_periods)
            else ""
        )
        return self._documents("Closed periods that moved", self.in_closed_periods, "no closed period moved.", sub)

    def document_listing(self) -> Listing:
        """Every document that posts otherwise than before, and the changes that it comes from."""
        return self._documents(
            "What the changes did, document by document", self.by("document"), "nothing posts otherwise than before."
        )

    def listing(self, what: By) -> Listing:
        """The effect by period, class, location or party."""
        rows = self.by(what)
        heads = {"account": "Account", "period": "Period", "class": "Class", "location": "Location", "party": "Name"}
        columns = [Column(heads[what])] if what != "account" else []
        if what == "period":
            columns.append(Column("Books", "state"))
        columns += [Column("Account"), Column("Change", "signed"), Column("Documents", "number")]
        return Listing(
            f"What moved, by {what}",
            columns,
            [_row(what, row) for row in rows.iter_rows(named=True)],
            nothing="nothing moved.",
        )

    def _documents(self, title: str, rows: pl.DataFrame, nothing: str, sub: str = "") -> Listing:
        columns = [
            Column("Day", "key"), Column("Document"), Column("What", "quiet"), Column("Account"), Column("Change", "signed"),
            Column("Comes from", "quiet"), Column("Was, SHA-256", "code"), Column("Now, SHA-256", "code"),
        ]  # fmt: skip
        cells: list[tuple[Cell, ...]] = [
            (
                row["date"].isoformat(),
                Named(row["label"], RecordKey(row["entity"], row["id"])),
                row["kind"],
                row["account_name"],
                row["change"],
                named_causes(row["because"]),
                row["was"],
                row["now"],
            )
            for row in rows.iter_rows(named=True)
        ]
        return Listing(title, columns, cells, nothing=nothing, sub=sub)


def named_causes(because: list[str]) -> str:
    """The first of the changed records, and how many more."""
    more = len(because) - _MOST
    return ", ".join(because[:_MOST]) + (f" and {more:,} more" if more > 0 else "")


def _row(what: By, row: dict[str, object]) -> tuple[Cell, ...]:
    month = row.get("month")
    first: dict[str, Cell] = {
        "period": f"{month:%B %Y}" if isinstance(month, date) else "",
        "class": str(row.get("class_name") or "none"),
        "location": str(row.get("department_name") or "none"),
        "party": str(row.get("name") or "nobody"),
    }
    change, documents = row["change"], row["documents"]
    cells: list[Cell] = [first[what]] if what in first else []
    if what == "period":
        cells.append(_CLOSED if row["closed"] else _OPEN)
    cells.append(str(row["account_name"]))
    cells.append(change if isinstance(change, Decimal) else None)
    cells.append(documents if isinstance(documents, int) else None)
    return tuple(cells)
