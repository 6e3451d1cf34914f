"""Sending a document by e-mail: nothing leaves this machine, but the document says that it was sent."""

from __future__ import annotations

import re
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import faults, schema, wire
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

A_DAY: Final = 40
"""Mails of a sandbox company. Source: QuickBooks API, limits."""

_ADDRESS: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")


def send(session: Session, entity: str, record_id: str, to: str) -> str:
    """Mark a document as sent, to ``to`` or to the address on it; gives its Id.

    Source: recorded answer to sending an invoice. Raises QuickBooksFault 610; 2040 for an address that is none; 6000
    without any, and after the fortieth mail of a day, whose wording is not recorded.
    """
    row = CATALOGUE[entity]
    if not row.can("send"):
        raise faults.unsupported(f"send {entity}")
    body = session.edit(entity, record_id)
    if body is None:
        raise faults.not_found(f"Object Not Found : {entity} {record_id}")
    to = to.strip()
    if to and not all(_ADDRESS.fullmatch(one.strip()) for one in to.split(",")):
        raise faults.QuickBooksFault("2040", "Invalid String", f"The address {to} is no e-mail address.", "sendTo")
    if not (to or _known(session, entity, body)):
        raise faults.business("You need to specify an email address to send this transaction")
    day = session.moment.astimezone(wire.PACIFIC).date().isoformat()
    if session.store.next_in(f"mail:{day}") > A_DAY:
        raise faults.business(f"The limit of {A_DAY} mails a day is reached")
    fields = schema.fields_of(entity)
    field = "POEmail" if entity == "PurchaseOrder" else "BillEmail"
    if to and field in fields:
        body[field] = {**(body.get(field) or {}), "Address": to}
    if "EmailStatus" in fields:
        body["EmailStatus"] = "EmailSent"
    if "DeliveryInfo" in fields:
        body["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": wire.metadata_time(session.moment)}
    if session.beliefs.choice("send_token") == "raised":
        body["SyncToken"] = str(int(str(body.get("SyncToken", "0"))) + 1)
    session.note("emailed", entity, record_id, body)
    return record_id


def _known(session: Session, entity: str, body: dict[str, Any]) -> str:
    """The address on a document; a payment has none and goes to its customer's."""
    if entity == "Payment":
        holder = (session.find("Customer", ref_id(body, "CustomerRef") or "") or {}).get("PrimaryEmailAddr")
    else:
        holder = body.get("POEmail" if entity == "PurchaseOrder" else "BillEmail")
    return str((holder or {}).get("Address") or "")
