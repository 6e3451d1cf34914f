"""How many requests a second the twin answers: the server on one core, the callers on another.

Usage: python benchmarks/twin.py [SECONDS]

Beside the rate on the clock stands what the server's process computed for a request: on a machine with other work
the rate falls, the computing does not change.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

CONNECTIONS = 8
PAGE = 1000


def pin(core: int) -> None:
    """Where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def serve() -> None:
    """The sample company, and invoices for a full page; tells its address, then its computing time at each line read."""
    pin(0)
    from akika_forensics.twin import Twin, sample
    from akika_forensics.twin.http.server import serve as start

    twin = Twin()
    sample.build(twin)
    for _ in range(PAGE):
        twin.create("Invoice", invoice())
    with start(twin) as server:
        token = server.credentials.access_token
        print(json.dumps({"port": server.port, "realm": server.realm_id, "token": token}), flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


def invoice() -> dict[str, Any]:
    detail = {"ItemRef": {"value": "1"}, "Qty": 2, "UnitPrice": 50}
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": "1"}, "Line": [line, line]}


@dataclass(slots=True)
class Answered:
    requests: int
    seconds: float
    computed: float


class Company:
    """The server's process, and how to speak to it."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__)), "--serve"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        told = json.loads(self._told())
        self._address = ("127.0.0.1", told["port"])
        self._base = f"/v3/company/{told['realm']}"
        self._head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {told['token']}\r\nAccept: application/json\r\n"

    def _told(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def computed(self) -> float:
        """Seconds that the server's process has computed since it began."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return float(self._told())

    def get(self, path: str) -> bytes:
        return f"GET {self._base}{path} HTTP/1.1\r\n{self._head}\r\n".encode()

    def post(self, path: str, body: dict[str, Any]) -> bytes:
        content = json.dumps(body).encode()
        head = f"POST {self._base}{path} HTTP/1.1\r\n{self._head}Content-Type: application/json\r\n"
        return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content

    def call(self, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS) -> Answered:
        """As fast as it goes for so long, over connections that stay open."""
        begun_computing = self.computed()
        waiting = selectors.DefaultSelector()
        for _ in range(connections):
            connection = socket.create_connection(self._address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(next(requests))
        begun, answered = time.perf_counter(), 0
        while (now := time.perf_counter()) < begun + seconds or not answered:
            for key, _ in waiting.select():
                received: bytearray = key.data
                chunk = key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
                assert chunk, "the server closed the connection"
                received += chunk
                if complete(received):
                    received.clear()
                    answered += 1
                    key.fileobj.sendall(next(requests))  # type: ignore[union-attr]
        computed = self.computed() - begun_computing
        for key in list(waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        return Answered(answered, now - begun, computed)

    def close(self) -> None:
        self._process.communicate(timeout=30)


def complete(received: bytearray) -> bool:
    """Whether an answer is there whole; one that is not 200 ends the measurement."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(received[:end]).lower()
    assert b" 200 " in head.partition(b"\r\n")[0], bytes(received[:600])
    if b"chunked" in head:
        return received.endswith(b"0\r\n\r\n")
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return len(received) >= end + 4 + length


def rate(company: Company, what: str, requests: Iterator[bytes], seconds: float, goal: int) -> None:
    found = company.call(requests, seconds)
    each = 1e6 * found.computed / found.requests
    print(f"{what:<34}{found.requests / found.seconds:9,.0f} /s {each:9,.0f} µs computed   to reach: {goal:,} /s")


def asked(what: str) -> str:
    return "/query?query=" + quote("select * from " + what)  # noqa: S608 - a statement of the API, not of a database


def page(company: Company, what: str, statement: str, rounds: int = 9) -> None:
    request = company.get(asked(statement))
    found = [company.call(iter([request, request]), 0, connections=1) for _ in range(rounds)]
    clock = statistics.median(one.seconds for one in found)
    computed = statistics.median(one.computed for one in found) / 2  # a second one is sent when the first is there
    print(f"{what:<34}{1000 * clock:9,.1f} ms {1000 * computed:9,.1f} ms computed   to reach: 60 ms")


def repeated(make: Callable[[int], bytes]) -> Iterator[bytes]:
    return (make(number) for number in count())


def main() -> None:
    if "--serve" in sys.argv:
        serve()
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    company = Company()
    pin(1)
    customer = company.get("/customer/1")
    few = company.get(asked("Customer where Id = '1'"))
    rate(company, "reads of one record", repeated(lambda _: customer), seconds, 2_000)
    rate(company, "queries by Id", repeated(lambda _: few), seconds, 2_000)
    stamp = time.time_ns()
    named = repeated(lambda number: company.post("/customer", {"DisplayName": f"Caller {stamp}-{number}"}))
    rate(company, "new customers", named, seconds, 300)
    sold = repeated(lambda _: company.post("/invoice", invoice()))
    rate(company, "new invoices of two lines", sold, seconds, 300)
    page(company, f"page of {PAGE:,} invoices", f"Invoice maxresults {PAGE}")
    since = "Invoice where MetaData.LastUpdatedTime > '2020-01-01T00:00:00Z' "
    page(company, "the same since a time, by Id", f"{since} orderby Id maxresults {PAGE}")
    page(company, "the same by DocNumber", f"Invoice orderby DocNumber maxresults {PAGE}")
    company.close()


if __name__ == "__main__":
    main()
