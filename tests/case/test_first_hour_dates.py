"""What expires when, and how the Audit Log is cut: pure."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.case.first_hour import NOT_TO_DO, PHASES, STEPS, Known, deadlines, slices
from akika_forensics.case.first_hour.slices import MOST, Slice, count_rows, plan, read_days, years_later

INCIDENT = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_what_expires_first_stands_first_and_what_is_not_known_last():
    found = deadlines(INCIDENT, Known(ends=INCIDENT + timedelta(days=90)))
    known = [one.until for one in found if one.until is not None]
    assert known == sorted(known)
    assert [one.until is None for one in found] == [False] * len(known) + [True, True]
    by_name = {one.name: one.until for one in found}
    assert by_name["Change feed"] == datetime(2026, 12, 23, 17, 30, tzinfo=UTC)
    assert by_name["Audit Log of the incident"] == datetime(2028, 11, 23, 17, 30, tzinfo=UTC)
    assert by_name["Connection"] == INCIDENT + timedelta(days=90)
    assert by_name["Last day of the connection"] is None


def test_how_long_a_missed_notification_is_sent_again_is_not_known_and_no_hour_is_named():
    (missed,) = [one for one in deadlines(INCIDENT, Known()) if one.name == "Notifications that were missed"]
    assert (missed.until, missed.left(INCIDENT)) == (None, None)
    assert "every six hours" in missed.what


def _feed(**known):
    (found,) = [one for one in deadlines(INCIDENT, Known(**known)) if one.name == "Change feed"]
    return found


def test_the_feed_is_safe_once_a_snapshot_knows_all_deletions_since_the_incident():
    feed = _feed(captured="s4", captured_from=INCIDENT)
    assert feed.safe == "captured in s4"
    assert feed.left(INCIDENT + timedelta(days=31)) == -timedelta(days=1)
    assert _feed(captured="s4", captured_from=INCIDENT, lacking=("Bill",)).safe == "captured in s4, but for Bill"


def test_a_snapshot_that_knows_later_deletions_alone_is_named_with_the_time_and_makes_nothing_safe():
    feed = _feed(captured="s4", captured_from=INCIDENT + timedelta(days=2))
    assert feed.safe == ""
    assert "s4 knows deletions from 2026-11-25 17:30 UTC on." in feed.do
    assert "akika capture --full" in feed.do


def test_a_snapshot_that_kept_no_list_of_deletions_makes_nothing_safe():
    feed = _feed(captured="s4")
    assert feed.safe == ""
    assert "s4 kept no list of what was deleted." in feed.do
    assert _feed().do == "`akika capture`."


def test_two_years_after_a_leap_day_is_the_day_before_and_never_too_late():
    assert years_later(datetime(2024, 2, 29, tzinfo=UTC), 2) == datetime(2026, 2, 28, tzinfo=UTC)


def test_the_list_begins_with_the_capture_and_every_step_has_its_place():
    assert STEPS[0].name == "capture"
    assert len({step.name for step in STEPS}) == len(STEPS)
    order = [name for name, _ in PHASES]
    assert [step.phase for step in STEPS] == sorted((step.phase for step in STEPS), key=order.index)
    assert set(order) == {step.phase for step in STEPS}
    assert all(what and why for what, why in NOT_TO_DO)


@given(first=DAYS, length=st.integers(0, 400))
def test_months_cover_every_day_once(first, length):
    last = first + timedelta(days=length)
    found = plan(first, last, [])
    assert [found[0].first, found[-1].last] == [first, last]
    assert all(b.first == a.last + timedelta(days=1) for a, b in pairwise(found))
    assert all((one.first.year, one.first.month) == (one.last.year, one.last.month) for one in found)


@st.composite
def _kept(draw):
    first = draw(DAYS)
    rows = draw(st.sampled_from([0, 17, MOST - 1, MOST, MOST + 5, None]))
    return Slice(first, first + timedelta(days=draw(st.integers(0, 60))), rows, "export.csv")


@given(first=DAYS, length=st.integers(0, 200), kept=st.lists(_kept(), max_size=5))
def test_every_day_is_kept_whole_or_still_to_be_exported_and_never_both(first, length, kept):
    last = first + timedelta(days=length)
    found = plan(first, last, kept)
    assert [one for one in found if one.kept] == sorted(kept, key=lambda one: (one.first, one.last))
    wanted = [one for one in found if not one.kept]
    whole = [one for one in kept if not one.cut_off]
    alone = {one.first for one in kept if one.cut_off and one.days == 1}
    for offset in range(length + 1):
        day = first + timedelta(days=offset)
        is_whole = any(one.first <= day <= one.last for one in whole)
        asked = sum(one.first <= day <= one.last for one in wanted)
        assert asked == (0 if is_whole or day in alone else 1)
    assert all(first <= one.first <= one.last <= last for one in wanted)
    for one in wanted:
        for over in kept:
            if over.cut_off and over.first <= one.last and one.first <= over.last:
                assert one.days <= max(1, over.days // 2)


def test_an_export_of_ten_thousand_rows_is_asked_for_again_in_halves_down_to_a_user():
    october = Slice(date(2026, 10, 1), date(2026, 10, 31), MOST, "october.csv")
    found = plan(october.first, october.last, [october])
    assert october.words == "may be cut off"
    assert [(one.first.day, one.last.day) for one in found if not one.kept] == [(1, 15), (16, 30), (31, 31)]
    day = Slice(date(2026, 10, 1), date(2026, 10, 1), MOST, "day.csv")
    assert "one user at a time" in day.words
    assert plan(day.first, day.last, [day]) == (day,)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"Date Changed,User,Event\n", 0),
        (b'\xef\xbb\xbfDate Changed,User,Event\r\n"Feb 19, 2024, 5:08 pm Eastern Standard Time",Ann,Signed in\r\n', 1),
        (b'Date,User,Event\n"Feb 19","Ann","two\nlines"\n\n"Feb 20","Ann","x"\n', 2),
        ("Date,User,Event\nx,Ann,y\n".encode("utf-16"), 1),
        ("Date,User,Event\nx,Renée,y\n".encode("cp1252"), 1),
        (b"", 0),
        (b"\x81\x8d\x8f", None),
    ],
)
def test_rows_of_an_export_are_counted_below_its_heading(data, rows):
    assert count_rows(data) == rows


@pytest.mark.parametrize("text", ["", "2026-13-01", "2026-10-02..2026-10-01", "..", "October"])
def test_days_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_days(text)


def test_days_are_one_or_many():
    assert read_days("2026-10-01") == Slice(date(2026, 10, 1), date(2026, 10, 1))
    assert read_days("2026-10-01..2026-10-31").days == 31


def test_without_days_it_is_the_two_years_that_are_still_there():
    found = slices.every(INCIDENT, None, None)
    assert (found[0].first, found[-1].last) == (date(2024, 11, 23), date(2026, 11, 23))
