"""The part of a sign-in that a person does in a browser: where to send them, what may come back, and the tokens for it.

Source: RFC 6749, 4.1, and RFC 7636; QuickBooks API, OAuth 2.0.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec

from akika_forensics.errors import NetworkFailed, SignInFailed, WrongUse
from akika_forensics.quickbooks.connection import LOOPBACK, Tokens
from akika_forensics.quickbooks.endpoints import PRODUCTION, Endpoints, environment_of
from akika_forensics.quickbooks.faults import no_answer
from akika_forensics.quickbooks.limits import Clock, SystemClock
from akika_forensics.quickbooks.network import network
from akika_forensics.quickbooks.token_answers import REFUSALS, basic, refused, token_request, tokens_of
from akika_forensics.quickbooks.transport import Log
from akika_forensics.settings import Secret

SCOPE: Final = "com.intuit.quickbooks.accounting"
"""Reading and writing: QuickBooks has no scope for reading alone. Source: QuickBooks API, scopes."""

PATIENCE: Final = 600.0
"""Seconds that a person has to sign in and agree."""

_CODE: Final = re.compile(r"[A-Za-z0-9._~+/=-]{8,512}")
_REALM: Final = re.compile(r"[0-9]{1,32}")
_ERROR: Final = re.compile(r"[a-z_]{1,40}")
_FIELDS: Final = frozenset({"code", "state", "realmId", "error", "error_description"})
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class App:
    """The app that signs in, as it is registered at Intuit, with the company's API and where one signs in."""

    base_url: str
    endpoints: Endpoints
    client_id: str
    client_secret: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with the person: a code, good once and for minutes, and the company they chose."""

    code: Secret
    realm_id: str


class NotOurs(WrongUse):
    """An answer that does not belong to this sign-in; the right one may still come."""


class SigningIn:
    """One sign-in. Its ``state`` is random, good once, and for ten minutes.

    ``redirect_uri`` is where the browser is sent back to; Intuit knows it by the letter. Raises WrongUse when it is none.
    """

    def __init__(self, app: App, redirect_uri: str, clock: Clock | None = None) -> None:
        check_redirect(redirect_uri, app.base_url)
        self.app = app
        self.redirect_uri = redirect_uri
        self._clock = clock or SystemClock()
        self._ends = self._clock.monotonic() + PATIENCE
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48) if app.endpoints.proof_keys else ""
        self._used = False
        self._lock = Lock()

    @property
    def address(self) -> str:
        """Where the person goes. It holds no secret; its state alone opens nothing."""
        asked = {
            "client_id": self.app.client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": self.redirect_uri,
            "state": self._state,
        }
        if self._verifier:
            hashed = hashlib.sha256(self._verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.app.endpoints.authorize}?{urlencode(asked)}"

    @property
    def left(self) -> float:
        """Seconds until nothing is accepted any more."""
        return max(0.0, self._ends - self._clock.monotonic())

    def answered(self, text: str) -> Answer:
        """What the browser brought back: the whole address, or what stands after its question mark.

        Raises NotOurs for anything that does not carry this sign-in's state, or is no answer; SignInFailed when the person
        declined or time is up.
        """
        given = _fields(text)
        state = given.get("state", "")
        if not compare_digest(state.encode("utf-8", "surrogatepass"), self._state.encode()):
            raise NotOurs(
                "This answer belongs to another sign-in.",
                means="It was not accepted; nothing was connected.",
                do="Finish the sign-in that was begun last, or begin again.",
            )
        with self._lock:
            if self._used:
                raise NotOurs("This answer was taken already.", means="It counts once.")
            if not self.left:
                raise self.too_late()
            if "error" in given:
                self._used = True
                raise _declined(given["error"])
            code, realm = given.get("code", ""), given.get("realmId", "")
            if not _CODE.fullmatch(code) or not _REALM.fullmatch(realm):
                raise NotOurs(
                    "This answer names no code or no company.",
                    means="It was not copied whole, or it is not QuickBooks'.",
                    do="Copy the whole line again.",
                )
            self._used = True
        return Answer(Secret(code), realm)

    def too_late(self) -> SignInFailed:
        return SignInFailed(
            "The sign-in took longer than ten minutes.",
            means="Nothing was connected.",
            do="Begin again.",
        )

    def tokens(self, answer: Answer, *, transport: httpx.BaseTransport | None = None) -> Tokens:
        """The tokens for a code. ``transport`` replaces the network. Raises SignInFailed, NetworkFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": answer.code.reveal(),
            "redirect_uri": self.redirect_uri,
        }
        if self._verifier:
            form["code_verifier"] = self._verifier
        app = self.app
        request = token_request(app.endpoints.token, app.client_id, app.client_secret, form)
        response = _send(request, "a first token", self._clock, transport)
        return tokens_of(response, self._clock.now())


def check_redirect(redirect_uri: str, base_url: str) -> None:
    """Raises WrongUse for an address to which the browser would not be sent back, or not safely.

    Source: Intuit, set redirect URIs: https and no bare number for production, plain ``localhost`` for a sandbox.
    """
    parts = urlsplit(redirect_uri)
    local = parts.hostname in LOOPBACK
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment or parts.query or parts.username:
        raise WrongUse(
            f"{redirect_uri!r} is no redirect address.", do="Give it as it is registered: https://host/path."
        )
    if parts.scheme == "http" and not local:
        raise WrongUse(
            f"The redirect address {redirect_uri} is not encrypted.",
            means="Others on the way could read the code.",
            do="Use https; plain http is for this machine only.",
        )
    if environment_of(base_url) == PRODUCTION and local:
        raise WrongUse(
            "For a production company QuickBooks sends nobody back to this machine.",
            means="Intuit accepts redirect addresses with https on a public name only.",
            do="Use --paste with your page, --redirect-uri with your own address, or an imported refresh token: see docs/guide/connect.md.",
        )


def revoke(
    app: App, token: Secret, *, clock: Clock | None = None, transport: httpx.BaseTransport | None = None
) -> bool:
    """Withdraw a grant; False when it was dead already. Raises SignInFailed for the app's own credentials, NetworkFailed, WrongUse."""
    if not app.endpoints.revoke:
        raise WrongUse(
            f"{app.base_url} does not say where access is withdrawn.", do="Disconnect the app in QuickBooks itself."
        )
    clock = clock or SystemClock()
    request = httpx.Request(
        "POST",
        app.endpoints.revoke,
        headers={
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": basic(app.client_id, app.client_secret),
        },
        content=msgspec.json.encode({"token": token.reveal()}),
        extensions={"timeout": {"connect": 15.0, "read": 60.0, "write": 60.0, "pool": None}},
    )
    response = _send(request, "the end of the connection", clock, transport)
    if response.is_success:
        return True
    if response.status_code == httpx.codes.BAD_REQUEST:
        return False
    if response.status_code in REFUSALS:
        raise refused(response, clock.now())
    raise NetworkFailed(
        f"QuickBooks did not withdraw the access (HTTP {response.status_code}).",
        means="The connection stands.",
        do="Try again later, or disconnect the app in QuickBooks itself.",
    )


def _send(request: httpx.Request, asked: str, clock: Clock, transport: httpx.BaseTransport | None) -> httpx.Response:
    """Sent once: a code is good once."""
    log = Log(transport or network(), clock)
    try:
        with httpx.Client(transport=log, follow_redirects=False, trust_env=False) as client:
            return client.send(request)
    except httpx.HTTPError as error:
        raise no_answer(error, asked) from None


def _fields(text: str) -> dict[str, str]:
    """The parameters of an answer; each once. Raises NotOurs."""
    text = text.strip()
    query = text.partition("?")[2] if "?" in text else text
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True) if len(text) <= _LONGEST else []
    given = {name: value for name, value in pairs if name in _FIELDS}
    if not given or len(given) != sum(name in _FIELDS for name, _ in pairs):
        raise NotOurs(
            "This is not what QuickBooks sends back.",
            means="It should hold code, state and realmId, each once.",
            do="Copy the whole line, or the whole address of the page.",
        )
    return given


def _declined(error: str) -> SignInFailed:
    if error == "access_denied":
        return SignInFailed(
            "The connection was declined.",
            means="Whoever signed in did not agree, or may not connect apps to the company.",
            do="Let an administrator of the company agree, and begin again.",
        )
    named = error if _ERROR.fullmatch(error) else "no reason"
    return SignInFailed(
        f"QuickBooks sent the browser back without a code ({named}).",
        means="The app or its redirect address is not registered as it was asked for.",
        do="Check the app's redirect addresses and scopes at Intuit, and begin again.",
    )
