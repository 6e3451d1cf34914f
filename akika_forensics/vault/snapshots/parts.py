"""A part: two files with the same rows, or three, in which one segment or several lie."""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Paths of the index and the payload file, and how many rows of each segment (by its number) they hold.

    ``rest``: path of the columns that a merged index keeps apart (`frames.REST`); empty where it has them itself.
    """

    index: str
    payload: str
    segments: dict[str, int]
    rest: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(sorted(map(int, self.segments)))

    @property
    def indexes(self) -> tuple[str, ...]:
        """The files that make up its index."""
        return (self.index, self.rest) if self.rest else (self.index,)

    @property
    def paths(self) -> tuple[str, ...]:
        """All its files."""
        return (*self.indexes, self.payload)

    @property
    def rows(self) -> int:
        return sum(self.segments.values())
