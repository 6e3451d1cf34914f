"""The difference view: what stands in it, in which order and words."""
# ruff: noqa: S314 - true minus signs are what is tested; the XML is our own; the samples lie beside the tests

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import Change, FieldChange, bills, changes, invoice

from akika_forensics.model.record import Record, RecordKey
from akika_widgets.views.difference import ALIKE, DifferenceView
from akika_widgets.views.field_rows import leaf_rows_of, rows_of
from akika_widgets.views.wording import amount, counted, delta_text, field_words, is_quiet, value_text


def one(kind: str, *fields: FieldChange) -> Change:
    return Change(RecordKey("Invoice", "9"), "Invoice 9", kind, fields)


def body_of(view: DifferenceView) -> ET.Element:
    html = view.html()
    assert html is not None
    return ET.fromstring(html)


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_a_changed_field_stands_with_both_values_and_the_difference() -> None:
    row = body_of(
        DifferenceView([one("changed", FieldChange("TotalAmt", Decimal("1100.50"), Decimal("80.25")))])
    ).findall(".//tbody/tr")[1]
    cells = [words(cell) for cell in row]
    assert cells == ["≠changed", "Total", "1,100.50", "80.25", "−1,020.25"]
    assert row.find("./td/del/bdi") is not None
    assert row.find("./td/ins/bdi") is not None


def test_each_change_says_its_kind_by_symbol_and_word() -> None:
    view = DifferenceView(changes())
    heads = [words(row) for row in body_of(view).iter("tr") if "ak-record" in row.get("class", "")]
    assert [re.split(r"(?<=[a-z]) ", head)[0] for head in heads[:6]] == [
        "−removed",
        "⊘voided",
        "○made",
        "≠changed",
        "≠changed",
        "●made",
    ]
    assert heads[-1].startswith("≠changed")
    assert [(kind.word, said) for kind, said in view.counts] == [
        ("removed", "1 invoice"),
        ("voided", "1 customer"),
        ("made inactive", "1 customer"),
        ("changed", "1 customer, 1 invoice"),
        ("made active", "1 customer"),
        ("added", "6 bills"),
    ]


def test_a_removed_record_shows_what_stood_there_and_folds_the_rest() -> None:
    was = invoice()
    change = Change(was.key, was.label, "removed", (), False, was, None)
    rows = rows_of(change)
    assert [(row.words, row.before) for row in rows] == [
        ("Date", "2026-09-19"),
        ("Number", "1037"),
        ("Customer", "Rock Fountain (Id 24)"),
        ("Total", "297.00"),
        ("Line 1", "Rock Fountain · 1 × 275.00"),
    ]
    assert all(row.after is None for row in rows)
    assert len(leaf_rows_of(change)) > len(rows)
    folded = body_of(DifferenceView([change])).findall(".//details//tr")
    assert len(folded) == len(leaf_rows_of(change))


def test_a_payload_that_is_no_json_is_still_listed() -> None:
    broken = Record(RecordKey("Invoice", "1"), b"{not json")
    change = Change(broken.key, "Invoice:1", "removed", (), False, broken, None)
    assert "Invoice:1" in words(body_of(DifferenceView([change])))


def test_records_alike_take_one_line_each_with_a_sum() -> None:
    body = body_of(DifferenceView(list(bills(ALIKE))))
    rows = body.findall("./div/table/tbody/tr")
    assert len(rows) == 1 + ALIKE + 1
    assert words(rows[-1]) == "Together+50.50"
    fewer = body_of(DifferenceView(list(bills(ALIKE - 1))))
    assert len(fewer.findall("./div/table/tbody")) == ALIKE - 1


def test_consequences_are_folded_below_and_not_counted() -> None:
    view = DifferenceView(
        [
            one("changed", FieldChange("PrivateNote", "a", "b")),
            Change(RecordKey("Customer", "1"), "Customer A", "changed", (FieldChange("Balance", 1, 2),), True),
        ]
    )
    body = body_of(view)
    assert len(body.findall("./div/table")) == 1
    assert "moved only as a consequence" in words(
        body.find("./details/summary") if body.find("./details/summary") is not None else body
    )
    assert [said for _, said in view.counts] == ["1 invoice"]


def test_records_with_another_time_only_are_named_in_one_list() -> None:
    times = (
        FieldChange("MetaData.LastUpdatedTime", "2026-01-01T10:00:00Z", "2026-02-01T10:00:00Z"),
        FieldChange("SyncToken", "0", "1"),
    )
    view = DifferenceView(
        [
            Change(RecordKey("Customer", "1"), "Customer A", "changed", (FieldChange("Balance", 1, 2), *times), True),
            Change(RecordKey("Vendor", "2"), "Vendor B", "changed", times, True),
        ]
    )
    folded = body_of(view).find("./details")
    assert folded is not None
    assert [words(row) for row in folded.findall(".//tbody/tr")] == [
        "≠changed Customer A Customer:1",
        "≠changedOpen balance1.002.00+1.00",
    ]
    assert [words(item) for item in folded.findall(".//ul/li")] == ["Vendor B Vendor:2"]
    assert "1 of them carry only another edit counter" in words(folded)


def test_housekeeping_is_greyed_and_last() -> None:
    rows = rows_of(
        one(
            "changed",
            FieldChange("SyncToken", "0", "1"),
            FieldChange("MetaData.LastUpdatedTime", "a", "b"),
            FieldChange("PrivateNote", "a", "b"),
        )
    )
    assert [(row.words, row.quiet) for row in rows] == [("Memo", False), ("Edit counter", True), ("Last changed", True)]


def test_a_name_and_its_id_are_one_row_and_a_new_line_too() -> None:
    rows = rows_of(
        one(
            "changed",
            FieldChange("CustomerRef.value", "1", "2"),
            FieldChange("CustomerRef.name", "Amy", "Bill"),
            FieldChange(
                "Line[0]",
                {"Amount": Decimal(5), "Description": "old", "DetailType": "SalesItemLineDetail"},
                None,
                "removed",
            ),
            FieldChange(
                "Line[0]",
                None,
                {"Amount": Decimal(7), "Description": "new", "DetailType": "SalesItemLineDetail"},
                "added",
            ),
        )
    )
    assert [(row.words, row.before, row.after, row.delta) for row in rows] == [
        ("Customer", "Amy (Id 1)", "Bill (Id 2)", ""),
        ("Line 1", "old", None, "−5.00"),
        ("Line 1", None, "new", "+7.00"),
    ]


def test_a_dash_in_the_books_is_not_taken_for_nothing() -> None:
    row = body_of(DifferenceView([one("changed", FieldChange("PrivateNote", "—", "x"))])).findall(".//tbody/tr")[1]
    assert words(row[0]) == "≠changed"


def test_what_is_not_drawn_is_counted() -> None:
    view = DifferenceView(
        [
            Change(RecordKey("Invoice", str(at)), f"Invoice {at}", "changed", (FieldChange("PrivateNote", "a", "b"),))
            for at in range(7)
        ],
        detailed=4,
    )
    assert "3 more records changed" in words(body_of(view))
    assert "3 more records changed" in view.text()


def test_no_differences_is_said() -> None:
    assert "no differences" in words(body_of(DifferenceView([])))
    assert DifferenceView([]).text() == "What changed: no differences."


def test_the_mime_bundle_has_html_and_text() -> None:
    bundle = DifferenceView(changes())._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert str(DifferenceView(changes()).html()) == bundle["text/html"]


def test_the_sheet_holds_left_alignment_against_jupyterlab_and_print_and_dark() -> None:
    page = DifferenceView(changes()).page()
    assert "text-align: left !important" in page
    assert "@media print" in page
    assert "prefers-color-scheme: dark" in page
    assert '[data-jp-theme-light="false"]' in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("TotalAmt", "Total"),
        ("Line[0].SalesItemLineDetail.UnitPrice", "Line 1 · Price"),
        ("BillAddr.PostalCode", "Billing address · Postal code"),
        ("PrimaryEmailAddr.Address", "E-mail · Address"),
        ("MetaData.LastUpdatedTime", "Last changed"),
        ("CustomerRef.value", "Customer (Id)"),
        ("SomethingNewAmt", "Something new amount"),
        ("Odd%2Ename", "Odd.name"),
        ("", ""),
        ("<b>", "<b>"),
    ],
)
def test_fields_are_named_in_words(path: str, said: str) -> None:
    assert field_words(path) == said


def test_values_read_as_an_accountant_writes_them() -> None:
    assert value_text("TotalAmt", Decimal("1234.5")) == "1,234.50"
    assert value_text("UnitPrice", Decimal("0.12345")) == "0.12345"
    assert value_text("Qty", Decimal("1.50")) == "1.50"
    assert value_text("Active", False) == "no"
    assert value_text("PrivateNote", "") == "(empty)"
    assert value_text("X", {"value": "3", "name": "Net 30"}) == "Net 30 (Id 3)"
    assert amount(Decimal(-5)) == "−5.00"
    assert amount(Decimal(0), sign=True) == "0.00"
    assert counted(1, "JournalEntry") == "1 journal entry"
    assert counted(1200, "Class") == "1,200 classes"


def test_differences_of_dates_and_numbers() -> None:
    assert delta_text("DueDate", "2026-10-01", "2026-09-30") == "−1 day"
    assert delta_text("DueDate", "2026-13-01", "2026-09-30") == ""
    assert delta_text("Qty", 5, 3) == "−2"
    assert delta_text("DocNumber", "5", "3") == ""
    assert delta_text("Balance", None, Decimal("3.10")) == "+3.10"
    assert delta_text("Active", True, False) == ""


def test_quiet_fields_are_the_servers_own() -> None:
    assert [
        path
        for path in ("SyncToken", "MetaData.CreateTime", "BillAddr.Id", "Line[3].Id", "Id", "TotalAmt")
        if is_quiet(path)
    ] == ["SyncToken", "MetaData.CreateTime", "BillAddr.Id", "Line[3].Id"]
