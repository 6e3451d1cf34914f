"""The second opinion against the hand-worked tables: what is recounted out of the records is what was worked out by hand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from akika_forensics.model import payload
from tests.twin.recount import cash, posting, reading
from tests.twin.recount.documents import Company
from tests.twin.t_accounts import table
from tests.twin.t_accounts.shop import Overseas, Shop
from tests.twin.test_t_accounts import FOREIGN, HOME, OPENED, overseas, shop

__all__ = ["overseas", "shop"]


def recount(books: Shop) -> Company:
    found = reading.company((entity, payload.decode(raw)) for (entity, _), raw in books.twin.dump().items())
    for item in found.items.values():
        if item.kind == "Inventory":
            units, day = (10, "2026-01-01") if item.name.startswith("Pump") else (6, "2026-02-01")
            reading.opened(found, item.id, units, day)
    return found


def agrees(books: Shop, case: table.Case, basis: str) -> None:
    company = recount(books)
    rows = cash.cash_sides(company) if basis == "Cash" else posting.sides(company)
    by_hand = table.read(case.cash if basis == "Cash" else case.accrual)
    for day in case.days():
        held: dict[str, Decimal] = defaultdict(Decimal)
        for side in rows:
            if side.day <= f"{table.YEAR}-{day}":
                account = company.accounts.get(side.account)
                held[_shown(books, account.id) if account else side.account] += Decimal(side.cents) / 100
        ours = table.balances(by_hand, day)
        for name, value in table.balances(OPENED, day).items():
            ours[name] = ours.get(name, Decimal(0)) + value
        wrong = table.difference(ours, {name: value for name, value in held.items() if value})
        assert not wrong, f"{case.name}, {basis} basis, {day}:\n{wrong}"


def _shown(books: Shop, account: str) -> str:
    return str(books.get("Account", account)["Name"])


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
@pytest.mark.parametrize("case", HOME)
def test_at_home(shop: Shop, case: table.Case, basis: str) -> None:
    case.key(shop)
    agrees(shop, case, basis)


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
@pytest.mark.parametrize("case", FOREIGN)
def test_abroad(overseas: Overseas, case: table.Case, basis: str) -> None:
    case.key(overseas)
    agrees(overseas, case, basis)
