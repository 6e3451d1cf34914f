"""The PDF of a report: archive form, page numbers, what is inside it, and what is never fetched for it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from small_notebooks import DOCUMENT, evidence, executed, table_html

from akika_forensics.reports import pdf
from akika_forensics.reports.export import to_paper
from akika_forensics.reports.pdf import Attached, Pdf, table_file, to_pdf
from akika_widgets.views.svg import frame

HERE = Path(__file__).parent
NOTEBOOK = Attached("tiny.ipynb", b'{"cells": []}\n', "The executed notebook", "Source")


def picture() -> str:
    css = "svg.ak-sample .mark { fill: var(--ak-removed); }"
    mark = "<rect class='mark' x='10' y='10' width='40' height='40'/><text x='60' y='40'>in the picture</text>"
    made = frame("ak-sample", 900, 200, "A picture", "what it shows", css=css, ident="akp")
    return str(made).replace("</svg>", f"{mark}</svg>")


def printed(*bundles: dict[str, Any], attached: tuple[Attached, ...] = (NOTEBOOK,), **document: Any) -> Pdf:
    said = {**DOCUMENT, **document}
    return to_pdf(to_paper(executed(*bundles), said, "tiny"), said, "tiny", attached)


def read(made: Pdf) -> PdfReader:
    assert made.data is not None
    return PdfReader(BytesIO(made.data), strict=True)


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture(scope="module")
def made() -> Pdf:
    rows = {"text/html": table_html(120)}
    return printed(rows, {"image/svg+xml": picture()}, {"text/html": "<p>the last line</p>"})


@pytest.mark.usefixtures("pango")
def test_every_page_says_which_of_how_many_it_is(made: Pdf) -> None:
    reader = read(made)
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        said = " ".join(page.extract_text().split())
        assert f"page {number} of {len(reader.pages)}" in said
        assert "Notebook SHA-256 abababababababab" in said
        # The first page has its title in large; the others carry it at their head.
        assert "Books of a company" in said
        assert ("Akika Forensics" in said) is (number > 1)


@pytest.mark.usefixtures("pango")
def test_it_declares_itself_pdf_a_3u_with_the_dates_of_the_report(made: Pdf) -> None:
    reader = read(made)
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    packet = ET.fromstring(metadata[metadata.index(b"<x:xmpmeta") : metadata.index(b"</x:xmpmeta>") + 12])  # noqa: S314 - our own
    found: dict[str, str] = {}
    for element in packet.iter():
        found.update({key.rpartition("}")[2]: value for key, value in element.attrib.items()})
        found[element.tag.rpartition("}")[2]] = (element.text or "").strip()
    assert (found["part"], found["conformance"]) == ("3", "U")
    assert found["CreateDate"] == found["ModifyDate"] == "2026-11-23T10:00:00Z"
    info = reader.metadata
    assert info is not None
    assert (info["/CreationDate"], info["/ModDate"]) == ("D:20261123100000Z", "D:20261123100000Z")
    assert info.title == "Books of a company"
    root = reader.trailer["/Root"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/MarkInfo"]["/Marked"]
    assert len(reader.trailer["/ID"]) == 2


@pytest.mark.usefixtures("pango")
def test_all_fonts_are_inside(made: Pdf) -> None:
    fonts = [font.get_object() for page in read(made).pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


@pytest.mark.usefixtures("pango")
def test_the_picture_is_drawn_as_lines_in_its_own_colours(made: Pdf) -> None:
    reader = read(made)
    assert "in the picture" in words(reader)
    assert not [image for page in reader.pages for image in page.images]
    drawn = b"".join(page.get_contents().get_data() for page in reader.pages)
    # #9c2f24, the colour of what was removed, as the picture's own sheet names it; #ffffff is its paper.
    assert b"0.611765 0.184314 0.141176" in drawn or b"0.612 0.184 0.141" in drawn or b".61176 .18431 .14118" in drawn


@pytest.mark.usefixtures("pango")
def test_the_attached_files_are_the_files_byte_for_byte() -> None:
    csv = Attached("tiny-every-change.csv", "Record\r\nInvoice:1 é\r\n".encode(), "Full list of 1 rows", "Data")
    reader = read(printed({"text/html": "<p>x</p>"}, attached=(NOTEBOOK, csv)))
    assert {name: data[0] for name, data in reader.attachments.items()} == {
        csv.name: csv.data,
        NOTEBOOK.name: NOTEBOOK.data,
    }
    root = reader.trailer["/Root"]
    by_name = {str(file.get_object()["/UF"]): file.get_object() for file in root["/AF"]}
    assert by_name["tiny.ipynb"]["/AFRelationship"] == "/Source"
    assert by_name["tiny-every-change.csv"]["/AFRelationship"] == "/Data"
    assert by_name["tiny-every-change.csv"]["/EF"]["/F"]["/Subtype"] == "/text/csv"
    assert by_name["tiny.ipynb"]["/EF"]["/F"]["/Params"]["/CreationDate"].startswith("D:20261123100000")
    names = root["/Names"]["/EmbeddedFiles"]["/Names"][0::2]
    assert list(names) == sorted(names)


@pytest.mark.usefixtures("pango")
def test_a_long_table_is_printed_by_its_first_rows_and_attached_whole() -> None:
    made = printed(evidence(1234))
    said = words(read(made))
    assert "Invoice:300 " in said
    assert "Invoice:301" not in said
    assert "The first 300 rows; the full list of 1,234 rows is attached as tiny-every-change.csv." in said
    assert "currentScript" not in said


@pytest.mark.usefixtures("pango")
def test_a_plain_table_that_grew_long_is_cut_and_attached_too() -> None:
    made = printed({"text/html": table_html(450)}, {"text/html": table_html(300, caption="Whole")})
    said = words(read(made))
    assert "row 300 " in said
    assert "row 301" not in said
    assert "The first 300 rows; the full list of 450 rows is attached as tiny-every-change.csv." in said
    assert [(table.name, table.rows) for table in made.cut] == [("every-change", 450)]
    attached = read(made).attachments["tiny-every-change.csv"][0]
    assert attached == made.cut[0].data == table_file(made.cut[0], "tiny").data
    lines = attached.decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1], lines[-1], len(lines)) == (
        "Row,What,Amount",
        "row 1,Rock Fountain,1.00",
        "row 450,Rock Fountain,450.00",
        451,
    )


@pytest.mark.usefixtures("pango")
def test_two_long_tables_of_one_name_are_two_files() -> None:
    long = table_html(301)
    taken = Attached("tiny-every-change.csv", b"x\r\n", "", "Data")
    made = printed({"text/html": long}, {"text/html": long}, attached=(NOTEBOOK, taken))
    assert [table.name for table in made.cut] == ["every-change-2", "every-change-3"]
    assert sorted(read(made).attachments) == [
        "tiny-every-change-2.csv",
        "tiny-every-change-3.csv",
        "tiny-every-change.csv",
        "tiny.ipynb",
    ]


REACHES = {
    "image": "<img src='https://example.com/{}.png'>",
    "style": "<div style='background: url(https://example.com/{}.png)'>x</div>",
    "sheet": "<link rel='stylesheet' href='http://example.com/{}.css'>",
    "import": "<style>@import url(//example.com/{}.css);</style>",
    "file": "<img src='file:///etc/{}'>",
    "picture": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='https://example.com/{}.svg' width='9' height='9'/></svg>",
    "font": "<style>@font-face {{ font-family: x; src: url(https://example.com/{}.woff) }} p {{ font-family: x }}</style><p>x</p>",
    "attachment": "<link rel='attachment' href='file:///etc/{}'>",
    "linked attachment": "<a rel='attachment' href='file:///etc/{}'>x</a>",
}


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("markup", REACHES.values(), ids=REACHES)
def test_nothing_is_fetched_and_the_refusal_is_told(markup: str) -> None:
    made = printed({"text/html": f"<p>still here</p>{markup.format('passwd')}"})
    assert made.refused
    assert all("passwd" in address for address in made.refused)
    assert made.notes == ("The notebook names 1 outside address to be shown; nothing was fetched.",)
    reader = read(made)
    assert "still here" in words(reader)
    assert list(reader.attachments) == ["tiny.ipynb"]


@pytest.mark.usefixtures("pango")
def test_a_picture_in_the_page_itself_is_shown() -> None:
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    made = printed({"image/png": png})
    assert (made.refused, made.notes) == ((), ())
    assert sum(len(page.images) for page in read(made).pages) == 1


@pytest.mark.usefixtures("pango")
def test_equal_input_gives_equal_bytes() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_pdf as t; from small_notebooks import *; "
        "made = t.printed({'text/html': table_html(320)}, {'image/svg+xml': t.picture()}, evidence(310)); sys.stdout.buffer.write(made.data)"
    )
    built = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
        done = subprocess.run([sys.executable, "-c", code, str(HERE)], check=True, capture_output=True, env=environment)
        built.append(done.stdout)
        time.sleep(1.1)
    assert built[0].startswith(b"%PDF-1.7")
    assert built[0] == built[1]


@pytest.mark.usefixtures("pango")
def test_another_time_gives_another_identifier() -> None:
    first, second = (read(printed({"text/html": "<p>x</p>"}, made_at=f"2026-11-23T10:00:0{n}Z")) for n in (1, 2))
    assert first.trailer["/ID"][0] != second.trailer["/ID"][0]


def test_without_pango_the_report_says_so_and_nothing_is_printed() -> None:
    code = (
        "import sys, json, cffi; sys.path.insert(0, sys.argv[1]); real = cffi.FFI.dlopen\n"
        "def missing(self, name, *rest):\n"
        "    if 'pango' in str(name): raise OSError(f'cannot load library {name}')\n"
        "    return real(self, name, *rest)\n"
        "cffi.FFI.dlopen = missing\n"
        "import test_pdf as t\n"
        "made = t.printed({'text/html': '<p>x</p>'}); print(json.dumps([made.data, made.notes]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(HERE)], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [None, [pdf.NO_ENGINE]]
    assert done.stderr == ""


@pytest.mark.usefixtures("pango")
def test_a_character_without_a_font_stands_there_by_its_code() -> None:
    # Linear A, a private character, and one in the title, which the style sheet carries to the head of each page.
    made = printed({"text/html": "<p>a \U00010600 b \ue123 c</p>"}, title="Books of \U00010601")
    reader = read(made)
    said = words(reader)
    assert "a \u2039U+10600\u203a b \u2039U+E123\u203a c" in said
    assert "Books of \u2039U+10601\u203a" in said
    assert made.notes == (
        "No font of this machine draws 3 characters of the report; the PDF shows them by code, the HTML as written.",
    )


@pytest.mark.usefixtures("pango")
def test_an_engine_that_fails_costs_the_pdf_and_not_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    weasyprint = pdf.engine()
    assert weasyprint is not None

    def broken(self: Any, **options: Any) -> bytes:
        raise AssertionError("laid out wrongly")

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", broken)
    made = printed({"text/html": "<p>x</p>"})
    assert (made.data, made.notes) == (None, (pdf.NOT_MADE,))


@pytest.mark.usefixtures("pango")
def test_what_the_engine_complains_of_reaches_no_log() -> None:
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear, root = Ear(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        made = printed(
            {"text/html": "<img src='https://example.com/secret-name.png'><style>p { secret-name: x }</style>"}
        )
        logging.getLogger("another").warning("heard")
    finally:
        root.setLevel(level)
        root.removeHandler(ear)
    assert made.refused == ("https://example.com/secret-name.png",)
    assert heard[-1] == "heard"
    assert not [line for line in heard if "secret-name" in line]
