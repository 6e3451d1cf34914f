"""The plan: made from a fresh snapshot, reviewed step by step, decided, rehearsed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.review import Review as PlanSummary
from akika_forensics.errors import AkikaError
from akika_forensics.jobs import Work
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.scope import Scope
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.table import marked
from akika_widgets.workbench.desk import Desk, stamp
from akika_widgets.workbench.reviewer import Reviewer
from akika_widgets.workbench.stages.stage import Place, Shown, Stage, bar, trouble

STATES = {
    "draft": "made",
    "rehearsed": "rehearsed",
    "approved": "approved",
    "rejected": "rejected",
    "running": "begun, not finished",
    "complete": "executed",
    "stopped": "stopped on the way",
    "interrupted": "stopped on the way",
    "verified": "executed and verified",
}


class PlanStage(Stage):
    name = "plan"
    heading = "The plan"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.reviewer = Reviewer(desk, self.changed, lambda: self.dispatch(Event("redo")))
        self.listing = False
        """Whether the other plans are listed beside the one that was taken up."""
        self._outcome: tuple[Any, tuple[Any, ...]] = (None, ())

    # -- how it stands -----------------------------------------------------------------------------------------------

    def place(self) -> Place:
        held = self.desk.held()
        if held is None:
            return Place(
                "now" if self.desk.choices.picked else "later",
                "" if self.desk.choices.picked else "no record is chosen",
            )
        if held.run.begun:
            return Place("done", STATES.get(held.state, held.state))
        if held.plan.conflicts:
            return Place("now", f"{len(held.plan.conflicts):,} to decide")
        if held.rehearsal is None:
            return Place("now", "not rehearsed")
        return Place("done", "rehearsed") if held.rehearsal["ok"] else Place("now", "rehearsal not as predicted")

    def _held(self) -> tuple[Held | None, AkikaError | None]:
        """The plan that was taken up, or why it cannot be opened: another one can then still be made or opened."""
        try:
            return self.desk.held(), None
        except AkikaError as error:
            return None, error

    def lead(self) -> str:
        held, error = self._held()
        if error is not None:
            return "The plan that was taken up cannot be opened; make a new one, or open another."
        if held is None:
            if self.desk.choices.picked:
                return "Have a plan made: the company is captured afresh, and nothing is written to QuickBooks."
            return "Choose records to put back first, or open a plan that was made before."
        return self._lead_of(held)

    def _lead_of(self, held: Held) -> str:
        review = self.reviewer.of(held)
        if held.run.begun:
            return f"This plan is {STATES.get(held.state, held.state)}; it can be read, not changed."
        if held.state == "rejected":
            return "This plan was rejected and will not run; make a new one that meets the objection."
        if review.changes_plan:
            return "Your decisions are not in the plan yet: have it made anew from them."
        if held.plan.conflicts:
            return "Answer each question below; a new plan is then made from your decisions."
        if not held.plan.steps:
            return "There is nothing to write: the books are as they were, or what differs is left to a person."
        if held.rehearsal is None:
            return "Review the steps, then rehearse the plan on a copy of the books on this machine."
        if not held.rehearsal["ok"]:
            return "The rehearsal did not end as predicted; read what differed before anybody approves it."
        if not review.signed_off:
            return "The rehearsal ended as predicted, to the cent; review the steps and end the review below."
        return "The rehearsal ended as predicted and the review is ended; have the plan approved."

    def draw(self) -> Iterable[Markup | None]:
        held, error = self._held()
        if error is not None:
            yield trouble(error)
        if held is None:
            if self.desk.choices.picked:
                number = len(self.desk.choices.picked)
                words = f"Make a plan for {number:,} record{'' if number == 1 else 's'}"
                yield bar(controls.button(self, words, "make", kind="main", explain=True))
            else:
                yield bar(self.onward("changed", "Choose records"))
        else:
            yield self._actions(held)
            yield self._facts(held)
        yield self._others(held)

    def _actions(self, held: Held) -> Markup:
        review = self.reviewer.of(held)
        redo = controls.button(self, "Make the plan anew with these decisions", "redo", kind="main", explain=True)
        over = held.run.begun or held.state == "rejected"
        again = controls.button(
            self, "Make a new plan for the chosen records", "make", kind="main" if held.state == "rejected" else ""
        )
        if over:
            onward = self.onward("verified" if held.run.ended else "execute") if held.run.begun else None
            return bar(onward, again if self.desk.choices.picked else None)
        if review.changes_plan:
            return bar(redo)
        new = controls.button(self, "Make a new plan", "make") if self.desk.choices.picked else None
        rehearsed = held.rehearsal is not None
        ready = rehearsed and not held.plan.conflicts
        rehearse = controls.button(
            self,
            "Rehearse it again" if rehearsed else "Rehearse the plan",
            "rehearse",
            kind="" if ready or held.plan.conflicts else "main",
            explain=not rehearsed,
        )
        return bar(
            self.onward("approve", main=review.signed_off) if ready else None,
            rehearse if held.plan.steps else None,
            new,
        )

    def _facts(self, held: Held) -> Markup:
        plan = held.plan
        facts = (
            ("Plan", tag("span", plan.id)),
            ("State", tag("span", STATES.get(held.state, held.state))),
            ("Steps", tag("span", f"{len(plan.steps):,}")),
            ("Back to", tag("span", f"{plan.before.id} of {plan.before.taken_at[:16].replace('T', ' ')} UTC")),
            ("Digest", tag("code", plan.digest, class_="wb-digest")),
        )
        return tag("dl", *(tag("div", tag("dt", words), tag("dd", shown)) for words, shown in facts), class_="wb-facts")

    def _others(self, held: Held | None) -> Markup | None:
        listed = self.listing or held is None
        label = "Hide the other plans" if self.listing else "Other plans of this company"
        toggle = bar(controls.button(self, label, "list", kind="plain")) if held is not None else None
        files = self.desk.plan_files() if listed else ()
        if not files:
            return toggle
        rows = []
        for one in files:
            now = held is not None and one.name == self.desk.choices.plan
            opened = (
                marked("✓", "open", "good")
                if now
                else controls.button(self, "Open", "open", one.name, name=f"Open the plan {one.name}")
            )
            rows.append(
                tag(
                    "tr",
                    tag("th", one.name, " ", tag("span", one.held.plan.id, class_="ak-key"), scope="row"),
                    tag("td", one.held.plan.created_at[:19].replace("T", " ")),
                    tag("td", f"{len(one.held.plan.steps):,}", class_="ak-number"),
                    tag("td", STATES.get(one.held.state, one.held.state)),
                    tag("td", opened),
                )
            )
        heads = (("File", False), ("Made (UTC)", False), ("Steps", True), ("State", False), ("", False))
        table = tag(
            "table",
            tag("caption", "Plans of this company"),
            tag("thead", tag("tr", *(tag("th", word or tag("span", "Open", class_="ak-unseen"), scope="col", class_="ak-number" if number else None) for word, number in heads))),
            tag("tbody", *rows),
        )  # fmt: skip
        scroll = tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="Plans of this company")
        return tag("div", toggle, scroll)

    def parts(self) -> tuple[Any, ...]:
        held, _error = self._held()
        about = held.plan.id if held else ""
        going = [self.desk.job_view("plan")]
        if held is not None:
            going += [self.desk.job_view("rehearse", about), self.desk.job_view("undo", about)]
        jobs = tuple(view for view in going if view is not None)
        if held is None:
            return jobs
        return (*jobs, *self._rehearsal_parts(held), self.reviewer.view(held))

    def _rehearsal_parts(self, held: Held) -> tuple[Any, ...]:
        if held.rehearsal is None:
            return ()
        key = stamp(held)
        if self._outcome[0] != key:
            told = PlanSummary(held)
            rests_on = (Shown(told.unverified()),) if held.rehearsal.get("unverified") else ()
            self._outcome = (key, (Shown(told.rehearsal()), *rests_on))
        return self._outcome[1]

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act in {"make", "redo", "rehearse"} and (why := self.desk.why_wait()):
            return why
        held, _error = self._held()
        match event.act:
            case "make":
                return "" if self.desk.choices.picked else "No record is chosen."
            case "redo":
                if held is None or held.run.begun:
                    return "There is no plan that could be made anew."
                return "" if self.reviewer.of(held).changes_plan else "Nothing was decided that the plan does not hold."
            case "rehearse":
                if held is None:
                    return "There is no plan yet."
                return "It has been executed; it is rehearsed before that, not after." if held.run.begun else ""
            case "open":
                plan = self.desk.load(event.value).plan
                if plan.company.realm_id != self.desk.company.realm_id:
                    return "This plan is of another company."
        return ""

    def act_make(self, event: Event) -> None:
        del event
        desk = self.desk
        name, chosen = desk.new_file("restore"), desk.choices
        before, after, scope = chosen.before, chosen.after, Scope(tuple(sorted(chosen.picked, key=_order)))

        def work(work: Work) -> str:
            desk.case.plans.create(to=before, after=after, scope=scope, out=desk.file(name), progress=work.step)
            chosen.plan = name
            return name

        desk.start("plan", "Making the plan", work)
        self.notice = "The plan is being made. Nothing is written to QuickBooks."

    def act_redo(self, event: Event) -> None:
        del event
        desk = self.desk
        held = desk.plan()
        decisions, file = self.reviewer.of(held).new_decisions, desk.plan_file
        name, chosen = desk.new_file("restore"), desk.choices

        def work(work: Work) -> str:
            desk.case.plans.decide(file, decisions, desk.file(name), progress=work.step)
            chosen.plan = name
            return name

        desk.start("plan", "Making the plan anew", work)
        self.notice = "The plan is being made anew; it will need a rehearsal and approvals of its own."

    def act_rehearse(self, event: Event) -> None:
        del event
        desk = self.desk
        held, file = desk.plan(), desk.plan_file

        def work(work: Work) -> str:
            result = desk.case.plans.rehearse(file, progress=work.step)
            return result.state

        desk.start("rehearse", "Rehearsing the plan", work, about=held.plan.id)
        self.notice = "The plan and its undo run on a copy of the books on this machine."

    def act_list(self, event: Event) -> None:
        del event
        self.listing = not self.listing

    def act_open(self, event: Event) -> None:
        self.desk.choose_plan(event.value)
        self.notice = f"{event.value} is open."


def _order(key: RecordKey) -> tuple[str, int, str]:
    return (key.entity, len(key.id), key.id)
