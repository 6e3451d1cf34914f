"""Make a plan: from three states and a scope to ordered, exact, explained writes. Pure but for the clock given to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from akika_forensics.errors import WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.model.references import get_path
from akika_forensics.restore.auto_credit import SENTENCE, met_by_credits
from akika_forensics.restore.bodies import UpdateBody, steps_cited
from akika_forensics.restore.document import (
    Action,
    CompanyRef,
    Expectation,
    Fidelity,
    FieldDelta,
    Note,
    Plan,
    Policy,
    Requirement,
    SnapshotRef,
    Step,
)
from akika_forensics.restore.evidence import Evidence, needed_links
from akika_forensics.restore.gathering import gather
from akika_forensics.restore.order import dependencies, families, levels
from akika_forensics.restore.predict import predict_balances, predict_records, step_effects
from akika_forensics.restore.preflight import Preflight, unanswered
from akika_forensics.restore.projection import writable
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.work import Item, Work
from akika_forensics.settings import VERSION

_OPERATION: dict[Action, Literal["create", "update", "delete"]] = {Action.RECREATE: "create", Action.REMOVE: "delete"}

_CLOSED_LIST = {
    Action.RECREATE: "a new Id and the references rewritten to it, line and address Ids, SyncToken, create and update time, creator, print and e-mail status",
    Action.REVERT: "SyncToken, line Ids, update time and editor",
    Action.RELINK: "SyncToken, the new Id it is linked to, update time and editor",
    Action.REACTIVATE: "SyncToken, update time and editor",
}

_UNDO = {
    Action.RECREATE: "remove {label} again",
    Action.REVERT: "put {label} back as it stands now",
    Action.RELINK: "unlink {label} again",
    Action.REACTIVATE: "make {label} inactive again",
    Action.REMOVE: "create {label} again, under a new Id",
    Action.DEACTIVATE: "make {label} active again",
}


@dataclass(frozen=True)
class Request:
    """Everything a plan is made from. ``name`` fills the plan's id; ``as_of`` is the date balances are predicted for."""

    name: str
    author: str
    company: Company
    evidence: Evidence
    before: SnapshotRef
    now: SnapshotRef
    after: SnapshotRef | None
    scope: Scope
    as_of: date
    made_at: datetime
    decisions: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)


def make_plan(request: Request, *, progress: Callable[[str], None] = lambda _: None) -> Plan:
    """Build the plan document with its digest. Raises WrongUse for a scope that fits nothing."""
    progress("comparing states")
    work = gather(request.evidence, request.scope, request.decisions)
    now = tuple(request.evidence.now.records())
    _hold_back(work, now)
    progress("ordering")
    rows = levels(work.items.values())
    named = families(work.items.values())
    order = [item for row in rows for item in row]
    if len(order) > request.policy.max_steps:
        raise WrongUse(
            f"The plan would have {len(order)} steps; the policy allows {request.policy.max_steps}.",
            do="Narrow the scope and make several plans.",
        )
    step_ids = {item.key: f"s{number:03d}" for number, item in enumerate(order, 1)}
    level_of = {item.key: level for level, row in enumerate(rows) for item in row}
    preflight = Preflight(now, _removed(work))
    first = dependencies(work.items.values())
    steps: list[Step] = []
    wanted: dict[str, dict[str, Any]] = {}
    for item in order:
        made = work.body_of(item, step_ids)
        needs = {step_ids[key] for key in first.predecessors(item.key)} | set(steps_cited(made.body))
        step = _step(request, item, made, step_ids, needs, level_of[item.key], named[item.key], preflight)
        steps.append(step)
        wanted[step.id] = _full_body(item, made)
    progress("predicting the books")
    predicted = predict_records(now, steps, wanted)
    effects = step_effects(steps, now, wanted)
    steps = [step.model_copy(update={"effect": effects[step.id]}) for step in steps]
    return Plan(
        id=request.name,
        created_at=format_instant(request.made_at),
        tool=f"akika-forensics {VERSION}",
        author=request.author,
        company=CompanyRef(
            realm_id=request.company.realm_id,
            name=request.company.name,
            host=request.company.host,
            production=request.company.production,
        ),
        before=request.before,
        after=request.after,
        now=request.now,
        scope=request.scope.to_json(),
        decisions=dict(request.decisions),
        policy=request.policy,
        aliases={str(old): str(new) for old, new in request.evidence.aliases.items()},
        steps=tuple(steps),
        requires=_requirements(request.evidence, steps, work),
        already_right=tuple(str(key) for key in work.already_right),
        follows=tuple(work.follows),
        left_alone=tuple(work.left_alone),
        conflicts=tuple(work.conflicts),
        by_hand=tuple(work.by_hand),
        findings=tuple(work.findings),
        unanswered=unanswered(work.items.values()),
        undo=tuple(_UNDO[step.action].format(label=step.label) for step in reversed(steps)),
        forecast=_forecast(steps),
        prediction=predict_balances(request.evidence, predicted.records, request.as_of),
    ).sealed()


def _removed(work: Work) -> frozenset[RecordKey]:
    return frozenset(key for key, item in work.items.items() if item.action in {Action.REMOVE, Action.DEACTIVATE})


def _hold_back(work: Work, now: tuple[Record, ...]) -> None:
    """Steps that QuickBooks would refuse, or that would wipe what nobody can read, go to a person instead."""
    preflight = Preflight(now, _removed(work))
    met = met_by_credits(tuple(work.items.values()), now)
    for item in list(work.items.values()):
        if item.key not in work.items:
            continue
        blocking = SENTENCE if item.key in met else preflight.blocking(item)
        if blocking is None and item.action not in {Action.RECREATE, Action.REMOVE}:
            made = work.body_of(item, dict.fromkeys(work.items, "s000"))
            if made.full and made.wipes:
                blocking = f"A full update would wipe {', '.join(made.wipes)}, which cannot be read back."
        if blocking is not None:
            values = {name: (item.wanted or {}).get(name) for name in item.fields}
            _leave(
                work, item, Note(code="blocked", record=str(item.key), label=item.label, what=blocking, values=values)
            )


def _leave(work: Work, item: Item, note: Note) -> None:
    """Take an item out of the work, and whatever needs it, down to the last."""
    del work.items[item.key]
    work.by_hand.append(note)
    for other in [other for other in work.items.values() if item.key in other.needs]:
        if other.key in work.items:
            what = f"It needs {item.label}, which is left to a person."
            _leave(work, other, Note(code="held", record=str(other.key), label=other.label, what=what))


def _step(
    request: Request,
    item: Item,
    made: UpdateBody,
    step_ids: Mapping[RecordKey, str],
    needs: set[str],
    level: int,
    family: RecordKey,
    preflight: Preflight,
) -> Step:
    live_record = request.evidence.now.record(request.evidence.live_key(item.key)) if item.live is not None else None
    options = preflight.options(item)
    return Step(
        id=step_ids[item.key],
        action=item.action,
        record=str(item.key),
        target=str(live_record.key) if live_record else None,
        label=item.label,
        family=str(family),
        level=level,
        operation=_OPERATION.get(item.action, "update"),
        options=options,
        body=made.body,
        expects=Expectation(
            present=live_record is not None,
            sync_token=str(live_record.body.get("SyncToken", "0")) if live_record else None,
            digest=live_record.digest.hex() if live_record else None,
        ),
        depends_on=tuple(sorted(needs - {step_ids[item.key]})),
        reason=item.reason,
        fields=_deltas(item, made),
        fidelity=_fidelity(item),
        fidelity_note="; ".join(item.shortfalls) or _CLOSED_LIST.get(item.action, ""),
        preflight=preflight.answers(item),
    )


def _fidelity(item: Item) -> Fidelity:
    if item.shortfalls:
        return Fidelity.DIFFERS
    return Fidelity.EXACT if item.action in {Action.REMOVE, Action.DEACTIVATE} else Fidelity.EXACT_BUT_FOR


def _deltas(item: Item, made: UpdateBody) -> tuple[FieldDelta, ...]:
    if item.action is Action.REMOVE:
        return ()
    live = writable(item.key.entity, item.live or {})
    sent = {name: value for name, value in made.body.items() if name not in {"Id", "SyncToken", "sparse"}}
    if item.action is not Action.RECREATE:
        sent = {name: value for name, value in sent.items() if name in item.fields or name == "Active"}
        for name in item.fields:
            sent.setdefault(name, None)
    return tuple(FieldDelta(path=name, now=live.get(name), planned=value) for name, value in sent.items())


def _full_body(item: Item, made: UpdateBody) -> dict[str, Any]:
    """The whole record as it should be after the step: what is sent over what the server keeps by itself."""
    if item.action is Action.REMOVE:
        return {}
    if item.action is Action.RECREATE:
        return {**(item.wanted or {}), **made.body}
    return {**(item.live or {}), **made.body}


def _requirements(evidence: Evidence, steps: list[Step], work: Work) -> tuple[Requirement, ...]:
    """Live records the bodies cite and that no step of the plan makes or wakes."""
    woken = {key for key, item in work.items.items() if item.action is Action.REACTIVATE}
    found: dict[RecordKey, str] = {}
    for step in steps:
        if step.operation == "delete":
            continue
        for link in needed_links(step.key.entity, step.body):
            holder = get_path(step.body, link.path)
            if (
                link.target is None
                or link.by_code
                or isinstance((holder or {}).get("value", (holder or {}).get("TxnId")), dict)
            ):
                continue
            record = evidence.now.record(link.target)
            if record is not None and evidence.origin_key(link.target) not in woken:
                found[link.target] = record.label
    return tuple(Requirement(record=str(key), label=found[key]) for key in sorted(found))


def _forecast(steps: list[Step]) -> dict[str, Any]:
    """API calls and minutes: reading what is touched, the batches by level, and the capture afterwards is not in it."""
    batches = sum(-(-sum(step.level == level for step in steps) // 30) for level in {step.level for step in steps})
    calls = 3 + -(-len(steps) // 30) + batches
    # Source: QuickBooks API limits: 40 batches a minute, 500 requests a minute.
    minutes = max(1, -(-batches // 40), -(-calls // 500)) if steps else 0
    return {"calls": calls, "minutes": minutes}
