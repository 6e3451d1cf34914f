"""Making a plan: bound to the company as it is now, made anew with decisions, or one that takes another back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.case.plans.archive import PlanArchive
from akika_forensics.case.plans.session import Session, require_everything
from akika_forensics.errors import Refused, WrongCompany, WrongUse
from akika_forensics.model.instants import format_instant, now, parse_date
from akika_forensics.restore.document import Plan, Policy, SnapshotRef
from akika_forensics.restore.evidence import Evidence
from akika_forensics.restore.planner import Request, make_plan
from akika_forensics.restore.rehearse import touched_records, undo_decisions
from akika_forensics.restore.scope import Scope
from akika_forensics.restore.signers import PREPARER
from akika_forensics.vault import Snapshot


class Making:
    """Plans of one company, kept in ``archive`` as they are made."""

    def __init__(self, session: Session, archive: PlanArchive) -> None:
        self._s = session
        self._archive = archive

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
        require_everything(fresh)
        _require_same_company(before, fresh, later)
        request = Request(
            name=f"p{now():%Y%m%d}-{secrets.token_hex(4)}",
            author=PREPARER,
            company=fresh.info.company,
            evidence=Evidence(
                before,
                fresh,
                later,
                self._archive.register(),
                opening_costs(before, fresh).units,
            ),
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


def _require_same_company(before: Snapshot, fresh: Snapshot, later: Snapshot | None) -> None:
    for snapshot in (before, later):
        if snapshot is not None and snapshot.info.company.identity != fresh.info.company.identity:
            raise WrongCompany(
                f"Snapshot {snapshot.info.id} is of {snapshot.info.company.name}, not of {fresh.info.company.name}.",
                means="A company is restored from its own snapshots only.",
                do="Choose a snapshot of this company; `akika snapshots` lists them.",
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
