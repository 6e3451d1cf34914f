"""Attached files of a served company: their bytes, once, over a line that fails; and what is said of those that lack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from akika_forensics import capture
from akika_forensics.capture import attachables, attachments, file_addresses
from akika_forensics.capture.attachables import Described, FilesBefore, file_of
from akika_forensics.capture.attachments import AttachedFiles
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import Interrupted, SignInFailed
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Reader, Tokens, open_reader
from akika_forensics.quickbooks.downloads import Downloads
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.twin.beliefs import Beliefs

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()


@pytest.fixture
def twin() -> Iterator[Twin]:
    made = Twin()
    yield made
    made.close()


@pytest.fixture
def server(twin: Twin) -> Iterator[TwinServer]:
    with serve(twin) as served:
        yield served


@pytest.fixture
def reader(server: TwinServer) -> Iterator[Reader]:
    with open_reader(_connection(server), _tokens(server), limits=QUICK) as made:
        yield made


def _connection(server: TwinServer) -> Connection:
    known = server.credentials
    secret = Secret(known.client_secret)
    return Connection("twin", server.realm_id, server.base_url, server.token_url, known.client_id, secret)


def _tokens(server: TwinServer) -> MemoryTokenStore:
    known = server.credentials
    later = now() + timedelta(hours=1)
    return MemoryTokenStore(Tokens(Secret(known.access_token), Secret(known.refresh_token), later, later))


def _attach(twin: Twin, content: bytes, name: str = "scan.pdf", **more: Any) -> RecordKey:
    return RecordKey("Attachable", twin.attach(Upload([content], name, "application/pdf", more))["Id"])


def _change(twin: Twin, key: RecordKey, **fields: Any) -> None:
    body = json.loads(twin.dump()[key])
    body |= fields
    twin.put_raw("Attachable", payloads.encode({name: one for name, one in body.items() if one is not None}))


def _lose(twin: Twin, key: RecordKey) -> None:
    with twin.store.transaction():
        twin.store.files.remove(key.id)


def _asked(server: TwinServer, since: int = 0) -> list[str]:
    """Requests of the API for addresses: one by one, and those of many records in one."""
    seen = server.log[since:]
    return [
        one.path.rsplit("/", 2)[-2] if "/download/" in one.path else "query"
        for one in seen
        if "/download/" in one.path or "Attachable+WHERE+Id" in one.query or "Attachable%20WHERE%20Id" in one.query
    ]


def test_every_file_comes_with_its_bytes_and_a_note_has_none(
    twin: Twin, reader: Reader, writer: Any, server: Any
) -> None:
    sent = {_attach(twin, bytes([number]) * (number * 1000 + 1)): number for number in range(70)}
    note = twin.create("Attachable", {"Note": "a note"})["Id"]
    committed = capture.run(reader, writer)
    assert committed["complete"]
    assert writer.codes("problem") | writer.codes("warning") == set()
    assert writer.files == {key: bytes([number]) * (number * 1000 + 1) for key, number in sent.items()}
    assert RecordKey("Attachable", note) in writer.records
    assert _asked(server) == ["query"] * 3, "addresses come thirty at a time"
    assert {one.method for one in server.log if "/batch" not in one.path} == {"GET"}


@pytest.mark.parametrize("choice", ["refused", "sent"])
def test_no_token_goes_to_the_storage_whatever_it_makes_of_one(writer: Any, choice: str) -> None:
    twin = Twin(beliefs=Beliefs().but(bearer_on_file=choice))
    key = _attach(twin, b"bytes")
    with serve(twin) as served, open_reader(_connection(served), _tokens(served), limits=QUICK) as reader:
        assert capture.run(reader, writer)["complete"]
    twin.close()
    assert writer.files == {key: b"bytes"}


def test_what_the_snapshot_before_has_is_not_fetched_again(
    twin: Twin, reader: Reader, writers: Any, server: Any
) -> None:
    old, renoted = _attach(twin, b"old"), _attach(twin, b"second")
    first = writers()
    capture.run(reader, first)
    _change(twin, renoted, Note="another note")
    new = _attach(twin, b"new")
    again, before = writers(), len(server.log)
    again.before = first.files
    lengths = {key: len(content) for key, content in first.files.items()}
    assert capture.run(reader, again, files_before=FilesBefore(lengths))["complete"]
    assert again.files == {old: b"old", renoted: b"second", new: b"new"}
    assert _asked(server, before) == ["query"]
    (query,) = [
        one.query
        for one in server.log[before:]
        if "Attachable" in one.query and "WHERE" in one.query and new.id in one.query
    ]
    assert old.id not in query
    assert renoted.id not in query


def test_a_file_of_another_length_is_fetched_though_one_is_there(twin: Twin, reader: Reader, writer: Any) -> None:
    key = _attach(twin, b"longer")
    writer.before = {key: b"old"}
    capture.run(reader, writer, files_before=FilesBefore({key: 3}))
    assert writer.files == {key: b"longer"}


def test_a_file_that_quickbooks_lost_leaves_the_snapshot_not_whole(twin: Twin, reader: Reader, writer: Any) -> None:
    lost, there = _attach(twin, b"lost"), _attach(twin, b"there")
    _lose(twin, lost)
    committed = capture.run(reader, writer)
    assert not committed["complete"]
    assert writer.files == {there: b"there"}
    found = writer.finding("attachment_gone")
    assert (found["severity"], found["records"], found["times"]) == ("problem", [str(lost)], 1)
    assert attachables.only_files_lack(committed["findings"])
    assert not attachables.only_files_lack([*committed["findings"], {"severity": "problem", "code": "not_quiet"}])


def test_another_length_than_told_is_a_warning_and_the_bytes_are_kept(twin: Twin, reader: Reader, writer: Any) -> None:
    key = _attach(twin, b"four")
    _change(twin, key, Size=5)
    assert capture.run(reader, writer)["complete"]
    assert writer.files == {key: b"four"}
    assert writer.finding("attachment_size")["records"] == [str(key)]


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/latest/", "https://10.0.0.1/x", "file:///etc/passwd", 5, ""]
)
def test_an_address_in_the_books_that_leads_elsewhere_is_not_followed(
    twin: Twin, reader: Reader, writer: Any, reached: Any, address: Any
) -> None:
    key = _attach(twin, b"x")
    _change(twin, key, FileAccessUri=None, TempDownloadUri=address, FileName="../../x.pdf")
    committed = capture.run(reader, writer)
    assert not reached.seen
    if address in {5, ""}:  # no address: it is asked for, and comes from QuickBooks itself
        assert writer.files == {key: b"x"}
    else:
        assert (committed["complete"], writer.files) == (False, {})
        assert writer.finding("attachment_address")["records"] == [str(key)]


def test_thumbnails_are_left_out_and_that_is_said(twin: Twin, reader: Reader, writer: Any) -> None:
    key = _attach(twin, b"x")
    _change(twin, key, ThumbnailFileAccessUri="/v3/company/1/attachable-thumbnail/1")
    assert capture.run(reader, writer)["complete"]
    assert writer.finding("thumbnails_left_out")["severity"] == "note"


class Line(httpx.BaseTransport):
    """The way to the storage: each of ``refusals`` answers one request in place of the storage, None lets it through."""

    def __init__(self, *refusals: int | None, then: int | None = None) -> None:
        self._refusals, self._then = list(refusals), then
        self._inner = httpx.HTTPTransport(trust_env=False)
        self.addresses: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.addresses.append(str(request.url))
        refusal = self._refusals.pop(0) if self._refusals else self._then
        if refusal == 0:
            raise httpx.ConnectError("no line")
        return self._inner.handle_request(request) if refusal is None else httpx.Response(refusal)

    def close(self) -> None:
        self._inner.close()


class Fetched:
    """`AttachedFiles.fetch` alone, for one line."""

    def __init__(self, twin: Twin, reader: Reader, sink: Any, line: Line) -> None:
        self.findings = Findings()
        self.files = AttachedFiles(self.findings)
        self.said: list[tuple[str, int, int]] = []
        for key, text in twin.dump().items():
            if key[0] == "Attachable":
                self.files.put(RecordKey(*key), json.loads(text))
        self.fetch = lambda **more: self.files.fetch(
            reader,
            sink,
            progress=lambda *said: self.said.append(said),
            downloads=Downloads(reader.connection, QUICK, transport=line),
            **more,
        )

    def codes(self) -> dict[str, int]:
        return {row["code"]: row["times"] for row in self.findings.as_dicts()}


Fetch = Callable[..., Fetched]


@pytest.fixture
def fetched(twin: Twin, reader: Reader, writer: Any) -> Fetch:
    return lambda *refusals, then=None: Fetched(twin, reader, writer, Line(*refusals, then=then))


@pytest.mark.parametrize("refusals", [(403,), (0,), (503, 403), (400, 0, 500)])
def test_an_address_that_ended_and_a_line_that_fails_are_tried_again_with_a_new_address(
    twin: Twin, fetched: Fetch, writer: Any, server: Any, refusals: tuple[int, ...]
) -> None:
    key = _attach(twin, b"bytes")
    run = fetched(*refusals)
    run.fetch()
    assert writer.files == {key: b"bytes"}
    assert run.codes() == {}
    assert _asked(server) == ["query", *["download"] * len(refusals)]


def test_a_file_that_never_comes_is_told_of_and_not_asked_for_again(twin: Twin, fetched: Fetch, writer: Any) -> None:
    _attach(twin, b"bytes")
    run = fetched(then=403)
    run.fetch()
    assert run.codes() == {"attachment_unread": 1}
    run.fetch()
    assert run.codes() == {"attachment_unread": 1}
    assert writer.files == {}


def test_a_storage_that_cannot_be_reached_does_not_hold_the_capture_up(
    twin: Twin, fetched: Fetch, monkeypatch: Any
) -> None:
    monkeypatch.setattr(attachments, "_HOPELESS", 3)
    for number in range(10):
        _attach(twin, bytes([number]))
    run = fetched(then=0)
    run.fetch()
    assert run.codes() == {"attachment_unread": 3, "attachments_given_up": 1}
    (given_up,) = (row for row in run.findings.as_dicts() if row["code"] == "attachments_given_up")
    assert "7 more" in given_up["what"]


def test_an_address_that_grew_old_on_a_slow_line_is_asked_for_anew(
    twin: Twin, fetched: Fetch, server: Any, writer: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(file_addresses, "_OLDEST", 0.0)
    keys = [_attach(twin, b"1"), _attach(twin, b"2")]
    fetched().fetch()
    assert set(writer.files) == set(keys)
    assert sorted(_asked(server)) == ["download", "download", "query"]


def test_more_bytes_than_a_file_can_have_are_not_taken(
    twin: Twin, fetched: Fetch, monkeypatch: Any, writer: Any
) -> None:
    monkeypatch.setattr(Downloads.read, "__kwdefaults__", {"largest": 4})
    small = _attach(twin, b"1234")
    _attach(twin, b"12345")
    run = fetched()
    run.fetch()
    assert run.codes() == {"attachment_too_large": 1}
    assert writer.files == {small: b"1234"}


def test_progress_tells_bytes_and_files(twin: Twin, fetched: Fetch) -> None:
    for _ in range(3):
        _attach(twin, bytes(400_000))
    run = fetched()
    run.fetch()
    assert [said[1:] for said in run.said] == [(1, 3), (2, 3), (3, 3)]
    assert run.said[-1][0] == "attached files (1.2 of 1.2 MB)"
    assert (run.files.fetched, run.files.bytes) == (3, 1_200_000)


def test_who_stops_the_capture_keeps_no_half_file(twin: Twin, fetched: Fetch, writer: Any) -> None:
    for number in range(5):
        _attach(twin, bytes([number]) * 10)
    checks = iter([False] * 2)

    def check() -> None:
        if next(checks, True):
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        fetched().fetch(check=check)
    assert all(len(content) == 10 for content in writer.files.values())


def test_a_sign_in_that_ended_ends_the_capture(twin: Twin, reader: Reader, fetched: Fetch, monkeypatch: Any) -> None:
    _attach(twin, b"x")

    def refused(*_: Any) -> Any:
        raise SignInFailed("withdrawn")

    monkeypatch.setattr(Reader, "query", refused)
    with pytest.raises(SignInFailed):
        fetched().fetch()


def test_an_id_that_is_none_reaches_no_address(twin: Twin, reader: Reader, writer: Any, server: Any) -> None:
    findings = Findings()
    files = AttachedFiles(findings)
    hostile = RecordKey("Attachable", "../../oauth2/x?a=b")
    files.put(hostile, {"FileName": "x", "FileAccessUri": "/x", "Size": 1})
    files.fetch(reader, writer)
    (row,) = findings.as_dicts()
    assert (row["code"], row["records"]) == ("attachment_address", [str(hostile)])
    assert _asked(server) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"Note": "x"}, None),
        ({"FileName": "x"}, None),
        ({"FileName": "x", "Size": 4}, Described("x", 4)),
        ({"FileAccessUri": "/v3/company/1/download/2", "FileName": "x", "Size": "12"}, Described("x", 12)),
        ({"TempDownloadUri": "https://x", "FileName": ["x"], "Size": -1}, Described("", None)),
        ({"FileAccessUri": "/x", "Size": {"a": 1}}, Described("", None)),
        ({"FileAccessUri": "/x", "Size": True}, Described("", None)),
        ({"FileAccessUri": "/x", "Size": "9" * 5000}, Described("", 10**15)),
        ({"FileAccessUri": "/x", "Size": 10**4400}, Described("", 10**15)),
        ({"FileAccessUri": "/x", "Size": "0" * 5000 + "12"}, Described("", 12)),
        ({"FileAccessUri": "/x", "Size": "²"}, Described("", None)),
    ],
)
def test_what_an_attachable_says_of_its_file(body: dict[str, Any], told: Described | None) -> None:
    assert file_of(body) == told
