"""Where each record stands in a picture: one column for each role in the books, as few crossings as a few sweeps find.

The same graph always gets the same places. Pure arithmetic on keys: nothing here knows how a node looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from akika_forensics.model.catalogue import CATALOGUE

LAYERS: Final[tuple[tuple[str, frozenset[str]], ...]] = (
    ("Accounts", frozenset({"Account"})),
    ("Lists", frozenset()),
    ("Customers, vendors, employees", frozenset({"Customer", "Vendor", "Employee"})),
    ("Estimates and orders", frozenset({"Estimate", "PurchaseOrder", "TimeActivity"})),
    (
        "Bills, invoices, entries",
        frozenset(
            {
                "Bill",
                "VendorCredit",
                "Purchase",
                "Invoice",
                "CreditMemo",
                "SalesReceipt",
                "RefundReceipt",
                "JournalEntry",
                "Transfer",
                "InventoryAdjustment",
                "ChargeCredit",
                "StatementCharge",
                "ReimburseCharge",
            }
        ),
    ),
    ("Payments", frozenset({"Payment", "BillPayment", "CreditCardPayment"})),
    ("Deposits", frozenset({"Deposit"})),
    ("Templates and files", frozenset({"RecurringTransaction", "Attachable"})),
)
"""Columns from left to right; what is not named and is no transaction stands in the second."""

_BY_ENTITY: Final = {entity: position for position, (_, entities) in enumerate(LAYERS) for entity in entities}
_LISTS: Final = 1
_DOCUMENTS: Final = 4
SWEEPS: Final = 8
ROUTED: Final = 600
"""Up to so many nodes long edges get a place in each column they cross; beyond, nobody could follow them."""
_SETTLE: Final = 6

type Place = Hashable
type Orders = dict[int, list[Place]]
type Neighbours = Mapping[Place, Sequence[Place]]


def layer_of(entity: str) -> int:
    """The column of an entity type."""
    if entity in _BY_ENTITY:
        return _BY_ENTITY[entity]
    row = CATALOGUE.get(entity)
    return _DOCUMENTS if row is not None and row.is_transaction else _LISTS


@dataclass(frozen=True, slots=True)
class Layout:
    """``column`` and ``y`` (centre) of each node; ``bends`` are the places between columns that a long edge passes.

    ``headings`` names each column by the layer it shows. ``height`` is that of the tallest column.
    """

    column: dict[Place, int]
    y: dict[Place, float]
    bends: dict[tuple[Place, Place], tuple[tuple[int, float], ...]]
    headings: tuple[str, ...]
    height: float


def arrange(
    entities: Mapping[Place, str],
    edges: Iterable[tuple[Place, Place]],
    *,
    step: float = 52.0,
    tallest: int = 28,
) -> Layout:
    """Places for ``entities`` (node → entity type) joined by ``edges`` (source needs target), nodes ``step`` apart.

    A column of more than ``tallest`` nodes goes on in further columns of the same heading.
    Time grows with nodes and edges: 5,000 nodes take well under a second.
    """
    layers = {node: layer_of(entity) for node, entity in entities.items()}
    return arrange_in(
        layers, {index: words for index, (words, _) in enumerate(LAYERS)}, edges, step=step, tallest=tallest
    )


def arrange_in(
    layers: Mapping[Place, int],
    headings: Mapping[int, str],
    edges: Iterable[tuple[Place, Place]],
    *,
    step: float = 52.0,
    tallest: int = 28,
) -> Layout:
    """Places for nodes whose layer is given; ``headings`` names each layer. Otherwise as `arrange`."""
    nodes = sorted(layers, key=_order_key)
    known = sorted(
        {(source, target) for source, target in edges if source in layers and target in layers and source != target},
        key=lambda edge: (_order_key(edge[0]), _order_key(edge[1])),
    )
    rows: Orders = defaultdict(list)
    for node in nodes:
        rows[layers[node]].append(node)
    neighbours: dict[Place, list[Place]] = defaultdict(list)
    for source, target in known:
        neighbours[source].append(target)
        neighbours[target].append(source)
    _sweep(rows, neighbours)
    column, words = _columns(rows, headings, max(tallest, int(1.5 * len(nodes) ** 0.5)))
    return _placed(nodes, known, column, words, step)


def _order_key(node: Place) -> tuple[object, ...]:
    parts = node if isinstance(node, tuple) else (node,)
    return tuple((len(str(part)), str(part)) if str(part).isdigit() else (0, str(part)) for part in parts)


def _sweep(layers: Mapping[int, list[Place]], neighbours: Neighbours) -> None:
    """Order each column by the mean position of its neighbours, to and fro, until nothing moves."""
    positions: dict[Place, float] = {}
    for members in layers.values():
        _number(members, positions)
    indices = sorted(layers)
    for sweep in range(SWEEPS):
        moved = False
        for index in indices if sweep % 2 == 0 else reversed(indices):
            members = layers[index]
            centre = {node: _mean(neighbours.get(node, ()), positions, positions[node]) for node in members}
            ordered = sorted(members, key=lambda node: (centre[node], positions[node]))
            if ordered != members:
                members[:] = ordered
                moved = True
            _number(members, positions)
        if not moved:
            break


def _number(members: Sequence[Place], positions: dict[Place, float]) -> None:
    size = max(len(members), 1)
    for position, node in enumerate(members):
        positions[node] = (position + 0.5) / size


def _mean(nodes: Iterable[Place], values: Mapping[Place, float], default: float) -> float:
    held = [values[node] for node in nodes]
    return sum(held) / len(held) if held else default


def _columns(
    layers: Mapping[int, Sequence[Place]], names: Mapping[int, str], tallest: int
) -> tuple[dict[Place, int], tuple[str, ...]]:
    column: dict[Place, int] = {}
    headings: list[str] = []
    for index in sorted(layers):
        members = layers[index]
        pieces = max(1, -(-len(members) // tallest))
        size = max(1, -(-len(members) // pieces))
        for start in range(0, len(members), size):
            for node in members[start : start + size]:
                column[node] = len(headings)
            headings.append(names[index])
    return column, tuple(headings)


@dataclass(frozen=True, slots=True)
class _Bend:
    """A place in a column that edges only cross. Edges to one target share it: where strands join, they lead to the same."""

    target: Place
    backward: bool
    column: int


def _placed(
    nodes: Sequence[Place],
    edges: Sequence[tuple[Place, Place]],
    column: dict[Place, int],
    headings: tuple[str, ...],
    step: float,
) -> Layout:
    members: Orders = {index: [] for index in range(len(headings))}
    for node in nodes:
        members[column[node]].append(node)
    chains: dict[tuple[Place, Place], list[Place]] = {}
    placed: set[Place] = set()
    joined: set[tuple[Place, Place]] = set()
    neighbours: dict[Place, list[Place]] = defaultdict(list)
    for source, target in edges:
        low, high = sorted((column[source], column[target]))
        if len(nodes) > ROUTED:
            high = low
        between: list[Place] = [_Bend(target, column[source] > column[target], index) for index in range(low + 1, high)]
        for bend, index in zip(between, range(low + 1, high), strict=True):
            if bend not in placed:
                placed.add(bend)
                members[index].append(bend)
        chain = between if column[source] < column[target] else between[::-1]
        chains[source, target] = chain
        path = [source, *chain, target]
        for left, right in pairwise(path):
            beside = not between and column[source] == column[target]
            if not beside and (left, right) not in joined:
                joined.add((left, right))
                neighbours[left].append(right)
                neighbours[right].append(left)
    _sweep(members, neighbours)
    y = _heights(members, neighbours, lambda place: step * 0.32 if isinstance(place, _Bend) else step)
    lowest = min(y.values(), default=0.0)
    y = {place: value - lowest + step / 2 for place, value in y.items()}
    bends = {
        edge: tuple((bend.column, y[bend]) for bend in chain if isinstance(bend, _Bend))
        for edge, chain in chains.items()
    }
    return Layout(column, {node: y[node] for node in nodes}, bends, headings, max(y.values(), default=0.0) + step / 2)


def _heights(members: Orders, neighbours: Neighbours, size: Callable[[Place], float]) -> dict[Place, float]:
    """Heights that keep each column's order and gaps and lie as near as can be to the neighbours' mean."""
    y: dict[Place, float] = {}
    for column in members.values():
        total = sum(size(place) for place in column)
        at = -total / 2
        for place in column:
            y[place] = at + size(place) / 2
            at += size(place)
    indices = sorted(members)
    for turn in range(_SETTLE):
        for index in indices if turn % 2 else reversed(indices):
            column = members[index]
            wanted = [_mean(neighbours.get(place, ()), y, y[place]) for place in column]
            y.update(zip(column, _apart(wanted, [size(place) for place in column]), strict=True))
    return y


def _apart(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The heights nearest to ``wanted`` (least squares) in this order, none closer than its size allows.

    Pool adjacent violators on the heights less the space that the ones before need.
    """
    offsets: list[float] = []
    at = 0.0
    for position, height in enumerate(sizes):
        at += height / 2 + (sizes[position - 1] / 2 if position else -height / 2)
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for value, offset in zip(wanted, offsets, strict=True):
        pools.append((value - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, few), (high, more) = pools[-2], pools[-1]
            pools[-2:] = [((low * few + high * more) / (few + more), few + more)]
    levels = [level for level, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
