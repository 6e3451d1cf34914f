"""ReimburseCharge records and the billable lines they came from. Source: QuickBooks API, ReimburseCharge.

Which line a charge came from is not said on the wire; it is kept aside: the charge is the source of a link row whose
target is the document and whose ``before`` is the line's Id.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import LinkRow

ENTITY: Final = "ReimburseCharge"
_DETAILS: Final = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")


def of_document(session: Session, entity: str, record_id: str) -> list[LinkRow]:
    return [row for row in session.store.links_to(entity, record_id) if row.source_entity == ENTITY]


def detail(line: dict[str, Any]) -> dict[str, Any]:
    """The expense detail of a line; empty for any other line."""
    return next((line[kind] for kind in _DETAILS if isinstance(line.get(kind), dict)), {})


def said(body: dict[str, Any], line: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What a charge repeats of its line."""
    shown: dict[str, Any] = {"TaxCodeRef": dict(found.get("TaxCodeRef") or {"value": "NON"})}
    for source, field in (("ItemRef", "ItemRef"), ("AccountRef", "ItemAccountRef"), ("ClassRef", "ClassRef")):
        if found.get(source):
            shown[field] = dict(found[source])
    for field in ("Qty", "UnitPrice", "MarkupInfo"):
        if field in found:
            shown[field] = found[field]
    row = {"Id": "1", "LineNum": 1, "Amount": line["Amount"], "DetailType": "ReimburseLineDetail"}
    if line.get("Description"):
        row["Description"] = line["Description"]
    repeated = {
        "CustomerRef": dict(found["CustomerRef"]),
        "Amount": line["Amount"],
        "TxnDate": body["TxnDate"],
        "Line": [{**row, "ReimburseLineDetail": shown}],
    }
    if body.get("CurrencyRef"):
        repeated["CurrencyRef"] = dict(body["CurrencyRef"])
    return repeated


def mark(session: Session, charge_id: str, *, billed: bool) -> None:
    """Say on the line that a charge came from whether it is billed; one that is not any more says what its line says."""
    for row in session.store.links_from(ENTITY, charge_id):
        source = session.edit(row.target_entity, row.target_id)
        charge = session.edit(ENTITY, charge_id)
        for line in (source or {}).get("Line", []):
            if str(line.get("Id")) != row.before:
                continue
            detail(line)["BillableStatus"] = "HasBeenBilled" if billed else "Billable"
            if not billed and charge is not None and source is not None and detail(line).get("CustomerRef"):
                charge.update(said(source, line, detail(line)))
