"""The snapshot that an incremental capture goes on from, as far as its index tells: no payload of it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, Protocol

import polars as pl

from akika_forensics.capture.carried import Described, standing
from akika_forensics.model.record import RecordKey


class Snapshot(Protocol):
    """What is asked of the vault's Snapshot, all of which a member who only captures may ask."""

    @property
    def info(self) -> Described: ...
    def index(self) -> pl.DataFrame: ...
    def lost(self) -> pl.DataFrame: ...
    def lazy(self, entities: Iterable[str] | None = None) -> pl.LazyFrame: ...


class Before:
    """Ids and digests of a snapshot's records by entity, and their latest day; made into dictionaries only when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        index = snapshot.index()
        self._frames: dict[str, pl.DataFrame] = {
            str(entity): rows.drop("entity") for (entity,), rows in index.group_by("entity")
        }

    @property
    def fence(self) -> dict[str, Any]:
        behind = standing(self._snapshot.info)
        return {} if behind is None else behind.fence

    def counts(self) -> dict[str, int]:
        return {entity: len(rows) for entity, rows in self._frames.items()}

    def digests(self, entity: str) -> dict[str, bytes]:
        """Id → digest of the canonical form; a copy."""
        rows = self._frames.get(entity)
        return {} if rows is None else dict(rows.select("id", "digest").iter_rows())

    def ids(self, entity: str) -> list[str]:
        rows = self._frames.get(entity)
        return [] if rows is None else rows["id"].to_list()

    def created(self, entity: str) -> dict[str, datetime]:
        """Id → when it was created, in whole seconds, of those that say it."""
        rows = self._snapshot.lazy([entity]).select("id", pl.col("created_at").dt.truncate("1s")).collect()
        return dict(rows.drop_nulls().iter_rows())

    def reach(self) -> tuple[date | None, date | None]:
        """The first and the last day of any transaction, from the index."""
        days = self._snapshot.lazy().select(first=pl.col("txn_date").min(), last=pl.col("txn_date").max()).collect()
        return days["first"].item(), days["last"].item()

    def days(self, keys: Collection[RecordKey]) -> list[date | None]:
        """On which days some of its records stand; None for those that stand on none."""
        wanted = pl.DataFrame([tuple(key) for key in keys], schema={"entity": pl.String, "id": pl.String}, orient="row")
        entities = wanted["entity"].unique().to_list()
        rows = self._snapshot.lazy(entities).select("entity", "id", "txn_date").collect()
        return rows.join(wanted, on=["entity", "id"], how="semi")["txn_date"].to_list()

    def keys(self) -> Iterator[RecordKey]:
        """Of all its records."""
        for entity, rows in self._frames.items():
            yield from (RecordKey(entity, record_id) for record_id in rows["id"])
