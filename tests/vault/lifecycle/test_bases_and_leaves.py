"""What a dropped snapshot leaves behind: manifests that stand on another one, and leaves that keep a root."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.vault.lifecycle import bases
from akika_forensics.vault.lifecycle.bases import Standing
from akika_forensics.vault.snapshots import leaves, merkle
from akika_forensics.vault.snapshots.frames import LEAVES
from akika_forensics.vault.snapshots.leaves import LeavesError

EMPTY = pl.DataFrame(schema=LEAVES)


def chain(numbers: int, full: set[int]) -> list[Standing]:
    return [Standing(number, None if number in full else number - 1) for number in range(1, numbers + 1)]


def test_a_cut_chain_stands_on_the_kept_one_before() -> None:
    snapshots = chain(9, {1, 6})
    assert bases.cut(snapshots, {1, 2, 4, 5, 7, 9}, 90) == {4: 2, 7: 5, 9: 7}
    assert bases.cut(snapshots, {3, 5, 9}, 90) == {3: None, 5: 3, 9: 5}
    assert bases.cut(snapshots, set(range(1, 10)), 90) == {}
    assert bases.cut(snapshots, {3, 5, 9}, 2) == {3: None, 5: 3, 9: None}


@given(st.integers(1, 40), st.sets(st.integers(2, 40)), st.sets(st.integers(1, 40)), st.integers(2, 6))
def test_every_kept_manifest_leads_to_a_full_one(count: int, full: set[int], kept: set[int], most: int) -> None:
    snapshots = chain(count, full | {1})
    kept &= {one.number for one in snapshots}
    anew = bases.cut(snapshots, kept, most)
    base = {one.number: one.base for one in snapshots} | anew
    assert anew.keys() <= kept
    for number in kept:
        at: int | None = number
        while at is not None:
            assert at in kept
            before = base[at]
            assert before is None or before < at
            at = before
    assert all(before not in kept for number in anew for before in [snapshots[number - 1].base])


@given(st.integers(1, 30), st.lists(st.sets(st.integers(0, 29)), max_size=4))
def test_a_root_stays_whatever_is_taken_out(size: int, rounds: list[set[int]]) -> None:
    whole = [merkle.salted_leaf("Bill", str(number), b"d" * 32, b"s" * 32, b"x" * 16) for number in range(size)]
    left, kept = list(range(size)), EMPTY
    for out in rounds:
        gone = [position in out for position in left]
        kept = leaves.taken_out(7, [whole[at] for at in left], gone, kept)
        left = [at for at, goes in zip(left, gone, strict=True) if not goes]
        assert dict(kept.schema) == LEAVES
        assert sorted([*left, *kept["position"]]) == list(range(size))
        assert kept["leaf"].to_list() == [whole[at] for at in kept["position"]]
        assert leaves.root([whole[at] for at in left], kept) == merkle.root(whole)


@pytest.mark.parametrize("positions", [[5], [0, 0]])
def test_leaves_that_do_not_fit_are_refused(positions: list[int]) -> None:
    kept = pl.DataFrame([(1, at, b"x") for at in positions], schema=LEAVES, orient="row")
    with pytest.raises(LeavesError):
        leaves.root([b"a" * 32], kept)
