"""The served company: the accounting API's routes, beside those of sign-in and of the twin's own door."""

from __future__ import annotations

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
from akika_forensics.twin.http.sign_in import SignIn
from akika_forensics.twin.http.storage import Storage


def build(gate: Gate) -> ASGIApp:
    """The ASGI application of one company."""
    routes = [
        *SignIn(gate).routes(),
        *Control(gate).routes(),
        *Storage(gate).routes(),
        Route("/{path:path}", _Api(gate).answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])]
    return HangingUp(Starlette(routes=routes, middleware=middleware))


class _Api:
    """The accounting API."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin = gate.twin

    async def answer(self, request: Request) -> Response:
        if request.method != "POST" or not request.url.path.endswith("/upload"):
            return await self._answered(request, await request.body(), None)
        with uploading.Received() as received:
            await received.take(request.stream())
            return await self._answered(request, b"", received)

    async def _answered(self, request: Request, body: bytes, upload: uploading.Received | None) -> Response:
        parameters = {
            name.lower(): value
            for name, value in parse_qsl(request.url.query, keep_blank_values=True, encoding="utf-8", errors="replace")
        }
        call = Call(
            request.method,
            request.url.path,
            parameters,
            body,
            self._twin.clock(),
            {name.lower(): value for name, value in request.headers.items()},
            str(request.base_url).rstrip("/"),
            upload,
        )
        seen = self._twin.requests.arrive(
            call.kind, call.method, call.path, request.url.query, call.request_id, body, call.started
        )
        if upload is not None:
            seen.digest = upload.digest
        authorization = request.headers.get("authorization", "")
        if call.realm is None:
            refused = service.refusal(faults.unsupported(f"{call.method} {call.path}"), call.started)
            self._twin.requests.done(seen, refused.status, refused.body)
            outcome: Outcome | None = Outcome(refused)
        else:
            outcome = await run_in_threadpool(self._gate.pass_through, call, seen, authorization)
        if outcome is None:
            return hang_up(request)
        found = outcome.answer
        response = Response(found.body, found.status, found.headers)
        if found.status == 200 and "Content-Length" not in found.headers:
            del response.headers["content-length"]  # then the server sends it in chunks, as the service does
        return response if outcome.cut is None else cut(request, response, outcome.cut)
