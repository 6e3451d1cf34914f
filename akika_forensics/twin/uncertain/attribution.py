"""Beliefs about who did it: editors, merges, the Audit Log."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import Belief, row

TABLE: Final[tuple[Belief, ...]] = (
    row(
        "last_modified_by",
        "Does MetaData name who saved a record last?",
        "absent user person_alone",
        "recorded answers have no LastModifiedByRef; forensic notes of 2026 saw a user's Id on what a person saved and 0 on "
        "what an application wrote; another source says that it names the connection",
        "attribution",
    ),
    row(
        "merge_touches",
        "What moves on the records that cite a name when it is merged into another?",
        "untouched time time_and_token",
        "Intuit's help on merging: transactions are unchanged but for the name",
        "merge",
    ),
    row(
        "merge_feed",
        "Does the change feed show the name that a merge took away?",
        "silent stub",
        "forensic notes: a merge is seen in a notification or by comparing snapshots alone; names cannot be deleted",
        "merge",
    ),
    row(
        "audit_app_writes",
        "Under which name does the Audit Log show what an application wrote?",
        "system_administration user",
        "Intuit's help on the Audit Log, for older logs; whether today's log names the application is not told",
        "audit log",
    ),
    row(
        "audit_merge",
        "Does the Audit Log show a merge?",
        "edited hidden",
        "forensic notes: not reliably visible; of the desktop program, training says that it is not",
        "audit log",
    ),
    row(
        "audit_zone_label",
        "Does the exported Audit Log call the zone by its summer name in summer?",
        "by_season standard",
        "forensic notes: the exports seen are of winter; an importer knows Standard Time alone",
        "audit log",
    ),
)
