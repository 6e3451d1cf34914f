"""Sales and expenses by customer, vendor, class, place and item, and stock, against the recount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

from tests.twin.recount import sheet, statements, stock
from tests.twin.recount.documents import SALES, Item
from tests.twin.recount.posting import OPENING, Side
from tests.twin.recount.stage import Recount

REVENUE = ("Income", "Other Income")


def sold(books: Recount, basis: str) -> list[Side]:
    """What products and services on sales forms came to, whatever account they are on, and what else those earn or give away.

    No tax and no cost.
    """
    return [
        side
        for side in books.sides[basis]
        if side.key[0] in SALES
        and side.line
        and not side.pair
        and (side.item or statements.kind(books.company, side.account) in REVENUE)
    ]


def _by(books: Recount, rows: list[Side], sign: int, *parts: Callable[[Side], str]) -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for side in rows:
        if books.start <= side.day <= books.end:
            sums[tuple(part(side) for part in parts)] += sign * side.cents
    return {key: cents for key, cents in sums.items() if cents}


def _of_customer(side: Side) -> str:
    kind, _, record = side.party.partition(":")
    return record if kind == "Customer" else ""


def _read(report: dict[str, object], column: str, *, grouped: bool = False) -> dict[tuple[str, ...], int]:
    """Beside each Id what stands in a column; of classes and places the Id is the row's group."""
    found: dict[tuple[str, ...], int] = {}
    for row in sheet.rows(report):
        if row.kind == "summary" or row.first == "TOTAL":
            continue
        record = (row.group if row.group not in ("**", "") else "") if grouped else row.id
        if row.cents(column):
            found[(record,)] = found.get((record,), 0) + (row.cents(column) or 0)
    return found


def sales_by(books: Recount, basis: str) -> None:
    """Whole, and by month."""
    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    ways: tuple[tuple[str, Callable[[Side], str], bool], ...] = (
        ("CustomerSales", _of_customer, False),
        ("ClassSales", lambda side: side.klass, True),
        ("DepartmentSales", lambda side: side.department, True),
    )
    for name, part, grouped in ways:
        report = books.report(name, **period)
        books.same(
            f"{name}, {basis}", _by(books, sold(books, basis), -1, part), _read(report, "total", grouped=grouped)
        )
        assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)
        monthly = books.report(name, **period, summarize_column_by="Month")
        for key, (first, last) in sheet.spans(monthly).items():
            rows = [side for side in sold(books, basis) if first <= side.day <= last]
            books.same(f"{name} in {key}, {basis}", _by(books, rows, -1, part), _read(monthly, key, grouped=grouped))


def item_sales(books: Recount, basis: str) -> None:
    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    report = books.report("ItemSales", **period)
    ours = _by(books, sold(books, basis), -1, lambda side: side.item)
    books.same(f"ItemSales, {basis}", ours, _read(report, "total/Amount"))
    if basis == "Accrual":
        books.same("ItemSales, quantities", _counted(books), _quantities(report))
    costs = [
        side
        for side in books.sides[basis]
        if side.key[0] in SALES and side.pair and statements.kind(books.company, side.account) == "Cost of Goods Sold"
    ]
    books.same(f"ItemSales, cost, {basis}", _by(books, costs, 1, lambda side: side.item), _read(report, "total/Cogs"))


def _counted(books: Recount) -> dict[str, Fraction]:
    """How many of each item were sold, less what came back."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for doc in books.company.of(*SALES):
        for line in doc.lines if books.start <= doc.day <= books.end else []:
            if line.item:
                sums[line.item] += doc.sign * line.quantity
    return {item: units for item, units in sums.items() if units}


def _quantities(report: dict[str, object]) -> dict[str, Fraction]:
    """Beside each item; what stands under none is what percentages were taken of."""
    found = {row.id: Fraction(row.values["total/Quantity"] or 0) for row in sheet.data(report) if row.id}
    return {item: units for item, units in found.items() if units}


def expenses_by_vendor(books: Recount, basis: str) -> None:
    """What costs, but for the cost of what was sold."""
    spent = [
        side
        for side in books.sides[basis]
        if side.key[0] not in SALES
        and statements.earns(books.company, side.account)
        and statements.kind(books.company, side.account) not in REVENUE
    ]

    def vendor(side: Side) -> str:
        party = books.company.docs[side.key].party if side.key != OPENING else ""
        kind, _, record = (party or side.party).partition(":")
        return record if kind == "Vendor" else ""

    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    report = books.report("VendorExpenses", **period)
    books.same(f"VendorExpenses, {basis}", _by(books, spent, 1, vendor), _read(report, "total"))
    assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)


def income_by_customer(books: Recount, basis: str) -> None:
    period = {"start_date": books.start, "end_date": books.end, "accounting_method": basis}
    report = books.report("CustomerIncome", **period)

    def customer(side: Side) -> str:
        return statements.named(books.company, side, "Customer")

    named = [side for side in books.sides[basis] if customer(side) and statements.earns(books.company, side.account)]
    for column, wanted in (("Income", True), ("Expenses", False)):
        rows = [side for side in named if (statements.kind(books.company, side.account) in REVENUE) is wanted]
        books.same(f"CustomerIncome, {column}, {basis}", _by(books, rows, -1, customer), _read(report, column))
    books.same(f"CustomerIncome, {basis}", _by(books, named, -1, customer), _read(report, "Net Income"))


def valuation(books: Recount, _: str) -> None:
    """How many pumps there are on a day, and what they are worth; every movement with its cost."""
    for item in books.company.items.values():
        if item.kind == "Inventory":
            _stocked(books, item)


def _stocked(books: Recount, item: Item) -> None:
    moves = stock.count(books.company, item)
    for day in books.days:
        report = books.report("InventoryValuationSummary", report_date=day)
        row = next((row for row in sheet.data(report) if row.id == item.id), None)
        units = sum((move.units for move in moves if move.day <= day), Fraction(0))
        worth = sum(move.cost for move in moves if move.day <= day)
        ours = {"units": units, "worth": worth} if row or units or worth else {}
        theirs = {"units": Fraction(row.values["Qty"] or 0), "worth": row.cents("Asset Value") or 0} if row else {}
        books.same(f"InventoryValuationSummary of {day}, {item.name}", ours, theirs)
    report = books.report("InventoryValuationDetail", start_date=books.start, end_date=books.end)
    moved: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for move in moves:
        key = ("" if move.key == OPENING else move.key[1], move.day)
        old = moved.get(key, (Fraction(0), 0))
        moved[key] = (old[0] + move.units, old[1] + move.cost)
    said: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for row in sheet.data(report):
        if row.values["Date"] and row.values["Qty"] and row.path[-1][1] == item.id:
            key = (row.ids.get("Transaction Type", ""), row.values["Date"])
            old = said.get(key, (Fraction(0), 0))
            said[key] = (old[0] + Fraction(row.values["Qty"]), old[1] + (row.cents("FIFO Cost") or 0))
    books.same(f"InventoryValuationDetail, {item.name}", moved, said)


CHECKS = (sales_by, item_sales, expenses_by_vendor, income_by_customer)
LISTS = (valuation,)
