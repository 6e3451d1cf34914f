"""TransactionListWithSplits: every transaction with the lines that it posts, by account when it is asked for.

The further lines of a transaction say nothing of it but its Id; an empty row follows each transaction, and another ends
a group. Source: a report of 2021 in the documentation; without groups by analogy.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.reports.listings import filters, grouping, ordering, stream
from akika_forensics.twin.reports.listings.columns import COLUMNS
from akika_forensics.twin.reports.listings.listing import Found, Listing
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_USUAL: Final = ("tx_date", "txn_type", "doc_num", "is_no_post", "name", "memo", "account_name", "nat_amount")
_MORE: Final = (
    "dept_name is_adj create_by create_date last_mod_date last_mod_by cust_name vend_name rate quantity item_name "
    "emp_name pmt_mthd nat_open_bal debt_amt credit_amt is_cleared olb_status subt_nat_home_amount nat_home_open_bal "
    "debt_home_amt credit_home_amt currency exch_rate"
)
_OFFERED: Final = tuple(key for key in COLUMNS if key in {*_USUAL, *_MORE.split()})
_WAYS: Final = ("name", "account", "transactiontype", "none")

type Line = tuple[Found, bool]
"""The facts of a line, and whether it is the first of its transaction."""


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170 and 2060."""
    by = grouping.known(asked.parameters.get("group_by") or "None", _WAYS)
    listing = Listing(session, asked, _OFFERED, _USUAL, grouping.first(by))
    sort = ordering.of(asked, listing)
    where = filters.of(session, asked, sides=False)
    days = (asked.period.start.isoformat(), asked.period.end.isoformat())
    keys = stream.keys(session, days, where, -1 if sort or by else listing.left)
    found = stream.with_sides(session, keys, listing.facts)
    if sort is not None:
        found = iter(ordering.transactions(sort, found))
    if not by:
        rows: list[dict[str, Any]] = []
        for _, sides in found:
            if not listing.take(len(sides) + 1):
                rows.append(listing.cut())
                break
            rows += [*_shown(listing, [(side, at == 0) for at, side in enumerate(sides)]), listing.empty]
    else:
        rows = _grouped(session, listing, [sides for _, sides in found], by)
    return {"Columns": listing.heading(), "Rows": {"Row": rows} if rows else {}}, bool(rows)


def _shown(listing: Listing, lines: list[Line]) -> list[dict[str, Any]]:
    return [listing.row(found) if first else listing.further(found) for found, first in lines]


def _grouped(session: Session, listing: Listing, some: list[list[Found]], by: str) -> list[dict[str, Any]]:
    """By account each line has its own group; by anything else the transaction goes with its first line."""
    parts: dict[int, list[Line]] = {}
    heads: list[Found] = []
    for sides in some:
        cuts = _by_account(sides) if by == "account" else [[(side, at == 0) for at, side in enumerate(sides)]]
        for lines in cuts:
            heads.append(lines[0][0])
            parts[id(heads[-1])] = lines
    sections: list[dict[str, Any]] = []
    for name, record_id, rows in grouping.groups(session, listing.names, heads, by):
        shown: list[dict[str, Any]] = []
        sections.append({"Header": listing.header(name, record_id), "Rows": {"Row": shown}, "type": "Section"})
        for head in rows:
            lines = parts[id(head)]
            if not listing.take(len(lines) + 1):
                shown.append(listing.cut())
                return sections
            shown += [*_shown(listing, lines), listing.empty]
        shown.append(listing.empty)
    return sections


def _by_account(sides: list[Found]) -> list[list[Line]]:
    found: dict[str, list[Line]] = {}
    for at, side in enumerate(sides):
        found.setdefault(str(side[grouping.PLACE]), []).append((side, at == 0))
    return list(found.values())


REPORTS: Final = (
    Report(
        "TransactionListWithSplits",
        build,
        filters=frozenset({"customer", "vendor", "department"}),
        period="This Month-to-date",
        columns=_OFFERED,
        options=ordering.OPTIONS
        | {"group_by", "docnum", "name", "payment_method", "source_account_type", "transaction_type"},
        bases=(),
    ),
)
