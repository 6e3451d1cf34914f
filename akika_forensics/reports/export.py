"""An executed notebook as one HTML page that needs nothing else: no font, no network, no script but that of a long table."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from akika_forensics.reports.long_tables import on_paper, tables_of
from akika_widgets.views.markup import escape, readable, shortened
from akika_widgets.views.view import stylesheet

TEMPLATES: Final = Path(__file__).parent / "template"
SHOWN: Final = ("image/svg+xml", "text/html", "text/markdown", "image/png", "image/jpeg", "text/plain")
"""Forms of an output, best first. Scripts and live widgets are not among them."""
_SEARCHED: Final = "akika_widgets.views.evidence_table"
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@cache
def sheet(name: str) -> str:
    """A style sheet of the template."""
    return (TEMPLATES / "akika" / f"{name}.css").read_text(encoding="utf-8")


class ReportExporter(HTMLExporter):
    """nbconvert's exporter with the filters of the template ``akika``."""

    def default_filters(self) -> Any:
        inherited: Any = super()
        yield from inherited.default_filters()
        yield "esc", escape
        yield "short", short
        yield "css_text", css_text
        yield "plain", plain_text

    def from_notebook_node(self, nb: Any, resources: Any = None, **kwargs: Any) -> Any:
        # The exporter's own step after the template parses the page and writes it anew, which lowers the case of SVG's names.
        plain: Any = super(HTMLExporter, self)
        return plain.from_notebook_node(nb, resources, **kwargs)


def _exporter() -> Any:
    made: Any = ReportExporter
    return made(
        config=Config({"NbConvertBase": {"display_data_priority": list(SHOWN)}}),
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="akika",
        exclude_anchor_links=True,
    )


def to_html(notebook: Any, document: Mapping[str, Any]) -> str:
    """The page of an executed notebook for a screen.

    ``document`` holds what the frame around it says: ``title``, ``kind`` (the title of the notebook itself), ``report``, ``sha256`` of the notebook's bytes, ``made_at``,
    ``parameters``, ``software`` and ``snapshots``. The same input gives the same bytes.
    """
    sheets = {"report_css": sheet("report"), "views_css": stylesheet(), "last_css": ""}
    return _rendered(notebook, {**document, **sheets, "script_src": script_source(notebook), "paper": False})


def to_paper(notebook: Any, document: Mapping[str, Any], stem: str) -> str:
    """The same page for paper: long tables by their first rows, whose whole is in the files ``<stem>-<name>.csv``."""
    sheets = {"report_css": sheet("paper"), "views_css": stylesheet(), "last_css": sheet("paper_views")}
    return _rendered(on_paper(notebook, stem), {**document, **sheets, "script_src": "", "paper": True})


def script_source(notebook: Any) -> str:
    """What the page's policy allows to run: the one script that searches long tables, by its digest; nothing where there is none."""
    if not tables_of(notebook):
        return ""
    script = str(import_module(_SEARCHED).SCRIPT)
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"


def _rendered(notebook: Any, document: Mapping[str, Any]) -> str:
    html, _ = _exporter().from_notebook_node(_without_heading(notebook), resources={"akika": dict(document)})
    return str(html)


def _without_heading(notebook: Any) -> Any:
    """The notebook without its first heading, which the frame of the document says."""
    copied = copy.deepcopy(notebook)
    for cell in copied.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\A\s*# .*\n?", "", cell.source, count=1)
            break
    return copied


def css_text(value: object) -> str:
    """A text as a CSS string: every character that is not a plain letter or digit is written by its code.

    The blank after a code belongs to it.
    """
    text = readable(value)[:120]
    return (
        '"'
        + "".join(
            character if character.isascii() and (character.isalnum() or character == " ") else f"\\{ord(character):x} "
            for character in text
        )
        + '"'
    )


def short(value: object) -> str:
    """What the frame says of a value that somebody may have given at any length."""
    return shortened(str(value), 600)


def plain_text(value: object) -> str:
    """Printed text without terminal colours, escaped."""
    return escape(_ANSI.sub("", str(value)))
