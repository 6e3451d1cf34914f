"""A QuickBooks company in memory, behind an httpx transport: just what the reader asks of it, with hooks for trouble."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx

from akika_forensics.quickbooks import Connection, MemoryTokenStore, Tokens
from akika_forensics.settings import Secret

REALM = "4620816365"
BASE = "https://books.example"
TOKEN_URL = "https://sign.example/oauth2/v1/tokens/bearer"
START = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
INACTIVE = frozenset({"Account", "Customer", "Vendor", "Item", "Term", "Class", "Employee", "Budget", "TaxCode"})
KEYS = {"CreditCardPayment": "CreditCardPaymentTxn"}
_STATEMENT = re.compile(
    r"SELECT (?P<what>\*|count\(\*\)) FROM (?P<entity>\w+)(?: WHERE (?P<where>.+?))?(?: ORDERBY (?P<order>\S+))?"
    r"(?: STARTPOSITION (?P<start>\d+) MAXRESULTS (?P<size>\d+))?"
)

_WHOLE_LIST = re.compile(r"SELECT \* FROM \w+( WHERE Active IN \(true,false\))? STARTPOSITION \d+ MAXRESULTS \d+")


class FakeClock:
    """Time that passes only when somebody sleeps or a request is answered."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


def fault(code: str, message: str = "Refused", detail: str = "For a reason", status: int = 400) -> httpx.Response:
    row = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return httpx.Response(status, json={"Fault": {"Error": [row], "type": "ValidationFault"}, "time": "2026-11-23"})


def gateway_fault(status: int, code: str, detail: str) -> httpx.Response:
    error = {"message": f"message=Failed; errorCode=00{code}; statusCode={status}", "detail": detail, "code": code}
    return httpx.Response(status, json={"warnings": None, "fault": {"error": [error], "type": "AUTHENTICATION"}})


class FakeCompany(httpx.BaseTransport):
    """``before`` and ``after`` see each API request; what ``before`` returns is the answer. ``seen`` keeps them all."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.records: dict[str, dict[str, tuple[bytes, datetime, bool]]] = {}
        self.deleted: list[tuple[str, str, datetime]] = []
        self.refused: dict[str, httpx.Response] = {}
        self.feedless: set[str] = set()
        self.before: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
        self.after: Callable[[httpx.Request], None] = lambda _: None
        self.seen: list[httpx.Request] = []
        self.versions: list[dict[tuple[str, str], bytes]] = []
        self.in_flight = self.most_in_flight = 0
        self.page_cap = 1000
        self._next = 1
        self._lock = threading.RLock()
        self.put("CompanyInfo", "1", CompanyName="Craig's", FiscalYearStartMonth="January")
        self.put("Preferences", "1", CurrencyPrefs={"MultiCurrencyEnabled": False})

    # what happens in the company

    def put(self, entity: str, record_id: str | None = None, raw: bytes | None = None, **fields: Any) -> str:
        with self._lock:
            if record_id is None:
                record_id, self._next = str(self._next), self._next + 1
            elif record_id.isdigit():
                self._next = max(self._next, int(record_id) + 1)
            at = self.clock.now()
            if raw is None:
                meta = {"CreateTime": at.isoformat(), "LastUpdatedTime": at.replace(microsecond=0).isoformat()}
                body = {"Id": record_id, "SyncToken": "0", "domain": "QBO", "sparse": False, "MetaData": meta, **fields}
                raw = json.dumps(body).encode()
            active = fields.get("Active", True)
            self.records.setdefault(entity, {})[record_id] = (raw, at, active)
            self._keep_version()
            return record_id

    def delete(self, entity: str, record_id: str) -> None:
        with self._lock:
            del self.records[entity][record_id]
            self.deleted.append((entity, record_id, self.clock.now()))
            self._keep_version()

    def state(self) -> dict[tuple[str, str], bytes]:
        with self._lock:
            return {(e, i): raw for e, rows in self.records.items() for i, (raw, _, _) in rows.items()}

    keep_versions = False

    def _keep_version(self) -> None:
        if self.keep_versions:
            self.versions.append(self.state())

    # how it answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self._lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            with self._lock:
                self.seen.append(request)
                self.clock.seconds += 0.05
                response = self.before(request)
                if response is None:
                    response = self._answer(request)
                self.after(request)
                return response
        finally:
            with self._lock:
                self.in_flight -= 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKEN_URL:
            return httpx.Response(
                200,
                json={
                    "access_token": f"access-{len(self.seen)}",
                    "refresh_token": "r2",
                    "expires_in": 3600,
                    "x_refresh_token_expires_in": 8726400,
                },
            )
        path = request.url.path.removeprefix(f"/v3/company/{REALM}/")
        if path == "query":
            return self._wrapped({"QueryResponse": self.query(request.url.params["query"])})
        if path == "batch":
            items = [self._item(item) for item in json.loads(request.content)["BatchItemRequest"]]
            return self._body(b'{"BatchItemResponse":[' + b",".join(items) + b'],"time":"' + self._time() + b'"}')
        if path == "cdc":
            return self._wrapped({"CDCResponse": self.feed(request.url.params)})
        if path.startswith("reports/"):
            return httpx.Response(
                200, json={"Header": {"ReportName": path.removeprefix("reports/"), **request.url.params}}
            )
        name, _, record_id = path.partition("/")
        entity = next((entity for entity in self.records if entity.lower() == name), None)
        if name in {"companyinfo", "preferences"}:
            record_id = "1"
        row = self.records.get(entity or "", {}).get(record_id)
        if row is None:
            return fault("610", "Object Not Found", "Object Not Found : Something is gone")
        return self._body(b'{"' + (entity or "").encode() + b'": ' + row[0] + b' ,"time":"' + self._time() + b'"}')

    def _time(self) -> bytes:
        return self.clock.now().isoformat(timespec="milliseconds").encode()

    def _body(self, body: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/json;charset=utf-8", "intuit_tid": "1-abc"}
        return httpx.Response(200, content=body, headers=headers)

    def _wrapped(self, members: dict[str, httpx.Response | bytes]) -> httpx.Response:
        for answer in members.values():
            if isinstance(answer, httpx.Response):
                return answer
        parts = [f'"{name}":'.encode() + answer for name, answer in members.items() if isinstance(answer, bytes)]
        return self._body(b"{" + b",".join(parts) + b',"time":"' + self._time() + b'"}')

    lists_in_batches = False
    """Whether a batch may hold whole lists: else each list is asked for page by page, which tests look for."""

    def _item(self, item: dict[str, Any]) -> bytes:
        answer: bytes | httpx.Response
        if not self.lists_in_batches and _WHOLE_LIST.fullmatch(item["Query"]):
            answer = fault("4000", "Error parsing query", "no lists in a batch")
        else:
            answer = self.query(item["Query"])
        b_id = json.dumps(item["bId"]).encode()
        if isinstance(answer, httpx.Response):
            return b'{"Fault":' + json.dumps(answer.json()["Fault"]).encode() + b',"bId":' + b_id + b"}"
        return b'{"QueryResponse":' + answer + b',"bId":' + b_id + b"}"

    def query(self, statement: str) -> bytes | httpx.Response:
        match = _STATEMENT.fullmatch(statement)
        if match is None:
            return fault("4000", "Error parsing query", statement)
        entity, where = match["entity"], match["where"] or ""
        if entity in self.refused:
            return self.refused[entity]
        rows = list(self.records.get(entity, {}).items())
        if entity in INACTIVE and "Active IN (true,false)" not in where:
            rows = [row for row in rows if row[1][2]]
        since = re.search(r"LastUpdatedTime >= '([^']+)'", where)
        if since:
            floor = datetime.fromisoformat(since[1])
            rows = [row for row in rows if row[1][1] >= floor]
        for operator, limit in re.findall(r"CreateTime (>=|<) '([^']+)'", where):
            edge = datetime.fromisoformat(limit)
            rows = [row for row in rows if (_created(row[1][0]) >= edge) == (operator == ">=")]
        ids = re.search(r"\bId IN \(([^)]*)\)", where)
        if ids:
            rows = [row for row in rows if f"'{row[0]}'" in ids[1]]
        if match["what"] == "count(*)":
            return f'{{"totalCount":{len(rows)}}}'.encode()
        if match["order"] == "Id":
            rows.sort(key=lambda row: (len(row[0]), row[0]))
        elif match["order"]:
            rows.sort(key=lambda row: row[1][1])
        start, size = int(match["start"] or 1) - 1, min(int(match["size"] or 100), self.page_cap)
        rows = rows[start : start + size]
        if not rows:
            return b"{}"
        listed = b",".join(raw for _, (raw, _, _) in rows)
        key = KEYS.get(entity, entity).encode()
        return b'{"' + key + b'":[' + listed + f'],"startPosition":{start + 1},"maxResults":{len(rows)}}}'.encode()

    def feed(self, params: httpx.QueryParams) -> bytes | httpx.Response:
        since = datetime.fromisoformat(params["changedSince"])
        groups, left = [], 1000
        for entity in params["entities"].split(","):
            if entity in self.feedless:
                return fault("4001", "Invalid query", f"invalid context declaration: {entity}")
            changed = [raw for raw, at, _ in self.records.get(entity, {}).values() if at >= since]
            stubs = [
                json.dumps(
                    {"domain": "QBO", "status": "Deleted", "Id": i, "MetaData": {"LastUpdatedTime": at.isoformat()}}
                ).encode()
                for e, i, at in self.deleted
                if e == entity and at >= since
            ]
            rows = (changed + stubs)[:left]
            left -= len(rows)
            if rows:
                key = KEYS.get(entity, entity)
                groups.append(
                    f'{{"{key}":['.encode()
                    + b",".join(rows)
                    + f'],"startPosition":1,"maxResults":{len(rows)}}}'.encode()
                )
        return b'[{"QueryResponse":[' + (b",".join(groups) or b"{}") + b"]}]"


def _created(raw: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(raw)["MetaData"]["CreateTime"])


def connection() -> Connection:
    return Connection("fake", REALM, BASE, TOKEN_URL, "client", Secret("client-secret"))


def tokens(clock: FakeClock, seconds: float = 3600.0) -> Tokens:
    later = clock.now() + timedelta(seconds=seconds)
    return Tokens(Secret("access-0"), Secret("refresh-0"), later, later + timedelta(days=100))


def store(clock: FakeClock) -> MemoryTokenStore:
    return MemoryTokenStore(tokens(clock))


def form(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
