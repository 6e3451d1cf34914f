"""A few records with what belongs to them, read anew: everything else stays as the snapshot before has it.

The records that are asked for, what hangs on them over up to three steps (payments, deposits, attachments), what all of
these need, each name to the end. What is gone is known by the snapshots: its neighbours are read all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, Protocol

from akika_forensics.capture import asked
from akika_forensics.capture.attachables import FilesBefore
from akika_forensics.capture.carried import SCOPED, carried
from akika_forensics.capture.controls import Controls, of_records
from akika_forensics.capture.entities import is_name
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.incremental import RULES
from akika_forensics.capture.means import SnapshotWriter
from akika_forensics.capture.same_company import SameCompany
from akika_forensics.capture.scope import MOST_PASSES, Scope
from akika_forensics.capture.surroundings import Memory, is_transaction
from akika_forensics.capture.sweep import Progress, Stop, check
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader

_PREFERENCES: Final = RecordKey("Preferences", "1")


class Base(Memory, Protocol):
    """The company's newest snapshot, the one that the writer carries over."""

    @property
    def info(self) -> Any: ...


def run_scoped(
    reader: Reader,
    writer: SnapshotWriter,
    asked: Sequence[RecordKey],
    *,
    base: Base | None,
    earlier: Sequence[Memory] = (),
    called: str = "",
    files_before: FilesBefore | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Any:
    """Read the records that are asked for with their surroundings, and commit them over what ``base`` holds.

    ``earlier``: snapshots that hold what ``base`` has no longer of the records that are asked for. ``complete`` is about the
    scope alone: all of it was there in one state at one instant inside the fence. ``called``: by which name the vault knows the company.
    Returns what ``commit`` returns. Raises WrongCompany when the books that answer are another company's, Interrupted, and ServiceError when QuickBooks or the network fails; nothing is committed then.
    """
    taken = _Scoped(reader, writer, asked, base, earlier, called, progress, should_stop)
    return taken.run(files_before)


class _Scoped:
    def __init__(
        self,
        reader: Reader,
        writer: SnapshotWriter,
        asked: Sequence[RecordKey],
        base: Base | None,
        earlier: Sequence[Memory],
        called: str,
        progress: Progress | None,
        should_stop: Stop | None,
    ) -> None:
        self._reader, self._writer, self._base, self._called = reader, writer, base, called
        self._memories: list[Memory] = [*([base] if base is not None else []), *earlier]
        self._progress = progress
        self._findings = Findings()
        self._held = Held(writer, self._findings)
        self._asked = tuple(dict.fromkeys(asked))
        self._check = partial(check, should_stop)
        self._scope = Scope(
            reader, self._held, self._findings, self._memories, check=self._check, told=self._progressed
        )

    def run(self, files_before: FilesBefore | None) -> Any:
        asked_before = self._reader.requests
        self._check()
        _, info = self._reader.company()
        SameCompany(self._reader.connection.realm_id, info, self._base, self._called)
        start = self._reader.server_time or instants.now()
        if self._base is not None:
            self._writer.carry_over()
        for key in self._asked:
            self._scope.follow(key, 0)
        self._scope.want(_PREFERENCES)
        self._scope.grow()
        self._take_controls(info)
        passes, quiet = self._scope.settle()
        self._held.files.fetch(
            self._reader,
            self._writer,
            files_before,
            progress=self._progress,
            check=self._check,
        )
        names_gone = self._take_out()
        self._tell(quiet=quiet)
        end = self._reader.server_time or instants.now()
        fence: dict[str, Any] = {
            "from": instants.format_instant(start),
            "to": instants.format_instant(end),
            "passes": passes,
            "quiet": quiet,
            "kind": SCOPED,
            "base": None if self._base is None else self._base.info.id,
            "rules": RULES,
            "why": [],
            "scope": {
                "asked": [str(key) for key in self._asked],
                "read": sorted(map(str, self._scope.bodies)),
                "gone": sorted(map(str, self._scope.gone)),
            },
        }
        if self._base is not None:
            fence |= carried(self._base.info, names_gone)
        return self._writer.commit(
            taken_at=start,
            finished_at=end,
            complete=self._findings.whole,
            counts={},
            fence=fence,
            requests=self._reader.requests - asked_before,
            findings=self._findings.as_dicts(),
            brought=asked.listed(self._reader.answered, self._held.brought()),
        )

    def _take_out(self) -> list[RecordKey]:
        """Out of what is carried over comes what turned out to be gone; the names among it."""
        held = [] if self._base is None else list(self._base.get_many(self._scope.gone))
        for key in held:
            self._writer.remove(key)
        return [key for key in held if is_name(key.entity)]

    def _progressed(self, read: int, known: int) -> None:
        if self._progress is not None:
            self._progress("the records and what belongs to them", read, known)

    def _take_controls(self, info: bytes) -> None:
        accounts = sorted(key.id for key in self._scope.bodies if key.entity == "Account")
        days = {day for key in self._scope.steps if (day := _day(self._scope.bodies.get(key, {}))) is not None}
        controls = Controls(self._reader, info, of_records(accounts, days), check=self._check)
        controls.take_into(self._writer, self._reader.server_time or instants.now(), self._held.dates)
        controls.tell(self._findings)

    def _tell(self, *, quiet: bool) -> None:
        remembered: set[RecordKey] = set()
        for memory in self._memories:
            remembered |= memory.get_many(self._asked).keys()
        for key in self._asked:
            if key not in self._scope.gone:
                continue
            if key in remembered:
                self._findings.add(
                    "asked_and_gone",
                    f"{key} is not there any more; what belongs to it is known from the snapshots.",
                    severity="note",
                    record=key,
                )
            else:
                self._findings.add(
                    "asked_and_unknown",
                    f"{key} is not there, and no snapshot has it: nobody knows what belongs to it.",
                    severity="problem",
                    record=key,
                )
        if not quiet:
            self._findings.add(
                "not_quiet",
                f"The records kept changing: after {MOST_PASSES} readings there was still more.",
                severity="problem",
            )
        if self._scope.cut:
            self._findings.add(
                "scope_cut",
                f"More belongs to these records than was read: {len(self._scope.bodies):,} records were.",
                severity="warning",
            )
        for key in sorted(self._scope.unasked):
            if key in self._asked:
                self._findings.add(
                    "asked_and_refused",
                    f"{key} was asked for, and QuickBooks refused to show it.",
                    severity="problem",
                    record=key,
                )
            else:
                self._findings.add(
                    "not_read_by_id", "Records could not be read by a list of Ids.", severity="warning", record=key
                )
        names = [key for key in self._asked if key.entity in CATALOGUE and not is_transaction(key)]
        for key in names:
            self._findings.add(
                "names_followed_one_way",
                "What cites a name, such as a customer, is not read with it; what it needs and what is attached to it is.",
                severity="note",
                record=key,
            )


def _day(body: Mapping[str, Any]) -> date | None:
    value = body.get("TxnDate")
    if not isinstance(value, str):
        return None
    try:
        return instants.parse_date(value)
    except ValueError:
        return None
