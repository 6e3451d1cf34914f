"""The served company: routes, sign-in, limits, disturbances, the request log, and the twin's own door."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from akika_forensics.errors import AkikaError
from akika_forensics.model import payload as payloads
from akika_forensics.twin import faults
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.http import disturbance, oauth, service
from akika_forensics.twin.http.limits import Limits, Throttle
from akika_forensics.twin.http.request_log import Seen

Hook = Callable[[int, str], None]
_HANG_UP: Final = "akika.hang_up"


class Gate:
    """One request's way through limits and disturbances to the company and back; runs in a worker thread."""

    def __init__(self, twin: Twin, authority: oauth.Authority, limits: Limits | None, spec: str) -> None:
        self.twin = twin
        self.authority = authority
        self.throttle = Throttle(limits) if limits else None
        self.disturbances = disturbance.parse(spec)
        self.before_apply: Hook | None = None
        self.after_apply: Hook | None = None

    def pass_through(self, call: service.Call, seen: Seen, authorization: str) -> service.Answer | None:
        """The answer, or None when the connection is to be closed without one."""
        met = {
            found.what: found for found in self.disturbances if found.meets(seen.kind, seen.number, seen.kind_number)
        }
        seen.disturbed = ",".join(sorted(met))
        if "refuse" in met:
            return None
        if "throttle" in met:
            return service.too_many(self.twin, call.started)
        if "error" in met:
            return service.system_failure(call.started)
        refused = self._signed_in(authorization)
        if refused is not None:
            return service.gateway(refused, call.started)
        if self.throttle is None:
            found = self._apply(call, seen, met)
        else:
            try:
                self.throttle.enter(batch=call.is_batch)
            except faults.GatewayFault:
                return service.too_many(self.twin, call.started)
            try:
                found = self._apply(call, seen, met)
            finally:
                self.throttle.leave()
        return None if "drop" in met else found

    def _apply(self, call: service.Call, seen: Seen, met: dict[str, disturbance.Disturbance]) -> service.Answer:
        if "slow" in met:
            time.sleep(met["slow"].seconds)
        if self.before_apply is not None:
            self.before_apply(seen.kind_number, seen.kind)
        found = service.answer(self.twin, call)
        seen.applied, seen.replayed = found.applied, found.replayed
        if self.after_apply is not None:
            self.after_apply(seen.kind_number, seen.kind)
        return found

    def _signed_in(self, authorization: str) -> faults.GatewayFault | None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return faults.not_authenticated("Malformed bearer token: too short or too long")
        if not self.authority.accepts(token):
            return faults.not_authenticated(f"Token expired: {token[:4]}…")
        return None


def build(gate: Gate) -> ASGIApp:
    """The ASGI application of one company."""
    door = _Door(gate)
    routes = [
        Route("/oauth2/v1/tokens/bearer", door.token, methods=["POST"]),
        Route("/v2/oauth2/tokens/revoke", door.revoke, methods=["POST"]),
        Route("/connect/oauth2", door.authorize, methods=["GET"]),
        Route("/v1/openid_connect/userinfo", door.userinfo, methods=["GET"]),
        Route("/op/v1/jwks", door.jwks, methods=["GET"]),
        Route("/.well-known/openid_configuration", door.discovery, methods=["GET"]),
        Route("/.well-known/openid_configuration/", door.discovery, methods=["GET"]),
        Route("/.well-known/openid_sandbox_configuration", door.discovery, methods=["GET"]),
        Route("/.well-known/openid_sandbox_configuration/", door.discovery, methods=["GET"]),
        Route("/twin/health", door.health, methods=["GET"]),
        Route("/twin/log", door.log, methods=["GET"]),
        Route("/twin/incidents/{name}", door.incident, methods=["POST"]),
        Route("/{path:path}", door.api, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
        Middleware(GZipMiddleware, minimum_size=500, compresslevel=4),
    ]
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


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(payloads.encode(body), status, {"Content-Type": service.JSON, **(headers or {})})


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


class _Door:
    """The handlers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin = gate.twin

    async def api(self, request: Request) -> Response:
        body = await request.body()
        parameters = {
            name.lower(): value
            for name, value in parse_qsl(request.url.query, keep_blank_values=True, encoding="utf-8", errors="replace")
        }
        call = service.Call(
            request.method,
            request.url.path,
            parameters,
            body,
            self._twin.clock(),
            {name.lower(): value for name, value in request.headers.items()},
            _origin(request),
        )
        seen = self._twin.requests.arrive(call.kind, call.method, call.path, request.url.query, call.request_id, body)
        authorization = request.headers.get("authorization", "")
        if call.realm is None:
            authorized = service.refusal(faults.unsupported(f"{call.method} {call.path}"), call.started)
            found: service.Answer | None = authorized
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

    async def token(self, request: Request) -> Response:
        body = await request.body()
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        seen = self._twin.requests.arrive("sign-in", "POST", request.url.path, "", None, b"")
        quiet = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}
        try:
            answer = self._gate.authority.token(request.headers.get("authorization", ""), form)
        except oauth.OAuthError as error:
            seen.status = error.status
            headers = {"WWW-Authenticate": 'Basic realm="Intuit"'} if error.status == 401 else {}
            return _json(error.body(), error.status, quiet | headers)
        seen.status = 200
        return _json(answer, 200, quiet)

    async def revoke(self, request: Request) -> Response:
        body = await request.body()
        try:
            try:
                found = payloads.decode(body)
            except AkikaError:
                found = dict(parse_qsl(body.decode("utf-8", "replace")))
            self._gate.authority.check_client(request.headers.get("authorization", ""), {})
            self._gate.authority.revoke(str(found.get("token", "")) if isinstance(found, dict) else "")
        except oauth.OAuthError as error:
            return _json(error.body(), error.status)
        return Response(status_code=200)

    async def authorize(self, request: Request) -> Response:
        """No page to click on: the code comes at once. A local stand-in for the browser step."""
        wanted = request.query_params
        redirect = wanted.get("redirect_uri", "")
        if not redirect.startswith(("http://", "https://")):
            return _json({"error": "invalid_request"}, 400)
        try:
            code = self._gate.authority.code(wanted.get("client_id", ""), redirect)
        except oauth.OAuthError as error:
            return _json(error.body(), error.status)
        answer = {"code": code, "state": wanted.get("state", ""), "realmId": self._twin.realm_id}
        separator = "&" if "?" in redirect else "?"
        return RedirectResponse(f"{redirect}{separator}{urlencode(answer)}", 302)

    async def userinfo(self, request: Request) -> Response:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if not self._gate.authority.accepts(token):
            return _json({"error": "invalid_token"}, 401)
        return _json({"sub": "twin-user", "email": "owner@example.com", "emailVerified": True})

    async def jwks(self, _: Request) -> Response:
        return _json({"keys": []})

    async def discovery(self, request: Request) -> Response:
        return _json(oauth.discovery(_origin(request)))

    async def health(self, _: Request) -> Response:
        return _json({"status": "ok", "realm_id": self._twin.realm_id, "company": self._twin.company_name})

    async def log(self, _: Request) -> Response:
        return _json({"requests": self._twin.requests.as_dicts()})

    async def incident(self, request: Request) -> Response:
        body = await request.body()
        try:
            options = payloads.decode(body) if body.strip() else {}
            return await run_in_threadpool(self._incident, request.path_params["name"], options)
        except AkikaError as error:
            return _json({"error": str(error)}, 400)

    def _incident(self, name: str, options: Any) -> Response:
        from akika_forensics.twin import incidents  # noqa: PLC0415 - it stands on the engine

        if not isinstance(options, dict):
            options = {}
        return _json(incidents.run(self._twin, name, **options))
