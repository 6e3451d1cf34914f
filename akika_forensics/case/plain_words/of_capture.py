"""Words for what a capture finds about records: what was read, what changed meanwhile, what nobody can read."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_AGAIN: Final = "Take another snapshot with `akika capture --full`, at a time when nobody works in the books."
_FULL: Final = "Nothing now. If it is there after `akika capture --full` too, tell the makers of this software."
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
    # -- what the records are
    "record_refused": Words(
        "The record is missing from the snapshot, and with it what it posts.",
        "Look the record up in QuickBooks, print it, and take another snapshot.",
        ((r".*", "QuickBooks handed out a record in a form that cannot be kept."),),
    ),
    "record_without_id": Words(
        "The record is in the snapshot; later versions of it cannot be told to be the same record.",
        _NOTHING,
        (
            (
                r"A record of (?P<many>\w+) came without an Id.*",
                "Among the {many} is one that QuickBooks gave no number of its own.",
            ),
        ),
    ),
    "unknown_field": Words(
        "It is kept as it came. The books take no notice of it.",
        _NOTHING,
        (
            (
                r"(?P<many>\w+) has the undocumented field (?P<field>.*)\.",
                "QuickBooks tells something of {many} that it describes nowhere: {field}.",
            ),
        ),
    ),
    "unknown_key": Words(
        "It may be about records that are not in the snapshot.",
        _FULL,
        (
            (
                r"The list of (?P<many>\w+) came with.*",
                "The list of {many} came with something that QuickBooks describes nowhere.",
            ),
            (r".*", "What QuickBooks says of changes has something in it that it describes nowhere."),
        ),
    ),
    "unreadable_reference": Words(
        "What they lead to, such as payroll or a bank line, is in no snapshot.",
        "Keep it by hand, from QuickBooks' screens.",
        (
            (
                r"Links to (?P<kind>.*) occur (?P<times>\S+) times;.*",
                "Records lead {times} times to something of the kind {kind}, which no application can read.",
            ),
        ),
    ),
    "not_looked_at": Words(
        "This check looks at the whole snapshot, so nothing of them stays unlooked at.",
        _NOTHING,
    ),
    # -- kinds of records that are not there
    "entity_not_listed": Words(
        "None of them is in the snapshot.",
        "Where the company uses them, keep them by hand from QuickBooks' screens.",
        (
            (
                r"QuickBooks offers no list of (?P<many>\w+) here \[.*\]\.",
                "QuickBooks hands out no list of {many} in this company.",
            ),
        ),
    ),
    "entity_not_offered": Words(
        "There is nothing to be captured.",
        _NOTHING,
        ((r"This company has no (?P<many>\w+) \[.*\]\.", "This company's QuickBooks has no {many}."),),
    ),
    "entity_unreadable": Words(
        "All of them are missing from the snapshot: its books are not whole.",
        "Take another snapshot. If it stays so, ask who administers the company whether the connection may read them.",
        ((r"(?P<many>\w+) could not be read: .*", "QuickBooks did not hand out the {many}."),),
    ),
    "not_captured": Words(
        "It holds no figures of the books.",
        _NOTHING,
        (
            (
                r"(?P<what>\w+) is not captured: .*",
                "“{what}” of QuickBooks is left out: no application can read it as records.",
            ),
        ),
    ),
    # -- snapshots of some records
    "asked_and_gone": Words(
        "It is not in this snapshot; its last version is in an earlier one.",
        "`akika history` shows its versions.",
        (
            (
                r"(?P<record>\S+) is not there any more;.*",
                "The {record} was asked for and is not in QuickBooks any more.",
            ),
        ),
    ),
    "asked_and_unknown": Words(
        "Nothing of it is known, nor what belongs to it.",
        "Look whether it was named rightly; `akika history` knows the records of all snapshots.",
        (
            (
                r"(?P<record>\S+) is not there, and no.*",
                "The {record} was asked for, is not in QuickBooks and in no snapshot.",
            ),
        ),
    ),
    "scope_cut": Words(
        "Documents that belong to them may be missing here.",
        "Take a snapshot of the whole company with `akika capture`.",
    ),
    "names_followed_one_way": Words(
        "Documents of that customer, vendor, account or item are as in the snapshot before, or not in it.",
        "Take a snapshot of the whole company with `akika capture` if they are needed.",
        ((r".*", "A name was asked for, and the documents that use it were not read with it."),),
    ),
    "some_records": Words(
        "It is not the books of the whole company at that time, and is not held against QuickBooks' reports.",
        "Take a snapshot with `akika capture` where whole books are needed.",
        (
            (
                r"Snapshot (?P<name>\S+) is of (?P<records>.*): (?P<read>\S+) records were read until (?P<until>.*); (?P<rest>.*)\.",
                "Snapshot {name} is of {records} alone: {read} records were read until {until}; {rest}.",
            ),
        ),
    ),
}
