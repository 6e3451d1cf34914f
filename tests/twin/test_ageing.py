"""AgedReceivables, AgedPayables and their details: hand-worked companies, the forms that are recorded, refusals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.model.payload import encode
from tests.twin.conftest import Body, Books, ref
from tests.twin.foreign_scene import Abroad, euro
from tests.twin.foreign_scene import abroad as abroad  # noqa: PLC0414 - a fixture
from tests.twin.report_rows import flat, grand, has_data, keys, titles

SPANS = ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]


def invoice(books: Any, customer: str, amount: Any, day: str, due: str) -> str:
    return str(books.made("Invoice", books.sale(customer, amount, TxnDate=day, DueDate=due)))


def bill(books: Any, amount: Any, day: str, due: str) -> str:
    body = {"VendorRef": ref(books.power), "Line": [books.spend(amount)], "TxnDate": day, "DueDate": due}
    return str(books.made("Bill", body))


def payment(books: Any, amount: Any, day: str, *links: tuple[str, str, Any], customer: str | None = None) -> Body:
    body = {"CustomerRef": ref(customer or books.ann), "TxnDate": day, **books.pays(amount, *links)}
    made: Body = books.twin.create("Payment", body)
    return made


@pytest.fixture
def owing(books: Books) -> Books:
    """Ann owes 100 due 4 Feb, of which 60 was paid on 20 Feb with 20 more; her job 50; Bob has a credit of 30."""
    first = invoice(books, books.ann, 100, "2026-01-05", "2026-02-04")
    invoice(books, books.job, 50, "2026-02-10", "2026-03-12")
    payment(books, 80, "2026-02-20", ("Invoice", first, 60))
    books.made("CreditMemo", books.sale(books.bob, 30, TxnDate="2026-02-15"))
    return books


def test_receivables_by_name_and_age(owing: Books) -> None:
    report = owing.twin.report("AgedReceivables")
    assert titles(report) == SPANS
    assert [column["ColType"] for column in report["Columns"]["Column"]] == ["Customer", *["Money"] * 6]
    assert flat(report) == [
        (0, "header", ["Ann", "", "20.00", "", "", "", "20.00"]),
        (1, "row", ["Shed", "50.00", "", "", "", "", "50.00"]),
        (0, "total", ["Total Ann", "50.00", "20.00", "0.00", "0.00", "0.00", "70.00"]),
        (0, "row", ["Bob", "", "-30.00", "", "", "", "-30.00"]),
        (0, "total", ["TOTAL", "50.00", "-10.00", "0.00", "0.00", "0.00", "40.00"]),
    ]
    section, bob, total = report["Rows"]["Row"]
    assert section["Header"]["ColData"][0] == {"value": "Ann", "id": owing.ann}
    assert (section["type"], section["Rows"]["Row"][0]["type"]) == ("Section", "Data")
    assert bob.keys() == {"ColData"}
    assert (total["type"], total["group"]) == ("Section", "GrandTotal")


def test_the_header_tells_the_day(owing: Books) -> None:
    header = owing.twin.report("AgedReceivables", customer=owing.ann)["Header"]
    assert {name: value for name, value in header.items() if name != "Time"} == {
        "ReportName": "AgedReceivables",
        "DateMacro": "today",
        "StartPeriod": "2026-03-02",
        "EndPeriod": "2026-03-02",
        "Currency": "USD",
        "Customer": owing.ann,
        "Option": [{"Name": "report_date", "Value": "2026-03-02"}, {"Name": "NoReportData", "Value": "false"}],
    }
    header = owing.twin.report("AgedReceivableDetail", report_date="2026-02-12")["Header"]
    assert (header["EndPeriod"], "StartPeriod" in header, "DateMacro" in header) == ("2026-02-12", False, False)
    header = owing.twin.report("AgedReceivables", date_macro="Last Calendar Year")["Header"]
    assert (header["StartPeriod"], header["EndPeriod"]) == ("2025-01-01", "2025-12-31")
    assert header["Option"][0] == {"Name": "report_date", "Value": "2025-12-31"}


def test_a_past_day_knows_nothing_of_what_came_later(owing: Books) -> None:
    report = owing.twin.report("AgedReceivables", report_date="2026-02-12")
    assert flat(report)[-1] == (0, "total", ["TOTAL", "50.00", "100.00", "0.00", "0.00", "0.00", "150.00"])
    assert flat(owing.twin.report("AgedReceivables", report_date="2026-01-04")) == []
    assert grand(owing.twin.report("AgedReceivables", end_date="2026-01-05")) == 100
    assert not has_data(owing.twin.report("AgedReceivables", report_date="2026-01-04"))


def test_money_that_came_before_its_invoice_was_unapplied_until_then(books: Books) -> None:
    later = invoice(books, books.ann, 100, "2026-02-10", "2026-02-10")
    payment(books, 100, "2026-02-01", ("Invoice", later, 100))
    before = books.twin.report("AgedReceivableDetail", report_date="2026-02-05")
    assert [row for _, part, row in flat(before) if part == "row"] == [
        ["2026-02-01", "Payment", "", "Ann", "2026-02-01", "-100.00", "-100.00"]
    ]
    assert flat(books.twin.report("AgedReceivables", report_date="2026-02-10")) == []


def test_the_details_stand_in_their_spans_those_longest_past_due_first(owing: Books) -> None:
    report = owing.twin.report("AgedReceivableDetail")
    assert keys(report) == ["tx_date", "txn_type", "doc_num", "cust_name", "due_date", "subt_amount", "subt_open_bal"]
    assert flat(report) == [
        (0, "header", ["1 - 30 days past due", "", "", "", "", "", ""]),
        (1, "row", ["2026-01-05", "Invoice", "1001", "Ann", "2026-02-04", "100.00", "40.00"]),
        (1, "row", ["2026-02-15", "Credit Memo", "1003", "Bob", "2026-02-15", "-30.00", "-30.00"]),
        (1, "row", ["2026-02-20", "Payment", "", "Ann", "2026-02-20", "-80.00", "-20.00"]),
        (0, "total", ["Total for 1 - 30 days past due", "", "", "", "", "-10.00", "-10.00"]),
        (0, "header", ["Current", "", "", "", "", "", ""]),
        (1, "row", ["2026-02-10", "Invoice", "1002", "Ann:Shed", "2026-03-12", "50.00", "50.00"]),
        (0, "total", ["Total for Current", "", "", "", "", "50.00", "50.00"]),
        (0, "total", ["TOTAL", "", "", "", "", "40.00", "40.00"]),
    ]
    first = report["Rows"]["Row"][0]["Rows"]["Row"][0]
    assert (
        first["ColData"][1]["id"]
        == owing.twin.query("select Id from Invoice where DocNumber = '1001'")["QueryResponse"]["Invoice"][0]["Id"]
    )
    assert first["ColData"][3]["id"] == owing.ann


def test_the_form_of_payables_is_the_recorded_one(books: Books) -> None:
    bill(books, 100, "2025-05-18", "2025-11-22")
    books.made("VendorCredit", {"VendorRef": ref(books.power), "Line": [books.spend(100)], "TxnDate": "2025-05-18"})
    report = books.twin.report("AgedPayableDetail")
    assert [(column["ColTitle"], column["ColType"]) for column in report["Columns"]["Column"]] == [
        ("Date", "Date"),
        ("Transaction Type", "String"),
        ("Num", "String"),
        ("Vendor", "String"),
        ("Due Date", "Date"),
        ("Past Due", "String"),
        ("Amount", "Money"),
        ("Open Balance", "Money"),
    ]
    assert keys(report)[-3:] == ["past_due", "subt_neg_amount", "subt_neg_open_bal"]
    (section, total) = report["Rows"]["Row"]
    assert section["Rows"]["Row"][1]["ColData"][5:] == [{"value": "100"}, {"value": "100.00"}, {"value": "100.00"}]
    assert [cell["value"] for cell in section["Summary"]["ColData"]][-2:] == [".00", ".00"]
    assert total == {
        "Summary": {"ColData": [{"value": "TOTAL"}, *[{"value": ""}] * 5, *[{"value": ".00"}] * 2]},
        "type": "Section",
    }


def test_without_a_sum_the_total_is_a_header(owing: Books) -> None:
    """Source: QuickBooks' own sample."""
    report = owing.twin.report("AgedReceivableDetail", columns="due_date,cust_name,nonsense")
    assert keys(report) == ["due_date", "cust_name"]
    assert [row.keys() - {"type"} for row in report["Rows"]["Row"]] == [{"Header", "Rows"}, {"Header"}] * 2
    assert report["Rows"]["Row"][1]["Header"]["ColData"][0] == {"value": "Total for 1 - 30 days past due"}


@pytest.mark.parametrize(
    ("days", "span"),
    [(0, 1), (1, 2), (30, 2), (31, 3), (60, 3), (61, 4), (90, 4), (91, 5), (400, 5)],
)
def test_the_spans_have_their_ends(books: Books, days: int, span: int) -> None:
    due = (date(2026, 3, 2) - timedelta(days=days)).isoformat()
    bill(books, 10, "2024-01-01", due)
    row = flat(books.twin.report("AgedPayables"))[0][2]
    assert [place for place, value in enumerate(row) if value == "10.00"] == [span, 6]


def test_other_spans(owing: Books) -> None:
    report = owing.twin.report("AgedReceivables", aging_period="20", num_periods="2")
    assert titles(report) == ["", "Current", "1 - 20", "21 and over", "Total"]
    assert flat(report)[-1][2] == ["TOTAL", "50.00", "-50.00", "40.00", "40.00"]
    detail = owing.twin.report("AgedReceivableDetail", aging_period="20", num_periods="2")
    heads = [row[0] for _, part, row in flat(detail) if part == "header"]
    assert heads == ["21 or more days past due", "1 - 20 days past due", "Current"]


def test_days_may_be_counted_from_the_document(owing: Books) -> None:
    token = owing.get("Preferences", "1")["SyncToken"]
    said = {"ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": True}}
    owing.twin.update("Preferences", {"Id": "1", "SyncToken": token, "sparse": True, **said})
    total = flat(owing.twin.report("AgedReceivables"))[-1][2]
    assert total == ["TOTAL", "0.00", "0.00", "40.00", "0.00", "0.00", "40.00"]


def test_by_the_current_method_later_payments_count(owing: Books) -> None:
    report = owing.twin.report("AgedReceivables", report_date="2026-02-12", aging_method="Current")
    assert flat(report)[-1][2] == ["TOTAL", "50.00", "40.00", "0.00", "0.00", "0.00", "90.00"]
    same = owing.twin.report("AgedReceivables", report_date="2026-02-12", aging_method="Report_Date")
    assert grand(same) == 150


def test_filters(owing: Books) -> None:
    assert grand(owing.twin.report("AgedReceivables", customer=f"{owing.job},{owing.bob}")) == 20
    assert grand(owing.twin.report("AgedReceivableDetail", past_due="20")) == 40
    due = owing.twin.report("AgedReceivableDetail", start_duedate="2026-02-05", end_duedate="2026-02-28")
    assert grand(due) == -50
    books = owing
    token = books.get("Preferences", "1")["SyncToken"]
    books.twin.update(
        "Preferences",
        {"Id": "1", "SyncToken": token, "sparse": True, "AccountingInfoPrefs": {"TrackDepartments": True}},
    )
    shop = books.made("Department", {"Name": "Shop"})
    books.made("Invoice", books.sale(books.bob, 7, TxnDate="2026-03-01", DepartmentRef=ref(shop)))
    assert grand(books.twin.report("AgedReceivables", department=shop)) == 7
    report = books.twin.report("AgedReceivableDetail", department=shop)
    assert "Location" in titles(report)
    assert flat(report)[1][2][4] == "Shop"


@pytest.mark.parametrize(
    ("code", "name", "asked"),
    [
        ("2170", "AgedReceivables", {"aging_method": "Yesterday"}),
        ("2080", "AgedReceivables", {"aging_period": "0"}),
        ("2080", "AgedPayableDetail", {"num_periods": "many"}),
        ("2080", "AgedPayableDetail", {"num_periods": "101"}),
        ("2080", "AgedPayableDetail", {"past_due": "x"}),
        ("2060", "AgedPayableDetail", {"start_duedate": "soon"}),
        ("2060", "AgedPayables", {"report_date": "2026-02-30"}),
        ("5030", "AgedPayables", {"shipvia": "sea"}),
        ("5030", "AgedPayables", {"customer": "1"}),
    ],
)
def test_what_is_refused(owing: Books, code: str, name: str, asked: dict[str, str]) -> None:
    owing.refused(code, owing.twin.report, name, **asked)


def test_a_credit_is_used_up_where_it_is_applied(books: Books) -> None:
    owed = invoice(books, books.bob, 100, "2026-01-05", "2026-01-05")
    credit = books.made("CreditMemo", books.sale(books.bob, 30, TxnDate="2026-01-10"))
    payment(books, 0, "2026-02-01", ("Invoice", owed, 30), ("CreditMemo", credit, 30), customer=books.bob)
    rows = [row[-2:] for _, part, row in flat(books.twin.report("AgedReceivableDetail")) if part == "row"]
    assert rows == [["100.00", "70.00"]]
    rows = [
        row[-1]
        for _, part, row in flat(books.twin.report("AgedReceivableDetail", report_date="2026-01-31"))
        if part == "row"
    ]
    assert rows == ["100.00", "-30.00"]


def test_a_voided_and_a_deleted_payment_open_again_what_they_paid(books: Books) -> None:
    owed = invoice(books, books.ann, 100, "2026-01-05", "2026-01-05")
    made = payment(books, 100, "2026-01-20", ("Invoice", owed, 100))
    assert flat(books.twin.report("AgedReceivables")) == []
    books.twin.void("Payment", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    assert grand(books.twin.report("AgedReceivables")) == 100
    made = payment(books, 40, "2026-01-21", ("Invoice", owed, 40))
    assert grand(books.twin.report("AgedReceivables")) == 60
    books.twin.delete("Payment", made)
    assert grand(books.twin.report("AgedReceivables")) == 100


def test_a_journal_entry_is_open_by_name(books: Books) -> None:
    books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(1)], "TxnDate": "2026-03-01"})
    payable = books.account("Accounts Payable (A/P)")

    def line(side: str, account: str, amount: Any, vendor: str | None = None) -> Body:
        detail: Body = {"PostingType": side, "AccountRef": ref(account)}
        if vendor:
            detail["Entity"] = {"Type": "Vendor", "EntityRef": ref(vendor)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    body = {
        "TxnDate": "2026-01-15",
        "Line": [
            line("Credit", payable, 60, books.power),
            line("Debit", books.rent, 60),
            line("Debit", payable, 25, books.lumber),
            line("Credit", books.rent, 25),
        ],
    }
    journals = [books.made("JournalEntry", {**body, "Line": body["Line"][:2]})]
    journals.append(books.made("JournalEntry", {**body, "Line": body["Line"][2:]}))
    report = books.twin.report("AgedPayables")
    assert [row[0::6] for _, _, row in flat(report)] == [
        ["Lumber Co", "-25.00"],
        ["Power Co", "61.00"],
        ["TOTAL", "36.00"],
    ]
    pay = {
        "VendorRef": ref(books.power),
        "TxnDate": "2026-02-01",
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": ref(books.checking)},
        **books.pays(50, ("JournalEntry", journals[0], 50)),
    }
    books.made("BillPayment", pay)
    rows = {row[3]: row[-1] for _, part, row in flat(books.twin.report("AgedPayableDetail")) if part == "row"}
    assert rows == {"Lumber Co": "-25.00", "Power Co": "1.00"}
    assert grand(books.twin.report("AgedPayables")) == Decimal(-14)


def test_foreign_documents_age_in_home_currency(abroad: Abroad) -> None:
    first = abroad.invoice(100, "1.10", TxnDate="2026-01-05", DueDate="2026-01-31")
    second = abroad.invoice(50, "1.20", TxnDate="2026-01-10", DueDate="2026-02-20")
    abroad.twin.create(
        "Payment",
        {
            "CustomerRef": ref(abroad.emma),
            "CurrencyRef": ref("EUR"),
            "ExchangeRate": Decimal("1.30"),
            "TxnDate": "2026-02-01",
            **abroad.pays(90, ("Invoice", first["Id"], 70)),
        },
    )
    report = abroad.twin.report("AgedReceivableDetail")
    assert keys(report)[-2:] == ["subt_home_amount", "subt_home_open_bal"]
    rows = [(row[1], row[-2], row[-1]) for _, part, row in flat(report) if part == "row"]
    assert sorted(rows) == [
        ("Invoice", "110.00", "33.00"),
        ("Invoice", "60.00", "60.00"),
        ("Payment", "-103.00", "-26.00"),
    ]
    assert grand(report) == Decimal("67.00")
    asked = "doc_num,currency,exch_rate,foreign_amount,foreign_open_bal,subt_home_open_bal"
    report = abroad.twin.report("AgedReceivableDetail", columns=asked, end_duedate="2026-01-31")
    assert titles(report)[1:3] == ["Currency", "Exchange Rate"]
    assert flat(report)[1][2] == [first["DocNumber"], "EUR", "1.1", "100.00", "30.00", "33.00"]
    assert second["DocNumber"] not in str(report)
    assert flat(report)[2][2] == ["Total for 1 - 30 days past due", "", "", "", "", "33.00"]


def test_a_foreign_document_paid_in_thirds_leaves_nothing_but_what_the_ledger_has(abroad: Abroad) -> None:
    owed = abroad.bill("100.01", "1.2345", TxnDate="2026-01-05")
    for amount in ("33.33", "33.33", "33.35"):
        body = {
            "VendorRef": ref(abroad.stahl),
            "CurrencyRef": ref("EUR"),
            "ExchangeRate": Decimal("1.3"),
            "TxnDate": "2026-02-01",
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": ref(abroad.euros)},
            **abroad.pays(amount, ("Bill", owed["Id"], amount)),
        }
        abroad.made("BillPayment", body)
    account = abroad.get("Bill", owed["Id"])["APAccountRef"]["value"]
    left = -abroad.twin.store.balances(until="2026-03-02").get(account, 0)
    assert grand(abroad.twin.report("AgedPayables")) == Decimal(left) / 100
    rows = [row for _, part, row in flat(abroad.twin.report("AgedPayableDetail")) if part == "row"]
    assert {row[1] for row in rows} <= {"Bill"}


def test_hostile_names_stay_text(books: Books) -> None:
    name = '=HYPERLINK("x") <b>{0}%s</b>'
    nasty = books.made("Customer", {"DisplayName": name})
    books.made("Invoice", books.sale(nasty, 5, TxnDate="2026-01-01", PrivateNote="'; DROP TABLE posting; --"))
    assert flat(books.twin.report("AgedReceivables"))[0][2][0] == name
    report = books.twin.report("AgedReceivableDetail", columns="memo,cust_name")
    assert flat(report)[1][2] == ["'; DROP TABLE posting; --", name]
    books.twin.report("AgedReceivables", customer="' OR 1=1 --", department="x'); --")


def test_an_inactive_name_carries_its_mark(books: Books) -> None:
    invoice(books, books.bob, 5, "2026-01-01", "2026-01-01")
    books.twin.put_raw("Customer", _inactive(books, books.bob))
    assert flat(books.twin.report("AgedReceivables"))[0][2][0] == "Bob (deleted)"


def _inactive(books: Books, customer: str) -> bytes:
    return encode({**books.get("Customer", customer), "Active": False})


@pytest.mark.parametrize("name", ["FECReport", "TrialBalanceFR", "generalledgerfr"])
def test_reports_of_the_french_edition_are_not_offered(books: Books, name: str) -> None:
    books.refused("5030", books.twin.report, name)
    books.refused("500", books.twin.report, "NoSuchReport")


def test_terms_and_who_wrote_it_when_asked(books: Books) -> None:
    term = books.made("Term", {"Name": "Net 10", "DueDays": 10})
    body = {"VendorRef": ref(books.power), "Line": [books.spend(4)], "TxnDate": "2026-02-01"}
    made = books.twin.create("Bill", {**body, "SalesTermRef": ref(term)})
    books.made("Bill", body)
    asked = "term_name,create_date,create_by,last_mod_date,last_mod_by"
    report = books.twin.report("AgedPayableDetail", columns=asked, term=term)
    (row,) = [row for _, part, row in flat(report) if part == "row"]
    assert titles(report) == ["Terms", "Create Date", "Created By", "Last Modified", "Last Modified By"]
    stamp = made["MetaData"]["CreateTime"]
    assert row[0] == "Net 10"
    assert row[1] == row[3] == stamp[:-3] + stamp[-2:]
    assert row[2] == row[4] == "Craig Carlson"
    assert grand(books.twin.report("AgedPayables", term=term)) == 4
    assert grand(books.twin.report("VendorBalance", term=term)) == 4
    assert grand(books.twin.report("VendorBalance")) == 8


def test_the_cent_of_a_rate_is_the_documents_and_not_the_payments(abroad: Abroad) -> None:
    """3.00 at 1.2345 are 3.70; 1.26 of it cleared 1.56, where 1.26 of 3.00 of 3.70 would be 1.55, and 1.74 clear 2.15."""
    owed = abroad.bill("3.00", "1.2345", TxnDate="2026-01-05")
    account = abroad.get("Bill", owed["Id"])["APAccountRef"]["value"]
    for amount, left in (("1.26", "2.14"), ("1.74", "-.01")):
        body = {
            "VendorRef": ref(abroad.stahl),
            "CurrencyRef": ref("EUR"),
            "ExchangeRate": Decimal("1.3"),
            "TxnDate": "2026-02-01",
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": ref(abroad.euros)},
        }
        abroad.made("BillPayment", {**body, **abroad.pays(amount, ("Bill", owed["Id"], amount))})
        rows = [row for _, part, row in flat(abroad.twin.report("AgedPayableDetail")) if part == "row"]
        assert [(row[1], row[-1]) for row in rows] == [("Bill", left)]
        assert abroad.twin.store.balances(until="2026-03-02")[account] == -100 * Decimal(left)


def test_of_two_documents_that_one_payment_pays_each_keeps_its_own_cent(abroad: Abroad) -> None:
    """416.00 at 1.0836 are 450.78; 216.32 of it cleared 234.40 and 199.68 cleared 216.37. 401.50 at 1.0834 leave nothing."""
    first = abroad.invoice("416.00", "1.0836", TxnDate="2026-01-05")["Id"]
    other = abroad.invoice("401.50", "1.0834", TxnDate="2026-01-06")["Id"]
    abroad.paid("617.82", "1.0746", ("Invoice", first, "216.32"), ("Invoice", other, "401.50"))
    abroad.paid("199.68", "1.0754", ("Invoice", first, "199.68"))
    number = abroad.get("Invoice", first)["DocNumber"]
    rows = [row for _, part, row in flat(abroad.twin.report("AgedReceivableDetail")) if part == "row"]
    assert [(row[2], row[-1]) for row in rows] == [(number, ".01")]


def test_an_entry_that_moves_a_debt_from_one_name_to_another_is_open_in_both(books: Books) -> None:
    bill(books, 40, "2026-01-05", "2026-01-05")
    payable = books.account("Accounts Payable (A/P)")
    lines = []
    for side, vendor in (("Debit", books.power), ("Credit", books.lumber)):
        named = {"Type": "Vendor", "EntityRef": ref(vendor)}
        detail = {"PostingType": side, "AccountRef": ref(payable), "Entity": named}
        lines.append({"Amount": 25, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail})
    books.twin.put_raw("JournalEntry", encode({"Id": "900", "TxnDate": "2026-02-01", "Line": lines}))
    rows = {row[0]: row[-1] for _, _, row in flat(books.twin.report("AgedPayables"))}
    assert rows == {"Lumber Co": "25.00", "Power Co": "15.00", "TOTAL": "40.00"}
    listed = [
        (row[1], row[3], row[-1]) for _, part, row in flat(books.twin.report("AgedPayableDetail")) if part == "row"
    ]
    assert ("Journal Entry", "Lumber Co", "25.00") in listed
    assert ("Journal Entry", "Power Co", "-25.00") in listed


def test_half_a_cent_of_a_foreign_estimate_is_rounded_as_everywhere(abroad: Abroad) -> None:
    """638.00 at 1.0775 are 687.445."""
    body = abroad.sale(abroad.emma, "638.00", TxnDate="2026-01-05", **euro("1.0775"))
    made = abroad.twin.create("Estimate", body)
    assert made["HomeTotalAmt"] == Decimal("687.45")
    listed = abroad.twin.report("TransactionList", start_date="2026-01-01", end_date="2026-01-31")
    assert [row[-1] for _, part, row in flat(listed) if part == "row"] == ["687.45"]
