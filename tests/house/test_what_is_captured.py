"""The page that says what is captured is the one that the tables make."""

import importlib.util
from pathlib import Path

from akika_forensics.capture.coverage import OUT_OF_REACH
from akika_forensics.model.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]


def _tool():
    spec = importlib.util.spec_from_file_location("what_is_captured", ROOT / "tools" / "what_is_captured.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_made_of_todays_tables():
    assert (ROOT / "docs" / "what-is-captured.md").read_text("utf-8") == _tool().page(), (
        "run: python tools/what_is_captured.py --write"
    )


def test_every_entity_and_every_area_has_its_row():
    page = (ROOT / "docs" / "what-is-captured.md").read_text("utf-8")
    for name in [*CATALOGUE, *(one.name for one in OUT_OF_REACH)]:
        assert page.count(f"\n| {name} |") == 1
