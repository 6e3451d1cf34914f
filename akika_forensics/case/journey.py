"""One restore from the choice of records to the proof, as a notebook walks it: each station is a job, or says why it is passed by."""

from __future__ import annotations

import getpass
import os
import warnings
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics import jobs
from akika_forensics.case.dependencies import Dependencies, chosen_records
from akika_forensics.case.evidence import Compared
from akika_forensics.case.plans.review import Review
from akika_forensics.case.values import CasePlan
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.scope import Scope
from akika_forensics.settings import Secret
from akika_widgets.views.listing import Listing
from akika_widgets.views.markup import tag
from akika_widgets.views.view import View, styled

if TYPE_CHECKING:
    from akika_forensics.case.case import Case
    from akika_forensics.restore.document import Step
    from akika_forensics.restore.journal import StepResult

SIGNER_PASSPHRASE: Final = "AKIKA_SIGNER_PASSPHRASE"  # noqa: S105 - the name of a variable, not its value
type Station[T] = jobs.Job[T] | Passed
type Ask = Callable[[str], Secret | None]


class Passed(View, Awaitable[None]):
    """A station at which nothing was done, and why. It can be awaited like a job, and there is nothing to wait for."""

    def __init__(self, why: str) -> None:
        self.why = why

    def plain(self) -> str:
        return self.why

    def html(self) -> Any:
        return styled(tag("p", tag("bdi", self.why)))

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


def ask_signer(signer: str) -> Secret | None:
    """The passphrase of a signer: from ``AKIKA_SIGNER_PASSPHRASE``, else asked for without being shown. None where nobody can be asked."""
    text = os.environ.get(SIGNER_PASSPHRASE)
    if text:
        return Secret(text)
    try:
        with warnings.catch_warnings():
            # Without a terminal getpass would show what is typed; then it is not asked at all.
            warnings.simplefilter("error", getpass.GetPassWarning)
            typed = getpass.getpass(f"Passphrase of the signer {signer}: ")
    except (EOFError, OSError, RuntimeError, getpass.GetPassWarning):
        # A kernel that nobody can type into raises a RuntimeError.
        return None
    return Secret(typed) if typed else None


@dataclass(frozen=True)
class Journey:
    """``records``: such as ``"Invoice:130, Payment:12"``; "" means what was changed directly between the snapshots. ``file``: the plan's file,
    used when it is there and made when it is not. ``now``: a snapshot to plan from; "" captures the company afresh.
    """

    case: Case
    before: str
    after: str
    file: Path
    records: str = ""
    now: str = ""

    @cached_property
    def incident(self) -> Compared:
        return self.case.comparison(self.before, self.after)

    @property
    def chosen(self) -> tuple[RecordKey, ...]:
        """The records to put back. Raises WrongUse when there is none."""
        return chosen_records(self.records, self.incident.diff.states())

    def dependencies(self) -> Dependencies:
        """What the chosen records need and what hangs on them. Raises WrongUse."""
        return self.case.dependencies(self.records, before=self.before, after=self.after)

    @property
    def review(self) -> Review:
        """The plan as its approver reads it. Raises WrongUse while there is none."""
        return self.case.review(self.file)

    def plan(self) -> Station[Review]:
        """Make the plan from a fresh capture. Nothing is written to QuickBooks. Raises WrongUse."""
        if self.file.exists():
            return Passed(f"The plan {self.review.plan.id} is in {self.file.name} already and is used as it is.")
        scope = Scope(self.chosen)

        def work(work: jobs.Work) -> Review:
            self.case.plans.create(
                to=self.before, after=self.after, now_snapshot=self.now or None, scope=scope, out=self.file, progress=work.step
            )  # fmt: skip
            return self.review

        return jobs.start("Planning", work, kind="plan", queue=self.case.vault.id)

    def rehearse(self) -> Station[Listing]:
        """Run the plan and its undo on a copy of the books on this machine."""
        held = self.review.held
        if held.run.begun:
            return Passed("The plan has been executed; it is rehearsed before that, not after.")

        def work(work: jobs.Work) -> Listing:
            self.case.plans.rehearse(self.file, progress=work.step)
            return self.review.rehearsal()

        return jobs.start("Rehearsing", work, kind="rehearse", about=held.plan.id, queue=self.case.vault.id)

    def approve(self, signer: str, *, words: str = "", ask: Ask = ask_signer) -> View:
        """Sign the plan with the signer's own key, after asking for its passphrase, which is used once and not kept.

        Raises WrongUse, WrongKey, NotApproved. Says so, and signs nothing, where nobody can be asked.
        """
        review = self.review
        if review.held.tally.enough:
            return review.approvals()
        if not signer:
            return Passed("Nobody was asked to approve: no signer is named.")
        secret = ask(signer)
        if secret is None:
            return Passed(
                f"The plan was not approved: nobody could be asked for the passphrase of {signer}. "
                "Run this cell where something can be typed, or approve with `akika plan approve`."
            )
        self.case.plans.approve(self.file, signer, secret, words=words)
        return self.review.approvals()

    def execute(self, *, wanted: bool) -> Station[CasePlan]:
        """Write to QuickBooks, when it is wanted and the plan is approved; goes on where an earlier run stopped."""
        held = self.review.held
        if held.run.ended == "complete":
            return Passed(f"Plan {held.plan.id} has been executed already; a plan runs once.")
        if not wanted:
            return Passed("Nothing was written to QuickBooks: it was not asked for.")
        if not held.tally.enough:
            return Passed("Nothing was written to QuickBooks: the plan is not approved.")
        total = len(held.plan.steps)

        def work(work: jobs.Work) -> CasePlan:
            done: set[str] = set()

            def on_step(step: Step, result: StepResult) -> None:
                done.add(step.id)
                work.progress(f"{step.label}: {result.state.value}", len(done), total)

            def confirm(family: str) -> bool:
                return work.ask(f"The family of {family} is written. Look at it in QuickBooks. Go on with the rest?")

            resume = held.run.begun or work.resuming
            report = self.case.plans.execute(
                self.file, resume=resume, on_step=on_step, should_stop=work.should_stop, confirm=confirm
            )
            if report.why:
                work.note(report.why)
            return self.case.plan(self.file)

        return jobs.start("Writing", work, kind="execute", about=held.plan.id, resumable=True, queue=self.case.vault.id)

    def verify(self) -> Station[CasePlan]:
        """Capture the company again and hold it against the plan and the state before."""
        held = self.review.held
        if not held.run.begun:
            return Passed("There is nothing to verify: the plan has not been executed.")
        if held.verification is not None:
            return Passed("The restore was verified already; what was found stands below.")

        def work(work: jobs.Work) -> CasePlan:
            work.progress("capturing the company and holding it against the plan")
            self.case.plans.verify(self.file, progress=work.progress, should_stop=work.should_stop)
            return self.case.plan(self.file)

        return jobs.start("Verifying", work, kind="verify", about=held.plan.id, queue=self.case.vault.id)

    def figures(self) -> dict[str, Any]:
        """How far it came."""
        if not self.file.exists():
            return {"state": "no plan", "chosen": len(self.chosen)}
        held = self.review.held
        verification = held.verification or {}
        return {
            "state": held.state,
            "plan": held.plan.id,
            "digest": held.plan.digest,
            "chosen": len(self.chosen),
            "steps": len(held.plan.steps),
            "rehearsed": held.rehearsal is not None,
            "approved": held.tally.enough,
            "written": len(held.run.results),
            "verified": held.verification is not None,
            **{name: int(verification[name]) for name in ("wrong", "by_hand") if name in verification},
            **({"residual": str(verification["residual"])} if "residual" in verification else {}),
        }
