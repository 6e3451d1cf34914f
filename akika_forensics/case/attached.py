"""The files attached to the records of a snapshot: which there are, and their bytes."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import Snapshot

_SAID: Final[dict[str, Any]] = {
    "entity": pl.String,
    "id": pl.String,
    "file_name": pl.String,
    "content_type": pl.String,
    "note": pl.String,
    "attached_to": pl.List(pl.String),
}


def attachments_of(snapshot: Snapshot) -> pl.DataFrame:
    """A row a file, sorted by entity and id: entity, id, file_name, content_type, note, attached_to, length, sha256.

    ``attached_to`` names records such as ``Invoice:95``; ``length`` is in bytes, ``sha256`` in hexadecimal, both of the bytes
    as they came. What a record does not say is null.
    """
    files = snapshot.attachments()
    if files.is_empty():
        said = pl.DataFrame(schema=_SAID)
    else:
        records = snapshot.records(files["entity"].unique().sort().to_list())
        there = {RecordKey(*row) for row in files.select("entity", "id").rows()}
        said = pl.DataFrame([_told(record) for record in records if record.key in there], schema=_SAID, orient="row")
    digest = pl.col("sha256").bin.encode("hex")
    return files.join(said, on=["entity", "id"], how="left").select(*_SAID, "length", digest).sort("entity", "id")


def _told(record: Record) -> tuple[Any, ...]:
    body: Any = record.body if isinstance(record.body, dict) else {}
    return (
        *record.key,
        *(value if isinstance(value := body.get(name), str) else None for name in ("FileName", "ContentType", "Note")),
        [f"{kind}:{value}" for kind, value in _targets(body)],
    )


def _targets(body: dict[str, Any]) -> list[tuple[str, str]]:
    links = body.get("AttachableRef")
    refs = [link.get("EntityRef") for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return [(str(ref.get("type", "")), str(ref.get("value", ""))) for ref in refs if isinstance(ref, dict)]
