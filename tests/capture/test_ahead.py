"""Which reports can be asked for before all lists are read, what is left then, and what a change makes of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.controls.ahead import Ahead, finished, remaining
from akika_forensics.capture.controls.calendar import Horizon, Window
from akika_forensics.capture.controls.catalogue import (
    ACCOUNT_LIST,
    AGED_RECEIVABLES,
    BALANCE_SHEET,
    GENERAL_LEDGER,
    TRANSACTION_LIST,
    TRIAL_BALANCE,
    Control,
)
from akika_forensics.capture.controls.plan import everything
from akika_forensics.capture.controls.wanted import Wanted
from akika_forensics.capture.meanwhile import Meanwhile
from akika_forensics.capture.sweep import _in_turn
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Page, PagePlan, Slice

FIRST = date(2024, 1, 1)
TODAY = date(2026, 11, 23)
BEGAN = datetime(2026, 11, 23, 18, tzinfo=UTC)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def report(control: Control, first: date, last: date, basis: str = "") -> Wanted:
    return Wanted(control, basis, Window(first, last), 1)


spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: (day(min(two)), day(max(two))))


class TestRemaining:
    @given(spans, st.lists(spans, max_size=6))
    def test_each_day_is_covered_once(self, span: tuple[date, date], some: list[tuple[date, date]]) -> None:
        had = [report(TRANSACTION_LIST, *one) for one in some]
        left = [one.window for one in remaining([report(TRANSACTION_LIST, *span)], had)]
        for number in range(61):
            at = day(number)
            wanted = span[0] <= at <= span[1] and not any(at in one.window for one in had)
            assert sum(at in window for window in left) == wanted

    def test_another_report_or_basis_covers_nothing(self) -> None:
        ledger = report(GENERAL_LEDGER, day(0), day(9), "Accrual")
        others = [report(TRANSACTION_LIST, day(0), day(9)), report(GENERAL_LEDGER, day(0), day(9), "Cash")]
        assert list(remaining([ledger], others)) == [ledger]

    def test_a_short_one_is_had_or_not(self) -> None:
        sheet = report(BALANCE_SHEET, day(0), day(30), "Cash")
        assert list(remaining([sheet], [sheet])) == []
        assert list(remaining([sheet], [report(BALANCE_SHEET, day(0), day(40), "Cash")])) == [sheet]


class TestFinished:
    HORIZON = Horizon.of(TODAY, 7, date(2023, 3, 5), TODAY)
    PLAN = everything(HORIZON, TODAY).wanted

    def test_days_that_are_over_alone(self) -> None:
        every = finished(self.PLAN, self.HORIZON, None)
        assert every
        assert all(one.window.last < date(2026, 11, 1) for one in every)
        assert {one.control.report for one in every}.isdisjoint({AGED_RECEIVABLES.report, ACCOUNT_LIST.report})
        over = {one.name for one in self.PLAN if one.control is TRIAL_BALANCE and one.window.last < date(2026, 11, 1)}
        assert over <= {one.name for one in every}

    @pytest.mark.parametrize(
        ("known", "until"),
        [(date(2024, 12, 31), date(2024, 7, 1)), (date(2025, 1, 1), date(2025, 1, 1)), (date(1, 12, 31), FIRST)],
    )
    def test_long_ones_of_halves_that_are_known(self, known: date, until: date) -> None:
        long = [one for one in finished(self.PLAN, self.HORIZON, known) if one.control.detail]
        assert long == [one for one in self.PLAN if one.control.detail and one.window.last < until and known > FIRST]
        short = [one for one in finished(self.PLAN, self.HORIZON, known) if not one.control.detail]
        assert short == [one for one in finished(self.PLAN, self.HORIZON, None) if not one.control.detail]


def cut(record_id: str, *, entity: str = "Invoice", edits: str = "0", **body: Any) -> Slice:
    body = {"Id": record_id, "SyncToken": edits, **body}
    return Slice(RecordKey(entity, record_id), json.dumps(body).encode())


NEW = {"MetaData": {"CreateTime": "2026-11-23T18:00:05Z"}}
OLD = {"MetaData": {"CreateTime": "2026-11-23T17:59:40Z"}}


class TestMeanwhile:
    @pytest.mark.parametrize(
        ("changed", "held", "moved"),
        [
            ([], 7, set()),
            ([cut("8", TxnDate="2025-02-03", **NEW)], 8, {date(2025, 2, 3)}),
            ([cut("8", TxnDate="2025-02-03", **NEW)] * 2, 8, {date(2025, 2, 3)}),
            # It went, and something is in its place.
            ([cut("8", TxnDate="2025-02-03", **NEW)], 7, None),
            ([], 6, None),
            ([], 8, None),
            # Where it stood before, nobody saw.
            ([cut("1", TxnDate="2025-02-03", edits="4", **OLD)], 7, None),
            ([cut("8", TxnDate="2025-02-03", edits="1", **NEW)], 8, None),
            ([cut("1", TxnDate="2025-02-03")], 7, None),
            # A name shows in the reports of the day.
            ([cut("1", edits="4", **OLD)], 7, {TODAY}),
            ([Slice(RecordKey("Invoice", "1"), b"[]")], 7, None),
            ([Slice(RecordKey("Invoice", "1"), b"{")], 7, None),
        ],
    )
    def test_the_days_that_can_be_otherwise(self, changed: list[Slice], held: int, moved: set[date] | None) -> None:
        meanwhile = Meanwhile(BEGAN, {"Invoice": 7, "Bill": 3})
        meanwhile.changed(changed)
        assert meanwhile.moved(TODAY, {"Invoice"}, lambda name: {"Invoice": held}[name]) == moved

    def test_what_nobody_tells_of_moves_everything(self) -> None:
        meanwhile = Meanwhile(BEGAN, {})
        assert meanwhile.moved(TODAY, (), len) == set()
        meanwhile.untold()
        assert meanwhile.moved(TODAY, (), len) is None

    def test_what_moved_a_report(self) -> None:
        old = report(TRANSACTION_LIST, date(2025, 1, 1), date(2025, 6, 30))
        assert not Ahead((), frozenset({date(2025, 7, 1)})).outlived(old)
        assert Ahead((), frozenset({date(2025, 6, 30)})).outlived(old)
        assert Ahead((), None).outlived(old)


class TestTheOrderOfPages:
    def plans(self) -> dict[str, PagePlan]:
        return {
            name: PagePlan(expected=rows) for name, rows in {"Customer": 5500, "Bill": 9000, "Invoice": 3000}.items()
        }

    def test_every_page_comes_once(self) -> None:
        pages = _in_turn(self.plans())
        assert len(pages) == len(set(pages))
        assert set(pages) == {(name, at) for name, plan in self.plans().items() for at in plan.wanted()}

    def test_both_ends_of_each_list_come_first_and_then_transactions_from_old_to_new(self) -> None:
        pages = _in_turn(self.plans())
        positions = {name: plan.wanted() for name, plan in self.plans().items()}
        ends = {(name, at) for name, one in positions.items() for at in (one[0], one[-1])}
        assert set(pages[: len(ends)]) == ends
        between = pages[len(ends) :]
        assert [name for name, _ in between[-4:]] == ["Customer"] * 4
        for name in ("Bill", "Invoice"):
            own = [at for one, at in between if one == name]
            assert own == sorted(own)
        assert between.index(("Invoice", 1000)) < between.index(("Bill", 5995))

    def test_a_plan_tells_how_far_it_is_read(self) -> None:
        plan = PagePlan(expected=30, size=10)
        rows = [Slice(RecordKey("Bill", str(number)), b"{}") for number in range(30)]

        def answer(position: int) -> None:
            plan.accept(Page(position, 10, tuple(rows[position - 1 : position + 9]), None))

        first, *between, last = plan.wanted()
        told = []
        for position in (last, first, *reversed(between)):
            told.append((plan.ends_arrived, plan.arrived_to))
            answer(position)
        assert told == [(False, 0), (False, 0), (True, 1), (True, 1)]
        assert (plan.ends_arrived, plan.arrived_to, plan.done) == (True, last, True)
