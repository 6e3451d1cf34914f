"""The sheet when things come too fast or go wrong: two fields in one breath, a key held down, Enter twice, a view that fails, a hidden tab."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from browsing import served

from akika_widgets.views import bindings, controls
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, tag

SECRET = "a-passphrase-that-is-typed"


class Desk(LiveView):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, str]] = []
        self.ticks = 0
        self.broken = False
        self.held: dict[str, str] = {"first": "", "second": ""}

    def body(self) -> Markup:
        if self.broken:
            raise ValueError("text of the books")
        return join(
            [
                tag("h1", f"{len(self.log)} things done"),
                tag("p", f"{self.ticks} looks", id="looks"),
                controls.button(self, "Add", "add", keys="a"),
                controls.field(self, "First", "first", self.held["first"], act="first"),
                controls.field(self, "Second", "second", self.held["second"], act="second"),
                controls.form(
                    self,
                    "sign",
                    controls.checkbox(self, "Sure", "", "yes", checked=False, name="sure"),
                    controls.select(self, "Size", "size", [("s", "Small"), ("l", "Large")], "s"),
                    controls.field(self, "Passphrase", "secret", kind="password"),
                    submit="Sign",
                ),
                controls.ticking(100),
            ]
        )

    def _keep(self, event: Event) -> None:
        self.log.append((event.act, event.value))
        if event.act in self.held:
            self.held[event.act] = event.value

    act_add = act_first = act_second = _keep

    def act_sign(self, event: Event) -> None:
        self.log.append(("sign", f"{event.fields.get('secret')} {event.fields.get('sure')} {event.fields.get('size')}"))

    def act_tick(self, event: Event) -> None:
        self.ticks += 1


@pytest.fixture
def desk(page: Any) -> Any:
    made = Desk()
    with served(lambda: made.__panel__()) as address:
        page.goto(address)
        page.wait_for_selector("h1")
        yield made


def _looked(page: Any, desk: Desk, more: int = 3) -> None:
    """Wait until the page has been drawn a few times more."""
    wanted = desk.ticks + more
    page.wait_for_function(
        """(wanted) => {
          const find = (root) => root.querySelector("#looks")
            ?? [...root.querySelectorAll("*")].map((one) => one.shadowRoot && find(one.shadowRoot)).find((one) => one);
          return parseInt(find(document)?.innerText ?? "0") >= wanted;
        }""",
        arg=wanted,
    )


@pytest.mark.browser
def test_what_is_typed_in_two_fields_in_one_breath_arrives_from_both(page: Any, desk: Desk) -> None:
    page.get_by_label("First").focus()
    page.keyboard.type("ab")
    page.keyboard.press("Tab")
    page.keyboard.type("cd")
    _looked(page, desk, 5)
    assert desk.held == {"first": "ab", "second": "cd"}
    assert page.get_by_label("First").input_value() == "ab"


@pytest.mark.browser
def test_what_was_typed_comes_before_what_is_pressed_next(page: Any, desk: Desk) -> None:
    page.get_by_label("First").focus()
    page.keyboard.type("ab")
    page.get_by_role("button", name="Add").click()
    _looked(page, desk, 5)
    assert desk.log == [("first", "ab"), ("add", "")]


@pytest.mark.browser
def test_a_key_that_is_held_down_presses_once(page: Any, desk: Desk) -> None:
    page.get_by_role("button", name="Add").focus()
    for _ in range(5):
        page.keyboard.down("a")  # from the second time on the browser calls it a repetition
    page.keyboard.up("a")
    _looked(page, desk)
    assert desk.log == [("add", "")]


@pytest.mark.browser
def test_enter_twice_sends_a_form_once_and_nothing_holds_what_it_held(page: Any, desk: Desk) -> None:
    page.get_by_label("Sure").check()
    page.get_by_label("Size").select_option("l")
    _looked(page, desk)
    page.get_by_label("Passphrase").fill(SECRET)
    page.evaluate(
        """() => {
          const find = (root) => root.querySelector("form")
            ?? [...root.querySelectorAll("*")].map((one) => one.shadowRoot && find(one.shadowRoot)).find((one) => one);
          const form = find(document);
          form.requestSubmit(); form.requestSubmit();
        }"""
    )
    _looked(page, desk)
    assert desk.log == [("sign", f"{SECRET} yes l")]
    held = page.evaluate(
        "() => JSON.stringify([...Bokeh.documents[0]._all_models.values()].map((one) => one.data?.attributes?.events ?? null))"
    )
    assert SECRET not in held
    assert SECRET not in page.content()
    panes = [one for one in gc.get_objects() if type(one).__name__ == "SheetPane"]
    assert panes
    assert not [pane for pane in panes if SECRET in repr(pane.events)]
    page.get_by_label("Passphrase").fill("again")
    page.keyboard.press("Enter")
    _looked(page, desk)
    assert [act for act, _ in desk.log] == ["sign", "sign"], "a form that was answered can be sent again"


@pytest.mark.browser
def test_a_view_that_fails_once_is_looked_at_again(page: Any, desk: Desk) -> None:
    _looked(page, desk)
    desk.broken = True
    before = desk.ticks
    for _ in range(200):
        if desk.ticks > before + 2:
            break
        page.wait_for_timeout(20)
    desk.broken = False
    _looked(page, desk)


@pytest.mark.browser
def test_a_tab_that_nobody_sees_asks_for_nothing(page: Any, desk: Desk) -> None:
    _looked(page, desk)
    page.evaluate("() => Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true })")
    page.evaluate("() => { window.away = true; }")
    page.wait_for_timeout(300)
    seen = desk.ticks
    page.wait_for_timeout(600)
    assert desk.ticks == seen
    page.evaluate("() => { window.away = false; }")
    _looked(page, desk)


# -- without a browser -------------------------------------------------------------------------------------------------


def _events(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"n": number, **one} for number, one in enumerate(given, 1)]


@pytest.mark.parametrize("shown", [bindings.panel_sheet, bindings.jupyter_sheet], ids=["panel", "jupyter"])
@pytest.mark.parametrize("broken", [False, True], ids=["well", "failing"])
def test_what_was_answered_is_held_no_longer(shown: Any, broken: bool) -> None:
    desk = Desk()
    made = shown(desk)
    desk.broken = broken
    made.events = _events({"act": "sign", "fields": {"secret": SECRET}}, {"act": "add"})
    assert [act for act, _ in desk.log] == ["sign", "add"]
    assert (made.seen, made.events) == (2, [])
    desk.broken = False
    made.events = [{"n": 3, "act": "add"}]
    assert "3 things done" in made.markup


@pytest.mark.parametrize("shown", [bindings.panel_sheet, bindings.jupyter_sheet], ids=["panel", "jupyter"])
def test_what_is_shown_no_longer_is_let_go(shown: Any) -> None:
    desk = Desk()
    made = shown(desk)
    held = weakref.ref(made)
    bindings.let_go(made)
    before = made.markup
    desk.dispatch(Event("add"))
    assert made.markup == before
    del made
    gc.collect()
    assert held() is None
