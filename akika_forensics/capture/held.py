"""What the snapshot in the making holds, and what is noticed about each record that goes in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from akika_forensics.capture import attachments
from akika_forensics.capture.citations import Citations
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_date
from akika_forensics.model.known_fields import unknown_paths
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Slice

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_VOLATILE: Final = ("TempDownloadUri", "ThumbnailTempDownloadUri")
"""Fields that differ at each reading. Source: QuickBooks API, Attachable: the address is good for 15 minutes."""


class SnapshotSink(Protocol):
    """The part of the vault's SnapshotWriter that takes records."""

    def add(self, key: RecordKey, payload: bytes) -> None: ...
    def remove(self, key: RecordKey) -> None: ...


class Held:
    """The records of one capture. The reading of the later server time wins; nothing is filtered out."""

    def __init__(self, sink: SnapshotSink, findings: Findings) -> None:
        self._sink, self._findings = sink, findings
        self._versions: dict[str, dict[str, tuple[bytes, datetime]]] = {}
        self.citations = Citations()
        self.files = attachments.AttachedFiles(findings)
        self.changes = 0
        self.latest_date: date | None = None
        self.multicurrency: bool | None = None

    def __contains__(self, key: RecordKey) -> bool:
        return key.id in self._versions.get(key.entity, {})

    def count(self, entity: str) -> int:
        return len(self._versions.get(entity, {}))

    def keys(self, entity: str) -> set[RecordKey]:
        return {RecordKey(entity, record_id) for record_id in self._versions.get(entity, {})}

    @property
    def records(self) -> int:
        return sum(len(versions) for versions in self._versions.values())

    def take(self, slices: Iterable[Slice], at: datetime | None) -> int:
        """Take records in as they were at the server time ``at``; how many of them are new or differ."""
        return sum(self._take(cut, at or _LONG_AGO) for cut in slices)

    def _take(self, cut: Slice, at: datetime) -> bool:
        versions = self._versions.setdefault(cut.key.entity, {})
        before = versions.get(cut.key.id)
        mark = _mark(cut)
        if before is not None:
            if before[0] == mark:
                versions[cut.key.id] = mark, max(at, before[1])
                return False
            if at < before[1]:
                return False
        try:
            self._look_at(cut)
            self._sink.add(cut.key, cut.payload)
        except WrongUse as error:
            self.citations.drop(cut.key)
            self.drop(cut.key)
            self._findings.add(
                "record_refused", f"A record cannot be kept: {error.what}", severity="problem", record=cut.key
            )
            return False
        versions[cut.key.id] = mark, at
        self.changes += 1
        return True

    def drop(self, key: RecordKey) -> bool:
        """Take a record out again; True when it was there."""
        if self._versions.get(key.entity, {}).pop(key.id, None) is None:
            return False
        self._sink.remove(key)
        self.citations.drop(key)
        self.files.drop(key)
        return True

    def _look_at(self, cut: Slice) -> None:
        key, body = cut.key, payloads.decode(cut.payload)
        if not isinstance(body, dict):
            raise WrongUse(f"{key} is not a JSON object.")
        if not cut.has_id:
            self._findings.add(
                "record_without_id",
                f"A record of {key.entity} came without an Id and is kept under a key made from its content.",
                severity="warning",
                record=key,
            )
        for path in set(unknown_paths(key.entity, body)):
            self._findings.add(
                "unknown_field", f"{key.entity} has the undocumented field {path}.", severity="note", record=key
            )
        self.citations.put(key, body)
        if key.entity == attachments.ENTITY:
            self.files.put(key, body)
        self._note_date(body)
        if key.entity == "Preferences":
            prefs = body.get("CurrencyPrefs")
            self.multicurrency = bool(prefs.get("MultiCurrencyEnabled")) if isinstance(prefs, dict) else None

    def _note_date(self, body: dict[str, Any]) -> None:
        text = body.get("TxnDate")
        if not isinstance(text, str):
            return
        try:
            day = parse_date(text)
        except ValueError:
            return
        if self.latest_date is None or day > self.latest_date:
            self.latest_date = day


def _mark(cut: Slice) -> bytes:
    data = cut.payload
    if cut.key.entity == "Attachable":
        body = payloads.decode(data)
        if isinstance(body, dict):
            data = payloads.canonical_value({name: value for name, value in body.items() if name not in _VOLATILE})
    return hashlib.blake2b(data, digest_size=16).digest()
