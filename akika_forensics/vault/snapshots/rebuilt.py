"""An index made again of the payloads that it told of. Pure."""

from __future__ import annotations

import hashlib

import polars as pl

from akika_forensics.model import payload as payloads
from akika_forensics.vault.snapshots import facts, frames


def index(rows: pl.DataFrame) -> pl.DataFrame:
    """Columns of `frames.INDEX` of rows of a payload file; ``was`` is null: payloads do not tell what they replaced.

    Raises WrongUse when a payload is not JSON, which none is that was stored.
    """
    held = rows["payload"].to_list()
    return rows.with_columns(
        digest=pl.Series([payloads.digest(one) for one in held], dtype=pl.Binary),
        payload_sha256=pl.Series([hashlib.sha256(one).digest() for one in held], dtype=pl.Binary),
        length=pl.col("payload").bin.size().cast(pl.UInt64),
        was=pl.lit(None, dtype=pl.Binary),
        **facts.columns(held),
    ).select(*frames.INDEX)
