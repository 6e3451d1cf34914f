"""The company's clock: moved, stopped, set back, kept; and what hangs on it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.twin import Limits, Twin, serve
from akika_forensics.twin.clock import VirtualClock

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Base:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_it_goes_with_its_base_and_is_ahead_by_what_it_was_advanced() -> None:
    base = Base()
    clock = VirtualClock(base)
    assert clock() == START
    clock.advance(HOUR)
    base.now += timedelta(seconds=5)
    assert clock() == START + HOUR + timedelta(seconds=5)
    assert clock.offset == HOUR
    with pytest.raises(WrongUse):
        clock.advance(-HOUR)
    with pytest.raises(WrongUse):
        clock.advance(timedelta(days=365 * 9000))
    assert clock.offset == HOUR, "a refused advance moves nothing"


def test_a_frozen_clock_moves_only_by_hand_and_goes_on_from_where_it_stood() -> None:
    base = Base()
    clock = VirtualClock(base)
    clock.freeze()
    base.now += HOUR
    assert (clock(), clock.frozen) == (START, True)
    clock.advance(timedelta(minutes=1))
    assert clock() == START + timedelta(minutes=1)
    clock.set(START + timedelta(minutes=7))
    clock.release()
    base.now += timedelta(seconds=1)
    assert (clock(), clock.frozen) == (START + timedelta(minutes=7, seconds=1), False)
    with pytest.raises(WrongUse):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@given(st.lists(st.one_of(st.integers(-5000, 5000), st.sampled_from(["freeze", "release", "back"]))))
def test_stamps_never_fall(moves: list[int | str]) -> None:
    clock = VirtualClock(Base())
    last = clock.stamp()
    for move in moves:
        match move:
            case "freeze":
                clock.freeze()
            case "release":
                clock.release()
            case "back":
                clock.set(START - HOUR)
            case int():
                clock.set(clock() + timedelta(seconds=move))
        found = clock.stamp()
        assert found >= last
        assert found >= clock()
        last = found


def test_who_waits_is_woken_when_the_clock_is_advanced() -> None:
    clock = VirtualClock()
    done = threading.Event()

    def waits() -> None:
        clock.wait(3600)
        done.set()

    threading.Thread(target=waits, daemon=True).start()
    while not done.wait(0.01):
        clock.advance(HOUR)
    assert done.is_set()


def test_a_kept_company_goes_on_in_its_own_time(tmp_path: Path) -> None:
    base = Base()
    first = Twin(tmp_path / "company.sqlite", clock=base)
    first.clock.advance(timedelta(days=400))
    first.create("Customer", {"DisplayName": "Late"})
    stamped = first.query("select * from Customer")["QueryResponse"]["Customer"][0]["MetaData"]["CreateTime"]
    assert stamped.startswith("2027-04-06")
    first.clock.set(START)
    first.close()
    base.now += HOUR
    again = Twin(tmp_path / "company.sqlite", clock=base)
    assert again.clock() == START + HOUR
    again.create("Customer", {"DisplayName": "Early"})
    rows = again.query("select * from Customer orderby Id")["QueryResponse"]["Customer"]
    assert [row["MetaData"]["CreateTime"] for row in rows] == [stamped, stamped], "set back, stamps stay"


def test_over_http_and_a_minute_of_throttling_takes_no_time() -> None:
    with (
        serve(Twin(), limits=Limits(a_minute=3, a_second=100)) as server,
        httpx.Client(base_url=server.base_url) as web,
    ):
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        web.post("/twin/clock", json={"frozen": True})

        def asks() -> int:
            return web.get(f"/v3/company/{server.realm_id}/preferences", headers=headers).status_code

        assert [asks() for _ in range(4)] == [200, 200, 200, 429]
        web.post("/twin/clock", json={"advance_s": 59})
        assert asks() == 429
        web.post("/twin/clock", json={"advance_s": 1})
        assert asks() == 200
        web.post("/twin/clock", json={"advance_s": 3600})
        assert asks() == 401, "the token's hour is over"


def test_the_door_of_the_clock() -> None:
    with serve(Twin()) as server, httpx.Client(base_url=server.base_url) as web:
        told = web.post("/twin/clock", json={"now": "2026-03-02T09:00:00-08:00", "frozen": True}).json()
        assert told["now"] == "2026-03-02T17:00:00Z"
        assert web.get("/twin/clock").json() == told
        assert told["frozen"] is True
        moved = web.post("/twin/clock", json={"advance_s": 0.5}).json()
        assert moved["now"] == "2026-03-02T17:00:00.500000Z"
        assert web.post("/twin/clock", json={"frozen": False}).json()["frozen"] is False
        bad: list[Any] = [
            {},
            [],
            {"advance": 3},
            {"advance_s": -1},
            {"advance_s": True},
            {"advance_s": 1e15},
            {"now": "yesterday"},
            {"now": "2026-03-02T09:00:00"},
            {"frozen": 1},
        ]
        for body in bad:
            assert web.post("/twin/clock", json=body).status_code == 400, body
        other = web.post("/twin/clock", json={"advance_s": 1}, headers={"Origin": "https://evil.example"})
        assert other.status_code == 403
        assert web.post("/twin/clock", content=b"no json").status_code == 400
