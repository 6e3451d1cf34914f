"""What a row of a list can tell, each fact as an expression over the tables of the company's file.

A row is a side of a transaction (``SIDE``: a posting ``p`` with its document ``d``) or a whole transaction (``WHOLE``:
``d`` alone). ``rec`` is the stored record, ``aut`` who wrote it; both are joined when a fact needs them. What is only
in the record is read there by SQLite: no record is decoded for a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from akika_forensics.twin.ledger.inventory import OPENING
from akika_forensics.twin.reports.listings.names import SEVERAL

NOT_POSTING: Final = ("Estimate", "PurchaseOrder", "TimeActivity", "ReimburseCharge")
_UNPOSTED: Final = "d.entity IN ('Estimate', 'PurchaseOrder', 'TimeActivity', 'ReimburseCharge')"


def _in(path: str) -> str:
    """A value of the record that is no number."""
    return f"CAST(rec.payload AS TEXT) ->> '$.{path}'"


def _digits(path: str) -> str:
    """A number of the record as text, in its own digits: it is never a binary one."""
    return f"trim(CAST(rec.payload AS TEXT) -> '$.{path}', '\"')"


def _custom(number: int) -> str:
    fields = "json_each(CAST(rec.payload AS TEXT), '$.CustomField')"
    return f"(SELECT c.value ->> '$.StringValue' FROM {fields} AS c WHERE c.value ->> '$.DefinitionId' = '{number}')"  # noqa: S608 - our text


_RECORD: Final[dict[str, str]] = {
    "created": "rec.created",
    "updated": "rec.updated",
    "created_by": "aut.created_by",
    "modified_by": "aut.modified_by",
    "method": _in("PaymentMethodRef.value"),
    "term": _in("SalesTermRef.value"),
    "message": _in("CustomerMemo.value"),
    "printed": _in("PrintStatus"),
    "ship_via": _in("ShipMethodRef.name"),
    "tracking": _in("TrackingNum"),
    # Of nothing else is the body looked into for it: that takes as long as all else of a row.
    "adjusting": f"CASE WHEN rec.entity = 'JournalEntry' THEN {_in('Adjustment')} END",
    "currency": _in("CurrencyRef.value"),
    "rate": _digits("ExchangeRate"),
    "tax": _digits("TxnTaxDetail.TotalTax"),
    "taxable": _digits("TxnTaxDetail.TaxLine[0].TaxLineDetail.NetAmountTaxable"),
    "open": f"coalesce({_digits('Balance')}, {_digits('UnappliedAmt')})",
    "open_home": f"coalesce({_digits('HomeBalance')}, {_digits('Balance')}, {_digits('UnappliedAmt')})",
    "custom_1": _custom(1),
    "custom_2": _custom(2),
    "custom_3": _custom(3),
    "due": "d.due",
    "kind": "d.entity",
    "posts": f"d.entity IS NULL OR NOT {_UNPOSTED}",
}

# On the sides of a journal entry stands each side's own name; elsewhere that of the transaction, if it has one.
_PARTY: Final = (
    "CASE WHEN d.entity = 'JournalEntry' THEN p.party WHEN coalesce(d.party, '') <> '' THEN d.party ELSE p.party END"
)


def _one_of(kind: str) -> str:
    return f"CASE WHEN p.party LIKE '{kind}:%' THEN p.party WHEN d.party LIKE '{kind}:%' THEN d.party END"


def _others(key: str, account: str) -> str:
    """The account of a transaction beside ``account`` when one side alone is elsewhere, ``SEVERAL`` for more sides.

    What its stock costs is no side of it. A journal entry is always in several. Source: a ledger recorded in 2026.
    """
    which = f"CASE count(*) WHEN 0 THEN '' WHEN 1 THEN min(o.account) ELSE '{SEVERAL}' END"
    where = f"o.entity = {key}.entity AND o.id = {key}.id AND o.account <> {account} AND {_NO_COST}"
    split = f"(SELECT {which} FROM posting AS o WHERE {where})"  # noqa: S608 - our text
    return f"CASE WHEN {key}.entity = 'JournalEntry' THEN '{SEVERAL}' ELSE {split} END"


_NO_COST: Final = f"(o.movement IS NULL OR o.entity IN ('InventoryAdjustment', '{OPENING}'))"


def _marked(key: str) -> str:
    where = f"m.entity = {key}.entity AND m.id = {key}.id"
    return f"(SELECT group_concat(m.what) FROM mark AS m WHERE {where})"  # noqa: S608 - our text


# The side of an account is what is reconciled, so that of a transfer one side may be and the other not. What was ticked
# off no statement has the mark of its transaction on the sides that a statement could show.
_BANKS: Final = (
    "SELECT a.id FROM record AS a WHERE a.entity = 'Account' "
    "AND CAST(a.payload AS TEXT) ->> '$.AccountType' IN ('Bank', 'Credit Card')"
)
_TICKED: Final = "SELECT 1 FROM ticked AS t WHERE t.entity = p.entity AND t.id = p.id"
_UNTICKED: Final = f"nullif(trim(replace({_marked('p')}, 'reconciled', ''), ','), '')"
_ON_STATEMENT: Final = (
    f"CASE WHEN EXISTS ({_TICKED} AND t.account = p.account) THEN 'reconciled' WHEN p.account IN ({_BANKS}) THEN "
    f"CASE WHEN EXISTS ({_TICKED}) THEN {_UNTICKED} ELSE {_marked('p')} END END"
)

# The opening stock of an item has no document; its key is ``Item:5``.
_STOCK: Final = f"p.entity = '{OPENING}' AND p.id LIKE 'Item:%'"
_STOCKED: Final = (
    "(SELECT CAST(i.payload AS TEXT) ->> '$.Name' FROM record AS i WHERE i.entity = 'Item' AND i.id = substr(p.id, 6)) "
    "|| ' - Opening inventory and value'"
)

# The note of a document with two sides of its own stands on the first one alone. Source: a ledger recorded in 2026.
_BESIDE: Final = "p.line = 0 AND p.account <> d.account"

SIDE: Final[Mapping[str, str]] = {
    **_RECORD,
    "entity": "coalesce(p.entity, d.entity)",
    "id": f"CASE WHEN p.entity = '{OPENING}' THEN '' ELSE coalesce(p.id, d.id) END",
    "date": "coalesce(p.date, d.date)",
    "label": f"coalesce(d.label, CASE WHEN {_STOCK} THEN 'Inventory Starting Value' ELSE 'Journal Entry' END)",
    "doc": f"coalesce(d.number, CASE WHEN {_STOCK} THEN 'START' ELSE '' END)",
    "party": _PARTY,
    "customer": _one_of("Customer"),
    "vendor": _one_of("Vendor"),
    "employee": _one_of("Employee"),
    "memo": f"CASE WHEN {_STOCK} THEN {_STOCKED} WHEN {_BESIDE} THEN '' ELSE coalesce(p.memo, d.memo) END",
    "account": "coalesce(p.account, d.account)",
    "split": f"CASE WHEN p.account <> d.account AND p.entity <> 'JournalEntry' THEN d.account ELSE {_others('p', 'p.account')} END",
    "cents": f"coalesce(p.cents, CASE WHEN {_UNPOSTED} THEN d.cents END)",
    "own": f"coalesce(p.own_cents, p.cents, CASE WHEN {_UNPOSTED} THEN d.own_cents END)",
    "item": "p.item",
    "quantity": "p.quantity",
    "class": "coalesce(p.class, d.class)",
    "department": "coalesce(p.department, d.department)",
    "marks": _ON_STATEMENT,
}

# What the transaction did to its own account: the sum of the sides of the whole document there, of a journal entry its
# first side. What posts nothing shows its total.
_MAIN: Final = (
    "coalesce((SELECT sum({what}) FROM posting AS o WHERE o.entity = d.entity AND o.id = d.id AND o.account = d.account "
    "AND o.line = 0), (SELECT {what} FROM posting AS o WHERE o.entity = d.entity AND o.id = d.id "
    "AND o.account = d.account AND o.movement IS NULL ORDER BY o.rowid LIMIT 1), {total})"
)

WHOLE: Final[Mapping[str, str]] = {
    **_RECORD,
    "entity": "d.entity",
    "id": "d.id",
    "date": "d.date",
    "label": "d.label",
    "doc": "d.number",
    "party": "d.party",
    "customer": "CASE WHEN d.party LIKE 'Customer:%' THEN d.party END",
    "vendor": "CASE WHEN d.party LIKE 'Vendor:%' THEN d.party END",
    "employee": "CASE WHEN d.party LIKE 'Employee:%' THEN d.party END",
    "memo": "d.memo",
    "account": "d.account",
    "split": _others("d", "d.account"),
    "cents": _MAIN.format(what="o.cents", total="d.cents"),
    "own": _MAIN.format(what="coalesce(o.own_cents, o.cents)", total="coalesce(d.own_cents, d.cents)"),
    "item": "''",
    "quantity": "NULL",
    "class": "d.class",
    "department": "d.department",
    "marks": _marked("d"),
}

_JOINS: Final = {
    "rec.": " LEFT JOIN record AS rec ON rec.entity = {key}.entity AND rec.id = {key}.id",
    "aut.": " LEFT JOIN author AS aut ON aut.entity = {key}.entity AND aut.id = {key}.id",
}


def joined(texts: Iterable[str], key: str) -> str:
    """The joins that some expressions and conditions need; ``key`` is the table that has entity and Id."""
    whole = " ".join(texts)
    return "".join(join.format(key=key) for alias, join in _JOINS.items() if alias in whole)


def selected(source: Mapping[str, str], facts: Sequence[str]) -> str:
    """The list of a SELECT."""
    return ", ".join(source[fact] for fact in facts)
