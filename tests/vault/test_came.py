"""Keys that come twice are noticed, in however many portions they come."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.vault.snapshots.came import Came

_KEYS = st.tuples(st.sampled_from(["Invoice", "Bill", ""]), st.integers(0, 60).map(str))


def _frame(keys: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(keys, schema={"entity": pl.String, "id": pl.String}, orient="row")


@given(st.lists(st.lists(_KEYS, max_size=12), max_size=12))
def test_as_a_set_would_say(portions: list[list[tuple[str, str]]]) -> None:
    keys, seen, came = Came(), set[tuple[str, str]](), 0
    for portion in portions:
        keys.add(_frame(portion))
        seen.update(portion)
        came += len(portion)
        assert keys.twice == (len(seen) < came)


def test_a_key_of_long_ago_is_not_forgotten() -> None:
    keys = Came()
    for start in range(0, 40_000, 1_000):
        keys.add(_frame([("Invoice", str(number)) for number in range(start, start + 1_000)]))
    assert not keys.twice
    keys.add(_frame([("Invoice", "12345")]))
    assert keys.twice
