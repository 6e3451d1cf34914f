"""Which manifests are written anew when snapshots are dropped, and on what they stand then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

LISTS_IN_A_ROW: Final = 90
"""So many manifests that were written anew follow one another at most, each of which is read to know the last state."""


class Standing(NamedTuple):
    """A snapshot by the number of its commit, and the one that it follows (None: it stands on its own).

    ``anew``: its manifest was written anew before.
    """

    number: int
    base: int | None
    anew: bool = False


def cut(snapshots: Sequence[Standing], kept: Collection[int], most: int) -> dict[int, int | None]:
    """New base for each kept snapshot whose own is dropped; None where it is to stand on its own. Oldest first.

    ``snapshots`` are those of one company, oldest first. The new base is the kept snapshot before it, because what
    differs from that is far less than everything, unless there is none or the row of such manifests grows too long.
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
            base = previous if previous is not None and depth[previous] + 1 < most else None
            found[one.number] = base
        lists = one.anew or one.number in found
        depth[one.number] = 0 if base is None else depth[base] + lists
        previous = one.number
    return found
