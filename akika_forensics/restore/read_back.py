"""Every written record read once more and held against what was sent: a status is never trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.bodies import unmet, with_ids
from akika_forensics.restore.document import Step
from akika_forensics.restore.journal import StepResult, StepState
from akika_forensics.restore.live import LiveReader, read_live


def read_back(reader: LiveReader, written: Sequence[Step], ids: dict[str, str]) -> list[StepResult]:
    """One result a written step: verified, or how it differs. ``ids``: the Id each step's record has today."""
    keys = {step.id: RecordKey(step.key.entity, ids[step.id]) for step in written}
    live = read_live(reader, keys.values())
    return [_read_back(step, keys[step.id], live.get(keys[step.id]), ids) for step in written]


def _read_back(step: Step, key: RecordKey, record: Record | None, ids: dict[str, str]) -> StepResult:
    if step.operation == "delete":
        if record is None:
            return StepResult(step.id, StepState.VERIFIED, key.id)
        return StepResult(step.id, StepState.DIFFERS, key.id, "It is still there.")
    if record is None:
        return StepResult(step.id, StepState.DIFFERS, key.id, "It cannot be read back.")
    held = held_against(step, with_ids(step.body, ids), record)
    state = StepState.VERIFIED if held.state is StepState.APPLIED else StepState.DIFFERS
    return StepResult(step.id, state, held.record_id, held.why, held.sync_token, held.digest)


def held_against(step: Step, body: dict[str, Any], record: Record) -> StepResult:
    """Applied when QuickBooks' record has everything that ``body`` sent; otherwise what it kept in another way."""
    missed = unmet(step.key.entity, body, record.body)
    return StepResult(
        step.id,
        StepState.DIFFERS if missed else StepState.APPLIED,
        record.key.id,
        f"QuickBooks kept {', '.join(missed)} otherwise than it was sent." if missed else "",
        str(record.body.get("SyncToken", "")),
        record.digest.hex(),
    )
