"""Run a plan on a stage first: the same executor against a twin that holds the books of now, then the undo.

What the documents cannot explain of an account enters the stage as one opaque opening posting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from akika_forensics.books import TrialBalance, read_trial_balance
from akika_forensics.errors import AkikaError
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant, now, parse_date
from akika_forensics.model.money import ZERO, money_text
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.quickbooks import Connection, MemoryTokenStore, Tokens
from akika_forensics.quickbooks.limits import Limits
from akika_forensics.restore.document import Action, Plan, SnapshotRef
from akika_forensics.restore.evidence import Costs, Evidence, RecordState, State
from akika_forensics.restore.execute import run_plan
from akika_forensics.restore.fidelity import compare
from akika_forensics.restore.journal import DONE, MemoryJournal, RunState, fold, register
from akika_forensics.restore.planner import Request, make_plan
from akika_forensics.restore.rests_on import acts_of
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.verify import Verification, verify
from akika_forensics.settings import Secret
from akika_forensics.twin import Beliefs, Twin, TwinServer, loading, serve
from akika_forensics.twin.beliefs import Taken

NOT_MODELLED: Final = (
    "bank feeds, matches and rules",
    "reconciliation",
    "automated sales tax",
    "payroll",
    "bill approvals and other add-ons",
)
"""What the stage does not show; a rehearsal says so."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``ok``: the stage ended as predicted. ``differences`` say where it did not; ``undo_differences`` what undo does not bring back.

    ``unverified``: what the stage takes for granted of QuickBooks and nobody has verified, as far as the plan touches it.
    """

    ok: bool
    state: str
    verification: Verification
    differences: tuple[str, ...]
    undo_state: str
    undo_differences: tuple[str, ...]
    not_modelled: tuple[str, ...] = NOT_MODELLED
    unverified: tuple[Taken, ...] = ()


def rehearse(
    plan: Plan,
    *,
    before: State,
    known: State,
    control: TrialBalance | None,
    progress: Callable[[str], None] = lambda _: None,
    beliefs: Beliefs | None = None,
    opening_costs: Costs = MappingProxyType({}),
) -> Rehearsal:
    """Load ``known`` (the state the plan was made from) into a twin, run the plan on it, compare, undo, compare again.

    ``beliefs``: what a real company answered to the probe; the defaults of the twin without. ``opening_costs``: those that the plan was
    predicted with.
    """
    as_of = parse_date(plan.prediction.as_of)
    believed = beliefs or Beliefs()
    twin = Twin(realm_id=plan.company.realm_id, company_name=plan.company.name, beliefs=believed)
    progress("setting the stage")
    loading.load_records(
        twin,
        ((record.key.entity, record.payload) for record in known.records()),
        opening=None,
        opening_date=as_of,
        opening_costs=opening_costs,
    )
    if control is not None:
        _explain_the_rest(twin, control, as_of)
    staged_control = _trial_balance(twin, plan)
    journal = MemoryJournal()
    with serve(twin) as server:
        progress("running the plan on the stage")
        outcome = _run(plan, server, journal, known)
        run = fold(journal.bodies())
        final = _state_of(twin)
        checked = verify(
            plan,
            run,
            before=before,
            now=known,
            final=final,
            control_now=staged_control,
            control_final=_trial_balance(twin, plan),
            opening_costs=opening_costs,
        )
        progress("rehearsing the undo")
        undo_state, undo_differences = _undo(plan, run, server, known, final, twin, opening_costs)
    differences = [
        f"{row.label}: {'; '.join(row.differences) or 'not as the plan wrote it'}"
        for row in checked.records
        if not row.agrees
    ]
    differences += [
        f"{line.name}: off the prediction by {money_text(line.residual)}"
        for line in checked.balances
        if line.residual != ZERO
    ]
    differences += list(checked.unexpected)
    ok = outcome == "complete" and not differences
    return Rehearsal(
        ok,
        outcome,
        checked,
        tuple(differences),
        undo_state,
        undo_differences,
        unverified=believed.unverified(acts_of(plan)),
    )


def _explain_the_rest(twin: Twin, control: TrialBalance, as_of: date) -> None:
    """One opaque posting for what QuickBooks' own trial balance shows beyond the documents."""
    staged = read_trial_balance(
        encode(twin.report("TrialBalance", end_date=as_of.isoformat(), accounting_method="Accrual"))
    )
    gaps: dict[str, Decimal] = {}
    for account in sorted({*control.lines, *staged.lines}):
        theirs = control.lines[account][1] if account in control.lines else ZERO
        ours = staged.lines[account][1] if account in staged.lines else ZERO
        if theirs != ours:
            gaps[account] = theirs - ours
    if gaps:
        twin.post_opaque(as_of, gaps, "What the documents do not explain")


def _trial_balance(twin: Twin, plan: Plan) -> TrialBalance:
    return read_trial_balance(
        encode(twin.report("TrialBalance", end_date=plan.prediction.as_of, accounting_method="Accrual"))
    )


def _run(plan: Plan, server: TwinServer, journal: MemoryJournal, known: State) -> str:
    company = Company(plan.company.realm_id, plan.company.name, server.base_url)
    connection, tokens = stage_connection(server)
    try:
        return run_plan(plan, connection, tokens, journal, known, company=company, limits=Limits().unpaced()).state
    except AkikaError as error:
        return f"refused: {error.what}"


def _undo(
    plan: Plan, run: RunState, server: TwinServer, known: State, final: State, twin: Twin, opening_costs: Costs
) -> tuple[str, tuple[str, ...]]:
    touched = touched_records(plan, run)
    if not touched:
        return "nothing to undo", ()
    undo = make_plan(
        Request(
            name=f"{plan.id}-undo",
            author=plan.author,
            company=Company(plan.company.realm_id, plan.company.name, server.base_url),
            evidence=Evidence(known, final, aliases=register(plan, run), opening_costs=opening_costs),
            before=plan.now,
            now=SnapshotRef(id="stage", digest="", taken_at=format_instant(now())),
            after=None,
            scope=Scope(touched),
            as_of=parse_date(plan.prediction.as_of),
            made_at=now(),
            decisions=undo_decisions(plan, run),
        )
    )
    journal = MemoryJournal()
    state = _run(undo, server, journal, final)
    back = fold(journal.bodies())
    return state, _not_brought_back(known, _state_of(twin), register(undo, back), undo)


def touched_records(plan: Plan, run: RunState) -> tuple[RecordKey, ...]:
    """Live keys of everything whose write stands: what an undo has in scope."""
    keys = []
    for step in plan.steps:
        if run.state(step.id) in DONE:
            made = run.ids.get(step.id)
            keys.append(
                RecordKey(step.key.entity, made) if step.operation == "create" and made else step.live or step.key
            )
    return tuple(dict.fromkeys(keys))


def undo_decisions(plan: Plan, run: RunState) -> dict[str, str]:
    """Asking for the undo is the decision on each record: what was removed is made again, the rest goes back."""
    done = [step for step in plan.steps if run.state(step.id) in DONE]
    return {
        str(key): "recreate" if step.action is Action.REMOVE else "restore"
        for step, key in zip(done, touched_records(plan, run), strict=True)
    }


def _not_brought_back(known: State, back: State, aliases: dict[RecordKey, RecordKey], undo: Plan) -> tuple[str, ...]:
    """Amounts, parties, dates, accounts and links that are not as they were before the plan ran."""
    told = [f"{note.label}: {note.what}" for note in (*undo.conflicts, *undo.by_hand)]
    for record in known.records():
        key = aliases.get(record.key, record.key)
        held = back.record(key)
        if held is None:
            told.append(f"{record.label} is not there again.")
            continue
        if held.payload == record.payload:
            continue
        comparison = compare(record, held, aliases, recreated=key != record.key)
        told.extend(f"{record.label}: {path}" for path, _, _ in comparison.differences)
    new = {aliases.get(record.key, record.key) for record in known.records()}
    told.extend(f"{record.label} is left over." for record in back.records() if record.key not in new)
    return tuple(told)


def _state_of(twin: Twin) -> RecordState:
    return RecordState(
        Record(RecordKey(entity, record_id), payload) for (entity, record_id), payload in twin.dump().items()
    )


def stage_connection(server: TwinServer) -> tuple[Connection, MemoryTokenStore]:
    """A connection to a twin that runs in this process."""
    given = server.credentials
    far = now().replace(year=now().year + 1)
    connection = Connection(
        "stage", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
    )
    return connection, MemoryTokenStore(Tokens(Secret(given.access_token), Secret(given.refresh_token), far, far))
