"""The table of beliefs: what is asked, what may be, what the twin takes for granted until somebody knows.

A row is here only when every choice of it is built. ``default`` is what the twin has always done, or what most speaks for.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.twin import uncertain_reports
from akika_forensics.twin.doubt import Belief
from akika_forensics.twin.doubt import row as _row

_OPEN: Final = "QuickBooks API, open questions"
_PARTIES: Final = "create Customer, create Vendor, create Employee, update Customer, update Vendor, update Employee"
_LISTS: Final = ", ".join(
    f"{verb} {entity}"
    for entity in ("Account", "Item", "Class", "Department", "PaymentMethod", "Term")
    for verb in ("create", "update")
)

_POSTING: Final = ", ".join(
    f"{verb} {entity}"
    for entity in ("Invoice", "Bill", "Payment", "BillPayment", "Purchase", "Deposit", "JournalEntry")
    for verb in ("create", "update", "delete")
)

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

ATTACH: Final[dict[str, str]] = {
    "Account": "attach_account",
    "CreditCardPayment": "attach_credit_card_payment",
    "Employee": "attach_employee",
    "InventoryAdjustment": "attach_inventory_adjustment",
    "TimeActivity": "attach_time_activity",
    "Vendor": "attach_vendor",
}
"""Entities to which an attachment may or may not be linked."""

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
    _row(
        "maxresults_above_1000",
        "Is a query for more than 1,000 rows cut to 1,000, or refused?",
        "capped refused",
        f"{_OPEN}; a refusal was seen once, in 2014",
        "query above 1000",
    ),
    _row(
        "customer_tax_code",
        "Is a taxable line taxed by its customer's tax code when the document states no tax?",
        "ignored taken",
        "QuickBooks API, sales tax: not told; an answer without tax is recorded for a line that is not taxable",
        "create Invoice, create SalesReceipt, create Estimate, create CreditMemo, create RefundReceipt",
    ),
    _row(
        "rate_left_out",
        "Is a foreign document without an exchange rate refused, or does it take that of the company's list?",
        "refused from_the_list",
        "QuickBooks API, error 2410: refused where seen, in a company whose list had the rate",
        "foreign",
    ),
    _row(
        "currency_left_out",
        "Is a document without a currency in the home currency, or in that of its name?",
        "home of_the_name",
        "QuickBooks API, Currency: required for a foreign name; its being taken for the home currency was seen once",
        "foreign",
    ),
    _row(
        "vendor_currency_on_create",
        "Is a new vendor's currency taken, or ignored?",
        "taken ignored",
        "QuickBooks API, silent ignores: ignored in a Canadian company, documented as taken",
        "foreign",
    ),
    _row(
        "multicurrency_by_api",
        "Does an update of the preferences switch other currencies on?",
        "taken ignored",
        '"Manage multiple currencies": an older page says that only the user can',
        "update Preferences",
    ),
    _row(
        "orderby_id",
        "Can every list be sorted by Id?",
        "works refused",
        "QuickBooks API, query language: the documentation marks it sortable, another source says no",
        "order",
    ),
    _row(
        "numbers_in_lists",
        "May the numbers of IN stand without quotes?",
        "read refused",
        "QuickBooks API, query language: numbers quoted or not; a refusal of IN (1, …) was seen by a third party, in 2017",
        "query",
    ),
    _row(
        "quoted_booleans",
        "Is 'true' in quotes a boolean, or does it break the service?",
        "read broken",
        "QuickBooks API, query language; error 10000 for Active = 'true' was seen by a third party, in 2016",
        "query",
    ),
    _row(
        "addresses_in_columns",
        "Can a postal address be a column of a query, or is it not found?",
        "shown not_found",
        "two reports of clients, in 2026: Property BillAddr not found for Entity Customer; select * shows it",
        "query",
    ),
    _row(
        "total_count",
        "Which answers to a query carry a totalCount?",
        "some never always",
        "QuickBooks API, wrappers: in some samples, absent from most",
        "query",
    ),
    _row(
        "query_inventory_adjustment",
        "Can inventory adjustments be listed?",
        "answered refused",
        _OPEN,
        "query InventoryAdjustment",
    ),
    *(
        _row(
            name,
            f"Can a list of {entity} be filtered and sorted by {', '.join(sorted(fields))}?",
            "answered refused",
            "QuickBooks API, filterable lists: belief",
            f"filter {entity}",
        )
        for entity, (name, fields) in FILTER.items()
    ),
    _row(
        "feed_too_old",
        "Is a change feed from more than 30 days back refused, or answered?",
        "refused answered",
        "QuickBooks API, change data capture: 30 days; a refusal was seen by a third party",
        "feed from long ago",
    ),
    *(
        _row(
            name,
            f"Does the change feed carry {entity}?",
            "carried refused",
            f"{_OPEN}: all entities but five, no sample seen",
            f"feed {entity}",
        )
        for entity, name in FEED.items()
    ),
    *(
        _row(name, f"Can a file or note be attached to {entity}?", "allowed refused", _OPEN, f"attach {entity}")
        for entity, name in ATTACH.items()
    ),
    _row(
        "bearer_on_file",
        "Is a file refused when its temporary address is fetched with a bearer token, or sent?",
        "refused sent",
        "QuickBooks API, attachments: to be fetched without the header, unverified; the storage behind it refuses two",
        "download Attachable",
    ),
    _row(
        "send_token",
        "Does sending a document by e-mail raise its SyncToken?",
        "unchanged raised",
        "recorded answers to sending: the token of a new invoice is still 0, in a sample of the documentation",
        "send",
    ),
    _row(
        "inactive_name",
        "Is the name of an inactive record free for another?",
        "free taken",
        f"{_OPEN}; a mark on inactive names was seen",
        f"{_PARTIES}, {_LISTS}",
    ),
    _row(
        "inactive_mark",
        "Does the name of an inactive item, class, place, term or way of paying carry the mark that others carry?",
        "marked bare",
        "QuickBooks API, delete: seen of accounts and parties",
        ", ".join(f"update {entity}" for entity in ("Item", "Class", "Department", "PaymentMethod", "Term")),
    ),
    _row(
        "vendor_terms_on_create",
        "Is the term of a new vendor kept, or dropped without a word?",
        "kept dropped",
        "QuickBooks API, silent ignores: dropped in a Canadian sandbox",
        "create Vendor",
    ),
    _row(
        "requestid_again",
        "Does a request id that comes again get the first answer, or error 600?",
        "replayed refused",
        "QuickBooks API, idempotency: replay documented, error 600 listed",
        "retry",
    ),
    _row(
        "requestid_kept",
        "For how long is a request id remembered?",
        "for_ever for_a_day",
        _OPEN,
        "retry",
    ),
    _row(
        "retry_after",
        "Does the refusal of too many requests say when to come again?",
        "absent sent",
        _OPEN,
        "throttle",
    ),
    _row(
        "throttle_body",
        "Does the refusal of too many requests carry the gateway's envelope?",
        "envelope empty",
        _OPEN,
        "throttle",
    ),
    _row(
        "refresh_token_value",
        "Is the refresh token replaced once a day, or at every use?",
        "daily every_use",
        "QuickBooks API, OAuth 2.0: about every 24 to 26 hours, by an announcement",
        "sign-in",
    ),
    _row(
        "refresh_token_hard_end",
        "Does the token endpoint tell when the connection ends for good?",
        "told left_out",
        "QuickBooks API, OAuth 2.0: told in newer answers, absent from those of 2019",
        "sign-in",
    ),
    _row(
        "void_elsewhere",
        "Is a void ignored, or refused, where QuickBooks' own screens alone can void?",
        "ignored refused",
        "QuickBooks API, void: ignored where seen, of bills and journal entries",
        "void",
    ),
    _row(
        "metering_batch",
        "Does the metering count a batch once, or by its items?",
        "once each_item",
        "QuickBooks API, metering: unknown",
        "batch",
    ),
    _row(
        "metering_download",
        "Does the metering count the address of an attachment as a read?",
        "counted free",
        "QuickBooks API, metering: unknown",
        "download",
    ),
    _row(
        "journal_code_delete",
        "Can a journal code be deleted?",
        "refused deleted",
        _OPEN,
        "delete JournalCode",
    ),
    _row("batch_cdc_query", "Can an item of a batch ask for the change feed?", "refused answered", _OPEN, "batch"),
    _row("batch_report_query", "Can an item of a batch ask for a report?", "refused answered", _OPEN, "batch"),
    _row("batch_void", "Can an item of a batch be a void?", "applied refused", _OPEN, "batch"),
    _row("batch_send", "Can an item of a batch send a document by e-mail?", "refused sent", _OPEN, "batch"),
    _row(
        "transaction_ids",
        "Do all kinds of transactions share one sequence of Ids?",
        "shared by_type",
        "QuickBooks API, references: believed shared",
        "create Invoice, create Bill, create Payment, create JournalEntry, create Deposit",
    ),
    _row(
        "relink_deposited",
        "Can the lines of a payment that lies in a deposit be changed?",
        "refused allowed",
        "QuickBooks API, error 6540: what exactly it guards is not told",
        "update Payment",
    ),
    _row(
        "vendor_opening",
        "Does a new vendor's balance post an opening bill or entry?",
        "posted ignored",
        "QuickBooks API, opening balances: unverified for vendors",
        "create Vendor",
    ),
    _row(
        "account_opening",
        "Does a new account's opening balance post an entry?",
        "posted ignored",
        "QuickBooks API, opening balances: unverified for accounts",
        "create Account",
    ),
    _row(
        "sparse_elsewhere",
        "Is a sparse update heeded where the documentation shows none, or taken for a full one?",
        "heeded taken_for_full",
        "QuickBooks API, operations: unverified outside the documented entities",
        "sparse",
    ),
    _row(
        "short_delete",
        "Is Id and SyncToken enough to delete a deposit or a transfer?",
        "enough refused",
        "QuickBooks API, delete: the documentation asks for the whole object, as of an attachment, where Id was enough",
        "delete Deposit, delete Transfer",
    ),
    _row(
        "check_numbers",
        "Is the number of a check or expense refused that another already has?",
        "accepted refused",
        "QuickBooks API, Purchase and BillPayment: it depends on settings that the API does not show",
        "create Purchase, create BillPayment, update Purchase, update BillPayment",
    ),
    _row(
        "due_next_month",
        "Is a document of exactly DueNextMonthDays before the due day due a month later?",
        "stays moves",
        "QuickBooks API, Term: within so many days, the last of them not told",
        "create Invoice, create Bill",
    ),
    _row(
        "template_name",
        "Must a recurring template have a name of its own?",
        "unique repeatable",
        "QuickBooks API, RecurringTransaction: believed",
        "create RecurringTransaction",
    ),
    _row(
        "deleted_budget",
        "Does the answer to the delete of a budget name it?",
        "time_only stub",
        "QuickBooks API, Budget: the sample holds nothing but the time",
        "delete Budget",
    ),
    _row(
        "journal_codes_elsewhere",
        "Does a company outside France take journal codes?",
        "taken refused",
        "QuickBooks API, JournalCode: France only, the refusal not told",
        "create JournalCode, update JournalCode",
    ),
    _row(
        "inactive_with_balance",
        "Is an account with a balance or an item with stock made inactive, and an entry posted, or is that refused?",
        "posted refused",
        "QuickBooks API, errors: 6220 is listed; an entry is posted on QuickBooks' own screens",
        "update Account, update Item",
    ),
    _row(
        "unbalanced_journal",
        "With which error is a journal entry refused that does not balance?",
        "6000 2300",
        "QuickBooks API, rules: either",
        "create JournalEntry, update JournalEntry",
    ),
    _row(
        "closed_books",
        "With which error are closed books guarded?",
        "6200 6210",
        "QuickBooks API, errors: either, 6210 where there is a password",
        _POSTING,
    ),
    _row(
        "deposited_note",
        "Can the note of a transaction that lies in a deposit be changed?",
        "allowed refused",
        "QuickBooks API, Deposit: amount and account are guarded; a third party saw every update refused",
        "update Payment, update SalesReceipt, update RefundReceipt, update JournalEntry",
    ),
    _row(
        "matched_update",
        "With which error is a change of a transaction refused that a bank line is matched to?",
        "6480 6000",
        "QuickBooks API, errors: 6480 speaks of deleting; third parties saw 6000 for changes",
        "update Purchase, update Deposit, update BillPayment, update Transfer",
    ),
    _row(
        "untracked_item",
        "Is the wish to count an inventory item no longer refused, or ignored?",
        "refused ignored",
        "QuickBooks API, Item: cannot be switched off",
        "update Item",
    ),
    _row(
        "order_payable",
        "Must a purchase order name its payable account?",
        "required defaulted",
        "QuickBooks API, PurchaseOrder: required by the documentation",
        "create PurchaseOrder",
    ),
    _row(
        "tax_summary_us",
        "Is the TaxSummary answered in a company of the United States, or refused?",
        "answered refused",
        "QuickBooks API, TaxSummary: for companies outside the United States, the refusal not told",
        "report TaxSummary",
    ),
    _row(
        "webhook_indirect",
        "Is a transaction notified that an act on another changed, such as an invoice that is paid?",
        "notified silent",
        "QuickBooks API, webhooks: not told; its time moves, and the change feed carries it",
        "webhook",
    ),
    _row(
        "webhook_moved_along",
        "Is a record notified of which only the balance moved, such as the customer of a new invoice?",
        "silent notified",
        "QuickBooks API, webhooks: not told; its time moves, its token does not",
        "webhook",
    ),
    _row(
        "webhook_inactive",
        "Is a record of a list that is made inactive notified as deleted, or as updated?",
        "deleted updated",
        "QuickBooks API, webhooks: lists have a Delete there, and no other way to be deleted",
        "webhook",
    ),
    _row(
        "webhook_payment_method",
        "Is a payment method that is made inactive notified as updated, or as deleted?",
        "updated deleted",
        "QuickBooks API, webhooks: the third operation of payment methods is inferred",
        "webhook",
    ),
    _row(
        "webhook_last_updated",
        "Is the time in a notification of the older form in UTC with milliseconds, or with an offset?",
        "utc offset",
        "two samples of Intuit: that of 2015 has an offset, that of 2025 is in UTC",
        "webhook",
    ),
    _row(
        "webhook_event_id",
        "Is the id of a CloudEvent a UUID, or does it name the record behind it too?",
        "uuid uuid_and_record",
        "two samples of Intuit: the announcement of 2025 has a UUID, the page of data objects of 2026 both",
        "webhook",
    ),
    _row(
        "webhook_data",
        "Has a CloudEvent with nothing to add an empty data object, or none?",
        "empty absent",
        "two samples of Intuit: the announcement of 2025 has an empty one, an update on the page of 2026 none",
        "webhook",
    ),
    _row(
        "webhook_content_type",
        "Is a notification of CloudEvents sent as application/json, or as application/cloudevents+json?",
        "json cloudevents",
        "QuickBooks API, webhooks: a sample of headers of the older form; a third party's guide warns of the other",
        "webhook",
    ),
    _row(
        "webhook_void",
        "Is the type of a void qbo.invoice.voided.v1, or qbo.invoice.void.v1?",
        "voided void",
        "receivers that others published expect either; no sample of Intuit was seen",
        "webhook",
    ),
    _row(
        "webhook_acknowledged",
        "Does only the status 200 acknowledge a notification, or any 2xx?",
        "only_200 any_2xx",
        "QuickBooks API, webhooks: an HTTP 200 is asked for, an error status is a failure",
        "webhook",
    ),
    _row(
        "webhook_retries",
        "Are later events held back until a failed notification is acknowledged, or is it given up after three tries?",
        "held_back given_up",
        "QuickBooks API, webhooks: the policy of 2025; the older one gives up and puts the address on a black list",
        "webhook",
    ),
    _row(
        "last_modified_by",
        "Does MetaData name who saved a record last?",
        "absent user person_alone",
        "recorded answers have no LastModifiedByRef; forensic notes of 2026 saw a user's Id on what a person saved and 0 on "
        "what an application wrote; another source says that it names the connection",
        "attribution",
    ),
    _row(
        "merge_touches",
        "What moves on the records that cite a name when it is merged into another?",
        "untouched time time_and_token",
        "Intuit's help on merging: transactions are unchanged but for the name",
        "merge",
    ),
    _row(
        "merge_feed",
        "Does the change feed show the name that a merge took away?",
        "silent stub",
        "forensic notes: a merge is seen in a notification or by comparing snapshots alone; names cannot be deleted",
        "merge",
    ),
    _row(
        "audit_app_writes",
        "Under which name does the Audit Log show what an application wrote?",
        "system_administration user",
        "Intuit's help on the Audit Log, for older logs; whether today's log names the application is not told",
        "audit log",
    ),
    _row(
        "audit_merge",
        "Does the Audit Log show a merge?",
        "edited hidden",
        "forensic notes: not reliably visible; of the desktop program, training says that it is not",
        "audit log",
    ),
    _row(
        "audit_zone_label",
        "Does the exported Audit Log call the zone by its summer name in summer?",
        "by_season standard",
        "forensic notes: the exports seen are of winter; an importer knows Standard Time alone",
        "audit log",
    ),
    *uncertain_reports.TABLE,
)
