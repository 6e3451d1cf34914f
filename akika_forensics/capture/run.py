"""One capture, from the first request to the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from akika_forensics.capture.controls import controls
from akika_forensics.capture.entities import FOREIGN_CURRENCY, MAY_HAVE_NO_LIST, NOT_READ, readable_entities
from akika_forensics.capture.fence import Fence
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.sweep import Progress, Stop, Sweep, check
from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

_MOST_LOOK_UPS: Final = 50
_NOT_OFFERED: Final = "5030"
_CUT_REPORT: Final = b"Unable to display more data"
"""Source: QuickBooks API, limits: the last row of a report of more than 400,000 cells."""


class SnapshotWriter(Protocol):
    """What a capture needs of the vault's snapshot writer; ``Info`` is whatever its commit returns."""

    def add(self, key: RecordKey, payload: bytes) -> None: ...
    def remove(self, key: RecordKey) -> None: ...
    def control(self, name: str, data: bytes) -> None: ...
    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None: ...
    def keep_attached(self, key: RecordKey) -> bool: ...
    def commit(
        self,
        *,
        taken_at: datetime,
        finished_at: datetime,
        complete: bool,
        counts: dict[str, int],
        fence: dict[str, Any],
        requests: int,
        findings: list[dict[str, Any]],
    ) -> Any: ...


def run(
    reader: Reader,
    writer: SnapshotWriter,
    *,
    files_before: Mapping[RecordKey, int] | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Any:
    """Read everything readable and commit it as one snapshot; returns what ``commit`` returns.

    ``files_before``: the attached files that the company's snapshot before holds, with their lengths.
    ``complete`` is true when all that the API lets us read is in the snapshot as of one instant inside the fence; what
    is missing is a finding of severity ``problem``. Raises Interrupted when ``should_stop`` says so and ServiceError
    when QuickBooks or the network fails; nothing is committed then.
    """
    capture = _Capture(reader, writer, files_before, progress, should_stop)
    return capture.run()


class _Capture:
    def __init__(
        self,
        reader: Reader,
        writer: SnapshotWriter,
        files_before: Mapping[RecordKey, int] | None,
        progress: Progress | None,
        should_stop: Stop | None,
    ) -> None:
        self._reader, self._writer, self._files_before = reader, writer, files_before
        self._progress, self._should_stop = progress, should_stop
        self._findings = Findings()
        self._held = Held(writer, self._findings)
        self._info = b""

    def run(self) -> Any:
        asked_before = self._reader.requests
        check(self._should_stop)
        _, self._info = self._reader.company()
        start = self._reader.server_time or self._own_clock()
        entities = list(readable_entities())
        expected = self._reader.counts(entities)
        readable = self._sweep(entities, expected)
        self._fetch_files()
        fence = Fence(
            self._reader,
            self._held,
            self._findings,
            readable,
            beside=self._beside,
            should_stop=self._should_stop,
        )
        fence.close(start)
        self._close_references()
        fence.tell_of_counts()
        for name, why in NOT_READ.items():
            self._findings.add("not_captured", f"{name} is not captured: {why}.", severity="note")
        return self._writer.commit(
            taken_at=start,
            finished_at=self._reader.server_time or instants.now(),
            complete=self._findings.whole,
            counts={name: fence.counts.get(name, self._held.count(name)) for name in readable},
            fence=fence.as_dict(start),
            requests=self._reader.requests - asked_before,
            findings=self._findings.as_dicts(),
        )

    def _own_clock(self) -> datetime:
        self._findings.add(
            "no_server_clock", "QuickBooks named no time; this machine's clock was used.", severity="warning"
        )
        return instants.now()

    def _sweep(self, entities: list[str], expected: dict[str, int]) -> list[str]:
        """Read all lists; the names of those that could be read."""
        sweep = Sweep(self._reader, self._held, self._findings, progress=self._progress, should_stop=self._should_stop)
        sweep.run(entities, expected)
        for name in sweep.unstable:
            again = Sweep(self._reader, self._held, self._findings, should_stop=self._should_stop)
            again.run([name], {})
            if again.unstable or again.failed:
                self._findings.add(
                    "paging_unstable", f"The list of {name} kept moving while it was read.", severity="problem"
                )
        for name, error in sweep.failed.items():
            self._tell_unreadable(name, error.what, error.fault_codes if isinstance(error, Fault) else frozenset())
        return [name for name in entities if name not in sweep.failed]

    def _tell_unreadable(self, name: str, why: str, codes: frozenset[str]) -> None:
        if name in MAY_HAVE_NO_LIST and codes:
            self._findings.add(
                "entity_not_listed",
                f"QuickBooks offers no list of {name} here [{', '.join(sorted(codes))}].",
                severity="note",
            )
        elif _NOT_OFFERED in codes or (name in FOREIGN_CURRENCY and self._held.multicurrency is False):
            self._findings.add(
                "entity_not_offered", f"This company has no {name} [{', '.join(sorted(codes))}].", severity="note"
            )
        else:
            self._findings.add("entity_unreadable", f"{name} could not be read: {why}", severity="problem")

    def _beside(self) -> None:
        self._take_controls()
        self._fetch_files()

    def _fetch_files(self) -> None:
        self._held.files.fetch(
            self._reader,
            self._writer,
            self._files_before,
            progress=self._progress,
            check=lambda: check(self._should_stop),
        )

    def _take_controls(self) -> None:
        at = self._reader.server_time or instants.now()
        try:
            for name, report in controls(self._reader, self._info, at, self._held.latest_date):
                self._writer.control(name, report)
                if _CUT_REPORT in report:
                    self._findings.add("control_cut", f"QuickBooks cut off the report {name}.", severity="warning")
        except Fault as error:
            self._findings.add("control_missing", f"A control report was refused: {error.what}", severity="warning")

    def _close_references(self) -> None:
        """Name what is cited and not there; what can be read after all was missed, and is added."""
        looked_up = 0
        for target, sources in self._held.citations.dangling():
            found = None
            if CATALOGUE[target.entity].can("read") and target.entity not in NOT_READ and looked_up < _MOST_LOOK_UPS:
                looked_up += 1
                found = self._look_up(target)
            what = f"{target} is cited and cannot be read."
            if found:
                what = f"{target} is cited, was in no list, and was read by its Id."
            for source in sources:
                self._findings.add(
                    "listed_nowhere" if found else "dangling_reference",
                    what,
                    severity="warning" if found else "note",
                    record=source,
                )
        for txn_type, times in self._held.citations.unreadable.items():
            self._findings.add(
                "unreadable_reference",
                f"Links to {txn_type or 'an unnamed type'} occur {times} times; the API cannot read what they cite.",
                severity="note",
            )

    def _look_up(self, key: RecordKey) -> bool:
        try:
            cut = self._reader.read(key)
        except Fault:
            return False
        return cut is not None and bool(self._held.take([cut], self._reader.server_time))
