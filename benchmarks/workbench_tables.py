"""What long tables and the timeline cost: a million rows, a plan of ten thousand steps, an evidence table of a hundred thousand rows, a million events.

In the browser too where Playwright and Chromium are there: `python benchmarks/workbench_tables.py --browser`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from akika_widgets.views.columns import TableColumn
from akika_widgets.views.evidence_table import EvidenceTable
from akika_widgets.views.live import Event
from akika_widgets.views.paged_table import PagedTable
from akika_widgets.views.paging import TableModel
from akika_widgets.views.timeline import TimelineView
from akika_widgets.workbench.plain_log import speak_plainly

ROWS = 1_000_000
STEPS = 10_000
EVIDENCE = 100_000
COLUMNS = (
    TableColumn("name", "Name"),
    TableColumn("type", "Record type", choices=True),
    TableColumn("number", "Number", "key"),
    TableColumn("memo", "Memo"),
    TableColumn("date", "Date", "date"),
    TableColumn("amount", "Amount", "money", total=True),
    TableColumn("terms", "Terms"),
    TableColumn("place", "Location"),
)


def timed(what: str, work: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    made = work()
    print(f"{what:<62} {time.perf_counter() - start:7.3f} s")
    return made


def documents(number: int) -> pl.DataFrame:
    chance = np.random.default_rng(7)
    names = np.array([f"Customer {at} Ltd" for at in range(5_000)])
    return pl.DataFrame(
        {
            "key": np.char.add("Invoice:", np.arange(number).astype(str)),
            "name": names[chance.integers(0, 5_000, number)],
            "type": chance.choice(["Invoice", "Bill", "Payment", "Journal entry"], number),
            "number": chance.integers(1_000, 9_999_999, number).astype(str),
            "memo": np.char.add("Work done in week ", chance.integers(0, 500, number).astype(str)),
            "day": chance.integers(15_000, 20_000, number).astype(np.int32),
            "cents": chance.integers(-(10**7), 10**7, number),
            "terms": chance.choice(["Net 30", "Net 15", "Due on receipt"], number),
            "place": chance.choice(["Mission St", "Market St"], number),
        }
    ).with_columns(
        pl.col("day").cast(pl.Date).alias("date"),
        (pl.col("cents").cast(pl.Decimal(20, 2)) / 100).cast(pl.Decimal(20, 2)).alias("amount"),
    )


def events(number: int) -> pl.DataFrame:
    chance = np.random.default_rng(7)
    seconds = (chance.beta(2, 1.2, number) * 11 * 365 * 86_400).astype(np.int64)
    return pl.DataFrame(
        {
            "seconds": seconds,
            "kind": chance.choice(["changed", "added", "removed", "voided"], number, p=[0.6, 0.3, 0.06, 0.04]),
            "label": np.char.add("Invoice ", np.arange(number).astype(str)),
            "key": np.char.add("Invoice:", np.arange(number).astype(str)),
        }
    ).with_columns((pl.lit(datetime(2015, 1, 1, tzinfo=UTC)) + pl.duration(seconds="seconds")).alias("when"))


def answered(view: Any, what: str, event: Event) -> None:
    """An event and the picture after it: what a person waits for, less the way to the browser and back."""
    timed(what, lambda: (view.dispatch(event), view.render()))


def a_table(number: int) -> TableModel:
    frame = documents(number)
    model = timed(
        f"{number:,} rows, {len(COLUMNS)} columns: the model of a frame", lambda: TableModel(COLUMNS, frame, key="key")
    )
    view = PagedTable(model, title="Documents", selectable=True, on_choose=lambda _: None)
    timed("    first page drawn", view.render)
    answered(view, "    first search in every column", Event("find", "customer 77"))
    answered(view, "    further search, two words", Event("find", "customer 77 bill"))
    answered(view, "    narrowed to one value", Event("value", "1.0"))
    answered(view, "    everything again", Event("reset"))
    answered(view, "    sorted by name", Event("sort", "0"))
    answered(view, "    sorted by a text that is different in every row", Event("sort", "2"))
    answered(view, "    sorted by amount", Event("sort", "5"))
    answered(view, "    the other way round", Event("sort", "5"))
    answered(view, "    last page", Event("page", "last"))
    answered(view, "    all of them ticked", Event("mark_all"))
    print(f"    what is sent of a page: {len(view.render()) / 1e3:,.0f} kB")
    return model


def evidence() -> EvidenceTable:
    view = EvidenceTable(COLUMNS, documents(EVIDENCE), name="documents", title="Every document")
    html = timed(f"evidence table of {EVIDENCE:,} rows, {len(COLUMNS)} columns: the page", view.page)
    data = timed("    CSV", view.csv)
    print(f"    page {len(html) / 1e6:.2f} MB, CSV {len(data) / 1e6:.2f} MB")
    return view


def a_timeline() -> TimelineView:
    frame = events(ROWS)
    view = timed(f"timeline of {ROWS:,} events: taken up", lambda: TimelineView(frame))
    timed("    first picture", view.svg)
    live = view.live()
    timed("    first drawing of the live form", live.render)
    answered(live, "    closer", Event("zoom", "0.4,0.6"))
    answered(live, "    closer again", Event("zoom", "0.2,0.4"))
    answered(live, "    one kind less", Event("kind", "0"))
    answered(live, "    a bar listed", Event("bar", "2"))
    answered(live, "    all in view listed", Event("all_in_view"))
    return view


DRAWN = """async (work) => {
  const body = document.querySelector("tbody");
  const start = performance.now();
  const drawn = new Promise((done) => new MutationObserver((_, watch) => { watch.disconnect(); done(); }).observe(body, { childList: true, subtree: true, characterData: true }));
  new Function(work)();
  await drawn;
  return (performance.now() - start) / 1000;
}"""
TYPE = "const field = document.querySelector('input'); field.value = '{}'; field.dispatchEvent(new Event('input'));"
PRESS = "document.querySelectorAll('th button')[{}].click();"


def evidence_in_a_browser(browser: Any, view: EvidenceTable) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.html"
        file.write_text(view.page(), encoding="utf-8")
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(file.as_uri())
        page.get_by_role("searchbox").wait_for()
        print(f"{'evidence table in Chromium: open to searchable':<62} {time.perf_counter() - start:7.3f} s")
        for what, work in (
            ("first search (with 0.12 s of waiting for more letters)", TYPE.format("customer 77")),
            ("further search", TYPE.format("customer 77 bill")),
            ("everything again", TYPE.format("")),
            ("sorted by name", PRESS.format(0)),
            ("sorted by number", PRESS.format(2)),
            ("sorted by amount", PRESS.format(5)),
        ):
            print(f"{'    ' + what:<62} {page.evaluate(DRAWN, work):7.3f} s")
        page.close()


def table_in_a_browser(browser: Any, model: TableModel) -> None:
    from browsing import served

    def make() -> Any:
        return PagedTable(
            model, title="Documents", rows="documents", selectable=True, on_choose=lambda _: None
        ).__panel__()

    with served(make) as address:
        page = browser.new_page()
        page.goto(address)
        page.locator("tbody tr").nth(49).wait_for()
        start = time.perf_counter()
        page.goto(address)
        page.locator("tbody tr").nth(49).wait_for()
        print(f"{f'{ROWS:,} rows in Panel and Chromium: page to first rows':<62} {time.perf_counter() - start:7.3f} s")
        for what, act, sign in (
            (
                "search to rows (with 0.2 s of waiting for more letters)",
                lambda: page.get_by_role("searchbox").fill("77777"),
                "of 1,000,000 documents.",
            ),
            ("everything again", lambda: page.get_by_role("button", name="Show all").click(), "All 1,000,000"),
            ("sort by amount to rows", lambda: page.get_by_role("button", name="Amount").click(), "Sorted by Amount"),
            ("page turned", lambda: page.get_by_role("button", name="Next page").click(), "51 to 100"),
        ):
            start = time.perf_counter()
            act()
            page.get_by_role("status").filter(has_text=sign).wait_for()
            print(f"{'    ' + what:<62} {time.perf_counter() - start:7.3f} s")
        page.close()


def main() -> None:
    speak_plainly()
    million = a_table(ROWS)
    a_table(STEPS)
    long = evidence()
    a_timeline()
    chromium = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if chromium:
        from browsing import browser_at

        with browser_at(chromium) as browser:
            evidence_in_a_browser(browser, long)
            table_in_a_browser(browser, million)


if __name__ == "__main__":
    main()
