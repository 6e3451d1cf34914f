"""The company's settings and small lists: terms, payment methods, taxes, a class, a department."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from akika_forensics.twin.sample.expenses import CREW_CLASS, YARD_DEPARTMENT
from akika_forensics.twin.sample.timeline import FOUNDED, at

COMPANY_NAME: Final = "Craig's Design and Landscaping Services"
_FOUNDED_AT: Final = at(FOUNDED, 8).isoformat()

TERMS: Final = (
    ("1", "Due on receipt", 0),
    ("2", "Net 15", 15),
    ("3", "Net 30", 30),
    ("4", "Net 60", 60),
    ("5", "Net 10", 10),
)
PAYMENT_METHODS: Final = (
    ("1", "Cash", "NON_CREDIT_CARD"),
    ("2", "Check", "NON_CREDIT_CARD"),
    ("3", "Visa", "CREDIT_CARD"),
    ("4", "MasterCard", "CREDIT_CARD"),
    ("5", "Discover", "CREDIT_CARD"),
)
TAX_AGENCIES: Final = (("1", "Arizona Dept. of Revenue"), ("2", "Board of Equalization"))
TAX_RATES: Final = (
    ("1", "AZ State tax", Decimal("7.1"), "1"),
    ("2", "Tucson City", Decimal(2), "1"),
    ("3", "California", Decimal(8), "2"),
)
TAX_CODES: Final = (("2", "California", ("3",)), ("3", "Tucson", ("1", "2")))
AGENCY_PAYABLE: Final = {"1": "89", "2": "90"}


def _stored(record_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return body | {
        "domain": "QBO",
        "sparse": False,
        "Id": record_id,
        "SyncToken": "0",
        "MetaData": {"CreateTime": _FOUNDED_AT, "LastUpdatedTime": _FOUNDED_AT},
    }


def company_info(name: str = COMPANY_NAME, started: str = FOUNDED.isoformat()) -> dict[str, Any]:
    """A stored CompanyInfo payload for a company called ``name``."""
    address = {
        "Id": "1",
        "Line1": "77 Trellis Road",
        "City": "San Pablo",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94099",
    }
    return _stored(
        "1",
        {
            "CompanyName": name,
            "LegalName": name,
            "CompanyAddr": address,
            "CustomerCommunicationAddr": address,
            "LegalAddr": address,
            "PrimaryPhone": {"FreeFormNumber": "(510) 555-0177"},
            "CompanyStartDate": started,
            "FiscalYearStartMonth": "January",
            "Country": "US",
            "Email": {"Address": "office@example.com"},
            "WebAddr": {},
            "SupportedLanguages": "en",
            "NameValue": [
                {"Name": "NeoEnabled", "Value": "true"},
                {"Name": "IndustryType", "Value": "Landscaping Services"},
                {"Name": "SubscriptionStatus", "Value": "PAID"},
            ],
        },
    )


def preferences() -> dict[str, Any]:
    """A stored Preferences payload: US company, sales tax on, Net 30, inventory, one class a line, no closing date."""
    return _stored(
        "1",
        {
            "AccountingInfoPrefs": {
                "FirstMonthOfFiscalYear": "January",
                "UseAccountNumbers": False,
                "TaxYearMonth": "January",
                "ClassTrackingPerTxn": False,
                "ClassTrackingPerTxnLine": True,
                "TrackDepartments": True,
                "DepartmentTerminology": "Location",
                "CustomerTerminology": "Customers",
            },
            "ProductAndServicesPrefs": {
                "ForSales": True,
                "ForPurchase": True,
                "QuantityWithPriceAndRate": True,
                "QuantityOnHand": True,
            },
            "SalesFormsPrefs": {
                "CustomField": [],
                "CustomTxnNumbers": False,
                "AllowDeposit": False,
                "AllowDiscount": True,
                "DefaultDiscountAccount": "86",
                "AllowEstimates": True,
                "AllowServiceDate": False,
                "AllowShipping": False,
                "DefaultTerms": {"value": "3"},
                "AutoApplyCredit": True,
                "DefaultCustomerMessage": "We were glad to work for you.",
            },
            "EmailMessagesPrefs": {},
            "VendorAndPurchasesPrefs": {
                "TrackingByCustomer": True,
                "BillableExpenseTracking": True,
                "POCustomField": [],
            },
            "TimeTrackingPrefs": {
                "UseServices": True,
                "BillCustomers": True,
                "ShowBillRateToAll": False,
                "WorkWeekStartDate": "Monday",
                "MarkTimeEntriesBillable": True,
            },
            "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": False, "TaxGroupCodeRef": {"value": "2"}},
            "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
            "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
            "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"}]},
        },
    )


def settings() -> Iterator[tuple[str, dict[str, Any]]]:
    """``(entity, stored payload)`` of what the API cannot create: company, preferences, sales taxes."""
    yield "CompanyInfo", company_info()
    yield "Preferences", preferences()
    for number, name in TAX_AGENCIES:
        yield (
            "TaxAgency",
            _stored(number, {"TaxTrackedOnPurchases": False, "TaxTrackedOnSales": True, "DisplayName": name}),
        )
    for number, name, percent, agency in TAX_RATES:
        yield (
            "TaxRate",
            _stored(
                number,
                {
                    "Name": name,
                    "Description": "Sales Tax",
                    "Active": True,
                    "RateValue": percent,
                    "AgencyRef": {"value": agency},
                    "SpecialTaxType": "NONE",
                    "DisplayType": "ReadOnly",
                },
            ),
        )
    rate_names = {number: name for number, name, _, _ in TAX_RATES}
    for number, name, rates in TAX_CODES:
        details = [
            {
                "TaxRateRef": {"value": rate, "name": rate_names[rate]},
                "TaxTypeApplicable": "TaxOnAmount",
                "TaxOrder": 0,
            }
            for rate in rates
        ]
        yield (
            "TaxCode",
            _stored(
                number,
                {
                    "Name": name,
                    "Description": name,
                    "Active": True,
                    "Taxable": True,
                    "TaxGroup": True,
                    "SalesTaxRateList": {"TaxRateDetail": details},
                    "PurchaseTaxRateList": {"TaxRateDetail": []},
                },
            ),
        )


def lists() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """``(entity, id, body)`` of the small lists that the API can create."""
    for number, name, due in TERMS:
        yield "Term", number, {"Name": name, "DueDays": due, "DiscountDays": 0, "Type": "STANDARD"}
    for number, name, kind in PAYMENT_METHODS:
        yield "PaymentMethod", number, {"Name": name, "Type": kind}
    yield "Class", CREW_CLASS, {"Name": "Crew one"}
    yield "Department", YARD_DEPARTMENT, {"Name": "Yard"}


__all__ = ["AGENCY_PAYABLE", "COMPANY_NAME", "company_info", "lists", "preferences", "settings"]
