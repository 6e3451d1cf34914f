"""Notifications as a receiver gets them: signature, what each act tells, delivery in the face of bad receivers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from quickbooks import QuickBooks

from akika_forensics.errors import WrongUse
from akika_forensics.twin import Beliefs, Twin
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.webhooks import notice
from akika_forensics.twin.webhooks.courier import MOST
from akika_forensics.twin.webhooks.couriers import Couriers

from .hook_scene import GARBAGE, HANG, HANG_UP, REDIRECT, VERIFIER, Receiver, Sender, settle, unused_port

AT = datetime(2026, 3, 2, 17, 4, 5, 310000, tzinfo=UTC)
type Body = dict[str, Any]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def sender(books: Any) -> Iterator[Sender]:
    with Sender(books.twin) as made:
        yield made


def test_signature_and_headers_as_others_check_them(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy")
    books.twin.create("Customer", {"DisplayName": 'Zoë "& Söhne" <b>'})
    (delivery,) = receiver.wait(1)
    sent = delivery.headers
    expected = hmac.new(VERIFIER.encode(), delivery.body, hashlib.sha256).digest()
    assert base64.b64decode(sent["intuit-signature"]) == expected
    client = QuickBooks(minorversion=75)
    assert client.validate_webhook_signature(delivery.body.decode(), sent["intuit-signature"], VERIFIER)
    assert not client.validate_webhook_signature(delivery.body.decode() + " ", sent["intuit-signature"], VERIFIER)
    openssl = shutil.which("openssl")
    if openssl is not None:
        command = [openssl, "dgst", "-sha256", "-hmac", VERIFIER, "-binary"]
        done = subprocess.run(command, input=delivery.body, capture_output=True, check=True)
        assert done.stdout == expected
    assert sent["content-type"] == "application/json; charset=utf-8"
    assert sent["user-agent"] == "intuit_notification_server/0.1"
    assert sent["accept"] == "application/json"
    assert sent["intuit-notification-schema-version"] == "0.1"
    assert re.fullmatch(r"2026-03-02T09:\d\d:\d\d-0800", sent["intuit-created-time"])
    assert str(uuid.UUID(sent["intuit-t-id"])) == sent["intuit-t-id"]
    assert delivery.target == "/hook?key=1"


def test_what_each_act_of_the_books_tells(books: Any, receiver: Receiver, sender: Sender) -> None:
    twin = books.twin
    books.made("Invoice", books.sale(books.ann, 1))  # these make the accounts that they need
    books.made("Payment", {"CustomerRef": {"value": books.bob}, "TotalAmt": 1})
    sender.couriers.subscribe(receiver.url, "legacy")

    def tells(act: Any) -> list[str]:
        before = len(receiver.got)
        act()
        sender.settle()
        return [event for delivery in receiver.got[before:] for event in delivery.events]

    made: Body = {}
    assert tells(lambda: made.update(twin.create("Invoice", books.sale(books.ann, 40)))) == [
        f"Create Invoice:{made['Id']}"
    ]
    sold = made["Id"]
    to = {**books.get("Invoice", sold), "BillEmail": {"Address": "ann@example.com"}}
    assert tells(lambda: twin.update("Invoice", to)) == [f"Update Invoice:{sold}"]
    assert tells(lambda: twin.send("Invoice", sold)) == [f"Emailed Invoice:{sold}"]
    pays = {"CustomerRef": {"value": books.ann}, **books.pays(40, ("Invoice", sold, 40))}
    assert tells(lambda: made.update(twin.create("Payment", pays))) == [
        f"Create Payment:{made['Id']}",
        f"Update Invoice:{sold}",
    ]
    paid = made["Id"]
    assert tells(lambda: twin.void("Payment", books.get("Payment", paid))) == [
        f"Void Payment:{paid}",
        f"Update Invoice:{sold}",
    ]
    assert tells(lambda: twin.delete("Invoice", books.get("Invoice", sold))) == [f"Delete Invoice:{sold}"]
    off = {**books.get("Vendor", books.power), "Active": False}
    assert tells(lambda: twin.update("Vendor", off)) == [f"Delete Vendor:{books.power}"]
    on = {**books.get("Vendor", books.power), "Active": True}
    assert tells(lambda: twin.update("Vendor", on)) == [f"Update Vendor:{books.power}"]
    assert tells(lambda: twin.create("Attachable", {"Note": "for nobody"})) == []


def test_a_merge_names_who_is_gone(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "cloudevents")
    at = int(AT.timestamp()) * 1_000_000
    detail = json.dumps({"merged_from": "27"})
    event = Event(0, at, "9", "Olive", "person", "merged", "Customer", "1", None, "", "", "", None, False, detail)
    with books.twin.store.transaction():
        books.twin.store.trail.add([event])
    (delivery,) = receiver.wait(1)
    (told_event,) = json.loads(delivery.body)
    assert (told_event["type"], told_event["data"]) == ("qbo.customer.merged.v1", {"deletedid": "27"})


def test_one_request_is_one_notification(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy")
    with books.twin.transaction():
        for name in ("Cleo", "Dora", "Emil"):
            books.twin.create("Customer", {"DisplayName": name})
    (delivery,) = receiver.wait(1)
    assert [event.split(":")[0] for event in delivery.events] == ["Create Customer"] * 3


def test_what_happens_while_a_receiver_is_down_is_told_in_one(books: Any, receiver: Receiver, sender: Sender) -> None:
    down = [True]
    receiver.answer = lambda _: 503 if down[0] else 200
    sender.couriers.subscribe(receiver.url, "legacy")
    ids = [books.made("Customer", {"DisplayName": name}) for name in ("Cleo",)]
    sender.settle()
    ids += [books.made("Customer", {"DisplayName": name}) for name in ("Dora", "Emil")]
    sender.settle()
    assert [delivery.events for delivery in receiver.got] == [[f"Create Customer:{ids[0]}"]]
    down[0] = False
    sender.advance(seconds=10)
    sender.settle()
    assert [delivery.events for delivery in receiver.got[1:]] == [
        [f"Create Customer:{ids[0]}"],
        [f"Create Customer:{ids[1]}", f"Create Customer:{ids[2]}"],
    ]
    first, again = receiver.got[:2]
    assert (first.body, first.headers) == (again.body, again.headers)


def test_gathering(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy", gather=timedelta(minutes=5))
    books.made("Customer", {"DisplayName": "Cleo"})
    books.made("Customer", {"DisplayName": "Dora"})
    sender.settle()
    assert receiver.got == []
    sender.advance(minutes=5)
    (delivery,) = receiver.wait(1)
    assert len(delivery.events) == 2


def test_many_acts_are_told_in_parts(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy")
    with books.twin.transaction():
        made = [books.made("Term", {"Name": f"Net {number}", "DueDays": 1}) for number in range(MOST + 1)]
    receiver.wait(2)
    sender.settle()
    assert [len(delivery.events) for delivery in receiver.got] == [MOST, 1]
    assert receiver.accepted == [f"Create Term:{term}" for term in made]


def test_only_what_is_asked_for(books: Any, receiver: Receiver, sender: Sender) -> None:
    wanted = notice.read_wanted({"Invoice": ["Delete"], "Customer": True})
    sender.couriers.subscribe(receiver.url, "legacy", wanted)
    made = books.twin.create("Invoice", books.sale(books.ann, 5))
    books.twin.create("Vendor", {"DisplayName": "Cleo's"})
    books.twin.delete("Invoice", made)
    sender.settle()
    assert receiver.accepted == [f"Delete Invoice:{made['Id']}"]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, ""),
        (410, ""),
        (404, ""),
        (201, ""),
        (REDIRECT, "a redirect, not followed"),
        (HANG_UP, "the connection was closed without an answer"),
        (GARBAGE, "the answer is no HTTP"),
    ],
)
def test_a_receiver_that_refuses(status: int, answer: str, books: Any, receiver: Receiver, sender: Sender) -> None:
    receiver.answer = lambda _: status
    sender.couriers.subscribe(receiver.url, "legacy")
    made = books.made("Customer", {"DisplayName": "Cleo"})
    sender.settle()
    receiver.answer = lambda _: 200
    sender.advance(seconds=9)
    sender.settle()
    assert len(receiver.got) == 1
    sender.advance(seconds=1)
    sender.settle()
    rows = sender.couriers.log()
    assert [(row["status"], row["answer"], row["outcome"]) for row in rows] == [
        (max(status, 0), answer, "failed"),
        (200, "", "acknowledged"),
    ]
    assert rows[0]["about"] == [f"Create Customer:{made}"]
    assert rows[0]["body"].encode() == receiver.got[0].body
    assert len(receiver.got) == 2


def test_a_slow_receiver_is_not_waited_for(books: Any) -> None:
    with Receiver(lambda delivery: HANG if len(receiver.got) == 0 else 200) as receiver:
        with Sender(books.twin, deadline=timedelta(milliseconds=150)) as sender:
            sender.couriers.subscribe(receiver.url, "legacy")
            books.made("Customer", {"DisplayName": "Cleo"})
            receiver.wait(1)
            books.made("Customer", {"DisplayName": "Dora"})  # nobody else waits for it
            sender.settle()
            assert [row["answer"] for row in sender.couriers.log()] == ["no answer in time"]
            sender.advance(seconds=10)
            sender.settle()
            assert len(receiver.accepted) == 2


def test_a_receiver_that_trickles_is_cut_off_at_the_deadline(books: Any) -> None:
    import socketserver

    over = threading.Event()

    class Trickle(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            try:
                for letter in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2000:
                    self.request.sendall(bytes([letter]))
                    if over.wait(0.02):
                        return
            except OSError:
                return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Trickle) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with Sender(books.twin, deadline=timedelta(milliseconds=200)) as sender:
                sender.couriers.subscribe(f"http://127.0.0.1:{server.server_address[1]}", "legacy")
                books.made("Customer", {"DisplayName": "Cleo"})
                sender.settle()
                assert [row["answer"] for row in sender.couriers.log()] == ["no answer in time"]
        finally:
            over.set()
            server.shutdown()
            thread.join()


def test_nobody_listens(books: Any, sender: Sender) -> None:
    with unused_port() as port:
        sender.couriers.subscribe(f"http://127.0.0.1:{port}/", "legacy")
        books.made("Customer", {"DisplayName": "Cleo"})
        sender.settle()
    assert [(row["status"], row["answer"]) for row in sender.couriers.log()] == [(0, "nobody listens")]


def test_subscriptions_begin_with_what_happens_next(books: Any, receiver: Receiver, sender: Sender) -> None:
    books.made("Customer", {"DisplayName": "Cleo"})
    sender.couriers.subscribe(receiver.url, "legacy")
    later = books.made("Customer", {"DisplayName": "Dora"})
    sender.settle()
    assert receiver.accepted == [f"Create Customer:{later}"]


def test_an_ended_subscription_is_silent_and_its_log_stays(books: Any, receiver: Receiver, sender: Sender) -> None:
    receiver.answer = lambda _: 500
    number = sender.couriers.subscribe(receiver.url, "legacy")
    books.made("Customer", {"DisplayName": "Cleo"})
    sender.settle()
    sender.couriers.end(number)
    sender.advance(days=2)
    books.made("Customer", {"DisplayName": "Dora"})
    sender.settle()
    assert len(receiver.got) == 1
    assert sender.outcomes == [(1, "failed")]
    with pytest.raises(WrongUse, match="no webhook"):
        sender.couriers.end(number)


def test_two_receivers_do_not_wait_for_each_other(books: Any, receiver: Receiver, sender: Sender) -> None:
    with Receiver(lambda _: HANG_UP) as bad:
        sender.couriers.subscribe(bad.url, "cloudevents")
        sender.couriers.subscribe(receiver.url, "legacy")
        made = [books.made("Customer", {"DisplayName": name}) for name in ("Cleo", "Dora")]
        sender.settle()
        assert receiver.accepted == [f"Create Customer:{customer}" for customer in made]
        assert len(bad.got) == 1


def test_a_refused_request_tells_nothing(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy")
    books.refused("6240", books.twin.create, "Customer", {"DisplayName": "Ann"})
    kept = books.made("Customer", {"DisplayName": "Cleo"})
    sender.settle()
    assert receiver.accepted == [f"Create Customer:{kept}"]


def test_the_older_policy(books: Any, receiver: Receiver, sender: Sender) -> None:
    books.twin.believe(Beliefs().but(webhook_retries="given_up"))
    down = [books.made("Customer", {"DisplayName": "Before"})]
    receiver.answer = lambda delivery: 503 if down[0] in delivery.body.decode() else 200
    sender.couriers.subscribe(receiver.url, "legacy")
    down[0] = f'"{books.made("Customer", {"DisplayName": "Cleo"})}"'
    sender.settle()
    other = books.made("Customer", {"DisplayName": "Dora"})
    sender.settle()
    assert f"Create Customer:{other}" in receiver.accepted
    for minutes in (20, 30, 50):
        sender.advance(minutes=minutes)
        sender.settle()
    outcomes = [outcome for number, outcome in sender.outcomes if number == 1]
    assert outcomes == ["failed"] * 3 + ["given up"]
    (row,) = sender.couriers.told()
    assert row["blacklisted"]
    before = len(receiver.got)
    books.made("Customer", {"DisplayName": "Emil"})
    sender.advance(days=3)
    sender.settle()
    assert len(receiver.got) == before


def test_twice_late_dropped_and_shuffled_on_purpose(books: Any, receiver: Receiver) -> None:
    with Sender(books.twin, "hook-twice@1,hook-drop@2,hook-late@3:30,seed=5,hook-shuffle@5") as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        made = []
        for name in ("Cleo", "Dora", "Emil", "Fay"):
            made.append(books.made("Customer", {"DisplayName": name}))
            sender.settle()
        with books.twin.transaction():
            many = [books.made("Term", {"Name": f"Net {number}", "DueDays": 1}) for number in range(12)]
        sender.settle()
        sender.advance(seconds=30)
        sender.settle()
        first, _, third, fourth = (f"Create Customer:{customer}" for customer in made)
        terms = [f"Create Term:{term}" for term in many]
        assert [delivery.events for delivery in receiver.got[:3]] == [[first], [first], [fourth]]
        assert receiver.got[0].body == receiver.got[1].body
        shuffled = receiver.got[3].events
        assert sorted(shuffled) == sorted(terms)
        assert shuffled != terms
        assert [delivery.events for delivery in receiver.got[4:]] == [[third]]
        assert sender.outcomes == [
            (1, "acknowledged"), (1, "repeated"), (2, "dropped"), (4, "acknowledged"), (5, "acknowledged"),
            (3, "acknowledged"),
        ]  # fmt: skip


def test_disturbances_pick_notifications_by_what_they_tell(books: Any, receiver: Receiver) -> None:
    with Sender(
        books.twin, "hook-drop@[entity=CompanyCurrency]:*,hook-drop@[operation=create&entity=Vendor]:*"
    ) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        customer = books.made("Customer", {"DisplayName": "Cleo"})
        sender.settle()
        vendor = books.twin.create("Vendor", {"DisplayName": "Cleo's"})
        sender.settle()
        books.twin.update("Vendor", {**vendor, "CompanyName": "Cleo Ltd"})
        sender.settle()
        assert receiver.accepted == [f"Create Customer:{customer}", f"Update Vendor:{vendor['Id']}"]


def test_hostile_text_stays_text(books: Any, receiver: Receiver, sender: Sender) -> None:
    """Ids of loaded records may be anything; names never travel."""
    sender.couriers.subscribe(receiver.url, "cloudevents")
    nasty = '1"}],"x":[{"\r\nX-Evil: 1'
    at = int(AT.timestamp()) * 1_000_000
    event = Event(
        0, at, "9", "Olive", "person", "updated", "Customer", nasty, None, "", "</script>", "", None, False, ""
    )
    with books.twin.store.transaction():
        books.twin.store.trail.add([event])
    (delivery,) = receiver.wait(1)
    (told_event,) = json.loads(delivery.body)
    assert told_event["intuitentityid"] == nasty
    assert "x-evil" not in delivery.headers
    assert "</script>" not in delivery.body.decode()


def test_a_server_started_anew_goes_on(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = lambda _: 500
    twin = Twin(tmp_path / "company.sqlite", clock=lambda: AT)
    with Sender(twin) as sender:
        sender.couriers.subscribe(receiver.url, "legacy")
        made = [twin.create("Customer", {"DisplayName": "Cleo"})["Id"]]
        sender.settle()
    made.append(twin.create("Customer", {"DisplayName": "Dora"})["Id"])  # nobody was there to tell it
    twin.close()
    receiver.answer = lambda _: 200
    twin = Twin(tmp_path / "company.sqlite", clock=lambda: AT)
    with Sender(twin) as sender:
        sender.advance(seconds=10)
        sender.settle()
        assert receiver.accepted == [f"Create Customer:{customer}" for customer in made]
        assert receiver.got[0].body == receiver.got[1].body
        assert sender.outcomes == [(1, "failed"), (1, "acknowledged"), (2, "acknowledged")]
    twin.close()


def test_no_thread_is_left(books: Any, receiver: Receiver) -> None:
    def running() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("twin-webhook")]

    with Sender(books.twin) as sender:
        for _ in range(3):
            sender.couriers.subscribe(receiver.url, "legacy")
        books.made("Customer", {"DisplayName": "Cleo"})
        assert len(running()) == 3
    assert running() == []
    sender.couriers.stop()


def test_a_company_that_is_closed_while_served_ends_its_couriers(receiver: Receiver) -> None:
    twin = Twin(clock=lambda: AT)
    sender = Sender(twin)
    sender.couriers.start()
    sender.couriers.subscribe(receiver.url, "legacy")
    settle(twin, sender.couriers)
    twin.close()
    sender.couriers.ring()
    sender.couriers.stop()


def test_there_is_an_end_to_subscriptions(books: Any, receiver: Receiver) -> None:
    quiet = Couriers(books.twin, Sender(books.twin).couriers._script, lambda: VERIFIER)
    for _ in range(20):
        quiet.subscribe(receiver.url, "legacy")
    with pytest.raises(WrongUse, match="already"):
        quiet.subscribe(receiver.url, "legacy")
    assert quiet.keep_subscribed(receiver.url, "legacy") == 1


def test_a_clock_that_was_set_back_holds_nothing_up(books: Any, receiver: Receiver, sender: Sender) -> None:
    sender.couriers.subscribe(receiver.url, "legacy", gather=timedelta(minutes=5))
    sender.advance(days=1)
    books.twin.clock.stamp()
    books.twin.clock.set(AT)
    made = books.made("Customer", {"DisplayName": "Cleo"})
    receiver.wait(1)
    assert receiver.accepted == [f"Create Customer:{made}"]
