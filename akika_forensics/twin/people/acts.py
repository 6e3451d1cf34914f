"""What one request did, record by record, until it is written into the trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import cents, money
from akika_forensics.twin import wire
from akika_forensics.twin.people import actors
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import Event

_PARTIES = ("CustomerRef", "VendorRef", "EntityRef", "EmployeeRef")
_NAMES = ("DisplayName", "FullyQualifiedName", "Name", "Code", "FileName", "CompanyName")


@dataclass(frozen=True, slots=True)
class Act:
    """``verb`` is created, updated, deleted, voided, merged, emailed, or what a screen does."""

    verb: str
    entity: str
    id: str
    body: Mapping[str, Any]
    indirect: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)


def events(acts: Iterable[Act], actor: Actor, moment: datetime) -> list[Event]:
    """As rows of the trail, in the order in which they were done."""
    at, request = wire.microseconds(moment), actors.request()
    return [_event(act, actor, at, request) for act in acts]


def _event(act: Act, actor: Actor, at: int, request: int | None) -> Event:
    return Event(
        0,
        at,
        actor.user,
        actor.name,
        actor.kind,
        act.verb,
        act.entity,
        act.id,
        request,
        str(act.body.get("DocNumber") or ""),
        named(act.entity, act.body),
        str(act.body.get("TxnDate") or "")[:10],
        total(act.entity, act.body),
        act.indirect,
        payloads.encode(dict(act.detail)).decode() if act.detail else "",
    )


def named(entity: str, body: Mapping[str, Any]) -> str:
    """Whom a transaction is with, or what a record of a list is called."""
    row = CATALOGUE.get(entity)
    if row is not None and row.is_transaction:
        for one in _PARTIES:
            if isinstance(body.get(one), Mapping):
                return str(body[one].get("name") or "")
        return ""
    return next((str(body[name]) for name in _NAMES if body.get(name)), "")


def total(entity: str, body: Mapping[str, Any]) -> int | None:
    """The amount of a transaction in cents of its own currency; None for what has none."""
    for name in ("TotalAmt", "Amount", "PaymentAmount"):
        found = body.get(name)
        if found is not None:
            return int(cents(money(found)) * 100)
    if entity != "JournalEntry":
        return None
    return sum(
        int(cents(money(line.get("Amount"))) * 100)
        for line in body.get("Line", [])
        if (line.get("JournalEntryLineDetail") or {}).get("PostingType") == "Debit"
    )
