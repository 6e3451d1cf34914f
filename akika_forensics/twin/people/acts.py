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
    detail = _detail(act)
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
        payloads.encode(detail).decode() if detail else "",
    )


def _detail(act: Act) -> dict[str, Any]:
    """What is told beside the columns; of a type with kinds, also which it was, which later nobody knows."""
    kind = kind_of(act.entity, act.body)
    return {**act.detail, "type": kind} if kind else dict(act.detail)


def kind_of(entity: str, body: Mapping[str, Any]) -> str:
    """The name of an expense or a bill payment by how it was paid; empty for other types."""
    if entity == "BillPayment":
        return "Bill Payment (Credit Card)" if body.get("PayType") == "CreditCard" else "Bill Payment (Check)"
    if entity != "Purchase":
        return ""
    if body.get("PaymentType") == "Check":
        return "Check"
    return "Credit Card Credit" if body.get("PaymentType") == "CreditCard" and body.get("Credit") else "Expense"


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
