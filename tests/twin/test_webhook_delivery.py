"""Whatever receiver, clock and server do, each change is told once and in its order, unless it was asked otherwise."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.cli.app import main
from akika_forensics.twin import Twin, serve
from akika_forensics.twin.webhooks.forms import signature
from tests.twin.hook_scene import GARBAGE, HANG_UP, REDIRECT, Receiver, Sender
from tests.twin.test_killed import client, served

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A story that fails is not made shorter: each try serves a company."""
MOODS = (200, 500, 410, REDIRECT, HANG_UP, GARBAGE)

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(1, 4)),
        st.tuples(st.just("update"), st.integers(0, 5)),
        st.tuples(st.just("remove"), st.integers(0, 5)),
        st.tuples(st.just("mood"), st.integers(0, 10**6)),
        st.tuples(st.just("clock"), st.sampled_from([10, 45, 400, 8 * 3600])),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)


class Story:
    """A company in a file, changed and served by turns, and what a receiver of moods must have been told of it."""

    def __init__(self, folder: str, spec: str) -> None:
        self.file = Path(folder) / "company.sqlite"
        self.spec = spec
        self.expected: list[str] = []
        self.live: list[str] = []
        self.mood: random.Random | None = None
        self.receiver = Receiver(self.answer)
        self.sender = self.open()

    def answer(self, _delivery: Any) -> int:
        return 200 if self.mood is None else self.mood.choice(MOODS)

    def open(self) -> Sender:
        sender = Sender(Twin(self.file, clock=lambda: START), self.spec)
        sender.couriers.start()
        sender.couriers.keep_subscribed(self.receiver.url, "legacy")
        return sender

    def close(self) -> None:
        self.sender.couriers.stop()
        self.sender.twin.close()

    def do(self, step: str, much: int) -> None:
        twin = self.sender.twin
        match step:
            case "create":
                with twin.transaction():
                    for _ in range(much):
                        made = twin.create("Vendor", {"DisplayName": f"Vendor {len(self.expected)}"})["Id"]
                        self.live.append(made)
                        self.expected.append(f"Create Vendor:{made}")
            case "update" if self.live:
                vendor = self.live[much % len(self.live)]
                twin.update("Vendor", {**(twin.get("Vendor", vendor) or {}), "Notes": f"{len(self.expected)}"})
                self.expected.append(f"Update Vendor:{vendor}")
            case "remove" if self.live:
                vendor = self.live.pop(much % len(self.live))
                twin.update("Vendor", {**(twin.get("Vendor", vendor) or {}), "Active": False})
                self.expected.append(f"Delete Vendor:{vendor}")
            case "mood":
                self.mood = random.Random(much) if much % 4 else None
            case "clock":
                self.sender.advance(seconds=much)
            case "restart":
                self.close()
                self.sender = self.open()
        self.sender.settle()

    def end(self) -> None:
        """The receiver is well again and time goes by."""
        self.mood = None
        for _ in range(3):
            self.sender.advance(hours=7)
            self.sender.settle()


def told(steps: list[tuple[str, int]], spec: str) -> tuple[Story, list[str]]:
    with TemporaryDirectory() as folder:
        story = Story(folder, spec)
        with story.receiver:
            for step, much in steps:
                story.do(step, much)
            story.end()
            waiting = [row["waiting"] for row in story.sender.couriers.told()]
            story.close()
        assert waiting == [[]]
        return story, story.receiver.accepted


SLOW = settings(
    max_examples=300 if SOAK else 25, deadline=None, phases=QUICK, suppress_health_check=[HealthCheck.too_slow]
)


@SLOW
@given(STEPS)
def test_everything_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    story, accepted = told(steps, "")
    assert accepted == story.expected


@SLOW
@given(STEPS, st.integers(0, 100))
def test_duplicates_and_disorder_lose_nothing(steps: list[tuple[str, int]], seed: int) -> None:
    story, accepted = told(steps, f"seed={seed},hook-late@30%:25,hook-shuffle@50%")
    assert Counter(accepted) == Counter(story.expected)
    story, accepted = told(steps, f"seed={seed},hook-twice@50%")
    assert set(accepted) == set(story.expected)
    firsts = list(dict.fromkeys(accepted))
    assert firsts == list(dict.fromkeys(story.expected))
    assert max(Counter(accepted).values(), default=1) <= 2 * max(Counter(story.expected).values(), default=1)


@SLOW
@given(STEPS)
def test_what_is_dropped_on_purpose_is_never_told(steps: list[tuple[str, int]]) -> None:
    story, accepted = told(steps, "hook-drop@[operation=update]:*")
    assert not any(event.startswith("Update") for event in accepted)
    rest = iter(story.expected)
    assert all(event in rest for event in accepted)  # a part of it, in its order


# the same over HTTP


def test_the_door(books: Any) -> None:
    with Receiver() as receiver, serve(books.twin) as server:
        door = httpx.Client(base_url=server.base_url, timeout=60)
        asked = {"url": receiver.url, "format": "legacy", "entities": {"Customer": ["Create"]}, "gather_s": 0}
        made = door.post("/twin/webhooks", json=asked)
        assert made.status_code == 200, made.text
        assert made.json() == {
            **asked,
            "id": 1,
            "blacklisted": False,
            "notifications": 0,
            "unseen": 0,
            "waiting": [],
            "attempts": {},
        }
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        path = f"/v3/company/{server.realm_id}"
        body = {"BatchItemRequest": [
            {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Cleo"}},
            {"bId": "2", "operation": "create", "Customer": {"DisplayName": "Ann"}},
            {"bId": "3", "operation": "create", "Customer": {"DisplayName": "Dora"}},
        ]}  # fmt: skip
        answers = door.post(f"{path}/batch", json=body, headers=head, params={"requestid": "once"}).json()
        ids = [row["Customer"]["Id"] for row in answers["BatchItemResponse"] if "Customer" in row]
        assert len(ids) == 2
        receiver.wait(1)
        door.post(f"{path}/batch", json=body, headers=head, params={"requestid": "once"})  # the first answer again
        door.post(f"{path}/customer", json={"DisplayName": "Emil"}, headers=head)
        receiver.wait(2)
        assert receiver.accepted[:2] == [f"Create Customer:{customer}" for customer in ids]
        assert len(receiver.accepted) == 3
        token = server.credentials.webhook_verifier_token
        assert receiver.got[0].headers["intuit-signature"] == signature(receiver.got[0].body, token)
        while not (log := door.get("/twin/webhooks/log", params={"since": 1}).json())["attempts"]:
            pass
        assert log["last"] == 2
        assert [(row["webhook"], row["number"], row["status"]) for row in log["attempts"]] == [(1, 2, 200)]
        assert door.get("/twin/webhooks").json()["webhooks"][0]["attempts"] == {"acknowledged": 2}
        assert door.delete("/twin/webhooks/1").json() == {"webhooks": []}
        assert door.delete("/twin/webhooks/1").status_code == 400
        door.close()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"url": 7},
        {"url": "http://example.com/"},
        {"url": "http://127.0.0.1/", "format": "xml"},
        {"url": "http://127.0.0.1/", "entities": {"Nothing": True}},
        {"url": "http://127.0.0.1/", "gather_s": -1},
        {"url": "http://127.0.0.1/", "gather_s": True},
        {"url": "http://127.0.0.1/", "colour": "red"},
    ],
)
def test_the_door_refuses_what_makes_no_sense(asked: dict[str, Any], company: Any) -> None:
    answer = company.http.post("/twin/webhooks", json=asked)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert company.http.get("/twin/webhooks").json() == {"webhooks": []}


@pytest.mark.parametrize("path", ["/twin/webhooks/log?since=x", "/twin/webhooks/log?since=-1"])
def test_the_log_is_asked_by_number(path: str, company: Any) -> None:
    assert company.http.get(path).status_code == 400


def test_a_page_of_another_site_cannot_subscribe(company: Any) -> None:
    headers = {"Origin": "http://evil.example"}
    answer = company.http.post("/twin/webhooks", json={"url": "http://127.0.0.1:9/"}, headers=headers)
    assert answer.status_code == 403


def test_advancing_the_clock_makes_a_retry_due(company: Any) -> None:
    down = [True]
    with Receiver(lambda _: 500 if down[0] else 200) as receiver:
        company.http.post("/twin/clock", json={"frozen": True})
        company.http.post("/twin/webhooks", json={"url": receiver.url})
        company.post("customer", {"DisplayName": "Cleo"})
        receiver.wait(1)
        while not company.http.get("/twin/webhooks/log").json()["attempts"]:
            pass
        down[0] = False
        company.http.post("/twin/clock", json={"advance_s": 10})
        receiver.wait(2)
        assert receiver.got[0].body == receiver.got[1].body


def test_the_api_goes_on_beside_a_receiver_that_hangs(books: Any) -> None:
    with Receiver(lambda _: 0) as receiver, serve(books.twin) as server:
        number = server.webhooks.subscribe(receiver.url, "legacy")
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        path = f"{server.base_url}/v3/company/{server.realm_id}/customer"
        for name in ("Cleo", "Dora", "Emil"):
            assert httpx.post(path, json={"DisplayName": name}, headers=head).status_code == 200
        receiver.wait(1)
        assert number == 1


def test_a_killed_company_tells_what_it_had_not_told(tmp_path: Path) -> None:
    down = [True]
    with Receiver(lambda _: 500 if down[0] else 200) as receiver:
        with served(tmp_path, "--webhook", receiver.url, "--webhook-format", "legacy") as (process, told_first):
            with client(told_first) as web:
                made = web.post("customer", json={"DisplayName": "Cleo"}).json()["Customer"]["Id"]
            receiver.wait(1)
            process.kill()
            process.wait()
        down[0] = False
        with served(tmp_path, "--webhook", receiver.url, "--webhook-format", "legacy") as (_, told_then):
            httpx.post(f"{told_then['base_url']}/twin/clock", json={"advance_s": 60})
            receiver.wait(2)
            assert [row["id"] for row in httpx.get(f"{told_then['base_url']}/twin/webhooks").json()["webhooks"]] == [1]
    assert set(receiver.accepted) == {f"Create Customer:{made}"}
    key = told_then["webhook_verifier_token"]
    assert key == told_first["webhook_verifier_token"]
    assert receiver.got[-1].headers["intuit-signature"] == signature(receiver.got[-1].body, key)


def test_the_command_line_refuses_other_machines(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "serve", "--company", "empty", "--webhook", "http://example.com/"]) == 2
    told_error = capfd.readouterr()
    assert "not on this machine" in told_error.err
    assert told_error.out == ""
