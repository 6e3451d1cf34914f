"""Every row of the table of required fields: without one of them nothing is made, and a full update cannot lose it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.rules.required import SPARSE_TOO

from .conftest import Books
from .life import RECIPES
from .refusal_scene import asleep, journal, ref

OWN_WAY = {"RecurringTransaction", "TaxService", "ExchangeRate", "TaxCode"}
"""Entities whose bodies hold another's, or are no record: they have tests of their own."""

GROUPS = [
    (entity, group)
    for entity, row in CATALOGUE.items()
    for group in row.required
    if RECIPES[entity].body is not None and entity not in OWN_WAY
]


def whole(books: Books, entity: str) -> dict[str, Any]:
    recipe = RECIPES[entity]
    if recipe.foreign:
        said = {"CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}}
        books.twin.update("Preferences", {"Id": "1", "SyncToken": "0", "sparse": True, **said})
    assert recipe.body is not None
    return copy.deepcopy(recipe.body(books))


def refused_for(fault: QuickBooksFault, name: str) -> None:
    found = [(row.code, row.element) for row in (fault, *fault.more)]
    assert ("6000", "") in found if name == "TotalAmt" else ("2020", name) in found, found


@pytest.mark.parametrize(("entity", "group"), GROUPS, ids=[f"{entity}-{group}" for entity, group in GROUPS])
def test_nothing_is_made_without_it(books: Books, entity: str, group: str) -> None:
    body = whole(books, entity)
    names = group.split("|")
    lacking = {name: value for name, value in body.items() if name not in names}
    assert lacking != body
    code = "6000" if "TotalAmt" in names else "2020"
    refused_for(books.refused(code, books.twin.create, entity, lacking), names[0])
    for empty in ("", None):
        fault = books.refused(code, books.twin.create, entity, {**lacking, names[0]: empty})
        refused_for(fault, names[0])
    assert books.twin.create(entity, body)["Id"], "with it, it is made"


KEPT = {"PaymentType", "DepositToAccountRef", "APAccountRef", "AccountType", "Type", "PayType", "DisplayName", "Code"}
"""What a full update keeps when it does not name it. Source: recorded updates, and fields that always have a value."""
UPDATED = [
    (entity, group)
    for entity, group in GROUPS
    if CATALOGUE[entity].can("update") and not KEPT & set(group.split("|")) and entity not in {"Attachable", "Budget"}
    and (entity, group) not in {("InventoryAdjustment", "TxnDate"), ("Employee", "GivenName|FamilyName")}
]  # fmt: skip


@pytest.mark.parametrize(("entity", "group"), UPDATED, ids=[f"{entity}-{group}" for entity, group in UPDATED])
def test_a_full_update_cannot_lose_it(books: Books, entity: str, group: str) -> None:
    made = books.twin.create(entity, whole(books, entity))
    names = group.split("|")
    lacking = {name: value for name, value in made.items() if name not in names}
    fault = books.refused("6000" if "TotalAmt" in names else "2020", books.twin.update, entity, lacking)
    refused_for(fault, names[0])


@pytest.mark.parametrize(
    ("entity", "name"), [(entity, name) for entity, names in SPARSE_TOO.items() for name in sorted(names)]
)
def test_some_must_be_said_even_in_a_sparse_update(books: Books, entity: str, name: str) -> None:
    made = books.twin.create(entity, whole(books, entity))
    head = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    said = {other: made[other] for other in SPARSE_TOO[entity] if other != name}
    refused_for(books.refused("2020", books.twin.update, entity, {**head, **said}), name)
    assert books.twin.update(entity, {**head, **said, name: made[name]})["PrivateNote"] == "x"


def detail(body: dict[str, Any], kind: str) -> dict[str, Any]:
    found = body["Line"][0][kind]
    assert isinstance(found, dict)
    return found


NESTED: dict[str, tuple[str, str, Any]] = {
    "Line.Amount": ("Bill", "Line.Amount", lambda body: body["Line"][0].pop("Amount")),
    "Line.DetailType": ("Invoice", "Line.DetailType", lambda body: body["Line"][0].pop("DetailType")),
    "the detail": (
        "Invoice",
        "Line.SalesItemLineDetail",
        lambda body: body["Line"][0].pop("SalesItemLineDetail"),
    ),
    "the account of a bill": (
        "Bill",
        "Line.AccountBasedExpenseLineDetail.AccountRef",
        lambda body: body["Line"][0].update(AccountBasedExpenseLineDetail={"BillableStatus": "NotBillable"}),
    ),
    "the account of an entry": (
        "JournalEntry",
        "Line.JournalEntryLineDetail.AccountRef",
        lambda body: detail(body, "JournalEntryLineDetail").pop("AccountRef"),
    ),
    "the bank of a payment": (
        "BillPayment",
        "CheckPayment.BankAccountRef",
        lambda body: body.pop("CheckPayment"),
    ),
    "the item of an adjustment": (
        "InventoryAdjustment",
        "Line.ItemAdjustmentLineDetail.ItemRef",
        lambda body: detail(body, "ItemAdjustmentLineDetail").pop("ItemRef"),
    ),
    "how many are adjusted": (
        "InventoryAdjustment",
        "Line.ItemAdjustmentLineDetail.QtyDiff",
        lambda body: detail(body, "ItemAdjustmentLineDetail").pop("QtyDiff"),
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_lines_need_their_parts(books: Books, name: str) -> None:
    entity, element, take = NESTED[name]
    body = whole(books, entity)
    take(body)
    refused_for(books.refused("2020", books.twin.create, entity, body), element)


STOCKED = ("TrackQtyOnHand", "QtyOnHand", "InvStartDate", "AssetAccountRef", "IncomeAccountRef", "ExpenseAccountRef")


@pytest.mark.parametrize("field", STOCKED)
def test_an_inventory_item_needs_its_stock_and_accounts(books: Books, field: str) -> None:
    body = {
        "Name": "Hose",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 1,
        "InvStartDate": "2026-01-01",
        "AssetAccountRef": ref(books.stock),
        "IncomeAccountRef": ref(books.sales),
        "ExpenseAccountRef": ref(books.cogs),
    }
    del body[field]
    refused_for(books.refused("2020", books.twin.create, "Item", body), field)


def test_conditions(books: Books) -> None:
    """What one field makes another require."""
    twin = books.twin
    worker = books.made("Employee", {"GivenName": "Eve"})
    time = {"NameOf": "Employee", "EmployeeRef": ref(worker), "Hours": 1}
    billable = {**time, "BillableStatus": "Billable"}
    for body, name in (
        ({"NameOf": "Vendor", "EmployeeRef": ref(worker), "Hours": 1}, "VendorRef"),
        ({"NameOf": "Employee", "EmployeeRef": ref(worker)}, "Hours"),
        ({"NameOf": "Employee", "EmployeeRef": ref(worker), "StartTime": "2026-03-01T08:00:00"}, "EndTime"),
        (billable, "CustomerRef"),
        ({**billable, "CustomerRef": ref(books.ann)}, "HourlyRate"),
    ):
        refused_for(books.refused("2020", twin.create, "TimeActivity", body), name)
    refused_for(books.refused("2020", twin.create, "Customer", {"DisplayName": "Barn", "Job": True}), "ParentRef")
    spent = books.spend(5)
    spent["AccountBasedExpenseLineDetail"]["BillableStatus"] = "Billable"
    books.refused("6000", twin.create, "Bill", {"VendorRef": ref(books.power), "Line": [spent]})
    paid = {"PaymentType": "Check", "AccountRef": ref(books.checking), "Line": [books.spend(5)]}
    named = {**paid, "EntityRef": {"value": books.power}}
    refused_for(books.refused("2020", twin.create, "Purchase", named), "EntityRef.type")


@pytest.mark.parametrize(
    ("field", "longest", "entity"),
    [("DisplayName", 500, "Vendor"), ("Name", 100, "Account"), ("Name", 100, "Class"), ("Name", 31, "Term")],
)
def test_names_have_a_longest(books: Books, field: str, longest: int, entity: str) -> None:
    body = whole(books, entity)
    fault = books.refused("2050", books.twin.create, entity, {**body, field: "x" * (longest + 1)})
    assert fault.element == field
    assert f"Max:{longest} supported. Supplied length:{longest + 1}" in fault.detail
    assert books.twin.create(entity, {**body, field: "x" * longest})[field] == "x" * longest


def test_account_numbers_are_short_and_unique(books: Books) -> None:
    books.made("Account", {"Name": "Till", "AccountType": "Bank", "AcctNum": "1010"})
    books.refused("6240", books.twin.create, "Account", {"Name": "Box", "AccountType": "Bank", "AcctNum": "1010"})
    books.refused("2050", books.twin.create, "Account", {"Name": "Box", "AccountType": "Bank", "AcctNum": "12345678"})


def test_inactive_targets_of_every_kind_are_refused_where_they_are_new(books: Books) -> None:
    twin = books.twin
    hoeing = books.made("Item", {"Name": "Hoeing", "Type": "Service", "IncomeAccountRef": ref(books.sales)})
    north = books.made("Class", {"Name": "North"})
    worn = twin.create("Invoice", books.sale(books.bob, 10, item=hoeing))
    for entity, record_id in (("Item", hoeing), ("Class", north), ("Account", books.shrinkage)):
        asleep(books, entity, record_id)
    books.refused("610", twin.create, "Invoice", books.sale(books.ann, 10, item=hoeing))
    body = books.sale(books.ann, 10)
    body["Line"][0]["SalesItemLineDetail"]["ClassRef"] = ref(north)
    books.refused("610", twin.create, "Invoice", body)
    entry = journal(("Debit", books.shrinkage, 5), ("Credit", books.checking, 5))
    books.refused("610", twin.create, "JournalEntry", entry)
    assert twin.update("Invoice", {**worn, "PrivateNote": "x"})["SyncToken"] == "1", "what it had it may keep"
