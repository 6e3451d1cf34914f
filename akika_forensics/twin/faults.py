"""Refusals in QuickBooks' own words, and the two envelopes they travel in."""

from __future__ import annotations

from typing import Any, Final

INACTIVE_TARGET: Final = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


class QuickBooksFault(Exception):
    """A request that QuickBooks would refuse. Nothing of it is applied.

    Source: QuickBooks API, error codes. ``element`` is None where the recorded answer has none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        element: str | None = None,
        *,
        fault_type: str = "ValidationFault",
        status: int = 400,
        timed: bool = True,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.fault_type = fault_type
        self.status = status
        self.timed = timed

    def body(self) -> dict[str, Any]:
        """The inner ``Fault`` object: upper-case names, the code as a string."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return {"Error": [error], "type": self.fault_type}


class GatewayFault(Exception):
    """A refusal before the accounting service: 401, 403, 429. Lower-case names in its envelope."""

    def __init__(self, status: int, name: str, code: str, detail: str, fault_type: str) -> None:
        super().__init__(f"{status} {name}: {detail}")
        self.status = status
        self.message = f"message={name}; errorCode={int(code):06d}; statusCode={status}"
        self.code = code
        self.detail = detail
        self.fault_type = fault_type

    def envelope(self, epoch_ms: int) -> dict[str, Any]:
        """Source: recorded answer to an expired token."""
        error = {"message": self.message, "detail": self.detail, "code": self.code, "element": None}
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": self.fault_type},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": epoch_ms,
            "status": None,
            "cdcresponse": [],
        }


def not_authenticated(detail: str) -> GatewayFault:
    return GatewayFault(401, "AuthenticationFailed", "3200", detail, "AUTHENTICATION")


def wrong_realm() -> GatewayFault:
    return GatewayFault(403, "ApplicationAuthorizationFailed", "3100", "The application is not authorized.", "SERVICE")


def throttled() -> GatewayFault:
    detail = "The request limit was reached.  Try again later"
    return GatewayFault(429, "ThrottleExceeded", "3001", detail, "SERVICE")


def business(detail: str) -> QuickBooksFault:
    """Error 6000."""
    return QuickBooksFault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        "",
    )


def missing(parameter: str) -> QuickBooksFault:
    """Error 2020."""
    return QuickBooksFault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {parameter} is missing in the request",
        parameter,
    )


def unknown_property(name: str, owner: str, known: list[str]) -> QuickBooksFault:
    """Error 2010."""
    shown = ", ".join(f'"{field}"' for field in known[:25])
    return QuickBooksFault(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{owner}), not marked as '
        f"ignorable ({len(known)} known properties: {shown} [truncated]])\n specified is unsupported or invalid",
    )


def malformed(name: str, kind: str, value: Any) -> QuickBooksFault:
    """A value that is not of its field's type. Source: QuickBooks API, errors 2060 to 2240 and 2170."""
    code, message = {
        "date": ("2060", "Invalid Date"),
        "time": ("2060", "Invalid Date"),
        "number": ("2080", "Invalid Number"),
        "integer": ("2080", "Invalid Number"),
        "boolean": ("2100", "Invalid Boolean"),
        "enum": ("2170", "Invalid Enumeration"),
    }.get(kind, ("2040", "Invalid String"))
    return QuickBooksFault(code, message, f"Property Name:{name} specified value {value!r} is invalid", name)


def invalid_id(value: Any, *, timed: bool = False) -> QuickBooksFault:
    """Error 2030."""
    return QuickBooksFault(
        "2030", "Invalid ID", f"Id should be a valid number. Supplied value:{value}", "Id", timed=timed
    )


def length(name: str, low: int, high: int, value: str) -> QuickBooksFault:
    """Error 2050."""
    return QuickBooksFault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:{low} Max:{high} supported. "
        f"Supplied length:{len(value)}",
        name,
    )


def not_found(detail: str = INACTIVE_TARGET) -> QuickBooksFault:
    """Error 610: no such record, or a target that was made inactive."""
    return QuickBooksFault("610", "Object Not Found", detail, "")


def gone() -> QuickBooksFault:
    return not_found("Object Not Found : Another user has deleted this transaction.")


def invalid_reference(space: str, record_id: str) -> QuickBooksFault:
    """Error 2500; ``space`` as QuickBooks words it: Accounts, Names, Klasses, Items."""
    return QuickBooksFault(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {space} element id {record_id} not found",
        "Reference Id",
    )


def stale(other: str = "another user") -> QuickBooksFault:
    """Error 5010."""
    who = other[0].upper() + other[1:]
    return QuickBooksFault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {other} were working on this at the same time. "
        f"{who} finished before you did, so your work was not saved.",
        "",
    )


def duplicate_number(number: str, txn_type: str, record_id: str) -> QuickBooksFault:
    """Error 6140."""
    return QuickBooksFault(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={txn_type} with TxnId={record_id}",
        "",
    )


def duplicate_name(detail: str) -> QuickBooksFault:
    """Error 6240."""
    return QuickBooksFault("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {detail}", "")


def upload_too_large(size: int) -> QuickBooksFault:
    """Error 6030. Source: the service's table of error codes, as 6040 and 6050."""
    detail = f"The file upload request should not exceed 100MB in size. The current request size is {size}"
    return QuickBooksFault("6030", "Upload request size exceeds allowed limit", detail, "")


def no_attachable(supplied: str, part: str) -> QuickBooksFault:
    """Error 6040."""
    return QuickBooksFault(
        "6040",
        "The file metadata must be of Attachable type",
        f"The file metadata submitted must be of Attachable type. Supplied Type: {supplied}, "
        f"request parameter: {part}.",
        "",
    )


def unsupported_file(name: str, kind: str) -> QuickBooksFault:
    """Error 6041: an ending or a content type that the service does not take. Its wording is not recorded."""
    detail = f"The file {name} of type {kind or 'unknown'} is not supported for Attachable"
    return QuickBooksFault("6041", "The file type is unsupported for Attachable", detail, "")


def unattachable(named: str) -> QuickBooksFault:
    """Error 6050."""
    return QuickBooksFault(
        "6050",
        "The entity reference type is unsupported for Attachable",
        f"The entity reference type {named} is unsupported for Attachable",
        "",
    )


def wrong_amount() -> QuickBooksFault:
    """Error 6070."""
    return QuickBooksFault(
        "6070",
        "Amount calculation incorrect in the request",
        "Amount is not equal to UnitPrice * Qty. Supplied value:Amount",
        "",
    )


def closed_books() -> QuickBooksFault:
    """Error 6200."""
    return QuickBooksFault(
        "6200",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through through the QBO Services API. "
        "Please use the QBO website to make these changes.",
        "",
    )


def has_balance(kind: str) -> QuickBooksFault:
    """Error 6220."""
    return QuickBooksFault(
        "6220",
        "List object has a non-zero balance",
        f"Cannot make inactive : This {kind} cannot be deleted because it has a non-zero balance",
        "",
    )


def deposited() -> QuickBooksFault:
    """Error 6540."""
    return QuickBooksFault(
        "6540",
        "Deposited Transaction cannot be changed",
        "Deposited Transaction cannot be changed : If you need to change or delete this transaction, you must delete "
        "it from the Deposit it's on in the Registers first.",
        "",
    )


def has_dependents(detail: str) -> QuickBooksFault:
    """Error 800."""
    return QuickBooksFault("800", "Object cannot be deleted due to dependencies", detail, "")


def before_stock_start() -> QuickBooksFault:
    """Error 6270."""
    return QuickBooksFault(
        "6270",
        "Transaction date is prior to start date for inventory item",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date "
        "for the product",
        "",
    )


def wrong_account(detail: str) -> QuickBooksFault:
    """Error 6430."""
    return QuickBooksFault("6430", "Invalid account type used", f"Invalid account type : {detail}", "")


def not_linkable(detail: str) -> QuickBooksFault:
    """Error 620."""
    return QuickBooksFault("620", "Transaction cannot be linked", f"Transaction cannot be linked : {detail}", "")


def unsupported(operation: str) -> QuickBooksFault:
    """Code 500: a path or operation that does not exist."""
    return QuickBooksFault("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def not_offered(feature: str) -> QuickBooksFault:
    """Error 5030: the edition or a preference does not offer it."""
    return QuickBooksFault("5030", "Feature Not Supported Error", f"Feature Not Supported : {feature}", "")


def too_many_items(limit: int, count: int) -> QuickBooksFault:
    """Error 1040."""
    return QuickBooksFault(
        "1040", "The batch size exceeds the limit", f"Batch holds {count} items; the limit is {limit}"
    )


def repeated_request(request_id: str) -> QuickBooksFault:
    """Error 600."""
    return QuickBooksFault("600", "Duplicate Request Id", f"Request id {request_id} was used before", "")


def bad_query(detail: str) -> QuickBooksFault:
    """Error 4000: the statement does not parse."""
    return QuickBooksFault("4000", "Error parsing query", f"QueryParserError: {detail}")


def invalid_query(detail: str) -> QuickBooksFault:
    """Error 4001: the statement parses and asks for what is not there."""
    return QuickBooksFault("4001", "Invalid query", f"QueryValidationError: {detail}")
