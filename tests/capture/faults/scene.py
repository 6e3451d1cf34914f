"""A served company with an attached file, captures of it under disturbances, and what a capture may end in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hurried_clock import HurriedClock
from sample_twin import sample_twin

from akika_forensics import capture
from akika_forensics.errors import AkikaError
from akika_forensics.model.instants import now
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, loading
from akika_forensics.twin.attachments.upload import Upload

QUICK = Limits(throttle_wait=0.02, backoff=0.005, backoff_cap=0.02, clock=HurriedClock()).unpaced()
MADE_LATER = datetime(2024, 5, 6, 7, tzinfo=UTC)
"""When QuickBooks made the company that answers in place of ours."""
EXIT_CODES = {1, 3, 4}
"""Of a plain refusal by a service in trouble."""

type Transport = Callable[[httpx.BaseTransport], httpx.BaseTransport]


def company() -> Twin:
    twin = sample_twin()
    twin.attach(Upload([b"a scan of the receipt"], "scan.pdf", "application/pdf", {"Note": "a receipt"}))
    return twin


def connection(server: TwinServer) -> Connection:
    known = server.credentials
    secret = Secret(known.client_secret)
    return Connection("twin", server.realm_id, server.base_url, server.token_url, known.client_id, secret)


def tokens(server: TwinServer, *, fresh: bool = True) -> MemoryTokenStore:
    known = server.credentials
    expires = now() + timedelta(hours=1 if fresh else -1)
    return MemoryTokenStore(
        Tokens(Secret(known.access_token), Secret(known.refresh_token), expires, now() + timedelta(days=9))
    )


@dataclass
class Ended:
    """How a capture ended: ``whole``, ``not whole`` or ``refused``; what was committed; the refusal."""

    how: str
    writer: Any
    refusal: AkikaError | None = None

    @property
    def findings(self) -> set[str]:
        return {row["code"] for row in self.writer.committed["findings"]} if self.writer.committed else set()


def take(
    server: TwinServer, writer: Any, *, fresh: bool = True, wrap: Transport | None = None, **options: Any
) -> Ended:
    """A capture, which may end in whatever is an end; everything else is raised."""
    transport = wrap(httpx.HTTPTransport()) if wrap else None
    with open_reader(connection(server), tokens(server, fresh=fresh), limits=QUICK, transport=transport) as reader:
        try:
            committed = capture.run(reader, writer, **options)
        except AkikaError as refusal:
            return Ended("refused", writer, refusal)
    return Ended("whole" if committed["complete"] else "not whole", writer)


def plain(key: tuple[str, str], payload: bytes, *, exact: bool) -> Any:
    """A record without the temporary address, which differs at each reading; its bytes, or what they say."""
    if key[0] != "Attachable" and exact:
        return payload
    body = json.loads(payload)
    return {name: value for name, value in body.items() if "TempDownloadUri" not in name}


def assert_honest(ended: Ended, twin: Twin, undisturbed: Any, *, exact: bool = True) -> None:
    """Whole and equal to a capture without disturbance; or not whole, with the reason; or refused in plain words.

    ``exact``: to the byte; otherwise what is said, where the test itself wrote the answers anew.
    """
    if ended.how == "refused":
        refusal = ended.refusal
        assert refusal is not None
        assert ended.writer.committed is None
        assert refusal.exit_code in EXIT_CODES, refusal
        for words in (refusal.what, refusal.means, refusal.do):
            assert "Traceback" not in words
            assert "httpx" not in words
        assert refusal.what.endswith((".", "!", "?")), refusal.what
        return
    committed = ended.writer.committed
    if ended.how == "not whole":
        assert {row["code"] for row in committed["findings"] if row["severity"] == "problem"}
        return
    state = {key: plain(key, payload, exact=exact) for key, payload in ended.writer.state.items()}
    assert state == {key: plain(key, payload, exact=exact) for key, payload in twin.dump().items()}
    assert ended.writer.files == undisturbed.files
    left = undisturbed.controls.keys() - ended.writer.controls.keys()
    if left:
        # A report that did not come ends no capture: it is said, and the records do not rest on it.
        assert ended.findings & {"control_missing", "control_cut", "control_left_out"}
    assert not {row["code"] for row in committed["findings"] if row["severity"] == "problem"}


def stranger_of(twin: Twin) -> Twin:
    """The same books to the byte, of a company that QuickBooks made at another time: no count differs."""
    other = Twin(realm_id=twin.realm_id)
    records = []
    for (entity, _), payload in twin.dump().items():
        body = json.loads(payload)
        if entity == "CompanyInfo":
            body["MetaData"] = {**body["MetaData"], "CreateTime": MADE_LATER.isoformat()}
        records.append((entity, json.dumps(body).encode()))
    loading.load_records(other, records, opening=None, opening_date=MADE_LATER.date())
    return other
