"""What only QuickBooks' own screens key: payroll, sales tax paid from its center, revaluations, and voids of what the API cannot void."""

from __future__ import annotations

from tests.twin.t_accounts.shop import Key, Shop
from tests.twin.t_accounts.table import YEAR, Cases

CASES = Cases()


@CASES(
    both="""
    Payroll Expenses:Wages | 02-01 1000.00               |
    Payroll Expenses:Taxes | 02-01 76.50                 |
    Payroll Liabilities    | 02-15 326.50                | 02-01 250.00, 02-01 76.50
    Checking               |                             | 02-01 750.00, 02-15 326.50
    """
)
def pays_an_employee_and_the_taxes(books: Shop) -> None:
    """Of 1,000 a quarter is withheld; the employer adds 7.65 %; both are paid to the agency later."""
    jo = books.made("Employee", {"GivenName": "Jo", "FamilyName": "Digger"})
    desk = books.twin.screens
    desk.paycheck(jo, books.checking, f"{YEAR}-02-01", gross="1000", withheld="250", employer_taxes="76.50")
    desk.payroll_tax(books.checking, f"{YEAR}-02-15", "326.50", "Treasury")


@CASES(
    both="""
    Payroll Expenses:Taxes | 02-01 12.00 | 02-10 5.00
    Payroll Liabilities    | 02-10 5.00  | 02-01 12.00
    """
)
def owes_more_payroll_taxes_and_then_less(books: Shop) -> None:
    books.twin.screens.payroll_adjustment(f"{YEAR}-02-01", "12")
    books.twin.screens.payroll_adjustment(f"{YEAR}-02-10", "-5")


@CASES(
    accrual="""
    Accounts Receivable (A/R)     | 02-01 108.00 |
    Sales                         |              | 02-01 100.00
    Board of Equalization Payable | 02-20 8.00   | 02-01 8.00
    Checking                      |              | 02-20 8.00
    """,
    cash="""
    Board of Equalization Payable | 02-20 8.00   |
    Checking                      |              | 02-20 8.00
    """,
)
def pays_sales_tax_before_the_customer_does(books: Shop) -> None:
    """On the cash basis the tax is paid and not yet collected: the agency is ahead."""
    books.invoice("02-01", books.work(100, tax=True), code="2")
    owed = books.account("Board of Equalization Payable")
    books.twin.screens.sales_tax_payment(books.checking, owed, f"{YEAR}-02-20", "8")


def _void(books: Shop, *keys: Key) -> None:
    for entity, record in keys:
        books.twin.screens.void(entity, record)


@CASES(both="")
def voids_what_the_api_does_not_void(books: Shop) -> None:
    """Nothing is left of a bill with stock, a credit of a vendor, a check, an expense, a refund or a credit memo."""
    _void(
        books,
        books.bill("02-01", books.spend(60), books.stock_up(5, 35)),
        books.back("02-01", books.spend(15)),
        books.purchase("02-01", "Check", books.checking, books.spend(12)),
        books.purchase("02-01", "CreditCard", books.card, books.spend(9)),
        books.memo("02-01", books.work(30)),
        books.sold("RefundReceipt", "02-01", books.work(20), DepositToAccountRef={"value": books.checking}),
    )


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
def voids_a_bill_that_was_paid(books: Shop) -> None:
    owed = books.bill("02-01", books.spend(60))
    books.pay("02-10", 60, (owed, 60))
    _void(books, owed)


@CASES(
    accrual="""
    Bank fees              | 02-01 60.00 |
    Accounts Payable (A/P) | 02-10 30.00 | 02-01 60.00
    Checking               |             | 02-10 30.00
    """,
    cash="""
    Bank fees              | 02-10 30.00 |
    Checking               |             | 02-10 30.00
    """,
)
def moves_a_line_to_another_account(books: Shop) -> None:
    """Reclassified in bulk, after half of it was paid."""
    owed = books.bill("02-01", books.spend(60))
    books.pay("02-10", 30, (owed, 30))
    books.twin.screens.reclassify([{"entity": owed[0], "id": owed[1]}], from_account=books.rent, account=books.fees)


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
def merges_two_vendors(books: Shop) -> None:
    """The bill was of one and the credit of the other: now they are of the same, and one pays the other."""
    owed = books.bill("02-01", books.spend(60), who=books.lumber)
    credit = books.back("02-03", books.spend(15))
    books.twin.screens.merge("Vendor", books.lumber, books.power)
    books.pay("02-10", 45, (owed, 60), (credit, 15))
