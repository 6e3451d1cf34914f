"""Money from customers and credits given to them: in full, in part, too much, too early, with a credit, with an entry."""

from __future__ import annotations

from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 108.00 | 02-10 108.00
    Sales                         |              | 02-01 100.00
    Board of Equalization Payable |              | 02-01 8.00
    Undeposited Funds             | 02-10 108.00 |
    """,
    cash="""
    Sales                         |              | 02-10 100.00
    Board of Equalization Payable |              | 02-10 8.00
    Undeposited Funds             | 02-10 108.00 |
    """,
)
def is_paid(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100, tax=True), code="2")
    books.receive("02-10", 108, (sale, 108))


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 108.00 | 02-10 54.00
    Sales                         |              | 02-01 100.00
    Board of Equalization Payable |              | 02-01 8.00
    Checking                      | 02-10 54.00  |
    """,
    cash="""
    Sales                         |              | 02-10 50.00
    Board of Equalization Payable |              | 02-10 4.00
    Checking                      | 02-10 54.00  |
    """,
)
def is_paid_in_part(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100, tax=True), code="2")
    books.receive("02-10", 54, (sale, 54), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 2.00                         | 02-10 0.01, 02-11 0.99, 02-12 1.00
    Sales                     |                                    | 02-01 1.00
    Teaching                  |                                    | 02-01 1.00
    Checking                  | 02-10 0.01, 02-11 0.99, 02-12 1.00 |
    """,
    cash="""
    Sales                     |                                    | 02-10 0.01, 02-11 0.49, 02-12 0.50
    Teaching                  |                                    | 02-11 0.50, 02-12 0.50
    Checking                  | 02-10 0.01, 02-11 0.99, 02-12 1.00 |
    """,
)
def is_paid_a_cent_first(books: Shop) -> None:
    """Half a cent each: the first line has it, and the next payment makes it good."""
    sale = books.invoice("02-01", books.work(1), books.work(1, item=books.lesson))
    for day, amount in (("02-10", "0.01"), ("02-11", "0.99"), ("02-12", "1.00")):
        books.receive(day, amount, (sale, amount), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)      | 02-01 108.00 | 02-10 120.00
    Sales                          |              | 02-01 100.00
    Board of Equalization Payable  |              | 02-01 8.00
    Checking                       | 02-10 120.00 |
    """,
    cash="""
    Sales                          |              | 02-10 100.00
    Board of Equalization Payable  |              | 02-10 8.00
    Unapplied Cash Payment Income  |              | 02-10 12.00
    Checking                       | 02-10 120.00 |
    """,
)
def is_paid_too_much(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100, tax=True), code="2")
    books.receive("02-10", 120, (sale, 108), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     |             | 02-01 70.00
    Checking                      | 02-01 70.00 |
    """,
    cash="""
    Unapplied Cash Payment Income |             | 02-01 70.00
    Checking                      | 02-01 70.00 |
    """,
)
def is_paid_in_advance(books: Shop) -> None:
    books.receive("02-01", 70, into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-10 100.00 | 02-01 70.00
    Sales                         |              | 02-10 100.00
    Checking                      | 02-01 70.00  |
    """,
    cash="""
    Unapplied Cash Payment Income | 02-10 70.00  | 02-01 70.00
    Sales                         |              | 02-10 70.00
    Checking                      | 02-01 70.00  |
    """,
)
def is_paid_before_the_invoice(books: Shop) -> None:
    sale = books.invoice("02-10", books.work(100))
    books.receive("02-01", 70, (sale, 70), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 40.00, 02-05 60.00 | 02-10 80.00
    Sales                     |                          | 02-01 40.00
    Teaching                  |                          | 02-05 60.00
    Checking                  | 02-10 80.00              |
    """,
    cash="""
    Sales                     |                          | 02-10 40.00
    Teaching                  |                          | 02-10 40.00
    Checking                  | 02-10 80.00              |
    """,
)
def is_paid_for_two_invoices_at_once(books: Shop) -> None:
    """One of Ann's and one of her job; the second is left with 20 open."""
    first = books.invoice("02-01", books.work(40))
    second = books.invoice("02-05", books.work(60, item=books.lesson), who=books.job)
    books.receive("02-10", 80, (first, 40), (second, 40), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-10 50.00 | 02-01 30.00, 02-20 20.00
    Sales                     | 02-01 30.00 | 02-10 50.00
    Checking                  | 02-20 20.00 |
    """,
    cash="""
    Sales                     | 02-20 30.00 | 02-20 50.00
    Checking                  | 02-20 20.00 |
    """,
)
def is_paid_with_a_credit(books: Shop) -> None:
    memo = books.memo("02-01", books.work(30))
    sale = books.invoice("02-10", books.work(50))
    books.receive("02-20", 20, (sale, 50), (memo, 30), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 50.00 | 02-20 30.00
    Teaching                      | 02-20 30.00 |
    Sales                         |             | 02-01 50.00
    """,
    cash="""
    Unapplied Cash Payment Income | 02-05 30.00 | 02-20 30.00
    Teaching                      | 02-20 30.00 |
    Sales                         |             | 02-05 30.00
    """,
)
def uses_a_credit_before_its_day(books: Shop) -> None:
    """A payment of nothing on 5 February settles 30 of the invoice with a credit that only comes on the 20th."""
    sale = books.invoice("02-01", books.work(50))
    memo = books.memo("02-20", books.work(30, item=books.lesson))
    books.receive("02-05", 0, (sale, 30), (memo, 30))


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 108.00 | 02-03 54.00
    Sales                         |              | 02-01 100.00
    Teaching                      | 02-03 50.00  |
    Board of Equalization Payable | 02-03 4.00   | 02-01 8.00
    """,
    cash="""
    Sales                         |              | 02-20 25.00
    Teaching                      | 02-20 25.00  |
    Board of Equalization Payable | 02-20 2.00   | 02-20 2.00
    """,
)
def uses_half_of_a_taxed_credit(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100, tax=True), code="2")
    memo = books.memo("02-03", books.work(50, item=books.lesson, tax=True), code="2")
    books.receive("02-20", 0, (sale, 27), (memo, 27))


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-10 60.00 | 02-01 30.00
    Teaching                  | 02-01 30.00 |
    Sales                     |             | 02-10 60.00
    """,
    cash="""
    Teaching                  | 02-10 30.00 |
    Sales                     |             | 02-10 30.00
    """,
)
def credits_apply_themselves(books: Shop) -> None:
    prefs = books.get("Preferences", "1")
    books.twin.update("Preferences", {**prefs, "SalesFormsPrefs": {"AutoApplyCredit": True}})
    books.memo("02-01", books.work(30, item=books.lesson))
    books.invoice("02-10", books.work(60))


@CASES(
    both="""
    Accounts Receivable (A/R) | 02-01 90.00 | 02-10 60.00
    Sales                     |             | 02-01 90.00
    Checking                  | 02-10 60.00 |
    """
)
def is_paid_what_an_entry_says_is_owed(books: Shop) -> None:
    """A journal entry counts when it is made, on either basis."""
    owed = books.control("Accounts Receivable")
    entry = books.journal("02-01", (owed, 90, ("Customer", books.ann)), (books.sales, -90, None))
    books.receive("02-10", 60, (entry, 60), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-10 90.00 | 02-01 90.00
    Sales                         |             | 02-10 90.00
    Checking                      | 02-01 90.00 |
    """,
    cash="""
    Accounts Receivable (A/R)     | 02-10 90.00 | 02-10 90.00
    Unapplied Cash Payment Income | 02-10 90.00 | 02-01 90.00
    Sales                         |             | 02-10 90.00
    Checking                      | 02-01 90.00 |
    """,
)
def is_paid_before_the_entry(books: Shop) -> None:
    owed = books.control("Accounts Receivable")
    entry = books.journal("02-10", (owed, 90, ("Customer", books.ann)), (books.sales, -90, None))
    books.receive("02-01", 90, (entry, 90), into=books.checking)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-10 100.00 | 02-01 30.00, 02-20 70.00
    Teaching                  | 02-01 30.00  |
    Sales                     |              | 02-10 100.00
    Checking                  | 02-20 70.00  |
    """,
    cash="""
    Accounts Receivable (A/R) | 02-20 30.00  | 02-01 30.00
    Teaching                  | 02-01 30.00  |
    Sales                     |              | 02-20 100.00
    Checking                  | 02-20 70.00  |
    """,
)
def uses_a_credit_that_an_entry_gave(books: Shop) -> None:
    owed = books.control("Accounts Receivable")
    entry = books.journal("02-01", (books.teaching, 30, None), (owed, -30, ("Customer", books.ann)))
    sale = books.invoice("02-10", books.work(100))
    books.receive("02-20", 70, (sale, 100), (entry, 30), into=books.checking)
