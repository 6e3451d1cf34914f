"""How a snapshot came to be and how whole it is: the acquisition report of one capture, as values that show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from akika_forensics.case.acts import custody_table
from akika_forensics.case.captured import (
    Control,
    Kept,
    Missing,
    TypeCount,
    acts_of,
    controls_of,
    missing,
    reported_counts,
    type_counts,
)
from akika_forensics.case.coverage import NO_COVERAGE, Coverage, coverage_of, live_in
from akika_forensics.case.ledgers_before import ledgers_before
from akika_forensics.case.pictures import last_written, written_timeline
from akika_forensics.case.scopes import said_of
from akika_forensics.changes import CheckReport, completeness
from akika_forensics.custody import Act
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault, VerifyReport
from akika_widgets.views.listing import AGREES, DIFFERS, Cell, Column, Listing, Mark, Named
from akika_widgets.views.tables import TieOutTable
from akika_widgets.views.timeline import TimelineView
from akika_widgets.views.timeline_events import Moment
from akika_widgets.views.wording import amount, entity_words, field_words

_SEVERITIES: Final = {
    "problem": Mark("≠", "not whole", "removed"),
    "warning": Mark("!", "look at it", "changed"),
    "damage": Mark("≠", "damage", "removed"),
    "notice": Mark("·", "worth knowing", "quiet"),
}
_NOTE: Final = Mark("·", "worth knowing", "quiet")
_CITED: Final = 3
"""How many citing records a row names before it counts the rest."""


@dataclass(frozen=True)
class Acquisition:
    """One snapshot as evidence: when and how it was taken, what it holds, what it could not see, who vouches for it."""

    info: SnapshotInfo
    counts: tuple[TypeCount, ...]
    missing: tuple[Missing, ...]
    controls: tuple[Control, ...]
    check: CheckReport
    acts: tuple[Act, ...]
    vault: VerifyReport
    written: tuple[Moment, ...] = ()
    coverage: Coverage = NO_COVERAGE

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of the tie-out."""
        return max((abs(line.residual) for line in self.check.tie_out), default=ZERO)

    @property
    def disagreeing(self) -> tuple[TypeCount, ...]:
        return tuple(one for one in self.counts if not one.agrees)

    @cached_property
    def findings(self) -> tuple[tuple[str, str, int, tuple[str, ...]], ...]:
        """What the capture noticed: severity, sentence, how often, and the records it names."""
        return tuple(
            (
                str(row.get("severity", "note")),
                str(row.get("what", "")),
                int(row.get("times", 1)),
                tuple(str(one) for one in row.get("records", ())),
            )
            for row in self.info.findings
        )

    @property
    def problems(self) -> int:
        return sum(severity == "problem" for severity, *_ in self.findings)

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def in_short(self) -> Listing:
        """The questions a reader asks first, each with its answer."""
        fence, lines = self.info.fence, sum(one.compared for one in self.check.reports)
        quiet = bool(fence.get("quiet"))
        counted = [one for one in self.counts if one.reported is not None]
        lost = sum(one.needed for one in self.missing)
        rows = [
            _answer(
                "Is everything there that can be read?",
                self.info.complete,
                "whole",
                "not whole",
                f"{self.info.records:,} records; {self.problems:,} findings say that something is missing"
                if self.problems
                else f"{self.info.records:,} records",
            ),
            _answer(
                "Did the books stand still at the end?",
                quiet,
                "yes",
                "no",
                f"{int(fence.get('passes', 0)):,} further readings; the last found {'nothing new' if quiet else 'more'}",
            ),
            _answer(
                "Do the numbers of records agree?",
                not self.disagreeing,
                "agree",
                "do not agree",
                f"{len(counted) - len(self.disagreeing):,} of {len(counted):,} record types against QuickBooks' own count",
            ),
            _answer(
                "Does the trial balance tie out?",
                bool(lines) and self.residual == ZERO,
                "to the cent",
                "no" if lines else "not compared",
                f"{lines:,} lines against QuickBooks' own report; largest residual {amount(self.residual)}",
            ),
            _answer(
                "Does every reference lead somewhere?",
                not lost,
                "yes",
                "no",
                f"{lost:,} records are needed by others and were not captured"
                if lost
                else "no captured record needs one that is not there",
            ),
            _answer(
                "Is the vault as it was written?",
                self.vault.ok,
                "undamaged",
                "damaged",
                f"{self.vault.files:,} files read to their end",
            ),
        ]
        return Listing(
            "The snapshot in short", [Column("Question"), Column("Answer", "state"), Column("Rests on", "quiet")], rows
        )

    def interval(self) -> Listing:
        """When, from where and how the snapshot was taken. Times are QuickBooks' own clock, UTC."""
        info, fence = self.info, self.info.fence
        seconds = int((info.finished_at - info.taken_at).total_seconds())
        scope: list[tuple[Cell, ...]] = [("Of", "some records", said_of(info))] if info.scoped else []
        rows: list[tuple[Cell, ...]] = [
            *scope,
            ("Company", info.company.name, f"realm {info.company.realm_id} at {info.company.host}"),
            ("Begun", _when(info.taken_at), "by QuickBooks' clock, UTC"),
            ("Ended", _when(info.finished_at), f"{seconds:,} seconds later" if seconds != 1 else "1 second later"),
            ("Changes followed from", _when(fence.get("from")), "everything that moved since was read again"),
            (
                "Changes followed to",
                _when(fence.get("to")),
                "the state that the snapshot shows" if fence.get("quiet") else "and still something moved",
            ),
            ("Further readings", int(fence.get("passes", 0)), "of what had changed, until nothing had"),
            ("Requests", info.requests, "all of them reads; a capture cannot write to QuickBooks"),
            ("Records", info.records, f"{info.new_versions:,} of them new to the vault in this form"),
            ("Signed as", _grouped(info.digest), "SHA-256 of the snapshot's entry in the vault's chain"),
        ]
        columns = [Column("What"), Column("Said by the snapshot"), Column("Meaning", "quiet")]
        return Listing(f"Snapshot {info.id}", columns, rows)

    def type_counts(self) -> Listing:
        """Each record type beside QuickBooks' own count."""
        columns = [
            Column("Record type"),
            Column("QuickBooks counts", "number"),
            Column("Captured", "number"),
            Column("Agreement", "state"),
            Column("Latest change (UTC)", "quiet"),
        ]
        rows = [
            (_type(one.entity), one.reported, one.held, AGREES if one.agrees else DIFFERS, one.last_changed)
            for one in self.counts
            if one.held or one.reported or not one.agrees
        ]
        empty = len(self.counts) - len(rows)
        said = f"{empty:,} further types were asked for and are empty" if empty else ""
        foot = ("All", sum(one.reported or 0 for one in self.counts), sum(one.held for one in self.counts), "", "")
        return Listing("Records by type", columns, rows, sub=said, foot=foot)

    def unseen(self) -> Listing:
        """What could not be seen, and what else the capture noticed."""
        columns = [
            Column("Kind", "state"),
            Column("What"),
            Column("Times", "number"),
            Column("Records named", "quiet"),
        ]
        rows = [
            (_SEVERITIES.get(severity, _NOTE), what, times, _some(records))
            for severity, what, times, records in self.findings
        ]
        return Listing("What the capture noticed", columns, rows, nothing="nothing was noticed.")

    def reach(self) -> Listing:
        """What there is of each entity, and what no application can read."""
        return self.coverage.view()

    def when_written(self) -> TimelineView:
        """The records by the time at which QuickBooks last wrote them."""
        return written_timeline(self.written, self.info.records)

    def tie_out(self) -> TieOutTable:
        return TieOutTable(self.check.tie_out)

    def reports_kept(self) -> Listing:
        """QuickBooks' own reports that were captured with the records."""
        columns = [
            Column("Report"),
            Column("Basis", "quiet"),
            Column("Days"),
            Column("Bytes", "number"),
            Column("SHA-256", "code"),
        ]
        rows = [(one.report, one.basis, one.days, one.length, one.sha256) for one in self.controls]
        return Listing("Reports kept with the records", columns, rows, nothing="no report was captured.")

    def references(self) -> Listing:
        """References to records that are not in the snapshot."""
        columns = [Column("Cited record"), Column("Kind", "state"), Column("Cited by", "quiet")]
        needed, computed = Mark("≠", "needed", "removed"), Mark("·", "named by QuickBooks only", "quiet")
        rows = [
            (Named(one.name, one.target), needed if one.needed else computed, _some(_citing(one.cited_by)))
            for one in self.missing
        ]
        return Listing(
            "References that lead nowhere", columns, rows, nothing="every reference leads to a captured record."
        )

    def integrity(self) -> Listing:
        """What reading the whole vault again found."""
        columns = [Column("Kind", "state"), Column("What"), Column("File", "quiet")]
        rows: list[tuple[Mark, str, str | None]] = [
            (_SEVERITIES[one.severity], one.what, one.path) for one in self.vault.findings
        ]
        said = f"{self.vault.files:,} files and {self.vault.bytes:,} bytes were read, opened and held against their signed digests"
        said = "; ".join([said, *(sentence.rstrip(".") for sentence in self.vault.outside.sentences())])
        clean = Mark("✓", "undamaged", "good") if self.vault.ok else Mark("≠", "damaged", "removed")
        if not rows:
            rows = [(clean, "Every file is the one that was signed, and the chain has no gap.", None)]
        return Listing("The vault", columns, rows, sub=said, sign=clean)

    def custody(self) -> Listing:
        """The entries of the custody log that concern this snapshot, its company or the making of the vault."""
        return custody_table(self.acts)

    def figures(self) -> dict[str, str | int | bool | Decimal]:
        """What the report comes to."""
        return {
            "snapshot": self.info.id,
            "digest": self.info.digest,
            "realm": self.info.company.realm_id,
            "records": self.info.records,
            "types": sum(1 for one in self.counts if one.held),
            "counts_disagreeing": len(self.disagreeing),
            "whole": self.info.complete,
            "quiet": bool(self.info.fence.get("quiet")),
            "requests": self.info.requests,
            "lines_compared": sum(one.compared for one in self.check.reports),
            "largest_residual": self.residual,
            "references_leading_nowhere": sum(one.needed for one in self.missing),
            "problems": self.problems,
            "vault_undamaged": self.vault.ok,
            **{f"records_{one.entity}": one.held for one in self.counts if one.held},
        }


def acquisition_of(vault: Vault, snapshot: Snapshot, acts: Iterable[Act], verified: VerifyReport) -> Acquisition:
    """Everything that one snapshot, the custody log and the check of the vault say of how it was taken."""
    info = snapshot.info
    records = tuple(snapshot.records())
    controls = Kept(snapshot)
    return Acquisition(
        info,
        type_counts(records, reported_counts(info)),
        missing(ReferenceGraph.of(records).dangling()),
        controls_of(controls),
        completeness(
            records, {} if info.scoped else controls, info.findings, live_in(info), ledgers_before(vault, snapshot)
        ),
        acts_of(acts, info),
        verified,
        last_written(records),
        coverage_of(info, records),
    )


def _answer(question: str, good: bool, yes: str, no: str, rests: str) -> tuple[str, Mark, str]:
    return (question, Mark("✓", yes, "good") if good else Mark("≠", no, "removed"), rests)


def _grouped(digest: str) -> str:
    """A digest that can be read aloud and broken into lines."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


def _type(entity: str) -> str:
    words = entity_words(entity).many
    return words[:1].upper() + words[1:]


def _when(value: object) -> str:
    if isinstance(value, str) and value:
        value = parse_instant(value)
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else "not known"


def _citing(cited_by: Iterable[tuple[RecordKey, str]]) -> list[str]:
    return [f"{source} ({field_words(path)})" for source, path in cited_by]


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _CITED
    shown = ", ".join(names[:_CITED])
    return f"{shown} and {rest:,} more" if rest > 0 else shown
