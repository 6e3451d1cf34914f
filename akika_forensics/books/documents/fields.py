"""Which fields of each type of transaction postings follow from, as Arrow schemas.

What else a payload holds is neither read nor lost: it stays in the vault as it came. A type is read with no more fields
than it has, because each costs time in a company of half a million.
Source: QuickBooks API, entity pages; one name means the same in every transaction that has it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pyarrow as pa

NUMBER: Final = pa.decimal128(38, 10)
"""Amounts have two decimals and rates seven; ten leave room, and what has more is read one document at a time."""

_TEXT: Final = pa.string()
_REF: Final = pa.struct([("value", _TEXT)])
_NAME: Final = pa.struct([("value", _TEXT), ("type", _TEXT)])
"""A reference that may be to a customer, a vendor or an employee; of any other the list that it is into is known."""
_LINKS: Final = pa.list_(pa.struct([("TxnId", _TEXT), ("TxnType", _TEXT)]))
_TAX_LINE: Final = pa.struct([("Amount", NUMBER), ("TaxLineDetail", pa.struct([("TaxRateRef", _REF)]))])

SILENT_LINES: Final = frozenset({"SubTotalLineDetail", "DescriptionOnly", "DescriptionLineDetail", "TaxLineDetail"})
"""Lines that repeat or describe and post nothing. Source: QuickBooks API, Line.DetailType."""

_DETAILS: Final[dict[str, dict[str, pa.DataType]]] = {
    "SalesItemLineDetail": {"ItemRef": _REF, "ItemAccountRef": _REF, "Qty": NUMBER, "ClassRef": _REF},
    "DiscountLineDetail": {"DiscountAccountRef": _REF, "ClassRef": _REF},
    "AccountBasedExpenseLineDetail": {"AccountRef": _REF, "CustomerRef": _NAME, "ClassRef": _REF},
    "ItemBasedExpenseLineDetail": {"ItemRef": _REF, "Qty": NUMBER, "CustomerRef": _NAME, "ClassRef": _REF},
    "JournalEntryLineDetail": {
        "PostingType": _TEXT,
        "AccountRef": _REF,
        "Entity": pa.struct([("Type", _TEXT), ("EntityRef", _NAME)]),
        "ClassRef": _REF,
        "DepartmentRef": _REF,
    },
    "DepositLineDetail": {"AccountRef": _REF, "Entity": _NAME, "ClassRef": _REF},
    "ItemAdjustmentLineDetail": {"ItemRef": _REF, "QtyDiff": NUMBER, "NewQty": NUMBER},
    "TDSLineDetail": {"TDSAccountRef": _REF},
}
"""What is read of each kind of line. A line keeps its detail under the name that its ``DetailType`` is."""

_ALWAYS: Final[dict[str, pa.DataType]] = {
    "TxnDate": _TEXT,
    "DueDate": _TEXT,
    "DocNumber": _TEXT,
    "CurrencyRef": _REF,
    "ExchangeRate": NUMBER,
    "DepartmentRef": _REF,
}
_TAXED: Final = {
    "TxnTaxDetail": pa.struct([("TxnTaxCodeRef", _REF), ("TotalTax", NUMBER), ("TaxLine", pa.list_(_TAX_LINE))])
}
_SOLD: Final = {"TotalAmt": NUMBER, "HomeTotalAmt": NUMBER, "CustomerRef": _NAME, "ClassRef": _REF, **_TAXED}
_BOUGHT: Final = {"TotalAmt": NUMBER, "HomeTotalAmt": NUMBER, **_TAXED}
_GROUP: Final = "GroupLineDetail"
_SALES_LINES: Final = ("SalesItemLineDetail", "DiscountLineDetail", _GROUP)
_COST_LINES: Final = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "TDSLineDetail")

_HEAD: Final[dict[str, dict[str, pa.DataType]]] = {
    "Invoice": {**_SOLD, "ARAccountRef": _REF, "Deposit": NUMBER, "DepositToAccountRef": _REF},
    "CreditMemo": {**_SOLD, "ARAccountRef": _REF},
    "SalesReceipt": {**_SOLD, "DepositToAccountRef": _REF},
    "RefundReceipt": {**_SOLD, "DepositToAccountRef": _REF},
    "Payment": {"TotalAmt": NUMBER, "CustomerRef": _NAME, "ARAccountRef": _REF, "DepositToAccountRef": _REF},
    "Bill": {**_BOUGHT, "VendorRef": _NAME, "APAccountRef": _REF},
    "VendorCredit": {**_BOUGHT, "VendorRef": _NAME, "APAccountRef": _REF},
    "Purchase": {**_BOUGHT, "EntityRef": _NAME, "AccountRef": _REF, "Credit": pa.bool_()},
    "BillPayment": {
        "TotalAmt": NUMBER,
        "VendorRef": _NAME,
        "APAccountRef": _REF,
        "PayType": _TEXT,
        "CheckPayment": pa.struct([("BankAccountRef", _REF)]),
        "CreditCardPayment": pa.struct([("CCAccountRef", _REF)]),
    },
    "JournalEntry": _TAXED,
    "Deposit": {
        "TotalAmt": NUMBER,
        "HomeTotalAmt": NUMBER,
        "DepositToAccountRef": _REF,
        "CashBack": pa.struct([("AccountRef", _REF), ("Amount", NUMBER)]),
        **_TAXED,
    },
    "Transfer": {"Amount": NUMBER, "FromAccountRef": _REF, "ToAccountRef": _REF},
    "CreditCardPayment": {
        "Amount": NUMBER,
        "CreditCardAccountRef": _REF,
        "BankAccountRef": _REF,
        "VendorRef": _NAME,
    },
    "TaxPayment": {
        "PaymentDate": _TEXT,
        "PaymentAmount": NUMBER,
        "PaymentAccountRef": _REF,
        "Refund": pa.bool_(),
    },
    "InventoryAdjustment": {"AdjustAccountRef": _REF},
}

_LINES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"), _SALES_LINES),
    **dict.fromkeys(("Bill", "VendorCredit", "Purchase"), _COST_LINES),
    "Payment": ("LinkedTxn",),
    "BillPayment": ("LinkedTxn",),
    "JournalEntry": ("JournalEntryLineDetail",),
    "Deposit": ("LinkedTxn", "DepositLineDetail"),
    "InventoryAdjustment": ("ItemAdjustmentLineDetail",),
}
"""What is read of the lines of each type; a type that is not here has no lines, or none that post."""

POSTING: Final = frozenset(_HEAD)
"""Entities that move balances."""


_CLASSED: Final = frozenset(
    {"Bill", "CreditMemo", "Invoice", "Purchase", "RefundReceipt", "SalesReceipt", "VendorCredit"}
)
_RARE: Final = {
    **dict.fromkeys(_CLASSED, ("ClassRef",)),
    **{entity: ("ClassRef", _GROUP) for entity, kinds in _LINES.items() if _GROUP in kinds},
}


def rare(entity: str) -> tuple[str, ...]:
    """What many companies have none of and what costs more to be read as absent, line after line, than to be looked for."""
    return _RARE.get(entity, ())


@cache
def document(entity: str, without: frozenset[str] = frozenset()) -> pa.Schema:
    """The fields of one type of transaction; those ``without``, out of what is ``rare``, are in none of its parts.

    Raises KeyError for a type that posts nothing.
    """
    head = {**_ALWAYS, **_HEAD[entity]}
    if entity in _LINES:
        head["Line"] = pa.list_(pa.struct(_line(_LINES[entity])))
    return pa.schema([(name, _less(kind, without)) for name, kind in head.items() if name not in without])


def _less(kind: pa.DataType, without: frozenset[str]) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_less(kind.value_type, without))
    if pa.types.is_struct(kind):
        return pa.struct([(one.name, _less(one.type, without)) for one in kind.fields if one.name not in without])
    return kind


def _line(kinds: tuple[str, ...]) -> list[tuple[str, pa.DataType]]:
    fields: list[tuple[str, pa.DataType]] = [("Id", _TEXT), ("Amount", NUMBER), ("DetailType", _TEXT)]
    for kind in kinds:
        if kind == "LinkedTxn":
            fields.append((kind, _LINKS))
        elif kind == _GROUP:
            simple = _line(tuple(one for one in kinds if one != kind))
            fields.append((kind, pa.struct([("Line", pa.list_(pa.struct(simple)))])))
        else:
            fields.append((kind, pa.struct(list(_DETAILS[kind].items()))))
    return fields
