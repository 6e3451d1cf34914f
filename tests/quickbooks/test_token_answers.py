"""Why there are no tokens, in plain words: each reason told apart as far as the answer and the times tell."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from akika_forensics.errors import Fault, NetworkFailed, SignInFailed, SignInUncertain
from akika_forensics.quickbooks import Tokens, faults
from akika_forensics.quickbooks.token_answers import refused, skew_words, tokens_of
from akika_forensics.settings import Secret

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
CANARY = "AB11-canary"


def held(refresh: timedelta = timedelta(days=50), hard: timedelta | None = timedelta(days=900)) -> Tokens:
    return Tokens(Secret(CANARY), Secret(CANARY), NOW, NOW + refresh, NOW + hard if hard is not None else None)


def no(status: int = 400, error: str = "invalid_grant", *, at: datetime = NOW, **more: str) -> httpx.Response:
    return httpx.Response(status, json={"error": error, **more}, headers={"date": format_datetime(at, usegmt=True)})


@pytest.mark.parametrize(
    ("answer", "before", "what", "means"),
    [
        (no(401, "invalid_client"), held(), "does not know this app", "client id or its secret is wrong"),
        (no(), held(), "has ended this connection", "administrator connected it again elsewhere"),
        (no(error_description="Token invalid"), held(), "has ended this connection", "Somebody disconnected the app"),
        (no(error_description="Incorrect Token type or clientID"), held(), "belongs to another app", "another client id"),
        (no(x_error_reason="user_not_in_realm"), held(), "has no access to it any more", "with its user"),
        (no(), held(refresh=timedelta(days=-1)), "not used in time", "nobody uses for 100 days"),
        (no(), held(hard=timedelta(days=-1)), "reached its last day, 2026-11-26", "however often it is used"),
        (no(), held(timedelta(days=-1), timedelta(days=-1)), "reached its last day", "no connection live longer"),
        (no(), held(hard=None), "has ended this connection", ""),
        (no(), None, "did not take the code", "used already"),
        (no(400, "invalid_request"), held(), "HTTP 400, invalid_request", "does not say that the connection is over"),
        (httpx.Response(403, content=b"<html>blocked</html>"), held(), "HTTP 403", "does not say"),
        (no(400, f"<{CANARY}>"), held(), "(HTTP 400)", "does not say"),
    ],
)  # fmt: skip
def test_each_reason_has_words_of_its_own(answer: httpx.Response, before: Tokens | None, what: str, means: str) -> None:
    error = refused(answer, NOW, before)
    assert isinstance(error, SignInFailed)
    assert what in error.what
    assert means in error.means
    assert "akika connect" in error.do or "connect the company again" in error.do
    assert CANARY not in str(error)
    assert error.exit_code == 4


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (no(), True),
        (no(401, "invalid_client"), True),
        (no(x_error_reason="user_not_in_realm"), True),
        (no(error_description="Incorrect Token type or clientID"), True),
        (no(400, "invalid_request"), False),
        (no(403, "access_denied"), False),
        (no(401, ""), False),
        (httpx.Response(400, content=b""), False),
        (httpx.Response(401, content=b"<html>sign in to the proxy</html>"), False),
        (httpx.Response(403, content=b"<html>blocked</html>"), False),
        (httpx.Response(403, content=b"[]"), False),
    ],
)
def test_what_says_nothing_of_the_grant_is_not_taken_for_its_end(answer: httpx.Response, final: bool) -> None:
    with pytest.raises(SignInFailed) as caught:
        tokens_of(answer, NOW, held())
    assert isinstance(caught.value, SignInUncertain) is not final
    assert ("in some minutes" in caught.value.do) is not final


@pytest.mark.parametrize("status", [401, 403])
def test_a_page_in_place_of_the_service_is_no_end_of_the_access(status: int) -> None:
    error = faults.of_response(httpx.Response(status, content=b"<html>blocked</html>"), "CompanyInfo")
    assert isinstance(error, SignInUncertain)
    assert "in some minutes" in error.do
    assert error.exit_code == 4


def test_the_servers_clock_decides_what_has_ended() -> None:
    """Ours is a year ahead: the connection was withdrawn, not left unused; and ours is wrong."""
    error = refused(no(), NOW + timedelta(days=365), held())
    assert "has ended this connection" in error.what
    assert "This machine's clock is 365 days ahead of QuickBooks'." in error.means


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(minutes=4), ""),
        (timedelta(minutes=-4), ""),
        (timedelta(minutes=6), "6 minutes ahead of"),
        (timedelta(minutes=-30), "30 minutes behind"),
        (timedelta(hours=-5), "5 hours behind"),
        (timedelta(days=3), "3 days ahead of"),
    ],
)
def test_a_clock_that_is_wrong_is_said(off: timedelta, words: str) -> None:
    said = skew_words(NOW, NOW + off)
    assert words in said
    assert bool(said) is bool(words)


def test_an_answer_without_a_last_day_keeps_the_one_that_is_known() -> None:
    answer = httpx.Response(200, json={"access_token": "a", "expires_in": 3600})
    before = held()
    found = tokens_of(answer, NOW, before)
    assert found.hard_expires_at == before.hard_expires_at
    assert found.refresh_token == before.refresh_token
    assert found.refresh_expires_at == before.refresh_expires_at


@pytest.mark.parametrize("status", [301, 404, 429, 500, 503])
def test_an_answer_that_says_nothing_of_the_grant_is_no_end(status: int) -> None:
    with pytest.raises(NetworkFailed, match=str(status)):
        tokens_of(httpx.Response(status), NOW, held())


@pytest.mark.parametrize(
    ("code", "status", "kind", "what", "do"),
    [
        ("3100", 403, SignInFailed, "not for this company", "akika companies"),
        ("3200", 401, SignInUncertain, "did not accept the sign-in", "akika connect"),
        ("6190", 400, Fault, "plan has lapsed", "Renew the plan"),
        ("6190", 403, Fault, "plan has lapsed", "Renew the plan"),
        ("5020", 400, Fault, "may not see or change", "administrator"),
        ("5020", 403, Fault, "may not see or change", "administrator"),
        ("120", 403, Fault, "may not do this", "administrator"),
        ("140", 400, Fault, "locked at Intuit", "support"),
        ("150", 503, Fault, "maintaining the company", "later"),
        ("130", 400, Fault, "data centres", "later"),
    ],
)
def test_what_stands_in_the_way_is_said_with_what_to_do(
    fake: Any, code: str, status: int, kind: type[Exception], what: str, do: str
) -> None:
    response = fake.fault(code, "Refused", "Detail", status)
    error = faults.of_response(response, "CompanyInfo")
    assert type(error) is kind
    assert what in f"{error.what} {error.means}"
    assert do in error.do
    assert error.exit_code == 4


@pytest.mark.parametrize(("code", "of_time"), [(9, True), (10, True), (18, False)])
def test_a_certificate_of_another_time_means_the_clock(code: int, of_time: bool) -> None:
    cause = ssl.SSLCertVerificationError("verify failed")
    cause.verify_code = code
    error = httpx.ConnectError("failed")
    error.__cause__ = OSError()
    error.__cause__.__cause__ = cause
    said = faults.no_answer(error, "CompanyInfo")
    assert ("clock" in said.means) is of_time


@pytest.mark.parametrize("field", ["expires_in", "x_refresh_token_expires_in", "x_refresh_token_hard_expires_in"])
def test_what_is_good_beyond_all_calendars_is_no_token(field: str) -> None:
    told = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, field: 1e300}
    with pytest.raises(NetworkFailed, match="not a token"):
        tokens_of(httpx.Response(200, json=told), NOW)
