"""Why a figure of a report is not ours, as far as that can be told. Whatever cannot is called unexplained.

A reason never takes anything away from a residual, and documents are one only where they come to it exactly. That some amount has
no account says nothing of a figure that it is not the difference of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from akika_forensics.books.finding import UNRESOLVED
from akika_forensics.books.tie_out.causes import Causes
from akika_forensics.books.tie_out.why import CENTS, CHANGED, DOCUMENTS, TAX, TRUNCATED, UNEXPLAINED, UNKNOWN, UNPOSTED
from akika_forensics.model.money import ZERO

_ROUNDING: Final = Decimal("0.05")
_ORDER: Final = (CHANGED, TAX, UNKNOWN, UNPOSTED, DOCUMENTS)


def told(lines: pl.DataFrame, causes_of: Callable[[str], Causes]) -> pl.DataFrame:
    """``lines`` with the reason of each residual; ``beyond`` says that their report was cut off before them.

    ``causes_of`` gives what is known to be otherwise in the report of a name. A reason that a line already has stays.
    """
    apart = (pl.col("residual") != 0) & (pl.col("reason") == "")
    off = lines.filter(apart)
    if off.is_empty():
        return lines
    by_control = {name: causes_of(name) for name in off["control"].unique().sort()}
    columns = ("control", "measure", "subject", "start", "end", "residual", "beyond")
    found = [
        TRUNCATED if beyond else _reason(subject, residual, by_control[name].of(measure, subject, start, end))
        for name, measure, subject, start, end, residual, beyond in off.select(columns).iter_rows()
    ]
    return pl.concat([lines.filter(~apart), off.with_columns(reason=pl.Series(found, dtype=pl.String))])


def _reason(subject: str, residual: Decimal, causes: Mapping[str, Decimal]) -> str:
    if subject == UNRESOLVED:
        # No report knows this account: all that is in it are such amounts.
        return UNPOSTED
    known = [reason for reason in _ORDER if reason in causes]
    for reason in known:
        if causes[reason] == residual:
            return reason
    if len(known) > 1 and sum(causes.values(), ZERO) == residual:
        return "; ".join(known)
    return CENTS if abs(residual) <= _ROUNDING else UNEXPLAINED
