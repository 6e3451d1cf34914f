"""Which of the known records a live record graph shows: around a focus, in one direction, of a type or a state, as stacks or one by one.

Nothing here answers a person; `live_graph` does, and asks this what to show.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from akika_forensics.model.record import RecordKey
from akika_widgets.views.graph_records import BOTH, KnownRecords, searched
from akika_widgets.views.graph_scene import LARGEST, Scene, near, place_id, reached, scene_of
from akika_widgets.views.markup import readable, shortened
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


class VisibleGraph:
    """The part of a `GraphView` that is to be seen, and the `Scene` of it.

    ``chosen`` is the place that the reader stands on (a `RecordKey` or a stack), ``root`` the record whose needs or dependents are shown,
    ``way`` one of `WAYS`, ``scope`` one of `SCOPES`, ``ordered`` whether the restore order is shown, ``kind`` and ``state`` the type and
    the state that are let through ("": every one). Whoever sets one of them calls `drop`, or `fit` where the picture becomes another one.
    """

    def __init__(self, view: GraphView) -> None:
        self.view = view
        self.focus = view.focus
        self.drawn = view.drawn
        self.records = KnownRecords(view.nodes, view.references, view.expand)
        self._scene: Scene | None = None
        self._fits = 0
        self.chosen: Hashable = None
        self.root: RecordKey | None = None
        self.way = "all"
        self.ordered = False
        self.kind = ""
        self.state = ""
        self._opened: set[Hashable] = set()
        self._single: set[RecordKey] = set()
        self.scope = _first_scope(len(self.nodes), self.drawn, self.focus)
        self._shown: set[RecordKey] = set()
        self._shown = self.extent(self.scope)
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
            scene.columns["fit"] = self._fits
            scene.columns["spoken_whole"] = self.description()
        return scene.columns

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

    def order_words(self) -> str:
        """How many records stand in how many steps of the restore order."""
        steps = max(self.scene.rank.values(), default=0)
        ranked = sum(self.scene.drawn[place].size for place in self.scene.rank)
        return f"{_counted(ranked, 'record')} in {_counted(steps, 'step')}"

    def hits(self, text: str) -> list[Hashable]:
        """The places in which ``text`` occurs, column by column from above."""
        wanted = text.strip().casefold()
        if not wanted:
            return []
        scene = self.scene
        places = [place for place, nodes in scene.members.items() if any(wanted in searched(node) for node in nodes)]
        return sorted(places, key=lambda place: (scene.layout.column[place], scene.layout.y[place]))

    def elsewhere(self, text: str) -> list[RecordKey]:
        """The records in which ``text`` occurs, but that are not in the picture."""
        wanted = text.strip().casefold()
        inside = self.scene.place_of
        return (
            [key for key, node in self.nodes.items() if key not in inside and wanted in searched(node)]
            if wanted
            else []
        )

    def kinds(self) -> list[tuple[str, str]]:
        """The types that can be let through, with their words."""
        names = sorted({key.entity for key in self.nodes})
        return [("", "All types"), *((name, type_words(shortened(readable(name), 60))) for name in names)]

    def states(self) -> list[tuple[str, str]]:
        """The states that can be let through, with their words."""
        words = sorted({state_of(node.state).word for node in self.nodes.values()})
        return [("", "All states"), *((word, word.capitalize()) for word in words)]

    def place(self, given: str) -> Hashable:
        """The place or known record of an id; None when there is none."""
        found = self.scene.ids.get(given)
        if found is not None:
            return found
        return self.records.of_id(given)

    def record(self, place: Hashable) -> RecordKey | None:
        """The known record that a place is; None for a stack and for what is not known."""
        return place if isinstance(place, RecordKey) and place in self.nodes else None

    def chosen_id(self) -> str:
        """What the browser calls the chosen place; "" when there is none."""
        return "" if self.chosen is None else place_id(self.chosen)

    def more(self, key: RecordKey, ways: Iterable[str]) -> bool:
        """Whether a neighbour is not drawn, or may not even be known."""
        inside = self.scene.drawn
        return any(
            not self.records.complete(key, way) or any(other not in inside for other in self.records.beside(key, way))
            for way in ways
        )

    def extent(self, scope: str) -> set[RecordKey]:
        """The records that are in the picture at first: those it was made of and those since expanded, or the focus's surroundings."""
        if scope == "near":
            return set(near(self.focus, self.records.references, self.nodes, self.drawn))
        return {*(RecordKey(*node.key) for node in self.view.nodes), *self._shown}

    # -- how it becomes another ----------------------------------------------------------------------------------------

    def drop(self) -> None:
        """The picture is to be composed anew."""
        self._scene = None

    def fit(self) -> None:
        """The picture is another one: it is to be seen whole."""
        self.drop()
        self._fits += 1

    def ask(self, key: RecordKey, ways: Iterable[str] = BOTH) -> None:
        """Learn the neighbours of a record. Raises what the source of the records raises."""
        if self.records.learn(key, ways):
            self.drop()

    def stand(self, place: Hashable) -> None:
        """Choose a place or a known record and learn its neighbours. Raises as `ask` does."""
        self.chosen = place
        key = self.record(place)
        if key is not None:
            self.ask(key)

    def choose(self, place: Hashable) -> None:
        """Stand on a place; a known record is then in the picture by itself. Raises as `ask` does."""
        key = self.record(place)
        self.stand(place)
        if key is not None and (key not in self.scene.place_of or place not in self.scene.drawn):
            self._shown.add(key)
            self.drop()

    def expand(self, place: Hashable, ways: tuple[str, ...]) -> int:
        """Show the neighbours of a record, or each record of a stack; how many more are drawn. Raises as `ask` does."""
        key = self.record(place)
        before = len(self.scene.drawn)
        self.chosen = place
        if key is None:
            self._opened.add(place)
            self.drop()
            self.chosen = None
        else:
            self.ask(key, ways)
            self._shown |= {key, *(other for way in ways for other in self.records.beside(key, way))}
            room = max(self.drawn - len(self.scene.drawn), FOLDED)
            self._single |= {other for way in ways for other in self.records.beside(key, way)[:room]}
            self.drop()
        return len(self.scene.drawn) - before

    def turn(self, way: str) -> bool:
        """Show what the chosen record needs or what hangs on it, to its end, or all; True when following it was cut off."""
        self.way = way
        self.root = self.record(self.chosen) if way != "all" else None
        cut = False
        if self.root is not None and self.view.expand is not None:
            cut = self.records.follow(self.root, way)
        self.fit()
        return cut

    def show(self, scope: str) -> None:
        """Show one of `SCOPES`; what was expanded and opened is folded again."""
        self.scope = scope
        self._opened.clear()
        self._single.clear()
        self._shown = self.extent(scope)
        self.fit()

    # -- within --------------------------------------------------------------------------------------------------------

    def _composed(self) -> Scene:
        chosen = self.record(self.chosen)
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
