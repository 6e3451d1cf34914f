"""Holding a plan against the books: on a twin before it runs, on the company itself afterwards. What was found is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from akika_forensics.books import TrialBalance, read_trial_balance
from akika_forensics.case.judgements import of_restore
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.plans.archive import REHEARSED, VERIFIED, PlanArchive
from akika_forensics.case.plans.outcomes import kept_rehearsal, kept_verification
from akika_forensics.case.plans.session import Progress, Session, require_everything
from akika_forensics.case.unverified import beliefs_in_force
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import Refused
from akika_forensics.model.payload import canonical_value
from akika_forensics.restore.rehearse import Rehearsal, rehearse
from akika_forensics.restore.verify import Verification, verify
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.vault import Snapshot, SnapshotInfo


class Proving:
    """Of the plans of one company."""

    def __init__(self, session: Session, archive: PlanArchive, custody: CustodyLog) -> None:
        self._s = session
        self._archive = archive
        self._custody = custody

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
            opening_costs=opening_costs(before, known).units,
        )
        details = kept_rehearsal(result)
        stored = self._s.vault.put_document("rehearsal", canonical_value(details), self._s.company)
        outcome = "ended as predicted" if result.ok else "did not end as predicted"
        self._custody.record(
            REHEARSED,
            f"Plan {plan.id} was rehearsed and {outcome}.",
            {"plan": plan.id, "digest": plan.digest, **details},
            [stored],
        )
        return result

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
        require_everything(final)
        before, known = self._s.snapshot(plan.before.id), self._s.snapshot(plan.now.id)
        result = verify(
            plan,
            run,
            before=before,
            now=known,
            final=final,
            control_now=control_of(known, plan.prediction.as_of),
            control_final=control_of(final, plan.prediction.as_of),
            opening_costs=opening_costs(before, known, final).units,
        )
        details = kept_verification(result)
        stored = self._s.vault.put_document("verification", canonical_value(details), self._s.company)
        outcome = "agrees with the approved plan" if result.clean else "does not agree with the approved plan"
        self._custody.record(
            VERIFIED,
            f"The company {outcome} {plan.id}.",
            {"plan": plan.id, "digest": plan.digest, "snapshot": final.info.id, **details},
            [stored],
        )
        self._s.vault.attest(final.info.id, of_restore(plan.id, result, details))
        return result, final.info


def control_of(snapshot: Snapshot, as_of: str) -> TrialBalance | None:
    """QuickBooks' own trial balance as of a date, when the snapshot holds it."""
    for name in snapshot.info.controls:
        if name == f"TrialBalance/Accrual/{as_of}":
            return read_trial_balance(snapshot.control(name))
    return None
