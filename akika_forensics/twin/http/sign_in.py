"""The addresses of sign-in: discovery, authorize, token, revoke, userinfo, keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from akika_forensics.errors import AkikaError
from akika_forensics.model import payload as payloads
from akika_forensics.twin.http import consent, headers, oauth, openid
from akika_forensics.twin.http.call import Answer
from akika_forensics.twin.http.gate import Gate
from akika_forensics.twin.http.hanging_up import cut, hang_up
from akika_forensics.twin.people.actors import OWNER
from akika_forensics.twin.people.trail import User

_CONNECTING: Final = frozenset({"admin", "accountant"})
_PAGE: Final = {
    "Cache-Control": "no-cache, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class SignIn:
    """The handlers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._twin = gate.twin
        self._signer = openid.Signer(gate.twin)

    def routes(self) -> list[Route]:
        return [
            Route("/oauth2/v1/tokens/bearer", self._token, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", self._revoke, methods=["POST"]),
            Route("/connect/oauth2", self._authorize, methods=["GET"]),
            Route("/connect/oauth2", self._decided, methods=["POST"]),
            Route("/v1/openid_connect/userinfo", self._userinfo, methods=["GET"]),
            Route("/op/v1/jwks", self._jwks, methods=["GET"]),
            *(
                Route(f"/.well-known/openid_{which}{end}", self._discovery, methods=["GET"])
                for which in ("configuration", "sandbox_configuration")
                for end in ("", "/")
            ),
        ]

    async def _token(self, request: Request) -> Response:
        form = _form(await request.body())
        # Neither body nor header is noted: they are secrets.
        seen = self._twin.requests.arrive(
            "sign-in", "POST", request.url.path, form.get("grant_type", ""), None, b"", self._twin.clock()
        )
        authorization, issuer = request.headers.get("authorization", ""), openid.issuer(_origin(request))
        outcome = await run_in_threadpool(self._gate.sign_in, seen, lambda: self._answered(authorization, form, issuer))
        if outcome is None:
            return hang_up(request)
        response = Response(outcome.answer.body, outcome.answer.status, outcome.answer.headers)
        return response if outcome.cut is None else cut(request, response, outcome.cut)

    def _answered(self, authorization: str, form: Mapping[str, str], issuer: str) -> Answer:
        told = headers.of_tokens(self._twin.clock())
        try:
            return Answer(200, payloads.encode(self._issue(authorization, form, issuer)), told)
        except oauth.OAuthError as error:
            asked = {"WWW-Authenticate": 'Basic realm="Intuit"'} if error.status == 401 else {}
            return Answer(error.status, payloads.encode(error.body()), told | asked)

    def _issue(self, authorization: str, form: Mapping[str, str], issuer: str) -> dict[str, Any]:
        answer, granted = self._gate.authority.token(authorization, form)
        if "openid" in granted:
            client_id = self._gate.authority.credentials.client_id
            realm = self._twin.realm_id if oauth.ACCOUNTING in granted else None
            user = self._gate.authority.user_of(f"Bearer {answer['access_token']}")
            answer["id_token"] = self._signer.identity(issuer, client_id, realm, self._twin.clock(), user)
        return answer

    async def _revoke(self, request: Request) -> Response:
        body = await request.body()
        try:
            found = payloads.decode(body)
        except AkikaError:
            found = _form(body)
        form = {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}
        try:
            self._gate.authority.check_client(request.headers.get("authorization", ""), form)
            self._gate.authority.revoke(form.get("token", ""))
        except oauth.OAuthError as error:
            asked = {"WWW-Authenticate": 'Basic realm="Intuit"'} if error.status == 401 else {}
            return self._json(error.body(), error.status, asked)
        return Response(status_code=200)

    async def _authorize(self, request: Request) -> Response:
        """The page, for who reads HTML. A script that asks for none finds the way back at once, as after Connect."""
        try:
            wish = consent.Wish.read(request.query_params, self._gate.authority)
        except consent.NotAskedRightlyError as error:
            return HTMLResponse(consent.trouble(str(error)), 400, _PAGE)
        if wish.error:
            return RedirectResponse(wish.back(error=wish.error), 302)
        if "text/html" not in request.headers.get("accept", ""):
            return self._connected(wish, request.query_params.get("user", OWNER))
        page = consent.page(wish, self._twin.company_name, self._twin.realm_id, self._may_connect())
        return HTMLResponse(page, 200, _PAGE)

    async def _decided(self, request: Request) -> Response:
        form = _form(await request.body())
        try:
            wish = consent.Wish.read(form, self._gate.authority)
        except consent.NotAskedRightlyError as error:
            return HTMLResponse(consent.trouble(str(error)), 400, _PAGE)
        if wish.error:
            return RedirectResponse(wish.back(error=wish.error), 302)
        if form.get("decision") != "connect":
            return RedirectResponse(wish.back(error="access_denied"), 302)
        if wish.of_company and form.get("realm_id", self._twin.realm_id) != self._twin.realm_id:
            return HTMLResponse(consent.trouble("There is no such company."), 400, _PAGE)
        return self._connected(wish, form.get("user", OWNER))

    def _may_connect(self) -> list[User]:
        """Only who administers a company connects applications to it. Source: Intuit's help on connecting apps."""
        return [user for user in self._twin.store.trail.users() if user.active and user.role in _CONNECTING]

    def _connected(self, wish: consent.Wish, user: str) -> Response:
        if user not in {one.id for one in self._may_connect()}:
            return HTMLResponse(consent.trouble("This user cannot connect applications to the company."), 400, _PAGE)
        code = self._gate.authority.code(wish.redirect, wish.scopes, user)
        company = {"realmId": self._twin.realm_id} if wish.of_company else {}
        return RedirectResponse(wish.back(code=code, **company), 302)

    async def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scopes = self._gate.authority.scopes_of(token.strip()) if scheme.lower() == "bearer" else None
        if scopes is None:
            return self._json({"error": "invalid_token"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if "openid" not in scopes:
            return self._json({"error": "insufficient_scope"}, 403)
        user = self._gate.authority.user_of(f"Bearer {token}")
        who = self._twin.store.trail.user(user) or User(user, "", "", "")
        return self._json(openid.user(scopes, who))

    async def _jwks(self, _: Request) -> Response:
        return self._json(await run_in_threadpool(self._signer.keys))

    async def _discovery(self, request: Request) -> Response:
        return self._json(openid.discovery(_origin(request)))

    def _json(self, body: Any, status: int = 200, more: dict[str, str] | None = None) -> Response:
        told = {"Content-Type": f"{headers.JSON};charset=utf-8", **(more or {})}
        return Response(payloads.encode(body), status, told)


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
