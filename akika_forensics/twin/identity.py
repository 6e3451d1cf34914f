"""Ids: which entities share a sequence, and where each sequence begins."""

from __future__ import annotations

from functools import cache

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import naming
from akika_forensics.twin.store import Store

_LONG = {"Attachable": 5000000000000000001, "Class": 5000000000000100001}


@cache
def space_of(entity: str) -> str:
    """Customers, vendors and employees share one sequence, transactions another. Source: recorded answers."""
    if entity in naming.PARTIES:
        return "Names"
    row = CATALOGUE.get(entity)
    if row is not None and row.is_transaction and entity != "TimeActivity":
        return "Transactions"
    return entity


def number_of(record_id: str) -> int:
    """For ordering by Id; Ids that are no numbers come first."""
    return int(record_id) if record_id.isascii() and record_id.lstrip("-").isdigit() else -1


def next_id(store: Store, entity: str) -> str:
    space = space_of(entity)
    if space == "Transactions" and store.beliefs.choice("transaction_ids") == "by_type":
        return _next_of_type(store, entity)
    return str(store.next_in(f"id:{space}", _LONG.get(entity, 1)))


def _next_of_type(store: Store, entity: str) -> str:
    """A sequence for each kind of transaction; the common one goes on behind all of them."""
    while True:
        found = str(store.next_in(f"id:{entity}"))
        if store.get(entity, found) is None:
            seen(store, entity, found)
            return found


def seen(store: Store, entity: str, record_id: str) -> None:
    number = number_of(record_id)
    if number > 0:
        store.seen_in(f"id:{space_of(entity)}", number)
