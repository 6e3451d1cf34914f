"""What a report says, as figures that the books can be held against: whose, of when, how much.

Debit is positive, whatever side a report shows a figure on: a figure of an asset or an expense is taken as it stands, one of a liability, of
equity or of income is turned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.books.chart import BY_NAME, DELETED_SUFFIX, Chart
from akika_forensics.books.documents.values import MONEY
from akika_forensics.books.report import balances
from akika_forensics.books.reported.labels import LABELS
from akika_forensics.books.reported.sheet import Cell, Row, Sheet, amount, unreadable
from akika_forensics.books.statements.ageing import BUCKETS
from akika_forensics.model.money import ZERO

FIGURES: Final = pl.Schema(
    {
        "measure": pl.String(),
        "subject": pl.String(),
        "name": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "theirs": MONEY,
    }
)
"""``measure`` says what is measured (see ``MEASURES``), ``subject`` whose: an account's Id, or ``name:…`` where the report gives none.
``start`` is null for what is measured at a day."""

BALANCE: Final = "balance"
MOVEMENT: Final = "movement"
CASH_FLOW: Final = "cash flow"
DUE_FROM: Final = "owed by customer"
DUE_TO: Final = "owed to vendor"
AGED: Final = ", "
"""Between what is owed and how old it is: ``owed by customer, 1 - 30``."""
OPEN_FROM: Final = "open document of a customer"
OPEN_TO: Final = "open document of a vendor"
STOCK_VALUE: Final = "stock value"
STOCK_QUANTITY: Final = "stock quantity"
TAX_AMOUNT: Final = "tax"
LISTED: Final = "amount of a listed transaction"
LISTED_BALANCE: Final = "balance of a listed account"

BALANCES: Final = "TrialBalance"

NET_INCOME: Final = "net income"
"""The subject under which the year's result stands where a report shows it as a row of its own."""


class Figure(NamedTuple):
    measure: str
    subject: str
    name: str
    start: date | None
    end: date | None
    theirs: Decimal


@dataclass(frozen=True, slots=True)
class Reported:
    """One report as figures."""

    what: str
    report: str
    basis: str | None
    figures: pl.DataFrame
    asked: tuple[tuple[str, date | None, date], ...]
    """What the report answers: measure, start, end. Where it shows no figure, it says that there is none."""
    time: datetime | None = None
    """When QuickBooks made it."""
    cut_after: frozenset[str] | None = None
    """The subjects that it shows, where it was cut off: of others it says nothing. None for a whole report."""


def reported(what: str, sheet: Sheet, chart: Chart) -> Reported | None:
    """None for a report of which the books have no figure. Raises Found where it is not as such a report is."""
    reader = _READERS.get(sheet.report)
    if reader is None:
        return None
    rows = list(reader(what, sheet, chart))
    asked = dict.fromkeys((one.measure, one.start, one.end) for one in rows if one.end is not None)
    figures = [one for one in rows if one.subject != _ASKED]
    found = tuple((measure, start, end) for measure, start, end in asked if end is not None)
    seen = {row.cells[0].id for row in sheet.rows if row.cells} | {one.subject for one in figures}
    basis = sheet.basis or ("Accrual" if sheet.report == BALANCES else None)
    return Reported(
        what,
        sheet.report,
        basis,
        pl.DataFrame(figures, schema=FIGURES, orient="row"),
        found,
        sheet.time,
        frozenset(one for one in seen if one) if sheet.cut else None,
    )


_ASKED: Final = ""
"""The subject of what is no figure but says that the report answers a question."""


def _asked(measure: str, start: date | None, end: date | None) -> Figure:
    return Figure(measure, _ASKED, "", start, end, ZERO)


def _subject(cell: Cell) -> str:
    return cell.id if cell.id is not None else f"{BY_NAME}{_name(cell)}"


def _name(cell: Cell) -> str:
    return cell.text.strip().removesuffix(DELETED_SUFFIX)


def _own(sheet: Sheet) -> Iterator[Row]:
    """Rows and heads with figures of their own; no sums."""
    return (
        row for row in sheet.rows if row.role != "sum" and row.cells and row.cells[0].text.strip().upper() != "TOTAL"
    )


def _periods(what: str, sheet: Sheet) -> list[tuple[int, date | None, date]]:
    """The money columns with their periods; the sum over all of them is of the report's own."""
    found: list[tuple[int, date | None, date]] = []
    money = [place for place, column in enumerate(sheet.columns) if column.kind == "Money"]
    for place in money:
        column = sheet.columns[place]
        if column.end is not None:
            found.append((place, column.start, column.end))
        elif sheet.end is not None and (column.key == "total" or len(money) == 1):
            found.append((place, sheet.start, sheet.end))
    if found:
        return found
    raise unreadable(what, "its columns are of no period")


_CREDIT_SECTIONS: Final = frozenset({"TotalLiabilitiesAndEquity", "Income", "OtherIncome"})


def _side(row: Row) -> int:
    return -1 if _CREDIT_SECTIONS & set(row.groups) else 1


def _trial_balance(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    del chart
    found = balances(sheet)
    if found.end is None:
        raise unreadable(what, "it does not say on which day it ends")
    yield _asked(BALANCE, None, found.end)
    for key, (name, value) in found.lines.items():
        yield Figure(BALANCE, key, name, None, found.end, value)


def _balance_sheet(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    del chart
    yield from (_asked(BALANCE, None, end) for _, _, end in _periods(what, sheet))
    for row in _own(sheet):
        net = row.groups[-1:] == ("NetIncome",)
        if row.cells[0].id is None and not net:
            continue
        for place, _, end in _periods(what, sheet):
            value = amount(row.cells[place], what) if place < len(row.cells) else None
            if value is not None:
                subject = NET_INCOME if net else _subject(row.cells[0])
                yield Figure(BALANCE, subject, _name(row.cells[0]), None, end, _side(row) * value)


def _profit_and_loss(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    del chart
    yield from (_asked(MOVEMENT, start, end) for _, start, end in _periods(what, sheet))
    for row in _own(sheet):
        # An account that a report makes for itself has a row and no Id.
        if row.cells[0].id is None and row.role != "row":
            continue
        for place, start, end in _periods(what, sheet):
            value = amount(row.cells[place], what) if place < len(row.cells) else None
            if value is not None:
                yield Figure(MOVEMENT, _subject(row.cells[0]), _name(row.cells[0]), start, end, _side(row) * value)


CASH_BEFORE: Final = "cash at beginning"
CASH_AFTER: Final = "cash at end"
_CASH_ROWS: Final = {"NetIncome": NET_INCOME, "BeginningCash": CASH_BEFORE}


def _cash_flow(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    """Cash that came is positive, as the report shows it."""
    del chart
    yield from (_asked(CASH_FLOW, start, end) for _, start, end in _periods(what, sheet))
    for row in sheet.rows:
        own = _CASH_ROWS.get(row.groups[-1] if row.groups else "")
        if row.role == "sum" and row.groups[-1:] == ("EndingCash",):
            own = CASH_AFTER
        elif row.role == "sum" or (row.cells[0].id is None and own is None):
            continue
        for place, start, end in _periods(what, sheet):
            value = amount(row.cells[place], what) if place < len(row.cells) else None
            if value is not None:
                subject = own or _subject(row.cells[0])
                yield Figure(CASH_FLOW, subject, _name(row.cells[0]), start, end, value)


def _by_party(measure: str) -> Callable[[str, Sheet, Chart], Iterator[Figure]]:
    """The total of each customer or vendor as of the report's day, and each age where the report has them."""

    def read(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
        del chart
        total = sheet.place("total")
        if total is None:
            raise unreadable(what, "it has no total column")
        aged = [
            (f"{measure}{AGED}{column.title}", place)
            for place, column in enumerate(sheet.columns)
            if column.title in BUCKETS and place < total
        ]
        yield from (_asked(kind, None, sheet.end) for kind, _ in ((measure, total), *aged))
        for row in _own(sheet):
            if row.cells[0].id is None or total >= len(row.cells):
                continue
            for kind, place in ((measure, total), *aged):
                value = amount(row.cells[place], what)
                if value is not None:
                    yield Figure(kind, _subject(row.cells[0]), _name(row.cells[0]), None, sheet.end, value)

    return read


def _by_document(measure: str) -> Callable[[str, Sheet, Chart], Iterator[Figure]]:
    """What is open of each document as of the report's day, under ``Invoice:130``; what it owes in another currency counts at home."""

    def read(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
        del chart
        kind = sheet.place("txn_type")
        left = sheet.place("subt_home_open_bal", "subt_neg_home_open_bal", "subt_open_bal", "subt_neg_open_bal")
        if kind is None or left is None:
            raise unreadable(what, "it has no columns of types and open balances")
        yield _asked(measure, None, sheet.end)
        for row in sheet.rows:
            if row.role != "row" or len(row.cells) <= max(kind, left):
                continue
            value = amount(row.cells[left], what)
            label = row.cells[kind]
            if value is not None and label.text:
                subject = f"{LABELS.get(label.text, label.text)}:{label.id or ''}"
                yield Figure(measure, subject, f"{label.text} {label.id or ''}".strip(), None, sheet.end, value)

    return read


def _stock(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    del chart
    quantity, value = sheet.place("qty", "quantity"), sheet.place("asset value", "asset_value")
    yield from (_asked(measure, None, sheet.end) for measure in (STOCK_QUANTITY, STOCK_VALUE))
    for row in _own(sheet):
        if row.cells[0].id is None:
            continue
        for measure, place in ((STOCK_QUANTITY, quantity), (STOCK_VALUE, value)):
            found = amount(row.cells[place], what) if place is not None and place < len(row.cells) else None
            if found is not None:
                yield Figure(measure, _subject(row.cells[0]), _name(row.cells[0]), None, sheet.end, found)


def _tax(what: str, sheet: Sheet, chart: Chart) -> Iterator[Figure]:
    """The tax of each rate over the report's days."""
    del chart
    place = sheet.place("tax amount", "tax_amount")
    if place is None:
        raise unreadable(what, "it has no column of tax amounts")
    yield _asked(TAX_AMOUNT, sheet.start, sheet.end)
    for row in _own(sheet):
        if row.role == "row" and row.cells[0].id is not None and place < len(row.cells):
            value = amount(row.cells[place], what)
            if value is not None:
                yield Figure(TAX_AMOUNT, _subject(row.cells[0]), _name(row.cells[0]), sheet.start, sheet.end, value)


_READERS: Final[dict[str, Callable[[str, Sheet, Chart], Iterator[Figure]]]] = {
    BALANCES: _trial_balance,
    "BalanceSheet": _balance_sheet,
    "ProfitAndLoss": _profit_and_loss,
    "CashFlow": _cash_flow,
    "AgedReceivables": _by_party(DUE_FROM),
    "AgedPayables": _by_party(DUE_TO),
    "AgedReceivableDetail": _by_document(OPEN_FROM),
    "AgedPayableDetail": _by_document(OPEN_TO),
    "CustomerBalance": _by_party(DUE_FROM),
    "VendorBalance": _by_party(DUE_TO),
    "InventoryValuationSummary": _stock,
    "TaxSummary": _tax,
}
