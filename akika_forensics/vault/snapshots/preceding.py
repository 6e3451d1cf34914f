"""What a snapshot in the making follows: the state before it, what is known of its bytes, and numbers that are taken."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf


@dataclass(frozen=True)
class Followed:
    """What a snapshot follows, as it was when it was begun. ``snapshot``: its own id; ``entry`` and ``segment``: the numbers
    of its commit and of its first segment; ``first``: the vault holds nothing of the company yet.

    ``lost``: what the snapshot before held is not known any more; then ``previous`` is None and ``state`` empty, as where
    there is none. ``state``: columns of `frames.STATE`.
    """

    snapshot: str
    entry: int
    segment: int
    first: bool
    previous: Commit | None
    state: pl.DataFrame
    lost: bool

    @property
    def base(self) -> int | None:
        """The commit it follows; None where it follows none."""
        return self.previous.seq if self.previous else None


def followed(shelf: Shelf, chain: Chain, company: str) -> Followed:
    """What a snapshot of a company (its pseudonym) that begins now follows. Raises DamagedFile as `state` does."""
    mine = shelf.commits(company)
    holdings = shelf.holdings
    snapshot, previous, entry = f"s{holdings.snapshots + 1}", mine[-1] if mine else None, holdings.taken
    segment = holdings.next_segment(company) + hidden_segments(shelf, chain)
    first = company not in shelf.keychain.companies()
    found = state(shelf, previous)
    return Followed(
        snapshot=snapshot,
        entry=entry,
        segment=segment,
        first=first,
        previous=None if found is None else previous,
        state=frames.empty_state() if found is None else found,
        lost=found is None,
    )


def state(shelf: Shelf, previous: Commit | None) -> pl.DataFrame | None:
    """The state of the snapshot before (columns of `frames.STATE`), empty where there is none; None where it is lost, so
    that the next stands on its own. Raises DamagedFile for damage that no account of losses tells of.
    """
    if previous is None:
        return frames.empty_state()
    try:
        found = shelf.state(previous)
    except DamagedFile as error:
        if not (shelf.is_lost(error.path) or shelf.is_as_signed(error.path)):
            raise
    else:
        if not found["digest"].null_count():
            return found
    # It is accounted for that nobody knows any more what was in it, or it was stored so by a member who may only add:
    # no copy helps then.
    return None


def hidden_segments(shelf: Shelf, chain: Chain) -> int:
    """At least as many as commits may have taken whose key table is lost: a number is never used twice."""
    hidden = {*shelf.holdings.unexplained(), *shelf.holdings.void}
    files = [file for link in chain.links() if link.plain.seq in hidden for file in link.plain.files]
    return sum(1 for file in files if layout.place_of(file.path).kind == "parquet")


def hashes(shelf: Shelf, company: str, before: pl.DataFrame) -> pl.Series:
    """SHA-256 of the payload of each row of a state, from the indexes; null for what is lost."""
    columns = [*frames.VERSION, "payload_sha256"]
    numbers = before["segment"].unique().to_list()
    parts = {part.index: part for part in (shelf.part(company, number) for number in numbers)}
    # What is lost is stored again when it arrives again: the same value in bytes that nobody can compare any more.
    parts = {path: part for path, part in parts.items() if not any(map(shelf.is_lost, part.paths))}
    parts = {path: part for path, part in parts.items() if not shelf.is_closed(part)}
    found = [pl.DataFrame(schema={name: frames.INDEX[name] for name in columns})]
    found += shelf.indexes(company, list(parts.values()), columns)
    rows = pl.concat(found)
    told = before.join(rows, on=frames.VERSION, how="left", maintain_order="left")
    if len(told) > len(before):  # an index names a version twice, which none does that this software wrote
        told = before.join(rows.unique(frames.VERSION), on=frames.VERSION, how="left", maintain_order="left")
    return told["payload_sha256"]
