"""A folder with one small report."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from small_notebooks import TINY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "notebooks"
    place.mkdir()
    (place / "tiny.py").write_text(TINY, encoding="utf-8")
    (place / "_draft.py").write_text("# %%\n1\n", encoding="utf-8")
    return place
