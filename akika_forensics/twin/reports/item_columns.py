"""The columns of reports that list open documents: what each shows, which a report has unasked.

Keys, titles and kinds are recorded for a list of aged payables of 2018; the other keys are documented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from akika_forensics.model.money import money
from akika_forensics.twin import settings
from akika_forensics.twin.reports import parties, sheet
from akika_forensics.twin.reports.listings import columns as listed
from akika_forensics.twin.reports.listings.authors import Authors
from akika_forensics.twin.reports.listings.names import Names
from akika_forensics.twin.reports.open_items import PAYABLE, OpenItem, Side
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

type Cell = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """``cents`` gives the figure of a column that has a total, None for one that has none."""

    key: str
    title: str
    kind: str
    cell: Callable[[Line], Cell]
    cents: Callable[[OpenItem], int] | None = None

    def heading(self) -> dict[str, Any]:
        return sheet.column(self.title, self.kind, ColKey=self.key)


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a list; ``days`` past due where its age is of interest. Names and authors are the whole list's."""

    session: Session
    item: OpenItem
    names: parties.Names
    shown: listed.Shown
    days: int | None = None


class Lines:
    """Makes the lines of one list."""

    def __init__(self, session: Session, side: Side) -> None:
        self._session = session
        self.names = parties.Names(session, side.party)
        self._shown = listed.Shown(Names(session), Authors(session))

    def rows(self, items: Iterable[tuple[OpenItem, int | None]], columns: Sequence[Column]) -> list[dict[str, Any]]:
        """A row for each document and its days past due."""
        found = (Line(self._session, item, self.names, self._shown, days) for item, days in items)
        return [{"ColData": [column.cell(line) for column in columns], "type": "Data"} for line in found]


def shown(cents: int) -> str:
    """As other lists write it: nothing is ``.00``. Source: recorded totals of aged payables."""
    return listed.amount(cents)


def _text(of: Callable[[OpenItem], str]) -> Callable[[Line], Cell]:
    return lambda line: {"value": of(line.item)}


def _kind(line: Line) -> Cell:
    """The Id of a transaction stands in the cell of its type. Source: recorded lists."""
    return {"value": line.item.label, "id": line.item.id}


def _name(line: Line) -> Cell:
    found = line.item.party_id
    return {"value": line.names.full(found), "id": found} if found else {"value": "", "id": ""}


def _place(line: Line) -> Cell:
    return line.shown.names.of("Department", line.item.department)


def term_of(session: Session, item: OpenItem) -> str:
    """The Id of the terms under which a document is due; empty where it has none."""
    return ref_id(session.find(item.entity, item.id), "SalesTermRef") or ""


def _term(line: Line) -> Cell:
    return line.shown.names.of("Term", term_of(line.session, line.item))


_RECORD: Final = "FROM record AS r LEFT JOIN author AS a USING (entity, id) WHERE r.entity = ? AND r.id = ?"
_FACTS: Final = {
    "create_date": "r.created",
    "create_by": "r.entity, r.id, a.created_by",
    "last_mod_date": "r.updated",
    "last_mod_by": "r.entity, r.id, a.modified_by",
}
"""What is known of a record's writing, as other lists show it."""


def _written(key: str) -> Column:
    """A column of other lists, looked up for each document: few ask for it."""
    like = listed.COLUMNS[key]

    def cell(line: Line) -> Cell:
        sql = f"SELECT {_FACTS[key]} {_RECORD}"
        found = line.session.store.select(sql, (line.item.entity, line.item.id))
        return like.cell(line.shown)(*found[0]) if found else {"value": ""}

    return Column(key, like.title, like.kind, cell)


def _rate(line: Line) -> Cell:
    if not line.item.foreign:
        return {"value": "1.00"}
    body = line.session.find(line.item.entity, line.item.id) or {}
    rate = money(body.get("ExchangeRate"))
    if not rate and line.item.own_amount:
        rate = (Decimal(line.item.amount) / line.item.own_amount).quantize(Decimal("0.000000001"), ROUND_HALF_UP)
    return {"value": str(rate) if rate else ""}


def _past_due(line: Line) -> Cell:
    return {"value": "" if line.days is None else str(line.days)}


def _money(key: str, title: str, cents: Callable[[OpenItem], int]) -> Column:
    return Column(key, title, "Money", lambda line: {"value": shown(cents(line.item))}, cents)


def _own(key: str, title: str, cents: Callable[[OpenItem], int]) -> Column:
    """An amount in several currencies has no total."""
    return Column(key, title, "Money", lambda line: {"value": shown(cents(line.item))})


def columns(session: Session, side: Side) -> dict[str, Column]:
    """What can be asked for in this company, by key: with several currencies other amounts than with one."""
    sign = "neg_" if side is PAYABLE else ""
    name = "vend_name" if side is PAYABLE else "cust_name"
    found = [
        Column("tx_date", "Date", "Date", _text(lambda item: item.date)),
        Column("txn_type", "Transaction Type", "String", _kind),
        Column("doc_num", "Num", "String", _text(lambda item: item.number)),
        Column(name, side.party, "String", _name),
        Column("memo", "Memo/Description", "String", _text(lambda item: item.memo)),
        Column("dept_name", "Location", "String", _place),
        Column("due_date", "Due Date", "Date", _text(lambda item: item.due)),
        Column("past_due", "Past Due", "String", _past_due),
        Column("term_name", "Terms", "String", _term),
        *map(_written, _FACTS),
    ]
    if settings.multicurrency(session):
        found += [
            Column("currency", "Currency", "String", _text(lambda item: item.code)),
            Column("exch_rate", "Exchange Rate", "Money", _rate),
            _own(f"{sign}foreign_amount", "Foreign Amount", lambda item: item.own_amount),
            _own(f"{sign}foreign_open_bal", "Foreign Open Balance", lambda item: item.own_open),
            _money(f"subt_{sign}home_amount", "Amount", lambda item: item.amount),
            _money(f"subt_{sign}home_open_bal", "Open Balance", lambda item: item.open),
        ]
    else:
        found += [
            _money(f"subt_{sign}amount", "Amount", lambda item: item.amount),
            _money(f"subt_{sign}open_bal", "Open Balance", lambda item: item.open),
        ]
    return {column.key: column for column in found}


_AMOUNTS: Final = (
    "foreign_amount",
    "foreign_open_bal",
    "subt_home_amount",
    "subt_home_open_bal",
    "subt_amount",
    "subt_open_bal",
)
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "Customer": (
        "tx_date", "txn_type", "doc_num", "cust_name", "memo", "dept_name", "due_date", "past_due", "term_name", *_FACTS,
        "currency", "exch_rate", *_AMOUNTS,
    ),
    "Vendor": (
        "tx_date", "txn_type", "doc_num", "vend_name", "memo", "dept_name", "due_date", "past_due", "term_name", *_FACTS,
        "currency", "exch_rate", *(key.replace("foreign", "neg_foreign").replace("subt_", "subt_neg_") for key in _AMOUNTS),
    ),
}  # fmt: skip
"""What ``columns=`` may name, by whose documents they are."""


def chosen(known: Mapping[str, Column], asked: Sequence[str], unasked: Sequence[str]) -> list[Column]:
    """The columns of a report: those asked for, as far as this company has them, else its own."""
    found = [known[key] for key in asked if key in known]
    return found or [known[key] for key in unasked if key in known]


def total(name: str, items: Sequence[OpenItem], columns: Sequence[Column]) -> dict[str, Any]:
    """A row of totals under a name."""
    cells = [{"value": shown(sum(map(one.cents, items))) if one.cents else ""} for one in columns]
    cells[0] = {"value": name}
    return {"ColData": cells}


def has_total(columns: Sequence[Column]) -> bool:
    return any(column.cents for column in columns)
