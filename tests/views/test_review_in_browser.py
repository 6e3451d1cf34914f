"""A review in a browser: with the keyboard alone, and with nothing serious for axe to say, light and dark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from browsing import served, violations

sys.path.insert(0, str(Path(__file__).parent))
from plan_samples import large_plan, small_plan
from view_samples import TieOut, changes, reviewed

from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.live_review import LivePlanReview
from akika_widgets.views.review import PlanReview
from akika_widgets.views.reviewing import APPROVED, Mark
from akika_widgets.views.tables import TieOutTable

pytestmark = pytest.mark.browser

THEME = resources.files("akika_widgets.views").joinpath("theme.css").read_text(encoding="utf-8")


def _open(page: Any, address: str) -> None:
    page.goto(address)
    page.locator(".akika").first.wait_for()


def _settled(page: Any, words: str) -> None:
    page.get_by_role("status").filter(has_text=words).wait_for()


def test_a_review_with_the_keyboard_alone(page: Any) -> None:
    desk: LivePlanReview = PlanReview(large_plan(60)).live()
    keys = page.keyboard
    with served(lambda: desk.__panel__()) as address:
        _open(page, address)
        # The search is the first field of the view; tabs of the plan stand before it.
        page.get_by_label("Search").focus()
        keys.type("payment")
        _settled(page, "12 of 60 steps.")
        page.locator("tr[aria-selected=true]").focus()
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        keys.press("a")
        _settled(page, "s015: looked at and approved.")
        assert desk.review.marks == {"s015": Mark(APPROVED)}
        # The focus went on with the chosen step: no other key is needed.
        page.locator("tr[data-value=s020]:focus").wait_for()
        keys.press("s")
        _settled(page, "s020: to be skipped.")
        page.locator("tr[data-value=s025]:focus").wait_for()
        keys.press("c")
        page.locator("textarea:focus").wait_for()
        keys.type("as agreed")
        keys.press("Tab")
        keys.press("Enter")
        _settled(page, "s025: the comment is kept.")
        page.locator("tr[data-value=s025]:focus").wait_for()
        assert desk.review.mark_of("s025").comment == "as agreed"
        assert desk.review.skipped == ("s020",)


def test_what_falls_away_is_asked_and_answered_with_keys(page: Any) -> None:
    desk: LivePlanReview = PlanReview(small_plan()).live()
    with served(lambda: desk.__panel__()) as address:
        _open(page, address)
        page.locator("tr[data-value=s001]").focus()
        page.keyboard.press("s")
        page.get_by_text("If s001 is skipped, 2 other steps fall away").wait_for()
        page.keyboard.press("n")
        _settled(page, "Nothing was changed.")
        assert not desk.review.marks
        page.keyboard.press("s")
        page.get_by_text("2 other steps fall away").wait_for()
        page.keyboard.press("y")
        _settled(page, "s001: to be skipped.")
        assert desk.review.skipped == ("s001",)


def test_keys_pressed_at_once_are_done_to_the_row_one_is_on(page: Any) -> None:
    """Faster than anything is drawn: each key is answered in turn, for the row that the arrows had reached."""
    desk: LivePlanReview = PlanReview(large_plan(20)).live()
    with served(lambda: desk.__panel__()) as address:
        _open(page, address)
        page.locator("tr[aria-selected=true]").focus()
        page.evaluate(
            """() => {
              const roots = [document];
              for (const root of roots) for (const one of root.querySelectorAll("*")) if (one.shadowRoot) roots.push(one.shadowRoot);
              const press = (key) => {
                let at = document.activeElement;
                while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
              };
              for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "a"]) press(key);
            }"""
        )
        _settled(page, "looked at and approved.")
        assert desk.review.marks == {"s004": Mark(APPROVED)}


def _tab(desk: LivePlanReview, *events: Event) -> LivePlanReview:
    for event in events:
        desk.dispatch(event)
    return desk


VIEWS: dict[str, Callable[[], LiveView]] = {
    "steps": lambda: reviewed().live(),
    "falling": lambda: _tab(reviewed().live(), Event("mark_all", ""), Event("choose", "s001"), Event("skip")),
    "writing": lambda: _tab(reviewed().live(), Event("choose", "s005"), Event("write")),
    "questions": lambda: _tab(reviewed().live(), Event("tab", "questions")),
    "left": lambda: _tab(reviewed().live(), Event("tab", "left")),
    "balance": lambda: _tab(reviewed().live(), Event("tab", "balance")),
    "difference": lambda: _opened(DifferenceView(changes()).live()),
    "tie-out": lambda: TieOutTable(
        [TieOut("1", "Checking", Decimal(1), Decimal(2)), TieOut("2", "Sales", Decimal(1), Decimal(1))]
    ).live(),
}


def _opened(view: LiveView) -> LiveView:
    view.dispatch(Event("reach", "all"))
    view.dispatch(Event("open_page"))
    return view


@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_serious_in_light_or_dark(page: Any, name: str) -> None:
    with served(lambda: VIEWS[name]().__panel__()) as address:
        _open(page, address)
        page.add_style_tag(content=THEME)
        for theme, paper in (("light", "#ffffff"), ("dark", "#16191d")):
            page.evaluate(
                "([theme, paper]) => { document.documentElement.dataset.akikaTheme = theme; document.body.style.background = paper; }",
                [theme, paper],
            )
            page.wait_for_timeout(250)
            assert violations(page) == [], theme
