"""A batch: up to thirty writes and queries, each applied or refused on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import msgspec

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_KEY
from akika_forensics.twin import faults
from akika_forensics.twin.http import alone, own_ways
from akika_forensics.twin.reading import feed, query

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

LIMIT: Final = 30
READS: Final = frozenset({"Query", "CDCQuery", "ReportQuery"})
"""Items that change nothing. Source: QuickBooks API, schema of a batch."""
_NOT_ENTITIES: Final = frozenset({"bId", "operation", "optionsData", "Fault", *READS})


def run(twin: Twin, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answers in the order of the items, the ``bId`` last. Raises QuickBooksFault 1040."""
    if len(items) > LIMIT:
        raise faults.too_many_items(LIMIT, len(items))
    answers = []
    for item in items:
        try:
            answer = _one(twin, item)
        except faults.QuickBooksFault as fault:
            answer = {"Fault": fault.body()}
        if item.get("bId") is not None:
            answer["bId"] = str(item["bId"])
        answers.append(answer)
    return answers


def _one(twin: Twin, item: Mapping[str, Any]) -> dict[str, Any]:
    if READS & item.keys():
        return _read(twin, item)
    keys = [key for key in item if key not in _NOT_ENTITIES]
    if len(keys) != 1 or keys[0] not in BY_KEY or keys[0] == "TaxService":
        raise faults.unsupported(f"batch item {', '.join(keys) or 'without an entity'}")
    key = keys[0]
    entity = BY_KEY[key].name
    body = item[key]
    if not isinstance(body, dict):
        raise faults.malformed(key, "string", body)
    options = [part.split("=", 1)[-1] for part in str(item.get("optionsData") or "").split(",") if part]
    match str(item.get("operation") or "create").lower():
        case "create":
            # Source: QuickBooks API: an Id in the body makes a create an update.
            stored = (twin.update if own_ways.names_one(entity, body) else twin.create)(entity, body, include=options)
        case "update":
            stored = twin.update(entity, body, include=options)
        case "void" if twin.beliefs.choice("batch_void") == "applied":
            stored = twin.void(entity, body)
        case "send" if twin.beliefs.choice("batch_send") == "sent":
            stored = twin.send(entity, str(body.get("Id", "")))
        case "delete":
            return {key: twin.delete(entity, body)}
        case other:
            raise faults.unsupported(f"batch operation {other}")
    payload = twin.payload(entity, own_ways.record_id(entity, stored)) or b"{}"
    return {key: msgspec.Raw(alone.shown(twin, entity, payload))}


def _read(twin: Twin, item: Mapping[str, Any]) -> dict[str, Any]:
    if "Query" in item:
        return {"QueryResponse": msgspec.Raw(query.response(twin.select(str(item["Query"]))))}
    if "CDCQuery" in item and twin.beliefs.choice("batch_cdc_query") == "answered":
        asked = item["CDCQuery"]
        if not isinstance(asked, dict):
            raise faults.malformed("CDCQuery", "string", asked)
        names = feed.names(str(asked.get("Entities") or ""))
        since = feed.since(str(asked.get("ChangedSince") or ""), twin.clock())
        return {"CDCResponse": [twin.change_feed(names, since).response()]}
    if "ReportQuery" in item and twin.beliefs.choice("batch_report_query") == "answered":
        name, _, parameters = str(item["ReportQuery"]).strip("/").removeprefix("reports/").partition("?")
        return {"Report": twin.report(name, **dict(parse_qsl(parameters)))}
    raise faults.unsupported(f"batch item {', '.join(sorted(READS & item.keys()))}")


def applied(items: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the accepted items changed, such as ``create Invoice:130``."""
    done = []
    for item, answer in zip(items, answers, strict=True):
        for key, value in answer.items():
            if key not in BY_KEY:
                continue
            body = payloads.decode(bytes(value)) if isinstance(value, msgspec.Raw) else value
            operation = str(item.get("operation") or "create").lower()
            if operation == "create" and item.get(key, {}).get("Id"):
                operation = "update"
            entity = BY_KEY[key].name
            done.append(f"{operation} {entity}:{own_ways.record_id(entity, body)}")
    return done
