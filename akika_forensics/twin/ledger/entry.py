"""One document's entry while it is made: sides in home currency and in the accounts' own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from akika_forensics.model.money import ZERO, cents
from akika_forensics.twin import settings
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import PostingRow


class Unpostable(Exception):
    """A loaded document that does not say enough to be posted: an account is missing, or it does not add up."""


class Place(NamedTuple):
    """Where in a document a side comes from; the last fields of ``PostingRow``."""

    line: int = 0
    klass: str = ""
    department: str = ""
    item: str = ""
    quantity: str | None = None
    memo: str = ""


class Entry:
    """Collects the sides of one document. Amounts are given in the document's currency.

    ``make`` says whether an account that QuickBooks keeps for itself may be made when there is none.
    """

    def __init__(self, session: Session, body: dict[str, Any], *, make: bool) -> None:
        self.session = session
        self.make = make
        self.date = str(body.get("TxnDate", ""))[:10]
        if not self.date:
            raise Unpostable("it has no date")
        self.many = settings.multicurrency(session)
        self.code = rates.code_of(session, body) if self.many else settings.home_code(session)
        self.rate = rates.of(session, body) if self.many else rates.ONE
        self.whole = Place(
            klass=ref_id(body, "ClassRef") or "",
            department=ref_id(body, "DepartmentRef") or "",
            memo=str(body.get("PrivateNote") or ""),
        )
        self.rows: list[PostingRow] = []
        self._open = ZERO

    def role(self, role: str) -> str | None:
        """The account that QuickBooks keeps for a purpose; a control account in the document's currency."""
        code = self.code if role in accounts.CONTROL else None
        return self._known(f"{role} {code or ''}", lambda: self._system(role, code))

    def tax_account(self, agency: str) -> str | None:
        return self._known(
            f"tax {agency}", lambda: accounts.tax_liability(self.session, agency, make_missing=self.make)
        )

    def shipping(self) -> str | None:
        return self._known("shipping", lambda: accounts.shipping(self.session, make_missing=self.make))

    def _system(self, role: str, code: str | None) -> str | None:
        return (accounts.system if self.make else accounts.find_system)(self.session, role, code)

    def _known(self, key: str, find: Callable[[], str | None]) -> str | None:
        if key not in self.session.roles:
            found = find()
            if found is None:
                return None
            self.session.roles[key] = found
        return self.session.roles[key]

    def add(
        self,
        account: str | None,
        amount: Decimal,
        party: str = "",
        *,
        home: Decimal | None = None,
        at: Place | None = None,
    ) -> None:
        """Debit positive. ``home`` is the amount in home currency where it is not ``amount`` at the document's rate.

        ``at`` is the line that the side comes from, None for the whole document.
        """
        holder = self.session.find("Account", account) if account is not None else None
        if account is None or holder is None:
            raise Unpostable(f"account {account} is not there")
        in_cents = cents(amount)
        self._open += in_cents
        if home is None:
            value = int(in_cents * 100) if self.rate == 1 else _whole(amount * self.rate)
        else:
            value = _whole(home)
        foreign = self.many and rates.code_of(self.session, holder) != settings.home_code(self.session)
        own = _whole(amount) if foreign else None
        if value or own:
            self.rows.append(PostingRow(self.date, account, value, party, None, own, *(at or self.whole)))

    def line(self, position: int, line: dict[str, Any], found: dict[str, Any]) -> Place:
        """The place of a document's line, ``found`` its detail; what the line does not say, the document says."""
        quantity = found.get("Qty")
        return Place(
            position,
            ref_id(found, "ClassRef") or self.whole.klass,
            ref_id(found, "DepartmentRef") or self.whole.department,
            ref_id(found, "ItemRef") or "",
            str(quantity) if quantity is not None else None,
            str(line.get("Description") or ""),
        )

    def finish(self) -> list[PostingRow]:
        """The sides; what another rate or rounding left over in home currency is an exchange gain or loss."""
        if self._open:
            raise Unpostable("its amounts do not add up to its total")
        left = sum(row.cents for row in self.rows)
        if left:
            account = self.role("exchange") or max(self.rows[1:] or self.rows, key=lambda row: abs(row.cents)).account
            self.rows.append(PostingRow(self.date, account, -left))
        return self.rows


def _whole(amount: Decimal) -> int:
    return int(cents(amount) * 100)
