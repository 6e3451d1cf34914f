"""What voiding leaves of a transaction. Source: recorded voids of an invoice and of a sales receipt."""

from __future__ import annotations

import copy
from typing import Any, Final

from akika_forensics.model.money import ZERO
from akika_forensics.twin.documents import lines

AT_SCREENS: Final = frozenset({"Bill", "VendorCredit", "Purchase", "CreditMemo", "RefundReceipt"})
"""What QuickBooks' own screens void beside what the API voids. Source: notifications of voids are listed for some of them;
of bills, forensic notes; of vendor credits, by analogy."""


def is_settled(body: dict[str, Any]) -> bool:
    """Whether the bank was asked for the money: such a transaction cannot be voided any more."""
    card = body.get("CreditCardPayment")
    charge = card.get("CreditChargeResponse") if isinstance(card, dict) else None
    return isinstance(charge, dict) and charge.get("Status") == "Completed"


def voided(entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """Amounts and quantities 0, ``Voided`` before the note, links gone; everything else as it was."""
    fresh = copy.deepcopy(body)
    note = str(fresh.get("PrivateNote", ""))
    if not note.startswith("Voided"):
        fresh["PrivateNote"] = f"Voided - {note}" if note else "Voided"
    for field in {"TotalAmt", "HomeTotalAmt", "HomeBalance"} & (fresh.keys() | {"TotalAmt"}):
        fresh[field] = ZERO
    if entity in {"Payment", "BillPayment"}:
        fresh["Line"] = []
        if entity == "Payment":
            fresh["UnappliedAmt"] = ZERO
        return fresh
    for line in lines.all_lines(fresh):
        line.pop("LinkedTxn", None)
        if "Amount" in line:
            line["Amount"] = ZERO
        detail = line.get(str(line.get("DetailType"))) or {}
        if "Qty" in detail:
            detail["Qty"] = ZERO
        if detail.get("UnitPrice"):
            del detail["UnitPrice"]
    fresh["LinkedTxn"] = [] if entity == "Invoice" else fresh.get("LinkedTxn", [])
    if not fresh["LinkedTxn"] and entity != "Invoice":
        del fresh["LinkedTxn"]
    if "TxnTaxDetail" in fresh:
        fresh["TxnTaxDetail"] = {"TotalTax": ZERO}
    fresh["Balance"] = ZERO
    return fresh
