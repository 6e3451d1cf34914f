"""What a sales form counts and no posting tells: lines of 0, and what a percentage was taken of.

Source: recorded ItemSales of 2025. It lists what was given away, and of discounts the amount they were taken of as a
negative quantity, so that the percentage is the price.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.twin.documents import lines
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.tables import UnchargedRow

_SIGN: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}

_DISCOUNTED: Final = frozenset({lines.SALES, lines.GROUP})


def of(entity: str, body: dict[str, Any]) -> list[UnchargedRow]:
    """Under the line's position, as postings number them; nothing of other documents."""
    sign = _SIGN.get(entity)
    if sign is None:
        return []
    rows: list[UnchargedRow] = []
    for position, line in enumerate(lines.all_lines(body), 1):
        kind = line.get("DetailType")
        found = line.get(str(kind)) or {}
        quantity = _quantity(body, line, found, str(kind))
        if quantity:
            rows.append(
                UnchargedRow(
                    entity,
                    str(body["Id"]),
                    position,
                    (ref_id(found, "ItemRef") or "") if kind == lines.SALES else "",
                    str(sign * quantity),
                    ref_id(found, "ClassRef") or ref_id(body, "ClassRef") or "",
                    ref_id(body, "DepartmentRef") or "",
                )
            )
    return rows


def _quantity(body: dict[str, Any], line: dict[str, Any], found: dict[str, Any], kind: str) -> Decimal | None:
    if kind == lines.SALES:
        free = "Qty" in found and ref_id(found, "ItemRef") and not lines.amount(line)
        return money(found["Qty"]) if free else None
    if kind != lines.DISCOUNT or not found.get("PercentBased") or not lines.amount(line):
        return None
    return -sum((lines.amount(one) for one in body.get("Line", []) if one.get("DetailType") in _DISCOUNTED), ZERO)
