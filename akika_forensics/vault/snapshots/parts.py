"""A part: two files with the same rows, in which one segment or several lie."""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Paths of the index and the payload file, and how many rows of each segment (by its number) they hold."""

    index: str
    payload: str
    segments: dict[str, int]

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted(map(int, self.segments)))

    @property
    def rows(self) -> int:
        return sum(self.segments.values())
