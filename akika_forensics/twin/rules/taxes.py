"""TaxService: one request that makes a tax code and the rates in it, and the lists that come of it.

Request and answer are the bare object, without a wrapper and without a time:
``{"TaxCode": "<name>", "TaxRateDetails": [{"TaxRateId": "3"} or {"TaxRateName", "RateValue", "TaxAgencyId",
"TaxApplicableOn"}]}``, and ``TaxCodeId`` in the answer. Source: QuickBooks API, TaxService.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import money
from akika_forensics.twin import book_faults, faults, identity, naming, schema, settings, standing, wire
from akika_forensics.twin.documents import references
from akika_forensics.twin.session import Session

_SIDES: Final = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList", "Adjustment": "AdjustmentTaxRateList"}


def create(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Make the code and the rates that are new; gives the answer. Raises 2020, 2010, 2500, 5030, 6000, 6240."""
    standing.check_subscription(session)
    if settings.preference(session, "TaxPrefs", "PartnerTaxEnabled"):
        raise faults.not_offered("Tax codes and rates of this company are kept by automated sales tax.")
    asked = schema.admit("TaxService", body)
    name = str(asked.get("TaxCode") or "")
    if not name:
        raise faults.missing("TaxCode")
    details = asked.get("TaxRateDetails") or []
    if not details:
        raise faults.missing("TaxRateDetails")
    if session.store.holder_of_name(("TaxCode",), name):
        raise _taken("code")
    rows = [_rate(session, detail) for detail in details]
    lists: dict[str, list[dict[str, Any]]] = {"Sales": [], "Purchase": []}
    for row in rows:
        side = lists.setdefault(str(row["TaxApplicableOn"]), [])
        side.append(
            {
                "TaxRateRef": {"value": row["TaxRateId"], "name": row["TaxRateName"]},
                "TaxTypeApplicable": "TaxOnAmount",
                "TaxOrder": 0,
            }
        )
    code: dict[str, Any] = {
        "Name": name,
        "Description": name,
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
    }
    code |= {_SIDES[side]: {"TaxRateDetail": held} for side, held in lists.items() if side in _SIDES}
    code_id = _keep(session, "TaxCode", code)
    return {"TaxCode": name, "TaxCodeId": code_id, "TaxRateDetails": rows}


def _rate(session: Session, detail: dict[str, Any]) -> dict[str, Any]:
    """One row of the answer, its rate made when it is not there yet."""
    side = str(detail.get("TaxApplicableOn") or "Sales")
    if detail.get("TaxRateId"):
        rate = references.need(session, "TaxRate", str(detail["TaxRateId"]))
    else:
        rate = _new_rate(session, detail)
    return {
        "TaxRateName": rate["Name"],
        "TaxRateId": str(rate["Id"]),
        "RateValue": schema.short_number(money(rate["RateValue"])),
        "TaxAgencyId": str((rate.get("AgencyRef") or {}).get("value", "")),
        "TaxApplicableOn": side,
    }


def _new_rate(session: Session, detail: dict[str, Any]) -> dict[str, Any]:
    for field in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(field) in (None, ""):
            raise faults.missing(f"TaxRateDetails.{field}")
    name, value = str(detail["TaxRateName"]), Decimal(detail["RateValue"])
    if not 0 <= value <= 100:
        raise faults.business("The rate must be between 0 and 100 percent.")
    agency = references.need(session, "TaxAgency", str(detail["TaxAgencyId"]))
    if session.store.holder_of_name(("TaxRate",), name) or any(
        naming.unique_name("TaxRate", other) == name.casefold() for other in session.each("TaxRate")
    ):
        raise _taken("rate")
    rate = {
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": value,
        "AgencyRef": {"value": str(agency["Id"])},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
    }
    return {**rate, "Id": _keep(session, "TaxRate", rate)}


def _taken(what: str) -> faults.QuickBooksFault:
    """The line break is the service's own. Source: recorded answer for a tax rate."""
    return book_faults.duplicate_name(f"Another tax {what} is already using this \nname. Please use a different name.")


def _keep(session: Session, entity: str, body: dict[str, Any]) -> str:
    record_id = identity.next_id(session.store, entity)
    stamp = wire.metadata_time(session.moment)
    body |= {"domain": "QBO", "sparse": False, "Id": record_id, "SyncToken": "0"}
    body["MetaData"] = {"CreateTime": stamp, "LastUpdatedTime": stamp}
    session.put(entity, body)
    session.note("created", entity, record_id, body)
    return record_id
