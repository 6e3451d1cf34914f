"""What the chosen records need and what hangs on them: seen before a plan is made."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import Place, Shown, Stage, bar


class Hanging(Stage):
    name = "hanging"
    heading = "What hangs on it"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._of: Hashable = None
        self._parts: tuple[Any, ...] = ()

    def place(self) -> Place:
        chosen = self.desk.choices
        if not chosen.picked:
            return Place("later", "no record is chosen")
        if chosen.looked_at == chosen.picked:
            return Place("done", "looked at")
        return Place("done", "passed by") if chosen.plan else Place("now")

    def lead(self) -> str:
        if not self.desk.choices.picked:
            return "First choose the records to put back."
        found = self.desk.dependencies()
        left = len(found.orphaned)
        if left:
            are = "record stands" if left == 1 else "records stand"
            return f"{left:,} {are} without one of the chosen records that {'it names' if left == 1 else 'they name'}; see what belongs together, then make a plan."
        return "See what belongs together; add records that should come along, then make a plan."

    def draw(self) -> Iterable[Markup | None]:
        if not self.desk.choices.picked:
            yield bar(self.onward("changed", "Choose records"))
            return
        found = self.desk.dependencies()
        yield bar(
            self.onward("plan", "Seen; go on to the plan"), self.onward("changed", "Choose other records", main=False)
        )
        facts = (
            ("chosen", len(found.chosen)),
            ("needed by them", len(found.needs)),
            ("hanging on them", len(found.dependents)),
            ("left without one they name", len(found.orphaned)),
        )
        yield tag(
            "dl",
            *(tag("div", tag("dt", words), tag("dd", f"{number:,}")) for words, number in facts),
            class_="wb-facts",
        )

    def parts(self) -> tuple[Any, ...]:
        chosen = self.desk.choices
        if not (chosen.picked and chosen.before and chosen.after):
            return ()
        wanted = (chosen.before, chosen.after, frozenset(chosen.picked))
        if self._of != wanted:
            found = self.desk.dependencies()
            tables = [found.orphaned_table(), found.needs_table(), found.dependents_table(), found.order_table()]
            if found.taking_away:
                tables.append(found.away_table())
            self._parts = (found.picture().live(), *(Shown(table) for table in tables))
            self._of = wanted
        return self._parts

    def act_go(self, event: Event) -> None:
        if event.value == "plan":
            self.desk.choices.looked_at = frozenset(self.desk.choices.picked)
            self.desk.memory.touch()
        super().act_go(event)
