"""Random sequences of what clients do, against books worked out apart from the twin after every step.

Quick: a seeded few hundred steps. Long: ``make soak``.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.rules.required import SPARSE_TOO
from tests.twin.conftest import START, Body, Books, ref
from tests.twin.model_books import CHARGE, OPEN, OPENING_STOCK, Doc, Key, Model

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
DAYS = st.sampled_from(["2026-01-05", "2026-01-20", "2026-02-10", "2026-03-01"])
PICK = st.integers(0, 10_000)
CENTS = st.integers(1, 40).map(lambda quarters: quarters * 25)
UNITS = st.integers(0, 6)
FEED = [name for name, row in CATALOGUE.items() if row.change_feed]
CUSTOMER_SIDE = frozenset({"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "Estimate"})


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def in_cents(value: Any) -> int:
    return int(Decimal(value or 0) * 100)


class Company(RuleBasedStateMachine):
    """The twin, the model, and a copy of the company that only the change feed feeds."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.twin = self.books.twin
        self.model = Model()
        self.copy: dict[tuple[str, str], bytes] = {}
        self.asked = START - timedelta(days=1)

    def teardown(self) -> None:
        self.twin.close()

    # helpers

    def stored(self, doc: Doc) -> Body:
        return self.books.get(doc.entity, doc.id)

    def keyed(self, entity: str, body: Body, **seen: Any) -> Doc:
        made = self.twin.create(entity, body)
        return self.model.add(Doc(entity, str(made["Id"]), body.get("TxnDate", ""), **seen))

    def pick(self, number: int, *entities: str) -> Doc:
        found = self.model.of(*entities)
        return found[number % len(found)]

    def refused(self, code: str, call: Any, *arguments: Any) -> None:
        self.books.refused(code, call, *arguments)

    # keying

    @rule(
        entity=st.sampled_from(["Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"]),
        ann=st.booleans(),
        quarter=CENTS,
        units=UNITS,
        day=DAYS,
    )
    def sell(self, entity: str, ann: bool, quarter: int, units: int, day: str) -> None:
        customer = self.books.ann if ann else self.books.bob
        cents = units * 900 or quarter
        more = {"item": self.books.pump, "qty": units} if units else {}
        body = self.books.sale(customer, money(cents), TxnDate=day, **more)
        account = "Undeposited Funds"
        if entity == "RefundReceipt":
            body["DepositToAccountRef"] = ref(self.books.checking)
            account = "Checking"
        self.keyed(entity, body, party=f"Customer:{customer}", cents=cents, units=units, account=account)

    @rule(
        entity=st.sampled_from(["Bill", "Purchase", "VendorCredit"]),
        quarter=CENTS,
        units=UNITS,
        day=DAYS,
        lumber=st.booleans(),
    )
    def buy(self, entity: str, quarter: int, units: int, day: str, lumber: bool) -> None:
        vendor = self.books.lumber if lumber else self.books.power
        cents = quarter * (units or 1)
        line = self.books.stock_up(units, money(cents)) if units else self.books.spend(money(cents))
        body: Body = {"TxnDate": day, "Line": [line]}
        if entity == "Purchase":
            body |= {"PaymentType": "Cash", "AccountRef": ref(self.books.checking)}
        else:
            body["VendorRef"] = ref(vendor)
        party = "" if entity == "Purchase" else f"Vendor:{vendor}"
        self.keyed(entity, body, party=party, cents=cents, units=units, account="Checking", other="Rent")

    @rule(number=PICK, most=st.integers(1, 3), spare=st.integers(0, 8), day=DAYS, credit=st.booleans())
    @precondition(lambda self: any(self.model.open_cents(doc) for doc in self.model.of("Invoice", "Bill")))
    def pay(self, number: int, most: int, spare: int, day: str, credit: bool) -> None:
        """Settle open documents of one party, all but some of each, with a credit of its own if there is one."""
        opened = [doc for doc in self.model.of("Invoice", "Bill") if self.model.open_cents(doc)]
        first = opened[number % len(opened)]
        charges = [doc for doc in opened if doc.party == first.party][:most]
        applied: dict[Key, int] = {doc.key: max(self.model.open_cents(doc) - spare, 1) for doc in charges}
        owed = sum(applied.values())
        credits_ = self.model.of("CreditMemo" if first.entity == "Invoice" else "VendorCredit")
        for memo in credits_ if credit else []:
            left = self.model.open_cents(memo)
            if memo.party == first.party and left and owed:
                used = min(left, owed)
                applied[memo.key] = used
                owed -= used
                break
        total = owed + spare
        links = [(kind, txn, money(cents)) for (kind, txn), cents in applied.items()]
        body = {"TxnDate": day, **self.books.pays(money(total), *links)}
        holder = first.party.partition(":")[2]
        if first.entity == "Invoice":
            entity, account = "Payment", "Undeposited Funds"
            body["CustomerRef"] = ref(holder)
        else:
            entity, account = "BillPayment", "Checking"
            body |= {"VendorRef": ref(holder), "PayType": "Check"}
            body["CheckPayment"] = {"BankAccountRef": ref(self.books.checking)}
        self.keyed(entity, body, party=first.party, cents=total, account=account, applied=applied)

    def waiting(self) -> list[Doc]:
        found = self.model.of("Payment", "SalesReceipt")
        return [doc for doc in found if self.model.deposit_of(doc.key) is None and not doc.voided]

    @rule(number=PICK, most=st.integers(1, 3), day=DAYS)
    @precondition(lambda self: self.waiting())
    def deposit(self, number: int, most: int, day: str) -> None:
        found = self.waiting()
        start = number % len(found)
        held = found[start : start + most]
        lines = [
            {"Amount": money(doc.cents), "LinkedTxn": [{"TxnId": doc.id, "TxnType": doc.entity, "TxnLineId": "0"}]}
            for doc in held
        ]
        body = {"DepositToAccountRef": ref(self.books.checking), "Line": lines, "TxnDate": day}
        doc = self.keyed("Deposit", body, account="Checking", holds=[doc.key for doc in held])
        again = {**body, "Line": [lines[0]]}
        self.refused("620", self.twin.create, "Deposit", again)
        assert in_cents(self.stored(doc)["TotalAmt"]) == sum(doc.cents for doc in held)

    @rule(cents=CENTS, day=DAYS, transfer=st.booleans())
    def move_money(self, cents: int, day: str, transfer: bool) -> None:
        books, amount = self.books, money(cents)
        if transfer:
            body: Body = {"ToAccountRef": ref(books.card), "FromAccountRef": ref(books.checking), "Amount": amount}
            self.keyed("Transfer", {**body, "TxnDate": day}, cents=cents, account="Card", other="Checking")
            return
        rows = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
            }
            for side, account in (("Debit", books.rent), ("Credit", books.card))
        ]
        self.keyed("JournalEntry", {"Line": rows, "TxnDate": day}, cents=cents, account="Rent", other="Card")
        rows[0]["Amount"] = amount + 1
        self.refused("6000", self.twin.create, "JournalEntry", {"Line": rows, "TxnDate": day})

    @rule(units=st.integers(1, 5), day=DAYS)
    def count_stock(self, units: int, day: str) -> None:
        line = {
            "DetailType": "ItemAdjustmentLineDetail",
            "ItemAdjustmentLineDetail": {"ItemRef": ref(self.books.pump), "QtyDiff": -units},
        }
        body = {"AdjustAccountRef": ref(self.books.shrinkage), "TxnDate": day, "Line": [line]}
        self.keyed("InventoryAdjustment", body, units=-units)
        self.refused("6270", self.twin.create, "InventoryAdjustment", {**body, "TxnDate": "2025-12-31"})

    @rule(ann=st.booleans(), cents=CENTS, day=DAYS)
    def estimate(self, ann: bool, cents: int, day: str) -> None:
        customer = self.books.ann if ann else self.books.bob
        self.keyed("Estimate", self.books.sale(customer, money(cents), TxnDate=day), party=f"Customer:{customer}")

    @rule(number=PICK, cents=CENTS, day=DAYS)
    @precondition(lambda self: self.model.of("Estimate"))
    def invoice_an_estimate(self, number: int, cents: int, day: str) -> None:
        estimate = self.pick(number, "Estimate")
        customer = estimate.party.partition(":")[2]
        link = [{"TxnId": estimate.id, "TxnType": "Estimate"}]
        body = self.books.sale(customer, money(cents), TxnDate=day, LinkedTxn=link)
        self.keyed("Invoice", body, party=estimate.party, cents=cents, fulfils=estimate.key)

    @rule(ann=st.booleans(), cents=CENTS, day=DAYS)
    def spend_for_a_customer(self, ann: bool, cents: int, day: str) -> None:
        line = self.books.spend(money(cents))
        customer = self.books.ann if ann else self.books.bob
        detail = {"BillableStatus": "Billable", "CustomerRef": ref(customer)}
        line["AccountBasedExpenseLineDetail"] |= detail
        body = {"TxnDate": day, "VendorRef": ref(self.books.lumber), "Line": [line]}
        seen = {"party": f"Vendor:{self.books.lumber}", "account": "Checking", "other": "Rent"}
        doc = self.keyed("Bill", body, cents=cents, **seen)
        doc.charges = str(int(doc.id) + 1)

    def unbilled(self) -> list[Doc]:
        return [
            doc for doc in self.model.of("Bill") if doc.charges and not self.model.fulfilled_by((CHARGE, doc.charges))
        ]

    @rule(number=PICK, cents=CENTS, day=DAYS)
    @precondition(lambda self: self.unbilled())
    def bill_a_charge(self, number: int, cents: int, day: str) -> None:
        found = self.unbilled()
        charge = self.books.get(CHARGE, found[number % len(found)].charges)
        customer = charge["CustomerRef"]["value"]
        body = self.books.sale(customer, money(cents), TxnDate=day)
        body["LinkedTxn"] = [{"TxnId": charge["Id"], "TxnType": CHARGE}]
        self.keyed("Invoice", body, party=f"Customer:{customer}", cents=cents, fulfils=(CHARGE, charge["Id"]))

    # changing

    @rule(number=PICK, day=DAYS)
    @precondition(lambda self: self.model.docs)
    def redate(self, number: int, day: str) -> None:
        """A full update to another day: refused for what lies in a deposit, nothing at all when it is the same day."""
        doc = self.pick(number, *{doc.entity for doc in self.model.docs.values()})
        body = self.stored(doc)
        sent = {**body, "TxnDate": day}
        if doc.entity == "BillPayment" and not doc.applied:
            # Its bills are gone, and a payment of bills needs a line.
            self.refused("2020", self.twin.update, doc.entity, sent)
            return
        if doc.day == day:
            before = self.twin.dump()
            assert self.twin.update(doc.entity, sent) == body
            assert self.twin.dump() == before
            return
        if self.model.deposit_of(doc.key):
            self.refused("6540", self.twin.update, doc.entity, sent)
            return
        self.twin.update(doc.entity, sent)
        doc.day, doc.token = day, doc.token + 1

    @rule(number=PICK, cents=CENTS)
    @precondition(lambda self: self.model.of("Invoice", "Bill", "CreditMemo"))
    def reprice(self, number: int, cents: int) -> None:
        """Another amount: refused below what is settled."""
        doc = self.pick(number, "Invoice", "Bill", "CreditMemo")
        if doc.units or doc.voided or cents == doc.cents:
            return
        body = self.stored(doc)
        lines = [line for line in body["Line"] if line["DetailType"] != "SubTotalLineDetail"]
        lines[0]["Amount"] = money(cents)
        sent = {**body, "Line": lines}
        if cents < doc.cents - self.model.open_cents(doc):
            self.refused("6000", self.twin.update, doc.entity, sent)
            return
        self.twin.update(doc.entity, sent)
        doc.cents, doc.token = cents, doc.token + 1

    @rule(number=PICK, text=st.sampled_from(["one", "two"]))
    @precondition(lambda self: self.model.docs)
    def note(self, number: int, text: str) -> None:
        """A sparse update changes one field and leaves all others."""
        doc = self.pick(number, *{doc.entity for doc in self.model.docs.values()})
        body = self.stored(doc)
        sent: Body = {"Id": doc.id, "SyncToken": str(doc.token), "sparse": True, "PrivateNote": text}
        sent |= {name: body[name] for name in SPARSE_TOO.get(doc.entity, ())}
        changed = self.twin.update(doc.entity, sent)
        if body.get("PrivateNote") != text:
            doc.token += 1
        aside = {"SyncToken", "MetaData", "PrivateNote"}
        assert {k: v for k, v in changed.items() if k not in aside} == {k: v for k, v in body.items() if k not in aside}
        self.refused("5010", self.twin.update, doc.entity, {**sent, "SyncToken": str(doc.token + 1)})

    @rule(number=PICK)
    @precondition(lambda self: self.model.docs)
    def delete(self, number: int) -> None:
        doc = self.pick(number, *{doc.entity for doc in self.model.docs.values()})
        key = {"Id": doc.id, "SyncToken": str(doc.token)}
        if self.model.deposit_of(doc.key):
            self.refused("6540", self.twin.delete, doc.entity, key)
            return
        self.twin.delete(doc.entity, key)
        self.model.drop(doc)
        self.refused("610", self.twin.delete, doc.entity, key)

    @rule(number=PICK)
    @precondition(lambda self: self.model.of("Invoice", "SalesReceipt", "Payment"))
    def void(self, number: int) -> None:
        doc = self.pick(number, "Invoice", "SalesReceipt", "Payment")
        key = {"Id": doc.id, "SyncToken": str(doc.token)}
        if self.model.deposit_of(doc.key):
            self.refused("6540", self.twin.void, doc.entity, key)
            return
        self.twin.void(doc.entity, key)
        self.model.release(doc)
        doc.cents = doc.units = 0
        doc.applied, doc.fulfils, doc.voided = {}, None, True
        doc.token += 1

    @rule(ann=st.booleans())
    def cite_what_is_not_there(self, ann: bool) -> None:
        customer = self.books.ann if ann else "999"
        body = self.books.sale(customer, 5, item="999")
        self.refused("2500", self.twin.create, "Invoice", body)

    # what must hold

    @invariant()
    def the_books_say_what_was_keyed(self) -> None:
        shown = {name: in_cents(amount) for name, amount in self.books.balances().items() if amount}
        assert shown == self.model.ledger()
        assert sum(shown.values()) == 0
        assert self.twin.store.out_of_balance() == []
        owed = self.model.owed_by()
        for entity, record_id in (
            ("Customer", self.books.ann),
            ("Customer", self.books.bob),
            ("Vendor", self.books.lumber),
            ("Vendor", self.books.power),
        ):
            assert in_cents(self.books.get(entity, record_id)["Balance"]) == owed.get(f"{entity}:{record_id}", 0)

    @invariant()
    def stock_is_what_came_less_what_went(self) -> None:
        units, worth, _ = self.model.stock()
        assert self.books.get("Item", self.books.pump)["QtyOnHand"] == units
        assert in_cents(self.books.get("Account", self.books.stock)["CurrentBalance"]) == worth
        assert OPENING_STOCK == (10, 400)

    @invariant()
    def documents_show_their_tokens_and_what_is_open(self) -> None:
        for doc in self.model.docs.values():
            body = self.stored(doc)
            assert body["SyncToken"] == str(doc.token), doc
            if doc.entity in OPEN:
                assert in_cents(body["Balance"]) == self.model.open_cents(doc), doc
            if doc.entity == "Payment":
                assert in_cents(body["UnappliedAmt"]) == self.model.unapplied(doc), doc

    @invariant()
    def links_stand_on_both_sides(self) -> None:
        for doc in self.model.docs.values():
            body = self.stored(doc)
            lines = Counter(
                (link["TxnType"], link["TxnId"]) for line in body.get("Line", []) for link in line.get("LinkedTxn", [])
            )
            assert lines == Counter(doc.holds if doc.entity == "Deposit" else list(doc.applied)), doc
            mirrors = Counter((link["TxnType"], link["TxnId"]) for link in body.get("LinkedTxn", []))
            assert mirrors == self.expected_mirrors(doc), doc
            if doc.entity == "Estimate":
                assert body["TxnStatus"] == ("Closed" if self.model.fulfilled_by(doc.key) else "Pending")

    @invariant()
    def a_charge_stands_for_each_billable_line(self) -> None:
        charging = {doc.charges: doc for doc in self.model.docs.values() if doc.charges}
        stored = {record_id for entity, record_id in self.twin.dump() if entity == CHARGE}
        assert stored == set(charging)
        for charge_id, doc in charging.items():
            charge = self.books.get(CHARGE, charge_id)
            invoices = [key.key for key in self.model.fulfilled_by((CHARGE, charge_id))]
            assert in_cents(charge["Amount"]) == doc.cents or invoices
            assert charge["HasBeenInvoiced"] is bool(invoices)
            assert [(link["TxnType"], link["TxnId"]) for link in charge.get("LinkedTxn", [])] == invoices
            (line,) = self.stored(doc)["Line"]
            status = line["AccountBasedExpenseLineDetail"]["BillableStatus"]
            assert status == ("HasBeenBilled" if invoices else "Billable")

    def expected_mirrors(self, doc: Doc) -> Counter[Key]:
        wanted: list[Key] = [other.key for other in self.model.settled_by(doc.key)]
        wanted = [("BillPaymentCheck", txn) if kind == "BillPayment" else (kind, txn) for kind, txn in wanted]
        wanted += [other.key for other in self.model.fulfilled_by(doc.key)]
        held = self.model.deposit_of(doc.key)
        return Counter(wanted + ([held.key] if held else []) + ([doc.fulfils] if doc.fulfils else []))

    @invariant()
    def the_feed_tells_everything(self) -> None:
        since, self.asked = self.asked, self.books.clock.now
        for group in self.twin.change_feed(FEED, since).groups:
            for payload in group.changed:
                body = payloads.decode(payload)
                self.copy[group.entity, str(body["Id"])] = payload
            for record_id, _ in group.deleted:
                self.copy.pop((group.entity, record_id), None)
        assert self.copy == {key: payload for key, payload in self.twin.dump().items() if key[0] in FEED}


Company.TestCase.settings = (
    settings(max_examples=100, stateful_step_count=60) if SOAK else settings(max_examples=40, stateful_step_count=40)
)
TestCompany = Company.TestCase

if SOAK:  # 400 lives in four tests, which workers share
    TestSecondCompany, TestThirdCompany, TestFourthCompany = (
        type(f"Test{number}Company", (Company.TestCase,), {}) for number in ("Second", "Third", "Fourth")
    )
