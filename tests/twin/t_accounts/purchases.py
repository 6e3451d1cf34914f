"""Bills, credits of vendors, payments of both, and what is bought at once."""

from __future__ import annotations

from tests.twin.conftest import ref
from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(
    accrual="""
    Rent                   | 02-01 60.00  |
    Truck                  | 02-01 500.00 |
    Cost of goods          | 02-01 25.00  |
    Accounts Payable (A/P) |              | 02-01 585.00
    """
)
def owes_for_an_expense_an_asset_and_an_item(books: Shop) -> None:
    books.bill("02-01", books.spend(60), books.spend(500, books.truck), books.materials(25))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00 |
    Truck                  | 02-01 500.00               |
    Accounts Payable (A/P) | 02-10 280.00               | 02-01 560.00
    Checking               |                            | 02-10 280.00
    """,
    cash="""
    Rent                   | 02-10 30.00                |
    Truck                  | 02-10 250.00               |
    Checking               |                            | 02-10 280.00
    """,
)
def pays_half_of_a_bill(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60), books.spend(500, books.truck))
    books.pay("02-10", 280, (owed, 280))


@CASES(
    accrual="""
    Rent                   | 02-01 10.00              |
    Bank fees              | 02-01 20.00              |
    Accounts Payable (A/P) | 02-10 10.01, 02-20 19.99 | 02-01 30.00
    Checking               |                          | 02-10 10.01, 02-20 19.99
    """,
    cash="""
    Rent                   | 02-10 3.34, 02-20 6.66   |
    Bank fees              | 02-10 6.67, 02-20 13.33  |
    Checking               |                          | 02-10 10.01, 02-20 19.99
    """,
)
def pays_an_odd_part(books: Shop) -> None:
    """10.01 of 30.00: 3.33667 and 6.67333; the cent that is missing belongs to the larger rest."""
    owed = books.bill("02-01", books.spend(10), books.spend(20, books.fees))
    books.pay("02-10", "10.01", (owed, "10.01"))
    books.pay("02-20", "19.99", (owed, "19.99"))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00 |
    Accounts Payable (A/P) | 02-10 60.00 | 02-01 60.00
    Card                   |             | 02-10 60.00
    """,
    cash="""
    Rent                   | 02-10 60.00 |
    Card                   |             | 02-10 60.00
    """,
)
def pays_a_bill_by_card(books: Shop) -> None:
    """A card counts as money."""
    owed = books.bill("02-01", books.spend(60))
    books.pay("02-10", 60, (owed, 60), card=True)


@CASES(
    accrual="""
    Accounts Payable (A/P) | 02-01 15.00 |
    Rent                   |             | 02-01 15.00
    """
)
def gets_a_credit(books: Shop) -> None:
    books.back("02-01", books.spend(15))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00              | 02-03 15.00
    Accounts Payable (A/P) | 02-03 15.00, 02-10 45.00 | 02-01 60.00
    Checking               |                          | 02-10 45.00
    """,
    cash="""
    Rent                   | 02-10 60.00              | 02-10 15.00
    Checking               |                          | 02-10 45.00
    """,
)
def pays_a_bill_less_a_credit(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    credit = books.back("02-03", books.spend(15))
    books.pay("02-10", 45, (owed, 60), (credit, 15))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00 | 02-20 60.00
    Accounts Payable (A/P) | 02-20 60.00 | 02-01 60.00
    """,
    cash="""
    Rent                                | 02-10 20.00 | 02-20 20.00
    Unapplied Cash Bill Payment Expense | 02-20 20.00 | 02-10 20.00
    """,
)
def uses_a_credit_before_its_day(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    credit = books.back("02-20", books.spend(60))
    books.pay("02-10", 0, (owed, 20), (credit, 20))


@CASES(
    accrual="""
    Rent                                | 02-01 60.00 |
    Accounts Payable (A/P)              | 02-10 70.00 | 02-01 60.00
    Checking                            |             | 02-10 70.00
    """,
    cash="""
    Rent                                | 02-10 60.00 |
    Unapplied Cash Bill Payment Expense | 02-10 10.00 |
    Checking                            |             | 02-10 70.00
    """,
)
def pays_too_much(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    books.pay("02-10", 70, (owed, 60))


@CASES(
    accrual="""
    Rent                                | 02-10 60.00 |
    Accounts Payable (A/P)              | 02-01 60.00 | 02-10 60.00
    Checking                            |             | 02-01 60.00
    """,
    cash="""
    Rent                                | 02-10 60.00 |
    Unapplied Cash Bill Payment Expense | 02-01 60.00 | 02-10 60.00
    Checking                            |             | 02-01 60.00
    """,
)
def pays_before_the_bill(books: Shop) -> None:
    owed = books.bill("02-10", books.spend(60))
    books.pay("02-01", 60, (owed, 60))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00                    |
    Bank fees              | 02-05 40.00                    |
    Accounts Payable (A/P) | 02-10 80.00                    | 02-01 60.00, 02-05 40.00
    Checking               |                                | 02-10 80.00
    """,
    cash="""
    Rent                   | 02-10 60.00                    |
    Bank fees              | 02-10 20.00                    |
    Checking               |                                | 02-10 80.00
    """,
)
def pays_two_bills_at_once(books: Shop) -> None:
    first = books.bill("02-01", books.spend(60))
    second = books.bill("02-05", books.spend(40, books.fees))
    books.pay("02-10", 80, (first, 60), (second, 20))


@CASES(
    both="""
    Rent                   | 02-01 80.00 |
    Accounts Payable (A/P) | 02-10 80.00 | 02-01 80.00
    Checking               |             | 02-10 80.00
    """
)
def pays_what_an_entry_says_is_owed(books: Shop) -> None:
    owed = books.control("Accounts Payable")
    entry = books.journal("02-01", (books.rent, 80, None), (owed, -80, ("Vendor", books.power)))
    books.pay("02-10", 80, (entry, 80))


@CASES(
    both="""
    Rent          | 02-01 12.00 |
    Cost of goods | 02-01 25.00 |
    Checking      |             | 02-01 37.00
    """
)
def writes_a_check(books: Shop) -> None:
    vendor = {**ref(books.power), "type": "Vendor"}
    books.purchase("02-01", "Check", books.checking, books.spend(12), books.materials(25), EntityRef=vendor)


@CASES(
    both="""
    Rent   | 02-01 12.00 |
    Drawer |             | 02-01 12.00
    """
)
def spends_cash(books: Shop) -> None:
    books.purchase("02-01", "Cash", books.drawer, books.spend(12))


@CASES(
    both="""
    Truck | 02-01 90.00 |
    Rent  | 02-01 10.00 |
    Card  |             | 02-01 100.00
    """
)
def spends_by_card(books: Shop) -> None:
    books.purchase("02-01", "CreditCard", books.card, books.spend(90, books.truck), books.billable(10))


@CASES(
    both="""
    Card | 02-01 12.00 |
    Rent |             | 02-01 12.00
    """
)
def gets_money_back_on_the_card(books: Shop) -> None:
    books.purchase("02-01", "CreditCard", books.card, books.spend(12), Credit=True)
