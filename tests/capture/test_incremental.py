"""Going on from the snapshot before: when that is sound, what it asks for, what it finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from akika_forensics.capture.incremental import RULES, decide
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.model.record import RecordKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _before(**changed: Any) -> Any:
    a_day_ago = format_instant(NOW - timedelta(days=1))
    row = {"from": a_day_ago, "to": a_day_ago, "by": "feed"}
    fence = {"kind": "full", "rules": RULES, "to": a_day_ago, "whole_at": a_day_ago, "entities": {"Invoice": row}}
    complete = changed.pop("complete", True)
    return SimpleNamespace(id="s7", complete=complete, fence={**fence, **changed})


class TestTheDecision:
    def test_goes_on_from_a_complete_snapshot_of_yesterday(self) -> None:
        found = decide(_before(), full=False, now=NOW)
        assert (found.kind, found.base, found.since) == ("incremental", "s7", NOW - timedelta(days=1))
        assert not found.why

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"complete": False}, "not complete"),
            ({"kind": "scoped"}, "a few records"),
            ({"rules": RULES + 1}, "other rules"),
            ({"rules": None}, "other rules"),
            ({"entities": {}}, "other rules"),
            ({"to": "yesterday"}, "other rules"),
            ({"to": format_instant(NOW - timedelta(days=29, seconds=1))}, "older than the change feed reaches"),
            ({"to": format_instant(NOW + timedelta(hours=1))}, "went back"),
            ({"whole_at": format_instant(NOW - timedelta(days=31))}, "30 days ago or more"),
        ],
    )
    def test_reads_everything_and_says_why(self, changed: dict[str, Any], says: str) -> None:
        found = decide(_before(**changed), full=False, now=NOW)
        assert (found.kind, found.base, found.since) == ("full", None, None)
        assert any(says in why for why in found.why), found.why

    def test_reads_everything_when_asked_when_first_and_when_records_are_lost(self) -> None:
        for before, full, lost in ((None, False, False), (_before(), True, False), (_before(), False, True)):
            found = decide(before, full=full, now=NOW, lost=lost)
            assert found.kind == "full"
            assert found.why

    def test_a_fence_of_an_earlier_version_of_this_software_is_no_base(self) -> None:
        old = SimpleNamespace(id="s1", complete=True, fence={"from": "x", "to": "y", "passes": 2, "quiet": True})
        assert decide(old, full=False, now=NOW).kind == "full"


ENTITIES = ["Invoice", "Customer", "TimeActivity", "TaxCode", "Attachable", "Bill"]


@pytest.fixture
def settled(company: Any, run: Any, writers: Any) -> Any:
    """A company whose records are an hour old, and its first snapshot, taken an hour ago."""
    for entity in ENTITIES:
        for _ in range(5):
            company.put(entity)
    company.clock.sleep(3600)
    first = writers()
    run(company, first)
    assert first.committed["complete"]
    company.clock.sleep(3600)
    return company, first


def _next(run: Any, writers: Any, settled: Any, **options: Any) -> Any:
    company, first = settled
    company.seen.clear()
    writer = writers(first)
    run(company, writer, before=first.snapshot, **options)
    return writer


class TestWhatItReads:
    def test_nothing_changed_and_hardly_anything_was_asked(self, run: Any, writers: Any, settled: Any) -> None:
        writer = _next(run, writers, settled)
        company, first = settled
        assert writer.carried
        assert writer.committed["complete"]
        assert writer.state == company.state()
        fence = writer.committed["fence"]
        assert (fence["kind"], fence["base"], fence["why"], fence["passes"]) == ("incremental", "s1", [], 2)
        assert fence["whole_at"] == first.committed["fence"]["from"]
        assert writer.committed["requests"] == len(company.seen) <= 18
        assert not any("SELECT * FROM Invoice" in request.url.params.get("query", "") for request in company.seen)
        assert writer.controls

    @pytest.mark.parametrize("entity", ENTITIES)
    def test_what_came_changed_and_went(self, run: Any, writers: Any, settled: Any, entity: str) -> None:
        company, _ = settled
        ids = list(company.records[entity])
        company.put(entity)
        company.put(entity, ids[0], SyncToken="1", PrivateNote="changed")
        if entity not in {"TaxCode", "Customer"}:
            company.delete(entity, ids[1])
        company.clock.sleep(3600)
        writer = _next(run, writers, settled)
        assert writer.committed["complete"], writer.committed["findings"]
        assert writer.committed["fence"]["kind"] == "incremental", writer.committed["fence"]
        assert writer.state == company.state()
        if entity not in {"TaxCode", "Customer"}:
            assert writer.finding("deleted")["records"] == [f"{entity}:{ids[1]}"]
            assert writer.committed["fence"]["gone"] == 1

    def test_a_deletion_hides_behind_a_creation(self, run: Any, writers: Any, settled: Any) -> None:
        company, _ = settled
        company.delete("TimeActivity", next(iter(company.records["TimeActivity"])))
        company.put("TimeActivity")
        company.clock.sleep(3600)
        writer = _next(run, writers, settled)
        assert writer.committed["complete"]
        assert writer.state == company.state()

    def test_more_changes_than_the_feed_can_tell(self, run: Any, writers: Any, settled: Any) -> None:
        company, _ = settled
        ids = list(company.records["Invoice"])
        for _ in range(1500):
            company.put("Invoice")
        company.delete("Invoice", ids[2])
        company.clock.sleep(3600)
        writer = _next(run, writers, settled)
        assert writer.committed["complete"], writer.committed["findings"]
        assert writer.state == company.state()
        assert not any("Invoice" in r.url.params.get("entities", "") for r in company.seen[:4])

    def test_a_name_that_vanished_has_everything_read(self, run: Any, writers: Any, settled: Any) -> None:
        company, _ = settled
        gone = next(iter(company.records["Customer"]))
        del company.records["Customer"][gone]
        company.put("Customer")
        some = next(iter(company.records["Invoice"]))
        raw, at, active = company.records["Invoice"][some]
        company.records["Invoice"][some] = (
            raw.replace(b'"SyncToken": "0"', b'"SyncToken": "0", "PrivateNote": "silent"'),
            at,
            active,
        )
        company.clock.sleep(3600)
        writer = _next(run, writers, settled)
        fence = writer.committed["fence"]
        assert (fence["kind"], fence["base"]) == ("full", None)
        assert f"Customer:{gone} is gone" in fence["why"][0]
        assert writer.committed["complete"], writer.committed["findings"]
        assert writer.state == company.state()

    def test_an_entity_that_could_not_be_read_before_is_read_when_it_can(
        self, fake: Any, run: Any, writers: Any, company: Any
    ) -> None:
        company.put("Invoice")
        company.put("Class")
        company.refused["Class"] = fake.fault("5030")
        company.clock.sleep(3600)
        first = writers()
        assert run(company, first)["complete"]
        assert not any(entity == "Class" for entity, _ in first.state)
        del company.refused["Class"]
        company.clock.sleep(3600)
        writer = _next(run, writers, (company, first))
        assert writer.committed["complete"]
        assert writer.committed["fence"]["kind"] == "incremental"
        assert writer.state == company.state()

    def test_an_entity_that_is_refused_from_now_on_is_not_carried_along_in_silence(
        self, fake: Any, run: Any, writers: Any, settled: Any
    ) -> None:
        company, _ = settled
        company.refused["Bill"] = fake.fault("5020", "Permission Denied Error")
        writer = _next(run, writers, settled)
        assert not writer.committed["complete"]
        assert "Bill" in writer.finding("entity_unreadable")["what"]
        assert not any(entity == "Bill" for entity, _ in writer.state)

    def test_a_record_that_the_feed_calls_deleted_and_that_is_there(self, run: Any, writers: Any, settled: Any) -> None:
        company, _ = settled
        some = next(iter(company.records["Invoice"]))
        company.deleted.append(("Invoice", some, company.clock.now()))
        writer = _next(run, writers, settled)
        assert writer.state == company.state()
        assert writer.finding("deleted_yet_there")["records"] == [f"Invoice:{some}"]

    def test_what_it_did_not_look_at_is_said(self, run: Any, writers: Any, settled: Any) -> None:
        writer = _next(run, writers, settled)
        assert "akika check" in writer.finding("not_looked_at")["what"]


class TestTheFence:
    def test_each_entity_has_its_interval(self, run: Any, writers: Any, settled: Any) -> None:
        for writer in (settled[1], _next(run, writers, settled)):
            fence = writer.committed["fence"]
            rows = fence["entities"]
            assert rows.keys() == writer.committed["counts"].keys()
            assert rows["Invoice"] == {"from": fence["to"], "to": fence["to"], "by": "feed"}
            assert rows["TimeActivity"]["by"] == rows["Attachable"]["by"] == "search"
            for row in rows.values():
                assert parse_instant(row["from"]) <= parse_instant(row["to"])
                assert parse_instant(row["to"]) <= writer.committed["finished_at"]

    def test_one_after_the_other(self, run: Any, writers: Any, settled: Any) -> None:
        company, last = settled
        for number in range(4):
            company.put("Invoice")
            company.delete("Bill", next(iter(company.records["Bill"])))
            company.clock.sleep(86400)
            last = _next(run, writers, (company, last))
            assert last.committed["fence"]["kind"] == "incremental", number
            assert last.state == company.state()
        company.clock.sleep(86400 * 27)
        last = _next(run, writers, (company, last))
        assert last.committed["fence"]["kind"] == "full"
        assert last.state == company.state()


def test_keys_are_as_they_were(run: Any, writers: Any, settled: Any) -> None:
    """The payload of what did not change is not asked for, let alone stored again."""
    company, first = settled
    writer = _next(run, writers, settled)
    key = RecordKey("Invoice", next(iter(company.records["Invoice"])))
    assert writer.records[key] is first.records[key]


@pytest.mark.parametrize("entity", ["TimeActivity", "TaxCode"])
def test_what_changes_while_the_feed_is_slow_to_answer_is_not_passed_over(
    run: Any, writers: Any, settled: Any, entity: str
) -> None:
    """Counts said that nothing of it had changed, so that it is not searched; then minutes pass before the feed answers."""
    company, _ = settled
    record = next(iter(company.records[entity]))

    def meanwhile(request: httpx.Request) -> None:
        if request.url.path.endswith("/cdc") and not changed:
            changed.append(company.put(entity, record, SyncToken="1", PrivateNote="changed"))
            company.clock.sleep(90)

    changed: list[str] = []
    company.before = meanwhile
    writer = _next(run, writers, settled)
    assert changed
    assert writer.committed["complete"]
    assert writer.committed["fence"]["kind"] == "incremental"
    assert writer.state == company.state()


def test_where_the_companys_clock_asks_for_everything_the_months_reads_are_asked_again(
    settled: Any, run: Any, writers: Any
) -> None:
    """The forecast went by this machine's clock, by which the feed still reaches."""
    company, first = settled
    asked: list[str] = []

    def grown() -> bool:
        asked.append("again")
        return True

    company.clock.sleep(3600)
    assert run(company, writers(first), before=first.snapshot, grown=grown)["fence"]["kind"] == "incremental"
    assert not asked
    company.clock.sleep(40 * 86_400)
    info = run(company, writers(first), before=first.snapshot, grown=grown)
    assert info["fence"]["kind"] == "full"
    assert asked == ["again"]
    assert "controls_spared" in {row["code"] for row in info["findings"]}
    run(company, writers(first), before=first.snapshot, grown=grown, full=True)
    assert asked == ["again"]
