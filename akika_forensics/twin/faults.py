"""Refusals in QuickBooks' own words, and the two envelopes they travel in."""

from __future__ import annotations

from collections.abc import Sequence
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
        self.more: tuple[QuickBooksFault, ...] = ()

    def body(self) -> dict[str, Any]:
        """The inner ``Fault`` object: upper-case names, the code as a string."""
        return {"Error": [fault.error() for fault in (self, *self.more)], "type": self.fault_type}

    def error(self) -> dict[str, str]:
        """One row of ``Error``."""
        row = {"Message": self.message, "Detail": self.detail, "code": self.code}
        return row if self.element is None else {**row, "element": self.element}


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


def together(found: Sequence[QuickBooksFault]) -> QuickBooksFault:
    """Several refusals in one answer, of which there is at least one."""
    first = found[0]
    first.more = tuple(found[1:])
    return first


def unavailable() -> QuickBooksFault:
    """HTTP 503, code 150: maintenance. Source: QuickBooks API, error codes; the text is not recorded."""
    return QuickBooksFault(
        "150", "Service unavailable", "The service is down for maintenance.", fault_type="SystemFault", status=503
    )


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


_LONGEST_LIST: Final = 1000
"""Characters after which the service's JSON reader stops naming the properties that it knows."""


def unknown_property(name: str, owner: str, known: list[str]) -> QuickBooksFault:
    """Error 2010. Source: recorded answer; it names known properties until the list is longer than it likes."""
    shown = f" ({len(known)} known properties: "
    for position, field in enumerate(known):
        shown += f'{", " if position else ""}"{field}"'
        if len(shown) > _LONGEST_LIST:
            shown += " [truncated]"
            break
    return QuickBooksFault(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{owner}), not marked as '
        f"ignorable{shown}])\n specified is unsupported or invalid",
    )


_MALFORMED: Final = {
    "date": ("2060", "Invalid Date Format"),
    "day": ("2070", "Invalid Date"),
    "time": ("2060", "Invalid Date Format"),
    "integer": ("2080", "Invalid Number Format"),
    "fraction": ("2090", "Invalid Number"),
    "number": ("2100", "Invalid Decimal Format"),
    "type": ("2120", "Invalid Type"),
    "amount": ("2140", "Invalid Amount"),
    "percent": ("2150", "Invalid Percent"),
    "quantity": ("2160", "Invalid Quantity"),
    "enum": ("2170", "Invalid Enumeration"),
    "web": ("2200", "Malformed Website Address Format"),
    "email": ("2210", "Invalid Email Address Format"),
    "currency": ("2220", "Invalid Currency Type"),
    "boolean": ("2230", "Invalid Boolean"),
    "range": ("2240", "Invalid Number Range"),
}
"""What is wrong with a value, to code and message. Source: QuickBooks API, list of error codes."""


def malformed(name: str, kind: str, value: Any) -> QuickBooksFault:
    """A value that its field cannot hold. Source for the detail: seen of 2170 alone, the others by analogy."""
    code, message = _MALFORMED.get(kind, ("2040", "Invalid String"))
    return QuickBooksFault(code, message, f"{message} : {value}", name)


def invalid_characters(name: str, value: str) -> QuickBooksFault:
    """Error 2040: a text with a character that its field does not take. Source: QuickBooks API, list of error codes."""
    return QuickBooksFault("2040", "Invalid String", f"Element contains invalid characters: {value}", name)


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


def stale(other: str) -> QuickBooksFault:
    """Error 5010; ``other`` is the name of the user who saved last. Source: recorded answers."""
    return QuickBooksFault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {other} were working on this at the same time. "
        f"{other} finished before you did, so your work was not saved.",
        "",
    )


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


def unsupported(operation: str) -> QuickBooksFault:
    """Code 500: a path or operation that does not exist."""
    return QuickBooksFault("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def not_offered(feature: str) -> QuickBooksFault:
    """Error 5030: the edition or a preference does not offer it."""
    return QuickBooksFault("5030", "Feature Not Supported Error", f"Feature Not Supported : {feature}", "")


def too_many_items(limit: int, count: int) -> QuickBooksFault:
    """Error 1040."""
    return QuickBooksFault(
        "1040", "Batch size exceeds allowed limit", f"Batch holds {count} items; the limit is {limit}"
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


def system_failure(detail: str = "An unexpected error occurred.") -> QuickBooksFault:
    """HTTP 500, code 10000. Source: recorded answers."""
    return QuickBooksFault(
        "10000",
        "An application error has occurred while processing your request",
        f"System Failure Error: {detail}",
        fault_type="SystemFault",
        status=500,
    )
