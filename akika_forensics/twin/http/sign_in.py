"""The addresses of sign-in: discovery, authorize, token, revoke, userinfo, keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from akika_forensics.errors import AkikaError
from akika_forensics.model import payload as payloads
from akika_forensics.twin.http import oauth, service
from akika_forensics.twin.http.gate import Gate


class SignIn:
    """The handlers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin = gate.twin

    def routes(self) -> list[Route]:
        return [
            Route("/oauth2/v1/tokens/bearer", self._token, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", self._revoke, methods=["POST"]),
            Route("/connect/oauth2", self._authorize, methods=["GET"]),
            Route("/v1/openid_connect/userinfo", self._userinfo, methods=["GET"]),
            Route("/op/v1/jwks", self._jwks, methods=["GET"]),
            *(
                Route(f"/.well-known/openid_{which}{end}", self._discovery, methods=["GET"])
                for which in ("configuration", "sandbox_configuration")
                for end in ("", "/")
            ),
        ]

    async def _token(self, request: Request) -> Response:
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

    async def _revoke(self, request: Request) -> Response:
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

    async def _authorize(self, request: Request) -> Response:
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

    async def _userinfo(self, request: Request) -> Response:
        _, _, token = request.headers.get("authorization", "").partition(" ")
        if not self._gate.authority.accepts(token):
            return _json({"error": "invalid_token"}, 401)
        return _json({"sub": "twin-user", "email": "owner@example.com", "emailVerified": True})

    async def _jwks(self, _: Request) -> Response:
        return _json({"keys": []})

    async def _discovery(self, request: Request) -> Response:
        return _json(oauth.discovery(str(request.base_url).rstrip("/")))


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(payloads.encode(body), status, {"Content-Type": service.JSON, **(headers or {})})
