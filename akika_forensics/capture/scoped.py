"""A few records with what belongs to them, read anew: everything else stays as the snapshot before has it.

The records that are asked for, what hangs on them over up to three steps (payments, deposits, attachments), what all of
these need, each name to the end. What is gone is known by the snapshots: its neighbours are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

from akika_forensics.capture import presence
from akika_forensics.capture.attachments import ENTITY as ATTACHABLE
from akika_forensics.capture.attachments import FilesBefore
from akika_forensics.capture.carried import SCOPED, carried
from akika_forensics.capture.controls import Controls, of_records
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.incremental import RULES
from akika_forensics.capture.run import SnapshotWriter
from akika_forensics.capture.surroundings import DEEPEST, Memory, body_of, citing, hangs, is_transaction, needs
from akika_forensics.capture.sweep import Progress, Stop, check
from akika_forensics.errors import Fault
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader, Slice, statements

MOST_AROUND: Final = 150
"""Records that are followed for what hangs on them."""
MOST: Final = 1500
"""Records of a scope."""
_MOST_ALONE: Final = 8
"""Records that are read one by one because QuickBooks does not take them by a list of Ids."""
_MOST_WITH_FILES: Final = 60
"""Records that are asked what is attached to them."""
_MOST_PASSES: Final = 5
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
    files_before: FilesBefore | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Any:
    """Read the records that are asked for with their surroundings, and commit them over what ``base`` holds.

    ``earlier``: snapshots that hold what ``base`` has no longer of the records that are asked for. ``complete`` is about the
    scope alone: all of it was there in one state at one instant inside the fence. Returns what ``commit`` returns.
    Raises Interrupted, and ServiceError when QuickBooks or the network fails; nothing is committed then.
    """
    scope = _Scope(reader, writer, asked, base, earlier, progress, should_stop)
    return scope.run(files_before)


class _Scope:
    def __init__(
        self,
        reader: Reader,
        writer: SnapshotWriter,
        asked: Sequence[RecordKey],
        base: Base | None,
        earlier: Sequence[Memory],
        progress: Progress | None,
        should_stop: Stop | None,
    ) -> None:
        self._reader, self._writer, self._base = reader, writer, base
        self._memories: list[Memory] = [*([base] if base is not None else []), *earlier]
        self._progress, self._should_stop = progress, should_stop
        self._findings = Findings()
        self._held = Held(writer, self._findings)
        self._asked = tuple(dict.fromkeys(asked))
        self._steps: dict[RecordKey, int] = {}
        """How far a record is from the asked ones, for those whose surroundings count."""
        self._followed: set[RecordKey] = set()
        self._wanted: dict[RecordKey, None] = {}
        self._bodies: dict[RecordKey, dict[str, Any]] = {}
        self._gone: set[RecordKey] = set()
        self._unasked: set[RecordKey] = set()
        self._cut = False

    def run(self, files_before: FilesBefore | None) -> Any:
        asked_before = self._reader.requests
        check(self._should_stop)
        _, info = self._reader.company()
        start = self._reader.server_time or instants.now()
        if self._base is not None:
            self._writer.carry_over()
        for key in self._asked:
            self._follow(key, 0)
        self._want(_PREFERENCES)
        self._grow()
        self._take_controls(info)
        passes, quiet = self._settle()
        self._held.files.fetch(
            self._reader,
            self._writer,
            files_before,
            progress=self._progress,
            check=lambda: check(self._should_stop),
        )
        self._take_out()
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
                "read": sorted(map(str, self._bodies)),
                "gone": sorted(map(str, self._gone)),
            },
        }
        if self._base is not None:
            fence |= carried(self._base.info)
        return self._writer.commit(
            taken_at=start,
            finished_at=end,
            complete=self._findings.whole,
            counts={},
            fence=fence,
            requests=self._reader.requests - asked_before,
            findings=self._findings.as_dicts(),
        )

    # -- which records -----------------------------------------------------------------------------------------------

    def _want(self, key: RecordKey) -> None:
        if len(self._wanted) < MOST or key in self._wanted:
            self._wanted.setdefault(key)
        else:
            self._cut = True

    def _follow(self, key: RecordKey, step: int) -> None:
        """A record whose surroundings belong to the scope, ``step`` steps from the asked ones."""
        if key not in self._steps and len(self._steps) >= MOST_AROUND:
            self._cut = True
        elif step < self._steps.get(key, DEEPEST + 1):
            self._steps[key] = step
            self._followed.discard(key)
            self._want(key)

    def _grow(self) -> None:
        """Read and follow until nothing new belongs to it."""
        while True:
            check(self._should_stop)
            fresh = [key for key in self._steps if key not in self._followed]
            if fresh:
                self._followed.update(fresh)
                self._remember(fresh)
                self._look_for_files(fresh)
            pending = [key for key in self._wanted if not self._known(key)]
            if not pending and not fresh:
                return
            self._read(pending)
            if self._progress is not None:
                self._progress("the records and what belongs to them", len(self._bodies), len(self._wanted))

    def _known(self, key: RecordKey) -> bool:
        return key in self._bodies or key in self._gone or key in self._unasked

    def _remember(self, keys: list[RecordKey]) -> None:
        """What the snapshots say of records: what they cite, and who cites them."""
        for memory in self._memories:
            for key, record in memory.get_many(keys).items():
                self._expand(key, body_of(record.payload))
            open_ends = [key for key in keys if self._steps[key] < DEEPEST]
            for key, body in citing(memory, open_ends).items():
                step = min(self._steps[one] for one in needs(key, body) if one in self._steps)
                self._follow(key, step + 1)
        for key in keys:
            if key in self._bodies:
                self._expand(key, self._bodies[key])

    def _expand(self, key: RecordKey, body: dict[str, Any]) -> None:
        step = self._steps.get(key)
        for target in needs(key, body):
            if not CATALOGUE[target.entity].can("read"):
                continue
            if not is_transaction(target) or step is not None:
                self._want(target)
        if step is not None and step < DEEPEST:
            for target in hangs(key, body):
                self._follow(target, step + 1)

    def _look_for_files(self, keys: list[RecordKey]) -> None:
        """Attachments of records, asked of QuickBooks: the snapshots do not know those that are new."""
        named = [key for key in keys if key.entity != ATTACHABLE][:_MOST_WITH_FILES]
        searches = [
            (
                ATTACHABLE,
                f"AttachableRef.EntityRef.Type = {_text(key.entity)} AND AttachableRef.EntityRef.value = {_text(key.id)}",
            )
            for key in named
        ]
        refused = False
        for answer in self._reader.query_many(searches):
            if isinstance(answer, Fault):
                refused = True
            else:
                for cut in answer:
                    self._follow(cut.key, DEEPEST)
                self._take(answer)
        if refused:
            self._findings.add(
                "attachments_not_searched",
                "QuickBooks refused to say what is attached to a record; what the snapshots know of is read.",
                severity="warning",
            )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, keys: list[RecordKey]) -> None:
        found, missing = self._ask(keys)
        self._take(found)
        self._gone |= missing

    def _ask(self, keys: Iterable[RecordKey]) -> tuple[list[Slice], set[RecordKey]]:
        """Those that are there, and those that are gone."""
        many = [key for key in keys if key not in self._unasked]
        found, refused = presence.read_many(self._reader, many, most_are_there=True)
        for key in refused[:_MOST_ALONE]:
            cut = self._reader.read(key)
            if cut is not None:
                found.append(cut)
        self._unasked.update(refused[_MOST_ALONE:])
        there = {cut.key for cut in found}
        return found, {key for key in many if key not in there and key not in self._unasked}

    def _take(self, found: Iterable[Slice]) -> None:
        cuts = list(found)
        self._held.take(cuts, self._reader.server_time)
        for cut in cuts:
            body = body_of(cut.payload)
            self._bodies[cut.key] = body
            self._gone.discard(cut.key)
            self._want(cut.key)
            self._expand(cut.key, body)

    def _settle(self) -> tuple[int, bool]:
        """Read all of it again until nothing differs; how often, and whether it came to that."""
        for passes in range(1, _MOST_PASSES + 1):
            check(self._should_stop)
            there, gone, changed = set(self._bodies), set(self._gone), self._held.changes
            found, missing = self._ask([*there, *gone])
            self._take(found)
            vanished = there & missing
            for key in vanished:
                self._held.drop(key)
                del self._bodies[key]
            self._gone |= missing
            if self._held.changes == changed and not vanished:
                return passes, True
            self._grow()
        return _MOST_PASSES, False

    def _take_out(self) -> None:
        """Out of what is carried over comes what turned out to be gone."""
        if self._base is not None:
            for key in self._base.get_many(self._gone):
                self._writer.remove(key)

    # -- beside ------------------------------------------------------------------------------------------------------

    def _take_controls(self, info: bytes) -> None:
        accounts = sorted(key.id for key in self._bodies if key.entity == "Account")
        days = {day for key in self._steps if (day := _day(self._bodies.get(key, {}))) is not None}
        controls = Controls(self._reader, info, of_records(accounts, days), check=lambda: check(self._should_stop))
        for name, report in controls.take(self._reader.server_time or instants.now(), self._held.dates):
            self._writer.control(name, report)
        controls.tell(self._findings)

    def _tell(self, *, quiet: bool) -> None:
        remembered: set[RecordKey] = set()
        for memory in self._memories:
            remembered |= memory.get_many(self._asked).keys()
        for key in self._asked:
            if key not in self._gone:
                continue
            if key in remembered:
                self._findings.add(
                    "asked_and_gone",
                    "A record that was asked for is not there any more; what belongs to it is known from the snapshots.",
                    severity="note",
                    record=key,
                )
            else:
                self._findings.add(
                    "asked_and_unknown",
                    "A record that was asked for is not there, and no snapshot has it: nobody knows what belongs to it.",
                    severity="problem",
                    record=key,
                )
        if not quiet:
            self._findings.add(
                "not_quiet",
                f"The records kept changing: after {_MOST_PASSES} readings there was still more.",
                severity="problem",
            )
        if self._cut:
            self._findings.add(
                "scope_cut",
                f"More belongs to these records than was read: {len(self._wanted):,} records were.",
                severity="warning",
            )
        for key in sorted(self._unasked):
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


def _text(value: str) -> str:
    return statements.literal(value)


def _day(body: Mapping[str, Any]) -> date | None:
    value = body.get("TxnDate")
    if not isinstance(value, str):
        return None
    try:
        return instants.parse_date(value)
    except ValueError:
        return None
