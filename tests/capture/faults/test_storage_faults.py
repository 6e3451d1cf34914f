"""Every trouble of the storage behind attached files, once and for ever: the file comes, or the snapshot says that it did not."""

from __future__ import annotations

import itertools
import random
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from akika_forensics.capture import attachments
from akika_forensics.capture.attachables import Described, FilesBefore
from akika_forensics.quickbooks.downloads import Downloads
from akika_forensics.twin import Twin, serve
from akika_forensics.twin.attachments.upload import Upload

from .scene import QUICK, assert_honest, company, take
from .unchanging import unchanging

FILES = tuple(bytes([65 + number]) * (700 + number) for number in range(4))


class Broken(httpx.SyncByteStream):
    """Half of what was announced, and then the line is cut."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection")


def _status(status: int, body: bytes = b"", **headers: str) -> Any:
    return lambda _body: httpx.Response(status, content=body, headers=headers)


def _raising(error: type[httpx.TransportError]) -> Any:
    def answer(_body: bytes) -> httpx.Response:
        raise error("the line")

    return answer


WHATS: dict[str, Any] = {
    "ended": _status(403, b"<Error><Code>AccessDenied</Code></Error>"),
    "unauthorized": _status(401),
    "gone": _status(404),
    "throttle": _status(429),
    "error": _status(500),
    "unavailable": _status(503, b"<Error><Code>SlowDown</Code></Error>"),
    "elsewhere": _status(302, location="https://example.invalid/x"),
    "huge": _status(200, b"x", **{"content-length": "9" * 30}),
    "cut": lambda body: httpx.Response(200, stream=Broken(body)),
    "drop": _raising(httpx.RemoteProtocolError),
    "refuse": _raising(httpx.ConnectError),
    "silent": _raising(httpx.ReadTimeout),
}
BRIEF = ("ended", "unauthorized", "throttle", "error", "unavailable", "cut", "drop", "refuse", "silent")
"""What a further try may mend."""

WHEN: dict[str, Any] = {
    "once": lambda number: number == 1,
    "twice": lambda number: number in {2, 3},
    "every second": lambda number: number % 2 == 0,
    "always": lambda _number: True,
}
ADDRESS = ("", "error@[operation=download]:1", "fault@[operation=download]:*", "drop@[operation=download]:*")
"""And what happens to the question for a fresh address, which follows on some of them."""

CASES = list(itertools.product(("full", "incremental"), WHATS, WHEN, ADDRESS))


def _short() -> list[tuple[str, str, str, str]]:
    chance = random.Random(zlib.crc32(repr(CASES).encode()))
    left = chance.sample(CASES, len(CASES))
    chosen: list[tuple[str, str, str, str]] = []
    for place, names in ((0, ("full", "incremental")), (1, tuple(WHATS)), (2, tuple(WHEN)), (3, ADDRESS)):
        for name in names:
            if not any(one[place] == name for one in chosen):
                chosen.append(next(one for one in left if one[place] == name))
    return chosen


class Trouble(httpx.BaseTransport):
    def __init__(self, what: str, when: str) -> None:
        self._inner = httpx.HTTPTransport()
        self._what, self._when = WHATS[what], WHEN[when]
        self._seen = itertools.count(1)
        self.met = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if not self._when(next(self._seen)):
            return response
        self.met += 1
        body = response.read()
        answer: httpx.Response = self._what(body)
        answer.request = request
        return answer

    def close(self) -> None:
        self._inner.close()


@pytest.fixture(scope="module")
def served() -> Iterator[Twin]:
    twin = company()
    for number, content in enumerate(FILES):
        twin.attach(Upload([content], f"{number}.txt", "text/plain", {}))
    with unchanging(twin):
        yield twin
    twin.close()


def _run(
    served: Twin, whole: Any, later: Any, writers: Any, patched: pytest.MonkeyPatch, case: tuple[str, str, str, str]
) -> None:
    kind, what, when, address = case
    trouble = Trouble(what, when)
    options: dict[str, Any] = {}
    writer = writers(whole) if kind == "incremental" else writers()
    if kind == "incremental":
        # The files of the snapshot before are lost, so that all are to be brought again.
        options = {"before": whole.snapshot, "files_before": FilesBefore({}, _lacking(whole))}
    with patched.context() as within:
        within.setattr(attachments, "Downloads", partial(Downloads, limits=QUICK, transport=trouble))
        with serve(served, faults=address) as server:
            ended = take(server, writer, **options)
            sent = [(seen.method, seen.path) for seen in server.log]
    assert trouble.met or when == "twice"
    assert ended.how != "refused" or ended.refusal is not None
    if ended.how == "whole":
        assert writer.files == whole.files
        assert_honest(ended, served, whole if kind == "full" else later)
    elif ended.how == "not whole":
        assert any(code.startswith("attachment") for code in ended.findings)
        assert all(whole.files[key] == content for key, content in writer.files.items()), "half a file is none"
        assert not any("amazonaws" in str(row) or "Signature" in str(row) for row in ended.writer.committed["findings"])
    if what in BRIEF and when == "once" and not address:
        assert ended.how == "whole", ended.findings
    if when == "always":
        assert ended.how == "not whole"
    assert all(method == "GET" or path.endswith(("/batch", "/bearer")) for method, path in sent)


def _lacking(whole: Any) -> dict[Any, Any]:
    return {key: Described("", len(content)) for key, content in whole.files.items()}


@pytest.mark.parametrize("case", _short(), ids=" ".join)
def test_a_file_comes_or_is_said_to_lack(served, whole, later, writers, monkeypatch, case) -> None:  # type: ignore[no-untyped-def]
    _run(served, whole, later, writers, monkeypatch, case)


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_whatever_the_storage_does_no_file_is_half(served, whole, later, writers, monkeypatch, case) -> None:  # type: ignore[no-untyped-def]
    _run(served, whole, later, writers, monkeypatch, case)
