"""Letting go of a record that is deleted or voided: the lines of whoever settled or fulfilled it, and what is left of a payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import money
from akika_forensics.twin import settings
from akika_forensics.twin.documents import charges, links
from akika_forensics.twin.ledger import effects, linking, posting
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow


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
        linking.drop_mirror(source, row.source_entity, entity, record_id)
        if row.source_entity in links.SETTLING:
            _refit(session, row.source_entity, source)
        linking.link(session, row.source_entity, row.source_id, links.of(row.source_entity, source))
        if settings.multicurrency(session) and row.source_entity in links.SETTLING:
            effects.post(
                session, row.source_entity, row.source_id, posting.postings(session, row.source_entity, source)
            )


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
