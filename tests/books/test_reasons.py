"""Each reason for a residual is planted, found and named just there; what only looks like it is not put down to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from books import altered
from books.companies import Controls, captured

from akika_forensics.books import Captured, Ledger
from akika_forensics.books.tie_out.tied import Tied, tie
from akika_forensics.books.tie_out.why import (
    CENTS,
    CHANGED,
    DOCUMENTS,
    MISSING,
    TAX,
    TRUNCATED,
    UNEXPLAINED,
    UNKNOWN,
    UNPOSTED,
)
from akika_forensics.changes import completeness
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.twin import Twin, sample

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Twin, Clock]]:
    clock = Clock()
    twin = Twin(clock=clock)
    sample.build(twin)
    yield twin, clock
    twin.close()


@pytest.fixture(scope="module")
def company(built: tuple[Twin, Clock]) -> tuple[list[Record], Controls]:
    return captured(built[0])


@pytest.fixture(scope="module")
def ledger(company: tuple[list[Record], Controls]) -> Ledger:
    return Ledger.of(company[0])


def reasons(tied: Tied, *reports: str) -> dict[str, set[str]]:
    """Subject → reasons of its residuals, in some reports or all."""
    rows = tied.residuals.filter(pl.col("report").is_in(reports)) if reports else tied.residuals
    return {subject: set(some["reason"]) for (subject,), some in rows.group_by("subject")}  # type: ignore[misc]


def codes(tied: Tied) -> list[str]:
    return [one.code for one in tied.findings if one.severity == "problem"]


class TestTruncation:
    @pytest.mark.parametrize(
        "kind", ["TrialBalance/Accrual", "ProfitAndLoss/Cash", "BalanceSheet/Accrual", "CustomerBalance"]
    )
    def test_what_a_cut_report_does_not_show_is_put_down_to_that(
        self, company: tuple[list[Record], Controls], ledger: Ledger, kind: str
    ) -> None:
        name = altered.named(company[1], kind)
        tied = tie(ledger, altered.report(company[1], name, lambda page: altered.cut(page, 5)))
        assert set(tied.residuals["control"]) == {name}
        assert set(tied.residuals["reason"]) == {TRUNCATED}
        assert set(tied.residuals["theirs"]) == {0}
        assert [one for one in codes(tied) if one != "control_unbalanced"] == ["control_cut"]

    def test_a_figure_that_it_shows_is_no_less_wrong_for_that(
        self, company: tuple[list[Record], Controls], ledger: Ledger
    ) -> None:
        name = altered.named(company[1], "TrialBalance/Accrual")

        def change(page: dict[str, Any]) -> None:
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "35")[1], "1.00")
            altered.cut(page, 5)

        tied = tie(ledger, altered.report(company[1], name, change))
        assert reasons(tied).pop("35") == {UNEXPLAINED}
        assert tied.residuals.filter(pl.col("subject") == "35")["residual"].to_list() == [Decimal(-1)]
        assert set(tied.residuals.filter(pl.col("subject") != "35")["reason"]) == {TRUNCATED}

    def test_rows_that_are_missing_without_the_notice_are_unexplained(
        self, company: tuple[list[Record], Controls], ledger: Ledger
    ) -> None:
        name = altered.named(company[1], "TrialBalance/Accrual")
        tied = tie(ledger, altered.report(company[1], name, lambda page: altered.cut(page, 5, said=False)))
        assert tied.residuals.height > 5
        assert set(tied.residuals["reason"]) == {UNEXPLAINED}

    def test_a_cut_ledger_is_compared_as_far_as_it_goes(
        self, company: tuple[list[Record], Controls], ledger: Ledger
    ) -> None:
        name = altered.named(company[1], "GeneralLedger")

        def change(page: dict[str, Any]) -> None:
            at = altered.place(page, "subt_nat_home_amount")
            altered.more([cells for cells in altered.rows(page) if cells[at]["value"]][3][at], "2.00")
            altered.cut(page, 30)

        tied = tie(ledger, altered.report(company[1], name, change))
        assert tied.documents.filter(pl.col("reason") == "")["residual"].abs().to_list() == [Decimal(2)]
        assert tied.documents.filter(pl.col("reason") == TRUNCATED).height > 50
        assert codes(tied) == ["control_cut", "postings_differ"]
        assert tied.residuals.is_empty()


BILL: dict[str, Any] = {
    "VendorRef": {"value": "31"},
    "TxnDate": "2026-11-10",
    "Line": [
        {
            "Amount": 90,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "17"}},
        }
    ],
}


class Moving:
    """The company before and after somebody entered a bill, changed another one, deleted a third, and wrote a check."""

    def __init__(self, twin: Twin, clock: Clock) -> None:
        twin = twin.copy()
        twin.clock._base = clock
        clock.now = NOW + timedelta(minutes=1)
        self.changed = RecordKey("Bill", twin.create("Bill", BILL)["Id"])
        self.deleted = RecordKey("Bill", twin.create("Bill", BILL)["Id"])
        clock.now = NOW + timedelta(minutes=2)
        self.before = captured(twin)
        clock.now = NOW + timedelta(minutes=4)
        body = dict(twin.get("Bill", self.changed.id) or {})
        body["Line"][0]["Amount"] = 97
        twin.update("Bill", body)
        twin.delete("Bill", twin.get("Bill", self.deleted.id) or {})
        self.made = RecordKey("Bill", twin.create("Bill", {**BILL, "Line": [{**BILL["Line"][0], "Amount": 40}]})["Id"])
        spent = {"PaymentType": "Check", "AccountRef": {"value": "35"}, "TxnDate": "2026-11-12"}
        spent["Line"] = [{**BILL["Line"][0], "Amount": 25}]
        self.spent = RecordKey("Purchase", twin.create("Purchase", spent)["Id"])
        clock.now = NOW + timedelta(minutes=6)
        self.after = captured(twin)
        clock.now = NOW
        twin.close()

    def live(self, begin: int, end: int) -> dict[str, tuple[datetime, datetime]]:
        """Bodies that were live between two minutes."""
        return dict.fromkeys(("Bill", "Purchase"), (NOW + timedelta(minutes=begin), NOW + timedelta(minutes=end)))


@pytest.fixture(scope="module")
def moving(built: tuple[Twin, Clock]) -> Moving:
    return Moving(*built)


class TestChangedDuringCapture:
    def test_reports_that_were_made_before_the_bodies(self, moving: Moving) -> None:
        records, controls = moving.after[0], moving.before[1]
        told = Captured(records, moving.live(3, 7), frozenset({moving.deleted}))
        tied = tie(Ledger.of(records), controls, told)
        last = tied.residuals.filter(pl.col("control") == altered.named(controls, "TrialBalance/Accrual"))
        assert dict(last.select("subject", "residual").iter_rows()) == {
            "17": Decimal(-18),
            "33": Decimal(43),
            "35": Decimal(-25),
        }
        assert set(last["reason"]) == {CHANGED}
        said = {
            one.key: one.what
            for one in tied.findings
            if one.code in ("postings_differ", "document_missing", "document_unlisted")
        }
        assert {moving.changed, moving.deleted, moving.made, moving.spent} == set(said)
        assert all(CHANGED in what for what in said.values())
        assert {
            tied.residuals.filter(pl.col("subject") == str(key))["reason"].first()
            for key in (moving.changed, moving.deleted)
        } == {CHANGED}

    def test_every_report_of_them_says_so_and_a_check_as_well(self, moving: Moving) -> None:
        """By account, month, age and party; a check takes the intervals and the deletions from the capture."""
        records, controls = moving.after[0], moving.before[1]
        said = [{"code": "deleted", "what": "1 record is gone.", "severity": "note", "records": [str(moving.deleted)]}]
        found = completeness(records, controls, said, moving.live(3, 7))
        apart = found.figures.filter(pl.col("residual") != 0)
        assert set(apart["report"]) >= {
            "TrialBalance",
            "BalanceSheet",
            "ProfitAndLoss",
            "CashFlow",
            "VendorBalance",
            "TransactionList",
        }
        accrual = apart.filter(pl.col("basis") != "Cash", ~pl.col("measure").str.starts_with("owed to vendor, "))
        assert set(accrual["reason"]) == {CHANGED}
        assert "cash at end" in set(accrual["subject"])
        assert {one.reason for one in found.tie_out if one.report == "VendorBalance"} == {CHANGED}
        assert not found.complete

    def test_bodies_that_were_read_before_the_reports(self, moving: Moving) -> None:
        records, controls = moving.before[0], moving.after[1]
        tied = tie(Ledger.of(records), controls, Captured(records, moving.live(1, 6)))
        last = tied.residuals.filter(pl.col("control") == altered.named(controls, "TrialBalance/Accrual"))
        # What is gone and of which nothing says so leaves more than what moved comes to, so that nothing is put down to that.
        assert dict(last.select("subject", "residual").iter_rows()) == {
            "17": Decimal(18),
            "33": Decimal(-43),
            "35": Decimal(25),
        }
        both = f"{CHANGED}; {DOCUMENTS}"
        assert dict(last.select("subject", "reason").iter_rows()) == {"17": both, "33": both, "35": CHANGED}

    def test_a_body_that_should_have_had_the_change_did_not_move(self, moving: Moving) -> None:
        """The list knows of a change from before the bodies were read: that is no change during the capture."""
        records, controls = moving.before[0], moving.after[1]
        tied = tie(Ledger.of(records), controls, Captured(records, moving.live(5, 6)))
        rows = tied.residuals.filter(pl.col("report") == "TrialBalance", pl.col("basis") == "Accrual")
        assert rows.height
        assert set(rows["reason"]) == {DOCUMENTS}

    def test_without_intervals_nothing_is_put_down_to_it(self, moving: Moving) -> None:
        records, controls = moving.before[0], moving.after[1]
        tied = tie(Ledger.of(records), controls, Captured(records))
        assert not tied.residuals.filter(pl.col("reason").str.contains(CHANGED, literal=True)).height

    def test_a_document_that_only_an_earlier_report_does_not_know(self, moving: Moving) -> None:
        """The ledger agrees; a trial balance was made before the bill was entered."""
        records, controls = moving.before
        name = altered.named(controls, "TrialBalance/Accrual")

        def earlier(page: dict[str, Any]) -> None:
            page["Header"]["Time"] = (NOW + timedelta(seconds=30)).isoformat()
            for account, column, by in (("17", 1, "-180"), ("33", 2, "-180")):
                altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == account)[column], by)

        told = Captured(records, moving.live(1, 2))
        tied = tie(Ledger.of(records), altered.report(controls, name, earlier), told)
        assert reasons(tied) == {"17": {CHANGED}, "33": {CHANGED}}
        assert tied.documents.is_empty()

        def by_one_more(page: dict[str, Any]) -> None:
            earlier(page)
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "17")[1], "-1")
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "35")[1], "1")

        tied = tie(Ledger.of(records), altered.report(controls, name, by_one_more), told)
        assert reasons(tied) == {"17": {UNEXPLAINED}, "33": {CHANGED}, "35": {UNEXPLAINED}}


class TestTaxEngine:
    @staticmethod
    def taxed(records: list[Record]) -> Record:
        """An invoice of one rate, whose agency has one."""
        return next(
            one
            for one in records
            if one.key.entity == "Invoice"
            and [
                row["TaxLineDetail"]["TaxRateRef"]["value"]
                for row in one.body.get("TxnTaxDetail", {}).get("TaxLine", ())
            ]
            == ["3"]
        )

    def test_tax_that_is_another_than_the_lines_have(self, company: tuple[list[Record], Controls]) -> None:
        found = self.taxed(company[0])

        def change(body: dict[str, Any]) -> None:
            for holder, name in (
                (body, "TotalAmt"),
                (body["TxnTaxDetail"], "TotalTax"),
                (body["TxnTaxDetail"]["TaxLine"][0], "Amount"),
            ):
                holder[name] = float(holder[name]) + 0.75

        tied = tie(Ledger.of(altered.record(company[0], found.key, change)), company[1])
        assert {subject: why for subject, why in reasons(tied, "TrialBalance").items() if why != {UNEXPLAINED}} == {
            "84": {TAX},
            "90": {TAX},
        }
        assert reasons(tied, "TaxSummary") == {"3": {TAX}}
        (said,) = [one for one in tied.findings if one.code == "postings_differ"]
        assert said.key == found.key
        assert "tax engine" in said.what

    def test_a_line_that_is_another_is_none_of_the_tax(self, company: tuple[list[Record], Controls]) -> None:
        found = self.taxed(company[0])

        def change(body: dict[str, Any]) -> None:
            line = next(row for row in body["Line"] if row["DetailType"] == "SalesItemLineDetail")
            for holder, name in ((body, "TotalAmt"), (line, "Amount")):
                holder[name] = float(holder[name]) + 0.75

        tied = tie(Ledger.of(altered.record(company[0], found.key, change)), company[1])
        rows = tied.residuals.filter(pl.col("report") == "TrialBalance", pl.col("basis") == "Accrual")
        assert set(rows["reason"]) == {DOCUMENTS}
        assert not tied.residuals.filter(pl.col("reason") == TAX).height

    def test_a_total_beyond_its_lines_is_the_tax_engines(
        self, company: tuple[list[Record], Controls], ledger: Ledger
    ) -> None:
        """The document says a total that its tax lines do not come to; the books and the ledger have the total."""
        found = self.taxed(company[0])

        def change(body: dict[str, Any]) -> None:
            body["TxnTaxDetail"]["TaxLine"][0]["Amount"] = float(body["TxnTaxDetail"]["TaxLine"][0]["Amount"]) - 0.75

        records = altered.record(company[0], found.key, change)
        tied = tie(Ledger.of(records), company[1])
        assert reasons(tied) == {"3": {TAX}}
        assert tied.residuals["residual"].to_list() == [Decimal("-0.75")]
        name = altered.named(company[1], "TaxSummary")

        def one_more(page: dict[str, Any]) -> None:
            at = len(page["Columns"]["Column"]) - 1
            altered.more(next(cells for cells in altered.rows(page) if cells[0].get("id") == "3")[at], "1.00")

        tied = tie(Ledger.of(records), altered.report(company[1], name, one_more))
        assert reasons(tied) == {"3": {UNEXPLAINED}}


class TestTypes:
    @staticmethod
    def paid(label: str) -> tuple[list[Record], Controls]:
        """A pay run, which reports show under a type that is called ``label``."""
        twin = Twin(clock=Clock())
        sample.build(twin)
        employee = next(key[1] for key in twin.dump() if key[0] == "Employee")
        twin.screens.paycheck(employee, "35", "2026-10-30", 900, withheld=100, employer_taxes=70)
        twin.screens.payroll_tax("35", "2026-11-10", 120, "United States Treasury")
        records, controls = captured(twin)
        twin.close()
        return records, {
            name: body.replace(b'"Payroll Check"', f'"{label}"'.encode()) for name, body in controls.items()
        }

    def test_a_type_that_nobody_knows_is_named_and_not_absorbed(self) -> None:
        records, controls = self.paid("Barter Exchange")
        tied = tie(Ledger.of(records), controls, Captured(records))
        assert set(tied.report_only["entity"]) == {"Tax Payment"}
        assert set(tied.documents["entity"]) == {"Barter Exchange"}
        rows = tied.residuals.filter(pl.col("report").is_in(["TrialBalance", "ProfitAndLoss"]))
        assert ("35", Decimal(800)) in set(rows.select("subject", "residual").iter_rows())
        assert set(rows["reason"]) == {UNKNOWN}
        (said,) = [one for one in tied.findings if one.code == "type_unknown"]
        assert "Barter Exchange" in said.what
        assert said.severity == "problem"
        assert [one.code for one in tied.findings if one.severity == "note"] == ["report_only"]
        name = altered.named(controls, "TrialBalance/Accrual")

        def one_more(page: dict[str, Any]) -> None:
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "36")[1], "1.00")

        tied = tie(Ledger.of(records), altered.report(controls, name, one_more))
        assert reasons(tied, "TrialBalance")["36"] == {UNEXPLAINED}


@pytest.fixture(scope="module")
def askew(company: tuple[list[Record], Controls]) -> list[Record]:
    """The records with an invoice whose line is 75.00 less than its total has."""

    def change(body: dict[str, Any]) -> None:
        body["Line"][0]["Amount"] = float(body["Line"][0]["Amount"]) - 75

    return altered.record(company[0], RecordKey("Invoice", "16"), change)


class TestUnposted:
    def test_what_an_amount_without_an_account_comes_to(
        self, company: tuple[list[Record], Controls], askew: list[Record]
    ) -> None:
        ledger = Ledger.of(askew)
        assert [one.code for one in ledger.unposted] == ["does_not_balance"]
        tied = tie(ledger, company[1])
        rows = tied.residuals.filter(pl.col("report") == "TrialBalance", pl.col("basis") == "Accrual")
        found = set(rows.select("subject", "residual", "reason").iter_rows())
        assert ("(unresolved)", Decimal(-75), UNPOSTED) in found
        assert {(residual, reason) for subject, residual, reason in found if subject != "(unresolved)"} == {
            (Decimal(75), UNPOSTED)
        }

    @pytest.mark.parametrize("by", ["5000.00", "-75.00", "75.00"])
    def test_a_problem_says_nothing_of_what_it_is_not_the_difference_of(
        self, company: tuple[list[Record], Controls], askew: list[Record], by: str
    ) -> None:
        name = altered.named(company[1], "TrialBalance/Accrual")

        def more(page: dict[str, Any]) -> None:
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "35")[1], by)

        tied = tie(Ledger.of(askew), altered.report(company[1], name, more))
        assert reasons(tied, "TrialBalance")["35"] == {UNEXPLAINED}
        assert reasons(tied, "TrialBalance")["(unresolved)"] == {UNPOSTED}

    def test_another_difference_of_the_same_document_is_none_of_it(
        self, company: tuple[list[Record], Controls], askew: list[Record]
    ) -> None:
        """Of one more account than the 75.00 could have gone to, the whole line stands elsewhere."""
        ledger = Ledger.of(askew)
        (problem,) = ledger.unposted
        assert problem.key is not None
        items = ledger.chart.items
        line = next(one for one in ledger.postings if one.key == problem.key and one.item)
        other = next(one.id for one in items.values() if one.income not in (None, line.account) and not one.tracked)

        def change(body: dict[str, Any]) -> None:
            row = next(row for row in body["Line"] if row["DetailType"] == "SalesItemLineDetail")
            row["SalesItemLineDetail"]["ItemRef"] = {"value": other}

        tied = tie(Ledger.of(altered.record(askew, problem.key, change)), company[1])
        rows = tied.residuals.filter(pl.col("report") == "TrialBalance", pl.col("basis") == "Accrual")
        assert set(rows.select("subject", "residual", "reason").iter_rows()) == {
            (line.account, Decimal(750), DOCUMENTS),
            (items[other].income, Decimal(-675), DOCUMENTS),
            ("(unresolved)", Decimal(-75), UNPOSTED),
        }

    def test_without_a_ledger_nobody_can_tell_where_it_went(
        self, company: tuple[list[Record], Controls], askew: list[Record]
    ) -> None:
        bare = {name: body for name, body in company[1].items() if not name.startswith("GeneralLedger")}
        found = reasons(tie(Ledger.of(askew), bare), "TrialBalance")
        assert found.pop("(unresolved)") == {UNPOSTED}
        assert set().union(*found.values()) == {UNEXPLAINED}


def test_some_cents_are_rounding_and_no_more(company: tuple[list[Record], Controls], ledger: Ledger) -> None:
    name = altered.named(company[1], "TrialBalance/Cash")
    for by, why in (("0.05", CENTS), ("0.06", UNEXPLAINED)):

        def change(page: dict[str, Any], by: str = by) -> None:
            altered.more(next(cells for cells in altered.rows(page) if cells[0]["id"] == "36")[1], by)

        tied = tie(ledger, altered.report(company[1], name, change))
        assert tied.residuals.select("subject", "residual", "reason").rows() == [("36", -Decimal(by), why)]


class TestLists:
    def test_a_document_of_the_list_that_was_not_captured(self, company: tuple[list[Record], Controls]) -> None:
        records, controls = company
        without = [one for one in records if one.key not in {RecordKey("Estimate", "41"), RecordKey("Transfer", "56")}]
        lists = {name: body for name, body in controls.items() if name.startswith("TransactionList")}
        tied = tie(Ledger.of(without), lists, Captured(without))
        assert {one.key for one in tied.findings} == {RecordKey("Estimate", "41"), RecordKey("Transfer", "56")}
        assert {one.code for one in tied.findings} == {"document_missing"}
        assert dict(tied.residuals.select("subject", "residual").iter_rows()) == {
            "Estimate:41": Decimal("-582.50"),
            "Transfer:56": Decimal(-250),
        }
        assert set(tied.residuals["reason"]) == {MISSING}

    def test_a_document_that_the_list_does_not_have(
        self, company: tuple[list[Record], Controls], ledger: Ledger
    ) -> None:
        name = altered.named(company[1], "TransactionList")

        def change(page: dict[str, Any]) -> None:
            kept = [row for row in page["Rows"]["Row"] if row["ColData"][1].get("id") not in ("56", "41")]
            page["Rows"]["Row"] = kept

        tied = tie(ledger, altered.report(company[1], name, change), Captured(company[0]))
        assert {(one.code, one.key) for one in tied.findings} == {
            ("document_unlisted", RecordKey("Estimate", "41")),
            ("document_unlisted", RecordKey("Transfer", "56")),
        }
        changes = {
            name.replace("TransactionList/", "TransactionList/modified since 2026-11-20/"): altered.report(
                company[1], name, change
            )[name]
        }
        assert not tie(ledger, changes, Captured(company[0])).findings

    @pytest.mark.parametrize(
        ("key", "value", "code"),
        [
            ("tx_date", "2026-08-21", "listed_otherwise"),
            ("name", "7", "listed_otherwise"),
            ("name", "", "listed_otherwise"),
            ("subt_nat_amount", "1.00", ""),
        ],
    )
    def test_a_document_that_the_list_has_otherwise(
        self, company: tuple[list[Record], Controls], ledger: Ledger, key: str, value: str, code: str
    ) -> None:
        name = altered.named(company[1], "TransactionList")

        def change(page: dict[str, Any]) -> None:
            cells = next(cells for cells in altered.rows(page) if cells[1].get("id") == "73")
            cell = cells[altered.place(page, key)]
            cell["id" if key == "name" else "value"] = value
            if key == "subt_nat_amount":
                cells[altered.place(page, "subt_nat_home_amount")]["value"] = value

        tied = tie(ledger, altered.report(company[1], name, change), Captured(company[0]))
        assert {(one.code, one.key) for one in tied.findings} == (
            {(code, RecordKey("CreditMemo", "73"))} if code else set()
        )
        off = tied.residuals.select("control", "subject", "residual", "reason").rows()
        assert off == ([] if code else [(name, "CreditMemo:73", Decimal(-101), UNEXPLAINED)])

    def test_an_estimate_in_another_currency_is_listed_at_home(self) -> None:
        body = {
            "Id": "9",
            "TxnDate": "2026-11-02",
            "TotalAmt": 464,
            "ExchangeRate": 1.0441,
            "CustomerRef": {"value": "1"},
        }
        for more, total in (({}, "484.46"), ({"HomeTotalAmt": 484.5}, "484.50")):
            found = Captured([Record(RecordKey("Estimate", "9"), json.dumps(body | more).encode())]).others
            assert found["total"].to_list() == [Decimal(total)]

    def test_accounts_both_ways(self, company: tuple[list[Record], Controls]) -> None:
        records, controls = company
        name = altered.named(controls, "AccountList")

        def change(page: dict[str, Any]) -> None:
            rows = {cells[0]["id"]: cells for cells in altered.rows(page)}
            kind, balance = altered.place(page, "account_type"), altered.place(page, "account_bal")
            rows["35"][0]["value"] = "Chequing"
            rows["41"][kind]["value"] = "Bank"
            altered.more(rows["36"][balance], "1.00")
            rows["3"][0]["id"] = "9999"

        tied = tie(Ledger.of(records), altered.report(controls, name, change), Captured(records))
        assert {(one.code, one.key.id if one.key else "") for one in tied.findings} == {
            ("account_differs", "35"),
            ("account_differs", "41"),
            ("account_not_captured", "9999"),
            ("account_unlisted", "3"),
        }
        assert tied.residuals.select("control", "subject", "residual").rows() == [(name, "36", Decimal(-1))]
