"""What a person would say of a record in one line: number, date, who, how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import ZERO
from akika_widgets.views.wording import amount, number_of

_ESCAPES: Final = {"%": "%25", ".": "%2E", "[": "%5B", "]": "%5D"}
_PARTIES: Final = ("CustomerRef", "VendorRef", "EntityRef", "EmployeeRef", "PayeeRef")
_TOTALS: Final = ("TotalAmt", "Amount")
_NAME_AMOUNTS: Final = {"Item": "UnitPrice", "Account": "CurrentBalance"}
_ESSENTIAL: Final = (
    "Active",
    "TxnDate",
    "DocNumber",
    "DisplayName",
    "Name",
    "CustomerRef",
    "VendorRef",
    "EntityRef",
    "CompanyName",
    "Type",
    "AccountType",
    "Description",
    "UnitPrice",
    "TotalAmt",
    "Balance",
    "DueDate",
    "SalesTermRef",
    "PaymentMethodRef",
    "PaymentRefNum",
    "DepositToAccountRef",
    "AccountRef",
    "APAccountRef",
    "PrivateNote",
)
"""The fields a reader looks for first, in this order; lines follow them."""


class RecordLike(Protocol):
    @property
    def body(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Gist:
    date: str
    party: str
    total: Decimal | None

    def words(self) -> str:
        """``2026-09-04 · Amy's Bird Sanctuary · 362.07``, as far as known."""
        shown = [self.date, self.party, amount(self.total) if self.total is not None else ""]
        return " · ".join(part for part in shown if part)


EMPTY: Final = Gist("", "", None)


def body_of(record: RecordLike | None) -> dict[str, Any]:
    """The decoded payload; of a payload that is no JSON object, its text as one field."""
    if record is None:
        return {}
    try:
        body: Any = record.body
    except Exception as error:  # noqa: BLE001 - whatever a payload that is no JSON raises, its record is still shown
        return {"(payload)": str(error)}
    return body if isinstance(body, dict) else {"(payload)": body}


def gist_of(entity: str, record: RecordLike | None) -> Gist:
    if record is None:
        return EMPTY
    body = body_of(record)
    if not is_transaction(entity):
        field = _NAME_AMOUNTS.get(entity, "Balance")
        balance = number_of(body.get(field))
        company = body.get("CompanyName")
        return Gist("", company if isinstance(company, str) else "", balance)
    return Gist(str(body.get("TxnDate") or ""), _party(body), _total(entity, body))


def is_transaction(entity: str) -> bool:
    row = CATALOGUE.get(entity)
    return row is None or row.is_transaction


def _party(body: Mapping[str, Any]) -> str:
    for name in _PARTIES:
        holder = body.get(name)
        if isinstance(holder, Mapping):
            return str(holder.get("name") or holder.get("value") or "")
    return ""


def _total(entity: str, body: Mapping[str, Any]) -> Decimal | None:
    if entity == "JournalEntry":
        lines = body.get("Line")
        rows = [row for row in lines if isinstance(row, Mapping)] if isinstance(lines, list) else []
        debits = [number_of(row.get("Amount")) or ZERO for row in rows if _posting_type(row) == "Debit"]
        return sum(debits, ZERO) if debits else None
    for name in _TOTALS:
        number = number_of(body.get(name))
        if number is not None:
            return number
    return None


def _posting_type(row: Mapping[str, Any]) -> str:
    detail = row.get("JournalEntryLineDetail")
    return str(detail.get("PostingType", "")) if isinstance(detail, Mapping) else ""


def escaped(name: object) -> str:
    """A field name as one step of a path: a name that holds the signs of a path cannot pass for several."""
    return "".join(_ESCAPES.get(sign, sign) for sign in str(name)) or "%"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a decoded payload with its concrete path, in the order of the payload."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{escaped(key)}" if path else escaped(key))
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{position}]")
    elif path:
        yield path, value


def rank(path: str) -> tuple[int, int]:
    """Where a field stands among the fields of its record: essentials first, then the rest, then lines."""
    head = path.partition(".")[0].partition("[")[0]
    if head in _ESSENTIAL:
        return (0, _ESSENTIAL.index(head))
    return (2, 0) if head == "Line" else (1, 0)


def is_essential(path: str) -> bool:
    return path.partition(".")[0].partition("[")[0] in _ESSENTIAL
