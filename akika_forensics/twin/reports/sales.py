"""CustomerSales, DepartmentSales, ClassSales, VendorExpenses and CustomerIncome.

Sales are the lines of sales forms without their tax: what they earn, discounts taken off. Expenses of a vendor are what
documents in his name cost. Income of a customer is his part of ProfitAndLoss. Source: QuickBooks API, the samples of
these reports; that journal entries are no sales, and that expenses without a vendor have a row, is told by third parties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from akika_forensics.twin import faults
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import cash_accounts, crosstab, parties, sheet
from akika_forensics.twin.reports.crosstab import CLASS, CUSTOMER, DEPARTMENT, ITEM, VENDOR, Dimension, What
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session

type Row = dict[str, Any]
type Made = tuple[dict[str, Any], bool]

FORMS: Final = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def accounts_of(session: Session, classification: str) -> list[str]:
    """The accounts of ``Revenue`` or ``Expense``, those too that only the cash basis has."""
    bodies = [*session.each("Account"), *filter(None, map(cash_accounts.missing, cash_accounts.ROLES))]
    return [str(body["Id"]) for body in bodies if accounts.classification(body) == classification]


def sold(session: Session) -> What:
    """Lines of sales forms. A tax line is of no item and earns nothing."""
    earning = crosstab.one_of("p.account", accounts_of(session, "Revenue"))
    lines = crosstab.one_of("p.entity", FORMS) & What("p.movement IS NULL AND p.line > 0")
    return lines & What(f"(p.item <> '' OR {earning.where})", earning.values)


def _spent(session: Session) -> What:
    """What costs, but for what sales forms cost in stock."""
    forms = crosstab.one_of("p.entity", FORMS)
    return crosstab.one_of("p.account", accounts_of(session, "Expense")) & What(f"NOT ({forms.where})", forms.values)


def _build(
    what: Callable[[Session], What], down: Dimension, filters: Sequence[Dimension], sign: int, total: str
) -> Callable[[Session, Asked], Made]:
    def build(session: Session, asked: Asked) -> Made:
        """Columns and rows, and whether there are any."""
        wanted = what(session) & crosstab.asked_for(asked, filters)
        cut, figures = crosstab.spread(session, asked, crosstab.sums(session, asked, down.sql, wanted), sign)
        headings = [sheet.column("", down.entity), *cut.headings]
        report: dict[str, Any] = {"Columns": {"Column": headings}, "Rows": {}}
        if figures:
            report["Rows"] = {"Row": _rows(session, down, figures, len(cut.headings), total)}
        return report, bool(figures)

    return build


def _rows(
    session: Session, down: Dimension, figures: Mapping[str, list[int | None]], width: int, total: str
) -> list[Row]:
    tree = parties.Tree(parties.Names(session, down.entity), [one for one in figures if one])
    rows, totals = parties.summed(tree, figures, width)
    if down in (CLASS, DEPARTMENT):
        rows = [_grouped(row) for row in rows]
    nothing = figures.get("")
    if nothing is not None:
        rows.append({**sheet.cells(parties.NOBODY, nothing), "group": "**"})
        totals = [a + (b or 0) for a, b in zip(totals, nothing, strict=True)]
    return [*rows, parties.grand_total(totals, total)]


def _grouped(row: Row) -> Row:
    """The Id of a class stands on its row, and in no cell. Source: QuickBooks' sample of ClassSales."""
    head = row.get("Header", row)["ColData"][0]
    group = {"group": head["id"]}

    def bare(one: Row) -> Row:
        made = dict(one)
        for part in ("Header", "Summary"):
            if part in made:
                made[part] = bare(made[part])
        if "Rows" in made:
            made["Rows"] = {"Row": [bare(inner) for inner in made["Rows"]["Row"]]}
        if "ColData" in made:
            made["ColData"] = [{"value": cell["value"]} for cell in made["ColData"]]
        return made

    return bare(row) | group


def _income(session: Session, asked: Asked) -> Made:
    """Customers that earned or cost something; expenses are negative.

    Raises QuickBooksFault 5030 for ``term`` and for columns of a ``summarize_column_by``.
    """
    if asked.parameters.get("term"):
        raise faults.not_offered("CustomerIncome cannot be had by term.")
    by = asked.parameters.get("summarize_column_by") or "Total"
    if by.lower() != "total":
        raise faults.not_offered(f"CustomerIncome cannot be had by {by}.")
    days = crosstab.asked_for(asked, (CUSTOMER, VENDOR, CLASS, DEPARTMENT))
    figures: dict[str, list[int | None]] = {}
    for place, kind in enumerate(("Revenue", "Expense")):
        wanted = crosstab.one_of("p.account", accounts_of(session, kind)) & days
        for customer, _, cents in crosstab.sums(session, asked, CUSTOMER.sql, wanted):
            if customer:
                figures.setdefault(str(customer), [0, 0, 0])[place] = -int(cents)
    for row in figures.values():
        row[2] = (row[0] or 0) + (row[1] or 0)
    titles = ("Income", "Expenses", "Net Income")
    headings = [sheet.column("", "Customer"), *(sheet.column(title, "Money") for title in titles)]
    report: dict[str, Any] = {"Columns": {"Column": headings}, "Rows": {}}
    if figures:
        report["Rows"] = {"Row": _rows(session, CUSTOMER, figures, 3, "TOTAL")}
    return report, bool(figures)


def _sales(name: str, down: Dimension, total: str = "TOTAL") -> Report:
    filters = (CUSTOMER, CLASS, DEPARTMENT, ITEM)
    return Report(
        name,
        _build(sold, down, filters, -1, total),
        by=crosstab.CUTS,
        filters=frozenset(one.filter for one in filters),
        period="This Month-to-date",
        bases=("Accrual", "Cash"),
    )


REPORTS: Final = (
    _sales("CustomerSales", CUSTOMER),
    _sales("DepartmentSales", DEPARTMENT, "Total"),
    _sales("ClassSales", CLASS),
    Report(
        "VendorExpenses",
        _build(_spent, VENDOR, (CUSTOMER, VENDOR, CLASS, DEPARTMENT), 1, "TOTAL"),
        by=crosstab.CUTS,
        filters=frozenset({"customer", "vendor", "class", "department"}),
        bases=("Accrual", "Cash"),
    ),
    Report(
        "CustomerIncome",
        _income,
        filters=frozenset({"customer", "vendor", "class", "department"}),
        options=frozenset({"term", "summarize_column_by"}),
        bases=("Accrual", "Cash"),
    ),
)
