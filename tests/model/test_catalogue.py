"""The catalogue is consistent in itself and agrees with the recorded facts about the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.model.catalogue import (
    ANY_ENTITY,
    BY_KEY,
    BY_PATH,
    CATALOGUE,
    LINKED_TXN_ENTITY,
    UNREADABLE_LINKED_TXN,
    WRITE_ORDER,
    Delete,
    EntityType,
    Reference,
    linked_entity,
)

ROWS = pytest.mark.parametrize("row", CATALOGUE.values(), ids=lambda row: row.name)


def test_there_are_43_entities_under_their_own_names() -> None:
    assert len(CATALOGUE) == len(BY_KEY) == len(BY_PATH) == 43
    assert all(name == row.name for name, row in CATALOGUE.items())


@ROWS
def test_operations_agree_with_one_another(row: EntityType) -> None:
    assert len(set(row.operations)) == len(row.operations)
    assert row.can("delete") == (row.delete is Delete.HARD)
    assert row.can("void") == (row.void is not None)
    assert not row.can("sparse") or row.can("update")
    assert row.delete is not Delete.SOFT or row.can("update")
    assert set(row.sortable) <= set(row.filterable) or row.queryable is not True


@ROWS
def test_references_lead_to_entities_that_exist(row: EntityType) -> None:
    paths = [reference.path for reference in row.references]
    assert len(set(paths)) == len(paths)
    for reference in row.references:
        if reference.external or "<" in reference.path:
            continue
        known = CATALOGUE.keys() | UNREADABLE_LINKED_TXN | {ANY_ENTITY}
        assert set(reference.targets) <= known, reference.path
        several = len(reference.targets) > 1 or reference.targets == (ANY_ENTITY,)
        assert reference.linked or not several or reference.type_path, reference.path


def test_what_can_be_created_has_a_place_in_the_write_order() -> None:
    placed = [name for level in WRITE_ORDER for name in level]
    assert len(set(placed)) == len(placed)
    creatable = {name for name, row in CATALOGUE.items() if row.can("create")}
    assert set(placed) <= CATALOGUE.keys()
    # A helper that makes tax codes, and payments of tax returns, are never replayed.
    assert creatable - set(placed) <= {"TaxService", "TaxPayment"}


def test_the_write_order_puts_header_references_first() -> None:
    level = {name: at for at, names in enumerate(WRITE_ORDER) for name in names}
    for name, at in level.items():
        for reference in CATALOGUE[name].references:
            if reference.path not in CATALOGUE[name].required or reference.external:
                continue
            for target in reference.targets:
                assert level.get(target, -1) < at or target == name, f"{name}.{reference.path} needs {target}"


def test_linked_transaction_names() -> None:
    assert set(LINKED_TXN_ENTITY.values()) <= CATALOGUE.keys()
    assert linked_entity("Check") == "Purchase"
    assert linked_entity("Invoice") == "Invoice"
    assert linked_entity("ChargeCredit") is None
    assert linked_entity("Pony") is None


@pytest.fixture(scope="module")
def facts(shared_data: Path) -> dict[str, Any]:
    """What is known of the API, entity by entity."""
    file = shared_data.parent / "reference" / "quickbooks-entities.json"
    if not file.is_file():
        pytest.skip("the recorded facts about the API are absent: no shared/reference/quickbooks-entities.json")
    return {name: fact for name, fact in json.loads(file.read_text(encoding="utf-8")).items() if name != "_meta"}


def test_the_same_entities(facts: dict[str, Any]) -> None:
    assert facts.keys() == CATALOGUE.keys()


@ROWS
def test_operations_as_recorded(row: EntityType, facts: dict[str, Any]) -> None:
    fact = facts[row.name]
    ours = {"update_full": "update", "update_sparse": "sparse"}
    recorded = {ours.get(operation, operation) for operation in fact["ops"]}
    recorded.discard("create_via_TaxService")  # an operation of TaxService
    if fact["sparse_update"] not in {"documented", "observed"}:
        recorded.discard("sparse")
    assert set(row.operations) == recorded
    assert row.delete == fact["delete"]
    assert bool(row.void) == bool(fact.get("void"))
    assert row.key == fact["json_key"]
    assert fact["endpoint"].split("{realmId}")[-1].strip("/") in {row.path, ""}
    assert [name.lower() for name in fact["webhook_ops"]] == list(row.webhooks)
    assert row.attachable == (fact["attachable"] is True)


@ROWS
def test_what_can_be_asked_for_as_recorded(row: EntityType, facts: dict[str, Any]) -> None:
    fact = facts[row.name]
    assert row.queryable == fact["queryable"]
    assert row.change_feed == fact["cdc"]
    for ours, theirs in ((row.filterable, fact["filterable"]), (row.sortable, fact["sortable"])):
        # MetaData fields can be asked for everywhere and are not repeated in the rows.
        assert set(ours) == {name for name in theirs if not name.startswith("MetaData")}


@ROWS
def test_references_as_recorded(row: EntityType, facts: dict[str, Any]) -> None:
    recorded = {fact["path"]: fact for fact in facts[row.name]["refs"] if not fact.get("unsupported")}
    assert {reference.path for reference in row.references} == recorded.keys()
    for reference in row.references:
        assert _as_row(reference) == _as_recorded(recorded[reference.path]), reference.path


def _as_row(reference: Reference) -> tuple[Any, ...]:
    targets = None if reference.targets == (ANY_ENTITY,) else set(reference.targets)
    return targets, reference.linked, reference.read_only, reference.external, reference.key, reference.type_path


def _as_recorded(fact: dict[str, Any]) -> tuple[Any, ...]:
    anything = fact["target"] == [ANY_ENTITY] or fact["path"] == "AttachableRef[].EntityRef"
    return (
        None if anything else set(fact["target"]),
        fact["kind"] == "linked_txn",
        bool(fact.get("readonly")),
        bool(fact.get("external")),
        fact.get("key", "Id"),
        None if fact["kind"] == "linked_txn" else fact.get("discriminator"),
    )
