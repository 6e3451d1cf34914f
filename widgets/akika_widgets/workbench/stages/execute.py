"""The execution: what must hold, one button, and the work as it goes on. Whether it is allowed is decided by the case, again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from akika_forensics.case.plans.archive import Held
from akika_forensics.case.values import CasePlan
from akika_forensics.jobs import Work
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.table import marked
from akika_widgets.views.tables import StepTable
from akika_widgets.workbench.desk import Desk, stamp
from akika_widgets.workbench.reviewer import Reviewer
from akika_widgets.workbench.stages.stage import ANOTHER_PLAN, Place, Shown, Stage, bar


class Execute(Stage):
    name = "execute"
    heading = "Execute"

    def __init__(self, desk: Desk, reviewer: Reviewer) -> None:
        super().__init__(desk)
        self._reviewer = reviewer
        self._steps: tuple[Any, tuple[Any, ...]] = (None, ())

    # -- how it stands -----------------------------------------------------------------------------------------------

    def place(self) -> Place:
        held = self.desk.held()
        if held is None:
            return Place("later", "there is no plan")
        if held.run.ended == "complete":
            return Place("done", f"{len(held.plan.steps):,} steps")
        if held.run.begun:
            return Place("now", "begun, not finished")
        return Place("now") if held.tally.enough else Place("later", "the plan is not approved")

    def lead(self) -> str:
        held = self.desk.held()
        if held is None:
            return "First make a plan, or open one."
        if self._going(held):
            return "The plan is being executed; closing this page does not stop it."
        if self._failed(held):
            return "The execution could not go on; what kept it from that, and what to do, is said below."
        if held.run.ended == "complete":
            return "Every step stands in the books; hold the company against the plan."
        if held.run.begun:
            return "The execution was begun and not finished; go on where it stopped, or verify what stands."
        if not held.tally.enough:
            return "Nothing is written without an approved plan."
        if held.plan.company.production:
            return (
                "These are real books. After the first family of records the app asks whether to go on with the rest."
            )
        return "Everything is ready: execute the plan. It is written exactly as approved, and each write is read back."

    def draw(self) -> Iterable[Markup | None]:
        held = self.desk.held()
        if held is None:
            yield bar(self.onward("plan", "Go to the plan"))
            return
        yield self._actions(held)
        yield tag("h2", "Before the first write")
        yield tag(
            "ul",
            *(self._condition(words, holds, why) for words, holds, why in self._conditions(held)),
            class_="wb-conditions",
        )

    def _actions(self, held: Held) -> Markup | None:
        if self._going(held):
            return None
        if held.run.ended == "complete":
            return bar(self.onward("verified"))
        if held.run.begun:
            return bar(
                controls.button(
                    self, "Go on with the execution", "resume", held.plan.digest, kind="main", explain=True
                ),
                self.onward("verified", "Verify what stands", main=False),
            )
        ready = held.tally.enough and not self._failed(held)
        number = len(held.plan.steps)
        words = f"Write {number:,} step{'' if number == 1 else 's'} to {held.plan.company.name}"
        return bar(
            None if held.tally.enough else self.onward("approve", "Go to the approval"),
            self.onward("plan", "Go to the plan") if held.tally.enough and not ready else None,
            controls.button(
                self, tag("bdi", words), "execute", held.plan.digest, kind="main" if ready else "", explain=True
            ),
        )

    def _conditions(self, held: Held) -> list[tuple[str, bool | None, str]]:
        plan, company, counted = held.plan, self.desk.company, held.tally
        same = (plan.company.realm_id, plan.company.host) == (company.realm_id, company.host)
        busy = self.desk.why_wait()
        mine = self._going(held)
        return [
            ("The plan is approved", counted.enough, ", ".join(one.reading for one in counted.valid) or f"{len(counted.valid)} of {counted.needed} approvals"),
            ("The connection leads to the company of the plan", same, f"{company.name}, realm {company.realm_id}"),
            ("No decision is open", not plan.conflicts, f"{len(plan.conflicts):,} open" if plan.conflicts else "none"),
            ("What the review decided is in the plan", held.run.begun or not self._reviewer.of(held).changes_plan, "the plan holds it" if held.run.begun or not self._reviewer.of(held).changes_plan else "a new plan is to be made from it"),
            ("The plan was rehearsed", bool(held.rehearsal and held.rehearsal["ok"]) if held.rehearsal else None, "as predicted" if held.rehearsal and held.rehearsal["ok"] else "not as predicted" if held.rehearsal else "not rehearsed"),
            ("It has not been executed", not held.run.begun, "a plan runs once" if held.run.begun else "not begun"),
            ("Nothing else is going on in the vault", mine or not busy, busy if not mine else "this execution"),
            ("The records are as the plan expects them", None, "asked of QuickBooks when the execution begins; if one has moved, nothing is written"),
        ]  # fmt: skip

    def _condition(self, words: str, holds: bool | None, why: str) -> Markup:
        mark = (
            marked("·", "later", "quiet")
            if holds is None
            else marked("✓", "yes", "good")
            if holds
            else marked("✗", "no", "removed")
        )
        return tag("li", mark, tag("span", words), tag("bdi", why, class_="ak-quiet"))

    def parts(self) -> tuple[Any, ...]:
        held = self.desk.held()
        if held is None:
            return ()
        going = self.desk.job_view("execute", held.plan.id)
        shown = (going,) if going is not None else ()
        return (*shown, *self._step_parts(held))

    def _step_parts(self, held: Held) -> tuple[Any, ...]:
        if self._steps[0] != stamp(held):
            title = "Steps" if not held.run.begun else "Steps and what became of them"
            self._steps = (stamp(held), (Shown(StepTable(CasePlan(held).steps, title=title)),))
        return self._steps[1]

    def _failed(self, held: Held) -> bool:
        job = self.desk.job("execute", held.plan.id)
        return job is not None and job.snapshot().state == "failed"

    def _going(self, held: Held) -> bool:
        job = self.desk.job("execute", held.plan.id)
        return job is not None and not job.snapshot().ended

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act not in {"execute", "resume"}:
            return ""
        held = self.desk.held()
        if held is None:
            return "There is no plan."
        if event.value != held.plan.digest:
            return ANOTHER_PLAN
        if held.run.ended == "complete":
            return "The plan has been executed; a plan runs once."
        if not held.tally.enough:
            return f"The plan has {len(held.tally.valid):,} of {held.tally.needed:,} approvals that count."
        if event.act == "execute" and held.run.begun:
            return "The plan was begun already; go on with it."
        if event.act == "resume" and not held.run.begun:
            return "The plan was not begun."
        if event.act == "execute" and self._reviewer.of(held).changes_plan:
            return "What was decided in the review is not in the plan yet."
        return self.desk.why_wait()

    def act_execute(self, event: Event) -> None:
        del event
        self._start(resume=False)

    def act_resume(self, event: Event) -> None:
        del event
        self._start(resume=True)

    def _start(self, *, resume: bool) -> None:
        desk = self.desk
        held, file = desk.plan(), desk.plan_file
        digest = held.plan.digest
        labels, total = {step.id: step.label for step in held.plan.steps}, len(held.plan.steps)

        def work(work: Work) -> str:
            done: set[str] = set()

            def on_step(step: Any, result: Any) -> None:
                done.add(step.id)
                work.progress(f"{labels.get(step.id, step.id)}: {result.state.value}", len(done), total)

            def confirm(family: str) -> bool:
                return work.ask(
                    f"The first family, {family}, is written. Look at it in QuickBooks. Go on with the rest?"
                )

            work.progress("asking QuickBooks whether every record is as the plan expects it", 0, total)
            report = desk.case.plans.execute(
                file,
                resume=resume,
                digest=digest,
                on_step=on_step,
                should_stop=work.should_stop,
                confirm=confirm,
            )
            if report.why:
                work.note(report.why)
            return report.state

        desk.start("execute", "Executing the plan", work, about=held.plan.id)
        self.notice = "The execution has begun. It goes on when this page is closed."
