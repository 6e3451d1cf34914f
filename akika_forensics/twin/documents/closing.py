"""What may not be touched: closed books and deposited transactions."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import money
from akika_forensics.twin import book_faults, faults, settings
from akika_forensics.twin.documents import links
from akika_forensics.twin.request import ref_id, txn_date
from akika_forensics.twin.session import Session

_UNPOSTED: Final = frozenset({"Estimate", "PurchaseOrder", "TimeActivity"})


def check(session: Session, entity: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """Raises 6200 when the date before or after lies in closed books."""
    if "closed books" not in session.waived and is_closed(session, entity, old, new):
        raise book_faults.closed_books(session.beliefs.choice("closed_books"))


def is_closed(session: Session, entity: str, *bodies: dict[str, Any] | None) -> bool:
    """Whether the date of one of a transaction's bodies lies in closed books."""
    if not CATALOGUE[entity].is_transaction or entity in _UNPOSTED:
        return False
    closed = settings.close_date(session)
    if closed is None:
        return False
    return any(body is not None and body.get("TxnDate") and txn_date(body) <= closed for body in bodies)


def check_deposited(session: Session, entity: str, old: dict[str, Any], new: dict[str, Any] | None) -> None:
    """Raises 6540 when a transaction in a deposit would be deleted, or changed in amount, party, day or links."""
    if not links.deposits_of(session, entity, str(old["Id"])):
        return
    relinked = entity == "Payment" and session.beliefs.choice("relink_deposited") == "allowed"
    if new is None or _essence(entity, old, relinked) != _essence(entity, new, relinked):
        raise book_faults.deposited()
    if session.beliefs.choice("deposited_note") == "refused" and _applied(entity, old) == _applied(entity, new):
        raise book_faults.deposited()


def _applied(entity: str, body: dict[str, Any]) -> list[tuple[str, str, int]]:
    return sorted((row.target_entity, row.target_id, row.cents) for row in links.of(entity, body))


def _essence(entity: str, body: dict[str, Any], relinked: bool) -> tuple[object, ...]:
    applied = [] if relinked else _applied(entity, body)
    lines = (
        [
            (
                str(line.get("JournalEntryLineDetail", {}).get("PostingType")),
                ref_id(line.get("JournalEntryLineDetail"), "AccountRef"),
                money(line.get("Amount")),
            )
            for line in body.get("Line", [])
        ]
        if entity == "JournalEntry"
        else []
    )
    return (
        money(body.get("TotalAmt")),
        ref_id(body, "DepositToAccountRef"),
        ref_id(body, "CustomerRef"),
        str(body.get("TxnDate")),
        applied,
        lines,
    )


def check_settled(session: Session, entity: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Raises 6000 when a document that others settle would move to another party or control account."""
    if not any(row.source_entity in links.SETTLING for row in session.store.links_to(entity, str(old["Id"]))):
        return
    for field in ("CustomerRef", "VendorRef", "ARAccountRef", "APAccountRef"):
        if ref_id(old, field) != ref_id(new, field):
            raise faults.business("The name of a transaction that payments are linked to cannot be changed.")
