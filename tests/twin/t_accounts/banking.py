"""Money between accounts, deposits, taxes paid, entries, openings, and what becoming inactive leaves."""

from __future__ import annotations

from akika_forensics.model.payload import encode
from tests.twin.conftest import Body, ref
from tests.twin.t_accounts.shop import Shop
from tests.twin.t_accounts.table import Cases

CASES = Cases()
FEBRUARY = "2026-02-01"


@CASES(
    accrual="""
    Undeposited Funds             | 02-01 70.00, 02-02 30.00 | 02-05 100.00
    Accounts Receivable (A/R)     |                          | 02-01 70.00, 02-02 30.00
    Checking                      | 02-05 77.00              |
    Drawer                        | 02-05 20.00              |
    Bank fees                     | 02-05 3.00               |
    """,
    cash="""
    Undeposited Funds             | 02-01 70.00, 02-02 30.00 | 02-05 100.00
    Unapplied Cash Payment Income |                          | 02-01 70.00, 02-02 30.00
    Checking                      | 02-05 77.00              |
    Drawer                        | 02-05 20.00              |
    Bank fees                     | 02-05 3.00               |
    """,
)
def banks_two_payments_less_a_fee_and_cash_back(books: Shop) -> None:
    first, second = books.receive("02-01", 70), books.receive("02-02", 30, who=books.bob)
    back = {"AccountRef": ref(books.drawer), "Amount": 20}
    books.deposit("02-05", books.held(first), books.held(second), books.put_in(-3, books.fees), CashBack=back)


@CASES(
    both="""
    Undeposited Funds | 02-01 100.00, 02-05 30.00 | 02-02 30.00, 02-05 100.00
    Sales             | 02-02 30.00               | 02-01 100.00
    Checking          | 02-05 70.00               |
    """
)
def banks_a_sale_less_a_refund(books: Shop) -> None:
    funds = books.account("Undeposited Funds") if books.sold("SalesReceipt", "02-01", books.work(100)) else ""
    refund = books.sold("RefundReceipt", "02-02", books.work(30), DepositToAccountRef=ref(funds))
    (sale,) = (key for key in books.twin.dump() if key[0] == "SalesReceipt")
    books.deposit("02-05", books.held(sale), books.held(refund))


@CASES(
    both="""
    Checking | 02-01 5.00 |
    Sales    |            | 02-01 5.00
    """
)
def banks_interest(books: Shop) -> None:
    books.deposit("02-01", books.put_in(5, books.sales))


@CASES(
    accrual="""
    Checking                      | 02-01 50.00 |
    Accounts Receivable (A/R)     |             | 02-01 50.00
    """,
    cash="""
    Checking                      | 02-01 50.00 |
    Unapplied Cash Payment Income |             | 02-01 50.00
    """,
)
def banks_what_a_customer_brought(books: Shop) -> None:
    """Straight to receivables, applied to nothing."""
    books.deposit("02-01", books.put_in(50, books.control("Accounts Receivable"), ("Customer", books.ann)))


@CASES(
    accrual="""
    Checking                            | 02-01 15.00 |
    Accounts Payable (A/P)              |             | 02-01 15.00
    """,
    cash="""
    Checking                            | 02-01 15.00 |
    Unapplied Cash Bill Payment Expense |             | 02-01 15.00
    """,
)
def banks_what_a_vendor_sent_back(books: Shop) -> None:
    books.deposit("02-01", books.put_in(15, books.control("Accounts Payable"), ("Vendor", books.power)))


@CASES(
    both="""
    Drawer   | 02-01 80.00 |
    Checking |             | 02-01 80.00
    """
)
def moves_money(books: Shop) -> None:
    body = {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.drawer), "Amount": 80}
    books.key("Transfer", "02-01", body)


@CASES(
    both="""
    Card     | 02-01 80.00 |
    Checking |             | 02-01 80.00
    """
)
def pays_the_card(books: Shop) -> None:
    body = {"CreditCardAccountRef": ref(books.card), "BankAccountRef": ref(books.checking), "Amount": 80}
    books.key("CreditCardPayment", "02-01", body)


def _tax(books: Shop, day: str, amount: int, **more: object) -> None:
    """No request writes one: QuickBooks' own screens do."""
    body: Body = {"Id": f"90{amount}", "PaymentDate": f"2026-{day}", "PaymentAmount": amount, **more}
    body["PaymentAccountRef"] = ref(books.checking)
    books.twin.put_raw("TaxPayment", encode(body))


@CASES(
    both="""
    Checking                      | 02-01 108.00, 03-05 2.00 | 03-01 8.00
    Sales                         |                          | 02-01 100.00
    Board of Equalization Payable | 03-01 8.00               | 02-01 8.00, 03-05 2.00
    """
)
def pays_sales_tax_and_gets_some_back(books: Shop) -> None:
    into = {"DepositToAccountRef": ref(books.checking)}
    books.sold("SalesReceipt", "02-01", books.work(100, tax=True), code="2", **into)
    _tax(books, "03-01", 8)
    _tax(books, "03-05", 2, Refund=True)


@CASES(
    both="""
    Rent     | 02-01 9.00 |
    Card     | 02-01 1.00 |
    Checking |            | 02-01 10.00
    """
)
def writes_an_entry(books: Shop) -> None:
    books.journal("02-01", (books.rent, 9, None), (books.card, 1, None), (books.checking, -10, None))


@CASES(
    both="""
    Accounts Payable (A/P)    | 02-01 10.00 |
    Accounts Receivable (A/R) |             | 02-01 10.00
    """
)
def sets_off_a_debt_against_a_claim(books: Shop) -> None:
    """Between control accounts alone: what an entry posts stays there on either basis."""
    owed, owing = books.control("Accounts Receivable"), books.control("Accounts Payable")
    books.journal("02-01", (owing, 10, ("Vendor", books.power)), (owed, -10, ("Customer", books.ann)))


@CASES(
    both="""
    Accounts Receivable (A/R) | 02-01 70.00 |
    Accounts Payable (A/P)    |             | 02-01 40.00
    Opening Balance Equity    | 02-01 40.00 | 02-01 70.00
    """
)
def names_open_with_balances(books: Shop) -> None:
    books.made("Customer", {"DisplayName": "Old", "Balance": 70, "OpenBalanceDate": FEBRUARY})
    books.made("Vendor", {"DisplayName": "Ancient", "Balance": 40, "OpenBalanceDate": FEBRUARY})


@CASES(
    both="""
    Savings                | 02-01 70.00 |
    Machine                | 02-01 90.00 |
    Mortgage               |             | 02-01 50.00
    Opening Balance Equity | 02-01 50.00 | 02-01 70.00, 02-01 90.00
    """
)
def accounts_open_with_balances(books: Shop) -> None:
    for name, kind, amount in (("Savings", "Bank", 70), ("Machine", "Fixed Asset", 90), ("Mortgage", "Long Term Liability", 50)):  # fmt: skip
        opening = {"OpeningBalance": amount, "OpeningBalanceDate": FEBRUARY}
        books.made("Account", {"Name": name, "AccountType": kind, **opening})


@CASES(
    both="""
    Stock                  | 02-01 15.00 |
    Opening Balance Equity |             | 02-01 15.00
    """
)
def an_item_opens_with_stock(books: Shop) -> None:
    item = {"Name": "Hose", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 6, "InvStartDate": FEBRUARY}
    accounts = {"IncomeAccountRef": books.sales, "ExpenseAccountRef": books.cogs, "AssetAccountRef": books.stock}
    books.made("Item", {**item, "PurchaseCost": "2.50", **{name: ref(one) for name, one in accounts.items()}})


@CASES(
    both="""
    Drawer (deleted)       | 02-01 25.00 | 03-02 25.00
    Sales                  |             | 02-01 25.00
    Opening Balance Equity | 03-02 25.00 |
    """
)
def an_account_becomes_inactive(books: Shop) -> None:
    """On 2 March it is emptied to Opening Balance Equity."""
    books.deposit("02-01", books.put_in(25, books.sales), into=books.drawer)
    books.twin.update("Account", {**books.get("Account", books.drawer), "Active": False})


@CASES(
    both="""
    Cost of goods | 03-02 40.00 |
    Stock         |             | 03-02 40.00
    """
)
def an_item_becomes_inactive(books: Shop) -> None:
    books.twin.update("Item", {**books.get("Item", books.pump), "Active": False})
