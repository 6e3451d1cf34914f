"""What is known while placeholders are made: the records, who cites what is missing, and by what amounts."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.citing import UNREADABLE, cited
from akika_forensics.model.money import ZERO
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import get_path, links_of
from akika_forensics.twin.loading import stock_facts
from akika_forensics.twin.loading.body_values import Body, amount_of
from akika_forensics.twin.loading.order import number
from akika_forensics.twin.loading.placeholder_shares import PAYERS, shares_of

if TYPE_CHECKING:
    from akika_forensics.twin.loading.recorded import Recorded

_ROLES: Final[dict[str, tuple[str, str, str]]] = {
    "receivable": ("84", "Accounts Receivable", ""),
    "payable": ("33", "Accounts Payable", ""),
    "undeposited": ("4", "Other Current Asset", "UndepositedFunds"),
    "equity": ("34", "Equity", "OpeningBalanceEquity"),
    "retained": ("2", "Equity", "RetainedEarnings"),
    "bank": ("35", "Bank", ""),
    "card": ("41", "Credit Card", ""),
    "income": ("30", "Income", "Uncategorized Income"),
    "expense": ("31", "Expense", "Uncategorized Expense"),
    "discounts": ("86", "Income", "DiscountsRefundsGiven"),
}
"""Role to the stock company's account, its type, and its subtype or name where only that one will do."""


_PAID: Final = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit"})


@dataclass(frozen=True, slots=True)
class Citation:
    """One place that cites a record: ``path`` in the body of ``source``; ``name`` is what it calls the record."""

    source: RecordKey
    path: str
    name: str
    linked: bool


class Scene:
    """The loaded records (never changed) and the placeholders made so far.

    ``settings`` stand in where the records have none. Noted is who cites what is not there, and who paid what something
    that is not there paid as well.
    """

    def __init__(self, recorded: Recorded, settings: Mapping[RecordKey, Body]) -> None:
        self.recorded = recorded
        self.made: dict[RecordKey, Body] = dict(settings)
        self.citations: dict[RecordKey, list[Citation]] = defaultdict(list)
        self.wanted: dict[RecordKey, Body] = {}
        self.unreadable: list[Citation] = []
        self.divided: list[tuple[RecordKey, ...]] = []
        """Documents whose rest several missing payers share alike, each with those; known once an amount was asked for."""
        self._lists: dict[str, list[tuple[RecordKey, Body]]] = {}
        self._numbers: dict[str, int] = {}
        self._half_paid = self._documents_of_missing_payers()
        for key in sorted({*settings, *self._citing(), *self._payers()}, key=number):
            self.note_citations(key)

    def _documents_of_missing_payers(self) -> set[RecordKey]:
        return {
            source
            for (entity, _), sources in self.recorded.seen.missing.items()
            if entity in PAYERS
            for source in sources
            if source.entity in _PAID
        }

    def _citing(self) -> Iterator[RecordKey]:
        """Who cites what is not there, or cannot be read."""
        for target, sources in self.recorded.seen.missing.items():
            if target == UNREADABLE or target[0] in CATALOGUE or not self._known_code(target[1]):
                yield from sources

    def _payers(self) -> Iterator[RecordKey]:
        for entity in PAYERS if self._half_paid else ():
            for key, payload in self.recorded.payloads(entity):
                if not self._half_paid.isdisjoint(cited(entity, payloads.decode(payload))):
                    yield key

    def has(self, key: RecordKey) -> bool:
        return key in self.made or key in self.recorded

    def body(self, key: RecordKey) -> Body:
        """Of a record or a placeholder. Raises KeyError when there is neither."""
        return self.made[key] if key in self.made else self.recorded[key]

    def of(self, entity: str) -> list[tuple[RecordKey, Body]]:
        """The records and placeholders of a kind, in the order of their Ids. For lists: all are held."""
        if entity not in self._lists:
            made = ((key, body) for key, body in self.made.items() if key.entity == entity)
            self._lists[entity] = sorted((*self.recorded.of(entity), *made), key=lambda pair: number(pair[0]))
        return self._lists[entity]

    def note_citations(self, key: RecordKey) -> None:
        """Remember whom a record cites."""
        if key.entity not in CATALOGUE:
            return
        for link in links_of(key.entity, self.body(key)):
            citation = Citation(key, link.path, link.name, link.linked)
            if link.target is None:
                self.unreadable.append(citation)
            elif not (link.by_code and self._known_code(link.target.id)):
                self.citations[link.target].append(citation)

    def _known_code(self, code: str) -> bool:
        """A currency needs no record of its own unless the company keeps several."""
        return not self._codes or code in self._codes or code == self._home_currency

    @cached_property
    def _codes(self) -> set[str]:
        return {str(body.get("Code")) for _, body in self.recorded.of("CompanyCurrency")}

    @cached_property
    def _home_currency(self) -> str:
        for _, body in self.of("Preferences"):
            return str(get_path(body, "CurrencyPrefs.HomeCurrency.value") or "USD")
        return "USD"

    def add(self, key: RecordKey, body: Body) -> None:
        self.made[key] = body
        if key.entity in self._lists:
            insort(self._lists[key.entity], (key, body), key=lambda pair: number(pair[0]))
        self.note_citations(key)

    def missing(self) -> list[RecordKey]:
        """Cited or wanted, and not there; in a stable order."""
        return sorted({key for key in (*self.citations, *self.wanted) if not self.has(key)}, key=number)

    def sources(self, key: RecordKey, *entities: str) -> Iterator[tuple[Citation, Body]]:
        for citation in self.citations[key]:
            if not entities or citation.source.entity in entities:
                yield citation, self.body(citation.source)

    def line(self, citation: Citation) -> Body:
        """The line that a citation stands in; the whole body when it stands in the header."""
        body = self.body(citation.source)
        head = citation.path.split(".")[0]
        line = get_path(body, head) if head.startswith("Line[") else body
        return line if isinstance(line, dict) else body

    # accounts by role

    def account(self, role: str) -> Body:
        """A reference to the company's account of a role; a missing one is asked for under its stock Id."""
        stock = _ROLES[role][0]
        for key, body in self.of("Account"):
            if _plays(body, role):
                return {"value": key.id, "name": stock_facts.known_as("Account", body)}
        facts = stock_facts.stock_body("Account", stock) or {}
        asked = [key for key, body in self.wanted.items() if body == facts]
        key = asked[0] if asked else self._place_for(RecordKey("Account", stock))
        self.wanted[key] = facts
        return {"value": key.id, "name": stock_facts.known_as("Account", facts)}

    def _place_for(self, key: RecordKey) -> RecordKey:
        """The stock Id, unless a record has it or something else is cited under it."""
        named = [citation.name for citation in self.citations.get(key, []) if citation.name]
        taken = self.has(key) or stock_facts.stock_body(key.entity, key.id, named) is None
        return self.free_key(key.entity, "") if taken else key

    def free_key(self, entity: str, preferred: str) -> RecordKey:
        """An Id of that entity's sequence that no record has and none cites."""
        names = ("Customer", "Vendor", "Employee") if entity in {"Customer", "Vendor", "Employee"} else (entity,)
        asked = [key for key in (*self.made, *self.citations, *self.wanted) if key.entity in names]
        if preferred and not any((key := RecordKey(name, preferred)) in asked or self.has(key) for name in names):
            return RecordKey(entity, preferred)
        highest = max((self._highest(name) for name in names), default=0)
        return RecordKey(entity, str(max(highest, *(number(key)[1] for key in asked), 0) + 1))

    def _highest(self, entity: str) -> int:
        """The largest Id among the records of a kind."""
        if entity not in self._numbers:
            self._numbers[entity] = max((number(key)[1] for key in self.recorded if key.entity == entity), default=0)
        return self._numbers[entity]

    @cached_property
    def unrecorded_customer(self) -> Body:
        """A reference to the one customer who stands in where none is named."""
        key = self.free_key("Customer", "")
        self.wanted[key] = {"DisplayName": "Customers not recorded"}
        return {"value": key.id, "name": "Customers not recorded"}

    @cached_property
    def unrecorded_vendor(self) -> Body:
        key = self.free_key("Vendor", "")
        self.wanted[key] = {"DisplayName": "Vendors not recorded"}
        return {"value": key.id, "name": "Vendors not recorded"}

    # amounts

    def settled(self, document: RecordKey, payer: RecordKey) -> Decimal:
        """By how much a missing ``payer`` must have settled ``document`` for its recorded balance to be right."""
        return self._shares.get((document, payer), ZERO)

    def deposited(self, key: RecordKey) -> Decimal:
        """What recorded deposits took of a receipt."""
        return sum((amount_of(self.line(citation).get("Amount")) for citation, _ in self.sources(key, "Deposit")), ZERO)

    @cached_property
    def _shares(self) -> dict[tuple[RecordKey, RecordKey], Decimal]:
        shares, self.divided = shares_of(self, self._half_paid)
        return shares


def _plays(body: Body, role: str) -> bool:
    _, kind, mark = _ROLES[role]
    if body.get("Active") is False or body.get("AccountType") != kind:
        return False
    return not mark or mark in (body.get("AccountSubType"), body.get("Name"))
