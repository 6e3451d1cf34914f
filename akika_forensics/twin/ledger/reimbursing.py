"""ReimburseCharge: what a billable expense line leaves to be charged to its customer.

The service makes one for each line of a bill or a purchase that is billable, keeps it in step with the line, and takes
it away with it. An invoice that links to it bills it: the charge says so, and so does the line it came from. No request
writes one. Source: QuickBooks API, ReimburseCharge.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin import identity, wire
from akika_forensics.twin.documents.charges import ENTITY, detail, of_document, said
from akika_forensics.twin.ledger import detaching
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow

SOURCES: Final = frozenset({"Bill", "Purchase"})


def sync(session: Session, entity: str, record_id: str, body: dict[str, Any] | None) -> None:
    """Bring the charges of a document in line with its lines; None when it is gone."""
    if entity not in SOURCES:
        return
    present = {row.before: row.source_id for row in of_document(session, entity, record_id)}
    for line in (body or {}).get("Line", []):
        found = detail(line)
        if found.get("BillableStatus") not in {"Billable", "HasBeenBilled"}:
            continue
        charge_id = present.pop(str(line["Id"]), None)
        if charge_id is not None:
            _follow(session, charge_id, body or {}, line, found)
        elif found["BillableStatus"] == "Billable":
            _make(session, entity, body or {}, line, found)
    for charge_id in present.values():
        detaching.detach(session, ENTITY, charge_id)
        session.store.set_links(ENTITY, charge_id, [])
        session.remove(ENTITY, charge_id)


def _make(session: Session, entity: str, body: dict[str, Any], line: dict[str, Any], found: dict[str, Any]) -> None:
    charge_id = identity.next_id(session.store, ENTITY)
    stamp = wire.metadata_time(session.moment)
    charge: dict[str, Any] = {"HasBeenInvoiced": False, "domain": "QBO", "sparse": False, "Id": charge_id}
    charge |= {"SyncToken": "0", "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp}}
    charge |= said(body, line, found)
    session.put(ENTITY, charge)
    target = LinkRow(ENTITY, charge_id, entity, str(body["Id"]), 0, str(line["Id"]))
    session.store.set_links(ENTITY, charge_id, [target])


def _follow(
    session: Session, charge_id: str, body: dict[str, Any], line: dict[str, Any], found: dict[str, Any]
) -> None:
    """A charge that is billed keeps its line billed; one that is not takes over what the line says now."""
    charge = session.find(ENTITY, charge_id)
    if charge is None:
        return
    if charge.get("HasBeenInvoiced"):
        found["BillableStatus"] = "HasBeenBilled"
        return
    wanted = said(body, line, found)
    if any(charge.get(name) != value for name, value in wanted.items()):
        own = session.edit(ENTITY, charge_id)
        assert own is not None  # noqa: S101 - found above
        own.update(wanted)
        own["SyncToken"] = str(int(str(own.get("SyncToken", "0"))) + 1)
