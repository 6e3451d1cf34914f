"""What a new company starts with: CompanyInfo and Preferences, and how the rules read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.twin.currencies import NAMES
from akika_forensics.twin.session import Session

MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Founding:
    """What is settled when a company is made: its home currency for good, others from the start or later."""

    home_currency: str = "USD"
    multicurrency: bool = False
    country: str = "US"


_PLAIN: Final = Founding()


def company_info(name: str, stamp: str, founding: Founding = _PLAIN) -> dict[str, Any]:
    address = {"Id": "1", "Line1": "123 Sierra Way", "City": "San Pablo", "CountrySubDivisionCode": "CA"}
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": dict(address),
        "CustomerCommunicationAddr": dict(address),
        "LegalAddr": dict(address),
        "PrimaryPhone": {},
        "CompanyStartDate": stamp[:10],
        "FiscalYearStartMonth": "January",
        "Country": founding.country,
        "Email": {"Address": "owner@example.com"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IsQbdtMigrated", "Value": "false"},
            {"Name": "CompanyType", "Value": "Other"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
        ],
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def preferences(stamp: str, founding: Founding = _PLAIN) -> dict[str, Any]:
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": False,
            "TaxYearMonth": "January",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": False,
            "TrackDepartments": False,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": False,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "AutoApplyCredit": False,
            "UsingPriceLevels": False,
        },
        "EmailMessagesPrefs": {},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": True},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": founding.multicurrency,
            "HomeCurrency": {"value": founding.home_currency},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def preference(session: Session, section: str, field: str) -> Any:
    return session.preference(section, field)


def preferred_account(session: Session, section: str, field: str) -> str | None:
    """A default account named in Preferences, if it still exists. Recorded as a ref or as a bare Id."""
    value = preference(session, section, field)
    if isinstance(value, dict):
        value = value.get("value")
    return str(value) if value and session.find("Account", str(value)) else None


def company_tax_code(preferences: dict[str, Any]) -> str | None:
    """The tax code that a customer without one is taxed by; None in a company that charges no sales tax."""
    taxes = preferences.get("TaxPrefs") or {}
    code = taxes.get("TaxGroupCodeRef")
    if taxes.get("UsingSalesTax") is False or not isinstance(code, dict) or not code.get("value"):
        return None
    return str(code["value"])


def home_code(session: Session) -> str:
    value = preference(session, "CurrencyPrefs", "HomeCurrency")
    return str(value["value"]) if isinstance(value, dict) and value.get("value") else "USD"


def home_currency(session: Session) -> dict[str, Any]:
    return currency(session, home_code(session))


def currency(session: Session, code: str) -> dict[str, Any]:
    """A CurrencyRef, named as in the company's list of currencies or else as QuickBooks names it."""
    if code not in NAMES:
        for body in session.each("CompanyCurrency"):
            if body.get("Code") == code:
                return {"value": code, "name": str(body.get("Name") or code)}
    return {"value": code, "name": NAMES.get(code, code)}


def multicurrency(session: Session) -> bool:
    """Whether the company keeps other currencies beside its own."""
    return bool(preference(session, "CurrencyPrefs", "MultiCurrencyEnabled"))


def close_date(session: Session) -> date | None:
    """Books are closed up to and including this day. Source: QuickBooks API, BookCloseDate."""
    value = preference(session, "AccountingInfoPrefs", "BookCloseDate")
    return parse_date(value) if isinstance(value, str) and value else None


def country(session: Session) -> str:
    """``US``, ``FR``: where the company's edition is from."""
    body = session.find("CompanyInfo", "1") or {}
    return str(body.get("Country") or "US").upper()


def _named_value(session: Session, name: str) -> str:
    body = session.find("CompanyInfo", "1") or {}
    pairs = {str(row.get("Name")): str(row.get("Value")) for row in body.get("NameValue", [])}
    return pairs.get(name, "")


def subscription(session: Session) -> str:
    """``PAID``, ``TRIAL``, ``EXPIRED``; empty when the company does not say."""
    return _named_value(session, "SubscriptionStatus").upper()


def edition(session: Session) -> str:
    """Such as ``QuickBooks Online Plus``; empty when the company does not say."""
    return _named_value(session, "OfferingSku")


def last_user(session: Session, entity: str = "", record_id: str = "") -> str:
    """Who saved a record last, as a refusal for a stale token names him; ``name_user`` names another."""
    trail = session.store.trail
    authors = trail.authors(entity, record_id)
    user = trail.user(authors[1]) if authors else None
    return session.store.setting("user") or (user.name if user else "Craig Carlson")


def report_basis(session: Session) -> str:
    """The basis of a report that is asked for without one: ``Accrual`` or ``Cash``. Source: QuickBooks API, ReportPrefs."""
    return "Cash" if preference(session, "ReportPrefs", "ReportBasis") == "Cash" else "Accrual"


def fiscal_start_month(session: Session) -> int:
    body = session.find("CompanyInfo", "1") or {}
    name = str(body.get("FiscalYearStartMonth", "January"))
    return MONTHS.index(name) + 1 if name in MONTHS else 1


def custom_fields(session: Session, entity: str) -> list[tuple[str, str]]:
    """(DefinitionId, Name) of a form's custom fields that are switched on. Source: recorded preferences and forms."""
    if entity == "PurchaseOrder":
        groups = preference(session, "VendorAndPurchasesPrefs", "POCustomField") or []
        switch, title = "PurchasePrefs.UsePurchaseCustom", "PurchasePrefs.PurchaseCustomName"
    else:
        groups = preference(session, "SalesFormsPrefs", "CustomField") or []
        switch, title = "SalesFormsPrefs.UseSalesCustom", "SalesFormsPrefs.SalesCustomName"
    values: dict[str, Any] = {}
    for group in groups if isinstance(groups, list) else []:
        for field in group.get("CustomField", []):
            values[str(field.get("Name", ""))] = field.get("StringValue", field.get("BooleanValue"))
    return [
        (str(number), str(values[f"{title}{number}"]))
        for number in (1, 2, 3)
        if values.get(f"{switch}{number}") and values.get(f"{title}{number}")
    ]
