"""A small OAuth provider on loopback: it asks nobody, and signs in whoever it is told to."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route


def _jwt(claims: dict[str, Any]) -> str:
    parts = (json.dumps({"alg": "none"}), json.dumps(claims), "signature")
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


@dataclass
class Provider:
    """``claims``: what it says of the person. ``seen``: the parameters of each request by its path."""

    claims: dict[str, Any]
    seen: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    refuses: bool = False
    base_url: str = ""

    async def authorize(self, request: Request) -> RedirectResponse:
        given = dict(request.query_params)
        self.seen["authorize"] = given
        code = secrets.token_hex(8)
        self.codes.add(code)
        back = {"error": "access_denied"} if self.refuses else {"code": code}
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode({**back, 'state': given['state']})}")

    async def token(self, request: Request) -> JSONResponse:
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.seen["token"] = given
        if given.get("code") not in self.codes:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        self.codes.discard(given["code"])
        return JSONResponse({"access_token": "the-access-token", "id_token": _jwt(self.claims), "token_type": "Bearer"})


@contextmanager
def provider(claims: dict[str, Any]) -> Iterator[Provider]:
    made = Provider(claims)
    app = Starlette(routes=[Route("/authorize", made.authorize), Route("/token", made.token, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        pause.wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made.base_url = f"http://127.0.0.1:{port}"
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(20)
