"""The third way of posting: what is keyed posts what the hand-worked T-accounts say, on every day and on both bases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.twin.t_accounts import abroad, banking, purchases, receipts, sales, screens, stock, table, undone
from tests.twin.t_accounts.shop import Overseas, Shop

OPENED = table.read("""
Stock                  | 01-01 40.00 |
Opening Balance Equity |             | 01-01 40.00
""")
"""Ten pumps at 4, with which every company here begins."""

HOME = [
    pytest.param(case, id=f"{module.__name__.rpartition('.')[2]}-{case.name}")
    for module in (sales, receipts, purchases, banking, stock, undone)
    for case in module.CASES
]
AT_SCREENS = [pytest.param(case, id=f"screens-{case.name}") for case in screens.CASES]
"""Part of which no record tells."""
FOREIGN = [pytest.param(case, id=f"abroad-{case.name}") for case in abroad.CASES]


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.twin.close()


@pytest.fixture
def overseas() -> Iterator[Overseas]:
    made = Overseas()
    yield made
    made.twin.close()


def holds(books: Shop, case: table.Case, basis: str) -> None:
    """On each day that one of the tables names, exactly these accounts hold exactly this."""
    by_hand = table.read(case.cash if basis == "Cash" else case.accrual)
    for day in case.days():
        ours = table.balances(by_hand, day)
        for name, value in table.balances(OPENED, day).items():
            ours[name] = ours.get(name, Decimal(0)) + value
        period = {"start_date": f"{table.YEAR}-01-01", "end_date": f"{table.YEAR}-{day}"}
        theirs = books.balances(**period, accounting_method=basis)
        wrong = table.difference(ours, theirs)
        assert not wrong, f"{case.name}, {basis} basis, {day}:\n{wrong}"


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
@pytest.mark.parametrize("case", [*HOME, *AT_SCREENS])
def test_in_one_currency(shop: Shop, case: table.Case, basis: str) -> None:
    case.key(shop)
    holds(shop, case, basis)


@pytest.mark.parametrize("basis", ["Accrual", "Cash"])
@pytest.mark.parametrize("case", FOREIGN)
def test_in_two_currencies(overseas: Overseas, case: table.Case, basis: str) -> None:
    case.key(overseas)
    holds(overseas, case, basis)


def test_accounts_and_names_hold_their_own_currency(overseas: Overseas) -> None:
    """By hand: 100 euros invoiced, 70 paid of which 50 applied; 60 billed, 25 paid from the euro account."""
    books = overseas
    sale = books.sell("02-01", "1.10", books.work(100))
    books.get_paid("02-10", "1.20", 70, (sale, 50))
    owed = books.owe("02-01", "1.10", books.spend(60))
    books.settle("02-10", "1.25", 25, (owed, 25))
    receivable, payable = "Accounts Receivable (A/R) - EUR", "Accounts Payable (A/P) - EUR"
    own = {
        name: books.get("Account", books.account(name))["CurrentBalance"] for name in (receivable, payable, "Euro bank")
    }
    assert own == {receivable: 30, payable: -35, "Euro bank": 45}
    assert books.get("Customer", books.emma)["Balance"] == 30
    assert books.get("Vendor", books.stahl)["Balance"] == 35
    left = books.get(*sale), books.get(*owed)
    assert [(body["Balance"], body["HomeBalance"]) for body in left] == [(50, 55), (35, Decimal("38.50"))]


@pytest.mark.parametrize("text", ["Rent | 02-01 1.00 |", "Rent 02-01 1.00", "Rent | 02-01 1.00 |\nCard | | 02-02 1.00"])
def test_a_table_that_does_not_balance_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"credits|T-account"):
        table.read(text)


def test_a_wrong_cent_is_told_with_its_account(shop: Shop) -> None:
    shop.invoice("02-01", shop.work(100))
    wrong = table.Case("wrong", len, "Sales | | 02-01 100.01\nRent | 02-01 100.01 |", "")
    with pytest.raises(AssertionError, match=r"Sales: -100.01 by hand, -100.00 in the report"):
        holds(shop, wrong, "Accrual")
