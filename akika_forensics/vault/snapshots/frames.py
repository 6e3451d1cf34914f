"""The three kinds of frame a snapshot is stored in, and the arithmetic of manifests. Pure.

A *segment* is a set of record versions that were new in one snapshot, at most one a key. It lies in a *part*: an index
(no personal data) and payloads, row for row.
A *manifest* says which version of which record a snapshot holds: all of them, or what differs from the one before,
and what that replaces.
A *state* is what a manifest and those before it amount to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

type Schema = dict[str, pl.DataType | type[pl.DataType]]

TIME: Final = pl.Datetime("us", "UTC")
FACTS: Final[Schema] = {"sync_token": pl.Int64, "created_at": TIME, "updated_at": TIME, "txn_date": pl.Date}
"""Taken from the record where it has them; for filtering."""

INDEX_1: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "payload_sha256": pl.Binary,
    "length": pl.UInt64,
}
PAYLOAD_1: Final[Schema] = {"entity": pl.String, "id": pl.String, "payload": pl.Binary}
"""Of version 1, where a file held one segment."""

INDEX: Final[Schema] = {**INDEX_1, "segment": pl.UInt32, **FACTS}
PAYLOAD: Final[Schema] = {"entity": pl.String, "id": pl.String, "segment": pl.UInt32, "payload": pl.Binary}
MANIFEST_1: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "segment": pl.UInt32,
    "length": pl.UInt64,
    "removed": pl.Boolean,
}
MANIFEST: Final[Schema] = {**MANIFEST_1, "was": pl.Binary}
"""``was``: the digest that the snapshot before had under the key; null where it had none, and in a full manifest."""

LEAVES: Final[Schema] = {"segment": pl.UInt32, "position": pl.UInt32, "leaf": pl.Binary}
"""Rows that retention took out of a part: what their record root still needs."""

ATTACHMENTS: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "sha256": pl.Binary,
    "length": pl.UInt64,
    "blob": pl.String,
}
STATE: Final[Schema] = {name: kind for name, kind in MANIFEST_1.items() if name != "removed"}
DIFFERENCE: Final[Schema] = {"entity": pl.String, "id": pl.String, "was": pl.Binary, "digest": pl.Binary}
"""A record that differs between two snapshots: its digest in the one and the other, null where it is not."""

KEY: Final = ("entity", "id")
VERSION: Final = ("entity", "id", "segment")
"""What names one version of one record; rows of a part are sorted by it."""


def empty_state() -> pl.DataFrame:
    return pl.DataFrame(schema=STATE)


def full_manifest(state: pl.DataFrame) -> pl.DataFrame:
    return state.with_columns(removed=pl.lit(False), was=pl.lit(None, dtype=pl.Binary)).select(*MANIFEST)


def delta_manifest(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``after`` that ``before`` has not, and a removed-row for each key that is gone."""
    fresh = after.join(before, on=[*KEY, "segment"], how="anti")
    return delta_of(before, fresh, before.join(after, on=KEY, how="anti"))


def delta_of(before: pl.DataFrame, fresh: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """A delta manifest. ``fresh``: rows of a state that ``before`` has not; ``gone``: rows of it that are no longer."""
    replaced = before.join(fresh, on=KEY, how="semi").select(*KEY, was="digest")
    changed = fresh.join(replaced, on=KEY, how="left").with_columns(removed=pl.lit(False))
    removed = gone.select(
        *KEY,
        digest=pl.lit(None, dtype=pl.Binary),
        segment=pl.lit(None, dtype=pl.UInt32),
        length=pl.lit(None, dtype=pl.UInt64),
        removed=pl.lit(True),
        was="digest",
    )
    return pl.concat([changed.select(*MANIFEST), removed.select(*MANIFEST)]).sort(KEY)


def apply_manifest(before: pl.DataFrame | None, manifest: pl.DataFrame) -> pl.DataFrame:
    """The state after a manifest; ``before`` is None for a full one. Sorted by key."""
    if before is None:
        return manifest.filter(~pl.col("removed")).select(*STATE).sort(KEY)
    return apply_manifests(before, [manifest])


def apply_manifests(before: pl.DataFrame, deltas: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The state after several delta manifests, oldest first, in one go. Sorted by key."""
    if not deltas:
        return before
    last = pl.concat([delta.select(*MANIFEST_1) for delta in reversed(deltas)])
    if len(deltas) > 1:
        last = last.unique(KEY, keep="first")
    live = last.filter(~pl.col("removed")).select(*STATE)
    return pl.concat([before.join(last, on=KEY, how="anti").select(*STATE), live]).sort(KEY)


def differences(deltas: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What several delta manifests, oldest first, amount to: columns of `DIFFERENCE`, in no order."""
    rows = pl.concat([pl.DataFrame(schema=DIFFERENCE), *(delta.select(*DIFFERENCE) for delta in deltas)])
    if len(deltas) > 1:
        first = rows.unique(KEY, keep="first").select(*KEY, "was")
        last = rows.reverse().unique(KEY, keep="first").select(*KEY, "digest")
        rows = first.join(last, on=KEY).select(*DIFFERENCE)
    return rows.filter(pl.col("was").ne_missing(pl.col("digest")))


def difference(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What differs between two states: columns of `DIFFERENCE`, in no order."""
    joined = before.select(*KEY, was="digest").join(after.select(*KEY, "digest"), on=KEY, how="full", coalesce=True)
    return joined.filter(pl.col("was").ne_missing(pl.col("digest"))).select(*DIFFERENCE)
