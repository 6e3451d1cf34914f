"""Records as they were received, put into the company without any rule.

Payloads keep their bytes. Postings, links and stock movements follow from the documents once everything they cite is
there, so the order of loading does not matter; balances in the payloads already contain them and are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import cents, money
from akika_forensics.twin import identity
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import accounts, document, entry, inventory, posting
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.rules import rates
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import MovementRow


@dataclass(frozen=True, slots=True)
class Unposted:
    """A loaded transaction that could not be posted, and why."""

    entity: str
    id: str
    reason: str


def body_with_id(entity: str, body: Any) -> dict[str, Any]:
    """A decoded payload, its Id at the top. Raises WrongUse when it has none."""
    if not isinstance(body, dict):
        raise WrongUse(f"A {entity} payload is no JSON object.")
    if entity == "RecurringTransaction":
        inner = next((value for key, value in body.items() if key in CATALOGUE and isinstance(value, dict)), {})
        return {"Id": str(inner.get("Id", "")), "MetaData": inner.get("MetaData", {})}
    if entity == "ExchangeRate" and "Id" not in body:
        return {**body, "Id": rates.key_of(body)}
    if not str(body.get("Id", "")):
        raise WrongUse(f"A {entity} payload has no Id.")
    return body


def store(session: Session, entity: str, payload: bytes, decoded: dict[str, Any] | None = None) -> str:
    """Store the bytes; gives the Id."""
    body = body_with_id(entity, payloads.decode(payload) if decoded is None else decoded)
    record_id = str(body["Id"])
    identity.seen(session.store, entity, record_id)
    for field in ("BillAddr", "ShipAddr", "PrimaryAddr"):
        address = body.get(field)
        if isinstance(address, dict):
            identity.seen(session.store, "Address", str(address.get("Id", "")))
    session.write(entity, body, payload)
    session.forget(entity, record_id)
    return record_id


def settle(session: Session, entity: str, record_id: str) -> Unposted | None:
    """Post, link and move stock for one loaded document; balances stay as they were received."""
    body = session.find(entity, record_id)
    if body is None:
        return None
    if entity == "Item":
        session.store.remove_movements(inventory.OPENING, f"Item:{record_id}")
        session.items |= {record_id} if body.get("Type") == "Inventory" else set()
        return None
    try:
        rows = posting.postings(session, entity, body, make=False)
    except (entry.Unpostable, ValueError, TypeError, KeyError) as error:
        return Unposted(entity, record_id, str(error))
    session.store.set_postings(entity, record_id, rows)
    document.write(session, entity, body, rows)
    session.store.set_links(entity, record_id, links.of(entity, body))
    session.store.remove_movements(entity, record_id)
    for movement in inventory.movements(session, entity, body):
        session.store.add_movement(movement)
        session.items.add(movement.item)
    return None


def settle_items(session: Session) -> None:
    """Give each loaded item the opening layer that its quantity on hand implies, and cost what left it.

    The layer is valued at the purchase cost; what it is worth in the books is part of the opening posting.
    """
    for item_id in sorted(session.items):
        item = session.find("Item", item_id)
        if item is not None:
            _layer(session, item_id, item)
            inventory.replay(session, item_id)
    session.items.clear()
    session.account_cents.clear()
    session.party_cents.clear()


def _layer(session: Session, item_id: str, item: dict[str, Any]) -> None:
    if session.store.movements_from(inventory.OPENING, f"Item:{item_id}"):
        return
    row = opening_layer(session, item_id, item, session.store.movements_of(item_id))
    if row is not None:
        session.store.add_movement(row)


def opening_layer(
    session: Session, item_id: str, item: dict[str, Any], moved: list[MovementRow], unit: Decimal | None = None
) -> MovementRow | None:
    """What must have been in stock before the documents, at the purchase cost or what a ``unit`` is known to have cost; None when they
    explain all that is on hand.
    """
    quantity = money(item.get("QtyOnHand")) - sum((Decimal(row.quantity) for row in moved), Decimal(0))
    if quantity <= 0:
        return None
    value = int(cents(quantity * (money(item.get("PurchaseCost")) if unit is None else unit)) * 100)
    equity = accounts.find_system(session, "opening equity") or ""
    asset = ref_id(item, "AssetAccountRef") or ""
    first = min((row.date for row in moved), default="9999")
    day = min(str(item.get("InvStartDate", "1900-01-01")), first)
    return MovementRow(0, item_id, day, inventory.OPENING, f"Item:{item_id}", str(quantity), value, equity, asset)
