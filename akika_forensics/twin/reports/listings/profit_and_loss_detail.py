"""The ProfitAndLossDetail report: every line that was earned or spent, by account, with a running sum.

Source: a report of the sample company of 2025. Its sections have no groups; the gross profit stands before the income
and is there when anything was sold at a cost; without other income and expense the first section ends with the net
income. Where there is some: a report of 2015.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.reports.chart import kind_of
from akika_forensics.twin.reports.listings import ordering
from akika_forensics.twin.reports.listings.account_sections import Sections, Sums, added
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
_MORE: Final = "create_by create_date last_mod_by last_mod_date pmt_mthd subt_nat_home_amount rbal_nat_home_amount"
_OFFERED: Final = tuple(key for key in COLUMNS if key in {*_USUAL, *_MORE.split()})

type Row = dict[str, Any]


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170 and 2060."""
    listing = Listing(session, asked, _OFFERED, _USUAL, FIRST, ("balance",))
    ordering.of(asked, listing)
    figures = Figures(session, asked, listing)
    rows = _Statement(figures, listing).rows()
    return {"Columns": listing.heading(), "Rows": {"Row": rows} if rows else {}}, bool(rows)


class _Statement:
    def __init__(self, figures: Figures, listing: Listing) -> None:
        self._listing = listing
        self._figures = figures
        self._sections = Sections(figures, listing, {})

    def rows(self) -> list[Row]:
        """Empty when nothing was earned or spent. What is cut off has no total, nor what comes after."""
        income, earned = self._part("Income", "Income")
        goods, cost = self._part("Cost of Goods Sold", "Cost of Goods Sold")
        expenses, spent = self._part("Expenses", "Expense")
        more, gained = self._part("Other Income", "Other Income")
        less, lost = self._part("Other Expense", "Other Expense")
        ordinary, other = [*income, *goods, *expenses], [*more, *less]
        if goods and not self._sections.cut:
            ordinary.insert(0, self._result("Gross Profit", added([earned, _less(cost)])))
        if not ordinary and not other:
            return []
        operating = added([earned, _less(cost), _less(spent)])
        title = "Net Ordinary Income" if other else "Net Income"
        rows = [self._closed("Ordinary Income/Expenses", ordinary, title, operating)] if ordinary else []
        if other:
            besides = added([gained, _less(lost)])
            rows.append(self._closed("Other Income/Expense", other, "Net Other Income", besides))
            if not self._sections.cut:
                rows.append(self._result("Net Income", added([operating, besides])))
        return rows

    def _part(self, name: str, kind: str) -> tuple[list[Row], Sums]:
        mine = [one for one in self._figures.moved if kind_of(self._figures.body(one)) == kind]
        if not mine or self._sections.cut:
            return [], {}
        rows, sums = self._sections.of(mine)
        return [self._closed(name, rows, f"Total for {name}", sums)], sums

    def _closed(self, name: str, rows: list[Row], title: str, sums: Sums) -> Row:
        summary = {} if self._sections.cut else {"Summary": self._listing.summary(title, sums)}
        return {"Header": self._listing.header(name), "Rows": {"Row": rows}, **summary, "type": "Section"}

    def _result(self, title: str, sums: Sums) -> Row:
        return {"Rows": {}, "Summary": self._listing.summary(title, sums), "type": "Section"}


def _less(sums: Sums) -> Sums:
    return {key: None if cents is None else -cents for key, cents in sums.items()}


REPORTS: Final = (
    Report(
        "ProfitAndLossDetail",
        build,
        filters=frozenset({"customer", "vendor", "employee", "item", "class", "department", "account"}),
        columns=_OFFERED,
        options=ordering.OPTIONS | {"account_type", "payment_method"},
        bases=("Accrual", "Cash"),
    ),
)
