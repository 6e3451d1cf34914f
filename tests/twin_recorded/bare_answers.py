"""Answers that were kept without their request: what must have been asked for each of them.

The requests are inferred: from the answer itself, from the file's name and from the tests that use the fixture. Values
of a new record are those of the answer that a server does not set on its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Way:
    """How to ask for one answer, and what the kept text still tells about it.

    ``texts`` is off where the texts stand for any other. ``within``: the part of the file that is the answer; ``served``: the part of the twin's answer it stands for.
    """

    method: str
    target: str
    body: str = ""
    status: int = 200
    content_type: str = "application/json"
    in_order: bool = True
    in_digits: bool = True
    within: tuple[str, ...] = ()
    served: tuple[str | int, ...] = ()
    moment: datetime | None = None
    texts: bool = True


_DEMO: Final = datetime(2019, 12, 20, 20, tzinfo=UTC)
"""Some time after the newest record of the demonstration company; its answers were kept without their time."""


def _post(entity: str, body: Any, status: int = 200, *, query: str = "", in_order: bool = True) -> Way:
    return Way("POST", f"{{company}}/{entity}{query}", json.dumps(body), status, in_order=in_order)


def _get(rest: str, status: int = 200, *, in_order: bool = True) -> Way:
    return Way("GET", f"{{company}}/{rest}", status=status, in_order=in_order)


def _list(name: str, entity: str) -> Way:
    return Way(
        "GET",
        f"{{company}}/query?query=select%20*%20from%20{entity}%20maxresults%201000",
        in_digits=False,
        within=(name,),
        served=("QueryResponse", entity),
        moment=_DEMO,
    )


_NEW_ITEM: Final = {
    "Name": "Garden Supplies",
    "Type": "Inventory",
    "TrackQtyOnHand": True,
    "QtyOnHand": 10,
    "InvStartDate": "2015-01-01",
    "IncomeAccountRef": {"value": "79", "name": "Sales of Product Income"},
    "ExpenseAccountRef": {"value": "80", "name": "Cost of Goods Sold"},
    "AssetAccountRef": {"value": "81", "name": "Inventory Asset"},
}
_NEW_RECEIPT: Final = {
    "Line": [
        {
            "Amount": 0,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "3"}, "UnitPrice": 0, "Qty": 1},
        }
    ]
}
_TAX: Final = {
    "TaxCode": "Local",
    "TaxRateDetails": [{"TaxRateName": "California", "RateValue": "8", "TaxAgencyId": "2", "TaxApplicableOn": "Sales"}],
}
_SHUFFLED: Final = {"in_order": False}

ASKED: Final[dict[str, tuple[Way, ...]]] = {
    "exquickbooks/create_item.json": (_post("item", _NEW_ITEM),),
    "exquickbooks/create_item_error.json": (_post("item", {"Type": "Service"}, 400),),
    "exquickbooks/read_item.json": (_get("item/11"),),
    "exquickbooks/read_item_error.json": (_get("item/4711", 400),),
    "exquickbooks/update_item.json": (
        _post(
            "item",
            {
                "sparse": True,
                "Id": "5",
                "SyncToken": "3",
                "Description": "New, updated description for Rock Fountain",
            },
        ),
    ),
    "exquickbooks/update_item_error.json": (
        _post("item", {"sparse": True, "Id": "5", "SyncToken": "0", "Description": "late"}, 400),
    ),
    "exquickbooks/query.json": (_get("query?query=SELECT%20*%20FROM%20Item"),),
    "exquickbooks/query_error.json": (_get("query?query=SELECT%20*%20FROM%20NULL", 400),),
    "exquickbooks/read_preferences.json": (_get("preferences"),),
    "exquickbooks/update_preferences.json": (_post("preferences", {"sparse": True, "Id": "1", "SyncToken": "4"}),),
    "exquickbooks/update_preferences_error.json": (
        _post("preferences", {"sparse": True, "Id": "1", "SyncToken": "1"}, 400),
    ),
    "exquickbooks/create_sales_receipt.json": (_post("salesreceipt", _NEW_RECEIPT, **_SHUFFLED),),
    "exquickbooks/create_sales_receipt_error.json": (
        _post("salesreceipt", {"Line": [{"Amount": 1}]}, 400, **_SHUFFLED),
    ),
    "exquickbooks/void_sales_receipt.json": (
        _post(
            "salesreceipt",
            {"sparse": True, "Id": "6", "SyncToken": "0"},
            query="?include=void&operation=update",
            **_SHUFFLED,
        ),
    ),
    "exquickbooks/void_sales_receipt_error.json": (
        _post(
            "salesreceipt",
            {"sparse": True, "Id": "6", "SyncToken": "0"},
            400,
            query="?include=void&operation=update",
            **_SHUFFLED,
        ),
    ),
    "quickbooks-go/account.json": (
        _post(
            "account",
            {"Name": "MyJobs", "AccountType": "Accounts Receivable", "AccountSubType": "AccountsReceivable"},
            **_SHUFFLED,
        ),
    ),
    "quickbooks-go/attachable.json": (
        _post(
            "attachable",
            {
                "Note": "This is an attached note.",
                "AttachableRef": [{"IncludeOnSend": False, "EntityRef": {"type": "Invoice", "value": "95"}}],
            },
            **_SHUFFLED,
        ),
    ),
    "quickbooks-go/bill.json": (_get("bill/25", **_SHUFFLED),),
    "quickbooks-go/vendor.json": (_get("vendor/30", **_SHUFFLED),),
    "quickbooks-ruby/tax_service_error_dup.json": (_post("taxservice/taxcode", _TAX, 400),),
    "quickbooks-types/report1.json": (
        _get("reports/ProfitAndLoss?date_macro=This%20Calendar%20Year-to-date&accounting_method=Cash"),
    ),
    "quickbooks-types/report2.json": (
        _get("reports/ItemSales?date_macro=This%20Month-to-date&accounting_method=Accrual"),
    ),
    "qbosdk/mock_qbo.json": (
        _list("accounts", "Account"),
        _list("employees", "Employee"),
        _list("departments", "Department"),
        _list("classes", "Class"),
        _list("journal_entries", "JournalEntry"),
        _list("purchases", "Purchase"),
        _list("attachments", "Attachable"),
        Way(
            "GET",
            "{company}/query?query=select%20*%20from%20Preferences",
            in_digits=False,
            within=("preferences",),
            served=("QueryResponse", "Preferences", 0),
            moment=_DEMO,
        ),
        Way(
            "GET",
            "{company}/query?query=select%20*%20from%20ExchangeRate%20where%20AsOfDate%20%3D%20'2019-12-17'%20maxresults%201000",
            in_digits=False,
            within=("exchange_rates",),
            served=("QueryResponse", "ExchangeRate"),
            moment=_DEMO,
        ),
    ),
    "dotnet-oauth/discovery.json": (Way("GET", "/.well-known/openid_configuration"),),
    "dotnet-oauth/success_userinfo_response.json": (Way("GET", "/v1/openid_connect/userinfo", texts=False),),
}
"""File to the requests whose answers it holds."""
