"""What hangs together: records and what each of them needs, drawn in columns from accounts to deposits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from akika_forensics.model.record import RecordKey
from akika_widgets.views.layout import Layout, arrange, layer_of
from akika_widgets.views.markup import Markup, readable, shortened, tag
from akika_widgets.views.shapes import WORDS, outline, shape
from akika_widgets.views.svg import fitted, frame, number, text_width, wrapped
from akika_widgets.views.view import View, anchor
from akika_widgets.views.wording import counted, entity_words

DRAWN: Final = 300
"""More nodes than this in one picture tell nobody anything: they are collapsed by type and state."""
_WIDTH, _HEIGHT, _GAP, _STEP = 150.0, 46.0, 48.0, 57.0
_LEFT, _TOP = 24.0, 84.0


@dataclass(frozen=True, slots=True)
class State:
    symbol: str
    word: str
    tone: str


STATES: Final[dict[str, State]] = {
    "removed": State("\N{MINUS SIGN}", "removed", "removed"),
    "changed": State("≠", "changed", "changed"),
    "added": State("+", "added", "added"),
    "unchanged": State("", "unchanged", "unchanged"),
}
_SYNONYMS: Final = {"voided": "removed", "deactivated": "changed", "reactivated": "changed"}


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A record in the picture; ``state`` is one of `STATES` or a kind of change; others read as unchanged."""

    key: RecordKey
    label: str
    state: str = "unchanged"


class GraphNodeLike(Protocol):
    @property
    def key(self) -> RecordKey: ...
    @property
    def label(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What stands at one place of the picture: a record, or several of one type and state."""

    entity: str
    above: str
    label: str
    state: State
    focus: bool
    spoken: str
    stack: bool = False


class GraphView(View):
    """Records and their references as a picture; an arrow says "needs".

    ``nodes``: the records (`GraphNodeLike`). ``edges``: ``(source, target)`` keys, source needs target; edges of records that are
    not among the nodes are left out. ``focus``: the keys the picture is about, drawn with a heavy outline.
    Above ``drawn`` nodes those outside the focus are collapsed by type and state, and the picture says so.
    """

    def __init__(
        self,
        nodes: Iterable[GraphNodeLike],
        edges: Iterable[tuple[RecordKey, RecordKey]],
        focus: Iterable[RecordKey] = (),
        *,
        title: str = "What hangs together",
        drawn: int = DRAWN,
    ) -> None:
        by_key = {RecordKey(*node.key): node for node in nodes}
        self.title = title
        self.nodes: tuple[GraphNodeLike, ...] = tuple(by_key[key] for key in sorted(by_key, key=_key_order))
        known = {(RecordKey(*source), RecordKey(*target)) for source, target in edges}
        self.edges = tuple(
            sorted(
                ((a, b) for a, b in known if a in by_key and b in by_key and a != b),
                key=lambda edge: (_key_order(edge[0]), _key_order(edge[1])),
            )
        )
        self.focus = frozenset(RecordKey(*key) for key in focus) & by_key.keys()
        self.drawn = drawn
        self._collapsed = len(self.nodes) > drawn
        self._folded: int | None = None

    def folded(self, more_than: int = 5) -> GraphView:
        """The same picture with records that are alike (type, state, neighbours) drawn as one stack from this number on."""
        other = GraphView(self.nodes, self.edges, self.focus, title=self.title, drawn=self.drawn)
        other._folded = more_than
        return other

    @property
    def collapsed(self) -> bool:
        """True when the picture shows types in place of records."""
        return self._collapsed

    def layout(self) -> Layout:
        """The places of what is drawn."""
        drawn, edges = self._composed()
        return arrange({place: node.entity for place, node in drawn.items()}, edges, step=_STEP)

    def plain(self) -> str:
        lines = [f"{self.title}: {len(self.nodes):,} records, {len(self.edges):,} references"]
        needs: dict[RecordKey, list[RecordKey]] = {}
        for source, target in self.edges:
            needs.setdefault(source, []).append(target)
        for node in self.nodes[: self.drawn]:
            state = _state(node.state)
            wanted = ", ".join(str(key) for key in needs.get(RecordKey(*node.key), ())[:8])
            lines.append(
                f"  {state.symbol or '·'} {shortened(node.label, 80)} ({node.key})"
                + (f" needs {wanted}" if wanted else "")
            )
        if len(self.nodes) > self.drawn:
            lines.append(f"  and {len(self.nodes) - self.drawn:,} more")
        return "\n".join(lines)

    def description(self) -> str:
        """The picture in words."""
        states = Counter(_state(node.state).word for node in self.nodes)
        said = ", ".join(f"{states[state.word]:,} {state.word}" for state in STATES.values() if states[state.word])
        about = ", ".join(shortened(node.label, 80) for node in self.nodes if RecordKey(*node.key) in self.focus)
        return (
            f"{len(self.nodes):,} records ({said or 'none'}) and {len(self.edges):,} references, in columns from accounts on the left to deposits on the right. "
            "An arrow points from a record to one that it needs."
            + (f" About: {shortened(about, 600)}." if about else "")
            + (" Records are collapsed by type and state." if self._collapsed else "")
        )

    def _composed(self) -> tuple[dict[Hashable, _Drawn], dict[tuple[Hashable, Hashable], int]]:
        place = self._places()
        members: dict[Hashable, list[GraphNodeLike]] = {}
        for node in self.nodes:
            members.setdefault(place[RecordKey(*node.key)], []).append(node)
        drawn = {spot: self._one(found[0]) if len(found) == 1 else _stack(found) for spot, found in members.items()}
        edges: Counter[tuple[Hashable, Hashable]] = Counter()
        for source, target in self.edges:
            if place[source] != place[target]:
                edges[place[source], place[target]] += 1
        return drawn, dict(edges)

    def _places(self) -> dict[RecordKey, Hashable]:
        keys = [RecordKey(*node.key) for node in self.nodes]
        if self._collapsed:
            kept = self.focus if len(self.focus) <= self.drawn // 6 else frozenset[RecordKey]()
            return {
                key: key if key in kept else (key.entity, "", _state(node.state).word)
                for key, node in zip(keys, self.nodes, strict=True)
            }
        if self._folded is None:
            return {key: key for key in keys}
        return _alike(self.nodes, self.edges, self.focus, self._folded)

    def _one(self, node: GraphNodeLike) -> _Drawn:
        key = RecordKey(*node.key)
        state = _state(node.state)
        label = node.label.removeprefix(f"{key.entity} ")
        above = entity_words(key.entity).one
        above = above[:1].upper() + above[1:]
        return _Drawn(
            key.entity, above, label, state, key in self.focus, f"{shortened(node.label, 200)} ({key}), {state.word}"
        )

    def svg(self) -> Markup:
        drawn, edges = self._composed()
        layout = arrange({place: node.entity for place, node in drawn.items()}, edges, step=_STEP)
        columns = len(layout.headings)
        legend_top = _TOP + max(layout.height, _STEP) + 18
        width = max(_LEFT * 2 + columns * _WIDTH + max(columns - 1, 0) * _GAP, 760.0)
        ident = anchor(
            "graph",
            self.title,
            *((*node.key, node.label, node.state) for node in self.nodes),
            *self.edges,
            *sorted(self.focus),
        )
        parts: list[Markup] = [
            tag("defs", _arrow(ident)),
            tag("text", fitted(readable(self.title), width - 2 * _LEFT, 13), x=number(_LEFT), y=30, class_="title"),
        ]
        parts += _headings(layout)
        parts += [
            _edge(layout, edge, edges[edge], drawn, ident)
            for edge in sorted(edges, key=lambda edge: _loudness(edge, drawn))
        ]
        parts += [
            _node(drawn[place], _left(layout.column[place]), _TOP + layout.y[place] - _HEIGHT / 2) for place in drawn
        ]
        if not drawn:
            parts.append(tag("text", "No records.", x=number(_LEFT), y=number(_TOP + 10), class_="quiet"))
        legend, used = _legend(drawn.values(), legend_top, width)
        if self._collapsed:
            parts.append(
                tag(
                    "text",
                    f"{len(self.nodes):,} records are collapsed by type and state.",
                    x=number(_LEFT),
                    y=48,
                    class_="quiet small",
                )
            )
        return frame(
            "ak-graph", width, legend_top + used, self.title, self.description(), *parts, *legend, css=_CSS, ident=ident
        )


def _key_order(key: RecordKey) -> tuple[int, str, int, str]:
    return (
        layer_of(key.entity),
        key.entity,
        int(key.id) if key.id.isascii() and key.id.isdigit() and len(key.id) < 19 else 0,
        key.id,
    )


def _state(name: str) -> State:
    return STATES.get(_SYNONYMS.get(name, name)) or STATES["unchanged"]


def _alike(
    nodes: Sequence[GraphNodeLike],
    edges: Iterable[tuple[RecordKey, RecordKey]],
    focus: frozenset[RecordKey],
    more_than: int,
) -> dict[RecordKey, Hashable]:
    needs: dict[RecordKey, set[RecordKey]] = {}
    needed: dict[RecordKey, set[RecordKey]] = {}
    for source, target in edges:
        needs.setdefault(source, set()).add(target)
        needed.setdefault(target, set()).add(source)
    found: dict[tuple[object, ...], list[RecordKey]] = {}
    for node in nodes:
        key = RecordKey(*node.key)
        signature = (
            key.entity,
            _state(node.state).word,
            key in focus,
            frozenset(needs.get(key, ())),
            frozenset(needed.get(key, ())),
        )
        found.setdefault(signature, []).append(key)
    return {key: keys[0] if len(keys) >= more_than else key for keys in found.values() for key in keys}


def _stack(nodes: Sequence[GraphNodeLike]) -> _Drawn:
    first = nodes[0]
    entity = first.key[0]
    state = _state(first.state)
    label = counted(len(nodes), entity)
    return _Drawn(entity, "Collapsed", label, state, focus=False, spoken=f"{label}, {state.word}", stack=True)


def _left(column: int) -> float:
    return _LEFT + column * (_WIDTH + _GAP)


def _arrow(ident: str) -> Markup:
    return tag(
        "marker",
        tag("path", d="M0 0L7 3.5L0 7Z", class_="head"),
        id=f"{ident}-a",
        view_box="0 0 7 7",
        ref_x=6.4,
        ref_y=3.5,
        marker_width=6.5,
        marker_height=6.5,
        orient="auto-start-reverse",
        marker_units=None,
    )


def _headings(layout: Layout) -> list[Markup]:
    return [
        tag(
            "text",
            fitted(heading, _WIDTH + _GAP - 12, 11),
            x=number(_left(column)),
            y=number(_TOP - 14),
            class_="quiet small",
        )
        for column, heading in enumerate(layout.headings)
        if column == 0 or layout.headings[column - 1] != heading
    ]


def _loudness(edge: tuple[Hashable, Hashable], drawn: Mapping[Hashable, _Drawn]) -> int:
    """Edges of damaged records are drawn last, over the others."""
    return int(_edge_tone(drawn[edge[0]].state, drawn[edge[1]].state) != "unchanged")


def _edge(
    layout: Layout, edge: tuple[Hashable, Hashable], weight: int, drawn: Mapping[Hashable, _Drawn], ident: str
) -> Markup:
    source, target = edge
    start, end = layout.column[source], layout.column[target]
    y0, y1 = _TOP + layout.y[source], _TOP + layout.y[target]
    if start == end:
        x = _left(start)
        bow = 26 + min(abs(y1 - y0) / 12, 30)
        data = f"M{number(x)} {number(y0)}C{number(x - bow)} {number(y0)} {number(x - bow)} {number(y1)} {number(x - 1.5)} {number(y1)}"
    else:
        backward = end < start
        points = [(_left(start) + (0 if backward else _WIDTH), y0)]
        for column, height in layout.bends[edge]:
            near, far = _left(column) + _WIDTH, _left(column)
            points += [(near if backward else far, _TOP + height), (far if backward else near, _TOP + height)]
        points.append((_left(end) + (_WIDTH + 1.5 if backward else -1.5), y1))
        data = _curve(points)
    spoken = f"{drawn[source].spoken} needs {drawn[target].spoken}" + (f", {weight:,} references" if weight > 1 else "")
    tone = _edge_tone(drawn[source].state, drawn[target].state)
    return tag("path", tag("title", spoken), d=data, class_=f"edge {tone}", marker_end=f"url(#{ident}-a)")


def _edge_tone(source: State, target: State) -> str:
    """A reference came or went with the record that holds it; one to a record that is gone leads nowhere."""
    if source.tone in {"removed", "added"}:
        return source.tone
    return "removed" if target.tone == "removed" else "unchanged"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """Through the points, level at each of them; straight across the columns it only passes."""
    data = f"M{number(points[0][0])} {number(points[0][1])}"
    for position in range(1, len(points)):
        (x0, y0), (x1, y1) = points[position - 1], points[position]
        if position % 2 == 0:
            data += f"L{number(x1)} {number(y1)}"
        else:
            half = (x0 + x1) / 2
            data += f"C{number(half)} {number(y0)} {number(half)} {number(y1)} {number(x1)} {number(y1)}"
    return data


def _node(node: _Drawn, x: float, y: float) -> Markup:
    inset = 14.0
    room = _WIDTH - inset - 10 - (20 if node.state.symbol else 0)
    parts: list[Markup] = [tag("title", node.spoken)]
    if node.stack:
        parts.append(tag("g", outline(node.entity, x + 4, y + 4, _WIDTH, _HEIGHT), class_="behind"))
    if node.focus:
        parts.append(tag("g", outline(node.entity, x - 3.5, y - 3.5, _WIDTH + 7, _HEIGHT + 7), class_="halo"))
    lines = wrapped(readable(node.label), room, 11.5)
    top = y + (19 if len(lines) == 1 else 13)
    parts += [
        outline(node.entity, x, y, _WIDTH, _HEIGHT),
        tag("text", fitted(readable(node.above), room, 9.5), x=number(x + inset), y=number(top), class_="quiet tiny"),
    ]
    parts += [
        tag("text", line, x=number(x + inset), y=number(top + 14 + 13 * position), class_="label")
        for position, line in enumerate(lines)
    ]
    if node.state.symbol:
        parts += _badge(node.state, x + _WIDTH - 20, y + _HEIGHT / 2)
    return tag("g", *parts, class_=f"node {node.state.tone}")


def _badge(state: State, x: float, y: float) -> list[Markup]:
    return [
        tag("circle", cx=number(x), cy=number(y), r=8, class_="badge"),
        tag("text", state.symbol, x=number(x), y=number(y + 4.2), text_anchor="middle", class_="symbol"),
    ]


def _legend(drawn: Iterable[_Drawn], top: float, width: float) -> tuple[list[Markup], float]:
    held = list(drawn)
    roles = sorted({layer_of(node.entity) for node in held})
    states = [state for state in STATES.values() if any(node.state is state for node in held)]
    parts: list[Markup] = [
        tag("line", x1=number(_LEFT), x2=number(width - _LEFT), y1=number(top), y2=number(top), class_="rule")
    ]
    x, y = _LEFT, top + 24

    def room(wide: float) -> tuple[float, float]:
        nonlocal x, y
        if x + wide > width - _LEFT and x > _LEFT:
            x, y = _LEFT, y + 24
        spot = (x, y)
        x += wide
        return spot

    for state in states:
        word = state.word
        at, line = room(36 + text_width(word, 11))
        mark = (
            _badge(state, at + 8, line - 4)
            if state.symbol
            else [tag("rect", x=number(at), y=number(line - 11), width=16, height=14, class_="outline")]
        )
        parts.append(tag("g", *mark, class_=f"node {state.tone}"))
        parts.append(tag("text", word, x=number(at + 22), y=number(line), class_="small"))
    for role in roles:
        word = WORDS[role]
        at, line = room(52 + text_width(word, 11))
        parts.append(tag("g", shape(role, at, line - 12, 30, 16), class_="node key"))
        parts.append(tag("text", word, x=number(at + 37), y=number(line), class_="quiet small"))
    at, line = room(48)
    parts.append(tag("text", "→ needs", x=number(at), y=number(line), class_="quiet small"))
    return parts, y - top + 20


_CSS: Final = (
    "svg.ak-graph .title { font-weight: 600; font-size: 13px; } svg.ak-graph .small { font-size: 11px; } svg.ak-graph .tiny { font-size: 9.5px; } svg.ak-graph .label { font-size: 11.5px; } "
    "svg.ak-graph .rule { stroke: var(--ak-rule); stroke-width: 1; } "
    "svg.ak-graph .edge { fill: none; stroke: var(--ak-edge); stroke-width: 1; } svg.ak-graph .head { fill: var(--ak-quiet); } "
    "svg.ak-graph .edge.removed { stroke: var(--ak-removed); stroke-dasharray: 5 3; } svg.ak-graph .edge.added { stroke: var(--ak-added); } "
    "svg.ak-graph .outline { fill: var(--ak-paper); stroke: var(--ak-edge); stroke-width: 1.1; } svg.ak-graph .detail { fill: none; stroke: var(--ak-edge); stroke-width: 1; } "
    "svg.ak-graph .removed .outline { fill: var(--ak-removed-wash); stroke: var(--ak-removed); stroke-dasharray: 5 3; } svg.ak-graph .removed .detail { stroke: var(--ak-removed); } "
    "svg.ak-graph .added .outline { fill: var(--ak-added-wash); stroke: var(--ak-added); stroke-width: 1.6; } svg.ak-graph .added .detail { stroke: var(--ak-added); } "
    "svg.ak-graph .changed .outline { fill: var(--ak-changed-wash); stroke: var(--ak-changed); } svg.ak-graph .changed .detail { stroke: var(--ak-changed); } "
    "svg.ak-graph .key .outline, svg.ak-graph .behind .outline { fill: none; } "
    "svg.ak-graph .halo .outline { fill: none; stroke: var(--ak-focus); stroke-width: 2; stroke-dasharray: none; } svg.ak-graph .halo .detail { stroke: none; } "
    "svg.ak-graph .badge { fill: var(--ak-paper); stroke: var(--ak-edge); stroke-width: 1.2; } svg.ak-graph .symbol { font-weight: 700; font-size: 12px; } "
    "svg.ak-graph .removed .badge { stroke: var(--ak-removed); } svg.ak-graph .removed .symbol { fill: var(--ak-removed); } "
    "svg.ak-graph .added .badge { stroke: var(--ak-added); } svg.ak-graph .added .symbol { fill: var(--ak-added); } "
    "svg.ak-graph .changed .badge { stroke: var(--ak-changed); } svg.ak-graph .changed .symbol { fill: var(--ak-changed); }"
)
