"""Placeholders of list records: accounts, items, names, terms, taxes. Named by what cites them and by stock facts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading import stock_facts
from akika_forensics.twin.loading.body_values import Body, amount_of, inner
from akika_forensics.twin.loading.placeholder_scene import Scene

USD: Final = {"value": "USD", "name": "United States Dollar"}

_ROLE_BY_FIELD: Final[dict[str, tuple[str, str]]] = {
    "IncomeAccountRef": ("Income", "SalesOfProductIncome"),
    "ItemAccountRef": ("Income", "SalesOfProductIncome"),
    "AssetAccountRef": ("Other Current Asset", "Inventory"),
    "COGSAccountRef": ("Cost of Goods Sold", "SuppliesMaterialsCogs"),
    "ExpenseAccountRef": ("Cost of Goods Sold", "SuppliesMaterialsCogs"),
    "DepositToAccountRef": ("Bank", "Checking"),
    "BankAccountRef": ("Bank", "Checking"),
    "CCAccountRef": ("Credit Card", "CreditCard"),
    "CreditCardAccountRef": ("Credit Card", "CreditCard"),
    "FromAccountRef": ("Bank", "Checking"),
    "ToAccountRef": ("Bank", "Checking"),
    "APAccountRef": ("Accounts Payable", "AccountsPayable"),
    "ARAccountRef": ("Accounts Receivable", "AccountsReceivable"),
    "DiscountAccountRef": ("Income", "DiscountsRefundsGiven"),
}
_CLASSIFICATION: Final = {
    "Bank": "Asset",
    "Other Current Asset": "Asset",
    "Accounts Receivable": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Income": "Revenue",
}


def _cited_names(scene: Scene, key: RecordKey) -> list[str]:
    names = [citation.name.removesuffix(" (deleted)") for citation in scene.citations[key] if not citation.linked]
    return sorted({name for name in names if name}, key=lambda name: (-len(name), name))


def _name(scene: Scene, key: RecordKey, taken_in: tuple[str, ...]) -> str:
    names = _cited_names(scene, key)
    name = names[0] if names else f"{key.entity} {key.id}"
    taken = {stock_facts.known_as(entity, body) for entity in taken_in for _, body in scene.of(entity)}
    return f"{name} [{key.id}]" if name in taken else name


def _facts(scene: Scene, key: RecordKey) -> Body | None:
    if key in scene.wanted:
        return scene.wanted[key]
    return stock_facts.stock_body(key.entity, key.id, _cited_names(scene, key))


def _account(scene: Scene, key: RecordKey) -> Body:
    facts = _facts(scene, key)
    if facts is None:
        full = _name(scene, key, ("Account",))
        kind, subtype = _role(scene, key)
        facts = {
            "Name": full.rpartition(":")[2],
            "FullyQualifiedName": full,
            "Classification": _CLASSIFICATION.get(kind, "Expense"),
            "AccountType": kind,
            "AccountSubType": subtype,
        }
    return {
        **facts,
        "SubAccount": "ParentRef" in facts,
        "Active": True,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": USD,
    }


def _role(scene: Scene, key: RecordKey) -> tuple[str, str]:
    for citation, body in scene.sources(key):
        field = citation.path.rpartition(".")[2]
        if field == "ExpenseAccountRef" and body.get("Type") != "Inventory":
            continue
        if field in _ROLE_BY_FIELD:
            return _ROLE_BY_FIELD[field]
        if citation.path == "AccountRef":
            return ("Credit Card", "CreditCard") if body.get("PaymentType") == "CreditCard" else ("Bank", "Checking")
    return ("Expense", "OtherMiscellaneousServiceCost")


def _item(scene: Scene, key: RecordKey) -> Body:
    facts = _facts(scene, key)
    if facts is None:
        price = Decimal(0)
        for citation, _ in scene.sources(key):
            detail = _detail(scene.line(citation))
            price = price or amount_of(detail.get("UnitPrice"))
        facts = {
            "Name": _name(scene, key, ("Item",)).rpartition(":")[2],
            "Type": "Service",
            "UnitPrice": price,
            "Taxable": False,
            "IncomeAccountRef": scene.account("income"),
        }
    body = {**facts, "Active": True, "FullyQualifiedName": facts["Name"], "TrackQtyOnHand": False}
    if facts.get("Type") == "Inventory":
        # Without a recorded quantity, stock and cost of what was sold cannot be told: it is kept as a plain product.
        for field in ("QtyOnHand", "InvStartDate", "AssetAccountRef"):
            body.pop(field, None)
        body["Type"] = "NonInventory"
    return body


def _detail(line: Body) -> Body:
    return inner(line, str(line.get("DetailType")))


def _party(scene: Scene, key: RecordKey) -> Body:
    facts = _facts(scene, key) or {"DisplayName": _name(scene, key, ("Customer", "Vendor", "Employee"))}
    name = facts.get("DisplayName") or stock_facts.known_as(key.entity, facts)
    body: Body = {**facts, "DisplayName": name, "PrintOnCheckName": name, "Active": True}
    if key.entity == "Employee":
        return {"GivenName": name, **body}
    body |= {"Balance": 0, "CurrencyRef": USD}
    if key.entity == "Vendor":
        return {"Vendor1099": False, **body}
    parent = facts.get("ParentRef")
    held = RecordKey("Customer", parent["value"]) if parent else None
    above = scene.body(held) if held and scene.has(held) else None
    full = f"{above.get('FullyQualifiedName', above.get('DisplayName'))}:{name}" if above else name
    job = {"Job": bool(parent), "BillWithParent": False, "BalanceWithJobs": 0, "FullyQualifiedName": full}
    return {"Taxable": False, "PreferredDeliveryMethod": "Print", **body, **job}


def unexplained_party(key: RecordKey, balance: Decimal) -> Body:
    """The customer or vendor that carries what a control account holds beyond the recorded ones."""
    name = f"{key.entity}s not recorded"
    body: Body = {"DisplayName": name, "PrintOnCheckName": name, "Active": True, "Balance": balance, "CurrencyRef": USD}
    if key.entity == "Vendor":
        return {**body, "Vendor1099": False}
    more = {"BalanceWithJobs": balance, "FullyQualifiedName": name, "Job": False, "BillWithParent": False}
    return {**body, **more, "Taxable": False, "PreferredDeliveryMethod": "Print"}


def _named(scene: Scene, key: RecordKey) -> Body:
    facts = _facts(scene, key) or {"Name": _name(scene, key, (key.entity,))}
    body = {**facts, "Active": True}
    if key.entity in {"Class", "Department"}:
        body |= {"FullyQualifiedName": facts["Name"], f"Sub{key.entity}": False}
    if key.entity == "Term" and "DueDays" not in facts:
        body |= {"Type": "STANDARD", "DueDays": 30, "DiscountDays": 0}
    return body


def _tax(scene: Scene, key: RecordKey) -> Body:
    facts = _facts(scene, key)
    if facts is not None:
        return {field: value for field, value in facts.items() if field not in {"MetaData", "SyncToken", "Description"}}
    name = _name(scene, key, (key.entity,))
    match key.entity:
        case "TaxAgency":
            return {"DisplayName": name, "TaxTrackedOnPurchases": False, "TaxTrackedOnSales": True}
        case "TaxRate":
            percent = next(
                (_detail(scene.line(citation)).get("TaxPercent") for citation, _ in scene.sources(key)), None
            )
            agency = next((other.id for other, _ in scene.of("TaxAgency")), "1")
            return {"Name": name, "Active": True, "RateValue": amount_of(percent), "AgencyRef": {"value": agency}}
        case _:
            empty: dict[str, Any] = {"TaxRateDetail": []}
            lists = {"SalesTaxRateList": empty, "PurchaseTaxRateList": empty}
            return {"Name": name, "Active": True, "Taxable": True, "TaxGroup": True, **lists}


def _currency(_: Scene, key: RecordKey) -> Body:
    return {"Code": key.id, "Name": key.id, "Active": True}


BUILDERS: Final[dict[str, Callable[[Scene, RecordKey], Body]]] = {
    "Account": _account,
    "Item": _item,
    "Customer": _party,
    "Vendor": _party,
    "Employee": _party,
    "Term": _named,
    "PaymentMethod": _named,
    "Class": _named,
    "Department": _named,
    "TaxAgency": _tax,
    "TaxRate": _tax,
    "TaxCode": _tax,
    "CompanyCurrency": _currency,
}


def generic(scene: Scene, key: RecordKey) -> Body:
    """A record of any other kind: a name and nothing that posts."""
    return {"Name": _name(scene, key, (key.entity,)), "Active": True}
