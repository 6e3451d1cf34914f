"""What a company has none of is not looked for line after line, and is found wherever one document has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books.documents import fields, reading, tables

CLASS = {"ClassRef": {"value": "5"}}


def invoice(number: int, *, classed: bool, bundled: bool) -> dict[str, Any]:
    detail = {"ItemRef": {"value": "1"}, "Qty": 2, **(CLASS if classed else {})}
    line = {"Id": "1", "Amount": 10.25, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    if bundled:
        line = {"Id": "2", "Amount": 10.25, "DetailType": "GroupLineDetail", "GroupLineDetail": {"Line": [line]}}
    own = CLASS if classed and number % 2 else {}
    return {"TxnDate": "2026-03-05", "TotalAmt": 10.25, "Line": [line], "CustomerRef": {"value": "7"}, **own}


def text(body: dict[str, Any], form: str) -> bytes:
    if form == "several lines":
        return json.dumps(body, indent=1).encode()
    whole = json.dumps(body).encode()
    if form == "escaped":
        return whole.replace(b"ClassRef", rb"Class\u0052ef").replace(
            b'GroupLineDetail": {', rb'\u0047roupLineDetail": {'
        )
    return whole


DOCUMENTS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(["as it is", "several lines", "escaped"])), max_size=8
)


@given(DOCUMENTS, st.integers(1, 4))
def test_whatever_stands_together_is_read_as_one_by_one(rows: list[tuple[bool, bool, str]], together: int) -> None:
    payloads = [
        text(invoice(number, classed=classed, bundled=bundled), form)
        for number, (classed, bundled, form) in enumerate(rows)
    ]
    named = [(str(number), payload) for number, payload in enumerate(payloads)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PART", together)
        found = tables.read({"Invoice": named})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_together", lambda entity, payloads: None)
        expected = tables.read({"Invoice": named})
    assert found.heads.equals(expected.heads)
    assert found.lines.equals(expected.lines)
    assert found.unread == expected.unread == {}
    assert found.heads["class"].is_not_null().to_list() == [
        classed and number % 2 == 1 for number, (classed, _, _) in enumerate(rows)
    ]


@pytest.mark.parametrize("form", ["as it is", "several lines", "escaped"])
def test_each_form_is_read_together(form: str) -> None:
    payloads = [text(invoice(number, classed=True, bundled=False), form) for number in range(3)]
    found = reading._together("Invoice", payloads)
    assert found is not None
    assert found.num_rows == 3
    assert found["ClassRef"].null_count == 2


def test_what_is_rare_is_a_field_of_the_type() -> None:
    for entity in fields.POSTING:
        whole = str(fields.document(entity))
        assert all(name in whole for name in fields.rare(entity))
        assert not any(
            name in str(fields.document(entity, frozenset(fields.rare(entity)))) for name in fields.rare(entity)
        )
