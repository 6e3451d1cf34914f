"""Payments, credits, deposits, orders and estimates: both sides of a link, and what deleting one leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest


def paid(books: Any, amount: Any, *links: tuple[str, str, Any], customer: str = "") -> dict[str, Any]:
    body = {"CustomerRef": {"value": customer or books.ann}, **books.pays(amount, *links)}
    return books.twin.create("Payment", body)


def token(books: Any, entity: str, record_id: str) -> dict[str, str]:
    return {"Id": record_id, "SyncToken": books.get(entity, record_id)["SyncToken"]}


def test_a_payment_opens_and_closes_what_it_settles(books: Any) -> None:
    twin = books.twin
    first, second = (twin.create("Invoice", books.sale(books.ann, amount)) for amount in (100, 50))
    payment = paid(books, 130, ("Invoice", first["Id"], 100), ("Invoice", second["Id"], 20))
    assert payment["UnappliedAmt"] == 10
    assert payment["DepositToAccountRef"] == {"value": books.account("Undeposited Funds")}
    values = {row["value"]["Name"]: row["value"]["Value"] for row in payment["Line"][0]["LineEx"]["any"]}
    assert values == {"txnId": first["Id"], "txnOpenBalance": "100.00", "txnReferenceNumber": "1001"}
    assert books.get("Invoice", first["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert [books.get("Invoice", one["Id"])["Balance"] for one in (first, second)] == [0, 30]
    later = paid(books, 30, ("Invoice", second["Id"], 30))
    assert [link["TxnId"] for link in books.get("Invoice", second["Id"])["LinkedTxn"]] == [later["Id"], payment["Id"]]
    twin.delete("Payment", token(books, "Payment", payment["Id"]))
    assert [books.get("Invoice", one["Id"])["Balance"] for one in (first, second)] == [100, 20]
    assert books.get("Invoice", first["Id"])["LinkedTxn"] == []


def test_a_payment_takes_no_more_than_is_open_nor_from_strangers(books: Any) -> None:
    twin = books.twin
    invoice = twin.create("Invoice", books.sale(books.ann, 100))
    create = books.twin.create

    def body(amount: Any, part: Any, customer: str = "") -> dict[str, Any]:
        return {"CustomerRef": {"value": customer or books.ann}, **books.pays(amount, ("Invoice", invoice["Id"], part))}

    books.refused("6000", create, "Payment", body(200, 101))
    books.refused("6000", create, "Payment", body(50, 60))
    books.refused("6000", create, "Payment", body(50, 50, books.bob))
    books.refused("610", create, "Payment", {**body(50, 50), "Line": books.pays(1, ("Invoice", "99", 1))["Line"]})
    books.refused("620", create, "Payment", {**body(50, 50), "Line": books.pays(1, ("Bill", "1", 1))["Line"]})
    half = paid(books, 50, ("Invoice", invoice["Id"], 50))
    raised = twin.update(
        "Payment", {**half, "TotalAmt": 100, "Line": books.pays(0, ("Invoice", invoice["Id"], 100))["Line"]}
    )
    assert (raised["UnappliedAmt"], books.get("Invoice", invoice["Id"])["Balance"]) == (0, 0)
    books.refused(
        "6000", twin.update, "Invoice", {**invoice, "sparse": True, "Line": books.sale(books.ann, 99)["Line"]}
    )
    books.refused("6000", twin.update, "Invoice", {**invoice, "sparse": True, "CustomerRef": {"value": books.bob}})
    bigger = twin.update("Invoice", {**invoice, "sparse": True, "Line": books.sale(books.ann, 120)["Line"]})
    assert (bigger["TotalAmt"], bigger["Balance"]) == (120, 20)


def test_a_parent_pays_for_its_job(books: Any) -> None:
    invoice = books.twin.create("Invoice", books.sale(books.job, 40))
    assert books.get("Customer", books.ann)["BalanceWithJobs"] == 40
    paid(books, 40, ("Invoice", invoice["Id"], 40), customer=books.ann)
    assert books.get("Invoice", invoice["Id"])["Balance"] == 0
    ann, job = (books.get("Customer", who) for who in (books.ann, books.job))
    assert (ann["Balance"], job["Balance"], ann["BalanceWithJobs"]) == (-40, 40, 0)


def test_omitting_a_line_of_a_payment_un_applies_it(books: Any) -> None:
    twin = books.twin
    invoice = twin.create("Invoice", books.sale(books.ann, 100))
    payment = paid(books, 100, ("Invoice", invoice["Id"], 100))
    after = twin.update("Payment", {**payment, "Line": []})
    assert after["UnappliedAmt"] == 100
    assert books.get("Invoice", invoice["Id"])["Balance"] == 100
    assert books.get("Invoice", invoice["Id"])["LinkedTxn"] == []


def test_deleting_an_invoice_lets_its_payment_go(books: Any) -> None:
    twin = books.twin
    invoice, other = (twin.create("Invoice", books.sale(books.ann, 100)) for _ in range(2))
    payment = paid(books, 150, ("Invoice", invoice["Id"], 100), ("Invoice", other["Id"], 50))
    before = books.balances()
    twin.delete("Invoice", token(books, "Invoice", invoice["Id"]))
    freed = books.get("Payment", payment["Id"])
    assert (freed["UnappliedAmt"], freed["SyncToken"]) == (100, "0")
    assert [line["LinkedTxn"][0]["TxnId"] for line in freed["Line"]] == [other["Id"]]
    assert books.get("Invoice", other["Id"])["Balance"] == 50
    assert books.balances()["Accounts Receivable (A/R)"] == before["Accounts Receivable (A/R)"] - 100
    again = twin.create("Invoice", books.sale(books.ann, 100, DocNumber=invoice["DocNumber"]))
    lines = [{"Amount": 100, "LinkedTxn": [{"TxnId": again["Id"], "TxnType": "Invoice"}]}, *freed["Line"]]
    twin.update("Payment", {**freed, "Line": lines})
    assert books.balances() == before
    assert books.get("Invoice", again["Id"])["Balance"] == 0


def test_credits_pay_charges_and_where_one_goes_the_charge_opens_again(books: Any) -> None:
    twin = books.twin
    invoice = twin.create("Invoice", books.sale(books.ann, 100))
    memo = twin.create("CreditMemo", books.sale(books.ann, 60))
    assert memo["RemainingCredit"] == 60
    payment = paid(books, 20, ("Invoice", invoice["Id"], 80), ("CreditMemo", memo["Id"], 60))
    assert payment["UnappliedAmt"] == 0
    spent = books.get("CreditMemo", memo["Id"])
    assert (spent["Balance"], spent["RemainingCredit"]) == (0, 0)
    assert spent["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    twin.delete("CreditMemo", token(books, "CreditMemo", memo["Id"]))
    left = books.get("Payment", payment["Id"])
    assert [(line["LinkedTxn"][0]["TxnType"], line["Amount"]) for line in left["Line"]] == [("Invoice", 20)]
    assert left["UnappliedAmt"] == 0
    assert books.get("Invoice", invoice["Id"])["Balance"] == 80


def test_deposited_money_is_out_of_reach(books: Any) -> None:
    twin = books.twin
    invoice = twin.create("Invoice", books.sale(books.ann, 100))
    payment = paid(books, 100, ("Invoice", invoice["Id"], 100))
    receipt = twin.create("SalesReceipt", books.sale(books.bob, 30))
    lines = [
        {"LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}]},
    ]
    back = {"AccountRef": {"value": books.rent}, "Amount": 10}
    body = {"DepositToAccountRef": {"value": books.checking}, "Line": lines, "CashBack": back}
    deposit = twin.create("Deposit", body)
    assert deposit["TotalAmt"] == 120
    assert [sorted(line) for line in deposit["Line"]] == [["Amount", "LinkedTxn"]] * 2
    assert books.get("Payment", payment["Id"])["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    trial = books.balances()
    assert "Undeposited Funds" not in trial
    assert (trial["Checking"], trial["Rent"]) == (120, 10)
    books.refused("6540", twin.delete, "Payment", token(books, "Payment", payment["Id"]))
    books.refused("6540", twin.void, "SalesReceipt", token(books, "SalesReceipt", receipt["Id"]))
    for change in ({"TotalAmt": 90, "Line": []}, {"Line": []}, {"TxnDate": "2026-01-01"}):
        books.refused("6540", twin.update, "Payment", {**books.get("Payment", payment["Id"]), **change})
    noted = twin.update("Payment", {**books.get("Payment", payment["Id"]), "PrivateNote": "by cheque"})
    assert noted["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    books.refused("620", twin.create, "Deposit", body)
    books.refused(
        "2020", twin.update, "Deposit", {"Id": deposit["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    )
    twin.delete("Invoice", token(books, "Invoice", invoice["Id"]))
    assert books.get("Payment", payment["Id"])["UnappliedAmt"] == 100
    twin.delete("Deposit", token(books, "Deposit", deposit["Id"]))
    assert books.get("Payment", payment["Id"])["LinkedTxn"] == []
    assert books.balances()["Undeposited Funds"] == 130
    twin.delete("Payment", token(books, "Payment", payment["Id"]))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("2020", {"LinkedTxn": [{"TxnId": "1", "TxnType": "SalesReceipt"}]}),
        (
            "2020",
            {
                "DetailType": "DepositLineDetail",
                "LinkedTxn": [{"TxnId": "1", "TxnType": "SalesReceipt", "TxnLineId": "0"}],
            },
        ),
        ("6000", {"Amount": 31, "LinkedTxn": [{"TxnId": "1", "TxnType": "SalesReceipt", "TxnLineId": "0"}]}),
        ("620", {"LinkedTxn": [{"TxnId": "2", "TxnType": "SalesReceipt", "TxnLineId": "0"}]}),
        ("610", {"LinkedTxn": [{"TxnId": "9", "TxnType": "SalesReceipt", "TxnLineId": "0"}]}),
        ("2020", {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": {}}),
    ],
)
def test_a_bad_line_of_a_deposit_is_refused(books: Any, code: str, line: dict[str, Any]) -> None:
    twin = books.twin
    twin.create("SalesReceipt", books.sale(books.ann, 30))
    twin.create("SalesReceipt", books.sale(books.ann, 30, DepositToAccountRef={"value": books.checking}))
    books.refused(code, twin.create, "Deposit", {"DepositToAccountRef": {"value": books.checking}, "Line": [line]})


def test_bills_are_paid_by_cheque_card_and_credit(books: Any) -> None:
    twin = books.twin
    vendor = {"VendorRef": {"value": books.power}}
    bill = twin.create("Bill", {**vendor, "Line": [books.spend(90)]})
    credit = twin.create("VendorCredit", {**vendor, "Line": [books.spend(15)]})
    cheque = twin.create(
        "BillPayment",
        {
            **vendor,
            **books.pays(35, ("Bill", bill["Id"], 50), ("VendorCredit", credit["Id"], 15)),
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": books.checking}},
        },
    )
    card = twin.create(
        "BillPayment",
        {
            **vendor,
            **books.pays(40, ("Bill", bill["Id"], 40)),
            "PayType": "CreditCard",
            "CreditCardPayment": {"CCAccountRef": {"value": books.card}},
        },
    )
    settled = books.get("Bill", bill["Id"])
    assert settled["Balance"] == 0
    assert settled["LinkedTxn"] == [
        {"TxnId": card["Id"], "TxnType": "BillPaymentCreditCard"},
        {"TxnId": cheque["Id"], "TxnType": "BillPaymentCheck"},
    ]
    trial = books.balances()
    assert (trial["Checking"], trial["Card"], trial["Rent"]) == (-35, -40, 75)
    assert "Accounts Payable (A/P)" not in trial
    twin.void("BillPayment", {**token(books, "BillPayment", card["Id"]), "sparse": True})
    assert books.get("Bill", bill["Id"])["Balance"] == 40
    twin.delete("Bill", token(books, "Bill", bill["Id"]))
    assert books.get("VendorCredit", credit["Id"])["Balance"] >= 0
    assert books.get("Vendor", books.power)["Balance"] == -50
    assert twin.store.out_of_balance() == []


def test_orders_and_estimates_close_and_open_again(books: Any) -> None:
    twin = books.twin
    vendor = {"VendorRef": {"value": books.lumber}}
    payable = twin.create("Account", {"Name": "Payables", "AccountType": "Accounts Payable"})
    vendor["APAccountRef"] = {"value": payable["Id"]}
    order = twin.create("PurchaseOrder", {**vendor, "Line": [books.stock_up(3, 12)]})
    assert (order["POStatus"], order["LinkedTxn"]) == ("Open", [])
    bill = twin.create(
        "Bill",
        {**vendor, "Line": [books.stock_up(3, 12)], "LinkedTxn": [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]},
    )
    closed = books.get("PurchaseOrder", order["Id"])
    assert (closed["POStatus"], closed["LinkedTxn"]) == ("Closed", [{"TxnId": bill["Id"], "TxnType": "Bill"}])
    twin.delete("Bill", token(books, "Bill", bill["Id"]))
    assert books.get("PurchaseOrder", order["Id"])["POStatus"] == "Open"
    estimate = twin.create("Estimate", books.sale(books.ann, 80, TxnStatus="Accepted"))
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = twin.create("Invoice", books.sale(books.ann, 80, LinkedTxn=link))
    assert invoice["LinkedTxn"] == link
    assert books.get("Estimate", estimate["Id"])["TxnStatus"] == "Closed"
    payment = paid(books, 80, ("Invoice", invoice["Id"], 80))
    noted = twin.update("Invoice", {**books.get("Invoice", invoice["Id"]), "PrivateNote": "n"})
    assert noted["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}, *link]
    twin.delete("Estimate", token(books, "Estimate", estimate["Id"]))
    assert books.get("Invoice", invoice["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    books.refused("610", twin.create, "Invoice", books.sale(books.ann, 80, LinkedTxn=link))


def test_billed_time_is_marked_by_its_invoice_only(books: Any) -> None:
    twin = books.twin
    worker = books.made("Employee", {"GivenName": "Eve", "FamilyName": "Dale"})
    time = {"NameOf": "Employee", "EmployeeRef": {"value": worker}, "CustomerRef": {"value": books.ann}, "Hours": 2}
    books.refused("2170", twin.create, "TimeActivity", {**time, "BillableStatus": "HasBeenBilled"})
    made = twin.create("TimeActivity", {**time, "BillableStatus": "Billable", "HourlyRate": 30})
    assert made["Id"] == "1"
    invoice = twin.create(
        "Invoice", books.sale(books.ann, 60, LinkedTxn=[{"TxnId": made["Id"], "TxnType": "TimeActivity"}])
    )
    assert books.get("TimeActivity", made["Id"])["BillableStatus"] == "HasBeenBilled"
    twin.delete("Invoice", token(books, "Invoice", invoice["Id"]))
    assert books.get("TimeActivity", made["Id"])["BillableStatus"] == "Billable"


def test_a_journal_on_the_receivable_can_be_paid(books: Any) -> None:
    twin = books.twin
    twin.create("Invoice", books.sale(books.bob, 1))
    receivable = books.account("Accounts Receivable (A/R)")
    named = {"Entity": {"Type": "Customer", "EntityRef": {"value": books.ann}}}

    def line(side: str, account: str, **more: Any) -> dict[str, Any]:
        detail = {"PostingType": side, "AccountRef": {"value": account}, **more}
        return {"Amount": 25, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    journal = twin.create("JournalEntry", {"Line": [line("Debit", receivable, **named), line("Credit", books.sales)]})
    paid(books, 20, ("JournalEntry", journal["Id"], 20))
    body = {"CustomerRef": {"value": books.ann}, **books.pays(10, ("JournalEntry", journal["Id"], 10))}
    books.refused("6000", twin.create, "Payment", body)
    smaller = [{**row, "Amount": Decimal(15)} for row in journal["Line"]]
    books.refused("6000", twin.update, "JournalEntry", {**journal, "Line": smaller})
    assert books.get("Customer", books.ann)["Balance"] == 5
