"""Sales tax of a US company, worked out by hand; and what is refused elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from akika_forensics.twin import Founding
from tests.twin.conftest import Body, Books, ref
from tests.twin.tax_scene import add_taxes, taxed

ARIZONA = "Arizona Dept. of Revenue Payable"


@pytest.fixture
def shop() -> Iterator[Books]:
    made = Books()
    add_taxes(made)
    yield made
    made.twin.close()


def tax_of(body: Body) -> tuple[Decimal, list[Decimal], Decimal]:
    """Total tax, the tax lines, the document's total."""
    found = body["TxnTaxDetail"]
    return found["TotalTax"], [line["Amount"] for line in found.get("TaxLine", [])], body["TotalAmt"]


def test_each_rate_of_a_code_has_its_line_and_is_rounded_by_itself(shop: Books) -> None:
    """7.1 % of 33.33 is 2.36643, 2 % is 0.6666: 2.37 and 0.67; together 9.1 % would have been 3.03."""
    made = shop.twin.create("Invoice", taxed(shop.sale(shop.ann, Decimal("33.33")), "3"))
    assert tax_of(made) == (Decimal("3.04"), [Decimal("2.37"), Decimal("0.67")], Decimal("36.37"))
    first = made["TxnTaxDetail"]["TaxLine"][0]
    assert first == {
        "Amount": Decimal("2.37"),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": "1"},
            "PercentBased": True,
            "TaxPercent": Decimal("7.1"),
            "NetAmountTaxable": Decimal("33.33"),
        },
    }
    trial = shop.balances()
    assert (trial[ARIZONA], trial["Sales"], made["Balance"]) == (Decimal("-3.04"), Decimal("-33.33"), made["TotalAmt"])


def test_only_taxable_lines_are_taxed(shop: Books) -> None:
    plain = shop.sale(shop.ann, 60)["Line"]
    body = taxed(shop.sale(shop.ann, 40), "2")
    made = shop.twin.create("Invoice", {**body, "Line": [*body["Line"], *plain]})
    assert tax_of(made) == (Decimal("3.20"), [Decimal("3.20")], Decimal("103.20"))
    assert [line.get("SalesItemLineDetail", {}).get("TaxCodeRef") for line in made["Line"][:2]] == [
        ref("TAX"),
        ref("NON"),
    ]


@pytest.mark.parametrize(("after", "tax", "total"), [(True, "7.20", "97.20"), (False, "8.00", "98.00")])
def test_tax_is_taken_before_or_after_the_discount(shop: Books, after: bool, tax: str, total: str) -> None:
    body = taxed(shop.sale(shop.ann, 100), "2", ApplyTaxAfterDiscount=after)
    cut = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    made = shop.twin.create("Invoice", {**body, "Line": [*body["Line"], cut]})
    assert tax_of(made) == (Decimal(tax), [Decimal(tax)], Decimal(total))
    assert [line["DetailType"] for line in made["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert sum(shop.balances().values()) == 0


def test_a_discount_of_an_amount_is_shared_by_taxable_and_other_lines(shop: Books) -> None:
    """20 off 100, of which 60 are taxable: 12 of it is theirs, so 48 at 8 % is 3.84."""
    body = taxed(shop.sale(shop.ann, 60), "2", ApplyTaxAfterDiscount=True)
    cut = {"Amount": 20, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": False}}
    made = shop.twin.create("Invoice", {**body, "Line": [*body["Line"], *shop.sale(shop.ann, 40)["Line"], cut]})
    assert tax_of(made) == (Decimal("3.84"), [Decimal("3.84")], Decimal("83.84"))


@pytest.mark.parametrize(
    ("entity", "owed"),
    [("Invoice", "-8"), ("SalesReceipt", "-8"), ("CreditMemo", "8"), ("RefundReceipt", "8"), ("Estimate", None)],
)
def test_every_sales_form_is_taxed_and_posts_to_the_agency(shop: Books, entity: str, owed: str | None) -> None:
    more = {"DepositToAccountRef": ref(shop.checking)} if entity == "RefundReceipt" else {}
    made = shop.twin.create(entity, taxed(shop.sale(shop.ann, 100, **more), "2"))
    assert tax_of(made) == (8, [8], 108)
    found = shop.balances().get("Board of Equalization Payable")
    assert found == (Decimal(owed) if owed else None)


def test_tax_that_is_stated_stands(shop: Books) -> None:
    detail = {"TaxRateRef": ref("3"), "PercentBased": True, "TaxPercent": 8, "NetAmountTaxable": 100}
    line = {"Amount": Decimal("7.99"), "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
    stated = {"TotalTax": Decimal("7.99"), "TaxLine": [line]}
    made = shop.twin.create("Invoice", taxed(shop.sale(shop.ann, 100), TxnTaxDetail=stated))
    assert tax_of(made) == (Decimal("7.99"), [Decimal("7.99")], Decimal("107.99"))
    body = taxed(shop.sale(shop.ann, 100), TxnTaxDetail={"TxnTaxCodeRef": ref("2"), "TotalTax": Decimal("8.05")})
    assert tax_of(shop.twin.create("Invoice", body))[0] == Decimal("8.05")
    wrong = taxed(shop.sale(shop.ann, 100), TxnTaxDetail={"TotalTax": 9, "TaxLine": [line]})
    shop.refused("6000", shop.twin.create, "Invoice", wrong)


def test_a_new_amount_is_taxed_anew_and_other_codes_are_refused(shop: Books) -> None:
    made = shop.twin.create("Invoice", taxed(shop.sale(shop.ann, 100), "3"))
    line = {**made["Line"][0], "Amount": 200}
    after = shop.twin.update("Invoice", {**made, "Line": [line]})
    assert tax_of(after) == (Decimal("18.20"), [Decimal("14.20"), 4], Decimal("218.20"))
    odd = taxed(shop.sale(shop.ann, 100))
    odd["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = ref("3")
    shop.refused("6100", shop.twin.create, "Invoice", odd)


def test_a_group_is_taxed_line_by_line(shop: Books) -> None:
    """A bundle of a taxable and an untaxed part: 30 at 8 % is 2.40."""
    inner = [*taxed(shop.sale(shop.ann, 30))["Line"], *shop.sale(shop.ann, 70)["Line"]]
    group = {"DetailType": "GroupLineDetail", "GroupLineDetail": {"Quantity": 1, "Line": inner}}
    body = {"CustomerRef": ref(shop.ann), "Line": [group], "TxnTaxDetail": {"TxnTaxCodeRef": ref("2")}}
    made = shop.twin.create("Invoice", body)
    assert tax_of(made) == (Decimal("2.40"), [Decimal("2.40")], Decimal("102.40"))
    assert made["Line"][0]["Amount"] == 100


def test_foreign_sales_owe_the_tax_at_home(shop: Books) -> None:
    prefs = shop.get("Preferences", "1")
    shop.twin.update("Preferences", {**prefs, "CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    emma = shop.made("Customer", {"DisplayName": "Emma", "CurrencyRef": ref("EUR")})
    body = taxed(shop.sale(emma, 100, CurrencyRef=ref("EUR"), ExchangeRate=Decimal("1.5")), "2")
    made = shop.twin.create("Invoice", body)
    assert (*tax_of(made), made["HomeTotalAmt"]) == (8, [8], 108, 162)
    assert shop.balances()["Board of Equalization Payable"] == -12


def test_taxes_of_other_countries_are_refused_plainly() -> None:
    made = Books(founding=Founding("CAD", multicurrency=True, country="CA"))
    body: Any = made.sale(made.ann, 10)
    assert made.twin.create("Invoice", body)["TotalAmt"] == 10
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = ref("4")
    fault = made.refused("5030", made.twin.create, "Invoice", body)
    assert "outside the United States" in fault.detail
    made.twin.close()
