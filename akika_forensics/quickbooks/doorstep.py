"""Where the browser comes back to: a listener on this machine alone that takes one answer and nothing else."""

from __future__ import annotations

import errno
import queue
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, Self
from urllib.parse import urlsplit

from akika_forensics.errors import AkikaError, Interrupted, WrongUse
from akika_forensics.quickbooks.authorize import Answer, NotOurs, SigningIn
from akika_forensics.quickbooks.connection import LOOPBACK

PATH: Final = "/connected"
SANDBOX_PORT: Final = 8741
"""Intuit knows a redirect address by the letter, its port too: one that can be registered once for all."""

_IDLE: Final = 10.0
_GLANCE: Final = 0.05
_LONGEST_LINE: Final = 8192
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}
_STYLE: Final = (
    "body{font:17px/1.55 system-ui,sans-serif;margin:12vh auto;max-width:32rem;padding:0 1.25rem;color:#1f2328;background:#fff}"
    "h1{font-size:1.4rem}@media (prefers-color-scheme:dark){:root{color-scheme:dark}body{color:#e6e6e6;background:#16191d}}"
)


class Doorstep:
    """Open from its making until `close`; use it as a context manager.

    ``redirect_uri``: the address that is registered, where it is not this machine itself but leads here, such as a reverse
    proxy of the firm's own. ``port`` 0 takes any free one. Raises WrongUse when the port is taken.
    """

    def __init__(self, *, port: int = 0, name: str = "127.0.0.1", redirect_uri: str = "") -> None:
        given = urlsplit(redirect_uri)
        self._path = (given.path or "/") if redirect_uri else PATH
        if given.hostname in LOOPBACK and given.scheme == "http":
            name, port = str(given.hostname), given.port or 80
        self._answers: queue.Queue[Answer | AkikaError] = queue.Queue()
        self._waiting: SigningIn | None = None
        self._servers = [self._listen("127.0.0.1", port)]
        self.port = int(self._servers[0].server_address[1])
        if name in {"localhost", "::1"} and socket.has_ipv6:
            # A browser may try this one first, and whoever else sat there would be told the code.
            try:
                self._servers.append(self._listen("::1", self.port))
            except _NoSuchFamily:
                pass
            except WrongUse:
                self._servers[0].server_close()
                raise
        self.redirect_uri = redirect_uri or f"http://{name}:{self.port}{PATH}"
        self._hosts = {f"127.0.0.1:{self.port}", f"localhost:{self.port}", f"[::1]:{self.port}"}
        self._hosts |= {given.netloc.lower()} if redirect_uri else set()
        for server in self._servers:
            Thread(target=server.serve_forever, args=(_GLANCE,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def expect(self, signing_in: SigningIn) -> None:
        """Take the answer to a sign-in from now on, also before somebody waits for it."""
        self._waiting = signing_in

    def wait(self, signing_in: SigningIn, should_stop: Callable[[], bool] = lambda: False) -> Answer:
        """The answer to a sign-in. Raises SignInFailed when it was declined or took too long, Interrupted."""
        with self._expecting(signing_in):
            while True:
                with suppress(queue.Empty):
                    found = self._answers.get(timeout=_GLANCE)
                    if isinstance(found, AkikaError):
                        raise found
                    return found
                if should_stop():
                    raise Interrupted("The sign-in was stopped.", means="Nothing was connected.")
                if not signing_in.left:
                    raise signing_in.too_late()

    @contextmanager
    def _expecting(self, signing_in: SigningIn) -> Iterator[None]:
        self._waiting = signing_in
        try:
            yield
        finally:
            self._waiting = None

    def _listen(self, host: str, port: int) -> ThreadingHTTPServer:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET

        class Server(ThreadingHTTPServer):
            address_family = family
            daemon_threads = True
            block_on_close = False
            allow_reuse_port = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A browser that hangs up is no event; a traceback would quote its request."""

        try:
            return Server((host, port), self._handler())
        except OSError as error:
            if (
                family == socket.AF_INET6 and error.errno != errno.EADDRINUSE
            ):  # anything but a taken port: there is no IPv6 here
                raise _NoSuchFamily from error
            raise WrongUse(
                f"The port {port} of this machine is taken.",
                means="The browser could not come back to this program.",
                do="Choose another with --port, and register its address at Intuit.",
            ) from None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        doorstep = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = _IDLE

            def do_GET(self) -> None:
                self._say(*doorstep._answer(self.path, self.headers.get_all("Host") or []))

            def version_string(self) -> str:
                return "akika"

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- as http.server names it
                """Its lines quote the address, and with it the code."""

            def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
                """Whatever http.server objects to; its own page would quote the request."""
                del message, explain
                shown = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
                self._say(shown, "Not accepted", "This address takes one answer of QuickBooks, and nothing else.")

            def _say(self, status: HTTPStatus, title: str, *words: str) -> None:
                body = _page(title, *words)
                self.close_connection = True
                self.send_response_only(status)
                for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

        return Handler

    def _answer(self, target: str, hosts: list[str]) -> tuple[HTTPStatus, str, *tuple[str, ...]]:
        """What a GET is answered: status, heading, sentences."""
        path, question, _ = target.partition("?")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "Not accepted", "This address was asked for by another name."
        if path != self._path or len(target) > _LONGEST_LINE:
            return (
                HTTPStatus.NOT_FOUND,
                "Nothing here",
                "This address takes one answer of QuickBooks, and nothing else.",
            )
        signing_in = self._waiting
        if signing_in is None or not question:
            return HTTPStatus.BAD_REQUEST, "Not accepted", "No answer is being waited for, or this is none."
        try:
            answer = signing_in.answered(target)
        except NotOurs as error:
            return HTTPStatus.BAD_REQUEST, "Not accepted", error.what, error.means
        except AkikaError as error:
            self._answers.put(error)
            return HTTPStatus.OK, "Not connected", error.what, error.means, _CLOSE
        self._answers.put(answer)
        return (
            HTTPStatus.OK,
            "QuickBooks has answered",
            "The program that you came from now checks the answer, and says which company it is connected to.",
            _CLOSE,
        )


_CLOSE: Final = "You can close this window."


class _NoSuchFamily(Exception):
    """This machine has no such kind of address."""


def _page(title: str, *words: str) -> bytes:
    said = "".join(f"<p>{escape(word)}</p>" for word in words if word)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Akika Forensics</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{said}</main></body></html>"
    ).encode()
