"""What was owed on a day, document by document: by customers to the company, or by it to vendors.

A document is open by what it posted to the control accounts, less what settlements took of it. A settlement counts when
both sides are dated on or before the day: a payment that came before its invoice was nothing but unapplied money. What
one side gives the other takes, so the open items add up to the control accounts on that day, whatever happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
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


type Key = tuple[str, str]
"""Entity and Id of a document."""

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
    return _books(session, side, day, settled_until, everything=True).items(settled=True)


def _books(session: Session, side: Side, day: str, settled_until: str | None, *, everything: bool = False) -> _Books:
    control = control_accounts(session, side)
    return _Books(session, side, control, day, settled_until or day, everything=everything)


def what_is_open(session: Session, side: Side, day: str, settled_until: str | None = None) -> list[OpenItem]:
    """Those of ``all_items`` of which something is left."""
    found = session.worked_out(
        ("open items", side.kind, day, settled_until or day),
        lambda: _books(session, side, day, settled_until).items(settled=False),
    )
    return [copy(item) for item in found]  # lists write into them what they tell of a document


def open_items(session: Session, side: Side, day: str, settled_until: str | None = None) -> list[OpenItem]:
    """The same, told as lists tell them, the earliest first."""
    return told(session, side, what_is_open(session, side, day, settled_until))


def told(session: Session, side: Side, items: list[OpenItem]) -> list[OpenItem]:
    """The same items with what lists say of a document: day due, number, type, note, currency; in the order of days."""
    control = control_accounts(session, side)
    wanted = {(item.entity, item.id) for item in items}
    known = {(row[0], row[1]): row[2:] for row in _documents(session.store, wanted)}
    for item in items:
        due, number, label, memo = known.get((item.entity, item.id), ("", "", "", ""))
        item.due, item.number, item.memo = due or item.date, number, memo
        item.label = label or item.entity
        item.code = control.get(item.account, "")
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


class _Part:
    """What a document posted to the control accounts in one name; there are as many of them as documents."""

    __slots__ = ("account", "amount", "date", "department", "foreign", "open", "own_amount", "own_open", "party")

    def __init__(self, party: str, date: str, department: str, account: str) -> None:
        self.party, self.date, self.department, self.account = party, date, department, account
        self.amount = self.own_amount = self.open = self.own_open = 0
        self.foreign = False

    def item(self, entity: str, record_id: str) -> OpenItem:
        return OpenItem(
            entity, record_id, self.party, self.date, self.amount, self.own_amount, self.department, self.account,
            self.foreign, self.open, self.own_open,
        )  # fmt: skip


class _Books:
    """The control accounts up to a day by document and name, and the settlements among them.

    Most documents are settled and of no interest. Those are found first by a sum each, and no more is kept of them
    unless ``everything`` is wanted.
    """

    def __init__(
        self, session: Session, side: Side, control: Mapping[str, str], day: str, until: str, *, everything: bool
    ) -> None:
        self._session, self._side, self._day = session, side, day
        store = session.store
        self._parts: dict[Key, list[_Part]] = {}
        self._rates: dict[Key, Decimal] = {}
        marks = ",".join("?" * len(control))
        posted = store.select(
            "SELECT entity, id, party, date, cents, own_cents, department, account FROM posting "  # noqa: S608 - marks
            f"WHERE account IN ({marks}) AND date <= ?",
            (*control, day),
        )
        settled = store.select(
            "SELECT l.source_id, l.target_entity, l.target_id, l.cents, d.date, d.party, d.department FROM link AS l "
            "JOIN document AS d ON d.entity = l.source_entity AND d.id = l.source_id "
            "WHERE l.source_entity = ? AND d.date <= ? AND l.cents <> 0",
            (side.settles, until),
        )
        self._there = {(row[0], row[1]) for row in posted}
        self._wanted = None if everything else self._unsettled(posted, settled)
        self._post(posted)
        self._settle(settled)

    def _unsettled(self, posted: list[tuple[Any, ...]], settled: list[tuple[Any, ...]]) -> set[Key]:
        """Documents whose sum is not 0, and those that want a closer look: in a foreign currency, or settling an entry."""
        sums: dict[Key, int] = {}
        look: set[Key] = set()
        for entity, record_id, _, _, cents, own_cents, _, _ in posted:
            key = (entity, record_id)
            sums[key] = sums.get(key, 0) + self._side.sign * cents
            if own_cents is not None or entity == "JournalEntry":
                look.add(key)
        charges = links.SETTLING[self._side.settles]
        for source_id, entity, record_id, cents, date, _, _ in settled:
            key, source = (entity, record_id), (self._side.settles, source_id)
            sign = charges.get(entity, 0)
            if key not in self._there:
                continue
            if not sign:
                look.add(source)
            sums[key] -= sign * cents
            if date <= self._day:
                sums[source] = sums.get(source, 0) + sign * cents
        return look | {key for key, left in sums.items() if left}

    def _post(self, posted: list[tuple[Any, ...]]) -> None:
        sign, wanted = self._side.sign, self._wanted
        for entity, record_id, party, date, cents, own_cents, department, account in posted:
            key = (entity, record_id)
            if wanted is not None and key not in wanted:
                continue
            of_document = self._parts.setdefault(key, [])
            part = next((one for one in of_document if one.party == party), None)
            if part is None:
                part = _Part(party, date, department, account)
                of_document.append(part)
            part.amount += sign * cents
            part.open += sign * cents
            part.foreign = part.foreign or own_cents is not None
            own = sign * (cents if own_cents is None else own_cents)
            part.own_amount += own
            part.own_open += own

    def _settle(self, settled: list[tuple[Any, ...]]) -> None:
        """Take off the documents what settlements took of them."""
        settles = self._side.settles
        charges = links.SETTLING[settles]
        for source_id, entity, record_id, cents, date, party, department in settled:
            if entity not in charges or (entity, record_id) not in self._there:
                continue
            target = _of(self._parts.get((entity, record_id)), party)
            credit = charges[entity] < 0 or (not charges[entity] and target is not None and target.own_amount < 0)
            own = -cents if credit else cents
            home = self._at_home((entity, record_id), own) if target is not None and target.foreign else own
            if target is not None:
                target.own_open -= own
                target.open -= home
            source = self._source(source_id, party, date, department) if date <= self._day else None
            if source is not None:
                source.own_open += own
                source.open += home
                source.account = source.account or (target.account if target is not None else "")
                source.foreign = source.foreign or (target is not None and target.foreign)

    def _source(self, record_id: str, party: str, date: str, department: str) -> _Part | None:
        """The settling document; a payment of nothing posts nothing and yet settles: charges with credits."""
        key = (self._side.settles, record_id)
        found = _of(self._parts.get(key), party)
        if found is None and (self._wanted is None or key in self._wanted):
            found = _Part(party, date, department, "")
            self._parts[key] = [found]
        return found

    def _at_home(self, key: Key, own: int) -> int:
        """Cents of a foreign document in home currency, as they are taken off the control account: at the document's own rate.

        A cent that the lines of a document and its payments round apart stays with the document.
        """
        if key not in self._rates:
            self._rates[key] = rates.of(self._session, self._session.find(*key) or {})
        return int((own * self._rates[key]).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def items(self, *, settled: bool) -> list[OpenItem]:
        """``settled`` says whether those of which nothing is left are wanted."""
        return [
            part.item(*key)
            for key, parts in self._parts.items()
            for part in parts
            if settled or part.open or part.own_open
        ]


def _of(parts: list[_Part] | None, party: str) -> _Part | None:
    """The part of a document; of a journal entry the one in the payer's name, if there is one."""
    if not parts:
        return None
    return next((part for part in parts if part.party == party), parts[0]) if len(parts) > 1 else parts[0]
