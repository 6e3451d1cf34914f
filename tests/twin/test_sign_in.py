"""Sign-in: the page, codes, tokens and their lives, who connected; and that a server that was stopped knows them again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes

from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.twin.http.consent import Wish, page
from akika_forensics.twin.http.oauth import ACCOUNTING, HARD_LIFE, SCOPES, Authority, OAuthError
from akika_forensics.twin.people.trail import User

BACK = "https://app.example/back?kept=1"
DAY = timedelta(days=1)


class Desk:
    """A served twin, and the steps of an application that connects to it."""

    def __init__(self, server: TwinServer) -> None:
        self.server = server
        self.twin = server.twin
        self.given = server.credentials
        self.web = httpx.Client(base_url=server.base_url, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.web.close()

    def wish(self, **other: str) -> dict[str, str]:
        wish = {
            "client_id": self.given.client_id,
            "response_type": "code",
            "scope": ACCOUNTING,
            "redirect_uri": BACK,
            "state": "s & <1>",
        }
        return wish | other

    def look(self, **other: str) -> httpx.Response:
        return self.web.get("/connect/oauth2", params=self.wish(**other), headers={"Accept": "text/html"})

    def press(self, decision: str, **other: str) -> dict[str, str]:
        form = Form.of(self.look(**other).text)
        answer = self.web.post(form.action, data=form.fields | {"decision": decision})
        assert answer.status_code == 302
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))

    def token(self, **form: str) -> httpx.Response:
        client = (self.given.client_id, self.given.client_secret)
        return self.web.post("/oauth2/v1/tokens/bearer", data=form, auth=client)

    def trade(self, code: str, redirect: str = BACK) -> httpx.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect)

    def refresh(self, value: str) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=value)

    def asks(self, access: str) -> httpx.Response:
        path = f"/v3/company/{self.server.realm_id}/preferences"
        return self.web.get(path, headers={"Authorization": f"Bearer {access}"})

    def connect(self, **other: str) -> Any:
        return self.trade(self.press("connect", **other)["code"]).json()


class Form(HTMLParser):
    """The one form of a page: where it goes, and what it sends but for the button."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self._select = ""

    @classmethod
    def of(cls, text: str) -> Form:
        form = cls()
        form.feed(text)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.action = found["action"]
            case "input":
                self.fields[found["name"]] = found["value"]
            case "select":
                self._select = found["name"]
            case "option":
                self.fields[self._select] = found["value"]
            case "button":
                self.buttons.append(found["value"])


@pytest.fixture
def desk() -> Iterator[Desk]:
    with serve(Twin(company_name="Garden <& Sons>")) as server:
        with Desk(server) as made:
            yield made


def test_the_page_sends_back_a_code_the_state_and_the_company(desk: Desk) -> None:
    shown = desk.look()
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "Garden &lt;&amp; Sons&gt;" in shown.text
    form = Form.of(shown.text)
    assert form.buttons == ["connect", "cancel"]
    assert form.fields["realm_id"] == desk.server.realm_id
    back = desk.press("connect")
    assert list(back) == ["kept", "code", "state", "realmId"]
    assert (back["state"], back["realmId"]) == ("s & <1>", desk.server.realm_id)
    assert re.fullmatch(r"AB11\d{10}\w{36}", back["code"])
    assert desk.press("cancel") == {"kept": "1", "error": "access_denied", "state": "s & <1>"}
    assert desk.asks(desk.trade(back["code"]).json()["access_token"]).status_code == 200


def test_a_script_that_reads_no_page_is_sent_back_at_once(desk: Desk) -> None:
    answer = desk.web.get("/connect/oauth2", params=desk.wish())
    assert answer.status_code == 302
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    assert desk.trade(code).status_code == 200


def test_a_wrong_wish_is_told_to_the_person_or_to_the_application(desk: Desk) -> None:
    for wrong in (
        {"client_id": "nobody"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "/relative"},
        {"redirect_uri": "https://app.example/back#part"},
        {"redirect_uri": "http://[broken"},
    ):
        answer = desk.look(**wrong)
        assert (answer.status_code, "location" in answer.headers) == (400, False), wrong
        assert desk.web.post("/connect/oauth2", data=desk.wish(**wrong, decision="connect")).status_code == 400
    for wrong, error in (
        ({"scope": ""}, "invalid_scope"),
        ({"scope": f"{ACCOUNTING} com.intuit.everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ):
        for answer in (desk.look(**wrong), desk.web.post("/connect/oauth2", data=desk.wish(**wrong))):
            assert answer.status_code == 302
            assert dict(parse_qsl(urlsplit(answer.headers["location"]).query)) == {
                "kept": "1",
                "error": error,
                "state": "s & <1>",
            }
    other = desk.web.post("/connect/oauth2", data=desk.wish(realm_id="77", decision="connect"))
    assert other.status_code == 400, "no such company"


@given(st.text(max_size=40), st.sets(st.sampled_from(sorted(SCOPES)), min_size=1))
def test_what_comes_from_outside_stays_text_and_comes_back_as_it_was(state: str, scopes: set[str]) -> None:
    wish = Wish("client", "code", tuple(scopes), "https://app.example/back", state, "")
    text = page(wish, state, "1", [User("1", state, "", "admin"), User(state, "", "", "admin")])
    form = Form.of(text)
    newline = str.maketrans({"\r": "\n", "\0": "\ufffd"})
    assert form.fields["state"].translate(newline) == state.translate(newline)
    assert form.buttons == ["connect", "cancel"]
    assert dict(parse_qsl(urlsplit(wish.back(error="x")).query, keep_blank_values=True)).get("state", "") == state


def test_a_code_is_good_once_for_five_minutes_and_for_the_address_it_was_sent_to(desk: Desk) -> None:
    invalid = {"error": "invalid_grant", "error_description": "Token invalid"}
    code = desk.press("connect")["code"]
    assert desk.trade(code).status_code == 200
    again = desk.trade(code)
    assert (again.status_code, again.json()) == (400, invalid)
    late = desk.press("connect")["code"]
    desk.twin.clock.advance(timedelta(minutes=5))
    assert desk.trade(late).json() == invalid
    elsewhere = desk.press("connect")["code"]
    assert desk.trade(elsewhere, "https://evil.example/").json() == invalid
    assert desk.trade(elsewhere).json() == invalid, "a code that was tried wrongly is spent"


def test_tokens_look_like_intuits(desk: Desk) -> None:
    made = desk.connect()
    assert re.fullmatch(r"eyJlbmMi[\w-]+\.\.[\w-]{22}\.[\w-]{896}\.[\w-]{22}", made["access_token"])
    assert re.fullmatch(r"AB11\d{10}\w{36}", made["refresh_token"])
    assert (made["token_type"], made["expires_in"], made["x_refresh_token_expires_in"]) == ("bearer", 3600, 8726400)
    assert made["x_refresh_token_hard_expires_in"] == 157680000
    assert "id_token" not in made


def test_every_refusal_of_the_token_endpoint(desk: Desk) -> None:
    made = desk.connect()
    mixed = {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"}
    assert desk.refresh(made["access_token"]).json() == mixed
    assert desk.trade(made["refresh_token"]).json() == mixed
    assert desk.refresh("AB11nothing").json() == {"error": "invalid_grant", "error_description": "Token invalid"}
    for form in ({}, {"grant_type": "password"}):
        answer = desk.token(**form)
        assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})
    stranger = desk.web.post("/oauth2/v1/tokens/bearer", data={"grant_type": "refresh_token"})
    assert (stranger.status_code, stranger.json()) == (401, {"error": "invalid_client"})
    assert stranger.headers["www-authenticate"] == 'Basic realm="Intuit"'
    broken = desk.web.post("/oauth2/v1/tokens/bearer", headers={"Authorization": "Basic %%%"})
    assert broken.status_code == 401


def test_a_connection_ends_after_a_hundred_days_of_rest_and_after_five_years_of_use(desk: Desk) -> None:
    value = desk.connect()["refresh_token"]
    rested = desk.connect()["refresh_token"]
    clock = desk.twin.clock
    clock.freeze()
    begun, told = clock(), 0
    while clock() - begun < HARD_LIFE - 99 * DAY:
        clock.advance(99 * DAY)
        answer = desk.refresh(value).json()
        assert answer["refresh_token"] != value
        value, told = answer["refresh_token"], answer["x_refresh_token_expires_in"]
        hard = answer["x_refresh_token_hard_expires_in"]
        assert told == min(8726400, hard)
        if clock() - begun < 100 * DAY:
            assert desk.refresh(rested).status_code == 200
            rested = desk.refresh(rested).json()["refresh_token"]
    assert desk.refresh(rested).status_code == 400
    assert told < 8726400, "near the end the five years are nearer than the hundred days"
    clock.advance(timedelta(seconds=told))
    assert desk.refresh(value).json()["error_description"] == "Token invalid"


def test_revoking_ends_access_and_refresh_of_that_connection_only(desk: Desk) -> None:
    for kind, send in (("refresh_token", "json"), ("access_token", "data")):
        made, other = desk.connect(), desk.connect()
        client: Any = (desk.given.client_id, desk.given.client_secret)
        body: dict[str, Any] = {send: {"token": made[kind]}}
        assert desk.web.post("/v2/oauth2/tokens/revoke", auth=client, **body).status_code == 200
        assert desk.asks(made["access_token"]).status_code == 401
        assert desk.refresh(made["refresh_token"]).status_code == 400
        assert desk.asks(other["access_token"]).status_code == 200
        again = desk.web.post("/v2/oauth2/tokens/revoke", auth=client, **body)
        assert (again.status_code, again.json()) == (400, {"error": "invalid_request"})
        stranger = desk.web.post("/v2/oauth2/tokens/revoke", json={"token": other[kind]})
        assert (stranger.status_code, stranger.json()) == (401, {"error": "invalid_client"})


def test_the_gateway_says_what_is_wrong_with_a_token(desk: Desk) -> None:
    made = desk.connect()
    desk.twin.clock.advance(timedelta(hours=1))
    seen = {}
    for name, access in (
        ("expired", made["access_token"]),
        ("unknown", "x" * 900),
        ("refresh", made["refresh_token"]),
        ("short", "x"),
        ("long", "x" * 5000),
    ):
        answer = desk.asks(access)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
        (error,) = answer.json()["fault"]["error"]
        assert (error["code"], error["element"]) == ("3200", None)
        seen[name] = error["detail"]
    assert seen["short"] == seen["long"] == "Malformed bearer token: too short or too long"
    for name in ("expired", "unknown", "refresh"):
        assert re.fullmatch(r"Token expired: AB0\d{10}\w{37}", seen[name])
    bare = desk.web.get(f"/v3/company/{desk.server.realm_id}/preferences").json()
    assert bare["fault"]["error"][0]["detail"].startswith("Malformed")
    only = desk.connect(scope="openid email")
    refused = desk.asks(only["access_token"])
    assert (refused.status_code, refused.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_the_identity_token_is_verified_by_intuits_own_client(desk: Desk) -> None:
    discovery = f"{desk.server.base_url}/.well-known/openid_sandbox_configuration"
    auth = AuthClient(desk.given.client_id, desk.given.client_secret, BACK, discovery)
    back = httpx.get(auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL], state_token="s"))
    code = dict(parse_qsl(urlsplit(back.headers["location"]).query))["code"]
    with pytest.warns(DeprecationWarning, match="utcnow"):
        auth.get_bearer_token(code, realm_id=desk.server.realm_id)
    assert auth.id_token is not None, "it keeps a token only when it could verify it"
    assert auth.get_user_info().json() == {
        "sub": "6f1c7b0a-5d0e-4a53-9a3b-0d8f0f9b7c11",
        "email": "owner@example.com",
        "emailVerified": True,
    }
    head, claims, _ = auth.id_token.split(".")
    forged = auth.id_token.replace(claims, claims[:-4] + "AAAA")
    assert head
    import jwt

    (key,) = jwt.PyJWKClient(auth.jwks_uri).get_signing_keys()
    told = jwt.decode(
        auth.id_token, key.key, algorithms=["RS256"], audience=desk.given.client_id, issuer=auth.issuer_uri
    )
    assert told["realmid"] == desk.server.realm_id
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(forged, key.key, algorithms=["RS256"], audience=desk.given.client_id)
    plain = desk.connect()
    headers = {"Authorization": f"Bearer {plain['access_token']}"}
    assert desk.web.get("/v1/openid_connect/userinfo", headers=headers).status_code == 403
    assert desk.web.get("/v1/openid_connect/userinfo").status_code == 401


def test_a_server_that_was_stopped_knows_its_tokens_and_key_again(tmp_path: Path) -> None:
    file = tmp_path / "company.sqlite"
    twin = Twin(file)
    with serve(twin) as server, Desk(server) as desk:
        made = desk.connect(scope=f"{ACCOUNTING} openid")
        gone = desk.connect()
        client = (desk.given.client_id, desk.given.client_secret)
        desk.web.post("/v2/oauth2/tokens/revoke", auth=client, json={"token": gone["refresh_token"]})
        keys = desk.web.get("/op/v1/jwks").json()
        code = desk.press("connect")["code"]
        before = desk.given
    twin.close()
    with serve(Twin(file)) as server, Desk(server) as desk:
        assert (desk.given.client_id, desk.given.client_secret) == (before.client_id, before.client_secret)
        assert desk.given.refresh_token == before.refresh_token
        for access in (before.access_token, desk.given.access_token, made["access_token"]):
            assert desk.asks(access).status_code == 200
        assert desk.asks(gone["access_token"]).status_code == 401
        assert desk.refresh(gone["refresh_token"]).status_code == 400
        assert desk.refresh(made["refresh_token"]).status_code == 200
        assert desk.trade(code).status_code == 200
        assert desk.web.get("/op/v1/jwks").json() == keys
        desk.twin.clock.advance(timedelta(days=200))
    with serve(Twin(file)) as server, Desk(server) as desk:
        assert desk.refresh(desk.given.refresh_token).status_code == 200, "a dead connection is made anew at the start"
        assert desk.given.refresh_token != before.refresh_token


class Shelf:
    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def kept(self, name: str) -> Any:
        return json.loads(self.rows[name]) if name in self.rows else None

    def keep(self, name: str, value: Any) -> None:
        self.rows[name] = json.dumps(value)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["newest", "lost", "restart"])), max_size=25))
def test_who_always_keeps_the_newest_token_is_never_locked_out(steps: list[tuple[int, str]]) -> None:
    """Whatever the pauses (each under 100 days), and also when an answer is lost or the server starts again."""
    from akika_forensics.twin.clock import VirtualClock

    clock, shelf = VirtualClock(), Shelf()
    clock.freeze()
    authority = Authority(clock, shelf)
    given = authority.credentials
    form = {"grant_type": "refresh_token", "client_id": given.client_id, "client_secret": given.client_secret}
    newest, older, first_use = given.refresh_token, given.refresh_token, clock()
    for hours, step in steps:
        clock.advance(timedelta(hours=hours))
        if step == "restart":
            authority = Authority(clock, shelf)
            assert authority.refuses(f"Bearer {authority.credentials.access_token}") is None
            continue
        lost = step == "lost" and (first_use is None or clock() - first_use < DAY)
        answer, _ = authority.token("", form | {"refresh_token": older if lost else newest})
        if not lost and first_use is None:
            first_use = clock()
        if answer["refresh_token"] != newest:
            assert not lost, "the lost answer's token is told again"
            newest, older, first_use = answer["refresh_token"], newest, None
        assert authority.refuses(f"Bearer {answer['access_token']}") is None
        assert 0 < answer["x_refresh_token_expires_in"] <= 8726400
    with pytest.raises(OAuthError):
        authority.token("", form | {"refresh_token": "AB11"})
