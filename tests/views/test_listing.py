"""A list of anything: what its cells read, what it folds, and that text from the books stays text."""
# ruff: noqa: S314 - the XML is our own

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.record import RecordKey
from akika_widgets.views.listing import AGREES, Cell, Column, Listing, Mark, Named

COLUMNS = [
    Column("Record"), Column("State", "state"), Column("Count", "number"), Column("Change", "signed"),
    Column("Digest", "code"), Column("Step", "key"), Column("When"), Column("Why", "quiet"),
]  # fmt: skip


def row(text: str, number: int = 1) -> tuple[Cell, ...]:
    return (
        Named(text, RecordKey("Bill", str(number))), AGREES, 1234, Decimal("1.5"), "ab" * 32, "s001",
        datetime(2026, 11, 23, 10, 0, 7, tzinfo=UTC), text,
    )  # fmt: skip


def cells(view: Listing) -> list[list[str]]:
    page = view.html()
    assert page is not None
    return [["".join(cell.itertext()).strip() for cell in line] for line in ET.fromstring(page).iter("tr")]


def test_each_cell_reads_as_its_column_says() -> None:
    head, body = cells(Listing("A list", COLUMNS, [row("Amy")]))
    assert head == [column.word for column in COLUMNS]
    assert body == [
        "Amy Bill:1",
        "✓agrees",
        "1,234",
        "+1.50",
        "abababababababab…",
        "s001",
        "2026-11-23 10:00:07",
        "Amy",
    ]


def test_a_digest_that_is_cut_is_whole_in_its_title() -> None:
    assert f'title="{"ab" * 32}"' in str(Listing("A list", COLUMNS, [row("Amy")]).html())


def test_what_is_not_there_is_a_dash_and_dates_have_no_time() -> None:
    view = Listing("A list", [Column("A"), Column("B")], [(None, date(2026, 1, 2))])
    assert cells(view)[1] == ["—", "2026-01-02"]


def test_an_empty_list_says_so() -> None:
    view = Listing("A list", COLUMNS, [], nothing="nobody was here.")
    assert "A list: nobody was here." in str(view.html())
    assert view.text() == "A list: nobody was here."


def test_rows_that_differ_in_their_record_alone_are_one_row_from_five_on() -> None:
    five = [row("same", at)[:2] for at in range(5)]
    folded = Listing("A list", COLUMNS[:2], five, alike=True)
    assert cells(folded)[1] == ["5 bills", "✓agrees"]
    assert all(f"Bill:{at}" in str(folded.html()) for at in range(5))
    assert len(cells(Listing("A list", COLUMNS[:2], five[:4], alike=True))) == 5
    assert len(cells(Listing("A list", COLUMNS[:2], five))) == 6
    mixed = [*five, (Named("x", RecordKey("Bill", "9")), Mark("≠", "other", "removed"))]
    assert [one[0] for one in cells(Listing("A list", COLUMNS[:2], mixed, alike=True))[1::2]] == ["5 bills", "x Bill:9"]


def test_the_foot_stands_below_and_rows_of_another_length_are_refused() -> None:
    view = Listing("A list", [Column("A"), Column("B", "signed")], [("x", Decimal(1))], foot=("Sum", Decimal(1)))
    assert cells(view)[-1] == ["Sum", "+1.00"]
    with pytest.raises(ValueError, match="has 1 cells, not 2"):
        Listing("A list", [Column("A"), Column("B")], [("x",)])


def test_rows_beyond_the_limit_are_counted() -> None:
    view = Listing("A list", [Column("A")], [(str(at),) for at in range(7)], limit=5)
    assert "2 more rows are not drawn here" in str(view.html())
    assert "and 2 more" in view.text()


HARMLESS = {
    (element.tag, tuple(sorted(element.attrib)))
    for text in ("Amy", "n" * 40)
    for element in ET.fromstring(str(Listing("A list", COLUMNS, [row(text)]).html())).iter()
}


@given(st.text(max_size=60) | st.sampled_from(["<script>alert(1)</script>", '"><b onload=x>', "]]>", "\u202eevil"]))
def test_no_text_becomes_markup(text: str) -> None:
    view = Listing("A list", COLUMNS, [row(text)])
    found = {(one.tag, tuple(sorted(one.attrib))) for one in ET.fromstring(str(view.html())).iter()}
    assert found <= HARMLESS
    assert not set("\x00\x1b\x7f\u202e") & set(view.text())


def test_equal_values_give_equal_bytes() -> None:
    assert Listing("A list", COLUMNS, [row("Amy")]).html() == Listing("A list", COLUMNS, [row("Amy")]).html()
