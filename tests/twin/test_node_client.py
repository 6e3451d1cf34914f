"""node-quickbooks, as published, runs whole life cycles against the served company.

Its addresses are Intuit's by default; they are settings of the package (``QuickBooks.V3_ENDPOINT_BASE_URL`` and its
kind), which the driver in ``clients`` assigns as any program of a user may. Nothing of the package is changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.twin import TwinServer, serve

REPORTS = {
    **{
        name: name
        for name in (
            "TrialBalance", "ProfitAndLoss", "ProfitAndLossDetail", "BalanceSheet", "CashFlow", "JournalReport",
            "TransactionList", "TransactionListByCustomer", "TransactionListByVendor", "TransactionListWithSplits",
            "AgedReceivables", "AgedReceivableDetail", "AgedPayables", "AgedPayableDetail", "CustomerBalance",
            "CustomerBalanceDetail", "VendorBalance", "VendorBalanceDetail", "VendorExpenses", "CustomerIncome",
            "CustomerSales", "ItemSales", "DepartmentSales", "ClassSales", "InventoryValuationSummary", "TaxSummary",
        )
    },
    "AccountListDetail": "AccountList",
    "GeneralLedgerDetail": "GeneralLedger",
}  # fmt: skip
"""The client's names, and those under which the service has them."""
CLIENTS = Path(__file__).parent / "clients"
type Answer = dict[str, Any]
type Run = Callable[[str], list[Answer]]


@pytest.fixture
def server(books: Any) -> Iterator[TwinServer]:
    with serve(books.twin) as served:
        yield served


@pytest.fixture
def run(server: TwinServer, books: Any) -> Run:
    """Runs one part of the driver: the rows it told, all of them fine."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node: none on PATH")
    if not (CLIENTS / "node_modules" / "node-quickbooks").is_dir():
        pytest.skip("node-quickbooks is not installed: `tools/clients.sh` does it where Node is")
    given = server.credentials
    books.twin.create("Bill", {"VendorRef": {"value": books.lumber}, "Line": [books.spend(1)]})
    payable = books.account("Accounts Payable (A/P)")

    def told(part: str) -> list[Answer]:
        moment = books.clock()
        ids = {
            name: getattr(books, name)
            for name in ("checking", "card", "sales", "rent", "ann", "bob", "power", "digging")
        }
        asked = {
            "base": server.base_url,
            "realm": server.realm_id,
            "token": given.access_token,
            "refresh": given.refresh_token,
            "client_id": given.client_id,
            "client_secret": given.client_secret,
            "only": part,
            "ids": {
                **ids,
                "payable": payable,
                "realm": server.realm_id,
                "today": moment.date().isoformat(),
                "since": moment.isoformat(),
                "reports": list(REPORTS),
            },
        }
        # A request to anybody else would end at a closed port.
        environment = {"PATH": os.environ["PATH"], "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}
        done = subprocess.run(
            [node, str(CLIENTS / "life_cycles.js")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert rows, done.stderr
        assert rows[-1] == {"done": True}, done.stderr
        refused = [row for row in rows[:-1] if not row["ok"]]
        assert refused == [], refused
        return rows[:-1]

    return told


def test_every_kind_of_record_is_made_read_found_counted_changed_and_ended(run: Run, books: Any) -> None:
    rows = run("entities")
    assert len(rows) == 25
    for row in rows:
        name = row["step"]
        assert row["read"]["Id"] == row["id"], name
        assert [found["Id"] for found in row["found"]] == [row["id"]], name
        assert row["counted"] == 1, name
        if "changed" in row:
            assert row["changed"]["SyncToken"] == "1", name
            assert row["whole"]["SyncToken"] == "1", f"{name}: nothing was changed by the second save"
        kept = books.twin.get(name, row["id"])
        if "Active" in row.get("ended", {}):
            assert kept["Active"] is False, name
            assert row["left"] == 0, name
        elif "ended" in row:
            assert row["ended"][name]["status"] == "Deleted", name
            assert kept is None, name
            assert row["left"] == 0, name


def test_payments_are_voided_and_invoices_open_again(run: Run, books: Any) -> None:
    (row,) = run("voids")
    assert (row["paid"]["Balance"], row["voided"]["TotalAmt"], row["open"]["Balance"]) == (0, 0, 80)
    assert row["gone"]["PrivateNote"] == "Voided"
    assert books.get("Invoice", row["gone"]["Id"])["TotalAmt"] == 0


def test_bills_are_paid_and_the_payment_is_taken_back(run: Run, books: Any) -> None:
    (row,) = run("pays")
    assert (row["paid"]["Balance"], row["open"]["Balance"]) == (0, 60)
    assert row["changed"]["PrivateNote"] == "changed by node"
    assert [found["Id"] for found in row["found"]] == [row["made"]["Id"]]
    assert books.twin.count("BillPayment") == 0


def test_a_batch_answers_item_by_item(run: Run, books: Any) -> None:
    (row,) = run("batches")
    assert row["rows"]["b"]["Fault"]["Error"][0]["code"] == "6240"
    assert row["rows"]["c"]["QueryResponse"]["Customer"][0]["Id"] == books.ann
    assert row["after"][0]["Customer"]["Active"] is False


def test_statements_with_odd_marks_and_pages_are_understood(run: Run) -> None:
    (row,) = run("queries")
    assert len(row["all"]["Customer"]) == 5
    assert [found["DisplayName"][:5] for found in row["page"]["Customer"]] == ["Row 2", "Row 3"]
    assert {found["DisplayName"][:5] for found in row["exact"]["Customer"]} == {"Row 1", "Row 5"}
    assert row["words"] == {}


def test_the_change_feed_tells_of_the_deleted(run: Run) -> None:
    (row,) = run("feeds")
    invoices = [found for group in row["answer"][0]["QueryResponse"] for found in group.get("Invoice", [])]
    assert [(found["Id"], found["status"]) for found in invoices] == [(row["gone"], "Deleted")]


def test_files_are_uploaded_and_linked(run: Run, books: Any) -> None:
    (row,) = run("uploads")
    kept = books.get("Attachable", row["linked"]["Id"])
    assert kept["AttachableRef"][0]["EntityRef"] == {"value": row["invoice"], "type": "Invoice"}
    assert (kept["FileName"], kept["Size"]) == ("paper.pdf", len(b"%PDF-1.4 of node"))
    assert row["loose"]["ContentType"] == "application/pdf"


def test_settings_are_read_and_lists_without_records_are_empty(run: Run) -> None:
    (row,) = run("settings")
    assert row["info"]["CompanyName"] == "Garden & Sons"
    assert row["listed"][0]["Id"] == row["info"]["Id"]
    assert "AccountingInfoPrefs" in row["preferences"]
    assert row["changed"]["LegalName"] == "Garden & Sons Ltd"
    assert set(row["more"]) == {"CustomerTypes", "TaxCodes", "TaxRates", "CompanyCurrencies", "Budgets", "JournalCodes"}


def test_refusals_arrive_in_words_that_the_client_shows(run: Run) -> None:
    (row,) = run("refusals")
    codes = {name: row[name]["Fault"]["Error"][0]["code"] for name in ("name", "stale", "lines", "query")}
    assert codes == {"name": "6240", "stale": "5010", "lines": "2020", "query": "4001"}
    assert row["report"]["Fault"]


def test_a_request_id_makes_one_record(run: Run, books: Any) -> None:
    (row,) = run("repeats")
    assert row["once"] == row["twice"]
    assert books.twin.query("select * from Customer where DisplayName = 'Twice of node'")["QueryResponse"] == {}


def test_tokens_are_refreshed_and_revoked(run: Run) -> None:
    (row,) = run("signIn")
    assert row["expires"] == 3600
    assert row["refreshed"]
    assert row["user"]["email"]
    assert row["forgotten"]


def test_reports_come_with_header_columns_and_rows(run: Run) -> None:
    (row,) = run("reports")
    for name, own in REPORTS.items():
        assert row[name]["Header"]["ReportName"] == own
        assert row[name]["Columns"]["Column"]
        assert "Rows" in row[name]


def test_tax_codes_are_made_by_the_tax_service(run: Run) -> None:
    (row,) = run("taxes")
    assert row["made"]["TaxCode"] == row["code"]["Name"] == "Town tax"
    assert row["read"]["RateValue"] == 5
    assert [found["Id"] for found in row["found"]] == [row["read"]["Id"]]


def test_another_currency_has_a_record_and_a_rate(run: Run) -> None:
    (row,) = run("currencies")
    assert row["read"]["Code"] == "EUR"
    assert row["set"]["ExchangeRate"]["Rate"] == row["got"]["ExchangeRate"]["Rate"] == 1.25


def test_papers_are_fetched_and_sent(run: Run) -> None:
    (row,) = run("papers")
    for name in ("Invoice", "Estimate", "SalesReceipt", "CreditMemo"):
        assert row[name]["begins"] == "%PDF-"
        assert row[name]["sent"]["EmailStatus"] == "EmailSent"
