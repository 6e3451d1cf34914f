"""Words for what a capture finds while it reads: the company at work meanwhile, and how its lists came."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_AGAIN: Final = "Take another snapshot with `akika capture --full`, at a time when nobody works in the books."
_NOTHING: Final = "Nothing."
_STANDS: Final = "The records are all there, read another way; no figure changes."
_AUDIT: Final = "Look in QuickBooks' Audit Log for what was deleted in these days, and export it."

CAPTURE: Final[dict[str, Words]] = {
    # -- the company at work while it was read
    "not_quiet": Words(
        "The snapshot is not the books of one moment: some records may be from before a change and others from after it.",
        _AGAIN,
        (
            (
                r"The company kept changing.*",
                "People or programs kept changing the company while it was read, to the end.",
            ),
            (
                r"The records kept changing.*",
                "The records that were asked for kept changing while they were read, to the end.",
            ),
        ),
    ),
    "no_server_clock": Words(
        "What was changed while the snapshot was taken may be missing from it.",
        _AGAIN,
        ((r".*", "QuickBooks did not say what time it is, so the clock of this computer was used."),),
    ),
    "count_mismatch": Words(
        "Records are missing from the snapshot, or stand in it though they are gone: it is not whole.",
        _AGAIN,
        (
            (
                r"QuickBooks counts (?P<counted>\S+) (?P<many>\w+) records and lists (?P<held>\S+)\.",
                "QuickBooks says that it has {counted} {many}, and handed out {held}.",
            ),
        ),
    ),
    "not_counted": Words(
        "That none of them is missing cannot be shown by a count; they were read in full.",
        _NOTHING,
        ((r"QuickBooks does not count (?P<many>\w+)\.", "QuickBooks does not say how many {many} it has."),),
    ),
    "deleted": Words(
        "They are not in this snapshot; the last version of each stays in the one before and can be put back.",
        "`akika diff` names them and says what their going did to each account.",
    ),
    "deleted_before": Words(
        "QuickBooks keeps their numbers for a month and nothing else. Unless an earlier snapshot has them the vault holds nothing of them.",
        "Export QuickBooks' Audit Log of these days: it tells who deleted what. `akika check --detail` lists them with their times.",
        (
            (
                r"QuickBooks tells of (?P<told>.+?) deleted before this snapshot(?P<since>.*?)\. It gives.*",
                "QuickBooks tells of {told} deleted before this snapshot{since}.",
            ),
        ),
    ),
    "deletions_known_from": Words(
        "Earlier deletions of records that were never captured may be missing from the list; the records themselves are all there.",
        _AUDIT,
        (
            (
                r".*Deletions are known so: (?P<known>.*)\.",
                "QuickBooks did not tell of everything that was deleted in the month before. It is known so: {known}.",
            ),
        ),
    ),
    "deleted_yet_there": Words(
        "The record is in the snapshot, as it can be read.",
        "Look the record up in QuickBooks, and whether it was deleted and brought back.",
        ((r".*", "QuickBooks called a record deleted that is still there."),),
    ),
    "names_merged": Words(
        "Documents now stand under the name that stayed; the amounts are the same, the customer or vendor is not.",
        "Ask whether the merge was wanted; `akika diff` shows which documents it moved.",
    ),
    "came_and_went": Words(
        "If something was made and removed again, it leaves no other trace in the books than this gap.",
        _AUDIT,
    ),
    "id_gaps": Words(
        "Transactions were deleted some time, or are of a kind that no application can read, such as payroll. Most companies have such gaps.",
        "Nothing where this is known; else export QuickBooks' Audit Log, which tells what was deleted in the last two years.",
        (
            (
                r"Of the Ids of transactions from (?P<first>\S+) to (?P<last>\S+), (?P<missing>\S+) are of no record.*",
                "QuickBooks numbers transactions one after the other, from {first} to {last} here; {missing} of these numbers have no transaction.",
            ),
        ),
    ),
    # -- how lists were read
    "list_moved": Words(
        "Nothing is missing.",
        _NOTHING,
        (
            (
                r"The list of (?P<many>\w+) moved while.*",
                "The list of {many} changed while it was read; the part in question was read again.",
            ),
        ),
    ),
    "paging_unstable": Words(
        "Some of these records may be missing from the snapshot, or be in it in an older version.",
        _AGAIN,
        ((r"The list of (?P<many>\w+) kept moving.*", "The list of {many} kept changing while it was read, twice."),),
    ),
    "reading_again_failed": Words(
        "Changes of these records during the capture may be missing.",
        _AGAIN,
        (
            (
                r"The list of (?P<many>\w+) could not be read a second time\.",
                "QuickBooks handed out the list of {many} once and refused it the second time.",
            ),
        ),
    ),
    "inactive_hidden": Words(
        "Records that were made inactive are missing, and with them names and accounts that older documents use.",
        "Take another snapshot; if it stays so, print the list with inactive entries from QuickBooks' screens.",
        (
            (
                r"QuickBooks refused to list inactive (?P<many>\w+) records\.",
                "QuickBooks did not hand out inactive {many}.",
            ),
        ),
    ),
    "ordered_by_change": Words(
        "A record that was changed while the list was read can have slipped through, where the list is long.",
        "Nothing where the counts agree; else take another snapshot.",
        (
            (
                r"QuickBooks refused to list (?P<many>\w+) by .*",
                "The list of {many} came in the order of the last change.",
            ),
        ),
    ),
    "order_refused": Words(
        "A record can have slipped through between two parts of a long list.",
        "Nothing where the counts agree; else take another snapshot.",
        ((r"QuickBooks refused to list (?P<many>\w+) by .*", "The list of {many} came in no order."),),
    ),
    "rows_missing": Words(
        "Records may be missing from the snapshot.",
        _AGAIN,
        (
            (
                r"A page of (?P<many>\w+) declared (?P<told>\S+) rows and held (?P<held>\S+)\.",
                "QuickBooks announced {told} {many} and handed out {held}.",
            ),
        ),
    ),
    "feed_refused": Words(
        _STANDS,
        _NOTHING,
        (
            (
                r"The change feed is refused for (?P<many>\w+);.*",
                "QuickBooks did not say which {many} changed; they were found by the time of their change.",
            ),
        ),
    ),
    "feed_truncated": Words(
        _STANDS,
        _NOTHING,
        (
            (
                r"More (?P<many>\w+) records changed than.*",
                "More {many} changed than QuickBooks tells at once; they were found by the time of their change.",
            ),
        ),
    ),
    "not_read_by_id": Words(
        "Some of the records that were asked for may be missing.",
        "Take the snapshot again, or one of the whole company with `akika capture`.",
        ((r".*", "QuickBooks did not hand out records one by one."),),
    ),
    "asked_and_refused": Words(
        "What the snapshot has of it is what an earlier one had, if any; it is not known whether it still stands.",
        "See that the user who connected may open it in QuickBooks, and take the snapshot again.",
        ((r"(?P<record>\S+) was asked for.*", "QuickBooks refused to show {record}, which was asked for."),),
    ),
    "listed_nowhere": Words(
        "The record is in the snapshot. That it was in no list says that QuickBooks' own list is not whole.",
        "Look the record up in QuickBooks; take another snapshot if several are named.",
        (
            (
                r"(?P<record>\S+) is cited, was in no list, and was read by its Id\.",
                "Other records use the {record}; it was in no list and was asked for by itself.",
            ),
        ),
    ),
    "draft_dropped": Words(
        "This snapshot was read from the beginning; nothing of it is missing.",
        _NOTHING,
        ((r".*", "What an interrupted capture had left could not be used, and was dropped."),),
    ),
}
