"""RecurringTransaction: a transaction kept as a template. It posts nothing and moves no balance.

On the wire the template is wrapped in the type that it will become, and its Id is inside:
``{"Invoice": {"RecurringInfo": {…}, "RecurDataRef": {"value": "<own Id>"}, "Id": "…", …}}``.
Source: QuickBooks API, RecurringTransaction. There is no update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.money import ZERO
from akika_forensics.twin import book_faults, faults, identity, schema, settings, standing, wire
from akika_forensics.twin.documents import merge, schedule
from akika_forensics.twin.request import Write
from akika_forensics.twin.session import Session

ENTITY: Final = "RecurringTransaction"
KINDS: Final = frozenset(
    {"Bill", "Purchase", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "RefundReceipt",
     "SalesReceipt", "Transfer", "VendorCredit", "PurchaseOrder"}
)  # fmt: skip
"""What a template may become. Source: QuickBooks API, RecurringTransaction."""

_TYPES: Final = ("Automated", "Reminded", "UnScheduled", "Manual")
_NOT_KEPT: Final = ("TxnDate", "DueDate", "DocNumber", "LinkedTxn", "RemainingCredit", "TxnStatus", "POStatus")
"""What belongs to one transaction and not to its template."""
_UNPAID: Final = frozenset({"Invoice", "Bill", "CreditMemo", "VendorCredit"})


def wrapped(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type and the template itself. Raises 2020 without one, 2010 for a type that cannot recur."""
    inner = {key: value for key, value in body.items() if key not in schema.SYSTEM}
    if len(inner) != 1:
        raise faults.missing(ENTITY)
    ((kind, template),) = inner.items()
    if kind not in KINDS:
        raise faults.unknown_property(kind, ENTITY, sorted(KINDS))
    if not isinstance(template, dict):
        raise faults.malformed(kind, "string", template)
    return kind, template


def flat(body: dict[str, Any]) -> dict[str, Any]:
    """A stored template as the query language sees it: its own fields and its Type."""
    for kind, inner in body.items():
        if kind in KINDS and isinstance(inner, dict):
            return {**inner, "Type": kind}
    return body


def id_of(body: dict[str, Any]) -> str:
    """The Id of a template, or of the stub of a deleted one."""
    return str(flat(body).get("Id", ""))


def create(
    session: Session,
    body: dict[str, Any],
    forced: str | None,
    complete: Callable[[Write, dict[str, Any]], None],
) -> str:
    """Keep a template; ``complete`` are the rules of the transaction in it. Gives its Id. Raises QuickBooksFault."""
    standing.check_subscription(session)
    kind, template = wrapped(body)
    admitted = schema.admit(kind, template)
    info = _schedule(session, admitted.pop("RecurringInfo", None))
    fresh = merge.drop_unwritable(kind, admitted)
    for field in _NOT_KEPT:
        fresh.pop(field, None)
    for line in fresh.get("Line", []):
        line.pop("LinkedTxn", None)
    write = Write(session, kind, None, frozenset(fresh), frozenset({"allowduplicatedocnum"}), {})
    info = _dated(info, write)
    complete(write, fresh)
    for field in _NOT_KEPT:
        fresh.pop(field, None)
    if kind in _UNPAID:
        fresh["Balance"] = ZERO
    if forced and session.find(ENTITY, forced) is not None:
        raise WrongUse(f"{ENTITY} {forced} is already there.")
    record_id = forced or identity.next_id(session.store, ENTITY)
    identity.seen(session.store, ENTITY, record_id)
    stamp = wire.metadata_time(session.moment)
    fresh |= {"domain": "QBO", "sparse": False, "Id": record_id, "SyncToken": "0"}
    fresh["MetaData"] = {"CreateTime": stamp, "LastUpdatedTime": stamp}
    fresh["RecurDataRef"] = {"value": record_id}
    fresh["RecurringInfo"] = info
    outer = {"Id": record_id, "MetaData": fresh["MetaData"]}
    session.write(ENTITY, outer, wire.encode(ENTITY, {kind: fresh}))
    session.note("created", ENTITY, str(outer["Id"]), fresh)
    session.forget(ENTITY, record_id)
    return record_id


def _schedule(session: Session, sent: Any) -> dict[str, Any]:
    """Raises 2020, 2170, and 6240 for a name that another template has."""
    if not isinstance(sent, dict) or not sent:
        raise faults.missing("RecurringInfo")
    for field in ("Name", "RecurType"):
        if not sent.get(field):
            raise faults.missing(f"RecurringInfo.{field}")
    if sent["RecurType"] not in _TYPES:
        raise faults.malformed("RecurType", "enum", sent["RecurType"])
    held = sent.get("ScheduleInfo") or {}
    if sent["RecurType"] in {"Automated", "Reminded"}:
        if not held.get("IntervalType"):
            raise faults.missing("RecurringInfo.ScheduleInfo.IntervalType")
        if held["IntervalType"] not in schedule.INTERVALS:
            raise faults.malformed("IntervalType", "enum", held["IntervalType"])
    name = str(sent["Name"]).casefold()
    for other in session.each(ENTITY) if session.beliefs.choice("template_name") == "unique" else ():
        if str(flat(other).get("RecurringInfo", {}).get("Name", "")).casefold() == name:
            raise book_faults.duplicate_name(f"Id={id_of(other)}")
    return {**sent, "Active": sent.get("Active", True)}


def _dated(info: dict[str, Any], write: Write) -> dict[str, Any]:
    """The service says when a template is due next, and when it was due last. The client's word on it is ignored."""
    held = {name: value for name, value in (info.get("ScheduleInfo") or {}).items() if name != "PreviousDate"}
    held.pop("NextDate", None)
    if held.get("IntervalType") not in schedule.INTERVALS:
        return {**info, "ScheduleInfo": held} if held else info
    held.setdefault("StartDate", write.today.isoformat())
    held.setdefault("NumInterval", 1)
    due = schedule.next_date(held, write.today)
    if due is not None:
        held["NextDate"] = due.isoformat()
    return {**info, "ScheduleInfo": held}


def delete(session: Session, body: dict[str, Any]) -> tuple[str, str]:
    """Remove a template for good; gives its type and Id. Raises 2020, 2030, 610, 5010."""
    standing.check_subscription(session)
    kind, template = wrapped(body)
    record_id = str(template.get("Id", ""))
    if not record_id:
        raise faults.missing("Id")
    if identity.number_of(record_id) < 0:
        raise faults.invalid_id(record_id, timed=True)
    held = session.find(ENTITY, record_id)
    if held is None or kind not in held:
        raise faults.gone()
    token = template.get("SyncToken")
    if token in (None, ""):
        raise faults.missing("SyncToken")
    if str(token) != str(held[kind].get("SyncToken", "0")):
        raise faults.stale(settings.last_user(session, ENTITY, record_id))
    session.note("deleted", ENTITY, record_id, held[kind])
    session.remove(ENTITY, record_id)
    return kind, record_id
