"""A receiver of notifications on this machine, and a company that sends them to it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from akika_forensics.model.instants import parse_instant
from akika_forensics.twin import Twin
from akika_forensics.twin.http.disturbance import Script
from akika_forensics.twin.webhooks.couriers import Couriers

VERIFIER = "a verifier token"
HANG = 0
"""In place of a status: no answer until the receiver stops."""
HANG_UP = -1
"""In place of a status: the connection is closed without an answer."""
GARBAGE = -2
REDIRECT = 302
_PATIENCE = 20.0
_A_LOOK = 0.004


@dataclass
class Delivery:
    """One POST as it came, and the status that was answered."""

    target: str
    headers: dict[str, str]
    body: bytes
    status: int = 0

    @property
    def events(self) -> list[str]:
        """Such as ``Create Invoice:130``, in either form."""
        told = json.loads(self.body)
        if isinstance(told, list):
            return [f"{event['type']}:{event['intuitentityid']}" for event in told]
        return [
            f"{entity['operation']} {entity['name']}:{entity['id']}"
            for notification in told["eventNotifications"]
            for entity in notification["dataChangeEvent"]["entities"]
        ]


class Receiver:
    """``answer`` is asked for the status of each delivery."""

    def __init__(self, answer: Callable[[Delivery], int] = lambda _: 200) -> None:
        self.answer = answer
        self.got: list[Delivery] = []
        self._came = threading.Condition()
        self._over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._take(self, Delivery(self.path, headers, body))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook?key=1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def _take(self, handler: BaseHTTPRequestHandler, delivery: Delivery) -> None:
        delivery.status = self.answer(delivery)
        with self._came:
            self.got.append(delivery)
            self._came.notify_all()
        if delivery.status == HANG:
            self._over.wait(_PATIENCE)
        if delivery.status == GARBAGE:
            handler.wfile.write(b"what is this\r\n\r\n")
        if delivery.status <= 0:
            handler.close_connection = True
            return
        handler.send_response(delivery.status)
        if delivery.status == REDIRECT:
            handler.send_header("location", f"{self.url}&again=1")
        handler.send_header("content-length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    def wait(self, count: int) -> list[Delivery]:
        """The deliveries, once there are as many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.got) >= count, _PATIENCE), f"{len(self.got)} came, not {count}"
            return list(self.got)

    @property
    def accepted(self) -> list[str]:
        """What was told in the deliveries that were answered 200, in their order."""
        return [event for delivery in self.got if delivery.status == 200 for event in delivery.events]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Sender:
    """A company whose notifications are carried without its being served; its clock stands still."""

    twin: Twin
    spec: str = ""
    deadline: timedelta = timedelta(seconds=5)
    couriers: Couriers = field(init=False)

    def __post_init__(self) -> None:
        self.twin.clock.freeze()
        self.couriers = Couriers(self.twin, Script(self.spec), lambda: VERIFIER, self.deadline)

    def __enter__(self) -> Self:
        self.couriers.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.couriers.stop()

    def advance(self, **by: float) -> None:
        self.twin.clock.advance(timedelta(**by))

    def settle(self) -> None:
        """Until nothing is left to be done before the clock moves."""
        settle(self.twin, self.couriers)

    @property
    def outcomes(self) -> list[tuple[int, str]]:
        """Of every attempt: the notification's number, what became of it."""
        return [(row["number"], row["outcome"]) for row in self.couriers.log()]


def settle(twin: Twin, couriers: Couriers) -> None:
    """Until every subscription waits for the clock or for something to happen."""
    paused = threading.Event()
    for _ in range(int(_PATIENCE / _A_LOOK)):
        if not any(busy(twin, row) for row in couriers.told()):
            return
        paused.wait(_A_LOOK)
    raise AssertionError(couriers.told())


def busy(twin: Twin, row: dict[str, Any]) -> bool:
    waiting = row["waiting"]
    if any(parse_instant(note["due"]) <= twin.clock() for note in waiting):
        return True
    held_back = row["blacklisted"] or any(not note["aside"] for note in waiting)
    return row["unseen"] > 0 and not held_back and not row["gather_s"]


@contextmanager
def unused_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
