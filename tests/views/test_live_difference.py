"""The difference that answers: what the filters let through, what is drawn, what is opened."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import Change, FieldChange, bills, changes

from akika_forensics.model.record import RecordKey
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.live import Event
from akika_widgets.views.live_difference import LiveDifference


def many(number: int) -> list[Change]:
    return [
        Change(
            RecordKey("Invoice" if at % 2 else "Bill", str(at)),
            f"No {at}",
            "changed" if at % 3 else "voided",
            (FieldChange("PrivateNote", f"was {at}", f"is {at}"),),
            consequence=at % 5 == 0,
        )
        for at in range(1, number + 1)
    ]


def chosen(view: LiveDifference) -> list[str]:
    return [str(view.all[place].key) for place in view.chosen]


def test_each_filter_narrows_and_the_page_begins_anew() -> None:
    view = DifferenceView(many(60)).live()
    assert len(view.chosen) == 48
    view.dispatch(Event("page", "on"))
    assert view.pages.at == 1
    view.dispatch(Event("entity", "Bill"))
    assert view.pages.at == 0
    assert all(key.startswith("Bill:") for key in chosen(view))
    view.dispatch(Event("kind", "voided"))
    assert {view.all[place].kind for place in view.chosen} == {"voided"}
    view.dispatch(Event("reach", "consequence"))
    assert chosen(view) == ["Bill:30", "Bill:60"]
    assert view.notice == "2 of 60 records."


@pytest.mark.parametrize(
    ("text", "found"), [("was 7", ["Invoice:7"]), ("IS 12", ["Bill:12"]), ("no 13 invoice", ["Invoice:13"]), ("x", [])]
)
def test_the_text_is_looked_for_in_names_and_values(text: str, found: list[str]) -> None:
    view = DifferenceView(many(14)).live()
    view.dispatch(Event("find", text))
    assert chosen(view) == found
    if not found:
        assert "No record fits these choices." in view.render()


def test_a_record_that_was_added_is_found_by_what_is_in_it() -> None:
    view = DifferenceView(list(bills(3))).live()
    view.dispatch(Event("find", "hicks imp-2"))
    assert chosen(view) == ["Bill:302"]


def test_only_the_page_is_drawn_and_only_what_is_open_shows_its_fields() -> None:
    view = LiveDifference(DifferenceView(many(9_999)), page=25)
    drawn = view.render()
    assert drawn.count('data-row="data_row"') == 25
    assert len(drawn) < 60_000
    first = view.chosen[0]
    assert "was " not in drawn
    view.dispatch(Event("open", str(first)))
    assert view.render().count("was ") == 1
    view.dispatch(Event("open", str(first)))
    assert "was " not in view.render()
    view.dispatch(Event("open_page"))
    assert view.render().count("was ") == 25
    view.dispatch(Event("open_page"))
    assert not view.opened


def test_pages_end_where_the_list_ends() -> None:
    view = DifferenceView(many(60)).live()
    assert not view.dispatch(Event("page", "back"))
    assert view.notice == "This is the first page."
    assert view.dispatch(Event("page", "last"))
    assert "26 to 48 of 48" in view.render()
    assert not view.dispatch(Event("page", "on"))
    assert not view.dispatch(Event("page", "sideways"))


@given(st.sampled_from(["reach", "entity", "kind", "page", "open", "find", "open_page"]), st.text(max_size=20))
def test_whatever_a_browser_sends_the_list_stays_in_order(act: str, value: str) -> None:
    view = DifferenceView(changes("a name")).live()
    view.dispatch(Event(act, value))
    assert list(view.chosen) == sorted(set(view.chosen))
    assert view.opened <= set(range(len(view.all)))
    view.render()


def test_nothing_that_differs_is_said() -> None:
    assert "no differences" in DifferenceView([]).live().render()


def test_consequences_alone_are_shown_at_once() -> None:
    view = DifferenceView([Change(RecordKey("Customer", "1"), "A", "changed", (), True)]).live()
    assert chosen(view) == ["Customer:1"]
