"""After any sequence of what people do with a bank, the books, the marks and the bank's lines agree with one another."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model.money import money
from akika_forensics.model.payload import decode
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.statements import agreement, lines
from akika_forensics.twin.statements.lines import BankLine

from .conftest import Books, ref

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
ACTS = (
    "pay",
    "line",
    "download",
    "match",
    "add",
    "undo",
    "exclude",
    "reconcile",
    "unreconcile",
    "edit",
    "delete",
    "void",
    "pay",
    "line",
    "download",
    "match",
    "match",
)
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), max_size=30)


class Desk:
    """One account at a bank, and who works on it."""

    def __init__(self) -> None:
        self.books = Books()
        self.account = self.books.checking
        self.screens = self.books.twin.screens
        self.ada = self.screens.invite("Ada", "ada@example.com", "accountant")["id"]
        self.screens.connect_bank(self.account)
        self.month = 0
        self.truth: list[int] = []

    def do(self, act: str, number: int) -> None:
        with suppress(ScreenRefused, WrongUse):
            getattr(self, f"_{act}")(number)

    def _pay(self, number: int) -> None:
        body = {"AccountRef": ref(self.account), "PaymentType": "Cash", "TxnDate": f"2025-{number % 12 + 1:02d}-05"}
        self.books.made("Purchase", {**body, "Line": [self.books.spend(number % 3 + 1)]})

    def _line(self, number: int) -> None:
        with self.books.twin.transaction():
            self.books.twin.store.bank.add([BankLine(self.account, "2025-06-01", -100 * (number % 3 + 1))])
        self.truth.append(-100 * (number % 3 + 1))

    def _download(self, _number: int) -> None:
        self.screens.update_bank(self.account)

    def _pick(self, number: int, *states: str) -> str:
        found = [line.fitid for line in self.books.twin.store.bank.of(self.account) if line.state in states]
        return found[number % len(found)] if found else "none"

    def _purchase(self, number: int) -> str:
        found = sorted(record_id for entity, record_id in self.books.twin.dump() if entity == "Purchase")
        return found[number % len(found)] if found else "none"

    def _match(self, number: int) -> None:
        """A line to a purchase of its amount, or, now and then, to some purchase."""
        fitid = self._pick(number, lines.REVIEW)
        line = self.books.twin.store.bank.find(self.account, fitid)
        booked = self.books.twin.store.moved_by_source(self.account, "9999")
        like = [key for key, cents in sorted(booked.items()) if line and cents == line.cents and key[0] == "Purchase"]
        wanted = like[number % len(like)][1] if like and number else self._purchase(number)
        self.screens.match(self.account, fitid, "Purchase", wanted)

    def _add(self, number: int) -> None:
        self.screens.add(self.account, self._pick(number, lines.REVIEW), self.books.rent)

    def _undo(self, number: int) -> None:
        self.screens.undo_line(self.account, self._pick(number, lines.MATCHED, lines.ADDED, lines.EXCLUDED))

    def _exclude(self, number: int) -> None:
        self.screens.exclude(self.account, self._pick(number, lines.REVIEW))

    def _reconcile(self, number: int) -> None:
        self.month += 1
        day = f"2026-{self.month % 12 + 1:02d}-28"
        self.screens.reconcile(self.account, day, -number, [("Purchase", self._purchase(number))], adjust=True)

    def _unreconcile(self, _number: int) -> None:
        self.screens.undo_reconciliation(self.account, by=self.ada)

    def _edit(self, number: int) -> None:
        body = {"Id": self._purchase(number), "Line": [self.books.spend(number % 2 + 1)]}
        self.screens.edit("Purchase", body, sure=number % 2 == 0)

    def _delete(self, number: int) -> None:
        self.screens.delete("Purchase", self._purchase(number), sure=number % 2 == 0)

    def _void(self, number: int) -> None:
        self.screens.void("Purchase", self._purchase(number), sure=number % 2 == 0)

    def check(self) -> None:
        store = self.books.twin.store
        assert store.out_of_balance() == []
        own = store.own_balances()
        for payload in self.books.twin.payloads("Account"):
            body = decode(payload)
            if body["Classification"] not in {"Revenue", "Expense"}:
                assert int(money(body["CurrentBalance"]) * 100) == own.get(body["Id"], 0)
        found = agreement.of(store, self.account, "9999")
        assert found.bank == sum(self.truth)
        assert found.bank == found.book - sum(item.cents for item in found.outstanding) + sum(
            line.cents for line in found.unrecorded
        )
        stood = {
            (line.entity, line.id) for line in store.bank.of(self.account) if line.state in {lines.MATCHED, lines.ADDED}
        }
        ticked = {(tick.entity, tick.id) for tick in store.reconciliations.ticks(self.account)}
        for entity, record_id in self.books.twin.dump():
            marks: Any = store.marks(entity, record_id)
            assert ("matched" in marks) == ((entity, record_id) in stood)
            assert ("reconciled" in marks) == ((entity, record_id) in ticked)
            assert "cleared" not in marks or "matched" in marks


@settings(max_examples=400 if SOAK else 25, phases=[Phase.explicit, Phase.generate])
@given(steps=STEPS)
def test_books_marks_and_lines_agree(steps: list[tuple[str, int]]) -> None:
    desk = Desk()
    try:
        for act, number in steps:
            desk.do(act, number)
        desk.check()
    finally:
        desk.books.twin.close()
