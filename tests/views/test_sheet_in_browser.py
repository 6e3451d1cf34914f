"""The sheet in a browser: what Python draws is shown, what is done arrives once, and typing survives a redraw."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import served, violations

from akika_widgets.views import controls
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, join, tag

pytestmark = pytest.mark.browser


class Desk(LiveView):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.ticks = 0
        self.open = True

    def why_not(self, event: Event) -> str:
        return "It is shut." if event.act == "shut" else ""

    def body(self) -> Markup:
        rows = [
            tag("tr", tag("td", word), data_row=True, tabindex="0", data_act="row", data_value=word, id=f"r-{word}")
            for word in ("one", "two", "three")
        ]
        return join(
            [
                tag("h1", f"{len(self.log)} things done, {self.ticks > 0}"),
                controls.button(self, "Add", "add", keys="a"),
                controls.button(self, "Shut", "shut", explain=True),
                controls.field(self, "Find", "find", act="find", kind="search"),
                controls.select(self, "Kind", "kind", [("x", "X"), ("y", "Y")], "x", act="kind"),
                controls.checkbox(self, "Mark", "mark", "m1", checked=False),
                controls.form(
                    self, "sign", controls.field(self, "Passphrase", "secret", kind="password"), submit="Sign"
                ),
                tag("details", tag("summary", "More"), tag("p", "Inside")),
                tag("table", tag("caption", "Rows"), tag("tbody", *rows)),
                tag("p", "<img src=x onerror='window.__hacked=1'>", id="hostile"),
                controls.ticking(200),
            ]
        )

    def _keep(self, event: Event) -> None:
        self.log.append((event.act, event.value, dict(event.fields)))

    act_add = act_shut = act_find = act_kind = act_mark = act_sign = act_row = _keep

    def act_tick(self, event: Event) -> None:
        self.ticks += 1


@pytest.fixture
def desk(page: Any) -> Any:
    made = Desk()
    with served(lambda: made.__panel__()) as address:
        page.goto(address)
        page.wait_for_selector("h1")
        yield made


def _done(page: Any, desk: Desk, count: int) -> None:
    page.get_by_role("heading", name=f"{count} things done").wait_for()
    assert len(desk.log) == count


def test_every_kind_of_control_arrives_once(page: Any, desk: Desk) -> None:
    page.get_by_role("button", name="Add").click()
    _done(page, desk, 1)
    page.get_by_label("Kind").select_option("y")
    _done(page, desk, 2)
    page.get_by_label("Mark").check()
    _done(page, desk, 3)
    page.get_by_label("Find").press_sequentially("abc", delay=20)
    _done(page, desk, 4)
    page.get_by_role("cell", name="two").click()
    _done(page, desk, 5)
    page.get_by_label("Passphrase").fill("the words")
    page.get_by_role("button", name="Sign").click()
    _done(page, desk, 6)
    assert desk.log == [
        ("add", "", {}),
        ("kind", "y", {}),
        ("mark", "m1", {}),
        ("find", "abc", {}),
        ("row", "two", {}),
        ("sign", "", {"secret": "the words"}),
    ]
    assert not page.get_by_label("Passphrase").input_value()


def test_quick_clicks_are_all_counted(page: Any, desk: Desk) -> None:
    add = page.get_by_role("button", name="Add")
    add.evaluate("button => { for (let i = 0; i < 20; i += 1) button.click(); }")
    _done(page, desk, 20)


def test_typing_and_what_is_open_survive_redrawing(page: Any, desk: Desk) -> None:
    page.get_by_text("More").click()
    page.get_by_label("Passphrase").fill("half a pass")
    before = desk.ticks
    while desk.ticks < before + 4:
        page.wait_for_timeout(50)
    assert page.get_by_label("Passphrase").input_value() == "half a pass"
    assert page.get_by_text("Inside").is_visible()


def test_keys_alone(page: Any, desk: Desk) -> None:
    page.locator("#r-one").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    _done(page, desk, 1)
    page.keyboard.press("a")
    _done(page, desk, 2)
    page.get_by_label("Find").focus()
    page.keyboard.type("a")
    _done(page, desk, 3)
    assert [(act, value) for act, value, _ in desk.log] == [("row", "two"), ("add", ""), ("find", "a")]


def test_a_disabled_control_does_nothing_even_when_it_is_forced(page: Any, desk: Desk) -> None:
    shut = page.get_by_role("button", name="Shut")
    assert shut.is_disabled()
    shut.evaluate("button => { button.disabled = false; button.click(); }")
    page.get_by_role("status").filter(has_text="It is shut.").wait_for()
    assert desk.log == []


def test_text_stays_text_and_axe_has_nothing_serious_to_say(page: Any, desk: Desk) -> None:
    assert page.locator("#hostile").inner_text().startswith("<img")
    assert page.evaluate("window.__hacked") is None
    assert violations(page) == []
