from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.citations import Citations
from akika_forensics.capture.cited import cited_by
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.model import payload
from akika_forensics.model.catalogue import CATALOGUE
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
    assert held.dates.last is None
    assert held.count("Invoice") == 1


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"x"'])
def test_what_is_no_object_is_named(writer: Any, payload: bytes) -> None:
    findings = Findings()
    assert Held(writer, findings).take([Slice(KEY, payload)], NOON) == 0
    assert [row["code"] for row in findings.as_dicts()] == ["record_refused"]


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


def _both(entity: str, body: dict[str, Any]) -> None:
    """The quick walk and the model's own must say the same."""
    links = [link for link in links_of(entity, body) if not link.by_code]
    targets, unreadable = cited_by(entity, body)
    assert sorted(targets) == sorted(tuple(link.target) for link in links if link.target is not None)
    assert sorted(unreadable) == sorted(link.name for link in links if link.target is None and link.linked)
    assert cited_by(entity, payload.digested(payload.encode(body)).value) == (targets, unreadable)


VALUE = st.one_of(
    st.none(), st.just(""), st.just("7"), st.just("TAX"), st.integers(0, 3), st.booleans(), st.just(Decimal("1.5"))
)
TYPE = st.sampled_from(
    ["Customer", "vendor", "Invoice", "Check", "StatementCharge", "Nonsense", "", None, 5, Decimal("1.5")]
)
HOLDER = st.one_of(
    VALUE,
    st.fixed_dictionaries({}, optional={"value": VALUE, "name": VALUE, "type": TYPE, "TxnId": VALUE, "TxnType": TYPE}),
)


@given(st.data())
def test_the_quick_walk_agrees_with_the_model(data: st.DataObject) -> None:
    entity = data.draw(st.sampled_from(sorted(CATALOGUE)))
    body: dict[str, Any] = {}
    for reference in CATALOGUE[entity].references:
        if data.draw(st.booleans()):
            _plant(body, reference.path.split("."), data.draw(HOLDER))
            if reference.type_path and data.draw(st.booleans()):
                _plant(body, reference.type_path.split("."), data.draw(TYPE))
    _both(entity, body)
    _both("RecurringTransaction", {entity: body})


def _plant(body: dict[str, Any], parts: list[str], value: Any) -> None:
    name = parts[0].removesuffix("[]")
    if len(parts) == 1:
        body[name] = [value] if parts[0].endswith("[]") else value
        return
    if parts[0].endswith("[]"):
        rows = body.setdefault(name, [{}])
        inner = rows[0] if isinstance(rows, list) and rows else None
    else:
        inner = body.setdefault(name, {})
    if isinstance(inner, dict):
        _plant(inner, parts[1:], value)


def test_the_quick_walk_agrees_with_the_model_on_real_records(shared_data: Path) -> None:
    for file in sorted((shared_data / "real_records").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            _both(file.stem, json.loads(line))
