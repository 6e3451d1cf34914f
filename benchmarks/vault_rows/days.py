"""A generated company and its days: what everything in the benchmark of the vault is measured on.

The records are those of a life (`akika_forensics.twin.life`), each with a note of drawn words: without it zstd makes
them 18 times smaller, which would flatter every figure; with it about 8 times, as was measured of fuller books.
A day changes one record in two hundred, scattered: nine updates to one new record.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow.parquet as pq

from akika_forensics.model import payload as payloads
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import Twin, life

START: Final = datetime(2026, 1, 5, 6, tzinfo=UTC)
CHANGED: Final = 200
"""One record in so many changes in a day."""

_SCHEMA: Final = {"entity": pl.String, "id": pl.String, "payload": pl.Binary}
_ROWS: Final = 5_000


class Days:
    """The files of one company below ``folder``: the first day whole, of each later one what changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def first(self) -> Path:
        return self.folder / "company.parquet"

    def day(self, number: int) -> Path:
        return self.folder / f"day-{number:03d}.parquet"

    def records(self) -> Iterator[tuple[RecordKey, bytes]]:
        """The first day, a few thousand at a time in memory, sorted by key."""
        yield from rows(self.first)

    def frame(self) -> pl.DataFrame:
        return pl.read_parquet(self.first)

    def changes(self, number: int) -> list[tuple[RecordKey, bytes]]:
        return list(rows(self.day(number)))

    @staticmethod
    def at(number: int) -> datetime:
        return START + timedelta(days=number)


def rows(path: Path) -> Iterator[tuple[RecordKey, bytes]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS):
            columns = [batch.column(name).to_pylist() for name in _SCHEMA]
            for entity, record_id, payload in zip(*columns, strict=True):
                yield RecordKey(entity, record_id), payload


def make(folder: Path, records: int, days: int) -> None:
    """Write the files. The same figures make the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"{records} {days}")
    words = _words(chance)
    keys, held = _company(records, chance, words)
    _write(Days(folder).first, sorted(zip(keys, held, strict=True)))
    following = 10**9
    for number in range(1, days + 1):
        changed: dict[RecordKey, bytes] = {}
        count = max(1, len(keys) // CHANGED)
        for turn, place in enumerate(chance.sample(range(len(keys)), count)):
            if turn % 10 < 9:
                held[place] = _edited(held[place], number, chance, words)
                changed[keys[place]] = held[place]
            else:
                following += 1
                key = RecordKey(keys[place].entity, str(following))
                keys.append(key)
                held.append(_edited(held[place], number, chance, words, record_id=key.id))
                changed[key] = held[-1]
        _write(Days(folder).day(number), sorted(changed.items()))


def _company(records: int, chance: random.Random, words: list[str]) -> tuple[list[RecordKey], list[bytes]]:
    twin = Twin()
    life.fill(twin, life.Wish(records, 1))
    keys, held = [], []
    for key, payload in twin.dump().items():
        keys.append(RecordKey(*key))
        note = b',"PrivateNote":"%s"}' % _note(chance, words).encode()
        held.append(payload if b'"PrivateNote"' in payload else payload[:-1] + note)
    twin.close()
    return keys, held


def _edited(
    payload: bytes, day: int, chance: random.Random, words: list[str], *, record_id: str | None = None
) -> bytes:
    body: dict[str, Any] = payloads.decode(payload)
    if record_id is not None:
        body["Id"] = record_id
    token = 0 if record_id is not None else int(body.get("SyncToken") or 0) + 1
    times = body.get("MetaData") or {}
    stamp = (Days.at(day) + timedelta(seconds=chance.randrange(86_400))).isoformat()
    return payloads.encode(
        body | {"SyncToken": str(token), "MetaData": times | {"LastUpdatedTime": stamp}} | _said(body, chance, words)
    )


def _said(body: dict[str, Any], chance: random.Random, words: list[str]) -> dict[str, Any]:
    """What somebody changed: an amount, or some words more in the note."""
    if chance.random() < 0.5:
        return {"TotalAmt": chance.randrange(100, 10**6) / 100}
    return {"PrivateNote": f"{body.get('PrivateNote', '')} {_note(chance, words, 3, 9)}"}


def _note(chance: random.Random, words: list[str], least: int = 25, most: int = 60) -> str:
    return " ".join(chance.choices(words, k=chance.randrange(least, most)))


def _words(chance: random.Random) -> list[str]:
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    return ["".join(chance.choices(letters, k=chance.randrange(3, 9))) for _ in range(8_000)]


def _write(path: Path, found: list[tuple[RecordKey, bytes]]) -> None:
    columns: dict[str, list[Any]] = {
        "entity": [key.entity for key, _ in found],
        "id": [key.id for key, _ in found],
        "payload": [payload for _, payload in found],
    }
    pl.DataFrame(columns, schema=_SCHEMA).write_parquet(path, compression="zstd", compression_level=3)
