"""How far an account of the books and its bank agree on a day, and by what they differ."""

from __future__ import annotations

from dataclasses import dataclass

from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.statements.statement import on_statement
from akika_forensics.twin.store import Store


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A transaction of which the bank has not yet shown ``cents`` (or, where the signs say so, has shown too much)."""

    entity: str
    id: str
    cents: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """``bank`` = ``book`` less what is outstanding plus what the books do not know, all in the account's own cents."""

    account: str
    until: str
    book: int
    bank: int
    outstanding: tuple[Outstanding, ...]
    unrecorded: tuple[BankLine, ...]


def of(store: Store, account: str, until: str) -> Agreement:
    """As of the end of a day. Raises WrongUse for an account that is not there or at no bank."""
    on_statement(store, account)
    booked = store.moved_by_source(account, until)
    shown = store.bank.sums(account, until)
    shown.pop(("", ""), None)
    open_items = [
        Outstanding(*key, booked.get(key, 0) - shown.get(key, 0)) for key in sorted(booked.keys() | shown.keys())
    ]
    return Agreement(
        account,
        until,
        sum(booked.values()),
        store.bank.balance(account, until),
        tuple(item for item in open_items if item.cents),
        tuple(line for line in store.bank.of(account, until=until) if not line.entity),
    )
