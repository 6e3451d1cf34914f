"""Which reports are wanted: of a whole company, of what changed, of a few records; what a change moves."""

from __future__ import annotations

from datetime import date

import pytest

from akika_forensics.capture.controls.calendar import Horizon, Window
from akika_forensics.capture.controls.catalogue import (
    ACCOUNT_LIST,
    BALANCE_SHEET,
    FULL,
    PROFIT_AND_LOSS,
    TRANSACTION_LIST,
    TRIAL_BALANCE,
)
from akika_forensics.capture.controls.dates import Dates
from akika_forensics.capture.controls.plan import changes, everything, of_records
from akika_forensics.capture.controls.wanted import ControlName, Wanted
from akika_forensics.model.record import RecordKey

TODAY = date(2026, 11, 23)
LAST = date(2026, 11, 20)
YEARS = Horizon.of(TODAY, 1, date(2024, 3, 5), LAST)
SINCE = date(2026, 11, 22)


def names(wanted: tuple[Wanted, ...]) -> list[str]:
    return [one.name for one in wanted]


def test_both_bases_where_a_report_has_them() -> None:
    plan = everything(YEARS, LAST)
    for report in ("TrialBalance", "BalanceSheet", "ProfitAndLoss"):
        bases = {one.basis: one.window for one in plan.wanted if one.control.report == report}
        assert set(bases) == {"Accrual", "Cash"}
    assert {one.control.report for one in plan.wanted} == {control.report for control in FULL}


def test_a_company_with_nothing_in_it_is_asked_for_its_present() -> None:
    plan = everything(Horizon.of(TODAY, 7, None, None), None)
    ends = {one.window.last for one in plan.wanted}
    assert ends == {TODAY}
    assert "BalanceSheet/Accrual/2026-07-01..2026-11-23" in names(plan.wanted)
    assert len(plan.wanted) == len({*names(plan.wanted)}) < 20


def test_transactions_of_the_future_are_within_the_windows() -> None:
    later = date(2027, 2, 3)
    plan = everything(Horizon.of(TODAY, 1, date(2026, 1, 5), later), later)
    found = names(plan.wanted)
    assert found[:2] == ["TrialBalance/Accrual/2026-11-23", "TrialBalance/Accrual/2027-02-28"]
    assert "BalanceSheet/Accrual/2026-01-01..2027-02-28" in found
    assert "TransactionList/2027-01-01..2027-02-28" in found


def test_a_slip_of_the_keyboard_asks_for_no_thousand_years() -> None:
    slip = date(203, 1, 1)
    plan = everything(Horizon.of(TODAY, 1, slip, date(9999, 12, 31)), date(9999, 12, 31))
    assert min(one.window.first for one in plan.wanted) >= date(2001, 1, 1)
    assert "TrialBalance/Accrual/9999-12-31" in names(plan.wanted)
    assert max(one.window.last for one in plan.wanted if one.control.report != "TrialBalance") == date(2028, 12, 31)


class TestChanges:
    def test_where_nothing_changed_the_trial_balances_of_the_day_are_enough(self) -> None:
        assert names(changes(YEARS, LAST, [], SINCE).wanted) == [
            "TrialBalance/Accrual/2026-11-23",
            "TrialBalance/Cash/2026-11-23",
        ]

    def test_a_change_of_this_year(self) -> None:
        plan = changes(YEARS, LAST, [date(2026, 10, 2)], SINCE)
        assert len(plan.wanted) == 12
        assert plan.left_out == ()
        (modified,) = [one for one in plan.wanted if one.control is TRANSACTION_LIST]
        assert modified.name == "TransactionList/modified since 2026-11-21/2026-10-02..2026-11-23"
        asked = modified.parameters()
        assert (asked["start_moddate"], asked["start_date"]) == ("2026-11-21", "2026-10-02")
        assert "last_mod_by" in asked["columns"]

    def test_a_change_of_another_year_has_its_statements_and_its_end_taken(self) -> None:
        found = names(changes(YEARS, LAST, [date(2024, 5, 5)], SINCE).wanted)
        assert "TrialBalance/Accrual/2024-12-31" in found
        assert "BalanceSheet/Accrual/2024-01-01..2024-12-31" in found

    @pytest.mark.parametrize("latest", [LAST, date(2027, 5, 1)])
    def test_changes_of_many_years_stay_within_sixteen(self, latest: date) -> None:
        horizon = Horizon.of(TODAY, 1, date(2015, 3, 5), latest)
        plan = changes(horizon, latest, [date(year, 6, 1) for year in range(2015, 2028)], SINCE)
        assert len(plan.wanted) == 16
        assert plan.left_out

    def test_transactions_of_the_future_keep_their_trial_balance(self) -> None:
        latest = date(2027, 5, 1)
        found = names(changes(Horizon.of(TODAY, 1, LAST, latest), latest, [], SINCE).wanted)
        assert "TrialBalance/Accrual/2027-05-31" in found


def test_a_few_records_want_the_ledgers_of_their_accounts() -> None:
    accounts = [str(number) for number in range(1, 26)]
    plan = of_records(YEARS, LAST, accounts, [date(2025, 2, 1)])
    ledgers = [one for one in plan.wanted if one.control.report == "GeneralLedger"]
    assert len(plan.wanted) <= 12
    assert {str(one.window) for one in ledgers} == {"2026-07-01..2026-11-23", "2025-01-01..2025-06-30"}
    assert [one.only["account"].count(",") for one in ledgers] == [19, 19, 4, 4]
    assert ledgers[-1].name == "GeneralLedger/Accrual/accounts 21, 22, 23, 24, 25/2025-01-01..2025-06-30"
    assert of_records(YEARS, LAST, [], []).wanted == plan.wanted[:2]


class TestWhatMoves:
    def wanted(self, control: object, basis: str, first: str, last: str) -> Wanted:
        return Wanted(control, basis, Window(date.fromisoformat(first), date.fromisoformat(last)), 1)  # type: ignore[arg-type]

    def test_a_sum_is_moved_by_all_that_came_before(self) -> None:
        one = self.wanted(BALANCE_SHEET, "Accrual", "2026-01-01", "2026-06-30")
        assert one.moved_by([date(2020, 1, 1)])
        assert not one.moved_by([date(2026, 7, 1)])
        assert self.wanted(TRIAL_BALANCE, "Accrual", "2026-06-30", "2026-06-30").moved_by([date(2026, 1, 1)])

    def test_what_tells_of_its_own_days_is_moved_by_them_alone(self) -> None:
        one = self.wanted(PROFIT_AND_LOSS, "Accrual", "2026-01-01", "2026-06-30")
        assert one.moved_by([date(2026, 6, 30)])
        assert not one.moved_by([date(2025, 12, 31), date(2026, 7, 1)])

    def test_on_the_cash_basis_earlier_days_move_it_too(self) -> None:
        assert self.wanted(PROFIT_AND_LOSS, "Cash", "2026-01-01", "2026-06-30").moved_by([date(2025, 12, 31)])

    def test_nothing_is_moved_by_nothing(self) -> None:
        for control in FULL:
            assert not self.wanted(control, "", "2026-01-01", "2026-06-30").moved_by([])
        assert self.wanted(ACCOUNT_LIST, "", "2026-06-30", "2026-06-30").moved_by([date(2026, 7, 1)])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TrialBalance/Accrual/2026-11-23", ("TrialBalance", "Accrual", "", "2026-11-23")),
        ("AgedPayables/2026-11-23", ("AgedPayables", "", "", "2026-11-23")),
        ("GeneralLedger/Accrual/accounts 1, 2/2026-01-01..2026-06-30", ("GeneralLedger", "Accrual", "accounts 1, 2")),
        ("TransactionList/modified since 2026-11-21/2026-11-23", ("TransactionList", "", "modified since 2026-11-21")),
        ("something else", ("something else", "", "", "")),
    ],
)
def test_a_name_says_what_it_is(name: str, said: tuple[str, ...]) -> None:
    known = ControlName.of(name)
    assert (known.report, known.basis, known.part, known.days)[: len(said)] == said


def test_every_name_can_be_read_back() -> None:
    for one in everything(YEARS, LAST).wanted:
        known = ControlName.of(one.name)
        assert (known.report, known.basis, known.part, known.days) == (
            one.control.report,
            one.basis,
            one.part,
            str(one.window),
        )


class TestDates:
    def test_what_is_noted(self) -> None:
        dates = Dates()
        dates.note({"TxnDate": "2026-10-02", "Line": [{}, {}]})
        dates.note({"TxnDate": "2026-10-09"})
        dates.note({"InvStartDate": "2026-01-01"})
        assert (dates.first, dates.last) == (date(2026, 1, 1), date(2026, 10, 9))
        assert dates.transactions == {date(2026, 10, 2): 1, date(2026, 10, 9): 1, date(2026, 1, 1): 1}
        assert dates.postings == {date(2026, 10, 2): 3, date(2026, 10, 9): 2, date(2026, 1, 1): 2}
        assert dates.changed(TODAY) == {date(2026, 10, 2), date(2026, 10, 9), date(2026, 1, 1)}
        dates.settle()
        assert dates.changed(TODAY) == frozenset()

    def test_a_name_shows_today(self) -> None:
        dates = Dates()
        assert dates.note({"DisplayName": "Ann"}) is None
        assert dates.changed(TODAY) == {TODAY}

    def test_a_record_that_moved_leaves_its_day(self) -> None:
        dates = Dates()
        dates.left(RecordKey("Invoice", "1"), date(2026, 3, 1))
        assert dates.changed(TODAY) == {date(2026, 3, 1)}
        assert not dates.anything

    def test_a_name_that_vanished_can_show_anywhere(self) -> None:
        dates = Dates()
        dates.left(RecordKey("Customer", "1"), None, gone=True)
        assert dates.anything

    def test_days_of_the_snapshot_before_are_looked_up_at_once(self) -> None:
        asked: list[list[RecordKey]] = []

        def before(keys: object) -> list[date | None]:
            asked.append(list(keys))  # type: ignore[call-overload]
            return [date(2026, 3, 1), None]

        dates = Dates((date(2020, 1, 1), LAST), before)
        keys = [RecordKey("Invoice", "1"), RecordKey("Customer", "2")]
        for key in keys:
            dates.left(key, None)
        assert dates.changed(TODAY) == {date(2026, 3, 1), TODAY}
        assert dates.changed(TODAY) == {date(2026, 3, 1), TODAY}
        assert asked == [keys]
        assert (dates.first, dates.last) == (date(2020, 1, 1), LAST)
