"""Sign-in: access and refresh tokens of one company, as the token endpoint hands them out.

Refresh tokens rotate: each use gives a new one, and the used one stays good for 24 hours after its first use.
An access token is good until it expires, whatever is refreshed meanwhile. Source: QuickBooks API, OAuth 2.0.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final

ACCESS_LIFE: Final = timedelta(seconds=3600)
REFRESH_LIFE: Final = timedelta(seconds=8726400)
GRACE: Final = timedelta(hours=24)
_CODE_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client of this company needs; its text form shows no secret."""

    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    webhook_verifier_token: str = field(repr=False)


class OAuthError(Exception):
    """A refusal of the token endpoint: HTTP status, error, description."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        return {"error": self.error} | ({"error_description": self.description} if self.description else {})


class Authority:
    """Issues and checks the tokens of one served company."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._access: dict[str, datetime] = {}
        self._refresh: dict[str, datetime] = {}
        self._codes: dict[str, tuple[datetime, str]] = {}
        client_id = "AB" + secrets.token_hex(24)
        secret = secrets.token_urlsafe(30)
        access, refresh = self._issue()
        self.credentials = Credentials(client_id, secret, access, refresh, secrets.token_hex(16))

    def _issue(self) -> tuple[str, str]:
        access = "eyJhbGciOiJkaXIi" + secrets.token_urlsafe(96)
        refresh = f"RT1-{secrets.token_urlsafe(36)}"
        now = self._clock()
        self._access[access] = now + ACCESS_LIFE
        self._refresh[refresh] = now + REFRESH_LIFE
        return access, refresh

    def accepts(self, access_token: str) -> bool:
        with self._lock:
            expiry = self._access.get(access_token)
            return expiry is not None and self._clock() < expiry

    def code(self, client_id: str, redirect_uri: str) -> str:
        """An authorization code, for one use. Raises OAuthError."""
        if not compare_digest(client_id.encode(), self.credentials.client_id.encode()):
            raise OAuthError(400, "invalid_client")
        with self._lock:
            code = "AB1" + secrets.token_hex(20)
            self._codes[code] = (self._clock() + _CODE_LIFE, redirect_uri)
            return code

    def token(self, authorization: str, form: Mapping[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint. Raises OAuthError 401 for the client, 400 for the grant."""
        self.check_client(authorization, form)
        grant = form.get("grant_type")
        with self._lock:
            if grant == "refresh_token":
                self._use_refresh(form.get("refresh_token", ""))
            elif grant == "authorization_code":
                self._use_code(form.get("code", ""), form.get("redirect_uri", ""))
            else:
                raise OAuthError(400, "unsupported_grant_type")
            access, refresh = self._issue()
            left = self._refresh[refresh] - self._clock()
        return {
            "x_refresh_token_expires_in": int(left.total_seconds()),
            "refresh_token": refresh,
            "access_token": access,
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
        }

    def _use_refresh(self, token: str) -> None:
        now = self._clock()
        expiry = self._refresh.get(token)
        if expiry is None or now >= expiry:
            raise OAuthError(400, "invalid_grant", "Incorrect or invalid refresh token")
        self._refresh[token] = min(expiry, now + GRACE)

    def _use_code(self, code: str, redirect_uri: str) -> None:
        expiry, uri = self._codes.pop(code, (self._clock(), ""))
        if self._clock() >= expiry or uri != redirect_uri:
            raise OAuthError(400, "invalid_grant", "Invalid authorization code")

    def check_client(self, authorization: str, form: Mapping[str, str]) -> None:
        """HTTP Basic, or ``client_id`` and ``client_secret`` in the body. Raises OAuthError 401."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                client_id = secret = ""
        known = self.credentials
        if not (
            compare_digest(client_id.encode(), known.client_id.encode())
            and compare_digest(secret.encode(), known.client_secret.encode())
        ):
            raise OAuthError(401, "invalid_client")

    def revoke(self, token: str) -> None:
        """End a refresh token (and every access token) or one access token. Raises OAuthError."""
        with self._lock:
            if token in self._refresh:
                del self._refresh[token]
                self._access.clear()
            elif token in self._access:
                del self._access[token]
            else:
                raise OAuthError(400, "invalid_request")


def discovery(origin: str) -> dict[str, Any]:
    """The discovery document, every address on this server."""
    return {
        "issuer": f"{origin}/op/v1",
        "authorization_endpoint": f"{origin}/connect/oauth2",
        "token_endpoint": f"{origin}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{origin}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{origin}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{origin}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }
