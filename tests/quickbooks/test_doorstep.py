"""The listener that a browser comes back to: this machine alone, one answer, and nothing of it in any log."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from akika_forensics.errors import Interrupted, SignInFailed, WrongUse
from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.doorstep import Doorstep
from akika_forensics.quickbooks.endpoints import Endpoints
from akika_forensics.settings import Secret

BASE = "http://127.0.0.1:8080"
APP = App(BASE, Endpoints(f"{BASE}/connect/oauth2", f"{BASE}/t", ""), "client", Secret("client-secret"))
CODE = "AB11CANARYcanary"


class Visit:
    """A doorstep with somebody who waits at it."""

    def __init__(self, doorstep: Doorstep, clock: Any = None) -> None:
        self.doorstep = doorstep
        self.signing_in = SigningIn(APP, doorstep.redirect_uri, clock)
        self.outcome: Any = None
        self.stop = False
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        try:
            self.outcome = self.doorstep.wait(self.signing_in, lambda: self.stop)
        except Exception as error:  # noqa: BLE001 -- it is what the test looks at
            self.outcome = error

    def query(self, **other: str) -> str:
        state = dict(parse_qsl(urlsplit(self.signing_in.address).query))["state"]
        return urlencode({"code": CODE, "state": state, "realmId": "4620816365", **other})

    def come(self, **other: str) -> httpx.Response:
        return httpx.get(f"{self.doorstep.redirect_uri}?{self.query(**other)}")

    def end(self) -> Any:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.outcome


@pytest.fixture
def doorstep() -> Iterator[Doorstep]:
    with Doorstep() as made:
        yield made


def test_the_answer_comes_in_and_the_page_says_so(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    page = visit.come()
    answer = visit.end()
    assert (answer.code.reveal(), answer.realm_id) == (CODE, "4620816365")
    assert page.status_code == 200
    assert "You can close this window." in page.text
    assert CODE not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "server" not in page.headers
    assert "<script" not in page.text


def test_an_answer_that_comes_before_anybody_waits_is_kept_for_them(doorstep: Doorstep) -> None:
    early = SigningIn(APP, doorstep.redirect_uri)
    doorstep.expect(early)
    state = dict(parse_qsl(urlsplit(early.address).query))["state"]
    query = urlencode({"code": CODE, "state": state, "realmId": "4620816365"})
    assert httpx.get(f"{doorstep.redirect_uri}?{query}").status_code == 200
    assert doorstep.wait(early).code.reveal() == CODE


def test_it_listens_on_this_machine_alone(doorstep: Doorstep) -> None:
    assert {server.server_address[0] for server in doorstep._servers} <= {"127.0.0.1", "::1"}


def test_localhost_is_taken_in_both_of_its_forms() -> None:
    with Doorstep(name="localhost") as doorstep:
        assert doorstep.redirect_uri == f"http://localhost:{doorstep.port}/connected"
        visit = Visit(doorstep)
        assert visit.come().status_code == 200
        assert visit.end().realm_id == "4620816365"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/favicon.ico", 404),
        ("GET", "/connected/../connected", 404),
        ("GET", "/connected", 400),
        ("GET", "/connected?", 400),
        ("GET", "/connected?code=x&realmId=1&state=wrong", 400),
        ("GET", "/connected?code=x&code=y", 400),
        ("GET", "//evil.example/connected?code=x", 404),
        ("POST", "/connected", 405),
        ("PUT", "/connected", 405),
        ("OPTIONS", "/connected", 405),
        ("HEAD", "/connected", 405),
    ],
)
def test_whatever_else_comes_is_answered_plainly_and_changes_nothing(
    doorstep: Doorstep, method: str, path: str, status: int
) -> None:
    visit = Visit(doorstep)
    with socket.create_connection(("127.0.0.1", doorstep.port), timeout=5) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{doorstep.port}\r\n\r\n".encode())
        said = b""
        while more := line.recv(65536):
            said += more
    assert said.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"evil.example" not in said
    assert visit.come().status_code == 200
    assert visit.end().realm_id == "4620816365"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", ""])
def test_another_name_for_this_machine_is_refused(doorstep: Doorstep, host: str) -> None:
    """So that a page elsewhere, whose name is made to mean this machine, learns nothing."""
    visit = Visit(doorstep)
    found = httpx.get(f"{doorstep.redirect_uri}?{visit.query()}", headers={"Host": host})
    assert found.status_code == 421
    assert visit.come().status_code == 200


def test_the_answer_of_another_sign_in_is_not_accepted_and_the_right_one_is(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    page = visit.come(state="of another")
    assert page.status_code == 400
    assert "another sign-in" in page.text
    assert visit.come().status_code == 200
    assert visit.come().status_code == 400, "it counts once"
    assert visit.end().realm_id == "4620816365"


def test_before_anybody_waits_nothing_is_accepted(doorstep: Doorstep) -> None:
    assert httpx.get(f"{doorstep.redirect_uri}?code=a&state=b&realmId=1").status_code == 400


def test_who_declines_is_told_and_so_is_who_waits(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    page = visit.come(code="", realmId="", error="access_denied")
    assert "declined" in page.text
    assert isinstance(visit.end(), SignInFailed)


def test_a_browser_that_only_knocks_holds_nobody_up(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    knocks = [socket.create_connection(("127.0.0.1", doorstep.port)) for _ in range(8)]
    knocks[0].sendall(b"GET /connec")
    assert visit.come().status_code == 200
    assert visit.end().realm_id == "4620816365"
    for knock in knocks:
        knock.close()


def test_rubbish_is_survived(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    for rubbish in (
        b"\x16\x03\x01\x00\xa5",
        b"GET\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", doorstep.port), timeout=5) as line:
            line.sendall(rubbish)
            line.shutdown(socket.SHUT_WR)
    assert visit.come().status_code == 200
    assert visit.end().realm_id == "4620816365"


def test_nothing_of_an_answer_is_logged_or_printed(
    doorstep: Doorstep, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        visit = Visit(doorstep)
        asked = f"{doorstep.redirect_uri}?{visit.query()}"
        with socket.create_connection(("127.0.0.1", doorstep.port), timeout=5) as line:
            line.sendall(f"GET {asked.partition(str(doorstep.port))[2]} HTTP/1.1\r\n".encode())
            line.sendall(f"Host: 127.0.0.1:{doorstep.port}\r\n\r\n".encode())
            while line.recv(65536):
                pass
        visit.end()
    out, err = capfd.readouterr()
    assert CODE not in caplog.text + out + err


def test_it_waits_ten_minutes_and_no_longer(doorstep: Doorstep, fake: Any) -> None:
    clock = fake.FakeClock()
    visit = Visit(doorstep, clock)
    clock.seconds = 601
    assert "ten minutes" in str(visit.end())


def test_it_can_be_stopped(doorstep: Doorstep) -> None:
    visit = Visit(doorstep)
    visit.stop = True
    assert isinstance(visit.end(), Interrupted)


def test_where_half_of_localhost_is_taken_the_other_half_is_let_go() -> None:
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::1", 0))
        except OSError:
            pytest.skip("there is no IPv6 here")
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(WrongUse, match="is taken") as _kept:
            Doorstep(port=port, name="localhost")
        with socket.socket() as free:
            free.bind(("127.0.0.1", port))


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(WrongUse, match="is taken"):
            Doorstep(port=other.getsockname()[1])


def test_an_address_of_the_firms_own_may_lead_here() -> None:
    with Doorstep(redirect_uri="https://books.example/akika/back") as doorstep:
        assert doorstep.redirect_uri == "https://books.example/akika/back"
        visit = Visit(doorstep)
        there = f"http://127.0.0.1:{doorstep.port}/akika/back?{visit.query()}"
        assert httpx.get(there, headers={"Host": "books.example"}).status_code == 200
        assert visit.end().realm_id == "4620816365"
