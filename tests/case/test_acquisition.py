"""What a snapshot says of its own making, and how that is read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.books import ReportTie, TieOutLine
from akika_forensics.case.acquisition import Acquisition
from akika_forensics.case.captured import acts_of, controls_of, missing, reported_counts, type_counts
from akika_forensics.changes import CheckReport
from akika_forensics.custody import Act
from akika_forensics.graph import ReferenceGraph
from akika_forensics.model.company import Company
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import Finding, SnapshotInfo, VerifyReport

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
COMPANY = Company("462", "Amy's Birds", "https://example.invalid")


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id} | body).encode())


def info(**given: Any) -> SnapshotInfo:
    rows: dict[str, Any] = {
        "id": "s2", "company": COMPANY, "taken_at": AT, "finished_at": AT + timedelta(seconds=61), "records": 3, "new_versions": 3, "complete": True,
        "counts": {"Customer": 2, "Invoice": 1}, "fence": {"from": "2026-11-23T10:00:00Z", "to": "2026-11-23T10:00:30Z", "passes": 2, "quiet": True},
        "requests": 40, "findings": [], "controls": (), "digest": "ab" * 32,
    }  # fmt: skip
    return SnapshotInfo(**(rows | given))


def act(number: int, code: str, **details: Any) -> Act:
    return Act(number, AT, "amy@desk", code, f"{code}.", details, (), "cd" * 32)


def line(ours: str, theirs: str) -> TieOutLine:
    left, right = Decimal(ours), Decimal(theirs)
    return TieOutLine("TrialBalance", "35", "Checking", "2026-11-23", "Accrual", left, right, left - right)


COMPARED = ReportTie("TrialBalance", "Accrual", 1, 1, 0, Decimal(0))

WHOLE = Acquisition(
    info(),
    type_counts([record("Customer", "1"), record("Customer", "2"), record("Invoice", "9")], info().counts),
    (),
    (),
    CheckReport(True, (line("5.00", "5.00"),), (), (COMPARED,)),
    (),
    VerifyReport(True, 12, 3456, ()),
)


def answers(taken: Acquisition) -> list[str]:
    """The marks of the short answers, one a question."""
    return [str(getattr(row[1], "symbol", "")) for row in taken.in_short().rows]


def test_a_whole_snapshot_answers_every_question_with_yes() -> None:
    assert answers(WHOLE) == ["✓"] * 6


@pytest.mark.parametrize(
    ("place", "damaged"),
    [
        (0, replace(WHOLE, info=info(complete=False))),
        (1, replace(WHOLE, info=info(fence={"passes": 12, "quiet": False}))),
        (2, replace(WHOLE, counts=type_counts([record("Customer", "1")], {"Customer": 2}))),
        (3, replace(WHOLE, check=CheckReport(False, (line("5.00", "5.01"),), (), (COMPARED,)))),
        (3, replace(WHOLE, check=CheckReport(False, (), ()))),
        (4, replace(WHOLE, missing=missing(ReferenceGraph.of([record("Invoice", "9", CustomerRef={"value": "7"})]).dangling()))),
        (5, replace(WHOLE, vault=VerifyReport(False, 12, 3456, (Finding("a/b", "It is cut short."),)))),
    ],
)  # fmt: skip
def test_each_lack_changes_one_answer(place: int, damaged: Acquisition) -> None:
    assert [at for at, mark in enumerate(answers(damaged)) if mark != "✓"] == [place]


def test_counts_stand_beside_what_quickbooks_says_with_the_latest_change() -> None:
    rows = [
        record("Customer", "1", MetaData={"LastUpdatedTime": "2026-11-23T10:00:00-08:00"}),
        record("Customer", "2", MetaData={"LastUpdatedTime": "2026-11-23T17:30:00Z"}),
        record("Invoice", "9", MetaData={"LastUpdatedTime": "yesterday"}),
        Record(RecordKey("Term", "1"), b"not json"),
    ]
    found = {one.entity: one for one in type_counts(rows, {"Customer": 2, "Invoice": 2, "Bill": 0})}
    assert found["Customer"].last_changed == datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert [name for name, one in found.items() if not one.agrees] == ["Invoice"]
    assert (found["Bill"].held, found["Term"].reported, found["Term"].last_changed) == (0, None, None)


def test_a_type_that_quickbooks_does_not_count_is_not_held_against_itself() -> None:
    said = [{"code": "not_counted", "what": "QuickBooks does not count Invoice.", "severity": "note"}]
    assert reported_counts(info(findings=said)) == {"Customer": 2}


def test_a_missing_record_is_listed_once_with_all_that_cite_it() -> None:
    rows = [record("Invoice", str(at), CustomerRef={"value": "7", "name": "Amy"}) for at in (9, 10)]
    (found,) = missing(ReferenceGraph.of(rows).dangling())
    assert (str(found.target), found.name, found.needed) == ("Customer:7", "Amy", True)
    assert [str(source) for source, _ in found.cited_by] == ["Invoice:9", "Invoice:10"]


def test_custody_of_a_snapshot_leaves_out_what_concerns_others() -> None:
    acts = [
        act(0, "vault_created"), act(1, "connected", realm="462"), act(2, "connected", realm="463"),
        act(3, "captured", snapshot="s1"), act(4, "captured", snapshot="s2"), act(5, "exported", snapshot="s2"),
        act(6, "plan_created", plan="p1", realm="462"),
    ]  # fmt: skip
    assert [one.number for one in acts_of(acts, info())] == [0, 1, 4, 5]


def test_reports_kept_are_named_with_their_digest() -> None:
    (one,) = controls_of({"TrialBalance/Accrual/2026-11-23": b"abc"})
    assert (one.length, one.sha256) == (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_findings_are_shown_with_how_often_and_which() -> None:
    row = {"code": "x", "what": "Two of <b>them</b>.", "severity": "problem", "records": ["Bill:1"], "times": 2}
    shown = replace(WHOLE, info=info(findings=[row], complete=False))
    assert shown.problems == 1
    page = str(shown.unseen().html())
    assert "&lt;b&gt;them&lt;/b&gt;" in page
    assert "Bill:1" in page
    assert "not whole" in page


def test_findings_are_said_in_an_accountant_s_words() -> None:
    row = {"code": "count_mismatch", "what": "QuickBooks counts 3 Bill records and lists 2.", "severity": "problem"}
    page = str(replace(WHOLE, info=info(findings=[row], complete=False)).unseen().html())
    assert "QuickBooks says that it has 3 bills, and handed out 2." in page
    assert "it is not whole" in page
    assert "akika capture --full" in page
