"""What differs between two snapshots, told by what came in between them, is what their contents say."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akika_forensics.changes.compare import changed_keys
from akika_forensics.model.payload import digest
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.lifecycle.compaction import compact
from akika_forensics.vault.snapshots import arrivals, frames, steps
from akika_forensics.vault.snapshots.states import States

KEYS = st.builds(RecordKey, st.sampled_from(["Bill", "Invoice"]), st.sampled_from(["1", "2", "3", "4"]))
VALUES = st.sampled_from([b'{"a":1}', b'{"a":1.0}', b'{"a":2}', b'{"a":3}', None])
DAYS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=2, max_size=5)


def expected(before: dict[RecordKey, bytes], after: dict[RecordKey, bytes]) -> set[tuple[Any, ...]]:
    found = {(*key, digests(before).get(key), digests(after).get(key)) for key in {*before, *after}}
    return {row for row in found if row[2] != row[3]}


def digests(records: dict[RecordKey, bytes]) -> dict[RecordKey, bytes]:
    return {key: digest(payload) for key, payload in records.items()}


def taken(kit: ModuleType, vault: Any, days: list[dict[RecordKey, bytes | None]]) -> list[dict[RecordKey, bytes]]:
    states: list[dict[RecordKey, bytes]] = []
    now: dict[RecordKey, bytes] = {}
    for number, changes in enumerate(days):
        now = {key: value for key, value in {**now, **changes}.items() if value is not None}
        kit.take(vault, now, day=number)
        states.append(now)
    return states


@settings(max_examples=6)
@given(days=DAYS, merged=st.booleans())
def test_differences_are_those_of_the_contents(kit: ModuleType, days: Any, merged: bool) -> None:
    import tempfile
    from pathlib import Path

    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(steps, "_MERGED_UP_TO", 1)
        vault = kit.MemoryVault(Path(folder)).create(kit.MemoryBackend())
        states = taken(kit, vault, days)
        if merged:
            compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")
        for before in range(len(states)):
            for after in range(len(states)):
                left, right = vault.snapshot(f"s{before + 1}"), vault.snapshot(f"s{after + 1}")
                rows = right.differences(left)
                assert dict(rows.schema) == frames.DIFFERENCE
                assert set(rows.iter_rows()) == expected(states[before], states[after])
                gone, new, moved = changed_keys(left, right)
                assert {*gone, *new, *moved} == {RecordKey(*row[:2]) for row in rows.iter_rows()}


def test_of_two_companies_all_differs_that_is_not_the_same(kit: ModuleType, empty: Any) -> None:
    kit.take(empty.vault, kit.books(2))
    kit.take(empty.vault, kit.books(3), kit.OTHER)
    rows = empty.vault.snapshot("s2").differences(empty.vault.snapshot("s1"))
    assert rows.select("entity", "id", pl.col("was").is_null()).rows() == [("Invoice", "3", True)]


def test_what_came_in_between_alone_tells_it(kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No state is made for it."""
    states = taken(
        kit, empty.vault, [{RecordKey("Bill", str(n)): b'{"n":%d}' % m for n in range(9 - m)} for m in range(6)]
    )
    vault = empty.open()
    monkeypatch.setattr(States, "of", lambda *_: pytest.fail("a state was made"))
    rows = vault.snapshot("s6").differences(vault.snapshot("s2"))
    assert set(rows.iter_rows()) == expected(states[1], states[5])


@pytest.mark.parametrize("rows", [1, 3, 1000])
@settings(max_examples=8)
@given(data=st.data())
def test_records_come_and_go_while_they_are_collected(kit: ModuleType, rows: int, data: st.DataObject) -> None:
    """Whatever is added, added again, removed or carried over, in whatever segments: the last word counts."""
    import tempfile
    from pathlib import Path

    first = data.draw(st.dictionaries(KEYS, VALUES.filter(bool), max_size=5))
    steps = data.draw(st.lists(st.tuples(KEYS, VALUES), max_size=12))
    carried = data.draw(st.booleans())
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(arrivals, "SEGMENT_ROWS", rows)
        place, backend = kit.MemoryVault(Path(folder)), kit.MemoryBackend()
        vault = place.create(backend)
        kit.take(vault, first)
        now = dict(first) if carried else {}
        with vault.begin_snapshot(kit.COMPANY) as collecting:
            if carried:
                collecting.carry_over()
            for key, value in steps:
                if value is None:
                    collecting.remove(key)
                    now.pop(key, None)
                else:
                    collecting.add(key, value)
                    now[key] = value
            info = collecting.commit(
                taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=0, findings=[]
            )
        assert info.records == len(now)
        assert info.new_versions == sum(digests(first).get(key) != value for key, value in digests(now).items())
        assert {record.key: record.payload for record in place.open(backend).snapshot("s2").records()} == now
        assert place.verify(backend).findings == ()
