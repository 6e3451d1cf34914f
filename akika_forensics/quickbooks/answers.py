"""Cutting an answer into records without re-encoding a byte of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
import msgspec

from akika_forensics.errors import ServiceError, WrongUse
from akika_forensics.model import instants, payload
from akika_forensics.model.catalogue import BY_KEY, CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import faults

NO_ID: Final = "no-id-"
"""The id of a record that came without one begins with this; a digest of its canonical form follows."""

_SINGLE: Final = frozenset({"CompanyInfo", "Preferences"})
PLACES: Final = frozenset({"startPosition", "maxResults", "totalCount"})
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_GROUP: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | int])
"""What a group of rows nearly always is, read in one go."""


type _Member = msgspec.Raw | list[msgspec.Raw] | int


class _Head(msgspec.Struct):
    Id: str | int | None = None
    status: str | None = None


class _Rate(msgspec.Struct):
    SourceCurrencyCode: str
    TargetCurrencyCode: str = ""
    AsOfDate: str = ""


_HEAD: Final = msgspec.json.Decoder(_Head)
_RATE: Final = msgspec.json.Decoder(_Rate)


class Slice(msgspec.Struct, frozen=True, gc=False):
    """One record of an answer; ``payload`` is its part of the body, byte for byte.

    Without ``gc``: it can be in no circle of references, and there are as many as records.
    """

    key: RecordKey
    payload: bytes
    answer: int = 0
    """The number of the answer that it was cut from, see `Questions.answered`; 0 where that is not known."""

    @property
    def has_id(self) -> bool:
        return not self.key.id.startswith(NO_ID)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one query answer or change-feed group.

    ``unknown`` are keys of the envelope that are neither the entity nor a figure; ``declared`` is maxResults. ``deleted_at``: when
    those of ``deleted`` were deleted whose stub tells it.
    """

    slices: tuple[Slice, ...]
    deleted: tuple[RecordKey, ...]
    unknown: tuple[str, ...]
    declared: int | None
    total: int | None
    deleted_at: Mapping[RecordKey, datetime] = field(default_factory=dict)

    @property
    def lacks(self) -> bool:
        """Whether it says that it holds more rows than it does."""
        return self.declared is not None and self.declared > len(self.slices) + len(self.deleted)


def opened(body: bytes, asked: str) -> dict[str, msgspec.Raw]:
    """The members of an answer's object. Raises NetworkFailed when it is no whole JSON object, and the error of a
    fault that came with status 200.
    """
    try:
        members = _OBJECT.decode(body)
        # Raw members are skipped, not read: only this makes sure of the text within.
        body.decode("utf-8")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise faults.unreadable(asked, f"no whole JSON object ({error})") from None
    if "Fault" in members or "fault" in members:
        rows = faults.rows_in(body)
        if rows:
            raise faults.refusal(rows, httpx.codes.OK, asked)
    return members


def server_time(members: dict[str, msgspec.Raw], response: httpx.Response) -> datetime | None:
    """When the server took up the request, by its own clock: the body's ``time``, else the Date header."""
    return said_time(members) or header_time(response)


def said_time(members: dict[str, msgspec.Raw]) -> datetime | None:
    """The ``time`` of an answer; reports have none."""
    try:
        return instants.parse_instant(_text(members.get("time")) or "")
    except ValueError:
        return None


def header_time(response: httpx.Response) -> datetime | None:
    """The Date header, to the second."""
    try:
        value = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _text(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    value = payload.decode(bytes(raw))
    return value if isinstance(value, str) else None


def rows_of(entity: str, group: msgspec.Raw | bytes, asked: str, answer: int = 0) -> Rows:
    """The records of answer number ``answer``: ``{"Invoice": […], "startPosition": 1, …}``."""
    try:
        members = _members(group)
        slices: list[Slice] = []
        deleted: list[RecordKey] = []
        deleted_at: dict[RecordKey, datetime] = {}
        for raw in _rows(entity, members):
            cut, gone = slice_of(entity, raw, answer)
            if gone:
                deleted.append(cut.key)
                if (at := _stub_time(cut.payload)) is not None:
                    deleted_at[cut.key] = at
            else:
                slices.append(cut)
        unknown = tuple(name for name in members if name not in PLACES and entity_of_key(name) != entity)
        return Rows(
            tuple(slices),
            tuple(deleted),
            unknown,
            _figure(members.get("maxResults")),
            _figure(members.get("totalCount")),
            deleted_at,
        )
    except msgspec.DecodeError as error:
        raise faults.unreadable(asked, f"its records are not as described ({error})") from None


def _stub_time(stub: bytes) -> datetime | None:
    """Source: QuickBooks API, change data capture: a stub has MetaData.LastUpdatedTime, which is when it was deleted."""
    try:
        body = payload.decode(stub)
        meta = body.get("MetaData") if isinstance(body, dict) else None
        told = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
        return instants.parse_instant(told) if isinstance(told, str) else None
    except (WrongUse, ValueError):
        return None


def _members(group: msgspec.Raw | bytes) -> Mapping[str, _Member]:
    try:
        return _GROUP.decode(group)
    except msgspec.ValidationError:
        return _OBJECT.decode(group)


def _rows(entity: str, members: Mapping[str, _Member]) -> list[msgspec.Raw]:
    found: list[msgspec.Raw] = []
    for name, value in members.items():
        if entity_of_key(name) != entity:
            continue
        if isinstance(value, list):
            found.extend(value)
        elif isinstance(value, msgspec.Raw) and bytes(memoryview(value)[:1]) == b"{":
            found.append(value)
        else:
            found.extend(_LIST.decode(value if isinstance(value, msgspec.Raw) else str(value)))
    return found


def entity_of_key(name: str) -> str | None:
    """The entity of a JSON key on the wire: its own key or its name."""
    row = BY_KEY.get(name) or CATALOGUE.get(name)
    return row.name if row else None


def slice_of(entity: str, raw: msgspec.Raw, answer: int = 0) -> tuple[Slice, bool]:
    """One record and whether it is the stub of a deleted one. Raises msgspec.DecodeError when it is no object."""
    data = bytes(raw).strip()
    head = _head(data)
    if head.Id is None and entity == "RecurringTransaction":
        # Source: QuickBooks API, RecurringTransaction: the Id is inside the wrapped transaction.
        for name, inner in _OBJECT.decode(data).items():
            if entity_of_key(name) is not None:
                within = _head(bytes(inner))
                head = _Head(Id=within.Id, status=head.status or within.status)
    return Slice(RecordKey(entity, _id_of(entity, data, head)), data, answer), head.status == "Deleted"


def single(entity: str, members: dict[str, msgspec.Raw], asked: str, answer: int = 0) -> Slice | None:
    """The record of ``{"Invoice": {…}, "time": …}``; None when it is the stub of a deleted one."""
    for name, raw in members.items():
        if entity_of_key(name) == entity:
            try:
                cut, gone = slice_of(entity, raw, answer)
            except msgspec.DecodeError as error:
                raise faults.unreadable(asked, f"its record is not as described ({error})") from None
            return None if gone else cut
    raise faults.unreadable(asked, "the record is not in it")


def _head(data: bytes) -> _Head:
    try:
        return _HEAD.decode(data)
    except msgspec.ValidationError:
        value: Any = payload.decode(data)
        if not isinstance(value, dict):
            raise
        status = value.get("status")
        return _Head(status=status if isinstance(status, str) else None)


def _id_of(entity: str, data: bytes, head: _Head) -> str:
    if head.Id not in (None, ""):
        return str(head.Id)
    if entity in _SINGLE:
        return "1"
    if entity == "ExchangeRate":
        try:
            rate = _RATE.decode(data)
        except msgspec.ValidationError:
            pass
        else:
            return "-".join(part for part in (rate.SourceCurrencyCode, rate.TargetCurrencyCode, rate.AsOfDate) if part)
    return NO_ID + hashlib.sha256(payload.canonical(data)).hexdigest()[:24]


def _figure(member: _Member | None) -> int | None:
    value = payload.decode(bytes(member)) if isinstance(member, msgspec.Raw) else member
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def counted(group: msgspec.Raw | bytes, asked: str) -> int:
    """The figure of ``{"totalCount": 5}``."""
    try:
        figure = _figure(_OBJECT.decode(group).get("totalCount"))
    except msgspec.DecodeError as error:
        raise faults.unreadable(asked, f"no count ({error})") from None
    if figure is None:
        raise faults.unreadable(asked, "no count")
    return figure


def fault_in(item: dict[str, msgspec.Raw], asked: str) -> ServiceError | None:
    """The error of one batch item, None when it did well."""
    raw = item.get("Fault", item.get("fault"))
    if raw is None:
        return None
    rows = faults.rows_of({"Fault": payload.decode(bytes(raw))})
    return faults.refusal(rows or (), httpx.codes.BAD_REQUEST, asked)
