"""Acts of selling as requests to the company: the bodies that somebody's browser or program would send."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.lines import SaleLine

type Body = dict[str, Any]
type Find = Callable[[str, str], str]
"""Entity and name to Id. Raises Absent."""


class Absent(Exception):
    """Something that an act names is not there, or no longer."""


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def rate(millionths: int) -> Decimal:
    return Decimal(millionths) / 1_000_000


def ref(find: Find, entity: str, name: str) -> Body:
    return {"value": find(entity, name)}


def rated(body: Body, currency: str, millionths: int) -> None:
    if millionths:
        body |= {"CurrencyRef": {"value": currency}, "ExchangeRate": rate(millionths)}


def customer(find: Find, act: acts.AddCustomer) -> Body:
    body: Body = {"DisplayName": act.name, "Taxable": bool(act.tax)}
    if act.parent:
        body |= {"ParentRef": ref(find, "Customer", act.parent), "Job": True}
    else:
        body |= {
            "GivenName": act.given,
            "FamilyName": act.family,
            "BillAddr": {
                "Line1": act.street,
                "City": act.city,
                "CountrySubDivisionCode": act.state,
                "PostalCode": act.postal_code,
            },
            "PrimaryPhone": {"FreeFormNumber": act.phone},
            "PrimaryEmailAddr": {"Address": act.email},
        }
    if act.company:
        body["CompanyName"] = act.company
    body["SalesTermRef"] = ref(find, "Term", act.term)
    if act.tax:
        body["DefaultTaxCodeRef"] = ref(find, "TaxCode", act.tax)
    if act.currency:
        body["CurrencyRef"] = {"value": act.currency}
    return body


def sale_lines(find: Find, rows: tuple[SaleLine, ...], estimate: str = "") -> list[Body]:
    lines = []
    for row in rows:
        detail: Body = {
            "ItemRef": ref(find, "Item", row.item),
            "UnitPrice": money(row.price),
            "Qty": money(row.quantity),
            "TaxCodeRef": {"value": "TAX" if row.taxed else "NON"},
        }
        if row.klass:
            detail["ClassRef"] = ref(find, "Class", row.klass)
        line: Body = {
            "Description": row.text,
            "Amount": money(row.cents),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
        }
        if estimate:
            line["LinkedTxn"] = [{"TxnId": estimate, "TxnType": "Estimate"}]
        lines.append(line)
    return lines


def sale(find: Find, act: acts.Sale, currency: str) -> Body:
    estimate = ""
    if act.estimate:
        try:
            estimate = find("Estimate", act.estimate)
        except Absent:
            estimate = ""
    body: Body = {
        "DocNumber": act.number,
        "TxnDate": act.date.isoformat(),
        "CustomerRef": ref(find, "Customer", act.customer),
        "Line": sale_lines(find, act.lines, estimate),
        "DepartmentRef": ref(find, "Department", act.department),
    }
    if act.tax:
        body["TxnTaxDetail"] = {"TxnTaxCodeRef": ref(find, "TaxCode", act.tax)}
    if act.memo:
        body["PrivateNote"] = act.memo
    if act.term:
        body["SalesTermRef"] = ref(find, "Term", act.term)
    if estimate:
        body["LinkedTxn"] = [{"TxnId": estimate, "TxnType": "Estimate"}]
    if act.method:
        body["PaymentMethodRef"] = ref(find, "PaymentMethod", act.method)
    if act.reference:
        body["PaymentRefNum"] = act.reference
    if act.account:
        body["DepositToAccountRef"] = ref(find, "Account", act.account)
    rated(body, currency, act.rate)
    return body


def payment(find: Find, act: acts.ReceivePayment, currency: str, applied: list[Body]) -> Body:
    body: Body = {
        "CustomerRef": ref(find, "Customer", act.customer),
        "TxnDate": act.date.isoformat(),
        "TotalAmt": money(act.cents),
        "PaymentRefNum": act.reference,
        "Line": applied,
    }
    if act.method:
        body["PaymentMethodRef"] = ref(find, "PaymentMethod", act.method)
    if act.account:
        body["DepositToAccountRef"] = ref(find, "Account", act.account)
    if act.memo:
        body["PrivateNote"] = act.memo
    if act.rate and currency:
        body |= {"ARAccountRef": ref(find, "Account", f"receivable {currency}")}
    rated(body, currency, act.rate)
    return body


def applied_line(kind: str, record_id: str, cents: int) -> Body:
    return {"Amount": money(cents), "LinkedTxn": [{"TxnId": record_id, "TxnType": kind}]}
