"""The windows of reports, for companies of every age, fiscal years from any month, and days that cannot be."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from akika_forensics.capture.controls.calendar import Horizon, Window, month_end, month_ends
from akika_forensics.capture.controls.plan import everything, joined, narrowed
from akika_forensics.capture.controls.wanted import MOST_CELLS

DAY = timedelta(days=1)
TODAYS = st.dates(date(2015, 1, 1), date(2032, 12, 31))
MONTHS = st.integers(1, 12)


@st.composite
def horizons(draw: st.DrawFn) -> Horizon:
    """Of an empty company, one of a day or of twelve years, one that plans ahead, one with slips of the keyboard."""
    today = draw(TODAYS)
    age = draw(st.one_of(st.none(), st.integers(0, 12 * 366), st.integers(0, 700_000)))
    ahead = draw(st.one_of(st.none(), st.integers(-400, 800), st.integers(0, 2_900_000)))
    first = None if age is None else date.fromordinal(max(today.toordinal() - age, 1))
    last = None if ahead is None else date.fromordinal(today.toordinal() + ahead)
    return Horizon.of(today, draw(MONTHS), first, last)


def days_of(windows: list[Window]) -> list[int]:
    """Every day once for each window that holds it."""
    return [day for one in windows for day in range(one.first.toordinal(), one.last.toordinal() + 1)]


def follow(windows: list[Window]) -> bool:
    """Newest first, without a gap and without a day twice."""
    return all(later.first == earlier.last + DAY for later, earlier in itertools.pairwise(windows))


def months_in(window: Window) -> int:
    return (window.last.year - window.first.year) * 12 + window.last.month - window.first.month + 1


@given(horizons())
def test_every_month_end_of_the_books_is_covered_once_by_the_statements(horizon: Horizon) -> None:
    windows = horizon.years()
    assert follow(windows)
    assert windows[0].last == horizon.end
    assert windows[-1].first <= horizon.first
    covered = Counter(end for one in windows for end in month_ends(one.first, one.last))
    wanted = month_ends(horizon.first, horizon.end)
    assert all(covered[end] == 1 for end in wanted)
    assert all(one.first.day == 1 and one.first.month == horizon.month for one in windows)
    assert all(months_in(one) <= 36 for one in windows)


@given(horizons())
def test_every_day_of_the_books_is_covered_once_by_the_ledgers(horizon: Horizon) -> None:
    windows = horizon.halves()
    assert follow(windows)
    assert windows[0].last == horizon.end
    assert windows[-1].first <= horizon.first <= windows[-1].last
    assert all(months_in(one) <= 6 for one in windows)


@given(horizons())
def test_there_is_a_trial_balance_for_every_month_end_of_the_year_and_every_earlier_years_end(horizon: Horizon) -> None:
    days = horizon.trial_days(horizon.last)
    assert days[0] == horizon.today
    assert len(days) == len(set(days))
    this_year = month_ends(max(horizon.this_year, horizon.first), horizon.today)
    assert set(this_year) <= set(days)
    starts = [date(year, horizon.month, 1) for year in range(horizon.first.year, horizon.this_year.year + 1)]
    earlier = {start - DAY for start in starts if horizon.first < start <= horizon.this_year}
    assert earlier <= set(days)
    assert set(days) == {horizon.today, *this_year, *earlier, *([horizon.end] if horizon.last > horizon.today else [])}


@given(horizons())
def test_a_plan_stays_within_its_bounds_and_names_each_report_once(horizon: Horizon) -> None:
    plan = everything(horizon, horizon.last)
    names = [one.name for one in (*plan.wanted, *plan.left_out)]
    assert len(names) == len(set(names))
    assert len(plan.wanted) <= 140
    assert plan.wanted[0].name == f"TrialBalance/Accrual/{horizon.today}"


def test_a_typical_company_of_three_fiscal_years_takes_about_sixty_reports() -> None:
    horizon = Horizon.of(date(2026, 11, 23), 1, date(2024, 1, 8), date(2026, 11, 20))
    plan = everything(horizon, horizon.last)
    assert len(plan.wanted) == 58
    assert plan.left_out == ()


def test_a_company_of_twelve_years_has_room_for_all() -> None:
    horizon = Horizon.of(date(2026, 11, 23), 1, date(2015, 1, 8), date(2026, 11, 20))
    plan = everything(horizon, horizon.last)
    assert plan.left_out == ()
    ends = {one.window.last for one in plan.wanted if one.control.report == "TrialBalance"}
    assert {date(year, 12, 31) for year in range(2015, 2026)} <= ends


def test_where_there_is_no_room_the_oldest_details_are_left_out() -> None:
    horizon = Horizon.of(date(2026, 11, 23), 1, date(2011, 1, 8), date(2026, 11, 20))
    plan = everything(horizon, horizon.last)
    assert len(plan.wanted) == 140
    assert {one.control.report for one in plan.left_out} == {"GeneralLedger", "TransactionList"}
    for report in ("GeneralLedger", "TransactionList"):
        newest = max(one.window.last for one in plan.left_out if one.control.report == report)
        assert newest < min(one.window.first for one in plan.wanted if one.control.report == report)


WINDOWS = st.builds(lambda first, days: Window(first, first + timedelta(days=days)), TODAYS, st.integers(0, 200))


@given(WINDOWS)
def test_two_halves_are_the_whole(window: Window) -> None:
    halves = window.halves()
    if halves is None:
        assert window.first == window.last
        return
    assert follow([halves[1], halves[0]])
    assert (halves[0].first, halves[1].last) == (window.first, window.last)
    assert max(len(days_of([half])) for half in halves) < len(days_of([window]))


@given(
    WINDOWS,
    st.lists(st.tuples(st.integers(0, 280), st.one_of(st.integers(0, 900), st.integers(0, 30_000))), max_size=60),
    st.integers(1, 24),
    st.floats(0.5, 1),
)
def test_windows_are_narrowed_to_what_is_expected_to_fit(
    window: Window, many: list[tuple[int, int]], columns: int, fill: float
) -> None:
    rows: Counter[date] = Counter()
    for after, number in many:
        rows[window.first + timedelta(days=after)] += number
    parts = list(narrowed(window, rows, columns, fill))
    assert follow(parts)
    assert (parts[-1].first, parts[0].last) == (window.first, window.last)
    most = max(int(MOST_CELLS * fill) // columns, 1)
    for part in parts:
        found = [number for day, number in rows.items() if day in part and number]
        assert sum(found) <= most or len(found) == 1
    if sum(number for day, number in rows.items() if day in window) <= most:
        assert parts == [window]
    by_month: Counter[date] = Counter()
    for day, number in rows.items():
        by_month[day.replace(day=1)] += number if day in window else 0
    if max(by_month.values(), default=0) <= most // 2:
        assert all(part.first.day == 1 for part in parts[:-1]), "months stay whole"


@given(horizons(), st.integers(0, 3000), st.integers(1, 24))
@example(Horizon(date(2015, 6, 1), 12, date(2015, 5, 31), date(2015, 6, 1)), 1191, 24)
def test_halves_are_joined_where_a_year_is_far_from_the_most_cells(horizon: Horizon, each: int, columns: int) -> None:
    halves = horizon.halves()
    rows = {end.replace(day=1): each for end in month_ends(halves[-1].first, month_end(halves[0].last))}
    wider = list(joined(halves, horizon.month, rows, columns))
    assert follow(wider)
    assert (wider[-1].first, wider[0].last) == (halves[-1].first, halves[0].last)
    years = {half.first.year - (half.first.month < horizon.month) for half in halves}
    if 12 * each * columns <= MOST_CELLS * 0.5:
        assert len(wider) == len(years)
    assert all(one in halves or months_in(one) * each * columns <= MOST_CELLS * 0.5 for one in wider)
    assert list(joined(halves, horizon.month, {}, columns)) == halves


def test_a_busy_company_of_twelve_years_takes_hardly_more_than_a_hundred_reports() -> None:
    horizon = Horizon.of(date(2026, 11, 23), 1, date(2015, 1, 8), date(2026, 11, 20))
    months = [end.replace(day=1) for end in month_ends(date(2015, 1, 1), date(2026, 11, 30))]
    rows = {"TransactionList": dict.fromkeys(months, 500), "GeneralLedger": dict.fromkeys(months, 1500)}
    assert len(everything(horizon, horizon.last, rows).wanted) == 106


def test_busy_days_are_put_together_until_no_more_fit() -> None:
    july = Window(date(2026, 7, 1), date(2026, 12, 31))
    rows = {date(2026, 9, day): 14_000 for day in (3, 10, 14, 25, 28)}
    parts = list(narrowed(july, rows, 10, 0.8))
    assert [str(part) for part in parts] == [
        "2026-09-15..2026-12-31",
        "2026-09-04..2026-09-14",
        "2026-07-01..2026-09-03",
    ]


def test_a_company_of_half_a_million_records_has_room_for_all() -> None:
    horizon = Horizon.of(date(2026, 11, 27), 1, date(2023, 1, 2), date(2026, 11, 26))
    days = [date(2023, 1, 2) + DAY * number for number in range((date(2026, 11, 26) - date(2023, 1, 2)).days)]
    rows = {"TransactionList": dict.fromkeys(days, 345), "GeneralLedger": dict.fromkeys(days, 1155)}
    plan = everything(horizon, horizon.last, rows, currencies=False)
    assert plan.left_out == ()
    assert len(plan.wanted) <= 134


def test_home_amounts_are_asked_for_where_there_may_be_others() -> None:
    horizon = Horizon.of(date(2026, 11, 23), 1, date(2024, 1, 8), date(2026, 11, 20))
    columns = {
        currencies: {
            key for one in everything(horizon, horizon.last, None, currencies).wanted for key in one.control.columns
        }
        for currencies in (True, False, None)
    }
    assert columns[True] == columns[None]
    assert columns[True] - columns[False] == {"currency", "subt_nat_home_amount", "rbal_nat_home_amount"}
