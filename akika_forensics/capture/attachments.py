"""The bytes of attached files: those that the vault has not, each once; and what is told of those that did not come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

from akika_forensics.capture import in_flight
from akika_forensics.capture.attachables import ENTITY, Described, FilesBefore, file_of
from akika_forensics.capture.file_addresses import FileAddresses
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import NetworkFailed, ServiceError, SignInFailed, Throttled, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader
from akika_forensics.quickbooks.downloads import LARGEST, AddressRefused, Downloads, FileGone, FileTooLarge

_HOPELESS: Final = 25
"""After so many files in a row that the network did not give, the others are left to the next capture."""

Progress = Callable[[str, int, int], None]


class Sink(Protocol):
    """The part of the vault's SnapshotWriter that takes files."""

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None: ...
    def keep_attached(self, key: RecordKey) -> bool: ...


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
        self._addresses = FileAddresses(reader)
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
