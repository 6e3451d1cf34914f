"""Which acts a plan consists of, so that only the unverified facts that matter to it are named."""

from __future__ import annotations

from typing import Any

from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.rests_on import acts_of
from akika_forensics.twin import Beliefs


def plan(*steps: tuple[str, str, dict[str, Any]]) -> Plan:
    """A plan of (operation, record, body) steps; the rest of it says nothing here."""
    made = (Step.model_construct(operation=operation, record=record, body=body) for operation, record, body in steps)
    return Plan.model_construct(steps=tuple(made))


def test_writes_and_the_look_ups_around_them_are_acts() -> None:
    acts = acts_of(plan(("create", "Invoice:1", {}), ("update", "Payment:2", {"sparse": True})))
    assert acts == {
        "create Invoice", "query Invoice", "order Invoice",
        "update Payment", "query Payment", "order Payment", "sparse Payment", "retry",
    }  # fmt: skip


def test_a_sparse_update_where_it_is_documented_rests_on_nothing() -> None:
    assert "sparse Invoice" not in acts_of(plan(("update", "Invoice:1", {"sparse": True})))


def test_what_an_attachment_is_linked_to_counts_unless_it_is_removed() -> None:
    body = {"AttachableRef": [{"EntityRef": {"type": "Vendor", "value": "7"}}]}
    assert "attach Vendor" in acts_of(plan(("create", "Attachable:1", body)))
    assert "attach Vendor" not in acts_of(plan(("delete", "Attachable:1", body)))


def test_a_document_in_another_currency_is_one() -> None:
    assert "foreign" in acts_of(plan(("create", "Invoice:1", {"ExchangeRate": 2})))
    assert "foreign" not in acts_of(plan(("create", "Invoice:1", {})))


def test_a_plan_without_steps_rests_on_nothing() -> None:
    assert acts_of(plan()) == frozenset()
    assert Beliefs().unverified(acts_of(plan())) == ()
