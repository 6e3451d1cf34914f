"""Each recorded request sent over HTTP to a served twin, and the two answers compared."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from akika_forensics.twin import TwinServer, serve
from twin_recorded import comparing, presupposed, recordings
from twin_recorded.comparing import Aspect
from twin_recorded.recordings import Exchange, Recording
from twin_recorded.scenes import Stage

_AT_A_TIME: Final = 8
_OWN_TO_THE_CLIENT: Final = frozenset({"Content-Length", "Authorization", "Host"})


@dataclass(slots=True)
class Outcome:
    """One exchange replayed: every aspect that was compared."""

    exchange: Exchange
    aspects: list[Aspect] = field(default_factory=list)

    def score(self, kind: str | None = None) -> tuple[int, int]:
        """Equal and all, by weight; of one kind, or of everything but status and code."""
        rows = [row for row in self.aspects if (row.kind == kind if kind else row.kind not in comparing.ALWAYS)]
        return sum(row.weight for row in rows if row.equal), sum(row.weight for row in rows)

    @property
    def unequal(self) -> list[Aspect]:
        return [row for row in self.aspects if not row.equal]


def replay(folder: Path) -> Iterator[Outcome]:
    """Every recording, each in a company of its own; several at a time, as a server takes its time to stop."""
    every = list(recordings.read(folder))
    stage = Stage(folder, every)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for outcomes in pool.map(lambda recording: list(_one(stage, recording)), every):
            yield from outcomes


def _one(stage: Stage, recording: Recording) -> Iterator[Outcome]:
    with ExitStack() as open_now:
        scene = presupposed.prepare(stage, recording)
        open_now.callback(scene.twin.close)
        server = open_now.enter_context(serve(scene.twin))
        for exchange in recording.exchanges:
            scene.clock.now = exchange.moment
            yield _compared(exchange, *_ask(server, exchange))


def _ask(server: TwinServer, exchange: Exchange) -> tuple[int, dict[str, str], str]:
    headers = {name: value for name, value in exchange.asked.items() if name not in _OWN_TO_THE_CLIENT}
    body = exchange.body
    if exchange.path.endswith("/tokens/bearer"):
        body = _signed(server, exchange)
    else:
        headers["Authorization"] = f"Bearer {_token(server, exchange)}"
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(exchange.method, exchange.target, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        found = dict(answer.getheaders())
    finally:
        connection.close()
    if found.get("content-encoding") == "gzip":
        read = gzip.decompress(read)
    return answer.status, found, read.decode("utf-8", "replace")


def _token(server: TwinServer, exchange: Exchange) -> str:
    """A good token; where the service found it expired, the token it names."""
    if exchange.status != 401:
        return server.credentials.access_token
    detail = comparing.parse(exchange.answer)["fault"]["error"][0]["detail"]
    return str(detail.rpartition(" ")[2])


def _signed(server: TwinServer, exchange: Exchange) -> bytes:
    """The request of a token with this company's client and code, unless it was to fail."""
    form = dict(parse_qsl(exchange.body.decode()))
    if exchange.status == 200:
        known = server.credentials
        address = urlencode(
            {
                "client_id": known.client_id,
                "redirect_uri": form["redirect_uri"],
                "response_type": "code",
                "scope": "com.intuit.quickbooks.accounting",
                "state": "s",
            }
        )
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/connect/oauth2?{address}")
        location = connection.getresponse().getheader("location") or ""
        connection.close()
        code = dict(parse_qsl(urlsplit(location).query))["code"]
        form |= {"client_id": known.client_id, "client_secret": known.client_secret, "code": code}
    return urlencode(form).encode()


def _compared(exchange: Exchange, status: int, headers: dict[str, str], text: str) -> Outcome:
    outcome = Outcome(exchange)
    outcome.aspects.append(Aspect("status", "", str(exchange.status), str(status)))
    try:
        recorded: Any = comparing.parse(exchange.answer)
    except ValueError:
        # Of a document its kind is compared, and only the headers that its authors kept.
        kept = exchange.headers or {}
        outcome.aspects += [row for row in comparing.headers(kept, headers) if row.recorded != comparing.ABSENT]
        return outcome
    if exchange.headers is not None:
        outcome.aspects += comparing.headers(exchange.headers, headers)
    try:
        served: Any = comparing.parse(text)
        for part in exchange.within:
            served = served[part]
    except (ValueError, KeyError, TypeError, IndexError):
        served = {}
    theirs, ours = _codes(recorded), _codes(served)
    if theirs or ours:
        outcome.aspects.append(Aspect("code", "", " ".join(theirs), " ".join(ours)))
    bodies = comparing.Bodies(exchange.moment, exchange.in_order, exchange.in_digits, exchange.texts)
    outcome.aspects += bodies.compare(recorded, served)
    return outcome


def _codes(value: Any) -> list[str]:
    """The codes of every fault in an answer, in order."""
    if isinstance(value, list):
        return [code for inner in value for code in _codes(inner)]
    if not isinstance(value, dict):
        return []
    found = value.get("Error", value.get("error"))
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        return [str(row.get("code")) for row in found]
    return [code for inner in value.values() for code in _codes(inner)]
