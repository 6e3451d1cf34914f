"""When the records were changed: bars that lose nothing, calendars that follow their zone, and what is not known said so."""
# ruff: noqa: S314, DTZ001 - the XML is our own; times without a zone are what is refused

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from browsing import served, violations
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from test_hostile_text import HOSTILE
from view_samples import Change, record

from akika_forensics.model.record import RecordKey
from akika_widgets.views.live import Event
from akika_widgets.views.live_timeline import LiveTimeline
from akika_widgets.views.markup import readable
from akika_widgets.views.timeline import Moment, TimelineView
from akika_widgets.views.timeline_bins import STEPS, bins_of
from akika_widgets.views.timeline_events import Events
from akika_widgets.views.timeline_picture import ticks

BEFORE = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ZONES = st.sampled_from(
    [
        "UTC",
        "America/Los_Angeles",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Africa/Cairo",
    ]
)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
LENGTHS = st.integers(0, 60).flatmap(lambda power: st.integers(0, 10**6 * 2 ** (power % 36)))
KINDS = st.sampled_from(["changed", "added", "voided", "odd"])


def moments(number: int = 40) -> list[Moment]:
    known = [
        Moment(BEFORE + timedelta(minutes=at * 11), ("changed", "added", "voided")[at % 3], f"Bill {at}", f"Bill:{at}")
        for at in range(number)
    ]
    return [*known, *(Moment(BEFORE, "removed", f"Invoice {at}", f"Invoice:{at}", AFTER) for at in range(3))]


# -- the steps of the calendar ---------------------------------------------------------------------------------------------


@given(INSTANTS, LENGTHS, ZONES, st.integers(1, 90))
def test_bars_hold_all_of_it_side_by_side(start: datetime, length: int, zone: str, bars: int) -> None:
    end = min(start + timedelta(microseconds=length), datetime(2199, 1, 1, tzinfo=UTC))
    bins = bins_of(start, end, ZoneInfo(zone), bars)
    assert bins.start <= start
    assert end < bins.end
    assert bins.edges[1] > start
    assert bins.edges[-2] <= end
    assert all(one < two for one, two in zip(bins.edges, bins.edges[1:], strict=False))
    assert len(bins) <= bars or bins.step is STEPS[-1]
    assert all(bins.words(place) for place in range(len(bins)))


@given(INSTANTS, ZONES, st.integers(1, 40))
def test_calendar_steps_begin_where_the_calendar_says(start: datetime, zone: str, days: int) -> None:
    bins = bins_of(start, start + timedelta(days=days * 30), ZoneInfo(zone), 60)
    assert bins.step.unit != "seconds"
    for edge in bins.edges:
        local = edge.astimezone(bins.zone)
        # Where the clocks are put forward at midnight, the day begins with the first time there is.
        assert (local - timedelta(microseconds=1)).date() < local.date() or local.hour == 0
        if bins.step.unit == "weeks":
            assert local.weekday() == 0
        if bins.step.unit in {"months", "years"}:
            assert local.day == 1


def test_the_day_the_clocks_change_is_one_bar() -> None:
    zone = ZoneInfo("America/New_York")
    bins = bins_of(datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 11, 12, tzinfo=zone), zone, 30)
    lengths = Counter(two - one for one, two in zip(bins.edges, bins.edges[1:], strict=False))
    assert lengths[timedelta(hours=25)] == 1
    assert set(lengths) == {timedelta(hours=24), timedelta(hours=25)}


def test_what_is_no_stretch_is_refused() -> None:
    for start, end in (
        (AFTER, BEFORE),
        (BEFORE.replace(tzinfo=None), AFTER),
        (BEFORE, datetime(9999, 12, 31, tzinfo=UTC)),
    ):
        with pytest.raises(ValueError):
            bins_of(start, end, UTC)


@given(st.integers(0, 10**9))
def test_the_scale_reaches_the_highest_bar_in_few_round_steps(most: int) -> None:
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert found[-1] - found[1] < max(most, 1)
    assert 2 <= len(found) <= 5
    assert str(found[1]).rstrip("0") in {"1", "2", "5"}


# -- counting --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 10**9), KINDS), min_size=1, max_size=60), ZONES, st.integers(1, 60))
def test_each_event_is_counted_once_in_its_bar(given_: list[tuple[int, str]], zone: str, bars: int) -> None:
    held = [Moment(BEFORE + timedelta(milliseconds=at), kind, "x", "Bill:1") for at, kind in given_]
    events = Events(held)
    bins = bins_of(*events.stretch, ZoneInfo(zone), bars)
    counts = events.counts(bins, events.kinds)
    for kind in events.kinds:
        wanted = [
            sum(one <= moment.when < two and moment.kind == kind for moment in held)
            for one, two in zip(bins.edges, bins.edges[1:], strict=False)
        ]
        assert counts[kind] == wanted
    assert sum(map(sum, counts.values())) == len(held)
    place = len(bins) // 2
    listed = events.between(bins.edges[place], bins.edges[place + 1], events.kinds)
    assert listed.height == sum(counts[kind][place] for kind in events.kinds)


def test_frames_and_moments_are_the_same_events() -> None:
    held = moments()
    frame = pl.DataFrame(
        {"when": [one.when for one in held], "kind": [one.kind for one in held], "label": [one.label for one in held],
         "key": [one.key for one in held], "until": [one.until for one in held]},
    )  # fmt: skip
    assert Events(frame).frame.equals(Events(held).frame)
    assert TimelineView(frame).svg() == TimelineView(held).svg()
    there = [one._replace(when=one.when.astimezone(timezone(timedelta(hours=5)))) for one in held]
    assert TimelineView(there).svg() == TimelineView(held).svg()


@pytest.mark.parametrize(
    "wrong",
    [
        [Moment(BEFORE.replace(tzinfo=None), "changed", "x", "y")],
        [Moment(datetime(9999, 1, 1, tzinfo=UTC), "changed", "x", "y")],
        [Moment(AFTER, "removed", "x", "y", BEFORE)],
        pl.DataFrame({"when": [datetime(2026, 1, 1)], "kind": ["a"], "label": ["b"], "key": ["c"]}),
        pl.DataFrame({"when": [BEFORE]}),
    ],
    ids=["no zone", "no time of books", "ends before it begins", "frame without a zone", "columns missing"],
)
def test_times_that_are_none_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError):
        TimelineView(wrong)


# -- changes between two snapshots -----------------------------------------------------------------------------------------


def change(kind: str, *, created: str = "", updated: str = "", consequence: bool = False, number: int = 1) -> Change:
    body = {"Id": str(number), "MetaData": {"CreateTime": created, "LastUpdatedTime": updated}}
    held = record("Bill", body)
    before, after = (held, None) if kind == "removed" else (None if kind == "added" else held, held)
    return Change(RecordKey("Bill", str(number)), f"Bill {number}", kind, (), consequence, before, after)


def test_a_change_stands_at_the_time_that_quickbooks_kept_and_what_was_removed_between_the_snapshots() -> None:
    changes = [
        change("added", created="2026-11-22T03:00:00-07:00", updated="2026-11-22T04:00:00-07:00"),
        change("changed", created="2015-01-01T00:00:00Z", updated="2026-11-22T12:00:00Z"),
        change("removed", created="2026-11-22T12:00:00Z", updated="2026-11-22T12:00:00Z"),
        change("changed", updated="2020-01-01T00:00:00Z", number=2),
        change("changed", updated="yesterday", number=3),
        change("changed", updated="2026-11-22T12:00:00Z", consequence=True, number=4),
    ]
    view = TimelineView.of_changes(changes, BEFORE, AFTER)
    rows = view.events.frame.sort("kind", "when", "key").select("kind", "when", "until", "key").rows()
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert rows == [
        ("added", datetime(2026, 11, 22, 10, 0, tzinfo=UTC), None, "Bill:1"),
        ("changed", BEFORE, AFTER, "Bill:2"),
        ("changed", BEFORE, AFTER, "Bill:3"),
        ("changed", noon, None, "Bill:1"),
        ("removed", BEFORE, AFTER, "Bill:1"),
    ]
    said = view.description()
    assert "1 removed, 2 changed at some time between 21 Nov 2026, 10:00 and 23 Nov 2026, 10:00" in said
    assert "2 records at a known time: 1 changed, 1 added" in said
    assert "1 that moved only as a consequence are not drawn" in said
    with pytest.raises(ValueError, match="after the second"):
        TimelineView.of_changes(changes, AFTER, BEFORE)


def test_payloads_that_cannot_be_read_are_drawn_as_unknown() -> None:
    broken = Change(RecordKey("Bill", "1"), "Bill 1", "changed", (), False, None, None)
    odd = Change(
        RecordKey("Bill", "2"), "Bill 2", "added", (), False, None, record("Bill", {"Id": "2", "MetaData": [1]})
    )
    view = TimelineView.of_changes([broken, odd], BEFORE, AFTER)
    assert [span.number for span in view.events.spans] == [2]


# -- the picture -----------------------------------------------------------------------------------------------------------


def test_the_picture_says_its_zone_and_tells_kinds_apart_without_colour() -> None:
    svg = TimelineView(moments(), zone="America/Los_Angeles").svg()
    root = ET.fromstring(svg)
    words = "".join(root.itertext())
    assert "times in America/Los_Angeles" in words
    assert "times in UTC" in "".join(ET.fromstring(TimelineView(moments()).svg()).itertext())
    for said in ("≠ changed 14", "+ added 13", "⊘ voided 13", "− removed 3"):
        assert said in words
    assert "hollow added" in svg
    assert "-slant)" in svg
    assert "-back)" in svg
    with pytest.raises(KeyError):
        TimelineView(moments(), zone="Nowhere/Atall")


def test_words_and_lines_hold_every_bar() -> None:
    view = TimelineView(moments(6))
    assert view.text().count("\n  21 Nov 2026") == sum(1 for total in view._whole().sums if total)
    assert view.text().splitlines()[-1] == "  3 removed at some time between 21 Nov 2026, 10:00 and 23 Nov 2026, 10:00"
    assert TimelineView([]).text() == "When the records were changed: nothing happened."
    assert "Nothing happened." in str(TimelineView([]).svg())
    assert "nothing happened" in TimelineView([]).live().render()
    assert view._repr_mimebundle_().keys() == {"text/plain", "image/svg+xml"}


def test_a_single_removed_record_among_many_is_seen() -> None:
    many = [Moment(BEFORE, "changed", "x", f"Bill:{at}") for at in range(5000)]
    root = ET.fromstring(TimelineView([*many, Moment(BEFORE, "voided", "y", "Bill:x")]).svg())
    bars = [one for one in root.iter() if one.tag.endswith("rect") and one.attrib.get("class") == "full removed"]
    assert min(float(one.attrib["height"]) for one in bars) >= 2


def test_many_kinds_and_many_spans_are_told_by_number() -> None:
    kinds = [Moment(BEFORE, f"kind {at:02}", "x", "y") for at in range(30)]
    assert len(TimelineView(kinds).events.kinds) == 12
    assert TimelineView(kinds).events.numbers["other"] == 19
    spans = [Moment(BEFORE, "removed", "x", "y", BEFORE + timedelta(hours=at + 1)) for at in range(20)]
    assert "12 more stretches" in "".join(ET.fromstring(TimelineView(spans).svg()).itertext())
    assert "12 more stretches" in TimelineView(spans).description()


PLAIN = {
    (one.tag, *sorted(one.attrib))
    for kind in ("amy", "removed", "voided", "deactivated", "n" * 300)
    for one in ET.fromstring(
        TimelineView([Moment(BEFORE, kind, "x", "y"), Moment(BEFORE, "changed", "x", "y", AFTER)] * 3, title="t").svg()
    ).iter()
} | {
    (one.tag, *sorted(one.attrib))
    for one in ET.fromstring(TimelineView([Moment(BEFORE, f"k{at}", "x", "y") for at in range(8)]).svg()).iter()
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_from_the_books_stays_text(text: str) -> None:
    view = TimelineView(
        [Moment(BEFORE, text, text, text), Moment(AFTER, "added", text, text), Moment(BEFORE, text, text, text, AFTER)],
        title=text,
        sub=text,
    )
    root = ET.fromstring(view.svg())
    assert {(one.tag, *sorted(one.attrib)) for one in root.iter()} <= PLAIN
    assert len(str(view.svg())) < 100_000
    live = view.live()
    assert live.dispatch(Event("all_in_view"))
    page = ET.fromstring(f"<root>{live.render()}</root>")
    assert not [one for one in page.iter() if any(key.startswith("on") or key in {"href", "src"} for key in one.attrib)]
    assert not {one.tag.rpartition("}")[2] for one in page.iter()} & {"script", "img", "b", "link", "iframe", "a"}
    assert not set("\x00\x07\x1b\x7f\x85\u202e\u2066\ufffe\uffff") & set("".join(page.itertext()) + view.text())
    if len(text) < 60:
        assert " ".join(readable(text).split()) in " ".join("".join(page.itertext()).split())


# -- looking into it -------------------------------------------------------------------------------------------------------


def live(number: int = 40, **options: Any) -> LiveTimeline:
    return LiveTimeline(TimelineView(moments(number)), **options)


@given(
    st.lists(
        st.sampled_from(
            ["closer:", "wider:", "whole:", "move:earlier", "move:later", "zoom:0.2,0.6", "zoom:0.9,1", "kind:0", "kind:1", "bar:0", "span:0",
             "all_in_view:", "bar_closer:", "close:"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_whatever_is_done_it_can_be_drawn_and_shows_no_more_than_there_is(steps: list[str]) -> None:
    view = live()
    first, last = view.view.events.stretch
    for step in steps:
        view.dispatch(Event(*step.split(":")))
        assert first <= view.start < view.end <= last
        assert view.kinds
        ET.fromstring(f"<root>{view.render()}</root>")
    for _ in range(40):
        view.dispatch(Event("wider"))
    assert (view.start, view.end) == (first, last)


def test_zooming_shows_the_stretch_that_was_drawn_over() -> None:
    view = live()
    bins = view._drawn().bins
    assert view.dispatch(Event("zoom", "0.25,0.5"))
    assert (view.start, view.end) == (
        bins.start + (bins.end - bins.start) / 4,
        bins.start + (bins.end - bins.start) / 2,
    )
    before = (view.start, view.end)
    for nonsense in ("0.5,0.25", "x", "0.1", "nan,1", "-1,2", "0,1,2", "inf,inf", ""):
        assert not view.dispatch(Event("zoom", nonsense))
    assert (view.start, view.end) == before
    assert view.dispatch(Event("move", "later"))
    assert view.end - view.start == before[1] - before[0]
    assert view.dispatch(Event("whole"))
    assert not view.dispatch(Event("move", "later"))
    assert not view.dispatch(Event("move", "sideways"))
    assert not view.dispatch(Event("whole"))


def test_a_bar_lists_its_events_and_a_kind_that_is_off_is_not_among_them() -> None:
    chosen: list[str] = []
    view = live(on_choose=chosen.append)
    drawn = view._drawn()
    place = next(at for at, total in enumerate(drawn.sums) if total > 1)
    assert view.dispatch(Event("bar", str(place)))
    assert view.rows is not None
    assert view.rows.number == drawn.sums[place]
    wanted = [
        moment.key
        for moment in moments()
        if moment.until is None and drawn.bins.edges[place] <= moment.when < drawn.bins.edges[place + 1]
    ]
    keys = [view.rows.model.row(key).values["key"] for key in view.rows.listed()]  # type: ignore[union-attr]
    assert keys == wanted
    assert view.dispatch(Event("rows_choose", view.rows.listed()[0]))
    assert chosen == wanted[:1]
    off = view.view.events.kinds.index("changed")
    assert view.dispatch(Event("kind", str(off)))
    assert view.rows.number == sum(moment.kind != "changed" for moment in moments() if moment.key in wanted)
    assert "changed" not in view._drawn().counts
    empty = next((at for at, total in enumerate(view._drawn().sums) if not total), len(view._drawn().bins))
    assert not view.dispatch(Event("bar", str(empty)))


def test_what_happened_at_an_unknown_time_is_listed_with_both_ends() -> None:
    view = live()
    assert view.dispatch(Event("span", "0"))
    assert view.rows is not None
    assert view.rows.number == 3
    assert "2026-11-21 10:00:00 to 2026-11-23 10:00:00" in view.render()
    assert not view.dispatch(Event("bar_closer"))
    assert not view.dispatch(Event("span", "1"))
    view.dispatch(Event("close"))
    assert view.rows is None


def test_the_last_kind_cannot_be_left_out() -> None:
    view = live()
    for place in range(3):
        assert view.dispatch(Event("kind", str(place)))
    assert not view.dispatch(Event("kind", "3"))
    assert view.notice == "At least one kind stays."
    assert not view.dispatch(Event("kind", "9"))


def test_a_change_in_the_list_draws_the_timeline_anew() -> None:
    view = live()
    view.dispatch(Event("all_in_view"))
    drawn: list[int] = []
    view.subscribe(lambda: drawn.append(1))
    assert view.dispatch(Event("rows_find", "Bill 7"))
    assert drawn
    assert view.notice.endswith("of 40 records.")


@pytest.mark.browser
def test_drawn_over_walked_and_listed_in_a_browser(page: Any) -> None:
    views: list[LiveTimeline] = []

    def make() -> Any:
        views.append(live())
        return views[-1].__panel__()

    with served(make) as address:
        page.goto(address)
        bars = page.get_by_role("group", name="Bars")
        bars.wait_for()
        view = views[-1]
        whole = view.end - view.start
        box = bars.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.02, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 40)
        page.mouse.move(box["x"] + box["width"] * 0.12, box["y"] + 44)
        page.mouse.up()
        page.get_by_role("status").filter(has_text="21 Nov 2026").wait_for()
        assert (view.end - view.start) / whole == pytest.approx(0.1, abs=0.03)
        assert view.rows is None, "drawing presses no bar"
        bars.get_by_role("button").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.locator("table caption").wait_for()
        drawn = view._drawn()
        second = [place for place, total in enumerate(drawn.sums) if total][1]
        assert view._held == (drawn.bins.edges[second], drawn.bins.edges[second + 1])
        assert violations(page) == []
        page.keyboard.press("0")
        page.get_by_role("button", name="All of it").and_(page.locator(":disabled")).wait_for()
        assert (view.start, view.end) == view.view.events.stretch
        bars.get_by_role("button").first.click()
        page.get_by_role("region", name="21 Nov 2026, 10:00 to 11:00").wait_for()
        assert violations(page) == []
