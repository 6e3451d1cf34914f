"""The record graph that answers: walked, searched, expanded, turned into the restore order.

The canvas of the browser and the list beside it show the same state, and both send their events here. What is to be seen after each
is settled in `visible_graph`; here it is asked whether an event can be answered, and said what it did.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from akika_forensics.model.record import RecordKey
from akika_widgets.views import graph_list
from akika_widgets.views.graph_records import FOLLOWED
from akika_widgets.views.graph_scene import LARGEST, Scene, place_id
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, shortened
from akika_widgets.views.record_graph import GraphNodeLike, GraphView
from akika_widgets.views.visible_graph import SCOPES, WAYS, VisibleGraph


class LiveGraph(LiveView):
    """A `GraphView` that answers.

    ``visible`` is what is to be seen, ``search`` the text looked for.
    Events: choose, clear, expand, expand_needs, expand_dependents, way, scope, find, step, order, kind, state.
    """

    def __init__(self, view: GraphView) -> None:
        super().__init__()
        self.title = view.title
        self.view = view
        self.visible = VisibleGraph(view)
        self.search = ""

    # -- what is to be seen --------------------------------------------------------------------------------------------

    @property
    def nodes(self) -> Mapping[RecordKey, GraphNodeLike]:
        """Every record that is known, drawn or not."""
        return self.visible.nodes

    @property
    def scene(self) -> Scene:
        """The picture as it stands."""
        return self.visible.scene

    @property
    def chosen(self) -> Hashable:
        """The place that the reader stands on."""
        return self.visible.chosen

    @property
    def way(self) -> str:
        """The direction that is shown, one of `WAYS`."""
        return self.visible.way

    @property
    def scope(self) -> str:
        """The extent that is shown, one of `SCOPES`."""
        return self.visible.scope

    def columns(self) -> dict[str, Any]:
        """What the canvas draws; the same object as long as the picture is the same."""
        return self.visible.columns()

    def chosen_id(self) -> str:
        """What the browser calls the chosen place; "" when there is none."""
        return self.visible.chosen_id()

    def found(self) -> list[str]:
        """The ids of the places that the search finds, in the order of the picture."""
        return [place_id(place) for place in self.hits()]

    def hits(self) -> list[Hashable]:
        """The places in which the text looked for occurs, column by column from above."""
        return self.visible.hits(self.search)

    def elsewhere(self) -> list[RecordKey]:
        """The records in which the text looked for occurs, but that are not in the picture."""
        return self.visible.elsewhere(self.search)

    def kinds(self) -> list[tuple[str, str]]:
        """The types that can be let through, with their words."""
        return self.visible.kinds()

    def states(self) -> list[tuple[str, str]]:
        """The states that can be let through, with their words."""
        return self.visible.states()

    def body(self) -> Markup:
        return graph_list.beside_the_picture(self)

    # -- what can be done ----------------------------------------------------------------------------------------------

    def why_not(self, event: Event) -> str:
        act, value = event.act, event.value
        if act in {"choose", "expand", "expand_needs", "expand_dependents"}:
            return self._why_not_at(event)
        if act == "way":
            if value not in WAYS:
                return "There is no such direction."
            return "" if value == "all" or self.visible.record(self.chosen) else "Choose a record first."
        if act == "scope":
            if value not in SCOPES:
                return "There is no such extent."
            if value == "near" and not self.visible.focus:
                return "The picture is about no record in particular."
            visible = self.visible
            count = len(visible.records.filtered(visible.extent("whole"), visible.kind, visible.state))
            if value == "whole" and count > LARGEST:
                return (
                    f"{count:,} records are more than a picture can hold ({LARGEST:,}): choose a type or a state first."
                )
        if act == "order" and self.view.levels is None:
            return "No restore order is known for these records."
        if act == "kind" and value not in dict(self.kinds()):
            return "There is no such type here."
        if act == "state" and value not in dict(self.states()):
            return "There is no such state here."
        if act == "step" and not self.hits():
            return "Nothing is found to walk through."
        return ""

    def _why_not_at(self, event: Event) -> str:
        place = self.visible.place(event.value) if event.value else self.chosen
        if place is None:
            return "That record is not in the picture." if event.value else "Choose a record first."
        if event.act == "choose":
            return ""
        key = self.visible.record(place)
        if key is None:
            size = self.scene.drawn[place].size if place in self.scene.drawn else 0
            if len(self.scene.drawn) + size > LARGEST:
                return (
                    f"Opened, this would be more than a picture can hold ({LARGEST:,}): choose a type or a state first."
                )
        elif event.act == "expand" and not self.visible.more(key, ("needs", "dependents")):
            return "All that it needs and all that hangs on it is in the picture."
        return ""

    def act_choose(self, event: Event) -> None:
        self.visible.choose(self.visible.place(event.value))
        self.notice = self._said()

    def act_clear(self, event: Event) -> None:
        """One thing at a time: the search, then the direction, then the choice; with the value "choice" that alone."""
        if event.value == "choice":
            self.visible.chosen = None
            self.notice = "No record is chosen."
        elif self.search:
            self.search = ""
            self.notice = "The search is cleared."
        elif self.way != "all":
            self._turn("all")
        else:
            self.visible.chosen = None
            self.notice = "No record is chosen."

    def act_expand(self, event: Event) -> None:
        self._expand(event.value, ("needs", "dependents"))

    def act_expand_needs(self, event: Event) -> None:
        self._expand(event.value, ("needs",))

    def act_expand_dependents(self, event: Event) -> None:
        self._expand(event.value, ("dependents",))

    def act_way(self, event: Event) -> None:
        self._turn(event.value)

    def act_scope(self, event: Event) -> None:
        self.visible.show(event.value)
        self.notice = self.visible.description()

    def act_find(self, event: Event) -> None:
        self.search = event.value[:200]
        hits = self.hits()
        if not self.search.strip():
            self.notice = ""
        elif hits:
            self.visible.stand(self.chosen if self.chosen in hits else hits[0])
            self.notice = f"{len(hits):,} found."
        else:
            self.notice = "Not found in the picture."

    def act_step(self, event: Event) -> None:
        """Go to the next or, with the value "back", the previous place that was found."""
        hits = self.hits()
        at = hits.index(self.chosen) if self.chosen in hits else (0 if event.value == "back" else -1)
        self.visible.stand(hits[(at + (-1 if event.value == "back" else 1)) % len(hits)])
        self.notice = f"{hits.index(self.chosen) + 1:,} of {len(hits):,}: {self._said()}"

    def act_order(self, event: Event) -> None:
        del event
        self.visible.ordered = not self.visible.ordered
        self.visible.fit()
        self.notice = (
            f"{self.visible.order_words()}: what others need comes first."
            if self.visible.ordered
            else "Columns from accounts to deposits."
        )

    def act_kind(self, event: Event) -> None:
        self.visible.kind = event.value
        self.visible.fit()
        self.notice = self.visible.description()

    def act_state(self, event: Event) -> None:
        self.visible.state = event.value
        self.visible.fit()
        self.notice = self.visible.description()

    def __panel__(self) -> Any:
        from akika_widgets.views import graph_binding  # noqa: PLC0415 - panel is loaded by whoever shows something in it

        return graph_binding.panel_graph(self)

    def widget(self) -> Any:
        from akika_widgets.views import graph_binding  # noqa: PLC0415 - anywidget is loaded in a notebook only

        return graph_binding.jupyter_graph(self)

    # -- within --------------------------------------------------------------------------------------------------------

    def _said(self) -> str:
        chosen = self.visible.chosen
        if chosen is None or chosen not in self.scene.drawn:
            return ""
        key = self.visible.record(chosen)
        spoken = shortened(self.scene.drawn[chosen].spoken, 240)
        if key is None:
            return f"{spoken}."
        records = self.visible.records
        needs, hangs = len(records.beside(key, "needs")), len(records.beside(key, "dependents"))
        return f"{spoken}. It needs {needs:,}; {hangs:,} hang{'s' if hangs == 1 else ''} on it."

    def _expand(self, given: str, ways: tuple[str, ...]) -> None:
        more = self.visible.expand(self.visible.place(given) if given else self.chosen, ways)
        self.notice = f"{more:,} more in the picture." if more > 0 else "Nothing more is to be shown."

    def _turn(self, way: str) -> None:
        cut = self.visible.turn(way)
        self.notice = self.visible.description()
        if cut:
            self.notice += f" It was followed for {FOLLOWED:,} records; there may be more."
