"""The evidence table: whole in one page, searched and sorted without a server; the same bytes; a CSV that runs nothing."""
# ruff: noqa: S314 - the XML is our own

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import re
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from browsing import violations
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from test_hostile_text import HOSTILE

from akika_widgets.views.columns import TableColumn
from akika_widgets.views.csv_file import csv_of, harmless
from akika_widgets.views.evidence_table import SCRIPT, TABLE_MIME, EvidenceTable
from akika_widgets.views.live import Event
from akika_widgets.views.markup import readable
from akika_widgets.views.paged_table import PagedTable

COLUMNS = (
    TableColumn("label", "Record"),
    TableColumn("amount", "Amount", form="money", total=True),
    TableColumn("on", "Date", form="date"),
    TableColumn("at", "Changed", form="time"),
)
MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def rows(number: int) -> list[tuple[Any, ...]]:
    return [
        (f"Bill-{at:04}", Decimal(at * 37 % 1000 - 500) / 4, date(2026, 1, 1 + at % 28), MOMENT) for at in range(number)
    ]


def table(number: int = 250, **options: Any) -> EvidenceTable:
    return EvidenceTable(COLUMNS, rows(number), name="bills", title="Every bill", sub="of the snapshot", **options)


class Scripts(HTMLParser):
    """The script elements of a page, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str]] = []
        self._open = False
        self.elements: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(name)
        self._open = name == "script"
        if self._open:
            self.found.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, name: str) -> None:
        self._open = self._open and name != "script"

    def handle_data(self, data: str) -> None:
        if self._open:
            kind, text = self.found[-1]
            self.found[-1] = (kind, text + data)


def packed(view: EvidenceTable) -> dict[str, Any]:
    (_, data), (_, script) = Scripts(str(view.html())).found
    assert script == SCRIPT
    held: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(data)))
    return held


def test_the_page_runs_one_script_that_no_data_changes() -> None:
    for view in (
        table(),
        table(3),
        EvidenceTable([TableColumn("a")], [("</script><script>alert(1)</script>",)], name="x", title="y"),
    ):
        kinds = [kind for kind, _ in Scripts(view.page()).found]
        assert kinds == ["application/octet-stream", None]
        assert packed(view)["cells"]
    assert "http" not in SCRIPT
    assert not re.search(
        r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(|Function\(|fetch\(|XMLHttp|import\(", SCRIPT
    )
    assert "</script" not in SCRIPT.lower()
    assert "<!--" not in SCRIPT


def test_without_the_script_the_first_rows_and_their_number_are_there() -> None:
    page = str(table(2500).html())
    root = ET.fromstring(re.sub(r"(?s)<script.*?</script>", "", page))
    assert len(root.findall(".//tbody/tr")) == 100
    assert "The first 100 of 2,500 rows." in page
    assert "".join(root.find(".//tfoot/tr/th").itertext()) == "Sum of 2,500 rows"  # type: ignore[union-attr]
    total = sum(row[1] for row in rows(2500))
    assert "".join(root.findall(".//tfoot/tr/td")[0].itertext()) == f"{total:,.2f}".replace("-", "−")
    assert "7 rows." in str(table(7).html())
    assert "there are no rows" in str(table(0).html())
    assert "no rows" in table(0).text()
    assert "and 2,480 more" in table(2500).text()


def test_amounts_are_exact_texts_and_dates_are_iso() -> None:
    huge = Decimal("123456789012345678901234.56")
    view = EvidenceTable(
        COLUMNS, [("a", huge, date(2026, 1, 2), MOMENT), ("b", Decimal("-0.1"), None, None), (None, 7, None, None)],
        name="n", title="t",
    )  # fmt: skip
    cells = packed(view)["cells"]
    assert cells[1] == [str(huge), "-0.10", "7.00"]
    assert cells[2] == ["2026-01-02", None, None]
    assert cells[3] == ["2026-11-23T10:00:00Z", None, None]
    assert "123,456,789,012,345,678,901,234.56" in str(view.html())
    assert "123,456,789,012,345,678,901,241.46" in str(view.html())


def test_equal_values_give_equal_bytes_however_they_came() -> None:
    assert table().page() == table().page()
    assert table().csv() == table().csv()
    frame = EvidenceTable(COLUMNS, table().frame, name="bills", title="Every bill", sub="of the snapshot")
    assert frame.page() == table().page()
    assert table()._repr_mimebundle_() == frame._repr_mimebundle_()
    blob = base64.b64decode(table()._repr_mimebundle_()[TABLE_MIME]["csv_gz"])
    assert blob[4:8] == bytes(4), "the time in the header"
    assert blob[9] == 255, "the system in the header"


def test_the_bundle_hands_over_every_row() -> None:
    bundle = table()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", TABLE_MIME}
    held = bundle[TABLE_MIME]
    assert held["name"] == "bills"
    assert held["columns"] == ["Record", "Amount", "Date", "Changed (UTC)"]
    assert held["rows"] == 250
    read = list(csv.reader(io.StringIO(gzip.decompress(base64.b64decode(held["csv_gz"])).decode("utf-8-sig"))))
    assert read[0] == held["columns"]
    assert read[1] == ["Bill-0000", "-125.00", "2026-01-01", "2026-11-23T10:00:00Z"]
    assert len(read) == 251


@given(
    st.text(max_size=20)
    | st.sampled_from(["=1+1", "+1", "-1", "-1.5", "@x", "\tx", "\rx", "-1+1", "-", "1,5", "＝1", "--1"])
)
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    cell = harmless(text)
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        assert cell == text
    else:
        assert not cell or cell[0] not in "=+-@\t\r\n＝＋－＠"
        assert cell in {text, f"'{text}"}
    if "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text):
        assert next(csv.reader(io.StringIO(csv_of([text or "x"], []).decode("utf-8-sig"), newline=""))) == [
            harmless(text or "x")
        ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_from_the_books_stays_text(text: str) -> None:
    def made(words: str) -> EvidenceTable:
        columns = [TableColumn("a", words), TableColumn("b", words, "code"), TableColumn("c", words, "key")]
        return EvidenceTable(columns, [(words, words, words), (None, words, "x")], name=words, title=words, sub=words)

    view = made(text)
    assert set(Scripts(str(view.html())).elements) <= set(Scripts(str(made("amy" * 30).html())).elements)
    assert packed(view)["cells"][0] == [readable(text), None]
    assert not set("\x00\x07\x1b\x7f\x85\u202e\u2066\ufffe\uffff") & set(view.text() + view.csv().decode())
    list(csv.reader(io.StringIO(view.csv().decode("utf-8-sig"), newline="")))


def test_the_live_form_finds_the_same() -> None:
    live = table().live()
    assert isinstance(live, PagedTable)
    live.dispatch(Event("find", "bill-001"))
    assert live.number == 10
    assert live.title == "Every bill"


def test_the_script_is_what_a_page_allows_by_its_digest() -> None:
    # The parser of a page reads every line end as one sign; a digest over anything else would not be the browser's.
    assert "\r" not in SCRIPT
    assert len(base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest())) == 44


# -- in a browser ----------------------------------------------------------------------------------------------------------


def strict(view: EvidenceTable, *others: EvidenceTable) -> str:
    """A page with a policy as a report's: nothing but that one script runs."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}"/><title>Evidence</title>'
    more = "".join(str(other.html()) for other in others)
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>{meta}</head><body><main>{view.html()}{more}</main></body></html>'


@pytest.fixture
def opened(page: Any, tmp_path: Path) -> Any:
    def at(html: str) -> Any:
        file = tmp_path / "evidence.html"
        file.write_text(html, encoding="utf-8")
        page.goto(file.as_uri())
        return page

    return at


def column(page: Any, place: int, nth: int = 0) -> list[str]:
    found: list[str] = (
        page.locator("table")
        .nth(nth)
        .evaluate("(table, place) => [...table.tBodies[0].rows].map((row) => row.cells[place].textContent)", place)
    )
    return found


@pytest.mark.browser
def test_searched_sorted_and_turned_without_a_server(opened: Any) -> None:
    page = opened(strict(table(250)))
    status = page.get_by_role("status")
    status.filter(has_text="250 rows.").wait_for()
    assert column(page, 0) == [f"Bill-{at:04}" for at in range(100)]
    page.get_by_role("button", name="Last page").click()
    assert column(page, 0) == [f"Bill-{at:04}" for at in range(200, 250)]
    page.get_by_role("button", name="Amount").click()
    page.get_by_role("button", name="Amount").click()
    largest = sorted((row[1] for row in rows(250)), reverse=True)[:100]
    assert column(page, 1) == [f"{value:,.2f}".replace("-", "−") for value in largest]
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Amount")
    page.get_by_role("searchbox").fill("BILL-02 2026-01-05")
    status.filter(has_text="of 250 rows.").wait_for()
    wanted = [row for row in rows(250) if "Bill-02" in row[0] and row[2] == date(2026, 1, 5)]
    assert sorted(column(page, 0)) == sorted(row[0] for row in wanted)
    assert page.locator("tfoot td").first.inner_text() == f"{sum(row[1] for row in wanted):,.2f}".replace("-", "−")
    page.get_by_label("Search in").select_option("Amount")
    status.filter(has_text="0 of 250 rows.").wait_for()
    assert column(page, 0) == []
    assert violations(page) == []


@pytest.mark.browser
def test_by_keys_alone_and_in_the_dark(opened: Any, page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    opened(strict(table(150)))
    page.get_by_role("searchbox").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("0149")
    page.get_by_role("status").filter(has_text="1 of 150 rows.").wait_for()
    assert column(page, 0) == ["Bill-0149"]
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_role("status").filter(has_text="150 rows.").wait_for()
    for _ in range(4):  # the choice of a column, the download, the table itself, its first heading
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ak-sort"
    assert violations(page) == []


@pytest.mark.browser
def test_the_csv_of_the_page_is_the_csv_of_the_table(opened: Any) -> None:
    texts = [text for text in HOSTILE.values() if len(text) < 5_000]
    odd = [*texts, "=1+1", '"quoted", and\nbroken', "-1.5", "-x", None, "", " "]
    columns = [TableColumn("a", "Text"), TableColumn("b", "Number", "number")]
    view = EvidenceTable(columns, [(text, at) for at, text in enumerate(odd)], name="odd", title="Odd texts")
    page = opened(
        strict(view, EvidenceTable([TableColumn("a")], [(text,) for text in odd], name="one", title="One column"))
    )
    page.get_by_role("searchbox").nth(1).wait_for()
    for nth, (name, wanted) in enumerate(
        [
            ("odd.csv", view.csv()),
            ("one.csv", EvidenceTable([TableColumn("a")], [(text,) for text in odd], name="one", title="").csv()),
        ]
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").nth(nth).click()
        assert download.value.suggested_filename == name
        assert Path(download.value.path()).read_bytes() == wanted
    assert page.evaluate("window.__hacked") is None
    assert [text for text in column(page, 0) if "<script>" in text] == [
        text for text in texts if "<script>" in readable(text)
    ]


@pytest.mark.browser
def test_two_tables_of_one_page_do_not_meddle(opened: Any) -> None:
    page = opened(strict(table(150), table(150)))
    page.get_by_role("searchbox").nth(1).fill("0007")
    page.get_by_role("status").nth(1).filter(has_text="1 of 150 rows.").wait_for()
    assert len(column(page, 0, 0)) == 100
    assert column(page, 0, 1) == ["Bill-0007"]
    assert page.locator("[data-akika-evidence]").count() == page.get_by_role("searchbox").count() == 2


@pytest.mark.browser
def test_numbers_no_float_can_tell_apart_are_sorted_and_added_exactly(opened: Any) -> None:
    base = Decimal("9007199254740993.01")
    values = [base + Decimal(at) / 100 for at in (3, 1, 2, 0)] + [Decimal("-9007199254740993.5"), None]
    view = EvidenceTable(
        [TableColumn("a"), TableColumn("b", form="money", total=True)],
        [(str(at), value) for at, value in enumerate(values)],
        name="n",
        title="t",
    )
    page = opened(strict(view))
    page.get_by_role("button", name="b", exact=True).click()
    assert column(page, 0) == ["4", "3", "1", "2", "0", "5"]
    assert page.locator("tfoot td").inner_text() == f"{sum(value for value in values if value is not None):,.2f}"
    page.get_by_role("button", name="b", exact=True).click()
    assert column(page, 0) == ["0", "2", "1", "3", "4", "5"]


@pytest.mark.browser
def test_on_paper_there_are_rows_and_no_controls(opened: Any, page: Any) -> None:
    opened(strict(table(150)))
    page.get_by_role("searchbox").wait_for()
    page.emulate_media(media="print")
    assert not page.get_by_role("searchbox").is_visible()
    assert not page.get_by_role("navigation").is_visible()
    assert page.locator("tbody tr").first.is_visible()


def test_frames_of_any_type_are_taken() -> None:
    frame = pl.DataFrame({"a": [1.5, None], "b": [True, False], "c": [["x"], ["y"]]})
    view = EvidenceTable([TableColumn("a"), TableColumn("b"), TableColumn("c")], frame, name="n", title="t")
    assert packed(view)["cells"][0] == ["1.5", None]
    assert packed(view)["cells"][1] == ["true", "false"]
