"""Ids that no record has, among those that QuickBooks gave one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from akika_forensics.capture.before import Before
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.model.catalogue import CATALOGUE

_LONGEST: Final = 9
"""Digits of an Id that counts up; longer ones, such as those of attachments, are not given one after the other."""


def note_gaps(findings: Findings, held: Held, before: Before | None = None) -> None:
    """One note on the Ids of transactions, which share one sequence; and one on those that were given out since the snapshot
    ``before``: what came and went in between leaves no other sign, where no list of what changed tells of its kind.

    Source: QuickBooks API, references: believed shared. What is missing was deleted, or is of a kind nobody can read.
    """
    names = [row.name for row in CATALOGUE.values() if row.is_transaction]
    ids = _numbers(one for name in names for one in held.ids(name))
    if not len(ids):
        return
    known = _numbers(one for name in names for one in before.ids(name)) if before is not None else ids
    _note_what_came_and_went(findings, ids, known)
    missing = int(ids[-1] - ids[0]) + 1 - len(ids)
    if missing:
        findings.add(
            "id_gaps",
            f"Of the Ids of transactions from {ids[0]} to {ids[-1]}, {missing:,} are of no record: deleted, or of a kind "
            "that the API does not show.",
            severity="note",
        )


def _note_what_came_and_went(findings: Findings, ids: np.ndarray, known: np.ndarray) -> None:
    """Of what lies above all later Ids there is no sign: nobody tells which Id comes next."""
    if not len(known) or ids[-1] <= known[-1]:
        return
    new = ids[ids > known[-1]]
    missing = int(ids[-1] - known[-1]) - len(new)
    if missing:
        given = "1 transaction number" if missing == 1 else f"{missing:,} transaction numbers"
        findings.add(
            "came_and_went",
            f"Since the snapshot before QuickBooks gave out {given} between {known[-1]} and {ids[-1]} that no record has: something "
            "was made and removed again in between, perhaps while this snapshot was taken, or is of a kind that no application can "
            "read. The Audit Log tells which.",
            severity="note",
        )


def _numbers(ids: Iterable[str]) -> np.ndarray:
    return np.unique(
        np.fromiter(
            (int(one) for one in ids if one.isascii() and one.isdigit() and len(one) <= _LONGEST), dtype=np.int64
        )
    )
