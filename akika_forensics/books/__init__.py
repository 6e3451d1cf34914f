"""Documents to double-entry postings, to balances, to agreement with QuickBooks' own reports."""

from akika_forensics.books.chart import DELETED_SUFFIX, Account, Chart, Item
from akika_forensics.books.finding import UNRESOLVED, Finding
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.open_items import OpenDocument
from akika_forensics.books.postings.frame import POSTINGS, Posting
from akika_forensics.books.report import TrialBalance, read_trial_balance
from akika_forensics.books.single import post, post_many
from akika_forensics.books.tie_out import (
    DIFFERING,
    TIED,
    UNEXPLAINED,
    AccountEffect,
    Captured,
    ReportTie,
    Tied,
    TieOutLine,
    by_report,
    effect,
    report_only,
    shown,
    tie,
    unbalanced,
)

__all__ = [
    "DELETED_SUFFIX",
    "DIFFERING",
    "POSTINGS",
    "TIED",
    "UNEXPLAINED",
    "UNRESOLVED",
    "Account",
    "AccountEffect",
    "Captured",
    "Chart",
    "Finding",
    "Item",
    "Ledger",
    "OpenDocument",
    "Posting",
    "ReportTie",
    "TieOutLine",
    "Tied",
    "TrialBalance",
    "by_report",
    "effect",
    "post",
    "post_many",
    "read_trial_balance",
    "report_only",
    "shown",
    "tie",
    "unbalanced",
]
