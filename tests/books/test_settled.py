"""A payment pays what stands on the other side of its account and uses up what stands on its own, whatever the types are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books.companies import captured
from books.conftest import AP, AR, BANK, DISCOUNT, EQUITY, EXCHANGE, FUEL, FUNDS, SERVICES, Make, record
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import Captured, Chart, Ledger, post_many
from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.tie_out.tied import tie
from akika_forensics.model.record import Record
from tests.twin.conftest import ref
from tests.twin.foreign_scene import Abroad, euro

DAY = "2026-03-05"
CUSTOMER, VENDOR = {"CustomerRef": {"value": "7"}}, {"VendorRef": {"value": "40"}}


def applied(value: float, *links: tuple[str, str, float]) -> dict[str, Any]:
    lines = [{"Amount": part, "LinkedTxn": [{"TxnType": kind, "TxnId": number}]} for kind, number, part in links]
    return {"TxnDate": DAY, "TotalAmt": value, "Line": lines}


def side(posting: str, value: float, account: str, whose: str | None = None) -> dict[str, Any]:
    detail: dict[str, Any] = {"PostingType": posting, "AccountRef": {"value": account}}
    if whose:
        detail["Entity"] = {"Type": whose, "EntityRef": {"value": "7" if whose == "Customer" else "40"}}
    return {"Amount": value, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def invoice(make: Make, number: int, value: float, **more: Any) -> Record:
    line = {"Amount": value, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    return make("Invoice", number, TxnDate=DAY, **CUSTOMER, TotalAmt=value, Line=[line], **more)


def cost(value: float, account: str) -> dict[str, Any]:
    detail = {"AccountRef": {"value": account}}
    return {"Amount": value, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}


def bill(make: Make, number: int, value: float) -> Record:
    return make("Bill", number, TxnDate=DAY, **VENDOR, TotalAmt=value, Line=[cost(value, FUEL)])


def entry(make: Make, number: int, *sides: dict[str, Any], **more: Any) -> Record:
    return make("JournalEntry", number, **{"TxnDate": DAY, "Line": list(sides), **more})


def check(make: Make, number: int, value: float) -> Record:
    """Paid to the vendor on account."""
    whose = {"value": "40", "type": "Vendor"}
    body = {"TotalAmt": value, "AccountRef": {"value": BANK}, "EntityRef": whose, "Line": [cost(value, AP)]}
    return make("Purchase", number, TxnDate=DAY, PaymentType="Check", **body)


def deposit(make: Make, number: int, value: float, account: str, kind: str, name: str) -> Record:
    detail = {"AccountRef": {"value": account}, "Entity": {"value": name, "type": kind}}
    line = {"Amount": value, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    return make("Deposit", number, TxnDate=DAY, DepositToAccountRef={"value": BANK}, TotalAmt=value, Line=[line])


def payment(make: Make, number: int, value: float, *links: tuple[str, str, float]) -> Record:
    return make("Payment", number, **CUSTOMER, **applied(value, *links))


def bill_payment(make: Make, number: int, value: float, *links: tuple[str, str, float]) -> Record:
    by = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": BANK}}}
    return make("BillPayment", number, **VENDOR, **by, **applied(value, *links))


def test_an_entry_in_the_customers_favour_is_used_up(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        invoice(make, 1, 100),
        entry(make, 2, side("Debit", 40, DISCOUNT), side("Credit", 40, AR, "Customer")),
        payment(make, 3, 60, ("Invoice", "1", 100), ("JournalEntry", "2", 40)),
    ]
    ledger = Ledger.of(rows)
    assert ledger.balances() == {SERVICES: -100, FUNDS: 60, DISCOUNT: 40}
    assert ledger.open_receivable() == ()


def test_an_entry_that_the_customer_owes_is_paid(lists: list[Record], make: Make) -> None:
    owed = entry(make, 2, side("Debit", 40, AR, "Customer"), side("Credit", 40, SERVICES))
    ledger = Ledger.of([*lists, owed, payment(make, 3, 30, ("JournalEntry", "2", 30))])
    assert [(one.key.id, one.open) for one in ledger.open_receivable()] == [("2", 10)]


def test_what_was_received_in_a_deposit_is_used_up(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        invoice(make, 1, 100),
        deposit(make, 2, 40, AR, "CUSTOMER", "7"),
        payment(make, 3, 60, ("Invoice", "1", 100), ("Deposit", "2", 40)),
    ]
    assert Ledger.of(rows).open_receivable() == ()


def test_a_check_and_an_entry_on_payables_are_used_up(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        bill(make, 1, 100),
        check(make, 2, 30),
        entry(make, 3, side("Debit", 25, AP, "Vendor"), side("Credit", 25, FUEL)),
        bill_payment(make, 4, 45, ("Bill", "1", 100), ("Check", "2", 30), ("JournalEntry", "3", 25)),
    ]
    ledger = Ledger.of(rows)
    assert ledger.balances() == {BANK: -75, FUEL: 75}
    assert ledger.open_payable() == ()


def test_a_vendors_refund_pays_for_its_credit(lists: list[Record], make: Make) -> None:
    """It came in by a deposit: on payables, and on the side of a bill."""
    rows = [
        *lists,
        make("VendorCredit", 1, TxnDate=DAY, **VENDOR, TotalAmt=25, Line=[cost(25, FUEL)]),
        deposit(make, 2, 20, AP, "VENDOR", "40"),
        bill_payment(make, 3, 0, ("VendorCredit", "1", 20), ("Deposit", "2", 20)),
    ]
    assert [(one.key.id, one.total, one.open) for one in Ledger.of(rows).open_payable()] == [("1", -25, -5)]


def test_an_entry_on_both_accounts_is_settled_on_each_by_its_own_payment(lists: list[Record], make: Make) -> None:
    """Who is customer and vendor at once: an entry sets an invoice off against a bill."""
    both = entry(make, 3, side("Debit", 100, AP, "Vendor"), side("Credit", 100, AR, "Customer"))
    rows = [
        *lists,
        invoice(make, 1, 100),
        bill(make, 2, 100),
        both,
        payment(make, 4, 0, ("Invoice", "1", 100), ("JournalEntry", "3", 100)),
    ]
    before = Ledger.of(rows)
    assert before.open_receivable() == ()
    assert {one.key.id: one.open for one in before.open_payable()} == {"2": 100, "3": -100}
    after = Ledger.of([*rows, bill_payment(make, 5, 0, ("Bill", "2", 100), ("JournalEntry", "3", 100))])
    assert after.open_receivable() == after.open_payable() == ()


def test_an_entry_for_two_is_met_in_the_payers_name(lists: list[Record], make: Make) -> None:
    """It moves 30.00 from one customer's account to another's."""
    other = side("Debit", 30, AR, "Customer")
    other["JournalEntryLineDetail"]["Entity"]["EntityRef"] = {"value": "8"}
    rows = [
        *lists,
        invoice(make, 1, 100),
        entry(make, 2, other, side("Credit", 30, AR, "Customer")),
        payment(make, 3, 70, ("Invoice", "1", 100), ("JournalEntry", "2", 30)),
    ]
    (left,) = Ledger.of(rows).open_receivable()
    assert left.party is not None
    assert (left.key.id, left.party.id, left.open) == ("2", "8", 30)


def test_a_payment_of_what_is_not_in_the_snapshot_is_open(lists: list[Record], make: Make) -> None:
    ledger = Ledger.of([*lists, payment(make, 3, 60, ("Invoice", "1", 60))])
    assert [(one.key.id, one.open) for one in ledger.open_receivable()] == [("3", -60)]


def by_day(rows: list[Record]) -> dict[str, dict[str, Decimal]]:
    """What each account moved by on each day on the cash basis; what comes to 0.00 left out."""
    made = cash_postings(Ledger.of(rows))
    sums = made.group_by("date", "account").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    found: dict[str, dict[str, Decimal]] = {}
    for day, account, amount in sums.sort("date", "account").iter_rows():
        found.setdefault(day.isoformat(), {})[account] = amount
    return found


def test_on_the_cash_basis_a_used_up_entry_leaves_receivables(lists: list[Record], make: Make) -> None:
    """60.00 came and 40.00 were given: all of the invoice counts, and nothing is left unapplied or owed."""
    rows = [
        *lists,
        invoice(make, 1, 100),
        entry(make, 2, side("Debit", 40, DISCOUNT), side("Credit", 40, AR, "Customer")),
        payment(make, 3, 60, ("Invoice", "1", 100), ("JournalEntry", "2", 40)),
    ]
    assert by_day(rows) == {DAY: {SERVICES: -100, FUNDS: 60, DISCOUNT: 40}}


def test_on_the_cash_basis_a_used_up_entry_leaves_payables(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        bill(make, 1, 100),
        entry(make, 2, side("Debit", 40, AP, "Vendor"), side("Credit", 40, EQUITY)),
        bill_payment(make, 3, 60, ("Bill", "1", 100), ("JournalEntry", "2", 40)),
    ]
    assert by_day(rows) == {DAY: {FUEL: 100, BANK: -60, EQUITY: -40}}


def test_an_invoice_that_is_written_off_by_an_entry_earns_nothing(lists: list[Record], make: Make) -> None:
    """The entry is applied by a payment of 0.00, which posts nothing itself: income of 100.00 and a bad debt of 100.00."""
    rows = [
        *lists,
        invoice(make, 1, 100),
        entry(make, 2, side("Debit", 100, DISCOUNT), side("Credit", 100, AR, "Customer"), TxnDate="2026-03-09"),
        payment(make, 3, 0, ("Invoice", "1", 100), ("JournalEntry", "2", 100)),
    ]
    unapplied = "name:Unapplied Cash Payment Income"
    assert by_day(rows) == {
        DAY: {SERVICES: -100, unapplied: 100},
        "2026-03-09": {DISCOUNT: 100, unapplied: -100},
    }
    made = cash_postings(Ledger.of(rows)).filter(pl.col("entity") == "Payment")
    assert set(made.select("party_entity", "party").iter_rows()) == {("Customer", "7")}


def test_a_receipt_in_a_deposit_that_a_payment_uses_up_is_applied(lists: list[Record], make: Make) -> None:
    rows = [
        *lists,
        invoice(make, 1, 100),
        deposit(make, 2, 40, AR, "CUSTOMER", "7"),
        payment(make, 3, 60, ("Invoice", "1", 100), ("Deposit", "2", 40)),
    ]
    assert by_day(rows) == {DAY: {SERVICES: -100, FUNDS: 60, BANK: 40}}


LINKS = ("Invoice", "JournalEntry", "Deposit", "CreditMemo", "Payment", "Check")


@given(
    amounts=st.lists(st.integers(1, 100), min_size=6, max_size=6),
    links=st.lists(st.tuples(st.sampled_from(LINKS), st.integers(1, 7), st.integers(1, 100)), max_size=6),
    debit=st.booleans(),
)
def test_open_documents_are_always_the_balance(
    amounts: list[int], links: list[tuple[str, int, int]], debit: bool
) -> None:
    rows = [
        record("Account", AR, AccountType="Accounts Receivable"),
        record("Account", BANK, AccountType="Bank"),
        invoice(record, 1, amounts[0]),
        entry(
            record,
            2,
            side("Debit" if debit else "Credit", amounts[1], AR, "Customer"),
            side("Credit" if debit else "Debit", amounts[1], FUEL),
        ),
        deposit(record, 3, amounts[2], AR, "CUSTOMER", "7"),
        record("CreditMemo", 4, **{k: v for k, v in invoice(record, 4, amounts[3]).body.items() if k != "Id"}),
        record(
            "Purchase",
            6,
            TxnDate=DAY,
            TotalAmt=amounts[4],
            AccountRef=ref(BANK),
            EntityRef=ref("7"),
            Line=[cost(amounts[4], AR)],
        ),
        payment(record, 5, amounts[5], *((kind, str(number), part) for kind, number, part in links)),
    ]
    ledger = Ledger.of(rows)
    assert sum(one.open for one in ledger.open_receivable()) == ledger.balances().get(AR, 0)


def test_what_a_plan_would_write_finds_what_it_pays_in_the_snapshot(lists: list[Record], make: Make) -> None:
    euros = {"CurrencyRef": {"value": "EUR"}}
    there = [
        *lists,
        invoice(make, 1, 100, **euros, ExchangeRate=1.2),
        entry(make, 2, side("Debit", 40, DISCOUNT), side("Credit", 40, AR, "Customer"), **euros, ExchangeRate=1.1),
    ]
    wanted = {
        **CUSTOMER,
        **applied(60, ("Invoice", "1", 100), ("JournalEntry", "2", 40)),
        **euros,
        "ExchangeRate": 1.25,
    }
    (found,) = post_many([("Payment", wanted)], Chart.of(there), there)
    assert {one.account: one.amount for one in found} == {FUNDS: 75, AR: -76, EXCHANGE: 1}


def journal(books: Abroad, day: int, debit: tuple[str, str | None], credit: tuple[str, str | None], **more: Any) -> str:
    lines = []
    for posting, (account, party) in (("Debit", debit), ("Credit", credit)):
        detail: dict[str, Any] = {"PostingType": posting, "AccountRef": ref(account)}
        if party:
            detail["Entity"] = {
                "Type": "Customer" if books.twin.get("Customer", party) else "Vendor",
                "EntityRef": ref(party),
            }
        lines.append({"Amount": 40, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail})
    return books.made("JournalEntry", {"TxnDate": f"2026-02-{day:02}", "Line": lines, **more})


@pytest.mark.parametrize("day", [1, 20])
def test_entries_that_payments_settle_leave_nothing_against_quickbooks(day: int) -> None:
    """In dollars and in euros, on both sides, before the payment and after it."""
    books = Abroad()
    made = [books.made("Invoice", books.sale(books.ann, 100, TxnDate="2026-02-02")) for _ in range(2)]
    abroad = books.invoice(100, "1.20", TxnDate="2026-02-03")["Id"]
    owed = books.bill(100, "1.20", TxnDate="2026-02-03")["Id"]
    ours, euros, theirs = (
        books.account(f"Accounts {name}")
        for name in ("Receivable (A/R)", "Receivable (A/R) - EUR", "Payable (A/P) - EUR")
    )
    favour = journal(books, day, (books.sales, None), (ours, books.ann))
    charge = journal(books, day, (ours, books.ann), (books.sales, None))
    foreign = journal(books, day, (books.sales, None), (euros, books.emma), **euro("1.10"))
    less = journal(books, day, (theirs, books.stahl), (books.rent, None), **euro("1.15"))
    body = {"CustomerRef": ref(books.ann), "TxnDate": "2026-02-10"}
    books.made("Payment", {**body, **books.pays(60, ("Invoice", made[0], 100), ("JournalEntry", favour, 40))})
    books.made("Payment", {**body, **books.pays(90, ("Invoice", made[1], 70), ("JournalEntry", charge, 20))})
    books.twin.create(
        "Payment",
        {
            **body,
            "CustomerRef": ref(books.emma),
            **books.pays(60, ("Invoice", abroad, 100), ("JournalEntry", foreign, 40)),
            **euro("1.25"),
        },
    )
    written_off = books.made("Invoice", books.sale(books.bob, 40, TxnDate="2026-02-05"))
    lost = journal(books, day, (books.rent, None), (ours, books.bob))
    nothing = books.pays(0, ("Invoice", written_off, 40), ("JournalEntry", lost, 40))
    books.made("Payment", {**body, "CustomerRef": ref(books.bob), **nothing})
    books.pay(60, "1.30", ("Bill", owed, 100), ("JournalEntry", less, 40))
    records, controls = captured(books.twin)
    books.twin.close()
    ledger = Ledger.of(records)
    tied = tie(ledger, controls, Captured(records))
    assert tied.residuals.rows() == []
    assert tied.documents.rows() == []
    assert sorted(one.open for one in ledger.open_receivable()) == [20, 30]
    assert ledger.open_payable() == ()
