"""Who cites whom, kept small enough for a million records: to name what is cited and not there."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from akika_forensics.capture.cited import Cited, cited_by
from akika_forensics.capture.draft import Citing
from akika_forensics.capture.numbers import Numbers, grown
from akika_forensics.model.record import RecordKey

_SPARE: int = 4096
"""Places that arrays grow by at least: one at a time would take too long."""


class Citations:
    """Citations of the present version of each record. ``put`` replaces what a record cited before."""

    def __init__(self, numbers: Numbers | None = None) -> None:
        self._numbers = Numbers() if numbers is None else numbers
        self._present = array("B")
        # Where the citations of a record begin in ``_target``, and how many they are; those of earlier versions stay unused.
        self._begin = array("I")
        self._many = array("I")
        self._target = array("I")
        self.unreadable: dict[str, int] = {}

    def put(self, key: RecordKey, body: dict[str, Any]) -> None:
        source = self._numbers.give(*key)
        targets, unreadable = cited_by(key.entity, body)
        begin = len(self._target)
        self._target.extend(self._numbers.give(*target) for target in dict.fromkeys(targets))
        self._make_room()
        self._present[source] = 1
        self._begin[source], self._many[source] = begin, len(self._target) - begin
        for name in unreadable:
            self.unreadable[name] = self.unreadable.get(name, 0) + 1

    def drop(self, key: RecordKey) -> None:
        number = self._numbers.find(*key)
        if number is not None and number < len(self._present):
            self._present[number] = 0

    def dangling(self, held: Callable[[Cited], bool] | None = None) -> list[tuple[RecordKey, list[RecordKey]]]:
        """(what is cited and not there, by whom), in order of the first citation.

        ``held``: whether a record is there besides those that were put.
        """
        if not self._target:
            return []
        target = np.frombuffer(self._target, dtype=np.uint32)
        absent = np.flatnonzero(np.frombuffer(self._present, dtype=np.uint8)[target] == 0)
        if not len(absent):
            return []
        source, begin, many = self._live()
        if not len(source):
            return []
        place = np.searchsorted(begin, absent, side="right") - 1
        lies_in = (place >= 0) & (absent < begin[place] + many[place])
        pairs = list(zip(source[place[lies_in]].tolist(), target[absent[lies_in]].tolist(), strict=True))
        missing: dict[int, dict[int, None]] = {}
        for citing, cited in pairs:
            missing.setdefault(cited, {})[citing] = None
        keys = self._numbers.keys({number for pair in pairs for number in pair})
        return [
            (keys[cited], [keys[number] for number in citing])
            for cited, citing in missing.items()
            if held is None or not held(keys[cited])
        ]

    def as_state(self) -> Citing:
        """For `take_up`, in another process."""
        source, begin, many = self._live()
        before = np.cumsum(many) - many
        places = np.repeat(begin - before, many) + np.arange(int(many.sum()))
        target = np.frombuffer(self._target, dtype=np.uint32)[places]
        self._make_room()
        return Citing(
            self._numbers.every(),
            bytes(self._present[: self._numbers.total]),
            np.ones(self._numbers.total, "<u2").tobytes(),
            np.repeat(source, many).astype("<u4").tobytes(),
            np.ones(len(target), "<u2").tobytes(),
            target.astype("<u4").tobytes(),
            self.unreadable,
        )

    def take_up(self, state: Citing) -> None:
        """Go on from where earlier citations stood; no record has a number yet."""
        self._numbers.take_up(state.keys)
        present, version = np.frombuffer(state.present, "<u1"), np.frombuffer(state.version, "<u2")
        source = np.frombuffer(state.source, "<u4")
        live = version[source] == np.frombuffer(state.source_version, "<u2")
        source = source[live]
        # What a version of a record cites stands together.
        first = np.flatnonzero(np.diff(source.astype(np.int64), prepend=-1) != 0)
        begin = np.zeros(len(present), np.int64)
        begin[source[first]] = first
        self._present = array("B", present.tobytes())
        self._begin, self._many = _array(begin), _array(np.bincount(source, minlength=len(present)))
        self._target = _array(np.frombuffer(state.target, "<u4")[live])
        self.unreadable = dict(state.unreadable)

    def _live(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Records that are there and cite others, where their citations begin, and how many; in order of the beginnings."""
        many = np.frombuffer(self._many, dtype=np.uint32)
        there = np.frombuffer(self._present, dtype=np.uint8) == 1
        source = np.flatnonzero(there & (many > 0))
        begin = np.frombuffer(self._begin, dtype=np.uint32)[source].astype(np.int64)
        order = np.argsort(begin)
        return source[order], begin[order], many[source][order].astype(np.int64)

    def _make_room(self) -> None:
        total = self._numbers.total
        if len(self._present) < total:
            for numbers in (self._present, self._begin, self._many):
                grown(numbers, total + max(_SPARE, total // 8))


def _array(numbers: npt.NDArray[Any]) -> array[int]:
    found = array("I")
    found.frombytes(numbers.astype(np.dtype("I")).tobytes())
    return found
