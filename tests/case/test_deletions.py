"""The table of what was deleted before a snapshot, and what the vault still has of it."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from akika_forensics.case.deletions import Deleted, Deletions

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
NOWHERE, HELD = Deleted("Invoice", "7", AT), Deleted("Bill", "9", None, "s1")


def test_it_is_a_frame_with_times_and_a_table_that_says_what_the_vault_has() -> None:
    found = Deletions([HELD, NOWHERE])
    assert found.to_frame().schema == pl.Schema(
        {"entity": pl.String, "id": pl.String, "deleted_at": pl.Datetime("us", "UTC"), "last_held": pl.String}
    )
    assert found.to_frame().rows() == [("Bill", "9", None, "s1"), ("Invoice", "7", AT, None)]
    assert found["Invoice:7"] == NOWHERE
    told = found.view().text()
    for words in ("last version in s1", "nothing of it", "2026-11-23 10:00:00", "not told"):
        assert words in told
    assert found[0].as_dict() == {"entity": "Bill", "id": "9", "deleted_at": None, "last_held": "s1"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ""),
        ([HELD], "1 record. An earlier snapshot holds the last version of each."),
        ([NOWHERE], "1 record. Of it the vault holds nothing but number and time; QuickBooks' Audit Log tells who."),
        ([HELD, NOWHERE], "2 records. Of 1 of them the vault holds nothing but number and time"),
        ([NOWHERE, NOWHERE], "2 records. Of all of them the vault holds nothing but number and time"),
    ],
)
def test_the_sentence_counts_those_of_which_the_vault_has_nothing(rows: list[Deleted], words: str) -> None:
    assert words in Deletions(rows).sentence
    assert bool(Deletions(rows).sentence) == bool(rows)
