"""What changed since a capture began, as far as a report that came while lists were read can tell of something else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from akika_forensics.capture.controls import day_of
from akika_forensics.capture.incremental import MARGIN
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.identity import created_at
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Slice

_NEW: Final = "0"
"""The SyncToken of a record that was never edited. Source: QuickBooks API, SyncToken."""


class Meanwhile:
    """Told of every change that is read after the lists were.

    Of a record that is new and was never edited the day is known on which it can have moved a report. One that was edited,
    or that is gone, may have stood on another day when the report was made, and the list was read after that: nobody saw
    it. Then any report can be otherwise. So can it where a list has not as many records as were counted in the beginning, with
    those that are new: something went of which nobody tells.
    """

    def __init__(self, begun: datetime, counts: Mapping[str, int]) -> None:
        """``begun``: the server's time before the first list, ``counts`` those of then."""
        self._floor, self._counts = (begun - MARGIN).replace(microsecond=0), counts
        self._new: dict[str, set[RecordKey]] = {}
        self._days: set[date] = set()
        self._names = self._anything = False

    def changed(self, slices: Iterable[Slice]) -> None:
        """Records that changed since the capture began, whether or not they are held already as they are."""
        for cut in slices:
            try:
                body = payloads.decode(cut.payload)
            except WrongUse:
                body = None
            if not isinstance(body, dict):
                self._anything = True
                continue
            day, created = day_of(body), created_at(body)
            new = created is not None and created >= self._floor
            if new:
                self._new.setdefault(cut.key.entity, set()).add(cut.key)
            if day is None:
                self._names = True
            elif new and body.get("SyncToken") == _NEW:
                self._days.add(day)
            else:
                self._anything = True

    def untold(self) -> None:
        """Something went, or changed without a sign."""
        self._anything = True

    def moved(self, today: date, entities: Collection[str], held: Callable[[str], int]) -> frozenset[date] | None:
        """The days on which reports can be otherwise, names in those of ``today``; None where any report can be.

        ``held``: how many records there are of each of the ``entities``, once they come out as counted.
        """
        if self._anything or any(
            held(name) != before + len(self._new.get(name, ()))
            for name, before in self._counts.items()
            if name in entities
        ):
            return None
        return frozenset({*self._days, today} if self._names else self._days)
