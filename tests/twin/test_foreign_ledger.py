"""Whatever is keyed in three currencies: debits are credits, and every balance is that of its own currency."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import Phase, example, given, settings

from akika_forensics.books import Ledger, tie
from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import cents, money
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import QuickBooksFault, loading
from akika_forensics.twin.engine import Twin
from tests.twin.conftest import Body, ref
from tests.twin.foreign_scene import Abroad

AMOUNTS = st.decimals("0.01", "500", places=2)
RATES = st.decimals("0.5", "2", places=4)
STEP = st.tuples(
    st.sampled_from(["sell", "credit", "receive", "buy", "pay", "bank", "move", "rate", "remove", "void"]),
    AMOUNTS,
    RATES,
    st.integers(0, 7),
)


class Trade:
    """Interprets steps; a refused one leaves nothing behind."""

    def __init__(self) -> None:
        self.books = Abroad()
        self.twin = self.books.twin

    def run(self, steps: list[tuple[str, Decimal, Decimal, int]]) -> None:
        for act, amount, rate, pick in steps:
            try:
                getattr(self, act)(amount, rate, pick)
            except QuickBooksFault:
                continue

    def _ids(self, *entities: str) -> list[tuple[str, str]]:
        return [key for key in sorted(self.twin.dump()) if key[0] in entities]

    def _pick(self, pick: int, *entities: str) -> tuple[str, str]:
        found = self._ids(*entities)
        if not found:
            raise QuickBooksFault("610", "", "")
        return found[pick % len(found)]

    def _buyer(self, pick: int, rate: Decimal) -> Body:
        who, code = (("emma", "EUR"), ("paul", "GBP"), ("ann", "USD"), ("emma", "EUR"))[pick % 4]
        return {"CustomerRef": ref(getattr(self.books, who)), "CurrencyRef": ref(code), "ExchangeRate": rate}

    def sell(self, amount: Decimal, rate: Decimal, pick: int, entity: str = "Invoice") -> None:
        self.twin.create(entity, {**self.books.sale(self.books.ann, amount), **self._buyer(pick, rate)})

    def credit(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        self.sell(amount, rate, pick, "CreditMemo")

    def receive(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        entity, record_id = self._pick(pick, "Invoice")
        body = self.books.get(entity, record_id)
        part = min(amount, money(body["Balance"]))
        more = {"DepositToAccountRef": ref(self.books.checking)} if pick % 2 else {}
        links = self.books.pays(amount + pick % 3, (entity, record_id, part))
        owner = {field: body[field] for field in ("CustomerRef", "CurrencyRef")}
        self.twin.create("Payment", {**owner, "ExchangeRate": rate, **links, **more})

    def buy(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        lines = [self.books.spend(amount), self.books.stock_up(pick + 1, 3 * (pick + 1))]
        code = {"VendorRef": ref(self.books.stahl), "CurrencyRef": ref("EUR"), "ExchangeRate": rate}
        self.twin.create("Bill" if pick % 3 else "VendorCredit", {**code, "Line": lines})

    def pay(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        entity, record_id = self._pick(pick, "Bill")
        part = min(amount, money(self.books.get(entity, record_id)["Balance"]))
        bank = self.books.euros if pick % 2 else self.books.checking
        self.books.pay(part, str(rate), (entity, record_id, part), bank=bank)

    def bank(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        _, record_id = self._pick(pick, "Payment")
        code = self.books.get("Payment", record_id)["CurrencyRef"]
        line = {"LinkedTxn": [{"TxnId": record_id, "TxnType": "Payment", "TxnLineId": "0"}]}
        body = {"DepositToAccountRef": ref(self.books.checking), "Line": [line], "CurrencyRef": code}
        self.twin.create("Deposit", {**body, "ExchangeRate": rate})

    def move(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        sides = [self.books.euros, self.books.checking][:: 1 if pick % 2 else -1]
        body = {"FromAccountRef": ref(sides[0]), "ToAccountRef": ref(sides[1]), "Amount": amount}
        self.twin.create("Transfer", {**body, "CurrencyRef": ref("EUR"), "ExchangeRate": rate})

    def rate(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        entity, record_id = self._pick(pick, "Invoice", "Bill", "CreditMemo", "Payment")
        self.twin.update(entity, {**self.books.get(entity, record_id), "ExchangeRate": rate})

    def remove(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        entity, record_id = self._pick(pick, "Invoice", "Bill", "CreditMemo", "Payment", "BillPayment", "Deposit")
        token = self.books.get(entity, record_id)["SyncToken"]
        self.twin.delete(entity, {"Id": record_id, "SyncToken": token})

    def void(self, amount: Decimal, rate: Decimal, pick: int) -> None:
        entity, record_id = self._pick(pick, "Invoice", "Payment", "BillPayment")
        self.twin.void(entity, {"Id": record_id, "SyncToken": self.books.get(entity, record_id)["SyncToken"]})


AT_PAR = [("sell", Decimal("7.12"), Decimal("1.0000"), 0), ("receive", Decimal("16.87"), Decimal("0.8153"), 1)]

BANKED_LATER = [
    ("sell", Decimal("19.00"), Decimal("1.4098"), 1),
    ("receive", Decimal("2.37"), Decimal("0.6028"), 6),
    ("bank", Decimal("431.85"), Decimal("0.5576"), 0),
]


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.lists(STEP, min_size=6, max_size=24))
@example(AT_PAR)
@example(BANKED_LATER)
def test_any_trade_in_several_currencies(steps: list[tuple[str, Decimal, Decimal, int]]) -> None:
    trade = Trade()
    trade.run(steps)
    _balances_are_what_was_posted(trade)
    _documents_are_worth_what_they_say(trade)
    _another_bookkeeper_agrees(trade.twin)
    _loading_it_again_gives_the_same(trade)
    trade.twin.close()


def _balances_are_what_was_posted(trade: Trade) -> None:
    store = trade.twin.store
    assert store.out_of_balance() == []
    assert sum(trade.books.balances().values()) == 0
    own = store.own_balances()
    control = []
    for _, record_id in trade._ids("Account"):
        body = trade.books.get("Account", record_id)
        if body["Classification"] in {"Asset", "Liability", "Equity"}:
            assert money(body["CurrentBalance"]) * 100 == own.get(record_id, 0), body["Name"]
        if body["AccountType"] in {"Accounts Receivable", "Accounts Payable"}:
            control.append(record_id)
    parties = store.party_balances(control)
    for entity, record_id in trade._ids("Customer", "Vendor"):
        sign = 1 if entity == "Customer" else -1
        held = parties.get(f"{entity}:{record_id}", 0) * sign
        assert money(trade.books.get(entity, record_id)["Balance"]) * 100 == held


def _documents_are_worth_what_they_say(trade: Trade) -> None:
    open_by_party: dict[str, Decimal] = defaultdict(Decimal)
    settled: dict[tuple[str | None, str], Decimal] = defaultdict(Decimal)
    for key in trade._ids("Payment", "BillPayment"):
        body = trade.books.get(*key)
        applied = Decimal(0)
        for line in body.get("Line", []):
            link = line["LinkedTxn"][0]
            settled[linked_entity(link["TxnType"]), link["TxnId"]] += money(line["Amount"])
            applied += money(line["Amount"])
        spare = money(body["TotalAmt"]) - applied
        open_by_party[(body.get("CustomerRef") or body["VendorRef"])["value"]] -= spare
        if key[0] == "Payment":
            assert body["UnappliedAmt"] == spare
    for key in trade._ids("Invoice", "CreditMemo", "Bill", "VendorCredit"):
        body = trade.books.get(*key)
        assert money(body["Balance"]) == money(body["TotalAmt"]) - settled[key]
        if key[0] != "VendorCredit":
            assert body["HomeBalance"] == cents(money(body["Balance"]) * money(body["ExchangeRate"]))
        party: Any = (body.get("CustomerRef") or body["VendorRef"])["value"]
        sign = -1 if key[0] in {"CreditMemo", "VendorCredit"} else 1
        open_by_party[party] += sign * money(body["Balance"])
    for entity, record_id in trade._ids("Customer", "Vendor"):
        assert money(trade.books.get(entity, record_id)["Balance"]) == open_by_party[record_id]


def _another_bookkeeper_agrees(twin: Twin) -> None:
    ledger = Ledger.of([Record(RecordKey(*key), payload) for key, payload in twin.dump().items()])
    report = encode(twin.report("TrialBalance", end_date="2026-12-31"))
    tied = tie(ledger, {"TrialBalance/Accrual/2026-12-31": report})
    moved = {account for account, cents in twin.store.balances(until="2026-12-31").items() if cents}
    assert moved <= set(tied.lines["subject"])
    assert tied.residuals.is_empty()


def _loading_it_again_gives_the_same(trade: Trade) -> None:
    again = Twin()
    rows = [(entity, payload) for (entity, _), payload in trade.twin.dump().items()]
    loading.load_records(again, rows, opening=None, opening_date=date(2026, 1, 1))
    stock = {trade.books.stock, trade.books.account("Opening Balance Equity"), trade.books.cogs}
    one, other = (
        {account: value for account, value in store.balances(until="9999").items() if value and account not in stock}
        for store in (trade.twin.store, again.store)
    )
    assert one == other
    again.close()
