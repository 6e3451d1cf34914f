from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from akika_forensics.errors import WriteBlocked, WrongUse
from akika_forensics.quickbooks import Connection
from akika_forensics.quickbooks.write_block import WriteBlock
from akika_forensics.settings import Secret

BASE, REALM = "https://books.example", "4620"
TOKEN = "https://sign.example/oauth2/v1/tokens/bearer"
OURS = f"{BASE}/v3/company/{REALM}"


class Recorder(httpx.BaseTransport):
    def __init__(self) -> None:
        self.passed: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.passed.append(request)
        return httpx.Response(200)


def passes(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bool:
    recorder = Recorder()
    block = WriteBlock(recorder, Connection("x", REALM, BASE, TOKEN, "id", Secret("secret")))
    try:
        block.handle_request(httpx.Request(method, url, content=body, headers=headers))
    except WriteBlocked:
        assert recorder.passed == []
        return False
    assert len(recorder.passed) == 1
    return True


def batch(*items: Any) -> bytes:
    return json.dumps({"BatchItemRequest": list(items)}, separators=(",", ":")).encode()


QUERY = {"bId": "q0", "Query": "SELECT count(*) FROM Invoice"}
CREATE = {"bId": "q1", "operation": "create", "Invoice": {}}


@pytest.mark.parametrize(
    "url",
    [
        f"{OURS}/query?query=select+*+from+Invoice",
        f"{OURS}/invoice/1",
        f"{OURS}/reports/TrialBalance",
        f"{OURS}/cdc?entities=a",
    ],
)
def test_reads_pass(url: str) -> None:
    assert passes("GET", url)


def test_token_and_query_batches_pass() -> None:
    assert passes("POST", TOKEN, b"grant_type=refresh_token")
    assert passes("POST", f"{OURS}/batch?minorversion=75", batch(QUERY, {**QUERY, "bId": "q1"}))


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", f"{OURS}/invoice", b"{}"),
        ("POST", f"{OURS}/query", b"select * from Invoice"),
        ("POST", f"{OURS}/invoice?operation=delete", b"{}"),
        ("POST", f"{OURS}/invoice/1/send", b""),
        ("POST", f"{OURS}/upload", b""),
        ("POST", f"{TOKEN}?x=1", b""),
        ("POST", f"{TOKEN}/", b""),
        ("POST", TOKEN.replace("https", "http"), b""),
        ("POST", "https://sign.example/v2/oauth2/tokens/revoke", b""),
        ("PUT", TOKEN, b""),
        ("GET", f"{BASE}/v3/company/9999/invoice/1", b""),
        ("GET", "https://elsewhere.example/v3/company/4620/invoice/1", b""),
        ("GET", "http://books.example/v3/company/4620/invoice/1", b""),
        ("GET", "https://books.example:8443/v3/company/4620/invoice/1", b""),
        ("GET", "https://user@books.example/v3/company/4620/invoice/1", b""),
        ("GET", f"{BASE}/v2/company/4620/invoice", b""),
        ("GET", f"{OURS}/../9999/invoice/1", b""),
        ("GET", f"{OURS}/%2e%2e/9999/invoice/1", b""),
        ("GET", f"{OURS}//invoice", b""),
        ("GET", f"{OURS}/invoice/1", b'{"Id":"1"}'),
        ("POST", f"{OURS}/batch/", batch(QUERY)),
        ("POST", f"{OURS}/batch?operation=delete", batch(QUERY)),
        ("POST", f"{OURS}/batch?include=void", batch(QUERY)),
        ("POST", f"{OURS}/batch", batch()),
        ("POST", f"{OURS}/batch", b""),
        ("POST", f"{OURS}/batch", b"not json"),
        ("POST", f"{OURS}/batch", batch(QUERY, CREATE)),
        ("POST", f"{OURS}/batch", batch({**QUERY, "operation": "create", "Invoice": {}})),
        ("POST", f"{OURS}/batch", batch({**QUERY, "Query": "delete from Invoice"})),
        ("POST", f"{OURS}/batch", batch({"bId": "1", "CDCQuery": {}})),
        ("POST", f"{OURS}/batch", batch(QUERY)[:-1] + b',"Invoice":{}}'),
        (
            "POST",
            f"{OURS}/batch",
            b'{"BatchItemRequest":[{"bId":"1","operation":"create","Bill":{}}],' + batch(QUERY)[1:],
        ),
        ("POST", f"{OURS}/batch", b'{"BatchItemRequest":[{"bId":"1","Invoice":{},"bId":"1","Query":"select 1"}]}'),
    ],
)
def test_everything_else_is_stopped(method: str, url: str, body: bytes) -> None:
    assert not passes(method, url, body)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_another_method_by_header_is_stopped(name: str) -> None:
    assert not passes("GET", f"{OURS}/invoice/1", headers={name: "POST"})


def test_an_encoded_batch_is_stopped() -> None:
    assert not passes("POST", f"{OURS}/batch", batch(QUERY), {"Content-Encoding": "gzip"})


SEGMENT = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
METHOD = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "get", "Post"])


def _wanted(method: str, url: httpx.URL, body: bytes) -> bool:
    """The rule told a second time, by other means."""
    company = httpx.URL(OURS)
    if method == "POST" and str(url) == TOKEN:
        return True
    if (url.scheme, url.netloc) != (company.scheme, company.netloc) or url.userinfo:
        return False
    parts = url.raw_path.split(b"?", 1)[0].split(b"/")[1:]
    plain = all(part and part not in {b".", b".."} and b"%" not in part for part in parts)
    if parts[:3] != [b"v3", b"company", REALM.encode()] or len(parts) < 4 or not plain:
        return False
    if method == "GET":
        return body == b""
    return False


@given(
    method=METHOD, path=st.lists(SEGMENT, max_size=4), ours=st.booleans(), query=SEGMENT, body=st.binary(max_size=40)
)
@example(method="GET", path=["invoice", "1"], ours=True, query="", body=b"")
@example(method="POST", path=["batch"], ours=True, query="", body=b"{}")
def test_whatever_is_not_on_the_list_does_not_pass(
    method: str, path: list[str], ours: bool, query: str, body: bytes
) -> None:
    address = (OURS if ours else BASE) + "/" + "/".join(path) + (f"?{query}" if query else "")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return
    if passes(method, address, body):
        assert _wanted(method.upper(), url, body)


ITEM = st.one_of(
    st.just(QUERY),
    st.just(CREATE),
    st.fixed_dictionaries({"bId": st.text(max_size=3), "Query": st.text(max_size=12)}),
    st.dictionaries(st.sampled_from(["bId", "Query", "operation", "Invoice", "optionsData"]), st.text(max_size=8)),
    st.none(),
)


@given(st.lists(ITEM, max_size=5))
def test_a_batch_passes_only_with_nothing_but_queries(items: list[Any]) -> None:
    only_queries = bool(items) and all(
        isinstance(item, dict)
        and sorted(item) == ["Query", "bId"]
        and item["Query"].split()[:1] != []
        and item["Query"].split()[0].lower() == "select"
        for item in items
    )
    body = json.dumps({"BatchItemRequest": items}, separators=(",", ":"), ensure_ascii=False).encode()
    assert passes("POST", f"{OURS}/batch", body) <= only_queries


@pytest.mark.parametrize(
    ("base_url", "token_url", "realm"),
    [
        (BASE, f"{OURS}/invoice", REALM),
        (BASE, f"{BASE}/V3/company/4620/invoice", REALM),
        (BASE, "http://sign.example/token", REALM),
        ("http://books.example", TOKEN, REALM),
        ("https://books.example/v3", TOKEN, REALM),
        ("https://u:p@books.example", TOKEN, REALM),
        ("ftp://books.example", TOKEN, REALM),
        (BASE, TOKEN, "46/20"),
        (BASE, TOKEN, ""),
    ],
)
def test_a_connection_that_could_be_misused_is_refused(base_url: str, token_url: str, realm: str) -> None:
    with pytest.raises(WrongUse):
        Connection("x", realm, base_url, token_url, "id", Secret("secret"))
