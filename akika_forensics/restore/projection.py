"""What of a record can be written, and what of it is the server's own.

The writable projection drops everything QuickBooks computes, numbers by itself or mirrors from the other
side of a link; two versions with equal projections need no write to become one another.
"""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.graph import is_mirror
from akika_forensics.model.catalogue import CATALOGUE, linked_entity
from akika_forensics.model.payload import canonical_value

TEMPLATE: Final = "RecurringTransaction"
"""The one kind that wraps another: its Id, its token and its fields are those of the transaction in it."""

BOOKKEEPING: Final = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})
"""Fields of every object that the server keeps. Source: QuickBooks API, common object attributes."""

SIDE_EFFECTS: Final = {
    "PrintStatus": "NotSet",
    "EmailStatus": "NotSet",
    "ProcessPayment": False,
}
"""What a created record must not set off: printing, mailing, charging."""

_ADDRESSES: Final = ("BillAddr", "ShipAddr", "ShipFromAddr", "VendorAddr", "PrimaryAddr", "OtherAddr", "RemitToAddr")
_ADDRESS_SERVER_FIELDS: Final = ("Id", "Lat", "Long", "Tag")


def writable(entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """The part of a payload that a request can set, in a form two versions can be compared in.

    Reference names go (only the Id counts), line Ids and address Ids go, lines the server appends go,
    and so do opening balances (they post again) and what the API masks. Of a recurring template it is that of the
    transaction in it, without the days that the server works out.
    """
    if entity == TEMPLATE:
        return {kind: _template(kind, inner) for kind, inner in templates(body)}
    row = CATALOGUE[entity]
    dropped = BOOKKEEPING.union(row.computed, row.opening, row.masked)
    result: dict[str, Any] = {}
    for name, value in body.items():
        if name in dropped:
            continue
        if name == "LinkedTxn":
            links = _written_links(entity, value)
            if links:
                result[name] = links
        elif name == "Line" and isinstance(value, list):
            lines = [_line(line) for line in value if isinstance(line, dict) and not _server_line(line)]
            result[name] = lines
        elif name == "BillableStatus" and value == "HasBeenBilled":
            # Source: QuickBooks API, TimeActivity: only its invoice makes it billed; no request can.
            result[name] = "Billable"
        elif name in _ADDRESSES and isinstance(value, dict):
            result[name] = {key: inner for key, inner in value.items() if key not in _ADDRESS_SERVER_FIELDS}
        else:
            result[name] = _bare(value)
    return {name: value for name, value in result.items() if not _empty(value)}


def templates(body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The transaction within a recurring template and its type. Source: QuickBooks API, RecurringTransaction."""
    return [(kind, inner) for kind, inner in body.items() if kind in CATALOGUE and isinstance(inner, dict)]


def _template(kind: str, inner: dict[str, Any]) -> dict[str, Any]:
    info = inner.get("RecurringInfo")
    schedule = info.get("ScheduleInfo") if isinstance(info, dict) else None
    if isinstance(info, dict) and isinstance(schedule, dict):
        kept = {name: value for name, value in schedule.items() if name not in {"NextDate", "PreviousDate"}}
        inner = {**inner, "RecurringInfo": {**info, "ScheduleInfo": kept}}
    return writable(kind, inner)


def _written_links(entity: str, value: Any) -> list[Any]:
    """Header links that this side wrote; the rest are mirrors the server makes of the other side's."""
    if not isinstance(value, list):
        return []
    written = [
        {name: inner for name, inner in link.items() if name in {"TxnId", "TxnType", "TxnLineId"}}
        for link in value
        if isinstance(link, dict)
        and (target := linked_entity(str(link.get("TxnType")))) is not None
        and not is_mirror(entity, target, at_line=False)
    ]
    # The server lists them by an order of its own.
    return sorted(written, key=canonical_value)


def _server_line(line: dict[str, Any]) -> bool:
    return line.get("DetailType") == "SubTotalLineDetail"


def _line(line: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in line.items() if name not in {"Id", "LineNum", "LineEx"}}
    if isinstance(kept.get("GroupLineDetail"), dict) and isinstance(kept["GroupLineDetail"].get("Line"), list):
        group = dict(kept["GroupLineDetail"])
        group["Line"] = [_line(inner) for inner in group["Line"] if isinstance(inner, dict)]
        kept["GroupLineDetail"] = group
    return {name: _bare(value) for name, value in kept.items() if not _empty(_bare(value))}


def _bare(value: Any) -> Any:
    """References without their display names; addresses inside lists untouched."""
    if isinstance(value, dict):
        if "value" in value and set(value) <= {"value", "name", "type"}:
            return {"value": value["value"]} | ({"type": value["type"]} if "type" in value else {})
        return {name: bare for name, inner in value.items() if not _empty(bare := _bare(inner))}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    return value


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def same(entity: str, left: dict[str, Any], right: dict[str, Any]) -> bool:
    """True when no write is needed to turn one version into the other."""
    return canonical_value(writable(entity, left)) == canonical_value(writable(entity, right))


def differing(entity: str, left: dict[str, Any], right: dict[str, Any]) -> tuple[str, ...]:
    """Top-level writable fields in which two versions differ, in the order of the right one, then the left."""
    a, b = writable(entity, left), writable(entity, right)
    names = dict.fromkeys([*b, *a])
    return tuple(
        name for name in names if name not in a or name not in b or canonical_value(a[name]) != canonical_value(b[name])
    )


BLOCK: Final = frozenset(
    {
        "CustomerRef",
        "VendorRef",
        "EntityRef",
        "EmployeeRef",
        "TxnDate",
        "AccountRef",
        "DepositToAccountRef",
        "APAccountRef",
        "ARAccountRef",
        "FromAccountRef",
        "ToAccountRef",
        "CurrencyRef",
        "ExchangeRate",
        "Line",
        "TxnTaxDetail",
        "GlobalTaxCalculation",
        "LinkedTxn",
        "TotalAmt",
        "Amount",
        "PayType",
        "PaymentType",
        "CheckPayment",
        "CreditCardPayment",
    }
)
"""Fields that are one whole: party, date, account, currency, lines, tax and links of two versions are never mixed."""
