"""What lists call accounts, names, items, classes and users, and the cells in which they show them.

A name stands with its Id; where there is none, both are empty. Source: recorded lists and ledgers.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin import naming, settings
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis
from akika_forensics.twin.session import Session

type Cell = dict[str, str]

NOBODY: Final[Cell] = {"value": "", "id": ""}
SEVERAL: Final = "*"
"""In place of an Id: the other side of a transaction is in several accounts."""
_SPLIT: Final[Cell] = {"value": "-Split-", "id": ""}
_FIELDS: Final = ("FullyQualifiedName", "DisplayName", "Name")


class Names:
    """Looks each record up once; a cell is shared by all rows that show it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cells: dict[tuple[str, str], Cell] = {}
        self._signs: dict[str, int] = {}
        self._numbered = settings.preference(session, "AccountingInfoPrefs", "UseAccountNumbers") is True

    def of(self, entity: str, record_id: str | None) -> Cell:
        """The cell of a record of a list; of an account ``SEVERAL`` the word for several."""
        if not record_id:
            return NOBODY
        known = self._cells.get((entity, record_id))
        if known is None:
            known = self._cells[entity, record_id] = self._cell(entity, record_id)
        return known

    def party(self, key: str | None) -> Cell:
        """Of ``Customer:1`` or nothing."""
        if not key:
            return NOBODY
        entity, _, record_id = key.partition(":")
        return self.of(entity, record_id)

    def sign(self, account_id: str) -> int:
        """1 where a debit is shown as it is, -1 where a credit is. Source: a recorded ledger.

        The empty Id stands for retained earnings in a company without an account for them.
        """
        known = self._signs.get(account_id)
        if known is None:
            body = basis.account(self._session, account_id) if account_id else {"AccountType": "Equity"}
            kind = accounts.classification(body or {})
            known = self._signs[account_id] = 1 if kind in {"Asset", "Expense"} else -1
        return known

    def number(self, account_id: str | None) -> str:
        """An account's own number, where the company uses them."""
        body = self._session.find("Account", account_id) if account_id and self._numbered else None
        return str((body or {}).get("AcctNum") or "")

    def _cell(self, entity: str, record_id: str) -> Cell:
        if record_id == SEVERAL:
            return _SPLIT
        if entity != "Account":
            body = self._session.find(entity, record_id)
            return {"value": shown(body) if body else "", "id": record_id}
        body = basis.account(self._session, record_id)
        name, number = shown(body) if body else "", self.number(record_id)
        return {"value": f"{number} {name}" if number else name, "id": basis.shown_id(record_id) or ""}


def shown(body: dict[str, Any]) -> str:
    """A record's full name, with the mark of an inactive one."""
    name = next((str(body[field]) for field in _FIELDS if body.get(field)), "")
    return naming.marked(name) if body.get("Active") is False else name
