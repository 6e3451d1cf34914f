"""The sales taxes of the stock company: California 8, Tucson of Arizona 7.1 and the city's 2."""

from __future__ import annotations

from typing import Any

from akika_forensics.model.payload import encode
from tests.twin.conftest import Body, Books, ref


def add_taxes(books: Books) -> None:
    for number, name in (("1", "Arizona Dept. of Revenue"), ("2", "Board of Equalization")):
        books.twin.put_raw("TaxAgency", encode({"Id": number, "DisplayName": name}))
    for number, name, rate, agency in (
        ("1", "AZ State tax", "7.1", "1"),
        ("2", "Tucson City", "2", "1"),
        ("3", "California", "8", "2"),
    ):
        body = {"Id": number, "Name": name, "RateValue": float(rate), "AgencyRef": ref(agency), "Active": True}
        books.twin.put_raw("TaxRate", encode(body))
    for number, name, parts in (("2", "California", "3"), ("3", "Tucson", "12")):
        rows = [{"TaxRateRef": ref(one), "TaxOrder": 0} for one in parts]
        body = {"Id": number, "Name": name, "Active": True, "SalesTaxRateList": {"TaxRateDetail": rows}}
        books.twin.put_raw("TaxCode", encode(body))


def taxed(body: Body, code: str | None = None, **more: Any) -> Body:
    """The same form with every line taxable and, with ``code``, a tax code."""
    lines = []
    for line in body["Line"]:
        detail = {**line["SalesItemLineDetail"], "TaxCodeRef": ref("TAX")}
        lines.append({**line, "SalesItemLineDetail": detail})
    tax = {"TxnTaxDetail": {"TxnTaxCodeRef": ref(code)}} if code else {}
    return {**body, "Line": lines, **tax, **more}
