"""Who and what is known under which name in a company: the Ids that acts leave open.

A record that is gone or inactive is not found, whatever was known of it before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.twin.life.bodies import Absent

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

_NUMBERED: Final = frozenset(
    {"Invoice", "SalesReceipt", "Estimate", "CreditMemo", "RefundReceipt", "PurchaseOrder", "JournalEntry", "Purchase",
     "BillPayment"}
)  # fmt: skip
_MERGED: Final = frozenset({"Account", "Customer", "Vendor", "Item", "Class", "Department"})


class Directory:
    """Names of one company; learned when first asked for, and as records are keyed."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._ids: dict[str, dict[str, str]] = {}

    def learn(self, entity: str, name: str, record_id: str) -> None:
        self._of(entity)[name] = record_id

    def find(self, entity: str, name: str) -> str:
        """The Id of a record that is there and active; of a name that was merged, of the one that stayed. Raises Absent."""
        record_id = self._stayed(entity, name)
        body = self._twin.get(entity, record_id) if record_id is not None else None
        if record_id is None or body is None or body.get("Active") is False:
            raise Absent(f"{entity} {name}")
        return record_id

    def body(self, entity: str, name: str) -> dict[str, Any]:
        """The record as it stands. Raises Absent."""
        found = self._twin.get(entity, self.find(entity, name))
        assert found is not None  # noqa: S101 - find says so
        return found

    def _stayed(self, entity: str, name: str) -> str | None:
        record_id = self._of(entity).get(name)
        if entity not in _MERGED or (record_id is not None and self._twin.payload(entity, record_id) is not None):
            return record_id
        for event in self._twin.store.trail.done("merged", entity):
            told = json.loads(event.detail)
            if record_id == told.get("merged_from") or (record_id is None and name == told.get("merged_name")):
                record_id = event.id
                self.learn(entity, name, record_id)
        return record_id

    def _of(self, entity: str) -> dict[str, str]:
        if entity not in self._ids:
            rows = [payloads.decode(payload) for payload in self._twin.payloads(entity)]
            names = {name: str(body["Id"]) for body in rows for name in names_of(entity, body)}
            self._ids[entity] = names
        return self._ids[entity]


def names_of(entity: str, body: dict[str, Any]) -> list[str]:
    """The names by which acts know a record."""
    if entity in _NUMBERED:
        return [str(body["DocNumber"])] if body.get("DocNumber") else []
    if entity in {"Bill", "VendorCredit"}:
        vendor = body.get("VendorRef") or {}
        return [bill_name(str(vendor.get("name", "")), str(body.get("DocNumber", "")))]
    if entity == "Payment":
        return [str(body["PaymentRefNum"])] if body.get("PaymentRefNum") else []
    if entity == "Account" and body.get("AccountType") == "Accounts Receivable":
        return [str(body["Name"]), f"receivable {(body.get('CurrencyRef') or {}).get('value', '')}"]
    return [str(body.get("DisplayName") or body.get("FullyQualifiedName") or body.get("Name") or "")]


def bill_name(vendor: str, number: str) -> str:
    """Numbers of bills are the vendor's own."""
    return f"{vendor}\n{number}"
