"""Entitlements: what the company's plan holds. The service answers XML; here the same figures go as JSON.

Source: QuickBooks API, Entitlements, and its schema.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.twin import settings
from akika_forensics.twin.session import Session

_SWITCHES: Final = (
    ("1", "Sales Tax", "TaxPrefs", "UsingSalesTax"),
    ("2", "Class Tracking", "AccountingInfoPrefs", "ClassTrackingPerTxn"),
    ("3", "Location Tracking", "AccountingInfoPrefs", "TrackDepartments"),
    ("4", "Inventory", "ProductAndServicesPrefs", "QuantityOnHand"),
    ("5", "Estimates", "SalesFormsPrefs", "AllowEstimates"),
    ("6", "Billable Expenses", "VendorAndPurchasesPrefs", "BillableExpenseTracking"),
    ("7", "Time Tracking", "TimeTrackingPrefs", "UseServices"),
    ("8", "Multiple Currencies", "CurrencyPrefs", "MultiCurrencyEnabled"),
)
_SEATS: Final = "5"


def of(session: Session) -> dict[str, Any]:
    """The plan, its seats, and which of its features are on."""
    body = session.find("CompanyInfo", "1") or {}
    sku = [str(row.get("Value")) for row in body.get("NameValue", []) if row.get("Name") == "OfferingSku"]
    features = [
        {"id": number, "name": name, "term": "On" if settings.preference(session, section, field) else "Off"}
        for number, name, section, field in _SWITCHES
    ]
    return {
        "QboCompany": "true",
        "PlanName": sku[0] if sku else "QuickBooks Online Plus",
        "MaxUsers": _SEATS,
        "CurrentUsers": "1",
        "DaysRemainingTrial": "0",
        "Entitlement": features,
        "Thresholds": {"Threshold": []},
    }
