"""A company that changes while it is captured."""

from __future__ import annotations

import random
import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akika_forensics.model.instants import parse_instant

ENTITIES = ["Invoice", "Customer", "TimeActivity", "TaxCode", "Attachable", "Bill"]


def _during(company: Any, what: Any, *, at: str = "FROM Invoice ") -> None:
    """Do something once, right after a page of the list was read."""
    done: list[bool] = []

    def after(request: httpx.Request) -> None:
        if at in request.url.params.get("query", "") and not done:
            done.append(True)
            what()

    company.after = after


@pytest.fixture
def settled(company: Any) -> Any:
    """A company whose records are an hour old."""
    for entity in ENTITIES:
        for _ in range(5):
            company.put(entity)
    company.clock.sleep(3600)
    return company


class TestWhileTheListsAreRead:
    @pytest.mark.parametrize("entity", ENTITIES)
    def test_a_record_that_came(self, run: Any, settled: Any, writer: Any, entity: str) -> None:
        _during(settled, lambda: settled.put(entity))
        info = run(settled, writer)
        assert info["complete"]
        assert writer.state == settled.state()

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_a_record_that_changed(self, run: Any, settled: Any, writer: Any, entity: str) -> None:
        some = next(iter(settled.records[entity]))
        _during(settled, lambda: settled.put(entity, some, SyncToken="1", PrivateNote="changed"))
        info = run(settled, writer)
        assert info["complete"]
        assert b"changed" in writer.state[entity, some]
        assert writer.state == settled.state()

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_a_record_that_went(self, run: Any, settled: Any, writer: Any, entity: str) -> None:
        some = next(iter(settled.records[entity]))
        _during(settled, lambda: settled.delete(entity, some))
        info = run(settled, writer)
        assert info["complete"], info["findings"]
        assert (entity, some) not in writer.state
        assert writer.state == settled.state()

    def test_a_list_of_which_the_beginning_went(self, run: Any, company: Any, writer: Any) -> None:
        ids = [company.put("Invoice") for _ in range(3500)]
        company.clock.sleep(3600)
        _during(company, lambda: [company.delete("Invoice", gone) for gone in ids[:40]])
        info = run(company, writer)
        assert info["complete"]
        assert writer.state == company.state()

    def test_a_record_the_feed_calls_deleted_but_that_is_there(self, run: Any, settled: Any, writer: Any) -> None:
        some = next(iter(settled.records["Invoice"]))
        settled.deleted.append(("Invoice", some, settled.clock.now()))
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()
        assert writer.finding("deleted_yet_there")["records"] == [f"Invoice:{some}"]

    def test_a_change_stamped_before_it_could_be_seen(self, run: Any, settled: Any, writer: Any) -> None:
        """It was stamped five seconds before the capture began and became visible during the sweep."""
        began = settled.clock.seconds

        def appears() -> None:
            now, settled.clock.seconds = settled.clock.seconds, began - 5
            settled.put("Invoice")
            settled.clock.seconds = now

        _during(settled, appears)
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()
        assert writer.committed["fence"]["passes"] == 3, "the first pass sees it"


class TestTheFeed:
    def test_longer_than_it_can_tell(self, run: Any, settled: Any, writer: Any) -> None:
        gone = next(iter(settled.records["Invoice"]))

        def much() -> None:
            settled.delete("Invoice", gone)
            for _ in range(1500):
                settled.put("Invoice")

        _during(settled, much)
        info = run(settled, writer)
        assert info["complete"]
        assert "Invoice" in writer.finding("feed_truncated")["what"]
        assert writer.state == settled.state()

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_refused_for_an_entity(self, run: Any, settled: Any, writer: Any, entity: str) -> None:
        settled.feedless = {entity}
        _during(settled, lambda: settled.put(entity))
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()

    def test_refused_and_no_search_by_time_either(self, fake: Any, run: Any, settled: Any, writer: Any) -> None:
        real = settled.query
        settled.query = lambda s: fake.fault("4001") if "FROM TaxCode" in s and "LastUpdated" in s else real(s)
        some = next(iter(settled.records["TaxCode"]))
        _during(settled, lambda: (settled.put("TaxCode", some, Name="new"), settled.put("TaxCode")))
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()

    def test_silent_about_an_entity_that_nobody_promised(self, run: Any, settled: Any, writer: Any) -> None:
        real = settled.feed

        def feed(params: Any) -> Any:
            names = [name for name in params["entities"].split(",") if name != "Attachable"]
            return real({**params, "entities": ",".join(names)})

        settled.feed = feed
        some = next(iter(settled.records["Attachable"]))
        _during(settled, lambda: settled.put("Attachable", some, Note="new"))
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()

    def test_a_download_address_that_differs_at_each_reading_is_no_change(
        self, run: Any, settled: Any, writer: Any
    ) -> None:
        settled.put("Attachable", "5000")
        real = settled._answer
        readings = iter(range(10**6))

        def answer(request: Any) -> Any:
            response = real(request)
            fresh = b'"Id": "5000", "TempDownloadUri": "https://files.example/%d"' % next(readings)
            return httpx.Response(200, content=response.content.replace(b'"Id": "5000"', fresh))

        settled._answer = answer
        assert run(settled, writer)["fence"]["quiet"]


class TestTheEnd:
    def test_a_quiet_company_takes_two_passes(self, run: Any, settled: Any, writer: Any) -> None:
        info = run(settled, writer)
        assert (info["fence"]["passes"], info["fence"]["quiet"]) == (2, True)
        assert parse_instant(info["fence"]["from"]) == info["taken_at"]
        assert parse_instant(info["fence"]["from"]) < parse_instant(info["fence"]["to"]) <= info["finished_at"]

    def test_a_company_that_never_rests_is_not_whole(self, run: Any, settled: Any, writer: Any) -> None:
        def after(request: httpx.Request) -> None:
            if request.url.path.endswith("/cdc"):
                settled.put("Invoice")

        settled.after = after
        info = run(settled, writer)
        assert not info["complete"]
        assert not info["fence"]["quiet"]
        assert "not_quiet" in writer.codes("problem")
        assert info["fence"]["passes"] < 20

    def test_a_change_while_the_controls_are_taken_has_them_taken_again(
        self, run: Any, settled: Any, writer: Any
    ) -> None:
        reports: list[bytes] = []

        def before(request: httpx.Request) -> httpx.Response | None:
            if "/reports/" not in request.url.path:
                return None
            reports.append(b'{"Header":{"Option":"%d"}}' % len(reports))
            if len(reports) == 1:
                settled.put("Invoice", PrivateNote="late")
            return httpx.Response(200, content=reports[-1])

        settled.before = before
        assert run(settled, writer)["complete"]
        assert writer.state == settled.state()
        assert len(reports) == 2 * len(writer.controls)
        assert set(writer.controls.values()) == set(reports[len(writer.controls) :])

    def test_the_times_are_the_servers(self, fake: Any, run: Any, writer: Any) -> None:
        company = fake.FakeCompany()
        company.clock.sleep(86400 * 400)
        info = run(company, writer)
        assert info["taken_at"].year == 2027


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), rate=st.floats(0.02, 0.6), busy=st.integers(5, 60))
def test_the_snapshot_is_the_company_at_an_instant_of_the_fence(
    fake: Any, run: Any, writers: Any, seed: int, rate: float, busy: int
) -> None:
    rng = random.Random(seed)
    company = fake.FakeCompany()
    for entity in ENTITIES:
        for _ in range(rng.choice([0, 3, 40])):
            company.put(entity)
    for _ in range(rng.choice([0, 1100])):
        company.put("Invoice")
    company.clock.sleep(3600)
    company.keep_versions = True
    company._keep_version()

    def stir(_: httpx.Request) -> None:
        if len(company.seen) > busy or rng.random() > rate:
            return
        entity = rng.choice(ENTITIES)
        ids = list(company.records.get(entity, {}))
        act = rng.choice(["put", "delete", "change"])
        if act == "put" or not ids:
            company.put(entity)
        elif act == "delete":
            company.delete(entity, rng.choice(ids))
        else:
            company.put(entity, rng.choice(ids), SyncToken=str(rng.randrange(100)))

    company.after = stir
    writer = writers()
    info = run(company, writer)
    assert info["complete"], info["findings"]
    assert writer.state in company.versions
    assert {name: n for name, n in info["counts"].items() if n} == _counted(writer.state)


def _counted(state: dict[tuple[str, str], bytes]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entity, _ in state:
        counts[entity] = counts.get(entity, 0) + 1
    return counts


class TestWhatHidesFromCountsAndClocks:
    def test_a_merge_that_a_new_name_makes_up_for_in_the_counts(self, run: Any, settled: Any, writer: Any) -> None:
        """Gone just before the feed of the last pass, and another created between that feed and its counts."""
        feeds = 0
        merged = next(iter(settled.records["Customer"]))

        def before(request: httpx.Request) -> None:
            nonlocal feeds
            feeds += request.url.path.endswith("/cdc")
            if request.url.path.endswith("/cdc") and feeds == 2:
                settled.records["Customer"].pop(merged, None)

        def after(request: httpx.Request) -> None:
            if request.url.path.endswith("/cdc") and feeds == 2:
                settled.put("Customer")

        settled.before, settled.after = before, after
        info = run(settled, writer)
        assert info["complete"]
        assert writer.state == settled.state()

    @pytest.mark.parametrize(
        ("machine", "changed_at"), [("/companyinfo/", "FROM Invoice "), ("/cdc", "/reports/")], ids=["start", "feed"]
    )
    def test_one_answer_from_a_clock_that_is_an_hour_ahead(
        self, run: Any, settled: Any, writer: Any, machine: str, changed_at: str
    ) -> None:
        """By its word the change lies before the next reading, which would not look for it."""
        some = next(iter(settled.records["Invoice"]))
        answered, changed = [False], [False]
        right = settled._body

        def body(text: bytes) -> Any:
            return right(text.replace(b',"time":"2026-11-23T11', b',"time":"2026-11-23T12') if answered[-1] else text)

        def before(request: httpx.Request) -> None:
            answered.append(machine in f"{request.url.path}/" and not any(answered))

        def after(request: httpx.Request) -> None:
            if changed_at in f"{request.url.path} {request.url.params.get('query', '')}" and not any(changed):
                changed.append(True)
                settled.put("Invoice", some, SyncToken="1", PrivateNote="changed")
                settled.clock.sleep(60)

        settled._body, settled.before, settled.after = body, before, after
        info = run(settled, writer)
        assert any(answered)
        assert any(changed)
        assert info["complete"]
        assert writer.state == settled.state()

    def test_a_service_that_names_no_time_is_not_believed(self, run: Any, settled: Any, writer: Any) -> None:
        body = settled._body
        settled._body = lambda text: body(re.sub(rb',"time":"[^"]*"', b"", text))
        assert not run(settled, writer)["complete"]
        assert "no_server_clock" in writer.codes("problem")
