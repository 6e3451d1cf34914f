"""Findings in an accountant's words, where they are shown; what the vault keeps of them stays as it was written."""

from __future__ import annotations

from akika_forensics.case.plain_words.explained import (
    ALL_WORDS,
    Explained,
    FindingLike,
    Group,
    Stored,
    explained,
    grouped,
    not_there,
    stored,
)

__all__ = ["ALL_WORDS", "Explained", "FindingLike", "Group", "Stored", "explained", "grouped", "not_there", "stored"]
