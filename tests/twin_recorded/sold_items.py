"""The company that a recorded ItemSales presupposes: its items, and two sales receipts that sold what the report says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model import payload as payloads
from twin_recorded.recordings import Recording
from twin_recorded.scenes import Body, Scene, Stage

_FILE: Final = "quickbooks-types/report2.json"
_DAY: Final = "2025-06-15"
_DIVIDED: Final = "Delivery"
"""Its sales are on two receipts, so that one of them makes the sum of which the recorded discount was taken."""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    id: str
    quantity: Decimal | None
    amount: Decimal
    cost: Decimal | None
    category: str | None


def prepare(stage: Stage, scene: Scene, _: Recording) -> None:
    report = stage.kept(_FILE)
    for number, name, kind in (
        ("1", "Sales", "Income"),
        ("2", "Cost of Goods Sold", "Cost of Goods Sold"),
        ("3", "Inventory Asset", "Other Current Asset"),
        ("4", "Undeposited Funds", "Other Current Asset"),
    ):
        subtype = {"3": "Inventory", "4": "UndepositedFunds"}.get(number, "SalesOfProductIncome")
        _put(scene, "Account", {"Id": number, "Name": name, "AccountType": kind, "AccountSubType": subtype})
    _put(scene, "Customer", {"Id": "1", "DisplayName": "A customer"})
    for number, name, above in _categories(report["Rows"]["Row"], None):
        _put(scene, "Item", {"Id": number, "Name": name, "Type": "Category", **_below(above)})
    rows = list(_rows(report["Rows"]["Row"], None))
    for row in rows:
        _put(scene, "Item", _item(row))
    nobody = next(row["ColData"] for row in report["Rows"]["Row"] if row.get("group") == "**")
    base, discount = -Decimal(nobody[1]["value"]), -Decimal(nobody[2]["value"])
    (divided,) = [row for row in rows if row.name == _DIVIDED]
    assert divided.quantity is not None
    rest = _line(divided, divided.quantity - 1, divided.amount - base)
    _receipt(scene, "1", [_line(row, row.quantity, row.amount) for row in rows if row is not divided] + [rest])
    percent = {
        "PercentBased": True,
        "DiscountPercent": Decimal(nobody[4]["value"]) * 100,
        "DiscountAccountRef": _ref("1"),
    }
    taken_off = {"Amount": discount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": percent}
    _receipt(scene, "2", [_line(divided, Decimal(1), base), taken_off])


def _ref(value: str) -> Body:
    return {"value": value}


def _below(above: str | None) -> Body:
    return {"SubItem": True, "ParentRef": _ref(above)} if above else {}


def _put(scene: Scene, entity: str, body: Body) -> None:
    scene.twin.put_raw(entity, payloads.encode({"Active": True, "SyncToken": "0", **body}))


def _categories(rows: list[Any], above: str | None) -> Iterator[tuple[str, str, str | None]]:
    for row in rows:
        if "Header" in row:
            head = row["Header"]["ColData"][0]
            yield head["id"], head["value"], above
            yield from _categories(row["Rows"]["Row"], head["id"])


def _rows(rows: list[Any], category: str | None) -> Iterator[_Row]:
    """What was sold, without the totals of categories."""
    totals = {row["Header"]["ColData"][0]["id"] for row in rows if "Header" in row}
    for row in rows:
        if "Header" in row:
            yield from _rows(row["Rows"]["Row"], row["Header"]["ColData"][0]["id"])
            continue
        cells = row["ColData"]
        if "id" in cells[0] and cells[0]["id"] not in totals:
            cost = cells[5]["value"]
            yield _Row(
                cells[0]["value"],
                cells[0]["id"],
                Decimal(cells[1]["value"]) if cells[1]["value"] else None,
                Decimal(cells[2]["value"]),
                Decimal(cost) if cost else None,
                category,
            )


def _item(row: _Row) -> Body:
    body: Body = {
        "Id": row.id,
        "Name": row.name,
        "Type": "Service",
        "IncomeAccountRef": _ref("1"),
        **_below(row.category),
    }
    if row.cost is None:
        return body
    stock: Body = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 0, "InvStartDate": "2025-01-01"}
    stock |= {
        "PurchaseCost": row.cost / (row.quantity or 1),
        "ExpenseAccountRef": _ref("2"),
        "AssetAccountRef": _ref("3"),
    }
    return {**body, **stock}


def _line(row: _Row, quantity: Decimal | None, amount: Decimal) -> Body:
    detail: Body = {"ItemRef": _ref(row.id)} | ({} if quantity is None else {"Qty": quantity})
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def _receipt(scene: Scene, number: str, lines: list[Body]) -> None:
    total = sum((line["Amount"] * (-1 if "DiscountLineDetail" in line else 1) for line in lines), Decimal(0))
    body = {"Id": number, "TxnDate": _DAY, "CustomerRef": _ref("1"), "DepositToAccountRef": _ref("4")}
    _put(scene, "SalesReceipt", {**body, "TotalAmt": total, "Line": lines})
