"""What voiding, deleting and changing leave: of the transaction itself, and of those that were linked to it."""

from __future__ import annotations

from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()


@CASES(both="")
def voids_an_invoice(books: Shop) -> None:
    """Its stock comes back too."""
    sale = books.invoice("02-01", books.work(100, tax=True), books.pumps(3, 27), books.freight(9), code="2")
    books.undo(sale)


@CASES(
    accrual="""
    Accounts Receivable (A/R)     |             | 02-10 54.00
    Checking                      | 02-10 54.00 |
    """,
    cash="""
    Unapplied Cash Payment Income |             | 02-10 54.00
    Checking                      | 02-10 54.00 |
    """,
)
def voids_an_invoice_that_was_paid(books: Shop) -> None:
    """The payment stays and is applied to nothing."""
    sale = books.invoice("02-01", books.work(54))
    books.receive("02-10", 54, (sale, 54), into=books.checking)
    books.undo(sale)


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 54.00 |
    Sales                     |             | 02-01 54.00
    """
)
def voids_a_payment(books: Shop) -> None:
    """The invoice is open again."""
    sale = books.invoice("02-01", books.work(54))
    books.undo(books.receive("02-10", 54, (sale, 54), into=books.checking))


@CASES(both="")
def voids_a_sales_receipt(books: Shop) -> None:
    books.undo(books.sold("SalesReceipt", "02-01", books.pumps(3, 27)))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00 |
    Accounts Payable (A/P) |             | 02-01 60.00
    """
)
def voids_a_bill_payment(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    books.undo(books.pay("02-10", 60, (owed, 60)))


@CASES(
    accrual="""
    Rent                   | 02-01 60.00 |
    Accounts Payable (A/P) |             | 02-01 60.00
    """
)
def voids_a_bill_in_vain(books: Shop) -> None:
    books.undo(books.bill("02-01", books.spend(60)))


@CASES(
    both="""
    Rent     | 02-01 60.00 |
    Checking |             | 02-01 60.00
    """
)
def voids_an_entry_in_vain(books: Shop) -> None:
    books.undo(books.journal("02-01", (books.rent, 60, None), (books.checking, -60, None)))


@CASES(
    accrual="""
    Accounts Payable (A/P)              | 02-10 60.00 |
    Checking                            |             | 02-10 60.00
    """,
    cash="""
    Unapplied Cash Bill Payment Expense | 02-10 60.00 |
    Checking                            |             | 02-10 60.00
    """,
)
def deletes_a_bill_that_was_paid(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    books.pay("02-10", 60, (owed, 60))
    books.undo(owed, "delete")


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 50.00 | 02-10 20.00
    Sales                     |             | 02-01 50.00
    Checking                  | 02-10 20.00 |
    """,
    cash="""
    Sales                     |             | 02-10 20.00
    Checking                  | 02-10 20.00 |
    """,
)
def deletes_a_credit_that_was_used(books: Shop) -> None:
    """What the credit paid of the invoice is open again."""
    sale = books.invoice("02-01", books.work(50))
    memo = books.memo("02-03", books.work(30))
    books.receive("02-10", 20, (sale, 50), (memo, 30), into=books.checking)
    books.undo(memo, "delete")


@CASES(
    accrual="""
    Undeposited Funds             | 02-01 70.00 |
    Accounts Receivable (A/R)     |             | 02-01 70.00
    """,
    cash="""
    Undeposited Funds             | 02-01 70.00 |
    Unapplied Cash Payment Income |             | 02-01 70.00
    """,
)
def deletes_a_deposit(books: Shop) -> None:
    """What lay in it is undeposited again."""
    paid = books.receive("02-01", 70)
    books.undo(books.deposit("02-05", books.held(paid)), "delete")


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-01 120.00 | 02-10 50.00
    Sales                     |              | 02-01 20.00
    Teaching                  |              | 02-01 100.00
    Checking                  | 02-10 50.00  |
    """,
    cash="""
    Sales                     |              | 02-10 8.33
    Teaching                  |              | 02-10 41.67
    Checking                  | 02-10 50.00  |
    """,
)
def changes_an_invoice_that_was_paid_in_part(books: Shop) -> None:
    """It was 80 of work and 20 of a lesson; now it is 20 and 100, and 50 of 120 are paid."""
    sale = books.invoice("02-01", books.work(80), books.work(20, item=books.lesson))
    books.receive("02-10", 50, (sale, 50), into=books.checking)
    body = books.get(*sale)
    rows = [line for line in body["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    for row, amount in zip(rows, (20, 100), strict=True):
        row["Amount"] = amount
    books.twin.update("Invoice", {**body, "Line": rows})


@CASES(
    accrual="""
    Accounts Receivable (A/R) | 02-15 100.00 | 02-10 50.00
    Sales                     |              | 02-15 100.00
    Checking                  | 02-10 50.00  |
    """,
    cash="""
    Unapplied Cash Payment Income | 02-15 50.00 | 02-10 50.00
    Sales                         |             | 02-15 50.00
    Checking                      | 02-10 50.00 |
    """,
)
def dates_an_invoice_after_its_payment(books: Shop) -> None:
    sale = books.invoice("02-01", books.work(100))
    books.receive("02-10", 50, (sale, 50), into=books.checking)
    books.twin.update("Invoice", {**books.get(*sale), "TxnDate": "2026-02-15"})
