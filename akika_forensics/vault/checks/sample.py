"""Which data files and records a check by sample looks at: drawn by a seed, so that a second examiner draws the same.

Of the files in one folder those are drawn whose ``SHA-256(seed LF path)`` is smallest. Of the records in one payload
file those whose ``SHA-256(seed LF entity LF id)`` is smallest; how many, follows from its part of all records.
What is small is never left out.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

from akika_forensics.errors import WrongUse

SMALL: Final = 64 << 10
"""Bytes up to which a file is always read."""

_SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SEED: Final = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True)
class Sample:
    """``text`` as it was asked for: a share such as ``5%``, or a number of files of each folder and of records in all."""

    text: str
    seed: str

    @classmethod
    def parse(cls, text: str, seed: str) -> Self:
        """Raises WrongUse for what is neither a share of more than 0 and up to 100 % nor a number of at least 1."""
        sample = cls(text.strip(), seed)
        share, number = sample._share(), sample._number()
        if not (share and share <= 1) and not number:
            raise WrongUse(
                f"{text!r} is no size of a sample.", do="Give a share such as 5%, or a number of records such as 300."
            )
        if not _SEED.fullmatch(seed):
            raise WrongUse("This is no seed of a sample.", do="Give up to 64 letters, digits and signs, no blanks.")
        return sample

    def size(self, of: int) -> int:
        """How many of so many things: at least one where there is one; a share is rounded up."""
        share = self._share()
        wanted = -((-of * share.numerator) // share.denominator) if share is not None else self._number()
        return min(of, max(1, wanted)) if of else 0

    def paths(self, paths: Iterable[str]) -> frozenset[str]:
        """The drawn ones, of each folder apart."""
        folders: dict[str, list[str]] = {}
        for path in paths:
            folders.setdefault(path.partition("/")[0], []).append(path)
        return frozenset(
            path
            for inside in folders.values()
            for path in heapq.nsmallest(self.size(len(inside)), inside, key=self._rank)
        )

    def rows(self, keys: Sequence[tuple[str, str]], count: int) -> frozenset[int]:
        """Positions of ``count`` drawn records among (entity, id)."""
        ranks = (self._rank(f"{entity}\n{record_id}") for entity, record_id in keys)
        return frozenset(position for _, position in heapq.nsmallest(count, zip(ranks, range(len(keys)), strict=True)))

    def _rank(self, what: str) -> bytes:
        return hashlib.sha256(f"{self.seed}\n{what}".encode()).digest()

    def _share(self) -> Fraction | None:
        match = _SHARE.fullmatch(self.text)
        return Fraction(match[1]) / 100 if match else None

    def _number(self) -> int:
        return int(self.text) if _NUMBER.fullmatch(self.text) else 0


class Draw:
    """Shares a number of records out over files that are met one after the other, in proportion to their records."""

    def __init__(self, sample: Sample, population: int) -> None:
        self._sample = sample
        self._population = population
        self._wanted = sample.size(population)
        self._met = 0

    def rows(self, keys: Sequence[tuple[str, str]]) -> frozenset[int]:
        """The drawn positions of the next file's records."""
        before = self._until(self._met)
        self._met += len(keys)
        return self._sample.rows(keys, self._until(self._met) - before)

    def _until(self, met: int) -> int:
        return self._wanted * met // self._population if self._population else 0
