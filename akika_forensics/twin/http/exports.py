"""Files that people get elsewhere than through the API: from their bank, from QuickBooks' own screens."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from akika_forensics.errors import WrongUse
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.people.audit_log import Asked
from akika_forensics.twin.reports.request import PARAMETERS
from akika_forensics.twin.screens import report_export
from akika_forensics.twin.statements import csv_layouts, ofx
from akika_forensics.twin.statements import statement as statements

_FORMS: Final = {"ofx": "application/x-ofx", "csv": "text/csv; charset=utf-8"}
_WORDS: Final = {"ofx": frozenset({"from", "to", "version"}), "csv": frozenset({"from", "to", "layout"})}


def banked(twin: Twin) -> dict[str, Any]:
    """The accounts of which a bank has lines: ``{"statements": [{"account", "name", "first", "last"}]}``."""
    rows = []
    for account in twin.store.bank.accounts():
        first, last = twin.store.bank.days(account) or ("", "")
        name = (twin.get("Account", account) or {}).get("FullyQualifiedName", "")
        rows.append({"account": account, "name": name, "first": first, "last": last})
    return {"statements": rows}


def statement(twin: Twin, request: Request) -> Response:
    """A bank's file. Raises WrongUse."""
    account, _, form = str(request.path_params["name"]).rpartition(".")
    if form not in _FORMS:
        raise WrongUse("A statement is a file such as 35.ofx or 35.csv.")
    asked = _asked(request, _WORDS[form])
    since, until = asked.get("from"), asked.get("to")
    if (since is None) != (until is None):
        raise WrongUse("from and to belong together.")
    store = twin.store
    if since is not None and until is not None:
        listed = [statements.of(store, account, _day(since), _day(until))]
    elif form == "ofx":
        listed = list(statements.monthly(store, account))
    else:
        raise WrongUse("A CSV file is one statement.", do="Give its days: from and to.")
    if form == "ofx":
        data = ofx.write(listed, twin.clock(), asked.get("version", "102"))
    else:
        data = csv_layouts.write(listed[0], asked.get("layout", "amount"))
    return file(data, _FORMS[form])


def audit_log(twin: Twin, request: Request) -> Response:
    """The Audit Log as a file. Raises WrongUse."""
    asked = _asked(request, frozenset({"user", "from", "to", "events", "form"}))
    wanted = Asked(
        asked.get("user", ""),
        _day(asked["from"]) if "from" in asked else None,
        _day(asked["to"]) if "to" in asked else None,
        asked.get("events", ""),
        asked.get("form", "native"),
    )
    return file(twin.audit_log(wanted), _FORMS["csv"])


def report(twin: Twin, request: Request) -> Response:
    """A report as a file; beside ``layout`` everything is a parameter of the report. Raises WrongUse."""
    name, _, form = str(request.path_params["name"]).rpartition(".")
    if form != "csv":
        raise WrongUse("A report is a file such as ProfitAndLoss.csv.")
    asked = _asked(request, PARAMETERS | {"layout"})
    layout = asked.pop("layout", "classic")
    try:
        found = twin.report(name, **asked)
    except QuickBooksFault as fault:
        raise WrongUse(fault.detail) from fault
    company = report_export.Company(twin.get("CompanyInfo", "1") or {})
    return file(report_export.write(found, company, layout), _FORMS["csv"])


def file(data: bytes, form: str) -> Response:
    return Response(data, 200, {"Content-Type": form})


def _asked(request: Request, words: frozenset[str]) -> dict[str, str]:
    asked = dict(request.query_params)
    unknown = sorted(set(asked) - words)
    if unknown:
        raise WrongUse(
            f"{unknown[0]!r} is nothing that can be asked for here.", do=f"Ask for {', '.join(sorted(words))}."
        )
    return asked


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{text!r} is no day.", do="Write it as 2026-03-31.") from None
