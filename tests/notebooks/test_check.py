"""What the repository asks of a notebook is asked of every one, and each rule can refuse."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from notebook_scene import NOTEBOOKS, ROOT

GOOD = (NOTEBOOKS / "reports" / "snapshot_compare.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_notebooks", ROOT / "tools" / "check_notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def said(check: ModuleType, tmp_path: Path) -> Callable[[str], list[str]]:
    """What is said of a text that stands among the reports."""
    folder = tmp_path / "reports"
    folder.mkdir()

    def complaints(text: str) -> list[str]:
        path = folder / "one.py"
        path.write_text(text, encoding="utf-8")
        return list(check.complaints(path))

    return complaints


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.rglob("*.py")), ids=lambda path: path.stem)
def test_each_notebook_keeps_the_rules(check: ModuleType, path: Path) -> None:
    assert check.complaints(path) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("# # Comparison of two snapshots\n#\n", "# ", "title and below it the purpose"),
        ("# ## Limits\n", "# ## Remarks\n", "not “Limits”"),
        ("# - ", "# ", "no limit is named"),
        ('# %% tags=["parameters"]', "# %%", "0 cells are tagged parameters"),
        ('before = "first"  # the earlier snapshot', 'before = "first"', "what it means"),
        ('before = "first"  # the', 'passphrase = ""  # the', "looks like a secret"),
        ("found.in_short()", "%time found.in_short()", "a magic"),
        ("found.in_short()", "def f():\n    return found\nf()", "belongs into the package"),
        ("found.in_short()", "for one in found.rows:\n    print(one)", "belongs into the package"),
        ('# %% tags=["result"]', "# %%", "not tagged result"),
        ("# %%\nfound.in_short()", '# %% tags=["result"]\nfound.in_short()', "several cells"),
    ],
)
def test_each_rule_can_refuse(said: Callable[[str], list[str]], old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert said(GOOD) == []
    assert any(complaint in one for one in said(GOOD.replace(old, new)))
