"""Sign-in at a provider: its settings, and the whole flow against one on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from akika_forensics.errors import WrongUse
from akika_widgets.workbench.oauth import OAuthSettings, OAuthSignIn
from akika_widgets.workbench.serving import AppServer

from .fake_provider import Provider, provider
from .serving_scene import Visits, client, served, shows_nothing

SECRET = "the-client-secret"
GOOD = """
provider = "generic"
key = "the-client-id"
secret_env = "AKIKA_TEST_OAUTH_SECRET"
redirect_uri = "http://127.0.0.1:{port}/sign-in"
allowed = ["anna@example.com"]

[extra]
TOKEN_URL = "{provider}/token"
AUTHORIZE_URL = "{provider}/authorize"
scope = ["openid", "email"]
prompt = "login"
"""


def settings_of(folder: Path, text: str = GOOD, **given: object) -> OAuthSettings:
    file = folder / "oauth.toml"
    file.write_text(text.format(**{"port": 8443, "provider": "https://provider.example", **given}))
    return OAuthSettings.read(file)


class Scene:
    def __init__(self) -> None:
        self.provider: Provider
        self.server: AppServer
        self.visits = Visits()


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("AKIKA_TEST_OAUTH_SECRET", SECRET)
    made = Scene()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with provider({"email": "Anna@example.com", "email_verified": True}) as made.provider:
        settings = settings_of(tmp_path, port=port, provider=made.provider.base_url)
        with served(OAuthSignIn(settings), tmp_path, build=made.visits, port=port) as made.server:
            yield made


def journey(person: httpx.Client) -> httpx.Response:
    return person.get("/", follow_redirects=True)


def test_whoever_is_allowed_gets_in(scene: Scene) -> None:
    with client(scene.server) as person:
        last = journey(person)
        assert last.status_code == 200
        assert [hop.status_code for hop in last.history] == [303, 302, 307]
        strict = [line for line in last.headers.get_list("Set-Cookie") if "akika-" in line]
        assert len(strict) == 1
        assert "SameSite=Strict" in strict[0]
        assert "HttpOnly" in strict[0]
        assert person.get("/").status_code == 200
    assert (scene.visits.users[-1].name, scene.visits.users[-1].how) == ("Anna@example.com", "generic")
    asked, traded = scene.provider.seen["authorize"], scene.provider.seen["token"]
    assert (asked["client_id"], asked["prompt"], asked["scope"]) == ("the-client-id", "login", "openid email")
    assert traded["client_secret"] == SECRET
    assert SECRET not in str(asked)


def test_no_token_of_the_provider_is_kept_in_the_browser(scene: Scene) -> None:
    with client(scene.server) as person:
        journey(person)
        assert all(name.startswith("akika-") for name in person.cookies)
        assert "the-access-token" not in str(dict(person.cookies))


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "mallory@example.com"},
        {"email": "anna@example.com", "email_verified": False},
        {"email": ""},
        {"sub": "1"},
        {"email": ["anna@example.com"]},
        {"email": "anna@example.com.evil.example"},
    ],
)
def test_whoever_is_not_allowed_stays_out(scene: Scene, claims: dict[str, Any]) -> None:
    scene.provider.claims = claims
    with client(scene.server) as person:
        last = journey(person)
        assert last.status_code in {401, 403, 500}
        assert shows_nothing(last)
        assert person.get("/").status_code == 303
    assert scene.visits.users == []


def test_a_person_whom_the_provider_refuses_stays_out(scene: Scene) -> None:
    scene.provider.refuses = True
    with client(scene.server) as person:
        last = journey(person)
        assert last.status_code == 401
        assert shows_nothing(last)
        assert "access_denied" not in last.text


@pytest.mark.parametrize("state", ["", "made-up", None])
def test_a_code_without_the_state_of_this_browser_opens_nothing(scene: Scene, state: str | None) -> None:
    scene.provider.codes.add("stolen")
    with client(scene.server) as victim:
        given = {"code": "stolen"} if state is None else {"code": "stolen", "state": state}
        answer = victim.get("/sign-in", params=given)
        assert answer.status_code == 401
        assert victim.get("/").status_code == 303
    assert "token" not in scene.provider.seen


def test_the_state_of_another_browser_opens_nothing(scene: Scene) -> None:
    with client(scene.server) as attacker, client(scene.server) as victim:
        away = attacker.get("/sign-in")
        state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
        scene.provider.codes.add("stolen")
        assert victim.get("/sign-in", params={"code": "stolen", "state": state}).status_code == 401
        assert victim.get("/").status_code == 303


def test_a_code_is_worth_nothing_twice(scene: Scene) -> None:
    with client(scene.server) as person:
        back = journey(person).url
        again = person.get(str(back))
        assert again.status_code == 401


def test_the_words_of_the_provider_are_not_on_our_page(scene: Scene) -> None:
    with client(scene.server) as person:
        answer = person.get("/sign-in", params={"error": "<script>x</script>", "error_description": "<b>bold</b>"})
        assert answer.status_code == 401
        assert "<script>" not in answer.text
        assert "bold" not in answer.text
        assert "http" not in answer.text.replace("http-equiv", "")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert settings.allowed == ["anna@example.com"]
    assert OAuthSignIn(settings).allows("ANNA@example.com")
    assert not OAuthSignIn(settings).allows("")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('key = "the-client-id"', ""),
        ('key = "the-client-id"', 'key = ""'),
        ('secret_env = "AKIKA_TEST_OAUTH_SECRET"', 'secret = "s3cr3t-value"'),
        ("[extra]", '[extra]\nclient_secret = "s3cr3t-value"'),
        ('allowed = ["anna@example.com"]', "allowed = []"),
        ('allowed = ["anna@example.com"]', 'allowed = [""]'),
        ('allowed = ["anna@example.com"]', ""),
        ("/sign-in", "/elsewhere"),
        ("http://127.0.0.1:{port}", "http://books.example"),
        ("{provider}/token", "http://provider.example/token"),
        ('provider = "generic"', 'provider = "generic"\nanything = 1'),
        ('provider = "generic"', "provider = generic"),
        ('key = "the-client-id"', "key = 7"),
    ],
)
def test_a_file_that_is_not_sound_is_refused(old: str, new: str, tmp_path: Path) -> None:
    assert old in GOOD
    with pytest.raises(WrongUse) as refused:
        settings_of(tmp_path, GOOD.replace(old, new))
    assert "s3cr3t-value" not in str(refused.value)


@pytest.mark.parametrize("name", ["pam", "password", "nobody", ""])
def test_a_provider_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, GOOD.replace('"generic"', f'"{name}"'))
    with pytest.raises(WrongUse), served(OAuthSignIn(settings), tmp_path):
        pass


def test_without_its_secret_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="AKIKA_TEST_OAUTH_SECRET"), served(OAuthSignIn(settings_of(tmp_path)), tmp_path):
        pass


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        OAuthSettings.read(tmp_path / "none.toml")
