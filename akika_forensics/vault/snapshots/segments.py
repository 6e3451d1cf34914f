"""The segments of a snapshot in the making: numbered as they come, written beside what follows, mended at the end."""

from __future__ import annotations

import polars as pl

from akika_forensics.vault.snapshots.batch import Batch
from akika_forensics.vault.snapshots.beside import Beside
from akika_forensics.vault.snapshots.parts import Part


class Segments:
    """``first`` and ``following``: the number of the first and of the next; ``parts``: those that are written, in order.

    ``beside`` is the thread that writes them; ``parts`` is whole after its ``settle``.
    """

    def __init__(self, batch: Batch, beside: Beside, first: int) -> None:
        self._batch = batch
        self._beside = beside
        self.first = first
        self.following = first
        self.parts: list[Part] = []

    def take_up(self, following: int, parts: list[Part]) -> None:
        """Go on after those that an interrupted snapshot wrote."""
        self.following, self.parts = following, parts

    def store(self, rows: pl.DataFrame) -> int:
        """Store new versions, so that memory stays bounded; nothing of it is visible before the commit."""
        number = self.following
        self.following += 1
        self._beside.give(lambda: self.parts.append(self._batch.segment(number, rows)))
        return number

    def rewrite(self, withdrawn: dict[int, pl.DataFrame]) -> None:
        """A segment with records that were taken back after it was stored is stored again without them."""
        self.parts = self._batch.without(self.parts, withdrawn)

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)
