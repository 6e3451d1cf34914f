"""Lines of sales and purchase forms: their Ids, amounts, details and totals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.model.references import PSEUDO_TAX_CODES
from akika_forensics.twin import book_faults, faults, identity, refusals, settings
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.request import Write, ref_id

SALES: Final = "SalesItemLineDetail"
GROUP: Final = "GroupLineDetail"
SUBTOTAL: Final = "SubTotalLineDetail"
DISCOUNT: Final = "DiscountLineDetail"
ITEM_EXPENSE: Final = "ItemBasedExpenseLineDetail"
ACCOUNT_EXPENSE: Final = "AccountBasedExpenseLineDetail"
SHIPPING: Final = "SHIPPING_ITEM_ID"
"""The item of a shipping line; no such record exists. Source: QuickBooks API, Invoice."""
TEXT: Final = frozenset({"DescriptionOnly", "DescriptionLineDetail"})


def amount(line: dict[str, Any]) -> Decimal:
    return money(line.get("Amount"))


def number_lines(rows: list[dict[str, Any]], old: dict[str, Any] | None, first: int = 1) -> None:
    """Keep the Id of a line that the record has; give the others a new one, never one used before.

    Source: QuickBooks API, Deposit; recorded update of a sales receipt ("5" became "6").
    """
    before = {str(line["Id"]) for line in all_lines(old or {}) if "Id" in line}
    highest = max((identity.number_of(line_id) for line_id in before), default=first - 1)
    taken: set[str] = set()
    for line in rows:
        line_id = str(line.get("Id", ""))
        if line_id in before and line_id not in taken:
            taken.add(line_id)
            continue
        highest += 1
        line["Id"] = str(highest)


def all_lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines and, of bundles, the inner lines."""
    rows: list[dict[str, Any]] = []
    for line in body.get("Line", []):
        rows.append(line)
        bundle = line.get(GROUP)
        if bundle:
            rows.extend(bundle.get("Line", []))
    return rows


def detail(line: dict[str, Any], where: str = "Line") -> dict[str, Any]:
    """The detail object that the line's DetailType names. Raises 2020 when either is missing."""
    kind = line.get("DetailType")
    if not kind:
        raise faults.missing(f"{where}.DetailType")
    found = line.get(str(kind))
    if isinstance(found, dict):
        return found
    if kind in TEXT or kind == SUBTOTAL:
        return {}
    raise faults.missing(f"{where}.{kind}")


def strip_foreign_details(line: dict[str, Any]) -> None:
    """A line keeps only the detail that its DetailType names."""
    kind = line.get("DetailType")
    for key in [key for key in line if key.endswith("LineDetail") and key != kind]:
        del line[key]


def check_price(line: dict[str, Any], found: dict[str, Any], *, strict: bool = True) -> None:
    """Qty times UnitPrice must be the Amount, if ``strict``; zeros for both stand for "not given". Raises 6070."""
    quantity, price = found.get("Qty"), found.get("UnitPrice")
    if not quantity and not price and amount(line):
        found.pop("Qty", None)
        found.pop("UnitPrice", None)
        return
    if not strict or quantity is None or price is None:
        return
    if cents(Decimal(quantity) * Decimal(price)) != cents(amount(line)):
        raise book_faults.wrong_amount(amount(line))


def tax_code(found: dict[str, Any]) -> None:
    """TAX or NON; NON when not said. Raises 6100."""
    code = ref_id(found, "TaxCodeRef") or "NON"
    if code not in PSEUDO_TAX_CODES:
        raise refusals.line_tax_code(code)
    found["TaxCodeRef"] = {"value": code}


def complete_sales(write: Write, body: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal]:
    """Put the lines of a sales form in order. Gives (subtotal, taxable part of it, discount).

    Raises QuickBooksFault 2020, 2250, 6070, 6100, 6000.
    """
    wanted = [line for line in body.get("Line", []) if line.get("DetailType") != SUBTOTAL]
    rows: list[dict[str, Any]] = []
    discounts: list[dict[str, Any]] = []
    for line in wanted:
        (discounts if line.get("DetailType") == DISCOUNT else rows).append(line)
    if not rows:
        raise refusals.no_lines()
    if len(discounts) > 1:
        raise faults.business("Only one discount is allowed per transaction.")
    subtotal = taxable = ZERO
    for line in rows:
        value, part = _sales_line(write, line)
        subtotal += value
        taxable += part
    number_lines([inner for line in rows for inner in _with_inner(line)], write.old)
    for position, line in enumerate(rows, 1):
        line["LineNum"] = position
    closing: list[dict[str, Any]] = [{"Amount": subtotal, "DetailType": SUBTOTAL, SUBTOTAL: {}}]
    discount = ZERO
    for line in discounts:
        discount = _discount_line(write, line, subtotal)
        closing.append(line)
    body["Line"] = [*rows, *closing]
    return subtotal, taxable, discount


def _with_inner(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [line, *(line.get(GROUP) or {}).get("Line", [])]


def _sales_line(write: Write, line: dict[str, Any]) -> tuple[Decimal, Decimal]:
    found = detail(line)
    kind = line["DetailType"]
    strip_foreign_details(line)
    if kind == SALES:
        if "Amount" not in line:
            raise faults.missing("Line.Amount")
        item_id = ref_id(found, "ItemRef")
        if item_id is None:
            raise faults.missing("Line.SalesItemLineDetail.ItemRef")
        _tradable(write, item_id, "Income")
        check_price(line, found)
        tax_code(found)
        line["Amount"] = cents(amount(line))
        taxable = line["Amount"] if found["TaxCodeRef"]["value"] == "TAX" else ZERO
        return line["Amount"], taxable
    if kind == GROUP:
        inner = found.get("Line") or _expanded(write, found)
        found["Line"] = inner
        parts = [_sales_line(write, row) for row in inner]
        line["Amount"] = sum((value for value, _ in parts), ZERO)
        return line["Amount"], sum((part for _, part in parts), ZERO)
    if kind in TEXT:
        line.pop("Amount", None)
        return ZERO, ZERO
    raise faults.business(f"Line type {kind} is not allowed here.")


def _tradable(write: Write, item_id: str, side: str) -> None:
    """Raises 6000 for what stands on no line of its own, or has no account of that side, ``Income`` or ``Expense``."""
    item = write.session.find("Item", item_id)
    if item is None:
        return
    if item.get("Type") == "Category":
        raise refusals.category_on_line()
    if item.get("Type") == "Group":
        raise faults.business("Select a product or service that is not a bundle.")
    if not ref_id(item, f"{side}AccountRef"):
        raise faults.business(f"The product or service {item.get('Name')} has no {side.lower()} account.")


def _expanded(write: Write, found: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a bundle that was sent without any."""
    group_id = ref_id(found, "GroupItemRef")
    if group_id is None:
        raise faults.missing("Line.GroupLineDetail.GroupItemRef")
    group = write.session.find("Item", group_id) or {}
    count = Decimal(found.get("Quantity") or 1)
    rows = []
    for entry in (group.get("ItemGroupDetail") or {}).get("ItemGroupLine", []):
        item = write.session.find("Item", str(entry["ItemRef"]["value"])) or {}
        quantity = count * Decimal(entry.get("Qty") or 1)
        price = Decimal(item.get("UnitPrice") or 0)
        inner = {
            "ItemRef": {"value": str(entry["ItemRef"]["value"]), "name": str(item.get("Name", ""))},
            "UnitPrice": price,
            "Qty": quantity,
            "TaxCodeRef": {"value": "TAX" if item.get("Taxable") else "NON"},
        }
        rows.append({"Amount": cents(quantity * price), "DetailType": SALES, SALES: inner})
    if not rows:
        raise faults.missing("Line.GroupLineDetail.Line")
    return rows


def _discount_line(write: Write, line: dict[str, Any], subtotal: Decimal) -> Decimal:
    found = detail(line)
    strip_foreign_details(line)
    for field in ("Id", "LineNum"):
        line.pop(field, None)
    if found.get("PercentBased"):
        line["Amount"] = cents(subtotal * money(found.get("DiscountPercent")) / 100)
    elif "Amount" not in line:
        raise faults.missing("Line.Amount")
    line["Amount"] = cents(amount(line))
    if not ref_id(found, "DiscountAccountRef"):
        session = write.session
        account = settings.preferred_account(session, "SalesFormsPrefs", "DefaultDiscountAccount") or accounts.system(
            session, "discounts"
        )
        named = session.find("Account", account) or {}
        found["DiscountAccountRef"] = {"value": account, "name": str(named.get("FullyQualifiedName", ""))}
    return amount(line)


def complete_expense(write: Write, body: dict[str, Any]) -> Decimal:
    """Put the lines of a purchase form in order; gives their sum. Raises 2020, 6070, 6100, 6000."""
    rows = body.get("Line", [])
    if not rows:
        raise faults.missing("Line")
    total = ZERO
    for line in rows:
        found = detail(line)
        kind = line["DetailType"]
        strip_foreign_details(line)
        if kind in TEXT:
            line.pop("Amount", None)
            continue
        if kind not in {ITEM_EXPENSE, ACCOUNT_EXPENSE}:
            raise faults.business(f"Line type {kind} is not allowed here.")
        if "Amount" not in line:
            raise faults.missing("Line.Amount")
        _expense_target(write, kind, found)
        if kind == ITEM_EXPENSE:
            # A bill for a part of what was ordered was accepted with the price and quantity of the whole. Source: recorded.
            check_price(line, found, strict=write.entity != "Bill")
        found.setdefault("BillableStatus", "NotBillable")
        if found["BillableStatus"] != "NotBillable" and not ref_id(found, "CustomerRef"):
            raise faults.business("When a line is billable, you must choose a customer.")
        tax_code(found)
        line["Amount"] = cents(amount(line))
        total += line["Amount"]
    number_lines(rows, write.old)
    for position, line in enumerate(rows, 1):
        if write.entity == "Purchase":
            # Alone of all forms of purchase. Source: recorded answers.
            line.pop("LineNum", None)
        else:
            line["LineNum"] = position
    return total


def _expense_target(write: Write, kind: str, found: dict[str, Any]) -> None:
    if kind == ACCOUNT_EXPENSE:
        if not ref_id(found, "AccountRef"):
            raise faults.missing("Line.AccountBasedExpenseLineDetail.AccountRef")
        kind_of_account = accounts.account_type(write.session, str(ref_id(found, "AccountRef")))
        if kind_of_account in {accounts.RECEIVABLE, accounts.PAYABLE}:
            raise book_faults.wrong_account("a line of this transaction cannot use accounts receivable or payable.")
        return
    item_id = ref_id(found, "ItemRef")
    if item_id is None:
        raise faults.missing("Line.ItemBasedExpenseLineDetail.ItemRef")
    _tradable(write, item_id, "Expense")
