"""The page of a redirect address in a real browser: it shows one line, asks nobody anything, and runs nothing of the answer."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.endpoints import Endpoints
from akika_forensics.quickbooks.redirect_page import redirect_page
from akika_forensics.settings import Secret

BASE = "http://127.0.0.1:8080"
APP = App(BASE, Endpoints(f"{BASE}/connect/oauth2", f"{BASE}/t", ""), "client", Secret("client-secret"))


class Shelf:
    """A web server that has this page at every address, and notes what is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf.asked.append(self.path)
                body = redirect_page()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/akika/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_its_policy_names_its_own_script_and_style_and_nothing_else() -> None:
    text = redirect_page().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    for tag, part in (("script", "script-src"), ("style", "style-src")):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{part} 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")
    assert not re.search(r"https?://|\bsrc=|\bhref=", text), "it leads nowhere and loads nothing"


@pytest.mark.browser
def test_the_line_it_shows_is_taken(page: Any, shelf: Shelf) -> None:
    signing_in = SigningIn(APP, shelf.address)
    state = parse_qs(signing_in.address.partition("?")[2])["state"][0]
    told = urlencode({"code": "AB11732634567abcdef", "state": state, "realmId": "4620816365", "other": "x"})
    page.goto(f"{shelf.address}?{told}")
    line = page.get_by_label("Copy this line").input_value()
    answer = signing_in.answered(line)
    assert (answer.code.reveal(), answer.realm_id) == ("AB11732634567abcdef", "4620816365")
    assert "other" not in line
    assert page.url == shelf.address, "the code has gone from the address bar"
    assert page.evaluate("document.activeElement.id") == "line"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text(re.compile("Copied|Press")).wait_for()
    assert [asked.partition("?")[0] for asked in shelf.asked if "favicon" not in asked] == ["/akika/"]


@pytest.mark.browser
@pytest.mark.parametrize("hostile", ["<img src=x onerror=alert(1)>", '"><script>document.title="taken"</script>'])
def test_nothing_of_an_answer_runs(page: Any, shelf: Shelf, hostile: str) -> None:
    page.goto(f"{shelf.address}?{urlencode({'code': hostile, 'state': hostile, 'realmId': hostile})}")
    assert page.locator("img").count() == 0
    assert page.title() == "A line for Akika Forensics"
    assert parse_qs(page.get_by_label("Copy this line").input_value())["code"] == [hostile]


@pytest.mark.browser
def test_a_refusal_is_handed_on_too_and_nothing_is_shown_without_an_answer(page: Any, shelf: Shelf) -> None:
    page.goto(f"{shelf.address}?{urlencode({'error': 'access_denied', 'state': 's1'})}")
    assert page.get_by_label("Copy this line").input_value() == "state=s1&error=access_denied"
    page.get_by_text("did not grant the access").wait_for()
    page.goto(shelf.address)
    page.get_by_text("No answer of QuickBooks has come").wait_for()
    assert not page.get_by_label("Copy this line").is_visible()
