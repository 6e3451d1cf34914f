"""OAuth for httpx: one refresh at a time, saved before it is used.

A crash leaves one of two states. Before ``TokenStore.save`` returned: the old refresh token, which QuickBooks accepts
for about a day after its first use. After: the new one. Both go on.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Final

import httpx

from akika_forensics.quickbooks.connection import Connection, Tokens, TokenStore
from akika_forensics.quickbooks.limits import Clock
from akika_forensics.quickbooks.token_answers import REFUSALS, refused, token_request, tokens_of
from akika_forensics.settings import Secret

EARLY: Final = timedelta(minutes=1)
"""An access token is renewed this long before it expires."""

_MOST: Final = 5
"""Tokens of others that are taken over, one after the other, for one request."""


class SignIn(httpx.Auth):
    """Adds the access token; renews it a minute before it expires, and once when QuickBooks answers 401.

    Raises SignInFailed when the grant is dead, SignInUncertain when it was refused and may live, NetworkFailed when the token address gave no answer, and whatever
    ``TokenStore.save`` raises: a token that could not be saved is not used.
    """

    def __init__(self, connection: Connection, store: TokenStore, clock: Clock) -> None:
        self._connection, self._store, self._clock = connection, store, clock
        self._held: Tokens | None = None

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        tokens = self._held or self._load()
        if self._stale(tokens):
            tokens, _ = yield from self._renew(tokens)
        request.headers["Authorization"] = f"Bearer {tokens.access_token.reveal()}"
        response = yield request
        ours, tries = False, 0
        while response.status_code == httpx.codes.UNAUTHORIZED and not ours and tries < _MOST:
            # What another process renewed may have ended meanwhile, whatever our clock says of it.
            tokens, ours = yield from self._renew(tokens)
            tries += 1
            request.headers["Authorization"] = f"Bearer {tokens.access_token.reveal()}"
            response = yield request

    def _load(self) -> Tokens:
        self._held = self._store.load()
        return self._held

    def _stale(self, tokens: Tokens) -> bool:
        return tokens.access_expires_at - EARLY <= self._clock.now()

    def _renew(self, refused_ones: Tokens) -> Generator[httpx.Request, httpx.Response, tuple[Tokens, bool]]:
        """Newer tokens than those, and whether it was us who renewed them."""
        with self._store.exclusive():
            # Another thread, or another process with the same store, may have been faster.
            newest = self._store.load()
            if newest.access_token != refused_ones.access_token and not self._stale(newest):
                self._held = newest
                return newest, False
            response = yield self._request(newest.refresh_token)
            if response.status_code in REFUSALS:
                # A machine that does not share our lock, such as another one at the same bucket, may have renewed.
                again = self._store.load()
                if again.refresh_token == newest.refresh_token:
                    raise refused(response, self._clock.now(), newest)
                response = yield self._request(again.refresh_token)
                newest = again
            renewed = tokens_of(response, self._clock.now(), newest)
            self._store.save(renewed)
            self._held = renewed
            return renewed, True

    def _request(self, refresh_token: Secret) -> httpx.Request:
        known = self._connection
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()}
        return token_request(known.token_url, known.client_id, known.client_secret, form)
