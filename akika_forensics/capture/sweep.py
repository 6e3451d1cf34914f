"""Reading the lists of many entities side by side, page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, Protocol

from akika_forensics.capture.findings import Findings, Severity
from akika_forensics.capture.held import Held
from akika_forensics.errors import Fault, Interrupted
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Page, PagePlan, Reader, UnreadableAnswer

Progress = Callable[[str, int, int], None]
"""(entity, records read so far, records expected or 0)."""

Stop = Callable[[], bool]

IN_FLIGHT: Final = 10
"""Requests at once at most. Source: QuickBooks API, limits."""

_SHORT: Final = 25
"""Records of a list that is read together with others, as long as it does not grow much meanwhile."""

_TICK: Final = 0.2


class Beside(Protocol):
    """What goes on while lists are read."""

    def arrived(self, name: str, page: Page, plans: Mapping[str, PagePlan]) -> None:
        """A page was taken in; ``plans`` are those of all lists that can be read."""

    def collect(self) -> None:
        """Look after it, now and then."""


class Sweep:
    """One pass over the lists of ``entities``: everything read goes into ``held``.

    After ``run``: ``failed`` maps an entity that QuickBooks refused to its error, ``unstable`` names lists that kept
    moving, ``seen`` maps each entity to the keys that its list held where ``note_keys`` asks for them. Raises
    Interrupted when ``should_stop`` says so, and any ServiceError that is not about one entity alone.
    """

    def __init__(
        self,
        reader: Reader,
        held: Held,
        findings: Findings,
        *,
        note_keys: bool = False,
        beside: Beside | None = None,
        progress: Progress | None = None,
        should_stop: Stop | None = None,
    ) -> None:
        self._reader, self._held, self._findings, self._note_keys = reader, held, findings, note_keys
        self._beside = beside
        self._progress, self._should_stop = progress, should_stop
        self.failed: dict[str, Fault | UnreadableAnswer] = {}
        self.seen: dict[str, set[RecordKey]] = {}
        self.unstable: set[str] = set()

    def run(
        self, entities: Iterable[str], expected: Mapping[str, int], plans: dict[str, PagePlan] | None = None
    ) -> None:
        """``plans``: lists that were begun before, whose pages ``held`` has; what is read is put into it as it goes."""
        plans = {} if plans is None else plans
        self.seen = {name: set() for name in entities}
        for name in self.seen:
            plans.setdefault(name, PagePlan(expected=expected.get(name)))
        self._read_short_ones(expected, plans)
        waiting = deque(_in_turn(plans))
        pending: dict[Future[Page], str] = {}
        pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="capture")
        try:
            while waiting or pending:
                check(self._should_stop)
                if self._beside is not None:
                    self._beside.collect()
                while waiting and len(pending) < IN_FLIGHT:
                    name, position = waiting.popleft()
                    if name not in self.failed:
                        pending[pool.submit(self._reader.page, name, position)] = name
                done, _ = wait(pending, timeout=_TICK, return_when=FIRST_COMPLETED)
                for future in done:
                    name = pending.pop(future)
                    self._arrived(name, future, plans)
                    waiting.extendleft((name, position) for position in reversed(plans[name].wanted()))
                    if plans[name].done and name not in self.failed:
                        self._tell(name, expected)
        except (Interrupted, KeyboardInterrupt):
            self._reader.stop()  # threads that wait for their turn shall not keep the user waiting
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        self._wrap_up(plans)

    def _read_short_ones(self, expected: Mapping[str, int], plans: Mapping[str, PagePlan]) -> None:
        """Lists of few records and none, many in one request; what does not come that way is left to be read by pages."""
        short = [name for name, plan in plans.items() if expected.get(name, _SHORT + 1) <= _SHORT and plan.untouched]
        if len(short) < 2:
            return
        try:
            pages = self._reader.short_lists(short)
        except UnreadableAnswer:
            return
        for name, page in pages.items():
            plans[name].wanted()
            self._take(name, page, plans)
            self._tell(name, expected)

    def _arrived(self, name: str, future: Future[Page], plans: Mapping[str, PagePlan]) -> None:
        try:
            page = future.result()
        except (Fault, UnreadableAnswer) as error:
            self.failed[name] = error
            return
        self._take(name, page, plans)

    def _take(self, name: str, page: Page, plans: Mapping[str, PagePlan]) -> None:
        plan = plans[name]
        # First what the page holds: a page counts as read when it was taken in.
        self._held.take(page.slices, page.server_time)
        plan.accept(page)
        for code, what in page.notes:
            self._findings.add(code, what, severity=_severity(code, plan), lasting=True)
        if self._note_keys:
            self.seen[name].update(cut.key for cut in page.slices)
        if self._beside is not None:
            self._beside.arrived(name, page, {one: plan for one, plan in plans.items() if one not in self.failed})

    def _tell(self, name: str, expected: Mapping[str, int]) -> None:
        if self._progress is not None:
            self._progress(name, self._held.count(name), expected.get(name, 0))

    def _wrap_up(self, plans: Mapping[str, PagePlan]) -> None:
        for name, plan in plans.items():
            if not plan.stable:
                self.unstable.add(name)
            elif plan.repairs:
                self._findings.add(
                    "list_moved",
                    f"The list of {name} moved while it was read; the gap was read again.",
                    severity="note",
                )


def _in_turn(plans: Mapping[str, PagePlan]) -> list[tuple[str, int]]:
    """The pages to ask for: both ends of every list, then all lists side by side from their beginning, transactions first.

    So the days that the books reach to are known soon, and then year by year how much stands on each day.
    """
    pages: list[tuple[tuple[bool, bool, float], tuple[str, int]]] = []
    for name, plan in plans.items():
        positions = plan.wanted()
        for at, position in enumerate(positions):
            between = 0 < at < len(positions) - 1
            rank = between, between and not CATALOGUE[name].is_transaction, at / len(positions) if between else 0.0
            pages.append((rank, (name, position)))
    return [page for _, page in sorted(pages, key=lambda one: one[0])]


def _severity(code: str, plan: PagePlan) -> Severity:
    """A list by change that came in one page missed nothing; over several a record can slip from one to the next."""
    if code == "inactive_hidden":
        return "problem"
    return "note" if code == "ordered_by_change" and plan.done else "warning"


def check(should_stop: Stop | None) -> None:
    """Raises Interrupted when the user wants to stop."""
    if should_stop is not None and should_stop():
        raise Interrupted(
            "The capture was stopped.", means="Nothing was added to the vault.", do="Start it again whenever you like."
        )
