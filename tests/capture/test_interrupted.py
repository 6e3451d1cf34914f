"""Captures that are interrupted: what was read is not read again, and the snapshot is the one that there would have been."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from akika_forensics.capture import deletions, draft
from akika_forensics.capture.incremental import RULES
from akika_forensics.capture.keeper import EVERY, Keeper
from akika_forensics.errors import Interrupted, NetworkFailed, ServiceError, SignInFailed, Throttled
from akika_forensics.model.record import RecordKey

KEPT = "What was read so far is kept"


def _pages(seen: list[httpx.Request]) -> Counter[str]:
    """Each page of each list that was asked for."""
    queries = (request.url.params.get("query", "") for request in seen)
    return Counter(
        query for query in queries if "STARTPOSITION" in query and "LastUpdatedTime" not in query.split("ORDERBY")[0]
    )


def _go_on(run: Any, company: Any, writer: Any, **more: Any) -> Any:
    """The next capture, as the vault would begin it."""
    again, state = writer.after_an_interruption()
    kept = draft.sound(state, rules=RULES)
    return again, lambda: run(company, again, draft=kept, **more)


@pytest.fixture
def large(company: Any) -> Any:
    """2,500 invoices, 1,200 customers and a few others."""
    for number in range(2500):
        company.put("Invoice", TxnDate="2026-11-20", CustomerRef={"value": "90001"}, DocNumber=str(number))
    for number in range(1200):
        company.put("Customer", str(90001 + number), DisplayName=f"Customer {number}")
    for entity in ("Bill", "Vendor", "Preferences", "Account", "Term"):
        company.put(entity)
    company.clock.sleep(3600)
    return company


def _without_times(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From when on deletions are known depends on the moment of asking."""
    return [row | {"what": ""} if row["code"] == "deletions_known_from" else row for row in findings]


def _slow(company: Any, seconds: float) -> None:
    """Each page takes so long."""

    def wait(request: httpx.Request) -> None:
        if "STARTPOSITION" in request.url.params.get("query", ""):
            company.clock.sleep(seconds)

    company.before = wait


def _stop_after(company: Any, pages: int) -> Any:
    return lambda: sum(_pages(company.seen).values()) >= pages


def _in_the_fence(company: Any) -> Any:
    return lambda: any(request.url.path.endswith("/cdc") for request in company.seen)


class TestGoesOn:
    @pytest.mark.parametrize("pages", [8, 15, 30, 40])
    def test_no_page_that_is_kept_is_asked_for_again(
        self, run: Any, large: Any, writer: Any, writers: Any, pages: int
    ) -> None:
        whole = writers()
        run(large, whole)
        asked_by_whole = _pages(large.seen)
        large.seen.clear()
        _slow(large, EVERY)
        with pytest.raises(Interrupted) as stopped:
            run(large, writer, should_stop=_stop_after(large, pages))
        assert KEPT in stopped.value.means
        assert "goes on from there" in stopped.value.do
        assert writer.committed is None
        again, go_on = _go_on(run, large, writer)
        first = len(large.seen)
        large.before = lambda _: None
        info = go_on()
        assert again.state == whole.state == large.state()
        assert info["complete"], info["findings"]
        assert info["fence"]["interrupted"] == 1
        assert info["requests"] == len(large.seen)
        lists = {query: times for query, times in _pages(large.seen).items() if query in asked_by_whole}
        in_flight = 10
        assert sum(times - 1 for times in lists.values()) <= in_flight, "only what was under way is asked for twice"
        assert len(large.seen) - first < len(asked_by_whole) + 60
        without = {"requests", "taken_at", "finished_at", "fence", "brought"}
        told = {name: value for name, value in whole.committed.items() if name not in {*without, "findings"}}
        assert {name: value for name, value in info.items() if name not in {*without, "findings"}} == told
        assert _without_times(info["findings"]) == _without_times(whole.committed["findings"])

    def test_what_was_deleted_before_is_neither_lost_nor_told_twice(
        self, run: Any, large: Any, writer: Any, writers: Any
    ) -> None:
        """One long before, one while the interrupted run read its lists, one between the two runs."""
        long_before, during, between = (large.put("Bill") for _ in range(3))
        large.clock.sleep(60)
        large.delete("Bill", long_before)
        large.clock.sleep(86_400)
        _slow(large, EVERY)
        with pytest.raises(Interrupted):
            run(large, writer, should_stop=_stop_after(large, 8))
        large.delete("Bill", during)
        large.clock.sleep(60)
        again, go_on = _go_on(run, large, writer)
        large.delete("Bill", between)
        large.before = lambda _: None
        info = go_on()
        assert info["complete"], info["findings"]
        told = deletions.read(info["deletions"])
        assert [one.key for one in told] == [RecordKey("Bill", one) for one in (long_before, during, between)]
        assert again.finding("deleted_before")["times"] == 3
        assert again.state == large.state()

    def test_the_fence_begins_where_the_interrupted_run_began(self, run: Any, large: Any, writer: Any) -> None:
        begun = large.clock.now()
        _slow(large, EVERY)
        with pytest.raises(Interrupted):
            run(large, writer, should_stop=_stop_after(large, 30))
        large.before = lambda _: None
        large.clock.sleep(7200)
        invoices = [key for key in writer.drafts[-1][1] if key.entity == "Invoice"]
        gone, changed = invoices[3], invoices[7]
        large.delete("Invoice", gone.id)
        large.put("Invoice", changed.id, TxnDate="2026-11-21", DocNumber="changed meanwhile")
        large.put("Invoice", TxnDate="2026-11-21", DocNumber="new meanwhile")
        again, go_on = _go_on(run, large, writer)
        info = go_on()
        assert again.state == large.state()
        assert info["complete"], info["findings"]
        assert timedelta(0) <= info["taken_at"] - begun < timedelta(minutes=5)
        assert info["fence"]["from"] < info["fence"]["to"]

    def test_reports_of_the_interrupted_run_do_not_stay_beside_records_of_another_day(
        self, run: Any, large: Any, writer: Any
    ) -> None:
        _slow(large, EVERY)

        with pytest.raises(Interrupted):
            run(large, writer, should_stop=lambda: len(writer.controls) > 10)
        former = set(writer.drafts[-1][3])
        large.before = lambda _: None
        large.clock.sleep(2 * 86_400)
        large.put("Invoice", TxnDate="2026-11-20", DocNumber="new meanwhile")
        large.seen.clear()
        again, go_on = _go_on(run, large, writer)
        info = go_on()
        assert info["complete"], info["findings"]
        asked = sum("/reports/" in request.url.path for request in large.seen)
        assert former - set(again.controls), "those of the day before"
        assert len(again.controls) == asked

    @pytest.mark.parametrize("days", [29, -3], ids=["too late", "before it began"])
    def test_by_the_clock_of_the_company_it_may_come_too_late(
        self, run: Any, large: Any, writer: Any, writers: Any, days: int
    ) -> None:
        """Whatever this machine's clock says, which is not asked."""
        _slow(large, EVERY)
        with pytest.raises(Interrupted):
            run(large, writer, should_stop=_stop_after(large, 30))
        large.before = lambda _: None
        large.clock.sleep(days * 86_400)
        invoice = next(key for key in writer.drafts[-1][1] if key.entity == "Invoice")
        large.delete("Invoice", invoice.id)
        again, go_on = _go_on(run, large, writer)
        info = go_on()
        assert again.state == large.state()
        assert info["complete"], info["findings"]
        assert info["fence"]["interrupted"] == 0
        (said,) = [row["what"] for row in info["findings"] if row["code"] == "draft_dropped"]
        assert "It began" in said

    def test_what_went_before_the_interruption_is_not_forgotten(self, run: Any, large: Any, writer: Any) -> None:
        _slow(large, EVERY)
        deleted_after: list[int] = []

        def once_it_was_noticed() -> bool:
            asked = sum(request.url.path.endswith("/cdc") for request in large.seen)
            if asked and not deleted_after:
                deleted_after.append(asked)
                large.delete("Invoice", min(name for entity, name in large.state() if entity == "Invoice"))
            return bool(deleted_after) and asked > deleted_after[0] + 1

        with pytest.raises(Interrupted):
            run(large, writer, should_stop=once_it_was_noticed)
        large.before = lambda _: None
        again, go_on = _go_on(run, large, writer)
        info = go_on()
        assert again.state == large.state()
        assert info["fence"]["gone"] == 1

    def test_it_is_interrupted_over_and_over(self, run: Any, large: Any, writer: Any) -> None:
        at = writer
        state: Any = None
        _slow(large, EVERY)
        for turn in itertools.count(1):
            stop = _stop_after(large, 9 * turn)
            try:
                info = run(large, at, draft=state, should_stop=stop)
                break
            except Interrupted:
                at, kept = at.after_an_interruption()
                state = draft.sound(kept, rules=RULES)
        assert turn > 3
        assert info["complete"], info["findings"]
        assert at.state == large.state()
        assert info["fence"]["interrupted"] == turn - 1
        assert info["requests"] == len(large.seen)

    def test_a_list_that_was_refused_is_tried_again(self, run: Any, large: Any, writer: Any, fake: Any) -> None:
        _slow(large, EVERY)
        large.refused["Bill"] = fake.fault("5020", "Permission Denied Error")
        with pytest.raises(Interrupted):
            run(large, writer, should_stop=_in_the_fence(large))
        large.before = lambda _: None
        del large.refused["Bill"]
        again, go_on = _go_on(run, large, writer)
        info = go_on()
        assert info["complete"], info["findings"]
        assert again.state == large.state()

    def test_what_was_noticed_before_is_told(self, run: Any, large: Any, writer: Any) -> None:
        large.put("Account", Hologram=1)
        _slow(large, EVERY)
        with pytest.raises(Interrupted):
            run(large, writer, should_stop=_in_the_fence(large))
        large.before = lambda _: None
        again, go_on = _go_on(run, large, writer)
        go_on()
        assert "Hologram" in again.finding("unknown_field")["what"]
        assert again.finding("unknown_field")["times"] == 1


def _dropped(_: httpx.Request) -> Any:
    raise httpx.ConnectError("gone")


TROUBLE: dict[str, Any] = {
    "the network": (_dropped, NetworkFailed),
    "the quota": (lambda _: httpx.Response(429, headers={"Retry-After": "1"}), Throttled),
    "a revoked token": (lambda _: httpx.Response(401, content=b"{}"), SignInFailed),
    "a plan that lapsed": (
        lambda _: httpx.Response(
            403,
            content=json.dumps(
                {"Fault": {"Error": [{"code": "6190", "Message": "Subscription ended"}], "type": "x"}}
            ).encode(),
        ),
        ServiceError,
    ),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_whatever_ends_it_says_that_what_was_read_is_kept(run: Any, large: Any, writer: Any, name: str) -> None:
    answer, kind = TROUBLE[name]
    pages = itertools.count()

    def trouble(request: httpx.Request) -> Any:
        if "STARTPOSITION" in request.url.params.get("query", ""):
            large.clock.sleep(EVERY)
            next(pages)
        return answer(request) if len(_pages(large.seen)) > 30 else None

    large.before = trouble
    with pytest.raises(kind) as ended:
        run(large, writer, throttle_attempts=2)
    assert KEPT in str(ended.value)
    assert "akika capture" in ended.value.do
    assert not re.search(r"\s{2}", str(ended.value))
    large.before = lambda _: None
    again, go_on = _go_on(run, large, writer)
    assert go_on()["complete"]
    assert again.state == large.state()


def test_a_short_run_leaves_nothing(run: Any, large: Any, writer: Any) -> None:
    with pytest.raises(Interrupted) as stopped:
        run(large, writer, should_stop=lambda: len(large.seen) > 12)
    assert writer.drafts == []
    assert KEPT not in str(stopped.value)
    assert "Nothing was added to the vault" in str(stopped.value)


def test_a_draft_that_is_there_stays_when_the_next_run_does_not_even_begin(run: Any, large: Any, writer: Any) -> None:
    _slow(large, EVERY)
    with pytest.raises(Interrupted):
        run(large, writer, should_stop=_stop_after(large, 9))
    again, go_on = _go_on(run, large, writer)
    large.before = _dropped
    with pytest.raises(NetworkFailed, match=KEPT):
        go_on()
    assert again.drafts == []


class TestKeeper:
    def test_it_saves_every_half_minute_where_it_is_asked(self) -> None:
        now, saved = [0.0], []

        class Sink:
            def save_draft(self, state: bytes) -> None:
                saved.append((now[0], state))

        keeper = Keeper(Sink(), lambda: now[0])
        for second in range(0, 100, 7):
            now[0] = second
            if second == 42:
                keeper.begin(lambda: b"x")
            assert keeper.should_stop() is False
        assert [at for at, _ in saved] == [42, 77]

    def test_saving_takes_no_more_than_a_twentieth_of_the_time(self) -> None:
        now, saved = [0.0], []

        class Slow:
            def save_draft(self, state: bytes) -> None:
                saved.append(now[0])
                now[0] += 10

        keeper = Keeper(Slow(), lambda: now[0])
        keeper.begin(lambda: b"x")
        while now[0] < 500:
            now[0] += 1
            keeper.pause()
        assert saved == [30, 240, 450]

    def test_what_is_raised_in_the_middle_of_taking_in_is_not_saved(self) -> None:
        saved: list[bytes] = []

        class Sink:
            def save_draft(self, state: bytes) -> None:
                saved.append(state)

        keeper = Keeper(Sink(), lambda: 0.0, kept=True)
        keeper.begin(lambda: b"x")
        with pytest.raises(KeyboardInterrupt), keeper.until_the_end():
            raise KeyboardInterrupt
        assert saved == []
        with pytest.raises(Interrupted), keeper.until_the_end():
            raise Interrupted("The capture was stopped.")
        assert saved == [b"x"]

    def test_a_full_disk_does_not_hide_what_ended_the_capture(self) -> None:
        class Full:
            def save_draft(self, state: bytes) -> None:
                raise ServiceError("The disk is full.")

        keeper = Keeper(Full(), lambda: 0.0, kept=True)
        keeper.begin(lambda: b"x")
        with pytest.raises(NetworkFailed, match="No answer"), keeper.until_the_end():
            raise NetworkFailed("No answer.")


def test_lists_that_came_many_in_one_request_are_not_read_again_after_an_interruption(
    run: Any, large: Any, writer: Any, writers: Any
) -> None:
    large.lists_in_batches = True
    whole = writers()
    run(large, whole)
    large.seen.clear()
    _slow(large, EVERY)
    with pytest.raises(Interrupted):
        run(large, writer, should_stop=_stop_after(large, 3))
    large.before = lambda _: None
    batches = [request for request in large.seen if request.url.path.endswith("/batch")]
    assert any(b"STARTPOSITION" in request.content for request in batches)
    large.seen.clear()
    again, finish = _go_on(run, large, writer)
    finish()
    assert again.committed["complete"]
    assert again.state == whole.state
    assert not any(
        b"STARTPOSITION" in request.content and b"LastUpdatedTime" not in request.content
        for request in large.seen
        if request.url.path.endswith("/batch")
    )
