"""The app on an address: who may reach it, over what, and until when."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.routing import Rule
from tornado.web import RequestHandler

from akika_forensics.errors import AkikaError, WrongUse
from akika_widgets.workbench.gate import USER_OF_REQUEST, Door, Gate, Refusal, Safeguards
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.pages import APP_NAME
from akika_widgets.workbench.plain_log import speak_plainly
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.sign_in import SignIn
from akika_widgets.workbench.tickets import Tickets

type Build = Callable[[Shared, User], Any]

_log = logging.getLogger(__name__)
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0
_LOOK_AFTER_SOCKETS: Final = 1.0
_MOST_BODY: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files of a certificate with its chain, and of its key."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Raises WrongUse."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # Without a passphrase of its own: a question nobody sees would keep the app from starting.
            made.load_cert_chain(self.certificate, self.key, password=lambda: b"")
        except (OSError, ssl.SSLError, ValueError) as error:
            raise WrongUse(
                "The TLS certificate and key cannot be used.",
                do="Give PEM files that belong together, the key without a passphrase.",
            ) from error
        return made


class AppServer:
    """A running app. ``url`` is the address to open, with the token where there is one."""

    def __init__(self, url: str, loop: IOLoop, thread: threading.Thread, server: Any) -> None:
        self.url = url
        self._loop = loop
        self._thread = thread
        self._server = server

    def stop(self) -> None:
        """Stop serving and wait until everything is closed. Jobs go on: they are the process's."""
        if self._thread.is_alive():
            self._loop.add_callback(self._stop)
            self._thread.join(_STOP_SECONDS)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has stopped; True when it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    async def _stop(self) -> None:
        try:
            await self._server.stop_async()
        finally:
            self._loop.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.stop()


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def require_safe(address: str, sign_in: SignIn, tls: Tls | None) -> None:
    """Another address than loopback needs a sign-in by person, and TLS. Raises WrongUse."""
    if is_loopback(address):
        return
    if sign_in.only_here:
        raise WrongUse(
            f"At {address} others could reach the app, and nobody would have to sign in by name.",
            do="Give --users FILE or --oauth FILE, or leave the address out.",
        )
    if tls is None:
        raise WrongUse(
            f"At {address} passwords and the books would cross the network unencrypted.",
            do="Give --tls-cert and --tls-key, or leave the address out and use a tunnel.",
        )


def serve_app(
    shared: Shared,
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    sign_in: SignIn,
    tls: Tls | None = None,
    show: bool = False,
    build: Build | None = None,
) -> AppServer:
    """Serve the app on a thread of its own; returns when it answers.

    ``build`` makes the app of one session; by default `akika_widgets.workbench.app.create_app`. ``show`` opens a browser.
    Raises WrongUse: an address that would not be safe, a port that is taken, files that cannot be used.
    """
    require_safe(address, sign_in, tls)
    speak_plainly()
    context = tls.context() if tls else None
    sign_in.prepare()
    tickets = Tickets(secure=tls is not None)
    options = _Options(shared, build or _default_build(), address, port, sign_in, tickets, context)
    started = _Started()
    thread = threading.Thread(target=_run, args=(options, started), name="app", daemon=True)
    thread.start()
    started.ready.wait(_START_SECONDS)
    if started.error is not None or started.server is None or started.loop is None:
        raise started.error or AkikaError("The app did not start.", do="Run it again with --debug and report it.")
    host = f"[{address}]" if ":" in address else address
    scheme = "https" if tls else "http"
    url = f"{scheme}://{host}:{started.port}/{sign_in.query()}"
    if show:
        webbrowser.open(url)
    return AppServer(url, started.loop, thread, started.server)


def _default_build() -> Build:
    from akika_widgets.workbench.app import create_app  # noqa: PLC0415 -- loads Panel

    made: Build = create_app
    return made


@dataclass(frozen=True, slots=True)
class _Options:
    shared: Shared
    build: Build
    address: str
    port: int
    sign_in: SignIn
    tickets: Tickets
    tls: ssl.SSLContext | None


class _Started:
    """What the thread tells the one that waits for it."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.server: Any = None
        self.loop: IOLoop | None = None
        self.port = 0
        self.error: AkikaError | None = None


def _run(options: _Options, started: _Started) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    io_loop = IOLoop.current()
    try:
        with _telling(options, started):
            _require_free(options.address, options.port)
            server = _server(options, io_loop)
            started.server, started.loop, started.port = server, io_loop, server.port
            server.start()
        if started.error is None:
            io_loop.start()
    finally:
        io_loop.close(all_fds=True)
        asyncio.set_event_loop(None)


@contextmanager
def _telling(options: _Options, started: _Started) -> Iterator[None]:
    """Whatever happens to the start, the one who waits for it hears of it."""
    try:
        yield
    except OSError as error:
        started.error = WrongUse(
            f"The app cannot listen at {options.address} port {options.port}: {error.strerror or type(error).__name__}.",
            do="Give another --port, or leave it out.",
        )
    except AkikaError as error:
        started.error = error
    finally:
        started.ready.set()


def _require_free(address: str, port: int) -> None:
    """Raises OSError. Asked beforehand, because tornado leaves its socket open when the port is taken."""
    for family, kind, protocol, _name, place in socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(place)


def _server(options: _Options, loop: IOLoop) -> Any:
    """Panel's server with our gate before all of its routes."""
    import panel as pn  # noqa: PLC0415 -- a second's work, for those who serve
    from panel.io.server import get_server  # noqa: PLC0415

    tickets = options.tickets
    made = get_server(
        _session(options),
        port=options.port,
        address=options.address,
        loop=loop,
        show=False,
        start=False,
        verbose=False,
        title=APP_NAME,
        server_id=tickets.cookie,
        cookie_secret=tickets.secret,
        auth_provider=Door(tickets),
        extra_patterns=options.sign_in.routes(tickets),
        # What a session's token holds stands in the page: no cookie, and signed, so that none can be made up.
        sign_sessions=True,
        secret_key=tickets.secret.encode(),
        include_cookies=[],
        include_headers=["User-Agent"],
        http_server_kwargs={"ssl_options": options.tls, "max_body_size": _MOST_BODY},
        log_function=_note_request,
        use_index=False,
    )
    # Panel would keep the server, and with it the case, until the process ends.
    pn.state._servers.pop(tickets.cookie, None)  # noqa: SLF001 -- Panel has no way to take it back for one server
    application = made._tornado  # noqa: SLF001 -- Bokeh shows it under no other name
    gate = Gate(tickets, _hosts(options.address, made.port))
    application.default_router.rules.insert(0, Rule(gate, Refusal))
    application.add_transform(Safeguards)
    PeriodicCallback(gate.close_ended, _LOOK_AFTER_SOCKETS * 1000).start()
    return made


def _session(options: _Options) -> Callable[[], Any]:
    """What Panel calls for each session: the app of the person whose request passed the gate."""

    def build() -> Any:
        import panel as pn  # noqa: PLC0415

        context: Any = pn.state.curdoc.session_context if pn.state.curdoc is not None else None
        user = getattr(context.request, USER_OF_REQUEST, None) if context is not None else None
        if not isinstance(user, User):
            raise WrongUse("A session without a person was asked for.")
        return options.build(options.shared, user)

    return build


def _hosts(address: str, port: int | None) -> frozenset[str]:
    """What a browser at this machine may call a loopback address."""
    if not is_loopback(address):
        return frozenset()
    names = {"127.0.0.1", "localhost", "[::1]", f"[{address}]" if ":" in address else address}
    return frozenset(f"{name}:{port}" for name in names)


def _note_request(handler: RequestHandler) -> None:
    """Requests are logged without what follows the path: it may hold a token."""
    _log.debug("%s %s %s", handler.request.method, handler.request.path, handler.get_status())
