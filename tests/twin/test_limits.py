"""Limits and metering, by the company's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Limits, Twin, serve
from akika_forensics.twin.faults import GatewayFault
from akika_forensics.twin.http.limits import Throttle

from .served_scene import Company


def test_batches_and_seconds_have_limits_of_their_own() -> None:
    now = [0.0]
    throttle = Throttle(Limits(), lambda: now[0])

    def tries(count: int, *, batch: bool = False, leave: bool = True) -> int:
        passed = 0
        for _ in range(count):
            try:
                throttle.enter(batch=batch)
            except GatewayFault:
                continue
            passed += 1
            if leave:
                throttle.leave()
        return passed

    assert tries(15) == 10, "ten a second"
    now[0] = 1.5
    assert tries(12, leave=False) == 10, "ten in flight"
    now[0] = 3
    assert tries(1) == 0
    for _ in range(10):
        throttle.leave()
    batches = 0
    for second in range(5, 15):
        now[0] = second
        batches += tries(5, batch=True)
    assert batches == 40, "forty batches a minute"
    now[0] = 200
    total = 0
    for tenth in range(600):
        now[0] = 200 + tenth / 10
        total += tries(1)
    assert total == 500, "five hundred a minute"


@given(st.lists(st.floats(0, 20), min_size=1, max_size=300))
def test_no_window_ever_holds_more_than_its_limit(pauses: list[float]) -> None:
    limits = Limits(a_minute=20, a_second=3)
    now, passed = 1000.0, []
    throttle = Throttle(limits, lambda: now)
    for pause in pauses:
        now += pause / 20
        try:
            throttle.enter(batch=False)
        except GatewayFault:
            assert sum(moment > now - 60 for moment in passed) >= 20 or sum(moment > now - 1 for moment in passed) >= 3
            continue
        throttle.leave()
        passed.append(now)
        assert sum(moment > now - 60 for moment in passed) <= 20
        assert sum(moment > now - 1 for moment in passed) <= 3


@pytest.fixture
def frozen() -> Iterator[Company]:
    """A company whose clock stands in the middle of a month."""
    twin = Twin()
    twin.clock.set(datetime(2026, 3, 15, 17, tzinfo=UTC))
    twin.clock.freeze()
    with serve(twin) as server:
        company = Company(server, None)
        yield company
        company.http.close()


def one_query(company: Company) -> int:
    return company.get("query", query="select * from Customer").status_code


def test_the_limits_are_switched_on_and_off_while_it_runs(frozen: Company) -> None:
    web = frozen.http
    off = {"on": False, "a_minute": 500, "a_second": 10, "in_flight": 10, "batches_a_minute": 40}
    assert web.get("/twin/limits").json() == off
    assert {one_query(frozen) for _ in range(12)} == {200}
    assert web.post("/twin/limits", json={"on": True}).json() == off | {"on": True}
    assert [one_query(frozen) for _ in range(12)] == [200] * 10 + [429] * 2
    frozen.server.twin.clock.advance(timedelta(seconds=1))
    assert one_query(frozen) == 200
    web.post("/twin/limits", json={"a_second": 100, "batches_a_minute": 2})
    batch = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Customer"}]}
    assert [frozen.post("batch", batch).status_code for _ in range(3)] == [200, 200, 429]
    refused = frozen.post("batch", batch)
    assert (
        refused.json()["fault"]["error"][0]["message"] == "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    )
    web.post("/twin/clock", json={"advance_s": 60})
    assert frozen.post("batch", batch).status_code == 200
    for body in ({"a_minute": 0}, {"a_minute": True}, {"on": 1}, {"per_hour": 3}, {"a_second": "3"}):
        assert web.post("/twin/limits", json=body).status_code == 400
    assert web.post("/twin/limits", json={"on": False}).json()["on"] is False
    assert {one_query(frozen) for _ in range(30)} == {200}


def test_reading_and_writing_are_counted_when_they_succeed(frozen: Company) -> None:
    made = frozen.post("customer", {"DisplayName": "Ann"}).json()["Customer"]
    frozen.post("customer", {"DisplayName": "Ann"})
    frozen.get(f"customer/{made['Id']}")
    frozen.get("customer/77")
    one_query(frozen)
    frozen.get("query", query="select * from Nowhere")
    frozen.get("reports/TrialBalance")
    frozen.get("cdc", entities="Customer", changedSince="2026-03-15T00:00:00Z")
    httpx.get(frozen.server.base_url + frozen.path("preferences"))
    told = frozen.http.get("/twin/metering").json()
    assert told == {
        "month": "2026-03",
        "core": 1,
        "coreplus": 4,
        "cap": None,
        "months": {"2026-03": {"core": 1, "coreplus": 4}},
    }


def test_used_up_reads_are_refused_till_the_next_month_and_writes_are_not(frozen: Company) -> None:
    frozen.http.post("/twin/metering", json={"cap": 2})
    assert [one_query(frozen) for _ in range(3)] == [200, 200, 429]
    queries = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Customer"}]}
    assert frozen.post("batch", queries).status_code == 429
    assert frozen.post("customer", {"DisplayName": "Ann"}).status_code == 200
    clock = frozen.server.twin.clock
    clock.set(datetime(2026, 4, 1, 6, 59, 59, tzinfo=UTC))
    assert renewed(frozen) == 429, "in California it is still March"
    clock.advance(timedelta(seconds=1))
    assert [renewed(frozen) for _ in range(3)] == [200, 200, 429]
    frozen.http.post("/twin/metering", json={"cap": None})
    assert renewed(frozen) == 200
    for body in ({}, {"cap": -1}, {"cap": True}, {"cap": "2"}, {"cap": 1, "more": 2}):
        assert frozen.http.post("/twin/metering", json=body).status_code == 400


def renewed(company: Company) -> int:
    """A query with a token of this moment."""
    given = company.server.credentials
    form = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
    answer = httpx.post(company.server.token_url, data=form, auth=(given.client_id, given.client_secret)).json()
    company.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
    return one_query(company)


def test_what_was_counted_and_the_end_of_it_are_kept_with_the_company(tmp_path: Path) -> None:
    def company(file: Path, use: Any) -> Any:
        twin = Twin(file)
        with serve(twin) as server:
            made = Company(server, None)
            found = use(made)
            made.http.close()
        twin.close()
        return found

    def first(made: Company) -> Any:
        made.http.post("/twin/metering", json={"cap": 2})
        made.post("customer", {"DisplayName": "Ann"})
        assert one_query(made) == 200
        return made.http.get("/twin/metering").json()

    def then(made: Company) -> Any:
        assert made.http.get("/twin/metering").json() == before
        return [one_query(made), one_query(made)]

    before = company(tmp_path / "company.sqlite", first)
    assert (before["core"], before["coreplus"], before["cap"]) == (1, 1, 2)
    assert company(tmp_path / "company.sqlite", then) == [200, 429]
