"""Credits that a company applies by itself, and the links that this leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.twin.conftest import Books
from tests.twin.foreign_scene import Abroad, euro


@pytest.fixture
def willing(books: Books) -> Iterator[Books]:
    prefs = books.get("Preferences", "1")
    books.twin.update("Preferences", {**prefs, "SalesFormsPrefs": {"AutoApplyCredit": True}})
    yield books


def test_a_new_invoice_uses_up_open_credits_the_oldest_first(willing: Books) -> None:
    twin = willing.twin
    late = twin.create("CreditMemo", willing.sale(willing.ann, 50, TxnDate="2026-02-20"))
    early = twin.create("CreditMemo", willing.sale(willing.ann, 30, TxnDate="2026-02-10"))
    other = twin.create("CreditMemo", willing.sale(willing.bob, 99))
    invoice = twin.create("Invoice", willing.sale(willing.ann, 60, TxnDate="2026-03-01"))
    assert invoice["Balance"] == 0
    (link,) = invoice["LinkedTxn"]
    payment = willing.get("Payment", link["TxnId"])
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["PrivateNote"]) == (
        0,
        0,
        "Created by QB Online to link credits to charges.",
    )
    used = [(line["LinkedTxn"][0]["TxnId"], line["Amount"]) for line in payment["Line"]]
    assert used == [(invoice["Id"], 60), (early["Id"], 30), (late["Id"], 30)]
    assert [willing.get("CreditMemo", memo["Id"])["Balance"] for memo in (late, early, other)] == [20, 0, 99]
    assert willing.get("CreditMemo", late["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert willing.get("Customer", willing.ann)["Balance"] == -20


def test_a_company_that_does_not_want_it_keeps_both_open(books: Books) -> None:
    books.twin.create("CreditMemo", books.sale(books.ann, 50))
    invoice = books.twin.create("Invoice", books.sale(books.ann, 60))
    assert (invoice["Balance"], invoice["LinkedTxn"], books.twin.count("Payment")) == (60, [], 0)


def test_a_credit_of_another_rate_leaves_a_gain() -> None:
    abroad = Abroad()
    prefs = abroad.get("Preferences", "1")
    abroad.twin.update("Preferences", {**prefs, "SalesFormsPrefs": {"AutoApplyCredit": True}})
    abroad.twin.create("CreditMemo", abroad.sale(abroad.emma, 40, **euro("1.25")))
    assert abroad.invoice(40, "1.10")["Balance"] == 0
    assert abroad.balances()["Exchange Gain or Loss"] == -6
    abroad.twin.close()
