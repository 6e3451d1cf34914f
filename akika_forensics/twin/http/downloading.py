"""Addresses of attached files: in answers, as a plain text of their own, and what is behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from akika_forensics.model import payload as payloads
from akika_forensics.twin import faults
from akika_forensics.twin.attachments import addresses
from akika_forensics.twin.attachments.shelf import THUMBNAIL, File

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

_MARK: Final = b'FileAccessUri":"/v3/company/'
_PATHS: Final = {"download": "", "attachable-thumbnail": THUMBNAIL}
_CITED: Final = re.compile(
    rb'(?<=[{,])"(?P<field>FileAccessUri|ThumbnailFileAccessUri)":"/v3/company/\w+/[a-z-]+/(?P<id>\d+)"'
)


def with_addresses(twin: Twin, origin: str, body: bytes, moment: datetime) -> bytes:
    """The same answer with a temporary address behind each permanent one, good from this moment on.

    In a text a quotation mark is written with a backslash, so what is found is a field. A file whose bytes are not
    here, as after loading a copy of a company, gets none.
    """
    if _MARK not in body:
        return body

    def addressed(match: re.Match[bytes]) -> bytes:
        small = match["field"] != b"FileAccessUri"
        record_id = match["id"].decode()
        file = twin.store.files.find(THUMBNAIL + record_id if small else record_id)
        if file is None:
            return match[0]
        field = b"ThumbnailTempDownloadUri" if small else b"TempDownloadUri"
        address = addresses.temporary(twin.store, origin, twin.realm_id, file, moment)
        return match[0] + b',"' + field + b'":' + payloads.encode(address)

    return _CITED.sub(addressed, body)


def plain(twin: Twin, origin: str, kind: str, record_id: str, moment: datetime) -> bytes:
    """What ``GET /download/{id}`` answers: a temporary address as plain text. Raises QuickBooksFault 2030, 610."""
    if not record_id.isascii() or not record_id.isdigit():
        raise faults.invalid_id(record_id)
    file = twin.store.files.find(_PATHS[kind] + record_id)
    if file is None:
        raise faults.not_found(f"Object Not Found : Attachable {record_id}")
    return addresses.temporary(twin.store, origin, twin.realm_id, file, moment).encode()


def fetched(twin: Twin, name: str, parameters: Mapping[str, str], headers: Mapping[str, str], moment: datetime) -> File:
    """The file behind a temporary address. Raises ``addresses.Refused``.

    Whether a request that is signed twice is refused, as the storage behind the service does, is a belief.
    """
    if "authorization" in headers and twin.store.beliefs.choice("bearer_on_file") == "refused":
        raise addresses.Refused(
            400, "InvalidArgument", "Only one auth mechanism allowed; the query is signed, send no Authorization header"
        )
    return addresses.meant(twin.store, twin.realm_id, name, parameters, moment)
