"""Times carry a zone, or they are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model import instants

ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001  # the zones are drawn


@given(TIMES)
def test_what_is_written_is_read_back_as_the_same_instant(time: datetime) -> None:
    text = instants.format_instant(time)
    assert text.endswith("Z")
    assert instants.parse_instant(text) == time
    assert instants.format_instant(instants.parse_instant(text)) == text


@given(TIMES, TIMES)
def test_whole_seconds_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert (instants.format_instant(one) < instants.format_instant(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2015-10-01T16:48:43-07:00", "2015-10-01T23:48:43Z"),
        ("2015-10-01T16:48:43-0700", "2015-10-01T23:48:43Z"),
        ("2015-10-01T16:48:43Z", "2015-10-01T16:48:43Z"),
        ("2015-10-01T16:48:43.120Z", "2015-10-01T16:48:43.120000Z"),
        (" 2015-12-31T23:30:00+05:30 ", "2015-12-31T18:00:00Z"),
    ],
)
def test_the_forms_on_the_wire(text: str, utc: str) -> None:
    assert instants.format_instant(instants.parse_instant(text)) == utc


@pytest.mark.parametrize("text", ["2015-10-01T16:48:43", "2015-10-01", "yesterday", ""])
def test_no_zone_no_instant(text: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|isoformat"):
        instants.parse_instant(text)


def test_a_naive_time_is_not_written_down() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instants.format_instant(datetime(2026, 1, 1))  # noqa: DTZ001  # the fault under test


def test_now_is_aware() -> None:
    assert instants.now().tzinfo is UTC


@given(st.dates())
def test_a_date_reads_back_alone_and_before_a_time(day: date) -> None:
    assert instants.parse_date(day.isoformat()) == day
    assert instants.parse_date(f"{day.isoformat()}T08:00:00-07:00") == day


@pytest.mark.parametrize(
    "text",
    ["", "2026-1-2", "2026-11-231", "2026-02-30", "11/23/2026", "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0663"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|out of range|day"):
        instants.parse_date(text)
