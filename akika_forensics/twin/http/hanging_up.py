"""Connections that end before the answer does, on purpose. ASGI has no word for it."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_CUT: Final = "akika.cut"
HALF: Final = -1


def hang_up(request: Request) -> Response:
    """In place of an answer: nothing is sent, the connection is closed."""
    return cut(request, Response(status_code=500), None)


def cut(request: Request, response: Response, after: int | None) -> Response:
    """The head and ``after`` bytes of the body are sent; None sends no head either, HALF half of the body."""
    request.scope["state"][_CUT] = (after,)
    return response


class HangingUp:
    """The outermost layer: what it cuts is as it would travel, packed or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = scope.setdefault("state", {})
        ended = False

        async def guarded(message: Any) -> None:
            nonlocal ended
            if _CUT not in asked:
                await send(message)
                return
            (after,) = asked[_CUT]
            if ended or after is None:
                return
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                message = {**message, "body": body[: len(body) // 2 if after == HALF else after], "more_body": True}
                ended = True
            await send(message)

        await self._app(scope, receive, guarded)
        if _CUT in asked:
            # uvicorn's send belongs to the cycle that holds the transport.
            transport = send.__self__.transport  # type: ignore[attr-defined]  # see above
            if asked[_CUT][0] is None:
                transport.abort()
            else:
                transport.close()  # what was written is still sent
            while (await receive())["type"] != "http.disconnect":
                pass
