"""A list in the order of its documents' numbers is sorted by the store's columns, and as bodies would be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin import Twin

NUMBERS = st.lists(
    st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=5)), max_size=12
)


def listed(twin: Twin, statement: str) -> list[str]:
    rows: list[dict[str, Any]] = twin.query(statement)["QueryResponse"].get("Invoice", [])
    return [str(row["Id"]) for row in rows]


@pytest.mark.parametrize(("word", "descending"), [("asc", False), ("desc", True)])
@given(numbers=NUMBERS)
def test_numbers_sort_as_text_without_heed_to_case_and_the_missing_ones_first(
    word: str, descending: bool, numbers: list[str | None]
) -> None:
    from akika_forensics.model import payload as payloads

    twin = Twin()
    held = {}
    for record_id, number in enumerate(numbers, start=1):
        body = {"Id": str(record_id), "SyncToken": "0", "Line": [], **({"DocNumber": number} if number else {})}
        twin.put_raw("Invoice", payloads.encode(body), post=False)
        held[str(record_id)] = number or None
    by_text = sorted(held, key=lambda one: (held[one] is not None, (held[one] or "").casefold()), reverse=descending)
    assert listed(twin, f"select * from Invoice orderby DocNumber {word}") == by_text
    twin.close()
