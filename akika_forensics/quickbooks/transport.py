"""Layers around httpx: each is a transport that wraps another, one duty each.

Outermost first: ``Log`` → ``Retry`` → ``Spelled`` (reader) → ``Paced`` → ``WriteBlock`` or ``OneCompany`` → ``httpx.HTTPTransport``.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from akika_forensics.quickbooks.limits import Clock, Limits, Pace

LOGGER: Final = logging.getLogger("akika_forensics.quickbooks")
_ATTEMPTS: Final = "akika_attempts"
LINE: Final = "akika_line"
"""Under which extension an answer carries its `RequestLine`."""
_LONGEST_PAUSE: Final = 600.0
_TRY_AGAIN: Final = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request as the log keeps it: no body, no token, no query.

    ``bytes`` and ``digest`` (SHA-256, hex) are of the decoded answer; ``status`` is 0 and ``error`` names the kind
    of failure when there was no answer; ``attempts`` counts the tries behind it.
    """

    at: datetime
    method: str
    path: str
    status: int
    intuit_tid: str
    ms: int
    bytes: int
    digest: str
    attempts: int = 1
    error: str = ""

    def __str__(self) -> str:
        outcome = self.error or f"{self.status} {self.bytes} bytes sha256={self.digest}"
        tries = f" tries={self.attempts}" if self.attempts > 1 else ""
        return f"{self.method} {self.path} {outcome} tid={self.intuit_tid or '-'} {self.ms} ms{tries}"


class Log(httpx.BaseTransport):
    """One line a request, to the logger and to whoever asked for it."""

    def __init__(
        self, inner: httpx.BaseTransport, clock: Clock, on_request: Callable[[RequestLine], None] | None = None
    ) -> None:
        self._inner, self._clock, self._on_request = inner, clock, on_request

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        at, began = self._clock.now(), self._clock.monotonic()
        try:
            response = self._inner.handle_request(request)
            response.read()
        except Exception as error:
            self._tell(request, None, at, began, type(error).__name__)
            raise
        self._tell(request, response, at, began, "")
        return response

    def close(self) -> None:
        self._inner.close()

    def _tell(
        self, request: httpx.Request, response: httpx.Response | None, at: datetime, began: float, error: str
    ) -> None:
        body = b"" if response is None else response.content
        line = RequestLine(
            at=at,
            method=request.method,
            path=request.url.path,
            status=0 if response is None else response.status_code,
            intuit_tid="" if response is None else response.headers.get("intuit_tid", ""),
            ms=round((self._clock.monotonic() - began) * 1000),
            bytes=len(body),
            digest="" if response is None else hashlib.sha256(body).hexdigest(),
            attempts=int(request.extensions.get(_ATTEMPTS, 1)),
            error=error,
        )
        if response is not None:
            response.extensions[LINE] = line
        LOGGER.info("%s", line)
        if self._on_request is not None:
            self._on_request(line)


class Retry(httpx.BaseTransport):
    """Tries again what may be tried again, a bounded number of times, with full jitter between.

    429 is tried again always: QuickBooks did not apply such a request. No answer and 5xx are tried again only for what
    ``repeatable`` allows: reads and the token request. A write of unknown outcome never is.
    """

    def __init__(
        self, inner: httpx.BaseTransport, limits: Limits, pace: Pace, repeatable: Callable[[httpx.Request], bool]
    ) -> None:
        self._inner, self._limits, self._pace, self._repeatable = inner, limits, pace, repeatable

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        throttled = failed = 0
        repeatable = self._repeatable(request)
        while True:
            request.extensions[_ATTEMPTS] = 1 + throttled + failed
            try:
                response = self._inner.handle_request(request)
                response.read()
            except (httpx.TransportError, httpx.DecodingError) as error:
                failed += 1
                hopeless = isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError)
                if not repeatable or hopeless or failed >= self._limits.attempts:
                    raise
                self._wait(failed)
                continue
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
                throttled += 1
                if throttled < self._limits.throttle_attempts:
                    continue  # Paced holds everybody back until the pause is over
                return response
            if response.status_code in _TRY_AGAIN and repeatable:
                failed += 1
                if failed < self._limits.attempts:
                    self._wait(failed)
                    continue
            return response

    def close(self) -> None:
        self._inner.close()

    def _wait(self, failed: int) -> None:
        longest = min(self._limits.backoff_cap, self._limits.backoff * 2 ** (failed - 1))
        self._pace.wait(random.uniform(0, longest))


class Spelled(httpx.BaseTransport):
    """Adds the parameters of a request that its extension ``PARAMETERS`` holds.

    Above this layer the address is bare: the log line of ``httpx.Client`` quotes the whole address, and a query may
    quote the books.
    """

    PARAMETERS: Final = "akika_parameters"

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        parameters = request.extensions.get(self.PARAMETERS)
        if parameters:
            request = httpx.Request(
                request.method,
                request.url.copy_merge_params(parameters),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _InTime(httpx.SyncByteStream):
    """An answer that has to be whole by a moment: one that drips would keep its reader for ever."""

    def __init__(self, inner: httpx.SyncByteStream, clock: Clock, until: float) -> None:
        self._inner, self._clock, self._until = inner, clock, until

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            if self._clock.monotonic() > self._until:
                raise httpx.ReadTimeout("the answer took too long")
            yield chunk

    def close(self) -> None:
        self._inner.close()


class Paced(httpx.BaseTransport):
    """Sends when it is our turn, holds the slot until the answer is read whole, and pauses everybody on 429."""

    def __init__(self, inner: httpx.BaseTransport, limits: Limits, pace: Pace) -> None:
        self._inner, self._limits, self._pace = inner, limits, pace

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._pace.turn(batch=request.url.path.endswith("/batch")):
            response = self._inner.handle_request(request)
            if isinstance(response.stream, httpx.SyncByteStream):
                until = self._limits.clock.monotonic() + self._limits.answer_timeout
                response.stream = _InTime(response.stream, self._limits.clock, until)
            try:
                response.read()
            except BaseException:
                response.close()
                raise
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            self._pace.refused(self._patience(response) * self._limits.throttle_scale)
        return response

    def close(self) -> None:
        self._inner.close()

    def _patience(self, response: httpx.Response) -> float:
        """Seconds that QuickBooks asks us to wait, or the customary ones."""
        asked = response.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdigit():
            return min(float(asked), _LONGEST_PAUSE)
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return self._limits.throttle_wait
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max((until - self._limits.clock.now()).total_seconds(), 0.0), _LONGEST_PAUSE)
