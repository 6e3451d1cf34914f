"""What of each record was read: a mark of its content, when, and the day on which it stands; a few bytes a record."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from akika_forensics.capture.draft import Versions
from akika_forensics.capture.numbers import Numbers, grown
from akika_forensics.model.record import RecordKey

MARK: Final = 16
"""Bytes that tell two readings of a record apart."""

_SPARE: Final = 4096
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Reading(NamedTuple):
    """``at`` as of `instant`; ``day`` None for a record that stands on none; ``answer``: the number of the one that brought it."""

    mark: bytes
    at: int
    day: date | None
    answer: int = 0


def instant(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND


class Readings:
    """The last reading of each record that is held because it was read."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._there = array("B")
        self._marks = bytearray()
        self._at = array("q")
        self._day = array("i")
        self._answer = array("i")
        self._counts: dict[str, int] = {}

    def get(self, key: tuple[str, str]) -> Reading | None:
        number = self._numbers.find(*key)
        if number is None or number >= len(self._there) or not self._there[number]:
            return None
        day = self._day[number]
        mark = bytes(self._marks[number * MARK : (number + 1) * MARK])
        return Reading(mark, self._at[number], date.fromordinal(day) if day else None, self._answer[number])

    def __contains__(self, key: tuple[str, str]) -> bool:
        number = self._numbers.find(*key)
        return number is not None and number < len(self._there) and bool(self._there[number])

    def put(self, key: RecordKey, mark: bytes, at: int, day: date | None, answer: int = 0) -> None:
        number = self._numbers.give(*key)
        self._make_room(number)
        if not self._there[number]:
            self._there[number] = 1
            self._counts[key.entity] = self._counts.get(key.entity, 0) + 1
        self._marks[number * MARK : (number + 1) * MARK] = mark
        self._at[number] = at
        self._day[number] = day.toordinal() if day is not None else 0
        self._answer[number] = answer

    def pop(self, key: RecordKey) -> Reading | None:
        """The last reading of a record that is held no more."""
        found = self.get(key)
        if found is not None:
            self._there[self._numbers.give(*key)] = 0
            self._counts[key.entity] -= 1
        return found

    def count(self, entity: str) -> int:
        return self._counts.get(entity, 0)

    def ids(self, entity: str) -> Iterator[str]:
        for record_id, number in self._numbers.of(entity).items():
            if number < len(self._there) and self._there[number]:
                yield record_id

    def answers(self, entity: str) -> Iterator[tuple[str, int]]:
        """Ids with the number of the answer that brought each."""
        known = self._numbers.of(entity)
        return ((record_id, self._answer[known[record_id]]) for record_id in self.ids(entity))

    def entities(self) -> list[str]:
        return [entity for entity, count in self._counts.items() if count]

    def as_state(self) -> dict[str, Versions]:
        """For `take_up`, in another process."""
        marks = np.frombuffer(bytes(self._marks), dtype=np.uint8).reshape(-1, MARK)
        at, day = np.asarray(self._at), np.asarray(self._day)
        answers = np.asarray(self._answer)
        found: dict[str, Versions] = {}
        for entity in self.entities():
            ids = list(self.ids(entity))
            known = self._numbers.of(entity)
            places = np.fromiter((known[one] for one in ids), dtype=np.int64, count=len(ids))
            found[entity] = Versions(
                ids,
                marks[places].tobytes(),
                at[places].astype("<i8").tobytes(),
                day[places].astype("<i4").tobytes(),
                answers[places].astype("<i4").tobytes(),
            )
        return found

    def take_up(self, state: dict[str, Versions]) -> datetime | None:
        """Go on from what an earlier capture read; the time of its last reading."""
        last: int | None = None
        for entity, one in state.items():
            times, days = np.frombuffer(one.at, "<i8").tolist(), np.frombuffer(one.days, "<i4").tolist()
            answers = np.frombuffer(one.answers, "<i4").tolist() or [0] * len(one.ids)
            last = max([*times, *([] if last is None else [last])], default=None)
            for at, record_id in enumerate(one.ids):
                day = date.fromordinal(days[at]) if days[at] else None
                self.put(
                    RecordKey(entity, record_id), one.marks[at * MARK : (at + 1) * MARK], times[at], day, answers[at]
                )
        return None if last is None else moment(last)

    def _make_room(self, number: int) -> None:
        if number < len(self._there):
            return
        length = number + 1 + max(_SPARE, number // 8)
        for numbers in (self._there, self._at, self._day, self._answer):
            grown(numbers, length)
        grown(self._marks, length * MARK)
