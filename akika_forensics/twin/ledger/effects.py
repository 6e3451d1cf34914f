"""What a written record does to everything else: postings, stock, links, balances."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import cents as to_cents
from akika_forensics.model.money import money
from akika_forensics.twin import settings
from akika_forensics.twin.documents import charges, links
from akika_forensics.twin.ledger import accounts, document, inventory, posting, rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow, MovementRow, PostingRow

ALWAYS_LISTED: Final = frozenset({"Invoice", "Bill", "PurchaseOrder", "Payment", "Estimate"})
"""Entities that show ``LinkedTxn`` even when it is empty. Source: recorded answers."""


def apply(session: Session, entity: str, record_id: str, body: dict[str, Any] | None) -> None:
    """Bring postings, stock and links in line with a record's new body; None when it is gone."""
    rows = posting.postings(session, entity, body) if body else []
    _post(session, entity, record_id, rows)
    if body is None:
        session.store.set_document(entity, record_id, None)
    else:
        document.write(session, entity, body, rows)
    _move(session, entity, record_id, body)
    _link(session, entity, record_id, links.of(entity, body) if body else [])
    if body and settings.multicurrency(session):
        _repost_holders(session, entity, record_id)


def _repost_holders(session: Session, entity: str, record_id: str) -> None:
    """Payments and deposits are in the books at the rate of what they settle or hold, which may be another now."""
    for row in session.store.links_to(entity, record_id):
        holder = session.find(row.source_entity, row.source_id)
        if holder is not None and (row.source_entity in links.SETTLING or row.source_entity == "Deposit"):
            wanted = posting.postings(session, row.source_entity, holder)
            _post(session, row.source_entity, row.source_id, wanted)


def _post(session: Session, entity: str, record_id: str, wanted: list[PostingRow]) -> None:
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


def _link(session: Session, entity: str, record_id: str, wanted: list[LinkRow]) -> None:
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


_STATUS: Final[dict[str, tuple[str, Any]]] = {
    "Estimate": ("TxnStatus", "Closed"),
    "PurchaseOrder": ("POStatus", "Closed"),
    "TimeActivity": ("BillableStatus", "HasBeenBilled"),
    charges.ENTITY: ("HasBeenInvoiced", True),
}


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


def detach(session: Session, entity: str, record_id: str) -> None:
    """A record is deleted or voided: whoever settled or fulfilled it lets go of it.

    A payment gets the amount back as UnappliedAmt; where a credit goes, the charges that it paid open again.
    """
    for row in session.store.links_to(entity, record_id):
        if row.source_entity == charges.ENTITY:
            continue
        source = session.edit(row.source_entity, row.source_id)
        if source is None:
            continue
        _drop_lines(source, row)
        drop_mirror(source, row.source_entity, entity, record_id)
        if row.source_entity in links.SETTLING:
            _refit(session, row.source_entity, source)
        _link(session, row.source_entity, row.source_id, links.of(row.source_entity, source))
        if settings.multicurrency(session) and row.source_entity in links.SETTLING:
            _post(session, row.source_entity, row.source_id, posting.postings(session, row.source_entity, source))


def _drop_lines(source: dict[str, Any], gone: LinkRow) -> None:
    def cites(link: dict[str, Any]) -> bool:
        entity = linked_entity(str(link.get("TxnType", "")))
        return entity == gone.target_entity and str(link.get("TxnId")) == gone.target_id

    if gone.source_entity in links.SETTLING or gone.source_entity == "Deposit":
        source["Line"] = [
            line for line in source.get("Line", []) if not any(cites(link) for link in line.get("LinkedTxn", []))
        ]
        return
    for line in source.get("Line", []):
        rest = [link for link in line.get("LinkedTxn", []) if not cites(link)]
        if rest:
            line["LinkedTxn"] = rest
        else:
            line.pop("LinkedTxn", None)


def _refit(session: Session, entity: str, source: dict[str, Any]) -> None:
    """Charges must not exceed the money and the credits that are left, nor credits the charges; UnappliedAmt is the rest.

    What is too much goes from the last line backwards.
    """
    total = money(source.get("TotalAmt"))
    party = ref_id(source, "CustomerRef" if entity == "Payment" else "VendorRef")
    signed = [(line, _side(session, entity, line, party)) for line in source.get("Line", [])]
    paid = sum((sign * money(line.get("Amount")) for line, sign in signed), Decimal(0))
    paid -= _cut(signed, 1, paid - total)
    paid += _cut(signed, -1, -paid)
    source["Line"] = [line for line, _ in signed if line["Amount"]]
    if entity == "Payment":
        source["UnappliedAmt"] = total - paid


def _cut(signed: list[tuple[dict[str, Any], int]], side: int, over: Decimal) -> Decimal:
    """Take ``over`` away from the lines of a side; gives how much that was."""
    taken = Decimal(0)
    for line, sign in reversed(signed):
        part = min(over - taken, money(line.get("Amount")))
        if sign == side and part > 0:
            line["Amount"] = money(line.get("Amount")) - part
            taken += part
    return taken


def _side(session: Session, entity: str, line: dict[str, Any], party: str | None) -> int:
    for link in line.get("LinkedTxn", []):
        target = linked_entity(str(link.get("TxnType", "")))
        if target == "JournalEntry":
            journal = session.find("JournalEntry", str(link.get("TxnId")))
            return -1 if journal and links.journal_open(session, entity, journal, party) < 0 else 1
        if target is not None:
            return links.SETTLING[entity].get(target, 1)
    return 1


def settle_balances(session: Session) -> None:
    """Re-cost the items that moved, then carry what moved into accounts and parties."""
    for item_id in sorted(session.items):
        inventory.replay(session, item_id)
    session.items.clear()
    for account_id, cents in sorted(session.account_cents.items()):
        if cents:
            _move_account(session, account_id, cents)
    for party, cents in sorted(session.party_cents.items()):
        if cents:
            _move_party(session, party, Decimal(cents) / 100)
    session.account_cents.clear()
    session.party_cents.clear()


def _move_account(session: Session, account_id: str, cents: int) -> None:
    """Balance-sheet accounts show what they hold, debit positive. Source: recorded Mastercard of -157.72, owed."""
    account = session.find("Account", account_id)
    if account is None or accounts.is_profit_and_loss(account):
        return
    moved = Decimal(cents) / 100
    own = session.edit("Account", account_id)
    assert own is not None  # noqa: S101 - found above
    own["CurrentBalance"] = money(own.get("CurrentBalance")) + moved
    _move_up(session, "Account", account_id, "CurrentBalanceWithSubAccounts", moved)


def _move_party(session: Session, party: str, moved: Decimal) -> None:
    entity, _, record_id = party.partition(":")
    body = session.edit(entity, record_id)
    if body is None:
        return
    body["Balance"] = money(body.get("Balance")) + moved
    if entity != "Customer":
        return
    _move_up(session, "Customer", record_id, "BalanceWithJobs", moved)


def _move_up(session: Session, entity: str, record_id: str, field: str, moved: Decimal) -> None:
    """Add to a record's sum and to those of all above it."""
    seen: set[str] = set()
    above: str | None = record_id
    while above is not None and above not in seen:
        seen.add(above)
        body = session.edit(entity, above)
        if body is None:
            return
        body[field] = money(body.get(field)) + moved
        above = ref_id(body, "ParentRef")
