"""Closure: every record that another cites is there, or it is said why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from akika_forensics.capture import presence
from akika_forensics.capture.entities import NOT_READ, can_be_merged
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

_MOST_LOOK_UPS: Final = 2_000
"""Cited records that are asked for by their Ids at most, in few requests."""


def close_references(
    reader: Reader, held: Held, findings: Findings, *, unlisted: Mapping[str, str], gone: Mapping[RecordKey, None]
) -> None:
    """Name what is cited and not there, with the reason; what can be read after all was missed, and is added.

    ``unlisted``: entities that were not read, and why. ``gone``: what went while the capture ran or since the one
    before. Of records that an incremental capture took over unread, nobody knows what they cite: that is said elsewhere.
    """
    dangling = held.citations.dangling(held.__contains__)
    asked = [target for target, _ in dangling if _can_be_listed(target, unlisted)][:_MOST_LOOK_UPS]
    found, refused = presence.read_many(reader, asked, most_are_there=False) if asked else ([], [])
    late = {cut.key for cut in found}
    looked_at = {*asked} - {*refused}
    held.take(found, reader.server_time)
    for target, sources in dangling:
        if target in late:
            findings.add(
                "listed_nowhere",
                f"{target} is cited, was in no list, and was read by its Id.",
                severity="warning",
                records=sources,
            )
            continue
        why = _reason(target, unlisted, gone, looked_at=target in looked_at)
        findings.add("dangling_reference", f"{target} is cited and {why}.", severity="note", records=sources)
    for txn_type, times in held.citations.unreadable.items():
        findings.add(
            "unreadable_reference",
            f"Links to {txn_type or 'an unnamed type'} occur {times} times; the API cannot read what they cite.",
            severity="note",
        )


def _can_be_listed(target: RecordKey, unlisted: Mapping[str, str]) -> bool:
    row = CATALOGUE[target.entity]
    return row.can("read") and row.queryable is not False and target.entity not in {*NOT_READ, *unlisted}


def _reason(target: RecordKey, unlisted: Mapping[str, str], gone: Mapping[RecordKey, None], *, looked_at: bool) -> str:
    if target in gone:
        merged = can_be_merged(target.entity)
        return "was merged into another name meanwhile" if merged else "was deleted while others still cited it"
    if target.entity in NOT_READ or not CATALOGUE[target.entity].can("read"):
        return "cannot be read by anybody"
    if target.entity in unlisted:
        return f"was not read: {unlisted[target.entity]}"
    if looked_at:
        return "is not there any more, or never was: QuickBooks has no record under this Id"
    return "was in no list"


def note_what_was_not_looked_at(findings: Findings, held: Held) -> None:
    """What an incremental capture leaves to `akika check`, which reads the whole snapshot."""
    carried = held.carried
    if carried:
        findings.add(
            "not_looked_at",
            f"{carried:,} records were taken over from the snapshot before as they were; whether what they cite is still "
            "there was not looked at. `akika check` looks at the whole snapshot.",
            severity="note",
        )
