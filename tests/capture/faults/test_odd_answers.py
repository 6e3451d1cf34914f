"""Answers that no service should give: cut, empty, foreign, doubled, out of order, of another company, without a time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from akika_forensics.twin import Twin, serve

from .scene import Ended, assert_honest, take

type Twist = Callable[[httpx.Request, bytes, dict[str, str]], tuple[int, bytes, dict[str, str]]]


class Twisting(httpx.BaseTransport):
    """Gives the answers to some requests to ``twist``; ``times`` of them, None for all."""

    def __init__(self, inner: httpx.BaseTransport, at: str, twist: Twist, times: int | None) -> None:
        self._inner, self._at, self._twist, self._times = inner, at, twist, times
        self.twisted = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if self._at not in request.url.path or (self._times is not None and self.twisted >= self._times):
            return response
        body = response.read()
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-encoding", "content-length", "transfer-encoding"}
        }
        self.twisted += 1
        status, body, headers = self._twist(request, body, headers)
        return httpx.Response(200 if status == 200 else status, content=body, headers=headers)

    def close(self) -> None:
        self._inner.close()


def _body(change: Callable[[bytes], bytes]) -> Twist:
    return lambda _request, body, headers: (200, change(body), headers)


def _value(change: Callable[[Any], Any]) -> Twist:
    def twist(_request: httpx.Request, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        try:
            value = json.loads(body)
        except ValueError:
            return 200, body, headers
        return 200, json.dumps(change(value)).encode(), headers

    return twist


def _answers(value: Any) -> Iterator[dict[str, Any]]:
    """Each QueryResponse of an answer, of a batch and of the change feed too."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "QueryResponse":
                yield from ([inner] if isinstance(inner, dict) else inner)
            else:
                yield from _answers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _answers(inner)


def _rows(change: Callable[[list[Any]], list[Any]]) -> Twist:
    def changed(value: Any) -> Any:
        for answer in _answers(value):
            for name, rows in answer.items():
                if isinstance(rows, list):
                    answer[name] = change(rows)
        return value

    return _value(changed)


def _without(name: str) -> Twist:
    def changed(value: Any) -> Any:
        for answer in _answers(value):
            answer.pop(name, None)
        return value

    return _value(changed)


def _renamed(value: Any) -> Any:
    for answer in _answers(value):
        for name in [name for name, rows in answer.items() if isinstance(rows, list)]:
            answer["Frobnicator"] = answer.pop(name)
    return value


def _broken_gzip(_request: httpx.Request, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    return 200, gzip.compress(body)[:-9], {**headers, "content-encoding": "gzip"}


def _html(_request: httpx.Request, _body: bytes, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    return 200, b"<html><title>Sign in</title></html>", {**headers, "content-type": "text/html"}


def _another_company(value: Any) -> Any:
    if isinstance(value, dict) and "CompanyInfo" in value:
        value["CompanyInfo"]["CompanyName"] = "Somebody Else"
    return value


TWISTS: dict[str, Twist] = {
    "cut in the middle": _body(lambda body: body[: len(body) // 2]),
    "empty": _body(lambda _: b""),
    "an empty object": _body(lambda _: b"{}"),
    "null": _body(lambda _: b"null"),
    "a list": _body(lambda body: b"[" + body + b"]"),
    "HTML": _html,
    "not text": _body(lambda body: b"\xff\xfe\x00" + body),
    "broken gzip": _broken_gzip,
    "another entity": _value(_renamed),
    "doubled rows": _rows(lambda rows: [one for row in rows for one in (row, row)]),
    "rows backwards": _rows(lambda rows: rows[::-1]),
    "one row less": _rows(lambda rows: rows[:-1]),
    "no rows": _rows(lambda _: []),
    "rows that are no objects": _rows(lambda rows: [*rows, "Invoice", None, 7]),
    "rows without Ids": _rows(
        lambda rows: [{k: v for k, v in row.items() if k != "Id"} if isinstance(row, dict) else row for row in rows]
    ),
    "no totalCount": _without("totalCount"),
    "no maxResults": _without("maxResults"),
    "no date": lambda _request, body, headers: (200, body, {k: v for k, v in headers.items() if k != "date"}),
    "another company's name": _value(_another_company),
    "JSON as deep as a well": _body(lambda _: b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "a number without end": _body(lambda body: body.replace(b'"Id":"', b'"Huge":' + b"9" * 5000 + b',"Id":"', 1)),
}
AT = {"page": "/query", "batch": "/batch", "feed": "/cdc", "report": "/reports/", "company": "/companyinfo/"}
HARMLESS = {"doubled rows", "rows backwards", "no totalCount", "no maxResults"}
"""What changes nothing of what is told."""


def _twisted(
    served: Twin, writer: Any, at: str, name: str, times: int | None, **options: Any
) -> tuple[Ended, Twisting]:
    made: list[Twisting] = []

    def wrap(inner: httpx.BaseTransport) -> httpx.BaseTransport:
        made.append(Twisting(inner, AT[at], TWISTS[name], times))
        return made[0]

    with serve(served) as server:
        return take(server, writer, wrap=wrap, **options), made[0]


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("name", TWISTS)
@pytest.mark.parametrize("at", ["page", "batch"])
def test_no_odd_answer_makes_a_snapshot_that_lacks_something_and_looks_whole(
    served: Twin, whole: Any, writers: Any, at: str, name: str, times: int | None
) -> None:
    ended, twisting = _twisted(served, writers(), at, name, times)
    assert twisting.twisted
    assert_honest(ended, served, whole, exact=False)
    # What is counted in a batch is told by totalCount alone.
    if name in HARMLESS and (name, at) != ("no totalCount", "batch"):
        assert ended.how == "whole"


@pytest.mark.parametrize("at", ["feed", "batch"])
@pytest.mark.parametrize("name", TWISTS)
def test_nor_in_a_capture_of_what_changed(
    served: Twin, whole: Any, later: Any, writers: Any, at: str, name: str
) -> None:
    ended, twisting = _twisted(served, writers(whole), at, name, None, before=whole.snapshot)
    assert twisting.twisted
    assert_honest(ended, served, later, exact=False)


@pytest.mark.parametrize("name", ["cut in the middle", "empty", "HTML", "null", "a list", "JSON as deep as a well"])
@pytest.mark.parametrize("at", ["report", "company"])
def test_nor_where_a_report_or_the_company_itself_is_odd(
    served: Twin, whole: Any, writers: Any, at: str, name: str
) -> None:
    ended, _ = _twisted(served, writers(), at, name, None)
    assert_honest(ended, served, whole, exact=False)
    if at == "company":
        assert ended.how == "refused"
