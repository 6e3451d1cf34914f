"""How many reads a company has cost, by month and by capture, kept in a sealed slot of the vault.

Counted as the answers come, and written down while a capture runs, so that one that is interrupted counts too. A kill loses
what was counted since: some hundred calls at most.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

import httpx
import msgspec

from akika_forensics.capture.budget import Cost, Past, month_of
from akika_forensics.case.turns import file_of, turn
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import Refused, VaultDamaged
from akika_forensics.model import instants
from akika_forensics.model.formats import Format
from akika_forensics.quickbooks.limits import Limits
from akika_forensics.quickbooks.metering import NOTHING, Credits, metered_network
from akika_forensics.vault import Vault
from akika_forensics.vault.storage import StorageFailed

SPENDING: Final = "budget/of/"


def _without_damage(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "anew": []}


_FORMAT: Final = Format("akika-budget-", 2, "count of reads", {1: _without_damage})
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
    """``anew``: when counting began anew, because what had been counted was damaged."""

    months: dict[str, _Month] = {}
    runs: list[Run] = []
    anew: list[str] = []
    format: str = _FORMAT.label


def read_stored(data: bytes) -> Stored:
    """What the slot holds. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, Stored)


def cost_of(read: Credits) -> Cost:
    return Cost(read.calls, read.by_items)


class Spending:
    """What one company of a vault has cost. Thread-safe."""

    def __init__(self, vault: Vault, name: str, now: Callable[[], datetime] = instants.now) -> None:
        self._vault = vault
        self._name = name
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
                    self._keep(self._stored() if self._damage() is None else self._begun_anew())
            except (StorageFailed, Refused):
                # A count is no reason to lose a capture over.
                return

    def keep_damage(self) -> None:
        """Where the count is damaged, keep its bytes and begin anew, before anything is read. Raises NewerFormat."""
        with _LOCK:
            if self._damage() is None:
                return
            with contextlib.suppress(StorageFailed, Refused), self._exclusive():
                if self._damage() is not None:
                    self._keep(self._begun_anew())

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

    def at_least(self, month: str) -> bool:
        """Whether more was read in a month than is counted, because its count was damaged; nobody can tell how much."""
        return self._damage() is not None or any(
            month_of(instants.parse_instant(at)) == month for at in self._stored().anew
        )

    @property
    def warning(self) -> str:
        """A sentence for who is about to read; empty where the count is whole."""
        month = month_of(self._now())
        if not self.at_least(month):
            return ""
        return (
            f"The count of the reads of {month} was damaged and begins anew: what it says is the least that was read. "
            "The damaged bytes are kept with the documents of the vault, and custody names them."
        )

    def _exclusive(self) -> AbstractContextManager[None]:
        return turn(self._turn, "The count of reads", patience=_PATIENCE)

    def _damage(self) -> VaultDamaged | None:
        """What is wrong with the count as it lies there. Raises NewerFormat."""
        try:
            self._read()
        except VaultDamaged as error:
            return error
        return None

    def _stored(self) -> Stored:
        """Nothing where it is damaged: a count is no reason to refuse a capture. Raises NewerFormat."""
        try:
            return self._read()
        except VaultDamaged:
            return Stored()

    def _read(self) -> Stored:
        data = self._slot.read()
        return Stored() if data is None else read_stored(data)

    def _begun_anew(self) -> Stored:
        """The damaged bytes are a document that custody vouches for, before anything takes their place."""
        kept = [self._vault.put_document("damaged count of reads", one) for one in self._slot.stored()]
        CustodyLog(self._vault).record(
            "count_set_aside",
            f"The count of reads of {self._name!r} was damaged; it begins anew, and the damaged bytes are kept.",
            {"files": len(kept), "company": self._name},
            kept,
        )
        return Stored(anew=[instants.format_instant(self._now())])

    def _keep(self, stored: Stored) -> None:
        months = {month: _credits(row) for month, row in stored.months.items()}
        for month, waiting in self._waiting.items():
            months[month] = months.get(month, NOTHING) + waiting
        kept = {
            month: _Month(row.calls, row.batches, row.items, row.downloads)
            for month, row in sorted(months.items())[-_MONTHS:]
        }
        runs = [*stored.runs, *self._noted][-_RUNS:]
        self._slot.write(msgspec.json.encode(Stored(kept, runs, stored.anew[-_MONTHS:])))
        self._waiting, self._noted = {}, []


def _credits(row: _Month) -> Credits:
    return Credits(row.calls, row.batches, row.items, row.downloads)
