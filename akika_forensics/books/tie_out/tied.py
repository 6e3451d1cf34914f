"""Every figure of every report beside ours, and what is left."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Final

import polars as pl

from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.finding import Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.postings.frame import POSTINGS
from akika_forensics.books.reported import ledger_rows, listings, sheet
from akika_forensics.books.reported.figures import Reported, reported
from akika_forensics.books.reported.sheet import Sheet
from akika_forensics.books.tie_out import listed, reasons, telling
from akika_forensics.books.tie_out.captured import NOTHING, Captured, Stamp
from akika_forensics.books.tie_out.carried import Days, Reports, carried
from akika_forensics.books.tie_out.causes import Cause, Causes, made_later, of_documents
from akika_forensics.books.tie_out.compared import CASH, TIED, figures, of_list
from akika_forensics.books.tie_out.documents import COUNTED, DIFFERING, Against, Window, against
from akika_forensics.books.tie_out.listed import Lists
from akika_forensics.books.tie_out.telling import LEDGER
from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey

SPANS: Final = pl.Schema({"report": pl.String(), "basis": pl.String(), "start": pl.Date(), "end": pl.Date()})
"""Of which days a report was compared, also where it shows nothing of them; ``start`` is null where it tells how things stand on a day."""


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
    spans: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SPANS))
    """Columns of `SPANS`; the general ledger with its whole windows."""
    counted: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COUNTED))
    """How many of the general ledger's postings were compared, by account and day: columns of `COUNTED`."""
    cash: pl.DataFrame | None = None
    """The postings on the cash basis, where a report was on it: whoever goes on needs not work them out again."""

    @property
    def residuals(self) -> pl.DataFrame:
        """The lines that do not agree, the largest difference first."""
        return self.lines.filter(pl.col("residual") != 0).sort(pl.col("residual").abs(), descending=True)


@dataclass
class _Read:
    """What was read of all reports, each as it is compared."""

    figures: list[Reported] = field(default_factory=list)
    ledgers: list[Against] = field(default_factory=list)
    days: list[Days] = field(default_factory=list)
    seen: list[tuple[str, str, date | None, date | None]] = field(default_factory=list)
    transactions: list[pl.DataFrame] = field(default_factory=list)
    windows: list[listed.Window] = field(default_factory=list)
    accounts: list[tuple[str, pl.DataFrame, date, bool]] = field(default_factory=list)
    made: dict[str, datetime | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, name: str, page: Sheet, ledger: Ledger) -> None:
        """Raises Found."""
        self.made[name] = page.time
        match page.report:
            case telling.LEDGER:
                self.ledgers.append(_posting_by_posting(name, page, ledger))
                self.days += _days(page)
                self.seen.append((telling.LEDGER, "Accrual", page.start, page.end))
            case listings.TRANSACTIONS:
                self.transactions.append(listings.transactions(name, page))
                if page.start is not None and page.end is not None:
                    whole = not page.cut and "/modified since " not in name
                    self.windows.append(listed.Window(page.start, page.end, whole))
            case listings.ACCOUNTS:
                day = page.time.date() if page.time else page.end
                if day is None:
                    raise sheet.unreadable(name, "it does not say of which day it is")
                self.accounts.append((name, listings.accounts(name, page), day, not page.cut))
            case _:
                found = reported(name, page, ledger.chart)
                if found is not None:
                    self.figures.append(found)
                    basis = found.basis or ""
                    self.seen += [(found.report, basis, start, end) for _, start, end in found.asked]
        if page.cut:
            self.findings.append(telling.cut_off(name))


def tie(
    ledger: Ledger, controls: Mapping[str, bytes], captured: Captured = NOTHING, before: Iterable[Reports] = ()
) -> Tied:
    """Hold the books against every report that has figures of theirs. Never raises on what was captured.

    ``captured``: what is known of the times of the records; without it nothing is put down to a change during the capture, and
    transactions that post nothing are compared with no list. ``before``: the reports of earlier snapshots, the newest first, whose general
    ledgers tell what only reports show of the days of which these do not.
    """
    read = _Read()
    for name in sorted(controls):
        try:
            read.take(name, sheet.read(controls[name], name), ledger)
        except AkikaError as error:
            read.findings.append(Finding(f"control_{error.code}", f"{name}: {error}", None))
    own = pl.concat([pl.DataFrame(schema=POSTINGS), *(one.report_only for one in read.ledgers)])
    earlier = carried(ledger, read.days, before, own)
    report_only = pl.concat([own, earlier])
    differing = pl.concat([pl.DataFrame(schema=DIFFERING), *(one.differing for one in read.ledgers)])
    rows = pl.concat([pl.DataFrame(schema=listings.LISTED), *read.transactions])
    times = _Times(captured, rows)
    moved = _moved(differing, read.ledgers, rows, times, ledger.context.documents.heads)
    causes = of_documents(differing, ledger, moved)
    why = {one.document: one.reason for one in causes}
    lists = [
        listed.transactions(ledger, rows, read.windows, captured, moved, why),
        *(
            listed.accounts(ledger, name, found, day, pl.concat([ledger.frame, report_only]), whole=whole)
            for name, found, day, whole in read.accounts
        ),
    ]
    on_cash = any((one.basis or "").capitalize() == CASH for one in read.figures)
    cash = cash_postings(ledger, report_only) if on_cash else None
    lines = pl.concat([figures(read.figures, ledger, report_only, cash), *(of_list(one) for one in lists)])
    lines = reasons.told(lines, _causes_of(ledger, causes, differing, read.made, captured))
    found = _findings(read, lists, differing, why, moved)
    postings = sum(one.compared for one in read.ledgers)
    return Tied(
        lines.select(*TIED),
        differing,
        postings,
        len(read.ledgers),
        report_only,
        (*found, *telling.hidden(report_only), *telling.of_before(earlier)),
        pl.DataFrame(read.seen, SPANS, orient="row").unique(maintain_order=True),
        pl.concat([pl.DataFrame(schema=COUNTED), *(one.counted for one in read.ledgers)]),
        cash,
    )


def report_only(ledger: Ledger, controls: Mapping[str, bytes], before: Iterable[Reports] = ()) -> pl.DataFrame:
    """Postings of transactions that only the captured general ledgers tell of: columns of `POSTINGS`. Reports that cannot be read have none.

    ``before`` as in `tie`.
    """
    found = [pl.DataFrame(schema=POSTINGS)]
    days: list[Days] = []
    for name in sorted(one for one in controls if one.startswith(LEDGER)):
        with contextlib.suppress(AkikaError):
            page = sheet.read(controls[name], name)
            found.append(_posting_by_posting(name, page, ledger).report_only)
            days += _days(page)
    own = pl.concat(found)
    return pl.concat([own, carried(ledger, days, before, own)])


def _days(page: Sheet) -> list[Days]:
    """Those of which a general ledger tells all."""
    return [] if page.cut or page.start is None or page.end is None else [Days(page.start, page.end)]


def _posting_by_posting(name: str, page: Sheet, ledger: Ledger) -> Against:
    if page.start is None or page.end is None:
        raise sheet.unreadable(name, "it does not say of which days it is")
    made = page.time.astimezone(UTC) if page.time else None
    window = Window(page.start, page.end, made, page.cut)
    return against(ledger, ledger_rows.rows(name, page, ledger.chart), window)


class _Times:
    """The times of the transactions by QuickBooks' lists, read when something differs and not before."""

    def __init__(self, captured: Captured, rows: pl.DataFrame) -> None:
        self.captured, self._rows = captured, rows

    def moved(self, keys: list[RecordKey], made: datetime | None) -> frozenset[RecordKey]:
        if not keys or not self.captured.records:
            return frozenset()
        wanted = pl.DataFrame(keys, schema={"entity": pl.String, "id": pl.String}, orient="row")
        told: Mapping[RecordKey, Stamp] = listed.times(self._rows.join(wanted, on=["entity", "id"], how="semi"))
        return self.captured.moved(keys, made, told)


def _moved(
    differing: pl.DataFrame, ledgers: list[Against], rows: pl.DataFrame, times: _Times, heads: pl.DataFrame
) -> frozenset[RecordKey]:
    """The documents that differ in a general ledger, or are in a list and not in the snapshot, and that moved."""
    found: set[RecordKey] = set()
    for (made,), some in differing.filter(pl.col("reason") == "").group_by("made"):
        keys = [RecordKey(entity, key) for entity, key in some.select("entity", "id").unique().iter_rows() if key]
        found |= times.moved(keys, made if isinstance(made, datetime) else None)
    if times.captured.records:
        held = pl.concat([heads.select("entity", "id"), times.captured.others.select("entity", "id")])
        absent = rows.filter(pl.col("entity").is_not_null()).join(held, on=["entity", "id"], how="anti")
        missing = [one.missing.select("entity", "id") for one in ledgers]
        keys = [
            RecordKey(*key)
            for key in pl.concat([absent.select("entity", "id"), *missing]).unique().iter_rows()
            if key[1]
        ]
        found |= times.moved(keys, None)
    return frozenset(found)


def _causes_of(
    ledger: Ledger,
    causes: tuple[Cause, ...],
    differing: pl.DataFrame,
    made: Mapping[str, datetime | None],
    captured: Captured,
) -> Callable[[str], Causes]:
    """By report: what differs in the general ledger, and what the report cannot know because it was made before."""
    known = {RecordKey(entity, key or "") for entity, key in differing.select("entity", "id").unique().iter_rows()}

    @cache
    def of(when: datetime | None) -> Causes:
        later = [
            key
            for key, stamp in (captured.stamps.items() if when is not None else ())
            if when is not None and stamp.created is not None and stamp.created > when and key not in known
        ]
        return Causes(ledger, [*causes, *made_later(ledger, later)])

    return lambda name: of(made.get(name))


def _findings(
    read: _Read, lists: list[Lists], differing: pl.DataFrame, why: Mapping[RecordKey, str], moved: frozenset[RecordKey]
) -> list[Finding]:
    """Each missing document and each type that nobody knows is told once, by the first report that has it."""
    found = list(read.findings)
    for one in read.ledgers:
        found += [*listed.sized(one.missing, "general ledger", moved), *one.findings]
    missing = {one.key for one in found if one.code == "document_missing"}
    strange = any(one.code == "type_unknown" for one in found)
    for some in lists:
        new = [one for one in listed.sized(some.missing, "list", moved) if one.key not in missing]
        found += [*new, *(one for one in some.findings if not (strange and one.code == "type_unknown"))]
        missing |= {one.key for one in new}
    return found + [one for one in telling.of_documents(differing, why) if one.key not in missing]
