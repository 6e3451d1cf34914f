"""T-accounts as text: how an accountant writes them, and how a test reads them.

A row is ``name | debits | credits``; an entry is ``MM-DD amount`` of the year 2026, several are separated by commas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

YEAR = "2026"

type Entries = dict[str, dict[str, Decimal]]
"""Account name to day (MM-DD) to amount, debit positive."""


@dataclass(frozen=True)
class Case:
    """What is keyed, and what the accounts hold then on either basis."""

    name: str
    key: Callable[[Any], object]
    accrual: str
    cash: str

    def table(self, basis: str) -> Entries:
        return read(self.cash if basis == "Cash" else self.accrual)

    def days(self) -> list[str]:
        """Every day on which something happens on one of the bases, and one after all."""
        both = (self.table("Accrual"), self.table("Cash"))
        return sorted({day for table in both for entries in table.values() for day in entries} | {"12-31"})


class Cases:
    """The cases of one module, in the order in which they stand there."""

    def __init__(self) -> None:
        self.all: list[Case] = []

    def __call__[Key: Callable[[Any], object]](
        self, *, both: str | None = None, accrual: str = "", cash: str = ""
    ) -> Callable[[Key], Key]:
        """``both`` where the bases agree."""

        def take(key: Key) -> Key:
            name = str(getattr(key, "__name__", ""))
            self.all.append(Case(name, key, accrual if both is None else both, cash if both is None else both))
            return key

        return take

    def __iter__(self) -> Iterator[Case]:
        return iter(self.all)


def read(text: str) -> Entries:
    """The entries of a table. Raises ValueError for a row that is none, and for debits of a day that are not its credits."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    of_day: dict[str, Decimal] = defaultdict(Decimal)
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, *sides = (part.strip() for part in line.split("|"))
        if len(sides) != 2:
            raise ValueError(f"not a T-account: {line}")
        for sign, side in zip((1, -1), sides, strict=True):
            for entry in filter(None, side.split(",")):
                day, amount = entry.split()
                found[name][day] += sign * Decimal(amount)
                of_day[day] += sign * Decimal(amount)
    open_days = {day: str(value) for day, value in of_day.items() if value}
    if open_days:
        raise ValueError(f"debits are not credits: {open_days}")
    return {name: dict(entries) for name, entries in found.items()}


def balances(table: Entries, day: str) -> dict[str, Decimal]:
    """What each account holds at the end of a day; accounts that hold nothing are left out."""
    held = {name: sum((v for d, v in entries.items() if d <= day), Decimal(0)) for name, entries in table.items()}
    return {name: value for name, value in held.items() if value}


def difference(ours: dict[str, Decimal], theirs: dict[str, Decimal]) -> str:
    """Account by account what the two disagree on; empty when they agree."""
    rows = [
        f"  {name}: {ours.get(name, 0)} by hand, {theirs.get(name, 0)} in the report"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name, 0) != theirs.get(name, 0)
    ]
    return "\n".join(rows)
