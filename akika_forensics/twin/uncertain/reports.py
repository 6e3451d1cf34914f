"""What nobody is sure of in the lists of transactions and accounts; rows of the table of beliefs."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import Belief, row

_LISTS: Final = "report GeneralLedger, report JournalReport, report TransactionList, report ProfitAndLossDetail"

TABLE: Final[tuple[Belief, ...]] = (
    row(
        "report_columns",
        "Do the columns of a list say their key beside their type, or in place of it?",
        "described keyed",
        "recorded: beside it in lists of 2017 and 2021 and a ledger of 2026, in place of it in a ledger of 2020",
        _LISTS,
    ),
    row(
        "ledger_sub_accounts",
        "Does each account below another show its own Id in the ledger, or the first one on the header above it?",
        "own first_child",
        "recorded: above it in 2020 without a minor version, its own in 2026",
        "report GeneralLedger",
    ),
    row(
        "column_order",
        "Do the columns asked for come in the report's own order, or in that of the request?",
        "own asked",
        "a ledger recorded in 2026: in its own; of other lists nothing is recorded",
        _LISTS,
    ),
    row(
        "rows_sorted_by",
        "In which order are the rows of a list when none is asked for?",
        "date txn_type",
        "recorded by date, within a day in no order; the documentation says txn_type",
        "report GeneralLedger, report TransactionList, report ProfitAndLossDetail",
    ),
    row(
        "app_as_author",
        "Whom does a report name as the author of what an application wrote: the user who connected it, or nobody?",
        "user nobody",
        "a list of 2017 names a user; by what he wrote is not told",
        f"{_LISTS}, report AccountList",
    ),
    row(
        "cleared_in_reports",
        "Does a report tell with a letter or with a word what is cleared and reconciled?",
        "letters words",
        "QuickBooks' own screens show C and R; the documentation of the filter speaks in words",
        "report GeneralLedger, report TransactionList",
    ),
    row(
        "created_from_to",
        "Is a list kept to the days of start_createdate and end_createdate?",
        "heeded ignored",
        "QuickBooks API, reports: among the parameters, and not currently available",
        "report TransactionList",
    ),
    row(
        "modified_from_to",
        "Is a list kept to the days of start_moddate and end_moddate?",
        "heeded ignored",
        "QuickBooks API, reports: among the parameters, beside those of the creation that are not available",
        "report TransactionList",
    ),
    row(
        "account_list_words",
        "Does AccountList call types and detail types as the records do, or as the screens do?",
        "as_on_screens as_in_records",
        "QuickBooks API, AccountList: its sample shows Income alone, which is the same in both",
        "report AccountList",
    ),
)
