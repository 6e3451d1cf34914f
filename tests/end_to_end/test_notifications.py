"""Notifications from the local company's own sender, at our door: kept sealed, once each, and only when signed."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sample_twin import sample_twin

from akika_forensics.case.hints import Hints, Kept
from akika_forensics.case.opening import open_vault
from akika_forensics.case.receiving import Door, Receiver
from akika_forensics.quickbooks.webhooks import MOST_BYTES, read_notification
from akika_forensics.settings import Secret
from akika_forensics.twin import Beliefs
from akika_forensics.vault.storage import StorageFailed

from .conftest import PASSPHRASE, staged

FORMS = ["legacy", "cloudevents"]
OTHER = {"webhook_last_updated": "offset", "webhook_event_id": "uuid_and_record", "webhook_data": "absent"}
OTHER |= {"webhook_void": "void", "webhook_content_type": "cloudevents", "webhook_acknowledged": "any_2xx"}
_PATIENCE = 20.0


class Heard:
    """What the door told, and a way to wait for it."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.said: list[str] = []
        self._came = threading.Condition()

    def told(self, kept: Kept) -> None:
        with self._came:
            self.kept.append(kept)
            self._came.notify_all()

    @property
    def new(self) -> int:
        return sum(sum(kept.new.values()) for kept in self.kept)

    def wait(self, deliveries: int) -> None:
        with self._came:
            assert self._came.wait_for(lambda: len(self.kept) >= deliveries, _PATIENCE), self.kept


@contextmanager
def open_door(scene: Any, verifier: str | None = None) -> Iterator[tuple[Receiver, Heard, Hints]]:
    heard = Heard()
    hints = Hints(scene.case.vault, scene.case.companies)
    token = Secret(verifier or scene.server.credentials.webhook_verifier_token)
    with Receiver(Door(hints, [token], told=heard.told, say=heard.said.append)) as receiver:
        yield receiver, heard, hints


def signed(scene: Any, body: bytes) -> dict[str, str]:
    key = scene.server.credentials.webhook_verifier_token.encode()
    return {"intuit-signature": base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()}


def change(scene: Any, number: int) -> list[str]:
    return [
        scene.twin.create("Customer", {"DisplayName": f"New {time.monotonic_ns()} {n}"})["Id"] for n in range(number)
    ]


def waiting(scene: Any) -> list[str]:
    """By a case of its own: what the vault holds."""
    case = open_vault(scene.vault, passphrase=Secret(PASSPHRASE))
    found = Hints(case.vault, case.companies).pending("craig", None)
    return sorted(found.what) if found else []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("other", [False, True])
def test_what_the_company_sends_is_kept_before_it_is_answered(
    tmp_path: Path, out: Callable[[], str], form: str, other: bool
) -> None:
    twin = sample_twin()
    twin.believe(Beliefs().but(**(OTHER if other else {})))
    with staged(tmp_path, twin, out) as scene, open_door(scene) as (receiver, heard, _):
        scene.server.webhooks.subscribe(receiver.url, form)
        ids = change(scene, 3)
        while heard.new < 3:
            heard.wait(len(heard.kept) + 1)
        assert waiting(scene) == sorted(f"created Customer:{one}" for one in ids)
        assert not heard.said


@pytest.mark.parametrize("form", FORMS)
def test_twice_late_and_shuffled_is_the_same_as_once(tmp_path: Path, out: Callable[[], str], form: str) -> None:
    twin = sample_twin()
    faults = "hook-twice@1,hook-twice@2,hook-late@3:1,hook-shuffle@4"
    with staged(tmp_path, twin, out, faults) as scene, open_door(scene) as (receiver, heard, _):
        scene.server.webhooks.subscribe(receiver.url, form)
        ids = []
        until = time.monotonic() + _PATIENCE
        for _ in range(2):
            ids += change(scene, 1)
            while time.monotonic() < until and heard.new < len(ids):
                time.sleep(0.01)  # what follows is told of by itself
        ids += change(scene, 1)
        time.sleep(0.05)  # mostly told of by itself too; it is late, so that the next comes before it
        with twin.transaction():
            ids += change(scene, 5)
        while time.monotonic() < until and (heard.new < len(ids) or len(heard.kept) < 6):
            time.sleep(0.02)
        assert waiting(scene) == sorted(f"created Customer:{one}" for one in ids)
        assert heard.new == len(ids)
        assert len(heard.kept) > 4


def test_a_snapshot_answers_what_was_told_and_custody_keeps_the_bytes(scene: Any) -> None:
    with open_door(scene) as (receiver, heard, hints):
        scene.server.webhooks.subscribe(receiver.url, "cloudevents")
        change(scene, 1)
        heard.wait(1)
        time.sleep(1.1)  # stamps are whole seconds
        info = scene.case.capture()
        assert hints.pending("craig", info) is None
        assert hints.pending("craig", None) is not None
        assert hints.answered("craig", info) == 1
        assert hints.pending("craig", None) is None
        assert hints.answered("craig", info) == 0
    (act,) = scene.case.custody.acts("notified")
    assert info.id in act.what
    document = json.loads(scene.case.vault.get_document(act.objects[0]))
    (raw,) = document["notifications"]
    body = base64.b64decode(raw["body"])
    assert read_notification(body).events[0].entity == "Customer"
    assert raw["sha256"] == hashlib.sha256(body).hexdigest()
    assert raw["signature"] == signed(scene, body)["intuit-signature"]
    assert scene.good("verify")["findings"] == []


def test_what_happened_after_the_snapshot_began_still_waits(scene: Any) -> None:
    info = scene.case.capture()
    with open_door(scene) as (receiver, _, hints):
        before, after = info.taken_at - timedelta(hours=1), info.taken_at + timedelta(hours=1)
        for at, record in ((before, "1"), (after, "2")):
            body = json.dumps([event(scene.server.realm_id, record, at)]).encode()
            assert httpx.post(receiver.url, content=body, headers=signed(scene, body)).status_code == 200
        found = hints.pending("craig", info)
        assert found is not None
        assert found.what == ("updated Customer:2",)


def test_an_event_that_says_it_lies_far_ahead_does_not_wait_for_ever(scene: Any) -> None:
    """Else one capture would follow the other until its time has come."""
    with open_door(scene) as (_, _heard, hints):
        body = json.dumps([event(scene.server.realm_id, "1")]).encode()
        hints.keep(read_notification(body), body, "", datetime.now(UTC) - timedelta(minutes=5))
        assert hints.pending("craig", None) is not None
        assert hints.pending("craig", scene.case.capture()) is None


def event(realm: str, record: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    time_ = (at or datetime(2030, 1, 1, tzinfo=UTC)).isoformat()
    told = {"specversion": "1.0", "id": f"e-{record}", "type": "qbo.customer.updated.v1", "time": time_}
    return {**told, "intuitentityid": record, "intuitaccountid": realm, **more}


def test_only_what_is_signed_is_taken(scene: Any) -> None:
    with open_door(scene) as (receiver, heard, _):
        body = json.dumps([event(scene.server.realm_id, "1")]).encode()
        good = signed(scene, body)
        post = httpx.post
        assert post(receiver.url, content=body).status_code == 401
        assert post(receiver.url, content=body, headers={"intuit-signature": "x" * 44}).status_code == 401
        assert post(receiver.url, content=body + b" ", headers=good).status_code == 401
        assert not heard.kept
        assert len(heard.said) == 3
        assert httpx.get(receiver.url).status_code == 405
        assert post(receiver.url + "/../x", content=body, headers=good).status_code == 404
        assert post(receiver.url, content=b"x" * (MOST_BYTES + 1), headers=good).status_code == 413
        assert not heard.kept
        assert post(receiver.url, content=body, headers=good).status_code == 200
        assert waiting(scene) == ["updated Customer:1"]


def test_a_sender_with_another_token_is_refused_until_it_is_right(scene: Any) -> None:
    with open_door(scene, "some other token") as (receiver, heard, _):
        scene.server.webhooks.subscribe(receiver.url, "cloudevents")
        change(scene, 1)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and not heard.said:
            time.sleep(0.02)
        assert "was refused" in heard.said[0]
        assert scene.server.credentials.webhook_verifier_token not in "".join(heard.said)
        assert not heard.kept
        (told,) = scene.server.webhooks.told()
        assert told["waiting"][0]["failures"] >= 1 or not heard.kept


def test_other_companies_are_not_kept_and_their_events_go_into_no_document(scene: Any) -> None:
    with open_door(scene) as (receiver, heard, hints):
        body = json.dumps([event("999", "7"), event(scene.server.realm_id, "1")]).encode()
        assert httpx.post(receiver.url, content=body, headers=signed(scene, body)).status_code == 200
        assert heard.kept[0] == Kept({"craig": 1}, 1)
        assert waiting(scene) == ["updated Customer:1"]
        scene.case.capture()
        hints.answered("craig", scene.case.capture())
    (act,) = scene.case.custody.acts("notified")
    (raw,) = json.loads(scene.case.vault.get_document(act.objects[0]))["notifications"]
    assert (raw["whole"], json.loads(base64.b64decode(raw["body"]))) == (False, ["updated Customer:1"])


def test_what_is_signed_and_not_understood_makes_us_look(scene: Any) -> None:
    with open_door(scene) as (receiver, heard, hints):
        body = b'{"a new form": true}'
        for _ in range(2):
            assert httpx.post(receiver.url, content=body, headers=signed(scene, body)).status_code == 200
        assert [kept.new for kept in heard.kept] == [{"craig": 1}, {"craig": 0}]
        found = hints.pending("craig", None)
        assert found is not None
        assert found.number == 1


def test_what_cannot_be_kept_is_not_acknowledged(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise StorageFailed("The disk is full.")

    with open_door(scene) as (receiver, heard, hints):
        body = json.dumps([event(scene.server.realm_id, "1")]).encode()
        with monkeypatch.context() as patched:
            patched.setattr(hints, "_write", full)
            assert httpx.post(receiver.url, content=body, headers=signed(scene, body)).status_code == 503
        assert httpx.post(receiver.url, content=body, headers=signed(scene, body)).status_code == 200
        assert heard.new == 1
        assert waiting(scene) == ["updated Customer:1"]


def test_many_notifications_become_a_document_before_the_slot_grows(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("akika_forensics.case.hints._MOST_BYTES", 4_000)
    monkeypatch.setattr("akika_forensics.case.hints._MOST_WAITING", 12)
    with open_door(scene) as (_, _heard, hints):
        for number in range(40):
            body = json.dumps([event(scene.server.realm_id, str(number))]).encode()
            hints.keep(read_notification(body), body, "", datetime.now(UTC))
        found = hints.pending("craig", None)
        assert found is not None
        assert (found.number, len(found.what)) == (40, 12)
        info = scene.case.capture()
        assert hints.answered("craig", info) == 28  # what lies in the future waits
    documents = [path for act in scene.case.custody.acts("notified") for path in act.objects]
    kept = [row for path in documents for row in json.loads(scene.case.vault.get_document(path))["notifications"]]
    assert len(kept) == 40
    assert len(documents) >= 3


def test_several_at_once_are_all_kept(scene: Any) -> None:
    with open_door(scene) as (receiver, heard, _):
        bodies = [json.dumps([event(scene.server.realm_id, str(n))]).encode() for n in range(16)]

        def send(body: bytes) -> None:
            assert httpx.post(receiver.url, content=body, headers=signed(scene, body), timeout=30).status_code == 200

        threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert heard.new == 16
        assert len(waiting(scene)) == 16


def test_the_verifier_token_is_kept_sealed(scene: Any) -> None:
    hints = Hints(scene.case.vault, scene.case.companies)
    assert hints.verifiers() == []
    hints.keep_verifier(Secret("canary-token-77"))
    assert hints.verifiers() == [Secret("canary-token-77")]
    assert not [path for path in scene.vault.rglob("*") if path.is_file() and b"canary-token-77" in path.read_bytes()]


def test_a_door_and_a_capture_in_two_processes_lose_nothing(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with no lock in common but the file."""
    monkeypatch.setattr("akika_forensics.case.hints._LOCK", contextlib.nullcontext())
    monkeypatch.setattr("akika_forensics.case.hints._PATIENCE", _PATIENCE)
    info = scene.case.capture()
    doors = [Hints(scene.case.vault, scene.case.companies) for _ in range(3)]

    def come(number: int) -> None:
        for one in range(8):
            at = info.taken_at + timedelta(hours=1 if one % 2 else -1)
            body = json.dumps([event(scene.server.realm_id, f"{number}-{one}", at)]).encode()
            doors[number].keep(read_notification(body), body, "", datetime.now(UTC))
            doors[number].answered("craig", info)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waiting(scene)) == 3 * 4
    documents = [path for act in scene.case.custody.acts("notified") for path in act.objects]
    kept = [row for path in documents for row in json.loads(scene.case.vault.get_document(path))["notifications"]]
    assert len(kept) == 3 * 8
