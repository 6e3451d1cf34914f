"""The partner programme's count: writing into the books is Core and free, reading out of them is CorePlus and has an end.

Source: QuickBooks API, metering: successful calls only, by the month; when the free reads of a month are used up,
reading is refused with 429 until the next. In which month a call falls is taken by the company's own calendar. Whether
a batch counts once or by its items, and whether a download counts at all, is not settled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.http.call import Answer, Call
from akika_forensics.twin.http.oauth import Shelf
from akika_forensics.twin.http.request_log import month_of


class Meter:
    """Thread-safe. ``cap`` is how many reads a month are answered; None is no end."""

    def __init__(
        self, clock: Callable[[], datetime], shelf: Shelf, counted: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        self._clock = clock
        self._shelf = shelf
        self._lock = threading.Lock()
        self._months = {month: list(pair) for month, pair in (counted or {}).items() if any(pair)}
        cap = shelf.kept("metering_cap")
        self.cap: int | None = int(cap) if cap is not None else None

    def limit(self, cap: int | None) -> None:
        self._shelf.keep("metering_cap", cap)
        self.cap = cap

    def used_up(self, kind: str) -> bool:
        """Whether a call of this kind, read or write, would read beyond the month's reads."""
        if self.cap is None or kind != "read":
            return False
        with self._lock:
            return self._months.get(month_of(self._clock()), [0, 0])[1] >= self.cap

    def count(self, month: str, charged: tuple[int, int]) -> None:
        with self._lock:
            row = self._months.setdefault(month, [0, 0])
            row[0] += charged[0]
            row[1] += charged[1]

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            months = {month: {"core": row[0], "coreplus": row[1]} for month, row in sorted(self._months.items())}
        month = month_of(self._clock())
        now = months.get(month, {"core": 0, "coreplus": 0})
        return {"month": month, **now, "cap": self.cap, "months": months}


def charge(call: Call, kind: str, answer: Answer, beliefs: Beliefs) -> tuple[int, int]:
    """Calls to count as (Core, CorePlus); ``kind`` is read or write."""
    if answer.status != 200:
        return 0, 0
    if call.is_batch and beliefs.choice("metering_batch") == "each_item":
        return _items(answer.body)
    if call.parts[:1] == ["download"] and beliefs.choice("metering_download") == "free":
        return 0, 0
    return (0, 1) if kind == "read" else (1, 0)


def _items(body: bytes) -> tuple[int, int]:
    """Of the items of a batch those that were not refused."""
    good = [row for row in payloads.decode(body)["BatchItemResponse"] if "Fault" not in row]
    queries = sum(1 for row in good if "QueryResponse" in row)
    return len(good) - queries, queries
