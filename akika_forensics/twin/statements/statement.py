"""A statement: what an account held at first, what happened, what it holds in the end."""

from __future__ import annotations

import calendar
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.store import Store

KINDS: Final = frozenset({"Bank", "Credit Card"})
ROUTING: Final = "990000013"
"""A bank of nobody: no prefix 99 is given out, the check digit is right."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``opening`` and ``closing`` are cents at the start of ``since`` and at the end of ``until``; card debts are negative.

    ``currency`` is a code; ``number`` is the account's number at its bank, masked on a card.
    """

    account: str
    name: str
    card: bool
    savings: bool
    number: str
    currency: str
    since: date
    until: date
    opening: int
    lines: tuple[BankLine, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(line.cents for line in self.lines)


def of(store: Store, account: str, since: date, until: date) -> Statement:
    """Raises WrongUse for an account that is not there or at no bank, and for days the wrong way round."""
    body = on_statement(store, account)
    if until < since:
        raise WrongUse(f"A statement from {since} to {until} ends before it begins.")
    before = (since - timedelta(days=1)).isoformat()
    currency = body.get("CurrencyRef")
    return Statement(
        account,
        str(body.get("Name", "")),
        body.get("AccountType") == "Credit Card",
        body.get("AccountSubType") == "Savings",
        _number(store.setting("realm_id") or "", body),
        str(currency.get("value", "USD")) if isinstance(currency, dict) else "USD",
        since,
        until,
        store.bank.balance(account, before),
        tuple(store.bank.of(account, since.isoformat(), until.isoformat())),
    )


def on_statement(store: Store, account: str) -> dict[str, Any]:
    """The account's body. Raises WrongUse for one that is not there or at no bank."""
    row = store.get("Account", account)
    if row is None:
        raise WrongUse(f"There is no account {account}.")
    body: dict[str, Any] = payloads.decode(row.payload)
    if body.get("AccountType") not in KINDS:
        raise WrongUse(
            f"Account {account} is at no bank: it is of type {body.get('AccountType')}.",
            do="Name an account of type Bank or Credit Card.",
        )
    return body


def monthly(store: Store, account: str) -> Iterator[Statement]:
    """A statement for each month from the first line to the last, none left out."""
    on_statement(store, account)
    days = store.bank.days(account)
    if days is None:
        return
    first, last = (date.fromisoformat(day) for day in days)
    start = first.replace(day=1)
    while start <= last:
        end = start.replace(day=calendar.monthrange(start.year, start.month)[1])
        yield of(store, account, start, end)
        start = end + timedelta(days=1)


def _number(realm: str, body: dict[str, Any]) -> str:
    digits = f"{int(hashlib.sha256(f'{realm}:{body["Id"]}'.encode()).hexdigest(), 16) % 10**10:010d}"
    return "X" * 12 + digits[-4:] if body.get("AccountType") == "Credit Card" else digits


def one_line(text: str) -> str:
    """Text as a bank prints it: on one line, without control characters."""
    seen = "".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else char for char in text)
    return " ".join(seen.split())
