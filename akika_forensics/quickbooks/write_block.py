"""The transport of the reader: what is not a read does not leave this machine."""

from __future__ import annotations

import re
from typing import Any, Final

import httpx
import msgspec

from akika_forensics.errors import WriteBlocked
from akika_forensics.quickbooks.connection import Connection

_SELECT: Final = re.compile(r"\s*select\s", re.IGNORECASE)
_BATCH_PARAMETERS: Final = frozenset({"requestid", "minorversion"})
_OVERRIDES: Final = ("x-http-method-override", "x-http-method", "x-method-override")
_PLAIN_PATH: Final = re.compile(rb"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


class WriteBlock(httpx.BaseTransport):
    """Passes on GET below the company's own path, POST to the exact token address, and POST to the company's
    ``/batch`` whose parsed items are all queries. Everything else raises WriteBlocked before a byte is sent.
    """

    def __init__(self, inner: httpx.BaseTransport, connection: Connection) -> None:
        self._inner = inner
        self._base = httpx.URL(connection.base_url)
        self._token = httpx.URL(connection.token_url)
        self._company_path = f"/v3/company/{connection.realm_id}/".encode()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        why = self._objection(request)
        if why:
            raise WriteBlocked(
                f"A request that is not a read was stopped: {request.method} {request.url.path}: {why}.",
                means="Nothing was sent; capturing can never write to QuickBooks.",
                do="This is a fault of the program: please report it.",
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()

    def _objection(self, request: httpx.Request) -> str:
        """Why the request may not pass; empty when it may."""
        if any(name in request.headers for name in _OVERRIDES):
            return "a header asks for another method"
        if request.method == "POST" and request.url == self._token and request.url.raw_path == self._token.raw_path:
            return ""
        if not _same_host(request.url, self._base):
            return "another host"
        path, _, query = request.url.raw_path.partition(b"?")
        if not path.startswith(self._company_path) or not _PLAIN_PATH.fullmatch(path, len(self._company_path)):
            return "a path outside the company"
        if request.method == "GET":
            return "a body on a GET" if _body(request) else ""
        if request.method == "POST" and path == self._company_path + b"batch":
            return _objection_to_batch(request, query)
        return "neither GET nor a batch of queries"


def _same_host(url: httpx.URL, base: httpx.URL) -> bool:
    return (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port) and not url.userinfo


def _body(request: httpx.Request) -> bytes:
    return request.read()


def _objection_to_batch(request: httpx.Request, query: bytes) -> str:
    names = {name.lower() for name in httpx.QueryParams(query.decode("ascii", "replace"))}
    if not names <= _BATCH_PARAMETERS:
        return "a batch with switches"
    if "content-encoding" in request.headers:
        return "a batch with an encoded body"
    body = _body(request)
    try:
        decoded: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "a batch that is not JSON"
    # Written back byte for byte, the body cannot hold a doubled key that another parser reads otherwise.
    if msgspec.json.encode(decoded) != body:
        return "a batch that can be read in two ways"
    if not isinstance(decoded, dict) or set(decoded) != {"BatchItemRequest"}:
        return "a batch with something besides its items"
    items = decoded["BatchItemRequest"]
    if not isinstance(items, list) or not items or not all(_is_query(item) for item in items):
        return "a batch with an item that is not a query"
    return ""


def _is_query(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and set(item) == {"bId", "Query"}
        and isinstance(item["bId"], str)
        and isinstance(item["Query"], str)
        and _SELECT.match(item["Query"]) is not None
    )
