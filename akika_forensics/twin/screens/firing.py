"""Recurring templates when their day comes: the service itself makes the transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import parse_date
from akika_forensics.twin import operations, wire
from akika_forensics.twin.documents import schedule
from akika_forensics.twin.ledger import balances
from akika_forensics.twin.people import actors
from akika_forensics.twin.rules import recurring
from akika_forensics.twin.screens.asking import Body, ScreenRefused, day
from akika_forensics.twin.session import Session

_OF_THE_TEMPLATE: Final = frozenset(
    {"Id", "SyncToken", "MetaData", "domain", "sparse", "RecurringInfo", "RecurDataRef", "Balance", "TotalAmt"}
)


def run(session: Session, until: str = "") -> Body:
    """Make what automated templates are due up to a day (today without one), each as often as it is due."""
    last = day(until) if until else session.moment.astimezone(wire.PACIFIC).date()
    made: list[Body] = []
    for template in [dict(body) for body in session.each(recurring.ENTITY)]:
        inner = recurring.flat(template)
        info = inner.get("RecurringInfo") or {}
        if info.get("RecurType") != "Automated" or info.get("Active") is False:
            continue
        record_id = recurring.id_of(template)
        while (due := _due(session, record_id)) is not None and due <= last:
            made.append(fire(session, record_id, due.isoformat()))
    return {"made": made}


def fire(session: Session, id: str, date: str = "") -> Body:  # noqa: A002 - the field's own name
    """Make a template's transaction of a day, of its next one without; the template is due again after it."""
    held = session.find(recurring.ENTITY, str(id))
    if held is None:
        raise WrongUse(f"There is no recurring template {id}.")
    kind = next(name for name in held if name in recurring.KINDS)
    inner: dict[str, Any] = held[kind]
    due = _due(session, str(id))
    if not date and due is None:
        raise ScreenRefused("This template has no next date.", do="Give a date.")
    on = day(date) if date or due is None else due
    body = {name: value for name, value in inner.items() if name not in _OF_THE_TEMPLATE}
    body["TxnDate"] = on.isoformat()
    body["Line"] = [{key: value for key, value in line.items() if key != "Id"} for line in inner.get("Line", [])]
    if not body["Line"]:
        del body["Line"]
    record_id = operations.create(session, kind, body)
    made = session.edit(kind, record_id)
    assert made is not None  # noqa: S101 - created above
    made["RecurDataRef"] = {"value": str(id)}
    _next(session, str(id), kind, inner, on)
    balances.settle_balances(session)
    session.flush()
    return {"entity": kind, "id": record_id, "date": on.isoformat()}


def _due(session: Session, record_id: str) -> Any:
    inner = recurring.flat(session.find(recurring.ENTITY, record_id) or {})
    text = ((inner.get("RecurringInfo") or {}).get("ScheduleInfo") or {}).get("NextDate")
    return parse_date(str(text)) if text else None


def _next(session: Session, record_id: str, kind: str, inner: Body, on: Any) -> None:
    info = dict(inner.get("RecurringInfo") or {})
    held = {name: value for name, value in (info.get("ScheduleInfo") or {}).items() if name != "NextDate"}
    held["PreviousDate"] = on.isoformat()
    if held.get("IntervalType") in schedule.INTERVALS and held.get("StartDate"):
        due = schedule.next_date(held, on + timedelta(days=1))
        if due is not None:
            held["NextDate"] = due.isoformat()
    info["ScheduleInfo"] = held
    stamp = wire.metadata_time(session.moment)
    fresh = {**inner, "RecurringInfo": info, "MetaData": {**inner.get("MetaData", {}), "LastUpdatedTime": stamp}}
    outer = {"Id": record_id, "MetaData": fresh["MetaData"]}
    session.write(recurring.ENTITY, outer, wire.encode(recurring.ENTITY, {kind: fresh}))
    session.forget(recurring.ENTITY, record_id)


def by_the_service(session: Session, until: str = "") -> Body:
    """``run``, told as an act of the service."""
    with actors.acting(actors.SYSTEM):
        return run(session, until)
