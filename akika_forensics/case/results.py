"""What checking, rehearsing and verifying found, as values that show themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import polars as pl

from akika_forensics.books import ReportTie
from akika_forensics.case.coverage import NO_COVERAGE, Coverage
from akika_forensics.case.deletions import NO_DELETIONS, Deletions
from akika_forensics.case.rows import MONEY, Rows
from akika_forensics.case.shown import Shown
from akika_forensics.case.tables import Findings, TieOut
from akika_forensics.case.unverified import Unverified
from akika_forensics.changes import CheckReport
from akika_forensics.model.money import ZERO, money
from akika_forensics.twin.beliefs import Taken
from akika_widgets.views.listing import Column, Listing, Mark, Named
from akika_widgets.views.markup import Markup, join
from akika_widgets.views.restored import RestoredView
from akika_widgets.views.view import View


class Together(View):
    """Several views as one, in the order given."""

    def __init__(self, title: str, parts: Sequence[View]) -> None:
        self.title = title
        self.parts = tuple(parts)

    def plain(self) -> str:
        return "\n\n".join(part.text() for part in self.parts)

    def html(self) -> Markup:
        return join([part.svg() if (drawn := part.html()) is None else drawn for part in self.parts])


@dataclass(frozen=True, slots=True)
class CheckResult(Shown, CheckReport):
    """How whole a snapshot is: ``complete``, its ``findings``, and the ``tie_out`` to QuickBooks' own reports.

    ``unverified``: what the capture takes for granted of QuickBooks and nobody has verified. ``controls``: the names of
    QuickBooks' own reports that the snapshot keeps, such as ``TrialBalance/Accrual/2026-11-23``. ``coverage``: what it has of
    each entity. ``deletions``: what QuickBooks told of as deleted that it does not hold.
    """

    tie_out: TieOut
    findings: Findings
    reports: tuple[ReportTie, ...] = ()
    unverified: tuple[Taken, ...] = ()
    controls: tuple[str, ...] = ()
    coverage: Coverage = NO_COVERAGE
    deletions: Deletions = NO_DELETIONS

    @classmethod
    def of(
        cls,
        report: CheckReport,
        unverified: tuple[Taken, ...] = (),
        controls: tuple[str, ...] = (),
        coverage: Coverage = NO_COVERAGE,
        deletions: Deletions = NO_DELETIONS,
    ) -> CheckResult:
        """The same report, so that it shows itself."""
        return cls(
            report.complete,
            TieOut(report.tie_out),
            Findings(report.findings),
            report.reports,
            report.figures,
            report.documents,
            report.report_only,
            unverified,
            controls,
            coverage,
            deletions,
        )

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of any compared account."""
        return max((abs(line.residual) for line in self.tie_out), default=ZERO)

    @property
    def compared(self) -> int:
        """How many figures of QuickBooks' own reports were held against the books."""
        return sum(one.compared for one in self.reports)

    def view(self) -> Together:
        """The findings, the tie-out, what was deleted before where that is told, then what there is of each entity."""
        deleted = [self.deletions.view()] if self.deletions else []
        parts = [self.findings.view(), self.tie_out.view(), *deleted, self.coverage.view()]
        return Together("How whole the snapshot is", parts)


class Outcomes(Rows[Mapping[str, Any]]):
    """The damaged records of a plan, a row each: what became of it; ``outcomes["Invoice:130"]`` is one of them."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "record": pl.String,
        "now": pl.String,
        "label": pl.String,
        "action": pl.String,
        "fidelity": pl.String,
        "agrees": pl.Boolean,
        "differences": pl.List(pl.String),
    }

    def name_of(self, one: Mapping[str, Any]) -> str:
        return str(one["record"])

    def view(self) -> Listing:
        columns = [
            Column("Record"),
            Column("Step", "quiet"),
            Column("As planned", "state"),
            Column("What differs", "quiet"),
        ]
        rows = [
            (
                Named(str(one["label"]), str(one["now"])),
                str(one["action"]),
                Mark("✓", "yes", "good") if one["agrees"] else Mark("≠", "no", "removed"),
                "; ".join(one["differences"]) or None,
            )
            for one in self
        ]
        return Listing("Records", columns, rows, nothing="the plan put no record back.")

    def cells(self, one: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(list(one[name]) if name == "differences" else one[name] for name in self.columns)


class Balances(Rows[Mapping[str, Any]]):
    """The accounts that a plan moves, a row each, debit positive; ``balances["35"]`` is the account with this Id."""

    __slots__ = ()
    columns: ClassVar[Mapping[str, Any]] = {
        "account": pl.String,
        "account_name": pl.String,
        "before": MONEY,
        "predicted": MONEY,
        "actual": MONEY,
        "reported": MONEY,
        "residual": MONEY,
    }
    _AMOUNTS = ("before", "predicted", "actual", "reported", "residual")

    def name_of(self, one: Mapping[str, Any]) -> str:
        return str(one["account"])

    def view(self) -> Listing:
        columns = [Column("Account"), *(Column(name.capitalize(), "number") for name in self._AMOUNTS)]
        rows = [
            (Named(str(one["account_name"]), str(one["account"])), *(_amount(one[name]) for name in self._AMOUNTS))
            for one in self
        ]
        sub = "debit positive, credit negative; reported: by QuickBooks' own trial balance"
        return Listing("Accounts", columns, rows, sub=sub, nothing="the plan moves no account.")

    def cells(self, one: Mapping[str, Any]) -> tuple[Any, ...]:
        return (one["account"], one["account_name"], *(_amount(one[name]) for name in self._AMOUNTS))


def _amount(told: Any) -> Decimal | None:
    return None if told is None else money(told)


class VerificationResult(Shown, dict[str, Any]):
    """The record that verifying a restore left: counts, ``residual``, ``records``, ``balances`` and ``unexpected``. It shows itself."""

    @property
    def outcomes(self) -> Outcomes:
        """What became of each damaged record."""
        return Outcomes(self.get("records", ()))

    @property
    def balances(self) -> Balances:
        """Each account that the plan moves: predicted, and as it is."""
        return Balances(self.get("balances", ()))

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of any account."""
        return money(self.get("residual"))

    def view(self) -> RestoredView:
        """The figures with their verdict, then every record and every account."""
        return RestoredView(self)


class RehearsalResult(Shown, dict[str, Any]):
    """What a rehearsal left: ``ok``, ``state``, ``differences``, those of its undo, ``residual``, ``not_modelled``. It shows itself."""

    @property
    def residual(self) -> Decimal:
        """The largest absolute residual of any account on the stage."""
        return money(self.get("residual"))

    def view(self) -> View:
        """How the plan and its undo ended on the stage, what differed, and what nobody has verified."""
        columns = [Column("Run"), Column("Outcome", "state"), Column("What differed", "quiet")]
        rows = [
            ("The plan", *_outcome(self["state"], self["differences"])),
            ("Taking it back", *_outcome(self["undo_state"], self["undo_differences"])),
        ]
        sub = f"largest residual {self['residual']}; not part of a rehearsal: {', '.join(self['not_modelled'])}"
        ended = Listing("Rehearsal", columns, rows, sub=sub)
        rests_on = self.get("unverified", ())
        return Together("Rehearsal", [ended, Unverified(rests_on)]) if rests_on else ended


def _outcome(state: Any, differences: Sequence[str]) -> tuple[Mark, str | None]:
    if state == "complete" and not differences:
        return Mark("✓", "as predicted", "good"), None
    return Mark("≠", "not as predicted" if state == "complete" else str(state), "removed"), "; ".join(
        differences
    ) or None
