"""Which properties each object has, of which type and in which order the service writes them.

The table in ``fields.json`` holds the facts of QuickBooks' public schema: names, types, enumerations, and the order
of the keys on the wire (the own fields of a type first, then those of its ancestors from the root down).
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from importlib import resources
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import parse_date
from akika_forensics.twin import faults

_TABLE: Final[dict[str, Any]] = json.loads(
    resources.files("akika_forensics.twin").joinpath("fields.json").read_text("utf-8")
)
TYPES: Final[dict[str, dict[str, str]]] = _TABLE["types"]
ENUMS: Final[dict[str, frozenset[str]]] = {name: frozenset(values) for name, values in _TABLE["enums"].items()}

MONEY: Final = frozenset(
    [
        "Amount",
        "Balance",
        "BalanceWithJobs",
        "TotalAmt",
        "TotalTax",
        "CurrentBalance",
        "CurrentBalanceWithSubAccounts",
        "NetAmountTaxable",
        "RemainingCredit",
        "UnappliedAmt",
        "HomeTotalAmt",
        "HomeBalance",
        "DiscountAmt",
    ]
)
"""Fields printed with two decimals, or as ``0``. Source: recorded answers."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
"""As much of RFC 822 as a mistyped address fails."""

REF_KEYS: Final = frozenset({"value", "name", "type"})

SYSTEM: Final = frozenset(["domain", "sparse", "status", "Id", "SyncToken", "MetaData"])
"""Fields that every record has and no rule of its own kind is about."""


class Clear:
    """Stands for an empty text in a sparse update: the field is to be emptied."""

    def __repr__(self) -> str:
        return "CLEAR"


CLEAR: Final = Clear()


def type_of(entity: str) -> str:
    return CATALOGUE[entity].key if entity in CATALOGUE else entity


def fields_of(entity: str) -> dict[str, str]:
    """Field name to kind, in the order of the wire."""
    return TYPES.get(type_of(entity), {})


def admit(entity: str, body: dict[str, Any], *, sparse: bool = False) -> dict[str, Any]:
    """The request's body with each value in its field's type; empty values are dropped.

    An empty text becomes ``CLEAR`` at the top level of a sparse update. Raises QuickBooksFault 2010 for a property
    that QuickBooks does not know, and the malformed-value codes.
    """
    return _admit_object(type_of(entity), body, top_sparse=sparse)


def _admit_object(type_name: str, body: Any, *, top_sparse: bool = False) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise faults.malformed(type_name, "string", body)
    fields = TYPES[type_name]
    admitted: dict[str, Any] = {}
    for name, value in body.items():
        kind = fields.get(name)
        if kind is None:
            raise faults.unknown_property(name, type_name, sorted(fields))
        if value is None:
            continue
        if value == "" and not kind.endswith("[]"):
            if top_sparse:
                admitted[name] = CLEAR
            continue
        cleaned = _admit_list(name, kind[:-2], value) if kind.endswith("[]") else _admit_value(name, kind, value)
        if cleaned is not None:
            admitted[name] = cleaned
    return admitted


def _admit_list(name: str, kind: str, value: Any) -> list[Any] | None:
    if value == "":
        return None
    rows = value if isinstance(value, list) else [value]
    admitted = (_admit_value(name, kind, row) for row in rows if row is not None)
    return [row for row in admitted if row is not None]


def _admit_value(name: str, kind: str, value: Any) -> Any:  # noqa: PLR0912 - one case a kind
    if kind == "any":
        return value
    if kind == "ref":
        return _admit_ref(name, value)
    if kind in TYPES:
        return _admit_object(kind, value) or None
    if kind.startswith("enum:"):
        if not isinstance(value, str) or value not in ENUMS[kind[5:]]:
            raise faults.malformed(name, "enum", value)
        return value
    if isinstance(value, dict | list):
        raise faults.malformed(name, kind, value)
    match kind:
        case "string":
            return _address(name, _text(value))
        case "number" | "integer":
            return _number(name, kind, value)
        case "boolean":
            return _boolean(name, value)
        case "date":
            try:
                return parse_date(str(value)).isoformat()
            except ValueError:
                shaped = _DAY.match(str(value).strip())
                raise faults.malformed(name, "day" if shaped else "date", value) from None
        case _:
            try:
                datetime.fromisoformat(str(value))
            except ValueError:
                raise faults.malformed(name, kind, value) from None
            return str(value)


def _address(name: str, text: str) -> str:
    """E-mail addresses, several apart by commas, and web addresses. Raises 2210, 2200."""
    if name == "Address" and not all(_MAIL.fullmatch(part.strip()) for part in text.split(",")):
        raise faults.malformed(name, "email", text)
    if name == "URI" and any(mark.isspace() for mark in text.strip()):
        raise faults.malformed(name, "web", text)
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(name: str, kind: str, value: Any) -> Decimal | int:
    if isinstance(value, bool):
        raise faults.malformed(name, kind, value)
    try:
        number = Decimal(str(value).strip())
    except ArithmeticError:
        raise faults.malformed(name, kind, value) from None
    if not number.is_finite():
        raise faults.malformed(name, kind, value)
    if abs(number) > Decimal(10) ** 15:
        raise faults.malformed(name, _too_large(name), value)
    if kind == "integer":
        if number != number.to_integral_value():
            raise faults.malformed(name, "fraction", value)
        return int(number)
    if name in {"DiscountPercent", "TaxPercent"} and not 0 <= number <= 100:
        raise faults.malformed(name, "percent", value)
    return number


def _too_large(name: str) -> str:
    """What kind of number is too large. Source: QuickBooks API, list of error codes."""
    if name in MONEY:
        return "amount"
    return "quantity" if name in {"Qty", "QtyOnHand", "QtyDiff"} else "range"


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise faults.malformed(name, "boolean", value)


def _admit_ref(name: str, value: Any) -> dict[str, Any] | None:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return {"value": str(value)}
    if not isinstance(value, dict):
        raise faults.malformed(name, "string", value)
    for key in value:
        if key not in REF_KEYS:
            raise faults.unknown_property(key, "ReferenceType", sorted(REF_KEYS))
    target = value.get("value")
    if target in (None, ""):
        return None
    return {key: str(inner) for key, inner in value.items() if inner not in (None, "")}


def ordered(entity: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same body with its keys in the order of the wire and its money in the wire's digits."""
    return _ordered_object(type_of(entity), body)


def _ordered_object(type_name: str, body: dict[str, Any]) -> dict[str, Any]:
    fields = TYPES.get(type_name)
    if fields is None:
        return body
    known = [name for name in fields if name in body]
    unknown = [name for name in body if name not in fields]
    return {name: _ordered_value(name, fields.get(name, "any"), body[name]) for name in (*known, *unknown)}


def _ordered_value(name: str, kind: str, value: Any) -> Any:
    if kind.endswith("[]") and isinstance(value, list):
        return [_ordered_value(name, kind[:-2], row) for row in value]
    if kind == "ref" and isinstance(value, dict):
        return {key: value[key] for key in ("value", "name", "type") if key in value}
    if kind in TYPES and isinstance(value, dict):
        return _ordered_object(kind, value)
    if kind == "number" and isinstance(value, int | Decimal):
        return money_number(Decimal(value)) if name in MONEY else short_number(Decimal(value))
    return value


def money_number(value: Decimal) -> Decimal | int:
    """``337.50``, ``100.00``, ``0``."""
    return value.quantize(Decimal("0.01")) if value else 0


def short_number(value: Decimal) -> Decimal | int:
    """``75``, ``4.5``: the shortest plain form."""
    if value == value.to_integral_value():
        return int(value)
    return Decimal(format(value, "f").rstrip("0"))
