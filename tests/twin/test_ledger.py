"""Whatever is keyed, debits are credits, balances are what was posted, and both sides of a link agree."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.money import money
from akika_forensics.twin import QuickBooksFault
from tests.twin.conftest import Books, ref

SETTLES = {"Payment": ("Invoice", "CreditMemo"), "BillPayment": ("Bill", "VendorCredit")}
DOCUMENTS = (
    "Invoice CreditMemo SalesReceipt RefundReceipt Payment Bill VendorCredit BillPayment Purchase JournalEntry Deposit "
    "Transfer InventoryAdjustment"
).split()
AMOUNTS = st.decimals(min_value="0.01", max_value="500", places=2)
DAYS = st.integers(1, 28).map(lambda day: f"2026-02-{day:02d}")
WHO = st.integers(0, 2)
QTY = st.integers(1, 6)


class Bookkeeping(RuleBasedStateMachine):
    @initialize()
    def open_books(self) -> None:
        self.books = Books()
        self.twin = self.books.twin
        self.applied = 0

    def teardown(self) -> None:
        if hasattr(self, "twin"):
            self.twin.close()

    def key(self, entity: str, body: dict[str, Any]) -> None:
        try:
            self.twin.create(entity, body)
            self.applied += 1
        except QuickBooksFault:
            pass

    def ids(self, *entities: str) -> list[tuple[str, str]]:
        return [key for key in sorted(self.twin.dump()) if key[0] in entities]

    def customer(self, who: int) -> str:
        return str((self.books.ann, self.books.bob, self.books.job)[who])

    @rule(
        entity=st.sampled_from(["Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"]),
        who=WHO,
        amount=AMOUNTS,
        day=DAYS,
    )
    def sell(self, entity: str, who: int, amount: Decimal, day: str) -> None:
        more = {"DepositToAccountRef": ref(self.books.checking)} if entity == "RefundReceipt" else {}
        self.key(entity, self.books.sale(self.customer(who), amount, TxnDate=day, **more))

    @rule(entity=st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo"]), who=WHO, qty=QTY, day=DAYS)
    def sell_stock(self, entity: str, who: int, qty: int, day: str) -> None:
        self.key(entity, self.books.sale(self.customer(who), 9 * qty, item=self.books.pump, qty=qty, TxnDate=day))

    @rule(entity=st.sampled_from(["Bill", "VendorCredit"]), who=st.booleans(), amount=AMOUNTS, qty=QTY, day=DAYS)
    def buy(self, entity: str, who: bool, amount: Decimal, qty: int, day: str) -> None:
        vendor = self.books.lumber if who else self.books.power
        lines = [self.books.spend(amount), self.books.stock_up(qty, 5 * qty)]
        self.key(entity, {"VendorRef": ref(vendor), "Line": lines, "TxnDate": day})

    @rule(kind=st.sampled_from(["Cash", "CreditCard"]), credit=st.booleans(), amount=AMOUNTS, day=DAYS)
    def spend(self, kind: str, credit: bool, amount: Decimal, day: str) -> None:
        account = self.books.card if kind == "CreditCard" else self.books.checking
        body = {"PaymentType": kind, "AccountRef": ref(account), "Line": [self.books.spend(amount)], "TxnDate": day}
        self.key("Purchase", body | ({"Credit": True} if credit else {}))

    @rule(data=st.data(), share=st.integers(1, 100), extra=AMOUNTS)
    def settle(self, data: Any, share: int, extra: Decimal) -> None:
        entity = data.draw(st.sampled_from(["Payment", "BillPayment"]))
        candidates = self.ids(*SETTLES[entity])
        if not candidates:
            return
        chosen = data.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=3, unique=True))
        first = self.books.get(*chosen[0])
        field = "CustomerRef" if entity == "Payment" else "VendorRef"
        links, total = [], Decimal(0)
        for name, record_id in chosen:
            part = (money(self.books.get(name, record_id)["Balance"]) * share / 100).quantize(Decimal("0.01"))
            links.append((name, record_id, part))
            total += part if name in {"Invoice", "Bill"} else -part
        body = self.books.pays(max(total, Decimal(0)) + (extra if entity == "Payment" else 0), *links)
        body[field] = first[field]
        if entity == "BillPayment":
            body |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(self.books.checking)}}
        self.key(entity, body)

    @rule(data=st.data(), amount=AMOUNTS, back=st.booleans())
    def deposit(self, data: Any, amount: Decimal, back: bool) -> None:
        candidates = self.ids("Payment", "SalesReceipt")
        chosen = data.draw(st.lists(st.sampled_from(candidates), max_size=3, unique=True)) if candidates else []
        lines: list[Any] = [
            {"LinkedTxn": [{"TxnId": record_id, "TxnType": name, "TxnLineId": "0"}]} for name, record_id in chosen
        ]
        plain = {"AccountRef": ref(self.books.sales)}
        lines.append({"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": plain})
        body: dict[str, Any] = {"DepositToAccountRef": ref(self.books.checking), "Line": lines}
        if back:
            body["CashBack"] = {"AccountRef": ref(self.books.stock), "Amount": Decimal("0.01")}
        self.key("Deposit", body)

    @rule(amount=AMOUNTS, day=DAYS, who=WHO, side=st.booleans())
    def journal(self, amount: Decimal, day: str, who: int, side: bool) -> None:
        receivable = self.books.account("Accounts Receivable (A/R)") if self.ids("Invoice") else self.books.checking
        named = {"Entity": {"Type": "Customer", "EntityRef": ref(self.customer(who))}}
        lines = []
        for account, debit, more in ((receivable, side, named), (self.books.sales, not side, {})):
            detail = {"PostingType": "Debit" if debit else "Credit", "AccountRef": ref(account), **more}
            line = {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
            lines.append(line)
        self.key("JournalEntry", {"Line": lines, "TxnDate": day})

    @rule(quantity=st.integers(-5, 5), day=DAYS)
    def adjust(self, quantity: int, day: str) -> None:
        detail = {"ItemRef": ref(self.books.pump), "QtyDiff": quantity}
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
        body = {"AdjustAccountRef": ref(self.books.shrinkage), "TxnDate": day, "Line": [line]}
        self.key("InventoryAdjustment", body)

    @rule(data=st.data(), sparse=st.booleans(), amount=AMOUNTS, day=DAYS)
    def change(self, data: Any, sparse: bool, amount: Decimal, day: str) -> None:
        candidates = self.ids("Invoice", "CreditMemo", "Bill", "VendorCredit", "SalesReceipt", "Payment", "Purchase")
        if not candidates:
            return
        entity, record_id = data.draw(st.sampled_from(candidates))
        body = self.books.get(entity, record_id)
        if entity == "Payment":
            body["TotalAmt"] = amount
        else:
            line = body["Line"][0]
            line["Amount"] = amount
            line[line["DetailType"]].pop("Qty", None)
            line[line["DetailType"]].pop("UnitPrice", None)
        body["TxnDate"] = day
        body["sparse"] = sparse
        body.pop("TotalAmt", None) if entity == "Purchase" else None
        try:
            self.twin.update(entity, body)
        except QuickBooksFault:
            return

    @rule(data=st.data(), void=st.booleans())
    def remove(self, data: Any, void: bool) -> None:
        candidates = self.ids(*DOCUMENTS)
        if not candidates:
            return
        entity, record_id = data.draw(st.sampled_from(candidates))
        body = self.books.get(entity, record_id)
        try:
            (self.twin.void if void else self.twin.delete)(entity, {"Id": record_id, "SyncToken": body["SyncToken"]})
        except QuickBooksFault:
            return

    @rule(who=WHO, amount=AMOUNTS, qty=QTY, day=DAYS, side=st.booleans())
    def key_and_delete(self, who: int, amount: Decimal, qty: int, day: str, side: bool) -> None:
        """Deleting what was just keyed leaves every record and the trial balance as they were."""
        if side:
            entity, body = (
                "Invoice",
                self.books.sale(self.customer(who), 9 * qty, item=self.books.pump, qty=qty, TxnDate=day),
            )
        else:
            lines = [self.books.spend(amount), self.books.stock_up(qty, 7 * qty)]
            entity, body = "Bill", {"VendorRef": ref(self.books.power), "Line": lines, "TxnDate": day}
        self.twin.create(entity, body) if not self.ids(entity) else None
        before, trial = self.settled_records(), self.books.balances()
        made = self.twin.create(entity, body)
        self.twin.delete(entity, {"Id": made["Id"], "SyncToken": made["SyncToken"]})
        assert self.settled_records() == before
        assert self.books.balances() == trial

    def settled_records(self) -> dict[tuple[str, str], Any]:
        return {key: {**self.books.get(*key), "MetaData": None} for key in self.twin.dump()}

    @invariant()
    def debits_are_credits(self) -> None:
        if not hasattr(self, "twin"):
            return
        assert self.twin.store.out_of_balance() == []
        assert sum(self.books.balances().values()) == 0

    @invariant()
    def balances_are_what_was_posted(self) -> None:
        if not hasattr(self, "twin"):
            return
        posted = self.twin.store.balances(until="9999")
        control = {"Accounts Receivable", "Accounts Payable"}
        accounts = {record_id: self.books.get("Account", record_id) for _, record_id in self.ids("Account")}
        for record_id, body in accounts.items():
            if body["Classification"] in {"Asset", "Liability", "Equity"}:
                assert money(body["CurrentBalance"]) == Decimal(posted.get(record_id, 0)) / 100, body["Name"]
        parties = self.twin.store.party_balances(
            [key for key, body in accounts.items() if body["AccountType"] in control]
        )
        own: dict[str, Decimal] = {}
        for entity, record_id in self.ids("Customer", "Vendor"):
            body = self.books.get(entity, record_id)
            sign = 1 if entity == "Customer" else -1
            assert money(body["Balance"]) == Decimal(sign * parties.get(f"{entity}:{record_id}", 0)) / 100
            own[record_id] = money(body["Balance"])
        ann = self.books.get("Customer", self.books.ann)
        assert money(ann["BalanceWithJobs"]) == own[self.books.ann] + own[self.books.job]

    @invariant()
    def links_agree_on_both_sides(self) -> None:
        if not hasattr(self, "twin"):
            return
        settled: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        stated, mirrored = set(), set()
        for key in self.ids("Payment", "BillPayment", "Deposit"):
            for line in self.books.get(*key).get("Line", []):
                for link in line.get("LinkedTxn", []):
                    target = (linked_entity(link["TxnType"]), link["TxnId"])
                    stated.add((key, target))
                    if key[0] != "Deposit":
                        settled[target] += money(line["Amount"])
        for key in self.ids(*DOCUMENTS):
            body = self.books.get(*key)
            for link in body.get("LinkedTxn", []):
                mirrored.add(((linked_entity(link["TxnType"]), link["TxnId"]), key))
            if key[0] in {"Invoice", "CreditMemo", "Bill", "VendorCredit"}:
                assert money(body["Balance"]) == money(body["TotalAmt"]) - settled[key]
                assert money(body["Balance"]) >= 0
        assert stated == mirrored
        for _, record_id in self.ids("Payment"):
            body = self.books.get("Payment", record_id)
            used = sum(
                (
                    money(line["Amount"]) * (1 if line["LinkedTxn"][0]["TxnType"] == "Invoice" else -1)
                    for line in body["Line"]
                ),
                Decimal(0),
            )
            assert money(body["UnappliedAmt"]) == money(body["TotalAmt"]) - used
            assert money(body["UnappliedAmt"]) >= 0

    @invariant()
    def stock_is_what_moved(self) -> None:
        if not hasattr(self, "twin"):
            return
        moved = sum(Decimal(row.quantity) for row in self.twin.store.movements_of(self.books.pump))
        assert money(self.books.get("Item", self.books.pump)["QtyOnHand"]) == moved
        value = sum(row.cost_cents for row in self.twin.store.movements_of(self.books.pump))
        if moved == 0 and not any(
            row.quantity.startswith("-") for row in self.twin.store.movements_of(self.books.pump)
        ):
            assert value == 0


def test_any_bookkeeping_keeps_the_books_in_balance() -> None:
    run_state_machine_as_test(
        Bookkeeping,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
