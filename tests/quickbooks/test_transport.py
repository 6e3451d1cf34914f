"""Retries and limits, by a clock that nobody waits for."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from akika_forensics.errors import Interrupted, NetworkFailed, ServiceError, Throttled
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Limits, open_reader
from akika_forensics.quickbooks.limits import Pace
from akika_forensics.quickbooks.writer import WriteItem, open_writer

INVOICE = RecordKey("Invoice", "1")


def _trouble(fake: Any, kind: str, request: httpx.Request) -> Any:
    if kind == "429":
        return fake.gateway_fault(429, "3001", "The request limit was reached")
    if kind in {"500", "502", "503", "504"}:
        return httpx.Response(int(kind), content=b"")
    errors = {
        "timeout": httpx.ReadTimeout,
        "connect": httpx.ConnectError,
        "drop": httpx.RemoteProtocolError,
        "reset": httpx.ReadError,
        "gzip": httpx.DecodingError,
    }
    raise errors[kind]("trouble", request=request)


@pytest.fixture
def company(fake: Any) -> Any:
    company = fake.FakeCompany()
    company.put("Invoice", "1")
    return company


def _reader(fake: Any, company: Any, **settings: Any) -> Any:
    limits = Limits(clock=company.clock, attempts=3, throttle_attempts=4, **settings)
    return open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company)


def _failing(fake: Any, company: Any, kind: str, times: int) -> None:
    left = iter(range(times))
    company.before = lambda request: _trouble(fake, kind, request) if next(left, None) is not None else None


KINDS = ["429", "500", "502", "503", "504", "timeout", "connect", "drop", "reset", "gzip"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_read_is_tried_again(fake: Any, company: Any, kind: str, times: int) -> None:
    _failing(fake, company, kind, times)
    with _reader(fake, company) as reader:
        assert reader.read(INVOICE) is not None
        assert reader.requests == times + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_is_not_tried_for_ever(fake: Any, company: Any, kind: str) -> None:
    _failing(fake, company, kind, 10_000)
    with _reader(fake, company) as reader:
        with pytest.raises(Throttled if kind == "429" else NetworkFailed):
            reader.read(INVOICE)
        assert reader.requests == (4 if kind == "429" else 3)


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_refusal_is_not_tried_again(fake: Any, company: Any, status: int) -> None:
    company.before = lambda _: fake.fault("2010", status=status)
    with _reader(fake, company) as reader:
        with pytest.raises(ServiceError):
            reader.read(INVOICE)
        assert reader.requests == 1


def _waits(fake: Any, company: Any, headers: dict[str, str], **settings: Any) -> float:
    response = httpx.Response(429, headers=headers)
    once = iter([response])
    company.before = lambda _: next(once, None)
    with _reader(fake, company, **settings) as reader:
        before = company.clock.seconds
        assert reader.read(INVOICE) is not None
        return round(float(company.clock.seconds - before), 1)


def test_after_a_429_a_minute_passes(fake: Any, company: Any) -> None:
    assert _waits(fake, company, {}) == 60.1


def test_after_a_429_with_retry_after_that_passes(fake: Any, company: Any) -> None:
    assert _waits(fake, company, {"Retry-After": "7"}) == 7.1
    until = format_datetime(company.clock.now() + timedelta(seconds=20))
    assert 18 < _waits(fake, company, {"Retry-After": until}) < 21


@pytest.mark.parametrize("value", ["soon", "-5", "", "1e9"])
def test_a_retry_after_that_says_nothing_means_a_minute(fake: Any, company: Any, value: str) -> None:
    assert _waits(fake, company, {"Retry-After": value}) == 60.1


def test_nobody_waits_for_ever(fake: Any, company: Any) -> None:
    assert _waits(fake, company, {"Retry-After": "99999999"}) == 600.1


def test_the_pause_is_scaled(fake: Any, company: Any) -> None:
    assert _waits(fake, company, {}, throttle_scale=0.01) == pytest.approx(0.7)


def test_a_pause_holds_everybody(fake: Any, company: Any) -> None:
    pace = Pace(Limits(clock=company.clock))
    pace.refused(30)
    with pace.turn():
        assert company.clock.seconds >= 30


def test_without_a_pace_the_first_429_teaches_one(fake: Any, company: Any) -> None:
    pace = Pace(Limits(clock=company.clock).unpaced())
    for _ in range(700):
        with pace.turn():
            assert company.clock.seconds == 0
    pace.refused(60)
    for number in range(1, 1001):
        with pace.turn(batch=number % 20 == 0):
            pass
    assert 60 + 120 < company.clock.seconds < 60 + 150
    assert pace.turns == 1700


@pytest.mark.parametrize(("share", "waited"), [(1.0, 1 + 2 + 4 + 8 + 16 + 20 * 3), (0.5, 45.5), (0.0, 0)])
def test_waits_between_tries_grow_are_bounded_and_scattered(
    fake: Any, company: Any, monkeypatch: pytest.MonkeyPatch, share: float, waited: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: least + share * (most - least))
    _failing(fake, company, "500", 10_000)
    limits = Limits(clock=company.clock, attempts=9, backoff=1, backoff_cap=20, per_second=None, per_minute=None)
    with (
        open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as reader,
        pytest.raises(NetworkFailed),
    ):
        reader.read(INVOICE)
    assert sum(company.clock.slept) == pytest.approx(waited)
    assert all(wait <= 0.5 for wait in company.clock.slept), "somebody looks up"


def test_a_wait_ends_when_the_user_stops(fake: Any, company: Any) -> None:
    pace = Pace(Limits(clock=company.clock))
    pace.stop()
    with pytest.raises(Interrupted):
        pace.wait(5)
    with pytest.raises(Interrupted), pace.turn():
        pass
    assert pace.turns == 0


@example([1.1770388063156247, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0], True)
@given(st.lists(st.floats(0, 2), max_size=40), st.booleans())
def test_never_more_in_a_window_than_allowed(gaps: list[float], batch: bool) -> None:
    class Clock:
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

        def sleep(self, seconds: float) -> None:
            assert seconds > 0
            self.seconds += seconds

        def now(self) -> Any:
            raise AssertionError

    clock = Clock()
    pace = Pace(Limits(clock=clock, per_minute=20, per_second=3, batches_per_minute=5))
    left: list[float] = []
    for gap in gaps:
        clock.seconds += gap
        with pace.turn(batch=batch):
            left.append(clock.seconds)
    assert pace.turns == len(left)
    for allowed, seconds in ((20, 60.0), (3, 1.0), (5 if batch else 99, 60.0)):
        for number in range(len(left) - allowed):
            assert left[number + allowed] - left[number] >= seconds


def test_turns_are_spaced_evenly(fake: Any) -> None:
    clock = fake.FakeClock()
    pace = Pace(Limits(clock=clock))
    left: list[float] = []
    for _ in range(30):
        with pace.turn():
            left.append(clock.seconds)
    gaps = [late - early for early, late in pairwise(left)]
    assert gaps[0] == 0, "one turn may be made up for"
    assert all(0.12 <= gap <= 0.13 for gap in gaps[1:])


def test_the_pace_is_used_up(fake: Any) -> None:
    clock = fake.FakeClock()
    pace = Pace(Limits(clock=clock))
    for _ in range(1500):
        with pace.turn():
            pass
    assert clock.seconds <= 1500 / 500 * 60 * 1.05


def test_never_more_in_flight_than_allowed(fake: Any, company: Any) -> None:
    pace = Pace(Limits(clock=company.clock, per_second=None, per_minute=None, in_flight=4))
    inside = most = 0
    lock, full = threading.Lock(), threading.Event()

    def go(_: int) -> None:
        nonlocal inside, most
        with pace.turn():
            with lock:
                inside += 1
                most = max(most, inside)
                if inside == 4:
                    full.set()
            full.wait(60)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(go, range(30)))
    assert most == 4


class TestWriter:
    """A write is sent again only where it is known that it was not applied."""

    @pytest.mark.parametrize("kind", [k for k in KINDS if k != "429"])
    def test_an_unknown_outcome_is_never_tried_again(self, fake: Any, company: Any, kind: str) -> None:
        _failing(fake, company, kind, 10_000)
        limits = Limits(clock=company.clock)
        item = WriteItem("a", "create", "Invoice", {})
        with open_writer(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as writer:
            with pytest.raises(NetworkFailed, match="unknown"):
                writer.send([item], "r1")
            with pytest.raises(NetworkFailed, match="unknown"):
                writer.send([item, WriteItem("b", "create", "Invoice", {})], "r2")
            assert writer.requests == 2

    def test_a_429_was_not_applied(self, fake: Any, company: Any) -> None:
        answers = iter([fake.gateway_fault(429, "3001", "x"), httpx.Response(200, json={"Invoice": {"Id": "9"}})])
        company.before = lambda _: next(answers)
        with open_writer(
            fake.connection(), fake.store(company.clock), limits=Limits(clock=company.clock), transport=company
        ) as writer:
            (outcome,) = writer.send([WriteItem("a", "create", "Invoice", {})], "r1")
        assert outcome.slice is not None
        assert outcome.slice.key.id == "9"
        assert company.clock.seconds > 60

    def test_reader_and_writer_of_a_company_share_the_allowance(self, fake: Any, company: Any) -> None:
        limits = Limits(clock=company.clock)
        company.before = lambda r: httpx.Response(200, json={"Invoice": {"Id": "9"}})
        began = company.clock.seconds
        with (
            open_writer(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as writer,
            open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as reader,
        ):
            for number in range(20):
                writer.send([WriteItem("a", "create", "Invoice", {})], f"r{number}")
                reader.read(INVOICE)
            assert (writer.requests, reader.requests) == (20, 20)
        assert company.clock.seconds - began > 40 * 0.12 - 0.5


class Dripping(httpx.SyncByteStream):
    """A byte every hundred seconds: never so long that the next one is given up."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(10_000):
            self._clock.sleep(100)
            yield b" "


def test_an_answer_that_drips_holds_nobody_for_ever(fake: Any) -> None:
    company = fake.FakeCompany()
    company.before = lambda _: httpx.Response(200, stream=Dripping(company.clock))
    limits = Limits(clock=company.clock, attempts=2)
    with (
        open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as reader,
        pytest.raises(NetworkFailed, match="did not answer in time"),
    ):
        reader.company()
    assert company.clock.seconds < 3 * limits.answer_timeout
