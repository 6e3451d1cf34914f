"""The door at which notifications arrive: on this machine alone, signed ones only, answered once they are kept.

Whoever carries them here from the internet (a reverse proxy or a tunnel of the firm's own, with TLS) passes the body on
unchanged. Source: QuickBooks API, webhooks: a 200 within three seconds; without it the notification comes again, and later
ones are held back.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from akika_forensics.case.hints import Hints, Kept
from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import instants
from akika_forensics.quickbooks import webhooks
from akika_forensics.settings import Secret

PATH: Final = "/webhooks"
_SLOWEST: Final = 10.0
"""Seconds for the bytes of one notification to arrive."""
_AT_ONCE: Final = 32


class Door:
    """What becomes of a request. ``told`` is called with what was new; ``say`` with a sentence for who watches."""

    def __init__(
        self,
        hints: Hints,
        verifiers: Sequence[Secret],
        *,
        told: Callable[[Kept], None] = lambda _kept: None,
        say: Callable[[str], None] = lambda _line: None,
        now: Callable[[], datetime] = instants.now,
    ) -> None:
        self._hints, self._verifiers = hints, tuple(verifiers)
        self._told, self._say, self._now = told, say, now

    def application(self) -> Starlette:
        return Starlette(
            routes=[Route(PATH, self._arrived, methods=["POST"]), Route("/", self._arrived, methods=["POST"])]
        )

    async def _arrived(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(_SLOWEST):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("too slow", 408)
        if body is None:
            return PlainTextResponse("too long", 413)
        signature = request.headers.get(webhooks.SIGNATURE, "")
        return await run_in_threadpool(self._take, body, signature)

    def _take(self, body: bytes, signature: str) -> Response:
        try:
            webhooks.check_signature(body, signature, self._verifiers)
        except webhooks.WrongSignature as error:
            self._say(f"{error.what} It was refused. {error.do}")
            return PlainTextResponse("wrong signature", 401)
        try:
            told = webhooks.read_notification(body)
        except webhooks.NotUnderstood as error:
            # QuickBooks signed it: something happened, and it would come again until it is taken.
            self._say(f"{error.what} It is kept, and every company is looked at.")
            told = None
        try:
            kept = self._hints.keep(told, body, signature, self._now())
        except AkikaError as error:
            self._say(f"A notification could not be kept: {error.what} QuickBooks will send it again.")
            return PlainTextResponse("not kept", 503)
        if kept.strangers:
            self._say(f"{kept.strangers} events of companies that this vault does not know were not kept.")
        self._told(kept)
        return PlainTextResponse("", 200)


async def _body(request: Request) -> bytes | None:
    """The bytes, or None for too many; no more than that is ever held."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > webhooks.MOST_BYTES:
            return None
    return bytes(found)


class Receiver:
    """A door that is open; a context manager. Only this machine can reach it. Raises WrongUse for a port that is taken."""

    def __init__(self, door: Door, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise WrongUse(f"Port {port} cannot be used: {error.strerror}.", do="Give another port, or 0.") from error
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            door.application(),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="webhooks", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise WrongUse("The door for notifications could not be opened.")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self._socket):
            self._server.should_exit = True
            self._thread.join(timeout=10)
