"""The three kinds of frame a snapshot is stored in, and the arithmetic of manifests. Pure.

A *segment* holds new record versions, at most one a key: its index (no personal data) and its payloads, row for row.
A *manifest* says which version of which record a snapshot holds: all of them, or what differs from the one before.
A *state* is what a manifest and those before it amount to.
"""

from __future__ import annotations

from typing import Final

import polars as pl

type Schema = dict[str, type[pl.DataType]]

INDEX: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "payload_sha256": pl.Binary,
    "length": pl.UInt64,
}
PAYLOAD: Final[Schema] = {"entity": pl.String, "id": pl.String, "payload": pl.Binary}
MANIFEST: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "segment": pl.UInt32,
    "length": pl.UInt64,
    "removed": pl.Boolean,
}
STATE: Final[Schema] = {name: kind for name, kind in MANIFEST.items() if name != "removed"}
KEY: Final = ("entity", "id")


def empty_state() -> pl.DataFrame:
    return pl.DataFrame(schema=STATE)


def full_manifest(state: pl.DataFrame) -> pl.DataFrame:
    return state.with_columns(removed=pl.lit(False)).select(*MANIFEST)


def delta_manifest(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``after`` that ``before`` has not, and a removed-row for each key that is gone."""
    changed = after.join(before, on=[*KEY, "segment"], how="anti").with_columns(removed=pl.lit(False))
    gone = before.join(after, on=KEY, how="anti").select(
        *KEY,
        digest=pl.lit(None, dtype=pl.Binary),
        segment=pl.lit(None, dtype=pl.UInt32),
        length=pl.lit(None, dtype=pl.UInt64),
        removed=pl.lit(True),
    )
    return pl.concat([changed.select(*MANIFEST), gone.select(*MANIFEST)]).sort(KEY)


def apply_manifest(before: pl.DataFrame | None, manifest: pl.DataFrame) -> pl.DataFrame:
    """The state after a manifest; ``before`` is None for a full one. Sorted by key."""
    live = manifest.filter(~pl.col("removed")).select(*STATE)
    if before is None:
        return live.sort(KEY)
    return pl.concat([before.join(manifest, on=KEY, how="anti").select(*STATE), live]).sort(KEY)
