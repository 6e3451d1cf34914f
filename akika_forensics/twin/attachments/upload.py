"""One uploaded file: its Attachable and its bytes, or a refusal."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.twin import faults, operations
from akika_forensics.twin.attachments import addresses, thumbnails
from akika_forensics.twin.attachments.shelf import THUMBNAIL
from akika_forensics.twin.session import Session

TYPES: Final[dict[str, str]] = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "text/rtf",
    "tif": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}
"""The endings of file names that are accepted, and the type of each. Source: QuickBooks API, Attachable."""

_KIND: Final = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its bytes in blocks, the name and type of its part, the Attachable sent with it."""

    content: Iterable[bytes]
    name: str
    kind: str
    attachable: dict[str, Any]


def store(session: Session, realm: str, upload: Upload) -> str:
    """Key the Attachable and keep the bytes; gives its Id. Raises QuickBooksFault 2020, 2050, 6041, 6050, 6000."""
    name = str(upload.attachable.get("FileName") or upload.name)
    if not name:
        raise faults.missing("FileName")
    kind = upload.kind or str(upload.attachable.get("ContentType") or "").partition(";")[0].strip().lower()
    ending = name.rpartition(".")[2].lower()
    if ending not in TYPES or kind == "application/octet-stream" or (kind and not _KIND.fullmatch(kind)):
        raise faults.unsupported_file(name, kind)
    kind = kind or TYPES[ending]
    sent = {**upload.attachable, "FileName": name, "ContentType": kind}
    record_id = operations.create(session, "Attachable", {k: v for k, v in sent.items() if k != "Id"})
    addresses.prepare(session.store)
    shelf = session.store.files
    file = shelf.put(record_id, str(uuid.uuid4()), name, kind, upload.content)
    body = session.edit("Attachable", record_id)
    assert body is not None  # noqa: S101 - created above
    body["Size"] = file.size
    body["FileAccessUri"] = f"/v3/company/{realm}/download/{record_id}"
    if kind in thumbnails.KINDS:
        picture = thumbnails.small(b"".join(shelf.read(record_id)))
        if picture is not None:
            shelf.put(THUMBNAIL + record_id, str(uuid.uuid4()), f"tn_{name}", "image/png", [picture])
            body["ThumbnailFileAccessUri"] = f"/v3/company/{realm}/attachable-thumbnail/{record_id}"
    return record_id
