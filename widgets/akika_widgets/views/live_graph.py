"""The record graph that answers: walked, searched, expanded, turned into the restore order.

The canvas of the browser and the list beside it show the same state, and both send their events here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from akika_forensics.model.record import RecordKey
from akika_widgets.views import graph_list
from akika_widgets.views.graph_records import BOTH, FOLLOWED, KnownRecords, searched
from akika_widgets.views.graph_scene import LARGEST, Scene, near, place_id, reached, scene_of
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, readable, shortened
from akika_widgets.views.record_graph import GraphNodeLike, GraphView, key_order, state_of, type_words

WAYS: Final[Mapping[str, str]] = {
    "all": "Everything",
    "needs": "What it needs",
    "dependents": "What hangs on it",
}
SCOPES: Final[Mapping[str, str]] = {
    "near": "Around the focus",
    "types": "Collapsed by type",
    "whole": "Every record",
}
FEW: Final = 40
"""Up to so many records each is drawn by itself."""
FOLDED: Final = 5
"""In a collapsed picture so many records of one type and state are one stack."""


class LiveGraph(LiveView):
    """A `GraphView` that answers.

    ``chosen`` is the place that the reader stands on (a `RecordKey` or a stack), ``root`` the record whose needs or dependents are shown,
    ``way`` one of `WAYS`, ``scope`` one of `SCOPES`, ``search`` the text looked for, ``ordered`` whether the restore order is shown.
    Events: choose, clear, expand, expand_needs, expand_dependents, way, scope, find, step, order, kind, state.
    """

    def __init__(self, view: GraphView) -> None:
        super().__init__()
        self.title = view.title
        self.view = view
        self.focus = view.focus
        self.drawn = view.drawn
        self.records = KnownRecords(view.nodes, view.references, view.expand)
        self._scene: Scene | None = None
        self.fits = 0
        self.chosen: Hashable = None
        self.root: RecordKey | None = None
        self.way = "all"
        self.search = ""
        self.ordered = False
        self.kind = ""
        self.state = ""
        self._opened: set[Hashable] = set()
        self._single: set[RecordKey] = set()
        self.scope = _first_scope(len(self.nodes), self.drawn, self.focus)
        self._shown: set[RecordKey] = set()
        self._shown = self._extent(self.scope)
        if len(self.focus) == 1:
            (key,) = self.focus
            self.chosen = key
            # Where its neighbours cannot be had now, the list offers to look for more, and says then what is the matter.
            with suppress(Exception):
                self.records.learn(key)

    # -- what is to be seen --------------------------------------------------------------------------------------------

    @property
    def nodes(self) -> Mapping[RecordKey, GraphNodeLike]:
        """Every record that is known, drawn or not."""
        return self.records.nodes

    @property
    def scene(self) -> Scene:
        """The picture as it stands."""
        if self._scene is None:
            self._scene = self._composed()
            if self.chosen is not None and self.chosen not in self._scene.drawn:
                kept = self.chosen if isinstance(self.chosen, RecordKey) else None
                self.chosen = self._scene.place_of.get(kept) if kept is not None else None
        return self._scene

    def columns(self) -> dict[str, Any]:
        """What the canvas draws; the same object as long as the picture is the same."""
        scene = self.scene
        if "fit" not in scene.columns:
            scene.columns["fit"] = self.fits
            scene.columns["spoken_whole"] = self.description()
        return scene.columns

    def chosen_id(self) -> str:
        return "" if self.chosen is None else place_id(self.chosen)

    def found(self) -> list[str]:
        """The ids of the places that the search finds, in the order of the picture."""
        return [place_id(place) for place in self.hits()]

    def hits(self) -> list[Hashable]:
        """The places in which the text looked for occurs, column by column from above."""
        wanted = self.search.strip().casefold()
        if not wanted:
            return []
        scene = self.scene
        places = [place for place, nodes in scene.members.items() if any(wanted in searched(node) for node in nodes)]
        return sorted(places, key=lambda place: (scene.layout.column[place], scene.layout.y[place]))

    def elsewhere(self) -> list[RecordKey]:
        """The records in which the text looked for occurs, but that are not in the picture."""
        wanted = self.search.strip().casefold()
        inside = self.scene.place_of
        return (
            [key for key, node in self.nodes.items() if key not in inside and wanted in searched(node)]
            if wanted
            else []
        )

    def kinds(self) -> list[tuple[str, str]]:
        names = sorted({key.entity for key in self.nodes})
        return [("", "All types"), *((name, type_words(shortened(readable(name), 60))) for name in names)]

    def states(self) -> list[tuple[str, str]]:
        words = sorted({state_of(node.state).word for node in self.nodes.values()})
        return [("", "All states"), *((word, word.capitalize()) for word in words)]

    def description(self) -> str:
        """The picture in one sentence, for those who cannot see it."""
        scene = self.scene
        count = sum(node.size for node in scene.drawn.values())
        columns = "in the order of putting back" if self.ordered else "in columns from accounts to deposits"
        folded = sum(node.stack for node in scene.drawn.values())
        return (
            f"{_counted(count, 'record')} and {_counted(sum(scene.edges.values()), 'reference')}, {columns}."
            + (f" {folded:,} stacks stand for several records of one type and state each." if folded else "")
            + (f" {len(self.nodes) - count:,} known records are not in the picture." if count < len(self.nodes) else "")
        )

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
            return "" if value == "all" or self._record(self.chosen) else "Choose a record first."
        if act == "scope":
            if value not in SCOPES:
                return "There is no such extent."
            if value == "near" and not self.focus:
                return "The picture is about no record in particular."
            count = len(self.records.filtered(self._extent("whole"), self.kind, self.state))
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
        place = self._place(event.value) if event.value else self.chosen
        if place is None:
            return "That record is not in the picture." if event.value else "Choose a record first."
        if event.act == "choose":
            return ""
        key = self._record(place)
        if key is None:
            size = self.scene.drawn[place].size if place in self.scene.drawn else 0
            if len(self.scene.drawn) + size > LARGEST:
                return (
                    f"Opened, this would be more than a picture can hold ({LARGEST:,}): choose a type or a state first."
                )
        elif event.act == "expand" and not self._more(key, ("needs", "dependents")):
            return "All that it needs and all that hangs on it is in the picture."
        return ""

    def act_choose(self, event: Event) -> None:
        place = self._place(event.value)
        key = self._record(place)
        self.chosen = place
        if key is not None:
            self._ask(key)
            if key not in self.scene.place_of or place not in self.scene.drawn:
                self._shown.add(key)
                self._drop()
        self.notice = self._said()

    def act_clear(self, event: Event) -> None:
        """One thing at a time: the search, then the direction, then the choice; with the value "choice" that alone."""
        if event.value == "choice":
            self.chosen = None
            self.notice = "No record is chosen."
        elif self.search:
            self.search = ""
            self.notice = "The search is cleared."
        elif self.way != "all":
            self._turn("all")
        else:
            self.chosen = None
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
        self.scope = event.value
        self._opened.clear()
        self._single.clear()
        self._shown = self._extent(event.value)
        self._fit()
        self.notice = self.description()

    def act_find(self, event: Event) -> None:
        self.search = event.value[:200]
        hits = self.hits()
        if not self.search.strip():
            self.notice = ""
        elif hits:
            if self.chosen not in hits:
                self.chosen = hits[0]
            key = self._record(self.chosen)
            if key is not None:
                self._ask(key)
            self.notice = f"{len(hits):,} found."
        else:
            self.notice = "Not found in the picture."

    def act_step(self, event: Event) -> None:
        """Go to the next or, with the value "back", the previous place that was found."""
        hits = self.hits()
        at = hits.index(self.chosen) if self.chosen in hits else (0 if event.value == "back" else -1)
        self.chosen = hits[(at + (-1 if event.value == "back" else 1)) % len(hits)]
        key = self._record(self.chosen)
        if key is not None:
            self._ask(key)
        self.notice = f"{hits.index(self.chosen) + 1:,} of {len(hits):,}: {self._said()}"

    def act_order(self, event: Event) -> None:
        del event
        self.ordered = not self.ordered
        self._fit()
        steps = max(self.scene.rank.values(), default=0)
        self.notice = (
            f"{_counted(sum(self.scene.drawn[place].size for place in self.scene.rank), 'record')} in "
            f"{_counted(steps, 'step')}: what others need comes first."
            if self.ordered
            else "Columns from accounts to deposits."
        )

    def act_kind(self, event: Event) -> None:
        self.kind = event.value
        self._fit()
        self.notice = self.description()

    def act_state(self, event: Event) -> None:
        self.state = event.value
        self._fit()
        self.notice = self.description()

    def __panel__(self) -> Any:
        from akika_widgets.views import graph_binding  # noqa: PLC0415 - panel is loaded by whoever shows something in it

        return graph_binding.panel_graph(self)

    def widget(self) -> Any:
        from akika_widgets.views import graph_binding  # noqa: PLC0415 - anywidget is loaded in a notebook only

        return graph_binding.jupyter_graph(self)

    # -- within --------------------------------------------------------------------------------------------------------

    def _place(self, given: str) -> Hashable:
        """The place or known record of an id; None when there is none."""
        found = self.scene.ids.get(given)
        if found is not None:
            return found
        return self.records.of_id(given)

    def _record(self, place: Hashable) -> RecordKey | None:
        return place if isinstance(place, RecordKey) and place in self.nodes else None

    def _said(self) -> str:
        if self.chosen is None or self.chosen not in self.scene.drawn:
            return ""
        key = self._record(self.chosen)
        spoken = shortened(self.scene.drawn[self.chosen].spoken, 240)
        if key is None:
            return f"{spoken}."
        needs, hangs = len(self.records.beside(key, "needs")), len(self.records.beside(key, "dependents"))
        return f"{spoken}. It needs {needs:,}; {hangs:,} hang{'s' if hangs == 1 else ''} on it."

    def _ask(self, key: RecordKey, ways: Iterable[str] = BOTH) -> None:
        if self.records.learn(key, ways):
            self._drop()

    def _drop(self) -> None:
        self._scene = None

    def _fit(self) -> None:
        """The picture is another one: it is to be seen whole."""
        self._drop()
        self.fits += 1

    def _more(self, key: RecordKey, ways: Iterable[str]) -> bool:
        """Whether a neighbour is not drawn, or may not even be known."""
        inside = self.scene.drawn
        return any(
            not self.records.complete(key, way) or any(other not in inside for other in self.records.beside(key, way))
            for way in ways
        )

    def _expand(self, given: str, ways: tuple[str, ...]) -> None:
        place = self._place(given) if given else self.chosen
        key = self._record(place)
        before = len(self.scene.drawn)
        self.chosen = place
        if key is None:
            self._opened.add(place)
            self._drop()
            self.chosen = None
        else:
            self._ask(key, ways)
            self._shown |= {key, *(other for way in ways for other in self.records.beside(key, way))}
            room = max(self.drawn - len(self.scene.drawn), FOLDED)
            self._single |= {other for way in ways for other in self.records.beside(key, way)[:room]}
            self._drop()
        more = len(self.scene.drawn) - before
        self.notice = f"{more:,} more in the picture." if more > 0 else "Nothing more is to be shown."

    def _turn(self, way: str) -> None:
        self.way = way
        self.root = self._record(self.chosen) if way != "all" else None
        cut = False
        if self.root is not None and self.view.expand is not None:
            cut = self.records.follow(self.root, way)
        self._fit()
        self.notice = self.description()
        if cut:
            self.notice += f" It was followed for {FOLLOWED:,} records; there may be more."

    def _composed(self) -> Scene:
        chosen = self._record(self.chosen)
        if self.root is not None:
            pool = [key for key in reached(self.root, self.records.linked(self.way)) if key in self.nodes]
        else:
            pool = list(self._shown)
        keys = {
            *self.records.filtered(pool, self.kind, self.state),
            *({self.root} if self.root else ()),
            *({chosen} if chosen else ()),
        }
        ranks = self._ranks(keys) if self.ordered else None
        if ranks:
            keys = {
                *ranks,
                *(other for key in ranks for other in self.records.linked("needs").get(key, ()) if other in self.nodes),
            }
        single = {*self._single, *({self.root} if self.root else ()), *({chosen} if chosen else ())}
        return scene_of(
            [self.nodes[key] for key in keys],
            self.records.references,
            focus=self.focus,
            single=frozenset(single),
            opened=frozenset(self._opened),
            fold=self._fold(len(keys)),
            ranks=ranks,
        )

    def _extent(self, scope: str) -> set[RecordKey]:
        """The records that are in the picture at first: those it was made of and those since expanded, or the focus's surroundings."""
        if scope == "near":
            return set(near(self.focus, self.records.references, self.nodes, self.drawn))
        return {*(RecordKey(*node.key) for node in self.view.nodes), *self._shown}

    def _fold(self, count: int) -> int | None:
        if count <= FEW or (self.scope == "whole" and count <= LARGEST):
            return None
        return FOLDED if count <= self.drawn else 2

    def _ranks(self, keys: Iterable[RecordKey]) -> dict[RecordKey, int]:
        """The number of each record that would be put back: the removed ones, or all where none was removed."""
        held = sorted(keys, key=key_order)
        wanted = self.records.gone(held) or held
        levels = self.view.levels(wanted) if self.view.levels is not None else ()
        return {RecordKey(*key): at for at, level in enumerate(levels, 1) for key in level}


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _first_scope(count: int, drawn: int, focus: frozenset[RecordKey]) -> str:
    if count <= FEW:
        return "whole"
    return "near" if count > drawn and focus else "types"
