"""What is done in the first hour after an incident, in which order, and what is not done: the list, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PHASES: Final = (
    ("capture", "Capture first"),
    ("calm", "Let nothing more be lost"),
    ("keep", "Keep by hand what no application can read"),
    ("tell", "Tell those who have to know"),
)
"""Name and heading of each part, in order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``how``: sentences for whoever does it; ``files``: whether something is kept with it."""

    name: str
    phase: str
    title: str
    how: str
    files: bool = False


CAPTURE: Final = "capture"
AUDIT_LOG: Final = "audit-log"

STEPS: Final[tuple[Step, ...]] = (
    Step(
        CAPTURE,
        "capture",
        "Capture the company",
        "`akika capture` reads everything that the interface lets anybody read, and writes nothing. Do it before anybody looks "
        "around: looking leads to clicking. It counts as done when a whole snapshot was begun after the incident.",
    ),
    Step(
        "head",
        "capture",
        "Keep the head of the vault elsewhere",
        "`akika vault head --out FILE`, and send the file to somebody who cannot reach the vault. It shows later that nothing was taken back.",
    ),
    Step(
        "authority",
        "capture",
        "Keep the authority to look",
        "Who asked for it, for which company and what period, and who may see the result: the letter of engagement or the mail.",
        files=True,
    ),
    Step(
        "sign-out",
        "calm",
        "Ask everybody to sign out",
        "Through the owner or the primary administrator: users, outside accountants, and whoever works through an application. Ask; remove nobody.",
    ),
    Step(
        "applications",
        "calm",
        "Ask who can hold the other applications still",
        "Shop, payment, payroll and bank synchronisation go on writing. Holding one still is a change of its own: note who did it and when. "
        "Disconnect none before the list of applications is kept.",
    ),
    Step(
        "schedules",
        "calm",
        "Note what will happen by itself",
        "Recurring templates, scheduled reports and bank rules run tonight. The templates with their next dates are in the snapshot; switching one off is a change.",
    ),
    Step(
        AUDIT_LOG,
        "keep",
        "Audit Log, in slices under 10,000 rows",
        "Gear, Audit log; all users, all events; one slice at a time, as the table of slices says; export each. Exports were seen to "
        "end at exactly 10,000 rows, without a word. Note the time zone that the screen shows.",
        files=True,
    ),
    Step(
        "histories",
        "keep",
        "Audit history of the transactions that matter",
        "Open the transaction, More, Audit history; expand every version; print to PDF. A deleted one is reached through the Audit Log.",
        files=True,
    ),
    Step(
        "users",
        "keep",
        "Users and their roles",
        "Gear, Manage users: the list, each role opened, the accountants' tab. With the time on the picture.",
        files=True,
    ),
    Step(
        "apps",
        "keep",
        "Connected applications",
        "Apps, My apps: which, who connected them, since when.",
        files=True,
    ),
    Step(
        "bank-rules",
        "keep",
        "Bank rules",
        "Transactions, Rules: export them; photograph those that add by themselves.",
        files=True,
    ),
    Step(
        "bank-feeds",
        "keep",
        "Bank feeds: for review, categorised, excluded",
        "Each account, each tab, with the balance of the bank beside that of the books. Accept and exclude nothing.",
        files=True,
    ),
    Step(
        "statements",
        "keep",
        "The bank's own statements",
        "From the bank, not through the person in question, for the whole period.",
        files=True,
    ),
    Step(
        "reconciliations",
        "keep",
        "Reconciliation reports and discrepancies",
        "Each account: the list of reconciliations, the report of each in the period, the discrepancy report. Merging accounts deletes them.",
        files=True,
    ),
    Step(
        "closing-date",
        "keep",
        "Closing date, and who knows its password",
        "The date is in the snapshot (Preferences); that there is a password, and who knows it, is not.",
        files=True,
    ),
    Step(
        "payroll",
        "keep",
        "Payroll reports",
        "Where payroll is in use: pay runs, changes of employees' bank details, tax payments of the period.",
        files=True,
    ),
    Step(
        "client",
        "tell",
        "The client, and nobody who may be concerned",
        "One person who decides, by telephone rather than in a mailbox that others read.",
    ),
    Step(
        "counsel",
        "tell",
        "Counsel, and the insurer",
        "Privilege, reporting duties and the insurer's time limits run from when it became known.",
    ),
    Step(
        "bank",
        "tell",
        "The bank, where money left",
        "Recalls succeed within hours or not at all.",
    ),
    Step(
        "intuit",
        "tell",
        "Intuit's support, where an account was taken over",
        "Ask for a case number and write it down; ask them to change nothing.",
        files=True,
    ),
)
"""Source: QuickBooks API, what it has no operation for; Intuit's help on the Audit Log, reconciliations and merging; ISO/IEC 27037."""

NOT_TO_DO: Final[tuple[tuple[str, str], ...]] = (
    (
        "Put nothing back by hand",
        "each edit hides the one before and moves other records; a rehearsed plan does it once, with evidence",
    ),
    (
        "Merge and rename nothing",
        "a merge takes a name away for good, and merging bank accounts deletes their reconciliation reports",
    ),
    ("Delete no user", "old events of the Audit Log may lose the name; lower the role, or ask to sign out"),
    ("Undo no reconciliation, accept no bank line", "both change cleared marks that nobody can set back exactly"),
    (
        "Connect no second administrator to the same application",
        "the first connection ends with it",
    ),
    ("Let no other backup program restore", "it does not know what came since"),
    ("Do not let the subscription end", "nothing can be read then, by anybody"),
)
"""What makes it worse, and why."""

BY_NAME: Final = {step.name: step for step in STEPS}
