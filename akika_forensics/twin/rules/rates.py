"""ExchangeRate: one rate for a currency and a day, known by both and not by an Id.

Source: QuickBooks API, ExchangeRate; recorded rates.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from akika_forensics.model.money import money
from akika_forensics.twin import faults, schema, settings, standing, wire
from akika_forensics.twin.session import Session

ENTITY: Final = "ExchangeRate"


def key_of(body: dict[str, Any]) -> str:
    """``EUR-USD-2026-01-31``: what stands for an Id."""
    parts = (body.get("SourceCurrencyCode"), body.get("TargetCurrencyCode"), body.get("AsOfDate"))
    return "-".join(str(part) for part in parts if part)


def write(session: Session, body: dict[str, Any]) -> str:
    """Set the rate of a currency on a day, new or not; gives its key. Raises 2020, 2010, 5030, 6000."""
    standing.check_subscription(session)
    asked = schema.admit(ENTITY, body)
    for field in ("SourceCurrencyCode", "Rate", "AsOfDate"):
        if not asked.get(field):
            raise faults.missing(field)
    home = settings.home_currency(session)["value"]
    source, target = str(asked["SourceCurrencyCode"]), str(asked.get("TargetCurrencyCode") or home)
    if not settings.preference(session, "CurrencyPrefs", "MultiCurrencyEnabled"):
        raise faults.not_offered("Multicurrency is not enabled for this company.")
    if target != home or source == home:
        raise faults.business("The rate must be one of a foreign currency to the home currency.")
    rate = money(asked["Rate"])
    if rate <= 0:
        raise faults.business("The exchange rate must be greater than 0.")
    stamp = wire.metadata_time(session.moment)
    kept = {"SourceCurrencyCode": source, "TargetCurrencyCode": target, "Rate": rate, "AsOfDate": asked["AsOfDate"]}
    kept |= {"domain": "QBO", "sparse": False, "MetaData": {"LastUpdatedTime": stamp}}
    key = key_of(kept)
    session.write(ENTITY, {"Id": key, "MetaData": kept["MetaData"]}, wire.encode(ENTITY, kept))
    session.forget(ENTITY, key)
    session.note("updated", ENTITY, key, kept)
    return key


def find(session: Session, source: str, on: date) -> dict[str, Any]:
    """The rate of a currency on a day: the latest that was set up to it. Raises 610 when there is none."""
    home = settings.home_currency(session)["value"]
    code, day = source.strip().upper(), on.isoformat()
    if code == home:
        rate: dict[str, Any] | None = {"Rate": 1, "AsOfDate": day}
    else:
        known = [
            body
            for body in session.each(ENTITY)
            if str(body.get("SourceCurrencyCode")) == code and str(body.get("AsOfDate")) <= day
        ]
        rate = max(known, key=lambda body: str(body["AsOfDate"]), default=None)
    if rate is None:
        raise faults.not_found(f"Object Not Found : no exchange rate of {code} is known on {day}.")
    held = {"SourceCurrencyCode": code, "TargetCurrencyCode": home, "Rate": rate["Rate"], "AsOfDate": day}
    stamp = (rate.get("MetaData") or {}).get("LastUpdatedTime") or wire.metadata_time(session.moment)
    return held | {"domain": "QBO", "sparse": False, "MetaData": {"LastUpdatedTime": stamp}}
