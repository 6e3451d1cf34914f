"""Sign-in: who may connect, and the tokens of one company as the token endpoint hands them out.

Source: QuickBooks API, OAuth 2.0. An access token is good for an hour, whatever is refreshed meanwhile. A refresh
token is good for about 100 days; its value is replaced once a day, and the replaced value stays good until 24 hours
after the first use of the new one, so that who lost the answer can ask again. Nothing outlives five years.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final, Protocol

from akika_forensics.twin import faults
from akika_forensics.twin.http import tokens
from akika_forensics.twin.http.grants import Access, Code, Grant, Issued, Refresh
from akika_forensics.twin.people.actors import OWNER

ACCESS_LIFE: Final = timedelta(seconds=3600)
REFRESH_LIFE: Final = timedelta(seconds=8726400)
HARD_LIFE: Final = timedelta(days=5 * 365)
ROTATES_AFTER: Final = timedelta(hours=24)
GRACE: Final = timedelta(hours=24)
CODE_LIFE: Final = timedelta(minutes=5)
_KEPT_AFTER_END: Final = timedelta(days=30)

ACCOUNTING: Final = "com.intuit.quickbooks.accounting"
OPENID: Final = ("openid", "profile", "email", "phone", "address")
SCOPES: Final = frozenset({
    ACCOUNTING,
    "com.intuit.quickbooks.payment",
    *OPENID,
    "app-foundations.custom-field-definitions",
    "app-foundations.custom-field-definitions.read",
    "project-management.project",
    "indirect-tax.tax-calculation.quickbooks",
    "payroll.compensation.read",
})  # fmt: skip
"""Source: QuickBooks API, scopes. Accounting is reading and writing: there is none for reading alone."""


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


class Shelf(Protocol):
    """Where the state is kept between two runs of a server."""

    def kept(self, name: str) -> Any: ...

    def keep(self, name: str, value: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Manner:
    """What is not settled: ``rotates_after`` 0 replaces the refresh token at every use."""

    rotates_after: timedelta = ROTATES_AFTER
    tells_hard_end: bool = True


class Authority:
    """Issues and checks the tokens of one company. Thread-safe."""

    def __init__(self, clock: Callable[[], datetime], shelf: Shelf, manner: Callable[[], Manner] = Manner) -> None:
        self._clock = clock
        self._shelf = shelf
        self._manner = manner
        self._lock = threading.Lock()
        kept = shelf.kept("sign_in") or {}
        self._issued = Issued.from_dict(kept["issued"]) if kept else Issued()
        self._client_id = kept.get("client_id") or "AB" + secrets.token_hex(24)
        self._secret = kept.get("client_secret") or secrets.token_urlsafe(30)
        self._verifier = kept.get("verifier") or secrets.token_hex(16)
        self.credentials = self._begin(kept.get("printed", ""))

    def _begin(self, printed: str) -> Credentials:
        """The tokens that a server tells when it starts: on a restart the refresh token it told before, if it lives."""
        now = self._clock()
        row = self._issued.refresh.get(self._newest(printed))
        if row is None or now >= row.ends or now >= self._issued.grants[row.grant].ends:
            printed = self._connect((ACCOUNTING, *OPENID), OWNER)
            row = self._issued.refresh[printed]
        access = self._give_access(row.grant)
        newest = self._newest(printed)
        found = Credentials(self._client_id, self._secret, access, newest, self._verifier)
        self._save(newest)
        return found

    def _save(self, printed: str | None = None) -> None:
        self._issued.forget(self._clock() - _KEPT_AFTER_END)
        self._shelf.keep(
            "sign_in",
            {
                "client_id": self._client_id,
                "client_secret": self._secret,
                "verifier": self._verifier,
                "printed": printed if printed is not None else self.credentials.refresh_token,
                "issued": self._issued.as_dict(),
            },
        )

    # what a request brings

    def refuses(self, authorization: str) -> faults.GatewayFault | None:
        """Why the bearer of this header may not use the accounting API: 401 or 403; None when it may."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not tokens.plausible(token):
            return faults.not_authenticated("Malformed bearer token: too short or too long")
        row = self._issued.access.get(tokens.key(token))
        if row is None or self._clock() >= row.ends:
            ended = row.ends if row else self._clock()
            return faults.not_authenticated(f"Token expired: {tokens.reference(token, ended)}")
        grant = self._issued.grants.get(row.grant)
        return None if grant is not None and ACCOUNTING in grant.scopes else faults.wrong_realm()

    def scopes_of(self, token: str) -> tuple[str, ...] | None:
        """What a living access token was granted; None for any other."""
        row = self._issued.access.get(tokens.key(token))
        grant = self._issued.grants.get(row.grant) if row and self._clock() < row.ends else None
        return grant.scopes if grant else None

    def user_of(self, authorization: str) -> str:
        """The Id of the user for whom the bearer of this header acts: whoever pressed Connect; the owner for no bearer."""
        row = self._issued.access.get(tokens.key(authorization.partition(" ")[2].strip()))
        grant = self._issued.grants.get(row.grant) if row else None
        return grant.user if grant else OWNER

    def check_client(self, authorization: str, form: Mapping[str, str]) -> None:
        """HTTP Basic, or ``client_id`` and ``client_secret`` in the body. Raises OAuthError 401."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, encoded = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                client_id = secret = ""
        if not (self.knows(client_id) and compare_digest(secret.encode(), self._secret.encode())):
            raise OAuthError(401, "invalid_client")

    def knows(self, client_id: str) -> bool:
        return compare_digest(client_id.encode(), self._client_id.encode())

    # what is issued

    def code(self, redirect: str, scopes: Iterable[str] = (ACCOUNTING,), user: str = OWNER) -> str:
        """An authorization code, good once and for five minutes; ``user`` is the Id of who connects."""
        with self._lock:
            ends = self._clock() + CODE_LIFE
            code = tokens.code(ends)
            self._issued.codes[code] = Code(tuple(scopes), redirect, ends, user)
            self._save()
            return code

    def token(self, authorization: str, form: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The answer of the token endpoint, and the scopes that a code has just been granted.

        Raises OAuthError 401 for the client, 400 for the grant.
        """
        self.check_client(authorization, form)
        grant_type = form.get("grant_type")
        granted: tuple[str, ...] = ()
        with self._lock:
            if grant_type == "refresh_token":
                value = self._use_refresh(form.get("refresh_token", ""))
            elif grant_type == "authorization_code":
                value, granted = self._use_code(form.get("code", ""), form.get("redirect_uri", ""))
            else:
                raise OAuthError(400, "unsupported_grant_type")
            row = self._issued.refresh[value]
            access = self._give_access(row.grant)
            self._save()
            now = self._clock()
            hard = self._issued.grants[row.grant].ends
        told = {"x_refresh_token_expires_in": _seconds(row.ends - now)}
        if self._manner().tells_hard_end:
            told["x_refresh_token_hard_expires_in"] = _seconds(hard - now)
        rest = {"refresh_token": value, "access_token": access, "token_type": "bearer"}
        return {**told, **rest, "expires_in": _seconds(ACCESS_LIFE)}, granted

    def _use_refresh(self, value: str) -> str:
        """The value that is good from now on."""
        now = self._clock()
        row = self._issued.refresh.get(value)
        if row is None and (tokens.key(value) in self._issued.access or value in self._issued.codes):
            raise OAuthError(400, "invalid_grant", "Incorrect Token type or clientID")
        if row is None or now >= row.ends or now >= self._issued.grants[row.grant].ends:
            raise OAuthError(400, "invalid_grant", "Token invalid")
        before = self._issued.refresh.get(row.predecessor)
        if before is not None:
            before.ends = min(before.ends, now + GRACE)
        row.predecessor = ""
        newest = self._newest(value)
        if newest == value and now - row.issued >= self._manner().rotates_after:
            newest = self._give_refresh(row.grant, value)
            row.successor = newest
        return newest

    def _newest(self, value: str) -> str:
        while (row := self._issued.refresh.get(value)) is not None and row.successor in self._issued.refresh:
            value = row.successor
        return value

    def _use_code(self, code: str, redirect: str) -> tuple[str, tuple[str, ...]]:
        row = self._issued.codes.pop(code, None)
        if row is None and (code in self._issued.refresh or tokens.key(code) in self._issued.access):
            raise OAuthError(400, "invalid_grant", "Incorrect Token type or clientID")
        if row is None or self._clock() >= row.ends or row.redirect != redirect:
            self._save()
            raise OAuthError(400, "invalid_grant", "Token invalid")
        return self._connect(row.scopes, row.user), row.scopes

    def _connect(self, scopes: tuple[str, ...], user: str) -> str:
        number = secrets.token_hex(8)
        self._issued.grants[number] = Grant(scopes, self._clock() + HARD_LIFE, user)
        return self._give_refresh(number)

    def _give_refresh(self, grant: str, predecessor: str = "") -> str:
        now = self._clock()
        ends = min(now + REFRESH_LIFE, self._issued.grants[grant].ends)
        value = tokens.refresh(ends)
        self._issued.refresh[value] = Refresh(grant, now, ends, predecessor)
        return value

    def _give_access(self, grant: str) -> str:
        token = tokens.access()
        self._issued.access[tokens.key(token)] = Access(grant, self._clock() + ACCESS_LIFE)
        return token

    def revoke(self, token: str) -> None:
        """End the connection that an access or a refresh token belongs to. Raises OAuthError for any other text."""
        with self._lock:
            row = self._issued.refresh.get(token) or self._issued.access.get(tokens.key(token))
            if row is None:
                raise OAuthError(400, "invalid_request")
            self._issued.end(row.grant)
            self._save()


def _seconds(time: timedelta) -> int:
    """Of a life just begun, the whole of it."""
    return -(-time // timedelta(seconds=1))
