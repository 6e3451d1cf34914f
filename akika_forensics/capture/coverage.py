"""What a capture reads of a company, what it reads in part, and what no application can read: as a table, and held against one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from akika_forensics.capture.entities import (
    FEED_UNCONFIRMED,
    MAY_HAVE_NO_LIST,
    NOT_READ,
    in_feed,
    searched_by_time,
)
from akika_forensics.capture.incremental import Interval, intervals
from akika_forensics.model.catalogue import CATALOGUE


class Reach(StrEnum):
    """How far a capture gets with an entity."""

    CAPTURED = "captured"
    PARTLY = "partly"
    """It is captured, and something that people see of it on the screens is not in it."""
    NOT = "not"
    """It is not in the snapshot."""


class Sureness(StrEnum):
    """What speaks for it that the changes of an entity are noticed as the table says."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    """Answers of the service, recorded or published, show it."""
    BELIEVED = "believed"


_PARTS: Final[dict[str, str]] = {
    "Account": "a bank account's feed, its rules and its reconciliations; bank account numbers",
    "Attachable": "the small preview pictures, which QuickBooks makes out of the file",
    "Bill": "who has to approve it, and who did",
    "BillPayment": "whether a bank line is matched to it",
    "Customer": "which project it is, beyond the mark that it is one; tags; statements that were sent",
    "Deposit": "whether a bank line is matched to it",
    "Employee": "pay, leave and everything else of payroll",
    "Estimate": "tags; the look of the form; when it was opened by the customer",
    "ExchangeRate": "rates of days that are not in its list",
    "InventoryAdjustment": "the cost layers that it met",
    "Invoice": "tags; the look of the form; reminders; when it was opened by the customer",
    "Item": "cost layers and lots of stock; picture of the item",
    "Payment": "the processor's own record of a card or bank payment",
    "Preferences": "settings that no preference tells, such as the closing date's password and the look of forms",
    "Purchase": "tags; whether a bank line is matched to it; rules that filled it in",
    "RecurringTransaction": "when the template ran before, and what it made",
    "SalesReceipt": "tags; the look of the form",
    "TaxCode": "how QuickBooks' automated sales tax finds the rate of an address",
    "TimeActivity": "approvals, and what a time-tracking service knows of it",
    "Transfer": "whether a bank line is matched to it",
    "Vendor": "forms that were filed for it",
}
"""What of a captured record is missing, in the words of the screens. Source: QuickBooks API, entity pages; what they have no field for."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a capture does with an entity of QuickBooks.

    ``noticed``: ``feed``, ``search`` (changes by time, disappearances by counts) or ``list`` (read again whole), empty where
    it is not read. ``lacks``: what of it is missing, or why it is not read. ``hidden``: fields that come masked or not at all.
    """

    entity: str
    reach: Reach
    noticed: str
    sure: Sureness
    lacks: str
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Something of a company that no application can read. ``instead``: what a person can keep of it by hand."""

    name: str
    what: str
    instead: str


OUT_OF_REACH: Final[tuple[OutOfReach, ...]] = (
    OutOfReach(
        "Audit Log",
        "who did what and when, sign-ins, and changes that were changed back. Reports tell creator and last editor of each "
        "transaction that stands, and those are captured",
        "export it by hand, in slices under 10,000 rows; it goes back two years",
    ),
    OutOfReach(
        "Audit history of a transaction",
        "each version on the screens, with the field before and after",
        "print the history of the transactions that matter",
    ),
    OutOfReach(
        "Bank feeds",
        "lines for review, what was matched, added or excluded, and bank rules",
        "export the bank's own statements; photograph the tabs and the list of rules",
    ),
    OutOfReach(
        "Reconciliations",
        "the statements, their dates and balances, and discrepancy reports. Whether a line is cleared is captured, from a column "
        "of reports",
        "save the reconciliation report of each account as a PDF",
    ),
    OutOfReach("Users and roles", "who may do what, and who was removed", "photograph Manage users, each role opened"),
    OutOfReach(
        "Connected applications",
        "which applications may write, and since when",
        "photograph the list of apps, with who connected each",
    ),
    OutOfReach("Payroll", "pay runs, tax payments and forms", "export the payroll reports"),
    OutOfReach(
        "Tags, projects and custom fields' definitions",
        "the values of custom fields on a transaction are captured, their definitions are not",
        "photograph the lists",
    ),
    OutOfReach(
        "Delayed charges and credits",
        "they show as the other end of a link, without contents",
        "run Transaction List by Customer for their types",
    ),
    OutOfReach("Forms and templates", "styles of invoices and e-mails, statements", "print one of each"),
    OutOfReach("Memorised reports", "reports that users customised, and their schedules", "photograph the list"),
    OutOfReach(
        "What was overwritten or deleted before the first capture",
        "QuickBooks gives the present version alone. Of a record that was deleted in the 29 days before, Id and time are captured, never its contents",
        "the Audit Log, backups and exports that others made",
    ),
    OutOfReach("The closing date's password", "a word that nobody can read", "ask who knows it"),
)
"""Source: QuickBooks API: no operation reads these; see also the parts of the entities above."""


def promises() -> tuple[Promise, ...]:
    """One row for each entity of QuickBooks, in the order of the catalogue."""
    return tuple(_promise(name) for name in CATALOGUE)


def _promise(name: str) -> Promise:
    row = CATALOGUE[name]
    if name in NOT_READ or not row.can("read"):
        return Promise(name, Reach.NOT, "", Sureness.DOCUMENTED, NOT_READ.get(name, "QuickBooks lets nobody read it"))
    lacks = _PARTS.get(name, "")
    reach = Reach.PARTLY if lacks or row.masked else Reach.CAPTURED
    return Promise(name, reach, _noticed(name), _sure(name), lacks, row.masked)


def _noticed(name: str) -> str:
    if in_feed(name):
        return "feed"
    return "search" if searched_by_time(name) else "list"


def _sure(name: str) -> Sureness:
    if name in MAY_HAVE_NO_LIST or name in FEED_UNCONFIRMED:
        return Sureness.BELIEVED
    return Sureness.OBSERVED if in_feed(name) else Sureness.DOCUMENTED


@dataclass(frozen=True, slots=True)
class Covered:
    """An entity in one snapshot. ``counted`` is QuickBooks' own number, None where it gave none.

    ``interval``: when its bodies were live; None where the snapshot does not say. ``why``: why it is not there, or what of it is missing;
    ``hidden``: fields that come masked or not at all.
    """

    entity: str
    reach: Reach
    records: int
    counted: int | None
    interval: Interval | None
    why: str
    hidden: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "entity": self.entity,
            "reach": self.reach.value,
            "records": self.records,
            "counted": self.counted,
            "interval": self.interval.as_dict() if self.interval else None,
            "why": self.why,
            "hidden": list(self.hidden),
        }


def coverage(
    held: Mapping[str, int],
    counted: Mapping[str, int],
    fence: Mapping[str, Any],
    findings: Iterable[Mapping[str, Any]],
) -> tuple[Covered, ...]:
    """What one snapshot has of each entity: ``held`` records, ``counted`` by QuickBooks, the fence's intervals.

    An entity of which a finding says that it could not be read, or is not offered, is not captured, and the finding is the reason.
    """
    when = intervals(fence)
    said = _unread(findings)
    rows = []
    for promise in promises():
        name = promise.entity
        why, reach = promise.lacks, promise.reach
        if reach is not Reach.NOT and name in said:
            # What an earlier capture read may be carried over; it is there, and old.
            reach, why = (Reach.PARTLY if held.get(name) else Reach.NOT), said[name]
        rows.append(Covered(name, reach, held.get(name, 0), counted.get(name), when.get(name), why, promise.hidden))
    return tuple(rows)


_NOT_THERE: Final = frozenset({"entity_not_listed", "entity_not_offered", "entity_unreadable"})


def _unread(findings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in findings:
        what = str(row.get("what", ""))
        if row.get("code") in _NOT_THERE:
            words = what.replace(".", " ").split()
            found.update((name, what) for name in CATALOGUE if name in words)
    return found
