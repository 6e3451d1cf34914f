"""Asking for reports of days that are over while the lists are read: the one waits for QuickBooks' limits, the other for its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from types import TracebackType
from typing import Final, Self

from akika_forensics.capture.controls.ahead import Ahead, overlap
from akika_forensics.capture.controls.asking import LONG_AT_ONCE, SIDE_BY_SIDE, Answer, Reports
from akika_forensics.capture.controls.controls import Controls, Sink
from akika_forensics.capture.controls.dates import Dates
from akika_forensics.capture.controls.wanted import Wanted
from akika_forensics.errors import Interrupted
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Page, PagePlan

_LONG_AGO: Final = date(1, 12, 31)

_EVERY: Final = 50
"""Of so many records of a page one is looked at for the day on which it stands."""


class Early:
    """Close it, or use it as a context manager. All but the asking is done in the caller's thread. ``handed_over``: whether
    somebody has looked at what came, whether it still holds.

    Lists are read from their first records to their last, side by side, so that it comes to be known, half by half of each fiscal
    year, how many transactions stand on each day. Records that were entered later with a day of a year before make a
    report longer than expected; one that is cut off for that is asked for in parts. Half of the room is kept for long ones.
    """

    def __init__(
        self,
        reader: Reports,
        controls: Controls,
        sink: Sink,
        at: datetime,
        dates: Dates,
        day_of: Callable[[RecordKey], date | None],
    ) -> None:
        """``at``: the server's time; ``dates``: what is known of days so far; ``day_of``: of a record that came."""
        self._reader, self._controls, self._sink = reader, controls, sink
        self._at, self._dates, self._day_of = at, dates, day_of
        self._first_days: dict[tuple[str, int], date] = {}
        self._known: list[date | None] = []
        self._asked: dict[str, Wanted] = {}
        self._under_way: list[tuple[Wanted, Future[Answer]]] = []
        self.handed_over = False
        self._short = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="early")
        self._long = ThreadPoolExecutor(LONG_AT_ONCE, thread_name_prefix="early-long")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Interrupted | KeyboardInterrupt):
            self._reader.stop()  # threads that wait for their turn shall not keep the user waiting
        self.close()

    def close(self) -> None:
        for pool in (self._short, self._long):
            pool.shutdown(wait=True, cancel_futures=True)

    def arrived(self, name: str, page: Page, plans: Mapping[str, PagePlan]) -> None:
        """A page was taken in; ``plans`` are those of all lists that can be read."""
        if CATALOGUE[name].is_transaction:
            days = [day for cut in page.slices[::_EVERY] if (day := self._day_of(cut.key)) is not None]
            if days:
                self._first_days[name, page.position] = min(days)
        if all(plan.ends_arrived for plan in plans.values()):
            self._ask_before(self._known_before(plans))
        self.collect()

    def collect(self) -> None:
        """Store what has come. Raises a ServiceError that is not about one report."""
        waiting, self._under_way = self._under_way, []
        for at, (one, future) in enumerate(waiting):
            if not future.done():
                self._under_way.append((one, future))
                continue
            try:
                self._controls.keep(future.result(), self._sink)
            except BaseException:
                self._under_way += waiting[at + 1 :]
                raise

    def hand_over(self, moved: frozenset[date] | None) -> Ahead:
        """What is under way, for `Controls.take_into`; nothing more is asked for here. ``moved`` as in `Ahead`."""
        self.collect()
        self.handed_over = True
        under_way, self._under_way = self._under_way, []
        return Ahead(tuple((one, future) for one, future in under_way if not future.cancel()), moved)

    def _known_before(self, plans: Mapping[str, PagePlan]) -> date | None:
        """Up to which day no list is expected to bring more; None when all transactions are there."""
        reading = [(name, plan) for name, plan in plans.items() if CATALOGUE[name].is_transaction and not plan.done]
        days = [self._first_days.get((name, plan.arrived_to), _LONG_AGO) for name, plan in reading]
        return max(min(days), _LONG_AGO) if days else None

    def _ask_before(self, known: date | None) -> None:
        if known is not None:
            known = self._controls.half_year(known)
        if known in self._known:
            return
        self._known.append(known)
        ready, room = self._controls.finished(self._at, self._dates, known)
        for one in ready:
            if len(self._asked) >= (room if one.control.detail else room // 2):
                continue
            name = one.name
            if name in self._asked or (one.control.detail and any(overlap(one, had) for had in self._asked.values())):
                continue
            self._asked[name] = one
            pool = self._long if one.control.detail else self._short
            self._under_way.append((one, pool.submit(self._controls.ask, one)))
