"""Words for the records of a snapshot: what is odd about them, which kinds are not there, and snapshots of some."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.plain_words.words import Words

_FULL: Final = "Nothing now. If it is there after `akika capture --full` too, tell the makers of this software."
_NOTHING: Final = "Nothing."

RECORDS: Final[dict[str, Words]] = {
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
