"""Payments of journal entries: their part of the control account. Rule 10 of docs/design/cash-basis.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents as to_cents
from akika_forensics.twin import settings
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.reports.cash_partial import Row, of_payment
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

_LINKS: Final = """
SELECT l.source_entity, l.source_id, l.target_id, max(p.date, j.date), l.cents
FROM link AS l JOIN document AS p ON p.entity = l.source_entity AND p.id = l.source_id
JOIN document AS j ON j.entity = l.target_entity AND j.id = l.target_id
WHERE l.source_entity IN ('Payment', 'BillPayment') AND l.target_entity = 'JournalEntry' AND l.cents <> 0
ORDER BY l.rowid"""


def rows(session: Session) -> tuple[list[Row], list[Row]]:
    """Postings, and what payments applied: (payment's entity, Id, day, cents)."""
    found: list[Row] = []
    applied: list[Row] = []
    for payer, payment, journal_id, day, amount in session.store.select(_LINKS):
        body, journal = session.find(payer, payment), session.find("JournalEntry", journal_id)
        account = _control(session, payer, body) if body else None
        if body is None or journal is None or account is None:
            continue
        party = ref_id(body, "CustomerRef" if payer == "Payment" else "VendorRef")
        side = -1 if links.journal_open(session, payer, journal, party) < 0 else 1
        sign = -side if payer == "Payment" else side
        home = sign * int(to_cents(Decimal(amount) / 100 * rates.of(session, journal)) * 100)
        foreign = rates.code_of(session, journal) != settings.home_code(session)
        found.append(of_payment(session, payer, payment, day, account, home, sign * amount if foreign else None))
        applied.append((payer, payment, day, -home))
    return found, applied


def _control(session: Session, payer: str, body: dict[str, Any]) -> str | None:
    """The account of receivables or payables that the payment works on."""
    said = ref_id(body, "ARAccountRef" if payer == "Payment" else "APAccountRef")
    role = "receivable" if payer == "Payment" else "payable"
    return said or accounts.find_system(session, role, rates.code_of(session, body))
