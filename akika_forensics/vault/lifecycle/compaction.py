"""Fewer parts with the same rows: so that the history of one record touches few files, and none is left small.

A run is a row of commits, one for each merge. Stopped or killed between two of them, the vault is as after the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from akika_forensics.vault.lifecycle import tiers
from akika_forensics.vault.lifecycle.rearranging import Rearrangement
from akika_forensics.vault.lifecycle.tiers import Limits, Merge, PartSize
from akika_forensics.vault.lifecycle.workshop import Progress, Told, Workshop
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf
from akika_forensics.vault.storage import locking

type Extent = Literal["due", "everything", "anew"]
"""What a run takes on: merges that pay, as few parts as possible, or that and every other part encrypted under new keys."""

AFTER_A_CAPTURE: Final = 200_000
"""Rows that are rewritten at most after a capture, beyond the first merge."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """``parts`` and ``bytes`` of one company (its pseudonym) before and after; ``rows`` were written, in ``merges``."""

    company: str
    merges: int
    rows: int
    parts: tuple[int, int]
    bytes: tuple[int, int]


def compact(
    workshop: Workshop,
    company: str,
    *,
    extent: Extent = "due",
    rows: int | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Compacted:
    """Merge parts of a company; with ``rows``, about so many rows at most.

    Raises VaultLocked, VaultDamaged, StorageFailed, Interrupted, Refused where the member may only add.
    """
    told = Told(progress, should_stop)
    workshop.require_full()
    with locking.held(workshop.lock, "compaction"):
        workshop.shelf.refresh()
        before = sizes(workshop.shelf, company)
        merges = written = 0
        for names in _due(workshop.shelf, company, extent, rows, limits):
            told.rows(0)
            parts = parts_of(workshop.shelf, company)
            with Rearrangement(workshop, company, told) as work:
                work.merge([parts[name] for name in names])
                work.commit(acts.Compaction(pseudonym=company, parts=work.parts, leaves="", key_table=""))
            merges += 1
            written += sum(parts[name].rows for name in names)
        after = sizes(workshop.shelf, company)
    return Compacted(company, merges, written, (len(before), len(after)), (_bytes(before), _bytes(after)))


def _due(shelf: Shelf, company: str, extent: Extent, rows: int | None, limits: Limits | None) -> Iterator[Merge]:
    if extent != "due":
        yield from {"everything": tiers.everything, "anew": tiers.anew}[extent](sizes(shelf, company), limits)
        return
    # A merge can make another one due; what was not affordable in the first round is not asked for again.
    left = rows
    while True:
        known = {part.name: part.rows for part in sizes(shelf, company)}
        merges = tiers.worthwhile(sizes(shelf, company), limits, rows=left)
        if not merges:
            return
        yield merges[0]
        if left is not None:
            left -= sum(known[name] for name in merges[0])
            if left <= 0:
                return


def sizes(shelf: Shelf, company: str) -> tuple[PartSize, ...]:
    """The parts of a company, oldest first, as `tiers` looks at them."""
    found = [
        PartSize(part.index, part.numbers[0], part.rows, sum(shelf.file(path).length for path in part.paths))
        for part in parts_of(shelf, company).values()
    ]
    return tuple(sorted(found, key=lambda part: part.first))


def parts_of(shelf: Shelf, company: str) -> dict[str, Part]:
    """The parts of a company by the path of their index."""
    return {part.index: part for part in shelf.holdings.parts.get(company, {}).values()}


def _bytes(parts: tuple[PartSize, ...]) -> int:
    return sum(part.bytes for part in parts)
