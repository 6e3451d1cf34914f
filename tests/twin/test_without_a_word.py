"""What QuickBooks accepts and does not do, what it does unasked, and what people do beside the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.twin import Twin

from .conftest import Books
from .refusal_scene import check, journal, ref
from .served_scene import Company

VOIDED: dict[str, dict[str, str]] = {
    "operation": {"operation": "void"},
    "include": {"operation": "update", "include": "void"},
}


def keyed(books: Any, entity: str) -> Any:
    """One transaction of a kind."""
    made = {
        "Bill": {"VendorRef": ref(books.power), "Line": [books.spend(5)]},
        "VendorCredit": {"VendorRef": ref(books.power), "Line": [books.spend(5)]},
        "JournalEntry": journal(("Debit", books.rent, 5), ("Credit", books.checking, 5)),
        "Purchase": check(books),
        "CreditMemo": books.sale(books.ann, 5),
        "Estimate": books.sale(books.ann, 5),
        "Transfer": {"FromAccountRef": ref(books.checking), "ToAccountRef": ref(books.card), "Amount": 5},
        "Invoice": books.sale(books.ann, 5),
        "SalesReceipt": books.sale(books.ann, 5),
        "Payment": {"CustomerRef": ref(books.ann), "TotalAmt": 5},
    }[entity]
    return books.twin.create(entity, made)


@pytest.mark.parametrize("spelling", VOIDED)
@pytest.mark.parametrize(
    "entity", ["Bill", "VendorCredit", "JournalEntry", "Purchase", "CreditMemo", "Estimate", "Transfer"]
)
def test_a_void_that_the_api_cannot_do_answers_200_and_does_nothing(
    company: Company, books: Any, entity: str, spelling: str
) -> None:
    made = keyed(books, entity)
    before, trial = books.twin.dump(), books.balances()
    head = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    found = company.post(entity.lower(), head, **VOIDED[spelling])
    assert (found.status_code, found.json()[entity]["SyncToken"]) == (200, "0")
    assert books.twin.dump() == before
    assert books.balances() == trial
    assert books.twin.log[-1].applied == []
    stale = company.post(entity.lower(), {**head, "SyncToken": "4"}, **VOIDED[spelling])
    assert company.fault(stale, 400, "5010")


@pytest.mark.parametrize("spelling", VOIDED)
@pytest.mark.parametrize("entity", ["Invoice", "SalesReceipt", "Payment"])
def test_both_spellings_of_a_void_take_the_amounts_away(
    company: Company, books: Any, entity: str, spelling: str
) -> None:
    made = keyed(books, entity)
    head = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    voided = company.post(entity.lower(), head, **VOIDED[spelling]).json()[entity]
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["SyncToken"]) == (0, "Voided", "1")
    assert set(books.balances()) == {"Opening Balance Equity", "Stock"}
    assert books.twin.log[-1].applied == [f"void {entity}:{made['Id']}"]


def test_a_matched_transaction_is_held_until_it_is_unmatched(company: Company, books: Any) -> None:
    made = keyed(books, "Purchase")
    asked = {"entity": "Purchase", "id": made["Id"], "mark": "matched"}
    assert company.http.post("/twin/bank", json=asked).json()["marks"] == ["matched"]
    books.refused("6480", books.twin.update, "Purchase", {**made, "PrivateNote": "x"})
    books.refused("6480", books.twin.delete, "Purchase", made)
    assert books.twin.update("Purchase", made) == made, "an update that changes nothing is none"
    assert company.http.post("/twin/bank", json={**asked, "on": False}).json()["marks"] == []
    books.twin.delete("Purchase", made)


def test_a_matched_payment_is_not_voided(books: Any) -> None:
    paid = {"CustomerRef": ref(books.ann), "TotalAmt": 5, "DepositToAccountRef": ref(books.checking)}
    made = books.twin.create("Payment", paid)
    books.twin.match_bank("Payment", made["Id"])
    books.refused("6480", books.twin.void, "Payment", made)


def test_a_reconciled_transaction_is_changed_and_deleted_without_a_word(company: Company, books: Any) -> None:
    made = keyed(books, "Purchase")
    asked = {"entity": "Purchase", "id": made["Id"], "mark": "reconciled"}
    assert company.http.post("/twin/bank", json=asked).json()["marks"] == ["reconciled"]
    changed = books.twin.update("Purchase", {**made, "Line": [books.spend(7)], "TotalAmt": 7})
    assert (changed["TotalAmt"], books.twin.bank_marks("Purchase", made["Id"])) == (7, {"reconciled"})
    gone = company.post("purchase", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert gone.json()["Purchase"]["status"] == "Deleted"
    assert books.twin.bank_marks("Purchase", made["Id"]) == frozenset()


def test_marks_are_for_what_stands_on_a_statement_and_stay_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "company.sqlite"
    books = Books(file)
    made = keyed(books, "Purchase")
    bill = keyed(books, "Bill")
    for entity, record_id in (("Bill", bill["Id"]), ("Purchase", "999"), ("Nothing", "1")):
        with pytest.raises(WrongUse):
            books.twin.match_bank(entity, record_id)
    books.twin.match_bank("Purchase", made["Id"])
    books.twin.close()
    again = Twin(file, clock=books.clock)
    assert again.bank_marks("Purchase", made["Id"]) == {"matched"}
    again.close()


def test_the_bank_has_two_marks(company: Company) -> None:
    refused = company.http.post("/twin/bank", json={"entity": "Purchase", "id": "1", "mark": "cleared"})
    assert (refused.status_code, "matched or reconciled" in refused.json()["error"]) == (400, True)


def test_the_way_of_paying_stays_without_a_word_in_a_sparse_update(books: Any) -> None:
    made = keyed(books, "Purchase")
    sent = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PaymentType": "Cash", "PrivateNote": "x"}
    after = books.twin.update("Purchase", sent)
    assert (after["PaymentType"], after["PrivateNote"]) == ("Check", "x")
    fault = books.refused("610", books.twin.update, "Purchase", {**after, "PaymentType": "Cash"})
    assert "made inactive" in fault.detail


def test_what_cannot_be_written_is_left_out_without_a_word(books: Any) -> None:
    ann = books.get("Customer", books.ann)
    told = {"Balance": 9, "BalanceWithJobs": 9, "FullyQualifiedName": "No", "Level": 3, "MetaData": {}, "domain": "X"}
    assert books.twin.update("Customer", {**ann, **told}) == ann
    made = books.twin.create("Invoice", {**books.sale(books.ann, 5), "TotalAmt": 99, "Balance": 99, "HomeTotalAmt": 9})
    assert (made["TotalAmt"], made["Balance"]) == (5, 5)
    assert "HomeTotalAmt" not in made


@pytest.mark.parametrize("include", ["", "donotupdateaccountontxns", "updateaccountontxns"])
def test_an_item_moves_its_past_to_another_account_only_when_asked(company: Company, books: Any, include: str) -> None:
    books.made("Invoice", books.sale(books.ann, 10))
    other = books.made("Account", {"Name": "Other sales", "AccountType": "Income"})
    stamp = books.twin.payload("Invoice", "1")
    changed = {**books.get("Item", books.digging), "IncomeAccountRef": ref(other)}
    answer = company.post("item", changed, **({"include": include} if include else {}))
    assert answer.json()["Item"]["IncomeAccountRef"]["value"] == other
    moved = "Other sales" if include == "updateaccountontxns" else "Sales"
    assert books.balances()[moved] == -10
    assert len({"Sales", "Other sales"} & set(books.balances())) == 1
    assert books.twin.payload("Invoice", "1") == stamp
    books.made("Invoice", books.sale(books.ann, 1))
    assert books.balances()["Other sales"] == (-11 if include == "updateaccountontxns" else -1)


def test_stock_moves_with_its_account_when_asked(books: Any) -> None:
    other = books.made("Account", {"Name": "Warehouse", "AccountType": "Other Current Asset"})
    books.made("Bill", {"VendorRef": ref(books.lumber), "Line": [books.stock_up(2, 8)]})
    books.made("Invoice", books.sale(books.ann, 9, item=books.pump, qty=1))
    changed = {**books.get("Item", books.pump), "AssetAccountRef": ref(other)}
    books.twin.update("Item", changed, include=["updateaccountontxns"])
    balances = books.balances()
    assert balances["Warehouse"] == 4, "what was bought less what was sold; the opening stock has no document"
    assert balances["Stock"] == 40
    assert books.get("Item", books.pump)["QtyOnHand"] == 11
    assert books.twin.store.out_of_balance() == []


def test_a_used_number_is_taken_when_the_request_says_so(company: Company, books: Any) -> None:
    body = {**books.sale(books.ann, 5), "DocNumber": "77"}
    assert company.post("invoice", body).status_code == 200
    assert company.fault(company.post("invoice", body), 400, "6140")
    assert company.post("invoice", body, include="allowduplicatedocnum").json()["Invoice"]["DocNumber"] == "77"
