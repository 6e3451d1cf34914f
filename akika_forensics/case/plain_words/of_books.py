"""Words for what is found when the books are made of the records, and held against QuickBooks' lists and ledger."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_APART: Final = "An amount stands on an account of its own for what cannot be placed, and balances are off by it."
_OPEN: Final = "Open it in QuickBooks and look at its journal entry (More, Transaction journal)."
_AGAIN: Final = "Take another snapshot; if it is still so, look the record up in QuickBooks."
_STOCK: Final = "What the stock and the cost of goods sold come to may differ from QuickBooks."
_ITEM: Final = "Look at the item and its history of quantities in QuickBooks."

REPORT_UNREADABLE: Final = Words(
    "The books are not compared with this report.",
    "Take another snapshot. `akika check --detail` shows why it cannot be read.",
    ((r"(?P<report>\w+(?:/[^\s:]*)?): .*", "QuickBooks' report {report} came in a form that cannot be read."),),
)

BOOKS: Final[dict[str, Words]] = {
    "dangling_reference": Words(
        "It was deleted, merged into another name, or is of a kind that no application can read. What uses it cannot be put back as it is.",
        "Look it up in QuickBooks' Audit Log; `akika history` shows whether an earlier snapshot has it.",
        (
            (
                r"(?P<record>\S+) \((?P<name>.*)\) is cited but was not captured: by (?P<records>.*)\.",
                "“{name}” ({record}) is not in the snapshot, and is used by {records}.",
            ),
            (r"(?P<record>\S+) is cited but was not captured: by (?P<records>.*)\.", "The {record} is not in the snapshot, and is used by {records}."),
            (r"(?P<record>\S+) is cited and cannot be read by anybody\.", "The {record} is used by others; no application can read it."),
            (r"(?P<record>\S+) is cited and was (?P<why>deleted while.*|merged into.*)\.", "The {record} is used by others and was {why}."),
            (r"(?P<record>\S+) is cited and is not there.*", "The {record} is used by others and is not in QuickBooks any more, or never was."),
            (r"(?P<record>\S+) is cited and was in no list\.", "The {record} is used by others and was in no list."),
            (r"(?P<record>\S+) is cited and was not read: .*", "The {record} is used by others; QuickBooks did not hand out records of its kind."),
        ),
    ),
    "placeholder": Words(
        "What it was is not known, nor what it posted.",
        "Look it up in QuickBooks' Audit Log.",
        (
            (r"(?P<record>\S+) stands in for .*; it is cited by (?P<records_by>.*)\.", "The {record} stands in for a record that was never recorded; it is used by {records_by}."),
            (r"(?P<record>\S+) stands in for .*; nothing cites it\.", "The {record} stands in for a record that was never recorded; nothing uses it."),
        ),
    ),
    "duplicate_name": Words(
        "QuickBooks keeps such names unique: documents may be spread over two of them.",
        "Look at both in QuickBooks, and merge them if they are one.",
        ((r"(?P<records>.*) have the same (?P<field>\w+)\.", "The same name is borne by {records}."),),
    ),
    "account_missing": Words(
        "Its type is not known, and so not on which statement it stands.",
        "Look whether the account is in QuickBooks' chart of accounts, also among the inactive; take another snapshot.",
        ((r"Account (?P<number>\S+) was not captured; (?P<count>\S+) postings to it stand under its Id\.", "{count} postings are to the account with internal number {number}, which is not in the snapshot."),),
    ),
    "no_account": Words(_APART, "Give the item or line an account in QuickBooks, or look at why it has none."),
    "stock_history_incomplete": Words(_STOCK, _ITEM),
    "opening_cost_unknown": Words(
        "First stock may be valued at another price than on the day on which it began.",
        _ITEM,
        (
            (r"(?P<record>\S+) \((?P<name>.*)\) was not tracked when it was first seen, and its purchase price was changed since: .*", "The {record} ({name}) was not tracked when it was first seen, and its purchase price was changed since."),
            (r"Earlier versions of items cannot be read .*", "Earlier versions of items cannot be read, and with them what they cost."),
        ),
    ),
    "stock_start_unknown": Words("Its first stock is taken to be of the first day on which it moved.", _ITEM),
    "stock_below_zero": Words(
        "What left is valued by what came in later, as QuickBooks does.",
        "Look whether a bill was entered late.",
        ((r"(?P<record>\S+) \((?P<name>.*)\) was (?P<short>\S+) short when (?P<records>\S+) took it on (?P<day>\S+)\.", "The {record} ({name}) was {short} short when the {records} took it on {day}."),),
    ),
    "stock_not_moved": Words(_STOCK, "Look at the adjustment in QuickBooks."),
    "no_posting_type": Words("The line is not posted, and the entry does not balance without it.", _OPEN),
    "tax_lines_differ": Words("The total of tax is taken; which agency the rest is owed to is not known.", "Open the document in QuickBooks and look at its tax."),
    "does_not_balance": Words(_APART, _OPEN),
    "rounding": Words("The cents are posted as a rounding.", "Nothing."),
    "not_posted": Words("What it would post is missing from every statement of this check.", _OPEN),
    "rate_taken_from_list": Words("Its amounts at home may differ from QuickBooks by the rate.", "Compare its rate in QuickBooks."),
    "type_unknown": Words("They are missing from the statements that are made of the documents.", "Run a report of that transaction type in QuickBooks, and keep it beside the snapshot."),
    "postings_differ": Words(
        "The balances of the accounts that are named differ from QuickBooks by these amounts.",
        _OPEN,
        (
            (
                r"(?P<record>\w+:\S*) posts otherwise in QuickBooks' general ledger, by (?P<amount>\S+) in account (?P<account>\S+?)(?P<more> and in \d+ more)?(?P<tail>: .*)?\.",
                "The {record} posts otherwise in QuickBooks' general ledger, by {amount} in the account with internal number {account}{more}{tail}.",
            ),
        ),
    ),
    "listed_otherwise": Words(
        "The document was changed while the snapshot was taken, or QuickBooks' list is another than its document.", _AGAIN,
        ((r"QuickBooks' list has (?P<label>.*) (?P<key>\S+) (?P<rest>(?:of|with the name) .*)\.", "QuickBooks' list has the {label} with internal number {key} {rest}."),),
    ),
    "document_missing": Words(
        "What it posts is missing from the statements that are made of the documents.", _AGAIN,
        ((r"QuickBooks' (?P<report>\w+) has (?P<label>.*) (?P<key>\S+) of (?P<rest>\S+ \(.*\), which was not captured.*)\.", "QuickBooks' {report} has the {label} with internal number {key} of {rest}."),),
    ),
    "document_unlisted": Words("It is in the statements; QuickBooks' reports may be without it.", _AGAIN),
    "account_not_captured": Words("Postings to it stand on no statement line of their own.", _AGAIN),
    "account_unlisted": Words("The account may have been made inactive or merged while the snapshot was taken.", _AGAIN),
    "account_differs": Words("It may stand on another line, or another statement, than in QuickBooks.", _AGAIN),
}  # fmt: skip
