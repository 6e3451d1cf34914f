"""Which answers count as reads, and as how many."""

from __future__ import annotations

import json

import httpx
import pytest

from akika_forensics.quickbooks.metering import NOTHING, Credits, Metered

COMPANY = "https://api.example/v3/company/123"
GOOD, BAD = {"bId": "1", "QueryResponse": {}}, {"bId": "2", "Fault": {"Error": []}}


def counted(method: str, url: str, status: int = 200, body: bytes = b"{}") -> list[Credits]:
    found: list[Credits] = []
    inner = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    with httpx.Client(transport=Metered(inner, found.append)) as client:
        client.request(method, url)
    return found


@pytest.mark.parametrize(
    ("method", "place", "expected"),
    [
        ("GET", "/query?query=select", Credits(calls=1)),
        ("GET", "/cdc?entities=Invoice", Credits(calls=1)),
        ("GET", "/reports/TrialBalance", Credits(calls=1)),
        ("GET", "/invoice/130", Credits(calls=1)),
        ("GET", "/download/5", Credits(calls=1, downloads=1)),
    ],
)
def test_a_read_that_was_answered_counts(method: str, place: str, expected: Credits) -> None:
    assert counted(method, COMPANY + place) == [expected]
    for status in (400, 401, 403, 404, 429, 500, 503):
        assert counted(method, COMPANY + place, status) == []


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (json.dumps({"BatchItemResponse": [GOOD, BAD, GOOD]}).encode(), 2),
        (json.dumps({"BatchItemResponse": [BAD]}).encode(), 0),
        (b'{"BatchItemRes', 1),
        (b"{}", 1),
        (b"\xff", 1),
    ],
)
def test_a_batch_counts_once_or_by_its_good_items(body: bytes, items: int) -> None:
    (found,) = counted("POST", COMPANY + "/batch", 200, body)
    assert found == Credits(calls=1, batches=1, items=items)
    assert (found.metered(each_item=False), found.metered(each_item=True), found.by_items) == (1, items, items)


def test_signing_in_and_what_is_no_call_of_the_api_count_nothing() -> None:
    for url in ("https://oauth.example/oauth2/v1/tokens/bearer", "https://files.example/a/b", COMPANY):
        assert counted("POST", url) == []
        assert counted("GET", url) == []


def test_sums_and_differences() -> None:
    one, other = Credits(10, 2, 50, 3), Credits(4, 1, 20, 1)
    assert one - other + other == one
    assert sum([one, other], NOTHING) == Credits(14, 3, 70, 4)
    assert one.metered(each_item=False, downloads=False) == 7
    assert one.by_items == 58


def test_the_end_of_the_network_is_told() -> None:
    ended: list[str] = []
    transport = Metered(httpx.MockTransport(lambda _: httpx.Response(200)), lambda _: None, lambda: ended.append("end"))
    httpx.Client(transport=transport).close()
    assert ended == ["end"]
