"""``POST /upload``: files and their Attachables, in pairs."""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from akika_forensics.twin import faults
from akika_forensics.twin.attachments import metadata
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.twin.http import multipart
from akika_forensics.twin.http.multipart import Mapped, Part, Unreadable

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of one request. Source: QuickBooks API, limits."""
_CONTENT: Final = "file_content"
_METADATA: Final = "file_metadata"


class Received:
    """The body of an upload on disk, mapped; ``size`` counts what came, also beyond the limit."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._digest = hashlib.sha256()
        self.size = 0

    async def take(self, stream: AsyncIterator[bytes]) -> None:
        """Beyond the limit it only counts: a client that is still sending would not read a refusal."""
        async for block in stream:
            self.size += len(block)
            self._digest.update(block)
            if self.size <= LARGEST:
                self._file.write(block)
        self._file.flush()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def body(self) -> Mapped:
        """Raises QuickBooksFault 6030."""
        if self.size > LARGEST:
            raise faults.upload_too_large(self.size)
        if not self.size:
            return b""
        return mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def run(twin: Twin, received: Received, content_type: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The elements of ``AttachableResponse``, and what was applied. A refused pair leaves the others alone.

    Raises QuickBooksFault 6030 and 1050, and 2020 when there is no file at all.
    """
    body = received.body()
    try:
        pairs = _pairs(multipart.parse(body, content_type))
    except Unreadable as error:
        raise faults.QuickBooksFault("1050", "Invalid Content Type", f"Invalid Content Type : {error}.") from None
    if not any(content for _, content in pairs.values()):
        raise faults.missing(f"{_CONTENT}_01")
    answers: list[dict[str, Any]] = []
    applied: list[str] = []
    for suffix, (described, content) in pairs.items():
        try:
            stored = twin.attach(_upload(suffix, described, content))
        except faults.QuickBooksFault as fault:
            answers.append({"Fault": fault.body()})
        except Unreadable as error:
            answers.append({"Fault": faults.business(f"The file cannot be read: {error}.").body()})
        else:
            answers.append({"Attachable": stored})
            applied.append(f"create Attachable:{stored['Id']}")
    return answers, applied


def _pairs(parts: list[Part]) -> dict[str, tuple[Part | None, Part | None]]:
    """Metadata and content by the end of their parts' names, in the order in which they came."""
    found: dict[str, tuple[Part | None, Part | None]] = {}
    for part in parts:
        for kind in (_METADATA, _CONTENT):
            if part.name.startswith(kind):
                suffix = part.name.removeprefix(kind)
                described, content = found.get(suffix, (None, None))
                found[suffix] = (part, content) if kind == _METADATA else (described, part)
    return found


def _upload(suffix: str, described: Part | None, content: Part | None) -> Upload:
    if content is None:
        raise faults.missing(f"{_CONTENT}{suffix}")
    sent: dict[str, Any] = {}
    if described is not None:
        sent = metadata.read(b"".join(described.content()), described.media_type, f"{_METADATA}{suffix}")
    return Upload(_blocks(content), content.file_name, content.media_type, sent)


def _blocks(content: Part) -> Iterator[bytes]:
    yield from content.content()
