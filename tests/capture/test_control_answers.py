"""Asking for reports: cut off, refused, refused for their columns, too much, stopped, taken again after a change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from akika_forensics.capture.controls import Controls, Dates, of_changes, of_everything
from akika_forensics.capture.controls.answer import column_keys, is_cut
from akika_forensics.capture.controls.calendar import Horizon, Window
from akika_forensics.capture.controls.catalogue import (
    AGED_PAYABLES,
    BALANCE_SHEET,
    GENERAL_LEDGER,
    TAX_SUMMARY,
    TRANSACTION_LIST,
    TRIAL_BALANCE,
)
from akika_forensics.capture.controls.controls import MOST_CALLS
from akika_forensics.capture.controls.plan import Plan
from akika_forensics.capture.controls.wanted import Wanted
from akika_forensics.capture.findings import Findings
from akika_forensics.errors import Fault, Interrupted, NetworkFailed, Throttled
from akika_forensics.model.record import RecordKey

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
INFO = b'{"CompanyName":"Garden","FiscalYearStartMonth":"January"}'
UNABLE = "Unable to display more data. Please reduce the date range."

Asked = dict[str, str]


def report(name: str, asked: Asked, *, cut: bool = False, keys: list[str] | None = None) -> bytes:
    columns = [{"ColType": key} for key in keys or asked.get("columns", "").split(",")]
    rows: list[Any] = [{"ColData": [{"value": "2026-11-23"}, {"value": f"a memo: {UNABLE}"}], "type": "Data"}]
    if cut:
        rows.append({"ColData": [{"value": UNABLE}, {"value": ""}], "type": "Data"})
    header = {"ReportName": name, "asked": asked}
    return json.dumps({"Header": header, "Columns": {"Column": columns}, "Rows": {"Row": rows}}).encode()


class FakeReports:
    """Answers with what was asked for; ``before`` may raise, or give another answer."""

    def __init__(self, before: Callable[[str, Asked], bytes | None] = lambda name, asked: None) -> None:
        self.before = before
        self.asked: list[tuple[str, Asked]] = []
        self.there = True
        self.stopped = False
        self._lock = threading.Lock()

    def report(self, name: str, **parameters: str) -> bytes:
        with self._lock:
            self.asked.append((name, parameters))
        return self.before(name, parameters) or report(name, parameters)

    def company(self) -> object:
        if not self.there:
            raise NetworkFailed("QuickBooks could not be reached.")
        return None

    def stop(self) -> None:
        self.stopped = True


class Kept(dict[str, bytes]):
    """Reports as a snapshot in the making keeps them."""

    def control(self, name: str, data: bytes) -> None:
        self[name] = data

    def drop_controls(self, names: Iterable[str] | None = None) -> None:
        for name in list(self) if names is None else names:
            self.pop(name, None)


def plan_of(*wanted: Wanted) -> Callable[[Horizon, Dates], Plan]:
    return lambda horizon, dates: Plan(wanted)


def wanted(control: Any, first: str, last: str, basis: str = "") -> Wanted:
    return Wanted(control, basis, Window(date.fromisoformat(first), date.fromisoformat(last)), 1)


LIST = wanted(TRANSACTION_LIST, "2026-07-01", "2026-12-31")
TODAY = wanted(TRIAL_BALANCE, "2026-11-23", "2026-11-23", "Accrual")


def took(reader: FakeReports, *some: Wanted) -> tuple[dict[str, bytes], dict[str, dict[str, Any]]]:
    """The reports by name, and the findings by code."""
    controls, findings = Controls(reader, INFO, plan_of(*some)), Findings()
    found = dict(controls.take(AT, Dates()))
    controls.tell(findings)
    return found, {row["code"]: row for row in findings.as_dicts()}


class TestCut:
    @pytest.mark.parametrize("spelled", [UNABLE, UNABLE.upper(), f"  {UNABLE}"])
    def test_the_last_row_says_so(self, spelled: str) -> None:
        row = {"ColData": [{"value": spelled}, {"value": ""}]}
        for rows in ([row], [{"Header": {}, "Rows": {"Row": [row]}, "type": "Section"}]):
            assert is_cut(json.dumps({"Rows": {"Row": rows}}).encode())

    @pytest.mark.parametrize(
        "row",
        [
            {"ColData": [{"value": "2026-11-23"}, {"value": UNABLE}]},
            {"ColData": [{"value": UNABLE, "id": "7"}, {"value": ""}]},
            {"ColData": [{"value": UNABLE}, {"value": "12.00"}]},
            {"Header": {"ColData": [{"value": UNABLE}, {"value": ""}]}, "Rows": {}},
            {"ColData": []},
            {"ColData": [UNABLE]},
        ],
    )
    def test_a_memo_or_a_name_does_not(self, row: dict[str, Any]) -> None:
        assert not is_cut(json.dumps({"Rows": {"Row": [row]}}).encode())

    @pytest.mark.parametrize("data", [b"", b"[]", b'"x"', UNABLE.encode(), f'["{UNABLE}"]'.encode(), b'{"Rows":[]}'])
    def test_what_is_no_report_is_not_cut(self, data: bytes) -> None:
        assert not is_cut(data)

    def test_its_window_is_halved_until_it_fits(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            days = date.fromisoformat(asked["end_date"]) - date.fromisoformat(asked["start_date"])
            return report(name, asked, cut=days.days > 50)

        found, said = took(FakeReports(before), LIST)
        assert not any(is_cut(data) for data in found.values())
        assert said == {}
        assert [name.rpartition("/")[2] for name in found] == [
            "2026-12-01..2026-12-31",
            "2026-11-01..2026-11-30",
            "2026-10-01..2026-10-31",
            "2026-09-01..2026-09-30",
            "2026-08-01..2026-08-31",
            "2026-07-01..2026-07-31",
        ]

    def test_one_day_that_is_cut_is_kept_and_said(self) -> None:
        one = wanted(GENERAL_LEDGER, "2026-11-23", "2026-11-23", "Accrual")
        found, said = took(FakeReports(lambda name, asked: report(name, asked, cut=True)), one)
        assert list(found) == [one.name]
        assert said["control_cut"]["severity"] == "warning"
        assert said["control_cut"]["records"] == [one.name]

    def test_what_has_no_window_is_kept_as_it_came(self) -> None:
        one = wanted(AGED_PAYABLES, "2026-11-23", "2026-11-23")
        reader = FakeReports(lambda name, asked: report(name, asked, cut=True))
        found, said = took(reader, one)
        assert len(reader.asked) == len(found) == 1
        assert "control_cut" in said

    def test_halving_ends(self) -> None:
        reader = FakeReports(lambda name, asked: report(name, asked, cut=True))
        found, said = took(reader, wanted(GENERAL_LEDGER, "2020-01-01", "2026-11-23", "Accrual"))
        assert len(reader.asked) <= MOST_CALLS
        assert found
        assert said["control_cut"]["times"] == len(found)


class TestRefused:
    def test_it_is_a_warning_and_no_end(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            if name == "BalanceSheet":
                raise Fault("QuickBooks refused the report BalanceSheet: no [5020].")
            return None

        sheet = wanted(BALANCE_SHEET, "2026-01-01", "2026-11-23", "Cash")
        found, said = took(FakeReports(before), sheet, TODAY)
        assert list(found) == [TODAY.name]
        assert said["control_missing"]["severity"] == "warning"
        assert said["control_missing"]["records"] == [sheet.name]
        assert "5020" in said["control_missing"]["what"]

    def test_what_some_companies_do_not_have_is_a_note_and_not_asked_for_again(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            raise Fault("QuickBooks refused the report TaxSummary [5030].")

        reader = FakeReports(before)
        years = [wanted(TAX_SUMMARY, f"{year}-01-01", f"{year}-12-31", "Accrual") for year in range(2010, 2026)]
        found, said = took(reader, *years)
        assert found == {}
        assert said["control_missing"]["severity"] == "note"
        assert len(reader.asked) <= 5, "as many as are asked for at once"

    def test_refused_columns_are_left_to_quickbooks(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            if "columns" in asked:
                raise Fault("QuickBooks refused the report TransactionList: columns [2170].")
            return report(name, asked, keys=["tx_date"])

        reader = FakeReports(before)
        earlier = wanted(TRANSACTION_LIST, "2026-01-01", "2026-06-30")
        found, said = took(reader, LIST, earlier)
        assert set(found) == {LIST.name, earlier.name}
        assert len(reader.asked) == 3, "once with columns, then without"
        assert "2170" in said["control_columns"]["what"]
        assert said["control_columns"]["severity"] == "note"

    def test_columns_that_do_not_come_are_named(self) -> None:
        keys = [key for key in TRANSACTION_LIST.columns if key not in ("create_by", "is_cleared")]
        _, said = took(FakeReports(lambda name, asked: report(name, asked, keys=keys)), LIST)
        assert "create_by, is_cleared." in said["control_columns"]["what"]

    def test_columns_are_known_by_type_or_by_key(self) -> None:
        described = {"ColType": "String", "MetaData": [{"Name": "ColKey", "Value": "create_by"}]}
        data = {"Columns": {"Column": [described, {"ColType": "tx_date"}]}}
        assert {"create_by", "tx_date"} <= column_keys(json.dumps(data).encode())
        assert column_keys(b"[]") == column_keys(b"{}") == column_keys(b'{"Columns":{"Column":[5]}}') == frozenset()


class TestTrouble:
    def test_a_report_that_takes_too_long_is_asked_for_in_parts(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            if (asked["start_date"], asked["end_date"]) == ("2026-07-01", "2026-12-31"):
                raise NetworkFailed("QuickBooks did not answer in time.")
            return None

        found, said = took(FakeReports(before), LIST)
        assert len(found) == 2
        assert said == {}

    def test_one_that_does_not_come_at_all_is_a_warning(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            raise NetworkFailed("QuickBooks failed with HTTP 504.")

        found, said = took(FakeReports(before), TODAY)
        assert found == {}
        assert said["control_missing"]["severity"] == "warning"

    def test_where_quickbooks_is_not_there_the_capture_ends(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            raise NetworkFailed("QuickBooks could not be reached.")

        reader = FakeReports(before)
        reader.there = False
        with pytest.raises(NetworkFailed):
            took(reader, TODAY)

    def test_so_it_does_when_the_allowance_is_used_up(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            raise Throttled("QuickBooks is being asked too much.")

        with pytest.raises(Throttled):
            took(FakeReports(before), LIST, TODAY)

    def test_it_can_be_stopped(self) -> None:
        reader = FakeReports()

        def check() -> None:
            if reader.asked:
                raise Interrupted("The capture was stopped.")

        controls = Controls(reader, INFO, of_everything, check=check)
        with pytest.raises(Interrupted):
            dict(controls.take(AT, Dates()))
        assert reader.stopped
        assert len(reader.asked) < 10


class TestTakenAgain:
    def dates(self) -> Dates:
        dates = Dates()
        dates.note({"TxnDate": "2024-02-03"})
        dates.note({"TxnDate": "2026-11-20"})
        return dates

    def test_nothing_where_nothing_changed(self) -> None:
        reader, dates = FakeReports(), self.dates()
        controls = Controls(reader, INFO, of_everything)
        assert len(dict(controls.take(AT, dates))) == len(reader.asked) > 50
        assert dict(controls.take(AT, dates)) == {}

    def test_what_a_change_of_today_can_have_moved(self) -> None:
        reader, dates = FakeReports(), self.dates()
        controls = Controls(reader, INFO, of_everything)
        all_of_them = dict(controls.take(AT, dates))
        dates.note({"TxnDate": "2026-11-23"})
        again = dict(controls.take(AT, dates))
        assert set(again) < set(all_of_them)
        assert "TrialBalance/Accrual/2026-11-23" in again
        assert "GeneralLedger/Accrual/2026-01-01..2026-11-23" in again
        assert "TrialBalance/Accrual/2026-10-31" not in again
        assert "BalanceSheet/Accrual/2024-01-01..2024-12-31" not in again
        assert len(again) < 20

    def test_all_of_them_when_a_name_vanished(self) -> None:
        dates = self.dates()
        controls = Controls(FakeReports(), INFO, of_everything)
        before = dict(controls.take(AT, dates))
        dates.left(RecordKey("Account", "7"), None, gone=True)
        assert set(dict(controls.take(AT, dates))) == set(before)

    def test_the_parts_of_what_was_too_long_and_not_the_whole(self) -> None:
        def before(name: str, asked: Asked) -> bytes | None:
            long = asked.get("start_date") == "2026-07-01" and asked.get("end_date") == "2026-12-31"
            return report(name, asked, cut=long)

        reader, dates = FakeReports(before), Dates()
        controls = Controls(reader, INFO, plan_of(LIST))
        assert len(dict(controls.take(AT, dates))) == 2
        dates.note({"TxnDate": "2026-12-30"})
        assert len(dict(controls.take(AT, dates))) == 1
        assert len(reader.asked) == 4

    @pytest.mark.parametrize("how", ["refused", "cut"])
    def test_what_does_not_come_again_is_taken_back(self, how: str) -> None:
        """A balance of before a change would not agree with the records beside it."""
        again = False

        def before(name: str, asked: Asked) -> bytes | None:
            whole = asked.get("start_date") == "2026-07-01" and asked.get("end_date") == "2026-12-31"
            if again and whole and how == "cut":
                return report(name, asked, cut=True)
            if again and how == "refused":
                raise Fault("Refused.", status=400)
            return None

        reader, dates, kept = FakeReports(before), Dates(), Kept()
        controls = Controls(reader, INFO, plan_of(LIST, TODAY))
        controls.take_into(kept, AT, dates)
        assert {LIST.name, TODAY.name} <= kept.keys()
        again = True
        dates.note({"TxnDate": "2026-11-20"})
        controls.take_into(kept, AT, dates)
        assert LIST.name not in kept
        assert len(kept) == (0 if how == "refused" else 3)

    def test_the_number_of_requests_is_bounded_and_what_is_older_is_said(self) -> None:
        reader, dates = FakeReports(), self.dates()
        controls, findings = Controls(reader, INFO, of_everything), Findings()
        for _ in range(12):
            dict(controls.take(AT, dates))
            dates.anything = True
        controls.tell(findings)
        assert controls.calls == len(reader.asked) <= MOST_CALLS
        (older,) = {row["code"]: row["severity"] for row in findings.as_dicts()}.items()
        assert older == ("control_older", "note")


def test_an_incremental_capture_asks_for_little() -> None:
    reader, dates = FakeReports(), Dates((date(2020, 1, 1), date(2026, 11, 20)), lambda keys: [])
    controls = Controls(reader, INFO, of_changes(AT))
    assert len(dict(controls.take(AT, dates))) == 2
    reader.asked.clear()
    dates.note({"TxnDate": "2026-11-19"})
    fresh = Controls(reader, INFO, of_changes(AT))
    dict(fresh.take(AT, dates))
    assert len(reader.asked) == fresh.calls == 12
