"""Which manifests are written anew when snapshots are dropped, and on what they stand then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Standing(NamedTuple):
    """A snapshot by the number of its commit, and the one whose manifest its own manifest continues (None: full)."""

    number: int
    base: int | None


def cut(snapshots: Sequence[Standing], kept: Collection[int], full_every: int) -> dict[int, int | None]:
    """New base for each kept snapshot whose own is dropped; None for a full manifest. Oldest first.

    ``snapshots`` are those of one company, oldest first. The new base is the kept snapshot before it, because what
    differs from that is far less than everything, unless there is none or the row of differences grows too long.
    """
    known = {one.number for one in snapshots}
    found: dict[int, int | None] = {}
    depth: dict[int, int] = {}
    previous: int | None = None
    for one in snapshots:
        if one.number not in kept:
            continue
        base = one.base
        if base is not None and (base not in kept or base not in known):
            base = previous if previous is not None and depth[previous] + 1 < full_every else None
            found[one.number] = base
        depth[one.number] = 0 if base is None else depth[base] + 1
        previous = one.number
    return found
