"""Companies connected, connected anew and disconnected on the first page, against a company that signs people in as Intuit does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import violations

from akika_forensics.case.case import Case
from akika_forensics.case.connections.consent import ELSEWHERE, Wish
from akika_forensics.case.opening import init_vault
from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.vault import KdfCost
from akika_widgets.views.live import Event
from akika_widgets.workbench.app import Workbench
from akika_widgets.workbench.connecting import ConnectingView
from akika_widgets.workbench.desk import Desk
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.serving import serve_app
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.sign_in import TokenSignIn

PAGE = "https://books.example/akika/"


@pytest.fixture
def case(tmp_path: Path, state_dir: Path) -> Case:
    del state_dir
    return init_vault(tmp_path / "vault", Secret("agree, please"), recovery_sheet=None, cost=KdfCost.CHEAP)


@pytest.fixture
def server() -> Iterator[TwinServer]:
    with serve(Twin(company_name="Garden & <b>Sons")) as served:
        yield served


@pytest.fixture
def shared(case: Case, tmp_path: Path) -> Shared:
    return Shared(case, tmp_path / "plans")


@pytest.fixture
def view(shared: Shared) -> ConnectingView:
    return ConnectingView(Desk(shared, User("anna", "token")))


def filled(server: TwinServer, **changed: str) -> Event:
    known = server.credentials
    given = {
        "environment": ELSEWHERE,
        "address": server.base_url,
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "name": "",
        "redirect_uri": "",
    }
    return Event("begin", "", given | changed)


def address(view: ConnectingView) -> str:
    consent = view._consent()
    assert consent is not None
    assert str(consent.address).replace("&", "&amp;") in view.render()
    return consent.address


def ended(view: ConnectingView, kind: str = "connect") -> str:
    job = view.desk.job(kind)
    assert job is not None
    assert job.wait(60)
    return job.snapshot().text()


def connected(view: ConnectingView, server: TwinServer, **changed: str) -> str:
    assert view.dispatch(filled(server, **changed)), view.notice
    httpx.get(address(view), follow_redirects=True, trust_env=False)
    return ended(view)


def test_the_browser_brings_the_answer(view: ConnectingView, server: TwinServer) -> None:
    assert "Connect a company" in view.render()
    assert "done" in connected(view, server)
    drawn = view.render()
    assert "Garden &amp; &lt;b&gt;Sons" in drawn
    assert "connected" in drawn
    assert "Connect another company" in drawn
    with view.desk.case.companies.reader(view.desk.case.company_name) as reader:
        assert reader.company()[0].name == "Garden & <b>Sons"


def test_a_line_is_pasted(view: ConnectingView, server: TwinServer) -> None:
    assert view.dispatch(filled(server, redirect_uri=PAGE, name="garden"))
    back = str(httpx.get(address(view), trust_env=False).headers["location"])
    assert view.dispatch(Event("paste", "", {"line": back.replace("state=", "state=x")})) is False
    assert "another sign-in" in view.notice
    assert view.dispatch(Event("paste", "", {"line": back.partition("?")[2]})), view.notice
    ended(view)
    assert view.desk.case.companies.names() == ("garden",)


def test_a_pasted_address_does_where_the_browser_is_elsewhere(view: ConnectingView, server: TwinServer) -> None:
    assert view.dispatch(filled(server))
    back = str(httpx.get(address(view), trust_env=False).headers["location"])
    assert view.dispatch(Event("paste", "", {"line": back}))
    assert "done" in ended(view)
    with pytest.raises(httpx.ConnectError):
        httpx.get(back, trust_env=False)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": ""}, "client id of the app is missing"),
        ({"client_secret": ""}, "client secret of the app is missing"),
        ({"address": ""}, "address of the company&#x27;s server was not given"),
        ({"address": "http://books.example"}, "not encrypted"),
        ({"address": "http://127.0.0.1:9"}, "sign-in"),
        ({"environment": "elsewhere too"}, "no such environment"),
        ({"environment": "production"}, "registered https address only"),
        ({"redirect_uri": "http://books.example/back"}, "not encrypted"),
        ({"name": "n" * 201}, "too long"),
    ],
)
def test_what_cannot_be_begun_is_said_and_kept_to_be_mended(
    view: ConnectingView, server: TwinServer, changed: dict[str, str], words: str
) -> None:
    event = filled(server, **changed)
    assert not view.dispatch(event)
    drawn = view.render()
    assert words in drawn
    assert view.desk.job("connect") is None
    if event.fields["client_id"]:
        assert event.fields["client_id"] in drawn, "what was typed is still there"
    assert server.credentials.client_secret not in drawn


def test_a_wrong_secret_and_a_refusal_are_said(view: ConnectingView, server: TwinServer) -> None:
    said = connected(view, server, client_secret="not-the-secret")
    assert "failed" in said
    assert "secret" in said
    assert view.dispatch(filled(server))
    state = dict(httpx.URL(address(view)).params)["state"]
    assert view.dispatch(Event("paste", "", {"line": f"error=access_denied&state={state}"}))
    assert "The connection was declined." in ended(view)
    assert view.desk.case.companies.names() == ()


def is_door(back: str) -> bool:
    """Whether what waits for the browser answers there; a port that was left may be somebody else's a moment later."""
    try:
        answer = httpx.get(httpx.URL(back).copy_with(path="/elsewhere"), trust_env=False, timeout=5)
    except httpx.HTTPError:
        return False
    return " · Akika Forensics</title>" in answer.text and "<body><main><h1>" in answer.text


def test_a_stop_closes_the_door(view: ConnectingView, server: TwinServer) -> None:
    assert view.dispatch(filled(server))
    back = dict(httpx.URL(address(view)).params)["redirect_uri"]
    job = view.desk.job("connect")
    assert job is not None
    assert not view.dispatch(filled(server)), "one at a time"
    assert is_door(back)
    job.cancel()
    assert "stopped" in ended(view)
    assert not view.dispatch(Event("paste", "", {"line": "code=12345678"}))
    assert not is_door(back)
    assert "Connect a company" in view.render()


def test_disconnected_by_a_second_press_and_connected_anew_by_the_same_app(
    view: ConnectingView, server: TwinServer
) -> None:
    connected(view, server, name="garden")
    assert view.dispatch(Event("end", "garden"))
    assert view.desk.case.companies.standing("garden").capture.state == "connected"
    assert "snapshots stay" in view.render()
    assert view.dispatch(Event("leave"))
    assert view.dispatch(Event("end", "garden"))
    assert view.dispatch(Event("disconnect", "garden"))
    assert "done" in ended(view, "disconnect")
    assert view.desk.case.companies.standing("garden").capture.state == "not connected"
    assert view.dispatch(Event("again", "garden"))
    drawn = view.render()
    assert "Connect garden anew" in drawn
    assert server.credentials.client_id in drawn
    assert "Environment" not in drawn, "it stays where it is"
    assert not view.dispatch(Event("begin", "garden"))
    assert "secret of the app is missing" in view.notice, "it was forgotten when the company was disconnected"
    assert view.dispatch(Event("begin", "garden", {"anew_client_secret": server.credentials.client_secret}))
    httpx.get(address(view), follow_redirects=True, trust_env=False)
    assert "done" in ended(view)
    assert view.desk.case.companies.standing("garden").capture.state == "connected"
    assert view.dispatch(Event("again", "garden"))
    assert view.dispatch(Event("begin", "garden")), view.notice
    httpx.get(address(view), follow_redirects=True, trust_env=False)
    assert "done" in ended(view), "the app that the vault has needs no secret"
    assert not view.dispatch(Event("end", "another"))


def test_a_second_company_does_not_take_the_place_of_the_first(
    view: ConnectingView, server: TwinServer, shared: Shared
) -> None:
    connected(view, server, name="garden")
    with serve(Twin(company_name="Wood")) as other:
        connected(view, other)
    assert set(view.desk.case.companies.names()) == {"garden", "Wood"}
    bench = Workbench(shared, User("ben", "token"))
    assert bench.desk.case.company_name == "garden"
    assert "Take a first snapshot" in bench.stage.render()


def test_an_empty_vault_opens_on_the_form(shared: Shared) -> None:
    bench = Workbench(shared, User("ben", "token"))
    drawn = "".join(str(one.render()) for one in bench.views())
    assert "Connect the company" in drawn
    assert "wb-trouble" not in drawn.partition("</style>")[2].rpartition("</style>")[2]
    assert 'type="password"' in drawn


def test_the_secret_is_in_no_words_of_a_wish(server: TwinServer) -> None:
    secret = server.credentials.client_secret
    wish = Wish("sandbox", "id", Secret(secret))
    assert secret not in repr(wish)
    with pytest.raises(WrongUse) as found:
        _ = Wish(ELSEWHERE, "id", Secret(secret)).base_url
    assert secret not in str(found.value)


class Everything(logging.Handler):
    """Every line that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.mark.browser
def test_in_a_browser_by_keyboard(shared: Shared, server: TwinServer, page: Any) -> None:
    heard, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    known = server.credentials
    try:
        with serve_app(shared, sign_in=TokenSignIn("anna")) as app:
            page.set_default_timeout(60_000)
            page.emulate_media(reduced_motion="reduce")
            page.goto(app.url)
            page.get_by_role("heading", name="Connect a company").wait_for()
            assert violations(page) == []
            page.get_by_label("Environment").select_option(ELSEWHERE)
            page.get_by_label("Address of the server").fill(server.base_url)
            page.get_by_label("Client id of the app").fill(known.client_id)
            page.get_by_label("Client secret of the app").fill(known.client_secret)
            page.keyboard.press("Enter")
            link = page.get_by_role("link", name="Sign in with QuickBooks")
            link.wait_for()
            page.get_by_role("heading", name="Connecting a company").wait_for()
            assert known.client_secret not in page.content()
            # Pressed on the link itself, wherever the focus was put meanwhile.
            with page.context.expect_page() as opened:
                link.press("Enter")
            opened.value.get_by_role("button", name="Connect").click()
            opened.value.get_by_text("You can close this window").wait_for()
            page.get_by_role("button", name="Disconnect").wait_for()
            page.get_by_role("button", name="Take a snapshot now").wait_for()
            assert violations(page) == []
            page.emulate_media(media="print")
            assert not page.get_by_role("button", name="Disconnect").is_visible()
            assert page.get_by_text("Connections of this vault").is_visible()
    finally:
        root.removeHandler(heard)
        root.setLevel(level)
    assert heard.lines
    assert not [line for line in heard.lines if known.client_secret in line]
