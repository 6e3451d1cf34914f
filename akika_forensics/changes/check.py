"""How whole is a set of records: references, placeholders, postings, agreement with QuickBooks' own reports."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from akika_forensics.books import (
    DIFFERING,
    POSTINGS,
    TIED,
    Captured,
    Finding,
    Ledger,
    ReportTie,
    Tied,
    TieOutLine,
    by_report,
    shown,
    tie,
    unbalanced,
)
from akika_forensics.errors import WrongUse
from akika_forensics.graph import ReferenceGraph, order, placeholders
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import money_text
from akika_forensics.model.payload import decode
from akika_forensics.model.record import Record, RecordKey

CHECK_VERSION: Final = "5"
"""Of the rule by which `completeness` judges. Raise it when the same snapshot may be judged otherwise: attestations name it."""

_BALANCES: Final = "TrialBalance/Accrual"
_SHOWN: Final = 5
"""How many records a sentence names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """``complete``: every compared figure agrees to the cent and no finding is a problem.

    ``tie_out``: all balances of the trial balances, and what does not agree of the other reports; ``reports``: how much was compared of each;
    ``figures``: every compared figure, columns of `books.TIED`; ``documents``: what posts otherwise in the general ledger, columns of
    `books.DIFFERING`; ``report_only``: the postings that only reports tell of, columns of `books.POSTINGS`.
    """

    complete: bool
    tie_out: tuple[TieOutLine, ...]
    findings: tuple[Finding, ...]
    reports: tuple[ReportTie, ...] = ()
    figures: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TIED), compare=False, repr=False)
    documents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DIFFERING), compare=False, repr=False)
    report_only: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POSTINGS), compare=False, repr=False)


def completeness(
    records: Iterable[Record],
    controls: Mapping[str, bytes],
    findings: Sequence[Mapping[str, Any]] = (),
    live: Mapping[str, tuple[datetime, datetime]] | None = None,
    before: Iterable[Mapping[str, bytes]] = (),
    opening_costs: Mapping[str, Decimal] | None = None,
) -> CheckReport:
    """Check a snapshot's records against themselves and against the reports captured with them.

    ``controls`` are reports by name (``TrialBalance/Accrual/2026-11-23``); ``findings`` are those of the capture, taken
    over first: rows with ``code``, ``what`` and perhaps ``record`` and ``severity``. ``live``: for each entity the interval in which its
    bodies were live, by the capture's fence. ``before``: the reports of the snapshots that this one rests on, the newest first. ``opening_costs``: as
    in `Ledger.of`. Never raises on what was captured.
    The books are held against every report that has figures of theirs, on both bases.
    """
    rows = list(records)
    graph = ReferenceGraph.of(rows)
    ledger = Ledger.of(rows, opening_costs=opening_costs)
    tied, said = _tie_out(ledger, controls, captured_as(rows, findings, live), before)
    found = [
        *(_taken_over(one) for one in findings),
        *_dangling(graph),
        *_placeholders(rows, graph),
        *ledger.findings,
        *_duplicates(rows),
        *said,
    ]
    complete = tied.residuals.is_empty() and not any(one.severity == "problem" for one in found)
    return CheckReport(
        complete, shown(tied), tuple(found), by_report(tied), tied.lines, tied.documents, tied.report_only
    )


def _taken_over(row: Mapping[str, Any]) -> Finding:
    named = row.get("record") or row.get("key")
    key: RecordKey | None = None
    if isinstance(named, str):
        try:
            key = RecordKey.parse(named)
        except WrongUse:
            key = None
    note = row.get("severity") in ("note", "info")
    return Finding(str(row.get("code", "capture")), str(row.get("what", "")), key, "note" if note else "problem")


def captured_as(
    records: Sequence[Record],
    findings: Sequence[Mapping[str, Any]],
    live: Mapping[str, tuple[datetime, datetime]] | None,
) -> Captured:
    """What a tie-out is told of the capture; ``findings`` and ``live`` as in `completeness`."""
    return Captured(records, live or {}, _gone(findings))


def _gone(findings: Sequence[Mapping[str, Any]]) -> frozenset[RecordKey]:
    """What the capture found to be deleted."""
    named = [str(key) for row in findings if row.get("code") == "deleted" for key in row.get("records") or ()]
    found = set()
    for one in named:
        with contextlib.suppress(WrongUse):
            found.add(RecordKey.parse(one))
    return frozenset(found)


def _tie_out(
    ledger: Ledger, controls: Mapping[str, bytes], captured: Captured, before: Iterable[Mapping[str, bytes]]
) -> tuple[Tied, list[Finding]]:
    tied = tie(ledger, controls, captured, before)
    findings = [*tied.findings, *unbalanced(tied)]
    if not any(name.startswith(_BALANCES) for name in tied.lines["control"].unique()):
        findings.append(Finding("no_control", "No trial balance of QuickBooks was captured to compare with.", None))
    off = tied.residuals
    if not off.is_empty():
        name, end, residual, report = off.select("name", "end", "residual", "report").row(0)
        what = f"{len(off)} of {len(tied.lines)} compared figures differ; the largest by {money_text(residual)} "
        findings.append(Finding("residual", f"{what}({name}, {report}, {end}).", None))
    return tied, findings


def _dangling(graph: ReferenceGraph) -> Iterator[Finding]:
    """One finding a missing record, with who cites it; a problem unless only the server's own fields cite it."""
    cited: dict[RecordKey, list[tuple[RecordKey, str]]] = {}
    needed: set[RecordKey] = set()
    names: dict[RecordKey, str] = {}
    for one in graph.dangling():
        cited.setdefault(one.target, []).append((one.source, one.path))
        if one.name and one.name != one.target.entity:
            names.setdefault(one.target, one.name)
        linked = "LinkedTxn" in one.path
        if not one.mirror or linked:
            needed.add(one.target)
    for target in sorted(cited, key=order):
        by = sorted({f"{source} ({path})" for source, path in cited[target]})
        named = f" ({names[target]})" if target in names else ""
        what = f"{target}{named} is cited but was not captured: by {_some(by)}."
        yield Finding("dangling_reference", what, target, "problem" if target in needed else "note")


def _placeholders(rows: Sequence[Record], graph: ReferenceGraph) -> Iterator[Finding]:
    for key in placeholders(rows):
        by = [str(one) for one in graph.dependents(key)]
        tail = f"it is cited by {_some(by)}" if by else "nothing cites it"
        yield Finding("placeholder", f"{key} stands in for a record that was never recorded; {tail}.", key)


def _duplicates(rows: Iterable[Record]) -> Iterator[Finding]:
    """Names that QuickBooks keeps unique (DisplayName over customers, vendors and employees) but that occur twice."""
    seen: dict[tuple[str, str, str], list[RecordKey]] = {}
    for record in rows:
        row = CATALOGUE.get(record.key.entity)
        if row is None or not row.unique or row.is_transaction:
            continue
        try:
            body = decode(record.payload)
        except WrongUse:
            continue
        for name in row.unique if isinstance(body, dict) else ():
            value = body.get(name)
            if isinstance(value, str) and value:
                space = (row.namespace or row.name, name, " ".join(value.split()).casefold())
                seen.setdefault(space, []).append(record.key)
    for (_, name, _), keys in sorted(seen.items()):
        if len(keys) > 1:
            ordered = sorted(keys, key=order)
            what = f"{_some([str(key) for key in ordered])} have the same {name}."
            yield Finding("duplicate_name", what, ordered[0], "note")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    rest = len(names) - _SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
