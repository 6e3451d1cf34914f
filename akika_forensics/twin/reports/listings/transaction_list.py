"""TransactionList, TransactionListByCustomer, TransactionListByVendor: one row a transaction, posting or not.

Source: a list recorded in 2017 and one of 2021; QuickBooks API, reports, for groups and parameters.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.listings import facts, filters, grouping, ordering, stream
from akika_forensics.twin.reports.listings.columns import COLUMNS
from akika_forensics.twin.reports.listings.filters import Conditions
from akika_forensics.twin.reports.listings.listing import Found, Listing
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_USUAL: Final = (
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "dept_name",
    "memo",
    "account_name",
    "other_account",
    "subt_nat_amount",
)
_USUAL_OF_ONE: Final = ("tx_date", "txn_type", "doc_num", "is_no_post", "memo", "account_name", "subt_nat_amount")
"""Under the name of a customer or a vendor. Source: the documentation's sample, and a client that finds the amount in
the seventh column.
"""
_MORE: Final = (
    "create_by create_date cust_msg due_date inv_date is_ap_paid is_cleared last_mod_by pmt_mthd printed sales_cust1 "
    "sales_cust2 sales_cust3 term_name tracking_num is_adj last_mod_date ship_via olb_status is_ar_paid cust_name "
    "vend_name emp_name debt_amt credit_amt nat_open_bal tax_amount net_amount debt_home_amt credit_home_amt currency "
    "exch_rate nat_home_open_bal subt_nat_home_amount nat_foreign_amount nat_foreign_open_bal home_tax_amount "
    "home_net_amount"
)
_OFFERED: Final = tuple(key for key in COLUMNS if key in {*_USUAL, *_MORE.split()})


def build(session: Session, asked: Asked, usual: tuple[str, ...], party: str) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them; ``party`` is Customer or Vendor for a list of theirs.

    Raises QuickBooksFault 2170 and 2060.
    """
    by = grouping.known(asked.parameters.get("group_by") or party or "None", grouping.WAYS)
    listing = Listing(session, asked, _OFFERED, usual, "id")
    where = filters.of(session, asked, sides=False)
    if party:
        where.add(f"d.party LIKE '{party}:%'")
    found = _ordered(session, asked, listing, where, by)
    shown = _grouped(session, listing, found, by) if by else _rows(session, listing, found)
    return {"Columns": listing.heading(), "Rows": {"Row": shown} if shown else {}}, bool(shown)


def _ordered(session: Session, asked: Asked, listing: Listing, where: Conditions, by: str) -> list[Found]:
    """Of every transaction what it is grouped and sorted by, in the order asked for; one more than may be shown is enough
    where they come as they are.
    """
    sort = asked.parameters.get("sort_by") or listing.usual_sort
    known = [column.key for column in listing.columns]
    light = Listing(session, replace(asked, columns=(sort if sort in known else known[0],)), _OFFERED, (), _first(by))
    put = ordering.of(asked, light)
    chosen = facts.selected(facts.WHOLE, light.facts)
    days = (asked.period.start.isoformat(), asked.period.end.isoformat())
    sql = (
        f"SELECT {chosen} FROM document AS d{facts.joined([chosen, *where.texts], 'd')} "  # noqa: S608 - our text
        f"WHERE d.date BETWEEN ? AND ? AND {where.where()} {stream.ORDER} LIMIT ?"
    )
    most = -1 if put or by else listing.left + 1
    found: list[Found] = list(session.store.select(sql, (*days, *where.values, most)))
    return put(found) if put else found


def _first(by: str) -> str:
    """The Id, what is grouped by, and the entity."""
    return f"{grouping.first(by)} entity"


def _rows(session: Session, listing: Listing, found: list[Found]) -> list[dict[str, Any]]:
    """As many as fit, and the notice if that is not all."""
    fit = listing.fitting(len(found))
    keys = [(str(row[2]), str(row[0])) for row in found[:fit]]
    shown = listing.rows(list(stream.whole(session, keys, listing.facts)))
    return shown if fit == len(found) else [*shown, listing.cut()]


def _grouped(session: Session, listing: Listing, found: list[Found], by: str) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for name, record_id, some in grouping.groups(session, listing.names, found, by):
        header, fits = listing.header(name, record_id), len(some) <= listing.left
        rows = _rows(session, listing, some)
        if not fits:
            return [*sections, {"Header": header, "Rows": {"Row": rows}, "type": "Section"}]
        sections.append(sheet.section(header, rows, listing.summary(f"Total for {name}", listing.sums(rows))))
    return sections


_FILTERS: Final = frozenset({"customer", "vendor", "department"})
_OPTIONS: Final = filters.OPTIONS | ordering.OPTIONS | {"group_by"}

REPORTS: Final = tuple(
    Report(
        name,
        partial(build, usual=usual, party=party),
        filters=kept,
        period="This Month-to-date",
        columns=_OFFERED,
        options=_OPTIONS,
        bases=(),
    )
    for name, usual, party, kept in (
        ("TransactionList", _USUAL, "", _FILTERS | {"employee", "item", "class"}),
        ("TransactionListByCustomer", _USUAL_OF_ONE, "Customer", _FILTERS - {"vendor"}),
        ("TransactionListByVendor", _USUAL_OF_ONE, "Vendor", _FILTERS - {"customer"}),
    )
)
