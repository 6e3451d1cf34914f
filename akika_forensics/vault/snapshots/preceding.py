"""What a snapshot in the making follows: the state before it, what is known of its bytes, and numbers that are taken."""

from __future__ import annotations

import polars as pl

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.commits import Commit
from akika_forensics.vault.snapshots.shelf import Shelf


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
