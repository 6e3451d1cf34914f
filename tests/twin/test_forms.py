"""What the service makes of a form: totals, numbers, dates, addresses, line Ids; what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def test_a_sales_form_gets_what_the_service_adds(books: Any) -> None:
    twin = books.twin
    twin.update(
        "Customer",
        {**books.get("Customer", books.ann), "sparse": True, "BillAddr": {"Line1": "1 Pond Lane", "City": "Bayshore"}},
    )
    invoice = twin.create("Invoice", books.sale(books.ann, 100))
    line, subtotal = invoice["Line"]
    assert (line["Id"], line["LineNum"], line["SalesItemLineDetail"]["TaxCodeRef"]) == ("1", 1, {"value": "NON"})
    assert "Qty" not in line["SalesItemLineDetail"]
    assert subtotal == {"Amount": Decimal("100.00"), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert invoice["CustomerRef"] == {"value": books.ann, "name": "Ann"}
    assert invoice["BillAddr"] == books.get("Customer", books.ann)["BillAddr"]
    assert (invoice["DocNumber"], invoice["TxnDate"], invoice["DueDate"]) == ("1001", "2026-03-02", "2026-03-02")
    assert (invoice["TxnTaxDetail"], invoice["LinkedTxn"], invoice["Balance"]) == ({"TotalTax": 0}, [], 100)
    assert (invoice["PrintStatus"], invoice["EmailStatus"]) == ("NeedToPrint", "NotSet")
    assert [invoice[name] for name in invoice if name.startswith("Allow")] == [False] * 4


def test_numbers_on_the_wire_are_two_decimals_or_zero(books: Any) -> None:
    books.twin.create("Invoice", books.sale(books.ann, Decimal("337.5"), item=books.pump, qty=Decimal("4.5")))
    payload = books.twin.payload("Invoice", "1")
    for part in (b'"Amount":337.50,', b'"UnitPrice":75,', b'"Qty":4.5,', b'"TotalTax":0}', b'"Balance":337.50'):
        assert part in payload
    assert b"null" not in payload
    keys = list(books.get("Invoice", "1"))
    assert (
        keys.index("domain") < keys.index("Id") < keys.index("DocNumber") < keys.index("Line") < keys.index("Balance")
    )


def test_discount_and_tax_make_the_total(books: Any) -> None:
    tax_company(books)
    body = books.sale(books.ann, 200, TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}})
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
    body["Line"].append(
        {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    )
    invoice = books.twin.create("Invoice", body)
    assert invoice["TotalAmt"] == 196  # 200 - 20 + 8 % of 200
    assert invoice["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 200
    assert "Id" not in invoice["Line"][-1]
    assert invoice["Line"][-1]["DiscountLineDetail"]["DiscountAccountRef"]["name"] == "Discounts given"
    trial = books.balances()
    assert (trial["Sales"], trial["Discounts given"], trial["Board of Equalization Payable"]) == (-200, 20, -16)
    after = books.twin.update("Invoice", {**invoice, "sparse": True, "ApplyTaxAfterDiscount": True})
    assert after["TxnTaxDetail"]["TotalTax"] == Decimal("14.40")
    assert after["TotalAmt"] == Decimal("194.40")


def tax_company(books: Any) -> None:
    stamp = '"domain":"QBO","sparse":false,"SyncToken":"0","MetaData":{"CreateTime":"2026-01-01T00:00:00-08:00","LastUpdatedTime":"2026-01-01T00:00:00-08:00"}'
    for entity, record_id, fields in (
        ("TaxAgency", "2", '"DisplayName":"Board of Equalization"'),
        ("TaxRate", "3", '"Name":"California","RateValue":8,"AgencyRef":{"value":"2"}'),
        (
            "TaxCode",
            "2",
            '"Name":"California","SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"3"}}]}',
        ),
    ):
        books.twin.put_raw(entity, f'{{"Id":"{record_id}",{fields},{stamp}}}'.encode())


def test_tax_lines_that_add_up_are_kept_and_others_refused(books: Any) -> None:
    tax_company(books)
    line = {
        "Amount": 7,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": {"value": "3"}, "PercentBased": True, "TaxPercent": 8},
    }
    body = books.sale(books.ann, 100, TxnTaxDetail={"TotalTax": 7, "TaxLine": [line]})
    assert books.twin.create("Invoice", body)["TotalAmt"] == 107
    body["TxnTaxDetail"]["TotalTax"] = 9
    books.refused("6000", books.twin.create, "Invoice", body)
    books.refused("6000", books.twin.create, "Invoice", books.sale(books.ann, 100, TxnTaxDetail={"TotalTax": 9}))


def test_due_dates_follow_the_terms(books: Any) -> None:
    twin = books.twin
    net = books.made("Term", {"Name": "Net 30", "DueDays": 30})
    tenth = books.made("Term", {"Name": "The 10th", "DayOfMonthDue": 10, "DueNextMonthDays": 5})
    by_days = twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-15", SalesTermRef={"value": net}))
    assert (by_days["DueDate"], by_days["SalesTermRef"]["name"]) == ("2026-02-14", "Net 30")
    by_day = twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-08", SalesTermRef={"value": tenth}))
    assert by_day["DueDate"] == "2026-02-10"
    moved = twin.update("Invoice", {**by_days, "sparse": True, "TxnDate": "2026-02-01", "DueDate": ""})
    assert moved["DueDate"] == "2026-03-03"
    bill = twin.create("Bill", {"VendorRef": {"value": books.power}, "Line": [books.spend(3)], "TxnDate": "2026-01-15"})
    assert bill["DueDate"] == "2026-01-15"
    assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P)"


def test_numbers_are_given_and_may_not_repeat(books: Any) -> None:
    twin = books.twin
    twin.create("Invoice", books.sale(books.ann, 1, DocNumber="2040"))
    assert twin.create("SalesReceipt", books.sale(books.ann, 1))["DocNumber"] == "2041"
    fault = books.refused("6140", twin.create, "Invoice", books.sale(books.bob, 1, DocNumber="2040"))
    assert "DocNumber=2040 is assigned to TxnType=Invoice with TxnId=1" in fault.detail
    allowed = twin.create("Invoice", books.sale(books.bob, 1, DocNumber="2040"), include=["allowduplicatedocnum"])
    assert allowed["DocNumber"] == "2040"
    bill = {"VendorRef": {"value": books.power}, "DocNumber": "A-1", "Line": [books.spend(3)]}
    twin.create("Bill", bill)
    books.refused("6140", twin.create, "Bill", bill)
    twin.create("Bill", {**bill, "VendorRef": {"value": books.lumber}})
    fault = books.refused("2050", twin.create, "Bill", {**bill, "DocNumber": "X" * 22})
    assert "Min:0 Max:21 supported. Supplied length:22" in fault.detail


def test_empty_values_of_real_clients_mean_absent(books: Any) -> None:
    body = books.sale(books.ann, 50, SyncToken=0, sparse=False, domain="QBO", TxnDate="", TotalAmt="", CustomField=[])
    body |= {"LinkedTxn": [], "ExchangeRate": 1, "GlobalTaxCalculation": "TaxExcluded", "DueDate": "", "Deposit": 0}
    body["Line"][0] |= {"LineNum": 0, "Id": None, "Description": ""}
    body["Line"][0]["SalesItemLineDetail"] |= {"Qty": 0, "UnitPrice": 0, "ServiceDate": "", "TaxInclusiveAmt": 0}
    made = books.twin.create("Invoice", body)
    assert (made["TotalAmt"], made["TxnDate"]) == (50, "2026-03-02")
    assert "Description" not in made["Line"][0]
    assert "ExchangeRate" not in made


def test_values_are_taken_in_the_forms_that_clients_send(books: Any) -> None:
    body = books.sale(books.ann, "12.50", TxnDate="2026-02-14T20:16:58.307Z", ApplyTaxAfterDiscount="true")
    body["CustomerRef"] = {"value": int(books.ann), "name": None}
    made = books.twin.create("Invoice", body)
    assert (made["TotalAmt"], made["TxnDate"], made["ApplyTaxAfterDiscount"]) == (Decimal("12.50"), "2026-02-14", True)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("2020", {"CustomerRef": None}),
        ("2020", {"Line": []}),
        ("2020", {"Line": [{"Amount": 5, "DetailType": "SalesItemLineDetail"}]}),
        ("2020", {"Line": [{"Amount": 5, "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}]}),
        ("2010", {"Colour": "green"}),
        ("2060", {"TxnDate": "yesterday"}),
        ("2100", {"Deposit": "many"}),
        ("2230", {"ApplyTaxAfterDiscount": "perhaps"}),
        ("2170", {"PrintStatus": "Maybe"}),
        ("2500", {"CustomerRef": {"value": "999"}}),
        ("2500", {"SalesTermRef": {"value": "77"}}),
        ("5030", {"Deposit": 10}),
        ("6000", {"CurrencyRef": {"value": "EUR"}}),
    ],
)
def test_a_bad_form_is_refused_and_nothing_stays(books: Any, code: str, change: dict[str, Any]) -> None:
    body = books.sale(books.ann, 10) | change
    books.refused(
        code, books.twin.create, "Invoice", {name: value for name, value in body.items() if value is not None}
    )


def test_a_line_must_multiply_up_and_carry_a_known_tax_code(books: Any) -> None:
    body = books.sale(books.ann, 10)
    body["Line"][0]["SalesItemLineDetail"] |= {"Qty": 3, "UnitPrice": 3}
    books.refused("6070", books.twin.create, "Invoice", body)
    body["Line"][0]["SalesItemLineDetail"] = {"ItemRef": {"value": books.digging}, "TaxCodeRef": {"value": "7"}}
    assert books.twin.get("TaxCode", "7") is None
    fault_codes = {books.refused(code, books.twin.create, "Invoice", body).code for code in ("2500",)}
    assert fault_codes == {"2500"}


def test_inactive_records_cannot_be_used_anew_but_stay_where_they_are(books: Any) -> None:
    twin = books.twin
    kept = twin.create("Invoice", books.sale(books.bob, 10))
    rented = twin.create("Item", {"Name": "Hose", "Type": "Service", "IncomeAccountRef": {"value": books.sales}})
    with_hose = twin.create("Invoice", books.sale(books.bob, 10, item=rented["Id"]))
    twin.update("Item", {**rented, "sparse": True, "Active": False})
    fault = books.refused("610", twin.create, "Invoice", books.sale(books.bob, 10, item=rented["Id"]))
    assert "made inactive" in fault.detail
    line = {**kept["Line"][0]}
    line["SalesItemLineDetail"] = {"ItemRef": {"value": rented["Id"]}}
    books.refused("610", twin.update, "Invoice", {**kept, "sparse": True, "Line": [line]})
    again = twin.update("Invoice", {**with_hose, "sparse": True, "PrivateNote": "as agreed"})
    assert again["Line"][0]["SalesItemLineDetail"]["ItemRef"]["name"] == "Hose (deleted)"


def test_purchases_say_how_they_were_paid(books: Any) -> None:
    twin = books.twin
    card = {"PaymentType": "CreditCard", "AccountRef": {"value": books.card}, "Line": [books.spend(20)]}
    made = twin.create("Purchase", {**card, "EntityRef": {"value": books.power, "type": "Vendor"}})
    assert made["EntityRef"] == {"value": books.power, "name": "Power Co", "type": "Vendor"}
    assert made["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "1"}
    credit = twin.create("Purchase", {**card, "Credit": True})
    assert credit["PurchaseEx"]["any"][0]["value"]["Value"] == "11"
    assert "Card" not in books.balances()
    books.refused("6430", twin.create, "Purchase", {**card, "AccountRef": {"value": books.checking}})
    books.refused("6000", twin.create, "Purchase", {**card, "TotalAmt": 21})
    books.refused("610", twin.update, "Purchase", {**made, "PaymentType": "Check"})


def test_a_journal_entry_must_balance_and_name_its_party(books: Any) -> None:
    twin = books.twin
    twin.create("Invoice", books.sale(books.ann, 10))
    receivable = books.account("Accounts Receivable (A/R)")

    def line(side: str, account: str, amount: Any, **more: Any) -> dict[str, Any]:
        detail = {"PostingType": side, "AccountRef": {"value": account}, **more}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    made = twin.create("JournalEntry", {"Line": [line("Debit", books.rent, 5), line("Credit", books.checking, 5)]})
    assert [row["Id"] for row in made["Line"]] == ["0", "1"]
    assert "LineNum" not in made["Line"][0]
    assert made["TxnTaxDetail"] == {}
    books.refused(
        "6000", twin.create, "JournalEntry", {"Line": [line("Debit", books.rent, 5), line("Credit", books.checking, 4)]}
    )
    books.refused("6000", twin.create, "JournalEntry", {"Line": [line("Debit", books.rent, 0)]})
    fault = books.refused(
        "6000", twin.create, "JournalEntry", {"Line": [line("Debit", receivable, 5), line("Credit", books.sales, 5)]}
    )
    assert "you must choose a customer" in fault.detail
    named = {"Entity": {"Type": "Customer", "EntityRef": {"value": books.ann}}}
    twin.create("JournalEntry", {"Line": [line("Debit", receivable, 5, **named), line("Credit", books.sales, 5)]})
    assert books.get("Customer", books.ann)["Balance"] == 15


def test_closed_books_take_nothing(books: Any) -> None:
    twin = books.twin
    made = twin.create("Invoice", books.sale(books.ann, 10, TxnDate="2026-01-31"))
    twin.update(
        "Preferences",
        {"Id": "1", "SyncToken": "0", "sparse": True, "AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}},
    )
    assert books.get("Preferences", "1")["AccountingInfoPrefs"]["CustomerTerminology"] == "Customers"
    books.refused("6200", twin.create, "Invoice", books.sale(books.ann, 10, TxnDate="2026-01-31"))
    books.refused("6200", twin.update, "Invoice", {**made, "sparse": True, "TxnDate": "2026-02-01"})
    books.refused("6200", twin.delete, "Invoice", made)
    books.refused("6200", twin.void, "Invoice", made)
    twin.create("Estimate", books.sale(books.ann, 10, TxnDate="2026-01-31"))
    twin.create("Invoice", books.sale(books.ann, 10, TxnDate="2026-02-01"))


def test_bundles_post_their_inner_lines(books: Any) -> None:
    inner = [
        {
            "Amount": 30,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": books.digging}},
        },
        {
            "Amount": 18,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": books.pump}, "Qty": 2, "UnitPrice": 9},
        },
    ]
    body = {
        "Name": "Pond kit",
        "Type": "Group",
        "FullyQualifiedName": "Pond kit",
        "Active": True,
        "Id": "40",
        "SyncToken": "0",
        "MetaData": {"CreateTime": "2026-01-01T00:00:00-08:00", "LastUpdatedTime": "2026-01-01T00:00:00-08:00"},
    }
    from akika_forensics.model.payload import encode

    books.twin.put_raw("Item", encode(body))
    books.refused("2120", books.twin.create, "Item", {"Name": "Other kit", "Type": "Group"})
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"GroupItemRef": {"value": "40"}, "Line": inner}}
    made = books.twin.create("Invoice", {"CustomerRef": {"value": books.ann}, "Line": [line]})
    assert made["TotalAmt"] == 48
    assert [row["Id"] for row in (made["Line"][0], *made["Line"][0]["GroupLineDetail"]["Line"])] == ["1", "2", "3"]
    assert (books.balances()["Sales"], books.balances()["Cost of goods"]) == (-48, 8)
