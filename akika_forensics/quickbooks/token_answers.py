"""What the token address is asked and what it answers: tokens, or why there are none, in plain words."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import msgspec

from akika_forensics.errors import NetworkFailed, SignInFailed, SignInUncertain
from akika_forensics.model.concealed import Concealed
from akika_forensics.quickbooks.connection import Tokens
from akika_forensics.settings import Secret

REFUSALS: Final = frozenset({400, 401, 403})
"""Statuses by which the token address says no; anything else but 200 says nothing of the grant."""

_SKEW: Final = timedelta(minutes=5)
_ERROR: Final = re.compile(r"[a-z_]{1,40}")
_REFRESH_LIFE: Final = timedelta(days=100)
_TIMEOUTS: Final = {"connect": 15.0, "read": 60.0, "write": 60.0, "pool": None}

_AGAIN: Final = "Connect the company again with `akika connect`."


class _Answer(Concealed, frozen=True, forbid_unknown_fields=False):
    access_token: str
    expires_in: float
    refresh_token: str = ""
    x_refresh_token_expires_in: float = 0
    x_refresh_token_hard_expires_in: float = 0


class _Refusal(msgspec.Struct):
    error: str = ""
    error_description: str = ""
    x_error_reason: str = ""


def token_request(url: str, client_id: str, secret: Secret, form: Mapping[str, str]) -> httpx.Request:
    """A POST to the token address. Source: QuickBooks API, OAuth 2.0: HTTP Basic, form body."""
    return httpx.Request(
        "POST",
        url,
        headers={"Accept": "application/json", "Authorization": basic(client_id, secret)},
        data=dict(form),
        extensions={"timeout": _TIMEOUTS},
    )


def basic(client_id: str, secret: Secret) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret.reveal()}".encode()).decode()


def tokens_of(response: httpx.Response, now: datetime, before: Tokens | None = None) -> Tokens:
    """The tokens of an answer; ``before`` are those that were renewed. ``now`` is this machine's time, by which they are kept.

    Raises SignInFailed when the answer is a refusal (SignInUncertain: that may pass), NetworkFailed when it is none of the token address.
    """
    if response.status_code in REFUSALS:
        raise refused(response, now, before)
    if response.status_code != httpx.codes.OK:
        raise NetworkFailed(
            f"The token address answered with HTTP {response.status_code}.",
            means="The sign-in could not be renewed; what is kept stays as it is.",
            do="Try again later.",
        )
    try:
        answer = msgspec.json.decode(response.content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The cause quotes parts of the answer: it is not chained.
        raise _no_token() from None
    if not answer.refresh_token and before is None:
        raise _no_token()
    try:
        return _kept(answer, now, before)
    except OverflowError:
        # It says that it is good beyond the last day of the calendar.
        raise _no_token() from None


def _kept(answer: _Answer, now: datetime, before: Tokens | None) -> Tokens:
    return Tokens(
        access_token=Secret(answer.access_token),
        refresh_token=Secret(answer.refresh_token) if answer.refresh_token or before is None else before.refresh_token,
        access_expires_at=now + timedelta(seconds=answer.expires_in),
        refresh_expires_at=_ends(now, answer.x_refresh_token_expires_in)
        or (before.refresh_expires_at if before else now + _REFRESH_LIFE),
        hard_expires_at=_ends(now, answer.x_refresh_token_hard_expires_in)
        or (before.hard_expires_at if before else None),
    )


def _ends(now: datetime, seconds: float) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds > 0 else None


def _no_token() -> NetworkFailed:
    return NetworkFailed(
        "The token address answered something that is not a token.",
        means="What is kept stays as it is.",
        do="Check the token address of the connection.",
    )


def refused(response: httpx.Response, now: datetime, before: Tokens | None = None) -> SignInFailed:
    """Why there are no tokens, as far as the answer and the times of the refused ones tell. What says nothing of the grant itself,
    such as a page of a proxy, is SignInUncertain: the grant may be as good as before.

    By the server's clock where it names it: ours may be wrong. The answer's own texts stay out: they may repeat a token.
    """
    told = _told(response)
    moment = server_time(response) or now
    off = skew_words(moment, now)
    if told.error == "invalid_client":
        return SignInFailed(
            "QuickBooks does not know this app.",
            means=_said(
                "The client id or its secret is wrong, was replaced, or belongs to the other environment.", off
            ),
            do="Look up both under Keys & credentials of your app at Intuit, and connect the company again.",
        )
    if "user_not_in_realm" in (told.x_error_reason, response.headers.get("x_error_reason", "")):
        return SignInFailed(
            "Whoever connected the company has no access to it any more.",
            means=_said("QuickBooks ends a connection with its user.", off),
            do="Let another administrator connect it again with `akika connect`.",
        )
    if "clientid" in told.error_description.casefold():
        return SignInFailed(
            "The refresh token belongs to another app.",
            means=_said("It was given to another client id, or it is no refresh token.", off),
            do="Use the client id that the token was given to, or connect the company again with `akika connect`.",
        )
    if told.error != "invalid_grant":
        named = f", {told.error}" if _ERROR.fullmatch(told.error) else ""
        return SignInUncertain(
            f"QuickBooks does not renew the sign-in (HTTP {response.status_code}{named}).",
            means=_said(
                "It does not say that the connection is over; something in between may have answered in its place.", off
            ),
            do="Try again in some minutes; if it stays so, connect the company again with `akika connect`.",
        )
    if before is None:
        return SignInFailed(
            "QuickBooks did not take the code of this sign-in.",
            means=_said(
                "It was used already, is older than some minutes, or was meant for another redirect address.", off
            ),
            do="Begin again with `akika connect`.",
        )
    return _ended(before, moment, off)


def _ended(before: Tokens, moment: datetime, off: str) -> SignInFailed:
    if before.hard_expires_at is not None and moment >= before.hard_expires_at:
        return SignInFailed(
            f"The connection reached its last day, {before.hard_expires_at:%Y-%m-%d}.",
            means=_said("Intuit lets no connection live longer, however often it is used.", off),
            do=_AGAIN,
        )
    if moment >= before.refresh_expires_at:
        return SignInFailed(
            f"The connection was not used in time: its sign-in was good until {before.refresh_expires_at:%Y-%m-%d}.",
            means=_said("Intuit ends a connection that nobody uses for 100 days.", off),
            do=_AGAIN,
        )
    return SignInFailed(
        "QuickBooks has ended this connection.",
        means=_said(
            "Somebody disconnected the app in QuickBooks, an administrator connected it again elsewhere, or this vault is an older copy.",
            off,
        ),
        do="Ask who manages the apps of the company, and connect it again with `akika connect`.",
    )


def _told(response: httpx.Response) -> _Refusal:
    try:
        return msgspec.json.decode(response.content, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Refusal()


def server_time(response: httpx.Response) -> datetime | None:
    """The time that an answer names in its ``Date``; None where it names none."""
    try:
        found = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def skew_words(theirs: datetime, ours: datetime) -> str:
    """A sentence about this machine's clock when it is wrong by minutes; else empty."""
    off = ours - theirs
    if abs(off) < _SKEW:
        return ""
    direction = "ahead of" if off > timedelta() else "behind"
    minutes = round(abs(off) / timedelta(minutes=1))
    size = f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
    size = size if minutes < 48 * 60 else f"{round(minutes / 60 / 24)} days"
    return f"This machine's clock is {size} {direction} QuickBooks'."


def _said(means: str, off: str) -> str:
    return f"{means} {off}".rstrip()
