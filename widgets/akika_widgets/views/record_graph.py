"""What hangs together: records and what each of them needs, in columns from accounts to deposits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from akika_forensics.model.record import RecordKey
from akika_widgets.views.layout import Layout, arrange, layer_of
from akika_widgets.views.markup import Markup, shortened
from akika_widgets.views.view import View
from akika_widgets.views.wording import counted, entity_words

if TYPE_CHECKING:
    from akika_widgets.views.live_graph import LiveGraph

DRAWN: Final = 300
"""More nodes than this in one picture tell nobody anything: they are collapsed by type and state."""
STEP: Final = 57.0
"""How far apart the middles of two nodes of one column are."""


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


type Reference = tuple[RecordKey, RecordKey]
type Expand = Callable[[RecordKey, str], tuple[Iterable[GraphNodeLike], Iterable[Reference]]]
"""The neighbours of a record in one direction ("needs" or "dependents"), and every reference that these neighbours and the record hold.
References to records that are not shown are kept until they are.
"""
type Levels = Callable[[Sequence[RecordKey]], Sequence[Sequence[RecordKey]]]
"""Records in ranks, what others need first; records that need one another in a circle share a rank."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands at one place of the picture: a record, or ``size`` records of one type and state."""

    entity: str
    above: str
    label: str
    state: State
    focus: bool
    spoken: str
    size: int = 1

    @property
    def stack(self) -> bool:
        return self.size > 1


class GraphView(View):
    """Records and their references as a picture; an arrow says "needs".

    ``nodes``: the records (`GraphNodeLike`). ``edges``: ``(source, target)`` keys, source needs target; edges of records that are
    not among the nodes are left out. ``focus``: the keys the picture is about, drawn with a heavy outline.
    Above ``drawn`` nodes those outside the focus are collapsed by type and state, and the picture says so.
    ``expand`` and ``levels`` are for the live view: where more records come from, and in which order they could be put back.
    """

    def __init__(
        self,
        nodes: Iterable[GraphNodeLike],
        edges: Iterable[Reference],
        focus: Iterable[RecordKey] = (),
        *,
        title: str = "What hangs together",
        drawn: int = DRAWN,
        expand: Expand | None = None,
        levels: Levels | None = None,
    ) -> None:
        by_key = {RecordKey(*node.key): node for node in nodes}
        self.title = title
        self.nodes: tuple[GraphNodeLike, ...] = tuple(by_key[key] for key in sorted(by_key, key=key_order))
        self.references = frozenset((RecordKey(*source), RecordKey(*target)) for source, target in edges)
        self.edges = tuple(
            sorted(
                ((a, b) for a, b in self.references if a in by_key and b in by_key and a != b),
                key=lambda edge: (key_order(edge[0]), key_order(edge[1])),
            )
        )
        self.focus = frozenset(RecordKey(*key) for key in focus) & by_key.keys()
        self.drawn = drawn
        self.expand = expand
        self.levels = levels
        self._collapsed = len(self.nodes) > drawn
        self._folded: int | None = None

    def folded(self, more_than: int = 5) -> GraphView:
        """The same picture with records that are alike (type, state, neighbours) drawn as one stack from this number on."""
        other = GraphView(
            self.nodes,
            self.references,
            self.focus,
            title=self.title,
            drawn=self.drawn,
            expand=self.expand,
            levels=self.levels,
        )
        other._folded = more_than
        return other

    def live(self) -> LiveGraph:
        """The picture that answers: walked, searched and expanded, with the same beside it as a list."""
        from akika_widgets.views.live_graph import LiveGraph  # noqa: PLC0415 - the live view stands on this module

        return LiveGraph(self)

    @property
    def collapsed(self) -> bool:
        """True when the picture shows types in place of records."""
        return self._collapsed

    def layout(self) -> Layout:
        """The places of what is drawn."""
        drawn, edges = self.composed()
        return arrange({place: node.entity for place, node in drawn.items()}, edges, step=STEP)

    def svg(self) -> Markup:
        from akika_widgets.views.graph_picture import picture  # noqa: PLC0415 - the drawing stands on this module

        return picture(self)

    def plain(self) -> str:
        lines = [f"{self.title}: {len(self.nodes):,} records, {len(self.edges):,} references"]
        needs: dict[RecordKey, list[RecordKey]] = {}
        for source, target in self.edges:
            needs.setdefault(source, []).append(target)
        for node in self.nodes[: self.drawn]:
            state = state_of(node.state)
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
        states = Counter(state_of(node.state).word for node in self.nodes)
        said = ", ".join(f"{states[state.word]:,} {state.word}" for state in STATES.values() if states[state.word])
        about = ", ".join(shortened(node.label, 80) for node in self.nodes if RecordKey(*node.key) in self.focus)
        return (
            f"{len(self.nodes):,} records ({said or 'none'}) and {len(self.edges):,} references, in columns from accounts on the left to deposits on the right. "
            "An arrow points from a record to one that it needs."
            + (f" About: {shortened(about, 600)}." if about else "")
            + (" Records are collapsed by type and state." if self._collapsed else "")
        )

    def composed(self) -> tuple[dict[Hashable, Drawn], dict[tuple[Hashable, Hashable], int]]:
        """What is drawn at each place, and how many references join two places."""
        return compose(self.nodes, self.edges, self._places(), self.focus)

    def _places(self) -> dict[RecordKey, Hashable]:
        keys = [RecordKey(*node.key) for node in self.nodes]
        if self._collapsed:
            kept = self.focus if len(self.focus) <= self.drawn // 6 else frozenset[RecordKey]()
            return {key: key if key in kept else stack_of(node) for key, node in zip(keys, self.nodes, strict=True)}
        if self._folded is None:
            return {key: key for key in keys}
        return _alike(self.nodes, self.edges, self.focus, self._folded)


def compose(
    nodes: Iterable[GraphNodeLike],
    edges: Iterable[Reference],
    place: dict[RecordKey, Hashable],
    focus: frozenset[RecordKey],
) -> tuple[dict[Hashable, Drawn], dict[tuple[Hashable, Hashable], int]]:
    """What is drawn when each record stands at its ``place``: several at one place are a stack."""
    members: dict[Hashable, list[GraphNodeLike]] = {}
    for node in nodes:
        members.setdefault(place[RecordKey(*node.key)], []).append(node)
    drawn = {
        spot: _one(found[0], focus) if len(found) == 1 else _stack(found, focus) for spot, found in members.items()
    }
    joined: Counter[tuple[Hashable, Hashable]] = Counter()
    for source, target in edges:
        if place[source] != place[target]:
            joined[place[source], place[target]] += 1
    return drawn, dict(joined)


def stack_of(node: GraphNodeLike) -> tuple[str, str, str]:
    """The place that a record shares with all of its type and state."""
    return (node.key[0], "", state_of(node.state).word)


def key_order(key: RecordKey) -> tuple[int, str, int, str]:
    """Sort key: column of the picture, type, Id by its number."""
    return (
        layer_of(key.entity),
        key.entity,
        int(key.id) if key.id.isascii() and key.id.isdigit() and len(key.id) < 19 else 0,
        key.id,
    )


def state_of(name: str) -> State:
    return STATES.get(_SYNONYMS.get(name, name)) or STATES["unchanged"]


def tone_between(source: State, target: State) -> str:
    """How a reference looks: it came or went with the record that holds it; one to a record that is gone leads nowhere."""
    if source.tone in {"removed", "added"}:
        return source.tone
    return "removed" if target.tone == "removed" else "unchanged"


def short_label(node: GraphNodeLike) -> str:
    """The label without the type, which stands above it: of QuickBooks' name or of ours."""
    return node.label.removeprefix(f"{node.key[0]} ")


def type_words(entity: str) -> str:
    """``Bill payment``."""
    words = entity_words(entity).one
    return words[:1].upper() + words[1:]


def _one(node: GraphNodeLike, focus: frozenset[RecordKey]) -> Drawn:
    key = RecordKey(*node.key)
    state = state_of(node.state)
    spoken = f"{shortened(node.label, 200)} ({key}), {state.word}"
    return Drawn(key.entity, type_words(key.entity), short_label(node), state, key in focus, spoken)


def _stack(nodes: Sequence[GraphNodeLike], focus: frozenset[RecordKey]) -> Drawn:
    entity = nodes[0].key[0]
    state = state_of(nodes[0].state)
    label = counted(len(nodes), entity)
    about = all(RecordKey(*node.key) in focus for node in nodes)
    return Drawn(entity, "Collapsed", label, state, about, f"{label}, {state.word}", size=len(nodes))


def _alike(
    nodes: Sequence[GraphNodeLike],
    edges: Iterable[Reference],
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
            state_of(node.state).word,
            key in focus,
            frozenset(needs.get(key, ())),
            frozenset(needed.get(key, ())),
        )
        found.setdefault(signature, []).append(key)
    return {key: keys[0] if len(keys) >= more_than else key for keys in found.values() for key in keys}
