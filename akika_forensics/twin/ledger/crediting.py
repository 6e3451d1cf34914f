"""Open credits of a customer that meet a new invoice, where the company applies credits by itself.

QuickBooks keys a payment of nothing that links both. Source: Preferences, AutoApplyCredit; QuickBooks API, Auto-created
(the note is observed).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.twin import identity, settings
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

Create = Callable[[str, dict[str, Any]], dict[str, Any]]
NOTE: Final = "Created by QB Online to link credits to charges."


def apply(session: Session, entity: str, invoice: dict[str, Any], create: Create) -> None:
    """Link the customer's open credit memos, the oldest first, to an invoice that was just keyed."""
    if entity != "Invoice" or not settings.preference(session, "SalesFormsPrefs", "AutoApplyCredit"):
        return
    left = money(invoice.get("Balance"))
    lines: list[dict[str, Any]] = []
    used = ZERO
    for memo in sorted(_open(session, invoice), key=_age):
        part = min(left - used, money(memo["Balance"]))
        if part > 0:
            lines.append(_line("CreditMemo", memo, part))
            used += part
    if not used:
        return
    payment: dict[str, Any] = {"CustomerRef": {"value": str(ref_id(invoice, "CustomerRef"))}, "TotalAmt": ZERO}
    payment |= {"TxnDate": invoice["TxnDate"], "PrivateNote": NOTE}
    payment |= {field: invoice[field] for field in ("CurrencyRef", "ExchangeRate", "ARAccountRef") if field in invoice}
    create("Payment", {**payment, "Line": [_line("Invoice", invoice, used), *lines]})


def _open(session: Session, invoice: dict[str, Any]) -> list[dict[str, Any]]:
    """The customer's credit memos with something left, in the invoice's currency."""
    customer, code = ref_id(invoice, "CustomerRef"), rates.code_of(session, invoice)
    return [
        memo
        for memo in session.each("CreditMemo")
        if ref_id(memo, "CustomerRef") == customer
        and money(memo.get("Balance")) > 0
        and rates.code_of(session, memo) == code
    ]


def _age(memo: dict[str, Any]) -> tuple[str, int]:
    return str(memo.get("TxnDate", "")), identity.number_of(str(memo["Id"]))


def _line(kind: str, body: dict[str, Any], amount: Decimal) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": str(body["Id"]), "TxnType": kind}]}
