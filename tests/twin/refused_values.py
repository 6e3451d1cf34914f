"""Requests that are refused for what they say: operations, values, references, trees, the company itself."""

from __future__ import annotations

from typing import Any

from akika_forensics.model import payload as payloads

from .refusal_scene import INACTIVE, Ask, asleep, check, journal, line, ref, refusal, required, sale

# the request itself


@refusal("500", "Unsupported Operation", "Operation frobnicate is not supported.", None)
def unknown_operation(books: Any) -> Ask:
    return Ask("invoice", sale(books), {"operation": "frobnicate"})


@refusal("610", "Object Not Found", INACTIVE)
def no_such_record(_: Any) -> Ask:
    return Ask("item/4711")


@refusal("610", "Object Not Found", INACTIVE)
def no_such_transaction_to_delete(_: Any) -> Ask:
    return Ask("invoice", {"Id": "4711", "SyncToken": "0"}, {"operation": "delete"})


@refusal("610", "Object Not Found", "Object Not Found : Another user has deleted this transaction.")
def deleted_transaction(books: Any) -> Ask:
    made = books.twin.create("Invoice", sale(books))
    books.twin.delete("Invoice", made)
    return Ask("invoice", {**made, "PrivateNote": "x"})


@refusal("610", "Object Not Found", "Object Not Found : Another user has deleted this transaction.")
def payment_of_a_deleted_invoice(books: Any) -> Ask:
    made = books.twin.create("Invoice", sale(books))
    books.twin.delete("Invoice", made)
    return Ask("payment", {"CustomerRef": ref(books.ann), **books.pays(10, ("Invoice", made["Id"], 10))})


@refusal("610", "Object Not Found", INACTIVE)
def inactive_customer(books: Any) -> Ask:
    asleep(books, "Customer", books.bob)
    return Ask("invoice", books.sale(books.bob, 10))


@refusal("610", "Object Not Found", INACTIVE)
def another_way_to_pay(books: Any) -> Ask:
    made = books.twin.create("Purchase", check(books))
    return Ask("purchase", {**made, "PaymentType": "Cash", "sparse": False})


@refusal(
    "2010",
    "Request has invalid or unsupported property",
    'Property Name:Unrecognized field "Colour" (class com.intuit.schema.finance.v3.ReferenceType), not marked as '
    'ignorable (3 known properties: "name", "type", "value"])\n specified is unsupported or invalid',
    None,
)
def unknown_property(books: Any) -> Ask:
    return Ask("invoice", sale(books, CustomerRef={"value": books.ann, "Colour": "green"}))


@required("Line")
def no_line(books: Any) -> Ask:
    return Ask("invoice", {"CustomerRef": ref(books.ann)})


@required("Line.DetailType")
def no_detail_type(books: Any) -> Ask:
    return Ask("salesreceipt", {"Line": [{"Amount": 5, "SalesItemLineDetail": {"ItemRef": ref(books.digging)}}]})


@required("Line.SalesItemLineDetail.ItemRef")
def no_item(books: Any) -> Ask:
    return Ask("invoice", line(books, SalesItemLineDetail={"Qty": 1}))


@required("Line.DepositLineDetail.AccountRef")
def linked_line_with_a_detail_type(books: Any) -> Ask:
    sold = books.twin.create("SalesReceipt", sale(books))
    linked = {"TxnId": sold["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}
    row = {"Amount": 10, "DetailType": "DepositLineDetail", "LinkedTxn": [linked]}
    return Ask("deposit", {"DepositToAccountRef": ref(books.checking), "Line": [row]})


@required("SyncToken")
def no_token(books: Any) -> Ask:
    made = books.twin.create("Invoice", sale(books))
    return Ask("invoice", {"Id": made["Id"]}, {"operation": "delete"})


@refusal("2030", "Invalid ID", "Id should be a valid number. Supplied value:1.5", "Id", timed=False)
def fractional_id(_: Any) -> Ask:
    return Ask("customer/1.5")


@refusal("2040", "Invalid String", "Element contains invalid characters: Ann: North", "DisplayName")
def colon_in_a_name(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "Ann: North"})


@refusal("2040", "Invalid String", 'Element contains invalid characters: The "till"', "Name")
def quotes_in_an_account(_: Any) -> Ask:
    return Ask("account", {"Name": 'The "till"', "AccountType": "Bank"})


@refusal(
    "2050",
    "String length is either shorter or longer than supported by specification",
    "String length specified does not match the supported length. Min:0 Max:21 supported. Supplied length:33",
    "DocNumber",
)
def long_number(books: Any) -> Ask:
    return Ask("invoice", sale(books, DocNumber="9" * 33))


@refusal("2060", "Invalid Date Format", "Invalid Date Format : yesterday", "TxnDate")
def no_date(books: Any) -> Ask:
    return Ask("invoice", sale(books, TxnDate="yesterday"))


@refusal("2070", "Invalid Date", "Invalid Date : 2026-02-30", "TxnDate")
def no_such_day(books: Any) -> Ask:
    return Ask("invoice", sale(books, TxnDate="2026-02-30"))


@refusal("2080", "Invalid Number Format", "Invalid Number Format : soon", "DueDays")
def no_whole_number(_: Any) -> Ask:
    return Ask("term", {"Name": "Soon", "DueDays": "soon"})


@refusal("2090", "Invalid Number", "Invalid Number : 7.5", "DueDays")
def half_a_day(_: Any) -> Ask:
    return Ask("term", {"Name": "Half", "DueDays": 7.5})


@refusal("2100", "Invalid Decimal Format", "Invalid Decimal Format : much", "Amount")
def no_amount(books: Any) -> Ask:
    return Ask("invoice", line(books, Amount="much"))


@refusal("2120", "Invalid Type", "Invalid Type : Group", "Type")
def bundle(_: Any) -> Ask:
    return Ask("item", {"Name": "Kit", "Type": "Group"})


@refusal("2140", "Invalid Amount", "Invalid Amount : 99999999999999999", "Amount")
def far_too_much(books: Any) -> Ask:
    return Ask("invoice", line(books, Amount=99999999999999999))


@refusal("2150", "Invalid Percent", "Invalid Percent : 130", "DiscountPercent")
def more_than_all(books: Any) -> Ask:
    body = sale(books)
    found = {"PercentBased": True, "DiscountPercent": 130}
    body["Line"] = [*body["Line"], {"DetailType": "DiscountLineDetail", "DiscountLineDetail": found}]
    return Ask("invoice", body)


@refusal("2160", "Invalid Quantity", "Invalid Quantity : 99999999999999999", "Qty")
def far_too_many(books: Any) -> Ask:
    found = {"ItemRef": ref(books.digging), "Qty": 99999999999999999}
    return Ask("invoice", line(books, SalesItemLineDetail=found))


@refusal("2170", "Invalid Enumeration", "Invalid Enumeration : Maybe", "PrintStatus")
def no_such_status(books: Any) -> Ask:
    return Ask("invoice", sale(books, PrintStatus="Maybe"))


@refusal("2170", "Invalid Enumeration", "Invalid Enumeration : HAS_BEEN_BILLED", "BillableStatus")
def billed_by_hand(books: Any) -> Ask:
    worker = books.made("Employee", {"GivenName": "Eve"})
    body = {"NameOf": "Employee", "EmployeeRef": ref(worker), "Hours": 1, "BillableStatus": "HasBeenBilled"}
    return Ask("timeactivity", body)


@refusal("2200", "Malformed Website Address Format", "Malformed Website Address Format : my page", "URI")
def page_with_a_blank(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "Cy", "WebAddr": {"URI": "my page"}})


@refusal("2210", "Invalid Email Address Format", "Invalid Email Address Format : cy.example.com", "Address")
def no_mail_address(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "Cy", "PrimaryEmailAddr": {"Address": "cy.example.com"}})


@refusal("2230", "Invalid Boolean", "Invalid Boolean : perhaps", "Active")
def perhaps(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "Cy", "Active": "perhaps"})


@refusal("2240", "Invalid Number Range", "Invalid Number Range : 1000000000000000000000000000000", "UnitPrice")
def out_of_range(books: Any) -> Ask:
    return Ask("item", {"Name": "Moon", "Type": "Service", "IncomeAccountRef": ref(books.sales), "UnitPrice": 10**30})


@refusal("2250", "Missing lines", "You must enter at least one split line", "Line")
def nothing_but_a_subtotal(books: Any) -> Ask:
    return Ask("invoice", sale(books, Line=[{"Amount": 5, "DetailType": "SubTotalLineDetail"}]))


@refusal("2260", "MissingPostingType", "A posting type is required. Valid values are Credit or Debit", "PostingType")
def neither_debit_nor_credit(books: Any) -> Ask:
    return Ask("journalentry", journal((None, books.rent, 5), ("Credit", books.checking, 5)))


@refusal("2290", "NegativeAmount", "Negative amounts are not supported on transaction lines", "Amount")
def negative_line(books: Any) -> Ask:
    return Ask("journalentry", journal(("Debit", books.rent, -5), ("Credit", books.checking, -5)))


@refusal("2500", "Invalid Reference Id", "Invalid Reference Id : Accounts element id 583 not found", "Reference Id")
def no_such_account(books: Any) -> Ask:
    return Ask("journalentry", journal(("Debit", "583", 5), ("Credit", books.checking, 5)))


@refusal("2500", "Invalid Reference Id", "Invalid Reference Id : Names element id 583 not found", "Reference Id")
def no_such_customer(books: Any) -> Ask:
    return Ask("invoice", books.sale("583", 10))


@refusal("2500", "Invalid Reference Id", "Invalid Reference Id : Klasses element id 999999 not found", "Reference Id")
def no_such_class(books: Any) -> Ask:
    found = {"ItemRef": ref(books.digging), "ClassRef": ref("999999")}
    return Ask("invoice", line(books, SalesItemLineDetail=found))


@refusal(
    "2500",
    "Invalid Reference Id",
    "Invalid Reference Id : An item in this transaction is set up as a category instead of a product or service.",
    "Reference Id",
)
def category_on_a_line(books: Any) -> Ask:
    shelf = books.made("Item", {"Name": "Shelf", "Type": "Category"})
    return Ask("invoice", line(books, SalesItemLineDetail={"ItemRef": ref(shelf)}))


@refusal("3000", "Invalid Custom Field", "The custom field for the specified object is not valid", "CustomField")
def nameless_custom_field(books: Any) -> Ask:
    return Ask("invoice", sale(books, CustomField=[{"Name": "Crew", "Type": "StringType", "StringValue": "A"}]))


# the tree of a list


@refusal("700", "Parent Reference Invalid", "Parent Reference Invalid : 583 is not a valid parent", "ParentRef")
def no_such_parent(_: Any) -> Ask:
    return Ask("account", {"Name": "Till", "AccountType": "Bank", "SubAccount": True, "ParentRef": ref("583")})


@refusal(
    "800",
    "Object cannot be deleted due to dependencies",
    "This customer has active sub-customers. Make them inactive first.",
)
def parent_of_somebody(books: Any) -> Ask:
    return Ask("customer", {"Id": books.ann, "SyncToken": "0", "sparse": True, "Active": False})


@refusal(
    "800",
    "Object cannot be deleted due to dependencies",
    "This account has active sub-accounts. Make them inactive first.",
)
def parent_of_an_account(books: Any) -> Ask:
    books.made("Account", {"Name": "Till", "AccountType": "Bank", "ParentRef": ref(books.checking)})
    return Ask("account", {"Id": books.checking, "SyncToken": "0", "sparse": True, "Active": False})


@refusal("900", "Parent cannot be child", "The same object cannot be its own parent or child")
def own_grandfather(books: Any) -> Ask:
    return Ask("customer", {**books.get("Customer", books.ann), "ParentRef": ref(books.job)})


@refusal("6180", "Sub Level Limit", "You can nest up to 5 levels of accounts, names or items")
def sixth_level(books: Any) -> Ask:
    parent = books.made("Class", {"Name": "L1"})
    for level in range(2, 6):
        parent = books.made("Class", {"Name": f"L{level}", "ParentRef": ref(parent)})
    return Ask("class", {"Name": "L6", "ParentRef": ref(parent)})


# links, batches, tokens


@refusal("620", "Transaction cannot be linked", "Transaction cannot be linked : Payment cannot be linked to Bill.")
def payment_of_a_bill(books: Any) -> Ask:
    bill = books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    return Ask("payment", {"CustomerRef": ref(books.ann), **books.pays(5, ("Bill", bill, 5))})


@refusal("1040", "Batch size exceeds allowed limit", "Batch holds 31 items; the limit is 30", None)
def large_batch(_: Any) -> Ask:
    return Ask("batch", {"BatchItemRequest": [{"bId": str(n), "Query": "select * from Item"} for n in range(31)]})


@refusal(
    "5010",
    "Stale Object Error",
    "Stale Object Error : You and Olga Marsh were working on this at the same time. Olga Marsh finished before you "
    "did, so your work was not saved.",
)
def stale_token(books: Any) -> Ask:
    books.twin.name_user("Olga Marsh")
    return Ask("customer", {**books.get("Customer", books.ann), "SyncToken": "7", "Notes": "x"})


@refusal(
    "5030",
    "Feature Not Supported Error",
    "Feature Not Supported : QuickBooks Online Simple Start does not have InventoryAdjustment.",
)
def small_edition(books: Any) -> Ask:
    company_says(books, OfferingSku="QuickBooks Online Simple Start")
    return Ask("inventoryadjustment", {"TxnDate": "2026-03-01"})


@refusal(
    "6190",
    "Invalid Company Status",
    "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks "
    "Online Plus because your trial or subscription period ended, you canceled your subscription, or there was a "
    "billing problem.",
)
def ended_subscription(books: Any) -> Ask:
    company_says(books, SubscriptionStatus="EXPIRED")
    return Ask("customer", {"DisplayName": "Cy"})


def company_says(books: Any, **pairs: str) -> None:
    """As if QuickBooks' own screens had changed what CompanyInfo shows."""
    body = books.get("CompanyInfo", "1")
    body["NameValue"] = [{"Name": name, "Value": value} for name, value in pairs.items()]
    books.twin.put_raw("CompanyInfo", payloads.encode(body))


# queries


@refusal("4001", "Invalid query", "QueryValidationError: Property NoSuchField not found for Entity Purchase", None)
def unknown_field(_: Any) -> Ask:
    return Ask("query", None, {"query": "select * from Purchase where NoSuchField = '1'"})
