"""The GeneralLedger report: every account with its balance at the start, what moved it, and the balance after each.

Source: a ledger recorded in 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.twin.reports.listings import ordering
from akika_forensics.twin.reports.listings.account_sections import Sections
from akika_forensics.twin.reports.listings.columns import COLUMNS
from akika_forensics.twin.reports.listings.ledger_figures import FIRST, Figures
from akika_forensics.twin.reports.listings.listing import Listing
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

_USUAL: Final = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "dept_name",
    "klass_name",
    "memo",
    "split_acc",
    "subt_nat_amount",
    "rbal_nat_amount",
)
_MORE: Final = (
    "account_name account_num chk_print_state create_by create_date cust_name emp_name inv_date is_adj is_ap_paid "
    "is_ar_paid is_cleared item_name last_mod_by last_mod_date quantity rate vend_name debt_amt credit_amt nat_open_bal "
    "debt_home_amt credit_home_amt currency exch_rate nat_home_open_bal nat_foreign_open_bal nat_foreign_amount "
    "subt_nat_home_amount rbal_nat_home_amount"
)
_SIDES: Final = ("debt_amt", "credit_amt", "debt_home_amt", "credit_home_amt")
_KEYS: Final = [key for key in COLUMNS if key in {*_USUAL, *_MORE.split()} and key not in _SIDES]
_NAMED: Final = _KEYS.index("name") + 1
_OFFERED: Final = (*_KEYS[:_NAMED], *_SIDES, *_KEYS[_NAMED:])
"""Debit and credit follow the name here. Source: a ledger recorded in 2026."""


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170 and 2060."""
    listing = Listing(session, asked, _OFFERED, _USUAL, FIRST, ("balance",))
    ordering.of(asked, listing)
    figures = Figures(session, asked, listing)
    rows, _ = Sections(figures, listing, figures.opening).of(figures.opening.keys() | figures.moved)
    if session.beliefs.choice("ledger_sub_accounts") == "first_child":
        for row in rows:
            _hand_up(row)
    return {"Columns": listing.heading(), "Rows": {"Row": rows} if rows else {}}, bool(rows)


def _hand_up(section: Mapping[str, Any]) -> None:
    """The Id of the first account below stands on the header of one that holds nothing itself, and not on its own.

    So it was recorded in 2020, without a minor version.
    """
    inner = section.get("Rows", {}).get("Row", [])
    for one in inner:
        _hand_up(one)
    mine = section.get("Header", {}).get("ColData")
    first = inner[0].get("Header", {}).get("ColData") if inner else None
    if mine and first and "id" not in mine[0] and "id" in first[0]:
        mine[0]["id"] = first[0].pop("id")


REPORTS: Final = (
    Report(
        "GeneralLedger",
        build,
        filters=frozenset({"customer", "vendor", "employee", "item", "class", "department", "account"}),
        period="This Month-to-date",
        columns=_OFFERED,
        options=ordering.OPTIONS | {"source_account", "source_account_type", "account_type"},
        bases=("Accrual", "Cash"),
    ),
)
