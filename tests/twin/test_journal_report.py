"""The journal: debits and credits of every transaction, in the form of the documentation's sample."""

from __future__ import annotations

from decimal import Decimal

import pytest

from akika_forensics.twin import Twin
from akika_forensics.twin.reports import sheet

from .conftest import Books, ref
from .listing_scene import Body, keys, lines, number, shown
from .listing_scene import stock as stock  # noqa: PLC0414 - a fixture

MARCH = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
USUAL = ["tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt"]


def journal(books: Books, **parameters: str) -> Body:
    return books.twin.report("JournalReport", **{**MARCH, **parameters})


@pytest.fixture
def invoiced(books: Books) -> Books:
    body = books.sale(books.ann, 18, item=books.pump, qty=2, TxnDate="2026-03-05", DocNumber="7", PrivateNote="Well")
    body["Line"][0]["Description"] = "Two pumps"
    books.twin.create("Invoice", body, id="900")
    return books


def test_a_transaction_is_its_sides_its_total_and_an_empty_row(invoiced: Books) -> None:
    report = journal(invoiced)
    assert keys(report) == USUAL
    assert "ReportBasis" not in report["Header"]
    assert shown(report, *USUAL) == [
        ("2026-03-05", "Invoice", "7", "Ann", "Well", "Accounts Receivable (A/R)", "18.00", ""),
        ("0-00-00", "", "", "", "Two pumps", "Sales", "", "18.00"),
        ("0-00-00", "", "", "", "Two pumps", "Stock", "", "8.00"),
        ("0-00-00", "", "", "", "Two pumps", "Cost of goods", "8.00", ""),
        ("",) * 8,
    ]
    rows = report["Rows"]["Row"]
    assert [row["ColData"][1]["id"] for row in rows[:4]] == ["900"] * 4
    assert rows[1]["ColData"][3] == {"value": "", "id": ""}
    assert rows[4] == {
        "Summary": {"ColData": [{"value": ""}] * 6 + [{"value": "26.00"}, {"value": "26.00"}]},
        "type": "Section",
    }
    assert rows[-1]["Summary"]["ColData"][0] == {"value": "TOTAL"}


def test_only_what_posts_is_in_it(books: Books) -> None:
    books.twin.create("Estimate", books.sale(books.ann, 10, TxnDate="2026-03-05"))
    assert journal(books)["Rows"] == {}
    assert journal(books)["Header"]["Option"][-1]["Value"] == "true"


def test_a_void_transaction_has_no_amount(invoiced: Books) -> None:
    token = invoiced.get("Invoice", "900")["SyncToken"]
    invoiced.twin.void("Invoice", {"Id": "900", "SyncToken": token})
    first, empty = lines(journal(invoiced))
    assert (first["txn_type"], first["account_name"], first["debt_amt"], first["credit_amt"]) == (
        "Invoice",
        "Accounts Receivable (A/R)",
        "",
        "",
    )
    assert set(empty.values()) == {""}


def test_a_journal_entry_names_every_side(books: Books) -> None:
    def line(amount: int, side: str, account: str, customer: str | None = None) -> Body:
        detail: Body = {"PostingType": side, "AccountRef": ref(account)}
        if customer:
            detail["Entity"] = {"Type": "Customer", "EntityRef": ref(customer)}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    books.twin.create("Invoice", books.sale(books.ann, 1, TxnDate="2026-01-01"))
    receivable = books.account("Accounts Receivable (A/R)")
    entry = [line(5, "Debit", receivable, books.ann), line(5, "Credit", books.sales)]
    books.twin.create("JournalEntry", {"TxnDate": "2026-03-09", "Line": entry, "DocNumber": "JE1"})
    assert shown(journal(books), "name", "account_name", "debt_amt", "credit_amt")[:2] == [
        ("Ann", "Accounts Receivable (A/R)", "5.00", ""),
        ("", "Sales", "", "5.00"),
    ]


def test_opening_stock_stands_in_it(books: Books) -> None:
    report = books.twin.report("JournalReport", start_date="2026-01-01", end_date="2026-01-31")
    assert shown(report, "tx_date", "txn_type", "doc_num", "account_name", "debt_amt", "credit_amt")[:2] == [
        ("2026-01-01", "Inventory Starting Value", "START", "Stock", "40.00", ""),
        ("0-00-00", "", "", "Opening Balance Equity", "", "40.00"),
    ]


def test_more_columns_of_line_and_transaction(invoiced: Books) -> None:
    report = journal(invoiced, columns="create_date,create_by,item_name,quantity,rate,due_date,is_ar_paid,debt_amt")
    assert keys(report) == [
        "create_date",
        "create_by",
        "item_name",
        "quantity",
        "rate",
        "due_date",
        "is_ar_paid",
        "debt_amt",
    ]
    first, income, *_ = lines(report)
    assert (first["create_date"][:11], first["create_date"][-5:]) == ("2026-03-02T", "-0800")
    assert (first["create_by"], first["is_ar_paid"], first["due_date"]) == ("Craig Carlson", "Unpaid", "2026-03-05")
    assert (income["item_name"], income["quantity"], income["rate"]) == ("Pump", "2", "9")
    assert (income["create_date"], income["create_by"], income["due_date"]) == ("", "", "0-00-00")


def test_transactions_are_sorted_whole(invoiced: Books) -> None:
    invoiced.twin.create("Invoice", invoiced.sale(invoiced.bob, 5, TxnDate="2026-03-06", DocNumber="8"))
    down = [one for one in shown(journal(invoiced, sort_order="descend"), "doc_num") if one[0]]
    assert down == [("8",), ("7",)]
    by_name = [one for one in shown(journal(invoiced, sort_by="name", sort_order="descend"), "name") if one[0]]
    assert by_name == [("Bob",), ("Ann",)]


def test_what_does_not_fit_ends_with_the_notice(invoiced: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    invoiced.twin.create("Invoice", invoiced.sale(invoiced.bob, 5, TxnDate="2026-03-06"))
    monkeypatch.setattr(sheet, "MOST_CELLS", 8 * 8)
    rows = journal(invoiced)["Rows"]["Row"]
    assert rows[-1]["ColData"][0]["value"] == sheet.UNABLE
    assert next(row["ColData"][0]["value"] for row in rows if "ColData" in row) == "2026-03-05"
    assert not any(row.get("Summary", {}).get("ColData", [{}])[0].get("value") == "TOTAL" for row in rows)


def test_debits_are_credits_for_every_transaction_of_the_sample(stock: Twin) -> None:
    report = stock.report("JournalReport", start_date="2026-01-01", end_date="2026-12-31")
    sides = [Decimal(0), Decimal(0)]
    seen: list[str] = []
    for row in report["Rows"]["Row"]:
        if "ColData" in row:
            debit, credit = (number(cell["value"]) for cell in row["ColData"][-2:])
            sides = [sides[0] + debit, sides[1] + credit]
            if row["ColData"][1]["value"]:
                seen.append(f"{row['ColData'][1]['value']} {row['ColData'][1]['id']}")
        elif row["Summary"]["ColData"][0]["value"] != "TOTAL":
            assert [number(cell["value"]) for cell in row["Summary"]["ColData"][-2:]] == sides
            assert sides[0] == sides[1]
            sides = [Decimal(0), Decimal(0)]
    assert len(seen) > 100
    assert len([one for one in seen if not one.startswith("Inventory Starting")]) == len(
        {one for one in seen if not one.startswith("Inventory Starting")}
    )
