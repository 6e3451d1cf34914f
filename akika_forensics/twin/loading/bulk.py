"""Many records at once, as they were received: one transaction, one pass, the same result as one at a time.

``with twin.bulk() as bulk: bulk.add(entity, payload)`` for each record. Records may come in any order: nothing is
posted before the end, when everything that a document cites is there. Where the order is known to be good (lists
first, and no transaction before what it is linked to), ``twin.bulk(in_order=True)`` posts each document as it comes;
give the decoded body beside the bytes, ``bulk.add(entity, payload, body)``, and nothing is decoded. A company is
filled fastest in one go: what comes into empty tables is sorted once, at the end.

A record of a key that has come before takes its place, and whether it posts is what is said last. In order, a
transaction comes once; what moved it along later (its balance, its links) comes with ``post=False``, and its postings
stay. Who wrote a record, ``bulk.sign``, and what people did, ``bulk.tell``, is written only if it is said. What cannot
be posted is in ``twin.unposted`` afterwards. An error inside the ``with`` leaves nothing behind.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import identity, naming
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import document, entry, inventory, posting, tax_lines, uncharged
from akika_forensics.twin.loading import raw
from akika_forensics.twin.loading.order import Position, position
from akika_forensics.twin.loading.rows import Rows
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.session import Cache, Key, Session
from akika_forensics.twin.store import Store, record_cells
from akika_forensics.twin.tables import MovementRow

_HELD: Final = ("CompanyInfo", "Preferences", "Account", "Item", "TaxAgency", "TaxRate")
"""Lists whose records say how documents are posted: kept decoded while a load lasts."""

_REMEMBERED: Final = 5_000
_ADDRESSES: Final = ("BillAddr", "ShipAddr", "PrimaryAddr")


class Bulk:
    """The records of one load; made by ``Twin.bulk``, which also ends it."""

    def __init__(self, store: Store, moment: datetime, *, in_order: bool, opening_costs: Mapping[str, Decimal]) -> None:
        self._store = store
        self._in_order = in_order
        self._opening_costs = opening_costs
        self._rows = Rows(store)
        self._session = _Reading(store, moment, self._rows)
        self._highest: dict[str, int] = {}
        self._pending: dict[str, set[str]] = defaultdict(set)
        self._again: set[Key] = set()
        self._items: set[str] = set()
        self._moved: list[MovementRow] = []
        self._unposted: list[tuple[Position, raw.Unposted]] = []

    def add(self, entity: str, payload: bytes, body: dict[str, Any] | None = None, *, post: bool = True) -> str:
        """Keep one record; gives its Id. ``body`` is what ``payload`` says, decoded, and is not changed any more.

        Raises WrongUse when the payload is no JSON object or has no Id, and in order for a transaction that is there.
        """
        if body is None:
            body = payloads.decode(payload)
        identified = raw.body_with_id(entity, body)
        record_id = str(identified["Id"])
        settles = post and _settles(entity)
        if settles and not self._rows.fresh and self._rows.payload(entity, record_id) is not None:
            self._replace(entity, record_id)
        self._number(entity, record_id, identified)
        self._rows.record((entity, record_id), self._session.cells(entity, identified, payload))
        self._session.remember(entity, record_id, body)
        if not settles:
            self._pending[entity].discard(record_id)
        elif self._in_order:
            self._settle(entity, record_id, body)
        else:
            self._pending[entity].add(record_id)
        return record_id

    def payload(self, entity: str, record_id: str) -> bytes | None:
        """The bytes of a record as they came last; of one that was there before, too."""
        return self._rows.payload(entity, record_id)

    def payloads(self, entity: str) -> Iterable[tuple[str, bytes]]:
        """Id and bytes of all records of an entity; nothing may be added before the last is read."""
        return self._rows.payloads(entity)

    def sign(self, entity: str, record_id: str, created_by: str, modified_by: str) -> None:
        """User Ids: who made a record and who saved it last."""
        self._rows.author(entity, record_id, created_by, modified_by)

    def tell(self, event: Event) -> None:
        """One act for the trail, in the order of the acts."""
        self._rows.event(event)

    def finish(self) -> list[raw.Unposted]:
        """Post what waits and cost the stock; gives what could not be posted, by date."""
        for entity in sorted(self._pending):
            pending = self._pending[entity]
            for record_id, payload in self._rows.payloads(entity) if pending else ():
                if record_id in pending:
                    self._settle(entity, record_id, self._session.known(entity, record_id) or payloads.decode(payload))
        self._pending.clear()
        for space, number in self._highest.items():
            self._store.seen_in(f"id:{space}", number)
        self._number_movements(self._moved)
        if self._rows.fresh:
            self._cost_all()
            self._rows.finish()
        else:
            self._cost_anew()
        return [left for _, left in sorted(self._unposted, key=lambda row: row[0])]

    def _replace(self, entity: str, record_id: str) -> None:
        if self._in_order and entity != "Item":
            raise WrongUse(
                f"{entity} {record_id} is there already.",
                do="Let what moved a transaction along come with post=False, or load without in_order.",
            )
        self._again.add((entity, record_id))

    def _number(self, entity: str, record_id: str, body: dict[str, Any]) -> None:
        """Sequences go on behind what came."""
        self._see(identity.space_of(entity), identity.number_of(record_id))
        for field in _ADDRESSES:
            address = body.get(field)
            if isinstance(address, dict):
                self._see("Address", identity.number_of(str(address.get("Id", ""))))

    def _see(self, space: str, number: int) -> None:
        if number > self._highest.get(space, 0):
            self._highest[space] = number

    def _settle(self, entity: str, record_id: str, body: dict[str, Any]) -> None:
        """What ``raw.settle`` does, for one of many."""
        if entity == "Item":
            if body.get("Type") == "Inventory":
                self._items.add(record_id)
            return
        try:
            rows = posting.postings(self._session, entity, body, make=False)
        except (entry.Unpostable, ValueError, TypeError, KeyError) as error:
            place = position(RecordKey(entity, record_id), body)
            self._unposted.append((place, raw.Unposted(entity, record_id, str(error))))
            return
        if (entity, record_id) in self._again:
            self._rows.forget(entity, record_id)
        self._rows.postings(entity, record_id, rows)
        self._rows.document(document.row(self._session, entity, body, rows))
        self._rows.taxed(tax_lines.of(self._session, entity, body))
        self._rows.uncharged(uncharged.of(entity, body))
        self._rows.links(links.of(entity, body))
        for movement in inventory.movements(self._session, entity, body):
            self._moved.append(movement)
            self._items.add(movement.item)

    # stock

    def _number_movements(self, rows: list[MovementRow]) -> None:
        if not rows:
            return
        first = self._store.next_in("movement")
        for number, row in enumerate(rows, first):
            row.number = number
        self._store.seen_in("movement", first + len(rows) - 1)

    def _cost_all(self) -> None:
        """Into a company without books: every movement of every item is at hand."""
        of_item: dict[str, list[MovementRow]] = defaultdict(list)
        for row in self._moved:
            of_item[row.item].append(row)
        found = [(item_id, self._session.find("Item", item_id)) for item_id in sorted(self._items)]
        items = [(item_id, item) for item_id, item in found if item is not None]
        layers = [
            raw.opening_layer(self._session, item_id, item, of_item[item_id], self._opening_costs.get(item_id))
            for item_id, item in items
        ]
        self._number_movements([layer for layer in layers if layer is not None])
        for (item_id, item), layer in zip(items, layers, strict=True):
            rows = of_item[item_id] + ([layer] if layer else [])
            for row, row.cost_cents in inventory.costs(rows, item):
                self._rows.movement(row)
                self._rows.postings(row.entity, row.id, inventory.entry_of(row))

    def _cost_anew(self) -> None:
        """Into a company that has books: new movements may cost the old ones anew."""
        for row in self._moved:
            self._rows.movement(row)
        for entity, record_id in self._again:
            if entity == "Item":
                self._store.remove_movements(inventory.OPENING, f"Item:{record_id}")
        self._rows.finish()
        self._session.items |= self._items
        raw.settle_items(self._session)


class _Reading(Session):
    """Reads what came and what was there, without a search in the tables for what every document asks."""

    def __init__(self, store: Store, moment: datetime, rows: Rows) -> None:
        super().__init__(store, Cache(), moment)
        self._rows = rows
        self._held = {name: {row.id: payloads.decode(row.payload) for row in store.rows(name)} for name in _HELD}
        self._preferences: dict[tuple[str, str], Any] = {}
        self._young: dict[Key, dict[str, Any]] = {}
        self._old: dict[Key, dict[str, Any]] = {}

    def remember(self, entity: str, record_id: str, body: dict[str, Any]) -> None:
        held = self._held.get(entity)
        if held is not None:
            held[record_id] = body
            self.roles.clear()
            self._preferences.clear()
            return
        self._old.pop((entity, record_id), None)
        self._young[entity, record_id] = body
        if len(self._young) >= _REMEMBERED:
            self._old, self._young = self._young, {}

    def known(self, entity: str, record_id: str) -> dict[str, Any] | None:
        """A body that need not be decoded anew."""
        key = (entity, record_id)
        return self._held[entity].get(record_id) if entity in self._held else self._young.get(key) or self._old.get(key)

    def find(self, entity: str, record_id: str) -> dict[str, Any] | None:
        held = self._held.get(entity)
        if held is not None:
            return held.get(record_id)
        body = self.known(entity, record_id)
        if body is None:
            payload = self._rows.payload(entity, record_id)
            if payload is None:
                return None
            body = payloads.decode(payload)
            self.remember(entity, record_id, body)
        return body

    def preference(self, section: str, field: str) -> Any:
        asked = (section, field)
        if asked not in self._preferences:
            self._preferences[asked] = super().preference(section, field)
        return self._preferences[asked]

    def each(self, entity: str) -> Iterator[dict[str, Any]]:
        held = self._held.get(entity)
        if held is None:
            return (payloads.decode(payload) for _, payload in list(self._rows.payloads(entity)))
        return (held[record_id] for record_id in sorted(held))

    def cells(self, entity: str, body: dict[str, Any], payload: bytes) -> tuple[Any, ...]:
        """The columns of a record."""
        doc = body.get("DocNumber")
        name = naming.unique_name(entity, body)
        return record_cells(self.row(entity, body, payload), name=name, doc=str(doc) if doc else None)


@cache
def _settles(entity: str) -> bool:
    """Whether a record says anything of the books: a transaction, or an item and what is in stock of it."""
    return entity == "Item" or (entity in CATALOGUE and CATALOGUE[entity].is_transaction)


@contextmanager
def uncollected() -> Iterator[None]:
    """Records hold no cycles: looking for some among hundreds of thousands takes a fifth of the time of a load."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
