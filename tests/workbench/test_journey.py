"""The whole journey in a browser: by mouse, by keyboard alone, with tabs that are closed, and with controls that were tampered with."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import violations

from akika_forensics.settings import Secret
from akika_widgets.workbench.serving import AppServer, serve_app
from akika_widgets.workbench.sign_in import TokenSignIn
from akika_widgets.workbench.stages.stage import TITLES

from .journey_scene import OWN_PASSPHRASE, SIGNER, Bench, Scene, damaged

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path) as made:
        yield made


@pytest.fixture
def app(scene: Scene) -> Iterator[AppServer]:
    with serve_app(scene.shared, sign_in=TokenSignIn("anna", Secret("the-token-of-this-test"))) as server:
        yield server


@pytest.fixture
def bench(scene: Scene) -> Bench:
    """A session of the same person without a browser: to get somewhere quickly, and to look."""
    return scene.bench()


class Everything(logging.Handler):
    """Every line that anything logs, at whatever level it could be asked for."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def everything_logged() -> Iterator[Everything]:
    heard = Everything()
    listened = [logging.getLogger(name) for name in ("", "panel", "bokeh", "tornado", "asyncio")]
    levels = [logger.level for logger in listened]
    for logger in listened:
        logger.addHandler(heard)
        logger.setLevel(logging.DEBUG)
    yield heard
    for logger, level in zip(listened, levels, strict=True):
        logger.removeHandler(heard)
        logger.setLevel(level)


def begin(page: Any, app: AppServer) -> None:
    page.set_default_timeout(60_000)
    # A colour on its way from one to another has no contrast of its own.
    page.emulate_media(reduced_motion="reduce")
    page.goto(app.url)
    page.get_by_role("heading", level=1).wait_for()


def at(page: Any, stage: str) -> None:
    page.get_by_role("heading", level=1, name=TITLES[stage], exact=True).wait_for()


def go(page: Any, stage: str) -> None:
    page.get_by_role("navigation", name="Stages").get_by_role("button", name=TITLES[stage]).click()
    at(page, stage)


def lead(page: Any, words: str) -> None:
    page.locator(".wb-lead", has_text=words).wait_for()


def press(page: Any, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def sound(page: Any, stage: str) -> None:
    found = violations(page)
    assert not found, (stage, found)


# -- by mouse ----------------------------------------------------------------------------------------------------------


def test_the_whole_journey_by_mouse(page: Any, scene: Scene, app: AppServer, everything_logged: Everything) -> None:
    begin(page, app)
    at(page, "company")
    assert "Twin on this machine" in page.get_by_role("banner").inner_text()
    press(page, "Use s1 as the state before")
    press(page, "Use s2 as the state after")
    lead(page, "Look at what changed between s1 and s2")
    sound(page, "company")
    press(page, "Go on to: What changed")
    at(page, "changed")
    press(page, "Choose all that somebody changed (30)")
    lead(page, "Look at what hangs")
    sound(page, "changed")
    press(page, "Go on to: What hangs on it")
    at(page, "hanging")
    sound(page, "hanging")
    press(page, "Seen; go on to the plan")
    at(page, "plan")
    press(page, "Make a plan for 30 records")
    lead(page, "Review the steps, then rehearse")
    press(page, "Rehearse the plan")
    lead(page, "The rehearsal ended as predicted")
    sound(page, "plan")
    press(page, "Approve all 30 listed")
    page.get_by_text("30 of 30 approved").first.wait_for()
    press(page, "End the review")
    lead(page, "the review is ended")
    press(page, "Go on to: Approve")
    sign_by_mouse(page)
    press(page, "Go on to: Execute")
    at(page, "execute")
    sound(page, "execute")
    press(page, "Write 30 steps to Craig")
    lead(page, "Every step stands in the books")
    press(page, "Go on to: Verified")
    at(page, "verified")
    press(page, "Verify now")
    lead(page, "The books agree with the approved plan, to the cent")
    sound(page, "verified")
    assert scene.put_back() == []
    assert everything_logged.lines
    assert OWN_PASSPHRASE not in "".join(everything_logged.lines)


def sign_by_mouse(page: Any) -> None:
    at(page, "approve")
    page.get_by_label("Who signs").select_option(SIGNER)
    page.get_by_text("Choose who signs.").wait_for(state="detached")
    assert "30 of 30 steps looked at" in page.get_by_label("Words that are signed with it").input_value()
    digest = page.locator(".wb-digest").first.inner_text()
    page.get_by_label("typed by hand").fill(digest[:6])
    page.get_by_label("Passphrase of the signer").fill(OWN_PASSPHRASE)
    sound(page, "approve")
    press(page, "Sign the approval")
    lead(page, "The plan is approved")
    page.wait_for_function(HELD_NOWHERE, arg=OWN_PASSPHRASE)
    assert OWN_PASSPHRASE not in page.content()
    panes = [one for one in gc.get_objects() if type(one).__name__ == "SheetPane"]
    assert panes
    assert not [pane for pane in panes if OWN_PASSPHRASE in repr(pane.events)]


HELD_NOWHERE = """(secret) => [...Bokeh.documents[0]._all_models.values()].every(
  (model) => !model.data?.attributes?.events || !JSON.stringify(model.data.attributes.events).includes(secret))"""
"""No component in the page holds what its form held."""


# -- by keyboard alone -------------------------------------------------------------------------------------------------

FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  if (!at) return null;
  const named = at.getAttribute("aria-label") || (at.labels && at.labels[0] && at.labels[0].innerText) || at.innerText || "";
  const shown = getComputedStyle(at);
  return { name: named.trim(), tag: at.tagName, seen: shown.outlineStyle !== "none" && parseFloat(shown.outlineWidth) >= 1 };
}"""


def tab_to(page: Any, name: str, *, most: int = 250) -> None:
    """Tab until the control with this name has the focus, which must be visible."""
    passed = []
    for _ in range(most):
        found = page.evaluate(FOCUSED)
        if found and found["tag"] not in {"BODY", "MAIN", "H1"} and name in found["name"]:
            assert found["seen"], f"the focus on {name} cannot be seen"
            return
        passed.append(found and found["name"][:40])
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name!r}; passed {passed[-40:]}")


def enter(page: Any, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def focused_heading(page: Any, stage: str) -> None:
    """After a change of stage the focus stands on its heading, so that Tab goes on from there."""
    at(page, stage)
    page.wait_for_function(f"() => (({FOCUSED})() || {{}}).name === {TITLES[stage]!r}")


def back_to(page: Any, name: str, *, most: int = 60) -> None:
    """The same backwards."""
    for _ in range(most):
        found = page.evaluate(FOCUSED)
        if found and found["tag"] != "BODY" and name in found["name"]:
            return
        page.keyboard.press("Shift+Tab")
    raise AssertionError(f"no Shift+Tab leads to {name!r}")


def enter_back(page: Any, name: str) -> None:
    back_to(page, name)
    page.keyboard.press("Enter")


def test_the_whole_journey_by_keyboard_alone(page: Any, scene: Scene, app: AppServer) -> None:
    begin(page, app)
    choose_by_keys(page)
    enter(page, "Make a plan for 30 records")
    lead(page, "Review the steps, then rehearse")
    enter_back(page, "Rehearse the plan")
    lead(page, "The rehearsal ended as predicted")
    tab_to(page, "s001")
    page.keyboard.press("a")
    page.get_by_text("1 of 30 approved").first.wait_for()
    enter(page, "End the review")
    lead(page, "the review is ended")
    page.keyboard.press("Home")
    enter_back(page, "Go on to: Approve")
    sign_by_keys(page)
    enter(page, "Go on to: Execute")
    focused_heading(page, "execute")
    enter(page, "Write 30 steps")
    lead(page, "Every step stands in the books")
    tab_to(page, "Go on to: Verified")
    page.keyboard.press("Enter")
    focused_heading(page, "verified")
    enter(page, "Verify now")
    lead(page, "The books agree with the approved plan, to the cent")
    assert scene.put_back() == []


def choose_by_keys(page: Any) -> None:
    enter(page, "Use s1 as the state before")
    lead(page, "Choose a later snapshot")
    enter_back(page, "Use s2 as the state after")
    lead(page, "Look at what changed")
    enter_back(page, "Go on to: What changed")
    focused_heading(page, "changed")
    enter(page, "Choose all that somebody changed")
    lead(page, "Look at what hangs")
    focused_heading(page, "changed")
    enter(page, "Go on to: What hangs on it")
    focused_heading(page, "hanging")
    enter(page, "Seen; go on to the plan")
    focused_heading(page, "plan")


def sign_by_keys(page: Any) -> None:
    focused_heading(page, "approve")
    tab_to(page, "Who signs")
    page.keyboard.type(SIGNER[:4])
    page.get_by_text("Choose who signs.").wait_for(state="detached")
    digest = page.locator(".wb-digest").first.inner_text()
    tab_to(page, "typed by hand")
    page.keyboard.type(digest[:6])
    tab_to(page, "Passphrase of the signer")
    page.keyboard.type(OWN_PASSPHRASE)
    page.keyboard.press("Enter")
    lead(page, "The plan is approved")
    focused_heading(page, "approve")


# -- tampering, closed tabs ----------------------------------------------------------------------------------------------


def test_a_disabled_control_that_is_clicked_all_the_same_does_nothing(
    page: Any, scene: Scene, app: AppServer, bench: Bench
) -> None:
    bench.plan()
    bench.at("execute")
    written, standing = scene.writes(), scene.content()
    begin(page, app)
    at(page, "execute")
    button = page.get_by_role("button", name="Write 30 steps")
    assert button.is_disabled()
    button.evaluate("button => { button.disabled = false; button.click(); }")
    page.locator(".ak-notice", has_text="0 of 1 approvals").first.wait_for()
    assert bench.desk.job("execute", bench.plan_id) is None
    assert (scene.writes(), scene.content()) == (written, standing)


def test_a_forged_message_of_the_browser_does_nothing(page: Any, scene: Scene, app: AppServer, bench: Bench) -> None:
    """Past every control: the component's own model is told that things were done."""
    bench.plan()
    bench.at("execute")
    written, standing = scene.writes(), scene.content()
    begin(page, app)
    at(page, "execute")
    forged = page.evaluate(
        """(value) => {
          const found = [...Bokeh.documents[0]._all_models.values()].filter((model) => model.data?.attributes?.events);
          const events = ["execute", "resume", "_start", "__init__", "dispatch"].map((act, place) => ({ n: 1000 + place, act, value, fields: {} }));
          for (const model of found) model.data.setv({ events });
          return found.length;
        }""",
        bench.desk.plan().plan.digest,
    )
    assert forged >= 2
    page.locator(".ak-notice", has_text="0 of 1 approvals").first.wait_for()
    assert bench.desk.job("execute", bench.plan_id) is None
    assert (scene.writes(), scene.content()) == (written, standing)


class Gate:
    """Holds the server before it applies the n-th request of a kind."""

    def __init__(self, scene: Scene, kind: str, number: int) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self._kind, self._number = kind, number
        scene.server.before_apply = self._hold

    def _hold(self, number: int, kind: str) -> None:
        if kind == self._kind and number >= self._number and not self.open.is_set():
            self.reached.set()
            self.open.wait(60)


@pytest.mark.parametrize("work", ["capture", "execute"])
def test_work_goes_on_when_the_tab_is_closed_and_is_found_again(
    page: Any, scene: Scene, app: AppServer, bench: Bench, work: str
) -> None:
    if work == "execute":
        bench.plan()
        assert bench.approve()
    stage, button = {"capture": ("company", "Take a snapshot now"), "execute": ("execute", "Write 30 steps")}[work]
    bench.at(stage)
    begin(page, app)
    at(page, stage)
    kind = {"capture": "read", "execute": "write"}[work]
    gate = Gate(scene, kind, 1)
    press(page, button)
    assert gate.reached.wait(30)
    page.get_by_role("progressbar").wait_for()
    second = page.context.new_page()
    page.close()
    begin(second, app)
    at(second, stage)
    second.get_by_role("progressbar").wait_for()
    assert second.get_by_role("button", name="Stop").is_enabled()
    gate.open.set()
    second.get_by_role("progressbar").wait_for(state="detached")
    if work == "execute":
        lead(second, "Every step stands in the books")
        assert scene.put_back() == []
    else:
        second.get_by_role("button", name="Use s3 as the state after").wait_for()
    second.close()


def test_the_theme_is_kept_and_reaches_every_pane(page: Any, app: AppServer, bench: Bench) -> None:
    bench.choose()
    begin(page, app)

    def papers() -> set[str]:
        found: list[str] = page.locator(".akika").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).backgroundColor)"
        )
        return set(found)

    light = papers()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function("() => document.documentElement.dataset.akikaTheme === 'dark'")
    dark = papers()
    assert len(light) == len(dark) == 1
    assert light != dark
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
    assert papers() == dark
    assert page.get_by_role("button", name="Dark").get_attribute("aria-pressed") == "true"
    for name in TITLES:
        go(page, name)
        sound(page, name)
