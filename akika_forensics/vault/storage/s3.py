"""How to reach a bucket: from the usual AWS_* variables, and from nowhere else."""

from __future__ import annotations

import ipaddress
import os
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from obstore.store import S3Store

from akika_forensics.errors import WrongUse

_CREDENTIALS: Final = (
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI",),
)
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


def endpoint() -> str:
    """The address of the store; empty for Amazon's own. Raises WrongUse when it carries a password."""
    given = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    if "@" in given:
        raise WrongUse(
            "The address of the object store holds a name and a password.",
            means="It would be shown in messages and logs.",
            do="Give the address alone, and the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    return given


def store(bucket: str, prefix: str) -> Any:
    """Credentials come from the environment alone, so that no file or machine that nobody thought of is asked.

    Raises WrongUse without credentials, and for an address without TLS that is not this machine's.
    """
    if not any(all(os.environ.get(name) for name in names) for names in _CREDENTIALS):
        raise WrongUse(
            "There are no credentials for the object store.",
            do="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; they are never an argument.",
        )
    address = endpoint()
    return S3Store(
        bucket,
        prefix=prefix or None,
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        copy_if_not_exists=os.environ.get("AWS_COPY_IF_NOT_EXISTS") or "multipart",
        client_options={
            "allow_http": _plain_http(address),
            "connect_timeout": "10s",
            "read_timeout": "60s",
            "timeout": "15m",
        },
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
    )


def _plain_http(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme.lower() != "http":
        return False
    if not _is_loopback(parts.hostname or "") and os.environ.get("AWS_ALLOW_HTTP", "").lower() != "true":
        raise WrongUse(
            f"The object store at {parts.hostname} would be reached without TLS.",
            means="Others on the way could see which files are read, and drop or repeat requests.",
            do="Give an address with https, or set AWS_ALLOW_HTTP=true where the way is trusted.",
        )
    return True


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
