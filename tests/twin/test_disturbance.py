"""What goes wrong on purpose: the language, what each disturbance does, and that it can be set while the company runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model.payload import encode
from akika_forensics.twin.http.call import Call
from akika_forensics.twin.http.disturbance import ANSWERS, Script, parse
from akika_forensics.twin.http.subject import Subject
from akika_forensics.twin.webhooks.mischief import About


def subject(method: str, rest: str, body: Any = None, **parameters: str) -> Subject:
    content = body if isinstance(body, bytes) else encode(body) if body is not None else b""
    call = Call(method, f"/v3/company/1/{rest}", parameters, content, datetime(2026, 3, 2, tzinfo=UTC))
    return Subject(call)


A_WRITE = subject("POST", "invoice", {"Line": []})


def hits(spec: str, kind: str = "write", about: Subject = A_WRITE, count: int = 10) -> list[int]:
    script = Script(spec)
    return [number for number in range(1, count + 1) if script.meet(kind, about)]


@pytest.mark.parametrize(
    "spec",
    [
        "throttle",
        "boom@3",
        "drop@write",
        "drop@write3",
        "error@0",
        "slow@5-2",
        "drop@every0",
        "drop@x:1",
        "error@101%",
        "error@[colour=red]:1",
        "error@[entity]:1",
        "error@[entity=Invoice:1",
        "error@3:2",
        "seed=x,error@3%",
        "stale@sign-in:1",
        "drop@sign-in[path=*]:1",
        "hook-twice@write:1",
        "hook-twice@sign-in:1",
        "hook-drop@[path=*]:1",
        "hook-twice@1:5",
        "hook-eaten@1",
        "hook@1",
    ],
)
def test_a_bad_spec_is_refused(spec: str) -> None:
    with pytest.raises(WrongUse):
        parse(spec)


def test_ranges_everies_and_all() -> None:
    assert hits("error@3-5") == [3, 4, 5]
    assert hits("error@every4") == [4, 8]
    assert hits("error@write:every:5") == [5, 10]
    assert hits("error@write:*") == list(range(1, 11))
    assert hits("ERROR@2") == [2]
    assert hits("error@read:2") == []
    assert hits("error@sign-in:*") == []
    assert parse(" ") == ()


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_the_same_seed_meets_the_same_requests(seed: int, percent: int) -> None:
    spec = f"seed={seed},error@{percent}%,drop@write:{percent}%"
    found = hits(spec, count=60)
    assert found == hits(spec, count=60)
    assert hits(f"seed={seed},error@{percent}%", count=60) == [
        n for n in range(1, 61) if n in set(hits(spec.split(",drop", maxsplit=1)[0], count=60))
    ]
    if percent in {0, 100}:
        assert len(found) == percent * 60 // 100


def test_chance_is_about_what_it_says() -> None:
    assert 150 < len(hits("seed=3,error@20%", count=1000)) < 250
    assert hits("seed=3,error@20%", count=200) != hits("seed=4,error@20%", count=200)


@pytest.mark.parametrize(
    ("tests", "about", "met"),
    [
        ("entity=Invoice", subject("POST", "invoice", {}), True),
        ("entity=invoice", subject("GET", "invoice/1"), True),
        ("entity=Bill", subject("POST", "invoice", {}), False),
        ("entity=Invoice", subject("GET", "query", query="select * FROM invoice where Id = '1'"), True),
        ("entity=Invoice", subject("POST", "query", b"select count(*) from Invoice"), True),
        ("entity=Bill", subject("GET", "cdc", entities="invoice,bill"), True),
        ("entity=Bill", subject("POST", "batch", {"BatchItemRequest": [{"Bill": {}}, {"Vendor": {}}]}), True),
        ("entity=Bill", subject("POST", "batch", {"BatchItemRequest": [{"Query": "select * from Bill"}]}), True),
        ("entity=Attachable", subject("POST", "upload"), True),
        ("entity=Preferences", subject("GET", "nothing/1"), False),
        ("operation=create", subject("POST", "invoice", {"DocNumber": "1"}), True),
        ("operation=create", subject("POST", "invoice", {"Invoice": {"Id": "1"}}), False),
        ("operation=update", subject("POST", "invoice", {"Invoice": {"Id": "1"}}), True),
        ("operation=delete", subject("POST", "invoice", {"Id": "1"}, operation="delete"), True),
        ("operation=void", subject("POST", "payment", {"Id": "1"}, operation="update", include="void"), True),
        ("operation=send", subject("POST", "invoice/1/send"), True),
        ("operation=read", subject("GET", "invoice/1"), True),
        ("operation=query", subject("GET", "query", query="x"), True),
        ("operation=update", subject("POST", "batch", {"BatchItemRequest": [{"Bill": {"Id": "1"}}]}), True),
        ("operation=reports", subject("GET", "reports/TrialBalance"), True),
        ("method=get", subject("GET", "invoice/1"), True),
        ("path=*/invoice/*", subject("GET", "invoice/1"), True),
        ("path=*/invoice/*", subject("GET", "invoice"), False),
        ("body=acme & co", subject("POST", "customer", {"DisplayName": "ACME"}), False),
        ("body=acme", subject("POST", "customer", {"DisplayName": "The ACME Company"}), True),
        ("body=a*y", subject("POST", "customer", {"DisplayName": "The ACME Company"}), True),
        ("body=acm?", subject("POST", "customer", {"DisplayName": "The ACME Company"}), False),
        ("entity=Invoice&operation=delete", subject("POST", "invoice", {}), False),
        ("entity=Invoice&operation=cre*", subject("POST", "invoice", {}), True),
        ("entity=Invoice", subject("POST", "batch", b"no json"), False),
    ],
)
def test_a_pattern_picks_out_requests(tests: str, about: Subject, met: bool) -> None:
    if "& co" in tests:
        with pytest.raises(WrongUse):
            parse(f"error@[{tests}]:*")
        return
    assert (hits(f"error@[{tests}]:*", about=about, count=1) == [1]) is met


def test_only_what_it_picks_out_is_counted() -> None:
    script = Script("error@[entity=Bill]:2,stale@write:1")
    bill, read = subject("POST", "bill", {}), subject("GET", "bill/1")
    change = subject("POST", "bill", {"Id": "1", "SyncToken": "0"})
    seen = [
        set(script.meet(kind, about))
        for kind, about in (("write", A_WRITE), ("write", bill), ("read", read), ("write", change), ("write", change))
    ]
    assert seen == [set(), set(), {"error"}, {"stale"}, set()]
    assert [(row["counted"], row["hits"]) for row in script.as_dicts()] == [(4, 1), (2, 1)]


# over http


def names(company: Any) -> set[str]:
    """Who is in the company, asked of it directly: a request would be disturbed too."""
    found = company.books.twin.query("select DisplayName from Customer")["QueryResponse"]["Customer"]
    return {row["DisplayName"] for row in found}


def put(company: Any, spec: str) -> None:
    assert company.http.put("/twin/faults", json={"spec": spec}).status_code == 200


def test_what_each_answer_is_and_that_nothing_is_applied(company: Any) -> None:
    seen = {}
    for what in ANSWERS:
        put(company, f"{what}@[entity=Customer]:1")
        body = {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": what}
        answer = company.post("customer", body)
        fault = answer.json().get("Fault") or answer.json()["fault"]
        error = (fault.get("Error") or fault["error"])[0]
        seen[what] = (answer.status_code, error["code"])
        assert company.server.log[-1].disturbed == what
        assert (company.server.log[-1].status, company.server.log[-1].code) == seen[what]
    assert seen == {
        "throttle": (429, "3001"),
        "unauthorized": (401, "3200"),
        "forbidden": (403, "3100"),
        "error": (500, "10000"),
        "unavailable": (503, "150"),
        "fault": (200, "6000"),
        "stale": (400, "5010"),
    }
    assert company.books.get("Customer", "1")["SyncToken"] == "0"
    assert company.post("customer", body).status_code == 200, "each of them once"


def test_what_becomes_of_a_request_whose_answer_is_lost(company: Any) -> None:
    put(company, "refuse@write:1,drop@write:2,cut@write:3,lost@write:4")
    for number in (1, 2, 3):
        with pytest.raises(httpx.RemoteProtocolError):
            company.post("customer", {"DisplayName": f"W{number}"})
    assert company.post("customer", {"DisplayName": "W4"}).status_code == 500
    assert {"W2", "W3", "W4"} == names(company) & {"W1", "W2", "W3", "W4"}
    told = [(seen.disturbed, seen.status, bool(seen.applied)) for seen in company.server.log if seen.kind == "write"]
    assert told == [("refuse", 0, False), ("drop", 0, True), ("cut", 200, True), ("lost", 500, True)]


@pytest.mark.parametrize("packed", ["gzip", "identity"])
def test_a_cut_answer_ends_after_so_many_bytes(company: Any, packed: str) -> None:
    for number in range(20):
        company.books.twin.create("Customer", {"DisplayName": f"Name {number}"})
    put(company, "cut@read:*:100")
    got = b""
    url = company.path("query?query=select%20*%20from%20Customer")
    with company.http.stream("GET", url, headers={"Accept-Encoding": packed}) as answer:
        assert answer.status_code == 200
        ended = False
        try:
            for block in answer.iter_raw():
                got += block
        except httpx.RemoteProtocolError:
            ended = True
    assert ended
    assert len(got) == 100


def test_a_slow_answer_waits_by_the_companys_clock(company: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from akika_forensics.twin import Twin, serve

    with (
        serve(Twin(), faults="slow@read:1:3600,slow@read:2:0.01") as server,
        httpx.Client() as web,
        ThreadPoolExecutor(1) as pool,
    ):
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        url = f"{server.base_url}/v3/company/{server.realm_id}/preferences"
        waiting = pool.submit(web.get, url, headers=headers, timeout=60)
        while not waiting.done():
            httpx.post(f"{server.base_url}/twin/clock", json={"advance_s": 3600})
        assert waiting.result().status_code == 401, "an hour later the token has expired"
        assert web.get(url, headers=headers).status_code == 401
        assert [seen.disturbed for seen in server.log] == ["slow", "slow"]


def test_sign_in_can_be_disturbed_too(company: Any) -> None:
    given = company.server.credentials

    def refresh() -> int:
        form = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
        client = (given.client_id, given.client_secret)
        try:
            return httpx.post(company.server.token_url, data=form, auth=client).status_code
        except httpx.RemoteProtocolError:
            return 0

    whats = ["refuse", "drop", "cut", "lost", "throttle", "unauthorized", "error", "unavailable"]
    put(company, ",".join(f"{what}@sign-in:{number}" for number, what in enumerate(whats, 1)))
    assert [refresh() for _ in range(9)] == [0, 0, 0, 500, 429, 401, 500, 503, 200]
    assert [seen.disturbed for seen in company.server.log] == [*whats, ""]
    assert company.get("customer/1").status_code == 200


def test_they_are_set_looked_at_and_ended_while_it_runs(company: Any) -> None:
    web = company.http
    assert web.get("/twin/faults").json() == {"faults": []}
    web.post("/twin/faults", json={"spec": "error@read:2"})
    web.post("/twin/faults", json={"spec": "seed=1,drop@write:50%"})
    assert [company.get("customer/1").status_code for _ in range(3)] == [200, 500, 200]
    assert web.get("/twin/faults").json() == {
        "faults": [
            {"spec": "error@read:2", "what": "error", "counted": 3, "hits": 1},
            {"spec": "drop@write:50%", "what": "drop", "counted": 0, "hits": 0},
        ]
    }
    for body in ({}, {"spec": 3}, {"spec": "error@1", "more": 1}, {"spec": "boom@1"}):
        assert web.post("/twin/faults", json=body).status_code == 400
        assert web.put("/twin/faults", json=body).status_code == 400
    assert len(web.get("/twin/faults").json()["faults"]) == 2
    assert web.delete("/twin/faults").json() == {"faults": []}
    assert {company.get("customer/1").status_code for _ in range(5)} == {200}


_WHATS = st.sampled_from(sorted([*ANSWERS, "refuse", "lost", "drop", "cut"]))
_WHENS = st.one_of(st.integers(1, 6).map(str), st.just("*"), st.just("every2"), st.integers(0, 100).map("{}%".format))
_KINDS = st.sampled_from(["", "write:", "read:", "[entity=Customer]:", "[operation=update]:", "write[body=name]:"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(_WHATS, _KINDS, _WHENS), max_size=4), st.integers(0, 9))
def test_whatever_goes_wrong_the_log_says_what_is_in_the_books(company: Any, parts: list[Any], seed: int) -> None:
    put(company, ",".join([f"seed={seed}", *(f"{what}@{kind}{when}" for what, kind, when in parts)]))
    begun = company.server.twin.requests.last
    before = names(company)
    answered: dict[str, int] = {}
    for number in range(6):
        name = f"Name {begun}-{number}"
        try:
            answer = company.post("customer", {"DisplayName": name})
            answered[name] = answer.status_code if "Fault" not in answer.json() else 0
        except httpx.TransportError:
            answered[name] = 0
    rows = [seen for seen in company.server.log if seen.seq > begun and seen.kind == "write"]
    assert len(rows) == 6
    new = names(company) - before
    for (name, status), row in zip(answered.items(), rows, strict=True):
        assert name in row.body
        assert (name in new) == bool(row.applied)
        assert status != 200 or row.applied, "what was accepted is there"
        assert not row.applied or not {*ANSWERS, "refuse"} & set(row.disturbed.split(","))
    assert len(new) == sum(len(row.applied) for row in rows)


def test_notifications_and_requests_are_counted_apart() -> None:
    script = Script("hook-drop@2,error@2,hook-late@*:7")
    about = About(frozenset({"Invoice"}), frozenset({"create"}))
    assert [set(script.meet_notification(about)) for _ in range(3)] == [
        {"hook-late"},
        {"hook-late", "hook-drop"},
        {"hook-late"},
    ]
    assert [set(script.meet("write", A_WRITE)) for _ in range(2)] == [set(), {"error"}]
    assert script.meet("sign-in") == {}
    assert script.meet_notification(about)["hook-late"].amount == 7
