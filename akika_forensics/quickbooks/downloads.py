"""The bytes of attached files, from the storage behind QuickBooks: a client of its own that knows no token.

An address comes out of an answer, and what is in an answer may be anything. So an address is only followed where it
leads to Intuit's own storage by https, or, for a company on this machine, to this machine. Nothing is sent but GET, without
token, cookie or body; no redirect is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import httpx

from akika_forensics.errors import NetworkFailed, ServiceError
from akika_forensics.quickbooks.connection import LOOPBACK, Connection
from akika_forensics.quickbooks.limits import Limits
from akika_forensics.quickbooks.network import network

LARGEST: Final = 100 * 2**20
"""Bytes of one file. Source: QuickBooks API, Attachable: a request carries at most 100 MB."""

_LONGEST_ADDRESS: Final = 8192
_INTUIT: Final = re.compile(
    r"intuit-qbo-(?:pre)?prod(?:-\d{1,3})?\.s3(?:[.-][a-z]{2}(?:-[a-z]+){1,3}-\d)?\.amazonaws\.com"
    r"|(?:[a-z0-9-]{1,63}\.){1,4}intuit\.com"
)
"""Hosts of Intuit's storage. Source: addresses in recorded answers of 2014 to 2023, such as
``intuit-qbo-prod-23.s3.amazonaws.com``; hosts below Intuit's own domain, at which the API lies itself."""

_DIGITS: Final = 18
"""Of a length; Python refuses to read thousands of them."""
_CHUNK: Final = 64 * 1024
_LONGEST: Final = 3600.0
"""Seconds that one file may take: a storage that sends a byte a minute does not hold a capture up for ever."""


class AddressRefused(ServiceError):
    """The address of a file leads to where no file is fetched from. Nothing was sent there."""

    code = "address_refused"


class AddressEnded(ServiceError):
    """The storage does not accept the address any more; a fresh one may do."""

    code = "address_ended"


class FileGone(ServiceError):
    """QuickBooks tells of a file that its storage does not have."""

    code = "file_gone"


class FileTooLarge(ServiceError):
    """More bytes came than a file can have."""

    code = "file_too_large"


class _BareGet(httpx.BaseTransport):
    """Lets nothing through but GET without token, cookie and body: whatever asks above it, it cannot write."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        carried = {"authorization", "cookie", "content-length", "transfer-encoding"} & set(request.headers)
        if request.method != "GET" or carried:
            raise AddressRefused(
                "Something else than the bare reading of a file was to be sent to the storage of files.",
                means="Nothing was sent.",
                do="Tell the makers of this software: it must not happen.",
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Downloads:
    """Files of one company by their temporary addresses. Threads may share it. Close it, or use it as a context manager.

    ``pause``: seconds to wait before a first further try.
    """

    def __init__(
        self, connection: Connection, limits: Limits | None = None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        limits = limits or (Limits().unpaced() if connection.local else Limits())
        self._local = connection.local
        self._clock = limits.clock
        self.pause = limits.backoff
        self._timeout = {
            "connect": limits.connect_timeout,
            "read": limits.read_timeout,
            "write": limits.connect_timeout,
            "pool": None,
        }
        # No httpx.Client: it would log whole addresses, and whoever has one can fetch the file.
        self._transport: httpx.BaseTransport = _BareGet(
            transport or network(limits=httpx.Limits(max_connections=limits.in_flight), trust_env=False)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def read(self, address: str, *, largest: int = LARGEST) -> Iterator[bytes]:
        """The bytes behind a temporary address, in pieces, as they come.

        Raises AddressRefused before anything is sent, AddressEnded, FileGone, FileTooLarge and NetworkFailed.
        """
        url = checked(address, local=self._local)
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "akika-forensics"}
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": self._timeout})
        until = self._clock.monotonic() + _LONGEST
        try:
            response = self._transport.handle_request(request)
            try:
                _look_at(response, largest)
                came = 0
                # As they come: gathered into pieces of one size, a byte a minute would not be looked at for weeks.
                for chunk in response.iter_bytes():
                    came += len(chunk)
                    if came > largest:
                        raise _too_large(largest)
                    if self._clock.monotonic() > until:
                        raise _failed("took too long")
                    for begin in range(0, len(chunk), _CHUNK):
                        yield chunk[begin : begin + _CHUNK]
            finally:
                response.close()
        except (httpx.HTTPError, httpx.StreamError) as error:
            # The cause's own words are left out: they may quote the address.
            raise _failed(f"broke off ({type(error).__name__})") from None


def checked(address: str, *, local: bool) -> httpx.URL:
    """The address, if a file may be fetched there. ``local``: the company lies on this machine. Raises AddressRefused."""
    text = address.strip()
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > _LONGEST_ADDRESS:
        raise _refused("it is no plain web address")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise _refused("it is no web address") from None
    if url.userinfo or url.fragment:
        raise _refused("it carries more than a place")
    if local:
        if url.scheme not in {"http", "https"} or url.host not in LOOPBACK:
            raise _refused("it leads away from this machine, on which the company lies")
    elif url.scheme != "https" or url.port not in {None, 443} or not _INTUIT.fullmatch(url.host):
        raise _refused("it does not lead to the storage of Intuit")
    return url


def _look_at(response: httpx.Response, largest: int) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        told = response.headers.get("content-length", "")
        if told.isascii() and told.isdigit() and (len(told) > _DIGITS or int(told) > largest):
            raise _too_large(largest)
        return
    if response.is_redirect:
        raise _refused("it leads on to another address")
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        raise FileGone("QuickBooks tells of a file that its storage does not have.")
    if status in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise AddressEnded(f"The storage of QuickBooks did not accept the address of a file (HTTP {status}).")
    raise _failed(f"answered with HTTP {status}")


def _refused(why: str) -> AddressRefused:
    return AddressRefused(
        f"The address of a file is not followed: {why}.",
        means="Nothing was sent there; the file is not in the snapshot.",
        do="Look at the attachment in QuickBooks; if it is sound there, please report where QuickBooks keeps it.",
    )


def _too_large(largest: int) -> FileTooLarge:
    return FileTooLarge(
        f"A file is larger than {largest // 2**20} MB, the most that QuickBooks takes.",
        means="It is not in the snapshot.",
        do="Download it in QuickBooks.",
    )


def _failed(how: str) -> NetworkFailed:
    return NetworkFailed(
        f"The storage of QuickBooks {how} while a file was read.", means="The network or the storage failed."
    )
