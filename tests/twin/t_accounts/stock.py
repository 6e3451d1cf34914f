"""Stock at first in, first out: what it costs when it is sold, and when that counts if the money comes later."""

from __future__ import annotations

from tests.twin.conftest import ref
from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 29.16 | 02-10 10.00, 02-20 19.16
    Sales                         |             | 02-01 27.00
    Board of Equalization Payable |             | 02-01 2.16
    Cost of goods                 | 02-01 12.00 |
    Stock                         |             | 02-01 12.00
    Checking                      | 02-10 10.00, 02-20 19.16 |
    """,
    cash="""
    Sales                         |             | 02-10 9.26, 02-20 17.74
    Board of Equalization Payable |             | 02-10 0.74, 02-20 1.42
    Cost of goods                 | 02-10 4.12, 02-20 7.88 |
    Stock                         |             | 02-10 4.12, 02-20 7.88
    Checking                      | 02-10 10.00, 02-20 19.16 |
    """,
)
def sells_stock_and_is_paid_bit_by_bit(books: Shop) -> None:
    """10.00 of 29.16: 9.25926 and 0.74074, the cent to the first; 12.00 of cost count with 4.11523."""
    sale = books.invoice("02-01", books.pumps(3, 27, tax=True), code="2")
    books.receive("02-10", 10, (sale, 10), into=books.checking)
    books.receive("02-20", "19.16", (sale, "19.16"), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 27.00 |
    Sales                     |             | 02-01 27.00
    Cost of goods             | 02-01 12.00 |
    Stock                     |             | 02-01 12.00
    """
)
def sells_stock_on_account(books: Shop) -> None:
    books.invoice("02-01", books.pumps(3, 27))


@CASES(
    accrual="""
    Stock                     | 02-01 35.00  | 02-05 54.00
    Accounts Payable (A/P)    | 02-20 35.00  | 02-01 35.00
    Accounts Receivable (A/R) | 02-05 108.00 | 02-10 36.00
    Sales                     |              | 02-05 108.00
    Cost of goods             | 02-05 54.00  |
    Checking                  | 02-10 36.00  | 02-20 35.00
    """,
    cash="""
    Stock                     | 02-20 35.00  | 02-10 18.00
    Sales                     |              | 02-10 36.00
    Cost of goods             | 02-10 18.00  |
    Checking                  | 02-10 36.00  | 02-20 35.00
    """,
)
def sells_out_of_two_layers(books: Shop) -> None:
    """Ten at 4 and two at 7 are 54; a third is paid, before the vendor is."""
    owed = books.bill("02-01", books.stock_up(5, 35))
    sale = books.invoice("02-05", books.pumps(12, 108))
    books.receive("02-10", 36, (sale, 36), into=books.checking)
    books.pay("02-20", 35, (owed, 35))


@CASES(
    accrual="""
    Stock                     | 01-20 8.00   | 02-05 44.00
    Accounts Payable (A/P)    |              | 01-20 8.00
    Accounts Receivable (A/R) | 02-05 108.00 | 02-10 108.00
    Sales                     |              | 02-05 108.00
    Cost of goods             | 02-05 44.00  |
    Checking                  | 02-10 108.00 |
    """,
    cash="""
    Stock                     |              | 02-10 44.00
    Sales                     |              | 02-10 108.00
    Cost of goods             | 02-10 44.00  |
    Checking                  | 02-10 108.00 |
    """,
)
def buys_earlier_than_it_keys(books: Shop) -> None:
    """Twelve were sold when ten were there. Then a bill of January for four at 2 turns up: ten at 4, two at 2."""
    sale = books.invoice("02-05", books.pumps(12, 108))
    books.receive("02-10", 108, (sale, 108), into=books.checking)
    books.bill("01-20", books.stock_up(4, 8))


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-05 108.00 |
    Sales                     |              | 02-05 108.00
    Cost of goods             | 02-05 48.00  |
    Stock                     |              | 02-05 48.00
    """,
    cash="",
)
def sells_more_than_there_is(books: Shop) -> None:
    """Ten at 4, and two that are not there at the price at which pumps are bought; a bill that is gone again changes nothing."""
    books.invoice("02-05", books.pumps(12, 108))
    gone = books.bill("01-20", books.stock_up(4, 8))
    books.undo(gone, "delete")


@CASES(
    both="""
    Undeposited Funds         | 02-01 36.00 |
    Sales                     |             | 02-01 36.00
    Cost of goods             | 02-01 16.00 |
    Stock                     |             | 02-01 16.00
    """
)
def sells_stock_for_cash(books: Shop) -> None:
    books.sold("SalesReceipt", "02-01", books.pumps(4, 36))


@CASES(
    accrual="""
    Undeposited Funds         | 02-01 36.00 |
    Sales                     | 02-03 9.00  | 02-01 36.00
    Cost of goods             | 02-01 16.00 | 02-03 4.00
    Stock                     | 02-03 4.00  | 02-01 16.00
    Accounts Receivable (A/R) |             | 02-03 9.00
    """,
    cash="""
    Undeposited Funds         | 02-01 36.00 |
    Sales                     |             | 02-01 36.00
    Cost of goods             | 02-01 16.00 |
    Stock                     |             | 02-01 16.00
    """,
)
def takes_stock_back_for_a_credit(books: Shop) -> None:
    """It comes back at what the last one cost; on the cash basis not before the credit is used."""
    books.sold("SalesReceipt", "02-01", books.pumps(4, 36))
    books.memo("02-03", books.pumps(1, 9))


@CASES(
    both="""
    Sales         | 02-03 9.00  | 02-01 36.00
    Cost of goods | 02-01 16.00 | 02-03 4.00
    Stock         | 02-03 4.00  | 02-01 16.00
    Checking      | 02-01 36.00 | 02-03 9.00
    """
)
def takes_stock_back_for_money(books: Shop) -> None:
    bank = {"DepositToAccountRef": ref(books.checking)}
    books.sold("SalesReceipt", "02-01", books.pumps(4, 36), **bank)
    books.sold("RefundReceipt", "02-03", books.pumps(1, 9), **bank)


@CASES(
    accrual="""
    Stock                  | 02-01 35.00              | 02-03 8.00
    Cost of goods          |                          | 02-03 2.00
    Accounts Payable (A/P) | 02-03 10.00, 02-10 30.00 | 02-01 35.00
    Checking               |                          | 02-10 30.00
    """,
    cash="""
    Stock                  | 02-10 35.00              | 02-10 4.00
    Cost of goods          |                          | 02-10 1.00
    Checking               |                          | 02-10 30.00
    """,
)
def sends_stock_back(books: Shop) -> None:
    """Two of the oldest leave at 8, the vendor gives 10; half of the credit is used."""
    owed = books.bill("02-01", books.stock_up(5, 35))
    credit = books.back("02-03", books.stock_up(2, 10))
    books.pay("02-10", 30, (owed, 35), (credit, 5))


@CASES(
    both="""
    Stock    | 02-01 35.00 |
    Checking |             | 02-01 35.00
    """
)
def buys_stock_for_cash(books: Shop) -> None:
    books.purchase("02-01", "Check", books.checking, books.stock_up(5, 35))


@CASES(
    both="""
    Shrinkage | 02-04 8.00 | 02-05 4.00
    Stock     | 02-05 4.00 | 02-04 8.00
    """
)
def counts_less_and_then_more(books: Shop) -> None:
    books.adjust("02-04", -2)
    books.adjust("02-05", 1)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 28.00 | 02-10 14.00
    Sales                     |             | 02-01 18.00
    Teaching                  |             | 02-01 10.00
    Cost of goods             | 02-01 8.00  |
    Stock                     |             | 02-01 8.00
    Checking                  | 02-10 14.00 |
    """,
    cash="""
    Sales                     |             | 02-10 9.00
    Teaching                  |             | 02-10 5.00
    Cost of goods             | 02-10 4.00  |
    Stock                     |             | 02-10 4.00
    Checking                  | 02-10 14.00 |
    """,
)
def sells_a_bundle_with_stock(books: Shop) -> None:
    bundle = books.bundle(books.pumps(2, 18), books.work(10, item=books.lesson))
    sale = books.invoice("02-01", bundle)
    books.receive("02-10", 14, (sale, 14), into=books.checking)
