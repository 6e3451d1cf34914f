"""A company that also trades in euros and pounds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin import Founding
from tests.twin.conftest import Body, Books, ref

ABROAD = Founding(multicurrency=True)


class Abroad(Books):
    """Home currency dollars; Emma buys in euros, Paul in pounds; Stahl sells in euros."""

    def __init__(self) -> None:
        super().__init__(founding=ABROAD)
        self.emma = self.made("Customer", {"DisplayName": "Emma", "CurrencyRef": ref("EUR")})
        self.paul = self.made("Customer", {"DisplayName": "Paul", "CurrencyRef": ref("GBP")})
        self.stahl = self.made("Vendor", {"DisplayName": "Stahl", "CurrencyRef": ref("EUR")})
        self.euros = self.made("Account", {"Name": "Euro bank", "AccountType": "Bank", "CurrencyRef": ref("EUR")})
        self.pounds = self.made("Account", {"Name": "Pound bank", "AccountType": "Bank", "CurrencyRef": ref("GBP")})

    def invoice(self, amount: Any, rate: str, **more: Any) -> Body:
        made: Body = self.twin.create("Invoice", self.sale(self.emma, amount, **euro(rate), **more))
        return made

    def bill(self, amount: Any, rate: str, **more: Any) -> Body:
        body = {"VendorRef": ref(self.stahl), "Line": [self.spend(amount)], **euro(rate), **more}
        made: Body = self.twin.create("Bill", body)
        return made

    def paid(self, amount: Any, rate: str, *links: tuple[str, str, Any], into: str | None = None) -> Body:
        body = {"CustomerRef": ref(self.emma), **self.pays(amount, *links), **euro(rate)}
        if into:
            body["DepositToAccountRef"] = ref(into)
        made: Body = self.twin.create("Payment", body)
        return made

    def pay(self, amount: Any, rate: str, *links: tuple[str, str, Any], bank: str | None = None) -> Body:
        body = {"VendorRef": ref(self.stahl), **self.pays(amount, *links), **euro(rate), "PayType": "Check"}
        body["CheckPayment"] = {"BankAccountRef": ref(bank or self.checking)}
        made: Body = self.twin.create("BillPayment", body)
        return made


def euro(rate: str | None) -> Body:
    return {"CurrencyRef": ref("EUR")} | ({"ExchangeRate": Decimal(rate)} if rate else {})


@pytest.fixture
def abroad() -> Iterator[Abroad]:
    made = Abroad()
    yield made
    made.twin.close()
