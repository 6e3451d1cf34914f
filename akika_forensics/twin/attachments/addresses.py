"""Temporary addresses of files: anybody who has one can fetch the file, for fifteen minutes of the company's clock.

They look like those of the storage behind the service: path, date, life and a signature over them in the query.
Source: recorded ``TempDownloadUri``; QuickBooks API, Attachable.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from akika_forensics.twin.attachments.shelf import File
from akika_forensics.twin.store import Store

LIFE: Final = timedelta(minutes=15)
_SECRET: Final = "file_secret"  # noqa: S105 - the name of a setting
_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_KEY: Final = 36


class Refused(Exception):
    """The storage's own refusal: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def xml(self) -> str:
        """The body; nothing of the request is in it."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        )


def prepare(store: Store) -> None:
    """Make the company's key once; it stays in its file, so that addresses outlive a restart."""
    if store.setting(_SECRET) is None:
        store.set_setting(_SECRET, secrets.token_hex(32))


def temporary(store: Store, origin: str, realm: str, file: File, moment: datetime) -> str:
    """The address of a file from this moment on."""
    path = f"/{realm}/attachments/{file.key}{quote(file.name, safe='')}"
    date = moment.astimezone(UTC).strftime(_FORMAT)
    parameters = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": date,
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Expires": str(int(LIFE.total_seconds())),
        "X-Amz-Credential": f"TWIN/{date[:8]}/us-west-2/s3/aws4_request",
        "X-Amz-Signature": _signature(store, realm, file.key, date),
    }
    return f"{origin}{path}?{urlencode(parameters)}"


def meant(store: Store, realm: str, name: str, parameters: Mapping[str, str], moment: datetime) -> File:
    """The file of an address; ``name`` is its last segment. Raises Refused: 403 forged or too old, 404 gone."""
    key, date = name[:_KEY], parameters.get("X-Amz-Date", "")
    expected = _signature(store, realm, key, date)
    if not hmac.compare_digest(expected, parameters.get("X-Amz-Signature", "")):
        raise Refused(403, "SignatureDoesNotMatch", "The request signature does not match.")
    signed = datetime.strptime(date, _FORMAT).replace(tzinfo=UTC)
    if moment >= signed + LIFE:
        raise Refused(403, "AccessDenied", "Request has expired")
    file = store.files.by_key(key)
    if file is None:
        raise Refused(404, "NoSuchKey", "The specified key does not exist.")
    return file


def _signature(store: Store, realm: str, key: str, date: str) -> str:
    secret = store.setting(_SECRET) or ""
    return hmac.new(bytes.fromhex(secret) or b"none", f"{realm}\n{key}\n{date}".encode(), hashlib.sha256).hexdigest()
