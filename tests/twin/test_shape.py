"""A loaded record's shape: the quick look and the one that names the fault agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import schema
from akika_forensics.twin.loading import shape

VALUES = st.recursive(
    st.sampled_from(
        [None, "", "x", "12", "1_2", 12, 10**200, True, Decimal("1.5"), Decimal("1e200"), "2026-02-30", "2026-03-04"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["value", "name", "Id", "Amount", "Line", "TxnDate", "AccountRef"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(data=st.data(), entity=st.sampled_from(sorted(CATALOGUE)))
def test_a_fault_is_named_where_there_is_one(data: st.DataObject, entity: str) -> None:
    names = [*schema.fields_of(entity), "Unknown"]
    body = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    assert shape.fault(entity, body) == shape.named_fault(entity, body)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"TxnDate": "soon"}, "TxnDate is no date"),
        ({"TotalAmt": True}, "TotalAmt is no number"),
        ({"CustomerRef": {"value": ["1"]}}, "CustomerRef is no reference"),
        ({"Line": [{}, {"Amount": "x"}]}, "Line[1].Amount is no number"),
        ({"Line": {}}, "Line is no list"),
        ({"DocNumber": []}, "DocNumber is no plain value"),
        ({"TxnTaxDetail": 5}, "TxnTaxDetail is no object"),
        ({"TotalAmt": "12.50", "Unheard": [{}], "TxnDate": ""}, None),
    ],
)
def test_what_is_told(body: dict[str, Any], told: str | None) -> None:
    assert shape.fault("Invoice", body) == told
