"""Rows share a number exactly where they share their key, whatever an Id looks like."""

from __future__ import annotations

import itertools

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from akika_forensics.vault.snapshots.key_numbers import numbers

LIKE_NUMBERS = [
    "",
    "0",
    "00",
    "7",
    "07",
    "+7",
    "-7",
    " 7",
    "7 ",
    "7.0",
    "7e1",
    "70",
    "1_0",
    "10",
    "\N{ARABIC-INDIC DIGIT SEVEN}",
]
LONG = [
    "9" * 13,
    "9" * 14,
    "1" + "0" * 13,
    "1" + "0" * 14,
    "9" * 15,
    "281474976710656",
    "5000000000000100002",
    "9" * 19,
    "9" * 40,
]
IDS = st.one_of(
    st.sampled_from([*LIKE_NUMBERS, *LONG]),
    st.integers(-5, 10**20).map(str),
    st.text(st.sampled_from("019+- _ex"), max_size=6),
    st.text(max_size=4),
)
KEYS = st.lists(st.tuples(st.sampled_from(["", "Bill", "Invoice", "Vendor", "é"]), IDS), max_size=30)


def frame(keys: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(keys, schema={"entity": pl.String, "id": pl.String}, orient="row")


@given(KEYS, st.integers(1, 5))
@example(list(itertools.product(["Bill", "Invoice"], [*LIKE_NUMBERS, *LONG])) * 2, 3)
def test_a_number_is_of_one_key_alone(keys: list[tuple[str, str]], pieces: int) -> None:
    whole = pl.concat([frame(keys[at::pieces]) for at in range(pieces)], rechunk=False)
    found = numbers(whole)
    assert found.dtype == pl.Int64
    assert found.null_count() == 0
    assert len(found) == len(whole)
    by_number: dict[int, set[tuple[str, str]]] = {}
    for number, key in zip(found, whole.rows(), strict=True):
        by_number.setdefault(number, set()).add(key)
    assert all(len(some) == 1 for some in by_number.values())
    assert len(by_number) == len(set(keys))


@pytest.mark.parametrize("odd", ["07", "x", "9" * 15])
def test_one_odd_id_leaves_the_others_their_numbers(odd: str) -> None:
    plain = [("Bill", str(number)) for number in range(1000)]
    assert numbers(frame([*plain, ("Bill", odd)])).head(1000).to_list() == numbers(frame(plain)).to_list()
