"""Notebooks are text in the repository: refuses stored ones (``.ipynb``) and scripts that do not read as notebooks.

tools/check_notebooks.py [FILE …]       without arguments: every file below notebooks/
"""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext

ROOT = Path(__file__).resolve().parent.parent


def complaint(path: Path) -> str | None:
    """What is wrong with a file, or None."""
    if path.suffix == ".ipynb":
        return "a stored notebook carries outputs: keep the .py that jupytext makes of it"
    if path.suffix != ".py":
        return None
    notebook = jupytext.read(path)
    if not any(cell.cell_type == "markdown" for cell in notebook.cells):
        return "no cell of prose: is it in jupytext's percent format?"
    if any(cell.get("outputs") for cell in notebook.cells):
        return "it carries outputs"
    return None


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or sorted((ROOT / "notebooks").rglob("*.*"))
    found = {path: what for path in paths if (what := complaint(path))}
    for path, what in found.items():
        print(f"{path}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
