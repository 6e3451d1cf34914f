"""What some records need, what hangs on them, and in which order they could be put back: pure, over records in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.graph import Direction, ReferenceGraph, order
from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views.difference import kind_of
from akika_widgets.views.listing import Cell, Column, Listing, Mark, Named
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.wording import counted, field_words

UNCHANGED: Final = "unchanged"
_GONE: Final = frozenset({"removed", "voided"})
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Related:
    """A record that chosen ones need, or that hangs on them. ``steps``: how many references away; ``by``: neighbours on the way to the chosen
    records, each with the fields that say so; ``state``: what became of it.
    """

    key: RecordKey
    label: str
    state: str
    steps: int
    by: tuple[tuple[RecordKey, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Dependencies:
    """The neighbourhood of the ``chosen`` records. Made by `dependencies_of`.

    ``putting_back``: the chosen ones in ranks, what others need first; ``taking_away``: those that were added, what needs others first.
    """

    chosen: tuple[RecordKey, ...]
    needs: tuple[Related, ...]
    dependents: tuple[Related, ...]
    putting_back: tuple[tuple[RecordKey, ...], ...]
    taking_away: tuple[tuple[RecordKey, ...], ...]
    cycles: tuple[tuple[RecordKey, ...], ...]
    records: Mapping[RecordKey, Record] = field(repr=False)
    states: Mapping[RecordKey, str]
    graph: ReferenceGraph

    @cached_property
    def around(self) -> tuple[RecordKey, ...]:
        """The chosen records and all that is near them."""
        return tuple(
            sorted({*self.chosen, *(row.key for row in self.needs), *(row.key for row in self.dependents)}, key=order)
        )

    @cached_property
    def orphaned(self) -> tuple[Related, ...]:
        """Records that stand and named a chosen one that is gone: the first to look at."""
        gone = {key for key in self.chosen if self.states.get(key) in _GONE}
        standing = {near for key in gone for near in self.graph.dependents(key)} - gone
        paths = {(edge.source, edge.target): edge.paths for edge in self.graph.edges({*standing, *gone})}
        return tuple(
            Related(
                key,
                self._label(key),
                self.states.get(key, UNCHANGED),
                1,
                tuple((need, paths[key, need]) for need in self.graph.needs(key) if need in gone),
            )
            for key in sorted(standing, key=order)
            if self.states.get(key) not in _GONE
        )

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def picture(self) -> GraphView:
        """The neighbourhood drawn; its live form goes on through the whole state and knows the order of putting back."""
        return GraphView(
            self._nodes(self.around),
            self._references(self.around),
            self.chosen,
            expand=self._expand,
            levels=self.graph.levels,
        )

    def _nodes(self, keys: Iterable[RecordKey]) -> list[GraphNode]:
        return [GraphNode(key, self._label(key), self.states.get(key, UNCHANGED)) for key in keys]

    def _references(self, sources: Iterable[RecordKey]) -> list[tuple[RecordKey, RecordKey]]:
        return [(source, target) for source in sources for target in self.graph.needs(source)]

    def _expand(self, key: RecordKey, way: str) -> tuple[list[GraphNode], list[tuple[RecordKey, RecordKey]]]:
        near = self.graph.needs(key) if way == "needs" else self.graph.dependents(key)
        return self._nodes(near), self._references((key, *near))

    def _label(self, key: RecordKey) -> str:
        return self.records[key].label or str(key)

    def chosen_table(self) -> Listing:
        """The records that the question is about, with how much is tied to each."""
        columns = [
            Column("Record"),
            Column("State", "state"),
            Column("Needs", "number"),
            Column("Is needed by", "number"),
        ]
        rows = [
            (self._named(key), self._state(key), len(self.graph.needs(key)), len(self.graph.dependents(key)))
            for key in self.chosen
        ]
        return Listing(
            "The records in question", columns, rows, sub="with the references of each, one step away", alike=True
        )

    def needs_table(self) -> Listing:
        return self._table("What they need", "Needed by", self.needs, "they need no other record.")

    def dependents_table(self) -> Listing:
        return self._table("What hangs on them", "Because of", self.dependents, "no other record hangs on them.")

    def orphaned_table(self) -> Listing:
        return self._table(
            "Left without a record they name", "Named", self.orphaned, "no standing record names one that is gone."
        )

    def order_table(self) -> Listing:
        """The order in which the chosen records could be put back: what others need comes first."""
        sub = "what others need comes first; records of one rank do not need one another"
        if self.cycles:
            sub += f"; {len(self.cycles):,} circle{'' if len(self.cycles) == 1 else 's'} of records need one another"
        return self._ranks("Order of putting back", "After", self.putting_back, self.graph.needs, sub)

    def away_table(self) -> Listing:
        """The order in which added records could be taken away: what needs others goes first."""
        sub = "what needs others goes first"
        return self._ranks("Order of taking away", "After", self.taking_away, self.graph.dependents, sub)

    def _ranks(
        self,
        title: str,
        heading: str,
        ranks: tuple[tuple[RecordKey, ...], ...],
        waits_for: Callable[[RecordKey], tuple[RecordKey, ...]],
        sub: str,
    ) -> Listing:
        columns = [Column("Rank", "key"), Column("Record"), Column("State", "state"), Column(heading, "quiet")]
        ranked = {key: rank for rank, level in enumerate(ranks, 1) for key in level}
        circle = {key for group in self.cycles for key in group}
        rows: list[tuple[Cell, ...]] = []
        for key, rank in ranked.items():
            earlier = [near for near in waits_for(key) if ranked.get(near, rank) < rank]
            said = self._list(earlier) + (" (in a circle with others of its rank)" if key in circle else "")
            rows.append((rank, self._named(key), self._state(key), said.strip()))
        return Listing(title, columns, rows, sub=sub, nothing="no record is in question.", alike=True)

    def _table(self, title: str, why: str, related: Iterable[Related], nothing: str) -> Listing:
        columns = [Column("Record"), Column("State", "state"), Column("Steps away", "number"), Column(why, "quiet")]
        rows = [(self._named(row.key), self._state(row.key), row.steps, self._because(row)) for row in related]
        return Listing(title, columns, rows, nothing=nothing, sub=_by_type(row[0].key for row in rows))

    def _because(self, row: Related) -> str:
        said = [f"{self._label(key)} ({', '.join(_fields(paths))})" for key, paths in row.by[:_NAMED]]
        rest = len(row.by) - _NAMED
        return ", ".join(said) + (f" and {rest:,} more" if rest > 0 else "")

    def _named(self, key: RecordKey) -> Named:
        return Named(self._label(key), key)

    def _list(self, keys: list[RecordKey]) -> str:
        rest = len(keys) - _NAMED
        return ", ".join(self._label(key) for key in keys[:_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")

    def _state(self, key: RecordKey) -> Mark:
        state = self.states.get(key, UNCHANGED)
        if state == UNCHANGED:
            return Mark("·", "as it was", "quiet")
        kind = kind_of(state)
        return Mark(kind.symbol, kind.word, kind.tone)

    def figures(self) -> dict[str, str | int]:
        """What the report comes to."""
        return {
            "chosen": len(self.chosen),
            "needed": len(self.needs),
            "dependent": len(self.dependents),
            "left_without": len(self.orphaned),
            "circles": len(self.cycles),
            "putting_back": _written(self.putting_back),
            "taking_away": _written(self.taking_away),
        }


def dependencies_of(
    records: Iterable[Record],
    chosen: Iterable[RecordKey],
    *,
    depth: int | None = 1,
    states: Mapping[RecordKey, str] | None = None,
) -> Dependencies:
    """The neighbourhood of some records of one state, ``depth`` references far in both directions (None: to the end).

    Raises WrongUse when a chosen record is not among the records, or the depth is less than one.
    """
    if depth is not None and depth < 1:
        raise WrongUse(f"A depth of {depth} shows nothing.", do="Give 1 or more; 0 in a report means to the end.")
    held = {record.key: record for record in records}
    wanted = tuple(sorted(set(chosen), key=order))
    unknown = [key for key in wanted if key not in held]
    if unknown:
        raise WrongUse(
            f"{', '.join(str(key) for key in unknown[:_NAMED])} {'is' if len(unknown) == 1 else 'are'} not in this snapshot.",
            do="Check type and Id, such as Invoice:130, or choose another snapshot.",
        )
    graph = ReferenceGraph.of(held.values())
    known = dict(states or {})
    needs, dependents = (_related(graph, held, wanted, way, depth, known) for way in ("needs", "dependents"))
    added = [key for key in wanted if known.get(key) == "added"]
    back = [key for key in wanted if key not in set(added)]
    return Dependencies(
        wanted,
        needs,
        dependents,
        tuple(tuple(level) for level in graph.levels(back)),
        tuple(tuple(level) for level in reversed(graph.levels(added))),
        tuple(tuple(group) for group in graph.cycles(wanted)),
        held,
        known,
        graph,
    )


def _related(
    graph: ReferenceGraph,
    held: Mapping[RecordKey, Record],
    chosen: tuple[RecordKey, ...],
    way: Direction,
    depth: int | None,
    states: Mapping[RecordKey, str],
) -> tuple[Related, ...]:
    """Everything reached from the chosen records in one direction, by distance."""
    toward = graph.needs if way == "needs" else graph.dependents
    distance: dict[RecordKey, int] = dict.fromkeys(chosen, 0)
    front, steps = list(chosen), 0
    while front and (depth is None or steps < depth):
        steps += 1
        following = sorted({near for key in front for near in toward(key) if near not in distance}, key=order)
        distance.update(dict.fromkeys(following, steps))
        front = following
    found = sorted((key for key, far in distance.items() if far), key=lambda key: (distance[key], order(key)))
    back = graph.dependents if way == "needs" else graph.needs
    paths = {(edge.source, edge.target): edge.paths for edge in graph.edges(distance)}
    return tuple(
        Related(
            key,
            held[key].label,
            states.get(key, UNCHANGED),
            distance[key],
            tuple(
                (near, paths[(near, key) if way == "needs" else (key, near)])
                for near in back(key)
                if distance.get(near) == distance[key] - 1
            ),
        )
        for key in found
    )


def _fields(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(field_words(path) for path in paths))[:_NAMED]


def _written(ranks: Iterable[Iterable[RecordKey]]) -> str:
    return " > ".join(" ".join(str(key) for key in rank) for rank in ranks)


def _by_type(keys: Iterable[RecordKey | str]) -> str:
    counts: dict[str, int] = {}
    for key in keys:
        if isinstance(key, RecordKey):
            counts[key.entity] = counts.get(key.entity, 0) + 1
    return ", ".join(counted(number, entity) for entity, number in sorted(counts.items()))


def chosen_records(given: str, states: Mapping[RecordKey, str]) -> tuple[RecordKey, ...]:
    """The records a text names (``Invoice:130, Payment:12``), or those with a state when it names none. Raises WrongUse."""
    named = [RecordKey.parse(word.strip()) for word in given.replace(";", ",").split(",") if word.strip()]
    chosen = tuple(sorted(set(named or states), key=order))
    if not chosen:
        raise WrongUse(
            "There is no record to look at.",
            means="None was named, and nothing was changed directly between the two snapshots.",
            do="Name records, such as Invoice:130, or choose other snapshots.",
        )
    return chosen
