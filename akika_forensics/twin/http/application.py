"""The served company: the accounting API's routes, beside those of sign-in and of the twin's own door."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from akika_forensics.twin import faults
from akika_forensics.twin.http import service, uploading
from akika_forensics.twin.http.call import Call
from akika_forensics.twin.http.control import Control
from akika_forensics.twin.http.gate import Gate, Outcome
from akika_forensics.twin.http.hanging_up import HangingUp, cut, hang_up
from akika_forensics.twin.http.request_log import Seen
from akika_forensics.twin.http.shortcut import HOSTS, Shortcut
from akika_forensics.twin.http.sign_in import SignIn
from akika_forensics.twin.http.storage import Storage

_LONG: Final = (["batch"], ["cdc"], ["reports"], ["upload"], ["pdf"], ["send"])
"""Parts of a path that stand for more work than one record or one list."""


def build(gate: Gate) -> ASGIApp:
    """The ASGI application of one company."""
    api = _Api(gate)
    routes = [
        *SignIn(gate).routes(),
        *Control(gate).routes(),
        *Storage(gate).routes(),
        Route("/{path:path}", api.answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))]
    return HangingUp(Shortcut(Starlette(routes=routes, middleware=middleware), api.answer))


class _Api:
    """The accounting API."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin = gate.twin

    async def answer(self, request: Request) -> Response:
        if request.method != "POST" or not request.scope["path"].endswith("/upload"):
            return await self._answered(request, await request.body(), None)
        with uploading.Received() as received:
            await received.take(request.stream())
            return await self._answered(request, b"", received)

    async def _answered(self, request: Request, body: bytes, upload: uploading.Received | None) -> Response:
        headers = dict(request.headers.items())
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
        pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace") if query else ()
        call = Call(
            request.method,
            path,
            {name.lower(): value for name, value in pairs},
            body,
            self._twin.clock(),
            headers,
            f"{request.scope['scheme']}://{headers.get('host', '')}",
            upload,
        )
        seen = self._twin.requests.arrive(call.kind, call.method, call.path, query, call.request_id, body, call.started)
        if upload is not None:
            seen.digest = upload.digest
        authorization = headers.get("authorization", "")
        if call.realm is None:
            refused = service.refusal(faults.unsupported(f"{call.method} {call.path}"), call.started)
            self._twin.requests.done(seen, refused.status, refused.body)
            outcome: Outcome | None = Outcome(refused)
        else:
            outcome = await self._through(call, seen, authorization)
        if outcome is None:
            return hang_up(request)
        found = outcome.answer
        response = Response(found.body, found.status, found.headers)
        if found.status == 200 and "Content-Length" not in found.headers:
            del response.headers["content-length"]  # then the server sends it in chunks, as the service does
        return response if outcome.cut is None else cut(request, response, outcome.cut)

    async def _through(self, call: Call, seen: Seen, authorization: str) -> Outcome | None:
        """At once what takes no longer than the way to another thread; there everything that may wait."""
        if self._gate.prompt and call.parts[:1] not in _LONG and call.parts[-1:] not in _LONG:
            return self._gate.pass_through(call, seen, authorization)
        return await run_in_threadpool(self._gate.pass_through, call, seen, authorization)
