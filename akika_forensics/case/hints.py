"""What QuickBooks told of, kept in the vault: a reason to look sooner, and evidence that it was told. Never what is believed.

What came lies in a sealed slot of its company until a capture has answered it; then the bytes go into a sealed document that
custody vouches for. The same event counts once, however often and in whatever order it comes.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from akika_forensics.case.companies import HINTS, Companies
from akika_forensics.case.turns import file_of, turn
from akika_forensics.custody import CustodyLog
from akika_forensics.model.concealed import Concealed
from akika_forensics.model.formats import Format
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.quickbooks.webhooks import Event, Notification
from akika_forensics.settings import Secret
from akika_forensics.vault import SnapshotInfo, Vault

_VERIFIER: Final = "hints/verifier"
_FORMAT: Final = Format("akika-hints-", 1, "set of notifications", {})
_VERIFIER_FORMAT: Final = Format("akika-verifier-", 1, "verifier token", {})
_EVIDENCE: Final = "akika-notifications-1"

_MOST_BYTES: Final = 500_000
"""Of notifications that wait in a slot, which is written anew with each; beyond, they become a document at once."""
_MOST_WAITING: Final = 1_000
_MOST_SEEN: Final = 2_000
_SKEW: Final = timedelta(minutes=1)
"""How far this machine's clock may be from QuickBooks', where an event tells no time of its own."""

_AHEAD: Final = timedelta(hours=2)
"""A time of an event that lies further ahead is none; clocks and seasons may be so far apart."""

_PATIENCE: Final = 2.0
"""Seconds for another process to be done with a slot: the sender waits three for its answer."""
_LOCK: Final = threading.Lock()


class Hint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event that no capture has answered. ``came`` is when, by this machine's clock; ``at`` is QuickBooks' time, or empty."""

    mark: str
    came: str
    at: str
    what: str

    def answered_by(self, taken_at: datetime, began: datetime | None = None) -> bool:
        """Whether a capture that began then, by QuickBooks' clock, has seen what the event tells of. ``began``: the same moment by
        this machine's clock, where that is known.
        """
        return parse_instant(self.at) < taken_at if self.at else parse_instant(self.came) + _SKEW < (began or taken_at)


class Raw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A notification as it came, in base64. Where it told of other companies too, ``body`` is a list of this one's events,
    and ``sha256`` is that of the whole.
    """

    came: str
    sha256: str
    signature: str
    whole: bool
    body: str


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``more`` counts events beyond the thousand that are listed; ``seen`` are marks of the latest events."""

    waiting: list[Hint] = []
    more: int = 0
    seen: list[str] = []
    raw: list[Raw] = []
    format: str = _FORMAT.label


class StoredVerifier(Concealed, frozen=True, forbid_unknown_fields=True):
    token: str
    format: str = _VERIFIER_FORMAT.label


def read_hints(data: bytes) -> Stored:
    """What the slot of a company holds. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, Stored)


def read_verifier(data: bytes) -> StoredVerifier:
    """Raises NewerFormat, VaultDamaged."""
    return _VERIFIER_FORMAT.opened(data, StoredVerifier)


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a capture: when the first and the last came (aware), how many, of what."""

    first: datetime
    last: datetime
    number: int
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """``new`` counts events by company that were not known; ``strangers`` those of companies that the vault does not know."""

    new: dict[str, int]
    strangers: int


class Hints:
    """Of one vault. Threads and processes of one machine may share it; notifications arrive at one machine."""

    def __init__(self, vault: Vault, companies: Companies) -> None:
        self._vault, self._companies = vault, companies

    def verifiers(self) -> list[Secret]:
        """The verifier token that is kept in the vault, if one is."""
        data = self._vault.slot(_VERIFIER).read()
        return [] if data is None else [Secret(read_verifier(data).token)]

    def keep_verifier(self, token: Secret) -> None:
        self._vault.slot(_VERIFIER).write(msgspec.json.encode(StoredVerifier(token.reveal())))

    def keep(self, told: Notification | None, body: bytes, signature: str, came: datetime) -> Kept:
        """Keep a notification that is signed; durable when it returns. ``told`` None: it was not understood.

        One that was not understood, or in part, is a hint for every company. What belongs to a company that the vault
        does not know is not kept. Raises StorageFailed, VaultLocked.
        """
        names = self._by_realm()
        events = told.events if told else ()
        unclear = told is None or told.unread > 0
        mine = {name: [one for one in events if names.get(one.realm) == name] for name in names.values()}
        strangers = sum(one.realm not in names for one in events)
        whole = not unclear and len(told.realms if told else ()) == 1
        new: dict[str, int] = {}
        for name, own in mine.items():
            if own or unclear:
                hints = [_hint(event, came) for event in own] + ([_unclear(body, came)] if unclear else [])
                kept = body if whole or told is None else msgspec.json.encode([event.about for event in own])
                raw = Raw(
                    format_instant(came),
                    hashlib.sha256(body).hexdigest(),
                    signature,
                    whole or told is None,
                    base64.b64encode(kept).decode(),
                )
                new[name] = self._add(name, hints, raw)
        return Kept(new, strangers)

    def pending(self, name: str, newest: SnapshotInfo | None, began: datetime | None = None) -> Pending | None:
        """What no snapshot of the company has answered; None for nothing. ``began``: of the newest, as in `Hint.answered_by`."""
        stored = self._stored(name)
        waiting = [one for one in stored.waiting if newest is None or not one.answered_by(newest.taken_at, began)]
        if not waiting:
            return None
        came = [parse_instant(one.came) for one in waiting]
        return Pending(min(came), max(came), len(waiting) + stored.more, tuple(one.what for one in waiting))

    def answered(self, name: str, info: SnapshotInfo, began: datetime | None = None) -> int:
        """A snapshot was taken: what it answers waits no longer, and all that came becomes evidence. Gives how many events.

        ``began`` as in `Hint.answered_by`.
        """
        with self._exclusive(name):
            stored = self._stored(name)
            left = [one for one in stored.waiting if not one.answered_by(info.taken_at, began)]
            gone = len(stored.waiting) - len(left) + stored.more
            if gone or stored.raw:
                self._file(name, stored, f"; snapshot {info.id} was captured after {gone} of the changes they tell of")
                self._write(name, Stored(left, 0, stored.seen, []))
            return gone

    def _by_realm(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._companies.names():
            found.setdefault(self._companies.company(name).realm_id, name)
        return found

    def _add(self, name: str, hints: Sequence[Hint], raw: Raw) -> int:
        with self._exclusive(name):
            stored = self._stored(name)
            known = set(stored.seen)
            new = [one for one in {one.mark: one for one in hints}.values() if one.mark not in known]
            if not new:
                return 0
            waiting = [*stored.waiting, *new]
            seen = [*stored.seen, *(one.mark for one in new)][-_MOST_SEEN:]
            more = stored.more + max(len(waiting) - _MOST_WAITING, 0)
            kept = Stored(waiting[-_MOST_WAITING:], more, seen, [*stored.raw, raw])
            if sum(len(one.body) for one in kept.raw) > _MOST_BYTES:
                self._file(name, kept, "")
                kept = Stored(kept.waiting, kept.more, kept.seen, [])
            self._write(name, kept)
            return len(new)

    def _file(self, name: str, stored: Stored, outcome: str) -> None:
        """Make a document of what came, and have custody vouch for it. A crash before the slot is written makes it twice."""
        if not stored.raw:
            return
        company = self._companies.company(name)
        log = CustodyLog(self._vault, company=company)
        told = {"format": _EVIDENCE, "notifications": [msgspec.to_builtins(one) for one in stored.raw]}
        document = self._vault.put_document("notifications", msgspec.json.encode(told), company)
        number = len(stored.raw)
        first, last = stored.raw[0].came, stored.raw[-1].came
        what = "A notification of QuickBooks came" if number == 1 else f"{number} notifications of QuickBooks came"
        log.record(
            "notified",
            f"{what}{outcome}.",
            {"company": name, "first": first, "last": last, "count": number},
            [document],
        )

    @contextmanager
    def _exclusive(self, name: str) -> Iterator[None]:
        """Across the threads and processes of this machine."""
        file = file_of("hints", self._vault.id, HINTS + name)
        with _LOCK, turn(file, "What QuickBooks told of", patience=_PATIENCE):
            yield

    def _stored(self, name: str) -> Stored:
        data = self._vault.slot(HINTS + name).read()
        return Stored() if data is None else read_hints(data)

    def _write(self, name: str, stored: Stored) -> None:
        self._vault.slot(HINTS + name).write(msgspec.json.encode(stored))


def summed(what: Iterable[str]) -> str:
    """``2 Invoice, 1 Payment`` of texts such as ``voided Invoice:130``."""
    kinds = Counter(text.rpartition(" ")[2].partition(":")[0] for text in what)
    return ", ".join(f"{number} {kind or 'unclear'}" for kind, number in kinds.most_common())


def _hint(event: Event, came: datetime) -> Hint:
    # No capture would answer what says that it lies ahead, and one would follow another until then.
    at = format_instant(event.at) if event.at and event.at <= came + _AHEAD else ""
    return Hint(event.mark[:16], format_instant(came), at, event.about)


def _unclear(body: bytes, came: datetime) -> Hint:
    return Hint(hashlib.sha256(body).hexdigest()[:16], format_instant(came), "", "")
