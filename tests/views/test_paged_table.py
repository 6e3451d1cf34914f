"""A long table that answers: events in, one page of markup out; rows known by key; and the same in a browser by mouse and keys."""
# ruff: noqa: S314 - the XML is our own

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from browsing import served, violations
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from test_hostile_text import HOSTILE

from akika_widgets.views.choosing import OFFERED
from akika_widgets.views.columns import TableColumn
from akika_widgets.views.live import Event, LiveView
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.paged_table import ExtraColumn, PagedTable
from akika_widgets.views.paging import Query, TableModel

COLUMNS = (
    TableColumn("label", "Record"),
    TableColumn("kind", "Type", choices=True),
    TableColumn("amount", "Amount", form="money", total=True),
)


def frame(number: int = 120) -> pl.DataFrame:
    kinds = ("bill", "invoice", "payment")
    return pl.DataFrame(
        {
            "key": [f"Bill:{at}" for at in range(number)],
            "label": [f"Bill-{at:03}" for at in range(number)],
            "kind": [kinds[at % 3] for at in range(number)],
            "amount": [at * 100 for at in range(number)],
        }
    ).with_columns((pl.col("amount").cast(pl.Decimal(20, 2)) / 100).cast(pl.Decimal(20, 2)))


def table(number: int = 120, **options: Any) -> PagedTable:
    return PagedTable(TableModel(COLUMNS, frame(number), key="key"), title="Documents", **options)


def drawn(view: LiveView) -> ET.Element:
    return ET.fromstring(f"<root>{view.render()}</root>")


def names(view: LiveView) -> list[str]:
    return ["".join(head.itertext()) for head in drawn(view).iterfind(".//tbody/tr/th")]


def test_only_one_page_is_drawn() -> None:
    view = table(1000, page=20)
    assert names(view) == [f"Bill-{at:03}" for at in range(20)]
    assert view.dispatch(Event("page", "last"))
    assert names(view) == [f"Bill-{at:03}" for at in range(980, 1000)]
    assert not view.dispatch(Event("page", "on"))
    assert view.notice == "This is the last page."
    assert "Bill-500" not in view.render()


def test_searching_narrowing_and_sorting_begin_at_the_first_page() -> None:
    view = table(page=10)
    view.dispatch(Event("page", "on"))
    view.dispatch(Event("find", "bill-01"))
    assert names(view) == [f"Bill-{at:03}" for at in range(10, 20)]
    assert view.notice == "10 of 120 rows."
    view.dispatch(Event("value", "1.1"))
    assert names(view) == ["Bill-010", "Bill-013", "Bill-016", "Bill-019"]
    assert view.query.chosen == {"kind": frozenset({"invoice"})}
    view.dispatch(Event("sort", "2"))
    view.dispatch(Event("sort", "2"))
    assert names(view) == ["Bill-019", "Bill-016", "Bill-013", "Bill-010"]
    head = next(one for one in drawn(view).iter("th") if "Amount" in "".join(one.itertext()))
    assert head.attrib["aria-sort"] == "descending"
    assert "".join(drawn(view).find(".//tfoot/tr").itertext()) == "Sum of 4 rows58.00"  # type: ignore[union-attr]
    view.dispatch(Event("sort", "2"))
    assert not view.query.sort
    view.dispatch(Event("reset"))
    assert len(names(view)) == 10
    view.dispatch(Event("within", "2"))
    view.dispatch(Event("find", "15.00"))
    assert names(view) == ["Bill-015", "Bill-115"]


def test_what_is_ticked_stays_ticked_however_the_table_is_turned() -> None:
    heard: list[frozenset[str]] = []
    view = table(page=10, selectable=True, on_select=heard.append)
    view.dispatch(Event("mark", "Bill:3"))
    view.dispatch(Event("sort", "2"))
    view.dispatch(Event("sort", "2"))
    view.dispatch(Event("mark", "Bill:119"))
    view.dispatch(Event("find", "bill-00"))
    assert view.selected == {"Bill:3", "Bill:119"}
    view.dispatch(Event("mark_all"))
    assert view.selected == {"Bill:119", *(f"Bill:{at}" for at in range(10))}
    view.dispatch(Event("find", "bill-11"))
    view.dispatch(Event("mark_page"))
    assert {f"Bill:{at}" for at in range(110, 120)} < view.selected
    view.dispatch(Event("mark_page"))
    assert view.selected == {f"Bill:{at}" for at in range(10)}
    view.dispatch(Event("mark_none"))
    assert heard[-1] == view.selected == frozenset()


@given(
    st.lists(st.sampled_from(["find:0", "find:", "sort:0", "sort:2", "page:on", "page:last", "value:1.0"]), max_size=6),
    st.integers(0, 119),
)
def test_the_row_that_is_chosen_is_the_row_that_was_clicked(steps: list[str], at: int) -> None:
    chosen: list[str] = []
    view = table(page=10, on_choose=chosen.append, selectable=True)
    for step in steps:
        view.dispatch(Event(*step.split(":")))
    rows = drawn(view).findall(".//tbody/tr")
    if not rows:
        return
    row = rows[at % len(rows)]
    label = "".join(row.find("th").itertext())  # type: ignore[union-attr]
    assert view.dispatch(Event(row.attrib["data-act"], row.attrib["data-value"]))
    assert chosen == [f"Bill:{int(label.removeprefix('Bill-'))}"]
    assert view.dispatch(Event("mark_at"))
    assert view.selected == set(chosen)
    marked = [one for one in drawn(view).findall(".//tbody/tr") if one.attrib["aria-selected"] == "true"]
    assert ["".join(one.find("th").itertext()) for one in marked] == [label]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "event",
    [
        Event("sort", "9"), Event("sort", "x"), Event("sort", "-1"), Event("within", "7"), Event("value", "1.99"), Event("value", "0.0"),
        Event("value", "1"), Event("value", "²"), Event("every", "9"), Event("choose", "Bill:999"), Event("choose", "0"), Event("mark", "Bill:1"),
        Event("mark_all"), Event("page", "elsewhere"), Event("page", "back"), Event("unknown"), Event("_select", "x"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_done_changes_nothing(event: Event) -> None:
    view = table(page=10)
    before = str(view.body())
    assert not view.dispatch(event)
    assert str(view.body()) == before


def test_ticking_needs_a_row() -> None:
    view = table(selectable=True)
    assert not view.dispatch(Event("mark_at"))
    assert view.notice == "Choose a row first."
    assert not view.dispatch(Event("mark", "Bill:999"))
    assert not view.dispatch(Event("mark_none"))
    view.dispatch(Event("find", "nothing like it"))
    assert not view.dispatch(Event("mark_all"))
    assert "No rows fit these choices." in view.render()


def test_code_can_show_choose_select_and_renew() -> None:
    view = table(page=10, selectable=True)
    view.show(Query(sort="label", descending=True))
    view.choose("Bill:55")
    assert "Bill-055" in names(view)
    with pytest.raises(LookupError):
        view.choose("Bill:555")
    view.select(["Bill:1", "Bill:55", "Bill:999"])
    assert view.selected == {"Bill:1", "Bill:55"}
    view.renew(TableModel(COLUMNS, frame(20), key="key"))
    assert (view.at, view.selected) == ("", {"Bill:1"})
    assert len(names(view)) == 10


def test_columns_can_be_drawn_from_the_row() -> None:
    extra = ExtraColumn("Twice", lambda row: tag("em", row.values["amount"] * 2), right=True)
    view = table(3, extra=[extra])
    assert [one.text for one in drawn(view).iterfind(".//em")] == ["0.00", "2.00", "4.00"]


class Holder(LiveView):
    """A view with two tables in it."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = table(page=10, prefix="one_"), table(page=10, prefix="two_")

    def body(self) -> Markup:
        return tag("div", self.one.body(), self.two.body())

    def dispatch(self, event: Event) -> bool:
        for held in (self.one, self.two):
            if held.takes(event):
                return held.dispatch(event)
        return super().dispatch(event)


def test_tables_in_another_view_answer_to_their_own_events() -> None:
    holder = Holder()
    root = drawn(holder)
    acts = {one.attrib["data-act"] for one in root.iter() if "data-act" in one.attrib}
    assert all(act.startswith(("one_", "two_")) for act in acts)
    idents = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    assert len(idents) == len(set(idents))
    assert holder.dispatch(Event("two_find", "007"))
    assert (holder.one.number, holder.two.number) == (120, 1)
    assert not holder.dispatch(Event("find", "007"))


def test_of_many_values_the_most_frequent_are_offered_and_the_others_counted() -> None:
    values = [f"v{at}" for at in range(OFFERED + 40) for _ in range(1 + (at < 5))]
    model = TableModel([TableColumn("v", choices=True)], [(value,) for value in values])
    view = PagedTable(model, title="Values")
    boxes = [one for one in drawn(view).iter("input") if one.attrib.get("data-act") == "value"]
    assert len(boxes) == OFFERED
    assert "40 more values: search for them." in view.render()
    view.dispatch(Event("value", f"0.{model.values('v').index('v99')}"))
    assert "v99" in names(view)
    assert any("checked" in one.attrib for one in drawn(view).iter("input"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_from_the_books_stays_text(text: str) -> None:
    columns = [TableColumn("a", choices=True), TableColumn("b", form="code"), TableColumn("c", form="key")]

    def made(words: str) -> PagedTable:
        # A frame holds no half of a surrogate pair.
        words = words.encode("utf-8", "replace").decode()
        rows = pl.DataFrame({"a": [words], "b": [words], "c": [words], "key": [words or "empty"]})
        return PagedTable(
            TableModel(columns, rows, key="key"), title=words, sub=words, selectable=True, on_choose=lambda _: None
        )

    view = made(text)
    plain = {(one.tag, *sorted(one.attrib)) for word in ("amy", "n" * 300) for one in drawn(made(word)).iter()}
    assert {(one.tag, *sorted(one.attrib)) for one in drawn(view).iter()} <= plain
    assert not set("\x00\x07\x1b\x7f\x85\u202e\u2066\ufffe\uffff") & set("".join(drawn(view).itertext()))
    # What the browser is told to say back finds the row, whatever its key holds.
    row = drawn(view).find(".//tbody/tr")
    assert row is not None
    assert view.dispatch(Event("choose", row.attrib["data-value"]))
    assert view.at == (text.encode("utf-8", "replace").decode() or "empty")
    assert view.dispatch(Event("value", "0.0"))
    assert view.number == 1


# -- in a browser ----------------------------------------------------------------------------------------------------------

ROWS = 1_000_000


@pytest.fixture(scope="module")
def million() -> TableModel:
    number = pl.int_range(ROWS, eager=True)
    rows = pl.DataFrame({"number": number}).select(
        pl.concat_str([pl.lit("Bill:"), pl.col("number")]).alias("key"),
        pl.when(pl.col("number") == 7)
        .then(pl.lit("<img src=x onerror='window.__hacked=1'>"))
        .otherwise(pl.concat_str([pl.lit("Bill-"), pl.col("number")]))
        .alias("label"),
        pl.when(pl.col("number") % 3 == 0).then(pl.lit("<b>bill</b>")).otherwise(pl.lit("invoice")).alias("kind"),
        ((ROWS - pl.col("number")).cast(pl.Decimal(20, 2)) / 100).cast(pl.Decimal(20, 2)).alias("amount"),
    )
    return TableModel(COLUMNS, rows, key="key")


@pytest.mark.browser
def test_a_million_rows_by_mouse_and_keys(page: Any, million: TableModel) -> None:
    views: list[PagedTable] = []

    def make() -> Any:
        views.append(
            PagedTable(million, title="Documents", rows="documents", selectable=True, on_choose=lambda _: None)
        )
        return views[-1].__panel__()

    with served(make) as address:
        page.goto(address)
        page.locator("tbody tr").nth(49).wait_for()
        view = views[-1]
        assert page.locator("tbody tr").count() == 50
        assert page.locator("tbody tr th").nth(7).inner_text() == "<img src=x onerror='window.__hacked=1'>"
        assert page.evaluate("window.__hacked") is None
        page.get_by_role("button", name="Amount").click()
        page.locator("th[aria-sort=ascending]").wait_for()
        assert page.locator("tbody tr th").first.inner_text() == f"Bill-{ROWS - 1}"
        page.get_by_role("searchbox").fill("Bill-77777")
        page.get_by_role("status").filter(has_text="11 of 1,000,000 documents.").wait_for()
        page.locator("tbody tr").first.focus()
        page.keyboard.press("ArrowDown")
        page.locator("tbody tr[aria-selected=true]").wait_for()
        page.keyboard.press("x")
        page.get_by_role("status").filter(has_text="1 document ticked.").wait_for()
        assert view.selected == {view.at} == {f"Bill:{777_778}"}
        summary = page.locator("summary").filter(has_text="Type")
        summary.click()
        page.get_by_label("<b>bill</b>").check()
        page.get_by_role("status").filter(has_text="3 of 1,000,000 documents.").wait_for()
        assert page.get_by_label("<b>bill</b>").is_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert not page.get_by_label("<b>bill</b>").is_visible()
        assert violations(page) == []


def test_the_value_of_a_row_is_plain_ascii() -> None:
    key = "Bill:\u202eé%/<"
    view = PagedTable(
        TableModel([TableColumn("a")], pl.DataFrame({"a": ["x"], "key": [key]}), key="key"),
        title="t",
        on_choose=lambda _: None,
    )
    row = drawn(view).find(".//tbody/tr")
    assert row is not None
    assert row.attrib["data-value"] == quote(key, safe=":")
    assert row.attrib["data-value"].isascii()
