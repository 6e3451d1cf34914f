"""Every figure of every report beside ours, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.chart import BY_NAME, Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.reported import sheet
from akika_forensics.books.reported.figures import FIGURES, Reported, reported
from akika_forensics.books.tie_out.ours import Ours
from akika_forensics.errors import AkikaError

TIED: Final = pl.Schema(
    {
        "control": pl.String(),
        "report": pl.String(),
        "basis": pl.String(),
        "measure": pl.String(),
        "subject": pl.String(),
        "name": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "ours": MONEY,
        "theirs": MONEY,
        "residual": MONEY,
    }
)
"""``control`` is the name under which the report was captured, ``residual`` ours less theirs; debit positive throughout."""

_KEY: Final = ("measure", "subject", "start", "end")


@dataclass(frozen=True)
class Tied:
    """``lines`` has the columns of ``TIED``, agreement included. ``findings``: reports that could not be compared, and why."""

    lines: pl.DataFrame
    findings: tuple[Finding, ...]

    @property
    def residuals(self) -> pl.DataFrame:
        """The lines that do not agree, the largest difference first."""
        return self.lines.filter(pl.col("residual") != 0).sort(pl.col("residual").abs(), descending=True)


def tie(ledger: Ledger, controls: Mapping[str, bytes]) -> Tied:
    """Hold the books against every report that has figures of theirs. Never raises on what was captured."""
    parts = [pl.DataFrame(schema=TIED)]
    findings: list[Finding] = []
    ours = {"Accrual": Ours(ledger, ledger.frame), "Cash": Ours(ledger, cash_postings(ledger))}
    for name in sorted(controls):
        try:
            found = reported(name, sheet.read(controls[name], name), ledger.chart)
        except AkikaError as error:
            findings.append(Finding(f"control_{error.code}", f"{name}: {error}", None))
            continue
        if found is None:
            continue
        basis = (found.basis or "Accrual").capitalize()
        if basis not in ours:
            findings.append(
                Finding("not_compared", f"{name} is on the {basis.lower()} basis and is not compared.", None, "note")
            )
            continue
        parts.append(_compared(found, ours[basis], ledger.chart))
    return Tied(pl.concat(parts), tuple(findings))


def _compared(found: Reported, ours: Ours, chart: Chart) -> pl.DataFrame:
    theirs = _by_id(found.figures, chart)
    periods = theirs.select("measure", "start", "end").unique()
    answers = [
        ours.of(found.report, measure, start, end) for measure, start, end in periods.iter_rows() if end is not None
    ]
    if not answers:
        return pl.DataFrame(schema=TIED)
    joined = theirs.join(pl.concat(answers), on=list(_KEY), how="full", coalesce=True, nulls_equal=True)
    names = {account.id: account.name for account in chart.accounts.values()}
    return (
        joined.with_columns(
            control=pl.lit(found.what),
            report=pl.lit(found.report),
            basis=pl.lit(found.basis or "", pl.String),
            name=pl.coalesce(
                "name", pl.col("subject").replace_strict(names, default=None, return_dtype=pl.String), "subject"
            ),
            ours=pl.col("ours").fill_null(0),
            theirs=pl.col("theirs").fill_null(0),
        )
        .with_columns(residual=pl.col("ours") - pl.col("theirs"))
        .select(pl.col(name).cast(kind) for name, kind in TIED.items())
    )


def _by_id(figures: pl.DataFrame, chart: Chart) -> pl.DataFrame:
    """A row without an Id is that of the one account of its name; two rows of one subject and period are one figure."""
    by_name: dict[str, set[str]] = {}
    for account in chart.accounts.values():
        by_name.setdefault(f"{BY_NAME}{account.name}".casefold(), set()).add(account.id)
    single = {name: next(iter(ids)) for name, ids in by_name.items() if len(ids) == 1}
    lowered = pl.col("subject").str.to_lowercase()
    subject = pl.coalesce(lowered.replace_strict(single, default=None, return_dtype=pl.String), "subject")
    return (
        figures.with_columns(
            subject=pl.when(pl.col("subject").str.starts_with(BY_NAME)).then(subject).otherwise("subject")
        )
        .group_by(_KEY, maintain_order=True)
        .agg(pl.col("name").first(), pl.col("theirs").sum())
        .select(*FIGURES)
    )
