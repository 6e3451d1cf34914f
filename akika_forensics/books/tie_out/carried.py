"""What only reports show of days of which the reports of a snapshot do not tell: from the general ledgers of earlier ones.

A capture of changes asks for no general ledger of the whole years again. What no application can read is then no change
that anybody could have noticed: it is taken as it stood when a ledger told of it last. Where it did change since, the
balances of the day say so, by a residual.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.reported import ledger_rows, sheet
from akika_forensics.books.tie_out.documents import Window, against
from akika_forensics.books.tie_out.telling import LEDGER
from akika_forensics.errors import AkikaError

type Reports = Mapping[str, bytes]
"""Those of one snapshot by name, as they were captured; the general ledgers among them count."""


class Days(NamedTuple):
    start: date
    end: date


def carried(
    ledger: Ledger, told: Sequence[Days], before: Iterable[Reports], taken: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Postings of days outside ``told``: columns of `POSTINGS`. ``before``: earlier snapshots, the newest first; each counts
    for days of which none after it tells. Reports that cannot be read, and those that were cut off, have none.

    ``taken``: postings that are there already, from a ledger that was cut off: what it does show of days of which it does not tell all
    is not taken again.
    """
    found = [pl.DataFrame(schema=POSTINGS)]
    known = list(told)
    for reports in before:
        own: list[Days] = []
        for name in sorted(one for one in reports if one.startswith(LEDGER)):
            with contextlib.suppress(AkikaError):
                page = sheet.read(reports[name], name)
                if page.start is None or page.end is None or page.cut:
                    continue
                window = Window(page.start, page.end, None, page.cut)
                rows = against(ledger, ledger_rows.rows(name, page, ledger.chart), window).report_only
                found.append(_outside(rows, known))
                own.append(Days(page.start, page.end))
        known += own
    rows = pl.concat(found)
    return rows if taken is None or taken.is_empty() or rows.is_empty() else without(rows, taken)


def without(rows: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Those of ``rows`` that ``taken`` does not have; both have the columns of `POSTINGS`. The second posting of a transaction to an account and day stands for its second."""
    side = ["entity", "id", "account", "date"]
    number = pl.int_range(pl.len()).over(side).alias("number")
    return (
        rows.with_columns(number)
        .join(taken.select(*side, number), on=[*side, "number"], how="anti", nulls_equal=True, maintain_order="left")
        .drop("number")
    )


def _outside(rows: pl.DataFrame, known: Sequence[Days]) -> pl.DataFrame:
    inside = [pl.col("date").is_between(one.start, one.end) for one in known]
    return rows.filter(~pl.any_horizontal(inside)) if inside else rows
