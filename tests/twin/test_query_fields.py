"""Which properties may be asked for, entity by entity; what the columns find is what the bodies say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from akika_forensics.model.catalogue import CATALOGUE, Kind
from akika_forensics.model.payload import decode
from akika_forensics.twin import QuickBooksFault, Twin, sample

LISTED = sorted(name for name, row in CATALOGUE.items() if row.queryable is not False and name != "TaxService")


@pytest.fixture(scope="module")
def company() -> Iterator[Twin]:
    twin = Twin()
    sample.build(twin)
    yield twin
    twin.close()


def ids(twin: Twin, statement: str) -> list[str]:
    found = twin.select(statement).rows
    assert found is not None
    return [decode(row)["Id"] for row in found]


@pytest.mark.parametrize("entity", LISTED)
def test_every_list_is_sorted_by_id_and_by_all_that_the_catalogue_calls_sortable(company: Twin, entity: str) -> None:
    hidden = " where Active in (true, false)" if CATALOGUE[entity].kind is Kind.NAME_LIST else ""
    every = ids(company, f"select * from {entity}{hidden} maxresults 1000")
    if entity != "ExchangeRate":
        assert ids(company, f"select * from {entity}{hidden} orderby id maxresults 1000") == sorted(every, key=int)
        assert ids(company, f"select * from {entity}{hidden} orderby id desc maxresults 1000") == sorted(
            every, key=int, reverse=True
        )
    for name in (*CATALOGUE[entity].sortable, "MetaData.LastUpdatedTime", "metadata.createtime"):
        for direction in ("", " asc", " DESC"):
            found = ids(company, f"select * from {entity}{hidden} orderby {name.lower()}{direction} maxresults 1000")
            assert sorted(found) == sorted(every)


@pytest.mark.parametrize("entity", LISTED)
def test_every_filterable_property_is_answered_and_another_is_refused(company: Twin, entity: str) -> None:
    row = CATALOGUE[entity]
    for name in row.filterable:
        value = "'1'" if name == "Id" else "'nothing like it'"
        company.query(f"select * from {entity} where {name.upper()} = {value}")
        company.query(f"select count(*) from {entity} where {name} in ({value}, {value})")
    if "Line" not in row.filterable:
        with pytest.raises(QuickBooksFault) as caught:
            company.query(f"select * from {entity} where Nonsense.Part = 'x'")
        assert caught.value.detail.endswith(f"Property Nonsense.Part not found for Entity {entity}")


@pytest.mark.parametrize("entity", sorted(name for name in LISTED if CATALOGUE[name].kind is Kind.NAME_LIST))
def test_every_name_list_is_asked_for_its_inactive_records(company: Twin, entity: str) -> None:
    active, inactive = (
        company.select(f"select count(*) from {entity} where Active = {way}").total for way in ("true", "false")
    )
    assert company.select(f"select count(*) from {entity} where Active IN (true, false)").total == active + inactive
    assert company.select(f"select count(*) from {entity}").total == active


def test_nothing_has_an_empty_text_and_a_blank_asks_for_what_is_not_there(company: Twin) -> None:
    every = company.select("select count(*) from Customer").total
    named = company.select("select count(*) from Customer where CompanyName like '%'").total
    assert 0 < named < every
    assert company.select("select count(*) from Customer where CompanyName = ''").total == 0
    assert company.select("select count(*) from Customer where CompanyName = ' '").total == every - named
    assert company.select("select count(*) from Customer where CompanyName = null").total == every - named


def test_only_the_percent_sign_stands_for_other_text(company: Twin) -> None:
    for pattern, found in (("amy%", 1), ("%'s bird%", 1), ("Amy_s%", 0), ("amy", 0), ("%", 29), ("*", 0), ("a.y%", 0)):
        escaped = pattern.replace("'", "\\'")
        count = company.select(f"select count(*) from Customer where DisplayName like '{escaped}'").total
        assert count == found, pattern


MOMENTS = st.builds(
    lambda day, seconds, fraction: datetime.fromisoformat(day) + timedelta(seconds=seconds, milliseconds=fraction),
    st.sampled_from(["2025-11-01T00:00:00-07:00", "2026-01-01T00:00:00-08:00", "2026-02-01T00:00:00-08:00"]),
    st.integers(-(10**6), 10**6),
    st.sampled_from([0, 118, 999]),
)
OPERATORS = st.sampled_from(["=", "<", ">", "<=", ">="])


@given(
    st.data(), OPERATORS, st.sampled_from(["LastUpdatedTime", "CreateTime"]), st.sampled_from(["Invoice", "Customer"])
)
def test_the_times_of_metadata_are_compared_as_they_are_shown(
    company: Twin, data: st.DataObject, operator: str, name: str, entity: str
) -> None:
    bodies = [decode(row) for row in company.select(f"select * from {entity} maxresults 1000").rows or []]
    shown = st.sampled_from([body["MetaData"][name] for body in bodies]).map(datetime.fromisoformat)
    moment = data.draw(MOMENTS | shown)
    text = data.draw(st.sampled_from([moment.isoformat(), moment.isoformat().replace("+", " ")]))
    wanted = sorted(
        body["Id"] for body in bodies if holds(datetime.fromisoformat(body["MetaData"][name]), operator, moment)
    )
    assert (
        sorted(ids(company, f"select * from {entity} where MetaData.{name} {operator} '{text}' maxresults 1000"))
        == wanted
    )


def holds(one: datetime, operator: str, other: datetime) -> bool:
    answers: dict[str, Any] = {
        "=": one == other,
        "<": one < other,
        ">": one > other,
        "<=": one <= other,
        ">=": one >= other,
    }
    return bool(answers[operator])


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["Invoice", "Customer", "Account"]))
def test_pages_are_cut_out_of_the_whole_in_its_order(company: Twin, start: int, size: int, entity: str) -> None:
    for order in ("", " orderby Id desc", " orderby MetaData.LastUpdatedTime, Id"):
        whole = ids(company, f"select * from {entity}{order} maxresults 1000")
        page = ids(company, f"select * from {entity}{order} maxresults {size} startposition {start}")
        assert page == whole[start - 1 : start - 1 + size]
