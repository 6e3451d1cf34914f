"""A company after a random life, its sides on both bases, and its reports beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.twin.recount import cash, posting, sheet
from tests.twin.recount.acts import act
from tests.twin.recount.documents import Company, Key
from tests.twin.recount.keying import Keeper
from tests.twin.recount.posting import Side
from tests.twin.t_accounts.shop import Overseas, Shop

START, END = "2025-11-01", "2026-03-31"

type Check = Callable[[Recount, str], None]
"""Compares a report with the recount on a basis; raises AssertionError with the report, the lines and both figures."""


class Recount:
    """A company after some steps, its sides on a basis, and its reports."""

    def __init__(self, steps: list[tuple[str, int]], *, abroad: bool = False) -> None:
        shop = Overseas() if abroad else Shop()
        self.keeper = Keeper(shop)
        if isinstance(shop, Overseas):
            self.keeper.go_abroad(shop)
        for name, seed in steps:
            act(self.keeper, name, seed)
        self.company: Company = self.keeper.company()
        self.sides = {"Accrual": posting.sides(self.company), "Cash": cash.cash_sides(self.company)}
        self.names = {account.id: account.name for account in self.company.accounts.values()}

    def close(self) -> None:
        self.keeper.shop.twin.close()

    def report(self, name: str, **parameters: str) -> dict[str, Any]:
        made: dict[str, Any] = self.keeper.shop.twin.report(name, **parameters)
        return made

    def same(self, what: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> None:
        wrong = sheet.differences(ours, theirs, self.names)
        told = "\n".join(f"  {doc}" for doc in self.company.docs.values())
        assert not wrong, f"{what}:\n  " + "\n  ".join(wrong) + f"\nkeyed:\n{told}"

    def of_document(self, key: Key) -> list[Side]:
        return [side for side in self.sides["Accrual"] if side.key == key]
