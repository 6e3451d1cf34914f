"""Why a figure of a report is not ours, as far as that can be told. Whatever cannot is called unexplained.

A reason never takes anything away from a residual, and documents are one only where they come to it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.finding import UNRESOLVED
from akika_forensics.books.ledger import Ledger
from akika_forensics.books.tie_out.causes import Causes
from akika_forensics.books.tie_out.why import CENTS, CHANGED, DOCUMENTS, TAX, TRUNCATED, UNEXPLAINED, UNKNOWN, UNPOSTED
from akika_forensics.model.money import ZERO

_ROUNDING: Final = Decimal("0.05")
_ORDER: Final = (CHANGED, TAX, UNKNOWN, DOCUMENTS)


def told(lines: pl.DataFrame, causes_of: Callable[[str], Causes], ledger: Ledger) -> pl.DataFrame:
    """``lines`` with the reason of each residual; ``beyond`` says that their report was cut off before them.

    ``causes_of`` gives what is known to be otherwise in the report of a name. A reason that a line already has stays.
    """
    apart = (pl.col("residual") != 0) & (pl.col("reason") == "")
    off = lines.filter(apart)
    if off.is_empty():
        return lines
    unposted = bool(ledger.unposted) or bool((ledger.frame["account"] == UNRESOLVED).any())
    by_control = {name: causes_of(name) for name in off["control"].unique().sort()}
    columns = ("control", "measure", "subject", "start", "end", "residual", "beyond")
    found = [
        TRUNCATED if beyond else _reason(residual, by_control[name].of(measure, subject, start, end), unposted=unposted)
        for name, measure, subject, start, end, residual, beyond in off.select(columns).iter_rows()
    ]
    return pl.concat([lines.filter(~apart), off.with_columns(reason=pl.Series(found, dtype=pl.String))])


def _reason(residual: Decimal, causes: Mapping[str, Decimal], *, unposted: bool) -> str:
    known = [reason for reason in _ORDER if reason in causes]
    for reason in known:
        if causes[reason] == residual:
            return reason
    if len(known) > 1 and sum(causes.values(), ZERO) == residual:
        return "; ".join(known)
    if abs(residual) <= _ROUNDING:
        return CENTS
    return UNPOSTED if unposted else UNEXPLAINED
