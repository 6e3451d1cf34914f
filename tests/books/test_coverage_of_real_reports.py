"""What of real reports the recorded records cover agrees with the books, and the page that says so is made of today's data."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tie_out_coverage", ROOT / "tools" / "tie_out_coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_what_is_covered_agrees(tool: ModuleType, shared_data: Path) -> None:
    rows = list(tool.covered(shared_data))
    covered = [row for row in rows if row.recorded]
    assert [(row.report, row.documents, row.recorded) for row in covered] == [("GeneralLedger", 3, 2)]
    assert [(row.compared, row.agreeing) for row in covered] == [(4, 4)]
    assert len(rows) > 10


def test_a_document_that_is_another_would_be_seen(
    tool: ModuleType, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = tool._objects

    def another(value: object, name: str = "") -> object:
        for entity, body in objects(value, name):
            if entity == "Invoice":
                line = {**body["Line"][0], "Amount": 101}
                yield entity, {**body, "TotalAmt": 101, "Line": [line, *body["Line"][1:]]}
            else:
                yield entity, body

    monkeypatch.setattr(tool, "_objects", another)
    (row,) = [row for row in tool.covered(shared_data) if row.recorded]
    assert (row.compared, row.agreeing) == (4, 2)


def test_the_page_is_made_of_todays_data(tool: ModuleType, shared_data: Path) -> None:
    assert tool.PAGE.read_text("utf-8") == tool.page(shared_data), "run: python tools/tie_out_coverage.py --write"
