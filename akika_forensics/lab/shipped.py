"""The session and report notebooks as JupyterLab opens them: made from their sources, with the vault at hand filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jupytext
import nbformat

import akika_forensics
from akika_forensics.errors import WrongUse
from akika_forensics.lab.kernels import KERNEL
from akika_forensics.lab.working_folder import Shipped

KINDS: Final = ("sessions", "reports")
PARAMETERS: Final = "parameters"
_GLANCE: Final = 190
_TEXT: Final = r"\"(?:[^\"\\\n]|\\.)*\""


@dataclass(frozen=True, slots=True)
class LabNotebook:
    """A notebook of ours. ``kind`` is ``sessions`` or ``reports``; title and purpose are what it says of itself."""

    kind: str
    name: str
    title: str
    purpose: str
    file: Shipped


def folder() -> Path:
    """Where the sources lie: in the installed package, else in the checkout around it. Raises WrongUse."""
    package = Path(akika_forensics.__file__).parent
    for place in (package / "notebooks", package.parent / "notebooks"):
        if place.is_dir():
            return place
    raise WrongUse("The notebooks of this software are missing.", do="Install it again.")


def notebooks(values: Mapping[str, str], source: Path | None = None) -> tuple[LabNotebook, ...]:
    """Every session, then every report, by name; ``values`` replace the defaults of parameters of the same name."""
    return tuple(_read(source or folder(), values))


def _read(source: Path, values: Mapping[str, str]) -> Iterator[LabNotebook]:
    for kind in KINDS:
        for path in sorted((source / kind).glob("[!_]*.py")):
            notebook = jupytext.read(path)
            said = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
            title, purpose = _title_and_purpose(said, path.stem)
            place = f"{kind}/{path.stem}.ipynb"
            yield LabNotebook(kind, path.stem, title, purpose, Shipped(place, _as_ipynb(notebook, values)))


def _title_and_purpose(markdown: str, name: str) -> tuple[str, str]:
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", markdown) if block.strip()]
    title = next((block.lstrip("# ") for block in blocks if block.startswith("#")), "")
    purpose = next((block for block in blocks if not block.startswith("#")), "").replace("**", "").replace("`", "")
    return title or name.replace("_", " ").capitalize(), _beginning(purpose)


def _beginning(text: str) -> str:
    """The first sentences, as many as are read at a glance; always one."""
    sentences = re.split(r"(?<=\.) ", text)
    kept = sentences[:1]
    for sentence in sentences[1:]:
        if len(" ".join([*kept, sentence])) > _GLANCE:
            break
        kept.append(sentence)
    return " ".join(kept)


def _as_ipynb(notebook: Any, values: Mapping[str, str]) -> bytes:
    kernel = {"name": KERNEL, "display_name": "Python", "language": "python"}
    whole: Any = nbformat
    notebook.metadata = whole.from_dict({"kernelspec": kernel, "language_info": {"name": "python"}})
    for number, cell in enumerate(notebook.cells):
        # Ids are made up at random; numbers keep the copies equal from one start to the next.
        cell["id"] = f"cell-{number}"
        if PARAMETERS in cell.metadata.get("tags", ()):
            cell.source = with_values(cell.source, values)
    text: str = whole.writes(whole.from_dict({**notebook, "nbformat": 4, "nbformat_minor": 5}))
    return text.encode() + b"\n"


def with_values(source: str, values: Mapping[str, str]) -> str:
    """The cell of parameters with other texts as defaults; words beside them stay, unknown names change nothing."""
    for name, value in values.items():
        written = json.dumps(value, ensure_ascii=False)
        source = re.sub(
            rf"^(?:{re.escape(name)} = ){_TEXT}", f"{name} = {written}".replace("\\", r"\\"), source, flags=re.MULTILINE
        )
    return source
