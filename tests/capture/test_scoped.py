"""Captures of a few records: what belongs to them, that it is all of one moment, and in how few requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_twin import sample_twin

from akika_forensics import capture
from akika_forensics.capture.carried import carried, standing
from akika_forensics.capture.surroundings import hangs, is_transaction, needs
from akika_forensics.errors import Interrupted
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()
MOST_CALLS = 60


class Served:
    """The sample company, and captures of some of its records that have no snapshot before."""

    def __init__(self, server: TwinServer, twin: Twin, writers: Any) -> None:
        self.server, self.twin, self._writers = server, twin, writers

    def capture(self, *asked: RecordKey, transport: httpx.BaseTransport | None = None, **options: Any) -> Any:
        """The writer, with what it was told."""
        known = self.server.credentials
        connection = Connection(
            "twin",
            self.server.realm_id,
            self.server.base_url,
            self.server.token_url,
            known.client_id,
            Secret(known.client_secret),
        )
        later = now() + timedelta(hours=1)
        tokens = MemoryTokenStore(Tokens(Secret(known.access_token), Secret(known.refresh_token), later, later))
        writer = self._writers()
        with open_reader(connection, tokens, limits=QUICK, transport=transport) as reader:
            capture.run_scoped(reader, writer, asked, base=None, **options)
        return writer

    def change(self, key: RecordKey, **fields: Any) -> None:
        body = json.loads(self.twin.dump()[key])
        self.twin.update(key.entity, {"Id": key.id, "SyncToken": body["SyncToken"], "sparse": True, **fields})

    @property
    def state(self) -> dict[RecordKey, bytes]:
        return {RecordKey(*key): payload for key, payload in self.twin.dump().items()}


@pytest.fixture(scope="module")
def readable() -> list[RecordKey]:
    """Records of the sample company that can be asked for."""
    twin = sample_twin()
    keys = [RecordKey(*key) for key in twin.dump()]
    twin.close()
    return sorted(key for key in keys if CATALOGUE[key.entity].queryable is not False and key.id.isdigit())


@pytest.fixture
def served(writers: Any) -> Iterator[Served]:
    twin = sample_twin()
    with serve(twin) as server:
        yield Served(server, twin, writers)
    twin.close()


def _scope(writer: Any) -> tuple[set[RecordKey], set[RecordKey]]:
    scope = writer.committed["fence"]["scope"]
    read, gone = ({RecordKey.parse(one) for one in scope[name]} for name in ("read", "gone"))
    return read, gone


@settings(max_examples=30)
@given(data=st.data())
def test_whatever_is_asked_for_comes_with_all_it_needs_in_few_calls(
    data: st.DataObject, readable: list[RecordKey], module_served: Served
) -> None:
    asked = data.draw(st.lists(st.sampled_from(readable), min_size=1, max_size=3, unique=True))
    before = len(module_served.server.log)
    writer = module_served.capture(*asked)
    seen = [one for one in module_served.server.log[before:] if one.kind != "sign-in"]
    assert {one.kind for one in seen} == {"read"}
    assert len(seen) <= MOST_CALLS
    assert writer.committed["complete"]
    assert writer.committed["fence"]["quiet"]
    state = module_served.state
    read, gone = _scope(writer)
    assert gone == set()
    assert set(writer.records) == read
    assert {key: payload for key, payload in writer.records.items() if key.entity != "Attachable"} == {
        key: state[key] for key in read if key.entity != "Attachable"
    }
    for key in read:
        body = json.loads(state[key])
        names = {one for one in needs(key, body) if not is_transaction(one) and one in state}
        assert names <= read, f"{key} needs {names - read}"
    for key in asked:
        body = json.loads(state[key])
        assert {one for one in (*needs(key, body), *hangs(key, body)) if one in state} <= read
        attached = {
            one
            for one, payload in state.items()
            if one.entity == "Attachable" and key in needs(one, json.loads(payload))
        }
        assert attached <= read


@pytest.fixture(scope="module")
def module_served() -> Iterator[Served]:
    from .conftest import FakeSnapshotWriter

    twin = sample_twin()
    with serve(twin) as server:
        yield Served(server, twin, FakeSnapshotWriter)
    twin.close()


class Meddler(httpx.BaseTransport):
    """The line, on which something happens to the books before each of the first ``times`` requests of a kind."""

    def __init__(self, act: Any, times: int, on: str = "/batch") -> None:
        self._inner = httpx.HTTPTransport()
        self._act, self._left, self._on = act, times, on

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._on in request.url.path and self._left:
            self._left -= 1
            self._act(self._left)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


_DENIED = {"Error": [{"Message": "Permission Denied Error", "code": "5020"}], "type": "ValidationFault"}


class Withheld(httpx.BaseTransport):
    """The line to a company whose user may not see the records of one type."""

    def __init__(self, entity: str) -> None:
        self._inner, self._entity = httpx.HTTPTransport(), entity.lower()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if f"/{self._entity}/" in request.url.path:
            return httpx.Response(400, json={"Fault": _DENIED})
        answer = self._inner.handle_request(request)
        if not request.url.path.endswith("/batch"):
            return answer
        answer.read()
        answer.close()
        asked = {one["bId"]: one.get("Query", "").lower() for one in json.loads(request.content)["BatchItemRequest"]}
        told = json.loads(answer.content)
        told["BatchItemResponse"] = [
            {"bId": one["bId"], "Fault": _DENIED} if f"from {self._entity} " in f"{asked[one['bId']]} " else one
            for one in told["BatchItemResponse"]
        ]
        return httpx.Response(200, json=told)

    def close(self) -> None:
        self._inner.close()


def test_a_record_that_was_asked_for_and_is_withheld_makes_no_whole_snapshot(served: Served) -> None:
    invoice, payment = _paid(served)
    writer = served.capture(payment, transport=Withheld("Payment"))
    assert payment not in writer.records
    assert writer.finding("asked_and_refused")["severity"] == "problem"
    assert not writer.committed["complete"]
    # What only belongs to it may be withheld: that is said, and is no hole in what was asked for.
    writer = served.capture(payment, transport=Withheld("Invoice"))
    assert (payment in writer.records, invoice in writer.records) == (True, False)
    assert writer.finding("not_read_by_id")["severity"] == "warning"
    assert writer.committed["complete"]


def _paid(served: Served) -> tuple[RecordKey, RecordKey]:
    """An invoice and the payment of it."""
    for key, payload in served.state.items():
        if key.entity == "Invoice":
            for link in json.loads(payload).get("LinkedTxn", []):
                if link["TxnType"] == "Payment":
                    return key, RecordKey("Payment", link["TxnId"])
    raise AssertionError("the sample has a paid invoice")


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_records_that_change_while_they_are_read_are_all_of_one_moment(served: Served, times: int) -> None:
    invoice, _ = _paid(served)
    meddler = Meddler(lambda left: served.change(invoice, PrivateNote=f"changed {left}"), times)
    writer = served.capture(invoice, transport=meddler)
    assert writer.committed["complete"]
    state = served.state
    assert writer.records[invoice] == state[invoice]
    assert {key: state[key] for key in writer.records} == writer.records


def test_a_record_that_goes_while_it_is_read_is_gone(served: Served) -> None:
    invoice, payment = _paid(served)

    def delete(left: int) -> None:
        if left == 0:
            body = json.loads(served.state[payment])
            served.twin.delete("Payment", {"Id": payment.id, "SyncToken": body["SyncToken"]})

    writer = served.capture(invoice, transport=Meddler(delete, 4))
    read, gone = _scope(writer)
    assert (payment in gone, payment in read, payment in writer.records) == (True, False, False)
    assert writer.records[invoice] == served.state[invoice]


def test_records_that_never_stand_still_are_said_to(served: Served) -> None:
    invoice, _ = _paid(served)
    meddler = Meddler(lambda left: served.change(invoice, PrivateNote=f"changed {left}"), 1000)
    writer = served.capture(invoice, transport=meddler)
    assert not writer.committed["complete"]
    assert not writer.committed["fence"]["quiet"]
    assert writer.finding("not_quiet")["severity"] == "problem"


def test_more_than_is_followed_is_said(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice, payment = _paid(served)
    monkeypatch.setattr("akika_forensics.capture.scope.MOST_AROUND", 1)
    writer = served.capture(invoice)
    assert payment not in writer.records
    assert writer.finding("scope_cut")["severity"] == "warning"


def test_who_stops_it_commits_nothing(served: Served) -> None:
    writers: list[Any] = []
    invoice, _ = _paid(served)
    with pytest.raises(Interrupted):
        writers.append(served.capture(invoice, should_stop=lambda: True))
    assert writers == []


def test_a_search_for_attachments_that_is_refused_is_said(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice, _ = _paid(served)
    monkeypatch.setattr("akika_forensics.capture.scope._text", lambda value: f"({value}")
    writer = served.capture(invoice)
    assert writer.finding("attachments_not_searched")["severity"] == "warning"
    assert invoice in writer.records


class _Info:
    def __init__(self, name: str, *, complete: bool = True, **fence: Any) -> None:
        self.id, self.complete, self.fence = name, complete, fence
        self.findings: list[dict[str, Any]] = []


def test_behind_a_snapshot_of_some_records_stands_the_last_of_everything() -> None:
    whole = _Info("s1", kind="full", to="2026-11-23T10:00:00Z", entities={"Invoice": {}})
    first = _Info("s2", kind="scoped", **carried(whole))
    second = _Info("s3", kind="scoped", **carried(first))
    for one in (whole, first, second):
        behind = standing(one)
        assert behind is not None
        assert (behind.id, behind.complete, behind.fence) == ("s1", True, whole.fence)
    assert standing(_Info("s1", kind="scoped")) is None
    assert standing(_Info("s1", kind="scoped", carried={"snapshot": "s0", "fence": "?"})) is None
    assert carried(_Info("s1", kind="scoped")) == {}


def test_files_that_lack_leave_the_records_whole_where_it_is_known_which() -> None:
    info = _Info("s1", complete=False, kind="full")
    info.findings = [{"code": "attachment_gone", "severity": "problem"}]
    told = [standing(info, files_known=known) for known in (True, False)]
    assert [one.complete for one in told if one is not None] == [True, False]
    info.findings.append({"code": "count_mismatch", "severity": "problem"})
    behind = standing(info)
    assert behind is not None
    assert not behind.complete
