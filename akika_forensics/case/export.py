"""Readable copies of a snapshot: one file an entity."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record
from akika_forensics.vault import Snapshot

FORMATS: Final = ("jsonl", "csv", "parquet")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def export_snapshot(snapshot: Snapshot, to: Path, form: str) -> tuple[Path, ...]:
    """Write a snapshot's records, readable to the owner only. jsonl is the payloads as captured, one a line.

    Raises WrongUse for an unknown format or a folder that is not empty.
    """
    if form not in FORMATS:
        raise WrongUse(f"{form!r} is no format of an export.", do=f"Use one of {', '.join(FORMATS)}.")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise WrongUse(f"{to} is not an empty folder.", do="Choose a folder that is new or empty.")
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = []
    for entity, records in groupby(snapshot.records(), key=lambda record: record.key.entity):
        file = to / f"{entity}.{form}"
        _write(file, _content(list(records), form))
        files.append(file)
    return tuple(files)


def _content(records: list[Record], form: str) -> bytes:
    if form == "jsonl":
        # A payload that was sent with line breaks between its tokens is still one line here; strings escape theirs.
        return b"".join(b" ".join(record.payload.splitlines()) + b"\n" for record in records)
    rows = [dict(_leaves(record.body, "")) for record in records]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if form == "parquet":
        frame = pl.DataFrame(
            {name: [row.get(name) for row in rows] for name in columns}, schema=dict.fromkeys(columns, pl.String)
        )
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        return buffer.getvalue()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_harmless(name) for name in columns])
    writer.writerows([_harmless(row.get(name) or "") for name in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{position}]")
    elif value is not None:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula is kept as text; plain numbers stay numbers."""
    if text.startswith(_FORMULA) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
