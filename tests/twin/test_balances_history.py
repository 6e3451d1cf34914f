"""After any history, the reports of balances agree with the ledger and with what the documents themselves say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Founding, QuickBooksFault
from akika_forensics.twin.reports import open_items
from akika_forensics.twin.reports.open_items import PAYABLE, RECEIVABLE, Side
from tests.twin.conftest import Body, Books, ref
from tests.twin.report_rows import flat, grand

DAYS = ["2026-01-05", "2026-01-20", "2026-02-10", "2026-03-01"]
ALL_DAYS = ["2026-01-05", "2026-02-01", "2026-02-10", "2026-12-31"]
KINDS = (
    "Invoice",
    "CreditMemo",
    "Payment",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "JournalEntry",
    "Deposit",
    "remove",
    "change",
)

steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, 1000),
        st.integers(1, 400).map(lambda quarters: Decimal(quarters) / 4),
        st.sampled_from(DAYS),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=14,
)
RATES = ("1.1", "0.9371", "1.25", "1.033")


class History:
    """Keys what a list of steps says, as far as the company takes it."""

    def __init__(self, *, foreign: bool) -> None:
        self.books = Books(founding=Founding(multicurrency=True)) if foreign else Books()
        self.foreign = foreign
        self.made: list[tuple[str, str]] = []
        books = self.books
        money = {"CurrencyRef": ref("EUR")} if foreign else {}
        self.customers = [books.ann, books.job, books.bob]
        self.vendors = [books.lumber, books.power]
        if foreign:
            self.customers = [books.made("Customer", {"DisplayName": "Emma", **money})]
            self.vendors = [books.made("Vendor", {"DisplayName": "Stahl", **money})]
        self.bank = (
            books.made("Account", {"Name": "Euro bank", "AccountType": "Bank", **money}) if foreign else books.checking
        )
        for number in range(3):
            self.key("Invoice", self.sale(number, Decimal("33.25"), DAYS[number], number))
            self.key("Bill", self.bill(number, Decimal("40.5"), DAYS[number], number))

    def key(self, kind: str, body: Body) -> None:
        self.made.append((kind, str(self.books.twin.create(kind, body)["Id"])))

    def money(self, pick: int) -> Body:
        if not self.foreign:
            return {}
        return {"CurrencyRef": ref("EUR"), "ExchangeRate": Decimal(RATES[pick % len(RATES)])}

    def sale(self, pick: int, amount: Decimal, day: str, due: int) -> Body:
        customer = self.customers[pick % len(self.customers)]
        return self.books.sale(customer, amount, TxnDate=day, DueDate=DAYS[due], **self.money(pick))

    def spending(self, pick: int, amount: Decimal, day: str) -> Body:
        vendor = self.vendors[pick % len(self.vendors)]
        return {"VendorRef": ref(vendor), "Line": [self.books.spend(amount)], "TxnDate": day, **self.money(pick)}

    def bill(self, pick: int, amount: Decimal, day: str, due: int) -> Body:
        return {**self.spending(pick, amount, day), "DueDate": DAYS[due]}

    def settle(self, kinds: tuple[str, str], pick: int, amount: Decimal) -> tuple[Body, str | None]:
        """Lines that pay a charge, in part or wholly, with a credit where there is one; and whose they are."""
        field = "CustomerRef" if kinds[0] == "Invoice" else "VendorRef"
        charges = [key for key in self.made if key[0] == kinds[0] and self.stored(key).get("Balance")]
        if not charges:
            return {}, None
        charge = self.stored(charges[pick % len(charges)])
        whose = charge[field]["value"]
        part = min(amount, Decimal(str(charge["Balance"])))
        links: list[tuple[str, str, Any]] = [(kinds[0], charge["Id"], part)]
        total = amount if kinds[0] == "Invoice" else part
        for key in self.made:
            credit = self.stored(key) if key[0] == kinds[1] else {}
            if pick % 2 == 0 and credit.get("Balance") and credit[field]["value"] == whose:
                used = min(Decimal(str(credit["Balance"])), part)
                links.append((kinds[1], credit["Id"], used))
                total -= used
                break
        return self.books.pays(max(total, Decimal(0)), *links), whose

    def stored(self, key: tuple[str, str]) -> Body:
        return self.books.twin.get(*key) or {}

    def step(self, kind: str, pick: int, amount: Decimal, day: str, due: int) -> None:
        more: Body = {"TxnDate": day, **self.money(pick + 1)}
        body: Body | None = None
        if kind in {"Invoice", "CreditMemo"}:
            body = self.sale(pick, amount, day, due)
        elif kind == "Bill":
            body = self.bill(pick, amount, day, due)
        elif kind == "VendorCredit":
            body = self.spending(pick, amount, day)
        elif kind == "Payment":
            lines, whose = self.settle(("Invoice", "CreditMemo"), pick, amount)
            whose = whose or self.customers[pick % len(self.customers)]
            body = {"CustomerRef": ref(whose), **(lines or {"TotalAmt": amount}), **more}
        elif kind == "BillPayment":
            lines, whose = self.settle(("Bill", "VendorCredit"), pick, amount)
            if whose:
                bank = {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(self.bank)}}
                body = {"VendorRef": ref(whose), **lines, **bank, **more}
        elif kind == "JournalEntry" and not self.foreign:
            body = {**self.journal(pick, amount), **more}
        elif kind == "Deposit" and not self.foreign:
            body = {**self.deposit(pick, amount), **more}
        if body is not None:
            self.key(kind, body)
        elif self.made and kind in {"remove", "change"}:
            self.touch(kind, self.made[pick % len(self.made)], amount)

    def touch(self, kind: str, key: tuple[str, str], amount: Decimal) -> None:
        twin, body = self.books.twin, self.stored(key)
        if not body:
            return
        if kind == "remove" and amount % 1 and key[0] in {"Invoice", "CreditMemo", "Payment", "BillPayment"}:
            twin.void(key[0], {"Id": key[1], "SyncToken": body["SyncToken"]})
        elif kind == "remove":
            twin.delete(key[0], body)
        elif key[0] in {"Invoice", "Bill"}:
            twin.update(key[0], {**body, "TxnDate": DAYS[int(amount) % 4], "sparse": True})

    def journal(self, pick: int, amount: Decimal) -> Body:
        """A receivable or a payable by name, charge or credit."""
        books, receivable = self.books, pick % 2
        control = books.account("Accounts Receivable (A/R)" if receivable else "Accounts Payable (A/P)")
        whose = self.customers[pick % 3] if receivable else self.vendors[pick % 2]
        named = {"Type": "Customer" if receivable else "Vendor", "EntityRef": ref(whose)}
        sides = ("Debit", "Credit") if pick % 5 else ("Credit", "Debit")
        lines = [
            {"PostingType": sides[0], "AccountRef": ref(control), "Entity": named},
            {"PostingType": sides[1], "AccountRef": ref(books.rent)},
        ]
        kind = "JournalEntryLineDetail"
        return {"Line": [{"Amount": amount, "DetailType": kind, kind: line} for line in lines]}

    def deposit(self, pick: int, amount: Decimal) -> Body:
        """Money of a customer that is nothing but a credit on receivables."""
        books = self.books
        detail = {
            "AccountRef": ref(books.account("Accounts Receivable (A/R)")),
            "Entity": {"type": "CUSTOMER", "value": self.customers[pick % 3]},
        }
        line = {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
        return {"DepositToAccountRef": ref(self.bank), "Line": [line]}


def live(found: list[tuple[str, int, Decimal, str, int]], *, foreign: bool = False) -> History:
    history = History(foreign=foreign)
    for step in found:
        try:
            history.step(*step)
        except QuickBooksFault:
            continue
    return history


def control(history: History, side: Side, day: str) -> Decimal:
    """What the control accounts hold, from the postings alone."""
    twin = history.books.twin
    kinds = {
        account["Id"]: account["AccountType"]
        for account in twin.query("select * from Account maxresults 1000")["QueryResponse"]["Account"]
    }
    held = twin.store.balances(until=day)
    return Decimal(side.sign * sum(cents for one, cents in held.items() if kinds[one] == side.kind)) / 100


REPORTS: list[tuple[Side, tuple[str, ...]]] = [
    (RECEIVABLE, ("AgedReceivables", "AgedReceivableDetail", "CustomerBalance", "CustomerBalanceDetail")),
    (PAYABLE, ("AgedPayables", "AgedPayableDetail", "VendorBalance", "VendorBalanceDetail")),
]


def check_against_the_ledger(history: History) -> None:
    for side, names in REPORTS:
        for day in ALL_DAYS:
            held = control(history, side, day)
            assert [grand(history.books.twin.report(name, report_date=day)) for name in names] == [held] * 4, day


def by_document(history: History, side: Side) -> dict[tuple[str, str], int]:
    """In the documents' own currency, which no report shows of what is settled."""
    found: dict[tuple[str, str], int] = {}
    with history.books.twin._session() as session:
        for item in open_items.all_items(session, side, "9999-12-31"):
            found[item.entity, item.id] = found.get((item.entity, item.id), 0) + item.own_open
    return found


def check_against_the_documents(history: History) -> None:
    """What is open of a document over all time is its Balance; of a payment its UnappliedAmt."""
    found = by_document(history, RECEIVABLE) | by_document(history, PAYABLE)
    fields = {"Invoice": ("Balance", 1), "Bill": ("Balance", 1), "CreditMemo": ("Balance", -1)}
    fields |= {"VendorCredit": ("Balance", -1), "Payment": ("UnappliedAmt", -1)}
    for key in history.made:
        body = history.stored(key)
        if body and key[0] in fields:
            field, sign = fields[key[0]]
            assert found.get(key, 0) == sign * int(Decimal(str(body.get(field, 0))) * 100), key


@given(steps)
def test_what_is_open_is_what_the_ledger_and_the_documents_say(found: list[Any]) -> None:
    history = live(found)
    check_against_the_ledger(history)
    check_against_the_documents(history)
    history.books.twin.close()


@given(steps)
def test_in_euros_too(found: list[Any]) -> None:
    history = live(found, foreign=True)
    check_against_the_ledger(history)
    check_against_the_documents(history)
    history.books.twin.close()


def test_names_come_to_what_their_records_say() -> None:
    """Balance and BalanceWithJobs of the customers are the rows of CustomerBalance."""
    history = live(
        [
            ("Invoice", 0, Decimal(40), "2026-01-05", 1),
            ("Invoice", 1, Decimal(25), "2026-01-20", 2),
            ("Payment", 0, Decimal(15), "2026-02-10", 0),
            ("CreditMemo", 2, Decimal(9), "2026-02-10", 0),
        ]
    )
    books = history.books
    rows = {row[0]: Decimal(row[1]) for _, _, row in flat(books.twin.report("CustomerBalance"))}
    assert rows["Shed"] == Decimal(str(books.get("Customer", books.job)["Balance"]))
    assert rows["Total Ann"] == Decimal(str(books.get("Customer", books.ann)["BalanceWithJobs"]))
    assert rows["Bob"] == Decimal(str(books.get("Customer", books.bob)["Balance"])) == Decimal("24.25")
