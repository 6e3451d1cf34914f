"""What differs between two snapshots, told by what came in between them, is what their contents say."""

from __future__ import annotations

from collections.abc import Sequence
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


def taken(
    kit: ModuleType,
    vault: Any,
    days: list[dict[RecordKey, bytes | None]],
    before: Sequence[dict[RecordKey, bytes]] = (),
) -> list[dict[RecordKey, bytes]]:
    states = list(before)
    now = dict(states[-1]) if states else {}
    for number, changes in enumerate(days, len(states)):
        now = {key: value for key, value in {**now, **changes}.items() if value is not None}
        kit.take(vault, now, day=number)
        states.append(now)
    return states


@settings(max_examples=6)
@given(days=DAYS, later=DAYS, merged=st.sampled_from(["no", "some", "all"]))
def test_differences_are_those_of_the_contents(kit: ModuleType, days: Any, later: Any, merged: str) -> None:
    import tempfile
    from pathlib import Path

    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(steps, "_MERGED_UP_TO", 1)
        vault = kit.MemoryVault(Path(folder)).create(kit.MemoryBackend())
        states = taken(kit, vault, days)
        if merged == "some":
            compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")
            states = taken(kit, vault, later, states)
        if merged == "all":
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


@given(data=st.data())
def test_versions_in_any_parts_amount_to_the_same(data: st.DataObject) -> None:
    """Whatever parts the segments lie in, and whatever is listed beside them."""
    count = data.draw(st.integers(1, 5))
    rows: list[dict[str, Any]] = []
    listed: list[list[dict[str, Any]]] = []
    now: dict[str, bytes] = {}
    first: dict[str, bytes | None] = {}
    for number in range(1, count + 1):
        changes = data.draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([b"1", b"2", None]), max_size=3))
        gone = []
        for key, value in changes.items():
            was = now.pop(key, None)
            first.setdefault(key, was)
            row = {"entity": "Bill", "id": key, "segment": number, "digest": value, "was": was}
            if value is None:
                gone.append({**row, "segment": None, "length": None, "removed": True})
            else:
                now[key] = value
                rows.append(row)
        listed.append(gone)
    where = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    schema = {name: frames.INDEX[name] for name in ("entity", "id", "segment", "digest", "was")}
    lies = [
        pl.DataFrame([row for row in rows if where[row["segment"] - 1] == place], schema=schema) for place in range(3)
    ]
    stored = steps.Stored([one.sort(frames.VERSION) for one in lies[1:]], lies[0] if len(lies[0]) else None)
    told = [
        steps.Step((number,), pl.DataFrame(gone, schema=frames.MANIFEST) if gone else None)
        for number, gone in enumerate(listed, 1)
    ]
    found = steps.differences(told, stored)
    assert dict(found.schema) == frames.DIFFERENCE
    expected = {("Bill", key, was, now.get(key)) for key, was in first.items() if was != now.get(key)}
    assert sorted(found.rows(), key=str) == sorted(expected, key=str)


def test_what_lies_across_one_another_is_put_in_order_first() -> None:
    """One part holds what came first and last under a key, another what came between."""
    schema = {name: frames.INDEX[name] for name in ("entity", "id", "segment", "digest", "was")}
    parts = [
        pl.DataFrame([("Bill", "7", 1, b"1", b"0"), ("Bill", "7", 3, b"3", b"2")], schema, orient="row"),
        pl.DataFrame([("Bill", "7", 2, b"2", b"1"), ("Bill", "7", 4, b"4", b"3")], schema, orient="row"),
    ]
    told = [steps.Step((number,), None) for number in range(1, 5)]
    for stored in (steps.Stored(parts), steps.Stored(parts[::-1]), steps.Stored(parts[1:], parts[0])):
        assert steps.differences(told, stored).rows() == [("Bill", "7", b"0", b"4")]
    assert steps.differences(told[:3], steps.Stored([parts[0], parts[1].head(1)])).rows() == [("Bill", "7", b"0", b"3")]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "ä"]), st.sampled_from(["1", "10", "2"]), st.integers(0, 2)), max_size=6
    )
)
def test_rows_are_in_order_where_each_comes_after_the_one_before_it(rows: list[tuple[str, str, int]]) -> None:
    schema = {name: frames.INDEX[name] for name in frames.VERSION}
    spelled = [(entity.encode(), ident.encode(), segment) for entity, ident, segment in rows]
    for count in (2, 3):
        keys = [row[:count] for row in spelled]
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        assert steps.is_sorted(frame, frames.VERSION[:count]) == (keys == sorted(set(keys)))
