"""A company with a record of every kind that can be read: captured, exported and served again, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from akika_forensics.capture.entities import NOT_READ, readable_entities
from akika_forensics.model import payload as payloads
from akika_forensics.twin import Twin, loading
from tests.twin.conftest import Books, ref
from tests.twin.life import RECIPES

from .conftest import PASSPHRASE, Scene, staged


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    body = made.get("Preferences", "1")
    body["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    made.twin.put_raw("Preferences", payloads.encode(body))
    for entity, recipe in RECIPES.items():
        if recipe.body is not None and entity != "TaxService":
            made.twin.create(entity, recipe.body(made))
        elif recipe.place is not None and not made.twin.count(entity):
            recipe.place(made)
    bill = made.spend(6)
    bill["AccountBasedExpenseLineDetail"] |= {"BillableStatus": "Billable", "CustomerRef": ref(made.ann)}
    made.made("Bill", {"VendorRef": ref(made.lumber), "Line": [bill]})
    yield made
    made.twin.close()


@pytest.fixture
def scene(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    with staged(tmp_path, books.twin, out) as made:
        yield made


def test_every_kind_of_record_is_captured_exported_and_loaded(scene: Scene, tmp_path: Path) -> None:
    before = scene.twin.dump()
    assert {entity for entity, _ in before} == set(readable_entities())
    taken = scene.good("capture")
    checked = scene.good("check", "s1")
    assert {line["residual"] for line in checked["tie_out"]} == {"0.00"}
    not_captured = {row["entity"] for row in checked["coverage"] if row["reach"] == "not"}
    assert not_captured >= set(NOT_READ)
    for row in checked["coverage"]:
        assert (row["interval"] is None) == (row["entity"] in not_captured)
        assert row["counted"] in {None, row["records"]}
    assert taken["complete"] is True
    captured = {(record.key.entity, record.key.id): record.payload for record in scene.case.snapshot("s1").records()}
    assert captured == before
    scene.case.export("s1", tmp_path / "out")
    again = Twin()
    try:
        report = loading.load_folder(again, tmp_path / "out")
        loaded = again.dump()
        assert {key: loaded.get(key) for key in before} == before
        assert not [note.what for note in report.announcements if "carries no Id" in note.what]
        added = {key: payloads.decode(loaded[key]) for key in loaded.keys() - before.keys()}
        assert all(key[0] in {"Account", "JournalEntry"} for key in added), added
    finally:
        again.close()
