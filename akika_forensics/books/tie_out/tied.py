"""Every figure of every report beside ours, and what is left."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.chart import BY_NAME, Chart, id_order
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.report import read_trial_balance
from akika_forensics.books.reported import ledger_rows, sheet
from akika_forensics.books.reported.figures import FIGURES, Reported, of_balances, reported
from akika_forensics.books.reported.sheet import Sheet
from akika_forensics.books.tie_out import reasons
from akika_forensics.books.tie_out.documents import DIFFERING, Against, against
from akika_forensics.books.tie_out.ours import Ours
from akika_forensics.books.tie_out.trial import ReportTie, TieOutLine
from akika_forensics.errors import AkikaError
from akika_forensics.model.money import money_text
from akika_forensics.model.record import RecordKey

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
        "reason": pl.String(),
    }
)
"""``control`` is the name under which the report was captured, ``residual`` ours less theirs; debit positive throughout."""

BALANCES: Final = "TrialBalance"
LEDGER: Final = "GeneralLedger"
_KEY: Final = ("measure", "subject", "start", "end")


@dataclass(frozen=True)
class Tied:
    """``lines`` has the columns of `TIED`, agreement included; ``documents`` those of `DIFFERING`.

    ``report_only``: postings of transactions that no application can read, taken from the general ledger: they are part of ours
    in every line. ``postings`` is how many of the general ledger were compared, ``ledgers`` in how many reports. ``findings``: what is missing, and reports that could not be
    compared.
    """

    lines: pl.DataFrame
    documents: pl.DataFrame
    postings: int
    ledgers: int
    report_only: pl.DataFrame
    findings: tuple[Finding, ...]

    @property
    def residuals(self) -> pl.DataFrame:
        """The lines that do not agree, the largest difference first."""
        return self.lines.filter(pl.col("residual") != 0).sort(pl.col("residual").abs(), descending=True)


def shown(tied: Tied) -> tuple[TieOutLine, ...]:
    """All balances of the trial balances, and of the other reports what does not agree; in order of report, basis, day and subject."""
    told = tied.lines.filter((pl.col("report") == "TrialBalance") | (pl.col("residual") != 0))
    columns = ("report", "subject", "name", "start", "end", "basis", "ours", "theirs", "residual", "measure", "reason")
    rows = [
        TieOutLine(report, subject, name, _period(start, end), basis, ours, theirs, residual, measure, reason)
        for report, subject, name, start, end, basis, ours, theirs, residual, measure, reason in told.select(
            columns
        ).iter_rows()
    ]
    # Trial balances first, as they were always told.
    rows.sort(key=lambda one: (one.report != "TrialBalance", one.report, one.basis, one.period, id_order(one.account)))
    return tuple(rows)


def _period(start: date | None, end: date) -> str:
    return f"{start.isoformat()}/{end.isoformat()}" if start else end.isoformat()


def by_report(tied: Tied) -> tuple[ReportTie, ...]:
    """What was compared, a row a kind of report and basis; the general ledger posting by posting."""
    rows = (
        tied.lines.group_by("report", "basis")
        .agg(
            pl.col("control").n_unique(),
            pl.len(),
            (pl.col("residual") != 0).sum().alias("differing"),
            pl.col("residual").abs().max(),
        )
        .sort("report", "basis")
    )
    found = [ReportTie(*row) for row in rows.iter_rows()]
    if tied.postings:
        largest = tied.documents["residual"].abs().max()
        found.append(
            ReportTie(
                LEDGER,
                "Accrual",
                tied.ledgers,
                tied.postings,
                len(tied.documents),
                largest if isinstance(largest, Decimal) else Decimal(0),
            )
        )
    return tuple(found)


def unbalanced(tied: Tied) -> tuple[Finding, ...]:
    """Trial balances whose own debits and credits differ."""
    rows = tied.lines.filter(pl.col("report") == "TrialBalance").group_by("control").agg(pl.col("theirs").sum())
    return tuple(
        Finding(
            "control_unbalanced", f"{name}: QuickBooks' own debits and credits differ by {money_text(value)}.", None
        )
        for name, value in rows.filter(pl.col("theirs") != 0).sort("control").iter_rows()
    )


def tie(ledger: Ledger, controls: Mapping[str, bytes]) -> Tied:
    """Hold the books against every report that has figures of theirs. Never raises on what was captured."""
    findings: list[Finding] = []
    read: list[Reported] = []
    postings: list[Against] = []
    for name in sorted(controls):
        try:
            if name.startswith(BALANCES):
                read.append(of_balances(name, read_trial_balance(controls[name])))
                continue
            page = sheet.read(controls[name], name)
            if page.report == LEDGER:
                postings += _posting_by_posting(name, page, ledger)
            elif (found := reported(name, page, ledger.chart)) is not None:
                read.append(found)
        except AkikaError as error:
            findings.append(Finding(f"control_{error.code}", f"{name}: {error}", None))
    report_only = pl.concat([pl.DataFrame(schema=POSTINGS), *(one.report_only for one in postings)])
    differing = pl.concat([pl.DataFrame(schema=DIFFERING), *(one.differing for one in postings)])
    ours: dict[str, Ours] = {}
    parts = [pl.DataFrame(schema=TIED)]
    for one in read:
        basis = (one.basis or "Accrual").capitalize()
        if basis not in ours:
            cash = basis == "Cash"
            made = cash_postings(ledger, report_only) if cash else pl.concat([ledger.frame, report_only])
            ours[basis] = Ours(ledger, made)
        parts.append(_compared(one, ours[basis], ledger.chart))
    lines = reasons.told(pl.concat(parts), differing, ledger)
    findings += [said for one in postings for said in one.findings]
    missing = {one.key for one in findings if one.code == "document_missing"}
    findings += [one for one in _of_documents(differing) if one.key not in missing]
    findings += _hidden(report_only)
    return Tied(lines, differing, sum(one.compared for one in postings), len(postings), report_only, tuple(findings))


def report_only(ledger: Ledger, controls: Mapping[str, bytes]) -> pl.DataFrame:
    """Postings of transactions that only the captured general ledgers tell of: columns of `POSTINGS`. Reports that cannot be read have none."""
    found = [pl.DataFrame(schema=POSTINGS)]
    for name in sorted(one for one in controls if one.startswith(LEDGER)):
        with contextlib.suppress(AkikaError):
            found += [one.report_only for one in _posting_by_posting(name, sheet.read(controls[name], name), ledger)]
    return pl.concat(found)


def _posting_by_posting(name: str, page: Sheet, ledger: Ledger) -> list[Against]:
    if page.start is None or page.end is None:
        raise sheet.unreadable(name, "it does not say of which days it is")
    return [against(ledger, ledger_rows.rows(name, page, ledger.chart), page.start, page.end)]


def _of_documents(differing: pl.DataFrame) -> list[Finding]:
    """Each document whose postings are others in QuickBooks' general ledger."""
    rows = differing.group_by("entity", "id", maintain_order=True).agg(
        pl.col("account").first(), pl.col("residual").get(pl.col("residual").abs().arg_max()), count=pl.len()
    )
    return [
        Finding(
            "postings_differ",
            f"{entity}:{key or ''} posts otherwise in QuickBooks' general ledger, by {money_text(residual)} in account {account}"
            f"{f' and in {count - 1} more' if count > 1 else ''}.",
            RecordKey(entity, key) if key else None,
        )
        for entity, key, account, residual, count in rows.iter_rows()
    ]


def _hidden(report_only: pl.DataFrame) -> list[Finding]:
    """What only reports show, by kind."""
    rows = report_only.group_by("entity", maintain_order=True).agg(
        count=pl.col("id").n_unique(), size=pl.col("amount").abs().sum() / 2
    )
    return [
        Finding(
            "report_only",
            f"{count} transactions of the kind {kind} ({money_text(size)}) stand in QuickBooks' reports alone: no application can read them. "
            f"The books have their postings from the general ledger.",
            None,
            "note",
        )
        for kind, count, size in rows.iter_rows()
    ]


def _compared(found: Reported, ours: Ours, chart: Chart) -> pl.DataFrame:
    theirs = _by_id(found.figures, chart)
    answers = [ours.of(found.report, *asked) for asked in found.asked]
    if not answers:
        return pl.DataFrame(schema=TIED)
    joined = theirs.join(pl.concat(answers), on=list(_KEY), how="full", coalesce=True, nulls_equal=True)
    names = {account.id: account.name for account in chart.accounts.values()}
    named = pl.col("subject").replace_strict(names, default=None, return_dtype=pl.String) if names else pl.lit(None)
    return (
        joined.with_columns(
            control=pl.lit(found.what),
            report=pl.lit(found.report),
            basis=pl.lit(found.basis or "", pl.String),
            name=pl.coalesce("name", named, "subject"),
            ours=pl.col("ours").fill_null(0),
            theirs=pl.col("theirs").fill_null(0),
            reason=pl.lit(""),
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
    if single:
        found = pl.col("subject").str.to_lowercase().replace_strict(single, default=None, return_dtype=pl.String)
        figures = figures.with_columns(
            subject=pl.when(pl.col("subject").str.starts_with(BY_NAME))
            .then(pl.coalesce(found, "subject"))
            .otherwise("subject")
        )
    return (
        figures.group_by(_KEY, maintain_order=True).agg(pl.col("name").first(), pl.col("theirs").sum()).select(*FIGURES)
    )
