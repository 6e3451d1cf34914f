"""Answers over a real socket: cut off, compressed, dropped."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from akika_forensics.errors import NetworkFailed
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits, open_reader

BODY = b'{"Invoice":{"Id":"1","Amount":1.10},"time":"2026-11-23T02:00:00.000-08:00"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
INVOICE = RecordKey("Invoice", "1")


class Wire:
    """Sends one prepared answer a connection, then hangs up; the last again and again."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                received = b""
                while b"\r\n\r\n" not in received:
                    chunk = client.recv(65536)
                    if not chunk:
                        break
                    received += chunk
                answer = self.answers[min(self.asked, len(self.answers) - 1)]
                self.asked += 1
                client.sendall(answer)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def reader(fake: Any, wire: Wire) -> Iterator[Any]:
    connection = fake.connection()
    base = f"http://127.0.0.1:{wire.port}"
    connection = Connection("w", connection.realm_id, base, f"{base}/token", "id", connection.client_secret)
    clock = fake.FakeClock()
    with open_reader(connection, fake.store(clock), limits=Limits(clock=clock, attempts=3)) as opened:
        yield opened


def test_a_whole_answer(wire: Wire, reader: Any) -> None:
    wire.answers = [WHOLE]
    assert reader.read(INVOICE).payload == b'{"Id":"1","Amount":1.10}'
    assert reader.server_time.isoformat() == "2026-11-23T02:00:00-08:00"


def test_a_compressed_answer(wire: Wire, reader: Any) -> None:
    packed = gzip.compress(BODY)
    wire.answers = [HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed]
    assert reader.read(INVOICE).payload == b'{"Id":"1","Amount":1.10}'


@pytest.mark.parametrize(
    "broken",
    [
        WHOLE[:-9],
        b"",
        b"HTTP/1.1 200",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n20\r\n" + BODY[:32] + b"\r\n",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n" + b"not gzip!!",
    ],
)
def test_a_broken_answer_is_asked_for_again_and_is_an_error_when_it_stays(
    wire: Wire, reader: Any, broken: bytes
) -> None:
    wire.answers = [broken, WHOLE]
    assert reader.read(INVOICE) is not None
    wire.answers = [broken]
    with pytest.raises(NetworkFailed):
        reader.read(INVOICE)


def test_an_answer_without_length_that_ends_early_is_noticed(wire: Wire, reader: Any) -> None:
    wire.answers = [HEAD + b"\r\n" + BODY[:-3], HEAD + b"\r\n" + BODY]
    assert reader.read(INVOICE) is not None
    assert wire.asked == 2


def test_nobody_listens(fake: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    clock = fake.FakeClock()
    connection = Connection("w", "1", base, f"{base}/token", "id", fake.connection().client_secret)
    with open_reader(connection, fake.store(clock), limits=Limits(clock=clock)) as reader, pytest.raises(NetworkFailed):
        reader.read(INVOICE)
