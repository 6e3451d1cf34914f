"""The reports of one capture: asked for as planned, narrowed where they are too long, and told of at the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from akika_forensics.capture.controls import plan as planning
from akika_forensics.capture.controls.ahead import NOTHING, Ahead, finished, remaining
from akika_forensics.capture.controls.asking import (
    LONG_AT_ONCE,
    SIDE_BY_SIDE,
    Answer,
    Lane,
    Reports,
    ask,
    side_by_side,
)
from akika_forensics.capture.controls.calendar import Horizon, company_date, fiscal_month, half_year_start
from akika_forensics.capture.controls.catalogue import GENERAL_LEDGER, TRANSACTION_LIST, Control, Rule
from akika_forensics.capture.controls.dates import Dates
from akika_forensics.capture.controls.plan import Plan
from akika_forensics.capture.controls.wanted import Wanted
from akika_forensics.capture.findings import Findings, Severity
from akika_forensics.model import payload as payloads

MOST_CALLS: Final = 160
"""Requests for reports in one capture at most: as planned, narrowed, and asked for again after a change."""

type Planner = Callable[[Horizon, Dates], Plan]
"""What is wanted of a company, once its days are known."""


@dataclass(slots=True)
class _Told:
    """What is to be said of each report, by its name; the last word on a name counts."""

    refused: dict[str, tuple[Control, str]] = field(default_factory=dict)
    cut: dict[str, Control] = field(default_factory=dict)
    older: dict[str, Control] = field(default_factory=dict)
    missing: dict[str, frozenset[str]] = field(default_factory=dict)
    columns_refused: dict[str, str] = field(default_factory=dict)
    left_out: tuple[Wanted, ...] = ()


class Sink(Protocol):
    """The part of the vault's SnapshotWriter that takes reports."""

    def control(self, name: str, data: bytes) -> None: ...
    def drop_controls(self, names: Iterable[str] | None = None) -> None: ...


class Controls:
    """Reports beside the records of one capture.

    ``take`` may be called again when something changed after it: then only what the change can have moved is asked for
    again. ``tell`` says at the end what was refused, cut off, incomplete or left out. ``calls`` counts requests.
    """

    def __init__(
        self, reader: Reports, info: bytes, plan: Planner, *, check: Callable[[], None] = lambda: None
    ) -> None:
        self._reader, self._plan, self._check = reader, plan, check
        self._info = payloads.decode(info)
        self._horizon: Horizon | None = None
        self._taken: dict[str, Wanted] = {}
        self._outlived: list[str] = []
        self._told = _Told()
        self._not_offered: set[str] = set()
        self._without_columns: set[str] = set()
        self.calls = 0

    def take_into(self, sink: Sink, at: datetime, dates: Dates, ahead: Ahead = NOTHING) -> None:
        """Like `take`; a report that was taken before, and that a change moved and QuickBooks does not give again, is taken back."""
        self._outlived = []
        for name, report in self.take(at, dates, ahead):
            sink.control(name, report)
        sink.drop_controls([name for name in self._outlived if name not in self._taken])

    def take(self, at: datetime, dates: Dates, ahead: Ahead = NOTHING) -> Iterator[tuple[str, bytes]]:
        """(name, report as received) for each; ``at`` is the server's time, ``dates`` what the records say of days; ``ahead``:
        what became of those that were asked for before, the first time.

        Raises Interrupted, and a ServiceError that is not about one report.
        """
        first = self._horizon is None
        today = self.today(at)
        self._horizon = Horizon.of(today, fiscal_month(self._info), dates.first, dates.last)
        plan = self._plan(self._horizon, dates)
        under_way: list[tuple[Wanted, Future[Answer]]] = []
        if first:
            wanted, under_way = self._after(ahead, plan)
            self._told.left_out = plan.left_out
        else:
            wanted = self._moved(plan, dates, today)
        dates.settle()
        # The long ones take longest, so that they begin at once, beside the short ones.
        short, long = (
            Lane(
                deque(one for one in wanted if one.control.detail is detail),
                at_once,
                deque(future for one, future in under_way if one.control.detail is detail),
            )
            for detail, at_once in ((False, SIDE_BY_SIDE), (True, LONG_AT_ONCE))
        )
        for answer in side_by_side(self._reader, (short, long), self.ask, self._check, self._room):
            self.calls += answer.calls
            yield from self._kept(answer)
        for one in (*short.waiting, *long.waiting):
            self._note_older(one)

    def finished(self, at: datetime, dates: Dates, known_before: date | None) -> tuple[list[Wanted], int]:
        """What can be asked for already (`ahead.finished`), and how many of that at most: so many that all could be asked for
        once more.
        """
        horizon = Horizon.of(company_date(self._info, at), fiscal_month(self._info), dates.first, dates.last)
        plan = self._plan(horizon, dates)
        return finished(plan.wanted, horizon, known_before), MOST_CALLS - len(plan.wanted)

    def today(self, at: datetime) -> date:
        """The company's date; the same once reports were taken."""
        return company_date(self._info, at) if self._horizon is None else self._horizon.today

    def half_year(self, day: date) -> date:
        """The first day of the half of a fiscal year in which a day lies."""
        return half_year_start(fiscal_month(self._info), day)

    def keep(self, answer: Answer, sink: Sink) -> None:
        """Take in what was asked for ahead."""
        self.calls += answer.calls
        for name, report in self._kept(answer):
            sink.control(name, report)

    def _after(self, ahead: Ahead, plan: Plan) -> tuple[list[Wanted], list[tuple[Wanted, Future[Answer]]]]:
        """What is still wanted of a plan, and what of that is under way, after some was asked for ahead."""
        names = {one.name for one in plan.wanted}

        def holds(one: Wanted) -> bool:
            return not ahead.outlived(one) and (one.control.detail or one.name in names)

        for one in [one for one in self._taken.values() if not holds(one)]:
            self._outlive(one)
        under_way = [(one, future) for one, future in ahead.under_way if holds(one)]
        self.calls += len(ahead.under_way) - len(under_way)
        had = [*self._taken.values(), *(one for one, _ in under_way)]
        wanted = [one for one in plan.wanted if one.name not in self._told.refused]
        return list(remaining(wanted, had)), under_way

    def tell(self, findings: Findings) -> None:
        """What the reports lack, as findings; a report that is missing leaves the records as whole as they are."""
        told = self._told
        for name, (control, why) in told.refused.items():
            severity: Severity = "note" if control.optional else "warning"
            findings.add(
                "control_missing",
                f"A report of QuickBooks is missing beside the records: {why}",
                severity=severity,
                record=name,
            )
        for name, control in told.cut.items():
            what = f"QuickBooks cut the report {control.report} off; its last rows are missing."
            findings.add("control_cut", what, severity="warning", record=name)
        for name, control in told.older.items():
            what = f"The report {control.report} was read before the last change, and not again: it took too many requests."
            findings.add("control_older", what, severity="note", record=name)
        for report, said in told.columns_refused.items():
            what = f"The report {report} was captured with QuickBooks' own choice of columns; ours was refused: {said}"
            findings.add("control_columns", what, severity="note")
        for report, keys in told.missing.items():
            what = f"The report {report} came without the columns {', '.join(sorted(keys))}."
            findings.add("control_columns", what, severity="note")
        for one in told.left_out:
            what = (
                f"The report {one.control.report} was not asked for everywhere: it would have taken too many requests."
            )
            findings.add("control_left_out", what, severity="note", record=one.name)

    def _moved(self, plan: Plan, dates: Dates, today: date) -> list[Wanted]:
        """What was taken and may be otherwise now, and trial balances of days that came to be wanted since."""
        days = dates.changed(today)
        again = [one for one in self._taken.values() if dates.anything or one.moved_by(days)]
        new = [one for one in plan.wanted if one.control.rule is Rule.ENDS and one.name not in self._taken]
        return [*again, *new]

    def _room(self, under_way: int) -> bool:
        return self.calls + under_way < MOST_CALLS

    def _narrowed(self, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
        """A part of a report, by itself."""
        self._check()
        if self.calls >= MOST_CALLS:
            self._note_older(wanted)
            return
        answer = self.ask(wanted)
        self.calls += answer.calls
        yield from self._kept(answer)

    def _kept(self, answer: Answer) -> Iterator[tuple[str, bytes]]:
        """The report, or where there is too much of it what its halves come to."""
        wanted, told = answer.wanted, self._told
        halves = wanted.halves() if answer.cut or answer.too_much else ()
        if halves and self.calls + len(halves) <= MOST_CALLS:
            self._outlive(wanted)
            for half in halves:
                yield from self._narrowed(half)
            return
        self._note(answer)
        if answer.data is None:
            self._outlive(wanted)
            return
        if wanted.name not in told.refused:
            self._taken[wanted.name] = wanted
        yield wanted.name, answer.data

    def _outlive(self, wanted: Wanted) -> None:
        if self._taken.pop(wanted.name, None) is not None:
            self._outlived.append(wanted.name)

    def ask(self, wanted: Wanted) -> Answer:
        """In any thread; the answer is for `keep`. Raises a ServiceError that is not about this report."""
        report = wanted.control.report
        if report in self._not_offered:
            return Answer(wanted, 0, why="QuickBooks refused it for other days.")
        return ask(self._reader, wanted, columns=report not in self._without_columns)

    def _note(self, answer: Answer) -> None:
        control, name, told = answer.wanted.control, answer.wanted.name, self._told
        for said in (told.refused, told.cut, told.older):
            said.pop(name, None)
        if answer.data is None:
            told.refused[name] = control, answer.why
            if control.optional and not answer.too_much:
                self._not_offered.add(control.report)
            return
        if answer.cut:
            told.cut[name] = control
        if answer.columns_refused:
            self._without_columns.add(control.report)
            told.columns_refused[control.report] = answer.columns_refused
        elif answer.missing:
            told.missing[control.report] = answer.missing

    def _note_older(self, wanted: Wanted) -> None:
        if wanted.name in self._taken:
            self._told.older[wanted.name] = wanted.control
        else:
            self._told.left_out = (*self._told.left_out, wanted)


def of_everything(horizon: Horizon, dates: Dates, currencies: bool | None = None) -> Plan:
    """The planner of a full capture; ``currencies``: whether the company has several, None where that is not known."""
    rows = {TRANSACTION_LIST.report: dates.transactions, GENERAL_LEDGER.report: dates.postings}
    return planning.everything(horizon, dates.last, rows, currencies)


def of_changes(since: datetime) -> Planner:
    """The planner of an incremental capture whose snapshot before has a fence that ended at ``since``."""
    return lambda horizon, dates: planning.changes(horizon, dates.last, dates.changed(horizon.today), since.date())


def of_few(horizon: Horizon, dates: Dates) -> Plan:
    """The planner of a capture that spares reads."""
    return planning.sparing(horizon, dates.last)


def of_records(accounts: Iterable[str], days: Iterable[date]) -> Planner:
    """The planner of a scoped capture: the ledgers of these accounts, by Id, around these days."""
    some, around = list(accounts), frozenset(days)
    return lambda horizon, dates: planning.of_records(horizon, dates.last, some, around)
