"""Sales tax of a form: computed from the tax code's rates, or kept as sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.model.references import PSEUDO_TAX_CODES
from akika_forensics.twin import book_faults, faults, refusals, settings
from akika_forensics.twin.documents import lines
from akika_forensics.twin.request import Write, ref_id

_CUSTOM: Final = "CustomSalesTax"


def complete(write: Write, body: dict[str, Any], taxable: Decimal) -> Decimal:
    """Fill ``TxnTaxDetail``; gives the total tax.

    Tax lines that add up to the TotalTax sent with them are an override and stay. Otherwise each rate of the tax code
    is taken of ``taxable``; without a tax code there is no tax, and in a company that charges none no detail either.
    Source of that: recorded sales receipt. Raises 2500, 6000, 6160.
    """
    sent = body.get("TxnTaxDetail") or {}
    rows = [line for line in sent.get("TaxLine", []) if line]
    if rows and "TotalTax" in sent and _kept(sent, rows, taxable):
        return money(sent["TotalTax"])
    code = ref_id(sent, "TxnTaxCodeRef") or _of_customer(write, body, taxable)
    _check_custom(write, code)
    if code is None:
        if rows or money(sent.get("TotalTax")):
            raise faults.business("A tax amount needs the tax lines that explain it, or a tax code.")
        body.pop("TxnTaxDetail", None)
        if settings.preference(write.session, "TaxPrefs", "UsingSalesTax") is not False:
            body["TxnTaxDetail"] = {"TotalTax": ZERO}
        return ZERO
    computed = _computed(write, code, taxable)
    total = sum((money(line["Amount"]) for line in computed), ZERO)
    override = money(sent.get("TotalTax"))
    if override and override != total and computed and not rows:
        computed[0]["Amount"] = money(computed[0]["Amount"]) + override - total
        total = override
    body["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": code}, "TotalTax": total, "TaxLine": computed}
    return total


def _check_custom(write: Write, code: str | None) -> None:
    """Raises 6160, 6230 for the code that the service keeps for itself. Source: QuickBooks API, list of error codes."""
    record = write.session.find("TaxCode", code) if code else None
    if code == _CUSTOM or (record is not None and record.get("Name") == _CUSTOM):
        raise refusals.custom_sales_tax(update=write.old is not None)


def _of_customer(write: Write, body: dict[str, Any], taxable: Decimal) -> str | None:
    """The tax code of a taxable customer, where the company takes that for a document that states no tax."""
    if not taxable or body.get("TxnTaxDetail") or write.session.beliefs.choice("customer_tax_code") == "ignored":
        return None
    customer = write.session.find("Customer", ref_id(body, "CustomerRef") or "") or {}
    return ref_id(customer, "DefaultTaxCodeRef") if customer.get("Taxable") is not False else None


def check_country(write: Write, body: dict[str, Any]) -> None:
    """Raises 5030: codes by line and tax within prices, as outside the United States, are not imitated."""
    if (write.session.find("CompanyInfo", "1") or {}).get("Country", "US") == "US":
        return
    coded = any(
        (ref_id(line.get(str(line.get("DetailType"))), "TaxCodeRef") or "NON") not in PSEUDO_TAX_CODES
        for line in lines.all_lines(body)
    )
    if coded or ref_id(body.get("TxnTaxDetail"), "TxnTaxCodeRef"):
        raise faults.not_offered("the taxes of companies outside the United States.")


def _kept(sent: dict[str, Any], rows: list[dict[str, Any]], taxable: Decimal) -> bool:
    """Whether the tax lines stand as sent: they add up, and were taken of what is taxable now."""
    if sum((money(line.get("Amount")) for line in rows), ZERO) != money(sent["TotalTax"]):
        raise faults.business("The tax lines do not add up to the total tax.")
    for line in rows:
        found = line.get("TaxLineDetail") or {}
        if not ref_id(found, "TaxRateRef"):
            raise faults.missing("TxnTaxDetail.TaxLine.TaxLineDetail.TaxRateRef")
        if "NetAmountTaxable" in found and cents(money(found["NetAmountTaxable"])) != cents(taxable):
            return not ref_id(sent, "TxnTaxCodeRef")
    return True


def _computed(write: Write, code: str, taxable: Decimal) -> list[dict[str, Any]]:
    record = write.session.find("TaxCode", code)
    if record is None:
        raise book_faults.invalid_reference("TaxCodes", code)
    rows: list[dict[str, Any]] = []
    for entry in (record.get("SalesTaxRateList") or {}).get("TaxRateDetail", []):
        rate_id = str(entry["TaxRateRef"]["value"])
        rate = write.session.find("TaxRate", rate_id)
        if rate is None:
            raise book_faults.invalid_reference("TaxRates", rate_id)
        percent = money(rate.get("RateValue"))
        detail = {
            "TaxRateRef": {"value": rate_id},
            "PercentBased": True,
            "TaxPercent": percent,
            "NetAmountTaxable": cents(taxable),
        }
        rows.append({"Amount": cents(taxable * percent / 100), "DetailType": "TaxLineDetail", "TaxLineDetail": detail})
    return rows
