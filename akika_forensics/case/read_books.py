"""The books of a snapshot with their tie-out, read at one go: for whoever looks at several statements of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from akika_forensics.books import Ledger, tie
from akika_forensics.case.captured import Kept
from akika_forensics.case.statement_ties import Ties, ties_of
from akika_forensics.case.statements import Books, names_of
from akika_forensics.vault import Snapshot


@dataclass(frozen=True)
class ReadBooks:
    """``ties``: the books against QuickBooks' own reports, those that were captured with the snapshot."""

    books: Books = field(repr=False)
    ties: Ties = field(repr=False)


def read_books(snapshot: Snapshot) -> ReadBooks:
    """Read a snapshot, post it, tie it out. Raises VaultDamaged, NotAllowed where the member may not read payloads."""
    records = list(snapshot.records())
    ledger = Ledger.of(records)
    tied = tie(ledger, Kept(snapshot))
    # The tie-out has what only reports show already: their rows are not read twice.
    return ReadBooks(Books(snapshot.info.id, ledger, tied.report_only, names_of(records)), ties_of(tied))
