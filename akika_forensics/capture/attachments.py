"""The bytes of attached files: those that the vault has not, each once; and what is told of those that did not come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from akika_forensics.capture import in_flight
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import Fault, NetworkFailed, ServiceError, SignInFailed, Throttled, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.quickbooks import Reader, UnreadableAnswer
from akika_forensics.quickbooks.downloads import LARGEST, AddressRefused, Downloads, FileGone, FileTooLarge
from akika_forensics.vault import SnapshotInfo
from akika_forensics.vault.keys.roles import NotAllowed

if TYPE_CHECKING:
    import polars as pl

ENTITY: Final = "Attachable"

_ADDRESSES: Final = 30
"""Records whose addresses are asked for at once; the addresses are good for 15 minutes, and a slow line uses them up."""
_OLDEST: Final = 720.0
"""Seconds after which an address is not used any more. Source: QuickBooks API, Attachable: 15 minutes."""
_BEYOND: Final = 10**15
_HOPELESS: Final = 25
"""After so many files in a row that the network did not give, the others are left to the next capture."""

Progress = Callable[[str, int, int], None]


class Described(NamedTuple):
    """What an Attachable says of its file; ``size`` in bytes, None where it says nothing that is a size."""

    name: str
    size: int | None


def file_of(body: Mapping[str, Any]) -> Described | None:
    """The file that an Attachable tells of; None for a mere note."""
    told, name = body.get("Size"), body.get("FileName")
    size = _size(told)
    if not (body.get("FileAccessUri") or body.get("TempDownloadUri") or (size and name)):
        return None
    return Described(name if isinstance(name, str) else "", size)


def _size(told: object) -> int | None:
    """A length in bytes; one that no file has is `_BEYOND`, so that it is told as another than that of the file."""
    if isinstance(told, int) and not isinstance(told, bool):
        return min(told, _BEYOND) if told >= 0 else None
    if not isinstance(told, str) or not (told.isascii() and told.isdigit()):
        return None
    digits = told.lstrip("0") or "0"
    # Python refuses to read thousands of digits, and an answer may hold as many.
    return int(digits) if len(digits) < len(str(_BEYOND)) else _BEYOND


class Held(Protocol):
    """A snapshot, as far as its attached files go."""

    @property
    def info(self) -> SnapshotInfo: ...
    def records(self, entities: Iterable[str] | None = None, *, without_lost: bool = False) -> Iterator[Record]: ...
    def attachments(self) -> pl.DataFrame: ...


class Sink(Protocol):
    """The part of the vault's SnapshotWriter that takes files."""

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None: ...
    def keep_attached(self, key: RecordKey) -> bool: ...


@dataclass(frozen=True)
class FilesBefore:
    """The attached files of the company's snapshot before: the lengths of those it holds, and those it only tells of.

    ``lacking`` is None where nobody may look: a member who only captures does not read records.
    """

    stored: Mapping[RecordKey, int]
    lacking: Mapping[RecordKey, Described] | None = None


def files_before(snapshot: Held) -> FilesBefore:
    """What a snapshot has of the files that its records tell of; of one that is whole no record is read for it."""
    rows = snapshot.attachments().select("entity", "id", "length").rows()
    stored = {RecordKey(entity, record_id): length for entity, record_id, length in rows}
    if snapshot.info.complete and not snapshot.info.scoped:
        return FilesBefore(stored, {})
    try:
        told = [(record.key, file_of(record.body)) for record in snapshot.records([ENTITY], without_lost=True)]
    except NotAllowed:
        return FilesBefore(stored)
    return FilesBefore(stored, {key: one for key, one in told if one is not None and key not in stored})


def only_files_lack(findings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the records of a snapshot are whole, and what is missing are attached files."""
    return all(str(row.get("code")).startswith("attachment") for row in findings if row.get("severity") == "problem")


class AttachedFiles:
    """The files that the records of one capture tell of.

    ``put`` and ``drop`` follow the records; ``fetch`` brings what is not settled yet, and may be called again.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._told: dict[RecordKey, Described] = {}
        self._settled: dict[RecordKey, Described] = {}
        self._lacking: set[RecordKey] = set()
        self._thumbnails = False
        self.fetched = 0
        self.bytes = 0

    def put(self, key: RecordKey, body: Mapping[str, Any]) -> None:
        """An Attachable as it is now; a later call for the same key replaces what an earlier one said."""
        described = file_of(body)
        if described is None:
            self._told.pop(key, None)
            return
        self._told[key] = described
        self._thumbnails |= bool(body.get("ThumbnailFileAccessUri"))

    def drop(self, key: RecordKey) -> None:
        """The record is gone, and what hung on it in the sink with it."""
        self._told.pop(key, None)
        self._settled.pop(key, None)

    def expect(self, lacking: Mapping[RecordKey, Described]) -> None:
        """Records that are taken over from the snapshot before, whose files it lacks: these are still to be brought."""
        self._told = {**lacking, **self._told}

    def fetch(
        self,
        reader: Reader,
        sink: Sink,
        before: FilesBefore | None = None,
        *,
        progress: Progress | None = None,
        check: Callable[[], None] = lambda: None,
        downloads: Downloads | None = None,
    ) -> None:
        """Give ``sink`` the file of every Attachable: kept from the snapshot before where it is the same, else fetched.

        ``before``: `files_before` of that snapshot. What an Id stands for never changes, so that a file of the same
        length is the same. Source: QuickBooks API, Attachable. What cannot be had is a finding of severity ``problem``.
        Raises SignInFailed and Throttled when QuickBooks itself does not answer, and what ``sink`` and ``check`` raise.
        """
        stored = before.stored if before is not None else {}
        wanted: list[RecordKey] = []
        for key, described in self._told.items():
            if self._settled.get(key) == described:
                continue
            if key in stored and described.size in {None, stored[key]} and sink.keep_attached(key):
                self._settled[key] = described
            else:
                wanted.append(key)
        if wanted:
            with downloads or Downloads(reader.connection) as source:
                _Round(self, self._findings, reader, sink, source).run(wanted, self._told, progress, check)
        if self._thumbnails:
            self._thumbnails = False
            self._findings.add(
                "thumbnails_left_out",
                "The small pictures that QuickBooks makes of attached files are not captured; the files are.",
                severity="note",
            )

    def as_state(self) -> dict[str, Any]:
        """For `take_up`, in another process: what did not come is tried again there."""
        settled = {key.id: described for key, described in self._settled.items() if key not in self._lacking}
        return {
            "told": {key.id: described for key, described in self._told.items()},
            "settled": settled,
            "thumbnails": self._thumbnails,
        }

    def take_up(self, state: Mapping[str, Any]) -> None:
        """Go on from where an earlier capture stood; the sink has the files that came."""
        self._told, self._settled = (
            {RecordKey(ENTITY, key): Described(*described) for key, described in state[name].items()}
            for name in ("told", "settled")
        )
        self._thumbnails = state["thumbnails"]

    def lacks(self, key: RecordKey) -> None:
        """The file of this record did not come."""
        self._lacking.add(key)

    def settle(self, key: RecordKey) -> None:
        """Nothing more is to be done for the file of this record, as it is told of now."""
        self._settled[key] = self._told[key]


class _Round:
    """One call of ``fetch``: brings some files and tells what became of each."""

    def __init__(self, files: AttachedFiles, findings: Findings, reader: Reader, sink: Sink, source: Downloads) -> None:
        self._files, self._findings, self._sink, self._source = files, findings, sink, source
        self._addresses = _Addresses(reader)
        self._lengths: dict[RecordKey, int] = {}

    def run(
        self,
        keys: list[RecordKey],
        told: Mapping[RecordKey, Described],
        progress: Progress | None,
        check: Callable[[], None],
    ) -> None:
        in_a_row = 0
        self._addresses.expect(keys)
        expected = sum(told[key].size or 0 for key in keys)
        coming = in_flight.each(keys, self._open, self._take, check=check, pause=self._source.pause)
        try:
            for done, (key, error) in enumerate(coming, 1):
                self._files.settle(key)
                if error is None:
                    self._arrived(key, told[key])
                else:
                    self._tell(key, error)
                in_a_row = in_a_row + 1 if isinstance(error, NetworkFailed) else 0
                if in_a_row == _HOPELESS:
                    self._give_up(len(keys) - done)
                    return
                if progress is not None:
                    came, whole = sum(self._lengths.values()) / 1e6, expected / 1e6
                    progress(f"attached files ({came:,.1f} of {whole:,.1f} MB)", done, len(keys))
        finally:
            coming.close()

    def _open(self, key: RecordKey, tries: int) -> Iterator[bytes]:
        try:
            address = self._addresses.of(key, fresh=tries > 0)
        except WrongUse as error:
            raise AddressRefused(f"The file of a record is not asked for: {error.what}") from None
        if address is None:
            raise FileGone("QuickBooks tells of a file that it does not have.")
        yield from self._source.read(address)

    def _take(self, key: RecordKey, chunks: Iterator[bytes]) -> None:
        came = 0

        def counted() -> Iterator[bytes]:
            nonlocal came
            for chunk in chunks:
                came += len(chunk)
                yield chunk

        self._sink.attach(key, counted())
        self._lengths[key] = came

    def _arrived(self, key: RecordKey, described: Described) -> None:
        self._files.fetched += 1
        self._files.bytes += self._lengths[key]
        if described.size is not None and described.size != self._lengths[key]:
            self._findings.add(
                "attachment_size",
                "A file has another length than QuickBooks says; it is kept as it came.",
                severity="warning",
                record=key,
                lasting=True,
            )

    def _tell(self, key: RecordKey, error: ServiceError) -> None:
        if isinstance(error, SignInFailed | Throttled):
            raise error
        self._files.lacks(key)
        code, what = "attachment_unread", f"A file could not be fetched: {error.what}"
        if isinstance(error, FileGone):
            code, what = "attachment_gone", "QuickBooks tells of an attached file and does not have it any more."
        elif isinstance(error, FileTooLarge):
            code, what = "attachment_too_large", f"A file of more than {LARGEST // 2**20} MB was left out."
        elif isinstance(error, AddressRefused):
            code, what = "attachment_address", error.what
        self._findings.add(code, what, severity="problem", record=key)

    def _give_up(self, left: int) -> None:
        if left:
            self._findings.add(
                "attachments_given_up",
                f"After {_HOPELESS} files that did not come, {left:,} more were left to the next capture.",
                severity="problem",
            )


class _Addresses:
    """Temporary addresses, asked for as few requests as it takes: those of many records in one query.

    Threads share it. An address that is old, refused or missing is asked for by itself.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._groups: dict[RecordKey, tuple[RecordKey, ...]] = {}
        self._known: dict[RecordKey, tuple[str, float]] = {}
        self._monotonic = reader.clock.monotonic

    def expect(self, keys: list[RecordKey]) -> None:
        for start in range(0, len(keys), _ADDRESSES):
            group = tuple(keys[start : start + _ADDRESSES])
            self._groups.update(dict.fromkeys(group, group))

    def of(self, key: RecordKey, *, fresh: bool) -> str | None:
        """The address of a record's file; None when QuickBooks has no such file."""
        if not fresh:
            with self._lock:
                if key not in self._known and key in self._groups:
                    self._ask(self._groups[key])
                address, at = self._known.get(key, ("", 0.0))
            if address and self._monotonic() - at < _OLDEST:
                return address
        return self._reader.file_address(key)

    def _ask(self, group: tuple[RecordKey, ...]) -> None:
        for key in group:
            self._groups.pop(key, None)
        listed = ",".join(f"'{key.id}'" for key in group if key.id.isascii() and key.id.isalnum())
        at = self._monotonic()
        try:
            slices = self._reader.query(ENTITY, f"Id IN ({listed})") if listed else []
        except (Fault, UnreadableAnswer):
            return  # each is asked for by itself then, and says why
        for cut in slices:
            try:
                address = payloads.decode(cut.payload).get("TempDownloadUri")
            except (WrongUse, AttributeError):
                continue
            if isinstance(address, str) and address:
                self._known[cut.key] = (address, at)
