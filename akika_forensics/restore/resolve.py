"""Unknown outcomes: look for what a lost request may have done, before anything is sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from akika_forensics.model.record import Record
from akika_forensics.restore.bodies import unmet, with_ids
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.evidence import State
from akika_forensics.restore.journal import StepResult, StepState
from akika_forensics.restore.live import LiveReader, keyed_since, read_live


def look(
    reader: LiveReader, plan: Plan, step: Step, known: State, ids: Mapping[str, str], taken: set[str]
) -> StepResult:
    """Find out whether a step's write stands: ``adopted`` when it does, ``pending`` when it is safe to send again.

    A create is recognised by its content among records made since the plan's capture; each such record is
    adopted at most once (``taken`` holds ``Entity:Id`` of those that are spoken for).
    """
    if step.operation == "create":
        return _look_for_create(reader, plan, step, known, ids, taken)
    live = step.live
    if live is None:
        return StepResult(step.id, StepState.PENDING)
    record = read_live(reader, [live]).get(live)
    if step.operation == "delete":
        if record is None:
            return StepResult(step.id, StepState.ADOPTED, live.id, "It is gone: the earlier request had done it.")
        return StepResult(step.id, StepState.PENDING)
    if record is None:
        return StepResult(step.id, StepState.REJECTED, live.id, f"{live} is gone.")
    body = with_ids(step.body, dict(ids))
    if not unmet(step.key.entity, body, record.body):
        return _adopted(step, record, "It holds what the earlier request sent.")
    return StepResult(step.id, StepState.PENDING)


def _look_for_create(
    reader: LiveReader, plan: Plan, step: Step, known: State, ids: Mapping[str, str], taken: set[str]
) -> StepResult:
    body: dict[str, Any] = with_ids(step.body, dict(ids))
    for record in keyed_since(reader, step.key.entity, plan.now.taken_at, known):
        if str(record.key) in taken or unmet(step.key.entity, body, record.body):
            continue
        taken.add(str(record.key))
        return _adopted(step, record, "Found by its content: the earlier request had made it.")
    return StepResult(step.id, StepState.PENDING)


def _adopted(step: Step, record: Record, why: str) -> StepResult:
    return StepResult(
        step.id,
        StepState.ADOPTED,
        record.key.id,
        why,
        str(record.body.get("SyncToken", "")),
        record.digest.hex(),
    )
