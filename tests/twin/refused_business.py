"""Requests that are refused for what the books say: business rules, numbers, names, closed and settled transactions."""

from __future__ import annotations

import json
from typing import Any

from .refusal_scene import Ask, business, check, deposited, journal, line, ref, refusal, sale

# business


@business("When you use Accounts Receivable, you must choose a customer in the Name field.")
def receivable_without_a_customer(books: Any) -> Ask:
    books.made("Invoice", sale(books))
    receivable = books.account("Accounts Receivable (A/R)")
    return Ask("journalentry", journal(("Debit", receivable, 5), ("Credit", books.sales, 5)))


@business("When you use Accounts Payable, you must choose a vendor in the Name field.")
def payable_without_a_vendor(books: Any) -> Ask:
    books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    payable = books.account("Accounts Payable (A/P)")
    rows = journal(("Credit", payable, 5), ("Debit", books.rent, 5), Type="Customer", EntityRef=ref(books.ann))
    return Ask("journalentry", rows)


@business("Fill out at least two detail lines")
def single_line(books: Any) -> Ask:
    return Ask("journalentry", journal(("Debit", books.rent, 0)))


@business("Please balance debits and credits.")
def unbalanced(books: Any) -> Ask:
    return Ask("journalentry", journal(("Debit", books.rent, 5), ("Credit", books.checking, 4)))


@business("You must set a transaction amount.")
def payment_without_an_amount(books: Any) -> Ask:
    return Ask("payment", {"CustomerRef": ref(books.ann)})


@business("The entity Estimate 75 that you are trying to link does not exist. Estimate 75")
def attached_to_nothing(_: Any) -> Ask:
    return Ask("attachable", {"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Estimate", "value": "75"}}]})


@refusal(
    "6070",
    "Amount calculation incorrect in the request",
    "Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07",
)
def half_a_cent(books: Any) -> Ask:
    found = {"ItemRef": ref(books.digging), "Qty": 128.35, "UnitPrice": 14.5}
    return Ask("invoice", line(books, Amount=1861.07, SalesItemLineDetail=found))


@refusal(
    "6100",
    "Invalid Line TaxCode in the request",
    "The TaxCode value is not valid. For US, specify TAX or NON. Supplied value:5",
)
def foreign_tax_code(books: Any) -> Ask:
    books.twin.put_raw("TaxCode", json.dumps({"Id": "5", "Name": "Sixth", "Active": True}).encode())
    return Ask("invoice", line(books, SalesItemLineDetail={"ItemRef": ref(books.digging), "TaxCodeRef": ref("5")}))


@refusal("6160", "Invalid TaxCodeRef Error", "CustomSalesTax cannot be used to create a transaction")
def custom_sales_tax(books: Any) -> Ask:
    books.twin.put_raw("TaxCode", json.dumps({"Id": "6", "Name": "CustomSalesTax", "Active": True}).encode())
    return Ask("invoice", sale(books, TxnTaxDetail={"TxnTaxCodeRef": ref("6"), "TotalTax": 1}))


@refusal(
    "6140",
    "Duplicate Document Number Error",
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
    "DocNumber=J-9 is assigned to TxnType=Journal Entry with TxnId=1",
)
def number_taken(books: Any) -> Ask:
    entry = {**journal(("Debit", books.rent, 5), ("Credit", books.checking, 5)), "DocNumber": "J-9"}
    books.made("JournalEntry", entry)
    return Ask("journalentry", entry)


CLOSED = (
    "The account period has closed and the account books cannot be updated through through the QBO Services API. "
    "Please use the QBO website to make these changes."
)


@refusal("6200", "Account Period Closed, Cannot Update Through Services API", CLOSED)
def closed_books(books: Any) -> Ask:
    books.close("2026-01-31")
    return Ask("invoice", sale(books, TxnDate="2026-01-31"))


@refusal("6200", "Account Period Closed, Cannot Update Through Services API", CLOSED)
def delete_in_closed_books(books: Any) -> Ask:
    made = books.twin.create("Invoice", sale(books, TxnDate="2026-01-31"))
    books.close("2026-01-31")
    return Ask("invoice", made, {"operation": "delete"})


@refusal(
    "6220",
    "List object has a non-zero balance",
    "Cannot make inactive : This customer cannot be deleted because it has a non-zero balance",
)
def owing_customer(books: Any) -> Ask:
    books.made("Invoice", books.sale(books.bob, 10))
    return Ask("customer", {**books.get("Customer", books.bob), "Active": False})


SAME = "Duplicate Name Exists Error"


@refusal("6240", SAME, "The name supplied already exists. : null", None)
def customer_like_a_customer(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "Ann"})


@refusal(
    "6240",
    SAME,
    "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
    "Please use a different name.",
)
def customer_like_a_vendor(_: Any) -> Ask:
    return Ask("customer", {"DisplayName": "lumber co"})


@refusal(
    "6240",
    SAME,
    "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
    "Please use a different name.",
)
def employee_like_a_customer(_: Any) -> Ask:
    return Ask("employee", {"GivenName": "Bob"})


@refusal(
    "6240",
    SAME,
    "The name supplied already exists. : Another customer is already using this name.  Please use a different name.",
)
def renamed_like_a_customer(books: Any) -> Ask:
    return Ask("customer", {**books.get("Customer", books.bob), "DisplayName": "Ann"})


@refusal("6240", SAME, "The name supplied already exists. : Id=1")
def account_twice(_: Any) -> Ask:
    return Ask("account", {"Name": "Checking", "AccountType": "Bank"})


@refusal("6240", SAME, "The name supplied already exists. : Id=1")
def item_twice(books: Any) -> Ask:
    return Ask("item", {"Name": "digging", "Type": "Service", "IncomeAccountRef": ref(books.sales)})


@refusal(
    "6270",
    "Transaction date is prior to start date for inventory item",
    "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product",
)
def before_there_was_stock(books: Any) -> Ask:
    return Ask("invoice", books.sale(books.ann, 9, item=books.pump, qty=1, TxnDate="2025-12-31"))


@refusal(
    "6430",
    "Invalid account type used",
    "Invalid account type : BankAccountRef must be one of Bank.",
)
def wrong_account(books: Any) -> Ask:
    bill = books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    paid = {"VendorRef": ref(books.power), "PayType": "Check", "CheckPayment": {"BankAccountRef": ref(books.rent)}}
    return Ask("billpayment", paid | books.pays(5, ("Bill", bill, 5)))


@refusal("6450", "Attempt to Void Transaction failed", "Since the transaction is already settled, you can't void it.")
def charged_payment(books: Any) -> Ask:
    charge = {"CreditChargeResponse": {"Status": "Completed", "CCTransId": "E1"}}
    made = books.twin.create("Payment", {"CustomerRef": ref(books.ann), "TotalAmt": 10, "CreditCardPayment": charge})
    head = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    return Ask("payment", head, {"operation": "update", "include": "void"})


MATCHED = (
    "You can't delete this transaction. It's matched to another transaction that was categorized into a different "
    "financial account."
)


@refusal("6480", "Matched Transaction Delete Error", MATCHED)
def deleted_but_matched(books: Any) -> Ask:
    made = books.twin.create("Purchase", check(books))
    books.twin.match_bank("Purchase", made["Id"])
    return Ask("purchase", {"Id": made["Id"], "SyncToken": "0"}, {"operation": "delete"})


@refusal("6480", "Matched Transaction Delete Error", MATCHED)
def changed_but_matched(books: Any) -> Ask:
    made = books.twin.create("Purchase", check(books))
    books.twin.match_bank("Purchase", made["Id"])
    return Ask("purchase", {**made, "PrivateNote": "x"})


DEPOSITED = (
    "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears "
    "on and remove it first"
)


@refusal("6540", "Deposited Transaction cannot be changed", DEPOSITED)
def deleted_but_deposited(books: Any) -> Ask:
    return Ask("salesreceipt", deposited(books), {"operation": "delete"})


@refusal("6540", "Deposited Transaction cannot be changed", DEPOSITED)
def changed_but_deposited(books: Any) -> Ask:
    made = deposited(books)
    return Ask("salesreceipt", {**made, "sparse": True, "Line": books.sale(books.ann, 31)["Line"]})
