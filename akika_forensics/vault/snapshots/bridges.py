"""A state taken from a roll, where what was lost before it leaves the way of differences broken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames, rolls
from akika_forensics.vault.snapshots.commits import Commit

if TYPE_CHECKING:
    from akika_forensics.vault.snapshots.parts import Part
    from akika_forensics.vault.snapshots.shelf import Shelf


def is_unknown(shelf: Shelf, commit: Commit) -> bool:
    """Whether an account of losses says that nobody can tell any more what a snapshot changed."""
    manifest = shelf.holdings.manifest(commit)
    parts = shelf.holdings.parts.get(commit.pseudonym, {})
    return bool(manifest and shelf.is_lost(manifest)) or any(
        number in parts and _is_gone(shelf, parts[number]) for number in commit.numbers
    )


def over(shelf: Shelf, following: Sequence[Commit], *, broken: bool) -> int | None:
    """The place of the newest snapshot whose roll leads past all that is unknown; None where none is needed, or none does.

    ``following``: snapshots that follow one another, oldest first; ``broken``: what is before them is not known.
    """
    unknown = [at for at, one in enumerate(following) if is_unknown(shelf, one)]
    if not (broken or unknown):
        return None
    for at in range(len(following) - 1, max(unknown, default=0) - 1, -1):
        roll = following[at].text.roll
        if roll and not shelf.is_lost(roll):
            return at
    return None


def state(shelf: Shelf, commit: Commit) -> pl.DataFrame:
    """What a snapshot holds, by its roll: columns of `frames.STATE`, sorted by key; the digest is null where index and
    payloads of a record are lost, or the key of its commit. Raises DamagedFile.
    """
    company, path = commit.pseudonym, commit.text.roll
    roll = shelf.frame(company, path, "index", [frames.ROLL])
    known = shelf.holdings.parts.get(company, {})
    parts = {known[number].index: known[number] for number in roll["segment"].unique() if number in known}
    sound = [part for part in parts.values() if not _is_gone(shelf, part)]
    found = rolls.state(roll, shelf.indexes(company, sound, list(frames.STATE)))
    numbers = [number for part in sound for number in part.numbers]
    wrong = found.filter(pl.col("digest").is_null() & pl.col("segment").is_in(numbers))
    if not wrong.is_empty() or found.select(*frames.KEY).is_duplicated().any():
        raise DamagedFile(path, "It lists a version that is not stored.")
    return found


def _is_gone(shelf: Shelf, part: Part) -> bool:
    return shelf.is_lost(part.index) and shelf.is_lost(part.payload)
