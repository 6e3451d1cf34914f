"""The accounting API's requests and answers, without a network: path, parameters and body in, status and bytes out."""

from __future__ import annotations

import gzip
import re
import time
from datetime import datetime
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_PATH, CATALOGUE, EntityType
from akika_forensics.twin import faults, standing, wire
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.http import alone, batching, downloading, headers, negotiation, own_ways, uploading
from akika_forensics.twin.http.call import Answer, Call
from akika_forensics.twin.reading import feed, query
from akika_forensics.twin.reports.request import PARAMETERS

JSON: Final = headers.JSON
_WORTH_PACKING: Final = 500
_LONGEST_REQUEST_ID: Final = 50
_LONGEST_BATCH_ID: Final = 36
_LONGEST_BATCH_ITEM_ID: Final = 10


def answer(twin: Twin, call: Call) -> Answer:
    """Answer a request of a signed-in client; refusals are answers too."""
    if call.realm != twin.realm_id:
        return gateway(faults.wrong_realm(), call.started)
    begun = time.perf_counter()
    try:
        negotiation.check(call.headers, call.body)
        standing.check(twin.store, write=call.kind == "write")
        found = _write(twin, call) if call.kind == "write" else _read(twin, call)
    except QuickBooksFault as fault:
        return refusal(fault, call.started)
    found.body = downloading.with_addresses(twin, call.origin, found.body, call.started)
    found.headers = headers.of_success(call.started, time.perf_counter() - begun) | found.headers
    return found


def pack(call: Call, found: Answer) -> None:
    """Where it is asked for and worth it. What has a length of its own, such as a paper, goes as it is.

    The last step before an answer leaves: the log notes it as it was made. Source: recorded answers.
    """
    worth = found.status == 200 and len(found.body) >= _WORTH_PACKING and "Content-Length" not in found.headers
    if worth and negotiation.takes_gzip(call.headers):
        found.body = gzip.compress(found.body, compresslevel=1, mtime=0)
        found.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}


def refusal(fault: QuickBooksFault, started: datetime) -> Answer:
    body: dict[str, Any] = {"Fault": fault.body()}
    if fault.timed:
        body["time"] = wire.envelope_time(started)
    return Answer(fault.status, payloads.encode(body), headers.of_refusal(started))


def gateway(fault: faults.GatewayFault, started: datetime) -> Answer:
    epoch = wire.microseconds(started) // 1000
    body = payloads.encode(fault.envelope(epoch))
    return Answer(fault.status, body, headers.of_refusal(started, unknown_client=fault.status == 401))


def too_many(twin: Twin, started: datetime) -> Answer:
    """HTTP 429: what surrounds it is not settled."""
    found = gateway(faults.throttled(), started)
    if twin.beliefs.choice("throttle_body") == "empty":
        found.body = b""
    if twin.beliefs.choice("retry_after") == "sent":
        found.headers["Retry-After"] = "60"
    return found


def system_failure(started: datetime) -> Answer:
    return refusal(faults.system_failure(), started)


def _no_such_path(call: Call) -> QuickBooksFault:
    return faults.unsupported(
        f"Could not find resource for relative : {call.path} of full path: https://quickbooks.example/qbo50{call.path}"
    )


def _entity(call: Call, name: str) -> EntityType:
    row = BY_PATH.get(name.lower())
    if row is None:
        raise _no_such_path(call)
    return row


# reading


def _read(twin: Twin, call: Call) -> Answer:
    match call.parts:
        case ["download" | "attachable-thumbnail" as kind, record_id] if call.method == "GET":
            address = downloading.plain(twin, call.origin, kind, record_id, call.started)
            return Answer(200, address, {"Content-Type": "text/plain;charset=utf-8"})
        case [name, record_id, "pdf"] if call.method == "GET":
            entity, number = _document(call, name, record_id, "pdf")
            paper = twin.pdf(entity, number)
            return Answer(200, paper, {"Content-Type": "application/pdf", "Content-Length": str(len(paper))})
        case parts:
            return Answer(200, _read_json(twin, call, parts))


def _document(call: Call, name: str, record_id: str, operation: str) -> tuple[str, str]:
    """Entity and Id of a path below a document. Raises QuickBooksFault 500, 2030."""
    row = _entity(call, name)
    if not row.can(operation):
        raise _no_such_path(call)
    if not re.fullmatch(r"-?\d+", record_id):
        raise faults.invalid_id(record_id)
    return row.name, record_id


def _read_json(twin: Twin, call: Call, parts: list[str]) -> bytes:
    found = own_ways.read(twin, call)
    if found is not None:
        return found
    match parts:
        case ["query"]:
            return _query(twin, call)
        case ["batch"]:
            return _batch(twin, call)[0]
        case ["cdc"] if call.method == "GET":
            return _change_feed(twin, call)
        case ["reports", name] if call.method == "GET":
            return payloads.encode(twin.report(name, **_report_parameters(call)))
        case ["preferences"] if call.method == "GET":
            return _record(twin, call, "Preferences", "1")
        case ["companyinfo", _] if call.method == "GET":
            return _record(twin, call, "CompanyInfo", "1")
        case [name, record_id] if call.method == "GET":
            return _one(twin, call, name, record_id)
        case _:
            raise _no_such_path(call)


def _report_parameters(call: Call) -> dict[str, str]:
    return {name: value for name, value in call.parameters.items() if name in PARAMETERS}


def _one(twin: Twin, call: Call, name: str, record_id: str) -> bytes:
    row = _entity(call, name)
    if not row.can("read"):
        raise _no_such_path(call)
    if not re.fullmatch(r"-?\d+", record_id):
        raise faults.invalid_id(record_id)
    return _record(twin, call, row.name, record_id)


def _record(twin: Twin, call: Call, entity: str, record_id: str) -> bytes:
    payload = twin.payload(entity, record_id)
    if payload is None:
        raise faults.not_found()
    return wire.single(CATALOGUE[entity].key, alone.shown(twin, entity, payload), call.started)


def _query(twin: Twin, call: Call) -> bytes:
    statement = call.body.decode("utf-8", "replace") if call.method == "POST" else ""
    statement = statement.strip() or call.parameters.get("query", "")
    found = msgspec.Raw(query.response(twin.select(statement)))
    return payloads.encode({"QueryResponse": found, "time": wire.envelope_time(call.started)})


def _change_feed(twin: Twin, call: Call) -> bytes:
    names = feed.names(call.parameters.get("entities", ""))
    since = feed.since(call.parameters.get("changedsince", ""), call.started)
    found = twin.change_feed(names, since)
    return payloads.encode({"CDCResponse": [found.response()], "time": wire.envelope_time(call.started)})


# writing


def _write(twin: Twin, call: Call) -> Answer:
    """Apply once: a ``requestid`` that was answered before gets the first answer again."""
    request_id = call.request_id
    if request_id is not None:
        longest = _LONGEST_BATCH_ID if call.is_batch else _LONGEST_REQUEST_ID
        if len(request_id) > longest:
            raise faults.length("requestid", 1, longest, request_id)
    with twin.transaction():
        known = twin.replay(request_id) if request_id is not None else None
        if known is not None and twin.beliefs.choice("requestid_again") == "refused":
            raise faults.repeated_request(str(request_id))
        if known is not None:
            return Answer(known[0], known[1], replayed=True)
        if call.is_batch:
            body, applied = _batch(twin, call)
        elif call.upload is not None:
            body, applied = _upload(twin, call, call.upload)
        else:
            body, applied = _single(twin, call)
        if request_id is not None:
            twin.remember(request_id, 200, body)
    return Answer(200, body, applied=applied)


def _decoded(call: Call) -> dict[str, Any]:
    try:
        body = payloads.decode(call.body)
    except WrongUse:
        body = None
    if not isinstance(body, dict):
        raise QuickBooksFault(
            "2010", "Request has invalid or unsupported property", "Property Name:the request is no JSON object"
        )
    return body


def _single(twin: Twin, call: Call) -> tuple[bytes, list[str]]:
    if len(call.parts) == 3 and call.parts[2] == "send":
        return _sent(twin, call)
    row = _entity(call, "/".join(call.parts))
    body = _decoded(call)
    if list(body) == [row.key] and isinstance(body[row.key], dict):
        body = body[row.key]
    include = [part.strip() for part in call.parameters.get("include", "").split(",") if part.strip()]
    operation = call.parameters.get("operation", "").lower()
    if operation == "delete":
        stub = twin.delete(row.name, body)
        return own_ways.deleted(twin, row.key, stub, call), [f"delete {row.name}:{own_ways.record_id(row.name, stub)}"]
    if row.name == "TaxService" and operation in {"", "create"}:
        made = twin.create(row.name, body)
        return payloads.encode(made), [f"create TaxCode:{made['TaxCodeId']}"]
    before = str(body.get("SyncToken", ""))
    if operation == "void" or (operation == "update" and "void" in include):
        stored, done = twin.void(row.name, body), "void"
    elif operation not in {"", "create", "update"}:
        raise faults.unsupported(operation)
    elif own_ways.names_one(row.name, body):
        stored, done = twin.update(row.name, body, include=include), "update"
    else:
        stored, done = twin.create(row.name, body, include=include), "create"
    record_id = own_ways.record_id(row.name, stored)
    payload = twin.payload(row.name, record_id) or b"{}"
    moved = done == "create" or own_ways.token(row.name, stored) != before
    payload = alone.shown(twin, row.name, payload)
    return wire.single(row.key, payload, call.started), [f"{done} {row.name}:{record_id}"] if moved else []


def _sent(twin: Twin, call: Call) -> tuple[bytes, list[str]]:
    name, number, _ = call.parts
    entity, record_id = _document(call, name, number, "send")
    twin.send(entity, record_id, call.parameters.get("sendto", ""))
    payload = twin.payload(entity, record_id) or b"{}"
    return wire.single(CATALOGUE[entity].key, payload, call.started), [f"send {entity}:{record_id}"]


def _upload(twin: Twin, call: Call, received: uploading.Received) -> tuple[bytes, list[str]]:
    answers, applied = uploading.run(twin, received, call.headers.get("content-type", ""))
    return payloads.encode({"AttachableResponse": answers, "time": wire.envelope_time(call.started)}), applied


def _batch(twin: Twin, call: Call) -> tuple[bytes, list[str]]:
    items = _decoded(call).get("BatchItemRequest")
    if not isinstance(items, list) or not items:
        raise faults.missing("BatchItemRequest")
    for item in items:
        if not isinstance(item, dict):
            raise faults.malformed("BatchItemRequest", "string", item)
        number = str(item.get("bId") or "")
        if call.request_id is not None and len(number) > _LONGEST_BATCH_ITEM_ID:
            raise faults.length("bId", 1, _LONGEST_BATCH_ITEM_ID, number)
    answers = batching.run(twin, items)
    body = {"BatchItemResponse": answers, "time": wire.envelope_time(call.started)}
    return payloads.encode(body), batching.applied(items, answers)
