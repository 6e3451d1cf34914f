"""Tables too long for paper: their files, their printed form, and the one script a page may run."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import re
import sys
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_notebooks import DOCUMENT, SCRIPT, evidence, executed

from akika_forensics.errors import Found
from akika_forensics.reports.export import script_source, to_html, to_paper
from akika_forensics.reports.long_tables import LongTable, csv_of, named, said_of, tables_of

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Page(HTMLParser):
    """Scripts and the policy of a page, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[str | None, str]] = []
        self.policy = ""
        self._open = False
        self.feed(text)

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open = name == "script"
        if self._open:
            self.scripts.append((given.get("type"), ""))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""

    def handle_endtag(self, name: str) -> None:
        self._open = self._open and name != "script"

    def handle_data(self, data: str) -> None:
        if self._open:
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)


@pytest.fixture
def searchable(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("akika_widgets.views.evidence_table")
    module.SCRIPT = SCRIPT  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("searchable")
def test_the_page_may_run_exactly_the_script_of_the_searchable_table() -> None:
    page = Page(to_html(executed(evidence(3)), DOCUMENT))
    runs = [text for kind, text in page.scripts if kind is None]
    assert runs == [SCRIPT]
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'")
    assert page.policy.count("script-src") == 1
    assert "unsafe-eval" not in page.policy


def test_a_page_without_such_a_table_runs_nothing() -> None:
    notebook = executed({"text/html": "<p>x</p>"})
    assert script_source(notebook) == ""
    assert "script-src" not in Page(to_html(notebook, DOCUMENT)).policy


@pytest.mark.usefixtures("searchable")
def test_paper_holds_rows_and_no_control() -> None:
    page = to_paper(executed(evidence(1000)), DOCUMENT, "tiny")
    assert Page(page).scripts == []
    assert "<input" not in page
    assert page.count("<tr>") - page.partition("<footer>")[2].count("<tr>") == 301
    assert "The first 300 rows; the full list of 1,000 rows is attached as tiny-every-change.csv." in page
    assert '<td class="ak-number"><bdi>300.00</bdi></td>' in page


def test_the_words_below_a_table_count_what_is_printed() -> None:
    assert said_of(300, 1234, "a.csv") == "The first 300 rows; the full list of 1,234 rows is attached as a.csv."
    assert said_of(12, 12, "a.csv") == "The full list of 12 rows is attached as a.csv."
    assert said_of(1, 1, "a.csv") == "The full list of 1 row is attached as a.csv."


def test_the_table_keeps_the_bytes_of_the_notebook_s_csv() -> None:
    bundle = evidence(5)
    (table,) = tables_of(executed(bundle))
    packed = bundle["application/vnd.akika.table+json"]["csv_gz"]
    assert (table.name, table.rows, table.data) == ("every-change", 5, gzip.decompress(base64.b64decode(packed)))


def test_text_of_the_books_in_a_long_table_stays_text() -> None:
    row = csv_of([["Name"], ["</td><script>alert(1)</script>"], ["\u202egnp.exe"]])
    page = LongTable("x", 2, row).paper("x.csv")
    assert "<script>" not in page
    assert "&lt;/td&gt;&lt;script&gt;" in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "broken",
    [
        {"csv_gz": "no base64!"},
        {"csv_gz": base64.b64encode(b"not packed").decode()},
        {"csv_gz": base64.b64encode(gzip.compress(b"x" * 999)[:20]).decode()},
        {"csv_gz": base64.b64encode(gzip.compress(b"\xff\xfe\xfa")).decode()},
        {"csv_gz": None},
        {"rows": "many"},
    ],
    ids=["base64", "gzip", "cut off", "not text", "none", "rows"],
)
def test_a_table_that_cannot_be_read_stops_the_report(broken: dict[str, Any]) -> None:
    bundle = evidence(2)
    bundle["application/vnd.akika.table+json"] |= broken
    with pytest.raises(Found, match="cannot be read"):
        tables_of(executed(bundle))


@given(st.lists(st.text(max_size=60), max_size=8), st.lists(st.sampled_from(["table", "a", "a-2"]), max_size=3))
def test_any_texts_become_different_harmless_names(texts: list[str], taken: list[str]) -> None:
    names = named(texts, taken)
    assert len(names) == len(texts)
    assert len({*names, *taken}) == len(names) + len(set(taken))
    assert all(NAME.fullmatch(name) for name in names)


CELLS = st.lists(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), min_size=2, max_size=2),
    min_size=1,
    max_size=6,
)


@given(CELLS)
def test_a_spreadsheet_reads_every_cell_and_runs_none(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_of(rows).decode("utf-8-sig"), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    for row in read:
        for cell in row:
            assert not cell.startswith(("=", "@", "\t", "\r"))
            assert not cell.startswith(("+", "-")) or re.fullmatch(r"[-+][\d,\u202f ]*\d(\.\d+)?%?", cell)
