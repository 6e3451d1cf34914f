"""Which keys arrived already, told by hashes in arrays: eight bytes a record."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from akika_forensics.vault.snapshots.frames import KEY

type _Hashes = npt.NDArray[np.uint64]

_WIDTH: Final = 2
"""A run of hashes is joined to the one before until that is so many times as long: then there are few, however many keys came."""


class Came:
    """``twice``: whether some key may have come more than once. Hashes do: two keys with one hash only look as if one had."""

    def __init__(self) -> None:
        self.twice = False
        # Each sorted, without doubles, the longest first.
        self._runs: list[_Hashes] = []

    def add(self, rows: pl.DataFrame) -> None:
        """Rows with the columns of a key came."""
        hashes = rows.select(pl.struct(KEY).hash()).to_series().to_numpy()
        run: _Hashes = np.unique(hashes)
        self.twice |= len(run) < len(hashes) or any(_overlap(one, run) for one in self._runs)
        while self._runs and len(self._runs[-1]) < _WIDTH * len(run):
            run = np.union1d(self._runs.pop(), run)
        self._runs.append(run)


def _overlap(longer: _Hashes, run: _Hashes) -> bool:
    if not len(longer):
        return False
    places = np.minimum(np.searchsorted(longer, run), len(longer) - 1)
    return bool((longer[places] == run).any())
