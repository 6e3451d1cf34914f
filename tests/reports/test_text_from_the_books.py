"""Text from the books stays text in the page and in the PDF, whatever it says."""

from __future__ import annotations

import base64
import gzip
import sys
import unicodedata
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pypdf import PdfReader
from small_notebooks import DOCUMENT, SCRIPT, evidence, executed

from akika_forensics.reports.export import to_html, to_paper
from akika_forensics.reports.long_tables import csv_of
from akika_forensics.reports.pdf import Attached, to_pdf
from akika_widgets.views.markup import readable

sys.path.insert(0, str(Path(__file__).parents[1] / "views"))
from test_hostile_text import HOSTILE
from view_samples import every_view

SHOWN = ("script", "attribute", "end of svg", "entity", "link", "css")
EVERY = slice(None)
ACTIVE = {"script", "iframe", "object", "embed", "link", "base", "form", "img", "image", "use", "a", "foreignobject"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((name, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def notebook_of(text: str, some: slice = EVERY) -> tuple[Any, dict[str, Any]]:
    """Every view, or some of them, with the text in every place, and a frame that carries it too."""
    bundles = [view._repr_mimebundle_() for view in every_view(text)[some]]
    frame = {"title": text, "parameters": {"who": text}, "software": {"Python": text}}
    row = {"id": text, "taken_at": text, "company": text, "records": 1, "digest": text}
    # Halves of surrogate pairs cannot be in a file; names in Python can hold them.
    return executed(*bundles), {**DOCUMENT, **frame, "snapshots": [row]}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("form", ["screen", "paper"])
def test_no_text_becomes_an_element_of_the_page(text: str, form: str) -> None:
    notebook, document = notebook_of(text)
    page = to_html(notebook, document) if form == "screen" else to_paper(notebook, document, "tiny")
    tags = Tags(page)
    assert not {name for name, _ in tags.found} & ACTIVE
    for name, attrs in tags.found:
        assert not [key for key in attrs if key.startswith("on") or key in {"href", "src", "xlink:href", "action"}], (
            name
        )
    assert page.count("<style>") == page.count("</style>")
    assert not set("\u202e\u2066\x00\x07\x1b") & set(page)
    page.encode("utf-8")


def letters(text: str) -> str:
    """A text without blanks and soft marks, which the layout of pages may move."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.usefixtures("pango")
def test_the_text_stands_in_the_pdf_to_be_read(name: str) -> None:
    text = HOSTILE[name]
    notebook, document = notebook_of(text)
    attached = (Attached("tiny.ipynb", b"{}\n", "", "Source"),)
    made = to_pdf(to_paper(notebook, document, "tiny"), document, "tiny", attached)
    assert made.data is not None
    assert (made.refused, made.notes) == ((), ())
    reader = PdfReader(BytesIO(made.data), strict=True)
    assert letters(readable(text)) in letters("".join(page.extract_text() for page in reader.pages))
    assert list(reader.attachments) == ["tiny.ipynb"]
    root = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)
    assert "/JavaScript" not in root["/Names"]
    for page in reader.pages:
        assert not [note for note in page.get("/Annots", ()) if "/A" in note.get_object()]


COLUMN = 2_000
"""Signs that fill a column from the top of a page beyond its end; more of them in every place only fill more pages."""

ODD = ("long", "long words", "direction override", "control", "non-character", "surrogate")
LONG = ("long", "long words")


@pytest.mark.parametrize(
    ("name", "some", "signs"),
    [
        *((name, EVERY, COLUMN) for name in ODD),
        *((name, slice(None, None, 6), None) for name in LONG),
        *(pytest.param(name, EVERY, None, marks=pytest.mark.soak) for name in LONG),
    ],
)
@pytest.mark.usefixtures("pango")
def test_odd_text_makes_a_pdf_all_the_same(name: str, some: slice, signs: int | None) -> None:
    notebook, document = notebook_of(HOSTILE[name][:signs], some)
    made = to_pdf(to_paper(notebook, document, "tiny"), document, "tiny")
    assert made.data is not None
    assert made.refused == ()
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(made.data)).pages)
    assert not set("\u202e\u2066\x00\x07\x1b") & set(said)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_in_a_long_table_runs_nothing_on_paper_and_in_a_spreadsheet(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("akika_widgets.views.evidence_table")
    module.SCRIPT = SCRIPT  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    whole = text.encode("utf-8", "replace").decode()
    bundle = evidence(1)
    data = csv_of([[whole], [whole]])
    bundle["application/vnd.akika.table+json"]["csv_gz"] = base64.b64encode(gzip.compress(data)).decode()
    bundle["application/vnd.akika.table+json"]["name"] = text
    page = to_paper(executed(bundle), DOCUMENT, "tiny")
    tags = Tags(page)
    assert not {name for name, _ in tags.found} & ACTIVE
    assert not [key for _, attrs in tags.found for key in attrs if key.startswith("on")]
    assert not data.removeprefix(b"\xef\xbb\xbf").lstrip(b'"').startswith((b"=", b"+", b"@"))
