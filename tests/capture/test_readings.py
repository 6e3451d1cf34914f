"""What was read of each record, in arrays, against a plain dictionary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.numbers import Numbers
from akika_forensics.capture.readings import MARK, Reading, Readings, instant, moment
from akika_forensics.model.record import RecordKey

KEYS = st.builds(RecordKey, st.sampled_from(["Invoice", "Customer"]), st.sampled_from(["1", "2", "no-id-é", "-7"]))
DAYS = st.one_of(st.none(), st.dates())
TIMES = st.datetimes(timezones=st.just(UTC)).map(instant)
ACTS = st.lists(
    st.tuples(
        KEYS, st.sampled_from(["put", "pop", "cite", "again"]), st.binary(min_size=MARK, max_size=MARK), TIMES, DAYS
    ),
    max_size=30,
)


def again(numbers: Numbers, readings: Readings) -> tuple[Numbers, Readings]:
    other = Numbers()
    other.take_up(numbers.every())
    found = Readings(other)
    found.take_up(readings.as_state())
    return other, found


@given(ACTS)
def test_the_last_reading_of_each_record_is_held(acts: list[tuple[RecordKey, str, bytes, int, Any]]) -> None:
    numbers, model = Numbers(), {}
    readings = Readings(numbers)
    for key, act, mark, at, day in acts:
        if act == "put":
            readings.put(key, mark, at, day)
            model[key] = Reading(mark, at, day)
        elif act == "pop":
            assert readings.pop(key) == model.pop(key, None)
        elif act == "cite":
            numbers.give(*key)
        else:
            numbers, readings = again(numbers, readings)
    for key in {key for key, *_ in acts}:
        assert readings.get(key) == model.get(key)
        assert (key in readings) == (key in model)
    for entity in ("Invoice", "Customer"):
        assert set(readings.ids(entity)) == {key.id for key in model if key.entity == entity}
        assert readings.count(entity) == len(list(readings.ids(entity)))
    assert set(readings.entities()) == {key.entity for key in model}


@given(st.lists(KEYS))
def test_numbers_are_given_once_and_in_turn(keys: list[RecordKey]) -> None:
    numbers = Numbers()
    given_out = [numbers.give(*key) for key in keys]
    distinct = list(dict.fromkeys(keys))
    assert given_out == [distinct.index(key) for key in keys]
    assert numbers.every() == distinct
    assert numbers.keys(given_out) == dict(enumerate(distinct))
    assert numbers.find("Bill", "1") is None
    assert numbers.total == len(distinct)


def test_a_moment_is_kept_to_the_microsecond() -> None:
    at = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
    assert moment(instant(at)) == at
    long_ago = datetime.min.replace(tzinfo=UTC)
    assert moment(instant(long_ago)) == long_ago
    readings = Readings(Numbers())
    readings.put(RecordKey("Invoice", "1"), b"m" * MARK, instant(long_ago), date.min)
    found = readings.get(RecordKey("Invoice", "1"))
    assert found is not None
    assert found.day == date.min
