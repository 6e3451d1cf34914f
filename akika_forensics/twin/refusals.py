"""Refusals of one rule each, and of the company as a whole; ``ON_DEMAND`` names all that a request cannot provoke.

Source: QuickBooks API, list of error codes, for every code and message. A detail whose text nobody recorded is said in
the list's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from akika_forensics.twin import faults
from akika_forensics.twin.faults import QuickBooksFault

# the tree of a list


def invalid_parent(record_id: str) -> QuickBooksFault:
    """Error 700: the parent is no record."""
    return QuickBooksFault(
        "700", "Parent Reference Invalid", f"Parent Reference Invalid : {record_id} is not a valid parent", "ParentRef"
    )


def own_parent() -> QuickBooksFault:
    """Error 900."""
    return QuickBooksFault("900", "Parent cannot be child", "The same object cannot be its own parent or child", "")


def too_deep() -> QuickBooksFault:
    """Error 6180."""
    return QuickBooksFault("6180", "Sub Level Limit", "You can nest up to 5 levels of accounts, names or items", "")


# lines


def no_lines() -> QuickBooksFault:
    """Error 2250: there are lines, and none of them says what is sold or spent."""
    return QuickBooksFault("2250", "Missing lines", "You must enter at least one split line", "Line")


def no_posting_type() -> QuickBooksFault:
    """Error 2260."""
    return QuickBooksFault(
        "2260", "MissingPostingType", "A posting type is required. Valid values are Credit or Debit", "PostingType"
    )


def negative_amount() -> QuickBooksFault:
    """Error 2290."""
    return QuickBooksFault(
        "2290", "NegativeAmount", "Negative amounts are not supported on transaction lines", "Amount"
    )


def unbalanced() -> QuickBooksFault:
    """Error 2300."""
    return QuickBooksFault(
        "2300", "Amount on debits not equal to credits", "Balance the debits and credits of the journal entry", ""
    )


def custom_field() -> QuickBooksFault:
    """Error 3000."""
    return QuickBooksFault(
        "3000", "Invalid Custom Field", "The custom field for the specified object is not valid", "CustomField"
    )


def line_tax_code(code: str) -> QuickBooksFault:
    """Error 6100. A US company has two codes for a line."""
    return QuickBooksFault(
        "6100",
        "Invalid Line TaxCode in the request",
        f"The TaxCode value is not valid. For US, specify TAX or NON. Supplied value:{code}",
        "",
    )


def custom_sales_tax(*, update: bool) -> QuickBooksFault:
    """Errors 6160 and 6230."""
    detail = "CustomSalesTax cannot be used to create a transaction"
    if update:
        return QuickBooksFault("6230", "Invalid TaxCodeRef Error", detail.replace("create", "update"), "")
    return QuickBooksFault("6160", "Invalid TaxCodeRef Error", detail, "")


def category_on_line() -> QuickBooksFault:
    """Error 2500. Source: seen by a third party."""
    return QuickBooksFault(
        "2500",
        "Invalid Reference Id",
        "Invalid Reference Id : An item in this transaction is set up as a category instead of a product or service.",
        "Reference Id",
    )


# what has happened to a transaction outside this interface


def settled() -> QuickBooksFault:
    """Error 6450: the bank has been charged."""
    return QuickBooksFault(
        "6450",
        "Attempt to Void Transaction failed",
        "Since the transaction is already settled, you can't void it.",
        "",
    )


def matched() -> QuickBooksFault:
    """Error 6480: a line of the bank's feed is matched to it."""
    return QuickBooksFault(
        "6480",
        "Matched Transaction Delete Error",
        "You can't delete this transaction. It's matched to another transaction that was categorized into a different "
        "financial account.",
        "",
    )


def matched_to_download() -> QuickBooksFault:
    """Error 6000 in the words in which third parties saw a change of a matched transaction refused."""
    return faults.business(
        "This transaction has been matched to a downloaded transaction. To change it, unmatch the transaction first."
    )


# the company, and who asks


def subscription_ended() -> QuickBooksFault:
    """Error 6190: such a company can be read and not written."""
    return QuickBooksFault(
        "6190",
        "Invalid Company Status",
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks "
        "Online Plus because your trial or subscription period ended, you canceled your subscription, or there was a "
        "billing problem.",
        "",
    )


def _company(code: str, message: str, detail: str, fault_type: str, status: int) -> QuickBooksFault:
    return QuickBooksFault(code, message, detail, fault_type=fault_type, status=status)


def general_authentication() -> QuickBooksFault:
    return _company(
        "100", "General Authentication Error", "AuthenticationErrorGeneral: 100", "AuthenticationFault", 401
    )


def oauth_failed() -> QuickBooksFault:
    return _company("110", "Authentication OAuth Error", "AuthenticationOAuthError: 110", "AuthenticationFault", 401)


def no_access() -> QuickBooksFault:
    """Error 120: the person who connected the program may no longer use the company."""
    detail = "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online Plus."
    return _company("120", "Authorization Failure", detail, "AuthorizationFault", 403)


def wrong_cluster() -> QuickBooksFault:
    return _company(
        "130", "Accessing Wrong Cluster", "WrongClusterError: 130, statusCode: 403", "AuthorizationFault", 403
    )


def locked_out() -> QuickBooksFault:
    return _company("140", "Company Locked Out", "CompanyLockedOut: 140, statusCode: 403", "AuthorizationFault", 403)


def under_maintenance() -> QuickBooksFault:
    detail = "CompanyUnderMaintenance: 150, statusCode: 503"
    return _company("150", "Company Under Maintenance", detail, "SystemFault", 503)


def duplicate_object() -> QuickBooksFault:
    """Error 630."""
    return QuickBooksFault("630", "Duplicate Object", "There is already an object with some of these properties", "")


def permission_denied() -> QuickBooksFault:
    """Error 5020: the role of the person who connected the program does not reach so far."""
    return QuickBooksFault(
        "5020", "Permission Denied Error", "Permission Denied : You don't have permissions to access this feature", ""
    )


def too_many_results() -> QuickBooksFault:
    """Error 10100."""
    return _company("10100", "Result Set Big", "The result for the query is too large", "SystemFault", 500)


def company_reset() -> QuickBooksFault:
    """Error 10200."""
    detail = "Company has been reset. Request for CUD is stale"
    return _company("10200", "Company Reset", detail, "SystemFault", 500)


ON_DEMAND: Final[dict[str, Callable[[], QuickBooksFault]]] = {
    "100": general_authentication,
    "110": oauth_failed,
    "120": no_access,
    "130": wrong_cluster,
    "140": locked_out,
    "150": under_maintenance,
    "600": lambda: faults.repeated_request("of the client"),
    "630": duplicate_object,
    "5020": permission_denied,
    "5030": lambda: faults.not_offered("the edition of this company does not have it."),
    "6190": subscription_ended,
    "10100": too_many_results,
    "10200": company_reset,
}
"""Code to refusal, for those that stand for the company or the service and not for what was asked."""
