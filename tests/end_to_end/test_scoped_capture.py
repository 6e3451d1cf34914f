"""Captures of a few records: what they read, what they leave alone, and what they never stand for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.errors import Interrupted, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import life
from akika_forensics.twin.attachments.upload import Upload

from .conftest import PASSPHRASE, Scene, staged

MOST_CALLS = 60


def api_calls(scene: Scene, since: int) -> int:
    return sum(one.kind == "read" for one in scene.server.log[since:])


def victim(scene: Scene) -> tuple[str, dict[str, Any]]:
    """An invoice that was paid, and whose payment was deposited where there is such a one."""
    invoices = scene.twin.query("select * from Invoice maxresults 1000")["QueryResponse"]["Invoice"]
    paid = [one for one in invoices if any(link["TxnType"] == "Payment" for link in one.get("LinkedTxn", []))]
    return paid[0]["Id"], paid[0]


def test_a_deleted_invoice_is_read_with_its_surroundings_in_few_calls(scene: Scene) -> None:
    record_id, body = victim(scene)
    file = scene.twin.attach(
        Upload(
            [b"the order"],
            "order.pdf",
            "application/pdf",
            {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": record_id}}]},
        )
    )["Id"]
    scene.good("capture")
    payment = next(link["TxnId"] for link in body["LinkedTxn"] if link["TxnType"] == "Payment")
    was = scene.case.snapshot("s1").record(RecordKey("Invoice", record_id))
    assert was is not None
    scene.twin.delete("Invoice", {"Id": record_id, "SyncToken": was.body["SyncToken"]})
    other = scene.twin.query("select * from Customer maxresults 1")["QueryResponse"]["Customer"][0]
    unrelated = next(one for one in scene.twin.query("select * from Vendor maxresults 1")["QueryResponse"]["Vendor"])
    scene.twin.update(
        "Vendor", {"Id": unrelated["Id"], "SyncToken": unrelated["SyncToken"], "sparse": True, "Notes": "elsewhere"}
    )
    assert other
    before = len(scene.server.log)
    taken = scene.good("capture", "--record", f"Invoice:{record_id}")
    assert api_calls(scene, before) <= MOST_CALLS
    assert {
        one.method for one in scene.server.log[before:] if "/batch" not in one.path and "oauth" not in one.path
    } == {"GET"}
    assert taken["complete"] is True
    fence = taken["fence"]
    assert (fence["kind"], fence["base"], fence["quiet"]) == ("scoped", "s1", True)
    assert fence["scope"]["asked"] == [f"Invoice:{record_id}"]
    assert f"Invoice:{record_id}" in fence["scope"]["gone"]
    read = set(fence["scope"]["read"])
    assert {f"Payment:{payment}", f"Customer:{body['CustomerRef']['value']}"} <= read
    assert f"Attachable:{file}" in {*read, *fence["scope"]["gone"]}
    assert f"Vendor:{unrelated['Id']}" not in read
    # What was read is as the company has it now; all else is as it was.
    first, second = scene.case.snapshot("s1"), scene.case.snapshot("s2")
    held = {str(record.key): record.payload for record in second.records()}
    old = {str(record.key): record.payload for record in first.records()}
    now = {f"{entity}:{one}": payload for (entity, one), payload in scene.twin.dump().items()}
    assert held.keys() == old.keys() - set(fence["scope"]["gone"])
    for key, payload in held.items():
        if key in read and not key.startswith("Attachable"):
            assert payload == now[key]
        elif key not in read:
            assert payload == old[key]
    changed = scene.good("diff", "s1", "s2")
    assert {f"{one['entity']}:{one['id']}" for one in changed["changes"] if one["kind"] == "removed"} == {
        f"Invoice:{record_id}"
    }
    assert "s2 is of Invoice" in " ".join(changed["notes"])


def test_a_capture_of_some_records_stands_for_no_company(scene: Scene) -> None:
    record_id, _ = victim(scene)
    scene.good("capture")
    scene.good("capture", "--record", f"Invoice:{record_id}")
    assert [one["kind"] for one in scene.good("snapshots")["snapshots"]][1] == "scoped"
    assert scene.case.snapshot("latest").info.id == "s1"
    assert scene.case.vault.snapshot("latest").info.id == "s1"
    assert scene.case.as_of(scene.case.snapshot("s2").info.finished_at).info.id == "s1"
    assert scene.case.snapshots()["s2"].scoped
    checked = scene.good("check", "s2")
    assert checked["tie_out"] == []
    assert "some_records" in {one["code"] for one in checked["findings"]}
    with pytest.raises(WrongUse, match="some records"):
        scene.case.plans.create(to="s1", scope=None, out=scene.folder / "x", now_snapshot="s2")  # type: ignore[arg-type]


def test_the_next_capture_goes_on_from_the_last_of_everything(scene: Scene) -> None:
    record_id, _ = victim(scene)
    scene.good("capture")
    vendor = scene.twin.query("select * from Vendor maxresults 1")["QueryResponse"]["Vendor"][0]
    scene.twin.update("Vendor", {"Id": vendor["Id"], "SyncToken": vendor["SyncToken"], "sparse": True, "Notes": "new"})
    token = json.loads(scene.twin.dump()[RecordKey("Invoice", record_id)])["SyncToken"]
    scene.twin.delete("Invoice", {"Id": record_id, "SyncToken": token})
    scene.good("capture", "--record", f"Invoice:{record_id}")
    taken = scene.good("capture")
    assert taken["complete"] is True
    assert (taken["fence"]["kind"], taken["fence"]["base"]) == ("incremental", "s1")
    held = {(record.key.entity, record.key.id): record.payload for record in scene.case.snapshot("latest").records()}
    assert scene.case.snapshot("latest").info.id == "s3"
    assert held == scene.twin.dump()
    assert scene.good("verify")["ok"] is True


def test_without_a_snapshot_before_only_the_records_are_in_it(scene: Scene) -> None:
    record_id, body = victim(scene)
    taken = scene.good("capture", "--record", f"Invoice:{record_id}")
    assert taken["fence"]["base"] is None
    snapshot = scene.case.snapshot("s1")
    held = {str(record.key) for record in snapshot.records()}
    assert held == set(taken["fence"]["scope"]["read"])
    assert {f"Invoice:{record_id}", f"Customer:{body['CustomerRef']['value']}"} <= held
    assert len(held) < 100
    checked = scene.good("check", "s1")
    assert "some_records" in {one["code"] for one in checked["findings"]}
    with pytest.raises(WrongUse, match="no snapshot of the company"):
        scene.case.snapshot("latest")
    token = body["SyncToken"]
    scene.twin.delete("Invoice", {"Id": record_id, "SyncToken": token})
    whole = scene.good("capture")
    assert (whole["fence"]["kind"], whole["complete"]) == ("full", True)
    changed = scene.good("diff", "s1", "s2")
    assert {f"{one['entity']}:{one['id']}" for one in changed["changes"]} <= held
    assert "Only those records are compared." in changed["notes"]
    unchanged = scene.good("diff", "s2", "s2")
    assert unchanged["notes"] == []


def test_a_record_that_went_long_ago_is_known_by_the_snapshot_that_held_it(scene: Scene) -> None:
    record_id, body = victim(scene)
    payment = next(link["TxnId"] for link in body["LinkedTxn"] if link["TxnType"] == "Payment")
    scene.good("capture")
    scene.twin.delete("Invoice", {"Id": record_id, "SyncToken": body["SyncToken"]})
    scene.good("capture")
    taken = scene.good("capture", "--record", f"Invoice:{record_id}")
    assert taken["complete"] is True
    assert f"Payment:{payment}" in taken["fence"]["scope"]["read"]


def test_what_an_interrupted_capture_left_is_no_part_of_one_of_some_records(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id, _ = victim(scene)
    scene.good("capture")
    monkeypatch.setattr("akika_forensics.capture.keeper.EVERY", 0.0)
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 12

    with pytest.raises(Interrupted):
        scene.case.capture(full=True, should_stop=stop)
    assert scene.case.interrupted()
    info = scene.case.capture(records=[f"Invoice:{record_id}"])
    assert (info.scoped, info.complete, info.records) == (True, True, scene.case.snapshot("s1").info.records)
    assert scene.good("capture")["complete"] is True
    held = {(record.key.entity, record.key.id): record.payload for record in scene.case.snapshot("latest").records()}
    assert held == scene.twin.dump()


def test_a_record_that_nobody_knows_is_a_problem(scene: Scene) -> None:
    scene.good("capture")
    code, taken = scene.akika("capture", "--record", "Invoice:999999")
    assert (code, taken["complete"]) == (1, False)
    (found,) = [one for one in taken["findings"] if one["severity"] == "problem"]
    assert found["records"] == ["Invoice:999999"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--record", "Invoice"),
        ("--record", "Unheard:1"),
        ("--record", "TaxService:1"),
        ("--record", "Invoice:../x"),
        ("--record", "Invoice:1", "--full"),
    ],
)
def test_what_cannot_be_asked_for_is_wrong_use(scene: Scene, arguments: tuple[str, ...]) -> None:
    code, _ = scene.akika("capture", *arguments)
    assert code == 2
    assert scene.case.snapshots() == ()


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str]) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    twin = life.empty()
    made = life.fill(twin, life.Wish(8000, 3))
    twin.clock.set(life.morning_after(date.fromisoformat(made.last_day)))
    twin.clock.release()
    with staged(tmp_path, twin, out) as scene:
        yield scene
    twin.close()


def test_a_deleted_invoice_of_a_company_that_lived_takes_as_few_calls(generated: Scene) -> None:
    scene = generated
    scene.good("capture")
    held = {(record.key.entity, record.key.id): record.body for record in scene.case.snapshot("s1").records()}
    assert len(held) > 7000
    deposited = {
        link["TxnId"]
        for (entity, _), body in held.items()
        if entity == "Deposit"
        for line in body["Line"]
        for link in line.get("LinkedTxn", [])
        if link["TxnType"] == "Payment"
    }
    invoice, payment = next(
        (body, link["TxnId"])
        for (entity, _), body in held.items()
        if entity == "Invoice"
        for link in body.get("LinkedTxn", [])
        if link["TxnType"] == "Payment" and link["TxnId"] in deposited
    )
    scene.twin.delete("Invoice", {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]})
    before = len(scene.server.log)
    taken = scene.good("capture", "--record", f"Invoice:{invoice['Id']}")
    assert api_calls(scene, before) <= MOST_CALLS
    assert taken["complete"] is True
    scope = taken["fence"]["scope"]
    assert {f"Payment:{payment}", f"Customer:{invoice['CustomerRef']['value']}"} <= {*scope["read"]}
    deposits = {
        f"Deposit:{one}"
        for (entity, one), body in held.items()
        if entity == "Deposit"
        and any(link["TxnId"] == payment for line in body["Line"] for link in line.get("LinkedTxn", []))
    }
    assert deposits
    assert deposits <= {*scope["read"]}
    assert {*scope["gone"]} == {f"Invoice:{invoice['Id']}"}
    now = scene.twin.dump()
    for record in scene.case.snapshot("s2").records():
        if str(record.key) in scope["read"]:
            assert record.payload == now[record.key]
