"""Bill, VendorCredit, Purchase, PurchaseOrder."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.twin import faults, settings
from akika_forensics.twin.documents import lines, references
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import numbers

_PAYMENT_TYPES: Final[dict[str, frozenset[str]]] = {
    "Check": frozenset({"Bank"}),
    "Cash": frozenset({"Bank", "Other Current Asset"}),
    "CreditCard": frozenset({"Credit Card"}),
}
_TXN_TYPE: Final = {"CreditCard": "1", "Check": "3", "Cash": "31"}
"""The number of the form in PurchaseEx; 11 for a credit of a card. Source: recorded answers."""


def complete(write: Write, body: dict[str, Any]) -> None:
    session, entity = write.session, write.entity
    if entity == "Purchase":
        _payment_type(write, body)
    references.resolve(session, entity, body, write.old)
    numbers.complete(write, body)
    body.setdefault("CurrencyRef", settings.home_currency(session))
    total = lines.complete_expense(write, body)
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    if entity != "Purchase":
        _payable(write, body)
    else:
        _paid_from(write, body)
    if entity == "Purchase" and write.claimed and write.claimed != total:
        raise faults.business("The total amount must be the sum of the lines.")
    before = money((write.old or {}).get("TotalAmt"))
    body["TotalAmt"] = total
    if entity in {"Bill", "VendorCredit"}:
        body["Balance"] = total - before + money((write.old or {}).get("Balance"))
        if body["Balance"] < ZERO:
            raise faults.business("The amount of this transaction cannot be less than what is already applied to it.")
    if entity == "Bill":
        numbers.due_date(write, body, "Vendor", default_terms=False)
    if entity == "PurchaseOrder":
        body.setdefault("POStatus", "Open" if any(map(_outstanding, body["Line"])) else "Closed")
        for field in ("VendorAddr", "ShipAddr"):
            numbers.address(write, body, field, None, field)
        numbers.custom_fields(write, body)


def _outstanding(line: dict[str, Any]) -> bool:
    """Whether a line orders something: a quantity of an item, or an amount. Source: recorded orders."""
    return bool(line.get(lines.ITEM_EXPENSE) or money(line.get("Amount")))


def _payable(write: Write, body: dict[str, Any]) -> None:
    session = write.session
    if not ref_id(body, "APAccountRef"):
        account = accounts.system(session, "payable", rates.code_of(session, body))
        named = session.find("Account", account) or {}
        body["APAccountRef"] = {"value": account, "name": str(named.get("FullyQualifiedName", ""))}
    accounts.needs_type(session, body["APAccountRef"], frozenset({accounts.PAYABLE}), "APAccountRef")


def _payment_type(write: Write, body: dict[str, Any]) -> None:
    """A full update cannot change it, a sparse one leaves it. Source: seen by third parties. Raises 2170, 610."""
    kind = body.get("PaymentType")
    if kind not in _PAYMENT_TYPES:
        raise faults.malformed("PaymentType", "enum", kind)
    before = (write.old or {}).get("PaymentType")
    if before is None or before == kind:
        return
    if not write.sparse:
        raise faults.not_found()
    body["PaymentType"] = before


def _paid_from(write: Write, body: dict[str, Any]) -> None:
    kind = body["PaymentType"]
    accounts.needs_type(write.session, body.get("AccountRef"), _PAYMENT_TYPES[kind], "AccountRef")
    entity_ref = body.get("EntityRef")
    if entity_ref:
        if not entity_ref.get("type"):
            raise faults.missing("EntityRef.type")
        entity = str(entity_ref["type"]).capitalize()
        if entity not in {"Customer", "Vendor", "Employee"}:
            raise faults.malformed("EntityRef.type", "enum", entity_ref["type"])
        target = references.need(write.session, entity, str(entity_ref["value"]))
        entity_ref.update(name=references.name_of(entity, target), type=entity)
    credit = bool(body.get("Credit", False))
    if credit and kind != "CreditCard":
        raise faults.business("Only a credit card transaction can be a credit.")
    body["Credit"] = credit
    body["PurchaseEx"] = {"any": [name_value("TxnType", "11" if credit else _TXN_TYPE[kind])]}
    if kind == "Check":
        body.setdefault("PrintStatus", "NotSet")


def name_value(name: str, value: str) -> dict[str, Any]:
    """The extension element as the service writes it. Source: recorded answers."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
