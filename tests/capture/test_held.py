from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.citations import Citations
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.errors import AkikaError
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of
from akika_forensics.quickbooks import Slice

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = RecordKey("Invoice", "1")


def _cut(key: RecordKey, **fields: Any) -> Slice:
    return Slice(key, json.dumps({"Id": key.id, **fields}).encode())


@pytest.fixture
def held(writer: Any) -> Held:
    return Held(writer, Findings())


def test_the_later_reading_wins_in_whatever_order_they_arrive(held: Held, writer: Any) -> None:
    assert held.take([_cut(KEY, SyncToken="1")], NOON) == 1
    assert held.take([_cut(KEY, SyncToken="0")], NOON - timedelta(seconds=1)) == 0
    assert json.loads(writer.records[KEY])["SyncToken"] == "1"
    assert held.take([_cut(KEY, SyncToken="2")], NOON + timedelta(seconds=1)) == 1
    assert json.loads(writer.records[KEY])["SyncToken"] == "2"


def test_the_same_again_is_no_change(held: Held, writer: Any) -> None:
    held.take([_cut(KEY)], NOON)
    writer.records.clear()
    assert held.take([_cut(KEY)], NOON + timedelta(seconds=5)) == 0
    assert writer.records == {}
    assert held.take([_cut(KEY, SyncToken="0")], NOON + timedelta(seconds=1)) == 0, "it was read again later than this"


def test_what_is_dropped_is_gone(held: Held, writer: Any) -> None:
    held.take([_cut(KEY)], NOON)
    assert held.drop(KEY)
    assert not held.drop(KEY)
    assert KEY not in held
    assert held.count("Invoice") == held.records == 0
    assert writer.records == {}


@pytest.mark.parametrize("day", ["2026-13-40", "", 5, None, "soon"])
def test_a_date_that_is_none_stops_nothing(held: Held, day: Any) -> None:
    held.take([_cut(KEY, TxnDate=day)], NOON)
    assert held.latest_date is None
    assert held.count("Invoice") == 1


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"x"'])
def test_what_is_no_object_is_refused(held: Held, payload: bytes) -> None:
    with pytest.raises(AkikaError):
        held.take([Slice(KEY, payload)], NOON)


NUMBERS = st.integers(0, 6)


@given(st.lists(st.tuples(NUMBERS, st.lists(NUMBERS, max_size=3), st.booleans()), max_size=25))
def test_dangling_is_what_the_present_versions_cite_and_nobody_holds(steps: list[tuple[int, list[int], bool]]) -> None:
    citations = Citations()
    present: dict[RecordKey, dict[str, Any]] = {}
    for number, cited, gone in steps:
        key = RecordKey("Payment", str(number))
        if gone:
            citations.drop(key)
            present.pop(key, None)
            continue
        linked = [{"TxnId": str(other), "TxnType": "ReceivePayment"} for other in cited]
        body: dict[str, Any] = {"LinkedTxn": linked, "Line": [{"LinkedTxn": linked}]}
        citations.put(key, body)
        present[key] = body
    expected: dict[RecordKey, set[RecordKey]] = {}
    for key, body in present.items():
        for link in links_of("Payment", body):
            if link.target is not None and link.target not in present:
                expected.setdefault(link.target, set()).add(key)
    assert {target: set(sources) for target, sources in citations.dangling()} == expected


def test_nothing_cited() -> None:
    assert Citations().dangling() == []


def test_findings_are_counted_once_a_sentence_and_list_few_records() -> None:
    findings = Findings()
    for number in range(50):
        findings.add("code", "The same.", severity="note", record=f"Invoice:{number}")
    findings.add("bad", "Worse.", severity="problem")
    rows = findings.as_dicts()
    assert [row["code"] for row in rows] == ["bad", "code"]
    assert (rows[1]["times"], len(rows[1]["records"])) == (50, 20)
    assert not findings.whole
