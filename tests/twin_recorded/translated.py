"""Writes that were recorded as XML, told in JSON: what was sent, and the record that the service made of it.

The translation is that of the service itself: an element is a property, the attribute ``name`` that of a reference, and
the public schema says what is a number and what a list. Only recordings of 2019 are taken; older ones are of a service
that answered otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_PATH, CATALOGUE
from akika_forensics.model.references import get_path, links_of
from akika_forensics.twin import Twin, schema, wire
from akika_forensics.twin.sample import company

type Body = dict[str, Any]

_NAMESPACE: Final = "{http://schema.intuit.com/finance/v3}"
_YEAR: Final = 2019
_ACCOUNTS: Final = (
    ("APAccount", "Accounts Payable", "AccountsPayable"),
    ("ARAccount", "Accounts Receivable", "AccountsReceivable"),
    ("Income", "Income", "SalesOfProductIncome"),
    ("Asset", "Other Current Asset", "Inventory"),
    ("ExpenseAccount", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("COGS", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Deposit", "Other Current Asset", "UndepositedFunds"),
    ("", "Expense", "OfficeGeneralAdministrativeExpenses"),
)
"""What an account must be, by the field that cites it."""


@dataclass(frozen=True, slots=True)
class Write:
    """One recorded write.

    ``before`` is the record, ``linked`` are the records it is linked to, as earlier answers of the same file show them.
    """

    name: str
    entity: str
    sent: Body
    answered: Body
    before: Body | None
    moment: datetime
    linked: tuple[tuple[str, Body], ...] = ()


def read(folder: Path) -> Iterator[Write]:
    """Accepted creations, and updates of records that were read before."""
    for path in sorted((folder / "flowlink").rglob("*.json")):
        known: dict[tuple[str, str], Body] = {}
        for number, row in enumerate(json.loads(path.read_text("utf-8")), 1):
            if row["status"] != 200 or not row["body"].startswith("<?xml"):
                continue
            answer = ET.fromstring(row["body"])  # noqa: S314 - our own recordings, not a stranger's
            shown = [(_name(found), _object(_name(found), found)) for found in answer.iter() if _is_record(found)]
            moment = datetime.fromisoformat(str(answer.get("time")))
            path_name = row["uri"].partition("?")[0].rpartition("/")[2]
            if (
                row["method"] == "POST"
                and path_name in BY_PATH
                and moment.year >= _YEAR
                and "operation" not in row["uri"]
            ):
                entity = BY_PATH[path_name].name
                sent = _object(entity, ET.fromstring(row["req_body"]))  # noqa: S314 - see above
                before = known.get((entity, str(sent.get("Id"))))
                if "Id" not in sent or before is not None:
                    name = f"{path.relative_to(folder).as_posix()}#{number}"
                    cited = [(str(link.get("TxnType")), str(link.get("TxnId"))) for link in sent.get("LinkedTxn", [])]
                    linked = tuple((key[0], known[key]) for key in cited if key in known)
                    yield Write(name, entity, sent, shown[0][1], before, moment, linked)
            known |= {(found, str(body["Id"])): body for found, body in shown}


def company_before(write: Write) -> Twin:
    """A company with what the write cites, under the names by which it is cited, and the record before it."""
    twin = Twin(company_name="Recorded")
    stamp = wire.metadata_time(write.moment)
    for entity, body in company.settings():
        if entity.startswith("Tax"):
            twin.put_raw(entity, payloads.encode(body))
    _put(twin, "Account", {"Id": "9001", **_named("Account", "Sales", "Income")}, stamp)
    _put(twin, "Account", {"Id": "9002", **_named("Account", "Costs", "Expense")}, stamp)
    for entity, record_id, path, name in _cited(write):
        _put(twin, entity, {"Id": record_id, **_named(entity, name, path)}, stamp)
    for entity, body in (*write.linked, *([(write.entity, write.before)] if write.before is not None else ())):
        _put(twin, entity, body, stamp)
    return twin


def _cited(write: Write) -> Iterator[tuple[str, str, str, str]]:
    """(entity, Id, path, name) of every target, named as the answer names it."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for body in (write.sent, write.before or {}, write.answered):
        for link in links_of(write.entity, body):
            if link.target is None or link.by_code or link.linked:
                continue
            holder = get_path(body, link.path)
            name = holder.get("name") if isinstance(holder, dict) else None
            key = (link.target.entity, link.target.id)
            if name or key not in found:
                found[key] = (link.path, name or " ".join(key))
    for (entity, record_id), (path, name) in found.items():
        yield entity, record_id, path, name


def _named(entity: str, name: str, path: str) -> Body:
    body: Body = {"Active": True, "FullyQualifiedName": name}
    if entity in {"Customer", "Vendor", "Employee"}:
        return body | {"DisplayName": name, "Balance": 0}
    body["Name"] = name.rpartition(":")[2]
    if entity == "Account":
        kind, subtype = next(row[1:] for row in _ACCOUNTS if row[0] in path)
        return body | {"AccountType": kind, "AccountSubType": subtype, "CurrentBalance": 0, "SubAccount": False}
    if entity == "Item":
        accounts = {"IncomeAccountRef": {"value": "9001"}, "ExpenseAccountRef": {"value": "9002"}}
        return body | {"Type": "Service", "UnitPrice": 0, **accounts}
    return body


def _put(twin: Twin, entity: str, body: Body, stamp: str) -> None:
    told = {
        "domain": "QBO",
        "sparse": False,
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }
    twin.put_raw(entity, wire.encode(entity, told | body), post=False)


def _is_record(element: ET.Element) -> bool:
    return _name(element) in CATALOGUE and element.find(f"{_NAMESPACE}MetaData") is not None


def _name(element: ET.Element) -> str:
    return re.sub(r"\{.*\}", "", element.tag)


def _object(kind: str, element: ET.Element) -> Body:
    fields = schema.TYPES[kind]
    body: Body = {
        name: value == "true" if name == "sparse" else value for name, value in element.attrib.items() if name in fields
    }
    for child in element:
        name = _name(child)
        inner = fields.get(name)
        if inner is None:
            continue
        value = _value(inner.removesuffix("[]"), child)
        if value is None:
            continue
        if inner.endswith("[]"):
            body.setdefault(name, []).append(value)
        else:
            body[name] = value
    return body


def _value(kind: str, element: ET.Element) -> Any:
    text = element.text or ""
    if kind == "ref":
        return {"value": text} | {name: value for name, value in element.attrib.items() if name in {"name", "type"}}
    if kind in schema.TYPES:
        return _object(kind, element)
    if not text:
        return None
    if kind in {"number", "integer"}:
        return Decimal(text)
    return text == "true" if kind == "boolean" else text
