"""Which reports a capture asks for. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from akika_forensics.capture.controls.calendar import Horizon, Window, month_end, months_on, year_start
from akika_forensics.capture.controls.catalogue import (
    ACCRUAL,
    BALANCE_SHEET,
    BOTH,
    CHANGED,
    FULL,
    GENERAL_LEDGER,
    PROFIT_AND_LOSS,
    TRANSACTION_LIST,
    TRIAL_BALANCE,
    Control,
    Rule,
)
from akika_forensics.capture.controls.wanted import MOST_CELLS, Wanted

MOST_OF_ALL: Final = 140
"""Reports that a full capture plans at most; a company of three fiscal years needs about 55."""

MOST_OF_CHANGES: Final = 16
"""Reports that an incremental capture plans at most."""

MOST_OF_RECORDS: Final = 12
"""Reports that a scoped capture plans at most."""

_EASY: Final = 0.5
"""How much of the most cells a window of a whole year may be expected to hold."""

_DAY: Final = timedelta(days=1)
_ACCOUNTS_AT_ONCE: Final = 20

type Rows = Mapping[str, Mapping[date, int]]
"""How many rows a report is expected to have on each day; nothing of reports that are not in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``wanted`` in the order in which they matter; ``left_out`` are those for which there is no room."""

    wanted: tuple[Wanted, ...]
    left_out: tuple[Wanted, ...] = ()

    @classmethod
    def within(cls, wanted: Iterable[Wanted], most: int) -> Plan:
        every = tuple({one.name: one for one in wanted}.values())
        return cls(every[:most], every[most:])


def everything(horizon: Horizon, latest: date | None, rows: Rows | None = None, currencies: bool | None = None) -> Plan:
    """The reports of a full capture. ``latest`` is the day of the last transaction; ``currencies``: whether the company has
    several, None where that is not known. Where it has one its amounts are not asked for a second time as home amounts.
    """
    wanted: list[Wanted] = []
    details: list[Wanted] = []
    for any_company in FULL:
        control = any_company.of_one_currency() if currencies is False else any_company
        windows = _windows(control, horizon, latest)
        if control.detail:
            expected, columns = (rows or {}).get(control.report, {}), len(control.columns)
            wider = joined(windows, horizon.month, expected, columns)
            windows = [part for one in wider for part in narrowed(one, expected, columns, control.fill)]
        into = details if control.detail else wanted
        into += [_wanted(control, basis, window, horizon) for basis in control.bases or ("",) for window in windows]
    newest_first = sorted(details, key=lambda one: one.window.last, reverse=True)
    return Plan.within([*wanted, *newest_first], MOST_OF_ALL)


def changes(horizon: Horizon, latest: date | None, touched: Collection[date], since: date) -> Plan:
    """The reports that can have moved since the snapshot before, whose fence ended on the day ``since``.

    ``touched`` are the days on which something came, changed or went. Trial balances at the company's date are always
    among them: the snapshot is held against them.
    """
    days = sorted(touched)
    wanted = _trial_balances(horizon, latest)
    if not days:
        return Plan.within(wanted, MOST_OF_CHANGES)
    for control in CHANGED:
        window = _together(horizon, horizon.today) if control.rule is Rule.YEARS else Window.day(horizon.today)
        wanted += [_wanted(control, basis, window, horizon) for basis in control.bases or ("",)]
    wanted.append(_modified(horizon, days, since))
    wanted += _earlier(horizon, days)
    return Plan.within(wanted, MOST_OF_CHANGES)


def sparing(horizon: Horizon, latest: date | None) -> Plan:
    """What no capture goes without: the trial balances that the records are held against."""
    return Plan(tuple(_trial_balances(horizon, latest)))


def of_records(horizon: Horizon, latest: date | None, accounts: Sequence[str], days: Collection[date]) -> Plan:
    """Trial balances at the company's date, and the ledgers of some accounts, by Id, around some days and today."""
    wanted = _trial_balances(horizon, latest)
    near = [one for one in horizon.halves() if horizon.today in one or any(day in one for day in days)]
    for start in range(0, len(accounts), _ACCOUNTS_AT_ONCE):
        some = accounts[start : start + _ACCOUNTS_AT_ONCE]
        part, only = f"accounts {', '.join(some)}", {"account": ",".join(some)}
        wanted += [Wanted(GENERAL_LEDGER, ACCRUAL, one, horizon.month, part, only) for one in near]
    return Plan.within(wanted, MOST_OF_RECORDS)


def joined(windows: Iterable[Window], year_month: int, rows: Mapping[date, int], columns: int) -> Iterator[Window]:
    """Neighbours of one fiscal year, newest first, joined where the whole year is far from the most cells.

    Where it is not known how long a report gets, windows stay as they are. Source: QuickBooks API, reports: windows of
    six months are advised, so that no report takes too long.
    """
    most = int(MOST_CELLS * _EASY) // max(columns, 1)
    for start, halves in itertools.groupby(windows, lambda one: year_start(year_month, one.first)):
        some = list(halves)
        year = Window(start, months_on(start, 12) - _DAY)
        if rows and sum(many for day, many in rows.items() if day in year) <= most:
            yield Window(some[-1].first, some[0].last)
        else:
            yield from some


def narrowed(window: Window, rows: Mapping[date, int], columns: int, fill: float) -> Iterator[Window]:
    """A window cut into as few as are expected to hold less than a share ``fill`` of the most cells each, newest first.

    Months stay whole where two of them fit, else only days do; a day that does not fit is a window.
    """
    most = max(int(MOST_CELLS * fill) // max(columns, 1), 1)
    days = sorted(((day, many) for day, many in rows.items() if day in window), reverse=True)
    if sum(many for _, many in days) <= most:
        yield window
        return
    months = [
        (min(month_end(month), window.last), sum(many for _, many in some))
        for month, some in itertools.groupby(days, lambda one: one[0].replace(day=1))
    ]
    last, held = window.last, 0
    for end, expected in months if max(many for _, many in months) <= most // 2 else days:
        if held and held + expected > most:
            yield Window(end + _DAY, last)
            last, held = end, 0
        held += expected
    yield Window(window.first, last)


def _windows(control: Control, horizon: Horizon, latest: date | None) -> list[Window]:
    match control.rule:
        case Rule.ENDS:
            return [Window.day(day) for day in horizon.trial_days(latest)]
        case Rule.YEARS:
            return horizon.years()
        case Rule.HALVES:
            return horizon.halves()
        case Rule.DAY | Rule.NOW:
            return [Window.day(horizon.today)]


def _trial_balances(horizon: Horizon, latest: date | None) -> list[Wanted]:
    """Today on both bases, and where transactions are dated later the end of the last month of theirs."""
    wanted = [_wanted(TRIAL_BALANCE, basis, Window.day(horizon.today), horizon) for basis in BOTH]
    if latest is not None and latest > horizon.today:
        wanted.append(_wanted(TRIAL_BALANCE, ACCRUAL, Window.day(month_end(latest)), horizon))
    return wanted


def _modified(horizon: Horizon, days: Sequence[date], since: date) -> Wanted:
    """The transactions that changed since a day, or if that is not heeded those of the days that were touched.

    Source: QuickBooks API, TransactionList, ``start_moddate``; as days, in a zone that is not told, so one day earlier.
    """
    window = Window(min(days[0], horizon.today), max(days[-1], horizon.today))
    since -= _DAY
    only = {"start_moddate": since.isoformat()}
    return Wanted(TRANSACTION_LIST, "", window, horizon.month, f"modified since {since}", only)


def _earlier(horizon: Horizon, days: Sequence[date]) -> Iterator[Wanted]:
    """Of fiscal years before this one and after it that were touched, newest first: statements, and the year's end."""
    years = dict.fromkeys(year_start(horizon.month, day) for day in reversed(days))
    for start in years:
        end = min(months_on(start, 12) - _DAY, horizon.end)
        if start == horizon.this_year or end < start:
            continue
        if end < horizon.today:
            yield from (_wanted(TRIAL_BALANCE, basis, Window.day(end), horizon) for basis in BOTH)
        if horizon.today not in (window := _together(horizon, end)):
            for control in (BALANCE_SHEET, PROFIT_AND_LOSS):
                yield from (_wanted(control, basis, window, horizon) for basis in control.bases)


def _together(horizon: Horizon, day: date) -> Window:
    """The window of reports by month that a day lies in, as a full capture has it."""
    return next((one for one in horizon.years() if day in one), horizon.year_so_far())


def _wanted(control: Control, basis: str, window: Window, horizon: Horizon) -> Wanted:
    return Wanted(control, basis, window, horizon.month)
