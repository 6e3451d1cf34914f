"""What arrives for a snapshot, held against a plain account of the same: what stays, what is new, what goes."""

from __future__ import annotations

from unittest import mock

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.record import RecordKey
from akika_forensics.vault.snapshots import arrivals
from akika_forensics.vault.snapshots.arrivals import Arrivals
from akika_forensics.vault.snapshots.frames import KEY, STATE

KEYS = [RecordKey(entity, str(number)) for entity in ("Bill", "Item") for number in range(3)]
VALUES = [(b"one", b"1"), (b"one", b"1.0"), (b"two", b"2")]
"""What a record says, and in which bytes."""

Held = dict[RecordKey, tuple[bytes, bytes]]
held = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES))
acts = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from([*VALUES, None])), max_size=12)


class Segments:
    """What was stored, by segment: rows of `arrivals.NEW`."""

    def __init__(self) -> None:
        self.rows: dict[int, list[dict[str, object]]] = {}

    def store(self, rows: pl.DataFrame) -> int:
        assert dict(rows.schema) == dict(arrivals.NEW)
        number = 7 + len(self.rows)
        self.rows[number] = rows.to_dicts()
        return number

    def state(self) -> pl.DataFrame:
        rows = [
            (row["entity"], row["id"], row["digest"], number, len(row["payload"]))  # type: ignore[arg-type] -- bytes
            for number, mine in self.rows.items()
            for row in mine
        ]
        return pl.DataFrame(rows, schema=STATE, orient="row")


def state_of(records: Held) -> pl.DataFrame:
    rows = [(*key, value, 0, len(spelled)) for key, (value, spelled) in sorted(records.items())]
    return pl.DataFrame(rows, schema=STATE, orient="row")


@given(before=held, carried=st.booleans(), doings=acts, at_once=st.integers(1, 4), pause=st.integers(-1, 11))
def test_a_snapshot_is_what_arrived_last(
    before: Held, carried: bool, doings: list[tuple[RecordKey, tuple[bytes, bytes] | None]], at_once: int, pause: int
) -> None:
    state, segments = state_of(before), Segments()
    hashes = pl.Series([before[RecordKey(*key)][1] for key in state.select(*KEY).iter_rows()], dtype=pl.Binary)
    expected = dict(before) if carried else {}
    with mock.patch.object(arrivals, "_AT_ONCE", at_once), mock.patch.object(arrivals, "SEGMENT_ROWS", 2 * at_once):
        mine = Arrivals(state, lambda: hashes, segments.store)
        if carried:
            mine.carry_over()
        for turn, (key, value) in enumerate(doings):
            if value is None:
                mine.remove(key)
                expected.pop(key, None)
            else:
                mine.add(key, value[0], value[1], value[1], (None, None, None, None))
                expected[key] = value
            if turn == pause:
                interim = mine.interim()
                assert interim.records == len(expected)
                mine = Arrivals(state, lambda: hashes, segments.store)
                mine.take_up(interim, segments.state())
        found = mine.finish()

    stays = {key for key, value in expected.items() if before.get(key) == value}
    kept = {RecordKey(*key) for key in found.kept.select(*KEY).iter_rows()}
    fresh = {RecordKey(row["entity"], row["id"]): row for row in found.fresh.to_dicts()}
    assert kept | fresh.keys() == expected.keys()
    assert not kept & fresh.keys()
    # What was stored before an interruption counts as new afterwards too; nothing else that stays is stored again.
    assert kept <= stays
    assert all(row["digest"] == expected[key][0] for key, row in fresh.items())
    assert found.kept.equals(state.join(found.kept, on=KEY, how="semi"))
    assert {RecordKey(*key) for key in found.gone.select(*KEY).iter_rows()} == before.keys() - expected.keys()
    assert found.respelled == sum(1 for key, row in fresh.items() if key in before and before[key][0] == row["digest"])
    for number, rows in segments.rows.items():
        assert [(row["entity"], row["id"]) for row in rows] == sorted((row["entity"], row["id"]) for row in rows)
        counting = {key for key, row in fresh.items() if row["segment"] == number}
        written = {RecordKey(str(row["entity"]), str(row["id"])): row for row in rows}
        for key, row in written.items():
            assert row["was"] == (before[key][0] if key in before else None)
            assert key not in counting or (row["digest"], row["payload"]) == expected[key]
        if number in found.withdrawn:
            assert {RecordKey(*key) for key in found.withdrawn[number].iter_rows()} == counting
        else:
            assert counting == written.keys()
