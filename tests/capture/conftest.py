from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest
from sample_twin import sample_twin

from akika_forensics import capture
from akika_forensics.model import payload as payloads
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Limits, open_reader
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.vault.snapshots.facts import of as facts_of

_FAKE = Path(__file__).parents[1] / "quickbooks" / "fake_company.py"


@pytest.fixture
def twin() -> Iterator[Twin]:
    """The sample company, by itself: to be served."""
    with_books = sample_twin()
    yield with_books
    with_books.close()


@pytest.fixture
def served(twin: Twin) -> Iterator[TwinServer]:
    """The sample company, over HTTP."""
    with serve(twin) as server:
        yield server


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module of the in-memory company."""
    spec = importlib.util.spec_from_file_location("capture_tests_fake_company", _FAKE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class FakeSnapshot:
    """What a capture asks of the snapshot before."""

    def __init__(self, name: str, records: dict[RecordKey, bytes], committed: dict[str, Any]) -> None:
        self.info = SimpleNamespace(id=name, complete=committed["complete"], fence=committed["fence"])
        self.records = records
        self.gone: list[RecordKey] = []

    def index(self) -> pl.DataFrame:
        rows = [(key.entity, key.id, payloads.digest(payload)) for key, payload in self.records.items()]
        schema = {"entity": pl.String, "id": pl.String, "digest": pl.Binary}
        return pl.DataFrame(rows, schema=schema, orient="row").sort("entity", "id")

    def lost(self) -> pl.DataFrame:
        return self.index().head(len(self.gone))

    def lazy(self, entities: Any = None) -> pl.LazyFrame:
        rows = [
            (key.entity, key.id, facts.txn_date, facts.created_at)
            for key, payload in self.records.items()
            if (entities is None or key.entity in entities) and (facts := facts_of(payload))
        ]
        schema = {
            "entity": pl.String,
            "id": pl.String,
            "txn_date": pl.Date,
            "created_at": pl.Datetime("us", "UTC"),
        }
        return pl.DataFrame(rows, schema=schema, orient="row").lazy()


class FakeSnapshotWriter:
    """Records what a capture hands over; ``committed`` is None until commit."""

    def __init__(self, base: FakeSnapshotWriter | None = None) -> None:
        self.base = base
        self.before: dict[RecordKey, bytes] = {}
        self.files: dict[RecordKey, bytes] = {}
        self.records: dict[RecordKey, bytes] = {}
        self.controls: dict[str, bytes] = {}
        self.committed: dict[str, Any] | None = None
        self.carried = False
        self.drafts: list[Any] = []

    @property
    def snapshot(self) -> FakeSnapshot:
        assert self.committed is not None
        return FakeSnapshot("s1", self.records, self.committed)

    def add(self, key: RecordKey, payload: bytes, digested: Digested | None = None) -> None:
        assert digested is None or digested.digest == payloads.digest(payload)
        self.records[key] = payload

    def remove(self, key: RecordKey) -> None:
        assert key in self.records or self.carried
        self.records.pop(key, None)
        self.files.pop(key, None)

    def attach(self, key: RecordKey, chunks: Iterable[bytes]) -> None:
        self.files[key] = b"".join(chunks)

    def keep_attached(self, key: RecordKey) -> bool:
        if key in self.before:
            self.files[key] = self.before[key]
        return key in self.before

    def carry_over(self) -> None:
        assert self.base is not None
        assert not self.records
        self.carried = True
        self.records, self.files = dict(self.base.records), dict(self.base.files)

    def save_draft(self, state: bytes) -> None:
        held = (self.records, self.files, self.controls)
        self.drafts.append((state, *(dict(one) for one in held)))

    def after_an_interruption(self) -> tuple[FakeSnapshotWriter, bytes]:
        """What the vault would begin the next capture with, and what the draft says."""
        again = FakeSnapshotWriter(self.base)
        state, *held = self.drafts[-1]
        again.records, again.files, again.controls = (dict(one) for one in held)
        again.before, again.carried = self.before, self.carried
        return again, state

    def control(self, name: str, data: bytes) -> None:
        self.controls[name] = data

    def settle(self) -> None:
        """Nothing waits here."""

    def drop_controls(self, names: Iterable[str] | None = None) -> None:
        for name in list(self.controls) if names is None else names:
            self.controls.pop(name, None)

    def commit(self, **figures: Any) -> dict[str, Any]:
        self.committed = figures
        return figures

    @property
    def state(self) -> dict[tuple[str, str], bytes]:
        return {(key.entity, key.id): payload for key, payload in self.records.items()}

    def codes(self, severity: str | None = None) -> set[str]:
        assert self.committed is not None
        return {f["code"] for f in self.committed["findings"] if severity in (None, f["severity"])}

    def finding(self, code: str) -> dict[str, Any]:
        assert self.committed is not None
        (found,) = [f for f in self.committed["findings"] if f["code"] == code]
        return dict(found)


@pytest.fixture
def writer() -> FakeSnapshotWriter:
    return FakeSnapshotWriter()


@pytest.fixture
def writers() -> type[FakeSnapshotWriter]:
    """For a test that captures more than once."""
    return FakeSnapshotWriter


@pytest.fixture
def company(fake: Any) -> Any:
    return fake.FakeCompany()


Capture = Callable[..., Any]


@pytest.fixture
def run(fake: Any) -> Capture:
    """Capture a company into a writer and return what was committed."""

    def go(company: Any, writer: Any, *, throttle_attempts: int = 8, **options: Any) -> Any:
        limits = replace(Limits(clock=company.clock, attempts=3).unpaced(), throttle_attempts=throttle_attempts)
        with open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as reader:
            return capture.run(reader, writer, **options)

    return go
