"""The GeneralLedger report: every account with its balance at the start, what moved it, and the balance after each.

Source: a ledger recorded in 2020, and for accounts below others a ProfitAndLossDetail recorded in 2025: what an account
holds itself stands in a section without a header, before the sections of those below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from akika_forensics.twin import identity
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis
from akika_forensics.twin.reports.chart import shown_name
from akika_forensics.twin.reports.listings import ordering
from akika_forensics.twin.reports.listings.columns import COLUMNS, EMPTY, amount
from akika_forensics.twin.reports.listings.ledger_figures import FIRST, Figures
from akika_forensics.twin.reports.listings.listing import Listing
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.request import ref_id
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
_OFFERED: Final = tuple(key for key in COLUMNS if key in {*_USUAL, *_MORE.split()})
_BALANCES: Final = ("rbal_nat_amount", "rbal_nat_home_amount")
_BEGINNING: Final = "Beginning Balance"
_TYPES: Final = tuple(accounts.CLASSIFICATION)

type Sums = dict[str, int | None]


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170 and 2060."""
    listing = Listing(session, asked, _OFFERED, _USUAL, FIRST, ("balance",))
    ordering.of(asked, listing)
    ledger = _Ledger(Figures(session, asked, listing), listing)
    rows = ledger.rows()
    if session.beliefs.choice("ledger_sub_accounts") == "first_child":
        for row in rows:
            _hand_up(row)
    return {"Columns": listing.heading(), "Rows": {"Row": rows} if rows else {}}, bool(rows)


class _Ledger:
    """The sections, accounts in the order of the chart."""

    def __init__(self, figures: Figures, listing: Listing) -> None:
        self._figures = figures
        self._listing = listing
        self._cut = False
        self._below: dict[str, set[str]] = {}

    def rows(self) -> list[dict[str, Any]]:
        top = {self._highest(one) for one in self._figures.opening.keys() | self._figures.moved}
        return self._sections(top)[0]

    def _highest(self, account: str) -> str:
        """The account on top of one, which is noted below all that are above it."""
        above = ref_id(self._figures.body(account), "ParentRef")
        if above is None or not self._figures.body(above):
            return account
        self._below.setdefault(above, set()).add(account)
        return self._highest(above)

    def _sections(self, some: set[str]) -> tuple[list[dict[str, Any]], list[Sums]]:
        rows: list[dict[str, Any]] = []
        sums: list[Sums] = []
        for one in sorted(some, key=self._place):
            if not self._cut:
                row, found = self._section(one)
                rows.append(row)
                sums.append(found)
        return rows, sums

    def _place(self, account: str) -> tuple[int, str, int]:
        kind = str(self._figures.body(account).get("AccountType"))
        order = _TYPES.index(kind) if kind in _TYPES else _TYPES.index("Equity")
        return order, self._name(account).casefold(), identity.number_of(account)

    def _name(self, account: str) -> str:
        body = self._figures.body(account)
        return shown_name(body) if body else accounts.SYSTEM["retained"][0]

    def _section(self, account: str) -> tuple[dict[str, Any], Sums]:
        """Without an account for retained earnings they stand under the empty Id."""
        name, holds = self._name(account), account in self._figures.opening or account in self._figures.moved
        header = self._listing.header(name, basis.shown_id(account) if holds and account else None)
        own, sums = self._lines(account) if holds else ([], {})
        if account not in self._below:
            return self._closed({"Header": header, "Rows": {"Row": own}}, f"Total for {name}", sums)
        first = [self._closed({"Rows": {"Row": own}}, f"Total for {name}", sums)[0]] if holds else []
        inner, parts = self._sections(self._below[account])
        title = f"Total for {name} with sub-accounts" if holds else f"Total for {name}"
        return self._closed({"Header": header, "Rows": {"Row": [*first, *inner]}}, title, _added([sums, *parts]))

    def _closed(self, section: dict[str, Any], title: str, sums: Sums) -> tuple[dict[str, Any], Sums]:
        """What was cut off within has no total."""
        summary = {} if self._cut else {"Summary": self._listing.summary(title, sums)}
        return {**section, **summary, "type": "Section"}, sums

    def _lines(self, account: str) -> tuple[list[dict[str, Any]], Sums]:
        sign, rows = self._listing.names.sign(account), []
        balance = sign * self._figures.opening.get(account, 0)
        if balance and self._room():
            rows.append(self._beginning(balance))
        shown: list[dict[str, Any]] = []
        for found in self._figures.rows(account) if account in self._figures.moved else ():
            if not self._room():
                break
            balance += sign * found[1]
            shown.append(self._listing.row((*found, balance)))
        sums = self._listing.sums(shown)
        return [*rows, *shown, *([self._listing.cut()] if self._cut else [])], sums

    def _room(self) -> bool:
        self._cut = self._cut or not self._listing.take()
        return not self._cut

    def _beginning(self, balance: int) -> dict[str, Any]:
        cells = [{"value": amount(balance)} if one.key in _BALANCES else EMPTY for one in self._listing.columns]
        return {"ColData": [{"value": _BEGINNING}, *cells[1:]], "type": "Data"}


def _added(parts: list[Sums]) -> Sums:
    found: Sums = {}
    for part in parts:
        for key, cents in part.items():
            found[key] = found.get(key) if cents is None else (found.get(key) or 0) + cents
    return found


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
