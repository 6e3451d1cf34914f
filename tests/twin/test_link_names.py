"""Under which name each record shows in the LinkedTxn of the other: the recorded ones, on both sides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.twin.conftest import Body, Books, ref


def order(books: Books) -> Body:
    payable = books.made("Account", {"Name": "Accounts Payable (A/P)", "AccountType": "Accounts Payable"})
    body = {"VendorRef": ref(books.power), "APAccountRef": ref(payable), "Line": [books.spend(20)]}
    return dict(books.twin.create("PurchaseOrder", body))


def from_order(books: Books, entity: str, more: Body) -> tuple[Any, ...]:
    first = order(books)
    link = {"LinkedTxn": [{"TxnId": first["Id"], "TxnType": "PurchaseOrder"}]}
    made = books.twin.create(entity, {"Line": [books.spend(20)], **link, **more})
    return ("PurchaseOrder", first, entity, made)


def invoice_and_payment(books: Books) -> tuple[Any, ...]:
    first = books.twin.create("Invoice", books.sale(books.ann, 20))
    links = books.pays(20, ("Invoice", first["Id"], 20))
    return ("Invoice", first, "Payment", books.twin.create("Payment", {"CustomerRef": ref(books.ann), **links}))


def bill_and_check(books: Books, card: bool = False) -> tuple[Any, ...]:
    first = books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(20)]})
    body = {"VendorRef": ref(books.power), **books.pays(20, ("Bill", first["Id"], 20))}
    how: Body = {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref(books.checking)}}
    if card:
        how = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": ref(books.card)}}
    return ("Bill", first, "BillPayment", books.twin.create("BillPayment", {**body, **how}))


def bill_and_card(books: Books) -> tuple[Any, ...]:
    return bill_and_check(books, card=True)


def order_and_bill(books: Books) -> tuple[Any, ...]:
    return from_order(books, "Bill", {"VendorRef": ref(books.power)})


def order_and_check(books: Books) -> tuple[Any, ...]:
    return from_order(books, "Purchase", {"PaymentType": "Check", "AccountRef": ref(books.checking)})


def estimate_and_invoice(books: Books) -> tuple[Any, ...]:
    first = books.twin.create("Estimate", books.sale(books.ann, 20))
    link = {"LinkedTxn": [{"TxnId": first["Id"], "TxnType": "Estimate"}]}
    return ("Estimate", first, "Invoice", books.twin.create("Invoice", books.sale(books.ann, 20, **link)))


def payment_and_deposit(books: Books) -> tuple[Any, ...]:
    first = books.twin.create("Payment", {"CustomerRef": ref(books.ann), "TotalAmt": 20})
    line = {"LinkedTxn": [{"TxnId": first["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    made = books.twin.create("Deposit", {"DepositToAccountRef": ref(books.checking), "Line": [line]})
    return ("Payment", first, "Deposit", made)


PAIRS = [
    (invoice_and_payment, "Payment", "Invoice"),
    (bill_and_check, "BillPaymentCheck", "Bill"),
    (bill_and_card, "BillPaymentCreditCard", "Bill"),
    (order_and_bill, "Bill", "PurchaseOrder"),
    (order_and_check, "Purchase", "PurchaseOrder"),
    (estimate_and_invoice, "Invoice", "Estimate"),
    (payment_and_deposit, "Deposit", "Payment"),
]


@pytest.mark.parametrize(("link", "mirror", "stated"), PAIRS, ids=[one[0].__name__ for one in PAIRS])
def test_both_sides_name_each_other_as_recorded(books: Books, link: Any, mirror: str, stated: str) -> None:
    target, first, source, made = link(books)
    assert books.get(target, first["Id"])["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": mirror}]
    body = books.get(source, made["Id"])
    held = [link for holder in (body, *body["Line"]) for link in holder.get("LinkedTxn", [])]
    assert [(one["TxnId"], one["TxnType"]) for one in held] == [(first["Id"], stated)]
    books.twin.delete(source, {**body})
    assert books.get(target, first["Id"]).get("LinkedTxn", []) == []
