"""Every place the catalogue names is found, at its own path, and can be rewritten there and nowhere else."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.catalogue import ANY_ENTITY, CATALOGUE, UNREADABLE_LINKED_TXN, Reference
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import Link, get_path, links_of, path_steps, rewrite_links, walk

CITED = [
    (row.name, reference)
    for row in CATALOGUE.values()
    for reference in row.references
    if not reference.external and "<" not in reference.path
]
IDS = st.integers(1, 10**6).map(str)


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    """Build the objects and lists on the way to a concrete path."""
    steps = path_steps(path)
    holder: Any = body
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        empty: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            while len(holder) <= step:
                holder.append(copy.deepcopy(empty))
        elif step not in holder:
            holder[step] = empty
        holder = holder[step]


def _body_with(reference: Reference, target: str, record_id: str, position: int) -> tuple[dict[str, Any], str]:
    """A payload with this one reference in it, and the concrete path it has there."""
    body: dict[str, Any] = {}
    path = reference.path.replace("[]", f"[{position}]")
    plain = path.endswith(("Id", "Code", "]")) and not path.endswith("Ref") and not reference.linked
    if reference.linked:
        _put(body, path, {"TxnId": record_id, "TxnType": target})
    elif plain:
        _put(body, path, record_id)
    else:
        _put(body, path, {"value": record_id, "name": "N"})
    if reference.type_path is not None:
        named = reference.type_path.replace("[]", f"[{position}]")
        _put(body, named, target)
    return body, path


@pytest.mark.parametrize(("entity", "reference"), CITED, ids=lambda value: getattr(value, "path", value))
def test_each_reference_of_the_catalogue_is_found_and_rewritten(entity: str, reference: Reference) -> None:
    for target in ("Customer", "Invoice") if reference.targets == (ANY_ENTITY,) else reference.targets:
        body, path = _body_with(reference, target, "77", 1)
        before = copy.deepcopy(body)
        found = [link for link in links_of(entity, body) if link.path == path]
        readable = target not in UNREADABLE_LINKED_TXN
        assert [link.target for link in found] == [RecordKey(target, "77") if readable else None], f"{target} at {path}"
        assert found[0].linked == reference.linked
        assert found[0].read_only == reference.read_only
        assert found[0].by_code == (reference.key != "Id")
        rewritten = rewrite_links(entity, body, lambda link: "88" if link.path == path else None)  # noqa: B023  # called at once
        again = [link for link in links_of(entity, rewritten) if link.path == path]
        assert [link.target for link in again] == [RecordKey(target, "88") if readable else None]
        assert body == before


@st.composite
def invoices(draw: st.DrawFn) -> dict[str, Any]:
    def line() -> dict[str, Any]:
        return {
            "Amount": draw(st.integers(1, 999)),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": draw(IDS), "name": "Rocks"},
                "TaxCodeRef": {"value": draw(st.sampled_from(["TAX", "NON", "5"]))},
            },
        }

    body: dict[str, Any] = {"CustomerRef": {"value": draw(IDS), "name": draw(st.text(max_size=5))}}
    body["Line"] = [line() for _ in range(draw(st.integers(0, 4)))]
    body["LinkedTxn"] = [
        {
            "TxnId": draw(IDS),
            "TxnType": draw(st.sampled_from(["Payment", "ReceivePayment", "StatementCharge", "Estimate"])),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    body["CustomerMemo"] = {"value": draw(IDS)}
    return body


@given(invoices())
def test_rewriting_there_and_back_changes_nothing(body: dict[str, Any]) -> None:
    there = rewrite_links("Invoice", body, lambda link: f"new-{_cited(link, body)}")
    back = rewrite_links("Invoice", there, lambda link: str(_cited(link, there)).removeprefix("new-"))
    assert back == body
    assert rewrite_links("Invoice", body, lambda _: None) == body


@given(invoices())
def test_rewriting_moves_ids_and_nothing_else(body: dict[str, Any]) -> None:
    there = rewrite_links("Invoice", body, lambda _: "new")
    assert [link.path for link in links_of("Invoice", there)] == [link.path for link in links_of("Invoice", body)]
    assert there["CustomerMemo"] == body["CustomerMemo"]
    count = sum(1 for _ in links_of("Invoice", body))
    assert len(re.findall('"new"', json.dumps(there))) == count


def _cited(link: Link, body: dict[str, Any]) -> Any:
    holder = get_path(body, link.path)
    return holder["TxnId"] if link.linked else holder["value"]


@given(invoices())
def test_walk_gives_paths_that_lead_to_its_values(body: dict[str, Any]) -> None:
    for pattern in (
        "Line[]",
        "Line[].SalesItemLineDetail.ItemRef",
        "LinkedTxn[].TxnId",
        "CustomerRef",
        "CustomerRef.value",
    ):
        met = list(walk(body, pattern))
        assert all(get_path(body, path) is value for path, value in met)
        assert all(re.sub(r"\[\d+\]", "[]", path) == pattern for path, _ in met)
    assert len(list(walk(body, "Line[]"))) == len(body["Line"])


@pytest.mark.parametrize(
    "pattern", ["Absent", "Line", "Line.Amount", "Line[].Absent", "CustomerRef[]", "CustomerRef.value.deeper"]
)
def test_walk_meets_nothing_where_the_shape_is_another(pattern: str) -> None:
    body = {"CustomerRef": {"value": "1"}, "Line": [{"Amount": 1}, None, "text", []]}
    assert [path for path, _ in walk(body, pattern)] == (["Line"] if pattern == "Line" else [])


def test_line_tax_codes_that_are_no_records_are_no_references() -> None:
    line = {"SalesItemLineDetail": {"TaxCodeRef": {"value": "NON"}}}
    assert list(links_of("Invoice", {"Line": [line]})) == []


@pytest.mark.parametrize(
    "empty", [None, "", {}, {"value": ""}, {"value": None}, {"name": "only a name"}, [], 5.5, True]
)
def test_an_empty_or_odd_reference_is_no_link(empty: Any) -> None:
    assert list(links_of("Invoice", {"CustomerRef": empty})) == []


def test_what_the_api_cannot_read_has_no_target() -> None:
    (link,) = links_of("Invoice", {"LinkedTxn": [{"TxnId": "4", "TxnType": "StatementCharge"}]})
    assert (link.target, link.name) == (None, "StatementCharge")


def test_names_of_linked_transactions_that_are_no_entities_are_translated() -> None:
    (link,) = links_of("Invoice", {"LinkedTxn": [{"TxnId": "4", "TxnType": "ReceivePayment"}]})
    assert link.target == RecordKey("Payment", "4")


def test_a_discriminator_decides_the_target_line_by_line() -> None:
    detail = {"EntityRef": {"value": "8"}}
    lines = [
        {"JournalEntryLineDetail": {"Entity": {**detail, "Type": name}}} for name in ("Vendor", "Customer", "Pony")
    ]
    links = {link.path: link.target for link in links_of("JournalEntry", {"Line": lines})}
    assert links["Line[0].JournalEntryLineDetail.Entity.EntityRef"] == RecordKey("Vendor", "8")
    assert links["Line[1].JournalEntryLineDetail.Entity.EntityRef"] == RecordKey("Customer", "8")
    assert links["Line[2].JournalEntryLineDetail.Entity.EntityRef"] is None


def test_a_template_is_searched_through_its_wrapper() -> None:
    body = {"Invoice": {"CustomerRef": {"value": "3"}}}
    (link,) = links_of("RecurringTransaction", body)
    assert (link.path, link.target) == ("Invoice.CustomerRef", RecordKey("Customer", "3"))
    assert rewrite_links("RecurringTransaction", body, lambda _: "4") == {"Invoice": {"CustomerRef": {"value": "4"}}}


def test_a_path_that_leads_nowhere_gives_nothing() -> None:
    body = {"Line": [{"Amount": 1}]}
    for path in ("Line[1].Amount", "Line[0].Amount.deeper", "Line.Amount", "Absent[0]"):
        assert get_path(body, path) is None
