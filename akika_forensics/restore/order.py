"""The order of a plan's items: levels in which every item comes after all it depends on, and families.

A family is a set of transactions that hang on one another (an invoice with its payments and their deposits);
it is applied together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from akika_forensics.errors import Refused
from akika_forensics.model.catalogue import CATALOGUE, WRITE_ORDER
from akika_forensics.model.record import RecordKey, label_of
from akika_forensics.restore.document import Action
from akika_forensics.restore.evidence import needed_links, written_links
from akika_forensics.restore.work import Item

_RANK = {name: rank for rank, row in enumerate(WRITE_ORDER) for name in row}


def dependencies(items: Iterable[Item]) -> nx.DiGraph:
    """Edges from what must be done first to what comes after it; nodes are record keys."""
    by_key = {item.key: item for item in items}
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(sorted(by_key))
    taken = _names_given_up(by_key.values())
    for item in by_key.values():
        for need in item.needs:
            if need in by_key:
                graph.add_edge(need, item.key)
        if item.action in {Action.REMOVE, Action.DEACTIVATE}:
            for link in written_links(item.key.entity, item.live or {}):
                # What hangs on another leaves before it.
                if link.target in by_key and by_key[link.target].action in {Action.REMOVE, Action.DEACTIVATE}:
                    graph.add_edge(item.key, link.target)
            continue
        for link in written_links(item.key.entity, item.live or {}):
            # What lets go of a record is changed before that record is removed.
            if link.target in by_key and by_key[link.target].action is Action.REMOVE:
                graph.add_edge(item.key, link.target)
        for link in needed_links(item.key.entity, item.wanted or {}):
            other = by_key.get(link.target) if link.target else None
            if other is not None and other.key != item.key and other.action not in {Action.REMOVE, Action.DEACTIVATE}:
                graph.add_edge(other.key, item.key)
        for name in _names_wanted(item):
            giver = taken.get(name)
            if giver is not None and giver != item.key:
                graph.add_edge(giver, item.key)
    return graph


def levels(items: Iterable[Item]) -> list[list[Item]]:
    """Items level by level; one level's items do not depend on one another. Deterministic."""
    by_key = {item.key: item for item in items}
    graph = dependencies(by_key.values())
    depth: dict[RecordKey, int] = {}
    try:
        for key in nx.lexicographical_topological_sort(graph):
            depth[key] = 1 + max((depth[before] for before in graph.predecessors(key)), default=-1)
    except nx.NetworkXUnfeasible as error:
        cycle = " → ".join(str(edge[0]) for edge in nx.find_cycle(graph))
        raise Refused(
            f"These records need one another in a circle: {cycle}.",
            means="They cannot be written one after the other.",
            do="Take one of them out of the scope and restore it in a second plan.",
        ) from error
    rows: list[list[Item]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for key, level in depth.items():
        rows[level].append(by_key[key])
    for row in rows:
        row.sort(key=_within_level)
    return rows


def _within_level(item: Item) -> tuple[int, str, int, str]:
    body = item.wanted or item.live or {}
    return (
        _RANK.get(item.key.entity, len(_RANK)),
        str(body.get("TxnDate", "")),
        int(item.key.id) if item.key.id.isdigit() else 0,
        str(item.key),
    )


def families(items: Iterable[Item]) -> dict[RecordKey, RecordKey]:
    """For each item the record its family is named after: the one written first among linked transactions."""
    ordered = [item for row in levels(items) for item in row]
    by_key = {item.key: item for item in ordered}
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(by_key)
    for item in ordered:
        for body in (item.wanted, item.live):
            for link in written_links(item.key.entity, body or {}):
                if link.target in by_key and CATALOGUE[link.target.entity].is_transaction:
                    graph.add_edge(item.key, link.target)
    position = {item.key: place for place, item in enumerate(ordered)}
    named: dict[RecordKey, RecordKey] = {}
    for members in nx.connected_components(graph):
        head = min(members, key=position.__getitem__)
        named.update(dict.fromkeys(members, head))
    return named


def _names_given_up(items: Iterable[Item]) -> dict[tuple[str, str], RecordKey]:
    """Names and numbers that removals set free."""
    freed: dict[tuple[str, str], RecordKey] = {}
    for item in items:
        if item.action in {Action.REMOVE, Action.DEACTIVATE} and item.live is not None:
            for name in _names(item.key.entity, item.live):
                freed[name] = item.key
    return freed


def _names_wanted(item: Item) -> list[tuple[str, str]]:
    return _names(item.key.entity, item.wanted or {})


def _names(entity: str, body: dict[str, object]) -> list[tuple[str, str]]:
    row = CATALOGUE[entity]
    if row.is_transaction:
        number = body.get("DocNumber")
        return [(entity, str(number))] if number else []
    label = label_of(entity, body)
    return [(row.namespace or entity, label.casefold())] if label else []
