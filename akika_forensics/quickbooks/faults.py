"""What QuickBooks says when it refuses, in both of its envelopes, as errors with plain sentences."""

from __future__ import annotations

import re
import ssl
from typing import Any, Final

import httpx
import msgspec

from akika_forensics.errors import Fault, NetworkFailed, ServiceError, SignInFailed, SignInUncertain, Throttled

FaultRow = tuple[str, str, str, str]
"""(code, message, detail, element), texts as QuickBooks sent them."""

_SIGN_IN_CODES: Final = frozenset({"100", "3100", "3200", "3202"})
_WRONG_COMPANY: Final = "3100"
_THROTTLE_CODE: Final = "3001"
_OUT_OF_TIME: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""

_MEANS: Final[dict[str, tuple[str, str]]] = {
    "120": (
        "Whoever connected the company may not do this.",
        "Let an administrator of the company run `akika connect`.",
    ),
    "130": ("Intuit has moved the company to another of its data centres.", "Try again later."),
    "140": ("The company is locked at Intuit: nobody reads or writes it.", "Ask Intuit's support why, then try again."),
    "150": ("Intuit is maintaining the company; nothing is wrong with it.", "Try again later."),
    "500": ("QuickBooks does not offer this operation.", ""),
    "610": ("The record is gone, or something that it names is inactive.", ""),
    "5010": ("Somebody changed the record in the meantime.", "Capture again before deciding."),
    "5020": (
        "Whoever connected the company may not see or change this.",
        "Let an administrator of the company run `akika connect`, or give that user the right in QuickBooks.",
    ),
    "5030": ("This company's edition or settings do not offer the feature.", ""),
    "6190": (
        "The company's QuickBooks plan has lapsed or was cancelled; snapshots that were taken stay readable.",
        "Renew the plan in QuickBooks, then try again.",
    ),
    "6200": ("The books are closed for that date.", "Move the closing date in QuickBooks, if you may."),
    "6210": ("The books are closed for that date.", "Move the closing date in QuickBooks, if you may."),
    "10000": ("QuickBooks failed inside.", "Try again later."),
}
"""What a code means and what to do. Source: QuickBooks API, error codes."""

_XML_ERROR: Final = re.compile(
    r'<Error\s[^>]*?code="([^"]*)"[^>]*>.*?<Message>(.*?)</Message>(?:.*?<Detail>(.*?)</Detail>)?', re.DOTALL
)


def rows_of(value: Any) -> tuple[FaultRow, ...] | None:
    """The rows of a decoded body that holds ``Fault`` or ``fault``; None when it holds neither."""
    if not isinstance(value, dict):
        return None
    fault = value.get("Fault", value.get("fault"))
    if fault is None:
        return None
    errors = (fault.get("Error", fault.get("error")) if isinstance(fault, dict) else None) or []
    if isinstance(errors, dict):
        errors = [errors]
    rows = tuple(_row(error) for error in errors if isinstance(error, dict))
    return rows or (("", "QuickBooks gave no reason", "", ""),)


def _row(error: dict[str, Any]) -> FaultRow:
    def text(name: str) -> str:
        value = error.get(name, error.get(name.lower()))
        return "" if value is None else str(value)

    code, detail = text("code"), text("Detail")
    # Source: recorded 401 answers: the detail of a sign-in fault repeats the token.
    return code, text("Message"), "" if code in _SIGN_IN_CODES else detail, text("element")


def rows_in(body: bytes) -> tuple[FaultRow, ...]:
    """The fault rows of a raw answer, JSON or XML; empty when it holds none."""
    try:
        return rows_of(msgspec.json.decode(body)) or ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body[:20_000].decode("utf-8", "replace")
        return tuple(
            (code, message, "" if code in _SIGN_IN_CODES else detail, "")
            for code, message, detail in _XML_ERROR.findall(text)
        )


def refusal(rows: tuple[FaultRow, ...], status: int, asked: str) -> ServiceError:
    """The error behind fault rows. ``asked`` says what was asked for, such as ``the list of Invoice``."""
    codes = {row[0] for row in rows}
    if status == httpx.codes.TOO_MANY_REQUESTS or _THROTTLE_CODE in codes:
        return Throttled(
            f"QuickBooks is being asked too much (HTTP {status}) and refused {asked}.",
            means="Other programs may be using up this company's allowance.",
            do="Wait some minutes and start again; if it goes on, see with `akika budget` whether the month's reads are used up.",
        )
    if _WRONG_COMPANY in codes:
        return SignInFailed(
            f"The sign-in is not for this company (HTTP {status}, asked for {asked}).",
            means="It was given for another company, or by the other environment: sandbox and production share nothing.",
            do="Check the company id and the environment with `akika companies`, and connect the company again.",
        )
    if status == httpx.codes.UNAUTHORIZED or codes & _SIGN_IN_CODES:
        # The token had just been renewed: the grant lives, or its renewal would have been refused.
        return SignInUncertain(
            f"QuickBooks did not accept the sign-in (HTTP {status}) when asked for {asked}.",
            means="It renews the sign-in, and then does not know it: a failure that passes, an access that is being withdrawn, or a token of another environment.",
            do="Try again in some minutes; if it stays so, connect the company again with `akika connect`.",
        )
    if status == httpx.codes.FORBIDDEN and not rows:
        return SignInUncertain(
            f"Access was refused without a reason (HTTP 403, asked for {asked}).",
            means="A proxy or a firewall may have answered in QuickBooks' place, or the sign-in is for another company.",
            do="Try again in some minutes; if it stays so, look for a proxy in between, and check the company id and the environment with `akika companies`.",
        )
    if not rows:
        return Fault(f"QuickBooks answered {asked} with HTTP {status} and no explanation.", status=status)
    code, message, detail, element = rows[0]
    means, do = _MEANS.get(code, ("", ""))
    said = ": ".join(part for part in (message, detail) if part)
    more = f" ({len(rows) - 1} more)" if len(rows) > 1 else ""
    about = f", about {element}" if element else ""
    return Fault(
        f"QuickBooks refused {asked}: {said} [{code or 'no code'}{about}]{more}.",
        status=status,
        faults=rows,
        means=means,
        do=do,
    )


def of_response(response: httpx.Response, asked: str) -> ServiceError | None:
    """The error an answer stands for by its status; None for 2xx, whose body may still hold a fault."""
    status = response.status_code
    if response.is_success:
        return None
    rows = rows_in(response.content)
    if response.is_redirect:
        return Fault(
            f"QuickBooks answered {asked} with a redirect to another address, which is never followed.",
            status=status,
            do="Check the API address of the connection.",
        )
    if response.is_server_error and not rows:
        return NetworkFailed(
            f"QuickBooks failed with HTTP {status} when asked for {asked}.", means="It gave no reason.", do="Try later."
        )
    return refusal(rows, status, asked)


def no_answer(error: httpx.HTTPError, asked: str) -> NetworkFailed:
    """The error for a request that got no whole answer. The cause's own text is left out: it may quote the request."""
    if _certificate_out_of_time(error):
        return NetworkFailed(
            f"The certificate of the other side is not valid at this machine's time (asked for {asked}).",
            means="This machine's clock is wrong, or something between it and QuickBooks answers in its place.",
            do="Set the clock of this machine, then start again.",
        )
    kind = "did not answer in time" if isinstance(error, httpx.TimeoutException) else "could not be reached"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.DecodingError):
        kind = "broke off its answer"
    return NetworkFailed(
        f"QuickBooks {kind} when asked for {asked}.",
        means=f"The network or the service failed ({type(error).__name__}).",
        do="Check the connection and start again.",
    )


def _certificate_out_of_time(error: BaseException) -> bool:
    """Whether TLS failed because a certificate is not valid yet, or no longer."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return getattr(cause, "verify_code", 0) in _OUT_OF_TIME
        cause = cause.__cause__ or cause.__context__
    return False


class UnreadableAnswer(NetworkFailed):
    """An answer of status 200 that is not what the API sends: cut off, no JSON, or of another shape."""


def unreadable(asked: str, why: str) -> UnreadableAnswer:
    return UnreadableAnswer(
        f"The answer of QuickBooks to {asked} could not be read: {why}.",
        means="It is cut off or does not come from the API.",
        do="Start again; if it stays so, look for a proxy between this machine and QuickBooks.",
    )
