"""The record graph: places, states, collapsing, and that the same graph is always the same picture."""
# ruff: noqa: S314 - true minus signs are what is tested; the XML is our own; the samples lie beside the tests

from __future__ import annotations

import random
import re
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import graph

from akika_forensics.model.record import RecordKey
from akika_widgets.views.layout import LAYERS, _apart, arrange, layer_of
from akika_widgets.views.record_graph import GraphNode, GraphView

SVG = "{http://www.w3.org/2000/svg}"
NEEDS = {
    "Item": ["Account"],
    "Invoice": ["Customer", "Item"],
    "Bill": ["Vendor", "Account"],
    "Payment": ["Invoice", "Customer"],
    "Deposit": ["Payment", "Account"],
}


def company(size: int, seed: int = 7) -> tuple[list[GraphNode], list[tuple[RecordKey, RecordKey]]]:
    """A generated company of ``size`` records, each with what records of its type need."""
    chance = random.Random(seed)
    types = [
        "Account",
        "Item",
        "Customer",
        "Vendor",
        "Invoice",
        "Invoice",
        "Invoice",
        "Bill",
        "Payment",
        "Payment",
        "Deposit",
    ]
    nodes = [
        GraphNode(RecordKey(entity, str(at)), f"{entity} {at}", chance.choice(["unchanged"] * 5 + ["removed"]))
        for at, entity in ((at, types[at % len(types)]) for at in range(size))
    ]
    by_type: dict[str, list[RecordKey]] = {}
    for node in nodes:
        by_type.setdefault(node.key.entity, []).append(node.key)
    edges = [
        (node.key, chance.choice(by_type[wanted]))
        for node in nodes
        for wanted in NEEDS.get(node.key.entity, ())
        if by_type.get(wanted)
    ]
    return nodes, edges


def elements(view: GraphView, kind: str) -> list[ET.Element]:
    return [found for found in ET.fromstring(view.svg()).iter(SVG + "g") if kind in found.get("class", "").split()]


def shown(view: GraphView) -> list[ET.Element]:
    return [found for found in elements(view, "node") if found.find(SVG + "title") is not None]


def test_every_entity_has_a_column_and_what_is_needed_stands_further_left() -> None:
    for entity, needed in NEEDS.items():
        assert all(layer_of(entity) > layer_of(one) for one in needed), entity
    assert layer_of("Term") == layer_of("NeverHeardOf") == 1
    assert len(LAYERS) == 8


def test_each_node_has_its_state_as_symbol_word_and_class() -> None:
    found = {
        (node.get("class"), "".join(node.find(SVG + "title").itertext()).rpartition(", ")[2]) for node in shown(graph())
    }  # type: ignore[union-attr]
    assert found == {
        ("node unchanged", "unchanged"),
        ("node removed", "removed"),
        ("node added", "added"),
        ("node changed", "changed"),
    }
    symbols = {
        "".join(text.itertext())
        for text in ET.fromstring(graph().svg()).iter(SVG + "text")
        if text.get("class") == "symbol"
    }
    assert symbols == {"\N{MINUS SIGN}", "+", "≠"}


def test_kinds_of_change_are_states_too() -> None:
    node = GraphNode(RecordKey("Customer", "1"), "Customer A", "deactivated")
    assert [one.get("class") for one in shown(GraphView([node], []))] == ["node changed"]


def test_an_arrow_points_to_what_is_needed() -> None:
    invoice, customer = RecordKey("Invoice", "1"), RecordKey("Customer", "2")
    view = GraphView([GraphNode(invoice, "Invoice 1"), GraphNode(customer, "Customer 2")], [(invoice, customer)])
    edge = next(path for path in ET.fromstring(view.svg()).iter(SVG + "path") if "edge" in path.get("class", ""))
    assert "Invoice 1 (Invoice:1), unchanged needs Customer 2" in "".join(edge.itertext())
    numbers = [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", edge.get("d", ""))]
    assert numbers[0] > numbers[-2], "from the invoice on the right to the customer on the left"
    assert edge.get("marker-end", "").startswith("url(#")


def test_the_same_graph_is_the_same_picture_in_whatever_order_it_comes() -> None:
    nodes, edges = company(60)
    first = GraphView(nodes, edges, [nodes[4].key]).svg()
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    assert GraphView(nodes, [*edges, edges[0]], [RecordKey("Invoice", "4")]).svg() == first


def test_edges_to_records_that_are_not_there_are_left_out() -> None:
    node = GraphNode(RecordKey("Invoice", "1"), "Invoice 1")
    view = GraphView(
        [node], [(node.key, RecordKey("Customer", "9")), (node.key, node.key)], [RecordKey("Customer", "9")]
    )
    assert view.edges == ()
    assert view.focus == frozenset()


def test_a_picture_without_records_says_so() -> None:
    assert "No records." in GraphView([], []).svg()


def test_three_hundred_are_drawn_and_more_are_collapsed() -> None:
    nodes, edges = company(300)
    view = GraphView(nodes, edges)
    assert not view.collapsed
    assert len(shown(view)) == 300
    nodes, edges = company(301)
    focus = next(node.key for node in nodes if node.key.entity == "Invoice")
    big = GraphView(nodes, edges, [focus])
    assert big.collapsed
    assert len(shown(big)) == len({(node.key.entity, node.state) for node in nodes}) + 1
    assert "collapsed by type and state" in big.description()
    # None is lost: what the stacks count and the focus make 301.
    counts = [
        int(found.replace(",", ""))
        for found in re.findall(r">([\d,]+) [a-z ]+, (?:removed|unchanged)</title><g class=\"behind", big.svg())
    ]
    assert sum(counts) + len(shown(big)) - len(counts) == 301


def test_alike_records_fold_into_a_stack() -> None:
    vendor = RecordKey("Vendor", "1")
    bills = [GraphNode(RecordKey("Bill", str(at)), f"Bill {at}", "added") for at in range(9)]
    view = GraphView([GraphNode(vendor, "Vendor 1"), *bills], [(bill.key, vendor) for bill in bills])
    assert len(shown(view)) == 10
    folded = view.folded(5)
    assert len(shown(folded)) == 2
    assert "9 bills" in folded.svg()
    assert len(shown(view.folded(10))) == 10


def test_five_thousand_records_have_their_places() -> None:
    nodes, edges = company(5_000)
    layout = arrange({node.key: node.key.entity for node in nodes}, edges)
    assert len(layout.y) == 5_000
    assert max(layout.column.values()) < len(layout.headings)


@pytest.mark.parametrize("size", [1, 2, 17, 120, 700])
def test_nodes_of_one_column_never_touch(size: int) -> None:
    nodes, edges = company(size)
    layout = arrange({node.key: node.key.entity for node in nodes}, edges, step=50)
    columns: dict[int, list[float]] = {}
    for place, column in layout.column.items():
        columns.setdefault(column, []).append(layout.y[place])
    for heights in columns.values():
        assert all(low + 50 - 1e-6 <= high for low, high in pairwise(sorted(heights)))
    assert min(layout.y.values()) >= 0
    assert max(layout.y.values()) <= layout.height


def test_a_long_edge_passes_every_column_between() -> None:
    nodes, edges = company(60)
    layout = arrange({node.key: node.key.entity for node in nodes}, edges)
    for (source, target), bends in layout.bends.items():
        low, high = sorted((layout.column[source], layout.column[target]))
        assert sorted(column for column, _ in bends) == list(range(low + 1, high))


def test_columns_in_sweeping_cross_less_than_by_number() -> None:
    left = [RecordKey("Customer", str(at)) for at in range(12)]
    right = [RecordKey("Invoice", str(at)) for at in range(12)]
    # The customers in the opposite order of their invoices: by number every edge crosses every other.
    layout = arrange({key: key.entity for key in (*left, *right)}, list(zip(right, reversed(left), strict=True)))
    rows = [(layout.y[source], layout.y[target]) for source, target in zip(right, reversed(left), strict=True)]
    crossings = sum((a - c) * (b - d) < 0 for at, (a, b) in enumerate(rows) for c, d in rows[at + 1 :])
    assert crossings == 0


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(1, 60)), min_size=1, max_size=30))
def test_heights_keep_order_and_distance_and_move_as_a_whole(rows: list[tuple[float, float]]) -> None:
    wanted, sizes = [row[0] for row in rows], [row[1] for row in rows]
    found = _apart(wanted, sizes)
    for (low, small), (high, large) in pairwise(list(zip(found, sizes, strict=True))):
        assert high - low >= (small + large) / 2 - 1e-6
    # Least squares: the mean is where the wishes have theirs.
    assert sum(found) == pytest.approx(sum(wanted), abs=1e-3)


def test_names_for_people_who_cannot_see_it() -> None:
    root = ET.fromstring(graph().svg())
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert set(root.get("aria-labelledby", "").split()) <= ids
    assert "5 records" in graph().description()
    assert "1 removed" in graph().description()


def test_two_pictures_in_one_document_share_no_id() -> None:
    first, second = (set(re.findall(r'id="([^"]+)"', graph(name).svg())) for name in ("one", "two"))
    assert first
    assert not first & second


def test_the_mime_bundle_has_svg_and_text() -> None:
    assert set(graph()._repr_mimebundle_()) == {"image/svg+xml", "text/plain"}
