"""What is written, and refused: names, openings, voids, deletions, closed books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx

from akika_forensics.model.payload import encode
from akika_forensics.twin import serve
from akika_forensics.twin.uncertain import ATTACH
from tests.twin.beliefs.looking import LOOKS, Body, Look, answered, code_of, look, ref


def _target(books: Any, entity: str) -> str:
    if entity == "Account":
        return books.rent
    if entity == "Vendor":
        return books.power
    if entity == "Employee":
        return books.made("Employee", {"GivenName": "Eve", "FamilyName": "Day"})
    bodies: dict[str, Body] = {
        "CreditCardPayment": {
            "CreditCardAccountRef": ref(books.card),
            "BankAccountRef": ref(books.checking),
            "Amount": 5,
        },
        "TimeActivity": {"NameOf": "Vendor", "VendorRef": ref(books.power), "Hours": 1, "TxnDate": "2026-03-01"},
        "InventoryAdjustment": {
            "AdjustAccountRef": ref(books.shrinkage),
            "TxnDate": "2026-03-01",
            "Line": [
                {
                    "DetailType": "ItemAdjustmentLineDetail",
                    "ItemAdjustmentLineDetail": {"ItemRef": ref(books.pump), "QtyDiff": 1},
                }
            ],
        },
    }
    return books.made(entity, bodies[entity])


def _attach(entity: str) -> Look:
    def found(books: Any) -> str:
        cited = {"type": entity, "value": _target(books, entity)}
        note = {"Note": "a note", "AttachableRef": [{"EntityRef": cited}]}
        return answered(lambda: books.twin.create("Attachable", note), "6050", "allowed", "refused")

    return found


for _entity, _name in ATTACH.items():
    LOOKS[_name] = _attach(_entity)


@look("inactive_name")
def _(books: Any) -> str:
    gone = books.get("Vendor", books.power)
    books.twin.update("Vendor", {**gone, "Active": False})
    seen = answered(lambda: books.twin.create("Customer", {"DisplayName": "Power Co"}), "6240", "free", "taken")
    books.twin.update(
        "Vendor", {**books.get("Vendor", books.power), "CompanyName": "Gone"}
    )  # its own name is no obstacle
    return seen


@look("inactive_mark")
def _(books: Any) -> str:
    term = books.twin.create("Term", {"Name": "Net 9", "DueDays": 9})
    gone = books.twin.update("Term", {**term, "Active": False})
    again = books.twin.create("Term", {"Name": "Net 9", "DueDays": 8})
    books.refused("6240", books.twin.update, "Term", {**gone, "Active": True})
    assert again["Name"] == "Net 9"
    account = books.twin.create("Account", {"Name": "Old", "AccountType": "Expense"})
    assert books.twin.update("Account", {**account, "Active": False})["Name"] == "Old (deleted)"
    return {"Net 9 (deleted)": "marked", "Net 9": "bare"}[gone["Name"]]


@look("vendor_terms_on_create")
def _(books: Any) -> str:
    term = books.made("Term", {"Name": "Net 9", "DueDays": 9})
    made = books.twin.create("Vendor", {"DisplayName": "Slow Co", "TermRef": ref(term)})
    later = books.twin.update("Vendor", {**made, "TermRef": ref(term)})
    assert later["TermRef"]["value"] == term
    return "kept" if "TermRef" in made else "dropped"


@look("void_elsewhere")
def _(books: Any) -> str:
    made = books.twin.create(
        "Transfer", {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5}
    )
    bill = books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    assert books.twin.void("Bill", bill) == bill
    seen = answered(lambda: books.twin.void("Transfer", made), "500", "ignored", "refused")
    assert books.get("Transfer", made["Id"]) == made
    return seen


@look("journal_code_delete")
def _(books: Any) -> str:
    made = books.twin.create("JournalCode", {"Name": "VT"})
    seen = answered(lambda: books.twin.delete("JournalCode", made), "500", "deleted", "refused")
    assert (books.twin.get("JournalCode", made["Id"]) is None) == (seen == "deleted")
    return seen


@look("transaction_ids")
def _(books: Any) -> str:
    one = books.made("Invoice", books.sale(books.ann, 5))
    other = books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    return "by_type" if one == other == "1" else "shared"


@look("relink_deposited")
def _(books: Any) -> str:
    invoice = books.made("Invoice", books.sale(books.ann, 100))
    paid = books.twin.create("Payment", {"CustomerRef": ref(books.ann), **books.pays(100, ("Invoice", invoice, 100))})
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    paid = books.get("Payment", paid["Id"])
    books.refused("6540", books.twin.update, "Payment", {**paid, "TotalAmt": 90, "Line": []})
    return answered(lambda: books.twin.update("Payment", {**paid, "Line": []}), "6540", "allowed", "refused")


@look("vendor_opening")
def _(books: Any) -> str:
    made = books.twin.create("Vendor", {"DisplayName": "Debt Co", "Balance": 70, "OpenBalanceDate": "2026-02-01"})
    return {Decimal(70): "posted", Decimal(0): "ignored"}[Decimal(books.get("Vendor", made["Id"])["Balance"])]


@look("account_opening")
def _(books: Any) -> str:
    opening = {"Name": "Savings", "AccountType": "Bank", "OpeningBalance": 70, "OpeningBalanceDate": "2026-02-01"}
    made = books.twin.create("Account", opening)
    return {Decimal(70): "posted", Decimal(0): "ignored"}[Decimal(books.get("Account", made["Id"])["CurrentBalance"])]


@look("sparse_elsewhere")
def _(books: Any) -> str:
    made = books.twin.create("Term", {"Name": "Net 9", "DueDays": 9, "DiscountPercent": 2})
    sent = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Name": "Net 8", "DueDays": 8}
    return "heeded" if "DiscountPercent" in books.twin.update("Term", sent) else "taken_for_full"


@look("short_delete")
def _(books: Any) -> str:
    made = books.twin.create(
        "Transfer", {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5}
    )
    short = {"Id": made["Id"], "SyncToken": "0"}
    seen = answered(lambda: books.twin.delete("Transfer", short), "2020", "enough", "refused")
    if seen == "refused":
        books.twin.delete("Transfer", made)
    return seen


@look("check_numbers")
def _(books: Any) -> str:
    body = {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(5)], "DocNumber": "7"}
    books.twin.create("Purchase", body)
    return answered(lambda: books.twin.create("Purchase", body), "6140", "accepted", "refused")


@look("due_next_month")
def _(books: Any) -> str:
    term = books.made("Term", {"Name": "The 20th", "DayOfMonthDue": 20, "DueNextMonthDays": 5})
    made = books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-15", SalesTermRef=ref(term)))
    return {"2026-01-20": "stays", "2026-02-20": "moves"}[made["DueDate"]]


@look("template_name")
def _(books: Any) -> str:
    body = {"Invoice": {**books.sale(books.ann, 5), "RecurringInfo": {"Name": "Rent", "RecurType": "UnScheduled"}}}
    books.twin.create("RecurringTransaction", body)
    return answered(lambda: books.twin.create("RecurringTransaction", body), "6240", "repeatable", "unique")


@look("deleted_budget")
def _(books: Any) -> str:
    made = books.twin.create("Budget", {"Name": "Plan", "StartDate": "2026-01-01", "EndDate": "2026-12-31"})
    body = {"Id": made["Id"], "SyncToken": "0"}
    with serve(books.twin) as server:
        address = f"{server.base_url}/v3/company/{server.realm_id}/budget"
        headers = {"Authorization": f"Bearer {server.credentials.access_token}"}
        gone = httpx.post(address, params={"operation": "delete"}, json=body, headers=headers).json()
    stub = {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    return "time_only" if list(gone) == ["time"] else "stub" if gone["Budget"] == stub else str(gone)


@look("journal_codes_elsewhere")
def _(books: Any) -> str:
    seen = answered(lambda: books.twin.create("JournalCode", {"Name": "VT"}), "5030", "taken", "refused")
    body = books.get("CompanyInfo", "1")
    books.twin.put_raw("CompanyInfo", encode({**body, "Country": "FR"}))
    assert books.twin.create("JournalCode", {"Name": "AC"})["Type"] == "Others"
    return seen


@look("inactive_with_balance")
def _(books: Any) -> str:
    made = books.twin.create("Account", {"Name": "Savings", "AccountType": "Bank", "OpeningBalance": 70})
    seen = []
    for entity, record_id in (("Account", made["Id"]), ("Item", books.pump)):
        sent = {**books.get(entity, record_id), "Active": False}
        seen.append(answered(lambda e=entity, b=sent: books.twin.update(e, b), "6220", "posted", "refused"))
    assert books.get("Item", books.pump)["QtyOnHand"] == (0 if seen[1] == "posted" else 10)
    return seen[0] if seen[0] == seen[1] else str(seen)


@look("unbalanced_journal")
def _(books: Any) -> str:
    lines = [
        {
            "Amount": amount,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
        }
        for side, account, amount in (("Debit", books.rent, 5), ("Credit", books.checking, 4))
    ]
    return code_of(lambda: books.twin.create("JournalEntry", {"Line": lines}))


@look("closed_books")
def _(books: Any) -> str:
    books.close("2026-01-31")
    return code_of(lambda: books.twin.create("Invoice", books.sale(books.ann, 5, TxnDate="2026-01-31")))


@look("deposited_note")
def _(books: Any) -> str:
    sold = books.twin.create("SalesReceipt", books.sale(books.ann, 30))
    line = {"Amount": 30, "LinkedTxn": [{"TxnId": sold["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]}
    books.made("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    noted = {"Id": sold["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "till 2"}
    return answered(lambda: books.twin.update("SalesReceipt", noted), "6540", "allowed", "refused")


@look("matched_update")
def _(books: Any) -> str:
    paid = {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(5)]}
    made = books.twin.create("Purchase", paid)
    books.twin.match_bank("Purchase", made["Id"])
    books.refused("6480", books.twin.delete, "Purchase", made)
    return code_of(lambda: books.twin.update("Purchase", {**made, "PrivateNote": "x"}))


@look("untracked_item")
def _(books: Any) -> str:
    sent = {**books.get("Item", books.pump), "TrackQtyOnHand": False}
    seen = answered(lambda: books.twin.update("Item", sent), "6000", "ignored", "refused")
    assert books.get("Item", books.pump)["TrackQtyOnHand"] is True
    return seen


@look("order_payable")
def _(books: Any) -> str:
    order = {"VendorRef": ref(books.lumber), "Line": [books.spend(5)]}
    return answered(lambda: books.twin.create("PurchaseOrder", order), "2020", "defaulted", "required")
