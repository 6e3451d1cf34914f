"""The records behind a live record graph: neighbourhoods, what is known, and where a case takes them from."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from live_graph_scene import CUSTOMER, INVOICE, PAYMENT, do, ids, node

from akika_forensics.case.values import NAMED, graph_view
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views.graph_records import KnownRecords
from akika_widgets.views.graph_scene import near, reached


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=40), st.integers(1, 21))
def test_the_neighbourhood_is_whole_steps_and_never_too_much(pairs: list[tuple[int, int]], limit: int) -> None:
    keys = [RecordKey("Invoice", str(at)) for at in range(21)]
    edges = [(keys[a], keys[b]) for a, b in pairs]
    found = near([keys[0]], edges, keys, limit)
    assert keys[0] in found
    assert len(found) <= limit
    everything = {keys[0]}
    while more := {other for a, b in edges for other in (a, b) if {a, b} & everything} - everything:
        if len(everything) + len(more) > limit:
            break
        everything |= more
    assert found == everything


def test_what_is_reached_in_a_circle_ends() -> None:
    towards = {INVOICE: [PAYMENT], PAYMENT: [INVOICE, CUSTOMER]}
    assert reached(INVOICE, towards) == {INVOICE, PAYMENT, CUSTOMER}


def test_known_records_are_complete_without_a_source() -> None:
    known = KnownRecords([node(INVOICE)], [(INVOICE, CUSTOMER)])
    assert known.complete(INVOICE, "needs")
    assert known.beside(INVOICE, "needs") == []
    assert known.linked("needs") == {INVOICE: [CUSTOMER]}


# -- from a snapshot -------------------------------------------------------------------------------------------------------


class Held:
    """As much of a snapshot as a picture needs."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = {record.key: record for record in records}
        self.read = 0

    def records(self) -> Iterable[Record]:
        return self._records.values()

    def get_many(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        found = {key: self._records[key] for key in keys if key in self._records}
        self.read += len(found)
        return found


def record(entity: str, ident: str, **body: Any) -> Record:
    return Record(RecordKey(entity, ident), encode({"Id": ident, **body}))


def test_a_case_expands_through_the_whole_snapshot() -> None:
    customer = record("Customer", "1", DisplayName="Amy")
    reference = {"CustomerRef": {"value": "1"}}
    invoices = [record("Invoice", str(at), DocNumber=f"N{at}", **reference) for at in range(1, NAMED + 51)]
    payment = record("Payment", "5000", **reference, Line=[{"LinkedTxn": [{"TxnId": "7", "TxnType": "Invoice"}]}])
    held = Held([customer, *invoices, payment])
    view: Any = graph_view(held, [RecordKey("Invoice", "7")], 1, {RecordKey("Invoice", "7"): "removed"})  # type: ignore[arg-type]
    live = view.live()
    assert ids(live) == {"Customer:1", "Invoice:7", "Payment:5000"}
    labels = {one.label for one in view.nodes}
    assert labels == {"Customer Amy", "Invoice N7", "Payment 5000"}
    before = held.read
    assert do(live, "expand", "Customer:1")
    assert held.read - before == NAMED, "beyond these nobody waits for names"
    assert len(live.nodes) == NAMED + 52
    assert sum(live.columns()["size"]) == NAMED + 52
    assert live.nodes[RecordKey("Invoice", "7")].state == "removed"
    assert do(live, "order")
    assert list(live.scene.rank.values()) == [1]


def test_a_case_gives_the_order_of_its_graph() -> None:
    records = [record("Customer", "1"), record("Invoice", "2", CustomerRef={"value": "1"})]
    view = graph_view(Held(records), [RecordKey("Invoice", "2")], None, {})  # type: ignore[arg-type]
    keys = [one.key for one in records]
    assert view.levels is not None
    assert view.levels(keys) == ReferenceGraph.of(records).levels(keys) == [[keys[0]], [keys[1]]]
