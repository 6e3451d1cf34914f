"""Words for what is found about QuickBooks' own reports, against which the books are held."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_LESS: Final = "The records are whole; fewer figures are compared with QuickBooks' own."
_FULL: Final = "Take a snapshot with `akika capture --full` where these figures matter."

REPORTS: Final[dict[str, Words]] = {
    "control_missing": Words(
        _LESS,
        f"{_FULL} `akika check --detail` shows what QuickBooks answered.",
        ((r".*", "A report of QuickBooks was not handed out."),),
    ),
    "control_cut": Words(
        "What stands after the cut is compared with nothing; the records are whole.",
        "Run that report in QuickBooks for a shorter time, and keep it beside the snapshot.",
        (
            (r"QuickBooks cut the report (?P<report>\w+) off;.*", "QuickBooks cut its report {report} off; its last rows are missing."),
            (r"(?P<report>\w+(?:/[^\s:]*)?): QuickBooks cut the report off;.*", "QuickBooks cut its report {report} off; its last rows are missing."),
        ),
    ),
    "control_older": Words(
        "A difference between it and the books may be a change that came after it.",
        _FULL,
        ((r"The report (?P<report>\w+) was read before.*", "The report {report} was read before the last change, and not again, to spare the month's reads."),),
    ),
    "control_columns": Words(
        "Its figures are compared; what the missing columns tell, such as who changed a document, is not there.",
        "Nothing.",
        (
            (r"The report (?P<report>\w+) was captured with.*", "The report {report} came with the columns that QuickBooks chose."),
            (r"The report (?P<report>\w+) came without the columns.*", "The report {report} came without some of its columns."),
        ),
    ),
    "control_left_out": Words(
        _LESS,
        _FULL,
        ((r"The report (?P<report>\w+) was not asked for.*", "The report {report} was not taken for every day or party, to spare the month's reads."),),
    ),
    "controls_spared": Words(_LESS, "`akika budget` shows the month's reads; take `akika capture --full` when there are enough of them."),
    "no_control": Words(
        "That the books agree with QuickBooks' own balances is not shown.",
        "Take another snapshot, which asks for the trial balance again.",
    ),
    "control_unbalanced": Words(
        "QuickBooks' own trial balance is off; what it is compared with cannot agree.",
        "Run the trial balance in QuickBooks; if it is off there too, Intuit has to look at it.",
        ((r"(?P<report>\w+(?:/[^\s:]*)?): QuickBooks' own debits and credits differ by (?P<amount>.*)\.", "The debits and credits of QuickBooks' own {report} differ by {amount}."),),
    ),
    "residual": Words(
        "Books that follow from the documents are not what QuickBooks reports: something is missing, or posts otherwise.",
        "Begin with the documents that are named here, then with the accounts in the table below.",
    ),
    "report_only": Words("The statements have them, from the reports; the documents themselves cannot be looked at or put back.", "Keep payroll and sales tax payments by hand, from QuickBooks' screens."),
    "report_only_before": Words("If such a transaction was keyed or changed since, the books do not show it yet.", _FULL),
}  # fmt: skip
