"""The proof: the company captured again and held against the plan; the report; and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.review import Review as PlanSummary
from akika_forensics.jobs import Work
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.restored import RestoredView, clean
from akika_widgets.workbench.desk import Desk, stamp
from akika_widgets.workbench.stages.stage import Place, Shown, Stage, bar


class Verified(Stage):
    name = "verified"
    heading = "Verified"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._parts: tuple[Any, tuple[Any, ...]] = (None, ())

    # -- how it stands -----------------------------------------------------------------------------------------------

    def place(self) -> Place:
        held = self.desk.held()
        if held is None:
            return Place("later", "there is no plan")
        if not held.run.begun:
            return Place("later", "nothing was executed")
        if held.verification is None:
            return Place("now")
        return Place("done", "agrees") if clean(held.verification) else Place("now", "does not agree")

    def lead(self) -> str:
        held = self.desk.held()
        if held is None:
            return "First make a plan, or open one."
        if not held.run.begun:
            return "Nothing was executed yet, so there is nothing to verify."
        if held.verification is None:
            return "Have the company captured again and held against the plan, record by record and account by account."
        if clean(held.verification):
            if self.desk.shared.make_report is None:
                return "The books agree with the approved plan, to the cent; nothing remains to be done."
            if self._files(held):
                return "The books agree with the approved plan, to the cent, and the report is made; nothing remains to be done."
            return "The books agree with the approved plan, to the cent; make the report for the file."
        return "The books do not agree with the approved plan; read what differs below before anything else is done."

    def draw(self) -> Iterable[Markup | None]:
        held = self.desk.held()
        if held is None or not held.run.begun:
            yield bar(self.onward("plan" if held is None else "execute", "Go there"))
            return
        verified = held.verification is not None
        verify = controls.button(
            self, "Verify again" if verified else "Verify now", "verify", kind="" if verified else "main", explain=True
        )
        files, report = self._files(held), None
        if verified and self.desk.shared.make_report is not None:
            words = "Make the report again" if files else "Make the report"
            report = controls.button(self, words, "report", kind="" if files else "main", explain=True)
        undo = controls.button(self, "Plan to take it back", "undo", explain=False)
        yield bar(report, verify, undo)
        if files:
            yield tag(
                "div",
                tag("p", tag("strong", "The report is made."), " It lies on the machine that serves this page:"),
                tag("ul", *(tag("li", tag("code", tag("bdi", str(file)))) for file in files)),
                class_="wb-good",
            )
        yield tag(
            "p",
            "Taking it back makes another plan, which needs a rehearsal and an approval of its own.",
            class_="ak-quiet",
        )

    def parts(self) -> tuple[Any, ...]:
        held = self.desk.held()
        if held is None or not held.run.begun:
            return ()
        about = held.plan.id
        going = [self.desk.job_view(kind, about) for kind in ("verify", "report", "undo")]
        key = stamp(held)
        if self._parts[0] != key:
            shown: tuple[Any, ...] = ()
            if held.verification is not None:
                found = RestoredView(held.verification)
                by_hand = PlanSummary(held).by_hand()
                shown = (
                    Shown(found.summary()),
                    *([Shown(by_hand)] if held.plan.by_hand else []),
                    Shown(found.details()),
                )
            self._parts = (key, shown)
        return (*(view for view in going if view is not None), *self._parts[1])

    def _files(self, held: Held) -> tuple[Path, ...]:
        found: tuple[Path, ...] = self.desk.memory.known(("report", held.plan.id)) or ()
        return found

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act not in {"verify", "report", "undo"}:
            return ""
        held = self.desk.held()
        if held is None or not held.run.begun:
            return "Nothing was executed yet."
        if event.act == "report":
            if self.desk.shared.make_report is None:
                return "Reports are made with the command line here."
            if held.verification is None:
                return "Verify first: the report shows what was found."
        return self.desk.why_wait()

    def act_verify(self, event: Event) -> None:
        del event
        desk = self.desk
        held, file = desk.plan(), desk.plan_file

        def work(work: Work) -> str:
            work.progress("capturing the company and holding it against the plan")
            _result, info = desk.case.plans.verify(file, progress=work.progress, should_stop=work.should_stop)
            return info.id

        desk.start("verify", "Verifying", work, about=held.plan.id)
        self.notice = "The company is captured again and held against the plan."

    def act_undo(self, event: Event) -> None:
        del event
        desk = self.desk
        held, file = desk.plan(), desk.plan_file
        name, chosen = desk.new_file("take-back"), desk.choices

        def work(work: Work) -> str:
            desk.case.plans.undo(file, desk.file(name), progress=work.step)
            chosen.plan = name
            return name

        desk.start("undo", "Making a plan to take it back", work, about=held.plan.id)
        self.notice = f"A plan that takes it back is being made; it will be open when it is ready, as {name}."

    def act_report(self, event: Event) -> None:
        del event
        desk = self.desk
        make = desk.shared.make_report
        held, file = desk.plan(), desk.plan_file
        if make is None:
            return
        plan = held.plan
        final = (held.verification or {}).get("snapshot") or desk.snapshots()[-1].id
        parameters = {
            "before": plan.before.id,
            "after": (plan.after or plan.now).id,
            "final": str(final),
            "plan": str(file),
        }

        def work(work: Work) -> str:
            work.progress("running the report's notebook")
            desk.memory.put(("report", plan.id), make(parameters))
            return plan.id

        desk.start("report", "Making the report", work, about=plan.id)
