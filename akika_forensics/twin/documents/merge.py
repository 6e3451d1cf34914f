"""What an update leaves of the record before: the full and the sparse one."""

from __future__ import annotations

import copy
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE, linked_entity
from akika_forensics.twin import schema
from akika_forensics.twin.documents import links
from akika_forensics.twin.ledger import linking

_NESTED: Final = frozenset({"CompanyInfo", "Preferences"})
"""Settings are updated field by field within their groups."""

_SYSTEM: Final = schema.SYSTEM

_HOME_ONLY: Final = frozenset({"GlobalTaxCalculation", "DiscountRate", "DiscountAmt", "HomeTotalAmt", "HomeBalance"})
"""Fields that mean nothing to a US company, or are reckoned by the service; ignored in a request."""

_ALWAYS: Final = {"CompanyInfo": frozenset({"CompanyName", "Country", "FiscalYearStartMonth", "DefaultTimeZone"})}
"""Fields of one kind that cannot be without a value."""

_TEMPLATES_ONLY: Final = frozenset({"RecurringInfo", "RecurDataRef"})
"""What only a recurring template says, and the service of the transactions it makes."""

_UNTAXED: Final = frozenset({"Bill", "VendorCredit", "Purchase", "PurchaseOrder", "Deposit"})
"""Forms on which a US company has no tax of its own."""

_STAY: Final = frozenset(
    [
        "DocNumber",
        "CustomField",
        "PrintStatus",
        "EmailStatus",
        "DeliveryInfo",
        "DepositToAccountRef",
        "CurrencyRef",
        "ApplyTaxAfterDiscount",
        "DefaultTaxCodeRef",
        "PreferredDeliveryMethod",
        "Taxable",
        "Active",
        "BillWithParent",
        "APAccountRef",
        "PaymentType",
        "Credit",
        "PayType",
        "AccountType",
        "AccountSubType",
        "Classification",
        "Type",
        "TrackQtyOnHand",
        "QtyOnHand",
        "InvStartDate",
        "Adjustment",
        "PurchaseEx",
        "AllowIPNPayment",
        "AllowOnlinePayment",
        "AllowOnlineCreditCardPayment",
        "AllowOnlineACHPayment",
        "ProcessPayment",
        "TxnStatus",
        "POStatus",
        "Vendor1099",
        "BillableTime",
        "DisplayName",
        "Code",
        "Balance",
        "BalanceWithJobs",
        "TaxTrackedOnPurchases",
        "TaxTrackedOnSales",
        "ExchangeRate",
        "HomeTotalAmt",
        "HomeBalance",
        "GlobalTaxCalculation",
        "DiscountRate",
        "DiscountAmt",
    ]
)
"""Fields that a full update leaves when it does not name them. Source: recorded updates of a sales receipt and a
customer; the rest are fields that always have a value. A date that is not named becomes the day of the update: recorded
updates of sales receipts."""


def drop_unwritable(entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """Without what the service sets itself; such fields in a request are ignored. Source: QuickBooks API."""
    computed = {name for name in CATALOGUE[entity].computed if "." not in name and "[" not in name}
    ignored = (computed | _SYSTEM | _HOME_ONLY | _TEMPLATES_ONLY) - {"LinkedTxn"}
    if entity in _UNTAXED:
        ignored |= {"TxnTaxDetail"}
    kept = {name: value for name, value in body.items() if name not in ignored}
    for line in kept.get("Line", []):
        line.pop("LineEx", None)
    return kept


def full(entity: str, old: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Omitted writable fields are emptied, but for the recorded exceptions; a preference always has a value."""
    computed = {name for name in CATALOGUE[entity].computed if "." not in name and "[" not in name}
    stay = (
        computed
        | _ALWAYS.get(entity, frozenset())
        | _SYSTEM
        | _STAY
        | _TEMPLATES_ONLY
        | ({"TxnTaxDetail"} if entity in _UNTAXED else set())
    )
    if entity == "Preferences":
        return sparse(entity, old, sent)
    body = {name: copy.deepcopy(value) for name, value in old.items() if name in stay}
    unknown = {name: copy.deepcopy(old[name]) for name in old if name not in schema.fields_of(entity)}
    body.update(unknown)
    body.update({name: value for name, value in sent.items() if value is not schema.CLEAR})
    body["LinkedTxn"] = linked(entity, old, sent.get("LinkedTxn", []))
    return _finish(body)


def sparse(entity: str, old: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Omitted fields stay; an empty text empties; ``Line`` is replaced as a whole."""
    body = copy.deepcopy(old)
    for name, value in sent.items():
        if value is schema.CLEAR:
            body.pop(name, None)
        elif entity in _NESTED and isinstance(value, dict) and isinstance(body.get(name), dict):
            body[name] = {**body[name], **value}
        else:
            body[name] = value
    if "LinkedTxn" in sent:
        body["LinkedTxn"] = linked(entity, old, sent["LinkedTxn"])
    return _finish(body)


def linked(entity: str, old: dict[str, Any] | None, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The links that a request may state, and the mirrors that the service keeps, in the order they had."""
    writable = links.FULFILLING.get(entity, frozenset())

    def mine(link: dict[str, Any]) -> bool:
        return linked_entity(str(link.get("TxnType", ""))) in writable

    asked = [link for link in wanted if mine(link)]
    ids = {(str(link.get("TxnType")), str(link.get("TxnId"))) for link in asked}
    before = (old or {}).get("LinkedTxn", [])
    stay = [link for link in before if not mine(link) or (str(link.get("TxnType")), str(link.get("TxnId"))) in ids]
    known = {(str(link.get("TxnType")), str(link.get("TxnId"))) for link in stay}
    return stay + [link for link in asked if (str(link.get("TxnType")), str(link.get("TxnId"))) not in known]


def _finish(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("LinkedTxn") == []:
        del body["LinkedTxn"]
    return body


def list_links(entity: str, body: dict[str, Any]) -> None:
    """Show an empty ``LinkedTxn`` where the service does."""
    if entity in linking.ALWAYS_LISTED:
        body.setdefault("LinkedTxn", [])


def same(entity: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two bodies differ in nothing but what every save changes, the labels of references and empty values."""

    def core(body: dict[str, Any]) -> bytes:
        from akika_forensics.model import payload as payloads  # noqa: PLC0415 - only compared here

        kept = {k: v for k, v in body.items() if k not in {"MetaData", "SyncToken", "sparse", "domain"}}
        return payloads.canonical_value(_bare(schema.ordered(entity, kept)))

    return core(one) == core(other)


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    labelled = "value" in value and set(value) <= schema.REF_KEYS
    bare = {name: _bare(inner) for name, inner in value.items() if not (labelled and name == "name")}
    return {name: inner for name, inner in bare.items() if inner not in (None, "", [], {})}
