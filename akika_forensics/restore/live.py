"""The live company as a plan needs to see it: what it touches, whether it moved, what was keyed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched
from typing import Protocol

from akika_forensics.changes import compare_records
from akika_forensics.errors import Fault
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.quickbooks import Slice
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.evidence import State
from akika_forensics.restore.look_alike import looks_alike
from akika_forensics.restore.projection import same

_IDS_A_QUERY = 100

_CLOCK_MARGIN = timedelta(minutes=2)
"""Create times have whole seconds and are the server's; what was there before is told apart by its Id."""


class LiveReader(Protocol):
    """The part of `quickbooks.Reader` that is used here."""

    def query(self, entity: str, where: str) -> list[Slice]: ...

    def read(self, key: RecordKey) -> Slice | None: ...


def read_live(reader: LiveReader, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
    """The live versions of some records, inactive ones too; those that are gone are absent from the result."""
    by_entity: dict[str, list[RecordKey]] = {}
    for key in dict.fromkeys(keys):
        by_entity.setdefault(key.entity, []).append(key)
    found: dict[RecordKey, Record] = {}
    for entity, wanted in by_entity.items():
        row = CATALOGUE[entity]
        if not row.can("query") or "Id" not in row.filterable or not all(key.id.isdigit() for key in wanted):
            slices = [piece for key in wanted if (piece := reader.read(key)) is not None]
            found.update({piece.key: Record(piece.key, piece.payload) for piece in slices})
            continue
        active = "Active IN (true,false) AND " if "Active" in row.filterable else ""
        for chunk in batched(wanted, _IDS_A_QUERY):
            ids = ",".join(f"'{key.id}'" for key in chunk)
            for piece in reader.query(entity, f"{active}Id IN ({ids})"):
                found[piece.key] = Record(piece.key, piece.payload)
    return found


def drift(recorded: Record, live: Record | None, *, own_writes: bool = False) -> str:
    """How a live record differs from what the plan was made from, in one sentence; ``""`` when it does not.

    With ``own_writes`` only what a person can write counts: balances and links may have moved by the plan's own steps.
    """
    if live is None:
        return f"{recorded.label} ({recorded.key}) is gone."
    if own_writes:
        moved = () if same(recorded.key.entity, recorded.body, live.body) else _moved(recorded, live)
    else:
        moved = _moved(recorded, live)
        if not moved and recorded.body.get("SyncToken") != live.body.get("SyncToken"):
            moved = ("SyncToken (it was saved again with the same content)",)
    if not moved:
        return ""
    return f"{recorded.label} ({recorded.key}) has moved: {', '.join(moved)}."


def _moved(recorded: Record, live: Record) -> tuple[str, ...]:
    change = compare_records(recorded, live)
    if change is None:
        return ()
    return tuple(
        f"{field.path} was {_short(field.before)}, is {_short(field.after)}"
        for field in change.fields
        if field.path != "SyncToken" and not field.path.startswith("MetaData")
    )


def _short(value: object) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def keyed_since(reader: LiveReader, entity: str, since: str, known: State) -> Iterator[Record]:
    """Records of an entity created since an instant that the state of ``now`` does not hold."""
    try:
        start = format_instant(parse_instant(since).replace(microsecond=0) - _CLOCK_MARGIN)
        pieces = reader.query(entity, f"MetaData.CreateTime >= '{start}'")
    except Fault as fault:
        if fault.fault_codes & {"4000", "4001"}:
            return
        raise
    for piece in pieces:
        if known.record(piece.key) is None:
            yield Record(piece.key, piece.payload)


def look_alikes(reader: LiveReader, plan: Plan, steps: Iterable[Step], known: State, own: frozenset[str]) -> list[str]:
    """Records keyed since the plan was made that look like ones it would create; one sentence each."""
    found: list[str] = []
    creating: dict[str, list[Step]] = {}
    for step in steps:
        if step.operation == "create":
            creating.setdefault(step.key.entity, []).append(step)
    for entity, wanted in creating.items():
        for record in keyed_since(reader, entity, plan.now.taken_at, known):
            if str(record.key) in own:
                continue
            found.extend(
                f"{record.label} ({record.key}) was keyed after the plan was made and looks like {step.label}, which step {step.id} would create."
                for step in wanted
                if looks_alike(step.body, record.body)
            )
    return found
