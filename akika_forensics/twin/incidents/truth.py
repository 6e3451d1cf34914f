"""The ground truth of an incident: what was done by whom, which records it struck, which moved along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.identity import number_of
from akika_forensics.twin.incidents.description import Description

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin
    from akika_forensics.twin.incidents.performing import Done, Performer

type Digests = dict[RecordKey, str]
type Body = dict[str, Any]


def digests(twin: Twin) -> Digests:
    """The digest of every record, in hex."""
    return {RecordKey(row.entity, row.id): payloads.digest(row.payload).hex() for row in twin.store.all_rows()}


def struck(done: Iterable[Done]) -> dict[RecordKey, str]:
    """The records that acts were about, with what was last said of them."""
    found: dict[RecordKey, str] = {}
    for row in done:
        for key in row.records:
            found[key] = row.says
    return found


def plain(name: str, what: str, hit: Iterable[tuple[RecordKey, str]], before: Digests, after: Digests) -> Body:
    """The truth of an incident in one blow."""
    return {"incident": name, "what": what, **_differences(dict(hit), before, after)}


def _differences(hit: Mapping[RecordKey, str], before: Digests, after: Digests) -> Body:
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {
        "records": [
            {"entity": key.entity, "id": key.id, "what": what, "before": before.get(key), "after": after.get(key)}
            for key, what in hit.items()
            if key in differing
        ],
        "consequences": [{"entity": key.entity, "id": key.id} for key in sorted(differing - hit.keys(), key=_place)],
    }


def told(description: Description, performer: Performer, before: Digests, after: Digests, seed: int) -> Body:
    """The truth as JSON. ``records``: entity, id, what, digest before and after (None where there was or is none).

    ``consequences``: records that differ and that no act was about. ``acts``: everything that was done, in order, with
    who did it on QuickBooks' screens or through the API. ``bank``: lines of the bank that the incident made.
    """
    return {
        "incident": description.name,
        "type": description.type,
        "what": description.what,
        "seed": seed,
        "acts": [_act(row) for row in performer.done],
        **_differences(struck(performer.done), before, after),
        "names": {name: [str(key) for key in keys] for name, keys in performer.names.items()},
        "bank": [
            {"account": line.account, "date": line.date, "cents": line.cents, "fitid": line.fitid}
            for line in performer.bank
        ],
    }


def _act(row: Done) -> Body:
    return {
        "at": format_instant(row.at),
        "actor": row.actor,
        "who": row.who,
        "user": row.user,
        "do": row.do,
        "says": row.says,
        "records": [{"entity": key.entity, "id": key.id} for key in row.records],
        **({"refused": row.refused} if row.refused else {}),
    }


def _place(key: RecordKey) -> tuple[str, int, str]:
    return key.entity, number_of(key.id), key.id


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """Top-level fields that differ, MetaData and SyncToken apart; none where a record came or went."""
    if before is None or after is None:
        return []
    return sorted(
        name
        for name in (before.keys() | after.keys()) - {"MetaData", "SyncToken"}
        if payloads.canonical_value(before.get(name)) != payloads.canonical_value(after.get(name))
    )
