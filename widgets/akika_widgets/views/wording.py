"""QuickBooks' field paths and values in an accountant's words. A path nobody foresaw stays readable too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import ZERO

ABSENT: Final = "—"
MINUS: Final = "\N{MINUS SIGN}"

_WORDS: Final[dict[str, str]] = {
    "APAccountRef": "Payable account",
    "ARAccountRef": "Receivable account",
    "AcctNum": "Account number",
    "Active": "Active",
    "Amount": "Amount",
    "AssetAccountRef": "Stock account",
    "Balance": "Open balance",
    "BillAddr": "Billing address",
    "BillEmail": "Billing e-mail",
    "BillWithParent": "Billed with parent",
    "ClassRef": "Class",
    "CountrySubDivisionCode": "State",
    "CreateTime": "Created",
    "CurrencyRef": "Currency",
    "CurrentBalance": "Balance",
    "CurrentBalanceWithSubAccounts": "Balance with sub-accounts",
    "CustomerMemo": "Message to customer",
    "CustomerRef": "Customer",
    "DepartmentRef": "Location",
    "DepositToAccountRef": "Deposited to",
    "DetailType": "Kind of line",
    "DisplayName": "Name",
    "DocNumber": "Number",
    "DueDate": "Due date",
    "EmailStatus": "E-mail status",
    "EntityRef": "Name",
    "ExpenseAccountRef": "Expense account",
    "FamilyName": "Last name",
    "FreeFormNumber": "",
    "FullyQualifiedName": "Full name",
    "GivenName": "First name",
    "HomeBalance": "Open balance, home currency",
    "HomeTotalAmt": "Total, home currency",
    "Id": "Id",
    "IncomeAccountRef": "Income account",
    "InvStartDate": "Stock counted from",
    "ItemRef": "Item",
    "LastModifiedByRef": "Last changed by",
    "LastUpdatedTime": "Last changed",
    "LineNum": "Position",
    "LinkedTxn": "Link",
    "MetaData": "",
    "ParentRef": "Parent",
    "PaymentMethodRef": "Payment method",
    "PaymentRefNum": "Reference number",
    "PostalCode": "Postal code",
    "PrimaryEmailAddr": "E-mail",
    "PrimaryPhone": "Phone",
    "PrintOnCheckName": "Name on cheques",
    "PrivateNote": "Memo",
    "PurchaseCost": "Cost",
    "PurchaseDesc": "Description on purchases",
    "QtyOnHand": "Quantity on hand",
    "Qty": "Quantity",
    "SalesTermRef": "Terms",
    "ShipAddr": "Shipping address",
    "SyncToken": "Edit counter",
    "TaxCodeRef": "Tax code",
    "TermRef": "Terms",
    "TotalAmt": "Total",
    "TotalTax": "Tax",
    "TrackQtyOnHand": "Stock is tracked",
    "TxnDate": "Date",
    "TxnId": "Transaction Id",
    "TxnTaxDetail": "Sales tax",
    "TxnType": "Kind",
    "UnappliedAmt": "Unapplied",
    "UnitPrice": "Price",
    "VendorRef": "Vendor",
    "domain": "Domain",
    "sparse": "Partial record",
}
_ABBREVIATIONS: Final = {
    "acct": "account",
    "addr": "address",
    "amt": "amount",
    "desc": "description",
    "num": "number",
    "qty": "quantity",
    "txn": "transaction",
    "ref": "",
    "info": "details",
    "uri": "address",
    "id": "Id",
}
_WRAPPERS: Final = re.compile(r"(LineDetail|Detail|LineEx)$")
_ESCAPED: Final = (("%2E", "."), ("%5B", "["), ("%5D", "]"), ("%25", "%"))
_STEP: Final = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_CAMEL: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^A-Za-z0-9]+")
_MONEY_FIELD: Final = re.compile(
    r"(Amt|Amount|Balance|BalanceWithSubAccounts|Price|Cost|TotalTax|Total|TotalDebit|TotalCredit)$"
)
_QUIET: Final = re.compile(r"(^|\.)(SyncToken|MetaData(\..*)?|domain|sparse|status|time)$|(Addr|Line\[[^\]]*\])\.Id$")
_ISO_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")


def field_words(path: str) -> str:
    """``Line[0].SalesItemLineDetail.UnitPrice`` as ``Line 1 · Price``; the path itself when it has no words."""
    parts: list[str] = []
    for name, index in _STEP.findall(path):
        if name:
            words = _segment(name)
            if words:
                parts.append(words)
        elif parts:
            parts[-1] = f"{parts[-1]} {_position(index)}"
    if len(parts) > 1 and path.endswith((".value", ".name")):
        parts.pop()
        if path.endswith("Ref.value"):
            parts[-1] += " (Id)"
    if not parts:
        return path
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def _position(index: str) -> str:
    return str(int(index) + 1) if index.isascii() and index.isdigit() else index.rpartition("=")[2]


def _segment(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    if _WRAPPERS.search(name):
        return ""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        return reduce(lambda text, pair: text.replace(*pair), _ESCAPED, name)
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in _CAMEL.findall(name)]
    text = " ".join(filter(None, (_ABBREVIATIONS.get(word, word) for word in words)))
    return text[:1].upper() + text[1:]


def is_quiet(path: str) -> bool:
    """True for the server's own housekeeping: edit counter, times, Ids of lines and addresses."""
    return _QUIET.search(path) is not None


def is_money(path: str) -> bool:
    return _MONEY_FIELD.search(path) is not None


def amount(value: Decimal, *, sign: bool = False) -> str:
    """``1,234.50`` with at least two decimals and every digit there is; a true minus sign; with ``sign`` also a plus."""
    exponent = value.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    if places > 2:
        places = max(2, len(f"{value:f}".rstrip("0").partition(".")[2]))
    text = f"{abs(value):,.{places}f}"
    if value < 0:
        return MINUS + text
    return f"+{text}" if sign and value > 0 else text


def number_of(value: Any) -> Decimal | None:
    """The number in a decoded JSON value, or None; booleans and texts are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def value_text(path: str, value: Any) -> str:
    """A value as a person reads it; None is ``—``."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = number_of(value)
    if number is not None:
        return amount(number) if is_money(path) else f"{number:f}"
    if isinstance(value, str):
        if is_quiet(path) and _ISO_TIME.match(value):
            return value.replace("T", " ", 1)
        return value if value.strip() else ("(empty)" if not value else "(only blanks)")
    if isinstance(value, Mapping):
        if set(value) <= {"value", "name", "type"} and "value" in value:
            name = value.get("name")
            return f"{name} (Id {value['value']})" if name else f"Id {value['value']}"
        if value.get("TxnId"):
            return f"{value.get('TxnType') or 'Transaction'} (Id {value['TxnId']})"
        return "; ".join(f"{field_words(str(key))}: {value_text(str(key), inner)}" for key, inner in value.items())
    if isinstance(value, Sequence):
        return "\n".join(value_text(path, inner) for inner in value)
    return str(value)


def delta_text(path: str, before: Any, after: Any) -> str:
    """By how much a number or a date moved; ``""`` where that says nothing."""
    old, new = number_of(before), number_of(after)
    if is_money(path) and (old is not None or new is not None) and (old or ZERO) != (new or ZERO):
        return amount((new or ZERO) - (old or ZERO), sign=True)
    if old is not None and new is not None and old != new and not path.endswith(("Id", "LineNum")):
        moved = new - old
        return f"{'+' if moved > 0 else MINUS}{abs(moved):f}"
    if isinstance(before, str) and isinstance(after, str) and _ISO_DATE.match(before) and _ISO_DATE.match(after):
        try:
            days = (date.fromisoformat(after) - date.fromisoformat(before)).days
        except ValueError:
            return ""
        return f"{'+' if days > 0 else MINUS}{abs(days):,} day{'' if abs(days) == 1 else 's'}" if days else ""
    return ""


@dataclass(frozen=True, slots=True)
class EntityWords:
    one: str
    many: str


_IRREGULAR: Final = {
    "BillPayment": EntityWords("bill payment", "bill payments"),
    "Purchase": EntityWords("expense", "expenses"),
    "Class": EntityWords("class", "classes"),
    "CompanyCurrency": EntityWords("currency", "currencies"),
    "CompanyInfo": EntityWords("company details", "company details"),
    "Department": EntityWords("location", "locations"),
    "JournalEntry": EntityWords("journal entry", "journal entries"),
    "Preferences": EntityWords("preferences", "preferences"),
    "TaxAgency": EntityWords("tax agency", "tax agencies"),
    "TimeActivity": EntityWords("time activity", "time activities"),
    "Attachable": EntityWords("attachment", "attachments"),
    "Term": EntityWords("terms", "terms"),
}


def entity_words(entity: str) -> EntityWords:
    """``Invoice`` as ``invoice``/``invoices``; a name that is no entity stays as it is."""
    if entity in _IRREGULAR:
        return _IRREGULAR[entity]
    if entity not in CATALOGUE:
        return EntityWords(entity, entity)
    one = _segment(entity).lower()
    return EntityWords(one, f"{one}s")


def counted(number: int, entity: str) -> str:
    """``25 bills``, ``1 invoice``."""
    words = entity_words(entity)
    return f"{number:,} {words.one if number == 1 else words.many}"
