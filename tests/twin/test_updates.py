"""Full and sparse updates, line Ids, SyncTokens, deleting, voiding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def test_a_full_update_empties_what_it_does_not_name_but_for_the_recorded_exceptions(books: Any) -> None:
    twin = books.twin
    made = twin.create(
        "SalesReceipt",
        books.sale(books.ann, 100, PrivateNote="cash", TxnDate="2026-02-01", PaymentRefNum="77", DocNumber="5"),
    )
    line = {**made["Line"][0], "Amount": 80}
    del line["Id"]
    after = twin.update("SalesReceipt", {"Id": made["Id"], "SyncToken": "0", "Line": [line]})
    for gone in ("PrivateNote", "PaymentRefNum", "CustomerRef", "BillAddr"):
        assert gone not in after
    for kept in ("DocNumber", "PrintStatus", "DepositToAccountRef"):
        assert after[kept] == made[kept]
    assert after["TxnDate"] == "2026-03-02", "a date that is left out becomes the day of the update"
    assert (after["TotalAmt"], after["SyncToken"]) == (80, "1")
    assert after["Line"][0]["Id"] == "2", "a line without an Id is a new line"


def test_a_sparse_update_leaves_the_rest_and_clears_with_an_empty_text(books: Any) -> None:
    twin = books.twin
    made = twin.create("Invoice", books.sale(books.ann, 100, PrivateNote="note", CustomerMemo={"value": "thanks"}))
    after = twin.update("Invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": ""})
    assert "PrivateNote" not in after
    assert after["CustomerMemo"] == {"value": "thanks"}
    assert after["sparse"] is False
    same = twin.update("Invoice", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "CustomerMemo": None})
    assert same["CustomerMemo"] == {"value": "thanks"}


def test_lines_are_replaced_as_a_whole_and_keep_their_ids(books: Any) -> None:
    twin = books.twin
    body = books.sale(books.ann, 10)
    body["Line"] *= 3
    made = twin.create("Invoice", {**body, "Line": [dict(line) for line in body["Line"]]})
    first, second, third, _ = made["Line"]
    after = twin.update("Invoice", {**made, "sparse": True, "Line": [third, first, {**second, "Id": "99"}]})
    assert [line.get("Id") for line in after["Line"]] == ["3", "1", "4", None]
    assert [line.get("LineNum") for line in after["Line"]] == [1, 2, 3, None]


def test_an_update_that_changes_nothing_leaves_token_and_time(books: Any) -> None:
    made = books.twin.create("Invoice", books.sale(books.ann, 10))
    payload = books.twin.payload("Invoice", made["Id"])
    assert books.twin.update("Invoice", made) == made
    assert books.twin.update("Invoice", {**made, "sparse": True, "Balance": 3, "TotalAmt": 4}) == made
    assert books.twin.payload("Invoice", made["Id"]) == payload


def test_tokens_ids_and_deletions_are_checked(books: Any) -> None:
    twin = books.twin
    made = twin.create("Invoice", books.sale(books.ann, 10))
    books.refused("5010", twin.update, "Invoice", {**made, "SyncToken": "7"})
    books.refused("5010", twin.delete, "Invoice", {"Id": made["Id"], "SyncToken": "7"})
    books.refused("2020", twin.delete, "Invoice", {"Id": made["Id"]})
    books.refused("2020", twin.update, "Customer", {"Id": books.ann, "DisplayName": "Anne"})
    books.refused("610", twin.update, "Invoice", {**made, "Id": "555"})
    books.refused("500", twin.delete, "Customer", {"Id": books.ann, "SyncToken": "0"})
    stub = twin.delete("Invoice", {"Id": made["Id"], "SyncToken": "0"})
    assert stub == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    fault = books.refused("610", twin.delete, "Invoice", {"Id": made["Id"], "SyncToken": "0"})
    assert fault.detail == "Object Not Found : Another user has deleted this transaction."
    assert twin.create("Invoice", books.sale(books.ann, 10))["Id"] != made["Id"], "an Id is never given twice"


def test_a_balance_that_moves_changes_the_time_but_not_the_token(books: Any) -> None:
    before = books.get("Customer", books.ann)
    books.twin.create("Invoice", books.sale(books.ann, 10))
    after = books.get("Customer", books.ann)
    assert after["SyncToken"] == before["SyncToken"]
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]
    assert after["MetaData"]["CreateTime"] == before["MetaData"]["CreateTime"]
    assert (after["Balance"], after["BalanceWithJobs"]) == (10, 10)


def test_a_voided_invoice_keeps_its_shape_without_amounts(books: Any) -> None:
    twin = books.twin
    made = twin.create("Invoice", books.sale(books.ann, 18, item=books.pump, qty=2, PrivateNote="two pumps"))
    payment = twin.create(
        "Payment", {"CustomerRef": {"value": books.ann}, **books.pays(18, ("Invoice", made["Id"], 18))}
    )
    voided = twin.void("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    assert (voided["PrivateNote"], voided["TotalAmt"], voided["Balance"]) == ("Voided - two pumps", 0, 0)
    assert voided["Line"][0]["SalesItemLineDetail"]["Qty"] == 0
    assert "UnitPrice" not in voided["Line"][0]["SalesItemLineDetail"]
    assert (voided["LinkedTxn"], voided["DocNumber"]) == ([], made["DocNumber"])
    freed = books.get("Payment", payment["Id"])
    assert (freed["UnappliedAmt"], freed["Line"]) == (18, [])
    assert books.get("Item", books.pump)["QtyOnHand"] == 10
    assert books.balances() == {
        "Accounts Receivable (A/R)": -18,
        "Undeposited Funds": 18,
        "Stock": 40,
        "Opening Balance Equity": -40,
    }
    books.refused("500", twin.void, "Customer", {"Id": books.ann, "SyncToken": "0"})


def test_names_are_one_space_and_inactive_ones_are_free(books: Any) -> None:
    twin = books.twin
    for entity in ("Customer", "Vendor"):
        books.refused("6240", twin.create, entity, {"DisplayName": "BOB"})
    books.refused("6240", twin.create, "Employee", {"GivenName": "Bob"})
    bob = books.get("Customer", books.bob)
    books.refused("6240", twin.update, "Customer", {**bob, "DisplayName": "Ann"})
    gone = twin.update("Customer", {"Id": books.bob, "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone["DisplayName"], gone["FullyQualifiedName"]) == ("Bob (deleted)", "Bob (deleted)")
    assert (gone["PrintOnCheckName"], gone["Active"]) == ("Bob", False)
    again = twin.update("Customer", {"Id": books.bob, "SyncToken": "1", "sparse": True, "Active": False})
    assert again == gone
    newcomer = twin.create("Vendor", {"DisplayName": "Bob"})
    books.refused("6240", twin.update, "Customer", {**gone, "Active": True})
    twin.update("Vendor", {**newcomer, "DisplayName": "Robert"})
    back = twin.update("Customer", {**gone, "sparse": True, "Active": True})
    assert (back["DisplayName"], back["Active"]) == ("Bob", True)


def test_what_still_holds_a_balance_cannot_be_made_inactive(books: Any) -> None:
    twin = books.twin
    twin.create("Invoice", books.sale(books.job, 10))
    for entity, record_id in (("Customer", books.job), ("Customer", books.ann)):
        body = {
            "Id": record_id,
            "SyncToken": books.get(entity, record_id)["SyncToken"],
            "sparse": True,
            "Active": False,
        }
        books.refused("6220", twin.update, entity, body)
    receivable = books.account("Accounts Receivable (A/R)")
    books.refused("800", twin.update, "Account", {**books.get("Account", receivable), "Active": False})


def test_a_renamed_parent_renames_the_path_of_its_children(books: Any) -> None:
    twin = books.twin
    twin.update("Customer", {"Id": books.ann, "SyncToken": "0", "sparse": True, "DisplayName": "Anne"})
    assert books.get("Customer", books.job)["FullyQualifiedName"] == "Anne:Shed"
    assert books.get("Customer", books.ann)["PrintOnCheckName"] == "Anne"
    books.refused(
        "900", twin.update, "Customer", {**books.get("Customer", books.ann), "ParentRef": {"value": books.job}}
    )


def test_accounts_open_with_a_posting_and_a_replayed_backup_posts_again(books: Any) -> None:
    twin = books.twin
    trial = books.balances()
    opened = {"OpeningBalance": 500, "OpeningBalanceDate": "2026-01-01"}
    bank = twin.create("Account", {"Name": "Savings", "AccountType": "Bank", **opened})
    assert bank["CurrentBalance"] == 500
    loan = twin.create("Account", {"Name": "Loan", "AccountType": "Long Term Liability", **opened})
    assert loan["CurrentBalance"] == -500
    debtor = twin.create("Customer", {"DisplayName": "Old debtor", "Balance": 70, "OpenBalanceDate": "2026-01-01"})
    assert (debtor["Balance"], debtor["BalanceWithJobs"]) == (70, 70)
    creditor = twin.create("Vendor", {"DisplayName": "Old creditor", "Balance": 30})
    assert creditor["Balance"] == 30
    after = books.balances()
    assert (after["Savings"], after["Loan"]) == (500, -500)
    assert (after["Accounts Receivable (A/R)"], after["Accounts Payable (A/P)"]) == (70, -30)
    assert after["Opening Balance Equity"] - trial["Opening Balance Equity"] == -40
    replayed = {**debtor, "DisplayName": "Old debtor again"}
    del replayed["Id"]
    assert twin.create("Customer", replayed)["Balance"] == 70
    assert books.balances()["Accounts Receivable (A/R)"] == 140


def test_a_full_update_of_a_name_follows_the_recorded_one(books: Any) -> None:
    made = books.twin.create("Customer", {"DisplayName": "Doe5, Jane", "Notes": "x", "GivenName": "Jane"})
    after = books.twin.update(
        "Customer",
        {
            "Id": made["Id"],
            "SyncToken": "0",
            "DisplayName": "Doe6, Jane",
            "PrimaryPhone": {"FreeFormNumber": "1"},
        },
    )
    assert after["FullyQualifiedName"] == after["PrintOnCheckName"] == "Doe6, Jane"
    assert (after["Taxable"], after["PreferredDeliveryMethod"]) == (True, "Print")
    assert "Notes" not in after
    assert "GivenName" not in after


@pytest.mark.parametrize("entity", ["Customer", "Vendor", "Item", "Account", "Term", "PaymentMethod"])
def test_lists_need_their_required_fields(books: Any, entity: str) -> None:
    assert books.refused("2020", books.twin.create, entity, {"Active": True}).element


def test_money_stays_exact(books: Any) -> None:
    made = books.twin.create("Invoice", books.sale(books.ann, Decimal("0.1")))
    more = books.twin.create("Invoice", books.sale(books.ann, Decimal("0.2")))
    assert made["Balance"] + more["Balance"] == books.get("Customer", books.ann)["Balance"] == Decimal("0.30")
