"""The cash basis: rules of docs/design/cash-basis.md one by one, worked by hand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.twin.cash_scene import EXPENSE, INCOME, bill, by_day, cash, credit, feb, invoice, journal, pay, receive
from tests.twin.conftest import Books, ref
from tests.twin.foreign_scene import Abroad, abroad

__all__ = ["abroad"]


def test_what_is_open_is_in_no_account(books: Books) -> None:
    invoice(books, 100, 1)
    bill(books, 60, 2)
    credit(books, 5, 3)
    assert by_day(books) == {}


def test_a_document_counts_on_the_day_and_as_far_as_it_is_paid(books: Books) -> None:
    made = invoice(books, 100, 1)
    receive(books, 60, 10, ("Invoice", made, 60))
    receive(books, 40, 20, ("Invoice", made, 40))
    assert by_day(books) == {
        feb(10): {"Checking": "60", "Sales": "-60"},
        feb(20): {"Checking": "40", "Sales": "-40"},
    }
    first, *_ = [row for row in cash(books) if row[0] == "Invoice"]
    assert first[1:] == (made, feb(10), "Sales", -6000, f"Customer:{books.ann}", 1, "", None)


def test_a_payment_before_its_invoice_waits_as_income_of_its_own(books: Books) -> None:
    early = receive(books, 54, 1)
    assert by_day(books) == {feb(1): {"Checking": "54", INCOME: "-54"}}
    made = invoice(books, 108, 10)
    body = books.get("Payment", early)
    books.twin.update("Payment", {**body, "Line": books.pays(54, ("Invoice", made, 54))["Line"]})
    assert by_day(books) == {
        feb(1): {"Checking": "54", INCOME: "-54"},
        feb(10): {INCOME: "54", "Sales": "-54"},
    }


def test_what_is_paid_too_much_stays_unapplied(books: Books) -> None:
    made = invoice(books, 50, 1)
    paid = receive(books, 70, 5, ("Invoice", made, 50))
    assert by_day(books) == {feb(5): {"Checking": "70", "Sales": "-50", INCOME: "-20"}}
    (rest,) = [row for row in cash(books) if row[3] == INCOME]
    assert rest[:2] == ("Payment", paid)
    assert rest[5] == f"Customer:{books.ann}"
    paid = bill(books, 30, 6)
    pay(books, 30, 4, ("Bill", paid, 30))
    assert by_day(books)[feb(4)] == {"Checking": "-30", EXPENSE: "30"}
    assert by_day(books)[feb(6)] == {"Rent": "30", EXPENSE: "-30"}


def test_three_lines_of_one_dollar(books: Books) -> None:
    body = books.sale(books.ann, 1, TxnDate=feb(1))
    made = books.made("Invoice", {**body, "Line": body["Line"] * 3})
    for day in (10, 11, 12):
        receive(books, 1, day, ("Invoice", made, 1))
    rows = [(row[2], row[6], row[4]) for row in cash(books) if row[0] == "Invoice"]
    assert rows == [
        (feb(10), 1, -34), (feb(10), 2, -33), (feb(10), 3, -33),
        (feb(11), 1, -33), (feb(11), 2, -34), (feb(11), 3, -33),
        (feb(12), 1, -33), (feb(12), 2, -33), (feb(12), 3, -34),
    ]  # fmt: skip


def test_a_credit_counts_when_it_is_used(books: Books) -> None:
    memo, made = credit(books, 30, 1), invoice(books, 50, 10)
    receive(books, 20, 20, ("Invoice", made, 50), ("CreditMemo", memo, 30))
    rows = sorted((row[0], row[2], row[3], row[4]) for row in cash(books))
    assert rows == [
        ("CreditMemo", feb(20), "Sales", 3000),
        ("Invoice", feb(20), "Sales", -5000),
        ("Payment", feb(20), "Checking", 2000),
    ]


def test_a_credit_of_a_later_day_goes_through_the_unapplied_account(books: Books) -> None:
    memo, made = credit(books, 30, 10), invoice(books, 30, 1)
    receive(books, 0, 5, ("Invoice", made, 30), ("CreditMemo", memo, 30))
    assert by_day(books) == {feb(5): {INCOME: "30", "Sales": "-30"}, feb(10): {INCOME: "-30", "Sales": "30"}}


def test_stock_and_its_cost_follow_what_is_paid(books: Books) -> None:
    made = invoice(books, 27, 1, Line=books.sale(books.ann, 27, item=books.pump, qty=3)["Line"])
    receive(books, 9, 2, ("Invoice", made, 9))
    assert by_day(books) == {feb(2): {"Checking": "9", "Sales": "-9", "Stock": "-4", "Cost of goods": "4"}}
    bought = bill(books, 35, 3, books.stock_up(5, 35))
    pay(books, 35, 4, ("Bill", bought, 35))
    assert by_day(books)[feb(4)] == {"Stock": "35", "Checking": "-35"}


def test_a_wholly_discounted_document_waits_for_nobody(books: Books) -> None:
    body = books.sale(books.ann, 100, TxnDate=feb(1))
    cut = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 100}}
    books.made("Invoice", {**body, "Line": [*body["Line"], cut]})
    assert by_day(books) == {feb(1): {"Sales": "-100", "Discounts given": "100"}}


def test_cash_sales_spending_and_journals_are_as_they_are(books: Books) -> None:
    books.made("SalesReceipt", books.sale(books.ann, 10, TxnDate=feb(1)))
    spent = {"PaymentType": "CreditCard", "AccountRef": ref(books.card), "TxnDate": feb(2)}
    books.made("Purchase", {**spent, "Line": [books.spend(7)]})
    invoice(books, 1, 3)
    receivable = books.account("Accounts Receivable (A/R)")
    journal(books, 4, ("Debit", receivable, 9, books.ann), ("Credit", books.sales, 9, None))
    assert by_day(books) == {
        feb(1): {"Undeposited Funds": "10", "Sales": "-10"},
        feb(2): {"Rent": "7", "Card": "-7"},
        feb(4): {"Accounts Receivable (A/R)": "9", "Sales": "-9"},
    }


def test_a_payment_of_a_journal_entry_clears_receivables(books: Books) -> None:
    invoice(books, 1, 3)
    receivable = books.account("Accounts Receivable (A/R)")
    owed = journal(books, 4, ("Debit", receivable, 9, books.ann), ("Credit", books.sales, 9, None))
    receive(books, 9, 2, ("JournalEntry", owed, 9))
    assert by_day(books) == {
        feb(2): {"Checking": "9", INCOME: "-9"},
        feb(4): {"Sales": "-9", INCOME: "9"},
    }


def test_a_line_of_a_deposit_on_receivables_is_money_that_is_not_applied(books: Books) -> None:
    invoice(books, 1, 3)
    detail = {
        "AccountRef": ref(books.account("Accounts Receivable (A/R)")),
        "Entity": {**ref(books.ann), "type": "CUSTOMER"},
    }
    line = {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "TxnDate": feb(5), "Line": [line]})
    assert by_day(books) == {feb(5): {"Checking": "5", INCOME: "-5"}}


def test_the_company_s_own_account_is_used_where_there_is_one(books: Books) -> None:
    receive(books, 5, 1)
    assert {row[3] for row in cash(books)} == {"Checking", INCOME}
    mine = {"Name": "Early money", "AccountType": "Income", "AccountSubType": "UnappliedCashPaymentIncome"}
    made = books.made("Account", mine)
    report = books.twin.report("ProfitAndLoss", accounting_method="Cash", start_date=feb(1), end_date=feb(28))
    (row,) = report["Rows"]["Row"][0]["Rows"]["Row"]
    assert row["ColData"] == [{"value": "Early money", "id": made}, {"value": "5.00"}]


def test_an_account_that_is_lacking_is_shown_without_an_id(books: Books) -> None:
    receive(books, 5, 1)
    ask = {"accounting_method": "cash", "start_date": feb(1), "end_date": feb(28)}
    report = books.twin.report("ProfitAndLoss", **ask)
    assert report["Header"]["ReportBasis"] == "Cash"
    (row,) = report["Rows"]["Row"][0]["Rows"]["Row"]
    assert row == {"ColData": [{"value": INCOME}, {"value": "5.00"}], "type": "Data"}
    assert books.balances(**ask)[INCOME] == -5


def test_partial_payments_across_currencies_leave_nothing_behind(abroad: Abroad) -> None:
    books = abroad
    body = books.sale(books.emma, "33.33", TxnDate=feb(1), CurrencyRef=ref("EUR"), ExchangeRate=Decimal("1.23457"))
    made = books.made("Invoice", {**body, "Line": body["Line"] * 2})
    for day, amount in ((2, "11.11"), (3, "22.22"), (4, "33.33")):
        pays = {"CustomerRef": ref(books.emma), **books.pays(amount, ("Invoice", made, amount))}
        more = {"CurrencyRef": ref("EUR"), "ExchangeRate": Decimal("1.1"), "DepositToAccountRef": ref(books.checking)}
        books.made("Payment", {**pays, **more, "TxnDate": feb(day)})
    sums: dict[str, int] = defaultdict(int)
    for row in cash(books):
        sums[row[3]] += row[4]
    assert INCOME not in sums
    accrual = books.balances()
    earned = {name: Decimal(value) / 100 for name, value in sums.items() if value}
    assert earned == {name: value for name, value in accrual.items() if name in earned}
    assert earned["Sales"] == accrual["Sales"]
    assert all(sum(Decimal(value) for value in some.values()) == 0 for some in by_day(books).values())


def test_the_company_says_which_basis_comes_unasked(books: Books) -> None:
    invoice(books, 100, 1)
    token = books.get("Preferences", "1")["SyncToken"]
    said = {"ReportPrefs": {"ReportBasis": "Cash"}}
    books.twin.update("Preferences", {"Id": "1", "SyncToken": token, "sparse": True, **said})
    period = {"start_date": feb(1), "end_date": feb(28)}
    for name in ("ProfitAndLoss", "BalanceSheet", "TrialBalance", "ProfitAndLossDetail"):
        assert books.twin.report(name, **period)["Header"]["ReportBasis"] == "Cash"
        asked = books.twin.report(name, **period, accounting_method="Accrual")
        assert asked["Header"]["ReportBasis"] == "Accrual"
    assert "Sales" not in books.balances(**period)
    assert books.balances(**period, accounting_method="Accrual")["Sales"] == -100
    flow = books.twin.report("CashFlow", **period)
    assert "ReportBasis" not in flow["Header"]
    assert flow["Rows"]["Row"][0]["Rows"]["Row"][0]["ColData"][1] == {"value": "100.00"}
