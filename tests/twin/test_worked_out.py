"""What reports keep from one another is what each of them would work out, whatever was written in between."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from akika_forensics.model import payload as payloads
from akika_forensics.twin import QuickBooksFault, Twin
from akika_forensics.twin.reports import open_items
from akika_forensics.twin.worked_out import WorkedOut
from tests.twin.conftest import Body, Books, ref
from tests.twin.recount.acts import USUAL, act
from tests.twin.recount.keying import Keeper
from tests.twin.t_accounts.shop import Shop

DAY = "2026-12-31"
REPORTS = (
    "AgedReceivables",
    "AgedReceivableDetail",
    "CustomerBalance",
    "CustomerBalanceDetail",
    "AgedPayables",
    "AgedPayableDetail",
    "VendorBalance",
)


def shown(twin: Twin) -> list[Body]:
    found = [twin.report(name, report_date=DAY) for name in REPORTS]
    found.append(twin.report("TrialBalance", accounting_method="Cash", end_date=DAY))
    for report in found:
        del report["Header"]["Time"]
    return found


def anew(twin: Twin) -> list[Body]:
    twin._cache.clear()
    twin.store.wrote()
    return shown(twin)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(USUAL), st.integers(0, 2**20)), min_size=1, max_size=8))
def test_whatever_was_written_reports_are_those_made_anew(steps: list[tuple[str, int]]) -> None:
    keeper = Keeper(Shop())
    twin = keeper.shop.twin
    try:
        for name, seed in steps:
            shown(twin)
            act(keeper, name, seed)
            assert shown(twin) == anew(twin)
    finally:
        twin.close()


class _Refused(Exception):
    pass


def _paid(books: Books) -> None:
    books.twin.create("Payment", {"CustomerRef": ref(books.ann), "TxnDate": "2026-03-01", **books.pays(7)})


def _undone(books: Books) -> None:
    with contextlib.suppress(_Refused), books.twin.store.transaction():
        books.twin.create("Invoice", books.sale(books.ann, 11, TxnDate="2026-03-01"))
        shown(books.twin)
        raise _Refused


def _part_undone(books: Books) -> None:
    with books.twin.transaction():
        with contextlib.suppress(_Refused), books.twin.store.transaction():
            books.twin.store.run("UPDATE posting SET cents = cents * 2, own_cents = own_cents * 2")
            shown(books.twin)
            raise _Refused
        shown(books.twin)


def _below_every_rule(books: Books) -> None:
    with books.twin.beside() as store:
        store.run("UPDATE posting SET cents = cents * 2")
        store.wrote()


def _repainted(books: Books) -> None:
    """An account of receivables becomes another kind of account, of which nothing is told."""
    store = books.twin.store
    (row,) = [row for row in store.rows("Account") if b"Accounts Receivable" in row.payload]
    body = payloads.decode(row.payload) | {"AccountType": "Other Current Asset"}
    with books.twin.beside():
        store.repaint("Account", row.id, payloads.encode(body))


def _replaced(books: Books) -> None:
    """By a company that only differs in what no row's number tells."""
    other = books.twin.copy()
    with other.beside() as store:
        store.run("UPDATE posting SET cents = cents * 3")
    other.store.copy_into(books.twin.store)


WRITES: tuple[Callable[[Books], None], ...] = (_paid, _undone, _part_undone, _below_every_rule, _repainted, _replaced)


@pytest.mark.parametrize("write", WRITES)
def test_every_way_of_writing_is_noticed(books: Books, write: Callable[[Books], None]) -> None:
    books.made("Invoice", books.sale(books.ann, 100, TxnDate="2026-01-05"))
    shown(books.twin)
    write(books)
    assert shown(books.twin) == anew(books.twin)


def test_another_process_that_writes_is_noticed(tmp_path: Path) -> None:
    one = Twin(tmp_path / "company.db")
    before = one.store.revision()
    assert one.store.revision() == before
    other = Twin(tmp_path / "company.db")
    other.keep("something", 1)
    assert one.store.revision() != before
    one.close()
    other.close()


def test_five_reports_of_a_day_work_it_out_once_a_side(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    books.made("Invoice", books.sale(books.ann, 100, TxnDate="2026-01-05"))
    sides: list[str] = []
    made = open_items._books

    def counted(session: Any, side: Any, *rest: Any, **more: Any) -> Any:
        sides.append(side.kind)
        return made(session, side, *rest, **more)

    monkeypatch.setattr(open_items, "_books", counted)
    for name in ("AgedReceivables", "AgedReceivableDetail", "CustomerBalance", "AgedPayables", "AgedPayableDetail"):
        books.twin.report(name, report_date=DAY)
    assert sides == ["Accounts Receivable", "Accounts Payable"]


def test_what_failed_is_not_kept_and_little_is(books: Books) -> None:
    kept = WorkedOut()
    with pytest.raises(QuickBooksFault):
        kept.get(1, "a", lambda: books.twin.report("Nothing"))
    assert [kept.get(1, key, lambda key=key: key) for key in range(50)] == list(range(50))
    assert len(kept._found) <= 8
    assert kept.get(2, 49, lambda: "new") == "new"
