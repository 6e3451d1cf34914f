"""What a payment clears in home currency: each document at its own rate, the unapplied rest at the payment's.

The difference to what was paid is the realised gain or loss, which goes to Exchange Gain or Loss.
Source: QuickBooks API, ExchangeRate; the accounting principle of IAS 21 and ASC 830 for monetary items.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.ledger.entry import Entry
from akika_forensics.twin.request import ref_id


def settled(entry: Entry, entity: str, body: dict[str, Any]) -> Decimal:
    """What a Payment or BillPayment takes off receivables or payables, in home currency."""
    total = money(body.get("TotalAmt"))
    if not entry.many:
        return total
    party = ref_id(body, "CustomerRef" if entity == "Payment" else "VendorRef")
    cleared = applied = ZERO
    for line in body.get("Line", []):
        for link in line.get("LinkedTxn", [])[:1]:
            name = linked_entity(str(link.get("TxnType", "")))
            target = entry.session.find(name, str(link.get("TxnId"))) if name in links.SETTLING[entity] else None
            if name is None or target is None:
                continue
            sign = links.SETTLING[entity][name]
            if not sign:
                sign = 1 if links.journal_open(entry.session, entity, target, party) > 0 else -1
            value = sign * money(line.get("Amount"))
            applied += value
            cleared += cents(value * rates.of(entry.session, target))
    return cleared + cents((total - applied) * entry.rate)


def as_it_came(entry: Entry, target: dict[str, Any] | None, amount: Decimal) -> Decimal:
    """What a deposited transaction put into Undeposited Funds, in home currency."""
    return cents(amount * (rates.of(entry.session, target) if target else entry.rate))
