"""Tables and bars of a report: figures, sums, states, colours that can be read."""
# ruff: noqa: S314 - true minus signs are what is tested; the XML is our own; the samples lie beside the tests

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from view_samples import Effect, Finding, Snapshot, Step, TieOut, Told, every_view, verification

from akika_forensics.model.company import Company
from akika_widgets.views.markup import Markup
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.restored import RestoredView, verdict
from akika_widgets.views.svg import fitted, palette, text_width, wrapped
from akika_widgets.views.tables import AccountEffectTable, StepTable, TieOutTable
from akika_widgets.views.view import stylesheet
from akika_widgets.views.wholeness import ExplainedView, FindingsView, SnapshotsView

EFFECTS = [
    Effect("1", "Checking", Decimal(10), Decimal(10)),
    Effect("84", "Receivable", Decimal("5.50"), Decimal("105.50")),
    Effect("33", "Payable", Decimal(-100), Decimal("-1200.25")),
    Effect("80", "Cost", Decimal(0), Decimal("1000.25")),
]


def rows(html: Markup | None) -> list[list[str]]:
    assert html is not None
    return [["".join(cell.itertext()).strip() for cell in row] for row in ET.fromstring(html).iter("tr")]


def test_the_effect_lists_what_moved_most_first_and_sums_to_nothing() -> None:
    view = AccountEffectTable(EFFECTS, before="s1", after="s2")
    found = rows(view.html())
    assert found[0] == ["Account", "s1", "s2", "Change"]
    assert found[1] == ["Payable 33", "−100.00", "−1,200.25", "−1,100.25"]
    assert [row[0] for row in found[1:4]] == ["Payable 33", "Cost 80", "Receivable 84"]
    assert found[-1] == ["Sum of all changes", "0.00"]
    assert "1 account did not move" in str(view.html())


def test_no_effect_is_said() -> None:
    assert "no account moved" in str(AccountEffectTable(EFFECTS[:1]).html())


def test_bars_are_as_long_as_the_change_and_on_its_side() -> None:
    root = ET.fromstring(AccountEffectTable(EFFECTS).picture().svg())
    bars = {
        kind: [float(bar.get("width", 0)) for bar in root.iter() if bar.get("class") == kind]
        for kind in ("debit", "credit")
    }
    assert len(bars["credit"]) == 1
    assert bars["debit"][0] / bars["credit"][0] == pytest.approx(1000.25 / 1100.25, abs=0.01)
    assert "Payable −1,100.25" in "".join(root.itertext())


def test_bars_beyond_the_picture_are_counted() -> None:
    many = [Effect(str(at), f"Account {at}", Decimal(0), Decimal(at + 1)) for at in range(30)]
    assert "and 6 more accounts" in MovementPicture(many).svg()
    assert "No account moved." in MovementPicture([]).svg()


def test_a_tie_out_says_whether_it_agrees_and_puts_what_does_not_first() -> None:
    agree = TieOutTable([TieOut("1", "Checking", Decimal(5), Decimal(5))])
    assert "all 1 lines agree to the cent" in str(agree.html())
    assert agree.residual == 0
    off = TieOutTable(
        [TieOut("1", "Checking", Decimal(5), Decimal(5)), TieOut("2", "Savings", Decimal(5), Decimal("6.25"))]
    )
    assert off.residual == Decimal("1.25")
    assert rows(off.html())[1][0] == "Savings 2"
    assert rows(off.html())[1][-1] == "≠−1.25"
    assert "1 of 2 lines do not agree; largest residual 1.25" in off.text()


def test_several_reports_have_a_column_of_their_own() -> None:
    two = TieOutTable(
        [TieOut("1", "A", Decimal(1), Decimal(1)), TieOut("1", "A", Decimal(1), Decimal(1), basis="Cash")]
    )
    assert rows(two.html())[0][1] == "Report"
    assert {row[1] for row in rows(two.html())[1:]} == {
        "TrialBalance, Accrual, 2026-11-23",
        "TrialBalance, Cash, 2026-11-23",
    }


def test_steps_say_what_became_of_each() -> None:
    view = StepTable(
        [
            Step("s1", "recreate", "Invoice:130", "It was deleted.", "exact_but_for", "verified", "Invoice 1037"),
            Step("s2", "remove", "Bill:1", "Imported.", "exact", "rejected", why="Error 610."),
        ]
    )
    found = rows(view.html())
    assert found[1] == ["s1", "Invoice 1037 Invoice:130", "recreate", "✓verified", "exact but for", "It was deleted."]
    assert found[2][3] == "✗rejected"
    assert found[2][5] == "Imported. Error 610."
    assert "1 verified, 1 rejected" in str(view.html())


def test_a_state_nobody_foresaw_is_shown_as_it_is() -> None:
    assert rows(StepTable([Step("s1", "a", "b", "", "", "sleeping")]).html())[1][3] == "·sleeping"


def test_more_rows_than_fit_are_counted() -> None:
    view = StepTable([Step(f"s{at}", "a", "b", f"reason {at}", "", "applied") for at in range(12)], limit=10)
    assert len(rows(view.html())) == 11
    assert "2 more rows are not drawn" in str(view.html())


def test_steps_that_differ_only_in_their_record_take_one_row_that_names_each() -> None:
    bills = [
        Step(f"s{at}", "remove", f"Bill:{at}", "Imported.", "exact", "verified", f"Bill IMP-{at}") for at in range(2, 8)
    ]
    view = StepTable(
        [
            Step("s1", "recreate", "Invoice:1", "Gone.", "exact", "verified"),
            *bills,
            Step("s8", "remove", "Bill:9", "Imported.", "exact", "rejected"),
        ]
    )
    found = rows(view.html())
    assert len(found) == 5
    assert found[2] == ["s2 to s7", "6 bills", "remove", "✓verified", "exact", "Imported."]
    assert all(f"s{at} Bill IMP-{at} Bill:{at}" in found[3][1] for at in range(2, 8))
    assert found[4][3] == "✗rejected"


def test_records_of_a_removed_import_fold_but_never_what_differs() -> None:
    gone = [
        {
            "record": f"Bill:{at}",
            "now": f"Bill:{at}",
            "label": f"Bill {at}",
            "action": "remove",
            "fidelity": "exact",
            "agrees": True,
            "differences": [],
        }
        for at in range(6)
    ]
    held = verification() | {"records": [*gone, gone[0] | {"agrees": False, "differences": ["It is still there."]}]}
    text = "".join(ET.fromstring(f"<x>{RestoredView(held).html()}</x>").itertext())
    assert "6 bills" in text
    assert all(f"Bill {at} Bill:{at}" in text for at in range(6))
    assert "It is still there." in text


def test_a_verification_gives_a_verdict() -> None:
    assert verdict(verification()) == "the books agree with the approved plan, to the cent"
    assert (
        verdict(verification(wrong=2, residual="0.01"))
        == "the books do not agree with the approved plan: 2 records not as the plan said, largest residual 0.01"
    )
    view = RestoredView(verification("Invoice 1037", wrong=1))
    assert "✗not as planned" in "".join(ET.fromstring(f"<x>{view.html()}</x>").itertext())
    assert "nothing has been verified yet" in RestoredView(None).text()


def test_snapshots_and_findings() -> None:
    company = Company("1", "Craig's", "http://127.0.0.1")
    view = SnapshotsView([Snapshot("s1", company), Snapshot("s2", company, complete=False)])
    assert [row[-1] for row in rows(view.html())] == ["Whole", "✓whole", "≠not whole"]
    assert "NOT WHOLE" in view.text()
    found = FindingsView([Finding("a", "a note", "note"), Finding("b", "a problem")])
    assert [row[1] for row in rows(found.html())] == ["What", "a problem", "a note"]
    assert "1 problem, 1 worth knowing" in found.text()
    assert "nothing was found" in FindingsView([]).text()


def test_explained_findings_show_their_meaning_and_keep_what_is_recorded() -> None:
    note = Told("a", "A note.", "note", "Nothing is missing.", "Run `akika check --detail`.", "A note as recorded.")
    view = ExplainedView([note, Told("b", "A problem.", "problem", "", "", "a problem.")])
    heads, problem, shown = rows(view.html())
    assert heads == ["Kind", "What happened", "For the books", "What to do"]
    assert problem == ["≠problem", "A problem.", "", ""]
    assert shown[1] == "A note.As it is recordedA note as recorded."
    assert shown[2:] == ["Nothing is missing.", "Run akika check --detail."]
    assert "note: A note. Nothing is missing. Run `akika check --detail`." in view.text()
    assert "nothing was found" in ExplainedView([]).text()


def test_every_view_gives_equal_bytes_for_equal_values() -> None:
    first, second = ([view._repr_mimebundle_() for view in every_view()] for _ in range(2))
    assert first == second


def test_every_page_is_whole_and_names_itself() -> None:
    for view in every_view("Books of Amy"):
        page = view.page()
        assert page.startswith("<!DOCTYPE html>")
        ET.fromstring(page.partition("\n")[2])
        assert "<title>Books of Amy</title>" in page


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def sheets() -> list[dict[str, str]]:
    """Every set of colours in the style sheet (light, dark twice, print), and those of the pictures."""
    blocks = [
        dict(re.findall(r"--ak-([a-z-]+): (?:var\([^,]+, )?(#[0-9a-f]{6})", block))
        for block in re.findall(r"\{([^{}]*--ak-paper[^{}]*)\}", stylesheet())
    ]
    return [*blocks, *palette()]


def test_text_stands_out_from_its_ground_everywhere() -> None:
    found = sheets()
    assert len(found) == 6
    for colours in found:
        for text in ("ink", "quiet", "removed", "added", "changed", "focus", *(("good",) if "good" in colours else ())):
            for ground in ("paper", "raised"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground, colours)
        for tone in ("removed", "added", "changed"):
            for text in (tone, "ink", "quiet"):
                assert contrast(colours[text], colours[f"{tone}-wash"]) >= 4.5, (text, tone, colours)


def test_pictures_and_tables_have_the_same_colours() -> None:
    light, dark, *_ = sheets()
    for drawn, table in zip(palette(), (light, dark), strict=True):
        assert {name: colour for name, colour in drawn.items() if name in table} == {
            name: table[name] for name in drawn if name in table
        }
        assert len(set(drawn) & set(table)) >= 9


def test_labels_fit_their_boxes() -> None:
    assert fitted("short", 100, 12) == "short"
    assert fitted("a much longer name than fits", 60, 12).endswith("…")
    assert text_width(fitted("x" * 500, 60, 12), 12) <= 60
    assert wrapped("Norton Lumber and Building Materials", 120, 11.5) == ["Norton Lumber and", "Building Materials"]
    assert len(wrapped("w" * 400, 120, 11.5)) == 1
    assert wrapped("", 10, 10) == [""]
