"""What a commit tells of a snapshot, sealed: the description in its entry, and the value made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.payload import CANONICAL_FORM
from akika_forensics.model.record import Record
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.storage import Backend

SNAPSHOT: Final = "snapshot"
SCOPED: Final = "scoped"
"""What the fence of a capture of some records alone says under ``kind``."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,9}")


REQUESTS: Final = "Requests"
"""Under which name among the control reports it lies which request brought which record; no report of QuickBooks is called so."""

DELETIONS: Final = "Deletions"
"""As `REQUESTS`: of which deleted records QuickBooks told that the snapshot does not hold."""


@dataclass(frozen=True)
class SnapshotInfo:
    """``new_versions`` counts records whose canonical form is new; ``digest`` is the commit's, in hexadecimal."""

    id: str
    company: Company
    taken_at: datetime
    finished_at: datetime
    records: int
    new_versions: int
    complete: bool
    counts: dict[str, int]
    fence: dict[str, Any]
    requests: int
    findings: list[dict[str, Any]]
    controls: tuple[str, ...]
    digest: str

    @property
    def scoped(self) -> bool:
        """Whether only some records were read for it: the rest is as it was in the snapshot before, or not in it."""
        return self.fence.get("kind") == SCOPED


@dataclass(frozen=True)
class Version:
    """A record as it was from one snapshot on; ``record`` is None when it is not in it.

    ``missing``: a sentence for each file that is lost or damaged and stands in the way. Then ``record`` is None and
    ``present`` True where the record is in the snapshot, or None where nobody can tell: not whether it is, nor whether it
    is another than before.
    """

    snapshot: str
    taken_at: datetime
    present: bool | None
    record: Record | None
    missing: tuple[str, ...] = ()


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sealed part of a snapshot's commit. ``base`` is the commit it follows, None where it follows none.

    ``manifest``: path of the list of removed records; empty when there are none. ``removed``: how many records of the
    base are not in it; -1 where that was not told. ``attachments``: path of the list of attached files, of this commit
    or an earlier one; empty when there are none. ``roll``: path of the list of all that it holds; most have none.
    """

    kind: str
    canonical_form: str
    snapshot: str
    company: dict[str, str]
    pseudonym: str
    taken_at: str
    finished_at: str
    records: int
    new_versions: int
    complete: bool
    counts: dict[str, int]
    fence: dict[str, Any]
    requests: int
    findings: list[dict[str, Any]]
    controls: dict[str, str]
    manifest: str
    base: int | None
    removed: int
    parts: list[Part]
    key_table: str
    attachments: str
    roll: str = ""


class _Segment1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    index: str
    payload: str
    rows: int


class _Description1(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of version 1: a part for each segment, the heads of other chains sealed."""

    kind: str
    canonical_form: str
    snapshot: str
    company: dict[str, str]
    pseudonym: str
    taken_at: str
    finished_at: str
    records: int
    new_versions: int
    complete: bool
    counts: dict[str, int]
    fence: dict[str, Any]
    requests: int
    findings: list[dict[str, Any]]
    controls: dict[str, str]
    manifest: str
    base: int | None
    segments: list[_Segment1]
    key_table: str
    witness: dict[str, ChainHead]

    def raised(self) -> Description:
        fields = {name: getattr(self, name) for name in Description.__struct_fields__ if hasattr(self, name)}
        parts = [Part(one.index, one.payload, {str(one.number): one.rows}) for one in self.segments]
        return Description(**fields, removed=-1, parts=parts, attachments="")


@dataclass(frozen=True)
class Commit:
    """A snapshot's entry, read. ``lists_all``: of version 1, whose manifest names the rows of its own segments too."""

    seq: int
    info: SnapshotInfo
    text: Description
    files: dict[str, StoredFile]
    lists_all: bool

    @property
    def pseudonym(self) -> str:
        return self.text.pseudonym

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of its segments, in order."""
        return tuple(sorted(number for part in self.text.parts for number in part.numbers))


def read_commit(entry: Entry) -> Commit:
    """A snapshot's commit.

    Raises DamagedFile when the description is not one, or names a file that the entry does not vouch for,
    and WrongUse when the digests are of another canonical form than this version makes.
    """
    path = layout.entry(layout.COMMITS, entry.seq)
    try:
        if "segments" in entry.body:
            text = msgspec.convert(entry.body, _Description1).raised()
        else:
            text = msgspec.convert(entry.body, Description)
        info = _info(text, entry.digest)
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise DamagedFile(path, "Its sealed part does not describe a snapshot.") from error
    if text.canonical_form != CANONICAL_FORM:
        raise WrongUse(
            f"The digests of snapshot {text.snapshot} are of the form {text.canonical_form}.",
            means=f"This version of the software makes {CANONICAL_FORM}; the two cannot be compared.",
            do="Install the version that made the snapshot, or a newer one.",
        )
    if any(not _NUMBER.fullmatch(number) or rows < 0 for part in text.parts for number, rows in part.segments.items()):
        raise DamagedFile(path, "It numbers its segments as no snapshot does.")
    if any(part.rest for part in text.parts):
        raise DamagedFile(path, "It describes a part as merged ones are.")
    files = {file.path: file for file in entry.files}
    named = {text.manifest, text.roll, text.key_table, *text.controls.values()} - {""}
    named |= {path for part in text.parts for path in (part.index, part.payload)}
    own = {path for path in files if layout.place_of(path).kind != "blob"} - {text.attachments}
    if named != own:
        raise DamagedFile(path, "It does not vouch for exactly the files that it describes.")
    if any(layout.place_of(one).kind != kind for one, kind in _kinds(text)):
        raise DamagedFile(path, "It describes files as what they are not.")
    roots = {part.index: set(part.segments) for part in text.parts} if "parts" in entry.body else {}
    if any(set(file.root) != roots.get(file.path, set()) for file in entry.files):
        raise DamagedFile(path, "It gives record roots of other segments than it describes.")
    return Commit(entry.seq, info, text, files, "segments" in entry.body)


def _kinds(text: Description) -> Iterator[tuple[str, str]]:
    """Each path that a description names, and what it has to be."""
    yield text.key_table, "keytable"
    for path in text.controls.values():
        yield path, "sealed"
    for path in (
        text.manifest,
        text.attachments,
        text.roll,
        *(path for part in text.parts for path in (part.index, part.payload)),
    ):
        if path:
            yield path, "parquet"


def _info(text: Description, digest: str) -> SnapshotInfo:
    return SnapshotInfo(
        id=text.snapshot,
        company=Company(**text.company),
        taken_at=parse_instant(text.taken_at),
        finished_at=parse_instant(text.finished_at),
        records=text.records,
        new_versions=text.new_versions,
        complete=text.complete,
        counts=text.counts,
        fence=text.fence,
        requests=text.requests,
        findings=text.findings,
        controls=tuple(sorted(name for name in text.controls if name not in {REQUESTS, DELETIONS})),
        digest=digest,
    )


def company_fields(company: Company) -> dict[str, str]:
    """A company as a description has it."""
    return {"realm_id": company.realm_id, "name": company.name, "base_url": company.base_url}


def may_be_there(backend: Backend, seq: int, stored: Sequence[StoredFile]) -> bool:
    """Whether a commit that was to vouch for some files may be there in spite of an error, such as one of the memory
    outside the vault.
    """
    try:
        entry = backend.read(layout.entry(layout.COMMITS, seq))
    except FileNotFoundError:
        return False
    except AkikaError:
        return True
    return any(file.path.encode() in entry for file in stored)
