"""The JournalReport: every transaction with its debits and credits.

A transaction is its rows, a total without a name and an empty row; the further rows say nothing of the transaction but
its Id. Source: a report of 2019 in the documentation.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.listings import ordering, stream
from akika_forensics.twin.reports.listings.columns import COLUMNS
from akika_forensics.twin.reports.listings.facts import NOT_POSTING
from akika_forensics.twin.reports.listings.filters import Conditions
from akika_forensics.twin.reports.listings.listing import Found, Listing
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_USUAL: Final = ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt")
_MORE: Final = (
    "acct_num_with_extn create_by create_date due_date is_ar_paid is_ap_paid item_name last_mod_by last_mod_date "
    "pmt_mthd quantity rate debt_home_amt credit_home_amt"
)
_OFFERED: Final = tuple(key for key in COLUMNS if key in {*_USUAL, *_MORE.split()})


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170."""
    listing = Listing(session, asked, _OFFERED, _USUAL, "id cents")
    days = (asked.period.start.isoformat(), asked.period.end.isoformat())
    sort = ordering.of(asked, listing)
    keys = stream.keys(session, days, Conditions(), -1 if sort else listing.left)
    found = stream.with_sides(session, [key for key in keys if key[0] not in NOT_POSTING], listing.facts)
    if sort is not None:
        found = iter(ordering.transactions(sort, found))
    rows: list[dict[str, Any]] = []
    debited = credited = 0
    for _, sides in found:
        if not listing.take(len(sides) + 2):
            rows.append(listing.cut())
            return {"Columns": listing.heading(), "Rows": {"Row": rows}}, True
        rows += [listing.row(sides[0]), *map(listing.further, sides[1:])]
        debit, credit = _totals(sides)
        debited, credited = debited + (debit or 0), credited + (credit or 0)
        rows += [_total(listing, "", debit, credit), listing.empty]
    if rows:
        rows.append(_total(listing, "TOTAL", debited, credited))
    return {"Columns": listing.heading(), "Rows": {"Row": rows} if rows else {}}, bool(rows)


def _totals(sides: list[Found]) -> tuple[int | None, int | None]:
    """None for a side on which nothing stands."""
    figures = [side[1] for side in sides if side[1] is not None]
    left, right = [cents for cents in figures if cents >= 0], [-cents for cents in figures if cents < 0]
    return sum(left) if left else None, sum(right) if right else None


def _total(listing: Listing, name: str, debit: int | None, credit: int | None) -> dict[str, Any]:
    sums = {"debt_amt": debit, "debt_home_amt": debit, "credit_amt": credit, "credit_home_amt": credit}
    return sheet.section(None, [], listing.summary(name, sums))


REPORTS: Final = (
    Report(
        "JournalReport",
        build,
        period="This Month-to-date",
        columns=_OFFERED,
        options=ordering.OPTIONS,
        bases=(),
    ),
)
