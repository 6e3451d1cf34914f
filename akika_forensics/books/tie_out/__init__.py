"""The books against QuickBooks' own reports: ours, theirs, what is left, and why it may be."""

from akika_forensics.books.tie_out.captured import Captured
from akika_forensics.books.tie_out.compared import TIED
from akika_forensics.books.tie_out.documents import DIFFERING
from akika_forensics.books.tie_out.line import AccountEffect, ReportTie, TieOutLine, effect
from akika_forensics.books.tie_out.telling import by_report, shown, unbalanced
from akika_forensics.books.tie_out.tied import Tied, report_only, tie
from akika_forensics.books.tie_out.why import UNEXPLAINED

__all__ = [
    "DIFFERING",
    "TIED",
    "UNEXPLAINED",
    "AccountEffect",
    "Captured",
    "ReportTie",
    "TieOutLine",
    "Tied",
    "by_report",
    "effect",
    "report_only",
    "shown",
    "tie",
    "unbalanced",
]
