"""The neighbourhood of records, on small companies made for it and on any."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.dependencies import chosen_records, dependencies_of
from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record, RecordKey


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id} | body).encode())


def key(text: str) -> RecordKey:
    return RecordKey.parse(text)


CUSTOMER = record("Customer", "7", DisplayName="Amy")
INVOICE = record("Invoice", "50", DocNumber="1001", CustomerRef={"value": "7"})
PAYMENT = record(
    "Payment", "60", CustomerRef={"value": "7"}, Line=[{"LinkedTxn": [{"TxnType": "Invoice", "TxnId": "50"}]}]
)
DEPOSIT = record("Deposit", "70", Line=[{"LinkedTxn": [{"TxnType": "Payment", "TxnId": "60", "TxnLineId": "0"}]}])
FAMILY = [CUSTOMER, INVOICE, PAYMENT, DEPOSIT]


def test_one_step_reaches_the_neighbours_and_no_further() -> None:
    found = dependencies_of(FAMILY, [PAYMENT.key])
    assert [row.key for row in found.needs] == [CUSTOMER.key, INVOICE.key]
    assert [row.key for row in found.dependents] == [DEPOSIT.key]
    assert found.needs[1].by == ((PAYMENT.key, ("Line[0].LinkedTxn[0]",)),)


def test_to_the_end_reaches_all_with_their_distance() -> None:
    found = dependencies_of(FAMILY, [DEPOSIT.key], depth=None)
    assert {str(row.key): row.steps for row in found.needs} == {"Payment:60": 1, "Customer:7": 2, "Invoice:50": 2}
    assert found.needs[-1].by[0][0] == PAYMENT.key


def test_the_picture_goes_on_where_the_neighbourhood_ends() -> None:
    picture = dependencies_of(FAMILY, [INVOICE.key]).picture()
    assert DEPOSIT.key not in {node.key for node in picture.nodes}
    assert picture.expand is not None
    nodes, references = picture.expand(PAYMENT.key, "dependents")
    assert [node.key for node in nodes] == [DEPOSIT.key]
    assert (DEPOSIT.key, PAYMENT.key) in references
    nodes, references = picture.expand(PAYMENT.key, "needs")
    assert {node.key for node in nodes} == {CUSTOMER.key, INVOICE.key}
    assert {(PAYMENT.key, INVOICE.key), (PAYMENT.key, CUSTOMER.key), (INVOICE.key, CUSTOMER.key)} <= {*references}


def test_what_stands_without_what_it_named_is_found_also_among_the_chosen() -> None:
    states = {INVOICE.key: "removed", PAYMENT.key: "changed"}
    found = dependencies_of(FAMILY, states, states=states)
    assert [row.key for row in found.orphaned] == [PAYMENT.key]
    both = dict.fromkeys((INVOICE.key, PAYMENT.key), "removed")
    assert [row.key for row in dependencies_of(FAMILY, both, states=both).orphaned] == [DEPOSIT.key]


def test_what_was_added_is_taken_away_in_the_opposite_order() -> None:
    states = dict.fromkeys((INVOICE.key, PAYMENT.key), "added") | {CUSTOMER.key: "deactivated"}
    found = dependencies_of(FAMILY, states, states=states)
    assert found.putting_back == ((CUSTOMER.key,),)
    assert found.taking_away == ((PAYMENT.key,), (INVOICE.key,))
    assert found.figures()["taking_away"] == "Payment:60 > Invoice:50"


def test_unknown_records_and_depths_are_refused() -> None:
    with pytest.raises(WrongUse, match=r"Invoice:999 is not in this snapshot"):
        dependencies_of(FAMILY, [key("Invoice:999")])
    with pytest.raises(WrongUse, match="A depth of 0 shows nothing"):
        dependencies_of(FAMILY, [PAYMENT.key], depth=0)


def test_records_are_named_by_text_or_are_those_that_changed() -> None:
    states = {INVOICE.key: "removed"}
    assert chosen_records("payment:60; Invoice:50,", {}) == (INVOICE.key, PAYMENT.key)
    assert chosen_records(" ", states) == (INVOICE.key,)
    with pytest.raises(WrongUse, match="There is no record to look at"):
        chosen_records("", {})
    with pytest.raises(WrongUse, match="does not name a record"):
        chosen_records("the invoice", states)


KINDS = st.sampled_from(["removed", "changed", "added", "unchanged"])


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[Record], dict[RecordKey, str]]:
    """Customers in any forest of parents, invoices and payments that name any of those before them."""
    size = draw(st.integers(1, 6))
    records = [
        record("Customer", str(at), **({"ParentRef": {"value": str(draw(st.integers(0, at - 1)))}} if at and draw(st.booleans()) else {}))
        for at in range(size)
    ]  # fmt: skip
    invoices = draw(st.lists(st.integers(0, size - 1), max_size=5))
    records += [record("Invoice", str(100 + at), CustomerRef={"value": str(who)}) for at, who in enumerate(invoices)]
    for at in range(draw(st.integers(0, 4))):
        settled = draw(st.sets(st.integers(0, len(invoices) - 1))) if invoices else set()
        lines = [{"LinkedTxn": [{"TxnType": "Invoice", "TxnId": str(100 + one)}]} for one in settled]
        records.append(record("Payment", str(200 + at), CustomerRef={"value": "0"}, Line=lines))
    return records, {one.key: draw(KINDS) for one in records}


@given(companies(), st.integers(1, 3))
def test_on_any_company_every_order_holds_and_no_record_is_lost(
    company: tuple[list[Record], dict[RecordKey, str]], depth: int
) -> None:
    records, given_states = company
    states = {one: state for one, state in given_states.items() if state != "unchanged"}
    chosen = list(states) or [records[0].key]
    found = dependencies_of(records, chosen, depth=depth, states=states)
    back = {one: rank for rank, level in enumerate(found.putting_back) for one in level}
    away = {one: rank for rank, level in enumerate(found.taking_away) for one in level}
    assert {*back, *away} == {*chosen}
    assert {*away} == {one for one in chosen if states.get(one) == "added"}
    for one in chosen:
        for need in found.graph.needs(one):
            if one in back and need in back:
                assert back[need] < back[one]
            if one in away and need in away:
                assert away[one] < away[need]
    assert not {row.key for row in found.needs} & {*chosen}
    assert {row.key for row in found.needs if row.steps == 1} == {
        need for one in chosen for need in found.graph.needs(one)
    } - {*chosen}
    gone = {one for one in chosen if states.get(one) == "removed"}
    assert {row.key for row in found.orphaned} == {
        one.key for one in records if one.key not in gone and gone & {*found.graph.needs(one.key)}
    }
    assert all(row.by for row in (*found.needs, *found.dependents))
    picture = found.picture()
    assert {node.key for node in picture.nodes} == {*found.around}
    assert {*picture.edges} == {(edge.source, edge.target) for edge in found.graph.edges(found.around)}
