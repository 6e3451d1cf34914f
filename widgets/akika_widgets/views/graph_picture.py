"""The record graph as a picture that stands alone: SVG without any script, the same bytes for the same graph."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final

from akika_widgets.views.layout import Layout, arrange, layer_of
from akika_widgets.views.markup import Markup, readable, style_block, tag
from akika_widgets.views.record_graph import STATES, STEP, Drawn, GraphView, State, tone_between
from akika_widgets.views.shapes import WORDS, outline, shape
from akika_widgets.views.svg import fitted, frame, number, text_width, wrapped
from akika_widgets.views.view import anchor

WIDTH, HEIGHT, GAP = 150.0, 46.0, 48.0
_LEFT, _TOP = 24.0, 84.0
SVG: Final = "http://www.w3.org/2000/svg"


def picture(view: GraphView) -> Markup:
    """The graph with headings and legend."""
    drawn, edges = view.composed()
    layout = arrange({place: node.entity for place, node in drawn.items()}, edges, step=STEP)
    columns = len(layout.headings)
    legend_top = _TOP + max(layout.height, STEP) + 18
    width = max(_LEFT * 2 + columns * WIDTH + max(columns - 1, 0) * GAP, 760.0)
    ident = anchor(
        "graph",
        view.title,
        *((*node.key, node.label, node.state) for node in view.nodes),
        *view.edges,
        *sorted(view.focus),
    )
    parts: list[Markup] = [
        tag("defs", _arrow(ident)),
        tag("text", fitted(readable(view.title), width - 2 * _LEFT, 13), x=number(_LEFT), y=30, class_="title"),
    ]
    parts += _headings(layout)
    parts += [
        _edge(layout, edge, edges[edge], drawn, ident)
        for edge in sorted(edges, key=lambda edge: _loudness(edge, drawn))
    ]
    parts += [_node(drawn[place], _left(layout.column[place]), _TOP + layout.y[place] - HEIGHT / 2) for place in drawn]
    if not drawn:
        parts.append(tag("text", "No records.", x=number(_LEFT), y=number(_TOP + 10), class_="quiet"))
    legend, used = _legend(drawn.values(), legend_top, width)
    parts.append(
        tag(
            "line",
            x1=number(_LEFT),
            x2=number(width - _LEFT),
            y1=number(legend_top),
            y2=number(legend_top),
            class_="rule",
        )
    )
    if view.collapsed:
        said = f"{len(view.nodes):,} records are collapsed by type and state."
        parts.append(tag("text", said, x=number(_LEFT), y=48, class_="quiet small"))
    return frame(
        "ak-graph", width, legend_top + used, view.title, view.description(), *parts, *legend, css=_CSS, ident=ident
    )


def legend(drawn: Iterable[Drawn]) -> Markup:
    """The legend alone, as a list that wraps: the states and shapes that occur among ``drawn``. Its colours are those around it."""
    held = list(drawn)
    states = [state for state in STATES.values() if any(node.state is state for node in held)]
    entries = [(tag("g", *_mark(state, 0, 15), class_=f"node {state.tone}"), 20, state.word) for state in states]
    entries += [
        (tag("g", shape(role, 1, 2, 30, 16), class_="node key"), 32, WORDS[role])
        for role in sorted({layer_of(node.entity) for node in held})
    ]
    rows = [tag("li", _icon(mark, width), word) for mark, width, word in entries]
    needs = tag("li", "→ needs") if held else None
    return tag("ul", style_block(_CSS), *rows, needs, class_="ak-graph-legend", aria_label="Legend")


def _icon(mark: Markup, width: int) -> Markup:
    box = f"0 0 {width} 20"
    return tag("svg", mark, xmlns=SVG, view_box=box, width=width, height=20, class_="ak-graph", aria_hidden="true")


def _mark(state: State, x: float, line: float) -> list[Markup]:
    if state.symbol:
        return _badge(state, x + 9, line - 5)
    return [tag("rect", x=number(x + 1), y=number(line - 12), width=16, height=14, class_="outline")]


def _left(column: int) -> float:
    return _LEFT + column * (WIDTH + GAP)


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
            fitted(heading, WIDTH + GAP - 12, 11),
            x=number(_left(column)),
            y=number(_TOP - 14),
            class_="quiet small",
        )
        for column, heading in enumerate(layout.headings)
        if column == 0 or layout.headings[column - 1] != heading
    ]


def _loudness(edge: tuple[Hashable, Hashable], drawn: Mapping[Hashable, Drawn]) -> int:
    """Edges of damaged records are drawn last, over the others."""
    return int(tone_between(drawn[edge[0]].state, drawn[edge[1]].state) != "unchanged")


def _edge(
    layout: Layout, edge: tuple[Hashable, Hashable], weight: int, drawn: Mapping[Hashable, Drawn], ident: str
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
        points = [(_left(start) + (0 if backward else WIDTH), y0)]
        for column, height in layout.bends[edge]:
            near, far = _left(column) + WIDTH, _left(column)
            points += [(near if backward else far, _TOP + height), (far if backward else near, _TOP + height)]
        points.append((_left(end) + (WIDTH + 1.5 if backward else -1.5), y1))
        data = _curve(points)
    spoken = f"{drawn[source].spoken} needs {drawn[target].spoken}" + (f", {weight:,} references" if weight > 1 else "")
    tone = tone_between(drawn[source].state, drawn[target].state)
    return tag("path", tag("title", spoken), d=data, class_=f"edge {tone}", marker_end=f"url(#{ident}-a)")


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


def _node(node: Drawn, x: float, y: float) -> Markup:
    inset = 14.0
    room = WIDTH - inset - 10 - (20 if node.state.symbol else 0)
    parts: list[Markup] = [tag("title", node.spoken)]
    if node.stack:
        parts.append(tag("g", outline(node.entity, x + 4, y + 4, WIDTH, HEIGHT), class_="behind"))
    if node.focus:
        parts.append(tag("g", outline(node.entity, x - 3.5, y - 3.5, WIDTH + 7, HEIGHT + 7), class_="halo"))
    lines = wrapped(readable(node.label), room, 11.5)
    top = y + (19 if len(lines) == 1 else 13)
    parts += [
        outline(node.entity, x, y, WIDTH, HEIGHT),
        tag("text", fitted(readable(node.above), room, 9.5), x=number(x + inset), y=number(top), class_="quiet tiny"),
    ]
    parts += [
        tag("text", line, x=number(x + inset), y=number(top + 14 + 13 * position), class_="label")
        for position, line in enumerate(lines)
    ]
    if node.state.symbol:
        parts += _badge(node.state, x + WIDTH - 20, y + HEIGHT / 2)
    return tag("g", *parts, class_=f"node {node.state.tone}")


def _badge(state: State, x: float, y: float) -> list[Markup]:
    return [
        tag("circle", cx=number(x), cy=number(y), r=8, class_="badge"),
        tag("text", state.symbol, x=number(x), y=number(y + 4.2), text_anchor="middle", class_="symbol"),
    ]


def _legend(drawn: Iterable[Drawn], top: float, width: float) -> tuple[list[Markup], float]:
    held = list(drawn)
    roles = sorted({layer_of(node.entity) for node in held})
    states = [state for state in STATES.values() if any(node.state is state for node in held)]
    parts: list[Markup] = []
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
