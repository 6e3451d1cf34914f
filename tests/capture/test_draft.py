"""What a draft holds of a capture: the same, read again, and nothing that is not sound."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture import draft
from akika_forensics.capture.draft import State, Unsound, overtaken, pack, read_state, sound, unpack
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import PagePlan, Slice

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Sink:
    def __init__(self) -> None:
        self.records: dict[RecordKey, bytes] = {}

    def add(self, key: RecordKey, payload: bytes, digested: Digested | None = None) -> None:
        self.records[key] = payload

    def remove(self, key: RecordKey) -> None:
        del self.records[key]


def held_again(held: Held, findings: Findings, sink: Sink) -> tuple[Held, Findings]:
    """As another process has it."""
    text = unpack(pack(state(held=held, findings=findings)))
    read = read_state(text)
    others = Findings()
    others.take_up(read.findings)
    again = Held(sink, others)
    again.take_up(read.held)
    return again, others


def state(held: Held | None = None, findings: Findings | None = None, **more: Any) -> State:
    plan = PagePlan(expected=2500)
    plan.wanted()
    fields: dict[str, Any] = {
        "rules": 1,
        "begun": "2026-11-27T12:00:00Z",
        "why": ["It is the first of this company."],
        "carried": False,
        "expected": {"Invoice": 2500},
        "lists": {"Invoice": plan.begun()},
        "findings": (findings or Findings()).as_state(),
        "held": (held or Held(Sink(), Findings())).as_state(),
        "requests": 7,
        "interrupted": 0,
    }
    return State(**(fields | more))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "drop", "again"]),
        st.sampled_from(["Invoice", "Customer", "Attachable"]),
        st.sampled_from(["1", "2", "é"]),
        st.integers(-3, 30),
        st.sampled_from(["1", "2", "9"]),
    ),
    max_size=14,
)


@given(acts=ACTS)
def test_what_is_held_goes_on_as_if_nothing_had_come_between(acts: list[tuple[str, str, str, int, str]]) -> None:
    """The same acts with and without interruptions lead to the same."""
    sinks, findings = (Sink(), Sink()), Findings()
    whole, cut = Held(sinks[0], findings), Held(sinks[1], others := Findings())
    for kind, entity, record_id, second, cited in acts:
        if kind == "again":
            cut, others = held_again(cut, others, sinks[1])
            continue
        key = RecordKey(entity, record_id)
        if kind == "drop":
            assert whole.drop(key) == cut.drop(key)
            continue
        body = {
            "Id": record_id,
            "CustomerRef": {"value": cited},
            "TxnDate": f"2026-11-{max(second, 1):02d}",
            "Hologram": second,
            "FileName": "scan.pdf",
            "Size": second,
        }
        at = None if second < 0 else NOON + timedelta(seconds=second)
        arrived = [Slice(key, json.dumps(body).encode())]
        assert whole.take(arrived, at) == cut.take(arrived, at)
    cut, others = held_again(cut, others, sinks[1])
    assert sinks[0].records == sinks[1].records
    assert whole.as_state() == cut.as_state()
    assert whole.citations.dangling() == cut.citations.dangling()
    assert findings.as_dicts() == others.as_dicts()


def test_findings_of_what_is_looked_at_again_do_not_last() -> None:
    findings = Findings()
    findings.add("unknown_field", "A field.", severity="note", record="Invoice:1", lasting=True)
    findings.add("unknown_field", "A field.", severity="note", record="Invoice:2", lasting=True)
    findings.add("entity_unreadable", "Bill could not be read.", severity="problem")
    (kept,) = findings.as_state()
    assert (kept["code"], kept["times"], kept["records"]) == ("unknown_field", 2, ["Invoice:1", "Invoice:2"])


def test_a_file_that_did_not_come_is_tried_again() -> None:
    held = Held(Sink(), Findings())
    for number in (1, 2):
        body = {"Id": str(number), "FileName": "scan.pdf", "Size": 7, "TempDownloadUri": "x"}
        held.take([Slice(RecordKey("Attachable", str(number)), json.dumps(body).encode())], NOON)
        held.files.settle(RecordKey("Attachable", str(number)))
    held.files.lacks(RecordKey("Attachable", "2"))
    assert held.files.as_state()["settled"].keys() == {"1"}
    assert held.files.as_state()["told"].keys() == {"1", "2"}


UNSOUND = {
    "other rules": (pack(state(rules=2)), "It was made by other rules of capture."),
    "a newer version": (
        draft.zlib.compress(unpack(pack(state())).replace(b"akika-capture-1", b"akika-capture-2")),
        "A newer version of the software left it.",
    ),
    "something else": (b"half", "What is noted of where it stood cannot be read."),
    "cut short": (draft.zlib.compress(b"{"), "What is noted of where it stood cannot be read."),
}
OVERTAKEN = {
    "too old": (NOON + timedelta(days=29), "It began on 2026-11-27, longer ago than the change feed reaches."),
    "a clock that went back": (NOON - timedelta(days=2), "It began later than the company's clock says it is now."),
    "in time": (NOON + timedelta(days=27), ""),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_what_is_not_sound_is_refused_with_its_reason(name: str) -> None:
    data, why = UNSOUND[name]
    with pytest.raises(Unsound) as refused:
        sound(data, rules=1)
    assert str(refused.value) == why


@pytest.mark.parametrize("name", OVERTAKEN)
def test_what_comes_too_late_is_not_gone_on_with(name: str) -> None:
    now, why = OVERTAKEN[name]
    assert overtaken(state(), now) == why


def test_what_is_sound_is_given_back() -> None:
    kept = state()
    assert sound(pack(kept), rules=1) == kept
    assert kept.start == NOON
