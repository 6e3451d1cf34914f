"""Captures one after the other into a vault, of a local company over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics.case.care import repair_vault
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault, open_vault
from akika_forensics.errors import ServiceError
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer
from akika_forensics.vault import HeadStore, KdfCost

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()


@pytest.fixture
def case(served: TwinServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    known = served.credentials
    made = init_vault(
        tmp_path / "vault", Secret("x"), recovery_sheet=None, heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP
    )
    monkeypatch.setattr(made.companies, "limits", lambda _: QUICK)
    secret = Secret(known.client_secret)
    connection = Connection("twin", served.realm_id, served.base_url, served.token_url, known.client_id, secret)
    made.connect(connection, Secret(known.refresh_token))
    return made


def _held(case: Case, ref: str) -> dict[tuple[str, str], bytes]:
    return {(one.key.entity, one.key.id): one.payload for one in case.snapshot(ref).records()}


def _edit(twin: Twin, entity: str, **change: Any) -> str:
    key = min(record_id for name, record_id in twin.dump() if name == entity)
    body = twin.get(entity, key)
    assert body is not None
    twin.update(entity, {"Id": key, "SyncToken": body["SyncToken"], "sparse": True, **change})
    return key


def test_days_one_after_the_other(case: Case, served: TwinServer) -> None:
    twin = served.twin
    first = case.capture()
    assert first.fence["kind"] == "full"
    last = first
    for day in range(4):
        _edit(twin, "Invoice", PrivateNote=f"seen on day {day}")
        twin.create("Customer", {"DisplayName": f"Came on day {day}"})
        gone = sorted(record_id for name, record_id in twin.dump() if name == "JournalEntry")
        body = twin.get("JournalEntry", gone[0])
        assert body is not None
        twin.delete("JournalEntry", body)
        last = case.capture()
        assert (last.fence["kind"], last.fence["base"]) == ("incremental", f"s{day + 1}"), last.fence["why"]
        assert last.complete, last.findings
        assert last.requests < 40
        assert _held(case, last.id) == twin.dump()
        versions = case.history(RecordKey("JournalEntry", gone[0]))
        assert [version.present for version in versions] == [True, False]
        assert last.counts == {
            name: count for name, count in last.counts.items() if count == twin.count(name, inactive=True)
        }
    assert last.new_versions < 12
    asked = {(seen.method, seen.path.rsplit("/", 1)[-1]) for seen in served.log if seen.method != "GET"}
    assert asked <= {("POST", "batch"), ("POST", "bearer")}
    assert case.capture(full=True).fence["why"] == ["It was asked for."]
    assert _held(case, "latest") == twin.dump()
    assert not case.verify_vault(Secret("x")).findings


def test_a_merge_and_what_it_leaves_behind(case: Case, served: TwinServer) -> None:
    """No time of the citing records moves, and the feed is silent: everything is read, and what is gone is gone."""
    twin = served.twin
    case.capture()
    made = [twin.create("Vendor", {"DisplayName": name})["Id"] for name in ("Stays", "Goes")]
    account = next(
        record_id
        for name, record_id in sorted(twin.dump())
        if name == "Account" and b'"Expense"' in twin.dump()[name, record_id]
    )
    detail = {"AccountRef": {"value": account}}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bill = twin.create("Bill", {"VendorRef": {"value": made[1]}, "Line": [line]})
    assert case.capture().fence["kind"] == "incremental"
    twin.screens.merge("Vendor", made[1], made[0])
    info = case.capture()
    assert info.fence["kind"] == "full"
    assert f"Vendor:{made[1]} is gone" in info.fence["why"][0]
    assert info.complete, info.findings
    assert _held(case, info.id) == twin.dump()
    assert ("Vendor", made[1]) not in _held(case, info.id)
    record = case.snapshot(info.id).record(RecordKey("Bill", str(bill["Id"])))
    assert record is not None
    assert record.body["VendorRef"]["value"] == made[0]
    assert case.capture().fence["kind"] == "incremental"


def test_a_merge_that_a_capture_of_some_records_saw_first(case: Case, served: TwinServer) -> None:
    """It takes the name out, so that counts come out afterwards; who cited it is read again all the same."""
    twin = served.twin
    made = [str(twin.create("Vendor", {"DisplayName": name})["Id"]) for name in ("Stays", "Goes")]
    account = min(
        record_id for (name, record_id), body in twin.dump().items() if name == "Account" and b'"Expense"' in body
    )
    detail = {"AccountRef": {"value": account}}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    twin.create("Bill", {"VendorRef": {"value": made[1]}, "Line": [line]})
    case.capture()
    twin.screens.merge("Vendor", made[1], made[0])
    for key in (RecordKey("Vendor", made[1]), RecordKey("Vendor", made[0])):
        case.capture(records=[key])
    info = case.capture()
    assert _held(case, info.id) == twin.dump()
    assert info.fence["kind"] == "full"
    assert f"Vendor:{made[1]} is gone" in info.fence["why"][0]
    assert case.capture().fence["kind"] == "incremental"


def test_a_capture_after_a_loss_reads_everything_unasked(case: Case, served: TwinServer, tmp_path: Path) -> None:
    """The list of what was removed is lost: nobody can go on from there, and the next night's capture must not fail."""
    twin = served.twin
    case.capture()
    body = twin.get("JournalEntry", min(record_id for name, record_id in twin.dump() if name == "JournalEntry"))
    assert body is not None
    twin.delete("JournalEntry", body)
    case.capture()
    lost = case.vault._shelf.commits()[-1].text.manifest
    (tmp_path / "vault" / lost).write_bytes(b"gone")
    heads = HeadStore(tmp_path / "heads")
    repair_vault(tmp_path / "vault", Secret("x"), heads=heads, do=True)
    again = open_vault(tmp_path / "vault", passphrase=Secret("x"), heads=heads)
    again.companies.limits = lambda _: QUICK  # type: ignore[method-assign]
    info = again.capture()
    assert (info.fence["kind"], info.fence["why"]) == ("full", ["Records of snapshot s2, the one before, are lost."])
    assert _held(again, info.id) == twin.dump()
    assert again.capture().fence["kind"] == "incremental"


@pytest.mark.parametrize(
    "spec",
    [
        "throttle@every5",
        "error@every6",
        "drop@every7",
        "cut@every8",
        "fault@read:3",
        "fault@read:7",
        "refuse@sign-in:1,unavailable@sign-in:2,unauthorized@read:5",
        "seed=1,error@3%,drop@3%,cut@3%,throttle@3%",
    ],
)
def test_a_service_in_trouble_gives_a_whole_snapshot_or_none(case: Case, served: TwinServer, spec: str) -> None:
    twin = served.twin
    case.capture()
    _edit(twin, "Invoice", PrivateNote="changed")
    _edit(twin, "TimeActivity", Description="changed")
    twin.create("Customer", {"DisplayName": "New"})
    httpx.put(f"{served.base_url}/twin/faults", json={"spec": spec}, trust_env=False).raise_for_status()
    try:
        info = case.capture()
    except ServiceError:
        assert [one.id for one in case.snapshots()] == ["s1"]
        return
    if info.complete:
        assert _held(case, info.id) == twin.dump()
    else:
        assert [finding for finding in info.findings if finding["severity"] == "problem"]
