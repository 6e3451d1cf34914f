"""Temporary addresses of attached files: asked for many at once, and anew by themselves where they no longer hold."""

from __future__ import annotations

import threading
from typing import Final

from akika_forensics.capture.attachables import ENTITY
from akika_forensics.errors import Fault, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader, UnreadableAnswer

_ADDRESSES: Final = 30
"""Records whose addresses are asked for at once; the addresses are good for 15 minutes, and a slow line uses them up."""
_OLDEST: Final = 720.0
"""Seconds after which an address is not used any more. Source: QuickBooks API, Attachable: 15 minutes."""


class FileAddresses:
    """Temporary addresses, asked for as few requests as it takes: those of many records in one query.

    Threads share it. An address that is old, refused or missing is asked for by itself.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._groups: dict[RecordKey, tuple[RecordKey, ...]] = {}
        self._known: dict[RecordKey, tuple[str, float]] = {}
        self._monotonic = reader.clock.monotonic

    def expect(self, keys: list[RecordKey]) -> None:
        for start in range(0, len(keys), _ADDRESSES):
            group = tuple(keys[start : start + _ADDRESSES])
            self._groups.update(dict.fromkeys(group, group))

    def of(self, key: RecordKey, *, fresh: bool) -> str | None:
        """The address of a record's file; None when QuickBooks has no such file."""
        if not fresh:
            with self._lock:
                if key not in self._known and key in self._groups:
                    self._ask(self._groups[key])
                address, at = self._known.get(key, ("", 0.0))
            if address and self._monotonic() - at < _OLDEST:
                return address
        return self._reader.file_address(key)

    def _ask(self, group: tuple[RecordKey, ...]) -> None:
        for key in group:
            self._groups.pop(key, None)
        listed = ",".join(f"'{key.id}'" for key in group if key.id.isascii() and key.id.isalnum())
        at = self._monotonic()
        try:
            slices = self._reader.query(ENTITY, f"Id IN ({listed})") if listed else []
        except (Fault, UnreadableAnswer):
            return  # each is asked for by itself then, and says why
        for cut in slices:
            try:
                address = payloads.decode(cut.payload).get("TempDownloadUri")
            except (WrongUse, AttributeError):
                continue
            if isinstance(address, str) and address:
                self._known[cut.key] = (address, at)
