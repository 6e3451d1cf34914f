"""A number for each record that a capture met, so that what is known of a million records lies in arrays."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable

from akika_forensics.capture.cited import Cited
from akika_forensics.model.record import RecordKey


class Numbers:
    """Numbers count from 0 and are never taken back. ``total`` of them are given out."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, int]] = {}
        self.total = 0

    def of(self, entity: str) -> dict[str, int]:
        """Id → number, in order of the numbers; not to be changed."""
        return self._of.get(entity, {})

    def give(self, entity: str, record_id: str) -> int:
        """The number of a record, a new one where it has none."""
        known = self._of.setdefault(entity, {})
        number = known.get(record_id)
        if number is None:
            number = known[record_id] = self.total
            self.total += 1
        return number

    def find(self, entity: str, record_id: str) -> int | None:
        return self._of.get(entity, {}).get(record_id)

    def keys(self, wanted: Collection[int]) -> dict[int, RecordKey]:
        """The records that have these numbers."""
        return {
            number: RecordKey(entity, record_id)
            for entity, known in self._of.items()
            for record_id, number in known.items()
            if number in wanted
        }

    def every(self) -> list[Cited]:
        """All records, in order of their numbers."""
        found: list[Cited] = [("", "")] * self.total
        for entity, known in self._of.items():
            for record_id, number in known.items():
                found[number] = (entity, record_id)
        return found

    def take_up(self, keys: Iterable[Cited]) -> None:
        """Give numbers to records in this order; the first has none yet."""
        for key in keys:
            self.give(*key)


def grown[Numbered: (array[int], bytearray)](numbers: Numbered, length: int) -> Numbered:
    """An array that has a place for so many, zeros in the new ones."""
    if len(numbers) < length:
        if isinstance(numbers, bytearray):
            numbers.extend(bytes(length - len(numbers)))
        else:
            numbers.frombytes(bytes((length - len(numbers)) * numbers.itemsize))
    return numbers
