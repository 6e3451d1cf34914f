"""Any sequence of captures, against a dictionary that simply remembers everything."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from vault.drawn import KEYS, VALUES

from akika_forensics.model.payload import digest
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.snapshots import arrivals

CHANGES = st.dictionaries(KEYS, st.none() | VALUES, max_size=6)


class Captures(RuleBasedStateMachine):
    kit: ClassVar[ModuleType]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.place = self.kit.MemoryVault(Path(self.folder.name))
        self.backend = self.kit.MemoryBackend()
        self.now: dict[str, dict[RecordKey, bytes]] = {"one": {}, "other": {}}
        self.taken: list[tuple[str, dict[RecordKey, bytes]]] = []

    @initialize()
    def create(self) -> None:
        self.vault = self.place.create(self.backend)

    def company(self, name: str) -> Any:
        return {"one": self.kit.COMPANY, "other": self.kit.OTHER}[name]

    @rule(name=st.sampled_from(["one", "one", "other"]), changes=CHANGES)
    def capture(self, name: str, changes: dict[RecordKey, bytes | None]) -> None:
        before = self.now[name]
        after = {key: value for key, value in {**before, **changes}.items() if value is not None}
        info = self.kit.take(self.vault, after, self.company(name), day=len(self.taken))
        new = {key for key in after if key not in before or digest(before[key]) != digest(after[key])}
        assert (info.id, info.records, info.new_versions) == (f"s{len(self.taken) + 1}", len(after), len(new))
        self.now[name] = after
        self.taken.append((name, copy.copy(after)))

    @rule()
    def open_again(self) -> None:
        self.vault = self.place.open(self.backend)

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), keys=st.lists(KEYS, max_size=4), entity=st.sampled_from(["Invoice", "Bill"]))
    def read_as_of(self, data: st.DataObject, keys: list[RecordKey], entity: str) -> None:
        number = data.draw(st.integers(0, len(self.taken) - 1))
        expected = self.taken[number][1]
        snapshot = self.vault.snapshot(f"s{number + 1}")
        assert [(record.key, record.payload) for record in snapshot.records()] == sorted(expected.items())
        assert list(snapshot.index().iter_rows()) == [(*key, digest(expected[key])) for key in sorted(expected)]
        some = {key: record.payload for key, record in snapshot.get_many(keys).items()}
        assert some == {key: expected[key] for key in keys if key in expected}
        of_entity = {record.key for record in snapshot.records([entity])}
        assert of_entity == {key for key in expected if key.entity == entity}

    @precondition(lambda self: self.taken)
    @rule(key=KEYS, name=st.sampled_from(["one", "other"]))
    def read_history(self, key: RecordKey, name: str) -> None:
        expected: list[tuple[str, bytes | None]] = []
        known: bytes | None = None
        for number, (owner, records) in enumerate(self.taken, start=1):
            value = records.get(key)
            if owner == name and (value and digest(value)) != known:
                known = value and digest(value)
                expected.append((f"s{number}", value))
        found = self.vault.history(key, self.company(name))
        assert [(one.snapshot, one.record.payload if one.record else None) for one in found] == expected
        assert all(one.present is (one.record is not None) for one in found)

    @invariant()
    def there_are_as_many_as_were_taken(self) -> None:
        if hasattr(self, "vault"):
            assert len(self.vault.snapshots()) == len(self.taken)

    def teardown(self) -> None:
        if hasattr(self, "vault"):
            assert self.place.verify(self.backend).findings == ()
        self.folder.cleanup()


def test_the_vault_remembers_everything(kit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "SEGMENT_ROWS", 3)
    Captures.kit = kit
    run_state_machine_as_test(
        Captures, settings=settings(max_examples=30, stateful_step_count=12, deadline=None, derandomize=True)
    )
