"""The company: its snapshots, how whole they are, and the two between which something happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from akika_forensics.case.plain_words import explained
from akika_forensics.jobs import Work
from akika_forensics.vault import SnapshotInfo
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.table import marked
from akika_widgets.views.tables import TieOutTable
from akika_widgets.views.wholeness import ExplainedView, when
from akika_widgets.workbench.connecting import CONNECT, DISCONNECT, ConnectingView
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import Place, Shown, Stage, bar


class CompanyStage(Stage):
    name = "company"
    heading = "Company"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.shown = ""
        """The snapshot whose check is shown."""
        self._parts: dict[str, tuple[Any, ...]] = {}
        self.connecting = ConnectingView(desk)
        self._begun: tuple[str, ...] = ()
        self.subscribe(self.connecting.changed)
        self.connecting.subscribe(self._look_for_work)

    def _look_for_work(self) -> None:
        """Work that was begun there stands here at once: a page put together later would take the focus from its reader."""
        begun = tuple(job.id for kind in (CONNECT, DISCONNECT) if (job := self.desk.job(kind)) is not None)
        if begun != self._begun:
            self._begun = begun
            self.changed()

    # -- how it stands -----------------------------------------------------------------------------------------------

    def place(self) -> Place:
        chosen = self.desk.choices
        if chosen.before and chosen.after:
            return Place("done", f"{chosen.before} to {chosen.after}")
        return Place("now")

    def lead(self) -> str:
        if not self.desk.standings():
            return "Connect the company: then a first snapshot of its books can be taken."
        chosen, found = self.desk.choices, self.desk.snapshots()
        if not found:
            return "Take a first snapshot of the company: a whole, signed copy of its books."
        if len(found) == 1:
            return "Take another snapshot to compare with; choose this one as the state before when something has happened since."
        if not chosen.before:
            return "Choose the last snapshot before the incident, and a later one to compare it with."
        if not chosen.after:
            return f"Choose a later snapshot to compare {chosen.before} with."
        return f"Look at what changed between {chosen.before} and {chosen.after}."

    def draw(self) -> Iterable[Markup | None]:
        if not self.desk.standings():
            return
        chosen, found = self.desk.choices, self.desk.snapshots()
        ready = bool(chosen.before and chosen.after)
        capture = controls.button(
            self, "Take a snapshot now", "capture", kind="" if len(found) > 1 else "main", explain=True
        )
        yield bar(self.onward("changed") if ready else None, capture)
        if found:
            yield self._table(found)

    def _table(self, found: tuple[SnapshotInfo, ...]) -> Markup:
        heads = ["Snapshot", "Use it as", "Taken (UTC)", "Records", "Whole", "Check"]
        numbers = {"Records"}
        head = tag(
            "tr", *(tag("th", word, scope="col", class_="ak-number" if word in numbers else None) for word in heads)
        )
        rows = [self._row(info) for info in reversed(found)]
        table = tag(
            "table",
            tag("caption", "Snapshots of this company", tag("span", "the newest first", class_="ak-sub")),
            tag("thead", head),
            tag("tbody", *rows),
            class_="wb-chosen",
        )
        return tag("div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="Snapshots")

    def _row(self, info: SnapshotInfo) -> Markup:
        chosen = self.desk.choices
        use = tag(
            "span",
            controls.button(self, "Before", "before", info.id, pressed=chosen.before == info.id, name=f"Use {info.id} as the state before"),
            controls.button(self, "After", "after", info.id, pressed=chosen.after == info.id, name=f"Use {info.id} as the state after"),
            role="group",
            aria_label=f"Use {info.id} as",
            class_="ak-choices",
        )  # fmt: skip
        return tag(
            "tr",
            tag("th", tag("strong", info.id), scope="row"),
            tag("td", use),
            tag("td", when(info.taken_at), class_="wb-when"),
            tag("td", f"{info.records:,}", class_="ak-number"),
            tag("td", marked("✓", "whole", "good") if info.complete else marked("≠", "not whole", "removed")),
            tag("td", self._check_cell(info.id)),
            aria_selected="true" if info.id in {chosen.before, chosen.after} else None,
        )

    def _check_cell(self, ident: str) -> Markup:
        report = self.desk.checked(ident)
        if report is None:
            return controls.button(self, "Check", "check", ident, name=f"Check {ident} against QuickBooks' own reports")
        word = marked("✓", "ties out", "good") if report.complete else marked("≠", "look at it", "removed")
        shown = self.shown == ident
        label = "Hide" if shown else "Show"
        return tag(
            "span",
            word,
            " ",
            controls.button(self, label, "show", ident, kind="plain", name=f"{label} the check of {ident}"),
        )

    def parts(self) -> tuple[Any, ...]:
        going = [self.desk.job_view(kind) for kind in (CONNECT, DISCONNECT, "capture", "check")]
        report = self.desk.checked(self.shown) if self.shown else None
        shown: tuple[Any, ...] = ()
        if report is not None:
            made = self._parts.get(self.shown)
            if made is None:
                made = self._parts[self.shown] = (
                    Shown(TieOutTable(report.tie_out, title=f"Snapshot {self.shown} against QuickBooks' own reports")),
                    Shown(ExplainedView(map(explained, report.findings), title=f"Findings in {self.shown}")),
                )
            shown = made
        return (*(view for view in going if view is not None), *shown, self.connecting)

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act in {"capture", "check"} and (why := self.desk.why_wait()):
            return why
        if event.act in {"before", "after", "check", "show"}:
            return self._why_not_use(event)
        if event.act == "capture":
            _ = self.desk.company  # raises where there is none, or none was chosen
        return ""

    def _why_not_use(self, event: Event) -> str:
        order = {info.id: place for place, info in enumerate(self.desk.snapshots())}
        if event.value not in order:
            return "There is no such snapshot."
        if event.act == "before" and len(order) > 1 and order[event.value] == len(order) - 1:
            return "There is no later snapshot to compare it with."
        if event.act == "after" and order[event.value] == 0:
            return "There is no earlier snapshot to compare it with."
        return ""

    def act_before(self, event: Event) -> None:
        self._choose(event.value, self.desk.choices.after)

    def act_after(self, event: Event) -> None:
        before = self.desk.choices.before
        self._choose(before, event.value, keep_after=True)

    def _choose(self, before: str, after: str, *, keep_after: bool = False) -> None:
        """The state before is the older of the two: the other one gives way."""
        order = {info.id: place for place, info in enumerate(self.desk.snapshots())}
        if before and after and order.get(before, 0) >= order.get(after, 0):
            before, after = ("", after) if keep_after else (before, "")
        self.desk.choose_states(before, after)
        said = [f"{before} is the state before" if before else "", f"{after} is the state after" if after else ""]
        self.notice = "; ".join(word for word in said if word) + "."

    def act_capture(self, event: Event) -> None:
        del event
        case = self.desk.case

        def work(work: Work) -> str:
            info = case.capture(progress=work.progress, should_stop=work.should_stop)
            return info.id

        self.desk.start("capture", "Taking a snapshot", work)
        self.notice = "The snapshot is being taken. It goes on when this page is closed."

    def act_check(self, event: Event) -> None:
        ident = event.value
        case, memory = self.desk.case, self.desk.memory

        def work(work: Work) -> str:
            work.progress(f"reading {ident} and holding it against QuickBooks' own reports")
            memory.put(("check", ident), case.check(ident))
            return ident

        self.shown = ident
        self.desk.start("check", f"Checking {ident}", work)

    def act_show(self, event: Event) -> None:
        self.shown = "" if self.shown == event.value else event.value
