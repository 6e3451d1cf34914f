"""The way of an API request past what only other requests need: no table of routes, no layer that has nothing to do.

Other programs ask this company thousands of times in a test; what each request costs is what they wait for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS: Final = ("127.0.0.1", "localhost")
"""Names under which the company may be asked; a page that has another name point here gets no answer."""
_API: Final = "/v3/company/"
_HOSTS: Final = frozenset(name.encode() for name in HOSTS)


class Shortcut:
    """Requests of the API go straight to ``answer``; everything else, and what names another host, goes to ``app``."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_API) or not _meant(scope):
            await self._app(scope, receive, send)
            return
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)


def _meant(scope: Scope) -> bool:
    host: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return host.partition(b":")[0] in _HOSTS
