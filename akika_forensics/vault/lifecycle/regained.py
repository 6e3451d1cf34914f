"""What rows replaced, worked out again where the index that told it is lost, before its part is written anew.

A merge makes a lost index of the payloads, which do not tell it. Left empty, every one of its rows would count as new
from then on, and nothing would say any more that the index had been lost.
"""

from __future__ import annotations

import polars as pl

from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.shelf import Shelf


def replaced(shelf: Shelf, company: str, part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` of a part (`frames.INDEX`, sorted) with ``was`` as their snapshots were told it when they were made.

    Null where that was not told, as in version 1, or the snapshot that they followed is kept no longer: what stands in its
    place tells of all its records, and nobody asks. Raises DamagedFile where that snapshot cannot be read.
    """
    numbers, kept = set(part.numbers), {one.seq: one for one in shelf.commits(company)}
    found = [rows.clear()]
    for commit in shelf.holdings.commits.values():
        own = numbers.intersection(commit.numbers) if commit.pseudonym == company else set()
        if not own:
            continue
        mine = rows.filter(pl.col("segment").is_in(sorted(own)))
        base = None if commit.lists_all or commit.text.base is None else kept.get(commit.text.base)
        if base is not None:
            state = shelf.state(base).select(*frames.KEY, was="digest")
            mine = mine.drop("was").join(state, on=frames.KEY, how="left").select(*frames.INDEX)
        found.append(mine)
    return pl.concat(found).sort(frames.VERSION)
