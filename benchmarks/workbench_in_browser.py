"""From opening a page to the first useful picture in Chromium: a timeline of a million events, a plan of 10,000 steps.

The view stands ready in Python; what is measured is the page: Panel's own load, the markup, and the drawing. The third figure is
one interaction, from the press to what it changes on the page.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import workbench_review
import workbench_tables

from akika_widgets.views.review import PlanReview
from akika_widgets.views.timeline import TimelineView
from akika_widgets.workbench.plain_log import speak_plainly

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EVENTS: Final = 1_000_000


def measure(browser: Any, make: Callable[[], Any], shown: str, press: Callable[[Any], None]) -> tuple[float, float]:
    """Seconds from opening the page to what is useful, and from a press to its answer."""
    from browsing import served

    view = make()
    with served(view.__panel__) as address:
        page = browser.new_page()
        started = time.perf_counter()
        page.goto(address)
        page.locator(shown).first.wait_for()
        drawn = time.perf_counter() - started
        started = time.perf_counter()
        press(page)
        answered = time.perf_counter() - started
        page.wait_for_timeout(300)
        page.close()
        return drawn, answered


def nearer(page: Any) -> None:
    before = page.locator("svg").first.inner_html()
    page.get_by_role("button", name="Closer").first.click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ? [...e.shadowRoot.querySelectorAll('svg')] : [])"
        ".some(svg => svg.innerHTML !== before)",
        arg=before,
    )


def approve(page: Any) -> None:
    page.locator("tr[data-row]").first.focus()
    page.keyboard.press("a")
    page.get_by_text("9,999 not marked").first.wait_for()


def main() -> None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        print("the workbench in a browser: needs Chromium, none on PATH")
        return
    from browsing import browser_at

    speak_plainly()
    events = workbench_tables.events(EVENTS)
    plan = workbench_review.plan()
    rows: list[tuple[str, Callable[[], Any], str, Callable[[Any], None]]] = [
        (f"timeline of {EVENTS:,} events", lambda: TimelineView(events).live(), "svg", nearer),
        (f"plan of {len(plan.steps):,} steps", lambda: PlanReview(plan).live(), "tr[data-row]", approve),
    ]
    print("in Chromium                         first picture   one press   (seconds; to reach: 2 or less)")
    with browser_at(found) as browser:
        measure(browser, rows[1][1], rows[1][2], approve)  # the server, the browser and the libraries are warm
        for what, make, shown, press in rows:
            drawn, answered = measure(browser, make, shown, press)
            print(f"  {what:<32} {drawn:14.2f} {answered:11.2f}")


if __name__ == "__main__":
    main()
