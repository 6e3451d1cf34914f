"""Records that were deleted before a capture: of those that were never captured the change feed alone still tells the Ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture import deletions, feed_windows
from akika_forensics.capture.deleted_before import MOST_CALLS
from akika_forensics.capture.deletions import Deletion
from akika_forensics.capture.incremental import FEED_REACHES
from akika_forensics.model.record import RecordKey

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
INVOICE = RecordKey("Invoice", "7")

sizes = st.dictionaries(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVW"), st.integers(0, 2000))


@given(sizes, st.integers(1, 5))
def test_what_is_asked_together_fits_and_nothing_is_lost(found: dict[str, int], most: int) -> None:
    groups, rest = feed_windows.fitting(found, most)
    assert sorted([*rest, *(name for group in groups for name in group)]) == sorted(found)
    assert len(groups) <= most
    assert all(sum(found[name] for name in group) <= feed_windows.ROOM for group in groups)
    assert all(found[name] > feed_windows.ROOM or len(groups) == most for name in rest)


@given(st.lists(st.lists(st.integers(0, 3000), min_size=3, max_size=3), min_size=1, max_size=20), st.integers(1, 4))
def test_the_earliest_time_from_which_all_fits_is_chosen(rows: list[list[int]], most: int) -> None:
    counts = {f"E{at}": sorted(row, reverse=True) for at, row in enumerate(rows)}

    def fits(step: int) -> bool:
        return not feed_windows.fitting({name: row[step] for name, row in counts.items()}, most)[1]

    found = feed_windows.earliest(counts, most)
    if found is None:
        assert not any(fits(step) for step in range(3))
    else:
        assert fits(found[0])
        assert not any(fits(step) for step in range(found[0]))
        assert sorted(name for group in found[1] for name in group) == sorted(counts)


@given(st.integers(1, 23))
def test_later_times_lie_between_and_are_no_more_than_one_request_counts(entities: int) -> None:
    floor = NOW - timedelta(days=29)
    times = feed_windows.steps(floor, NOW, entities, 30)
    assert times
    assert len(times) * entities <= 30
    assert times == sorted(times)
    assert all(floor < one < NOW for one in times)


def test_what_is_kept_comes_back_in_order_and_nothing_is_kept_of_nothing() -> None:
    told = {RecordKey("Invoice", "10"): NOW, INVOICE: None, RecordKey("Bill", "3"): NOW, RecordKey("Bill", "4"): NOW}
    found = deletions.not_held(told, {RecordKey("Bill", "4")}.__contains__)
    assert found == (Deletion("Bill", "3", NOW), Deletion("Invoice", "7"), Deletion("Invoice", "10", NOW))
    assert deletions.read(deletions.listed(found)) == found
    assert deletions.listed(()) == b""


def test_what_a_fence_says_of_deletions_is_read_and_what_is_no_time_is_left_out() -> None:
    known = deletions.known_as_dict({"Invoice": NOW})
    assert deletions.known_from({deletions.FENCE: {**known, "Bill": "yesterday"}}) == {"Invoice": NOW}
    assert deletions.known_from({}) == {}


# -- captured


def kept(writer: Any) -> dict[RecordKey, datetime | None]:
    data = writer.committed["deletions"]
    return {one.key: one.at for one in deletions.read(data)} if data else {}


def known(writer: Any) -> dict[str, datetime]:
    return deletions.known_from(writer.committed["fence"])


def feed_asked(company: Any) -> list[datetime]:
    return [
        datetime.fromisoformat(request.url.params["changedSince"])
        for request in company.seen
        if request.url.path.endswith("/cdc")
    ]


def test_the_first_capture_names_what_was_made_and_deleted_before_it(company: Any, run: Any, writer: Any) -> None:
    for _ in range(3):
        company.put("Invoice")
    number = company.put("Invoice")
    company.clock.sleep(3600)
    company.delete("Invoice", number)
    deleted_at = company.clock.now()
    company.clock.sleep(2 * 86_400)
    run(company, writer)
    assert writer.committed["complete"]
    (found,) = kept(writer).items()
    assert found[0] == RecordKey("Invoice", number)
    assert abs(found[1] - deleted_at) < timedelta(seconds=2)
    finding = writer.finding("deleted_before")
    assert (finding["severity"], finding["records"], finding["times"]) == ("note", [f"Invoice:{number}"], 1)
    assert known(writer)["Invoice"] <= deleted_at
    assert RecordKey("Invoice", number) not in writer.records


def test_a_deletion_older_than_the_feed_reaches_is_neither_kept_nor_claimed(
    company: Any, run: Any, writer: Any
) -> None:
    company.put("Invoice")
    number = company.put("Invoice")
    company.delete("Invoice", number)
    deleted_at = company.clock.now()
    company.clock.sleep(31 * 86_400)
    run(company, writer)
    assert kept(writer) == {}
    assert "deleted_before" not in writer.codes()
    assert known(writer)["Invoice"] > deleted_at
    assert min(feed_asked(company)) > deleted_at


def test_what_was_made_and_deleted_between_two_captures_is_named(company: Any, run: Any, writers: Any) -> None:
    for entity in ("Invoice", "Bill"):
        company.put(entity)
        company.put(entity)
    company.clock.sleep(3600)
    first = writers()
    run(company, first)
    company.clock.sleep(3600)
    passing = company.put("Invoice")
    company.clock.sleep(60)
    company.delete("Invoice", passing)
    standing = next(iter(company.records["Bill"]))
    company.delete("Bill", standing)
    company.clock.sleep(3600)
    second = writers(first)
    company.seen.clear()
    run(company, second, before=first.snapshot)
    assert second.committed["complete"]
    assert second.committed["fence"]["kind"] == "incremental"
    assert kept(second).keys() == {RecordKey("Invoice", passing), RecordKey("Bill", standing)}
    assert second.finding("deleted_before")["records"] == [f"Invoice:{passing}"], "the other is in the snapshot before"
    assert second.finding("deleted")["records"] == [f"Bill:{standing}"]
    assert all(at <= datetime.fromisoformat(first.committed["fence"]["to"]) for at in known(second).values())
    assert min(feed_asked(company)) > datetime.fromisoformat(first.committed["fence"]["to"]) - timedelta(minutes=1)
    company.clock.sleep(3600)
    third = writers(second)
    run(company, third, before=second.snapshot)
    assert kept(third) == {}, "each snapshot tells of its own span"


def test_an_incremental_capture_whose_feed_is_cut_off_asks_again_and_says_from_when_on(
    company: Any, run: Any, writers: Any
) -> None:
    for _ in range(1200):
        company.put("Invoice")
    company.clock.sleep(3600)
    first = writers()
    run(company, first)
    company.clock.sleep(3600)
    for number in list(company.records["Invoice"]):
        company.put("Invoice", number, SyncToken="1")
    company.clock.sleep(86_400)
    passing = company.put("Invoice")
    company.delete("Invoice", passing)
    deleted_at = company.clock.now()
    company.clock.sleep(3600)
    second = writers(first)
    run(company, second, before=first.snapshot)
    assert second.committed["complete"]
    assert second.committed["fence"]["kind"] == "incremental"
    assert kept(second).keys() == {RecordKey("Invoice", passing)}
    end = datetime.fromisoformat(first.committed["fence"]["to"])
    assert end < known(second)["Invoice"] <= deleted_at
    assert known(second)["Bill"] <= end
    assert "Invoice: from" in second.finding("deletions_known_from")["what"]


def test_what_the_feed_calls_deleted_and_is_there_is_not_kept(company: Any, run: Any, writer: Any) -> None:
    number = company.put("Invoice")
    company.deleted.append(("Invoice", number, company.clock.now()))
    company.clock.sleep(3600)
    run(company, writer)
    assert kept(writer) == {}
    assert RecordKey("Invoice", number) in writer.records


def test_a_fault_in_that_question_is_a_note_and_the_snapshot_is_whole(
    company: Any, run: Any, writer: Any, fake: Any
) -> None:
    number = company.put("Invoice")
    company.clock.sleep(40 * 86_400)
    company.put("Bill")
    whole_feed = company.feed

    def feed(params: httpx.QueryParams) -> Any:
        if company.clock.now() - datetime.fromisoformat(params["changedSince"]) > timedelta(days=1):
            return fake.fault("2170", "Invalid Enumeration", "changedSince is older than fixed days")
        return whole_feed(params)

    company.feed = feed
    run(company, writer)
    assert writer.committed["complete"]
    told = writer.finding("deletions_known_from")
    assert told["severity"] == "note"
    assert "QuickBooks did not tell" in told["what"]
    began = datetime.fromisoformat(writer.committed["fence"]["from"])
    assert all(began - timedelta(minutes=1) < at <= began for at in known(writer).values())
    assert RecordKey("Invoice", number) in writer.records


@pytest.mark.parametrize("deleted", [5, 1500])
def test_where_the_feed_is_cut_off_it_is_said_from_when_on_deletions_are_known(
    company: Any, run: Any, writer: Any, deleted: int
) -> None:
    """Invoices: so many in the first week that no answer holds them; bills: few."""
    early = [company.put("Invoice") for _ in range(deleted)]
    for _ in range(1200):
        company.put("Invoice")
    bill = company.put("Bill")
    company.put("Bill")
    company.clock.sleep(86_400)
    for number in early:
        company.delete("Invoice", number)
    company.delete("Bill", bill)
    company.clock.sleep(20 * 86_400)
    last = company.put("Invoice")
    company.clock.sleep(60)
    company.delete("Invoice", last)
    deleted_at = company.clock.now()
    company.clock.sleep(3 * 86_400)
    now = company.clock.now()
    run(company, writer)
    assert writer.committed["complete"]
    found = kept(writer)
    assert RecordKey("Invoice", last) in found
    assert RecordKey("Bill", bill) in found
    assert known(writer)["Invoice"] <= deleted_at
    assert known(writer)["Invoice"] > now - timedelta(days=23)
    assert known(writer)["Bill"] < now - FEED_REACHES + timedelta(minutes=2)
    said = writer.finding("deletions_known_from")["what"]
    assert f"Invoice: from {known(writer)['Invoice']:%Y-%m-%d %H:%M} UTC on" in said
    assert "Bill" not in said
    long_ago = [at for at in feed_asked(company) if now - at > timedelta(hours=1)]
    assert len(long_ago) <= MOST_CALLS


def test_what_is_spent_on_it_is_bounded_whatever_the_feed_says(company: Any, run: Any, writer: Any) -> None:
    for entity in ("Invoice", "Bill", "Payment", "Customer", "Vendor"):
        for _ in range(1100):
            company.put(entity)
    company.clock.sleep(600)
    run(company, writer)
    assert writer.committed["complete"]
    said = writer.finding("deletions_known_from")["what"]
    for entity in ("Invoice", "Bill", "Payment", "Customer", "Vendor"):
        assert entity in said
        assert known(writer)[entity] <= datetime.fromisoformat(writer.committed["fence"]["from"])
    began = datetime.fromisoformat(writer.committed["fence"]["from"])
    assert len([at for at in feed_asked(company) if began - at > timedelta(seconds=15)]) <= MOST_CALLS
