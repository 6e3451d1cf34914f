"""The oldest version that is kept of each record of one type: what a company said of it when it was first seen."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.reading import scan
from akika_forensics.vault.snapshots import frames, steps
from akika_forensics.vault.snapshots.shelf import Shelf


class Earliest(NamedTuple):
    """``records``: by key, none for what cannot be read. ``missing``: a sentence for each file that is lost or damaged and may have held
    older versions, or holds the oldest.
    """

    records: dict[RecordKey, Record]
    missing: tuple[str, ...]


def earliest(shelf: Shelf, company: str, entity: str, ids: Collection[str]) -> Earliest:
    """Of a company (its pseudonym). Numbers of segments only grow, so that the least tells which version came first: no state of a snapshot
    is made for it.
    """
    missing: list[str] = []
    found = [pl.DataFrame(schema=frames.STATE)]
    of_type = pl.col("entity") == entity
    for part in {part.index: part for part in shelf.holdings.parts.get(company, {}).values()}.values():
        try:
            rows = shelf.index_of(company, part, of_type, list(frames.STATE))
        except DamagedFile as error:
            missing.append(error.what)
            continue
        found.append(steps.of_segments(rows, part.numbers))
    wanted = pl.DataFrame({"id": sorted(ids)}, schema={"id": pl.String})
    oldest = pl.concat(found).join(wanted, on="id", how="semi").sort("segment").unique(frames.KEY, keep="first")
    records: dict[RecordKey, Record] = {}
    for _, mine in scan.by_part(shelf, company, oldest):
        try:
            rows = scan.with_payloads(shelf, company, mine)
        except DamagedFile as error:
            missing.append(error.what)
            continue
        records |= {
            (key := RecordKey(kind, record_id)): Record(key, payload)
            for kind, record_id, payload in rows.select(*frames.KEY, "payload").iter_rows()
        }
    return Earliest(records, tuple(dict.fromkeys(missing)))
