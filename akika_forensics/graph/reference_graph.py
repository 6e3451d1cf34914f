"""The reference graph of a whole company: what needs what, in which order it can be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from akika_forensics.errors import WrongUse
from akika_forensics.graph.references import CURRENCY, Cited, cited
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import Record, RecordKey, label_of

Direction = Literal["needs", "dependents"]


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to a record that was not captured. ``mirror`` marks what the server set, such as the other side's link."""

    source: RecordKey
    path: str
    target: RecordKey
    name: str
    mirror: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` needs ``target``; ``paths`` are the places in its payload that say so."""

    source: RecordKey
    target: RecordKey
    paths: tuple[str, ...]


class ReferenceGraph:
    """Who needs whom among the records of one snapshot. ``ReferenceGraph.of(records)`` makes it.

    Every answer is in the order of ``order``: entity name, then Id by its number.
    """

    def __init__(
        self,
        keys: Sequence[RecordKey],
        labels: Mapping[RecordKey, str],
        paths: dict[tuple[int, int], tuple[str, ...]],
        dangling: tuple[Dangling, ...],
    ) -> None:
        self._keys = tuple(keys)
        self._labels = labels
        self._place = {key: place for place, key in enumerate(self._keys)}
        self._paths = paths
        self._dangling = dangling
        pairs = np.array(sorted(paths), dtype=np.int64).reshape(-1, 2)
        size = len(self._keys)
        ones = np.ones(len(pairs), dtype=np.int8)
        self._needs = csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        self._dependents = self._needs.T.tocsr()
        self._needs.sort_indices()
        self._dependents.sort_indices()

    @classmethod
    def of(cls, records: Iterable[Record]) -> Self:
        """Read every reference of every record. Records whose body is no JSON object have no references."""
        labels: dict[RecordKey, str] = {}
        found: list[tuple[RecordKey, Cited]] = []
        currencies: dict[str, RecordKey] = {}
        for record in records:
            body = _body(record)
            labels[record.key] = label_of(record.key.entity, body)
            if record.key.entity in CATALOGUE:
                found.extend((record.key, one) for one in cited(record.key.entity, body))
            if record.key.entity == CURRENCY and body.get("Code"):
                currencies[str(body["Code"])] = record.key
        keys = sorted(labels, key=order)
        place = {key: at for at, key in enumerate(keys)}
        homes = {one.target.id for _, one in found if one.path == "CurrencyPrefs.HomeCurrency"}
        paths: dict[tuple[int, int], list[str]] = {}
        dangling: list[Dangling] = []
        for source, one in found:
            target = one.target
            if one.by_code and target.entity == CURRENCY:
                if target.id not in currencies and (not currencies or target.id in homes):
                    continue
                target = currencies.get(target.id, target)
            at = place.get(target)
            if at is None:
                dangling.append(Dangling(source, one.path, one.target, one.name, one.mirror))
            elif not one.mirror and at != place[source]:
                paths.setdefault((place[source], at), []).append(one.path)
        dangling.sort(key=lambda one: (order(one.source), one.path))
        return cls(keys, labels, {pair: tuple(names) for pair, names in paths.items()}, tuple(dangling))

    def __contains__(self, key: object) -> bool:
        return key in self._place

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[RecordKey, ...]:
        return self._keys

    def needs(self, key: RecordKey) -> tuple[RecordKey, ...]:
        """The records that must be there before this one can be; empty for an unknown key."""
        return self._neighbours(self._needs, key)

    def dependents(self, key: RecordKey) -> tuple[RecordKey, ...]:
        """The records that name this one; empty for an unknown key."""
        return self._neighbours(self._dependents, key)

    def _neighbours(self, matrix: csr_matrix, key: RecordKey) -> tuple[RecordKey, ...]:
        place = self._place.get(key)
        return () if place is None else tuple(self._keys[at] for at in _row(matrix, place))

    def closure(
        self, keys: Iterable[RecordKey], direction: Direction = "needs", depth: int | None = None
    ) -> tuple[RecordKey, ...]:
        """The keys themselves and all that is reached from them in at most ``depth`` steps; unknown keys are left out.

        Raises WrongUse when ``direction`` is neither ``needs`` nor ``dependents``.
        """
        if direction not in ("needs", "dependents"):
            raise WrongUse(f"{direction!r} is no direction.", do="Use needs or dependents.")
        matrix = self._needs if direction == "needs" else self._dependents
        front = {self._place[key] for key in keys if key in self._place}
        seen = set(front)
        step = 0
        while front and (depth is None or step < depth):
            front = {at for place in front for at in _row(matrix, place)} - seen
            seen |= front
            step += 1
        return tuple(self._keys[place] for place in sorted(seen))

    def dangling(self) -> tuple[Dangling, ...]:
        """References to records that were not captured, mirrors among them.

        A currency is not dangling while the company has no currency list, nor when it is the home currency.
        """
        return self._dangling

    def levels(self, keys: Iterable[RecordKey]) -> list[list[RecordKey]]:
        """The keys in layers, dependencies first; only references among the keys count.

        Records of one cycle share a layer (see ``cycles``). Unknown keys come first: they need nothing known.
        """
        wanted = dict.fromkeys(keys)
        known = sorted(self._place[key] for key in wanted if key in self._place)
        unknown = sorted((key for key in wanted if key not in self._place), key=order)
        if not known:
            return [unknown] if unknown else []
        part, labels = self._components(known)
        level = _component_levels(part, labels)
        rows: dict[int, list[RecordKey]] = {0: unknown} if unknown else {}
        for at, place in enumerate(known):
            rows.setdefault(level[int(labels[at])], []).append(self._keys[place])
        return [sorted(rows[number], key=order) for number in sorted(rows)]

    def cycles(self, keys: Iterable[RecordKey] | None = None) -> list[list[RecordKey]]:
        """Groups of records that need one another in a circle, among the keys (all records by default)."""
        chosen = self._keys if keys is None else keys
        known = sorted({self._place[key] for key in chosen if key in self._place})
        if not known:
            return []
        _, labels = self._components(known)
        groups: dict[int, list[RecordKey]] = {}
        for at, place in enumerate(known):
            groups.setdefault(int(labels[at]), []).append(self._keys[place])
        return sorted((group for group in groups.values() if len(group) > 1), key=lambda group: order(group[0]))

    def _components(self, known: list[int]) -> tuple[csr_matrix, NDArray[np.int32]]:
        index = np.array(known, dtype=np.int64)
        part = self._needs[index][:, index].tocsr()
        _, labels = connected_components(part, directed=True, connection="strong")
        return part, labels

    def edges(self, keys: Iterable[RecordKey] | None = None) -> tuple[Edge, ...]:
        """The edges among the keys (all by default), with the paths they come from."""
        chosen = range(len(self._keys)) if keys is None else sorted({self._place[k] for k in keys if k in self._place})
        inside = set(chosen)
        return tuple(
            Edge(self._keys[place], self._keys[at], self._paths[place, at])
            for place in chosen
            for at in _row(self._needs, place)
            if at in inside
        )

    def to_networkx(self, keys: Iterable[RecordKey] | None = None) -> nx.DiGraph:
        """A DiGraph among the keys: nodes are RecordKeys with ``entity``, ``id``, ``label``; edges have ``paths``."""
        graph = nx.DiGraph()
        chosen = self._keys if keys is None else sorted({key for key in keys if key in self._place}, key=order)
        for key in chosen:
            graph.add_node(key, entity=key.entity, id=key.id, label=self._labels[key] or key.id)
        for edge in self.edges(chosen):
            graph.add_edge(edge.source, edge.target, paths=edge.paths)
        return graph


def order(key: RecordKey) -> tuple[str, int, str]:
    """Sort key: entity name, then Id by its number, then Ids that are no numbers."""
    plain = key.id.isascii() and key.id.isdecimal() and len(key.id) < 25
    return (key.entity, int(key.id) if plain else 1 << 100, key.id)


def _row(matrix: csr_matrix, place: int) -> list[int]:
    row: list[int] = matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]].tolist()
    return row


def _component_levels(part: csr_matrix, labels: NDArray[np.int32]) -> dict[int, int]:
    """The layer of each component: one above the highest of those it needs."""
    needs: dict[int, set[int]] = {int(label): set() for label in labels}
    wanted_by: dict[int, set[int]] = {int(label): set() for label in labels}
    table = part.tocoo()
    for source, target in zip(labels[table.row].tolist(), labels[table.col].tolist(), strict=True):
        if source != target:
            needs[source].add(target)
            wanted_by[target].add(source)
    waiting = {component: len(targets) for component, targets in needs.items()}
    front = [component for component, count in waiting.items() if count == 0]
    level = dict.fromkeys(front, 0)
    while front:
        following = []
        for component in front:
            for source in wanted_by[component]:
                level[source] = max(level.get(source, 0), level[component] + 1)
                waiting[source] -= 1
                if waiting[source] == 0:
                    following.append(source)
        front = following
    return level


def _body(record: Record) -> dict[str, Any]:
    body: Any = record.__dict__.get("body")
    if body is None:
        try:
            body = payloads.decode(record.payload)
        except WrongUse:
            return {}
    return body if isinstance(body, dict) else {}
