"""Who cites whom, kept small enough for a million records: to name what is cited and not there."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from akika_forensics.capture.cited import Cited, cited_by
from akika_forensics.capture.draft import Citing
from akika_forensics.model.record import RecordKey

_GONE: Final = 255


class Citations:
    """Citations of the present version of each record. ``put`` replaces what a record cited before."""

    def __init__(self) -> None:
        self._number: dict[Cited, int] = {}
        self._version = array("H")
        self._present = array("B")
        self._source = array("I")
        self._source_version = array("H")
        self._target = array("I")
        self.unreadable: dict[str, int] = {}

    def put(self, key: RecordKey, body: dict[str, Any]) -> None:
        source = self._touch(key)
        self._version[source] = (self._version[source] + 1) & 0xFFFF
        self._present[source] = 1
        version = self._version[source]
        targets, unreadable = cited_by(key.entity, body)
        for target in targets:
            self._source.append(source)
            self._source_version.append(version)
            self._target.append(self._touch(target))
        for name in unreadable:
            self.unreadable[name] = self.unreadable.get(name, 0) + 1

    def drop(self, key: RecordKey) -> None:
        number = self._number.get(key)
        if number is not None:
            self._present[number] = 0

    def dangling(self, held: Callable[[Cited], bool] | None = None) -> list[tuple[RecordKey, list[RecordKey]]]:
        """(what is cited and not there, by whom), in order of the first citation.

        ``held``: whether a record is there besides those that were put.
        """
        present = np.frombuffer(self._present, dtype=np.uint8)
        version = np.frombuffer(self._version, dtype=np.uint16)
        source = np.frombuffer(self._source, dtype=np.uint32)
        target = np.frombuffer(self._target, dtype=np.uint32)
        cited_by = np.frombuffer(self._source_version, dtype=np.uint16)
        if not len(source):
            return []
        open_ends = (present[target] == 0) & (present[source] == 1) & (version[source] == cited_by)
        if not open_ends.any():
            return []
        keys = [RecordKey(*key) for key in self._number]
        missing: dict[int, dict[int, None]] = {}
        for citing, cited in zip(source[open_ends].tolist(), target[open_ends].tolist(), strict=True):
            missing.setdefault(cited, {})[citing] = None
        return [
            (keys[cited], [keys[number] for number in citing])
            for cited, citing in missing.items()
            if held is None or not held(keys[cited])
        ]

    def as_state(self) -> Citing:
        """For `take_up`, in another process."""
        return Citing(
            [(entity, record_id) for entity, record_id in self._number],
            bytes(self._present),
            _bytes(self._version, "<u2"),
            _bytes(self._source, "<u4"),
            _bytes(self._source_version, "<u2"),
            _bytes(self._target, "<u4"),
            self.unreadable,
        )

    def take_up(self, state: Citing) -> None:
        """Go on from where earlier citations stood."""
        self._number = {key: number for number, key in enumerate(state.keys)}
        self._present = array("B", state.present)
        self._version = _array("H", state.version, "<u2")
        self._source = _array("I", state.source, "<u4")
        self._source_version = _array("H", state.source_version, "<u2")
        self._target = _array("I", state.target, "<u4")
        self.unreadable = dict(state.unreadable)

    def _touch(self, key: Cited) -> int:
        number = self._number.get(key)
        if number is None:
            number = self._number[key] = len(self._present)
            self._present.append(0)
            self._version.append(0)
        return number


def _bytes(numbers: array[int], kind: str) -> bytes:
    return np.asarray(numbers).astype(kind).tobytes()


def _array(code: str, data: bytes, kind: str) -> array[int]:
    found: array[int] = array(code)
    found.frombytes(np.frombuffer(data, dtype=kind).astype(np.dtype(code)).tobytes())
    return found
