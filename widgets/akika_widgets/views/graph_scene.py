"""What the live record graph draws: which records stand in the picture, in which place, as columns for the browser. Pure arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from akika_forensics.model.record import RecordKey
from akika_widgets.views.graph_picture import GAP, HEIGHT, WIDTH
from akika_widgets.views.layout import Layout, arrange, arrange_in, layer_of
from akika_widgets.views.markup import readable, shortened
from akika_widgets.views.record_graph import (
    STEP,
    Drawn,
    GraphNodeLike,
    Reference,
    compose,
    key_order,
    state_of,
    tone_between,
)
from akika_widgets.views.svg import wrapped
from akika_widgets.views.view import anchor

LARGEST: Final = 5_000
"""More nodes than this are refused: a picture of them is no picture."""
DETAILED: Final = 1_000
"""Above this number of nodes there are no labels and no arrows."""
STANDING: Final = "Already there"


@dataclass(frozen=True)
class Scene:
    """One picture: what is drawn at each place, the references between places, and where each place is.

    ``members``: the records at each place. ``rank``: the number in the restore order of each place that has one, from 1.
    """

    drawn: Mapping[Hashable, Drawn]
    edges: Mapping[tuple[Hashable, Hashable], int]
    layout: Layout
    members: Mapping[Hashable, tuple[GraphNodeLike, ...]]
    rank: Mapping[Hashable, int]

    @cached_property
    def ids(self) -> dict[str, Hashable]:
        """The place of each id that the browser knows."""
        return {place_id(place): place for place in self.drawn}

    @cached_property
    def place_of(self) -> dict[RecordKey, Hashable]:
        return {RecordKey(*node.key): place for place, nodes in self.members.items() for node in nodes}

    @property
    def big(self) -> bool:
        return len(self.drawn) > DETAILED

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The picture as columns of plain values, ready for JSON. ``x`` and ``y`` are middles, in pixels at full size.

        Of a node: id, label, above (its type), lines (the label on one line or two), entity, role (which shape), state, symbol, spoken,
        focus, size (how many records), rank (0: none), x, y. Of an edge: src, dst (places among the nodes), tone, weight, via (the points
        its curve is drawn toward, as x, y, x, y). ``headings``: the left edge of each column and its words.
        """
        places = list(self.drawn)
        number = {place: at for at, place in enumerate(places)}
        nodes = [self.drawn[place] for place in places]
        edges = sorted(((number[a], number[b], a, b) for a, b in self.edges), key=lambda row: (row[0], row[1]))
        tones = [tone_between(self.drawn[a].state, self.drawn[b].state) for _, _, a, b in edges]
        return {
            "big": self.big,
            "width": WIDTH,
            "height": HEIGHT,
            "id": [place_id(place) for place in places],
            "label": [shortened(readable(node.label), 200) for node in nodes],
            "above": [shortened(readable(node.above), 60) for node in nodes],
            "lines": [] if self.big else [_lines(node, place in self.rank) for place, node in self.drawn.items()],
            "spoken": [shortened(readable(node.spoken), 300) for node in nodes],
            "entity": [shortened(readable(node.entity), 60) for node in nodes],
            "role": [layer_of(node.entity) for node in nodes],
            "state": [node.state.tone for node in nodes],
            "symbol": [node.state.symbol for node in nodes],
            "focus": [node.focus for node in nodes],
            "size": [node.size for node in nodes],
            "rank": [self.rank.get(place, 0) for place in places],
            "x": [_left(self.layout.column[place]) + WIDTH / 2 for place in places],
            "y": [round(self.layout.y[place], 1) for place in places],
            "src": [source for source, _, _, _ in edges],
            "dst": [target for _, target, _, _ in edges],
            "tone": tones,
            "weight": [self.edges[a, b] for _, _, a, b in edges],
            "via": [] if self.big else [self._via(a, b) for _, _, a, b in edges],
            "headings": [
                [_left(column), heading]
                for column, heading in enumerate(self.layout.headings)
                if column == 0 or self.layout.headings[column - 1] != heading
            ],
        }

    def _via(self, source: Hashable, target: Hashable) -> list[float]:
        start, end = self.layout.column[source], self.layout.column[target]
        y0, y1 = self.layout.y[source], self.layout.y[target]
        if start == end:
            bow = _left(start) - 26 - min(abs(y1 - y0) / 12, 30)
            return [round(value, 1) for value in (bow, y0, bow, y1)]
        backward = end < start
        at = (_left(start) + (0 if backward else WIDTH), y0)
        points: list[float] = []
        last = (_left(end) + (WIDTH if backward else 0), y1)
        for column, height in self.layout.bends.get((source, target), ()):
            near, far = (_left(column) + WIDTH, _left(column)) if backward else (_left(column), _left(column) + WIDTH)
            points += _leg(at, (near, height))
            at = (far, height)
        points += _leg(at, last)
        return [round(value, 1) for value in points]


def _leg(start: tuple[float, float], end: tuple[float, float]) -> list[float]:
    half = (start[0] + end[0]) / 2
    return [half, start[1], half, end[1]]


def _left(column: int) -> float:
    return column * (WIDTH + GAP)


def _lines(node: Drawn, ranked: bool) -> list[str]:
    room = WIDTH - 24 - (20 if node.state.symbol else 0) - (14 if ranked else 0)
    return wrapped(readable(node.label), room, 11.5)


def place_id(place: Hashable) -> str:
    """What the browser calls a place: ``Invoice:130`` for a record, ``*Invoice/removed`` for a stack. Two places have two ids."""
    if isinstance(place, RecordKey):
        text = str(place)
    else:
        text = "*" + "/".join(str(part) for part in place if part) if isinstance(place, tuple) else str(place)
    shown = shortened(readable(text), 200)
    return shown if shown == text else f"{shown}#{anchor(text)}"


def scene_of(
    nodes: Iterable[GraphNodeLike],
    references: Iterable[Reference],
    *,
    focus: frozenset[RecordKey],
    single: frozenset[RecordKey] = frozenset(),
    opened: frozenset[Hashable] = frozenset(),
    fold: int | None,
    ranks: Mapping[RecordKey, int] | None = None,
) -> Scene:
    """The picture of ``nodes``. ``fold`` or more of one type and state are one stack, but for the ``single`` records and ``opened`` stacks.

    With ``ranks`` the columns are the restore order, and records without a rank stand in the first one.
    """
    shown = sorted(nodes, key=lambda node: key_order(RecordKey(*node.key)))
    ranks = ranks or {}
    stacks = {RecordKey(*node.key): _stack_of(node, focus, ranks) for node in shown}
    sizes = Counter(stack for key, stack in stacks.items() if key not in single)
    place: dict[RecordKey, Hashable] = {
        key: stack if fold is not None and key not in single and stack not in opened and sizes[stack] >= fold else key
        for key, stack in stacks.items()
    }
    members: dict[Hashable, list[GraphNodeLike]] = {}
    for node in shown:
        members.setdefault(place[RecordKey(*node.key)], []).append(node)
    edges = [(a, b) for a, b in references if a in place and b in place and a != b]
    drawn, joined = compose(shown, edges, place, focus)
    rank = {spot: ranks[key] for spot, found in members.items() if (key := RecordKey(*found[0].key)) in ranks}
    layout = (
        _ranked(drawn, joined, rank)
        if ranks
        else arrange({spot: node.entity for spot, node in drawn.items()}, joined, step=STEP)
    )
    return Scene(drawn, joined, layout, {spot: tuple(found) for spot, found in members.items()}, rank)


def _stack_of(node: GraphNodeLike, focus: frozenset[RecordKey], ranks: Mapping[RecordKey, int]) -> tuple[str, ...]:
    """The place that a record would share with others of its type and state; those the picture is about are apart, and each step too."""
    key = RecordKey(*node.key)
    return (
        key.entity,
        state_of(node.state).word,
        "focus" if key in focus else "",
        f"step {ranks[key]}" if key in ranks else "",
    )


def _ranked(
    drawn: Mapping[Hashable, Drawn], edges: Iterable[tuple[Hashable, Hashable]], rank: Mapping[Hashable, int]
) -> Layout:
    last = max(rank.values(), default=0)
    headings = {0: STANDING, **{at: f"Step {at}" for at in range(1, last + 1)}}
    return arrange_in({spot: rank.get(spot, 0) for spot in drawn}, headings, edges, step=STEP)


def near(
    start: Iterable[RecordKey], references: Iterable[Reference], known: Iterable[RecordKey], limit: int
) -> frozenset[RecordKey]:
    """The records around ``start``, as many whole steps far as ``limit`` allows; at least ``start`` itself, cut where it is more."""
    inside = set(known)
    beside: dict[RecordKey, set[RecordKey]] = {}
    for a, b in references:
        if a in inside and b in inside:
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    found = set(sorted((key for key in start if key in inside), key=key_order)[:limit])
    front = set(found)
    while front:
        front = {other for key in front for other in beside.get(key, ())} - found
        if len(found) + len(front) > limit:
            break
        found |= front
    return frozenset(found)


def reached(start: RecordKey, towards: Mapping[RecordKey, Sequence[RecordKey]]) -> frozenset[RecordKey]:
    """``start`` and all that is reached from it."""
    found, front = {start}, [start]
    while front:
        front = [other for key in front for other in towards.get(key, ()) if other not in found]
        front = list(dict.fromkeys(front))
        found.update(front)
    return frozenset(found)
