"""How long the record graph takes in a browser: from opening the page to the first picture, and from a click to Python, by size.

The page is drawn by a Chromium without a graphics card, on this machine alone. Prints that Chromium is missing where it is.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from akika_forensics.model.record import RecordKey
from akika_widgets.views.live import Event
from akika_widgets.views.live_graph import LiveGraph
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.workbench.plain_log import speak_plainly

SIZES = (100, 1_000, 5_000)
NEEDS = {
    "Account": [],
    "Customer": [],
    "Item": ["Account"],
    "Invoice": ["Customer", "Item"],
    "Payment": ["Invoice", "Customer"],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MARKS = """() => {
    const at = name => performance.getEntriesByName(`akika graph ${name}`)[0]?.startTime;
    return [at("drawn") ?? at("answers"), at("answers")];
}"""
"""When the module drew the first picture and when it could be used, in milliseconds since the page was asked for."""


def books(size: int) -> GraphView:
    chance = random.Random(7)
    types = [*NEEDS, "Invoice", "Invoice"]
    keys = [RecordKey(types[at % len(types)], str(at)) for at in range(size)]
    by_type = {entity: [key for key in keys if key.entity == entity] for entity in NEEDS}
    edges = [(key, chance.choice(by_type[wanted])) for key in keys for wanted in NEEDS[key.entity]]
    nodes = [GraphNode(key, f"{key.entity} {key.id}", chance.choice(["unchanged"] * 5 + ["removed"])) for key in keys]
    return GraphView(nodes, edges, title=f"{size:,} records")


def whole(view: GraphView) -> LiveGraph:
    """The live graph with each record drawn by itself."""
    live = view.live()
    live.dispatch(Event("scope", "whole"))
    return live


def waited(page: Any, holds: Callable[[], bool]) -> None:
    start = time.perf_counter()
    while not holds():
        page.wait_for_timeout(10)
        assert time.perf_counter() - start < 120, "the page does not answer"


def measure(browser: Any, size: int) -> tuple[float, float, float, float]:
    """Seconds until the picture is drawn, until it answers, from a click to Python, and of Python for the columns."""
    from browsing import served

    view = books(size)
    start = time.perf_counter()
    live = whole(view)
    live.columns()
    made = time.perf_counter() - start
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    with served(live.__panel__) as address:
        page.goto(address)
        canvas = page.locator(".ak-graph-canvas")
        canvas.wait_for()
        waited(page, lambda: canvas.evaluate("element => Boolean(element.__cy)"))
        drawn, ready = (milliseconds / 1000 for milliseconds in page.evaluate(MARKS))
        wanted = str(view.nodes[-1].key)
        start = time.perf_counter()
        canvas.evaluate("(element, id) => { element.__cy.getElementById(id).emit('tap'); }", wanted)
        waited(page, lambda: live.chosen_id() == wanted)
        answered = time.perf_counter() - start
    page.close()
    return drawn, ready, answered, made


def main() -> None:
    speak_plainly()
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        print("the record graph in a browser: needs Chromium, none on PATH")
        return
    from browsing import browser_at

    print(
        "record graph in a browser          drawn   answers   click   places in Python   (seconds; 5,000 drawn: 2 or less)"
    )
    with browser_at(found) as browser:
        measure(browser, 10)  # the server, the browser and the libraries are warm
        for size in SIZES:
            drawn, ready, answered, made = measure(browser, size)
            print(f"  {size:>6,} records               {drawn:7.2f}   {ready:7.2f}  {answered:6.2f}   {made:16.2f}")


if __name__ == "__main__":
    main()
