"""ItemSales: of each product and service how many were sold, for how much, and what they cost.

Source: recorded ItemSales of 2025. It lists what was given away, and counts discounts under "Not Specified" by what they
were taken of: the percentage is their price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO
from akika_forensics.twin import faults
from akika_forensics.twin.reports import crosstab, item_tree, sales, sheet
from akika_forensics.twin.reports.crosstab import CLASS, CUSTOMER, DEPARTMENT, ITEM, Columns, What
from akika_forensics.twin.reports.parties import NOBODY
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.reports.stock_summary import quantity_text, unit_cost
from akika_forensics.twin.session import Session

_CENT: Final = Decimal("0.01")
_TITLES: Final = (
    ("Quantity", "Quantity", True),
    ("Amount", "Amount", True),
    ("% of Sales", "PercentSales", False),
    ("Avg Price", "AvgPrice", False),
    ("COGS", "Cogs", True),
    ("Gross Margin", "GrossMargin", False),
    ("Gross Margin %", "GrossMarginPerc", False),
)
"""Title, key, and whether the column tells its days."""


_UNCHARGED: Final = (
    "(SELECT u.entity, u.id, d.date, d.party, u.class, u.department, u.item, u.quantity FROM uncharged AS u "
    "JOIN document AS d USING (entity, id))"
)
"""What lines count beside what they post, as if it were posted."""


@dataclass(slots=True)
class _Sold:
    """Of one item in one column; ``quantity`` and ``cost`` are None where nobody counts them."""

    amount: int | None = None
    quantity: Decimal | None = None
    cost: int | None = None

    def add(self, other: _Sold) -> None:
        self.amount = _plus(self.amount, other.amount)
        self.cost = _plus(self.cost, other.cost)
        if other.quantity is not None:
            self.quantity = (self.quantity or ZERO) + other.quantity


def _plus(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other


@dataclass(slots=True)
class _Found:
    """What was sold, by item and by what the columns are cut by."""

    cells: dict[tuple[str, str], _Sold] = field(default_factory=dict)

    def at(self, item: Any, across: Any) -> _Sold:
        return self.cells.setdefault((str(item), str(across)), _Sold())


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there are any. Raises QuickBooksFault 2060 for days due that are none."""
    found = _found(session, asked)
    cut = crosstab.columns(session, asked, {across for _, across in found.cells})
    headings = [sheet.column("", "ProductsAndService"), *(_group(asked, one) for one in cut.headings)]
    report: dict[str, Any] = {"Columns": {"Column": headings}, "Rows": {}}
    if found.cells:
        report["Rows"] = {"Row": _rows(session, found, cut)}
    return report, bool(found.cells)


def _group(asked: Asked, heading: dict[str, Any]) -> dict[str, Any]:
    days = {pair["Name"]: pair["Value"] for pair in heading["MetaData"]}
    start = days.get("StartDate", asked.period.start.isoformat())
    end = days.get("EndDate", asked.period.end.isoformat())
    inner = [
        sheet.column(title, "Money", **({"StartDate": start, "EndDate": end} if dated else {}), ColKey=key)
        for title, key, dated in _TITLES
    ]
    return {**heading, "Columns": {"Column": inner}}


def _found(session: Session, asked: Asked) -> _Found:
    days = crosstab.asked_for(asked, (CUSTOMER, CLASS, DEPARTMENT, ITEM)) & _due(asked)
    found = _Found()
    sold = sales.sold(session) & days
    for item, across, cents in crosstab.sums(session, asked, ITEM.sql, sold):
        found.at(item, across).amount = -int(cents)
    if asked.basis != "Cash":
        _count(session, asked, found, sold, days)
    costing = crosstab.one_of("p.account", sales.accounts_of(session, "Expense"))
    cost = crosstab.one_of("p.entity", sales.FORMS) & What("p.movement IS NOT NULL") & costing & days
    for item, across, cents in crosstab.sums(session, asked, ITEM.sql, cost):
        found.at(item, across).add(_Sold(cost=int(cents)))
    for (item, _), one in found.cells.items():
        if one.cost is None and (session.find("Item", item) or {}).get("Type") == "Inventory":
            one.cost = 0
    return found


def _count(session: Session, asked: Asked, found: _Found, sold: What, days: What) -> None:
    """How many were sold. On the cash basis nobody counts: of what is paid in parts there is no quantity."""
    sign = "CASE WHEN p.entity IN ('CreditMemo', 'RefundReceipt') THEN '-' ELSE '' END || p.quantity"
    counted = sold & What("p.quantity IS NOT NULL AND p.item <> ''")
    posted = crosstab.sums(session, asked, f"p.item || ' ' || {sign}", counted, "count(*)")
    free = crosstab.sums(session, asked, "p.item || ' ' || p.quantity", days, "count(*)", _UNCHARGED)
    for key, across, times in (*posted, *free):
        item, _, quantity = str(key).rpartition(" ")
        found.at(item, across).add(_Sold(quantity=Decimal(quantity.replace("--", "")) * int(times)))


def _due(asked: Asked) -> What:
    """Documented filters by the day due."""
    found = What("1 = 1")
    for name, sign in (("start_duedate", ">="), ("end_duedate", "<=")):
        text = asked.parameters.get(name, "")
        if not text:
            continue
        try:
            day = parse_date(text).isoformat()
        except ValueError:
            raise faults.malformed(name, "date", text) from None
        found &= What(
            f"EXISTS (SELECT 1 FROM document AS d WHERE d.entity = p.entity AND d.id = p.id AND d.due {sign} ?)",  # noqa: S608 - ours
            (day,),
        )
    return found


def _rows(session: Session, found: _Found, cut: Columns) -> list[dict[str, Any]]:
    items: dict[str, list[_Sold]] = {}
    width = len(cut.headings)
    for (item, across), one in found.cells.items():
        mine = items.setdefault(item, [_Sold() for _ in range(width)])
        for place in {cut.place(across), width - 1} if cut.total else {cut.place(across)}:
            mine[place].add(one)
    whole = [sum(mine[place].amount or 0 for mine in items.values()) for place in range(width)]

    def own(item: str) -> list[str]:
        return [cell for place, one in enumerate(items[item]) for cell in _cells(one, whole[place])]

    def total(chosen: Iterable[str]) -> list[str]:
        mine = [items[item] for item in chosen]
        return [cell for place in range(width) for cell in _total([one[place] for one in mine], whole[place])]

    named = {item for item in items if item}
    rows = item_tree.rows(session, named, own, total, width * len(_TITLES))
    if "" in items:
        rows.append(_plain(NOBODY, own(""), "**"))
    return [*rows, _plain("TOTAL", total(items), "GrandTotal")]


def _plain(name: str, cells: list[str], group: str) -> dict[str, Any]:
    return {"ColData": [{"value": name}, *({"value": cell} for cell in cells)], "group": group}


def _cells(one: _Sold, whole: int) -> list[str]:
    if one.amount is None and one.quantity is None:
        return [""] * len(_TITLES)
    amount = one.amount or 0
    margin = "" if one.cost is None else sheet.text(amount - one.cost if one.cost else 0)
    return [
        "" if one.quantity is None else quantity_text(one.quantity),
        sheet.text(amount),
        _percent(amount, whole),
        "" if one.quantity is None else unit_cost(one.quantity, amount),
        sheet.text(one.cost),
        margin,
        _percent(amount - one.cost, amount) if one.cost and amount else "",
    ]


def _total(several: list[_Sold], whole: int) -> list[str]:
    """Quantities of different things are not added up, and a margin of several is not told. Source: the record."""
    amount = sum(one.amount or 0 for one in several)
    cost = sum(one.cost or 0 for one in several)
    return ["", sheet.text(amount), _percent(amount, whole), "", sheet.text(cost), "", ""]


def _percent(part: int, whole: int) -> str:
    share = Decimal(100 * part) / whole if whole else ZERO
    return f"{share.quantize(_CENT, ROUND_HALF_UP)} %"


REPORTS: Final = (
    Report(
        "ItemSales",
        build,
        by=crosstab.CUTS,
        filters=frozenset({"customer", "class", "department", "item"}),
        period="This Month-to-date",
        options=frozenset({"start_duedate", "end_duedate"}),
        bases=("Accrual", "Cash"),
    ),
)
