"""Products and services. Ids, names, prices and accounts are the stock company's; texts are our own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from akika_forensics.twin.sample.chart import account_ref

INVENTORY_START: Final = "2026-07-01"


class ItemRow(NamedTuple):
    """``cost`` and ``opening`` (quantity on 2026-07-01) are those of inventory items; a service has neither."""

    id: str
    name: str
    description: str
    income: str
    price: Decimal
    taxable: bool
    cost: Decimal | None = None
    opening: int = 0


_ROWS: Final[tuple[tuple[Any, ...], ...]] = (
    ("1", "Services", "Services rendered", "1", "0", False),
    ("2", "Hours", "Time on site", "1", "0", False),
    ("3", "Concrete", "Poured concrete base", "48", "0", True),
    ("4", "Design", "Garden design", "82", "75", False),
    ("5", "Rock Fountain", "Fountain of natural rock", "79", "275", True, "125", 9),
    ("6", "Gardening", "Regular garden care", "45", "0", False),
    ("7", "Installation", "Putting the design in place", "52", "50", False),
    ("8", "Lighting", "Lights along paths and beds", "48", "0", True),
    ("9", "Maintenance & Repair", "Upkeep of what we built", "53", "0", False),
    ("10", "Pest Control", "Treatment against pests", "54", "35", False),
    ("11", "Pump", "Pump for a fountain", "79", "15", True, "10", 19),
    ("13", "Rocks", "Rocks by the piece", "48", "0", True),
    ("14", "Sod", "Rolled turf", "49", "0", True),
    ("15", "Soil", "Two cubic feet of soil", "49", "10", True),
    ("16", "Sprinkler Heads", "Sprinkler head", "79", "2", True, "0.75", 35),
    ("17", "Sprinkler Pipes", "Length of sprinkler pipe", "79", "4", True, "2.5", 43),
    ("18", "Trimming", "Cutting trees and shrubs", "45", "35", False),
)

ITEMS: Final[tuple[ItemRow, ...]] = tuple(
    ItemRow(
        row[0], row[1], row[2], row[3], Decimal(row[4]), row[5], *((Decimal(row[6]), row[7]) if len(row) > 6 else ())
    )
    for row in _ROWS
)

BY_ID: Final[dict[str, ItemRow]] = {row.id: row for row in ITEMS}


def item_ref(item_id: str) -> dict[str, str]:
    return {"value": item_id, "name": BY_ID[item_id].name}


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """``(id, body)`` of every item; inventory items carry their opening quantity."""
    for row in ITEMS:
        body: dict[str, Any] = {
            "Name": row.name,
            "Description": row.description,
            "Taxable": row.taxable,
            "UnitPrice": row.price,
            "IncomeAccountRef": account_ref(row.income),
        }
        if row.cost is None:
            body["Type"] = "Service"
        else:
            body |= {
                "Type": "Inventory",
                "PurchaseDesc": f"{row.description}, bought in",
                "PurchaseCost": row.cost,
                "ExpenseAccountRef": account_ref("80"),
                "AssetAccountRef": account_ref("81"),
                "TrackQtyOnHand": True,
                "QtyOnHand": row.opening,
                "InvStartDate": INVENTORY_START,
            }
        yield row.id, body
