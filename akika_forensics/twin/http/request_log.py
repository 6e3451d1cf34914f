"""What the served company has seen: one entry a request, in the order of arrival. The witness in every later proof.

With a company in a file the entries lie there too, each written in one transaction with what it says was applied.
In memory only the newest are held. No token and no secret gets in: of sign-in no body and no header is noted.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import format_instant
from akika_forensics.twin import wire
from akika_forensics.twin.witness import Witness

BODY_LIMIT: Final = 16_384
"""Bytes of a request's body that an entry shows."""
_HELD: Final = 50_000
_HELD_BYTES: Final = 32_000_000
_SECRET: Final = frozenset({"access_token", "refresh_token", "id_token", "token", "code", "client_secret", "signature"})


@dataclass(slots=True)
class Seen:
    """One request. ``status`` is 0 while it runs and when the connection was closed without an answer.

    ``kind`` is read, write or sign-in; ``number`` counts all API requests, ``kind_number`` those of the kind, ``seq``
    all entries. ``at`` is when it came, by the company's clock. ``body`` is the text of an API request, cut after
    BODY_LIMIT bytes; ``digest`` is SHA-256 of all of it. ``applied`` names what changed, such as
    ``create Invoice:130``; ``disturbed`` what went wrong on purpose. ``code`` is that of the fault that was answered,
    ``answer_digest`` SHA-256 of the answer's body, ``charged`` what the metering counts: writing, reading.
    """

    number: int
    kind: str
    kind_number: int
    method: str
    path: str
    query: str
    request_id: str | None
    digest: str
    seq: int = 0
    at: str = ""
    body: str = ""
    status: int = 0
    code: str = ""
    answer_digest: str = ""
    replayed: bool = False
    applied: list[str] = field(default_factory=list)
    disturbed: str = ""
    charged: tuple[int, int] = (0, 0)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def month(self) -> str:
        """Of the company's calendar, such as ``2026-03``."""
        return _month_of_hour(self.at[:13]) if self.at else ""


def month_of(moment: datetime) -> str:
    return moment.astimezone(wire.PACIFIC).strftime("%Y-%m")


@lru_cache(maxsize=64)
def _month_of_hour(hour: str) -> str:
    """Of ``2026-03-02T17`` in UTC: a month begins with an hour there too."""
    return month_of(datetime.fromisoformat(f"{hour}:00:00+00:00"))


class RequestLog:
    """Thread-safe; ``entries`` is a copy."""

    def __init__(self, witness: Witness | None = None) -> None:
        """Without a witness everything is gone with the process."""
        self._witness = witness
        self._lock = threading.Lock()
        self._entries: deque[Seen] = deque(maxlen=_HELD)
        self._with_body: deque[Seen] = deque()
        self._held_bytes = 0
        self._last = witness.last() if witness else 0
        self._counts: dict[str, int] = witness.by_kind() if witness else {}

    def arrive(
        self,
        kind: str,
        method: str,
        path: str,
        query: str,
        request_id: str | None,
        body: bytes,
        at: datetime | None = None,
    ) -> Seen:
        """A request came. Of sign-in give no body."""
        digest = hashlib.sha256(body).hexdigest()
        text, told = _text(body), _without_secrets(query)
        moment = format_instant(at) if at is not None else ""
        with self._lock:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._last += 1
            number = self._counts.get("read", 0) + self._counts.get("write", 0)
            entry = Seen(
                number, kind, self._counts[kind], method, path, told, request_id, digest, self._last, moment, text
            )
            self._entries.append(entry)
            self._bound(entry)
            return entry

    def _bound(self, entry: Seen) -> None:
        if not entry.body:
            return
        self._with_body.append(entry)
        self._held_bytes += len(entry.body)
        while self._held_bytes > _HELD_BYTES:
            oldest = self._with_body.popleft()
            self._held_bytes -= len(oldest.body)
            oldest.body = ""

    def done(self, entry: Seen, status: int, answer: bytes) -> None:
        """What is answered; call it before the answer leaves and, where something was applied, within its transaction."""
        entry.status = status
        entry.answer_digest = hashlib.sha256(answer).hexdigest() if answer else ""
        if status >= 400 or answer.startswith((b'{"Fault"', b'{"error"')):
            entry.code = _code(answer)
        if self._witness is not None:
            self._witness.note(entry.seq, entry.kind, entry.month, entry.charged, payloads.encode(entry))

    def charged(self) -> dict[str, tuple[int, int]]:
        """What was counted before this process, by month: writing, reading."""
        return self._witness.by_month() if self._witness is not None else {}

    @property
    def entries(self) -> list[Seen]:
        """Those held in memory."""
        with self._lock:
            return list(self._entries)

    def as_dicts(self, since: int = 0) -> list[dict[str, Any]]:
        """The entries after number ``since`` of all; those before the oldest in memory come from the company's file."""
        held = [entry for entry in self.entries if entry.seq > since]
        first = held[0].seq if held else self._last + 1
        older = self._witness.since(since, first) if self._witness is not None and first > since + 1 else []
        return [payloads.decode(entry) for entry in older] + [entry.as_dict() for entry in held]

    @property
    def last(self) -> int:
        return self._last


def _text(body: bytes) -> str:
    """Nothing for what is no text."""
    shown = body[:BODY_LIMIT]
    try:
        return shown.decode()
    except UnicodeDecodeError as error:
        # A character that the limit cuts through is no reason to show nothing.
        cut = len(body) > BODY_LIMIT and error.start > BODY_LIMIT - 4
        return shown[: error.start].decode() if cut else ""


def _without_secrets(query: str) -> str:
    if not any(name in query.lower() for name in _SECRET):
        return query
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode([(name, "…" if name.lower() in _SECRET else value) for name, value in pairs])


def _code(answer: bytes) -> str:
    try:
        found = payloads.decode(answer)
        if "error" in found:
            return str(found["error"])
        fault = found.get("Fault") or found.get("fault")
        return str((fault.get("Error") or fault.get("error"))[0]["code"])
    except Exception:  # noqa: BLE001 - whatever an answer looks like, it is no reason not to note it
        return ""
