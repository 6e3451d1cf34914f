"""Asking for reports one by one: what is refused, too long or without its columns is told, and ends nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final, Protocol

from akika_forensics.capture.controls.answer import column_keys, is_cut
from akika_forensics.capture.controls.wanted import Wanted
from akika_forensics.errors import Fault, Interrupted, NetworkFailed, ServiceError

SIDE_BY_SIDE: Final = 4
"""Short reports asked for at once. QuickBooks takes seconds to work one out, and meanwhile the books may change."""

LONG_AT_ONCE: Final = 2
"""Long reports asked for at once, beside the short ones: while one is stored QuickBooks works out the other."""

_TICK: Final = 0.2


class Reports(Protocol):
    """What is needed of a reader of QuickBooks. Threads share it."""

    def report(self, name: str, **parameters: str) -> bytes: ...
    def company(self) -> object: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one report. ``data`` is None where it was refused or did not come, and ``why`` says so.

    ``cut``: QuickBooks left rows out. ``too_much``: it did not come although QuickBooks is there; less of it may.
    ``missing`` are columns that were asked for and did not come, ``columns_refused`` what QuickBooks said to them.
    """

    wanted: Wanted
    calls: int
    data: bytes | None = None
    why: str = ""
    cut: bool = False
    too_much: bool = False
    missing: frozenset[str] = frozenset()
    columns_refused: str = ""


def ask(reader: Reports, wanted: Wanted, *, columns: bool = True) -> Answer:
    """Ask for one report, without a choice of columns where QuickBooks refuses it with them.

    Raises a ServiceError that is not about this report: QuickBooks is not there, asked too much, or lets nobody in.
    """
    choice = columns and bool(wanted.control.columns)
    try:
        return _answer(wanted, 1, reader.report(wanted.control.report, **wanted.parameters(columns=choice)))
    except Fault as error:
        if not choice:
            return Answer(wanted, 1, why=error.what)
        again = ask(reader, wanted, columns=False)
        refused = error.what if again.data is not None else ""
        return Answer(
            wanted,
            again.calls + 1,
            again.data,
            again.why,
            again.cut,
            again.too_much,
            again.missing,
            refused,
        )
    except NetworkFailed as error:
        reader.company()  # raises where it is not this report alone
        return Answer(wanted, 2, why=error.what, too_much=True)


def _answer(wanted: Wanted, calls: int, data: bytes) -> Answer:
    lacking: frozenset[str] = frozenset()
    if wanted.control.attribution:
        lacking = wanted.control.attribution - column_keys(data)
    return Answer(wanted, calls, data, cut=is_cut(data), missing=lacking)


@dataclass(slots=True)
class Lane:
    """Reports of one kind, ``at_once`` of them asked for side by side; their answers come in this order."""

    waiting: deque[Wanted]
    at_once: int
    asked: deque[Future[Answer]] = field(default_factory=deque)


def side_by_side(
    reader: Reports,
    lanes: Iterable[Lane],
    ask_one: Callable[[Wanted], Answer],
    check: Callable[[], None],
    room: Callable[[int], bool] = lambda _: True,
) -> Iterator[Answer]:
    """The answers of several lanes as they come, of each lane in its order. ``check`` raises Interrupted to stop.

    ``room`` says whether one more may be asked for while so many are under way; what it leaves no room for stays in its lane.
    """
    every = list(lanes)
    pool = ThreadPoolExecutor(sum(lane.at_once for lane in every), thread_name_prefix="controls")
    try:
        while True:
            for lane in every:
                while lane.waiting and len(lane.asked) < lane.at_once and room(sum(len(one.asked) for one in every)):
                    check()
                    lane.asked.append(pool.submit(ask_one, lane.waiting.popleft()))
            heads = [lane.asked[0] for lane in every if lane.asked]
            if not heads:
                return
            wait(heads, timeout=_TICK, return_when=FIRST_COMPLETED)
            done = [lane for lane in every if lane.asked and lane.asked[0].done()]
            for lane in done:
                yield lane.asked.popleft().result()
            if not done:
                check()
    except (Interrupted, KeyboardInterrupt):
        reader.stop()  # threads that wait for their turn shall not keep the user waiting
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


__all__ = ["Answer", "Lane", "Reports", "ServiceError", "ask", "side_by_side"]
