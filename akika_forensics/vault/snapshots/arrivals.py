"""What arrives for a snapshot, held against what is stored, many records at a time: which versions are new, which stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import polars as pl

from akika_forensics.model.record import RecordKey
from akika_forensics.vault.snapshots.before import ROW, Before
from akika_forensics.vault.snapshots.came import Came
from akika_forensics.vault.snapshots.facts import TEXTS, Texts
from akika_forensics.vault.snapshots.frames import KEY, STATE, VERSION, Schema

SEGMENT_ROWS: Final = 50_000
SEGMENT_BYTES: Final = 64 << 20
_AT_ONCE: Final = 20_000
"""So many are sorted out together: few enough that little is left to do at the end, many enough that joining pays."""

_ARRIVED: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "payload_sha256": pl.Binary,
    "payload": pl.Binary,
    **TEXTS,
}
NEW: Final[Schema] = {**_ARRIVED, "was": pl.Binary}
"""``was``: as in `frames.INDEX`."""

_PLACED: Final[Schema] = {**ROW, "at": pl.UInt32}
"""``row`` is null where the snapshot before has nothing under the key; ``at`` counts what arrived."""

_ROWS: Final[Schema] = {**NEW, **_PLACED}
_KEPT: Final[Schema] = {**{name: STATE[name] for name in KEY}, **_PLACED}
_FRESH: Final[Schema] = {**STATE, "was": pl.Binary, **_PLACED}
_VERSIONS: Final[Schema] = {name: STATE[name] for name in VERSION}


class Outcome(NamedTuple):
    """``kept`` and ``fresh``: rows of a state, as stored before and as stored now. ``withdrawn``: segments stored now of
    which rows were taken back afterwards, and the keys that stay in each. ``gone``: rows of the snapshot before under
    whose key there is nothing now. ``respelled``: how many of the fresh say what was said before, in other bytes.
    """

    kept: pl.DataFrame
    fresh: pl.DataFrame
    withdrawn: dict[int, pl.DataFrame]
    gone: pl.DataFrame
    respelled: int


class Interim(NamedTuple):
    """Where arrivals stand when nothing waits. Keys of rows of the snapshot before that stay; rows (`frames.VERSION`) of
    the segments stored now that count no longer; keys that were taken back; whether all else of the snapshot before is
    carried over; how many records that makes.
    """

    kept: pl.DataFrame
    stale: pl.DataFrame
    removed: pl.DataFrame
    carried: bool
    records: int


class Arrivals:
    """``before``: the state of the snapshot before. ``hashes``: the payload_sha256 of each of its rows, read when first
    needed, null for what is not to be taken over. ``store``: keeps rows of `NEW`, sorted by key, as a segment, and gives
    its number.

    Payloads of at most one segment are waiting, and as many are being sorted out.
    """

    def __init__(
        self, before: pl.DataFrame, hashes: Callable[[], pl.Series], store: Callable[[pl.DataFrame], int]
    ) -> None:
        self._before = Before(before)
        self._read_hashes = hashes
        self._hashes: pl.Series | None = None
        self._store = store
        self._carried = False
        self._came = Came()
        self._removed: list[tuple[str, str, int]] = []
        self._at = 0
        self._kept = [pl.DataFrame(schema=_KEPT)]
        self._fresh = [pl.DataFrame(schema=_FRESH)]
        self._stale_rows = pl.DataFrame(schema=_VERSIONS)
        self._waiting = pl.DataFrame(schema=_ROWS)
        self._rows: list[tuple[str | bytes | None, ...]] = []
        self._bytes = 0

    def carry_over(self) -> None:
        """All of the snapshot before is in this one, but for what is added in its place or removed."""
        self._carried = True

    def add(self, key: RecordKey, digest: bytes, sha256: bytes, payload: bytes, texts: Texts) -> None:
        """The last of a key wins. ``texts``: what the payload says of its facts."""
        self._rows.append((*key, digest, sha256, payload, *texts))
        self._bytes += len(payload)
        if len(self._rows) >= min(_AT_ONCE, SEGMENT_ROWS) or self._bytes >= SEGMENT_BYTES // 2:
            self._sort_out()

    def remove(self, key: RecordKey) -> None:
        """Take back what was added under a key so far."""
        self._removed.append((*key, self._at + len(self._rows)))

    def settle(self) -> None:
        """Store what waits; more can arrive."""
        self._sort_out()
        self._store_waiting()

    def interim(self) -> Interim:
        """Store what waits, and tell where that leads; more can arrive."""
        self.settle()
        kept, fresh = pl.concat(self._kept), pl.concat(self._fresh)
        valid_kept, valid_fresh = self._counting(kept, fresh)
        stale = fresh.join(valid_fresh, on="at", how="anti").select(*VERSION)
        known = pl.concat([stale, self._stale_rows])
        records = int(self._staying(valid_kept).sum()) + len(valid_fresh)
        return Interim(valid_kept.select(*KEY), known, self._taken_back(), self._carried, records)

    def take_up(self, interim: Interim, fresh: pl.DataFrame) -> None:
        """Go on from where earlier arrivals stood; ``fresh``: rows of a state of the segments that they stored."""
        kept = self._before.under(interim.kept)
        stays = self._met(fresh.join(interim.stale, on=VERSION, how="anti").select(*STATE))
        self._kept.append(kept.with_row_index("at", self._at).select(*_KEPT))
        self._fresh.append(stays.with_row_index("at", self._at + len(kept)).select(*_FRESH))
        self._at += len(kept) + len(stays)
        self._came.add(pl.concat([kept.select(*KEY), stays.select(*KEY)]))
        self._stale_rows = interim.stale
        self._removed += [(*key, 0) for key in interim.removed.select(*KEY).iter_rows()]
        self._carried = interim.carried

    def finish(self) -> Outcome:
        self._sort_out()
        self._store_waiting()
        kept, fresh = pl.concat(self._kept), pl.concat(self._fresh)
        withdrawn: dict[int, pl.DataFrame] = {}
        if self._came.twice or self._removed or not self._stale_rows.is_empty():
            every, (kept, fresh) = fresh, self._counting(kept, fresh)
            gone = {*every.join(fresh, on="at", how="anti")["segment"], *self._stale_rows["segment"]}
            withdrawn = {number: fresh.filter(pl.col("segment") == number).select(*KEY) for number in sorted(gone)}
        stays = self._staying(kept)
        return Outcome(
            self._before.state.filter(stays),
            fresh.select(*STATE),
            withdrawn,
            self._before.gone(stays, fresh["row"].drop_nulls()),
            int((fresh["was"] == fresh["digest"]).sum()),
        )

    def _counting(self, kept: pl.DataFrame, fresh: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Those of both that are the last under their key and were not taken back."""
        if not (self._came.twice or self._removed):
            return kept, fresh
        valid = self._valid(pl.concat([rows.select(*KEY, "at") for rows in (kept, fresh)])).select("at")
        return kept.join(valid, on="at", how="semi"), fresh.join(valid, on="at", how="semi")

    def _staying(self, kept: pl.DataFrame) -> pl.Series:
        """A mask of the rows of the snapshot before that are in this one; ``kept``: those that arrived and count."""
        touched = [rows["row"].drop_nulls() for rows in (*self._kept, *self._fresh)]
        if self._removed:
            touched.append(self._before.under(self._taken_back())["row"])
        return self._before.staying(pl.concat(touched), kept["row"], carried=self._carried)

    def _met(self, rows: pl.DataFrame) -> pl.DataFrame:
        """``rows`` with what the snapshot before has under their keys: ``row``, ``was``."""
        met = self._before.under(rows).select(*KEY, "row", was="digest")
        return rows.join(met, on=KEY, how="left", maintain_order="left")

    def _sort_out(self) -> None:
        """Tell what is new of the records that came in since, and let go of the payloads of the others."""
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        self._rows, self._bytes = [], 0
        arrived = pl.DataFrame(dict(zip(_ARRIVED, columns, strict=True)), schema=_ARRIVED)
        rows = self._met(arrived.with_row_index("at", self._at))
        self._at += len(rows)
        self._came.add(rows)
        same = rows.filter(pl.col("digest") == pl.col("was")).select(*_KEPT, "payload_sha256")
        if not same.is_empty():
            if self._hashes is None:
                self._hashes = self._read_hashes()
            known = same.filter(same["payload_sha256"] == self._hashes.gather(same["row"]))
            self._kept.append(known.select(*_KEPT))
            rows = rows.join(known, on="at", how="anti", maintain_order="left")
        self._wait(rows.select(*_ROWS))

    def _wait(self, rows: pl.DataFrame) -> None:
        size = sum(int(one["payload"].bin.size().sum()) for one in (rows, self._waiting))
        if len(rows) + len(self._waiting) > SEGMENT_ROWS or size > SEGMENT_BYTES:
            self._store_waiting()
        self._waiting = pl.concat([self._waiting, rows])

    def _store_waiting(self) -> None:
        rows = self._waiting
        self._waiting = pl.DataFrame(schema=_ROWS)
        if self._came.twice or self._removed:
            rows = self._valid(rows)
        if rows.is_empty():
            return
        rows = rows.sort(KEY)
        number = self._store(rows.select(*NEW))
        length = pl.col("payload").bin.size().cast(pl.UInt64)
        placed = rows.with_columns(segment=pl.lit(number, dtype=pl.UInt32), length=length)
        self._fresh.append(placed.select(*_FRESH))

    def _valid(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The last row of each key, unless it was taken back after that."""
        last = rows.sort("at").unique(KEY, keep="last")
        found = last.join(self._taken_back("until"), on=KEY, how="left")
        return found.filter(pl.col("until").is_null() | (pl.col("until") <= pl.col("at"))).drop("until")

    def _taken_back(self, *more: str) -> pl.DataFrame:
        """Keys that were removed, and ``until``: the place of the first row that came after."""
        schema: Schema = {"entity": pl.String, "id": pl.String, "until": pl.UInt32}
        found = pl.DataFrame(self._removed, schema=schema, orient="row")
        return found.group_by(KEY).agg(pl.col("until").max()).select(*KEY, *more)
