"""Transaction numbers that QuickBooks gave out since the snapshot before, and no record has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.capture.completeness import note_gaps
from akika_forensics.capture.findings import Findings
from akika_forensics.twin import Twin, serve
from tests.capture.faults.scene import company, take


def said(before: set[int], now: set[int]) -> list[str]:
    findings = Findings()

    def of(ids: set[int]) -> Any:
        return SimpleNamespace(
            ids=lambda name: [str(one) for one in sorted(ids) if name == ("Bill", "Invoice")[one % 2]]
        )

    note_gaps(findings, of(now), of(before))
    return [row["what"] for row in findings.as_dicts() if row["code"] == "came_and_went"]


def test_a_number_between_two_that_stand_was_given_out() -> None:
    (what,) = said({1, 2, 7}, {1, 2, 7, 8, 10})
    assert what.startswith(
        "Since the snapshot before QuickBooks gave out 1 transaction number between 7 and 10 that no record has"
    )
    assert "Audit Log" in what
    assert not said({1, 2, 7}, {1, 2, 7})
    assert not said({1, 2, 7}, {1, 2}), "what went is told otherwise"
    assert not said({1, 7}, {1, 7, 8, 9})
    assert not said(set(), {1, 9}), "the first one knows of no number before it"


@given(st.sets(st.integers(1, 60), min_size=1), st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_it_counts_what_was_made_and_removed_below_the_last_that_stands(
    before: set[int], new: set[int], gone: set[int]
) -> None:
    last = max(before)
    made = {last + one for one in range(1, max(new, default=0) + 1)}
    stand = {last + one for one in new}
    now = (before - gone) | stand
    below = {one for one in made - stand if one < max(now, default=0)}
    told = said(before, now)
    assert bool(told) == bool(below)
    if below:
        assert f"gave out {len(below)} transaction number" in told[0]


@pytest.mark.parametrize("removed", [True, False], ids=["made and removed", "made"])
def test_a_capture_tells_of_a_transaction_that_came_and_went_while_it_ran(writers: Any, removed: bool) -> None:
    twin: Twin = company()
    first, second = writers(), None
    body = {
        key: value
        for key, value in (twin.get("Bill", "52") or {}).items()
        if key not in {"Id", "SyncToken", "MetaData", "DocNumber", "LinkedTxn"}
    }
    with serve(twin) as server:
        assert take(server, first).how == "whole"
        done: list[str] = []

        def blink(_number: int, _kind: str) -> None:
            if done:
                return
            done.append("done")
            made = twin.create("Bill", body)
            if removed:
                twin.delete("Bill", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
            twin.create("Bill", body)

        server.before_apply = blink
        second = take(server, writers(first), before=first.snapshot)
    twin.close()
    assert second.how == "whole"
    assert ("came_and_went" in second.findings) == removed
