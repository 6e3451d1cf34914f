"""Captures of every kind send nothing but reads, and a write that somebody plants in them does not leave the machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics import capture
from akika_forensics.capture.changes import Changes
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.errors import AkikaError, Interrupted
from akika_forensics.quickbooks import Connection, open_reader
from akika_forensics.quickbooks.downloads import AddressRefused, Downloads
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.twin.http.request_log import Seen
from akika_forensics.vault import HeadStore, KdfCost

from .scene import QUICK, company, connection, take, tokens


def _is_read(seen: Seen) -> bool:
    """By an eye of its own: GET, the token address, or a batch of nothing but queries."""
    if seen.method == "GET":
        return True
    if seen.method != "POST":
        return False
    last = seen.path.rsplit("/", 1)[-1]
    if last == "bearer":
        return True
    if last != "batch" or "operation" in seen.query:
        return False
    items = json.loads(seen.body)["BatchItemRequest"]
    return bool(items) and all(item.keys() == {"bId", "Query"} for item in items)


@pytest.fixture
def served() -> Iterator[TwinServer]:
    twin = company()
    with serve(twin) as server:
        yield server
    twin.close()


@pytest.fixture
def case(served: TwinServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    made = init_vault(
        tmp_path / "vault", Secret("x"), recovery_sheet=None, heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP
    )
    monkeypatch.setattr(made.companies, "limits", lambda _: QUICK)
    made.connect(connection(served), Secret(served.credentials.refresh_token))
    return made


def _touch(twin: Twin) -> None:
    key = min(record_id for name, record_id in twin.dump() if name == "Invoice")
    body = twin.get("Invoice", key)
    assert body is not None
    twin.update("Invoice", {"Id": key, "SyncToken": body["SyncToken"], "sparse": True, "PrivateNote": "seen"})


def test_no_kind_of_capture_sends_anything_but_reads(case: Case, served: TwinServer) -> None:
    twin = served.twin
    kinds = []
    stop = iter([False] * 12 + [True] * 50)
    with pytest.raises(Interrupted):
        case.capture(should_stop=lambda: next(stop))
    kinds.append(case.capture().fence["kind"])
    _touch(twin)
    kinds.append(case.capture().fence["kind"])
    _touch(twin)
    before = twin.dump()
    invoice = min(record_id for name, record_id in before if name == "Invoice")
    kinds.append(case.capture(records=[f"Invoice:{invoice}"]).fence["kind"])
    kinds.append(case.capture(sparing=True).fence["kind"])
    kinds.append(case.capture(full=True).fence["kind"])
    assert kinds == ["full", "incremental", "scoped", "incremental", "full"]
    assert twin.dump() == before
    log = served.log
    assert len(log) > 100
    assert [seen for seen in log if not _is_read(seen)] == []
    assert {seen.method for seen in log} == {"GET", "POST"}
    assert [name for seen in log for name in seen.applied if not name.startswith("read")] == []


class Deaf:
    """A socket that takes connections and counts the bytes that come."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.came = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with line:
                self.came += len(line.recv(65536)) or 1

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    made = Deaf()
    yield made
    made.close()


WRITES = [
    ("POST", "invoice", b'{"Id":"1","SyncToken":"0"}'),
    ("POST", "invoice?operation=delete", b'{"Id":"1","SyncToken":"0"}'),
    ("POST", "invoice?operation=void", b"{}"),
    ("POST", "batch", b'{"BatchItemRequest":[{"bId":"1","operation":"create","Invoice":{}}]}'),
    (
        "POST",
        "batch",
        b'{"BatchItemRequest":[{"bId":"1","Query":"select * from Invoice"},{"bId":"2","operation":"delete","Bill":{}}]}',
    ),
    ("POST", "upload", b"x"),
    ("POST", "query", b"select * from Invoice"),
    ("POST", "invoice/1/send", b""),
    ("PUT", "invoice/1", b"{}"),
    ("PATCH", "invoice/1", b"{}"),
    ("DELETE", "invoice/1", b""),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_planted_write_ends_the_capture_before_a_byte_leaves(
    served: TwinServer, writers: Any, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: bytes
) -> None:
    """Somebody changes a module of the capture so that it writes: through the client that it has, it cannot."""
    planted = []

    def take_and_write(self: Changes, *given: Any, **more: Any) -> Any:
        reader = self._reader
        planted.append(1)
        reader._client.request(method, f"{reader.connection.company_url}/{path}", content=body)
        return original(self, *given, **more)

    original = Changes.take
    monkeypatch.setattr(Changes, "take", take_and_write)
    before = served.twin.dump()
    ended = take(served, writers())
    assert planted
    assert ended.how == "refused"
    assert ended.refusal is not None
    assert ended.refusal.code == "write_blocked"
    assert served.twin.dump() == before
    assert [seen for seen in served.log if not _is_read(seen)] == []


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_no_byte_of_it_reaches_the_line(deaf: Deaf, served: TwinServer, method: str, path: str, body: bytes) -> None:
    known = connection(served)
    base = f"http://127.0.0.1:{deaf.port}"
    there = Connection("x", known.realm_id, base, f"{base}/token", known.client_id, Secret("s"))
    with open_reader(there, tokens(served), limits=QUICK) as reader:
        with pytest.raises(AkikaError):
            reader._client.request(method, f"{there.company_url}/{path}", content=body)
    with Downloads(there, QUICK) as downloads:
        for request in (
            httpx.Request(method, f"{there.company_url}/{path}", content=body),
            httpx.Request("GET", f"{there.company_url}/{path}", headers={"Authorization": "Bearer t"}),
            httpx.Request("GET", f"{there.company_url}/{path}", headers={"Cookie": "a=b"}),
            httpx.Request("GET", f"{there.company_url}/{path}", content=b"a body"),
        ):
            with pytest.raises(AddressRefused):
                downloads._transport.handle_request(request)
    assert deaf.came == 0


def test_the_deaf_socket_would_hear(deaf: Deaf) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"http://127.0.0.1:{deaf.port}/x", content=b"y", timeout=2, trust_env=False)
    assert deaf.came > 0


def test_the_capture_knows_no_other_way_out() -> None:
    """No module of the capture makes a client of its own, opens a socket or starts a program."""
    forbidden = ("httpx", "socket", "urllib.request", "http.client", "subprocess", "requests", "aiohttp")
    folder = Path(capture.__file__).parent
    for file in folder.rglob("*.py"):
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
        made = [line for line in lines if line.startswith(("import ", "from "))]
        assert not [line for line in made for name in forbidden if line.split()[1].split(".")[0] == name.split(".")[0]]
