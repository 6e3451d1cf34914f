"""Taxes and currencies that a request leaves out."""

from __future__ import annotations

from typing import Any

from tests.twin.beliefs.looking import answered, look, ref
from tests.twin.foreign_scene import Abroad
from tests.twin.tax_scene import add_taxes, taxed


def _abroad(books: Any) -> Any:
    """The same beliefs in a company with several currencies."""
    other = Abroad()
    other.twin.believe(books.twin.beliefs)
    rate = b'{"SourceCurrencyCode":"EUR","TargetCurrencyCode":"USD","Rate":1.5,"AsOfDate":"2026-02-01"}'
    other.twin.put_raw("ExchangeRate", rate)
    return other


@look("customer_tax_code")
def _(books: Any) -> str:
    add_taxes(books)
    customer = books.made("Customer", {"DisplayName": "Cal", "DefaultTaxCodeRef": ref("2")})
    made = books.twin.create("Invoice", taxed(books.sale(customer, 100)))
    return {8: "taken", 0: "ignored"}[int(made["TxnTaxDetail"]["TotalTax"])]


@look("rate_left_out")
def _(books: Any) -> str:
    other = _abroad(books)
    body = other.sale(other.emma, 5, CurrencyRef=ref("EUR"))
    return answered(lambda: other.twin.create("Invoice", body), "2410", "from_the_list", "refused")


@look("currency_left_out")
def _(books: Any) -> str:
    other = _abroad(books)
    body = other.sale(other.emma, 5, ExchangeRate=2)
    return answered(lambda: other.twin.create("Invoice", body), "6000", "of_the_name", "home")


@look("vendor_currency_on_create")
def _(books: Any) -> str:
    other = _abroad(books)
    made = other.twin.create("Vendor", {"DisplayName": "Fer", "CurrencyRef": ref("EUR")})
    return {"EUR": "taken", "USD": "ignored"}[made["CurrencyRef"]["value"]]


@look("multicurrency_by_api")
def _(books: Any) -> str:
    on = {**books.get("Preferences", "1"), "CurrencyPrefs": {"MultiCurrencyEnabled": True}}
    after = books.twin.update("Preferences", on)
    return "taken" if after["CurrencyPrefs"]["MultiCurrencyEnabled"] else "ignored"
