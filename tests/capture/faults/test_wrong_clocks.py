"""One of the machines that answer has a wrong clock, and somebody works meanwhile: what a capture calls whole lacks nothing.

By such a clock a change may lie before the next reading, which would not look for it: neither counts nor Ids tell of an edit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import httpx
import pytest

from akika_forensics.model.instants import parse_instant
from akika_forensics.twin import Twin, serve

from .scene import take

MACHINES = {"company": "/companyinfo/", "page": "/query", "batch": "/batch", "feed": "/cdc"}
MOVES = {"an hour back": timedelta(hours=-1), "an hour ahead": timedelta(hours=1), "a day ahead": timedelta(days=1)}
WORK_AT = {"full": "/query", "incremental": "/cdc", "reports": "/reports/"}
"""After the first answer of which kind somebody edits a record."""

_TIME = re.compile(rb'"time":"([^"]+)"')


class WrongClock(httpx.BaseTransport):
    """Answers of one machine tell another time, in the body and in the header; after an answer at ``work_at`` ``work`` is done.

    ``first`` alone, or each of them.
    """

    def __init__(
        self, inner: httpx.BaseTransport, at: str, move: timedelta, first: bool, work_at: str, work: Callable[[], None]
    ) -> None:
        self._inner, self._at, self._move, self._first = inner, at, move, first
        self._work_at, self._work = work_at, work
        self.moved = 0
        self.worked = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        body = response.read()
        if self._work_at in request.url.path and not self.worked:
            self.worked = True
            self._work()
        if self._at not in request.url.path or (self._first and self.moved):
            return response
        self.moved += 1
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-encoding", "content-length", "transfer-encoding"}
        }
        headers["date"] = format_datetime(parsedate_to_datetime(headers["date"]) + self._move, usegmt=True)
        return httpx.Response(response.status_code, content=_TIME.sub(self._told, body), headers=headers)

    def _told(self, found: re.Match[bytes]) -> bytes:
        moved = parse_instant(found.group(1).decode()) + self._move
        return f'"time":"{moved.isoformat(timespec="milliseconds")}"'.encode()

    def close(self) -> None:
        self._inner.close()


def _edit(twin: Twin) -> None:
    """Nothing of it is counted: the record stays where it is, with another note."""
    body = twin.get("Invoice", "130")
    assert body is not None
    twin.update("Invoice", {**body, "PrivateNote": "changed while it was read"})


CASES = [
    (kind, work_at, machine, move, often)
    for kind, work_at in (("full", "full"), ("full", "reports"), ("incremental", "incremental"))
    for machine, move, often in itertools.product(MACHINES, MOVES, ("once", "always"))
]
_SEEN_THROUGH = [
    ("full", "reports", "feed", "an hour ahead", "once"),
    ("full", "reports", "feed", "an hour ahead", "always"),
    ("full", "reports", "feed", "a day ahead", "once"),
]
"""A capture that trusted the clock would call these whole and lack the change."""

SHORT = [
    *_SEEN_THROUGH,
    ("full", "full", "company", "a day ahead", "once"),
    ("full", "reports", "page", "an hour back", "once"),
    ("full", "reports", "batch", "an hour back", "always"),
    ("incremental", "incremental", "feed", "an hour ahead", "once"),
    ("incremental", "incremental", "company", "a day ahead", "always"),
]


@pytest.mark.parametrize("case", SHORT, ids=" ".join)
def test_a_change_made_meanwhile_is_not_missed_and_called_whole(served, whole, writers, case) -> None:  # type: ignore[no-untyped-def]
    _run(served, whole, writers, case)


@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_whichever_clock_is_wrong_nothing_is_missed(served, whole, writers, case) -> None:  # type: ignore[no-untyped-def]
    _run(served, whole, writers, case)


def _run(served: Twin, whole: Any, writers: Any, case: tuple[str, str, str, str, str]) -> None:
    kind, work_at, machine, move, often = case
    options: dict[str, Any] = {"before": whole.snapshot} if kind == "incremental" else {}
    writer = writers(whole) if kind == "incremental" else writers()
    made: list[WrongClock] = []
    twin = served.copy()

    def wrap(inner: httpx.BaseTransport) -> httpx.BaseTransport:
        made.append(
            WrongClock(inner, MACHINES[machine], MOVES[move], often == "once", WORK_AT[work_at], lambda: _edit(twin))
        )
        return made[0]

    try:
        with serve(twin) as server:
            ended = take(server, writer, wrap=wrap, **options)
        # A capture whose clocks never agree comes to no reports: it is not whole, and says so.
        assert made[0].worked or ended.how == "not whole"
        assert made[0].moved or (kind, machine) == ("incremental", "page")
        if ended.how == "whole":
            note = next(data for key, data in writer.state.items() if tuple(key) == ("Invoice", "130"))
            assert b"changed while it was read" in note
        elif ended.how == "not whole":
            assert ended.findings
        assert ended.how != "refused" or ended.refusal is not None
    finally:
        twin.close()
