"""The first hour in a browser: worked down by keyboard alone, sound for who listens, and whole on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from browsing import violations

from akika_forensics.case.first_hour import NOT_TO_DO, STEPS
from akika_forensics.model.instants import now
from akika_forensics.settings import Secret
from akika_widgets.workbench.serving import AppServer, serve_app
from akika_widgets.workbench.sign_in import TokenSignIn

from .journey_scene import Scene, damaged
from .test_journey import at, begin, enter, go, tab_to

pytestmark = pytest.mark.browser

WHAT = "invoices are gone"
MARKUP = "<img src=x onerror=alert(1)>"
HOSTILE = f"{MARKUP}\u202egone"
A4 = {"width": 794, "height": 1123}


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path, incident="", snapshots=1) as made:
        yield made


@pytest.fixture
def app(scene: Scene) -> Iterator[AppServer]:
    with serve_app(scene.shared, sign_in=TokenSignIn("anna", Secret("the-token-of-this-test"))) as server:
        yield server


def row(scene: Scene, name: str) -> Any:
    return next(one for one in scene.case.first_hour().standing().rows if one.step.name == name)


def test_the_list_is_begun_and_worked_down_by_keyboard_alone(page: Any, scene: Scene, app: AppServer) -> None:
    begin(page, app)
    enter(page, "First hour")
    at(page, "first_hour")
    tab_to(page, "When it began")
    page.keyboard.type(f"{now() - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}")
    page.keyboard.press("Tab")
    page.keyboard.type(WHAT)
    page.keyboard.press("Enter")
    page.get_by_text(WHAT).first.wait_for()
    assert scene.case.first_hour().standing().what == WHAT
    assert not violations(page)
    signed_out, payroll = (next(one for one in STEPS if one.name == name) for name in ("sign-out", "payroll"))
    enter(page, f"Done: {signed_out.title}")
    page.get_by_role("button", name=f"Open again: {signed_out.title}").wait_for()
    assert row(scene, "sign-out").state == "done"
    enter(page, f"Not needed: {payroll.title}")
    page.get_by_label("Why it is not needed here").wait_for()
    tab_to(page, "Why it is not needed here")
    page.keyboard.type("nobody is paid here")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("nobody is paid here").first.wait_for()
    assert (row(scene, "payroll").state, row(scene, "payroll").note) == ("not_needed", "nobody is paid here")
    assert not violations(page)


CLIPPED = """() => {
  const found = [];
  const look = (root) => root.querySelectorAll("*").forEach((one) => {
    if (one.shadowRoot) look(one.shadowRoot);
    const style = getComputedStyle(one);
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 1 && style.overflowX !== "visible") found.push(one.className);
    if (one.clientHeight && one.scrollHeight > one.clientHeight + 1 && style.overflowY !== "visible") found.push(one.className);
  });
  look(document);
  return found;
}"""


def test_on_paper_the_whole_list_is_there_and_nothing_to_press(page: Any, scene: Scene, app: AppServer) -> None:
    hour = scene.case.first_hour()
    hour.begin(now() - timedelta(hours=3), HOSTILE)
    hour.mark("payroll", "not_needed", HOSTILE)
    begin(page, app)
    go(page, "first_hour")
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    main = page.get_by_role("main")
    for step in STEPS:
        assert main.get_by_text(step.title).first.is_visible(), step.name
    for what, _why in NOT_TO_DO:
        assert main.get_by_text(what).first.is_visible(), what
    assert main.get_by_role("table", name="What expires when").is_visible()
    assert main.get_by_text(MARKUP).count() >= 2, "hostile words are words on paper too"
    assert page.locator("img[src=x]").count() == 0
    assert "\u202e" not in main.inner_text()
    pressed = [one.inner_text() for one in page.get_by_role("button").all() if one.is_visible()]
    assert pressed == []
    assert page.evaluate(CLIPPED) == []
    assert page.pdf(format="A4").startswith(b"%PDF")
