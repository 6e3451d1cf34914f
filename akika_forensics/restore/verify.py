"""After a run: hold the books against the plan's prediction and, independently, against the state before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from akika_forensics.books import TrialBalance
from akika_forensics.changes import compare_records
from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO, money
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.bodies import unmet, with_ids
from akika_forensics.restore.document import Action, Fidelity, Plan, Step
from akika_forensics.restore.evidence import Costs, State, balances_of
from akika_forensics.restore.fidelity import compare
from akika_forensics.restore.journal import DONE, RunState, register

type Charge = tuple[str, Decimal]
"""A customer's Id and an amount."""

VERIFY_VERSION: Final = "2"
"""Of the rule by which `verify` judges. Raise it when the same restore may be judged otherwise: attestations name it."""

_CHARGE: Final = "ReimburseCharge"
_BILLABLE: Final = frozenset({"Bill", "Purchase", "VendorCredit"})


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """One damaged record: what became of it. ``agrees`` = it is as the approved plan said."""

    record: str
    now_record: str
    label: str
    action: str
    fidelity: Fidelity
    agrees: bool
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceOutcome:
    """One account: predicted and actual, by our own postings and by QuickBooks' trial balance (None when it has none)."""

    account: str
    name: str
    before: Decimal
    predicted: Decimal
    actual: Decimal
    reported: Decimal | None
    residual: Decimal


@dataclass(frozen=True, slots=True)
class Verification:
    records: tuple[RecordOutcome, ...]
    balances: tuple[BalanceOutcome, ...]
    unexpected: tuple[str, ...]
    by_hand: int

    @property
    def residual(self) -> Decimal:
        """Largest absolute residual of any account."""
        return max((abs(line.residual) for line in self.balances), default=ZERO)

    @property
    def wrong(self) -> int:
        return sum(not row.agrees for row in self.records)

    def count(self, fidelity: Fidelity) -> int:
        return sum(row.agrees and row.fidelity is fidelity for row in self.records)

    @property
    def clean(self) -> bool:
        """Agrees with the approved plan: nothing wrong, no residual, nothing else moved by us."""
        return self.wrong == 0 and self.residual == ZERO


def verify(
    plan: Plan,
    run: RunState,
    *,
    before: State,
    now: State,
    final: State,
    control_now: TrialBalance | None = None,
    control_final: TrialBalance | None = None,
    opening_costs: Costs = MappingProxyType({}),
) -> Verification:
    """Compare a capture made after the run with the plan. Pure. ``opening_costs``: those that it was predicted with."""
    aliases = {RecordKey.parse(old): RecordKey.parse(new) for old, new in plan.aliases.items()} | register(plan, run)
    records = [_outcome(step, run, before, final, aliases) for step in plan.steps]
    return Verification(
        tuple(records),
        _balances(
            plan, balances_of(final, parse_date(plan.prediction.as_of), opening_costs), control_now, control_final
        ),
        _unexpected(plan, run, now, final),
        len(plan.by_hand),
    )


def _outcome(
    step: Step, run: RunState, before: State, final: State, aliases: Mapping[RecordKey, RecordKey]
) -> RecordOutcome:
    state = run.state(step.id)
    live_id = run.ids.get(step.id)
    key = RecordKey(step.key.entity, live_id) if live_id else (step.live or step.key)
    record = final.record(key)

    def told(fidelity: Fidelity, differences: tuple[str, ...] = (), *, agrees: bool = True) -> RecordOutcome:
        return RecordOutcome(str(step.key), str(key), step.label, step.action.value, fidelity, agrees, differences)

    if state not in DONE:
        return told(Fidelity.DIFFERS, (f"The step is {state.value}.",), agrees=False)
    if step.action is Action.REMOVE:
        return told(Fidelity.EXACT) if record is None else told(Fidelity.DIFFERS, ("It is still there.",), agrees=False)
    if record is None:
        return told(Fidelity.DIFFERS, ("It is not there.",), agrees=False)
    missed = unmet(step.key.entity, with_ids(step.body, run.ids), record.body)
    if missed:
        return told(Fidelity.DIFFERS, tuple(f"{path} is not as the plan wrote it." for path in missed), agrees=False)
    if step.action is Action.DEACTIVATE:
        return told(Fidelity.EXACT)
    original = before.record(step.key)
    if original is None:
        return told(Fidelity.EXACT_BUT_FOR)
    comparison = compare(original, record, aliases, recreated=step.action is Action.RECREATE)
    differences = tuple(f"{path}: {_text(was)} before, {_text(held)} now" for path, was, held in comparison.differences)
    return told(comparison.fidelity, differences)


def _balances(
    plan: Plan, actual: Mapping[str, Decimal], control_now: TrialBalance | None, control_final: TrialBalance | None
) -> tuple[BalanceOutcome, ...]:
    as_of = parse_date(plan.prediction.as_of)
    comparable = control_now is not None and control_final is not None and control_now.end == control_final.end == as_of
    predicted = {line.account: line for line in plan.prediction.lines}
    reported_now = control_now.lines if comparable and control_now else {}
    reported = control_final.lines if comparable and control_final else {}
    accounts = sorted({*predicted, *actual, *reported}, key=lambda a: (len(a), a))
    rows = []
    for account in accounts:
        line = predicted.get(account)
        expected = line.predicted if line else ZERO
        move = expected - (line.now if line else ZERO)
        ours = actual.get(account, ZERO)
        theirs = reported[account][1] if account in reported else (ZERO if comparable else None)
        gaps = [ours - expected]
        if theirs is not None:
            # QuickBooks' own figures must have moved by exactly what was predicted.
            gaps.append(theirs - (reported_now[account][1] if account in reported_now else ZERO) - move)
        rows.append(
            BalanceOutcome(
                account,
                line.name if line else (reported[account][0] if account in reported else account),
                line.before if line else ZERO,
                expected,
                ours,
                theirs,
                max(gaps, key=abs),
            )
        )
    return tuple(rows)


def _unexpected(plan: Plan, run: RunState, now: State, final: State) -> tuple[str, ...]:
    """Records outside the plan that a person's field changed on, or that came or went, since the plan was made."""
    ours = {str(step.live) for step in plan.steps if step.live}
    ours |= {f"{step.key.entity}:{run.ids[step.id]}" for step in plan.steps if step.id in run.ids}
    left = {
        (entity, record_id): digest
        for entity, record_id, digest in now.index().select("entity", "id", "digest").iter_rows()
    }
    right = {
        (entity, record_id): digest
        for entity, record_id, digest in final.index().select("entity", "id", "digest").iter_rows()
    }
    told: list[str] = []
    came, went = _charges(plan, run, now, final)
    for entity, record_id in sorted({*left, *right}):
        key = RecordKey(entity, record_id)
        if str(key) in ours or left.get((entity, record_id)) == right.get((entity, record_id)):
            continue
        if entity == _CHARGE and _expected(now.record(key), final.record(key), came, went):
            continue
        change = compare_records(now.record(key), final.record(key))
        if change is not None and not change.consequence:
            told.append(f"{change.label} ({key}) was {change.kind} by someone else.")
    return tuple(told)


def _charges(plan: Plan, run: RunState, now: State, final: State) -> tuple[Counter[Charge], Counter[Charge]]:
    """The charges that the server makes of billable lines this run wrote, and those that went with what it removed.

    Source: QuickBooks API, ReimburseCharge: made by the system out of a billable expense, never by a request.
    """
    came: Counter[Charge] = Counter()
    went: Counter[Charge] = Counter()
    for step in plan.steps:
        if step.key.entity not in _BILLABLE:
            continue
        if step.live:
            went.update(_billable(now.record(step.live)))
        written = RecordKey(step.key.entity, run.ids[step.id]) if step.id in run.ids else step.live
        came.update(_billable(final.record(written)) if written else ())
    return came, went


def _billable(record: Record | None) -> list[Charge]:
    found = []
    for line in record.body.get("Line", ()) if record is not None else ():
        detail = line.get(str(line.get("DetailType"))) if isinstance(line, dict) else None
        if isinstance(detail, dict) and detail.get("BillableStatus") in {"Billable", "HasBeenBilled"}:
            found.append((str((detail.get("CustomerRef") or {}).get("value")), money(line.get("Amount"))))
    return found


def _expected(before: Record | None, after: Record | None, came: Counter[Charge], went: Counter[Charge]) -> bool:
    """Whether a charge that appeared, went or changed does so because of a line of this run; each line explains one."""
    for record, lines in ((before, went), (after, came)):
        if record is None:
            continue
        charge = (str((record.body.get("CustomerRef") or {}).get("value")), money(record.body.get("Amount")))
        if not lines[charge]:
            return False
        lines[charge] -= 1
    return True


def _text(value: object) -> str:
    return "absent" if value is None else str(value)
