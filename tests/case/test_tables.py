"""What a case lists: the same figures in the tuple, in polars and in pandas; nothing rounded, no time without a zone."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import AccountEffect, Finding, TieOutLine
from akika_forensics.case.case import Case
from akika_forensics.case.results import CheckResult, RehearsalResult, VerificationResult
from akika_forensics.case.rows import Rows, places
from akika_forensics.case.tables import Changes, Effects, Findings, SnapshotTable, StepRow, Steps, TieOut
from akika_forensics.case.values import CaseDiff, CasePlan
from akika_forensics.case.versions import Versions
from akika_forensics.changes import CheckReport, Comparison, compare_records
from akika_forensics.errors import WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import SnapshotInfo, Version

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=2) | st.decimals(
    -1000, 1000, allow_nan=False, allow_infinity=False, places=5
)
WORDS = st.text(max_size=12)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-8))])
TIMES = st.builds(
    lambda seconds, micro, zone: datetime.fromtimestamp(seconds, zone).replace(microsecond=micro),
    st.integers(0, 2**31),
    st.integers(0, 999_999),
    ZONES,
)


def record(entity: str, record_id: str, **body: Any) -> Record:
    return Record(RecordKey(entity, record_id), json.dumps({"Id": record_id, "SyncToken": "0"} | body).encode())


def info(name: str, taken: datetime = AT, company: str = "Amy's Birds") -> SnapshotInfo:
    who = Company("462", company, "https://example.invalid")
    return SnapshotInfo(name, who, taken, taken, 7, 3, True, {}, {}, 1, [{}], (), name * 2)


SNAPSHOTS = SnapshotTable([info("s1"), info("s2", AT + timedelta(hours=1))])
VERSIONS = Versions(
    [
        Version("s1", AT, True, record("Item", "4", Name="Design", UnitPrice=75)),
        Version("s2", AT + timedelta(1), True, record("Item", "4", Name="Design", UnitPrice=88, SyncToken="1",
                                                      MetaData={"LastUpdatedTime": "2026-11-24T02:00:00-08:00"})),
        Version("s3", AT + timedelta(2), False, None),
        Version("s4", AT + timedelta(3), True, record("Item", "4", Name="Design", UnitPrice=88, SyncToken="2")),
    ]
)  # fmt: skip
REMOVED = compare_records(record("Invoice", "9", DocNumber="1001"), None)
CHANGED = compare_records(record("Item", "4", UnitPrice=75), record("Item", "4", UnitPrice=88))
assert REMOVED is not None
assert CHANGED is not None
CHANGES = Changes([REMOVED, CHANGED])
EFFECTS = Effects([AccountEffect("35", "Checking", Decimal("10.00"), Decimal("7.50"), Decimal("-2.50"))])
TIE_OUT = TieOut(
    [TieOutLine("TrialBalance", "35", "Checking", "2026-11-23", "Accrual", Decimal("7.50"), Decimal(7), Decimal("0.5"))]
)
FINDINGS = Findings([Finding("dangling_reference", "Invoice 9 cites nobody.", RecordKey("Invoice", "9"), "note")])
STEPS = Steps([StepRow("s001", "recreate", "Invoice:9", "Invoice 1001", "it was removed", "exact", "done", "")])
EVERY: list[Rows[Any]] = [SNAPSHOTS, VERSIONS, CHANGES, EFFECTS, TIE_OUT, FINDINGS, STEPS]
VERIFICATION = VerificationResult(
    {
        "exact": 1, "exact_but_for": 0, "differs": 0, "by_hand": 0, "wrong": 0, "residual": "0.00",
        "records": [{"record": "Invoice:9", "now": "Invoice:12", "label": "Invoice 1001", "action": "recreate",
                     "fidelity": "exact_but_for", "agrees": True, "differences": ["a new Id"]}],
        "balances": [{"account": "35", "account_name": "Checking", "before": "7.50", "predicted": "10.00",
                      "actual": "10.00", "reported": None, "residual": "0.00"}],
        "unexpected": [],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "rows", [*EVERY, VERIFICATION.outcomes, VERIFICATION.balances], ids=lambda rows: type(rows).__name__
)
def test_polars_and_pandas_hold_what_the_tuple_holds(rows: Rows[Any]) -> None:
    frame, pandas = rows.to_frame(), rows.to_pandas()
    assert frame.columns == list(rows.columns) == list(pandas.columns)
    expected = [rows.cells(one) for one in rows]
    assert frame.rows() == expected
    shown = [tuple(row) for row in pandas.astype(object).itertuples(index=False)]
    for got, wanted in zip(shown, expected, strict=True):
        for cell, value in zip(got, wanted, strict=True):
            if value is None:
                assert str(cell) in {"<NA>", "None", "NaT", "nan"}
            else:
                assert (list(cell) if isinstance(value, list) else cell) == value
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Decimal):
            assert str(pandas[name].dtype).startswith("decimal128(38, 2)")
        if isinstance(kind, pl.Datetime):
            assert kind.time_zone == "UTC"
            assert "UTC" in str(pandas[name].dtype)


@pytest.mark.parametrize("kind", [type(rows) for rows in EVERY], ids=lambda kind: kind.__name__)
def test_an_empty_table_has_its_columns_and_says_that_it_is_empty(kind: type[Rows[Any]]) -> None:
    empty = kind(())
    assert empty.to_frame().columns == empty.to_pandas().columns.tolist() == list(kind.columns)
    assert empty.to_frame().height == 0
    assert empty.view().text().strip()


@given(st.lists(st.tuples(WORDS, WORDS, AMOUNTS, AMOUNTS), max_size=8))
def test_no_amount_is_rounded_on_its_way_into_a_frame(rows: list[tuple[str, str, Decimal, Decimal]]) -> None:
    effects = Effects(AccountEffect(one, name, before, after, after - before) for one, name, before, after in rows)
    frame = effects.to_frame()
    assert frame["before"].to_list() == [before for _, _, before, _ in rows]
    assert frame["change"].to_list() == [after - before for _, _, before, after in rows]
    assert effects.to_pandas()["after"].astype(object).tolist() == [after for _, _, _, after in rows]


@given(st.lists(TIMES, min_size=1, max_size=8))
def test_times_are_the_same_instants_in_every_form(times: list[datetime]) -> None:
    table = SnapshotTable(info(f"s{at}", taken) for at, taken in enumerate(times))
    assert table.to_frame()["taken_at"].to_list() == times
    assert [one.to_pydatetime(warn=False) for one in table.to_pandas()["taken_at"]] == times


@given(st.lists(st.none() | AMOUNTS))
def test_places_hold_every_amount(amounts: list[Decimal | None]) -> None:
    found = places(amounts)
    assert found >= 2
    assert all(one is None or one == round(one, found) for one in amounts)


def test_a_part_of_a_table_is_a_table_and_names_find_values() -> None:
    assert isinstance(SNAPSHOTS[:1], SnapshotTable)
    assert SNAPSHOTS[0] is SNAPSHOTS["s1"]
    assert SNAPSHOTS._ipython_key_completions_() == ["s1", "s2"]
    assert CHANGES["Invoice:9"] is REMOVED
    assert VERSIONS["s3"].record is None
    assert STEPS["s001"].record == "Invoice:9"
    assert EFFECTS["35"].name == "Checking"
    assert VERIFICATION.outcomes["Invoice:9"]["now"] == "Invoice:12"
    with pytest.raises(WrongUse, match=r"There is no 's9' among these\. There are: s1, s2\."):
        SNAPSHOTS["s9"]
    with pytest.raises(WrongUse, match="There is no '' among these"):
        FINDINGS[""]


@pytest.mark.parametrize("rows", EVERY, ids=lambda rows: type(rows).__name__)
def test_every_table_shows_itself(rows: Rows[Any]) -> None:
    bundle = rows._repr_mimebundle_()
    assert "<table" in bundle["text/html"]
    assert not [key for key in bundle if "widget" in key], "static until a notebook asks for more"


def test_the_versions_of_a_record_say_what_each_changed() -> None:
    shown = VERSIONS.view()
    assert [change.kind if change else None for change in VERSIONS.changes] == ["added", "changed", "removed", "added"]
    for word in ("first seen", "changed", "not there", "there again", "2026-11-24 10:00:00"):
        assert word in shown.text()
    assert "Item Design" in shown.text()


def test_a_version_that_cannot_be_read_is_listed() -> None:
    broken = Versions([Version("s1", AT, True, Record(RecordKey("Item", "4"), b"[1]"))])
    assert broken.to_frame()["label"].to_list() == ["Item:4"]
    assert broken.to_frame()["payload"].to_list() == ["[1]"]


def test_a_check_shows_its_findings_and_its_tie_out() -> None:
    checked = CheckResult.of(CheckReport(False, tuple(TIE_OUT), tuple(FINDINGS)))
    assert (checked.complete, checked.residual) == (False, Decimal("0.5"))
    html = checked._repr_mimebundle_()["text/html"]
    assert "Invoice 9 cites nobody." in html
    assert "Checking" in html
    assert isinstance(checked.tie_out, TieOut)
    assert isinstance(checked.findings, Findings)


def test_findings_show_themselves_in_the_words_of_the_check() -> None:
    counted = Finding("count_mismatch", "QuickBooks counts 3 Bill records and lists 2.", None, "problem")
    page = str(Findings([counted]).view().html())
    assert "QuickBooks says that it has 3 bills, and handed out 2." in page
    assert "it is not whole" in page
    assert "<code>akika capture --full</code>" in page
    assert "QuickBooks counts 3 Bill records and lists 2." in page


def test_a_verification_shows_itself_and_stays_a_document() -> None:
    assert "the books agree with the approved plan, to the cent" in VERIFICATION._repr_mimebundle_()["text/plain"]
    assert json.loads(encode(VERIFICATION)) == VERIFICATION
    assert VERIFICATION.balances.to_frame()["predicted"].to_list() == [Decimal("10.00")]
    assert VERIFICATION.residual == Decimal("0.00")
    assert "Invoice 1001" in VERIFICATION.outcomes.view().text()


@pytest.mark.parametrize(
    ("differences", "state", "word"),
    [
        ([], "complete", "as predicted"),
        (["Invoice 1001: amount"], "complete", "not as predicted"),
        ([], "stopped", "stopped"),
    ],
)
def test_a_rehearsal_shows_itself(differences: list[str], state: str, word: str) -> None:
    result = RehearsalResult(
        {"ok": not differences, "state": state, "differences": differences, "undo_state": "complete", "undo_differences": [],
         "not_modelled": ["payroll"], "residual": "0.00"}
    )  # fmt: skip
    text = result._repr_mimebundle_()["text/plain"]
    for said in (word, "payroll", *differences):
        assert said in text
    assert result.residual == Decimal("0.00")


def test_a_difference_becomes_a_frame_of_fields_and_its_changes_one_of_records() -> None:
    diff = CaseDiff(info("s1"), info("s2"), Comparison(tuple(CHANGES)), EFFECTS)
    assert diff.to_frame().select("entity", "path").rows() == [("Invoice", None), ("Item", "UnitPrice")]
    assert diff.to_pandas().columns.tolist() == diff.to_frame().columns
    assert diff.changes.to_frame()["kind"].to_list() == ["removed", "changed"]
    assert diff.changes is diff.changes


KINDS = (Case, CaseDiff, CasePlan, CheckResult, VerificationResult, RehearsalResult)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in vars(kind) if not name.startswith("_")]
)
def test_whatever_completion_offers_says_what_it_is(kind: type, name: str) -> None:
    """Shift+Tab in a notebook shows the docstring."""
    offered = getattr(kind, name)
    if callable(offered) or isinstance(offered, property | cached_property):
        assert inspect.getdoc(offered)
