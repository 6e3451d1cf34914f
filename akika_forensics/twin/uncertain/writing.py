"""Beliefs about what a write does, and which one is refused."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.doubt import OPEN, Belief, row

ATTACH: Final[dict[str, str]] = {
    "Account": "attach_account",
    "CreditCardPayment": "attach_credit_card_payment",
    "Employee": "attach_employee",
    "InventoryAdjustment": "attach_inventory_adjustment",
    "TimeActivity": "attach_time_activity",
    "Vendor": "attach_vendor",
}
"""Entities to which an attachment may or may not be linked."""


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


TABLE: Final[tuple[Belief, ...]] = (
    row(
        "customer_tax_code",
        "Is a taxable line taxed by its customer's tax code when the document states no tax?",
        "ignored taken",
        "QuickBooks API, sales tax: not told; an answer without tax is recorded for a line that is not taxable",
        "create Invoice, create SalesReceipt, create Estimate, create CreditMemo, create RefundReceipt",
    ),
    row(
        "rate_left_out",
        "Is a foreign document without an exchange rate refused, or does it take that of the company's list?",
        "refused from_the_list",
        "QuickBooks API, error 2410: refused where seen, in a company whose list had the rate",
        "foreign",
    ),
    row(
        "currency_left_out",
        "Is a document without a currency in the home currency, or in that of its name?",
        "home of_the_name",
        "QuickBooks API, Currency: required for a foreign name; its being taken for the home currency was seen once",
        "foreign",
    ),
    row(
        "vendor_currency_on_create",
        "Is a new vendor's currency taken, or ignored?",
        "taken ignored",
        "QuickBooks API, silent ignores: ignored in a Canadian company, documented as taken",
        "foreign",
    ),
    row(
        "multicurrency_by_api",
        "Does an update of the preferences switch other currencies on?",
        "taken ignored",
        '"Manage multiple currencies": an older page says that only the user can',
        "update Preferences",
    ),
    *(
        row(name, f"Can a file or note be attached to {entity}?", "allowed refused", OPEN, f"attach {entity}")
        for entity, name in ATTACH.items()
    ),
    row(
        "send_token",
        "Does sending a document by e-mail raise its SyncToken?",
        "unchanged raised",
        "recorded answers to sending: the token of a new invoice is still 0, in a sample of the documentation",
        "send",
    ),
    row(
        "inactive_name",
        "Is the name of an inactive record free for another?",
        "free taken",
        f"{OPEN}; a mark on inactive names was seen",
        f"{_PARTIES}, {_LISTS}",
    ),
    row(
        "inactive_mark",
        "Does the name of an inactive item, class, place, term or way of paying carry the mark that others carry?",
        "marked bare",
        "QuickBooks API, delete: seen of accounts and parties",
        ", ".join(f"update {entity}" for entity in ("Item", "Class", "Department", "PaymentMethod", "Term")),
    ),
    row(
        "vendor_terms_on_create",
        "Is the term of a new vendor kept, or dropped without a word?",
        "kept dropped",
        "QuickBooks API, silent ignores: dropped in a Canadian sandbox",
        "create Vendor",
    ),
    row(
        "void_elsewhere",
        "Is a void ignored, or refused, where QuickBooks' own screens alone can void?",
        "ignored refused",
        "QuickBooks API, void: ignored where seen, of bills and journal entries",
        "void",
    ),
    row(
        "journal_code_delete",
        "Can a journal code be deleted?",
        "refused deleted",
        OPEN,
        "delete JournalCode",
    ),
    row(
        "transaction_ids",
        "Do all kinds of transactions share one sequence of Ids?",
        "shared by_type",
        "QuickBooks API, references: believed shared",
        "create Invoice, create Bill, create Payment, create JournalEntry, create Deposit",
    ),
    row(
        "relink_deposited",
        "Can the lines of a payment that lies in a deposit be changed?",
        "refused allowed",
        "QuickBooks API, error 6540: what exactly it guards is not told",
        "update Payment",
    ),
    row(
        "vendor_opening",
        "Does a new vendor's balance post an opening bill or entry?",
        "posted ignored",
        "QuickBooks API, opening balances: unverified for vendors",
        "create Vendor",
    ),
    row(
        "account_opening",
        "Does a new account's opening balance post an entry?",
        "posted ignored",
        "QuickBooks API, opening balances: unverified for accounts",
        "create Account",
    ),
    row(
        "sparse_elsewhere",
        "Is a sparse update heeded where the documentation shows none, or taken for a full one?",
        "heeded taken_for_full",
        "QuickBooks API, operations: unverified outside the documented entities",
        "sparse",
    ),
    row(
        "short_delete",
        "Is Id and SyncToken enough to delete a deposit or a transfer?",
        "enough refused",
        "QuickBooks API, delete: the documentation asks for the whole object, as of an attachment, where Id was enough",
        "delete Deposit, delete Transfer",
    ),
    row(
        "check_numbers",
        "Is the number of a check or expense refused that another already has?",
        "accepted refused",
        "QuickBooks API, Purchase and BillPayment: it depends on settings that the API does not show",
        "create Purchase, create BillPayment, update Purchase, update BillPayment",
    ),
    row(
        "due_next_month",
        "Is a document of exactly DueNextMonthDays before the due day due a month later?",
        "stays moves",
        "QuickBooks API, Term: within so many days, the last of them not told",
        "create Invoice, create Bill",
    ),
    row(
        "template_name",
        "Must a recurring template have a name of its own?",
        "unique repeatable",
        "QuickBooks API, RecurringTransaction: believed",
        "create RecurringTransaction",
    ),
    row(
        "deleted_budget",
        "Does the answer to the delete of a budget name it?",
        "time_only stub",
        "QuickBooks API, Budget: the sample holds nothing but the time",
        "delete Budget",
    ),
    row(
        "journal_codes_elsewhere",
        "Does a company outside France take journal codes?",
        "taken refused",
        "QuickBooks API, JournalCode: France only, the refusal not told",
        "create JournalCode, update JournalCode",
    ),
    row(
        "inactive_with_balance",
        "Is an account with a balance or an item with stock made inactive, and an entry posted, or is that refused?",
        "posted refused",
        "QuickBooks API, errors: 6220 is listed; an entry is posted on QuickBooks' own screens",
        "update Account, update Item",
    ),
    row(
        "unbalanced_journal",
        "With which error is a journal entry refused that does not balance?",
        "6000 2300",
        "QuickBooks API, rules: either",
        "create JournalEntry, update JournalEntry",
    ),
    row(
        "closed_books",
        "With which error are closed books guarded?",
        "6200 6210",
        "QuickBooks API, errors: either, 6210 where there is a password",
        _POSTING,
    ),
    row(
        "deposited_note",
        "Can the note of a transaction that lies in a deposit be changed?",
        "allowed refused",
        "QuickBooks API, Deposit: amount and account are guarded; a third party saw every update refused",
        "update Payment, update SalesReceipt, update RefundReceipt, update JournalEntry",
    ),
    row(
        "matched_update",
        "With which error is a change of a transaction refused that a bank line is matched to?",
        "6480 6000",
        "QuickBooks API, errors: 6480 speaks of deleting; third parties saw 6000 for changes",
        "update Purchase, update Deposit, update BillPayment, update Transfer",
    ),
    row(
        "untracked_item",
        "Is the wish to count an inventory item no longer refused, or ignored?",
        "refused ignored",
        "QuickBooks API, Item: cannot be switched off",
        "update Item",
    ),
    row(
        "order_payable",
        "Must a purchase order name its payable account?",
        "required defaulted",
        "QuickBooks API, PurchaseOrder: required by the documentation",
        "create PurchaseOrder",
    ),
    row(
        "tax_summary_us",
        "Is the TaxSummary answered in a company of the United States, or refused?",
        "answered refused",
        "QuickBooks API, TaxSummary: for companies outside the United States, the refusal not told",
        "report TaxSummary",
    ),
)
