"""Any report as rows of cells, whichever way a service spells it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books.reported import sheet

WHATEVER = st.none() | st.booleans() | st.integers(-5, 10**12) | st.text(max_size=4) | st.just([])
CELL = st.fixed_dictionaries({}, optional={"value": WHATEVER, "id": WHATEVER, "href": WHATEVER}) | WHATEVER


def report(cells: Any, **more: Any) -> bytes:
    """A total behind it keeps the row from being the notice that a report is cut off."""
    body = {"Header": {"ReportName": "TrialBalance"}, "Columns": {}, "Rows": {"Row": [{"ColData": cells}]}}
    return json.dumps({**body, **more}).encode()


def expected(cell: Any) -> list[sheet.Cell]:
    """By the words of the format: a text, and an Id where it is a number or a text that is not empty."""
    if not isinstance(cell, dict):
        return []
    given, text = cell.get("id"), cell.get("value")
    said = "" if text in (None, "", 0, []) else str(text)  # False is 0
    number = isinstance(given, int) and not isinstance(given, bool)
    return [sheet.Cell(said, str(given) if number or (isinstance(given, str) and given) else None)]


@given(st.lists(CELL, max_size=5))
def test_cells_are_read_as_they_stand_and_what_is_none_is_passed_over(cells: list[Any]) -> None:
    wanted = [cell for one in cells for cell in expected(one)]
    rows = sheet.read(report(cells), "TrialBalance").rows
    assert [list(row.cells) for row in rows] == ([wanted] if wanted else [])


@pytest.mark.parametrize("cells", [None, {}, "text", 7])
def test_what_are_no_cells_make_no_row(cells: Any) -> None:
    assert sheet.read(report(cells), "TrialBalance").rows == ()


def test_names_may_begin_small() -> None:
    column = {"ColTitle": "Total", "ColType": "Money"}
    row = {"header": {"colData": [{"value": "Bank"}]}, "rows": {"row": [{"colData": [{"value": "Till", "id": "3"}]}]}}
    large = {"Header": {"ReportName": "X"}, "Columns": {"Column": [column]}}
    small = {"header": {"reportName": "X"}, "columns": {"column": [{"colTitle": "Total", "colType": "Money"}]}}
    pages = [sheet.read(json.dumps({**one, "rows": {"row": [row]}}).encode(), "X") for one in (large, small)]
    assert pages[0] == pages[1]
    assert [(one.role, one.cells[0].text, one.cells[0].id) for one in pages[0].rows] == [
        ("head", "Bank", None),
        ("row", "Till", "3"),
    ]
    assert pages[0].columns[0].key == "total"
