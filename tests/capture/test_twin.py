"""Captures of a local company over HTTP: a server that shares no code with the client."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from akika_forensics import capture
from akika_forensics.capture.controls import ControlName
from akika_forensics.errors import Fault
from akika_forensics.model.instants import now
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, loading, serve
from akika_forensics.twin.attachments.upload import Upload

QUICK = Limits(throttle_wait=0.05, backoff=0.01, backoff_cap=0.05).unpaced()


def _connection(server: TwinServer) -> Connection:
    known = server.credentials
    secret = Secret(known.client_secret)
    return Connection("twin", server.realm_id, server.base_url, server.token_url, known.client_id, secret)


def _tokens(server: TwinServer, *, fresh: bool = True) -> MemoryTokenStore:
    known = server.credentials
    expires = now() + timedelta(hours=1 if fresh else -1)
    return MemoryTokenStore(
        Tokens(Secret(known.access_token), Secret(known.refresh_token), expires, now() + timedelta(days=9))
    )


def _capture(server: TwinServer, writer: Any, *, limits: Limits = QUICK, fresh: bool = True) -> Any:
    with open_reader(_connection(server), _tokens(server, fresh=fresh), limits=limits) as reader:
        return capture.run(reader, writer)


def test_the_sample_company_is_captured_whole(twin: Twin, writer: Any) -> None:
    with serve(twin) as server:
        info = _capture(server, writer, fresh=False)
    assert writer.state == twin.dump()
    assert info["complete"]
    assert writer.codes("problem") | writer.codes("warning") == set()
    for name, report in writer.controls.items():
        header, known = json.loads(report)["Header"], ControlName.of(name)
        assert header["ReportName"] == known.report
        assert header.get("ReportBasis", "") == known.basis
        if "EndPeriod" in header:
            assert header["EndPeriod"] == known.days.rpartition("..")[2]


def test_a_file_whose_address_differs_at_each_reading_is_captured_whole(twin: Twin, writer: Any) -> None:
    made = twin.attach(Upload([b"a scan"], "scan.pdf", "application/pdf", {"Note": "a receipt"}))
    with serve(twin) as server:
        info = _capture(server, writer)
    assert info["complete"]
    assert writer.codes("problem") | writer.codes("warning") == set()
    key = ("Attachable", made["Id"])
    body = json.loads(writer.state[key])
    assert body.pop("TempDownloadUri").startswith("http://127.0.0.1:")
    assert body == json.loads(twin.dump()[key])
    others = {other: payload for other, payload in twin.dump().items() if other != key}
    assert {other: payload for other, payload in writer.state.items() if other != key} == others


def test_nothing_but_reads_was_seen_by_the_server(twin: Twin, writer: Any) -> None:
    before = twin.dump()
    with serve(twin) as server:
        _capture(server, writer, fresh=False)
        asked = {(seen.method, seen.path.rsplit("/", 1)[-1]) for seen in server.log if seen.method != "GET"}
    assert asked <= {("POST", "batch"), ("POST", "bearer")}
    assert twin.dump() == before


@pytest.mark.parametrize(
    "spec",
    [
        "throttle@every7",
        "error@every9",
        "drop@every8",
        "refuse@every10",
        "throttle@1-3,error@20-22",
        "cut@20-24",
        "cut@[operation=query]:3-7:10",
        "unavailable@5-6,lost@30-32",
        "unauthorized@11",
        "seed=1,error@2%,drop@2%,cut@2%,throttle@2%",
        "refuse@sign-in:1,unavailable@sign-in:2,unauthorized@read:5",
    ],
)
def test_a_service_in_trouble_is_captured_whole(twin: Twin, writer: Any, spec: str) -> None:
    with serve(twin, faults=spec) as server:
        assert _capture(server, writer)["complete"]
    assert writer.state == twin.dump()


def test_a_company_that_changes_meanwhile(twin: Twin, writer: Any) -> None:
    states = [twin.dump()]
    invoices = [key for entity, key in twin.dump() if entity == "Invoice"]

    def change(number: int, kind: str) -> None:
        if not 5 < number < 50 or number % 3:
            return
        if number % 2:
            twin.create("Customer", {"DisplayName": f"Came at {number}"})
        else:
            body = twin.get("Invoice", invoices[number % len(invoices)])
            if body is not None:
                twin.delete("Invoice", {"Id": body["Id"], "SyncToken": body["SyncToken"]})
        states.append(twin.dump())

    with serve(twin) as server:
        server.before_apply = change
        info = _capture(server, writer)
    assert len(states) > 10
    assert info["complete"], info["findings"]
    assert writer.state in states


def test_the_pace_of_the_service_is_kept(twin: Twin) -> None:
    """At the service's own limits, with ten threads, nothing is refused for coming too fast."""
    with serve(twin, limits=True) as server:
        statuses: list[int] = []
        with open_reader(
            _connection(server), _tokens(server), on_request=lambda line: statuses.append(line.status * line.attempts)
        ) as reader:
            with ThreadPoolExecutor(10) as pool:
                list(pool.map(lambda _: reader.read(RecordKey("CompanyInfo", "1")), range(32)))
    assert statuses == [200] * 32


def test_real_records(shared_data: Path, writer: Any) -> None:
    """What the real service sent, through server, client and capture: the same bytes at the end."""
    twin = Twin()
    try:
        loading.load_folder(twin, shared_data / "real_records")
        with serve(twin) as server:
            info = _capture(server, writer)
        sent = {
            (file.stem, json.loads(line)["Id"]): line
            for file in sorted((shared_data / "real_records").glob("*.jsonl"))
            for line in file.read_bytes().splitlines()
        }
        assert len(sent) == 167
        assert info["complete"], info["findings"]
        assert {key: writer.state[key] for key in sent} == sent
        assert "dangling_reference" not in writer.codes()
        assert "unknown_field" not in writer.codes()
    finally:
        twin.close()


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_fault_inside_an_accepted_answer_is_no_answer(twin: Twin, writer: Any, number: int) -> None:
    """Whichever request meets it: the capture says so, or asks again; it does not take it for an empty list."""
    with serve(twin, faults=f"fault@read:{number}") as server:
        try:
            complete = _capture(server, writer)["complete"]
        except Fault:
            complete = False
        assert [seen.disturbed for seen in server.log].count("fault") == 1
    if complete:
        assert writer.state == twin.dump()
    else:
        assert writer.committed is None or writer.codes()
