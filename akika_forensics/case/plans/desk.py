"""The life of a plan: made, shown, rehearsed, decided, approved, executed, resumed, verified, undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from akika_forensics.case.plans.archive import APPROVED, Held, PlanArchive
from akika_forensics.case.plans.kept_reviews import KeptReviews
from akika_forensics.case.plans.making import Making
from akika_forensics.case.plans.proving import Proving
from akika_forensics.case.plans.running import Running
from akika_forensics.case.plans.session import Progress, Session
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import NotApproved
from akika_forensics.model.instants import now
from akika_forensics.restore import approval as approvals
from akika_forensics.restore.approval import Approval, Tally
from akika_forensics.restore.document import Plan, Policy, Step
from akika_forensics.restore.execute import RunReport
from akika_forensics.restore.journal import StepResult
from akika_forensics.restore.rehearse import Rehearsal
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.signers import Signers
from akika_forensics.restore.verify import Verification
from akika_forensics.settings import Secret
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import SnapshotInfo


class PlanDesk:
    """Plans of one company of one vault."""

    def __init__(self, session: Session) -> None:
        self._vault = session.vault
        self._company = session.company
        self._archive = PlanArchive(session.vault, self._company)
        self._custody = CustodyLog(session.vault, company=self._company)
        self._signers = Signers(session.vault)
        self._making = Making(session, self._archive)
        self._proving = Proving(session, self._archive, self._custody)
        self._running = Running(session, self._archive, self._custody)

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
        return self._making.create(
            to=to,
            scope=scope,
            out=out,
            after=after,
            decisions=decisions,
            now_snapshot=now_snapshot,
            policy=policy,
            progress=progress,
        )

    def decide(
        self, file: Path, decisions: Mapping[str, str], out: Path, *, progress: Callable[[str], None] = lambda _: None
    ) -> Plan:
        """Make the plan anew, from the same states, with a person's decisions; it has a new digest and no approval."""
        return self._making.decide(file, decisions, out, progress=progress)

    def undo(self, file: Path, out: Path, *, progress: Callable[[str], None] = lambda _: None) -> Plan:
        """A plan that takes back what stands of an executed plan; it needs its own approval."""
        return self._making.undo(file, out, progress=progress)

    # -- reading -----------------------------------------------------------------------------------------------------

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
        return self._proving.rehearse(file, progress=progress, beliefs=beliefs)

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
        return self._running.execute(
            file, resume=resume, digest=digest, on_step=on_step, should_stop=should_stop, confirm=confirm
        )

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
        return self._proving.verify(file, snapshot=snapshot, progress=progress, should_stop=should_stop)
