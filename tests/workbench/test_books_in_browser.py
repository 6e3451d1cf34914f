"""The books in a browser: by keyboard alone down to a digest and back, sound for who listens, and whole on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import violations

from akika_forensics.settings import Secret
from akika_widgets.workbench.serving import AppServer, serve_app
from akika_widgets.workbench.sign_in import TokenSignIn

from .journey_scene import Scene, damaged
from .test_journey import begin, go, press, tab_to

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)>"
A4 = {"width": 794, "height": 1123}
NARROW = {"width": 420, "height": 860}
FOCUSED = """() => { let one = document.activeElement; while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  return one ? (one.getAttribute('aria-label') || one.textContent || '') : ''; }"""


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path, incident="", snapshots=0) as made:
        account = json.loads(made.twin.dump()["Account", "35"])
        made.twin.update("Account", {**account, "Name": f"{MARKUP}\u202egone"})
        made.case.capture()
        yield made


@pytest.fixture
def app(scene: Scene) -> Iterator[AppServer]:
    with serve_app(scene.shared, sign_in=TokenSignIn("anna", Secret("the-token-of-this-test"))) as server:
        yield server


def focused(page: Any, words: str) -> None:
    page.wait_for_function(f"() => (({FOCUSED})() || '').includes({words!r})")


def test_down_to_a_digest_and_back_by_keyboard_alone(page: Any, app: AppServer) -> None:
    begin(page, app)
    go(page, "books")
    press(page, "Read the books of s1")
    page.get_by_role("button", name="Write as CSV").wait_for()
    page.get_by_role("img", name="Balance sheet by month").wait_for()
    assert not violations(page)
    tab_to(page, "What is it made of?")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=2, name="Balance sheet").wait_for()
    focused(page, "Balance sheet")
    page.get_by_role("table", name="Postings").locator("tr[data-row]").first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("SHA-256 as received").wait_for()
    assert not violations(page)
    tab_back = page.get_by_role("button", name="Back to the statement")
    tab_back.focus()
    page.keyboard.press("Enter")
    page.get_by_role("img", name="Balance sheet by month").wait_for()
    focused(page, "What is it made of?")
    page.get_by_label("Columns by").select_option("month")
    page.get_by_role("button", name="Sep 2026").or_(page.get_by_role("button", name="2026-09-30")).first.wait_for()
    page.locator(".ak-figure[tabindex='0']").first.focus()
    before = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) != before


def test_narrow_and_on_paper(page: Any, app: AppServer) -> None:
    begin(page, app)
    go(page, "books")
    press(page, "Read the books of s1")
    page.get_by_role("button", name="Write as CSV").wait_for()
    page.get_by_role("img", name="Tie-out to QuickBooks").wait_for()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page itself is not scrolled sideways"
    )
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    main = page.get_by_role("main")
    assert main.get_by_role("img", name="Balance sheet by month").is_visible()
    assert main.get_by_role("img", name="Tie-out to QuickBooks").is_visible()
    assert main.get_by_text("TOTAL LIABILITIES AND EQUITY").first.is_visible()
    assert main.get_by_text(MARKUP).first.is_visible(), "hostile words are words"
    assert page.locator("img[src=x]").count() == 0
    assert "\u202e" not in main.inner_text()
    assert not main.get_by_role("button", name="Write as CSV").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
