"""A column made in one pass has the cells that it has row by row, and totals are those of the cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.twin.reports import sheet
from akika_forensics.twin.reports.listings import columns
from akika_forensics.twin.reports.listings.at_once import AT_ONCE
from akika_forensics.twin.reports.listings.authors import Authors

_CENTS = st.one_of(st.none(), st.integers(-1200, 1200), st.integers(-(10**14), 10**14))
_TEXTS = st.one_of(st.none(), st.text(max_size=4))
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "cents": _CENTS,
    "own": _CENTS,
    "balance": st.integers(-(10**6), 10**6),
    "account": st.sampled_from([None, "", "1", "2"]),
    "created_by": st.sampled_from([None, "1", "2", "0", "9"]),
    "modified_by": st.sampled_from([None, "1", "2", "0", "9"]),
}


class _Store:
    def __init__(self, last: str) -> None:
        self.trail = SimpleNamespace(users=lambda: [SimpleNamespace(id=one, name=f"User {one}") for one in "120"])
        self._last = last

    def select(self, _: str, values: tuple[str, str]) -> list[tuple[str, str]]:
        return [(f"Service for {values}", self._last)]


def _shown(unnamed: str, last: str) -> Any:
    session: Any = SimpleNamespace(store=_Store(last), beliefs=SimpleNamespace(choice=lambda _: unnamed))
    names = SimpleNamespace(sign=lambda account: -1 if account == "2" else 1)
    return SimpleNamespace(names=names, authors=Authors(session), letters=True)


@pytest.mark.parametrize("key", sorted(AT_ONCE))
@given(st.data())
def test_a_pass_makes_the_cells_of_its_rows(key: str, data: st.DataObject) -> None:
    column = columns.COLUMNS[key]
    rows = data.draw(st.lists(st.tuples(*(_VALUES.get(fact, _TEXTS) for fact in column.facts)), min_size=1))
    shown = _shown(data.draw(st.sampled_from(["user", "nobody"])), data.draw(st.sampled_from(["app", "service"])))
    cell = column.cell(shown)
    assert list(AT_ONCE[key](shown)(*zip(*rows, strict=True))) == [cell(*row) for row in rows]


@given(st.integers(-(10**14), 10**14))
def test_an_amount_has_two_places_and_no_leading_zero(cents: int) -> None:
    sign, text = ("-" if cents < 0 else ""), f"{abs(cents) // 100}.{abs(cents) % 100:02}"
    assert columns.amount(cents) == sign + (text[1:] if text.startswith("0.") else text)


_LEAVES = st.integers(0, 9).map(lambda number: {"ColData": [{"value": str(number)}], "type": "Data"})
_CELLS = {"ColData": [{"value": "x"}]}


def _sections(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    edges = st.fixed_dictionaries({}, optional={"Header": st.just(_CELLS), "Summary": st.just(_CELLS)})
    return st.tuples(st.lists(inner, max_size=4), edges).map(lambda one: {**one[1], "Rows": {"Row": one[0]}})


@given(st.lists(st.recursive(_LEAVES, _sections, max_leaves=12), max_size=6))
def test_a_report_that_fits_to_the_last_row_is_left_as_it_is(rows: list[Any]) -> None:
    room = _counted(rows)
    width = sheet.MOST_CELLS // room if room else 1
    report = {"Columns": {"Column": [sheet.column("", "String")] * width}, "Rows": {"Row": rows}}
    assert sheet.limited(report) == report
    assert "Unable" not in str(sheet.limited(report))
    if room:
        wider = {**report, "Columns": {"Column": [sheet.column("", "String")] * (sheet.MOST_CELLS // room + 1)}}
        assert ("Unable" in str(sheet.limited(wider))) is (sheet.MOST_CELLS // (width + 1) < room)


def _counted(rows: list[Any]) -> int:
    return sum(
        1 if "ColData" in row else ("Header" in row) + ("Summary" in row) + _counted(row["Rows"]["Row"]) for row in rows
    )
