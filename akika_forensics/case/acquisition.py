"""How a snapshot came to be and how whole it is: the acquisition report of one capture, as values that show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from akika_forensics.case import acquisition_answers as answers
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
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.pictures import last_written, written_timeline
from akika_forensics.case.plain_words import Explained, explained, stored
from akika_forensics.changes import CheckReport, completeness
from akika_forensics.custody import Act
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault, VerifyReport
from akika_widgets.views.listing import AGREES, DIFFERS, Column, Listing, Mark, Named
from akika_widgets.views.tables import TieOutTable
from akika_widgets.views.timeline import TimelineView
from akika_widgets.views.timeline_events import Moment
from akika_widgets.views.wording import entity_words, field_words

_SEVERITIES: Final = {
    "problem": Mark("≠", "not whole", "removed"),
    "warning": Mark("!", "look at it", "changed"),
    "damage": Mark("≠", "damage", "removed"),
    "notice": Mark("·", "worth knowing", "quiet"),
}
_NOTE: Final = Mark("·", "worth knowing", "quiet")
_CITED: Final = 3
"""How many citing records a row names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding of the capture, how often it was made, and the records it names."""

    explained: Explained
    times: int
    records: tuple[str, ...]


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
    def findings(self) -> tuple[Noticed, ...]:
        """What the capture noticed."""
        return tuple(
            Noticed(explained(stored(row)), int(row.get("times", 1)), tuple(str(one) for one in row.get("records", ())))
            for row in self.info.findings
        )

    @property
    def problems(self) -> int:
        return sum(one.explained.severity == "problem" for one in self.findings)

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def in_short(self) -> Listing:
        """The questions a reader asks first, each with its answer."""
        return answers.in_short(
            self.info,
            problems=self.problems,
            counts=self.counts,
            lines=sum(one.compared for one in self.check.reports),
            residual=self.residual,
            lost=sum(one.needed for one in self.missing),
            vault=self.vault,
        )

    def interval(self) -> Listing:
        """When, from where and how the snapshot was taken. Times are QuickBooks' own clock, UTC."""
        return answers.interval(self.info)

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
        """What could not be seen, and what else the capture noticed, in the words of the check."""
        columns = [
            Column("Kind", "state"),
            Column("What happened", "sentence"),
            Column("For the books", "sentence"),
            Column("What to do", "sentence"),
            Column("Times", "number"),
            Column("Records named", "quiet"),
        ]
        rows = [
            (
                _SEVERITIES.get(one.explained.severity, _NOTE),
                one.explained.what,
                one.explained.means,
                one.explained.do,
                one.times,
                _some(one.records),
            )
            for one in self.findings
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
    costs = opening_costs(snapshot, records=records)
    return Acquisition(
        info,
        type_counts(records, reported_counts(info)),
        missing(ReferenceGraph.of(records).dangling()),
        controls_of(controls),
        completeness(
            records,
            {} if info.scoped else controls,
            [*info.findings, *(one.as_dict() for one in costs.findings)],
            live_in(info),
            ledgers_before(vault, snapshot),
            costs.units,
        ),
        acts_of(acts, info),
        verified,
        last_written(records),
        coverage_of(info, records),
    )


def _type(entity: str) -> str:
    words = entity_words(entity).many
    return words[:1].upper() + words[1:]


def _citing(cited_by: Iterable[tuple[RecordKey, str]]) -> list[str]:
    return [f"{source} ({field_words(path)})" for source, path in cited_by]


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _CITED
    shown = ", ".join(names[:_CITED])
    return f"{shown} and {rest:,} more" if rest > 0 else shown
