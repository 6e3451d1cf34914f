"""What a check concluded, as it is kept with its signature and as it is handed out: the whole table of the tie-out by digest."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl

from akika_forensics.books import DIFFERING, POSTINGS, TIED
from akika_forensics.case.export.plain_table import csv_of
from akika_forensics.case.export.statement import write
from akika_forensics.case.proofs import write_new
from akika_forensics.case.results import CheckResult
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.money import money_text
from akika_forensics.vault import Vault
from akika_forensics.vault.chains.attestations import Attestation

_ORDER: Final = ("report", "basis", "control", "measure", "subject", "start", "end")
_ACCOUNTS: Final = ("balance", "movement", "cash flow", "balance of a listed account")
_FEW: Final = 500
"""So many rows are kept as they are; of more there is the digest alone."""
_PARTIES: Final = ("owed by customer", "owed to vendor")


def table(report: CheckResult) -> pl.DataFrame:
    """Every compared figure, agreement included: the columns of `books.TIED`, in an order that follows from the figures alone."""
    return report.figures.sort(_ORDER, nulls_last=False).select(*TIED)


def digest(report: CheckResult) -> str:
    """SHA-256 of the table as `table_to` writes it."""
    return hashlib.sha256(csv_of(table(report))).hexdigest()


def outcome(report: CheckResult) -> dict[str, Any]:
    """What the table comes to, and what of it does not agree in full.

    ``by_month``: a row a report, basis and month in which its figures end; ``by_account`` a row an account and basis; ``by_party`` a row a
    customer or vendor. Each has how many figures were compared, how many differ, and the largest residual, whatever its sign.
    ``documents``: each account in which a document posts otherwise in the general ledger; ``report_only``: each posting that only reports tell
    of; both by the digest of their table, and with their rows where these are few. Judgements of versions 3 and 4 of the rule have neither.
    """
    rows = table(report)
    month = pl.col("end").dt.strftime("%Y-%m").alias("month")
    owing = pl.col("measure").str.split(", ").list.first()
    of_accounts = rows.filter(pl.col("measure").is_in(list(_ACCOUNTS)))
    of_parties = rows.filter(owing.is_in(list(_PARTIES))).with_columns(measure=owing)
    apart = rows.filter(pl.col("residual") != 0)
    return {
        "table": {"form": "csv", "columns": list(TIED), "rows": rows.height, "sha256": digest(report)},
        "by_month": _summed(rows, "report", "basis", month),
        "by_account": _summed(of_accounts, "subject", "name", "basis"),
        "by_party": _summed(of_parties, "measure", "subject", "name"),
        "apart": _rows(apart),
        "documents": _kept(report.documents.select(*DIFFERING)),
        "report_only": _kept(report.report_only.select(*POSTINGS)),
    }


def table_to(custody: CustodyLog, report: CheckResult, snapshot: str, out: Path) -> Path:
    """Write the table to a new .csv file, which custody lists: its digest is the one that was attested. Raises WrongUse, ExportFailed."""
    if out.suffix.lower() != ".csv":
        raise WrongUse(
            f"{out.name} is no .csv file.",
            do="Give the file this ending: what was attested is the digest of that form.",
        )
    return write(custody, table(report), out, title="Tie-out, every figure", about=(), snapshot=snapshot)


def details_to(custody: CustodyLog, vault: Vault, judged: Attestation, out: Path) -> str:
    """Write the details of a judgement, JSON as they were signed, to a new file; custody lists it first. Returns its SHA-256.

    Raises WrongUse where the judgement has none or the file is there.
    """
    if judged.document is None:
        raise WrongUse("The judgement has no details.", do="Choose another one.")
    if out.exists():
        raise WrongUse(f"{out} is there already.", do="Choose another name: nothing is written over.")
    content = vault.get_document(judged.document)
    row = listed(out.name, content)
    leaves(
        custody,
        "exported",
        f"The details of a judgement on snapshot {judged.snapshot} were exported: {judged.rule} {judged.version}.",
        to=out.absolute().parent,
        files=[row],
        details={"snapshot": judged.snapshot, "attestation": judged.digest},
    )
    write_new(out, content)
    return str(row["sha256"])


def noted(custody: CustodyLog, made: Attestation) -> None:
    """Custody says that a judgement was signed, and which one."""
    custody.record(
        "attested",
        f"A judgement on snapshot {made.snapshot} was signed: {made.rule} {made.version}.",
        {
            "snapshot": made.snapshot,
            "commit": made.commit,
            "attestation": made.digest,
            "at": format_instant(made.at),
            "figures": made.figures,
        },
    )


def _summed(rows: pl.DataFrame, *by: str | pl.Expr) -> list[dict[str, Any]]:
    keys = [one if isinstance(one, str) else one.meta.output_name() for one in by]
    found = (
        rows.group_by(*by)
        .agg(
            pl.len().alias("compared"),
            (pl.col("residual") != 0).sum().alias("differing"),
            pl.col("residual").abs().max(),
        )
        .sort(keys)
    )
    return _rows(found)


def _kept(rows: pl.DataFrame) -> dict[str, Any]:
    """A table in an order that follows from its rows alone: how many, the SHA-256 of it as CSV, and the rows where they are few."""
    order = ["date", "entity", "id", "account"]
    ordered = rows.sort(*order, *(name for name in rows.columns if name not in order), nulls_last=False)
    content = csv_of(ordered)
    told = {
        "form": "csv",
        "columns": ordered.columns,
        "rows": ordered.height,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return {"table": told, "rows": _rows(ordered) if ordered.height <= _FEW else None}


def _rows(found: pl.DataFrame) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in found.iter_rows(named=True)]


def _plain(value: Any) -> Any:
    """As it is told to programs: money, days and times are texts."""
    if value is None or isinstance(value, str | int):
        return value
    return money_text(value) if isinstance(value, Decimal) else str(value)
