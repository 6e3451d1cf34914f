"""The served company: envelopes, sign-in, replays, limits, disturbances, hooks, the twin's own door."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin import TwinServer, serve

type Ask = Callable[..., httpx.Response]


class Company:
    """A served twin and a client that is signed in."""

    def __init__(self, server: TwinServer) -> None:
        self.server = server
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        self.http = httpx.Client(base_url=server.base_url, headers=headers, timeout=60)

    def path(self, rest: str) -> str:
        return f"/v3/company/{self.server.realm_id}/{rest}"

    def get(self, rest: str, **parameters: str) -> httpx.Response:
        return self.http.get(self.path(rest), params=parameters)

    def post(self, rest: str, body: Any, **parameters: str) -> httpx.Response:
        return self.http.post(self.path(rest), json=body, params=parameters)

    def query(self, statement: str) -> Any:
        return self.get("query", query=statement).json()["QueryResponse"]


@pytest.fixture
def served(books: Any) -> Iterator[Callable[..., Company]]:
    open_now: list[Company] = []

    def start(**options: Any) -> Company:
        server = serve(books.twin, **options).start()
        open_now.append(Company(server))
        return open_now[-1]

    yield start
    for company in open_now:
        company.http.close()
        company.server.stop()


def money_body(books: Any) -> dict[str, Any]:
    return json.loads(json.dumps(books.sale(books.ann, 10)))


def test_a_record_is_sent_as_it_is_stored(served: Any, books: Any) -> None:
    company = served()
    made = company.post("invoice", money_body(books))
    assert made.status_code == 200
    assert made.headers["content-type"] == "application/json;charset=utf-8"
    assert made.headers["intuit_tid"]
    stored = books.twin.payload("Invoice", "1")
    read = company.get("invoice/1")
    assert read.content.startswith(b'{"Invoice":' + stored + b',"time":"2026-03-02T')
    assert made.content.startswith(b'{"Invoice":' + stored)
    assert len(read.json()["time"]) == len("2026-03-02T09:00:00.000-08:00")
    listed = company.get("query", query="select * from Invoice")
    assert (
        b'{"QueryResponse":{"Invoice":[' + stored + b'],"startPosition":1,"maxResults":1,"totalCount":1},"time":'
        in listed.content
    )
    asked = company.http.post(
        company.path("query"), content=b"select count(*) from Invoice", headers={"Content-Type": "application/text"}
    )
    assert asked.json()["QueryResponse"] == {"totalCount": 1}
    assert company.get(f"companyinfo/{company.server.realm_id}").json()["CompanyInfo"]["CompanyName"] == "Garden & Sons"
    assert "AccountingInfoPrefs" in company.get("preferences").json()["Preferences"]
    assert company.get("reports/TrialBalance", end_date="2026-12-31").json()["Header"]["EndPeriod"] == "2026-12-31"


def test_faults_have_the_recorded_envelopes(served: Any, books: Any) -> None:
    company = served()
    bad = company.get("customer/1.5")
    assert bad.status_code == 400
    assert bad.headers["content-type"] == "application/json"
    assert bad.json() == {
        "Fault": {
            "Error": [
                {
                    "Message": "Invalid ID",
                    "Detail": "Id should be a valid number. Supplied value:1.5",
                    "code": "2030",
                    "element": "Id",
                }
            ],
            "type": "ValidationFault",
        }
    }
    unknown = company.get("customer/1/5").json()["Fault"]["Error"][0]
    assert (unknown["code"], unknown["Message"]) == ("500", "Unsupported Operation")
    assert company.get("customer/99").json()["Fault"]["Error"][0]["code"] == "610"
    wrong = company.get("query", query="select * from Custmoer").json()
    assert wrong["Fault"]["Error"] == [
        {
            "Message": "Invalid query",
            "Detail": "QueryValidationError: invalid context declaration: Custmoer",
            "code": "4001",
        }
    ]
    assert "time" in wrong
    taken = company.post("vendor", {"DisplayName": "Ann"}).json()["Fault"]["Error"][0]
    assert (taken["code"], taken["element"]) == ("6240", "")
    assert company.http.get("/nowhere").json()["Fault"]["Error"][0]["code"] == "500"
    assert company.post("customer", [1]).json()["Fault"]["Error"][0]["code"] == "2010"


def test_who_is_not_signed_in_or_asks_for_another_company_is_turned_away(served: Any) -> None:
    company = served()
    refused = httpx.get(company.server.base_url + company.path("customer/1"), headers={"Authorization": "Bearer no"})
    body = refused.json()
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert body["fault"]["error"][0]["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert isinstance(body["time"], int)
    other = company.http.get("/v3/company/999/customer/1")
    assert other.status_code == 403
    assert other.json()["fault"]["error"][0]["code"] == "3100"
    spoofed = company.http.get(company.path("customer/1"), headers={"Host": "evil.example"})
    assert spoofed.status_code == 400


def test_tokens_rotate_and_the_old_ones_live_on_as_long_as_they_should(served: Any, books: Any) -> None:
    company = served()
    given = company.server.credentials

    def refresh(token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return httpx.post(company.server.token_url, data=form, auth=(given.client_id, given.client_secret))

    first = refresh(given.refresh_token)
    assert first.headers["cache-control"] == "no-cache, no-store"
    assert list(first.json()) == [
        "x_refresh_token_expires_in",
        "x_refresh_token_hard_expires_in",
        "refresh_token",
        "access_token",
        "token_type",
        "expires_in",
    ]
    assert first.json()["refresh_token"] == given.refresh_token, "the value is replaced once a day"
    assert company.get("customer/1").status_code == 200, "the older access token is good until it expires"
    books.clock.now += timedelta(hours=25)
    assert company.get("customer/1").status_code == 401
    second = refresh(given.refresh_token)
    assert second.json()["refresh_token"] != given.refresh_token
    assert refresh(given.refresh_token).json()["refresh_token"] == second.json()["refresh_token"]
    books.clock.now += timedelta(hours=47)
    assert refresh(given.refresh_token).status_code == 200, "nobody has used the new one"
    third = refresh(second.json()["refresh_token"])
    books.clock.now += timedelta(hours=23)
    assert refresh(given.refresh_token).status_code == 200
    books.clock.now += timedelta(hours=2)
    late = refresh(given.refresh_token)
    assert (late.status_code, late.json()) == (400, {"error": "invalid_grant", "error_description": "Token invalid"})
    form = {"grant_type": "refresh_token", "refresh_token": third.json()["refresh_token"]}
    in_body = form | {"client_id": given.client_id, "client_secret": given.client_secret}
    assert httpx.post(company.server.token_url, data=in_body).status_code == 200
    stranger = httpx.post(company.server.token_url, data=form, auth=("x", "y"))
    assert (stranger.status_code, stranger.json()) == (401, {"error": "invalid_client"})
    for secret in (given.client_secret, given.access_token, given.refresh_token, given.webhook_verifier_token):
        assert secret not in repr(given)
        assert secret not in company.http.get("/twin/log").text


def test_deleting_and_both_spellings_of_void(served: Any, books: Any) -> None:
    company = served()
    one, two = (company.post("invoice", money_body(books)).json()["Invoice"] for _ in range(2))
    key = {"Id": one["Id"], "SyncToken": "0"}
    gone = company.post("invoice", key, operation="delete").json()
    assert gone["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": one["Id"]}
    voided = company.post("invoice", {"Id": two["Id"], "SyncToken": "0"}, operation="void").json()["Invoice"]
    assert (voided["TotalAmt"], voided["SyncToken"]) == (0, "1")
    receipt = company.post("salesreceipt", money_body(books)).json()["SalesReceipt"]
    sparse = {"Id": receipt["Id"], "SyncToken": "0", "sparse": True}
    again = company.post("salesreceipt", sparse, operation="update", include="void").json()["SalesReceipt"]
    assert again["PrivateNote"] == "Voided"
    wrapped = {"Customer": {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "n"}}
    assert company.post("customer", wrapped).json()["Customer"]["SyncToken"] == "1"
    assert company.post("customer", {"Id": "1"}, operation="merge").status_code == 400


def test_a_batch_mixes_writes_queries_and_faults(served: Any, books: Any) -> None:
    company = served()
    items = [
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Smith"}},
        {"bId": "2", "operation": "create", "Vendor": {"DisplayName": "Ann"}},
        {"bId": "3", "Invoice": money_body(books) | {"DocNumber": "7"}},
        {"bId": "4", "operation": "Create", "Invoice": money_body(books) | {"DocNumber": "7"}},
        {
            "bId": "5",
            "operation": "create",
            "optionsData": "allowduplicatedocnum",
            "Invoice": money_body(books) | {"DocNumber": "7"},
        },
        {"bId": "6", "operation": "update", "Customer": {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "x"}},
        {"bId": "7", "operation": "delete", "Invoice": {"Id": "1", "SyncToken": "0"}},
        {"bId": "8", "Query": "select count(*) from Invoice"},
        {"bId": "9", "operation": "create", "Shoe": {}},
    ]
    answer = company.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    assert [next(iter(row)) for row in answer] == [
        "Vendor",
        "Fault",
        "Invoice",
        "Fault",
        "Invoice",
        "Customer",
        "Invoice",
        "QueryResponse",
        "Fault",
    ]
    assert [row["bId"] for row in answer] == [str(number) for number in range(1, 10)]
    assert [row["Fault"]["Error"][0]["code"] for row in answer if "Fault" in row] == ["6240", "6140", "500"]
    assert answer[7]["QueryResponse"] == {"totalCount": 1}
    assert company.server.log[-1].applied == [
        "create Vendor:6",
        "create Invoice:1",
        "create Invoice:2",
        "update Customer:1",
        "delete Invoice:1",
    ]
    many = [{"bId": str(n), "Query": "select * from Customer"} for n in range(31)]
    assert company.post("batch", {"BatchItemRequest": many}).json()["Fault"]["Error"][0]["code"] == "1040"
    assert company.server.log[-1].kind == "read"


def test_the_change_feed_shows_changes_and_what_is_gone(served: Any, books: Any) -> None:
    company = served()
    since = books.clock().isoformat()
    nothing = company.get("cdc", entities="Invoice,Customer", changedSince=since).json()
    assert nothing["CDCResponse"] == [{"QueryResponse": [{}]}]
    one, two = (company.post("invoice", money_body(books)).json()["Invoice"] for _ in range(2))
    company.post("invoice", {"Id": one["Id"], "SyncToken": "0"}, operation="delete")
    raw = company.http.get(company.path(f"cdc?entities=invoice,vendor&changedSince={since}"))
    (group,) = raw.json()["CDCResponse"][0]["QueryResponse"]
    kept, stub = group["Invoice"]
    assert kept["Id"] == two["Id"]
    assert (stub["status"], stub["Id"], list(stub)) == ("Deleted", one["Id"], ["domain", "status", "Id", "MetaData"])
    assert (group["startPosition"], group["maxResults"], group["totalCount"]) == (1, 2, 2)
    company.post("invoice", {"Id": two["Id"], "SyncToken": "0"}, operation="delete")
    gone = company.get("cdc", entities="Invoice", changedSince=since).json()["CDCResponse"][0]["QueryResponse"][0]
    assert list(gone) == ["Invoice", "maxResults", "totalCount"]
    for entity in ("TimeActivity", "TaxRate", "Shoe"):
        assert company.get("cdc", entities=entity, changedSince=since).status_code == 400


def test_the_same_request_id_gives_the_same_answer_and_one_record(served: Any, books: Any) -> None:
    company = served()
    first = company.post("invoice", money_body(books), requestid="r-1")
    again = company.post("invoice", money_body(books) | {"DocNumber": "other"}, requestid="r-1")
    assert again.content == first.content
    assert company.query("select count(*) from Invoice") == {"totalCount": 1}
    assert [(seen.applied, seen.replayed) for seen in company.server.log[-3:-1]] == [
        (["create Invoice:1"], False),
        ([], True),
    ]
    deleted = company.post("invoice", {"Id": "1", "SyncToken": "0"}, operation="delete", requestid="r-2")
    assert (
        company.post("invoice", {"Id": "1", "SyncToken": "0"}, operation="delete", requestid="r-2").content
        == deleted.content
    )
    items = {"BatchItemRequest": [{"bId": "a", "operation": "create", "Invoice": money_body(books)}]}
    one = company.post("batch", items, requestid="r-3")
    assert company.post("batch", items, requestid="r-3").content == one.content
    assert company.query("select count(*) from Invoice") == {"totalCount": 1}
    bad = company.post("invoice", {"Line": []}, requestid="r-4")
    assert bad.status_code == 400
    assert company.post("invoice", money_body(books), requestid="r-4").status_code == 200, "a refusal is not remembered"
    assert company.post("invoice", money_body(books), requestid="x" * 51).json()["Fault"]["Error"][0]["code"] == "2050"
    assert company.post("batch", items, requestid="x" * 37).status_code == 400


def test_hooks_run_before_and_after_a_request_is_applied(served: Any, books: Any) -> None:
    company = served()
    seen: list[tuple[str, int, str, int]] = []

    def note(moment: str) -> Callable[[int, str], None]:
        return lambda number, kind: seen.append((moment, number, kind, books.twin.count("Invoice")))

    company.server.before_apply = note("before")
    company.server.after_apply = note("after")
    company.get("customer/1")
    company.post("invoice", money_body(books))
    company.post("invoice", money_body(books))
    assert seen == [
        ("before", 1, "read", 0),
        ("after", 1, "read", 0),
        ("before", 1, "write", 0),
        ("after", 1, "write", 1),
        ("before", 2, "write", 1),
        ("after", 2, "write", 2),
    ]


def test_many_writers_at_once_lose_nothing(served: Any, books: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    company = served()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: company.post("invoice", money_body(books)), range(24)))
    assert {answer.status_code for answer in answers} == {200}
    numbers = {answer.json()["Invoice"]["DocNumber"] for answer in answers}
    assert len(numbers) == 24
    assert books.get("Customer", books.ann)["Balance"] == 240
    assert books.twin.store.out_of_balance() == []


def test_the_own_door_tells_what_was_seen(served: Any) -> None:
    company = served()
    company.post("customer", {"DisplayName": "Seen"}, requestid="r")
    assert company.http.get("/twin/health").json()["status"] == "ok"
    (row,) = company.http.get("/twin/log").json()["requests"]
    assert (row["method"], row["request_id"], row["status"], row["applied"]) == (
        "POST",
        "r",
        200,
        ["create Customer:6"],
    )
    assert len(row["digest"]) == 64
    assert company.http.post("/twin/incidents/no_such_incident").status_code == 400


def test_only_this_machine_can_reach_it_and_a_stopped_one_is_gone(books: Any) -> None:
    with serve(books.twin) as server:
        assert server.base_url.startswith("http://127.0.0.1:")
        port = server.port
        with pytest.raises(WrongUse, match="cannot be used"):
            serve(books.twin, port=port)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/twin/health")
    server.stop()


def test_long_answers_are_compressed_when_asked(served: Any, books: Any) -> None:
    company = served()
    for number in range(5):
        books.twin.create("Customer", {"DisplayName": f"Name {number}"})
    answer = company.get("query", query="select * from Customer")
    assert answer.headers["content-encoding"] == "gzip"
    plain = company.http.get(
        company.path("query"), params={"query": "select * from Customer"}, headers={"Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers


def test_answers_do_not_wait_for_a_delayed_acknowledgement(served: Any) -> None:
    """asyncio sets TCP_NODELAY only on sockets whose protocol is named; without it each answer takes 40 ms."""
    assert served().server._socket.proto == socket.IPPROTO_TCP
