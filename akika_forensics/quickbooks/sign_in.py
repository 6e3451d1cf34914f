"""OAuth for httpx: one refresh at a time, saved before it is used.

A crash leaves one of two states. Before ``TokenStore.save`` returned: the old refresh token, which QuickBooks accepts
for about a day after its first use. After: the new one. Both go on.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec

from akika_forensics.errors import NetworkFailed, SignInFailed
from akika_forensics.model.concealed import Concealed
from akika_forensics.quickbooks.connection import Connection, Tokens, TokenStore
from akika_forensics.quickbooks.limits import Clock
from akika_forensics.settings import Secret

EARLY: Final = timedelta(minutes=1)
"""An access token is renewed this long before it expires."""

_LOCKS: dict[tuple[str, str], threading.Lock] = {}
_LOCKS_GUARD: Final = threading.Lock()


class _Answer(Concealed, frozen=True, forbid_unknown_fields=False):
    access_token: str
    expires_in: float
    refresh_token: str = ""
    x_refresh_token_expires_in: float = 0


class _Refusal(msgspec.Struct):
    error: str = ""


class SignIn(httpx.Auth):
    """Adds the access token; renews it a minute before it expires, and once when QuickBooks answers 401.

    Raises SignInFailed when the grant is dead, NetworkFailed when the token address gave no answer, and whatever
    ``TokenStore.save`` raises: a token that could not be saved is not used.
    """

    def __init__(self, connection: Connection, store: TokenStore, clock: Clock) -> None:
        self._connection, self._store, self._clock = connection, store, clock
        self._held: Tokens | None = None
        with _LOCKS_GUARD:
            key = (connection.token_url, connection.realm_id)
            self._lock = _LOCKS.setdefault(key, threading.Lock())

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        tokens = self._held or self._load()
        if self._stale(tokens):
            tokens = yield from self._renew(tokens)
        request.headers["Authorization"] = f"Bearer {tokens.access_token.reveal()}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            tokens = yield from self._renew(tokens)
            request.headers["Authorization"] = f"Bearer {tokens.access_token.reveal()}"
            yield request

    def _load(self) -> Tokens:
        self._held = self._store.load()
        return self._held

    def _stale(self, tokens: Tokens) -> bool:
        return tokens.access_expires_at - EARLY <= self._clock.now()

    def _renew(self, refused: Tokens) -> Generator[httpx.Request, httpx.Response, Tokens]:
        with self._lock:
            # Another thread, or another process with the same store, may have been faster.
            newest = self._store.load()
            if newest.access_token != refused.access_token and not self._stale(newest):
                self._held = newest
                return newest
            response = yield self._request(newest.refresh_token)
            if _says_dead(response):
                again = self._store.load()
                if again.refresh_token == newest.refresh_token:
                    raise _dead(response)
                response = yield self._request(again.refresh_token)
                newest = again
            renewed = self._read(response, newest)
            self._store.save(renewed)
            self._held = renewed
            return renewed

    def _request(self, refresh_token: Secret) -> httpx.Request:
        pair = f"{self._connection.client_id}:{self._connection.client_secret.reveal()}"
        return httpx.Request(
            "POST",
            self._connection.token_url,
            headers={
                "Accept": "application/json",
                "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
            },
            data={"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()},
            extensions={"timeout": {"connect": 15.0, "read": 60.0, "write": 60.0, "pool": None}},
        )

    def _read(self, response: httpx.Response, old: Tokens) -> Tokens:
        if _says_dead(response):
            raise _dead(response)
        if response.status_code != httpx.codes.OK:
            raise NetworkFailed(
                f"The token address answered with HTTP {response.status_code}.",
                means="The access token could not be renewed; the old refresh token is still kept.",
                do="Try again later.",
            )
        try:
            answer = msgspec.json.decode(response.content, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # The cause quotes parts of the answer: it is not chained.
            raise NetworkFailed(
                "The token address answered something that is not a token.",
                means="The old refresh token is still kept.",
                do="Check the token address of the connection.",
            ) from None
        now = self._clock.now()
        return Tokens(
            access_token=Secret(answer.access_token),
            refresh_token=Secret(answer.refresh_token) if answer.refresh_token else old.refresh_token,
            access_expires_at=now + timedelta(seconds=answer.expires_in),
            refresh_expires_at=_later(now, answer.x_refresh_token_expires_in, old.refresh_expires_at),
        )


def _later(now: datetime, seconds: float, otherwise: datetime) -> datetime:
    return now + timedelta(seconds=seconds) if seconds else otherwise


def _says_dead(response: httpx.Response) -> bool:
    return response.status_code in {400, 401, 403}


def _dead(response: httpx.Response) -> SignInFailed:
    try:
        error = msgspec.json.decode(response.content, type=_Refusal).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        error = ""
    if error == "invalid_client":
        return SignInFailed(
            "QuickBooks does not know this application.",
            means="The client id or its secret is wrong, or belongs to another environment.",
            do="Check the client id and secret of the connection.",
        )
    return SignInFailed(
        f"QuickBooks does not renew the sign-in (HTTP {response.status_code}).",
        means="The grant was withdrawn or has expired.",
        do="Connect the company again.",
    )
