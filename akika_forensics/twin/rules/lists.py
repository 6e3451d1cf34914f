"""Account, Item, Class, Department, Term, PaymentMethod, TaxAgency, CompanyCurrency."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.money import ZERO, money
from akika_forensics.twin import book_faults, faults, naming, refusals
from akika_forensics.twin.documents import currency, references
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import names

_NO_CHILDREN: Final = frozenset(
    {"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings", "CashReceiptIncome",
     "CashExpenditureExpense", "ExchangeGainOrLoss"}
)  # fmt: skip
"""Accounts that cannot have or be sub-accounts. Source: QuickBooks API, Account."""
_KINDS: Final = frozenset({"Inventory", "Service", "NonInventory", "Category", "Group"})
_SYSTEM_SUBTYPES: Final = frozenset({"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings"})


def _named(body: dict[str, Any], longest: int, forbidden: str = "") -> str:
    name = body.get("Name")
    if not name:
        raise faults.missing("Name")
    bare = naming.unmarked(str(name))
    if len(bare) > longest:
        raise faults.length("Name", 1, longest, bare)
    if any(mark in bare for mark in forbidden):
        raise faults.invalid_characters("Name", bare)
    return str(name)


def complete_tree(write: Write, body: dict[str, Any]) -> None:
    """Class and Department, and the tree part of Account and Item. Raises 2020, 2050, 6180, 6240."""
    _named(body, 100, ":\t\n")
    references.resolve(write.session, write.entity, body, write.old)
    names.activate(write, body, "Name")
    _qualify(write, body)
    names.check_free(write, body)
    if write.entity in {"Class", "Department"}:
        flag = "SubClass" if write.entity == "Class" else "SubDepartment"
        body[flag] = ref_id(body, "ParentRef") is not None


def _qualify(write: Write, body: dict[str, Any]) -> None:
    parent = ref_id(body, "ParentRef")
    if parent is None:
        body["FullyQualifiedName"] = body["Name"]
        return
    own = str(write.old["Id"]) if write.old else None
    above: dict[str, Any] | None = references.need(write.session, write.entity, parent)
    path, seen = [str(body["Name"])], {own}
    while above is not None:
        if str(above["Id"]) in seen:
            raise refusals.own_parent()
        seen.add(str(above["Id"]))
        path.append(str(above["Name"]))
        upper = ref_id(above, "ParentRef")
        above = write.session.find(write.entity, upper) if upper else None
    if len(path) > 5:
        raise refusals.too_deep()
    body["FullyQualifiedName"] = ":".join(reversed(path))


def complete_account(write: Write, body: dict[str, Any]) -> None:
    old = write.old
    if not body.get("AccountType") and not body.get("AccountSubType"):
        raise faults.missing("AccountType")
    kind = str(body.get("AccountType") or _type_of(str(body["AccountSubType"])))
    body["AccountType"] = kind
    body.setdefault("AccountSubType", accounts.DEFAULT_SUBTYPE[kind])
    body["Classification"] = accounts.CLASSIFICATION[kind]
    if old is not None and old.get("Classification") != body["Classification"]:
        raise faults.business("The type of an account that is in use cannot be changed to another class.")
    _named(body, 100, '":')
    _still_held(write, body, "account", "CurrentBalance")
    ends = old is not None and body.get("Active") is False and old.get("Active") is not False
    if ends and (body["AccountSubType"] in _SYSTEM_SUBTYPES or kind in {accounts.RECEIVABLE, accounts.PAYABLE}):
        raise book_faults.has_dependents("This account is used by QuickBooks and cannot be made inactive.")
    complete_tree(write, body)
    parent = ref_id(body, "ParentRef")
    body["SubAccount"] = parent is not None
    if parent is not None:
        above = references.need(write.session, "Account", parent)
        if above.get("AccountType") != kind:
            raise faults.business("A sub-account must have the same type as its parent.")
        if {above.get("AccountSubType"), body["AccountSubType"]} & _NO_CHILDREN:
            raise faults.business("This account cannot have or be a sub-account.")
    if body.get("AcctNum"):
        _account_number(write, body)
    body.setdefault("CurrentBalance", ZERO)
    body.setdefault("CurrentBalanceWithSubAccounts", ZERO)
    currency.of_account(write, body)


def _still_held(write: Write, body: dict[str, Any], kind: str, field: str) -> None:
    """Raises 6220 where what still holds something cannot be made inactive; else an entry empties it."""
    old = write.old
    ends = old is not None and body.get("Active") is False and old.get("Active") is not False
    refused = write.session.beliefs.choice("inactive_with_balance") == "refused"
    if old is not None and ends and refused and money(old.get(field)):
        raise book_faults.has_balance(kind)


def _type_of(subtype: str) -> str:
    for kind, default in accounts.DEFAULT_SUBTYPE.items():
        if default == subtype:
            return kind
    for _, kind, known in accounts.SYSTEM.values():
        if known == subtype:
            return kind
    raise faults.missing("AccountType")


def _account_number(write: Write, body: dict[str, Any]) -> None:
    number = str(body["AcctNum"])
    if len(number) > 7:
        raise faults.length("AcctNum", 0, 7, number)
    for other in write.session.each("Account"):
        if other.get("AcctNum") == number and (write.old is None or other["Id"] != write.old["Id"]):
            raise book_faults.duplicate_name(f"Another account is already using number {number}.")


def complete_item(write: Write, body: dict[str, Any]) -> None:
    """A bundle is read and kept, never made. Raises 2020, 2120, 6000, 6220, 6240, 6430."""
    old = write.old
    kind = body.get("Type")
    if old is None and not kind:
        raise faults.missing("Type")
    if kind not in _KINDS or (old is None and kind == "Group"):
        raise faults.malformed("Type", "type", kind)
    if old is not None and old.get("TrackQtyOnHand") and kind != "Inventory":
        raise faults.business("An inventory item cannot be changed to another type.")
    if old is not None and kind == "Category" and body.get("Active") is False:
        raise faults.business("A category cannot be made inactive.")
    _still_held(write, body, "item", "QtyOnHand")
    complete_tree(write, body)
    parent = ref_id(body, "ParentRef")
    if parent is not None:
        body["SubItem"] = True
        body["Level"] = str(body["FullyQualifiedName"]).count(":")
    if kind == "Category":
        return
    body.setdefault("Taxable", False)
    body.setdefault("UnitPrice", ZERO)
    if kind == "Inventory":
        _inventory(write, body)
    elif kind != "Group":
        body["TrackQtyOnHand"] = False
        body.pop("QtyOnHand", None)
        body.setdefault("PurchaseCost", ZERO)
        if not ref_id(body, "IncomeAccountRef") and not ref_id(body, "ExpenseAccountRef"):
            raise faults.missing("IncomeAccountRef")


def _inventory(write: Write, body: dict[str, Any]) -> None:
    if write.old is not None and write.old.get("TrackQtyOnHand") and not body.get("TrackQtyOnHand"):
        if write.session.beliefs.choice("untracked_item") == "refused":
            raise faults.business("An inventory item must track its quantity on hand.")
        body["TrackQtyOnHand"] = True
    if write.old is None:
        for field in ("TrackQtyOnHand", "QtyOnHand", "InvStartDate"):
            if body.get(field) is None and (write.opening or {}).get(field) is None:
                raise faults.missing(field)
        if not body["TrackQtyOnHand"]:
            raise faults.business("An inventory item must track its quantity on hand.")
        body["QtyOnHand"] = ZERO
        body["InvStartDate"] = (write.opening or {})["InvStartDate"]
    for field, kinds in (
        ("AssetAccountRef", frozenset({"Other Current Asset"})),
        ("IncomeAccountRef", frozenset({"Income", "Other Income"})),
        ("ExpenseAccountRef", frozenset({"Cost of Goods Sold"})),
    ):
        if not ref_id(body, field):
            raise faults.missing(field)
        accounts.needs_type(write.session, body[field], kinds, field)
    body.setdefault("PurchaseCost", ZERO)


def complete_term(write: Write, body: dict[str, Any]) -> None:
    _named(body, 31)
    names.activate(write, body, "Name")
    if "DueDays" not in body and "DayOfMonthDue" not in body:
        raise faults.missing("DueDays")
    if "DayOfMonthDue" in body:
        body.pop("DueDays", None)
        body["Type"] = "DATE_DRIVEN"
    else:
        body["Type"] = "STANDARD"
    names.check_free(write, body)


def complete_method(write: Write, body: dict[str, Any]) -> None:
    _named(body, 31)
    names.activate(write, body, "Name")
    body.setdefault("Type", "NON_CREDIT_CARD")
    names.check_free(write, body)


def complete_agency(write: Write, body: dict[str, Any]) -> None:
    if not body.get("DisplayName"):
        raise faults.missing("DisplayName")
    body.setdefault("TaxTrackedOnPurchases", False)
    body.setdefault("TaxTrackedOnSales", True)
    names.check_free(write, body)


def complete_currency(write: Write, body: dict[str, Any]) -> None:
    if not body.get("Code"):
        raise faults.missing("Code")
    body.setdefault("Active", True)
    body.setdefault("Name", str(body["Code"]))
    names.check_free(write, body)


def requalify(write: Write, body: dict[str, Any]) -> None:
    """Rewrite the qualified names of all records below a renamed one."""
    session = write.session
    name = "DisplayName" if write.entity == "Customer" else "Name"
    below = [other for other in session.each(write.entity) if ref_id(other, "ParentRef") == body["Id"]]
    for found in below:
        child = session.edit(write.entity, str(found["Id"]))
        if child is not None:
            child["FullyQualifiedName"] = f"{body['FullyQualifiedName']}:{child[name]}"
            requalify(write, child)
