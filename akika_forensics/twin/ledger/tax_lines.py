"""What the tax lines of a sales form were taken of, for the summary of taxes: their amounts are postings."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin.documents import lines
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import TaxedRow

_SIGN: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}


def of(session: Session, entity: str, body: dict[str, Any]) -> list[TaxedRow]:
    """A row for each tax line that names a rate, under the line of its posting; nothing of other documents."""
    sign = _SIGN.get(entity)
    found = (body.get("TxnTaxDetail") or {}).get("TaxLine") if sign else None
    if not sign or not found:
        return []
    rate = rates.of(session, body)
    rows: list[TaxedRow] = []
    for number, line in enumerate(found, len(lines.all_lines(body)) + 1):
        detail = line.get("TaxLineDetail") or {}
        named = ref_id(detail, "TaxRateRef")
        if named:
            base = int(cents(_base(line, detail) * rate) * 100)
            rows.append(TaxedRow(entity, str(body["Id"]), number, named, sign * base))
    return rows


def _base(line: dict[str, Any], detail: dict[str, Any]) -> Any:
    """NetAmountTaxable; where a record does not tell it, what the percentage makes of the amount."""
    if "NetAmountTaxable" in detail:
        return money(detail["NetAmountTaxable"])
    percent = money(detail.get("TaxPercent"))
    return lines.amount(line) * 100 / percent if percent else ZERO
