"""Which request brought which record: whatever is named, its answer holds the very bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from akika_forensics.capture import asked, draft
from akika_forensics.capture.incremental import RULES
from akika_forensics.capture.keeper import EVERY
from akika_forensics.errors import Interrupted, VaultDamaged
from akika_forensics.model.record import RecordKey


class Heard(httpx.BaseTransport):
    """A company whose answers are numbered and remembered by whoever listens on the way."""

    def __init__(self, company: Any) -> None:
        self._company = company
        self.said: dict[str, bytes] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._company, name)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = self._company.handle_request(request)
        response.read()
        tid = f"1-{len(self.said) + 1}"
        response.headers["intuit_tid"] = tid
        self.said[tid] = response.content
        return response


@pytest.fixture
def heard(company: Any) -> Heard:
    for number in range(1100):
        company.put("Invoice", TxnDate="2026-11-20", DocNumber=str(number))
    for entity in ("Bill", "Vendor", "Preferences", "Account", "Term", "ExchangeRate"):
        company.put(entity)
    company.put("Bill", "8", raw=b'{"DocNumber":"without an id"}')
    company.clock.sleep(3600)
    return Heard(company)


def assert_named_answers_hold(heard: Heard, info: Any, records: dict[RecordKey, bytes]) -> None:
    found = asked.by_record(asked.read(info["brought"]), records)
    assert found.keys() == records.keys()
    for key, payload in records.items():
        body = heard.said[found[key].intuit_tid]
        assert payload in body, key
        assert hashlib.sha256(body).hexdigest() == found[key].sha256
        assert found[key].at.tzinfo is not None
        assert found[key].asked


@pytest.mark.parametrize("lists_in_batches", [False, True])
def test_of_every_record_the_request_is_told(heard: Heard, run: Any, writer: Any, *, lists_in_batches: bool) -> None:
    heard._company.lists_in_batches = lists_in_batches
    info = run(heard, writer)
    assert len(writer.records) > 1100
    assert_named_answers_hold(heard, info, writer.records)
    told = asked.read(info["brought"])
    assert len({one.intuit_tid for one in told if "Invoice" in one.records}) >= 2, "over several pages"
    assert sum(len(ids) for one in told for ids in one.records.values()) == len(writer.records), "each once"


def test_of_what_changed_since_the_feed_is_told(heard: Heard, run: Any, writers: Any) -> None:
    first = writers()
    run(heard, first)
    heard.clock.sleep(3600)
    heard.put("Invoice", "8", SyncToken="1", PrivateNote="changed")
    heard.put("Invoice", PrivateNote="new")
    second = writers(first)
    info = run(heard, second, before=first.snapshot)
    assert info["fence"]["kind"] == "incremental"
    changed = {key: payload for key, payload in second.records.items() if first.records.get(key) != payload}
    assert len(changed) >= 2
    assert_named_answers_hold(heard, info, changed)
    told = asked.by_record(asked.read(info["brought"]), changed)
    assert {"the change feed" in one.asked for key, one in told.items() if key.entity == "Invoice"} == {True}


def test_a_capture_that_is_gone_on_with_tells_the_requests_of_both_runs(heard: Heard, run: Any, writer: Any) -> None:
    def slowly(request: httpx.Request) -> None:
        if "STARTPOSITION" in request.url.params.get("query", ""):
            heard.clock.sleep(EVERY)

    heard._company.before = slowly
    with pytest.raises(Interrupted):
        run(heard, writer, should_stop=lambda: len(heard.said) > 20)
    before = set(heard.said)
    again, state = writer.after_an_interruption()
    heard._company.before = lambda _: None
    info = run(heard, again, draft=draft.sound(state, rules=RULES))
    assert info["fence"]["interrupted"] == 1
    assert_named_answers_hold(heard, info, again.records)
    named = {one.intuit_tid for one in asked.read(info["brought"])}
    assert named & before
    assert named - before


@pytest.mark.parametrize("data", [b"", b"[]", b'{"format":"akika-requests-1"}', b'{"requests":[1]}'])
def test_a_list_that_is_none_is_damage(data: bytes) -> None:
    with pytest.raises(VaultDamaged):
        asked.read(data)
