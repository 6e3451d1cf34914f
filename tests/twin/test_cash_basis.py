"""The cash basis: rules of docs/design/cash-basis.md one by one, worked by hand, and what holds of any books."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.reports import basis, cash_parts
from tests.twin.conftest import Body, Books, ref
from tests.twin.foreign_scene import Abroad, abroad

__all__ = ["abroad"]

INCOME, EXPENSE = "Unapplied Cash Payment Income", "Unapplied Cash Bill Payment Expense"
type Day = dict[str, str]


def cash(books: Books) -> list[tuple[Any, ...]]:
    """Every posting on the cash basis: (entity, Id, day, account's name, cents, party, line, class, quantity)."""
    with books.twin._session() as session:
        table = basis.table(session, "Cash")
        rows = session.store.select(
            f"SELECT entity, id, date, account, cents, party, line, class, quantity FROM {table} "
            "WHERE entity <> 'Opening' ORDER BY date, rowid"
        )
        named = {one: str((basis.account(session, one) or {})["Name"]) for one in {row[3] for row in rows}}
    return [(*row[:3], named[row[3]], *row[4:]) for row in rows]


def by_day(books: Books) -> dict[str, Day]:
    """Account to amount, a day each; accounts that moved by nothing are left out."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in cash(books):
        sums[row[2]][row[3]] += row[4]
    found = {
        day: {name: str(Decimal(value) / 100) for name, value in some.items() if value} for day, some in sums.items()
    }
    return {day: some for day, some in found.items() if some}


def feb(day: int) -> str:
    return f"2026-02-{day:02}"


def invoice(books: Books, amount: Any, day: int, **more: Any) -> str:
    return books.made("Invoice", books.sale(books.ann, amount, TxnDate=feb(day), **more))


def receive(books: Books, amount: Any, day: int, *links: tuple[str, str, Any], **more: Any) -> str:
    body = {"CustomerRef": ref(books.ann), **books.pays(amount, *links), "TxnDate": feb(day), **more}
    return books.made("Payment", {"DepositToAccountRef": ref(books.checking), **body})


def bill(books: Books, amount: Any, day: int, *lines: Body) -> str:
    body = {"VendorRef": ref(books.power), "TxnDate": feb(day), "Line": list(lines) or [books.spend(amount)]}
    return books.made("Bill", body)


def pay(books: Books, amount: Any, day: int, *links: tuple[str, str, Any]) -> str:
    body = {"VendorRef": ref(books.power), **books.pays(amount, *links), "PayType": "Check", "TxnDate": feb(day)}
    return books.made("BillPayment", {**body, "CheckPayment": {"BankAccountRef": ref(books.checking)}})


def credit(books: Books, amount: Any, day: int) -> str:
    return books.made("CreditMemo", books.sale(books.ann, amount, TxnDate=feb(day)))


def journal(books: Books, day: int, *sides: tuple[str, str, Any, str | None]) -> str:
    def line(side: str, account: str, amount: Any, customer: str | None) -> Body:
        detail: Body = {"PostingType": side, "AccountRef": ref(account)}
        if customer:
            detail["Entity"] = {"Type": "Customer", "EntityRef": ref(customer)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    return books.made("JournalEntry", {"TxnDate": feb(day), "Line": [line(*side) for side in sides]})


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


def test_a_report_that_fails_takes_its_table_with_it(books: Books) -> None:
    made = invoice(books, 10, 1)

    def paid_and_undone() -> None:
        with books.twin.transaction():
            receive(books, 10, 2, ("Invoice", made, 10))
            assert by_day(books) == {feb(2): {"Checking": "10", "Sales": "-10"}}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        paid_and_undone()
    assert by_day(books) == {}


def test_the_table_is_kept_until_something_is_written(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    made = invoice(books, 10, 1)
    assert by_day(books) == {}
    with monkeypatch.context() as patched:
        patched.setattr(basis.cash, "make", lambda *_: pytest.fail("it is still fresh"))
        assert by_day(books) == {}
    receive(books, 4, 2, ("Invoice", made, 4))
    assert by_day(books) == {feb(2): {"Checking": "4", "Sales": "-4"}}
    books.twin.delete("Invoice", {"Id": made, "SyncToken": books.get("Invoice", made)["SyncToken"]})
    assert by_day(books) == {feb(2): {"Checking": "4", INCOME: "-4"}}


SIDES = st.lists(st.integers(-5000, 9000).filter(bool), min_size=1, max_size=6).filter(lambda some: sum(some) > 0)


@given(SIDES, st.lists(st.integers(1, 400), min_size=1, max_size=5), st.integers(1, 3))
def test_parts_add_up_to_the_whole(sides: list[int], parts: list[int], scale: int) -> None:
    held, total = sum(sides), sum(parts)
    steps = cash_parts.steps(sides, held, total * scale, parts)
    applied = 0
    for k, part in enumerate(parts):
        applied += part
        counted = [sum(step[j] for step in steps[: k + 1]) for j in range(len(sides))]
        share = Fraction(held * applied, total * scale)
        assert sum(counted) == (share + Fraction(1, 2)).__floor__()
        exact = [Fraction(side * sum(counted), held) for side in sides]
        assert all(one.__floor__() <= cents <= one.__floor__() + 1 for one, cents in zip(exact, counted, strict=True))
    if scale == 1:
        assert [sum(column) for column in zip(*steps, strict=True)] == sides


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    acts: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(1, 8))):
        day, amount = draw(st.integers(0, 25)), draw(st.integers(1, 900))
        acts.append((draw(st.sampled_from(["invoice", "bill", "credit", "receive", "pay"])), day, amount))
    return acts


def live(books: Books, acts: list[tuple[Any, ...]]) -> None:
    """Each payment takes what it can of the oldest document that is open."""
    open_: dict[str, list[list[Any]]] = {"Invoice": [], "Bill": []}
    for act, day, cents in acts:
        amount = Decimal(cents) / 100
        if act in {"invoice", "bill"}:
            make, entity = (invoice, "Invoice") if act == "invoice" else (bill, "Bill")
            lines = [books.spend(amount), books.spend(Decimal("0.01"), books.shrinkage)] if act == "bill" else []
            made = make(books, amount, 1 + day, *lines)
            open_[entity].append([made, amount + (Decimal("0.01") if lines else 0)])
        elif act == "credit":
            credit(books, amount, 1 + day)
        else:
            entity, how = ("Invoice", receive) if act == "receive" else ("Bill", pay)
            target = next((one for one in open_[entity] if one[1]), None)
            part = min(amount, target[1]) if target else Decimal(0)
            if target and part:
                target[1] -= part
                how(books, amount if act == "receive" else part, 1 + day, (entity, target[0], part))
            elif act == "receive":
                how(books, amount, 1 + day)


@given(lives())
def test_every_day_balances_and_settled_books_are_the_same_on_both(acts: list[tuple[Any, ...]]) -> None:
    books = Books()
    live(books, acts)
    days = by_day(books)
    assert all(sum(Decimal(value) for value in some.values()) == 0 for some in days.values())
    receivable = {"Accounts Receivable (A/R)", "Accounts Payable (A/P)"}
    assert not any(receivable & set(some) for some in days.values())
    settle(books)
    assert sums(cash(books), {INCOME, EXPENSE}) == sums(accrual(books), receivable)
    books.twin.close()


def settle(books: Books) -> None:
    """Pay what is open of every invoice and bill; use up every credit and every payment."""
    for entity, how in (("Invoice", receive), ("Bill", pay)):
        found = books.twin.query(f"select * from {entity}")["QueryResponse"].get(entity, [])
        for body in found:
            if body["Balance"]:
                how(books, body["Balance"], 27, (entity, body["Id"], body["Balance"]))


def accrual(books: Books) -> list[tuple[Any, ...]]:
    with books.twin._session() as session:
        rows = session.store.select(
            "SELECT entity, id, date, account, cents FROM posting WHERE entity NOT IN ('Opening', 'CreditMemo')"
        )
        return [(*row[:3], str((session.find("Account", row[3]) or {})["Name"]), row[4]) for row in rows]


def sums(rows: list[tuple[Any, ...]], without: set[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        if row[3] not in without:
            found[row[3]] += row[4]
    return {name: value for name, value in found.items() if value}
