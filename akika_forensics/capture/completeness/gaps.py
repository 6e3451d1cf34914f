"""Ids that no record has, among those that QuickBooks gave one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.model.catalogue import CATALOGUE

_LONGEST: Final = 9
"""Digits of an Id that counts up; longer ones, such as those of attachments, are not given one after the other."""


def note_gaps(findings: Findings, held: Held) -> None:
    """One note on the Ids of transactions, which share one sequence.

    Source: QuickBooks API, references: believed shared. What is missing was deleted, or is of a kind nobody can read.
    """
    ids = _numbers(one for row in CATALOGUE.values() if row.is_transaction for one in held.ids(row.name))
    if not len(ids):
        return
    missing = int(ids[-1] - ids[0]) + 1 - len(ids)
    if missing:
        findings.add(
            "id_gaps",
            f"Of the Ids of transactions from {ids[0]} to {ids[-1]}, {missing:,} are of no record: deleted, or of a kind "
            "that the API does not show.",
            severity="note",
        )


def _numbers(ids: Iterable[str]) -> np.ndarray:
    return np.unique(
        np.fromiter(
            (int(one) for one in ids if one.isascii() and one.isdigit() and len(one) <= _LONGEST), dtype=np.int64
        )
    )
