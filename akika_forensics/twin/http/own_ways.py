"""Entities with addresses and envelopes of their own: what the rule of one path and one key for each leaves out.

Recurring templates are wrapped twice, TaxService is bare, a deleted budget answers the time alone, an exchange rate is
asked for by currency and day, tax classifications by level and parent, entitlements under another path.
Source: QuickBooks API, each entity's page.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from akika_forensics.model import payload as payloads
from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults, wire
from akika_forensics.twin.rules import rates, recurring

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin
    from akika_forensics.twin.http.call import Call

ENTITLEMENTS: Final = ("", "entitlements")
"""What a request for entitlements has for parts; no path within a company does."""


def read(twin: Twin, call: Call) -> bytes | None:
    """The answer to a read that goes its own way; None for any other."""
    if call.method != "GET":
        return None
    match [part.lower() for part in call.parts]:
        case ["exchangerate"]:
            return _rate(twin, call)
        case ["taxclassification"]:
            return _classifications(twin, call, "Level", call.parameters.get("level", ""))
        case ["taxclassification", _]:
            return _classification(twin, call, call.parts[1])
        case ["taxclassification", _, "children"]:
            _classification(twin, call, call.parts[1])
            return _classifications(twin, call, "ParentRef", call.parts[1])
        case ["", "entitlements"]:
            return payloads.encode({"EntitlementsResponse": twin.entitlements()})
        case ["entitlements", *_]:
            raise faults.unsupported(f"{call.method} {call.path}")
        case _:
            return None


def _rate(twin: Twin, call: Call) -> bytes:
    code = call.parameters.get("sourcecurrencycode", "").strip()
    if not code:
        raise faults.missing("sourcecurrencycode")
    text = call.parameters.get("asofdate", "").strip()
    try:
        day = parse_date(text) if text else _today(call)
    except ValueError:
        raise faults.malformed("asofdate", "date", text) from None
    return wire.single("ExchangeRate", twin.exchange_rate(code, day), call.started)


def _today(call: Call) -> date:
    return call.started.astimezone(wire.PACIFIC).date()


def _classification(twin: Twin, call: Call, record_id: str) -> bytes:
    payload = twin.payload("TaxClassification", record_id)
    if payload is None:
        raise faults.not_found(f"Object Not Found : TaxClassification {record_id}")
    return wire.single("TaxClassification", payload, call.started)


def _classifications(twin: Twin, call: Call, field: str, wanted: str) -> bytes:
    """All classifications, or those of a level or of a parent; the envelope of a query."""
    found = []
    for payload in twin.payloads("TaxClassification"):
        value = payloads.decode(payload).get(field)
        value = value.get("value") if isinstance(value, dict) else value
        if not wanted or str(value) == wanted:
            found.append(msgspec.Raw(payload))
    group: dict[str, Any] = {}
    if found:
        group = {"TaxClassification": found, "startPosition": 1, "maxResults": len(found)}
    return payloads.encode({"QueryResponse": group, "time": wire.envelope_time(call.started)})


def names_one(entity: str, body: dict[str, Any]) -> bool:
    """Whether a body says which record it is about: then it is an update, else a create."""
    if entity == recurring.ENTITY:
        body = recurring.flat(body)
    return entity == rates.ENTITY or body.get("Id") not in (None, "")


def record_id(entity: str, body: dict[str, Any]) -> str:
    """The Id of a stored record or of the stub of a deleted one."""
    if entity == recurring.ENTITY:
        return recurring.id_of(body)
    return rates.key_of(body) if entity == rates.ENTITY else str(body["Id"])


def token(entity: str, body: dict[str, Any]) -> str:
    """The SyncToken of a stored record."""
    return str((recurring.flat(body) if entity == recurring.ENTITY else body).get("SyncToken"))


def deleted(twin: Twin, key: str, stub: dict[str, Any], call: Call) -> bytes:
    """The answer to a delete. Source: QuickBooks API, Budget: its sample holds nothing but the time."""
    bare = key == "Budget" and twin.beliefs.choice("deleted_budget") == "time_only"
    answer: dict[str, Any] = {} if bare else {key: stub}
    return payloads.encode({**answer, "time": wire.envelope_time(call.started)})
