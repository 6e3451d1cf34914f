"""Asking a time-stamping authority over HTTP. Nothing calls this unless the user named one.

Source: RFC 3161, section 3.4.
"""

from __future__ import annotations

from typing import Final

import httpx

from akika_forensics.errors import NetworkFailed, ServiceError, WrongUse
from akika_forensics.vault.chains import stamps

_SECONDS: Final = 30
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


def ask(url: str, question: bytes, transport: httpx.BaseTransport | None = None) -> bytes:
    """The authority's answer as received (DER), of which nothing is believed yet.

    Only a digest leaves the machine. Raises WrongUse for an address that is none, NetworkFailed, and ServiceError when
    the answer is no time stamp.
    """
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise WrongUse(
            "The address of the time-stamping authority is none.", do="Give one with http or https."
        ) from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise WrongUse("The address of the time-stamping authority is none.", do="Give one with http or https.")
    try:
        with (
            httpx.Client(transport=transport, timeout=_SECONDS, follow_redirects=False) as client,
            client.stream("POST", address, content=question, headers={"Content-Type": _QUERY}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise ServiceError(f"The time-stamping authority at {address.host} answered HTTP {answer.status_code}.")
            if answer.headers.get("Content-Type", "").split(";")[0].strip() != _REPLY:
                raise ServiceError(f"What answers at {address.host} is no time-stamping authority.")
            return _limited(answer, address.host)
    except httpx.HTTPError as error:
        raise NetworkFailed(
            f"The time-stamping authority at {address.host} gave no answer.", do="Try again; nothing was written."
        ) from error


def _limited(answer: httpx.Response, host: str) -> bytes:
    content = b""
    for part in answer.iter_bytes():
        content += part
        if len(content) > stamps.LARGEST:
            raise ServiceError(f"The answer of {host} is far longer than a time stamp.")
    return content
