"""What was owed on a day, document by document: by customers to the company, or by it to vendors.

A document is open by what it posted to the control accounts, less what settlements took of it. A settlement counts when
both sides are dated on or before the day: a payment that came before its invoice was nothing but unapplied money. What
one side gives the other takes, so the open items add up to the control accounts on that day, whatever happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.session import Session
from akika_forensics.twin.store import Store

_AT_ONCE: Final = 400
"""Documents that one statement looks up; SQLite takes 999 values in its older builds."""


@dataclass(frozen=True, slots=True)
class Side:
    """Who owes: the control accounts, which sign makes a charge positive, whose name it is, what settles."""

    kind: str
    sign: int
    party: str
    settles: str


RECEIVABLE: Final = Side(accounts.RECEIVABLE, 1, "Customer", "Payment")
PAYABLE: Final = Side(accounts.PAYABLE, -1, "Vendor", "BillPayment")


@dataclass(slots=True)
class OpenItem:
    """A document, or the part of a journal entry that is in one name.

    ``amount`` is what it charged and ``open`` what is left of that, in cents of the home currency, credits negative;
    ``own_amount`` and ``own_open`` the same in the control account's currency, ``code``. ``party`` is ``Customer:1`` or
    empty. ``due`` is the day of the document where it names none.
    """

    entity: str
    id: str
    party: str
    date: str
    amount: int
    own_amount: int
    department: str
    account: str
    foreign: bool
    open: int = 0
    own_open: int = 0
    due: str = ""
    number: str = ""
    label: str = ""
    memo: str = ""
    code: str = ""

    @property
    def party_id(self) -> str:
        """Empty when nobody is named."""
        return self.party.partition(":")[2]


def control_accounts(session: Session, side: Side) -> dict[str, str]:
    """Ids and currencies of the accounts that hold what is owed."""
    return {
        str(body["Id"]): rates.code_of(session, body)
        for body in session.each("Account")
        if body.get("AccountType") == side.kind
    }


def all_items(session: Session, side: Side, day: str, settled_until: str | None = None) -> list[OpenItem]:
    """Everything charged or credited up to a day, settled or not, in no order that means anything.

    ``settled_until`` counts later settlements too: what is still open of it on that later day. The settling documents
    themselves are then not there, and the sum is not that of the control accounts.
    """
    control = control_accounts(session, side)
    if not control:
        return []
    books = _Books(session.store, side, control, day)
    books.settle(settled_until or day)
    return books.items


def open_items(session: Session, side: Side, day: str, settled_until: str | None = None) -> list[OpenItem]:
    """Those of ``all_items`` of which something is left, told as lists tell them, the earliest first."""
    found = [item for item in all_items(session, side, day, settled_until) if item.open or item.own_open]
    return told(session, side, found)


def told(session: Session, side: Side, items: list[OpenItem]) -> list[OpenItem]:
    """The same items with what lists say of a document: day due, number, type, note, currency; in the order of days."""
    control = control_accounts(session, side)
    wanted = {(item.entity, item.id) for item in items}
    known = {(row[0], row[1]): row[2:] for row in _documents(session.store, wanted)}
    for item in items:
        due, number, label, memo = known.get((item.entity, item.id), ("", "", "", ""))
        item.due, item.number, item.memo = due or item.date, number, memo
        item.label = label or item.entity
        item.code = control[item.account]
    return sorted(items, key=lambda item: (item.date, item.due, item.number, item.entity, item.id))


def _documents(store: Store, wanted: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, ...]]:
    by_entity: dict[str, list[str]] = {}
    for entity, record_id in wanted:
        by_entity.setdefault(entity, []).append(record_id)
    for entity, ids in by_entity.items():
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            yield from store.select(
                f"SELECT entity, id, due, number, label, memo FROM document WHERE entity = ? AND id IN ({marks})",  # noqa: S608 - marks alone
                (entity, *part),
            )


class _Books:
    """The control accounts up to a day as items, and the settlements among them."""

    def __init__(self, store: Store, side: Side, control: dict[str, str], day: str) -> None:
        self._store, self._side, self._day = store, side, day
        self._settlements: dict[tuple[str, str], list[tuple[OpenItem, int]]] = {}
        marks = ",".join("?" * len(control))
        rows = store.select(
            "SELECT entity, id, party, min(date), sum(cents), sum(coalesce(own_cents, cents)), max(department), "  # noqa: S608 - marks alone
            f"max(account), count(own_cents) FROM posting WHERE account IN ({marks}) AND date <= ? "
            "GROUP BY entity, id, party",
            (*control, day),
        )
        sign = side.sign
        self.items = [
            OpenItem(
                entity, record_id, party, date, sign * cents, sign * own, department, account, bool(foreign),
                open=sign * cents, own_open=sign * own,
            )
            for entity, record_id, party, date, cents, own, department, account, foreign in rows
        ]  # fmt: skip
        self._by_document: dict[tuple[str, str], list[OpenItem]] = {}
        for item in self.items:
            self._by_document.setdefault((item.entity, item.id), []).append(item)

    def settle(self, until: str) -> None:
        """Take off the items what settlements dated up to ``until`` took of them."""
        rows = self._store.select(
            "SELECT l.source_id, l.target_entity, l.target_id, l.cents, d.date, d.party, d.department FROM link AS l "
            "JOIN document AS d ON d.entity = l.source_entity AND d.id = l.source_id "
            "WHERE l.source_entity = ? AND d.date <= ?",
            (self._side.settles, until),
        )
        charges = links.SETTLING[self._side.settles]
        for source_id, entity, record_id, cents, date, party, department in rows:
            target = self._of(entity, record_id, party)
            if target is None or entity not in charges or not cents:
                continue
            credit = charges[entity] < 0 or (not charges[entity] and target.own_amount < 0)
            own = -cents if credit else cents
            home = _at_rate_of(target, own)
            target.own_open -= own
            target.open -= home
            if date <= self._day:
                source = self._source(source_id, party, date, department, target)
                source.own_open += own
                source.open += home
                if target.foreign:
                    self._settlements.setdefault((source.entity, source.id), []).append((target, home))
        self._round()

    def _of(self, entity: str, record_id: str, party: str) -> OpenItem | None:
        """The item of a document; of a journal entry the one in the payer's name, if there is one."""
        items = self._by_document.get((entity, record_id))
        if not items:
            return None
        return next((item for item in items if item.party == party), items[0])

    def _source(self, record_id: str, party: str, date: str, department: str, target: OpenItem) -> OpenItem:
        """A payment of nothing posts nothing and yet settles: charges with credits."""
        found = self._of(self._side.settles, record_id, party)
        if found is None:
            found = OpenItem(
                self._side.settles, record_id, party, date, 0, 0, department, target.account, target.foreign
            )
            self.items.append(found)
            self._by_document[found.entity, found.id] = [found]
        return found

    def _round(self) -> None:
        """A payment in a foreign currency that is used up has nothing left at home: the cent is the document's."""
        for (entity, record_id), settled in self._settlements.items():
            source = self._by_document[entity, record_id][0]
            if not source.own_open and source.open:
                target = settled[-1][0]
                target.open += source.open
                source.open = 0


def _at_rate_of(target: OpenItem, own: int) -> int:
    """A part of a document in home currency, at the rate at which it is in the books."""
    if not target.foreign or not target.own_amount:
        return own
    part = Decimal(own) * target.amount / target.own_amount
    return int(part.quantize(Decimal(1), rounding=ROUND_HALF_UP))
