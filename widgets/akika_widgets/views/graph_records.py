"""The records that a live record graph knows, drawn or not, and what each needs: it learns more where the records come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from akika_forensics.model.record import RecordKey
from akika_widgets.views.graph_scene import place_id
from akika_widgets.views.markup import readable
from akika_widgets.views.record_graph import Expand, GraphNodeLike, Reference, key_order, state_of, type_words

FOLLOWED: Final = 2_000
"""So many records are looked up at most when a direction is followed to its end."""
BOTH: Final = ("needs", "dependents")


class KnownRecords:
    """Nodes by key, and the references among them.

    ``references``: (source, target); references to records that are not known are kept until they are.
    """

    def __init__(
        self, nodes: Iterable[GraphNodeLike], references: Iterable[Reference], expand: Expand | None = None
    ) -> None:
        self.nodes: dict[RecordKey, GraphNodeLike] = {RecordKey(*node.key): node for node in nodes}
        self.references = set(references)
        self._expand = expand
        self._by_id = {place_id(key): key for key in self.nodes}
        self._asked: dict[tuple[RecordKey, str], tuple[RecordKey, ...]] = {}
        self._links: dict[str, dict[RecordKey, list[RecordKey]]] = {way: {} for way in BOTH}
        self._link(self.references)

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, key: object) -> bool:
        return key in self.nodes

    def of_id(self, ident: str) -> RecordKey | None:
        """The record that the browser calls ``ident``."""
        return self._by_id.get(ident)

    def linked(self, way: str) -> dict[RecordKey, list[RecordKey]]:
        """For each record those one reference away in a direction, known or not."""
        return self._links[way]

    def _link(self, references: Iterable[Reference]) -> None:
        for source, target in references:
            if source != target:
                self._links["needs"].setdefault(source, []).append(target)
                self._links["dependents"].setdefault(target, []).append(source)

    def beside(self, key: RecordKey, way: str) -> list[RecordKey]:
        """The known records that ``key`` needs, or that hang on it; those that were changed first."""
        found = {*self.linked(way).get(key, ()), *self._asked.get((key, way), ())}
        return sorted(
            (other for other in found if other in self.nodes),
            key=lambda other: (state_of(self.nodes[other].state).word == "unchanged", key_order(other)),
        )

    def complete(self, key: RecordKey, way: str) -> bool:
        """Whether all neighbours of a record in one direction are known."""
        return self._expand is None or (key, way) in self._asked

    def learn(self, key: RecordKey, ways: Iterable[str] = BOTH) -> bool:
        """Ask for the neighbours of a record, once; True when a reference is new. Raises what the source of the records raises."""
        new = False
        for way in ways:
            if self._expand is None or (key, way) in self._asked:
                continue
            nodes, references = self._expand(key, way)
            learnt = {RecordKey(*node.key): node for node in nodes}
            self._asked[key, way] = tuple(learnt)
            for other, node in learnt.items():
                self.nodes.setdefault(other, node)
                self._by_id.setdefault(place_id(other), other)
            fresh = {(RecordKey(*a), RecordKey(*b)) for a, b in references} - self.references
            self.references |= fresh
            self._link(fresh)
            new = new or bool(fresh)
        return new

    def follow(self, start: RecordKey, way: str) -> bool:
        """Learn all that is reached from ``start`` in one direction; True when that was cut off."""
        seen, front = {start}, [start]
        while front:
            following: list[RecordKey] = []
            for key in front:
                if len(seen) > FOLLOWED:
                    return True
                self.learn(key, (way,))
                fresh = [other for other in self.beside(key, way) if other not in seen]
                seen.update(fresh)
                following += fresh
            front = following
        return False

    def filtered(self, keys: Iterable[RecordKey], kind: str, state: str) -> list[RecordKey]:
        """Those of a type and of a state; "" is every one."""
        return [
            key
            for key in keys
            if key in self.nodes
            and (not kind or key.entity == kind)
            and (not state or state_of(self.nodes[key].state).word == state)
        ]

    def gone(self, keys: Sequence[RecordKey]) -> list[RecordKey]:
        """Those that were removed."""
        return [key for key in keys if state_of(self.nodes[key].state).word == "removed"]


def searched(node: GraphNodeLike) -> str:
    """The text in which a search looks: label, type in words, key."""
    return f"{readable(node.label)}\n{type_words(node.key[0])} {node.key[0]}:{node.key[1]}".casefold()
