"""One line of a transaction in one row: what, how many, for which document, how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from akika_widgets.views.wording import amount, number_of

TIMES: Final = "\N{MULTIPLICATION SIGN}"
_WHOLE: Final = re.compile(r"^Line\[[^\]]*\]$")
_LINE: Final = re.compile(r"^(?P<line>Line\[[^\]]*\])\.(?P<rest>.+)$")


def line_of(path: str) -> tuple[str, str] | None:
    """``Line[2].Amount`` as ``("Line[2]", "Amount")``; None for a field that is not on a line."""
    match = _LINE.match(path)
    return (match["line"], match["rest"]) if match else None


def is_line(path: str) -> bool:
    """True for the path of a whole line: ``Line[2]``."""
    return _WHOLE.match(path) is not None


def line_words(leaves: Mapping[str, Any]) -> tuple[str, Decimal | None]:
    """What a line says (item, description, quantity and price) and its amount; the amount carries the sign that it has on the line.

    A journal line says its side and account; a payment's line the document it settles.
    """
    parts = [
        _first(leaves, "PostingType"),
        _first(leaves, "ItemRef.name") or _first(leaves, "AccountRef.name") or _first(leaves, "ItemRef.value"),
        str(leaves.get("Description") or ""),
        _how_many(leaves),
        _settles(leaves),
    ]
    return " · ".join(dict.fromkeys(part for part in parts if part)) or "line without text", number_of(
        leaves.get("Amount")
    )


def is_subtotal(leaves: Mapping[str, Any]) -> bool:
    """True for the line on which QuickBooks itself writes the sum of the others."""
    return leaves.get("DetailType") == "SubTotalLineDetail"


def _first(leaves: Mapping[str, Any], ending: str) -> str:
    for path, value in leaves.items():
        if path == ending or path.endswith(f".{ending}"):
            return str(value)
    return ""


def _how_many(leaves: Mapping[str, Any]) -> str:
    quantity, price = (
        next((number_of(value) for path, value in leaves.items() if path.endswith(name)), None)
        for name in (".Qty", ".UnitPrice")
    )
    if quantity is None or price is None:
        return ""
    return f"{quantity:f} {TIMES} {amount(price)}"


def _settles(leaves: Mapping[str, Any]) -> str:
    for path, value in leaves.items():
        if path.startswith("LinkedTxn[") and path.endswith(".TxnId"):
            kind = leaves.get(path.removesuffix("TxnId") + "TxnType")
            return f"for {kind or 'transaction'} Id {value}"
    return ""
