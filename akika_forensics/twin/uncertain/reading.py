"""Beliefs about lists, queries and the change feed."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import OPEN, Belief, row

FEED: Final[dict[str, str]] = {
    "Attachable": "feed_attachable",
    "Budget": "feed_budget",
    "CompanyCurrency": "feed_company_currency",
    "CompanyInfo": "feed_company_info",
    "CreditCardPayment": "feed_credit_card_payment",
    "CustomerType": "feed_customer_type",
    "ExchangeRate": "feed_exchange_rate",
    "InventoryAdjustment": "feed_inventory_adjustment",
    "Preferences": "feed_preferences",
    "RecurringTransaction": "feed_recurring_transaction",
    "ReimburseCharge": "feed_reimburse_charge",
    "TaxPayment": "feed_tax_payment",
}
"""Entities that the change feed carries by the general rule ("all but five") and of which no sample was seen."""


FILTER: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "Account": ("filter_account", frozenset({"AccountSubType", "CurrentBalance"})),
    "Deposit": ("filter_deposit", frozenset({"TxnDate"})),
    "Purchase": ("filter_purchase", frozenset({"DocNumber", "PaymentType", "TotalAmt"})),
    "Transfer": ("filter_transfer", frozenset({"TxnDate"})),
    "Vendor": (
        "filter_vendor",
        frozenset({"Balance", "CompanyName", "FamilyName", "GivenName", "MiddleName", "PrintOnCheckName"}),
    ),
}
"""Fields by which a list can be filtered or sorted only as far as anybody believes."""


TABLE: Final[tuple[Belief, ...]] = (
    row(
        "maxresults_above_1000",
        "Is a query for more than 1,000 rows cut to 1,000, or refused?",
        "capped refused",
        f"{OPEN}; a refusal was seen once, in 2014",
        "query above 1000",
    ),
    row(
        "orderby_id",
        "Can every list be sorted by Id?",
        "works refused",
        "QuickBooks API, query language: the documentation marks it sortable, another source says no",
        "order",
    ),
    row(
        "numbers_in_lists",
        "May the numbers of IN stand without quotes?",
        "read refused",
        "QuickBooks API, query language: numbers quoted or not; a refusal of IN (1, …) was seen by a third party, in 2017",
        "query",
    ),
    row(
        "quoted_booleans",
        "Is 'true' in quotes a boolean, or does it break the service?",
        "read broken",
        "QuickBooks API, query language; error 10000 for Active = 'true' was seen by a third party, in 2016",
        "query",
    ),
    row(
        "addresses_in_columns",
        "Can a postal address be a column of a query, or is it not found?",
        "shown not_found",
        "two reports of clients, in 2026: Property BillAddr not found for Entity Customer; select * shows it",
        "query",
    ),
    row(
        "total_count",
        "Which answers to a query carry a totalCount?",
        "some never always",
        "QuickBooks API, wrappers: in some samples, absent from most",
        "query",
    ),
    row(
        "query_inventory_adjustment",
        "Can inventory adjustments be listed?",
        "answered refused",
        OPEN,
        "query InventoryAdjustment",
    ),
    *(
        row(
            name,
            f"Can a list of {entity} be filtered and sorted by {', '.join(sorted(fields))}?",
            "answered refused",
            "QuickBooks API, filterable lists: belief",
            f"filter {entity}",
        )
        for entity, (name, fields) in FILTER.items()
    ),
    row(
        "feed_too_old",
        "Is a change feed from more than 30 days back refused, or answered?",
        "refused answered",
        "QuickBooks API, change data capture: 30 days; a refusal was seen by a third party",
        "feed from long ago",
    ),
    *(
        row(
            name,
            f"Does the change feed carry {entity}?",
            "carried refused",
            f"{OPEN}: all entities but five, no sample seen",
            f"feed {entity}",
        )
        for entity, name in FEED.items()
    ),
)
