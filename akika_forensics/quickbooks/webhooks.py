"""Notifications of QuickBooks: whose they are, and what they tell. Pure: bytes in, values out.

A notification holds no record and proves nothing about one: it says that something is worth reading.

Source: QuickBooks API, webhooks: the older form (``eventNotifications``) and CloudEvents, an array; ``intuit-signature``
is the base64 of the HMAC-SHA256 of the body as it was sent, under the verifier token of the app; neither the size of a
notification nor the number of its events has a limit at Intuit.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.settings import Secret

SIGNATURE: Final = "intuit-signature"
LEGACY: Final = "legacy"
CLOUDEVENTS: Final = "cloudevents"

MOST_BYTES: Final = 4_194_304
"""A longer body is not read. Source: QuickBooks API, webhooks: 2 MB is a common limit of those who receive."""

_MOST_EVENTS: Final = 20_000
_LONGEST: Final = 200
"""Characters of a name, an Id or a time; a longer one belongs to no event of QuickBooks."""

_SIGNATURE_BYTES: Final = 32
_TYPE: Final = re.compile(r"qbo\.([^.]+)\.([^.]+)(?:\.v\d+)?", re.IGNORECASE)
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")
_ENTITIES: Final = {**{name.lower(): name for name in CATALOGUE}, "currency": "CompanyCurrency"}
"""By the names of notifications. Source: QuickBooks API, webhooks: CompanyCurrency is called Currency there."""

_OPERATIONS: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "merge": "merged",
    "void": "voided",
    "email": "emailed",
}
"""Both forms speak of the same operations in other words, and samples of one form differ about the void."""


class WrongSignature(Refused):
    """The notification is not signed with a verifier token that is known here."""

    code = "wrong_signature"


class NotUnderstood(WrongUse):
    """The bytes are no notification in a form that is known."""

    code = "not_understood"


@dataclass(frozen=True, slots=True)
class Event:
    """One change that a notification tells of. All text is the sender's, at most 200 characters each.

    ``entity`` is a name of the catalogue where it is known, else the sender's word; ``operation`` is created, updated,
    deleted, merged, voided, emailed, or the sender's word in small letters. ``at`` is aware; None where no time could be
    read. ``event_id`` is empty in the older form; ``merged_from`` is the Id that a merge took away.
    """

    realm: str
    entity: str
    id: str
    operation: str
    at: datetime | None
    event_id: str = ""
    merged_from: str = ""

    @property
    def mark(self) -> str:
        """The same for the same event whenever and however often it comes: 32 hex digits."""
        told = (
            ("id", self.realm, self.event_id)
            if self.event_id
            else ("of", self.realm, self.entity, self.id, self.operation, str(self.at), self.merged_from)
        )
        return hashlib.sha256("\x1f".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def about(self) -> str:
        """``voided Invoice:130``."""
        return f"{self.operation} {self.entity}:{self.id}"


@dataclass(frozen=True, slots=True)
class Notification:
    """``form`` is LEGACY or CLOUDEVENTS. ``unread`` counts the events in it that could not be read."""

    form: str
    events: tuple[Event, ...]
    unread: int = 0

    @property
    def realms(self) -> frozenset[str]:
        return frozenset(event.realm for event in self.events)


def check_signature(body: bytes, signature: str | None, verifiers: Sequence[Secret]) -> None:
    """Raises WrongSignature unless one of the verifier tokens made it. Takes as long for a wrong one as for a right one."""
    try:
        given = base64.b64decode((signature or "").strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        given = b""
    fits = False
    for verifier in verifiers:
        made = hmac.new(verifier.reveal().encode(), body, hashlib.sha256).digest()
        fits |= hmac.compare_digest(made, given.ljust(_SIGNATURE_BYTES, b"\0")) and len(given) == _SIGNATURE_BYTES
    if not fits:
        raise WrongSignature(
            "A notification was not signed by QuickBooks." if signature else "A notification carried no signature.",
            means="It was made by somebody else, changed on its way, or signed for another app.",
            do="Compare the verifier token with the one that Intuit shows for the app.",
        )


def read_notification(body: bytes) -> Notification:
    """What the bytes tell, in the order in which they tell it. Call it on what is signed.

    What is unknown in an event stays as text; an event that lacks its company or its record is counted as unread.
    Raises NotUnderstood for what is too long, too deep or of no known form.
    """
    if len(body) > MOST_BYTES:
        raise NotUnderstood(f"A notification of {len(body):,} bytes is too long.", means="It was not read.")
    try:
        outer = msgspec.json.decode(body, type=_Legacy | list[msgspec.Raw])
        if isinstance(outer, list):
            return _told(CLOUDEVENTS, map(_cloud_event, outer), len(outer))
        if outer.specversion:
            return _told(CLOUDEVENTS, (_cloud_event(part) for part in (body,)), 1)
        if outer.eventNotifications is not None:
            parts = [
                (company.realmId, part)
                for company in outer.eventNotifications
                for part in (company.dataChangeEvent.entities if company.dataChangeEvent else ())
            ]
            return _told(LEGACY, (_legacy_event(realm, part) for realm, part in parts), len(parts))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Their texts quote the bytes, which may be anybody's.
        pass
    raise NotUnderstood(
        "A notification is in no form that is known.", means="Something may have changed; what, it does not say."
    ) from None


def entity_of(word: str) -> str:
    """The catalogue's name for a notification's, else the word itself."""
    return _ENTITIES.get(word.lower(), word)


class _Change(msgspec.Struct):
    entities: list[msgspec.Raw] = []


class _Company(msgspec.Struct):
    realmId: str | int = ""  # noqa: N815 -- the sender's name
    dataChangeEvent: _Change | None = None  # noqa: N815 -- the sender's name


class _Legacy(msgspec.Struct):
    """The outer object of the older form, or a CloudEvent that comes without its array."""

    eventNotifications: list[_Company] | None = None  # noqa: N815 -- the sender's name
    specversion: str = ""


class _Entity(msgspec.Struct):
    name: str
    id: str | int
    operation: str
    lastUpdated: str = ""  # noqa: N815 -- the sender's name
    deletedId: str | int | None = None  # noqa: N815 -- the sender's name


class _Data(msgspec.Struct):
    deletedid: str | int | None = None


class _CloudEvent(msgspec.Struct):
    type: str
    intuitentityid: str | int
    intuitaccountid: str | int
    id: str = ""
    time: str = ""
    data: _Data | msgspec.UnsetType | None = msgspec.UNSET


def _legacy_event(realm: str | int, raw: bytes | msgspec.Raw) -> Event | None:
    try:
        told = msgspec.json.decode(raw, type=_Entity)
    except msgspec.MsgspecError:
        return None
    return _event(realm, told.name, told.id, told.operation, told.lastUpdated, "", told.deletedId)


def _cloud_event(raw: bytes | msgspec.Raw) -> Event | None:
    try:
        told = msgspec.json.decode(raw, type=_CloudEvent)
    except msgspec.MsgspecError:
        return None
    match = _TYPE.fullmatch(told.type)
    entity, operation = (match[1], match[2]) if match else (told.type, "")
    gone = told.data.deletedid if isinstance(told.data, _Data) else None
    return _event(told.intuitaccountid, entity, told.intuitentityid, operation, told.time, told.id, gone)


def _event(
    realm: str | int, entity: str, record: str | int, operation: str, time: str, event_id: str, gone: str | int | None
) -> Event | None:
    texts = [str(realm), entity, str(record), operation, event_id, str(gone or "")]
    if not texts[0] or not texts[1] or not texts[2] or any(len(text) > _LONGEST for text in texts):
        return None
    return Event(texts[0], entity_of(entity), texts[2], operation_of(operation), _time(time), event_id, texts[5])


def operation_of(word: str) -> str:
    """``Void``, ``void`` and ``voided`` are one operation; a word that is not known stays, in small letters."""
    small = word.lower()
    return _OPERATIONS.get(small, small)


def _time(text: str) -> datetime | None:
    """CloudEvents tell nanoseconds, of which microseconds are kept."""
    try:
        return instants.parse_instant(_FRACTION.sub(r"\1", text[:_LONGEST]))
    except ValueError:
        return None


def _told(form: str, events: Iterable[Event | None], number: int) -> Notification:
    if number > _MOST_EVENTS:
        raise NotUnderstood(f"A notification tells of {number:,} events, which is too many.")
    found = [event for event in events if event is not None]
    return Notification(form, tuple(found), number - len(found))
