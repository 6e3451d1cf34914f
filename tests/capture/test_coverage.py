"""What a capture promises for each entity, and what one snapshot has of it."""

import pytest

from akika_forensics.capture.coverage import OUT_OF_REACH, Reach, Sureness, coverage, promises
from akika_forensics.capture.entities import FEED_UNCONFIRMED, NOT_READ, readable_entities
from akika_forensics.capture.findings import Findings
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_instant

FROM, TO = "2026-11-23T08:00:00Z", "2026-11-23T08:05:00Z"


def _row(name, held=None, counted=None, fence=None, findings=()):
    rows = {row.entity: row for row in coverage(held or {}, counted or {}, fence or {}, findings)}
    assert list(rows) == list(CATALOGUE)
    return rows[name]


def test_every_entity_has_one_promise_and_only_what_is_not_read_is_not_captured():
    found = {row.entity: row for row in promises()}
    assert list(found) == list(CATALOGUE)
    captured = {name for name, row in found.items() if row.reach is not Reach.NOT}
    assert captured == set(readable_entities())
    assert {name for name, row in found.items() if row.reach is Reach.NOT} == set(NOT_READ)
    for name, row in found.items():
        assert bool(row.noticed) == (name in captured)
        assert bool(row.lacks or row.hidden) == (row.reach is not Reach.CAPTURED)


def test_what_comes_masked_is_captured_in_part():
    found = {row.entity: row for row in promises()}
    for name, row in CATALOGUE.items():
        if row.masked:
            assert found[name].reach is Reach.PARTLY
            assert found[name].hidden == row.masked


def test_what_no_answer_was_seen_of_is_a_belief():
    for row in promises():
        assert (row.sure is Sureness.OBSERVED) == (row.noticed == "feed")
        if row.entity in FEED_UNCONFIRMED:
            assert row.sure is Sureness.BELIEVED


def test_the_areas_out_of_reach_are_named_once_each_with_something_to_do():
    names = [one.name for one in OUT_OF_REACH]
    assert len(set(names)) == len(names)
    assert all(one.what and one.instead for one in OUT_OF_REACH)


def test_a_snapshot_says_when_each_entity_was_as_it_shows_it():
    fence = {"entities": {"Invoice": {"from": FROM, "to": TO, "by": "feed"}}}
    row = _row("Invoice", {"Invoice": 7}, {"Invoice": 8}, fence)
    assert (row.records, row.counted) == (7, 8)
    assert row.interval.begin == parse_instant(FROM)
    assert row.interval.end == parse_instant(TO)
    assert row.as_dict()["interval"] == {"from": FROM, "to": TO, "by": "feed"}
    assert _row("Bill", {}, {}, fence).interval is None


@pytest.mark.parametrize("code", ["entity_not_listed", "entity_not_offered", "entity_unreadable"])
def test_an_entity_that_could_not_be_read_is_not_captured_and_the_finding_is_the_reason(code):
    findings = Findings()
    findings.add(code, "Bill could not be read: QuickBooks has a hiccup.", severity="problem")
    told = findings.as_dicts()
    assert (_row("Bill", findings=told).reach, _row("Bill", findings=told).why) == (Reach.NOT, told[0]["what"])
    # BillPayment is another entity, and what an earlier snapshot read is still there.
    assert _row("BillPayment", {"BillPayment": 1}, findings=told).why != told[0]["what"]
    assert _row("Bill", {"Bill": 3}, findings=told).reach is Reach.PARTLY


def test_another_finding_about_an_entity_takes_nothing_from_it():
    findings = Findings()
    findings.add("count_differs", "Class has 3, QuickBooks counts 4.", severity="warning")
    assert _row("Class", {"Class": 3}, findings=findings.as_dicts()).reach is Reach.CAPTURED
