"""The books of a snapshot with their tie-out, read at one go: for whoever looks at several statements of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from akika_forensics.books import Ledger, tie
from akika_forensics.case.captured import Kept
from akika_forensics.case.company_day import company_day
from akika_forensics.case.coverage import live_in
from akika_forensics.case.ledgers_before import ledgers_before
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.results import Together
from akika_forensics.case.shown import Shown
from akika_forensics.case.statements.asked import Asked, ask, frame_of
from akika_forensics.case.statements.books import Books, names_of
from akika_forensics.case.statements.figures import StatementFigures, figures_of
from akika_forensics.case.statements.pictures import pictures_of
from akika_forensics.case.statements.remarks import report_only
from akika_forensics.case.statements.statement_tie import StatementTie
from akika_forensics.case.statements.ties import Ties, ties_of
from akika_forensics.changes.check import captured_as
from akika_forensics.vault import Snapshot, Vault
from akika_widgets.views.listing import Column, Listing
from akika_widgets.views.tie_map import TieMap
from akika_widgets.views.view import View


@dataclass(frozen=True)
class Statement(Shown):
    """One statement as it shows itself: its pictures, its figures, and what the tie-out says of it."""

    books: Books = field(repr=False)
    asked: Asked
    tie: StatementTie = field(repr=False)

    @property
    def frame(self) -> pl.DataFrame:
        """A row a line, amounts as decimals."""
        return frame_of(self.books, self.asked)

    @cached_property
    def figures(self) -> StatementFigures:
        """The rows; ``figures.figure(row, column)`` is what drilling down asks for. Raises WrongUse for a register."""
        return figures_of(self.books, self.asked)

    @cached_property
    def pictures(self) -> tuple[View, ...]:
        """None for a trial balance and a register."""
        return pictures_of(self.books, self.asked)

    def picture(self) -> View:
        """The pictures as one view."""
        return self.pictures[0] if len(self.pictures) == 1 else Together(self.asked.title, self.pictures)

    def view(self) -> Together:
        """The pictures, the figures, then how they agree with QuickBooks' own reports."""
        rows = [] if self.asked.kind == "register" else [self.figures.table]
        mark = self.tie.mark
        said = Listing("Tie-out", [Column("What was compared")], [(self.tie.sentence(),)], sub=mark.word, sign=mark)
        off = [self.tie.listing()] if self.tie.differing else []
        return Together(self.asked.title, [*self.pictures, *rows, said, *self._alone(), *off])

    def _alone(self) -> list[Listing]:
        """What of it only reports tell of, by kind, where there is any."""
        columns = [Column("Kind"), Column("Transactions", "number"), Column("Amount", "number")]
        rows = report_only(self.books, self.asked)
        sub = "taken from the general ledger; no application can read them, no document of the snapshot stands behind"
        return [Listing("From QuickBooks' reports alone", columns, rows, sub=sub)] if rows else []


@dataclass(frozen=True)
class ReadBooks:
    """``ties``: the books against QuickBooks' own reports, those that were captured with the snapshot. ``day``: when it was taken."""

    books: Books = field(repr=False)
    ties: Ties = field(repr=False)
    day: date

    def statement(
        self,
        kind: str,
        end: date | None = None,
        start: date | None = None,
        *,
        basis: str = "accrual",
        by: str = "total",
        account: str = "",
    ) -> Statement:
        """A statement, as of the day of the snapshot unless ``end`` says otherwise. Raises WrongUse where there is no such statement."""
        asked = ask(self.books, kind, end or self.day, start, basis=basis, by=by, account=account)
        return Statement(self.books, asked, self.ties.of(asked))

    def map(self) -> TieMap:
        """Every report by month: where the books agree with it."""
        return self.ties.map()


def read_books(vault: Vault, snapshot: Snapshot) -> ReadBooks:
    """Read a snapshot, post it, tie it out. Raises VaultDamaged, NotAllowed where the member may not read payloads."""
    records = list(snapshot.records())
    costs = opening_costs(snapshot, records=records)
    ledger = Ledger.of(records, opening_costs=costs.units)
    # Records of different times and reports of one moment say nothing about each other.
    kept: Mapping[str, bytes] = {} if snapshot.info.scoped else Kept(snapshot)
    captured = captured_as(records, snapshot.info.findings, live_in(snapshot.info))
    tied = tie(ledger, kept, captured, ledgers_before(vault, snapshot))
    # The tie-out has what only reports show and the cash basis already: neither is worked out twice.
    books = Books(snapshot.info.id, ledger, tied.report_only, names_of(records), tied.cash, costs.findings)
    return ReadBooks(books, ties_of(tied), company_day(snapshot.info))
