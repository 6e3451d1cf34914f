"""`akika diff` tells what the changes did to the books, and that closed periods moved."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from akika_forensics.cli import main

from .conftest import Scene

HOSTILE = "=1+1\x1b[2J"


@pytest.fixture
def incident(scene: Scene) -> Scene:
    """The books are closed after the first snapshot's bill was posted; then somebody changes that bill."""
    settings = json.loads(scene.twin.dump()["Preferences", "1"])
    accounting = {**settings["AccountingInfoPrefs"], "BookCloseDate": "2030-12-31"}
    scene.good("capture")
    invoice = json.loads(scene.twin.dump()["Invoice", "130"])
    line = {**invoice["Line"][0], "Amount": invoice["Line"][0]["Amount"] + 100}
    line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "UnitPrice": line["Amount"], "Qty": 1}
    scene.twin.update("Invoice", {**invoice, "DocNumber": HOSTILE, "Line": [line, *invoice["Line"][1:]]})
    scene.twin.update("Preferences", {**settings, "AccountingInfoPrefs": accounting})
    scene.good("capture")
    return scene


def test_the_effect_is_told_in_every_way_and_closed_periods_stand_out(
    incident: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    effect = incident.good("diff", "s1", "s2")["effect"]
    by_account = {row["account"]: Decimal(row["change"]) for row in effect["accounts"]}
    assert sum(by_account.values()) == 0
    assert by_account
    for what in ("periods", "classes", "locations", "parties", "documents"):
        sums: dict[str, Decimal] = {}
        for row in effect[what]:
            sums[row["account"]] = sums.get(row["account"], Decimal(0)) + Decimal(row["change"])
        assert {account: value for account, value in sums.items() if value} == by_account, what
    index = {
        ref: {(entity, key): digest.hex() for entity, key, digest in incident.case.snapshot(ref).index().iter_rows()}
        for ref in ("s1", "s2")
    }
    assert len(effect["closed_periods"]) == len(effect["documents"]) >= 2
    for row in effect["closed_periods"]:
        assert (row["entity"], row["id"], row["because"]) == ("Invoice", "130", ["Invoice:130"])
        assert row["was"] == index["s1"]["Invoice", "130"]
        assert row["now"] == index["s2"]["Invoice", "130"]
    capsys.readouterr()
    for by in ("account", "period", "class", "location", "party", "document"):
        assert main(["diff", "s1", "s2", "--by", by, "--vault", str(incident.vault)]) == 0
        shown = capsys.readouterr().out
        assert "CLOSED PERIODS MOVED" in shown
        assert "\x1b" not in shown
    assert "Invoice:130" in shown
    code, said = incident.akika("diff", "s1", "s2", "--by", "moon")
    assert code == 2
    assert "no effect by" in said["error"]["what"]
    compared = incident.case.comparison("s1", "s2")
    assert compared.figures()["closed_periods_postings"] == len(effect["closed_periods"])
    assert "closed periods moved" in compared.in_short().sub
    page = compared.diff.moved.closed_listing()._repr_mimebundle_()["text/html"]
    assert "\x1b" not in page
    assert "=1+1" in page
