"""Notebooks are text in the repository: refuses stored ones (``.ipynb``), and scripts that do not read as the house's notebooks.

A notebook says its purpose at its head and its limits at its foot, declares its parameters in one cell, with a meaning each and no
secret among them, holds prose and calls but no definitions, and a report ends with the figures it comes to.

tools/check_notebooks.py [FILE …]       without arguments: every file below notebooks/
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext

ROOT = Path(__file__).resolve().parent.parent
SECRET = re.compile(r"pass(word|phrase)|secret|token|credential|api_?key|private_?key", re.IGNORECASE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try, ast.With)


def complaints(path: Path) -> list[str]:
    """What is wrong with a file, each a sentence; empty when nothing is."""
    if path.suffix == ".ipynb":
        return ["a stored notebook carries outputs: keep the .py that jupytext makes of it"]
    if path.suffix != ".py":
        return []
    notebook = jupytext.read(path)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    if not prose:
        return ["no cell of prose: is it in jupytext's percent format?"]
    return [*_prose(prose), *_parameters(notebook), *_code(notebook), *_result(notebook, path)]


def _prose(prose: list[str]) -> Iterator[str]:
    head = [block for block in re.split(r"\n\s*\n", prose[0]) if block.strip()]
    if len(head) < 2 or not head[0].startswith("# ") or head[1].startswith("#"):
        yield "the first cell does not say a title and below it the purpose"
    headings = HEADING.findall("\n".join(prose))
    if not headings or headings[-1] != "Limits":
        yield "the last heading is not “Limits”"
    elif not re.search(r"^- ", prose[-1].rpartition("# Limits")[2], re.MULTILINE):
        yield "below “Limits” no limit is named"


def _parameters(notebook: Any) -> Iterator[str]:
    cells = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    if len(cells) != 1:
        yield f"{len(cells)} cells are tagged parameters, not one"
        return
    for line in filter(str.strip, cells[0].splitlines()):
        name = re.match(r"([a-z][a-z0-9_]*) = ", line)
        if name is None or "  # " not in line:
            yield f"the parameter in {line!r} does not stand on one line with what it means"
        elif SECRET.search(name[1]):
            yield f"the parameter {name[1]} looks like a secret; parameters are written into what a notebook makes"


def _code(notebook: Any) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.get("outputs"):
            yield "it carries outputs"
        if cell.cell_type != "code":
            continue
        if re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            yield f"a magic: {cell.source.splitlines()[0]!r}"
            continue
        tree = compile(cell.source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if any(isinstance(node, _DEFINITIONS) for node in ast.walk(tree)):
            yield f"a computation that belongs into the package, with a test: {cell.source.splitlines()[0]!r}"


def _result(notebook: Any, path: Path) -> Iterator[str]:
    tagged = ["result" in cell.metadata.get("tags", ()) for cell in notebook.cells if cell.cell_type == "code"]
    if path.parent.name == "reports" and not (tagged and tagged[-1]):
        yield "the last cell of code is not tagged result: a report ends with the figures it comes to"
    if sum(tagged) > 1:
        yield "several cells are tagged result"


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or sorted((ROOT / "notebooks").rglob("*.*"))
    found = [(path, what) for path in paths for what in complaints(path)]
    for path, what in found:
        print(f"{path}: {what}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
