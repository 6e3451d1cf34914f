"""The served app from the outside: without a sign-in there is nothing, whatever one asks for."""

from __future__ import annotations

import base64
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_widgets.workbench.gate import SIGN_IN
from akika_widgets.workbench.serving import AppServer, Tls, is_loopback, require_safe
from akika_widgets.workbench.sign_in import PasswordSignIn, TokenSignIn
from akika_widgets.workbench.users import Users

from .serving_scene import Visits, base_of, client, served, shows_nothing

TOKEN = "the-token-of-this-test"
ROUTES = [
    "/",
    "/?bokeh-session-id=x",
    "/ws",
    "/metadata",
    "/autoload.js?bokeh-autoload-element=1",
    "/session_info",
    "/liveness",
    "/rest/session_info",
    "/components/panel/x.js",
    "/panel_dist/",
    "/admin",
    "/login",
    "/logout",
    "/sign-out",
    "/static/../",
    "/static/%2e%2e/ws",
    "//",
    "/no-such-page",
    "/index.html",
]


@pytest.fixture(scope="module")
def visits() -> Visits:
    return Visits()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, visits: Visits) -> Iterator[AppServer]:
    with served(TokenSignIn("anna", Secret(TOKEN)), tmp_path_factory.mktemp("app"), build=visits) as server:
        yield server


def sign_in(person: httpx.Client, server: AppServer) -> httpx.Response:
    return person.get(server.url, follow_redirects=True)


def handshake(server: AppServer, cookies: dict[str, str], origin: str | None) -> str:
    """Ask for the websocket; the first line of the answer."""
    with connected(server, cookies, origin, "made.up") as line:
        return line.recv(4096).decode("latin-1").split("\r\n", 1)[0]


@contextmanager
def connected(server: AppServer, cookies: dict[str, str], origin: str | None, token: str) -> Iterator[socket.socket]:
    """A line on which the websocket was asked for."""
    parts = urlsplit(base_of(server))
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: bokeh, {token}",
        *([f"Origin: {origin}"] if origin else []),
        *([f"Cookie: {'; '.join(f'{k}={v}' for k, v in cookies.items())}"] if cookies else []),
    ]
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as line:
        line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        yield line


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_without_a_sign_in_there_is_nothing(app: AppServer, visits: Visits, method: str, path: str) -> None:
    before = len(visits.users)
    with client(app) as stranger:
        answer = stranger.request(method, path)
    assert answer.status_code in {303, 403}, answer.text
    assert answer.headers.get("Location", SIGN_IN) == SIGN_IN
    assert shows_nothing(answer)
    assert "Set-Cookie" not in answer.headers
    assert len(visits.users) == before


def test_the_printed_address_opens_the_app(app: AppServer, visits: Visits) -> None:
    with client(app) as person:
        first = sign_in(person, app)
        assert first.status_code == 200
        assert TOKEN not in first.text
        cookie = first.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        page = person.get("/")
        assert page.status_code == 200
        assert "bokeh" in page.text.lower()
        assert visits.users[-1].name == "anna"
        assert visits.users[-1].how == "token"
        # Whoever reads the page, such as a script in it, learns nothing that would sign somebody in.
        held = next(iter(person.cookies.values()))
        tokens = re.findall(r'"token":"([^"]+)"', page.text)
        assert tokens
        for token in tokens:
            payload = base64.urlsafe_b64decode(token.split(".")[0] + "===")
            assert held.encode() not in payload
            assert TOKEN.encode() not in payload
        assert held not in page.text


@pytest.mark.parametrize(
    "query", ["", "?token=", "?token=wrong", f"?token={TOKEN}x", "?token=%F0%9F%98%80", "?Token=" + TOKEN]
)
def test_a_wrong_token_opens_nothing(app: AppServer, visits: Visits, query: str) -> None:
    before = len(visits.users)
    with client(app) as stranger:
        answer = stranger.get(f"/{query}", follow_redirects=True)
        assert answer.status_code == 403
        assert shows_nothing(answer)
        assert not stranger.cookies
    assert len(visits.users) == before


@pytest.mark.parametrize("value", ["", "x", "2|1:0|10:1|5:x|4:eA==|0000", "a" * 5000])
def test_a_cookie_that_was_made_up_opens_nothing(app: AppServer, value: str) -> None:
    with client(app) as person:
        sign_in(person, app)
        name = next(iter(person.cookies))
    with client(app, cookies={name: value}) as stranger:
        assert stranger.get("/metadata").status_code == 403


def test_signing_out_ends_it_here_and_there(app: AppServer) -> None:
    with client(app) as person:
        sign_in(person, app)
        held = dict(person.cookies)
        assert person.get("/sign-out").status_code == 200
        assert person.get("/").status_code == 200
        assert person.post("/sign-out").status_code == 200
        assert person.get("/").status_code == 303
    with client(app, cookies=held) as thief:
        assert thief.get("/").status_code == 303


def test_static_files_are_open_and_only_they(app: AppServer) -> None:
    with client(app) as stranger:
        answer = stranger.get("/static/js/bokeh.min.js")
        assert answer.status_code == 200
        assert stranger.get("/static/js/no-such-file.js").status_code == 404


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://localhost", "file://", "http://["]
)
def test_another_site_gets_no_websocket_and_no_page(app: AppServer, origin: str) -> None:
    with client(app) as person:
        sign_in(person, app)
        cookies = dict(person.cookies)
        assert " 403 " in handshake(app, cookies, origin)
        answer = person.get("/autoload.js?bokeh-autoload-element=1", headers={"Origin": origin})
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_websocket_needs_a_sign_in(app: AppServer) -> None:
    home = base_of(app)
    assert " 403 " in handshake(app, {}, home)
    assert " 403 " in handshake(app, {}, None)
    with client(app) as person:
        sign_in(person, app)
        assert " 101 " in handshake(app, dict(person.cookies), home)


def test_a_websocket_ends_with_its_sign_in(app: AppServer) -> None:
    with client(app) as person:
        sign_in(person, app)
        token = re.findall(r'"token":"([^"]+)"', person.get("/").text)[0]
        with connected(app, dict(person.cookies), base_of(app), token) as line:
            heard = b""
            while b"ACK" not in heard:
                more = line.recv(4096)
                assert more, heard
                heard += more
            person.post("/sign-out")
            while line.recv(4096):
                pass  # whatever is still said; the test ends when the line does


def test_a_token_of_a_session_is_worth_nothing_without_the_cookie(app: AppServer) -> None:
    with client(app) as person:
        sign_in(person, app)
        token = re.findall(r'"token":"([^"]+)"', person.get("/").text)[0]
    with connected(app, {}, base_of(app), token) as line:
        assert b" 403 " in line.recv(4096)
    with client(app) as stranger:
        assert stranger.get("/", params={"bokeh-token": token}).status_code == 303


def test_a_session_token_that_was_made_up_opens_nothing(app: AppServer, visits: Visits) -> None:
    with client(app) as person:
        sign_in(person, app)
        token = re.findall(r'"token":"([^"]+)"', person.get("/").text)[0]
        before = len(visits.users)
        payload, _, signature = token.partition(".")
        assert signature, "sessions are signed"
        forged = f"{payload[:-2]}AA.{signature}"
        assert person.get("/", params={"bokeh-token": forged}).status_code >= 400
        assert person.get("/", params={"bokeh-session-id": "made-up"}).status_code >= 400
        assert len(visits.users) == before


def test_a_name_that_was_made_to_lead_here_gets_nothing(app: AppServer) -> None:
    port = urlsplit(app.url).port
    with client(app) as person:
        sign_in(person, app)
        for host in (f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{(port or 0) + 1}"):
            assert person.get("/", headers={"Host": host}).status_code == 403
        assert person.get("/", headers={"Host": f"localhost:{port}"}).status_code == 200


class Addresses(HTMLParser):
    """Every address a page asks for by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"src", "href", "action"} and value]


def test_no_page_asks_another_host(app: AppServer) -> None:
    with client(app) as person:
        pages = [person.get(path, follow_redirects=True) for path in ("/", "/sign-out", SIGN_IN)]
        sign_in(person, app)
        pages += [person.get("/"), person.get("/sign-out")]
    for answer in pages:
        asked = Addresses()
        asked.feed(answer.text)
        for address in asked.found:
            assert not urlsplit(address).netloc or address.startswith(base_of(app)), address
        policy = answer.headers["Content-Security-Policy"]
        assert "http" not in policy
        assert "*" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"


def test_two_apps_beside_each_other_do_not_share_their_sign_in(app: AppServer, tmp_path: Path) -> None:
    with served(TokenSignIn("berta"), tmp_path) as other, client(app) as person:
        sign_in(person, app)
        cookies = dict(person.cookies)
        with client(other, cookies=cookies) as stranger:
            assert stranger.get("/").status_code == 303


def test_a_port_that_is_taken_is_said(app: AppServer, tmp_path: Path) -> None:
    with (
        pytest.raises(WrongUse, match="cannot listen"),
        served(TokenSignIn("x"), tmp_path, port=urlsplit(app.url).port or 0),
    ):
        pass


def test_stopped_it_answers_no_more(tmp_path: Path) -> None:
    with served(TokenSignIn("x"), tmp_path) as server:
        assert not server.wait(0)
    assert server.wait(0)
    with pytest.raises(httpx.ConnectError), client(server) as person:
        person.get("/")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "books.example", "", "127.0.0.1.evil.example"])
def test_others_reach_it_only_with_names_and_tls(address: str, tmp_path: Path) -> None:
    people = PasswordSignIn(Users(tmp_path / "users"))
    tls = Tls(tmp_path / "cert.pem", tmp_path / "key.pem")
    assert not is_loopback(address)
    for way, cover in ((TokenSignIn("x"), None), (TokenSignIn("x"), tls), (people, None)):
        with pytest.raises(WrongUse):
            require_safe(address, way, cover)
    require_safe(address, people, tls)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_needs_neither(address: str) -> None:
    require_safe(address, TokenSignIn("x"), None)


def test_a_certificate_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("no pem")
    for tls in (Tls(tmp_path / "cert.pem", tmp_path / "key.pem"), Tls(tmp_path / "none", tmp_path / "none")):
        with pytest.raises(WrongUse):
            tls.context()


def certificate(folder: Path) -> Tls:
    """A certificate for 127.0.0.1 that nobody but this test trusts."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private: Any = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return Tls(folder / "cert.pem", folder / "key.pem")


def test_over_tls_the_cookie_goes_no_other_way(tmp_path: Path) -> None:
    import ssl

    tls = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tls.certificate))
    with served(TokenSignIn("anna", Secret(TOKEN)), tmp_path, tls=tls) as server:
        assert server.url.startswith("https://127.0.0.1:")
        with client(server, verify=trusting) as person:
            cookie = sign_in(person, server).headers["Set-Cookie"]
            assert cookie.startswith("__Host-")
            assert "Secure" in cookie
            assert person.get("/").status_code == 200
