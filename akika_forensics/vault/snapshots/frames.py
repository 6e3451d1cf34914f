"""The kinds of frame a snapshot is stored in.

A *segment* is a set of record versions that were new in one snapshot, at most one a key. It lies in a *part*: an index
(no personal data) and payloads, row for row.
A snapshot is the one before, with the rows of its own segments in place of those under their keys. A *manifest* says
what these do not: which records were removed, and which rows of other segments are in it.
A *state* is what a snapshot and those before it amount to.
"""

from __future__ import annotations

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

INDEX: Final[Schema] = {**INDEX_1, "segment": pl.UInt32, **FACTS, "was": pl.Binary}
"""``was``: the digest that the snapshot before had under the key; null where it had none."""

HOT: Final[Schema] = {name: INDEX[name] for name in ("entity", "id", "digest", "length", "segment")}
"""What an index keeps of its columns where the part was merged: all that a state is made of."""

REST: Final[Schema] = {name: kind for name, kind in INDEX.items() if name not in HOT}
"""The other columns of a merged index, in a file of their own: the same rows in the same order."""

PAYLOAD: Final[Schema] = {"entity": pl.String, "id": pl.String, "segment": pl.UInt32, "payload": pl.Binary}
MANIFEST_1: Final[Schema] = {
    "entity": pl.String,
    "id": pl.String,
    "digest": pl.Binary,
    "segment": pl.UInt32,
    "length": pl.UInt64,
    "removed": pl.Boolean,
}
"""Of version 1, where it listed all that a snapshot holds, or all that differs from the one before."""

MANIFEST: Final[Schema] = {**MANIFEST_1, "was": pl.Binary}

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

ROLL: Final[Schema] = {name: STATE[name] for name in ("entity", "id", "segment")}
"""All that a snapshot holds, by key: what it amounts to where those before it no longer tell."""

KEY: Final = ("entity", "id")
VERSION: Final = ("entity", "id", "segment")
"""What names one version of one record; rows of a part are sorted by it."""


def empty_state() -> pl.DataFrame:
    return pl.DataFrame(schema=STATE)
