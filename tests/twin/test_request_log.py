"""The request log: what came, what was applied, what was answered; no secret in it; as it is in memory, so in the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Twin, serve
from akika_forensics.twin.http import request_log
from akika_forensics.twin.http.request_log import BODY_LIMIT, RequestLog

from .served_scene import Company


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Company]:
    """A company in a file."""
    twin = Twin(tmp_path / "company.sqlite")
    with serve(twin) as server:
        company = Company(server, None)
        yield company
        company.http.close()
    twin.close()


def told(company: Company, since: int = 0) -> list[Any]:
    return list(company.http.get("/twin/log", params={"since": since}).json()["requests"])


def test_an_entry_says_what_came_and_what_was_answered(company: Company) -> None:
    body = json.dumps({"DisplayName": "Zoë"}, ensure_ascii=False).encode()
    answer = company.send("customer", body, "application/json", requestid="r")
    (row,) = told(company)
    at = row.pop("at")
    assert at.startswith("2026-03-02T17:0")
    assert row == {
        "number": 1,
        "kind": "write",
        "kind_number": 1,
        "method": "POST",
        "path": company.path("customer"),
        "query": "requestid=r",
        "request_id": "r",
        "digest": hashlib.sha256(body).hexdigest(),
        "seq": 1,
        "body": '{"DisplayName": "Zoë"}',
        "status": 200,
        "code": "",
        "answer_digest": hashlib.sha256(answer.content).hexdigest(),
        "replayed": False,
        "applied": ["create Customer:6"],
        "disturbed": "",
        "charged": [1, 0],
    }
    company.send("customer", body, "application/json", requestid="r")
    company.post("customer", {"DisplayName": "Ann"})
    company.get("query", query="select * from Nowhere")
    company.http.get("/v3/company/999/customer/1")
    company.http.get("/nowhere")
    assert [(row["status"], row["code"], row["replayed"], row["applied"]) for row in told(company, 1)] == [
        (200, "", True, []),
        (400, "6240", False, []),
        (400, "4001", False, []),
        (403, "3100", False, []),
        (400, "500", False, []),
    ]
    assert [row["seq"] for row in told(company, 4)] == [5, 6]
    assert company.http.get("/twin/log").json()["last"] == 6
    for wrong in ("x", "-1", "9" * 5000):
        assert company.http.get("/twin/log", params={"since": wrong}).status_code == 400


def test_no_token_and_no_secret_is_in_it(kept: Company) -> None:
    given = kept.server.credentials
    client = (given.client_id, given.client_secret)
    form = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
    fresh = httpx.post(kept.server.token_url, data=form, auth=client).json()
    in_body = form | {"client_id": given.client_id, "client_secret": given.client_secret}
    httpx.post(kept.server.token_url, data=in_body)
    kept.get("query", query="select * from Customer", access_token=fresh["access_token"])
    kept.http.get(kept.path("customer/1"), headers={"Authorization": f"Bearer {given.refresh_token}"})
    revoke = f"{kept.server.base_url}/v2/oauth2/tokens/revoke"
    httpx.post(revoke, json={"token": fresh["access_token"]}, auth=client)
    text = json.dumps(told(kept)) + str(kept.server.twin.store.served.since(0, 10**9))
    assert len(told(kept)) >= 4
    for secret in (
        given.client_secret,
        given.access_token,
        given.refresh_token,
        given.webhook_verifier_token,
        fresh["access_token"],
    ):
        assert secret not in text


def test_what_is_no_text_is_not_shown_and_what_is_long_is_cut(company: Company) -> None:
    long = b'{"DisplayName": "' + "ä".encode() * BODY_LIMIT
    for body in (long, long[:-1], b"\xff\xfe\x00", b""):
        company.send("customer", body, "application/json")
    shown = [row["body"] for row in told(company)]
    assert len(shown[0].encode()) in {BODY_LIMIT, BODY_LIMIT - 1}
    assert long.decode().startswith(shown[0])
    assert shown[1] == shown[0]
    assert shown[2:] == ["", ""]
    assert told(company)[0]["digest"] == hashlib.sha256(long).hexdigest()


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(1, 8), st.integers(0, 200))
def test_memory_is_bounded_and_nothing_is_renumbered(bodies: list[bytes], held: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_log, "_HELD", held)
        patch.setattr(request_log, "_HELD_BYTES", size)
        log = RequestLog()
        for body in bodies:
            log.done(log.arrive("read", "POST", "/", "", None, body), 200, b"")
        rows = log.as_dicts()
    assert len(rows) == min(len(bodies), held)
    assert [row["seq"] for row in rows] == list(range(len(bodies) - len(rows) + 1, len(bodies) + 1))
    assert sum(len(row["body"]) for row in rows) <= size
    assert log.last == len(bodies)


def test_the_file_holds_what_memory_let_go_of(kept: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "_HELD", 3)
    kept.server.twin.requests = RequestLog(kept.server.twin.store.served)
    for number in range(8):
        kept.post("customer", {"DisplayName": f"Name {number}"})
    assert [row["seq"] for row in told(kept)] == list(range(1, 9))
    assert [row["applied"] for row in told(kept, 3)] == [[f"create Customer:{number}"] for number in range(4, 9)]
    assert [row["seq"] for row in kept.http.get("/twin/log").json()["requests"]] == [6, 7, 8]


def test_a_stopped_company_goes_on_with_its_log(tmp_path: Path) -> None:
    def serve_once(name: str) -> list[Any]:
        twin = Twin(tmp_path / "company.sqlite")
        with serve(twin) as server:
            company = Company(server, None)
            company.post("customer", {"DisplayName": name})
            company.post("customer", {"DisplayName": name})
            company.get("preferences")
            found = told(company)
            company.http.close()
        twin.close()
        return found

    first = serve_once("One")
    second = serve_once("Two")
    assert second[:3] == first
    assert [(row["seq"], row["number"], row["kind_number"]) for row in second] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 1),
        (4, 4, 3),
        (5, 5, 4),
        (6, 6, 2),
    ]
    assert [row["applied"] for row in second if row["kind"] == "write"] == [
        ["create Customer:1"],
        [],
        ["create Customer:2"],
        [],
    ]


def test_what_fails_in_the_middle_is_neither_in_the_books_nor_in_the_log(kept: Company, monkeypatch: Any) -> None:
    """The entry is written in the transaction of what it tells of: when the one cannot be written, the other is undone."""
    twin = kept.server.twin

    def full(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(twin.store.served, "note", full)
        with pytest.raises(httpx.HTTPError):
            kept.post("customer", {"DisplayName": "Lost"}).raise_for_status()
    assert twin.count("Customer") == 0
    assert not [row for row in twin.store.served.since(0, 10**9) if b"create Customer" in row]
    again = httpx.post(
        kept.server.base_url + kept.path("customer"), json={"DisplayName": "Found"}, headers=kept.http.headers
    )
    assert again.status_code == 200
