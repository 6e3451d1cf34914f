"""What a written record does to everything else: postings and stock, here; links, in `linking`; balances, in `balances`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.model.money import money
from akika_forensics.twin import settings
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import accounts, document, inventory, linking, posting
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import MovementRow, PostingRow


def apply(session: Session, entity: str, record_id: str, body: dict[str, Any] | None) -> None:
    """Bring postings, stock and links in line with a record's new body; None when it is gone."""
    rows = posting.postings(session, entity, body) if body else []
    post(session, entity, record_id, rows)
    if body is None:
        session.store.set_document(entity, record_id, None)
    else:
        document.write(session, entity, body, rows)
    _move(session, entity, record_id, body)
    linking.link(session, entity, record_id, links.of(entity, body) if body else [])
    if body and settings.multicurrency(session):
        _repost_holders(session, entity, record_id)


def _repost_holders(session: Session, entity: str, record_id: str) -> None:
    """Payments and deposits are in the books at the rate of what they settle or hold, which may be another now."""
    for row in session.store.links_to(entity, record_id):
        holder = session.find(row.source_entity, row.source_id)
        if holder is not None and (row.source_entity in links.SETTLING or row.source_entity == "Deposit"):
            wanted = posting.postings(session, row.source_entity, holder)
            post(session, row.source_entity, row.source_id, wanted)


def post(session: Session, entity: str, record_id: str, wanted: list[PostingRow]) -> None:
    """Put the postings of a record, but those of stock, in place of the present ones."""
    present = [row for row in session.store.postings(entity, record_id) if row.movement is None]
    if present == wanted:
        return
    count(session, present, -1)
    count(session, wanted, 1)
    session.store.set_postings(entity, record_id, wanted)


def count(session: Session, rows: list[PostingRow], sign: int) -> None:
    """Add postings to what this request moves of accounts and parties."""
    for row in rows:
        session.account_cents[row.account] += sign * row.moved
        kind = accounts.account_type(session, row.account)
        if row.party.startswith("Customer:") and kind == accounts.RECEIVABLE:
            session.party_cents[row.party] += sign * row.moved
        elif row.party.startswith("Vendor:") and kind == accounts.PAYABLE:
            session.party_cents[row.party] -= sign * row.moved


def _move(session: Session, entity: str, record_id: str, body: dict[str, Any] | None) -> None:
    present = session.store.movements_from(entity, record_id)
    wanted = inventory.movements(session, entity, body) if body else []
    inventory.check_dates(session, wanted)

    def shape(rows: list[MovementRow]) -> list[tuple[object, ...]]:
        return [
            (
                r.item,
                r.date,
                Decimal(r.quantity),
                r.value_cents,
                r.counter_account,
                r.asset_account,
                r.line,
                r.klass,
                r.department,
                r.memo,
            )
            for r in rows
        ]

    if shape(present) == shape(wanted):
        return
    quantities: dict[str, Decimal] = {}
    for posted in session.store.postings(entity, record_id):
        if posted.movement is not None:
            session.account_cents[posted.account] -= posted.cents
    session.store.remove_movements(entity, record_id)
    for row in present:
        quantities[row.item] = quantities.get(row.item, Decimal(0)) - Decimal(row.quantity)
    for row in wanted:
        session.store.add_movement(row)
        quantities[row.item] = quantities.get(row.item, Decimal(0)) + Decimal(row.quantity)
    for item_id, moved in quantities.items():
        session.items.add(item_id)
        if moved:
            item = session.edit("Item", item_id)
            if item is not None:
                item["QtyOnHand"] = money(item.get("QtyOnHand")) + moved
