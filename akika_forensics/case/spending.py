"""How many reads a company has cost, by month and by capture, kept in a sealed slot of the vault.

Counted as the answers come, and written down while a capture runs, so that one that is interrupted counts too. A kill loses
what was counted since: some hundred calls at most.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

import httpx
import msgspec

from akika_forensics.capture.budget import Cost, Past, month_of
from akika_forensics.case.turns import file_of, turn
from akika_forensics.errors import Refused
from akika_forensics.model import instants
from akika_forensics.model.formats import Format
from akika_forensics.quickbooks.limits import Limits
from akika_forensics.quickbooks.metering import NOTHING, Credits, metered_network
from akika_forensics.vault import Vault
from akika_forensics.vault.storage import StorageFailed

SPENDING: Final = "budget/of/"
_FORMAT: Final = Format("akika-budget-", 1, "count of reads", {})
_WRITTEN_AFTER: Final = 200
"""Calls that are counted in memory before they are written down."""
_MONTHS: Final = 36
_RUNS: Final = 60

_PATIENCE: Final = 5.0
_LOCK: Final = threading.Lock()
"""Several readers of a process may count for one company; several processes take turns by a lock file."""


class _Month(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    calls: int = 0
    batches: int = 0
    items: int = 0
    downloads: int = 0


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A capture that came to its end, and what it cost. ``snapshot`` is the digest of its commit."""

    snapshot: str
    at: str
    kind: str
    sparing: bool
    calls: int
    batches: int
    items: int
    downloads: int

    @property
    def credits(self) -> Credits:
        return Credits(self.calls, self.batches, self.items, self.downloads)


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    months: dict[str, _Month] = {}
    runs: list[Run] = []
    format: str = _FORMAT.label


def read_stored(data: bytes) -> Stored:
    """What the slot holds. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, Stored)


def cost_of(read: Credits) -> Cost:
    return Cost(read.calls, read.by_items)


class Spending:
    """What one company of a vault has cost. Thread-safe."""

    def __init__(self, vault: Vault, name: str, now: Callable[[], datetime] = instants.now) -> None:
        self._slot = vault.slot(SPENDING + name)
        self._turn = file_of("counts", vault.id, SPENDING + name)
        self._now = now
        self._waiting: dict[str, Credits] = {}
        self._noted: list[Run] = []

    def network(self, limits: Limits) -> httpx.BaseTransport:
        """The network for a reader of this company, with what it reads counted here."""
        return metered_network(limits, self.count, self.write)

    def count(self, read: Credits) -> None:
        month = month_of(self._now())
        with _LOCK:
            self._waiting[month] = self._waiting.get(month, NOTHING) + read
            many = sum(one.calls for one in self._waiting.values()) >= _WRITTEN_AFTER
        if many:
            self.write()

    def write(self) -> None:
        """Put down what was counted. A store that does not take it now gets it with the next."""
        with _LOCK:
            if not self._waiting and not self._noted:
                return
            try:
                with self._exclusive():
                    self._keep(self._stored())
            except (StorageFailed, Refused):
                # A count is no reason to lose a capture over.
                return

    def note(self, snapshot: str, kind: str, read: Credits, *, sparing: bool) -> None:
        """A capture came to its end: what the next of its kind will cost is learned from it."""
        at = instants.format_instant(self._now())
        run = Run(snapshot, at, kind, sparing, read.calls, read.batches, read.items, read.downloads)
        with _LOCK:
            self._noted.append(run)
        self.write()

    def total(self) -> Credits:
        """All that is known to have been read: the difference of two is what was read between them."""
        return sum(self.months().values(), NOTHING)

    def months(self) -> dict[str, Credits]:
        """Reads by month, such as ``2026-11``; the last three years."""
        with _LOCK:
            found = {month: _credits(row) for month, row in self._stored().months.items()}
            for month, waiting in self._waiting.items():
                found[month] = found.get(month, NOTHING) + waiting
            return dict(sorted(found.items()))

    def runs(self) -> tuple[Run, ...]:
        """The latest captures, oldest first."""
        with _LOCK:
            return (*self._stored().runs, *self._noted)

    def past(self) -> list[Past]:
        return [Past(run.kind, run.sparing, cost_of(run.credits)) for run in self.runs()]

    def _exclusive(self) -> AbstractContextManager[None]:
        return turn(self._turn, "The count of reads", patience=_PATIENCE)

    def _stored(self) -> Stored:
        data = self._slot.read()
        return Stored() if data is None else read_stored(data)

    def _keep(self, stored: Stored) -> None:
        months = {month: _credits(row) for month, row in stored.months.items()}
        for month, waiting in self._waiting.items():
            months[month] = months.get(month, NOTHING) + waiting
        kept = {
            month: _Month(row.calls, row.batches, row.items, row.downloads)
            for month, row in sorted(months.items())[-_MONTHS:]
        }
        self._slot.write(msgspec.json.encode(Stored(kept, [*stored.runs, *self._noted][-_RUNS:])))
        self._waiting, self._noted = {}, []


def _credits(row: _Month) -> Credits:
    return Credits(row.calls, row.batches, row.items, row.downloads)
