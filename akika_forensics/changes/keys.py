"""Many keys of records, kept as the columns they came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

from akika_forensics.model.record import RecordKey


class Keys(Sequence[RecordKey]):
    """Keys in the order of ``frame`` (entity, id). A key is made when somebody asks for it: that half a million differ is told
    at once, and a list of as many keys takes longer than finding them.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.select("entity", "id")

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[RecordKey]:
        return map(RecordKey, self.frame["entity"].to_list(), self.frame["id"].to_list())

    @overload
    def __getitem__(self, place: int) -> RecordKey: ...

    @overload
    def __getitem__(self, place: slice) -> Keys: ...

    def __getitem__(self, place: int | slice) -> RecordKey | Keys:
        if isinstance(place, slice):
            return Keys(self.frame[place])
        return RecordKey(*self.frame.row(place))

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, RecordKey):
            return False
        same = (self.frame["entity"] == key.entity) & (self.frame["id"] == key.id)
        return bool(same.any())

    def __repr__(self) -> str:
        return f"<{len(self):,} keys>"
