"""The cash basis of any books, and when its table is made anew."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.reports import basis, cash_parts
from tests.twin.cash_scene import EXPENSE, INCOME, by_day, cash, feb, invoice, live, lives, pay, receive
from tests.twin.conftest import Books


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
