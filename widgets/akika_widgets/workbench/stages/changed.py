"""What changed between the two states, and which of it is to be put back."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import groupby
from typing import Any, Final

from akika_forensics.case.values import CaseDiff
from akika_forensics.changes import Change
from akika_forensics.model.record import RecordKey
from akika_widgets.views import controls
from akika_widgets.views.gist import gist_of
from akika_widgets.views.kinds import ORDER, kind_of, state
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.pages import Pages
from akika_widgets.views.table import named
from akika_widgets.views.timeline import TimelineView
from akika_widgets.views.wording import counted
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.stages.stage import Place, Shown, Stage, bar

PAGE: Final = 20
LOOKS: Final = (
    ("records", "Records"),
    ("accounts", "Effect on the accounts"),
    ("times", "When"),
    ("fields", "Field by field"),
)


class Direct:
    """The changes that somebody made: in order, by key, and by kind and record type (``removed/Invoice``)."""

    def __init__(self, diff: CaseDiff) -> None:
        self.all: tuple[Change, ...] = tuple(sorted(diff.comparison.direct, key=_order))
        self.keys = frozenset(str(change.key) for change in self.all)
        self.groups = {
            name: tuple(found) for name, found in groupby(self.all, key=lambda one: f"{one.kind}/{one.key.entity}")
        }


def _order(change: Change) -> tuple[int, str, int, str]:
    return (ORDER.get(change.kind, len(ORDER)), change.key.entity, len(change.key.id), change.key.id)


class Changed(Stage):
    name = "changed"
    heading = "What changed"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.pages = Pages(PAGE)
        self.look = LOOKS[0][0]
        self._of: Hashable = None
        self._parts: dict[str, tuple[Any, ...]] = {}
        self._found: tuple[tuple[str, str], Direct] | None = None

    # -- how it stands -----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        return bool(self.desk.choices.before and self.desk.choices.after)

    def place(self) -> Place:
        if not self.ready:
            return Place("later", "no two snapshots are chosen")
        picked = len(self.desk.choices.picked)
        return Place("done", f"{picked:,} to put back") if picked else Place("now")

    def lead(self) -> str:
        if not self.ready:
            return "First choose the state before the incident and a later one."
        if not self._direct(self.desk.diff()):
            return "Nothing was changed by anybody between these two snapshots; choose others."
        if not self.desk.choices.picked:
            return "Tick the records to put back as they were, or choose all that somebody changed."
        return "Look at what hangs on the chosen records before a plan is made."

    def draw(self) -> Iterable[Markup | None]:
        if not self.ready:
            yield bar(self.onward("company", "Choose the states"))
            return
        diff = self.desk.diff()
        direct = self._direct(diff)
        picked = self.desk.choices.picked
        if picked:
            yield bar(
                self.onward("hanging"),
                tag("span", f"{len(picked):,} of {len(direct):,} chosen", class_="ak-quiet"),
                controls.button(self, "Choose none", "none"),
            )
        elif direct:
            yield bar(controls.button(self, f"Choose all that somebody changed ({len(direct):,})", "all", kind="main"))
        yield tag("div", controls.choices(self, "What is shown", "look", LOOKS, self.look), class_="ak-bar")
        if direct and self.look == "records":
            yield self._groups(self._grouped_of(diff))
            yield self._table(diff, direct)

    def _groups(self, direct: Direct) -> Markup:
        made = []
        for name, changes in direct.groups.items():
            keys = {change.key for change in changes}
            all_in = keys <= self.desk.choices.picked
            kind, entity = name.split("/", 1)
            words = tag("span", state(kind_of(kind), counted(len(changes), entity)))
            made.append(tag("li", controls.checkbox(self, words, "group", name, checked=all_in)))
        return tag("ul", *made, class_="wb-groups", aria_label="Choose by kind and type")

    def _table(self, diff: CaseDiff, direct: tuple[Change, ...]) -> Markup:
        shown = self.pages.of(direct)
        heads = ("Put back", "Record", "What happened", "What it is")
        rows = [self._row(change) for change in shown]
        consequences = len(diff.changes) - len(direct)
        sub = f"from {diff.before.id} to {diff.after.id}; {consequences:,} other records moved as a consequence and follow by themselves"
        table = tag(
            "table",
            tag("caption", "Records that somebody changed", tag("span", sub, class_="ak-sub")),
            tag("thead", tag("tr", *(tag("th", word, scope="col") for word in heads))),
            tag("tbody", *rows),
        )
        scroll = tag(
            "div", table, class_="ak-scroll", tabindex="0", role="region", aria_label="Records that somebody changed"
        )
        return tag("div", scroll, self.pages.controls(self, len(direct)))

    def _row(self, change: Change) -> Markup:
        key = str(change.key)
        held = change.before if change.after is None else change.after
        box = controls.checkbox(
            self,
            f"Put back {change.label}",
            "pick",
            key,
            checked=change.key in self.desk.choices.picked,
            hidden_label=True,
        )
        return tag(
            "tr",
            tag("td", box),
            tag("th", named(change.label, change.key), scope="row"),
            tag("td", state(kind_of(change.kind))),
            tag("td", tag("bdi", gist_of(change.key.entity, held).words()), class_="ak-quiet"),
        )

    def parts(self) -> tuple[Any, ...]:
        if not self.ready:
            return ()
        diff = self.desk.diff()
        wanted = (diff.before.id, diff.after.id)
        if self._of != wanted:
            self._of = wanted
            self.pages.first()
            effect = diff.effect_view()
            picture = [Shown(diff.effect_picture())] if effect.effects else []
            when = TimelineView.of_changes(diff.changes, diff.before.taken_at, diff.after.taken_at)
            self._parts = {
                "accounts": (*picture, Shown(effect)),
                "times": (when.live(),),
                "fields": (diff.view().live(),),
            }
        return self._parts.get(self.look, ())

    def _direct(self, diff: CaseDiff) -> tuple[Change, ...]:
        """What somebody changed, what was lost first; sorted once for each pair of states."""
        return self._grouped_of(diff).all

    def _grouped_of(self, diff: CaseDiff) -> Direct:
        wanted = (diff.before.id, diff.after.id)
        if self._found is None or self._found[0] != wanted:
            self._found = (wanted, Direct(diff))
        return self._found[1]

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act == "look":
            return "" if event.value in dict(LOOKS) else "There is no such choice."
        if event.act not in {"all", "none", "group", "pick", "page"}:
            return ""
        if not self.ready:
            return "No two snapshots are chosen."
        direct = self._grouped_of(self.desk.diff())
        if event.act == "page":
            return self.pages.why_not(event.value, len(direct.all))
        if event.act == "pick" and event.value not in direct.keys:
            return "This record was not changed between the two snapshots."
        if event.act == "group" and event.value not in direct.groups:
            return "There is no such kind of change."
        return ""

    def act_look(self, event: Event) -> None:
        self.look = event.value

    def act_all(self, event: Event) -> None:
        del event
        self._pick(self._direct(self.desk.diff()), wanted=True)

    def act_none(self, event: Event) -> None:
        del event
        self.desk.pick(tuple(self.desk.choices.picked), wanted=False)
        self.notice = "No record is chosen."

    def act_group(self, event: Event) -> None:
        changes = self._grouped_of(self.desk.diff()).groups[event.value]
        self._pick(changes, wanted=not {change.key for change in changes} <= self.desk.choices.picked)

    def act_pick(self, event: Event) -> None:
        key = RecordKey.parse(event.value)
        self.desk.pick((key,), wanted=key not in self.desk.choices.picked)
        self._say()

    def act_page(self, event: Event) -> None:
        total = len(self._direct(self.desk.diff()))
        self.pages.turn(event.value, total)
        self.notice = self.pages.words(total)

    def _pick(self, changes: Iterable[Change], *, wanted: bool) -> None:
        self.desk.pick([change.key for change in changes], wanted=wanted)
        self._say()

    def _say(self) -> None:
        number = len(self.desk.choices.picked)
        self.notice = f"{number:,} record{' is' if number == 1 else 's are'} chosen."
