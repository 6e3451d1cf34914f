"""Run a plan against a company: intents first, never the same write twice, every write read back.

The only module that may write to QuickBooks. `run_steps` is what both a rehearsal and an execution run;
whether an execution is allowed at all is decided before, in `authority`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from akika_forensics.errors import Fault, NetworkFailed, Refused, ServiceError
from akika_forensics.model.company import Company
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.quickbooks import Connection, Limits, Reader, RequestLine, TokenStore, open_reader
from akika_forensics.quickbooks.writer import WriteItem, WriteOutcome, Writer, open_writer
from akika_forensics.restore.batches import groups, request_id_again, request_id_of
from akika_forensics.restore.bodies import with_ids
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.evidence import State
from akika_forensics.restore.journal import Journal, StepResult, StepState
from akika_forensics.restore.live import drift, read_live
from akika_forensics.restore.progress import Progress
from akika_forensics.restore.read_back import held_against, read_back
from akika_forensics.restore.resolve import look
from akika_forensics.restore.standing import check_company, check_identity, check_live, written_by

_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class RunReport:
    """``state``: complete, stopped (something was refused or held) or interrupted."""

    state: str
    results: dict[str, StepResult]
    why: str = ""

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for result in self.results.values():
            found[result.state.value] = found.get(result.state.value, 0) + 1
        return found


def run_plan(
    plan: Plan,
    connection: Connection,
    tokens: TokenStore,
    journal: Journal,
    known: State,
    *,
    company: Company,
    limits: Limits | None = None,
    on_request: Callable[[RequestLine], None] | None = None,
    on_step: Callable[[Step, StepResult], None] = lambda _step, _result: None,
    should_stop: Callable[[], bool] = lambda: False,
    confirm: Callable[[str], bool] | None = None,
    network: httpx.BaseTransport | None = None,
) -> RunReport:
    """Open the company and run the plan, from the start or from where its journal ends. See `Execution.execute`.

    ``network`` is what its reads go through, below all that guards them.
    """
    with (
        open_reader(connection, tokens, limits=limits, on_request=on_request, transport=network) as reader,
        open_writer(connection, tokens, limits=limits, on_request=on_request) as writer,
    ):
        return Execution(plan, reader, writer, journal, company, known, on_step, should_stop, confirm).execute()


@dataclass
class Execution:
    """One run of one plan. ``company`` is the company the plan may be run on (a rehearsal's stage has another host)."""

    plan: Plan
    reader: Reader
    writer: Writer
    journal: Journal
    company: Company
    known: State
    on_step: Callable[[Step, StepResult], None] = lambda _step, _result: None
    should_stop: Callable[[], bool] = lambda: False
    confirm: Callable[[str], bool] | None = None
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.plan, self.journal, self.on_step)

    def execute(self) -> RunReport:
        """Run to the end, or to the first refusal; safe to call again after any crash.

        Raises WrongCompany, StalePlan (with the fields that moved) before the first write, and
        ServiceError when QuickBooks cannot be reached; the journal then says where it stands.
        """
        live, company_info = self.reader.company()
        check_company(live, self.company)
        check_identity(self.company.realm_id, company_info, self.known)
        self._settle_unknown()
        check_live(self.reader, self.plan, self.progress.run, self.known)
        self.progress.begin()
        if self.plan.company.production and self.confirm is not None:
            self._canary()
        for level in range(1 + max((step.level for step in self.plan.steps), default=-1)):
            for group in groups(self.progress.open_at(level)):
                if self.should_stop():
                    return self._end("interrupted", "Stopped by the user; what was sent is finished.")
                self._send(group)
                if self.progress.broken:
                    return self._end("stopped", "A step was refused; its family and what depends on it is held.")
        self._verify()
        if self.progress.broken or not all(self.progress.done(step) for step in self.plan.steps):
            return self._end("stopped", "Not every step could be applied.")
        return self._end("complete", "")

    # -- before the first write ------------------------------------------------------------------------------------

    def _settle_unknown(self) -> None:
        """What an earlier run sent without learning the outcome is looked for before anything else."""
        unresolved = self.progress.unresolved()
        if not unresolved:
            return
        run = self.progress.run
        taken = written_by(self.plan.steps, run)
        self.progress.record([look(self.reader, self.plan, step, self.known, run.ids, taken) for step in unresolved])

    # -- sending -----------------------------------------------------------------------------------------------------

    def _send(self, group: Sequence[Step]) -> None:
        ready = [step for step in group if self._may_run(step)]
        attempt = 0
        while ready:
            attempt += 1
            if attempt > _ATTEMPTS:
                raise ServiceError(
                    f"QuickBooks did not answer {_ATTEMPTS} times for {', '.join(step.id for step in ready)}.",
                    means="The outcome of these steps is not known; the journal says so.",
                    do="Run `akika plan resume FILE` when the service is back; it looks before it sends again.",
                )
            ready = self._attempt(ready)

    def _may_run(self, step: Step) -> bool:
        waits = self.progress.waits_for(step)
        if waits:
            self.progress.record([StepResult(step.id, StepState.HELD, why=f"It waits for {', '.join(waits)}.")])
        return not waits

    def _attempt(self, steps: list[Step]) -> list[Step]:
        """Send once; returns the steps that are known not to stand and may be sent again."""
        bodies = {step.id: with_ids(step.body, self.progress.run.ids) for step in steps}
        items = [WriteItem(step.id, step.operation, step.key.entity, bodies[step.id], step.options) for step in steps]
        request_id = request_id_of(self.plan, steps, self.progress.refusals(steps))
        self.progress.intend(steps, request_id)
        try:
            outcomes = {outcome.item_id: outcome for outcome in self.writer.send(items, request_id)}
        except NetworkFailed as error:
            self.progress.record([StepResult(step.id, StepState.UNKNOWN, why=error.what) for step in steps])
            self._settle_unknown()
            return [step for step in steps if self.progress.state(step) is StepState.PENDING]
        results = [self._judge(step, bodies[step.id], outcomes.get(step.id)) for step in steps]
        self.progress.record(results)
        stale = [step for step, result in zip(steps, results, strict=True) if result.state is StepState.UNKNOWN]
        if stale:
            self._settle_unknown()
        return [step for step in stale if self.progress.state(step) is StepState.PENDING]

    def _judge(self, step: Step, body: dict[str, Any], outcome: WriteOutcome | None) -> StepResult:
        if outcome is None:
            return StepResult(step.id, StepState.UNKNOWN, why="The answer does not mention this step.")
        if outcome.fault is not None:
            return self._refused(step, outcome.fault)
        if step.operation == "delete":
            target = step.live
            if outcome.deleted and target is not None:
                return StepResult(step.id, StepState.APPLIED, target.id)
            return StepResult(step.id, StepState.UNKNOWN, why="The answer does not say that the record was deleted.")
        if outcome.slice is None:
            return StepResult(step.id, StepState.UNKNOWN, why="The answer holds no record.")
        record = Record(outcome.slice.key, outcome.slice.payload)
        return held_against(step, body, record)

    def _refused(self, step: Step, fault: Fault) -> StepResult:
        live = step.live
        # Source: QuickBooks API, error 5010: the token is stale. The plan's own earlier steps may have moved it.
        if "5010" in fault.fault_codes and live is not None and step.operation == "update":
            retried = self._with_todays_token(step, live)
            if retried is not None:
                return retried
        if (
            "610" in fault.fault_codes
            and step.operation == "delete"
            and live is not None
            and not read_live(self.reader, [live])
        ):
            return StepResult(step.id, StepState.ADOPTED, live.id, "It was gone already.")
        return StepResult(step.id, StepState.REJECTED, live.id if live else "", str(fault.what))

    def _with_todays_token(self, step: Step, live: RecordKey) -> StepResult | None:
        """Send again with the live SyncToken when nothing that a person can write has moved; None otherwise."""
        recorded, current = self.known.record(live), read_live(self.reader, [live]).get(live)
        if recorded is None or current is None or drift(recorded, current, own_writes=True):
            return None
        body = with_ids({**step.body, "SyncToken": str(current.body["SyncToken"])}, self.progress.run.ids)
        request_id = request_id_again(self.plan, step, body["SyncToken"])
        self.progress.intend([step], request_id, body["SyncToken"])
        try:
            outcome = self.writer.send([WriteItem(step.id, "update", step.key.entity, body, step.options)], request_id)[
                0
            ]
        except NetworkFailed as error:
            return StepResult(step.id, StepState.UNKNOWN, live.id, error.what)
        if outcome.slice is None:
            why = outcome.fault.what if outcome.fault else "The answer holds no record."
            return StepResult(step.id, StepState.REJECTED, live.id, why)
        return held_against(step, body, Record(outcome.slice.key, outcome.slice.payload))

    # -- afterwards --------------------------------------------------------------------------------------------------

    def _verify(self) -> None:
        written = self.progress.in_state(StepState.APPLIED, StepState.ADOPTED)
        results = read_back(self.reader, written, self.progress.run.ids)
        if results:
            self.progress.record(results)

    def _canary(self) -> None:
        """On production one family goes first, then a person confirms."""
        if self.progress.run.ids or not self.plan.steps:
            return
        first = self.plan.steps[0].family
        for step in self.plan.steps:
            if step.family == first or any(
                step.id in other.depends_on for other in self.plan.steps if other.family == first
            ):
                self._send([step])
        if self.progress.broken or (self.confirm is not None and not self.confirm(first)):
            self._end("stopped", "Stopped after the first family.")
            raise Refused(
                "The run stopped after its first family.",
                means="The rest of the plan was not sent.",
                do="Look at what was written, then resume or undo.",
            )

    def _end(self, state: str, why: str) -> RunReport:
        self.progress.end(state, why)
        return RunReport(state, dict(self.progress.run.results), why)
