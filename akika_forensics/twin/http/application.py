"""The served company: the accounting API's routes, beside those of sign-in and of the twin's own door."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from akika_forensics.twin import faults
from akika_forensics.twin.http import service, uploading
from akika_forensics.twin.http.call import Answer, Call
from akika_forensics.twin.http.control import Control
from akika_forensics.twin.http.gate import Gate
from akika_forensics.twin.http.sign_in import SignIn
from akika_forensics.twin.http.storage import Storage

_HANG_UP: Final = "akika.hang_up"


def build(gate: Gate) -> ASGIApp:
    """The ASGI application of one company."""
    routes = [
        *SignIn(gate).routes(),
        *Control(gate).routes(),
        *Storage(gate).routes(),
        Route("/{path:path}", _Api(gate).answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])]
    return _HangUp(Starlette(routes=routes, middleware=middleware))


class _HangUp:
    """Closes the connection without an answer when a handler asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = scope.setdefault("state", {})

        async def guarded(message: Any) -> None:
            if not asked.get(_HANG_UP):
                await send(message)

        await self._app(scope, receive, guarded)
        if asked.get(_HANG_UP):
            # ASGI has no word for it; uvicorn's send belongs to the cycle that holds the transport.
            send.__self__.transport.abort()  # type: ignore[attr-defined]  # see above
            while (await receive())["type"] != "http.disconnect":
                pass


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
        seen = self._twin.requests.arrive(call.kind, call.method, call.path, request.url.query, call.request_id, body)
        if upload is not None:
            seen.digest = upload.digest
        authorization = request.headers.get("authorization", "")
        if call.realm is None:
            authorized = service.refusal(faults.unsupported(f"{call.method} {call.path}"), call.started)
            found: Answer | None = authorized
        else:
            found = await run_in_threadpool(self._gate.pass_through, call, seen, authorization)
        if found is None:
            request.scope["state"][_HANG_UP] = True
            return Response(status_code=500)
        seen.status = found.status
        response = Response(found.body, found.status, found.headers)
        if found.status == 200 and "Content-Length" not in found.headers:
            del response.headers["content-length"]  # then the server sends it in chunks, as the service does
        return response
