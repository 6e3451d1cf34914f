"""What a capture says of the records that were deleted before it, and from when on it knows of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from akika_forensics.capture import deleted_before
from akika_forensics.capture.changes import Changes
from akika_forensics.capture.deletions import Deletion
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.sweep import Stop
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader


def since(
    reader: Reader,
    changes: Changes,
    findings: Findings,
    floor: datetime,
    *,
    records: int,
    should_stop: Stop | None = None,
) -> dict[str, datetime]:
    """For each entity of the feed from when on its deletions are known, after the feed was asked for what the readings of what
    changed did not tell since ``floor``. ``changes`` remembers what it tells; a finding says what it did not.
    """
    known = dict(changes.told_from)
    lacking = [name for name in changes.fed if name not in known or known[name] > floor]
    now = reader.server_time
    if not lacking or now is None:
        return known
    told = deleted_before.ask(reader, lacking, floor, now, records=records, should_stop=should_stop)
    changes.told.update((key, at) for key, at in told.deleted.items() if changes.told.get(key) is None)
    for name, at in told.known_from.items():
        known[name] = min(at, known.get(name, at))
    _note_what_is_not_known(findings, lacking, known, floor, told.why)
    return known


def _note_what_is_not_known(
    findings: Findings, asked: Sequence[str], known: Mapping[str, datetime], floor: datetime, why: str
) -> None:
    late: dict[datetime | None, list[str]] = {}
    for name in asked:
        if name not in known or known[name] > floor:
            late.setdefault(known.get(name), []).append(name)
    if not late:
        return
    begins = "; ".join(
        f"{', '.join(names)}: {f'from {at:%Y-%m-%d %H:%M} UTC on' if at else 'not at all'}"
        for at, names in sorted(late.items(), key=lambda row: (row[0] is None, row[0] or floor))
    )
    because = (
        f"QuickBooks did not tell which records were deleted before. {why}"
        if why
        else "More records changed than QuickBooks tells in the few requests that are spent on what was deleted before."
    )
    findings.add("deletions_known_from", f"{because} Deletions are known so: {begins}.", severity="note")


def note_deleted(
    findings: Findings,
    deletions: Sequence[Deletion],
    known_from: Mapping[str, datetime],
    of_before: Collection[RecordKey],
) -> None:
    """One note on what was deleted and is not held. ``of_before``: what the snapshot before holds, which is told otherwise."""
    keys = [one.key for one in deletions if one.key not in of_before]
    if not keys:
        return
    number = "1 record that was" if len(keys) == 1 else f"{len(keys):,} records that were"
    begin = f", from {max(known_from.values()):%Y-%m-%d %H:%M} UTC on" if known_from else ""
    findings.add(
        "deleted_before",
        f"QuickBooks tells of {number} deleted before this snapshot{begin}. It gives the Id and the time, no contents; the Audit Log tells who.",
        severity="note",
        records=keys,
    )
