"""What the records of attached files tell of them, and which files the snapshot before has of those it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import SnapshotInfo
from akika_forensics.vault.keys.roles import NotAllowed

if TYPE_CHECKING:
    import polars as pl

ENTITY: Final = "Attachable"

_BEYOND: Final = 10**15


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
