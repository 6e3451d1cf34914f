"""The AccountList report: the chart of accounts as a list, with who made each and what it holds.

Source: QuickBooks API, AccountList, its keys and parameters; the order of the usual columns from a client's code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from akika_forensics.model.money import cents, money
from akika_forensics.twin import faults, identity, naming, wire
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import periods, sheet
from akika_forensics.twin.reports.listings.authors import Authors
from akika_forensics.twin.reports.report import Asked, Report
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import Row

type Cell = dict[str, str]

_ON_SCREEN: Final = {
    "Accounts Receivable": "Accounts receivable (A/R)",
    "Accounts Payable": "Accounts payable (A/P)",
    "Other Current Asset": "Other Current Assets",
    "Fixed Asset": "Fixed Assets",
    "Other Asset": "Other Assets",
    "Other Current Liability": "Other Current Liabilities",
    "Long Term Liability": "Long Term Liabilities",
    "Expense": "Expenses",
}
"""What the screens call a type where that is not its name in the record."""
_ORDER: Final = tuple(accounts.CLASSIFICATION)
_TYPES: Final = {kind.replace(" ", "").lower(): kind for kind in accounts.CLASSIFICATION}
_SPANS: Final = ("createdate", "moddate")
_OPTIONS: Final = frozenset(
    {
        "account_type",
        "account_status",
        "sort_by",
        "sort_order",
        *(f"{edge}_{span}" for edge in ("start", "end") for span in _SPANS),
        *(f"{span}_macro" for span in _SPANS),
    }
)


@dataclass(frozen=True, slots=True)
class _Account:
    """One account: its body, its row in the file, who wrote it."""

    body: dict[str, Any]
    row: Row
    made_by: str
    changed_by: str
    screen: bool

    @property
    def name(self) -> str:
        name = str(self.body.get("FullyQualifiedName") or self.body.get("Name") or self.row.id)
        return naming.marked(name) if self.body.get("Active") is False else name

    @property
    def kind(self) -> str:
        kind = str(self.body.get("AccountType") or "")
        return _ON_SCREEN.get(kind, kind) if self.screen else kind

    @property
    def detail(self) -> str:
        """``Sales of Product Income``; as the record has it where types are as in records."""
        detail = str(self.body.get("AccountSubType") or "")
        if not self.screen:
            return detail
        apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", detail)
        return apart.replace(" Of ", " of ").replace(" Or ", " or ")

    @property
    def balance(self) -> str:
        """As the account shows it; nothing of income and expenses."""
        if accounts.is_profit_and_loss(self.body):
            return ""
        sign = 1 if accounts.classification(self.body) == "Asset" else -1
        return sheet.text(sign * int(cents(money(self.body.get("CurrentBalance"))) * 100))


def _stamp(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, wire.PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z")


_COLUMNS: Final[dict[str, tuple[str, str, Callable[[_Account], str]]]] = {
    "account_name": ("Account", "String", lambda one: one.name),
    "account_type": ("Type", "String", lambda one: one.kind),
    "detail_acc_type": ("Detail type", "String", lambda one: one.detail),
    "create_date": ("Create Date", "TimeStamp", lambda one: _stamp(one.row.created)),
    "create_by": ("Created By", "String", lambda one: one.made_by),
    "last_mod_date": ("Last Modified", "TimeStamp", lambda one: _stamp(one.row.updated)),
    "last_mod_by": ("Last Modified By", "String", lambda one: one.changed_by),
    "account_desc": ("Description", "String", lambda one: str(one.body.get("Description") or "")),
    "account_bal": ("Balance", "Money", lambda one: one.balance),
}
_USUAL: Final = ("account_name", "account_type", "detail_acc_type", "account_desc", "account_bal")


def build(session: Session, asked: Asked) -> tuple[dict[str, Any], bool]:
    """Columns and rows, and whether there is anything in them. Raises QuickBooksFault 2170 and 2060."""
    keys = [key for key in _COLUMNS if key in asked.columns] if asked.columns else list(_USUAL)
    columns = [sheet.column(title, kind, ColKey=key) for key, (title, kind, _) in _COLUMNS.items() if key in keys]
    rows = [
        {"ColData": [_cell(one, key) for key in _COLUMNS if key in keys], "type": "Data"}
        for one in _found(session, asked)
    ]
    return {"Columns": {"Column": columns}, "Rows": {"Row": rows} if rows else {}}, bool(rows)


def _cell(account: _Account, key: str) -> Cell:
    shown = {"value": _COLUMNS[key][2](account)}
    return {**shown, "id": account.row.id} if key == "account_name" else shown


def _found(session: Session, asked: Asked) -> list[_Account]:
    said = asked.parameters
    kinds = {_type(one) for one in said.get("account_type", "").split(",") if one.strip()}
    gone = _one_of(said.get("account_status") or "Not_Deleted", "account_status", "not_deleted", "deleted") == "deleted"
    spans = {span: _span(session, asked, span) for span in _SPANS}
    authors, screen = Authors(session), session.beliefs.choice("account_list_words") == "as_on_screens"
    found = []
    for row in session.store.rows("Account"):
        body = session.find("Account", row.id) or {}
        if (body.get("Active") is False) is not gone or (kinds and body.get("AccountType") not in kinds):
            continue
        if _within(row.created, spans["createdate"]) and _within(row.updated, spans["moddate"]):
            made, changed = session.store.trail.authors("Account", row.id) or (None, None)
            found.append(
                _Account(
                    body,
                    row,
                    authors.name("created", "Account", row.id, made),
                    authors.name("modified", "Account", row.id, changed),
                    screen,
                )
            )
    return _sorted(found, asked)


def _sorted(found: list[_Account], asked: Asked) -> list[_Account]:
    """By type, then by name, unless a column is named by which to sort."""
    order = _one_of(asked.parameters.get("sort_order") or "ascend", "sort_order", "ascend", "descend")
    by = _COLUMNS.get(asked.parameters.get("sort_by") or "")

    def place(one: _Account) -> tuple[int, str, int]:
        kind = str(one.body.get("AccountType"))
        return (
            _ORDER.index(kind) if kind in _ORDER else len(_ORDER),
            one.name.casefold(),
            identity.number_of(one.row.id),
        )

    found = sorted(found, key=place)
    if by is not None and by[1] == "Money":
        found.sort(key=lambda one: money(by[2](one) or 0))
    elif by is not None:
        found.sort(key=lambda one: by[2](one).casefold())
    return found[::-1] if order == "descend" else found


def _type(text: str) -> str:
    found = _TYPES.get(text.replace(" ", "").lower())
    if found is None:
        raise faults.malformed("account_type", "enum", text)
    return found


def _one_of(text: str, name: str, *allowed: str) -> str:
    if text.lower() not in allowed:
        raise faults.malformed(name, "enum", text)
    return text.lower()


def _span(session: Session, asked: Asked, span: str) -> tuple[date, date]:
    """The days within which an account was made or changed, both included; all days unless some are asked for."""
    said = asked.parameters
    start, end = periods.day_of(said, f"start_{span}"), periods.day_of(said, f"end_{span}")
    macro = said.get(f"{span}_macro")
    if macro and not (start or end):
        period = periods.asked(session, {"date_macro": macro})
        start, end = period.start, period.end
    return start or date.min, end or date.max


def _within(micros: int, span: tuple[date, date]) -> bool:
    day = datetime.fromtimestamp(micros // 1_000_000, wire.PACIFIC).date()
    return span[0] <= day <= span[1]


REPORTS: Final = (Report("AccountList", build, columns=tuple(_COLUMNS), options=_OPTIONS, bases=(), days=False),)
