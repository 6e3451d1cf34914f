"""What every request passes before anything answers it: whose it is, where it comes from, who sent it.

Everything is closed unless it is named here as open, so that a route of Panel, Bokeh or tornado that nobody thought of
is closed too.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from bokeh.server.auth_provider import AuthProvider
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import OutputTransform, RequestHandler

from akika_widgets.workbench import pages
from akika_widgets.workbench.tickets import Tickets

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
USER_OF_REQUEST: Final = "akika_user"

_OPEN: Final = frozenset({SIGN_IN, "/favicon.ico"})
_STATIC: Final = re.compile(r"/static/(?!.*(?:\.\.|%2e))[A-Za-z0-9_./@+%-]+", re.ASCII | re.IGNORECASE)
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Whatever a component would like to load from elsewhere, the browser does not."""


class Gate(Matcher):
    """Matches what is refused. What passes carries its user, for the app to take from the request."""

    def __init__(self, tickets: Tickets, hosts: frozenset[str]) -> None:
        """``hosts``: what the address may be called, with the port; empty when it has a name of its own."""
        self._tickets = tickets
        self._hosts = hosts
        self._sockets: WeakKeyDictionary[Any, HTTPServerRequest] = WeakKeyDictionary()

    def close_ended(self) -> None:
        """Cut the websockets of those who signed out, ran out of time or were removed. Called every few seconds."""
        for stream, request in list(self._sockets.items()):
            if self._tickets.user_of(request) is None:
                stream.close()

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        why = self.why_not(request)
        return {"path_kwargs": {"why": why.encode()}} if why else None

    def why_not(self, request: HTTPServerRequest) -> str:
        """``host``, ``origin``, ``sign_in``, or nothing when the request may pass."""
        if self._hosts and request.host.lower() not in self._hosts:
            # A name that somebody made lead here: the browser would treat both as one site.
            return "host"
        origin = request.headers.get("Origin")
        if origin is not None and not _same(origin, request):
            return "origin"
        if request.path in _OPEN or (request.method in {"GET", "HEAD"} and _STATIC.fullmatch(request.path)):
            return ""
        user = self._tickets.user_of(request)
        if user is None or (request.path == "/" and "token" in request.query_arguments):
            return "sign_in"
        setattr(request, USER_OF_REQUEST, user)
        if is_socket(request):
            self._sockets[getattr(request.connection, "stream", request)] = request
        return ""


def is_socket(request: HTTPServerRequest) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def _same(origin: str, request: HTTPServerRequest) -> bool:
    try:
        given = urlsplit(origin)
    except ValueError:
        return False
    return (given.scheme, given.netloc.lower()) == (request.protocol, request.host.lower())


class Refusal(RequestHandler):
    """Answers what the gate does not let pass: a page to the sign-in, anything else with a plain no."""

    async def prepare(self) -> None:
        why = self.path_kwargs.get("why", "sign_in")
        if (
            why == "sign_in"
            and self.request.path == "/"
            and self.request.method == "GET"
            and not is_socket(self.request)
        ):
            query = f"?{self.request.query}" if "token" in self.request.query_arguments else ""
            self.redirect(f"{SIGN_IN}{query}", status=303)
            return
        self.set_status(403)
        said = {
            "host": "This address does not belong to the app.",
            "origin": "The request comes from another site.",
        }.get(why, "Sign in first.")
        self.finish(pages.refused(said))


class Door(AuthProvider):
    """The same question for Bokeh's own checks, so that each of its routes asks a second time."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets
        super().__init__()

    @property
    def get_user(self) -> Any:
        return lambda handler: self._tickets.user_of(handler.request)

    @property
    def login_url(self) -> str:
        return SIGN_IN


class Safeguards(OutputTransform):
    """Headers of every answer."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self._static = request.path.startswith("/static/")

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        del finishing
        headers["Content-Security-Policy"] = _POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        # With "no-referrer" browsers would send forms without saying that they come from here.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.pop("Server", None)
        headers.pop("Access-Control-Allow-Origin", None)
        headers.pop("Access-Control-Allow-Credentials", None)
        if not self._static:
            headers["Cache-Control"] = "no-store"
        return status_code, headers, chunk
