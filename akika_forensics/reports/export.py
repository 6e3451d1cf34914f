"""An executed notebook as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from akika_widgets.views.markup import escape, readable
from akika_widgets.views.view import stylesheet

TEMPLATES: Final = Path(__file__).parent / "template"
SHOWN: Final = ("image/svg+xml", "text/html", "text/markdown", "image/png", "image/jpeg", "text/plain")
"""Forms of an output, best first. Scripts and live widgets are not among them."""
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@cache
def report_css() -> str:
    return (TEMPLATES / "akika" / "report.css").read_text(encoding="utf-8")


class ReportExporter(HTMLExporter):
    """nbconvert's exporter with the filters of the template ``akika``."""

    def default_filters(self) -> Any:
        inherited: Any = super()
        yield from inherited.default_filters()
        yield "esc", escape
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
    """The HTML of an executed notebook.

    ``document`` holds what the frame around it says: ``title``, ``kind`` (the title of the notebook itself), ``report``, ``sha256`` of the notebook's bytes, ``made_at``,
    ``parameters``, ``software`` and ``snapshots``. The same input gives the same bytes.
    """
    notebook = _without_heading(notebook)
    resources = {"akika": {**document, "views_css": stylesheet(), "report_css": report_css()}}
    html, _ = _exporter().from_notebook_node(notebook, resources=resources)
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


def plain_text(value: object) -> str:
    """Printed text without terminal colours, escaped."""
    return escape(_ANSI.sub("", str(value)))
