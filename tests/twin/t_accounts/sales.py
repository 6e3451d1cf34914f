"""Forms of sale by themselves: invoices, receipts, credit memos and refunds, their taxes, discounts and freight."""

from __future__ import annotations

from tests.twin.conftest import ref
from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 100.00 |
    Sales                     |              | 02-01 100.00
    """
)
def sells_on_account(books: Shop) -> None:
    books.invoice("02-01", books.work(100))


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 108.00 |
    Sales                         |              | 02-01 100.00
    Board of Equalization Payable |              | 02-01 8.00
    """
)
def sells_with_sales_tax(books: Shop) -> None:
    books.invoice("02-01", books.work(100, tax=True), code="2")


@CASES(
    accrual="""
    Accounts Receivable (A/R)        | 02-01 36.37 |
    Sales                            |             | 02-01 33.33
    Arizona Dept. of Revenue Payable |             | 02-01 2.37, 02-01 0.67
    """
)
def sells_with_the_taxes_of_a_state_and_a_city(books: Shop) -> None:
    """7.1 % of 33.33 is 2.36643, 2 % is 0.6666: each is rounded by itself."""
    books.invoice("02-01", books.work("33.33", tax=True), code="3")


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 97.20              | 02-10 33.33, 02-20 63.87
    Sales                         |                          | 02-01 100.00
    Discounts given               | 02-01 10.00              |
    Board of Equalization Payable |                          | 02-01 7.20
    Checking                      | 02-10 33.33, 02-20 63.87 |
    """,
    cash="""
    Sales                         |                          | 02-10 34.29, 02-20 65.71
    Discounts given               | 02-10 3.43, 02-20 6.57   |
    Board of Equalization Payable |                          | 02-10 2.47, 02-20 4.73
    Checking                      | 02-10 33.33, 02-20 63.87 |
    """,
)
def is_taxed_on_what_a_discount_leaves(books: Shop) -> None:
    """33.33 of 97.20: 34.2901 of the work, 3.4290 of the discount, 2.4689 of the tax, in whole cents 34.29 - 3.43 + 2.47."""
    line, cut = books.work(100, tax=True), books.percent(10)
    sale = books.invoice("02-01", line, cut, code="2", ApplyTaxAfterDiscount=True)
    books.receive("02-10", "33.33", (sale, "33.33"), into=books.checking)
    books.receive("02-20", "63.87", (sale, "63.87"), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 98.00 | 02-10 49.00
    Sales                         |             | 02-01 100.00
    Discounts given               | 02-01 10.00 |
    Board of Equalization Payable |             | 02-01 8.00
    Checking                      | 02-10 49.00 |
    """,
    cash="""
    Sales                         |             | 02-10 50.00
    Discounts given               | 02-10 5.00  |
    Board of Equalization Payable |             | 02-10 4.00
    Checking                      | 02-10 49.00 |
    """,
)
def is_taxed_in_full_and_discounted_afterwards(books: Shop) -> None:
    line, cut = books.work(100, tax=True), books.percent(10)
    sale = books.invoice("02-01", line, cut, code="2", ApplyTaxAfterDiscount=False)
    books.receive("02-10", 49, (sale, 49), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 80.00 | 02-10 40.00
    Sales                     |             | 02-01 100.00
    Discounts given           | 02-01 20.00 |
    Undeposited Funds         | 02-10 40.00 |
    """,
    cash="""
    Sales                     |             | 02-10 50.00
    Discounts given           | 02-10 10.00 |
    Undeposited Funds         | 02-10 40.00 |
    """,
)
def gives_a_discount_of_an_amount(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100), books.less(20))
    books.receive("02-10", 40, (sale, 40))


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 109.00 | 02-10 54.50
    Sales                     |              | 02-01 100.00
    Shipping Income           |              | 02-01 9.00
    Undeposited Funds         | 02-10 54.50  |
    """,
    cash="""
    Sales                     |              | 02-10 50.00
    Shipping Income           |              | 02-10 4.50
    Undeposited Funds         | 02-10 54.50  |
    """,
)
def ships(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100), books.freight(9))
    books.receive("02-10", "54.50", (sale, "54.50"))


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 102.40 | 02-10 51.20
    Sales                         |              | 02-01 30.00
    Teaching                      |              | 02-01 70.00
    Board of Equalization Payable |              | 02-01 2.40
    Undeposited Funds             | 02-10 51.20  |
    """,
    cash="""
    Sales                         |              | 02-10 15.00
    Teaching                      |              | 02-10 35.00
    Board of Equalization Payable |              | 02-10 1.20
    Undeposited Funds             | 02-10 51.20  |
    """,
)
def sells_a_bundle(books: Shop) -> None:
    """Of two parts the first alone is taxable."""
    bundle = books.bundle(books.work(30, tax=True), books.work(70, item=books.lesson))
    sale = books.invoice("02-01", bundle, code="2")
    books.receive("02-10", "51.20", (sale, "51.20"))


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 80.00 |
    Sales                     | 02-01 20.00 | 02-01 100.00
    """
)
def takes_off_a_line(books: Shop) -> None:
    """What was paid on account is a line of its own with a minus."""
    books.invoice("02-01", books.work(100), books.work(-20))


@CASES(
    both="""
    Sales           |              | 02-01 100.00
    Discounts given | 02-01 100.00 |
    """
)
def gives_everything_away(books: Shop) -> None:
    """An invoice of nothing waits for nobody."""
    books.invoice("02-01", books.work(100), books.percent(100))


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 3.00                        | 02-10 1.00, 02-11 1.00, 02-12 1.00
    Sales                     |                                   | 02-01 1.00
    Teaching                  |                                   | 02-01 1.00
    Shipping Income           |                                   | 02-01 1.00
    Checking                  | 02-10 1.00, 02-11 1.00, 02-12 1.00 |
    """,
    cash="""
    Sales                     |                                   | 02-10 0.34, 02-11 0.33, 02-12 0.33
    Teaching                  |                                   | 02-10 0.33, 02-11 0.34, 02-12 0.33
    Shipping Income           |                                   | 02-10 0.33, 02-11 0.33, 02-12 0.34
    Checking                  | 02-10 1.00, 02-11 1.00, 02-12 1.00 |
    """,
)
def is_paid_in_thirds(books: Shop) -> None:
    """A third of a dollar three times: the cent goes to the first line, then to the second, then to the third."""
    sale = books.invoice("02-01", books.work(1), books.work(1, item=books.lesson), books.freight(1))
    for day in ("02-10", "02-11", "02-12"):
        books.receive(day, 1, (sale, 1), into=books.checking)


@CASES(
    both="""
    Undeposited Funds             | 02-01 108.00 |
    Sales                         |              | 02-01 100.00
    Board of Equalization Payable |              | 02-01 8.00
    """
)
def sells_for_cash(books: Shop) -> None:
    books.sold("SalesReceipt", "02-01", books.work(100, tax=True), code="2")


@CASES(
    both="""
    Checking        | 02-01 94.00 |
    Sales           |             | 02-01 100.00
    Shipping Income |             | 02-01 4.00
    Discounts given | 02-01 10.00 |
    """
)
def sells_for_cash_into_the_bank(books: Shop) -> None:
    lines = (books.work(100), books.freight(4), books.less(10))
    books.sold("SalesReceipt", "02-01", *lines, DepositToAccountRef=ref(books.checking))


@CASES(
    accrual="""
    Accounts Receivable (A/R)     |             | 02-01 32.40
    Sales                         | 02-01 30.00 |
    Board of Equalization Payable | 02-01 2.40  |
    """
)
def gives_a_credit_that_nobody_uses(books: Shop) -> None:
    books.memo("02-01", books.work(30, tax=True), code="2")


@CASES(
    both="""
    Sales                         | 02-01 30.00 |
    Board of Equalization Payable | 02-01 2.40  |
    Checking                      |             | 02-01 32.40
    """
)
def refunds(books: Shop) -> None:
    money = {"DepositToAccountRef": ref(books.checking)}
    books.sold("RefundReceipt", "02-01", books.work(30, tax=True), code="2", **money)


@CASES(
    accrual="""
    Rent                      | 02-01 60.00 |
    Accounts Payable (A/P)    |             | 02-01 60.00
    Accounts Receivable (A/R) | 02-05 66.00 | 02-10 66.00
    Sales                     |             | 02-05 66.00
    Checking                  | 02-10 66.00 |
    """,
    cash="""
    Sales                     |             | 02-10 66.00
    Checking                  | 02-10 66.00 |
    """,
)
def charges_a_customer_for_an_expense(books: Shop) -> None:
    """The customer has paid for it; the vendor is still owed, so on the cash basis it has cost nothing."""
    books.bill("02-01", books.billable(60))
    (charge,) = (key for key in books.twin.dump() if key[0] == "ReimburseCharge")
    links = [{"TxnId": charge[1], "TxnType": charge[0]}]
    sale = books.invoice("02-05", books.work(66), LinkedTxn=links)
    books.receive("02-10", 66, (sale, 66), into=books.checking)


@CASES(both="")
def only_offers_and_orders(books: Shop) -> None:
    books.sold("Estimate", "02-01", books.work(100))
    payable = {"APAccountRef": ref(books.control("Accounts Payable"))}
    books.bought("PurchaseOrder", "02-01", books.spend(60), **payable)
