"""The life of a plan: made, shown, rehearsed, decided, approved, executed, resumed, verified, undone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from akika_forensics.books import TrialBalance, read_trial_balance
from akika_forensics.case.archive import APPROVED, REHEARSED, VERIFIED, ChainJournal, Held, PlanArchive
from akika_forensics.case.judgements import of_restore
from akika_forensics.case.outcomes import kept_rehearsal, kept_verification
from akika_forensics.case.reviews import KeptReviews
from akika_forensics.case.unverified import beliefs_in_force
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import NotApproved, Refused, WrongCompany, WrongUse
from akika_forensics.model.instants import format_instant, now, parse_date
from akika_forensics.model.payload import canonical_value
from akika_forensics.restore import approval as approvals
from akika_forensics.restore.approval import Approval, Tally
from akika_forensics.restore.document import Plan, Policy, SnapshotRef, Step
from akika_forensics.restore.evidence import Evidence
from akika_forensics.restore.execute import RunReport, run_plan
from akika_forensics.restore.journal import RunState, StepResult, register
from akika_forensics.restore.planner import Request, make_plan
from akika_forensics.restore.rehearse import Rehearsal, rehearse, touched_records, undo_decisions
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.signers import PREPARER, Signers
from akika_forensics.restore.verify import Verification, verify
from akika_forensics.settings import Secret
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault

type Progress = Callable[[str, int, int], None]


class FreshCapture(Protocol):
    """Takes a fresh whole snapshot of the live company. ``why`` is for the custody log."""

    def __call__(
        self, why: str, *, progress: Progress | None = None, should_stop: Callable[[], bool] | None = None
    ) -> SnapshotInfo: ...


@dataclass(frozen=True)
class Session:
    """What the desk needs of an open case."""

    vault: Vault
    company_name: str
    companies: Any
    capture: FreshCapture
    snapshot: Callable[[str], Snapshot]


class PlanDesk:
    """Plans of one company of one vault."""

    def __init__(self, session: Session) -> None:
        self._s = session
        self._vault = session.vault
        self._company = session.companies.company(session.company_name)
        self._archive = PlanArchive(session.vault, self._company)
        self._custody = CustodyLog(session.vault, company=self._company)
        self._signers = Signers(session.vault)

    # -- making --------------------------------------------------------------------------------------------------

    def create(
        self,
        *,
        to: str,
        scope: Scope,
        out: Path,
        after: str | None = None,
        decisions: Mapping[str, str] | None = None,
        now_snapshot: str | None = None,
        policy: Policy | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Plan:
        """Make a plan bound to a fresh capture and write its file. Raises WrongUse, Refused, ServiceError."""
        if out.exists():
            raise WrongUse(f"{out} exists already.", do="Name another file; plans are not overwritten.")
        before = self._s.snapshot(to)
        later = self._s.snapshot(after) if after else None
        if now_snapshot is None:
            progress("capturing the company as it is now")
            now_snapshot = self._s.capture("for a plan").id
        fresh = self._s.snapshot(now_snapshot)
        _of_everything(fresh)
        self._same_company(before, fresh, later)
        request = Request(
            name=f"p{now():%Y%m%d}-{secrets.token_hex(4)}",
            author=PREPARER,
            company=fresh.info.company,
            evidence=Evidence(before, fresh, later, self._archive.register(fresh.info.company.realm_id)),
            before=_ref(before),
            now=_ref(fresh),
            after=_ref(later) if later else None,
            scope=scope.until(fresh.info.finished_at),
            as_of=_as_of(fresh),
            made_at=now(),
            decisions=dict(decisions or {}),
            policy=policy or Policy(),
        )
        plan = make_plan(request, progress=progress)
        self._archive.keep(plan, out)
        return plan

    def _same_company(self, before: Snapshot, fresh: Snapshot, later: Snapshot | None) -> None:
        for snapshot in (before, later):
            if snapshot is not None and snapshot.info.company.realm_id != fresh.info.company.realm_id:
                raise WrongCompany(
                    f"Snapshot {snapshot.info.id} is of {snapshot.info.company.name}, not of {fresh.info.company.name}.",
                    means="A company is restored from its own snapshots only.",
                    do="Choose a snapshot of this company; `akika snapshots` lists them.",
                )

    def load(self, file: Path) -> Held:
        """Read a plan file and all that is known of it. Raises Refused when the file is not one this vault vouches for."""
        return self._archive.held(self._archive.read(file))

    def plain(self, file: Path, *, to: str) -> bytes:
        """A plan's text without its seal, canonical JSON; custody lists it with ``to``, where it goes. Raises Refused."""
        return self._archive.plain(self._archive.read(file), to)

    def review(self, file: Path) -> str | None:
        """What was said of the plan so far, as `keep_review` was given it; None when nothing was. Raises Refused, VaultDamaged."""
        return KeptReviews(self._vault).read(self._archive.read(file).id)

    def keep_review(self, file: Path, text: str) -> None:
        """Seal what was said of the plan so far; the earlier text goes. Raises Refused, WrongUse."""
        KeptReviews(self._vault).write(self._archive.read(file).id, text)

    # -- rehearsing, approving ---------------------------------------------------------------------------------------

    def rehearse(
        self, file: Path, *, progress: Callable[[str], None] = lambda _: None, beliefs: Beliefs | None = None
    ) -> Rehearsal:
        """Run the plan and its undo on a twin that holds the books of now; the outcome is kept.

        ``beliefs``: what a real company answered to the probe; the profile that ``AKIKA_PROFILE`` names without.
        """
        plan = self._archive.read(file)
        before, known = self._s.snapshot(plan.before.id), self._s.snapshot(plan.now.id)
        result = rehearse(
            plan,
            before=before,
            known=known,
            control=control_of(known, plan.prediction.as_of),
            progress=progress,
            beliefs=beliefs or beliefs_in_force(),
        )
        details = kept_rehearsal(result)
        stored = self._vault.put_document("rehearsal", canonical_value(details), self._company)
        outcome = "ended as predicted" if result.ok else "did not end as predicted"
        self._custody.record(
            REHEARSED,
            f"Plan {plan.id} was rehearsed and {outcome}.",
            {"plan": plan.id, "digest": plan.digest, **details},
            [stored],
        )
        return result

    def approve(
        self,
        file: Path,
        signer: str,
        secret: Secret,
        *,
        allow_author: bool = False,
        reject: bool = False,
        words: str = "",
        override: str = "",
    ) -> tuple[Approval, Tally]:
        """Sign a plan, or reject it. A plan whose rehearsal failed needs ``override``, words that are kept."""
        plan = self._archive.read(file)
        rehearsed = self._archive.rehearsal(plan)
        if not reject and rehearsed is not None and not rehearsed["ok"] and not override:
            raise NotApproved(
                "The rehearsal of this plan did not end as predicted.",
                means="It is not approved without saying why.",
                do="Look at `akika plan show FILE`; approve with --override and the reason if you accept it.",
            )
        if not reject and rehearsed is None and plan.company.production:
            raise NotApproved(
                "This plan has not been rehearsed.",
                means="On a production company a rehearsal comes first.",
                do="Run `akika plan rehearse FILE`.",
            )
        person = self._signers.get(signer)
        key = self._signers.private_key(signer, secret)
        made = approvals.sign(
            plan,
            person,
            key,
            now(),
            verdict="rejected" if reject else "approved",
            allow_author=allow_author,
            words=words,
            override=override,
        )
        stored = self._vault.put_document("approval", approvals.write(made), self._company)
        self._custody.record(
            APPROVED,
            f"Plan {plan.id} was {made.reading}.",
            {"plan": plan.id, "digest": plan.digest, "signer": signer, "fingerprint": person.fingerprint},
            [stored],
        )
        return made, self._archive.tally(plan)

    def decide(
        self, file: Path, decisions: Mapping[str, str], out: Path, *, progress: Callable[[str], None] = lambda _: None
    ) -> Plan:
        """Make the plan anew, from the same states, with a person's decisions; it has a new digest and no approval."""
        plan = self._archive.read(file)
        return self.create(
            to=plan.before.id,
            after=plan.after.id if plan.after else None,
            now_snapshot=plan.now.id,
            scope=Scope.from_json(plan.scope),
            out=out,
            decisions={**plan.decisions, **decisions},
            policy=plan.policy,
            progress=progress,
        )

    # -- running -----------------------------------------------------------------------------------------------------

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
        with self._vault.lock(f"execute plan {plan.id}"):
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
            ChainJournal(self._vault, plan.id, self._company),
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

    def verify(
        self,
        file: Path,
        *,
        snapshot: str | None = None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> tuple[Verification, SnapshotInfo]:
        """Capture the company again (or use a capture made since) and hold it against the plan; the record is kept.

        ``progress`` and ``should_stop`` are the capture's.
        """
        plan = self._archive.read(file)
        run = self._archive.run_of(plan.id)
        if not run.begun:
            raise Refused(f"Plan {plan.id} has not been executed.", do="`akika plan execute FILE` runs it.")
        reference = snapshot or self._s.capture("after a restore", progress=progress, should_stop=should_stop).id
        final = self._s.snapshot(reference)
        _of_everything(final)
        before, known = self._s.snapshot(plan.before.id), self._s.snapshot(plan.now.id)
        result = verify(
            plan,
            run,
            before=before,
            now=known,
            final=final,
            control_now=control_of(known, plan.prediction.as_of),
            control_final=control_of(final, plan.prediction.as_of),
        )
        details = kept_verification(result)
        stored = self._vault.put_document("verification", canonical_value(details), self._company)
        outcome = "agrees with the approved plan" if result.clean else "does not agree with the approved plan"
        self._custody.record(
            VERIFIED,
            f"The company {outcome} {plan.id}.",
            {"plan": plan.id, "digest": plan.digest, "snapshot": final.info.id, **details},
            [stored],
        )
        self._vault.attest(final.info.id, of_restore(plan.id, result, details))
        return result, final.info

    def undo(self, file: Path, out: Path, *, progress: Callable[[str], None] = lambda _: None) -> Plan:
        """A plan that takes back what stands of an executed plan; it needs its own approval."""
        plan = self._archive.read(file)
        run = self._archive.run_of(plan.id)
        touched = touched_records(plan, run)
        if not touched:
            raise Refused(f"Nothing of plan {plan.id} stands.", means="There is nothing to take back.")
        return self.create(
            to=plan.now.id, scope=Scope(touched), decisions=undo_decisions(plan, run), out=out, progress=progress
        )


def control_of(snapshot: Snapshot, as_of: str) -> TrialBalance | None:
    """QuickBooks' own trial balance as of a date, when the snapshot holds it."""
    for name in snapshot.info.controls:
        if name == f"TrialBalance/Accrual/{as_of}":
            return read_trial_balance(snapshot.control(name))
    return None


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


def _of_everything(snapshot: Snapshot) -> None:
    """Raises WrongUse for a snapshot of some records: what the books come to is not known from it."""
    if snapshot.info.scoped:
        raise WrongUse(
            f"Snapshot {snapshot.info.id} is of some records.",
            means="A plan and its proof rest on the whole company as it is now.",
            do="Leave it out, and the company is captured; or name a snapshot of all of it.",
        )


def _as_of(snapshot: Snapshot) -> Any:
    """The latest date a trial balance was captured for."""
    dates = [name.rpartition("/")[2] for name in snapshot.info.controls if name.startswith("TrialBalance/Accrual/")]
    with suppress(ValueError):
        return parse_date(max(dates))
    return snapshot.info.taken_at.date()


def _ref(snapshot: Snapshot) -> SnapshotRef:
    return SnapshotRef(
        id=snapshot.info.id, digest=snapshot.info.digest, taken_at=format_instant(snapshot.info.taken_at)
    )
