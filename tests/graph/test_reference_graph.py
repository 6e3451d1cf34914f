"""What needs what, in which order, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.graph import WRITES, ReferenceGraph, is_mirror, placeholders
from akika_forensics.model.catalogue import CATALOGUE, WRITE_ORDER
from akika_forensics.model.placeholder import PLACEHOLDER
from akika_forensics.model.record import Record, RecordKey


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id} | body).encode())


def link(entity: str, record_id: str) -> dict[str, str]:
    return {"TxnType": entity, "TxnId": record_id}


def key(text: str) -> RecordKey:
    return RecordKey.parse(text)


FAMILY = [
    record("Customer", "7"),
    record("Customer", "8", ParentRef={"value": "7"}),
    record("Account", "4"),
    record("Account", "35"),
    record("Item", "1", IncomeAccountRef={"value": "4"}),
    record("Estimate", "40", CustomerRef={"value": "8"}, LinkedTxn=[link("Invoice", "50")]),
    record(
        "Invoice",
        "50",
        CustomerRef={"value": "8"},
        CurrencyRef={"value": "USD"},
        LinkedTxn=[link("Payment", "60"), link("Estimate", "40")],
        Line=[{"SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}}}],
    ),
    record(
        "Payment",
        "60",
        CustomerRef={"value": "8"},
        Line=[{"LinkedTxn": [link("Invoice", "50")]}],
        LinkedTxn=[link("Deposit", "70")],
    ),
    record("Deposit", "70", DepositToAccountRef={"value": "35"}, Line=[{"LinkedTxn": [link("Payment", "60")]}]),
]


@pytest.fixture
def family() -> ReferenceGraph:
    return ReferenceGraph.of(FAMILY)


def test_only_the_writing_side_needs_the_other(family: ReferenceGraph) -> None:
    assert family.needs(key("Payment:60")) == (key("Customer:8"), key("Invoice:50"))
    assert family.needs(key("Invoice:50")) == (key("Customer:8"), key("Estimate:40"), key("Item:1"))
    assert family.needs(key("Estimate:40")) == (key("Customer:8"),)
    assert family.needs(key("Deposit:70")) == (key("Account:35"), key("Payment:60"))
    assert family.dependents(key("Invoice:50")) == (key("Payment:60"),)
    assert family.dependents(key("Customer:7")) == (key("Customer:8"),)
    assert family.needs(key("Invoice:999")) == ()
    assert family.cycles() == []
    assert family.dangling() == ()


def test_closures_and_their_depth(family: ReferenceGraph) -> None:
    invoice = key("Invoice:50")
    assert family.closure([invoice], depth=0) == (invoice,)
    assert family.closure([invoice], depth=1) == (key("Customer:8"), key("Estimate:40"), invoice, key("Item:1"))
    assert family.closure([invoice]) == (
        key("Account:4"),
        key("Customer:7"),
        key("Customer:8"),
        key("Estimate:40"),
        invoice,
        key("Item:1"),
    )
    assert family.closure([key("Estimate:40")], "dependents") == (
        key("Deposit:70"),
        key("Estimate:40"),
        invoice,
        key("Payment:60"),
    )
    assert family.closure([key("Invoice:999")]) == ()
    with pytest.raises(WrongUse):
        family.closure([invoice], "sideways")  # type: ignore[arg-type]


def test_levels_put_dependencies_first(family: ReferenceGraph) -> None:
    assert family.levels(family.keys) == [
        [key("Account:4"), key("Account:35"), key("Customer:7")],
        [key("Customer:8"), key("Item:1")],
        [key("Estimate:40")],
        [key("Invoice:50")],
        [key("Payment:60")],
        [key("Deposit:70")],
    ]
    assert family.levels([key("Deposit:70"), key("Invoice:50"), key("Invoice:999")]) == [
        [key("Deposit:70"), key("Invoice:50"), key("Invoice:999")]
    ]
    assert family.levels([]) == []


def test_a_cycle_is_named_and_shares_a_level() -> None:
    rows = [
        record("Customer", "1", ParentRef={"value": "2"}),
        record("Customer", "2", ParentRef={"value": "1"}),
        record("Customer", "3", ParentRef={"value": "2"}),
        record("Customer", "4", ParentRef={"value": "4"}),
    ]
    graph = ReferenceGraph.of(rows)
    assert graph.cycles() == [[key("Customer:1"), key("Customer:2")]]
    assert graph.cycles([key("Customer:1"), key("Customer:3")]) == []
    assert graph.levels(graph.keys) == [[key("Customer:1"), key("Customer:2"), key("Customer:4")], [key("Customer:3")]]


def test_edges_say_where_they_come_from(family: ReferenceGraph) -> None:
    edges = {
        (str(one.source), str(one.target)): one.paths
        for one in family.edges([key("Invoice:50"), key("Estimate:40"), key("Item:1")])
    }
    assert edges == {
        ("Invoice:50", "Estimate:40"): ("LinkedTxn[1]",),
        ("Invoice:50", "Item:1"): ("Line[0].SalesItemLineDetail.ItemRef",),
    }
    graph = family.to_networkx([key("Invoice:50"), key("Item:1"), key("Item:77")])
    assert list(graph.nodes) == [key("Invoice:50"), key("Item:1")]
    assert graph.edges[key("Invoice:50"), key("Item:1")]["paths"] == ("Line[0].SalesItemLineDetail.ItemRef",)


def test_what_is_missing_is_listed_mirrors_too() -> None:
    graph = ReferenceGraph.of([one for one in FAMILY if one.key not in (key("Payment:60"), key("Customer:8"))])
    found = [(str(one.source), one.path, str(one.target), one.mirror) for one in graph.dangling()]
    assert found == [
        ("Deposit:70", "Line[0].LinkedTxn[0]", "Payment:60", False),
        ("Estimate:40", "CustomerRef", "Customer:8", False),
        ("Invoice:50", "CustomerRef", "Customer:8", False),
        ("Invoice:50", "LinkedTxn[0]", "Payment:60", True),
    ]


def test_currencies_are_found_by_code() -> None:
    euro = {"CurrencyRef": {"value": "EUR"}}
    home = record("Preferences", "1", CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    dollar = record("Bill", "2", CurrencyRef={"value": "USD"})
    assert ReferenceGraph.of([record("Bill", "1", **euro)]).dangling() == ()
    listed = ReferenceGraph.of([record("Bill", "1", **euro), dollar, home, record("CompanyCurrency", "5", Code="EUR")])
    assert listed.needs(key("Bill:1")) == (key("CompanyCurrency:5"),)
    assert listed.dangling() == ()
    other = ReferenceGraph.of([record("Bill", "1", **euro), home, record("CompanyCurrency", "5", Code="GBP")])
    assert [str(one.target) for one in other.dangling()] == ["CompanyCurrency:EUR"]


def test_shipping_is_no_missing_item() -> None:
    line = {"SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}}
    assert ReferenceGraph.of([record("Invoice", "1", Line=[line])]).dangling() == ()


def test_bytes_that_are_no_json_are_a_node_without_references() -> None:
    graph = ReferenceGraph.of([Record(key("Invoice:1"), b"{"), Record(key("Invoice:2"), b"[1]")])
    assert graph.keys == (key("Invoice:1"), key("Invoice:2"))


def test_no_pair_is_written_from_both_sides_but_the_one_that_is_known() -> None:
    both = {frozenset((one, other)) for one in WRITES for other in WRITES[one] if one in WRITES.get(other, ())}
    assert both == {frozenset(("BillPayment", "Deposit"))}
    assert not is_mirror("BillPayment", "Deposit", at_line=True)
    assert is_mirror("BillPayment", "Deposit", at_line=False)


def test_every_linked_type_of_the_catalogue_has_its_row() -> None:
    linked = {name for name, row in CATALOGUE.items() if any(one.linked for one in row.references)}
    assert linked <= set(WRITES)


def test_what_writes_a_link_can_be_made_after_its_target() -> None:
    """The only exception is a bill payment that settles a vendor's refund: a deposit, which comes later in general."""
    rank = {name: number for number, names in enumerate(WRITE_ORDER) for name in names}
    late = {
        (source, target)
        for source, targets in WRITES.items()
        for target in targets
        if source in rank and target in rank and rank[target] > rank[source]
    }
    assert late == {("BillPayment", "Deposit")}


def test_placeholders_are_found_by_their_label() -> None:
    escaped = b'{"Id":"3","Notes":"\\u005bplaceholder] x"}'
    rows = [
        record("Item", "13", Description=f"{PLACEHOLDER} Rocks"),
        record("Item", "9", Description=f"{PLACEHOLDER} Maintenance"),
        record("Item", "1", Description=f"no {PLACEHOLDER}"),
        Record(key("Vendor:3"), escaped),
        Record(key("Vendor:4"), b"{"),
    ]
    assert placeholders(rows) == (key("Item:9"), key("Item:13"), key("Vendor:3"))


def test_the_recorded_records(shared_data: Path) -> None:
    rows = [
        Record(RecordKey(file.stem, json.loads(text)["Id"]), text)
        for file in sorted((shared_data / "real_records").glob("*.jsonl"))
        for text in file.read_bytes().splitlines()
    ]
    graph = ReferenceGraph.of(rows)
    missing = {one.target for one in graph.dangling()}
    assert len({one for one in missing if one.entity == "Item"}) == 12
    assert len({one for one in missing if one.entity == "Payment"}) == 11
    assert graph.cycles() == []
    place = {one: number for number, level in enumerate(graph.levels(graph.keys)) for one in level}
    assert all(place[edge.target] < place[edge.source] for edge in graph.edges())


pairs = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20)


@given(pairs=pairs, wanted=st.sets(st.integers(0, 8)))
def test_orders_and_closures_agree_with_networkx(pairs: list[tuple[int, int]], wanted: set[int]) -> None:
    """Attachables cite each other freely, which makes any graph possible."""
    edges = {(source, target) for source, target in pairs if source != target}
    rows = [
        record(
            "Attachable",
            str(number),
            AttachableRef=[
                {"EntityRef": {"type": "Attachable", "value": str(target)}}
                for source, target in sorted(edges)
                if source == number
            ],
        )
        for number in range(9)
    ]
    graph = ReferenceGraph.of(rows)
    plain = nx.DiGraph()
    plain.add_nodes_from(range(9))
    plain.add_edges_from(edges)
    keys = [RecordKey("Attachable", str(one)) for one in sorted(wanted)]
    reached = set(wanted).union(*(nx.descendants(plain, one) for one in wanted))
    assert {int(one.id) for one in graph.closure(keys)} == reached
    behind = set(wanted).union(*(nx.ancestors(plain, one) for one in wanted))
    assert {int(one.id) for one in graph.closure(keys, "dependents")} == behind
    inside = plain.subgraph(wanted)
    cycles = {frozenset(one) for one in nx.strongly_connected_components(inside) if len(one) > 1}
    assert {frozenset(int(one.id) for one in group) for group in graph.cycles(keys)} == cycles
    level = {int(one.id): number for number, row in enumerate(graph.levels(keys)) for one in row}
    assert set(level) == wanted
    for source, target in inside.edges:
        together = any({source, target} <= cycle for cycle in cycles)
        assert level[target] == level[source] if together else level[target] < level[source]
