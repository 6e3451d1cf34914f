"""Exchange rates: that of a document, and the company's list of rates by day.

A rate is what one unit of the foreign currency costs in home currency. Source: QuickBooks API, ExchangeRate.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import money
from akika_forensics.twin import settings
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

ONE: Final = Decimal(1)
_DIGITS: Final = 9


def lookup(session: Session, code: str, day: str) -> Decimal | None:
    """The latest rate of the list on or before a day (``YYYY-MM-DD``); None when there is none."""
    latest, found = "", None
    for body in session.each("ExchangeRate"):
        as_of = str(body.get("AsOfDate", ""))[:10]
        home = body.get("TargetCurrencyCode") in {None, settings.home_code(session)}
        if body.get("SourceCurrencyCode") == code and home and latest <= as_of <= day and money(body.get("Rate")) > 0:
            latest, found = as_of, money(body["Rate"])
    return found


def of(session: Session, body: dict[str, Any]) -> Decimal:
    """The rate at which a document is in the books: 1 in home currency and in a company with one currency."""
    if not settings.multicurrency(session) or code_of(session, body) == settings.home_code(session):
        return ONE
    return money(body.get("ExchangeRate")) or ONE


def code_of(session: Session, body: dict[str, Any] | None) -> str:
    """The currency of an account, a party or a document; home when it names none, or there is but one."""
    home = settings.home_code(session)
    return (ref_id(body, "CurrencyRef") or home) if settings.multicurrency(session) else home


def carried(session: Session, account: dict[str, Any]) -> dict[str, Any]:
    """Currency and rate under which an account's balance stands in the books; nothing for an account at home."""
    code = code_of(session, account)
    if code == settings.home_code(session):
        return {}
    own = session.store.own_balances().get(str(account["Id"]), 0)
    home = session.store.balances(until="9999-12-31").get(str(account["Id"]), 0)
    rate = round(Decimal(home) / own, _DIGITS) if own else ONE
    return {"CurrencyRef": {"value": code}, "ExchangeRate": rate if rate > 0 else ONE}
