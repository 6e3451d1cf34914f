"""A snapshot in memory: what comparing needs of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl
import pytest

from akika_forensics.model.record import Record, RecordKey


class Held:
    def __init__(self, records: Iterable[Record]) -> None:
        self.rows = {one.key: one for one in records}
        self.fetched: list[RecordKey] = []

    def index(self) -> pl.DataFrame:
        rows = [(key.entity, key.id, self.rows[key].digest) for key in sorted(self.rows)]
        return pl.DataFrame(rows, schema={"entity": pl.String, "id": pl.String, "digest": pl.Binary}, orient="row")

    def get_many(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        wanted = list(keys)
        self.fetched.extend(wanted)
        return {key: self.rows[key] for key in wanted}

    def records(self) -> Iterator[Record]:
        return iter(self.rows.values())


@pytest.fixture
def held() -> Callable[..., Held]:
    return lambda *records: Held(records)


@pytest.fixture
def make() -> Callable[..., Record]:
    def record(entity: str, record_id: str, /, **body: Any) -> Record:
        return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id} | body).encode())

    return record
