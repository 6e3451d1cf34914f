"""The postings that a report reads: those made when documents were written."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.session import Session

ACCRUAL: Final = "posting"


def table(session: Session, basis: str) -> str:  # noqa: ARG001 - the cash basis needs it
    """The table of the company's file from which a report on that basis reads its postings."""
    return ACCRUAL
