"""What a person's browser brings back: taken once, in time, whole, and from the sign-in that was begun."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import NetworkFailed, SignInFailed, WrongUse
from akika_forensics.quickbooks.authorize import App, NotOurs, SigningIn, check_redirect, revoke
from akika_forensics.quickbooks.endpoints import API, INTUIT, Endpoints, endpoints_of, environment_of, read_document
from akika_forensics.settings import Secret

BASE = "http://127.0.0.1:8080"
HERE = "http://127.0.0.1:9999/connected"
ENDPOINTS = Endpoints(f"{BASE}/connect/oauth2", f"{BASE}/oauth2/v1/tokens/bearer", f"{BASE}/v2/oauth2/tokens/revoke")
APP = App(BASE, ENDPOINTS, "client", Secret("client-secret"))
PROVING = App(
    BASE, Endpoints(ENDPOINTS.authorize, ENDPOINTS.token, "", proof_keys=True), "client", Secret("client-secret")
)
TOKENS = {
    "access_token": "access-1",
    "refresh_token": "refresh-1",
    "expires_in": 3600,
    "x_refresh_token_expires_in": 8726400,
    "x_refresh_token_hard_expires_in": 156032154,
}


def asked(signing_in: SigningIn) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(signing_in.address).query))


def reply(signing_in: SigningIn, **other: str) -> str:
    told = {"code": "AB11732634567abcdef", "state": asked(signing_in)["state"], "realmId": "4620816365", **other}
    return f"{HERE}?{urlencode({name: value for name, value in told.items() if value})}"


def test_the_person_is_sent_with_what_the_service_needs_and_no_secret() -> None:
    signing_in = SigningIn(APP, HERE)
    told = asked(signing_in)
    assert told.pop("state")
    assert told == {
        "client_id": "client",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": HERE,
    }
    assert "client-secret" not in signing_in.address + repr(signing_in.app)


def test_every_sign_in_has_a_state_of_its_own() -> None:
    states = {asked(SigningIn(APP, HERE))["state"] for _ in range(50)}
    assert len(states) == 50
    assert min(map(len, states)) >= 40


def test_the_answer_is_taken_once() -> None:
    signing_in = SigningIn(APP, HERE)
    answer = signing_in.answered(reply(signing_in))
    assert (answer.code.reveal(), answer.realm_id) == ("AB11732634567abcdef", "4620816365")
    assert "AB1173" not in repr(answer)
    with pytest.raises(NotOurs, match="already"):
        signing_in.answered(reply(signing_in))


def test_the_line_alone_does_as_well_as_the_whole_address() -> None:
    signing_in = SigningIn(APP, HERE)
    assert signing_in.answered(" " + reply(signing_in).partition("?")[2] + "\n").realm_id == "4620816365"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text, _: text.replace("state=", "state=x"),
        lambda text, _: text.replace("state=", "state=\udcff"),
        lambda text, state: text.replace(state, ""),
        lambda text, state: text.replace(f"state={state}", ""),
        lambda text, state: text.replace(state, state[:-1]),
        lambda text, _: text + "&code=AB11732634567other",
        lambda text, _: text + "&realmId=1",
        lambda text, _: text.replace("realmId=4620816365", "realmId="),
        lambda text, _: text.replace("realmId=4620816365", "realmId=..%2F..%2F1"),
        lambda text, _: text.replace("code=AB11732634567abcdef", "code=a%20b%0d%0ac"),
        lambda text, _: text + "&code_challenge=" + "x" * 5000,
        lambda _text, _: "",
        lambda _text, _: "hello",
    ],
)
def test_what_is_not_the_answer_is_refused_and_the_answer_still_counts(spoil: Any) -> None:
    signing_in = SigningIn(APP, HERE)
    whole = reply(signing_in)
    with pytest.raises(NotOurs):
        signing_in.answered(spoil(whole, asked(signing_in)["state"]))
    assert signing_in.answered(whole).realm_id == "4620816365"


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    signing_in = SigningIn(APP, HERE)
    with pytest.raises(NotOurs):
        signing_in.answered(text)


def test_an_answer_after_ten_minutes_is_too_late(fake: Any) -> None:
    clock = fake.FakeClock()
    signing_in = SigningIn(APP, HERE, clock)
    clock.seconds = 599.0
    assert signing_in.left == 1.0
    clock.seconds = 601.0
    with pytest.raises(SignInFailed, match="ten minutes"):
        signing_in.answered(reply(signing_in))
    assert signing_in.left == 0.0


@pytest.mark.parametrize(
    ("error", "said"),
    [("access_denied", "declined"), ("invalid_scope", "invalid_scope"), ("<b>secret</b>", "no reason")],
)
def test_a_refusal_is_told_plainly(error: str, said: str) -> None:
    signing_in = SigningIn(APP, HERE)
    with pytest.raises(SignInFailed, match=said) as caught:
        signing_in.answered(reply(signing_in, code="", realmId="", error=error, error_description="whatever"))
    assert "<b>" not in str(caught.value)


def test_a_refusal_of_another_sign_in_is_nothing() -> None:
    signing_in = SigningIn(APP, HERE)
    with pytest.raises(NotOurs):
        signing_in.answered(f"{HERE}?error=access_denied&state=other")


class Service:
    """A token address that keeps what came."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers, self.seen = list(answers), list[httpx.Request]()
        self.transport = httpx.MockTransport(self.handle)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return self.answers.pop(0)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.seen[-1].content.decode()))


def test_a_code_becomes_tokens(fake: Any) -> None:
    clock, service = fake.FakeClock(), Service(httpx.Response(200, json=TOKENS))
    signing_in = SigningIn(APP, HERE, clock)
    tokens = signing_in.tokens(signing_in.answered(reply(signing_in)), transport=service.transport)
    assert service.form() == {"grant_type": "authorization_code", "code": "AB11732634567abcdef", "redirect_uri": HERE}
    assert service.seen[0].headers["Authorization"] == "Basic " + base64.b64encode(b"client:client-secret").decode()
    assert (tokens.access_token.reveal(), tokens.refresh_token.reveal()) == ("access-1", "refresh-1")
    assert tokens.hard_expires_at is not None
    assert [round((at - clock.now()).total_seconds()) for at in (tokens.access_expires_at, tokens.refresh_expires_at, tokens.hard_expires_at)] == [
        3600, 8726400, 156032154,
    ]  # fmt: skip


def test_a_proof_key_is_used_where_it_is_offered_and_nowhere_else() -> None:
    service = Service(httpx.Response(200, json=TOKENS))
    signing_in = SigningIn(PROVING, HERE)
    told = asked(signing_in)
    signing_in.tokens(signing_in.answered(reply(signing_in)), transport=service.transport)
    verifier = service.form()["code_verifier"]
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert (told["code_challenge"], told["code_challenge_method"]) == (hashed, "S256")
    assert verifier not in signing_in.address
    assert "code_challenge" not in asked(SigningIn(APP, HERE))
    assert not INTUIT.proof_keys


def test_a_code_is_sent_once_even_when_nothing_is_heard() -> None:
    sent = []

    def hang_up(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise httpx.ReadError("reset", request=request)

    signing_in = SigningIn(APP, HERE)
    with pytest.raises(NetworkFailed):
        signing_in.tokens(signing_in.answered(reply(signing_in)), transport=httpx.MockTransport(hang_up))
    assert len(sent) == 1


@pytest.mark.parametrize("body", [{}, {"access_token": "a"}, {"access_token": "a", "expires_in": 3600}])
def test_a_first_answer_without_a_refresh_token_is_none(body: dict[str, Any]) -> None:
    service = Service(httpx.Response(200, json=body))
    signing_in = SigningIn(APP, HERE)
    with pytest.raises(NetworkFailed, match="not a token"):
        signing_in.tokens(signing_in.answered(reply(signing_in)), transport=service.transport)


def test_a_code_that_is_not_taken_is_told_plainly() -> None:
    service = Service(httpx.Response(400, json={"error": "invalid_grant", "error_description": "Token invalid"}))
    signing_in = SigningIn(APP, HERE)
    with pytest.raises(SignInFailed, match="did not take the code") as caught:
        signing_in.tokens(signing_in.answered(reply(signing_in)), transport=service.transport)
    assert "AB1173" not in str(caught.value)


def test_access_is_withdrawn() -> None:
    service = Service(httpx.Response(200), httpx.Response(400, json={"error": "invalid_request"}))
    assert revoke(APP, Secret("refresh-1"), transport=service.transport)
    assert service.seen[0].content == b'{"token":"refresh-1"}'
    assert not revoke(APP, Secret("refresh-1"), transport=service.transport), "it was dead already"


def test_access_that_cannot_be_withdrawn_stands() -> None:
    service = Service(httpx.Response(401, json={"error": "invalid_client"}), httpx.Response(503))
    with pytest.raises(SignInFailed, match="does not know this app"):
        revoke(APP, Secret("refresh-1"), transport=service.transport)
    with pytest.raises(NetworkFailed, match="503"):
        revoke(APP, Secret("refresh-1"), transport=service.transport)
    with pytest.raises(WrongUse, match="where access is withdrawn"):
        revoke(PROVING, Secret("refresh-1"))


@pytest.mark.parametrize(
    ("redirect", "base"),
    [
        ("http://books.example/back", BASE),
        ("https://books.example/back#x", BASE),
        ("https://books.example/back?x=1", BASE),
        ("https://me@books.example/back", BASE),
        ("ftp://books.example/back", BASE),
        ("/back", BASE),
        ("http://localhost:8741/connected", API["production"]),
        ("https://127.0.0.1:8741/connected", API["production"]),
    ],
)
def test_an_address_nobody_is_sent_back_to_is_refused(redirect: str, base: str) -> None:
    with pytest.raises(WrongUse):
        check_redirect(redirect, base)


@pytest.mark.parametrize(
    ("redirect", "base"),
    [
        ("https://books.example/back", API["production"]),
        ("http://localhost:8741/connected", API["sandbox"]),
        ("http://127.0.0.1:1/x", BASE),
    ],
)
def test_an_address_that_is_registered_so_passes(redirect: str, base: str) -> None:
    check_redirect(redirect, base)


def document(**other: Any) -> bytes:
    told = {
        "authorization_endpoint": ENDPOINTS.authorize,
        "token_endpoint": ENDPOINTS.token,
        "revocation_endpoint": ENDPOINTS.revoke,
        **other,
    }
    return httpx.Response(200, json=told).content


def test_a_host_says_where_one_signs_in() -> None:
    service = Service(httpx.Response(200, content=document(code_challenge_methods_supported=["plain", "S256"])))
    found = endpoints_of(BASE, transport=service.transport)
    assert (found.authorize, found.token, found.revoke) == (ENDPOINTS.authorize, ENDPOINTS.token, ENDPOINTS.revoke)
    assert found.proof_keys
    assert not read_document(document(), BASE).proof_keys
    assert str(service.seen[0].url) == f"{BASE}/.well-known/openid_configuration"


def test_intuits_addresses_are_known_without_asking() -> None:
    assert endpoints_of(API["sandbox"], transport=httpx.MockTransport(lambda _: pytest.fail("asked"))) is INTUIT
    assert [environment_of(base) for base in (*API.values(), BASE)] == ["production", "sandbox", "127.0.0.1:8080"]
    assert environment_of("https://quickbooks.api.intuit.com.evil.example") != "production"


@pytest.mark.parametrize(
    "content",
    [
        document(token_endpoint="https://evil.example/token"),
        document(authorization_endpoint="http://books.example/x"),
        document(revocation_endpoint="javascript:alert(1)"),
    ],
)
def test_a_document_does_not_send_the_secret_elsewhere(content: bytes) -> None:
    with pytest.raises(WrongUse):
        read_document(content, BASE)


@pytest.mark.parametrize(
    "answer", [httpx.Response(404), httpx.Response(200, content=b"<html>"), httpx.Response(200, json={})]
)
def test_a_host_without_a_document_says_what_to_do(answer: httpx.Response) -> None:
    with pytest.raises((WrongUse, NetworkFailed)) as caught:
        endpoints_of(BASE, transport=Service(answer).transport)
    assert "--token-url" in caught.value.do
