"""Euros: what is owed at one rate and paid at another, and what that gains or loses."""

from __future__ import annotations

from tests.twin.conftest import ref
from tests.twin.foreign_scene import euro
from tests.twin.t_accounts.shop import Overseas
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-01 110.00 | 02-10 110.00
    Sales                           |              | 02-01 110.00
    Checking                        | 02-10 115.00 |
    Exchange Gain or Loss           |              | 02-10 5.00
    """,
    cash="""
    Sales                           |              | 02-10 110.00
    Checking                        | 02-10 115.00 |
    Exchange Gain or Loss           |              | 02-10 5.00
    """,
)
def gains_on_an_invoice(books: Overseas) -> None:
    """100 euros were worth 110 dollars and bring 115."""
    sale = books.sell("02-01", "1.10", books.work(100))
    books.get_paid("02-10", "1.15", 100, (sale, 100), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-01 110.00 | 02-10 110.00
    Sales                           |              | 02-01 110.00
    Euro bank                       | 02-10 102.00 |
    Exchange Gain or Loss           | 02-10 8.00   |
    """,
    cash="""
    Sales                           |              | 02-10 110.00
    Euro bank                       | 02-10 102.00 |
    Exchange Gain or Loss           | 02-10 8.00   |
    """,
)
def loses_on_an_invoice(books: Overseas) -> None:
    sale = books.sell("02-01", "1.10", books.work(100))
    books.get_paid("02-10", "1.02", 100, (sale, 100))


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-01 110.00 | 02-10 55.00, 02-10 24.00
    Sales                           |              | 02-01 110.00
    Euro bank                       | 02-10 84.00  |
    Exchange Gain or Loss           |              | 02-10 5.00
    """,
    cash="""
    Sales                           |              | 02-10 55.00
    Unapplied Cash Payment Income   |              | 02-10 24.00
    Euro bank                       | 02-10 84.00  |
    Exchange Gain or Loss           |              | 02-10 5.00
    """,
)
def is_paid_half_and_something_in_advance(books: Overseas) -> None:
    """Of 70 euros at 1.20 fifty are applied at 1.10; twenty are an advance at 1.20."""
    sale = books.sell("02-01", "1.10", books.work(100))
    books.get_paid("02-10", "1.20", 70, (sale, 50))


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-10 110.00 | 02-01 110.00
    Sales                           |              | 02-10 110.00
    Euro bank                       | 02-01 120.00 |
    Exchange Gain or Loss           |              | 02-01 10.00
    """,
    cash="""
    Unapplied Cash Payment Income   | 02-10 110.00 | 02-01 110.00
    Sales                           |              | 02-10 110.00
    Euro bank                       | 02-01 120.00 |
    Exchange Gain or Loss           |              | 02-01 10.00
    """,
)
def is_paid_before_the_invoice(books: Overseas) -> None:
    sale = books.sell("02-10", "1.10", books.work(100))
    books.get_paid("02-01", "1.20", 100, (sale, 100))


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-01 44.00, 02-10 6.00 | 02-03 50.00
    Sales                           |                         | 02-01 44.00
    Teaching                        | 02-03 50.00             |
    Exchange Gain or Loss           |                         | 02-10 6.00
    """,
    cash="""
    Sales                           |                         | 02-10 44.00
    Teaching                        | 02-10 50.00             |
    Exchange Gain or Loss           |                         | 02-10 6.00
    """,
)
def uses_a_credit_of_another_rate(books: Overseas) -> None:
    """40 euros are claimed at 44 dollars and were credited at 50: six of the credit's dollars are not owed."""
    sale = books.sell("02-01", "1.10", books.work(40))
    memo = books.sell("02-03", "1.25", books.work(40, item=books.lesson), entity="CreditMemo")
    books.get_paid("02-10", "1.30", 0, (sale, 40), (memo, 40))


@CASES(
    accrual="""
    Accounts Receivable (A/R) - EUR | 02-01 162.00 | 02-10 81.00
    Sales                           |              | 02-01 150.00
    Board of Equalization Payable   |              | 02-01 12.00
    Euro bank                       | 02-10 86.40  |
    Exchange Gain or Loss           |              | 02-10 5.40
    """,
    cash="""
    Sales                           |              | 02-10 75.00
    Board of Equalization Payable   |              | 02-10 6.00
    Euro bank                       | 02-10 86.40  |
    Exchange Gain or Loss           |              | 02-10 5.40
    """,
)
def sells_with_tax_and_is_paid_half(books: Overseas) -> None:
    """108 euros at 1.50; 54 are paid at 1.60."""
    sale = books.sell("02-01", "1.50", books.work(100, tax=True), code="2")
    books.get_paid("02-10", "1.60", 54, (sale, 54))


@CASES(
    accrual="""
    Rent                         | 02-01 66.00 |
    Accounts Payable (A/P) - EUR | 02-10 66.00 | 02-01 66.00
    Checking                     |             | 02-10 63.00
    Exchange Gain or Loss        |             | 02-10 3.00
    """,
    cash="""
    Rent                         | 02-10 66.00 |
    Checking                     |             | 02-10 63.00
    Exchange Gain or Loss        |             | 02-10 3.00
    """,
)
def gains_on_a_bill(books: Overseas) -> None:
    owed = books.owe("02-01", "1.10", books.spend(60))
    books.settle("02-10", "1.05", 60, (owed, 60), bank=books.checking)


@CASES(
    accrual="""
    Rent                         | 02-01 66.00 |
    Accounts Payable (A/P) - EUR | 02-10 33.00 | 02-01 66.00
    Euro bank                    |             | 02-10 36.00
    Exchange Gain or Loss        | 02-10 3.00  |
    """,
    cash="""
    Rent                         | 02-10 33.00 |
    Euro bank                    |             | 02-10 36.00
    Exchange Gain or Loss        | 02-10 3.00  |
    """,
)
def loses_on_half_of_a_bill(books: Overseas) -> None:
    owed = books.owe("02-01", "1.10", books.spend(60))
    books.settle("02-10", "1.20", 30, (owed, 30))


@CASES(
    accrual="""
    Rent                         | 02-01 15.00                        |
    Accounts Payable (A/P) - EUR | 02-10 5.00, 02-11 5.00, 02-12 5.00 | 02-01 14.99
    Euro bank                    |                                    | 02-10 5.00, 02-11 5.00, 02-12 5.00
    Exchange Gain or Loss        |                                    | 02-01 0.01
    """,
    cash="""
    Rent                         | 02-10 5.01, 02-11 4.98, 02-12 5.01 |
    Euro bank                    |                                    | 02-10 5.00, 02-11 5.00, 02-12 5.00
    Exchange Gain or Loss        | 02-11 0.01, 02-11 0.01             | 02-10 0.01, 02-12 0.01
    """,
)
def pays_three_lines_that_round(books: Overseas) -> None:
    """3.33 euros at 1.50 are 4.995, rounded 5.00; 9.99 are 14.985, rounded 14.99: a side of one cent the other way.

    After one third 5.00 of 14.99 count: 3 x 1.66778 and -0.00334, in whole cents 3 x 1.67 and -0.01. After two thirds 9.99:
    3 x 3.33222 and -0.00667, in whole cents 3 x 3.33 and 0.00. What the second payment cleared is a cent more than that.
    """
    line = books.spend("3.33")
    owed = books.owe("02-01", "1.50", dict(line), dict(line), dict(line))
    for day in ("02-10", "02-11", "02-12"):
        books.settle(day, "1.50", "3.33", (owed, "3.33"))


@CASES(
    accrual="""
    Undeposited Funds               | 02-10 110.00 | 02-12 110.00
    Accounts Receivable (A/R) - EUR |              | 02-10 110.00
    Euro bank                       | 02-12 116.00 |
    Exchange Gain or Loss           |              | 02-12 6.00
    """,
    cash="""
    Undeposited Funds               | 02-10 110.00 | 02-12 110.00
    Unapplied Cash Payment Income   |              | 02-10 110.00
    Euro bank                       | 02-12 116.00 |
    Exchange Gain or Loss           |              | 02-12 6.00
    """,
)
def banks_euros_later(books: Overseas) -> None:
    """Received at 1.10, banked at 1.16."""
    paid = books.receive("02-10", 100, who=books.emma, **euro("1.10"))
    books.deposit("02-12", books.held(paid), into=books.euros, **euro("1.16"))


@CASES(
    both="""
    Checking  | 02-01 65.00 |
    Euro bank |             | 02-01 65.00
    """
)
def changes_money(books: Overseas) -> None:
    body = {"FromAccountRef": ref(books.euros), "ToAccountRef": ref(books.checking), "Amount": 50, **euro("1.30")}
    books.key("Transfer", "02-01", body)


@CASES(
    both="""
    Rent      | 02-01 14.00 |
    Euro bank |             | 02-01 14.00
    """
)
def spends_euros(books: Overseas) -> None:
    books.purchase("02-01", "Cash", books.euros, books.spend(10), **euro("1.40"))


@CASES(
    both="""
    Euro bank | 02-01 28.00 |
    Sales     |             | 02-01 28.00
    """
)
def sells_for_euros_in_cash(books: Overseas) -> None:
    into = {"DepositToAccountRef": ref(books.euros)}
    books.sold("SalesReceipt", "02-01", books.work(20), who=books.emma, **into, **euro("1.40"))


@CASES(
    accrual="""
    Stock                        | 02-01 70.00 | 02-02 54.00
    Accounts Payable (A/P) - EUR | 02-10 35.00 | 02-01 70.00
    Accounts Receivable (A/R)    | 02-02 99.00 |
    Sales                        |             | 02-02 99.00
    Cost of goods                | 02-02 54.00 |
    Euro bank                    |             | 02-10 35.00
    """,
    cash="""
    Stock                        | 02-10 35.00 |
    Euro bank                    |             | 02-10 35.00
    """,
)
def buys_stock_abroad(books: Overseas) -> None:
    """Five pumps for 35 euros at 2 are 70 dollars; of fifteen, eleven go: ten at 4 and one at 14. Half is paid."""
    owed = books.owe("02-01", "2", books.stock_up(5, 35))
    books.invoice("02-02", books.pumps(11, 99))
    books.settle("02-10", "2", "17.50", (owed, "17.50"))


@CASES(
    both="""
    Accounts Receivable (A/R) - EUR | 02-01 55.00 | 02-10 55.00
    Sales                           |             | 02-01 55.00
    Euro bank                       | 02-10 60.00 |
    Exchange Gain or Loss           |             | 02-10 5.00
    """
)
def is_paid_what_an_entry_says_is_owed(books: Overseas) -> None:
    """50 euros at 1.10 by journal, received at 1.20."""
    claim = books.made("Account", {"Name": "Accounts Receivable (A/R) - EUR", "AccountType": "Accounts Receivable", "CurrencyRef": ref("EUR")})  # fmt: skip
    entry = books.journal("02-01", (claim, 50, ("Customer", books.emma)), (books.sales, -50, None), **euro("1.10"))
    books.get_paid("02-10", "1.20", 50, (entry, 50))
