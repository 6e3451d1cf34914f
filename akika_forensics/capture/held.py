"""What the snapshot in the making holds, and what is noticed about each record that goes in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from akika_forensics.capture.attachables import ENTITY as ATTACHABLE
from akika_forensics.capture.attachments import AttachedFiles
from akika_forensics.capture.before import Before
from akika_forensics.capture.citations import Citations
from akika_forensics.capture.cited import Cited
from akika_forensics.capture.controls import Dates
from akika_forensics.capture.draft import Holding
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.numbers import Numbers
from akika_forensics.capture.readings import MARK, Readings, instant
from akika_forensics.capture.same_company import COMPANY, SameCompany
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.identity import created_at
from akika_forensics.model.known_fields import unknown_paths
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Slice

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_VOLATILE: Final = ("TempDownloadUri", "ThumbnailTempDownloadUri")
"""Fields that differ at each reading. Source: QuickBooks API, Attachable: the address is good for 15 minutes."""


class SnapshotSink(Protocol):
    """The part of the vault's SnapshotWriter that takes records."""

    def add(self, key: RecordKey, payload: bytes, digested: Digested | None = None) -> None: ...
    def remove(self, key: RecordKey) -> None: ...


class Carried:
    """What an incremental capture takes over from the snapshot before: Ids with the digests of what they held.

    An entity is looked into only when something of it arrives or goes.
    """

    def __init__(self, before: Before | None) -> None:
        self._before = before
        self._counts = before.counts() if before is not None else {}
        self._open: dict[str, dict[str, bytes]] = {}

    def count(self, entity: str) -> int:
        return len(self._open[entity]) if entity in self._open else self._counts.get(entity, 0)

    def of(self, entity: str) -> dict[str, bytes]:
        """Id → digest of what still stands as it was; what is replaced or gone is taken out of it."""
        if entity not in self._open:
            empty = self._before is None or not self._counts.get(entity)
            self._open[entity] = {} if empty or self._before is None else self._before.digests(entity)
        return self._open[entity]

    def created(self, entity: str) -> dict[str, datetime]:
        return self._before.created(entity) if self._before is not None and self._counts.get(entity) else {}

    def entities(self) -> Iterable[str]:
        return self._counts


class Held:
    """The records of one capture. The reading of the later server time wins; nothing is filtered out.

    ``changes`` counts the readings that brought something new, ``ignored`` those that differed and were older.

    With ``before`` all of that snapshot is held from the beginning, and the sink has taken it over already. ``company``: whose
    records they are; WrongCompany is raised where the record of the company itself is another's.
    """

    def __init__(
        self,
        sink: SnapshotSink,
        findings: Findings,
        before: Before | None = None,
        *,
        company: SameCompany | None = None,
    ) -> None:
        self._sink, self._findings, self._company = sink, findings, company
        numbers = Numbers()
        self._read = Readings(numbers)
        self._carried = Carried(before)
        self._answers_before = 0
        self._created: dict[str, dict[str, datetime]] | None = {} if before is not None else None
        self.citations = Citations(numbers)
        self.files = AttachedFiles(findings)
        self.changes = 0
        self.dates = Dates() if before is None else Dates(before.reach(), before.days)
        self.ignored = 0
        self._newest = _LONG_AGO
        self.multicurrency: bool | None = None

    def __contains__(self, key: Cited) -> bool:
        entity, record_id = key
        return key in self._read or record_id in self._carried.of(entity)

    def count(self, entity: str) -> int:
        return self._read.count(entity) + self._carried.count(entity)

    def keys(self, entity: str) -> set[RecordKey]:
        return {RecordKey(entity, record_id) for record_id in self.ids(entity)}

    def ids(self, entity: str) -> list[str]:
        return [*self._read.ids(entity), *self._carried.of(entity)]

    def created(self, entity: str) -> dict[str, datetime]:
        """Id → when it was created, in whole seconds, as far as the snapshot before or what arrived since says it.

        Nothing in a capture that reads every list.
        """
        return {**self._carried.created(entity), **self._created.get(entity, {})} if self._created is not None else {}

    @property
    def carried(self) -> int:
        """Records that were taken over and not read again."""
        return sum(self._carried.count(name) for name in self._carried.entities())

    @property
    def records(self) -> int:
        names = {*self._read.entities(), *self._carried.entities()}
        return sum(self.count(name) for name in names)

    def take(self, slices: Iterable[Slice], at: datetime | None) -> int:
        """Take records in as they were at the server time ``at``; how many of them are new or differ."""
        self._newest = max(self._newest, at or _LONG_AGO)
        micros = instant(at or _LONG_AGO)
        return sum(self._take(cut, micros) for cut in slices)

    def take_after(self, slices: Iterable[Slice], at: datetime | None) -> int:
        """Take in what was asked for after all that came before had arrived: it is later, whatever the clocks say.

        Answers are made by many machines, whose clocks differ.
        """
        return self.take(slices, max(at or _LONG_AGO, self._newest))

    def _take(self, cut: Slice, at: int) -> bool:
        before = self._read.get(cut.key)
        mark = _mark(cut)
        if before is not None:
            if before.mark == mark:
                self._read.put(cut.key, mark, max(at, before.at), before.day, before.answer)
                return False
            if at < before.at:
                self.ignored += 1
                return False
        carried = self._carried.of(cut.key.entity)
        try:
            digested = payloads.digested(cut.payload)
            if before is None and cut.key.id in carried and carried[cut.key.id] == digested.digest:
                self._read.put(cut.key, mark, at, None, self._number(cut))
                del carried[cut.key.id]
                return False
            day = self._look_at(cut, digested.value)
            self._sink.add(cut.key, cut.payload, digested)
        except WrongUse as error:
            self.citations.drop(cut.key)
            self.drop(cut.key)
            self._findings.add(
                "record_refused",
                f"A record cannot be kept: {error.what}",
                severity="problem",
                record=cut.key,
                lasting=True,
            )
            return False
        self._read.put(cut.key, mark, at, day, self._number(cut))
        self.changes += 1
        if carried.pop(cut.key.id, None) is not None or before is not None:
            self.dates.left(cut.key, before.day if before is not None else None)
        return True

    def drop(self, key: RecordKey) -> bool:
        """Take a record out again; True when it was there."""
        read = self._read.pop(key)
        carried = self._carried.of(key.entity).pop(key.id, None)
        if read is None and carried is None:
            return False
        self.dates.left(key, read.day if read is not None else None, gone=True)
        self._sink.remove(key)
        self.citations.drop(key)
        self.files.drop(key)
        return True

    def day(self, key: RecordKey) -> date | None:
        """On which a record stands that was read; None for one that stands on none."""
        found = self._read.get(key)
        return None if found is None else found.day

    def read(self) -> Iterator[RecordKey]:
        """The keys of what was read, and not only taken over."""
        for entity in self._read.entities():
            yield from (RecordKey(entity, record_id) for record_id in self._read.ids(entity))

    def brought(self) -> Iterator[tuple[str, Iterator[tuple[str, int]]]]:
        """Of each entity what was read: Ids with the number of the answer that brought them, 0 where that is not known."""
        return ((entity, self._read.answers(entity)) for entity in self._read.entities())

    def _number(self, cut: Slice) -> int:
        return self._answers_before + cut.answer if cut.answer else 0

    def require_company(self, cut: Slice) -> None:
        """Raises WrongCompany where a record is that of a company, and of another one than is captured."""
        if cut.key.entity == COMPANY and self._company is not None:
            self._company.require(cut.payload)

    def as_state(self) -> Holding:
        """For `take_up`, in another process."""
        return Holding(
            self._read.as_state(),
            self.citations.as_state(),
            self.dates.as_state(),
            self.multicurrency,
            self.files.as_state(),
        )

    def take_up(self, state: Holding, answered: int = 0) -> None:
        """Go on from what an earlier capture held; the sink has it already. ``answered``: how many answers it had."""
        self._answers_before = answered
        self.citations.take_up(state.citing)
        self._newest = max(self._newest, self._read.take_up(state.versions) or _LONG_AGO)
        self.dates.take_up(state.dates)
        self.multicurrency = state.multicurrency
        self.files.take_up(state.files)

    def _look_at(self, cut: Slice, body: Any) -> date | None:
        """``body`` as `payload.digested` decodes it; the day on which the record stands."""
        key = cut.key
        if not isinstance(body, dict):
            raise WrongUse(f"{key} is not a JSON object.")
        if not cut.has_id:
            self._findings.add(
                "record_without_id",
                f"A record of {key.entity} came without an Id and is kept under a key made from its content.",
                severity="warning",
                record=key,
                lasting=True,
            )
        for path in set(unknown_paths(key.entity, body)):
            self._findings.add(
                "unknown_field",
                f"{key.entity} has the undocumented field {path}.",
                severity="note",
                record=key,
                lasting=True,
            )
        self.citations.put(key, body)
        if self._created is not None and (at := created_at(body)) is not None:
            self._created.setdefault(key.entity, {})[key.id] = at
        if key.entity == ATTACHABLE:
            self.files.put(key, payloads.decode(cut.payload))
        self.require_company(cut)
        if key.entity == "Preferences":
            prefs = body.get("CurrencyPrefs")
            self.multicurrency = bool(prefs.get("MultiCurrencyEnabled")) if isinstance(prefs, dict) else None
        return self.dates.note(body)


def _mark(cut: Slice) -> bytes:
    data = cut.payload
    if cut.key.entity == "Attachable":
        try:
            body = payloads.decode(data)
        except WrongUse:
            # Whoever takes it in says so.
            body = None
        if isinstance(body, dict):
            data = payloads.canonical_value({name: value for name, value in body.items() if name not in _VOLATILE})
    return hashlib.blake2b(data, digest_size=MARK).digest()
