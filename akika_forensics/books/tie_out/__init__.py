"""The books against QuickBooks' own reports: ours, theirs, what is left, and why it may be."""

from akika_forensics.books.tie_out.tied import Tied, by_report, report_only, shown, tie, unbalanced
from akika_forensics.books.tie_out.trial import AccountEffect, ReportTie, TieOutLine, effect, tie_out

__all__ = [
    "AccountEffect",
    "ReportTie",
    "TieOutLine",
    "Tied",
    "by_report",
    "effect",
    "report_only",
    "shown",
    "tie",
    "tie_out",
    "unbalanced",
]
