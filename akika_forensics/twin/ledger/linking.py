"""What a link does to the record at its other end: the mirror in ``LinkedTxn``, the open balance, the status."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import cents as to_cents
from akika_forensics.model.money import money
from akika_forensics.twin.documents import charges, links
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow

ALWAYS_LISTED: Final = frozenset({"Invoice", "Bill", "PurchaseOrder", "Payment", "Estimate"})
"""Entities that show ``LinkedTxn`` even when it is empty. Source: recorded answers."""
_STATUS: Final[dict[str, tuple[str, Any]]] = {
    "Estimate": ("TxnStatus", "Closed"),
    "PurchaseOrder": ("POStatus", "Closed"),
    "TimeActivity": ("BillableStatus", "HasBeenBilled"),
    charges.ENTITY: ("HasBeenInvoiced", True),
}


def link(session: Session, entity: str, record_id: str, wanted: list[LinkRow]) -> None:
    """Bring the links of a record in line with those wanted, and the records at their other ends with them."""
    present = {(row.target_entity, row.target_id): row for row in session.store.links_from(entity, record_id)}
    kept: list[LinkRow] = []
    for row in wanted:
        old = present.pop((row.target_entity, row.target_id), None)
        if old is None:
            kept.append(_join(session, row))
        else:
            _settle(session, row.target_entity, row.target_id, row.cents - old.cents)
            kept.append(
                LinkRow(row.source_entity, row.source_id, row.target_entity, row.target_id, row.cents, old.before)
            )
    for gone in present.values():
        _part(session, gone)
    session.store.set_links(entity, record_id, kept)


def _join(session: Session, row: LinkRow) -> LinkRow:
    target = session.edit(row.target_entity, row.target_id)
    source = session.find(row.source_entity, row.source_id)
    if target is None or source is None:
        return row
    mirror = {"TxnId": row.source_id, "TxnType": links.mirror_type(row.source_entity, source)}
    if row.target_entity != "TimeActivity":
        target["LinkedTxn"] = [mirror, *target.get("LinkedTxn", [])]
    _settle(session, row.target_entity, row.target_id, row.cents if row.source_entity in links.SETTLING else 0)
    field, closed = _STATUS.get(row.target_entity, ("", ""))
    if not field:
        return row
    others = [other.before for other in session.store.links_to(row.target_entity, row.target_id) if other.before]
    before = others[0] if others else str(target.get(field, ""))
    target[field] = closed
    if row.target_entity == charges.ENTITY:
        charges.mark(session, row.target_id, billed=True)
    return LinkRow(row.source_entity, row.source_id, row.target_entity, row.target_id, row.cents, before)


def _part(session: Session, row: LinkRow) -> None:
    target = session.edit(row.target_entity, row.target_id)
    if target is None:
        return
    drop_mirror(target, row.target_entity, row.source_entity, row.source_id)
    _settle(session, row.target_entity, row.target_id, -row.cents if row.source_entity in links.SETTLING else 0)
    field, _ = _STATUS.get(row.target_entity, ("", ""))
    others = [r for r in session.store.links_to(row.target_entity, row.target_id) if r.source_id != row.source_id]
    if row.target_entity == charges.ENTITY and not others:
        target[field] = False
        charges.mark(session, row.target_id, billed=False)
    elif field and row.before and not others:
        target[field] = row.before


def drop_mirror(body: dict[str, Any], entity: str, other: str, other_id: str) -> None:
    """Take one record out of another's LinkedTxn."""
    rows = [
        link
        for link in body.get("LinkedTxn", [])
        if not (linked_entity(str(link.get("TxnType", ""))) == other and str(link.get("TxnId")) == other_id)
    ]
    if rows or entity in ALWAYS_LISTED:
        body["LinkedTxn"] = rows
    else:
        body.pop("LinkedTxn", None)


def _settle(session: Session, entity: str, record_id: str, cents: int) -> None:
    """A payment's line took (positive) or gave back ``cents`` of a document's open balance."""
    if not cents or entity not in {"Invoice", "CreditMemo", "Bill", "VendorCredit"}:
        return
    body = session.edit(entity, record_id)
    if body is None:
        return
    body["Balance"] = money(body.get("Balance")) - Decimal(cents) / 100
    if "HomeBalance" in body:
        body["HomeBalance"] = to_cents(body["Balance"] * rates.of(session, body))
    if entity == "CreditMemo":
        body["RemainingCredit"] = body["Balance"]
