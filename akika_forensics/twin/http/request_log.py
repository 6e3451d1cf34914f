"""What the served company has seen: one entry a request, kept in the order of arrival."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Seen:
    """One request. ``status`` is 0 while it runs and when the connection was closed without an answer.

    ``kind`` is read, write or sign-in; ``number`` counts all API requests, ``kind_number`` those of the kind.
    ``applied`` names what changed, such as ``create Invoice:130``; ``disturbed`` what went wrong on purpose.
    """

    number: int
    kind: str
    kind_number: int
    method: str
    path: str
    query: str
    request_id: str | None
    digest: str
    status: int = 0
    replayed: bool = False
    applied: list[str] = field(default_factory=list)
    disturbed: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class RequestLog:
    """Thread-safe; ``entries`` is a copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Seen] = []
        self._counts: dict[str, int] = {}

    def arrive(self, kind: str, method: str, path: str, query: str, request_id: str | None, body: bytes) -> Seen:
        digest = hashlib.sha256(body).hexdigest()
        with self._lock:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            number = self._counts.get("read", 0) + self._counts.get("write", 0)
            entry = Seen(number, kind, self._counts[kind], method, path, query, request_id, digest)
            self._entries.append(entry)
            return entry

    @property
    def entries(self) -> list[Seen]:
        with self._lock:
            return list(self._entries)

    def as_dicts(self) -> list[dict[str, Any]]:
        return [entry.as_dict() for entry in self.entries]
