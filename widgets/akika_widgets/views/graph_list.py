"""What stands around the canvas of the record graph: its controls, the chosen record with its neighbours, every record as a list.

All that the canvas can do can be done here too, with the keyboard and a screen reader.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from akika_forensics.model.record import RecordKey
from akika_widgets.views import controls
from akika_widgets.views.graph_picture import legend
from akika_widgets.views.graph_scene import place_id
from akika_widgets.views.markup import Markup, join, shortened, style_block, tag
from akika_widgets.views.record_graph import GraphNodeLike, State, short_label, state_of, type_words
from akika_widgets.views.view import anchor
from akika_widgets.views.visible_graph import FEW, SCOPES, WAYS

if TYPE_CHECKING:
    from akika_widgets.views.live_graph import LiveGraph

LISTED: Final = 40
"""So many neighbours are listed; the others are counted."""
ALL_LISTED: Final = 300


@cache
def _sheet() -> str:
    return resources.files("akika_widgets.views").joinpath("live_graph.css").read_text(encoding="utf-8")


def beside_the_picture(view: LiveGraph) -> Markup:
    """Controls, the side list and the legend."""
    return join(
        [
            style_block(_sheet()),
            tag("div", _head(view), _bar(view), class_="ak-graph-top"),
            tag("section", *_side(view), class_="ak-graph-side", aria_label="The graph as a list", tabindex="0"),
            legend(view.scene.drawn.values()),
        ]
    )


def _head(view: LiveGraph) -> Markup:
    about = None
    if view.visible.root is not None:
        about = tag(
            "span",
            f"{WAYS[view.way]}: ",
            tag("bdi", shortened(view.nodes[view.visible.root].label, 120)),
            class_="ak-graph-about",
        )
    return tag("h2", tag("bdi", shortened(view.title, 200)), about, class_="ak-graph-title")


def _bar(view: LiveGraph) -> Markup:
    parts = [
        _search(view),
        controls.choices(view, "Direction", "way", list(WAYS.items()), view.way),
        controls.button(view, "Restore order", "order", pressed=view.visible.ordered),
    ]
    extent = []
    if len(view.nodes) > FEW:
        around = view.visible.focus and len(view.nodes) > view.visible.drawn
        scopes = [(key, words) for key, words in SCOPES.items() if key != "near" or around]
        extent = [
            controls.choices(view, "Extent", "scope", scopes, view.scope),
            controls.select(view, "Type", "kind", view.kinds(), view.visible.kind, act="kind", hidden_label=True),
            controls.select(view, "State", "state", view.states(), view.visible.state, act="state", hidden_label=True),
        ]
    return join(
        [
            tag("div", *parts, class_="ak-bar ak-middle", role="toolbar", aria_label="Walking the record graph"),
            tag("div", *extent, class_="ak-bar ak-middle", role="toolbar", aria_label="What is in the picture")
            if extent
            else None,
        ]
    )


def _search(view: LiveGraph) -> Markup:
    hits = view.hits()
    at = hits.index(view.chosen) + 1 if view.chosen in hits else 0
    said = f"{at:,} of {len(hits):,}" if hits else ("none" if view.search.strip() else "")
    walk: list[Markup] = []
    if hits:
        walk = [
            controls.button(view, "▴", "step", "back", name="Previous one found"),
            controls.button(view, "▾", "step", "on", name="Next one found"),
        ]
    return tag(
        "span",
        controls.field(
            view,
            "Find a record",
            "find",
            view.search,
            act="find",
            kind="search",
            placeholder="Find a record",
            hidden_label=True,
        ),
        tag("span", said, class_="ak-hint ak-graph-count"),
        *walk,
        class_="ak-graph-search",
    )


def _side(view: LiveGraph) -> list[Markup]:
    parts: list[Markup] = []
    if view.chosen is not None and view.chosen in view.scene.drawn:
        parts += _chosen(view, view.chosen)
    else:
        parts.append(
            tag(
                "p",
                "Choose a record, in the picture or below, to see what it needs and what hangs on it.",
                class_="ak-quiet",
            )
        )
    missing = view.elsewhere()
    if missing:
        title = tag("h4", f"Found, but not in the picture ({len(missing):,})")
        parts += [title, _records(view, "elsewhere", [view.nodes[key] for key in missing])]
    parts.append(_steps(view) if view.visible.ordered else _everything(view))
    return parts


def _chosen(view: LiveGraph, place: Hashable) -> list[Markup]:
    drawn = view.scene.drawn[place]
    members = view.scene.members[place]
    if not isinstance(place, RecordKey):
        return [
            tag("p", type_words(drawn.entity), class_="ak-graph-above"),
            tag("h3", drawn.label, " ", _mark(drawn.state)),
            tag("p", "These records are drawn as one stack."),
            controls.button(view, "Show each of them", "expand", place_id(place), kind="main", explain=True),
            _records(view, "members", members),
        ]
    key = place
    rank = view.scene.rank.get(place)
    node = members[0]
    return [
        tag(
            "p",
            type_words(key.entity),
            " ",
            tag("bdi", f"Id {shortened(key.id, 40)}", class_="ak-key"),
            class_="ak-graph-above",
        ),
        tag("h3", tag("bdi", shortened(short_label(node), 200) or "(no name)"), " ", _mark(drawn.state)),
        tag("p", f"Put back in step {rank:,}.", class_="ak-graph-step") if rank else join([]),
        *_neighbours(view, key, "needs", "Needs", "It needs no other record."),
        *_neighbours(view, key, "dependents", "Hangs on it", "No other record hangs on it."),
    ]


def _neighbours(view: LiveGraph, key: RecordKey, way: str, title: str, nothing: str) -> list[Markup]:
    found = view.visible.records.beside(key, way)
    whole = view.visible.records.complete(key, way)
    if not found and whole:
        return [tag("h4", title), tag("p", nothing, class_="ak-quiet")]
    parts = [
        tag("h4", f"{title} ({len(found):,})" if whole else f"{title} ({len(found):,} or more)"),
        _records(view, way, [view.nodes[other] for other in found]),
    ]
    hidden = sum(other not in view.scene.drawn for other in found)
    if hidden or not whole:
        words = f"Show {hidden:,} more in the picture" if whole else "Look for more"
        parts.append(controls.button(view, words, f"expand_{way}", place_id(key), kind="plain"))
    return parts


def _everything(view: LiveGraph) -> Markup:
    scene = view.scene
    groups: dict[str, list[Hashable]] = {}
    for place in sorted(scene.drawn, key=lambda place: (scene.layout.column[place], scene.layout.y[place])):
        groups.setdefault(scene.layout.headings[scene.layout.column[place]], []).append(place)
    left = ALL_LISTED
    parts: list[Markup] = []
    for heading, places in groups.items():
        parts += [tag("h5", f"{heading} ({len(places):,})"), _places(view, "all", places, max(left, 0))]
        left -= len(places)
    summary = tag("summary", f"All in the picture ({len(scene.drawn):,})")
    return tag(
        "details",
        summary,
        *parts,
        class_="ak-graph-all",
        id=anchor("graph all", id(view)),
        open=view.chosen is None and len(scene.drawn) <= LISTED,
    )


def _steps(view: LiveGraph) -> Markup:
    scene = view.scene
    ranks: dict[int, list[Hashable]] = {}
    for place, rank in scene.rank.items():
        ranks.setdefault(rank, []).append(place)
    parts: list[Markup] = []
    for rank in sorted(ranks):
        places = sorted(ranks[rank], key=lambda place: scene.layout.y[place])
        parts += [
            tag("h5", f"Step {rank:,} ({len(places):,})"),
            _places(view, "steps", places, LISTED),
        ]
    return tag(
        "details",
        tag("summary", f"Restore order: {len(ranks):,} step{'' if len(ranks) == 1 else 's'}"),
        *parts,
        class_="ak-graph-all",
        id=anchor("graph steps", id(view)),
        open=True,
    )


def _places(view: LiveGraph, name: str, places: Sequence[Hashable], limit: int) -> Markup:
    """Places of the picture as buttons; ``name`` tells the list from others that hold the same."""
    scene = view.scene
    rows = [
        _row(view, name, scene.members[place][0])
        if isinstance(place, RecordKey)
        else _button(view, name, place_id(place), (scene.drawn[place].label,), scene.drawn[place].state)
        for place in places[:limit]
    ]
    return _list(rows, len(places))


def _records(view: LiveGraph, name: str, nodes: Sequence[GraphNodeLike]) -> Markup:
    return _list([_row(view, name, node) for node in nodes[:LISTED]], len(nodes))


def _row(view: LiveGraph, name: str, node: GraphNodeLike) -> Markup:
    key = RecordKey(*node.key)
    above = tag("span", type_words(shortened(key.entity, 60)), class_="ak-quiet")
    words = (above, " ", tag("bdi", shortened(short_label(node), 90) or f"Id {shortened(key.id, 40)}"))
    return _button(view, name, place_id(key), words, state_of(node.state))


def _button(view: LiveGraph, name: str, ident: str, words: Iterable[object], state: State) -> Markup:
    # Not `controls.button`: the same record may stand in several lists, and each element has an id of its own.
    pressed = tag(
        "button",
        *words,
        tag("span", f" {state.word}", class_="ak-unseen"),
        type="button",
        id=anchor("graph row", id(view), name, ident),
        class_="ak-button ak-plain",
        data_act="choose",
        data_value=ident,
        data_row=True,
        aria_pressed=str(ident == view.chosen_id()).lower(),
    )
    return tag("li", tag("span", state.symbol or "·", class_=f"ak-symbol ak-{state.tone}", aria_hidden="true"), pressed)


def _list(rows: list[Markup], count: int) -> Markup:
    more = tag("li", f"and {count - len(rows):,} more", class_="ak-quiet") if count > len(rows) else None
    return tag("ul", *rows, more, class_="ak-graph-list")


def _mark(state: State) -> Markup:
    tone = "quiet" if state.tone == "unchanged" else state.tone
    return tag(
        "span",
        tag("span", state.symbol or "·", class_="ak-symbol", aria_hidden="true"),
        state.word,
        class_=f"ak-state ak-{tone}",
    )
