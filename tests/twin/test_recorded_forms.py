"""Small forms that recorded answers settled: orders of lists, words of refusals, what is absent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx

from akika_forensics.twin import Twin, faults, serve

INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


def listed(twin: Twin, entity: str, field: str) -> list[str]:
    found = twin.query(f"select * from {entity} maxresults 1000")["QueryResponse"]
    return [str(row[field]) for row in found[entity]]


def test_lists_of_things_come_by_letter_and_lists_of_names_by_byte(books: Any) -> None:
    twin = books.twin
    for name in ("radio", "Demo", "cc1", "Coachella"):
        twin.create("Class", {"Name": name})
        twin.create("Department", {"Name": name})
        twin.create("Vendor", {"DisplayName": name})
    assert listed(twin, "Class", "Name") == ["cc1", "Coachella", "Demo", "radio"]
    assert listed(twin, "Department", "Name") == ["cc1", "Coachella", "Demo", "radio"]
    names = listed(twin, "Vendor", "DisplayName")
    assert names == sorted(names)
    assert names != sorted(names, key=str.casefold)


def test_a_sub_item_is_named_with_its_parents(books: Any) -> None:
    category = books.made("Item", {"Name": "Care", "Type": "Category"})
    oil = {"Name": "Oil", "Type": "Service", "SubItem": True, "ParentRef": {"value": category}}
    item = books.made("Item", {**oil, "IncomeAccountRef": {"value": books.sales}})
    receipt = books.twin.create("SalesReceipt", books.sale(books.ann, 10, item=item))
    assert receipt["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": item, "name": "Care:Oil"}


def test_two_customers_of_one_name_are_refused_in_fewer_words(books: Any) -> None:
    fault = books.refused("6240", books.twin.create, "Customer", {"DisplayName": "Ann"})
    assert fault.detail == "The name supplied already exists. : null"
    assert "element" not in fault.body()["Error"][0]
    other = books.refused("6240", books.twin.create, "Customer", {"DisplayName": "Lumber Co"})
    assert other.detail.endswith(
        "Another customer, vendor or employee is already using this name. Please use a different name."
    )
    assert other.body()["Error"][0]["element"] == ""


def test_what_never_was_and_what_was_deleted_are_refused_in_different_words(books: Any) -> None:
    made = books.twin.create("Invoice", books.sale(books.ann, 10))
    never = books.refused("610", books.twin.delete, "Invoice", {"Id": "4711", "SyncToken": "0"})
    assert never.detail == INACTIVE
    books.twin.delete("Invoice", made)
    gone = books.refused("610", books.twin.delete, "Invoice", made)
    assert gone.detail == "Object Not Found : Another user has deleted this transaction."


def test_known_properties_are_named_until_there_are_too_many() -> None:
    few = faults.unknown_property("Bad", "Term", ["A", "B"]).detail
    assert few == (
        'Property Name:Unrecognized field "Bad" (class com.intuit.schema.finance.v3.Term), not marked as ignorable '
        '(2 known properties: "A", "B"])\n specified is unsupported or invalid'
    )
    many = faults.unknown_property("Bad", "Term", [f"Property{number:03}" for number in range(200)]).detail
    assert '"Property065" [truncated]])\n specified' in many
    assert "(200 known properties: " in many


def test_a_company_without_sales_tax_shows_none(books: Any) -> None:
    taxed = books.twin.create("SalesReceipt", books.sale(books.ann, 10))
    assert taxed["TxnTaxDetail"] == {"TotalTax": 0}
    preferences = books.get("Preferences", "1")
    books.twin.update("Preferences", {**preferences, "TaxPrefs": {"UsingSalesTax": False}})
    receipt = books.twin.create("SalesReceipt", books.sale(books.ann, 10))
    assert "TxnTaxDetail" not in receipt
    assert "TxnTaxDetail" not in books.twin.void("SalesReceipt", receipt)


def test_a_void_takes_the_price_away_and_leaves_a_price_of_nothing(books: Any) -> None:
    priced = books.twin.create("Invoice", books.sale(books.ann, 10, qty=2))
    assert "UnitPrice" not in books.twin.void("Invoice", priced)["Line"][0]["SalesItemLineDetail"]
    line = books.sale(books.ann, 0)["Line"][0]
    line["SalesItemLineDetail"] |= {"Qty": 1, "UnitPrice": Decimal(0)}
    free = books.twin.create("SalesReceipt", {"CustomerRef": {"value": books.ann}, "Line": [line]})
    assert books.twin.void("SalesReceipt", free)["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == 0


def test_lines_of_a_purchase_have_no_number(books: Any) -> None:
    spent = {"PaymentType": "Cash", "AccountRef": {"value": books.checking}, "Line": [books.spend(5)]}
    assert "LineNum" not in books.twin.create("Purchase", spent)["Line"][0]
    owed = {"VendorRef": {"value": books.lumber}, "Line": [books.spend(5)]}
    assert books.twin.create("Bill", owed)["Line"][0]["LineNum"] == 1


def test_some_references_are_answered_without_a_name(books: Any) -> None:
    term = books.made("Term", {"Name": "Net 7", "DueDays": 7})
    assert "DiscountDays" not in books.get("Term", term)
    vendor = books.twin.create("Vendor", {"DisplayName": "Rope Co", "TermRef": {"value": term, "name": "Net 7"}})
    assert vendor["TermRef"] == {"value": term}
    assert books.get("Customer", books.job)["ParentRef"] == {"value": books.ann}
    inner = {"Name": "Inner", "SubClass": True, "ParentRef": {"value": books.made("Class", {"Name": "Outer"})}}
    assert "name" not in books.twin.create("Class", inner)["ParentRef"]


def test_a_full_update_without_a_name_makes_one_of_its_parts(books: Any) -> None:
    made = books.twin.create("Vendor", {"DisplayName": "Century Theatres", "Title": "1103", "CompanyName": "Century"})
    sent = {"Id": made["Id"], "SyncToken": "0", "Title": "1103", "PrintOnCheckName": "Century Theatres"}
    after = books.twin.update("Vendor", sent)
    assert after["DisplayName"] == "1103"
    assert "CompanyName" not in after
    bare = books.twin.update("Vendor", {"Id": made["Id"], "SyncToken": "1", "Vendor1099": True})
    assert bare["DisplayName"] == "1103", "without any part the name stays"


def test_a_bill_for_a_part_keeps_the_price_and_quantity_of_the_whole(books: Any) -> None:
    line = books.stock_up(24, 192)
    part = {"VendorRef": {"value": books.lumber}, "Line": [{**line, "Amount": 16}]}
    made = books.twin.create("Bill", part)
    assert made["TotalAmt"] == 16
    assert (made["Line"][0]["ItemBasedExpenseLineDetail"]["Qty"], made["Balance"]) == (24, 16)
    books.refused("6070", books.twin.create, "PurchaseOrder", {**part, "APAccountRef": made["APAccountRef"]})


def test_an_order_of_nothing_is_closed_and_its_addresses_have_ids(books: Any) -> None:
    preferences = books.get("Preferences", "1")
    fields = [
        {"Name": "PurchasePrefs.UsePurchaseCustom2", "Type": "BooleanType", "BooleanValue": True},
        {"Name": "PurchasePrefs.PurchaseCustomName2", "Type": "StringType", "StringValue": "Sales Rep"},
    ]
    section = preferences["VendorAndPurchasesPrefs"] | {"POCustomField": [{"CustomField": fields}]}
    books.twin.update("Preferences", {**preferences, "VendorAndPurchasesPrefs": section})
    bill = books.twin.create("Bill", {"VendorRef": {"value": books.lumber}, "Line": [books.spend(1)]})
    order = {name: bill[name] for name in ("VendorRef", "APAccountRef")}
    order |= {"VendorAddr": {"Line1": "1 Mill Rd"}, "ShipAddr": {"Line1": "2 Yard"}}
    of_nothing = books.twin.create("PurchaseOrder", {**order, "Line": [books.spend(0)]})
    assert of_nothing["POStatus"] == "Closed"
    assert int(of_nothing["ShipAddr"]["Id"]) == int(of_nothing["VendorAddr"]["Id"]) + 1
    assert of_nothing["CustomField"] == [{"DefinitionId": "2", "Name": "Sales Rep", "Type": "StringType"}]
    assert books.twin.create("PurchaseOrder", {**order, "Line": [books.spend(1)]})["POStatus"] == "Open"


def test_a_customer_alone_is_shown_with_the_tax_code_of_the_company(books: Any) -> None:
    twin = books.twin
    preferences = books.get("Preferences", "1")
    twin.update("Preferences", {**preferences, "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "2"}}})
    with serve(twin) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        with httpx.Client(base_url=f"{server.base_url}/v3/company/{server.realm_id}", headers=headers) as client:
            made = client.post("/customer", json={"DisplayName": "Doe, Jane"}).json()["Customer"]
            assert list(made)[-1] == "DefaultTaxCodeRef"
            assert made["DefaultTaxCodeRef"] == {"value": "2"}
            assert client.get(f"/customer/{made['Id']}").json()["Customer"] == made
            item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "Roe, Jane"}}
            batch = client.post("/batch", json={"BatchItemRequest": [item]}).json()
            assert "DefaultTaxCodeRef" in batch["BatchItemResponse"][0]["Customer"]
            rows = client.get("/query", params={"query": "select * from Customer"}).json()["QueryResponse"]["Customer"]
            assert not [row for row in rows if "DefaultTaxCodeRef" in row]
            vendor = client.post("/vendor", json={"DisplayName": "Rope Co"}).json()["Vendor"]
            assert "DefaultTaxCodeRef" not in vendor
            twin.update("Preferences", {**books.get("Preferences", "1"), "TaxPrefs": {"UsingSalesTax": False}})
            assert "DefaultTaxCodeRef" not in client.get(f"/customer/{made['Id']}").json()["Customer"]
