"""Running an approved plan on the live company, once: whether it may, and what custody says of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from akika_forensics.case.plans.archive import ChainJournal, PlanArchive
from akika_forensics.case.plans.session import Session
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import Refused, WrongCompany
from akika_forensics.restore import approval as approvals
from akika_forensics.restore.approval import Tally
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.execute import RunReport, run_plan
from akika_forensics.restore.journal import RunState, StepResult, register


class Running:
    """Of the plans of one company; their journals are in its vault."""

    def __init__(self, session: Session, archive: PlanArchive, custody: CustodyLog) -> None:
        self._s = session
        self._archive = archive
        self._custody = custody

    def execute(
        self,
        file: Path,
        *,
        resume: bool = False,
        digest: str | None = None,
        on_step: Callable[[Step, StepResult], None] = lambda _step, _result: None,
        should_stop: Callable[[], bool] = lambda: False,
        confirm: Callable[[str], bool] | None = None,
    ) -> RunReport:
        """Run an approved plan. ``digest``: of the plan that was looked at; another one in the file by now is refused.

        Raises NotApproved, WrongCompany, StalePlan, VaultLocked, Refused; see `Execution`.
        """
        plan = self._archive.read(file)
        if digest is not None and plan.digest != digest:
            raise Refused(
                f"{file.name} holds another plan than the one that was looked at.",
                means="Nothing was written.",
                do="Open the plan again and look at it.",
            )
        # Whether it may run is asked when nobody else can write: what held a moment ago, such as that it was not begun
        # or that nobody rejected it, may have ceased to hold since.
        with self._s.vault.lock(f"execute plan {plan.id}"):
            run = self._archive.run_of(plan.id)
            if run.ended == "complete" and resume:
                return RunReport("complete", dict(run.results), "Nothing remains to be done.")
            _require_turn(plan, run, resume=resume)
            counted = self._archive.tally(plan)
            approvals.require(counted)
            self._require_company(plan)
            if plan.company.production and confirm is None:
                raise Refused(
                    "On a production company a person confirms after the first family.", do="Run it at a terminal."
                )
            return self._run(plan, counted, resume=resume, on_step=on_step, should_stop=should_stop, confirm=confirm)

    def _require_company(self, plan: Plan) -> None:
        company = self._s.companies.company(self._s.company_name)
        if company.realm_id != plan.company.realm_id or company.host != plan.company.host:
            raise WrongCompany(
                f"The plan is for {plan.company.name} (realm {plan.company.realm_id} at {plan.company.host}); "
                f"this connection leads to {company.name} (realm {company.realm_id} at {company.host}).",
                means="Nothing was written.",
                do="Choose the company the plan was made for with --company.",
            )

    def _run(
        self,
        plan: Plan,
        counted: Tally,
        *,
        resume: bool,
        on_step: Callable[[Step, StepResult], None],
        should_stop: Callable[[], bool],
        confirm: Callable[[str], bool] | None,
    ) -> RunReport:
        name = self._s.company_name
        connection, tokens = self._s.companies.for_restore(name)
        details = {
            "plan": plan.id,
            "digest": plan.digest,
            "approvals": [approval.reading for approval in counted.valid],
            "realm": plan.company.realm_id,
        }
        word = "was resumed" if resume else "was started"
        self._custody.record("execution_started", f"The execution of plan {plan.id} {word}.", details)
        report = run_plan(
            plan,
            connection,
            tokens,
            ChainJournal(self._s.vault, plan.id, self._s.company),
            self._s.snapshot(plan.now.id),
            company=self._s.companies.company(name),
            limits=self._s.companies.limits(name),
            on_step=on_step,
            should_stop=should_stop,
            confirm=confirm,
            network=self._s.companies.network(name),
        )
        made = {str(old): str(new) for old, new in register(plan, self._archive.run_of(plan.id)).items()}
        self._custody.record(
            "execution_ended",
            f"The execution of plan {plan.id} ended: {report.state}.",
            {**details, "state": report.state, "counts": report.counts(), "register": made},
        )
        return report


def _require_turn(plan: Plan, run: RunState, *, resume: bool) -> None:
    """Raises Refused for a plan that has run, and for one that was begun unless it is resumed."""
    if run.ended == "complete":
        raise Refused(
            f"Plan {plan.id} has been executed already.",
            means="A plan runs once.",
            do="`akika plan verify FILE` holds the books against it; make a new plan for anything else.",
        )
    if run.begun and not resume:
        raise Refused(
            f"Plan {plan.id} was begun and not finished.",
            means="Some of its steps stand, some do not.",
            do="`akika plan resume FILE` goes on; `akika plan undo FILE` makes a plan that takes it back.",
        )
