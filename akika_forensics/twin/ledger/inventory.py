"""Stock of inventory items: quantities in and out, and what went out at FIFO cost.

Every write to a movement replays the item from its first layer, so a back-dated purchase or a deleted sale re-costs
what was sold later. Source: QuickBooks API, Item; QuickBooks Online values stock first in, first out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from akika_forensics.model.money import ZERO, cents, money
from akika_forensics.twin import book_faults, identity
from akika_forensics.twin.documents import lines
from akika_forensics.twin.ledger import rates
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import MovementRow, PostingRow

OPENING: Final = "Opening"
_SOLD: Final = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1}
_BOUGHT: Final = {"Bill": 1, "Purchase": 1, "VendorCredit": -1}
_MOVING: Final = frozenset({*_SOLD, *_BOUGHT, "InventoryAdjustment"})


def movements(session: Session, entity: str, body: dict[str, Any]) -> list[MovementRow]:
    """The quantities that a document moves."""
    rows: list[MovementRow] = []
    if entity not in _MOVING:
        return rows
    for position, line in enumerate(lines.all_lines(body), 1):
        row = _movement(session, entity, body, position, line)
        if row is not None and Decimal(row.quantity):
            rows.append(row)
    return rows


def _movement(
    session: Session, entity: str, body: dict[str, Any], position: int, line: dict[str, Any]
) -> MovementRow | None:
    kind = str(line.get("DetailType"))
    found = line.get(kind) or {}
    item_id = ref_id(found, "ItemRef")
    item = session.find("Item", item_id) if item_id else None
    if item_id is None or item is None or item.get("Type") != "Inventory":
        return None
    asset = ref_id(item, "AssetAccountRef") or ""
    cost_of_sales = ref_id(item, "ExpenseAccountRef") or ref_id(item, "COGSAccountRef") or ""
    value: int | None = None
    counter = cost_of_sales
    quantity = Decimal(found.get("Qty", 1 if lines.amount(line) else 0))
    if entity in _SOLD and kind == lines.SALES:
        quantity *= _SOLD[entity]
    elif entity in _BOUGHT and kind == lines.ITEM_EXPENSE:
        quantity *= -1 if body.get("Credit") else _BOUGHT[entity]
        value = int(cents(lines.amount(line) * rates.of(session, body)) * 100)
    elif entity == "InventoryAdjustment":
        quantity = money(found.get("QtyDiff"))
        counter = ref_id(body, "AdjustAccountRef") or ""
    else:
        return None
    date = str(body["TxnDate"])[:10]
    return MovementRow(
        0,
        item_id,
        date,
        entity,
        str(body["Id"]),
        str(quantity),
        value,
        counter,
        asset,
        line=position,
        klass=ref_id(found, "ClassRef") or ref_id(body, "ClassRef") or "",
        department=ref_id(body, "DepartmentRef") or "",
        memo=str(line.get("Description") or ""),
    )


def check_dates(session: Session, rows: list[MovementRow]) -> None:
    """Raises 6270: a movement before the day on which the item's stock begins."""
    for row in rows:
        item = session.find("Item", row.item) or {}
        if row.date < str(item.get("InvStartDate", "")):
            raise book_faults.before_stock_start()


@dataclass(slots=True)
class _Layer:
    quantity: Decimal
    unit: Decimal


def replay(session: Session, item_id: str) -> None:
    """Cost every movement of an item anew and correct the postings of those whose cost is another now."""
    for row, cost in costs(session.store.movements_of(item_id), session.find("Item", item_id) or {}):
        if cost != row.cost_cents:
            session.store.cost_movement(row.number, cost)
            row.cost_cents = cost
        _post(session, row)


def costs(movements: list[MovementRow], item: dict[str, Any]) -> list[tuple[MovementRow, int]]:
    """All movements of an item in the order in which they count, each with its effect on the stock's value in cents."""
    rows = sorted(movements, key=order)
    running = posted = ZERO
    found = []
    for row, effect in zip(rows, _fifo(rows, money(item.get("PurchaseCost")) * 100), strict=True):
        running += effect
        rounded = running.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        found.append((row, int(rounded - posted)))
        posted = rounded
    return found


def order(row: MovementRow) -> tuple[str, int, int, int]:
    """By day; what comes in before what goes out; then as it was written."""
    return row.date, 0 if Decimal(row.quantity) > 0 else 1, identity.number_of(row.id), row.number


def _fifo(rows: list[MovementRow], fallback: Decimal) -> list[Decimal]:
    """The effect of each movement on the stock's value, in cents and exact.

    What is sold before it came in is valued at the cost at which it comes in later, or at the item's purchase cost
    while it has not. What a customer returns comes back at the cost at which the last unit left.
    """
    layers: deque[_Layer] = deque()
    short: deque[tuple[int, Decimal]] = deque()
    effects = [ZERO] * len(rows)
    last = fallback
    for position, row in enumerate(rows):
        quantity = Decimal(row.quantity)
        if quantity > 0:
            unit = Decimal(row.value_cents) / quantity if row.value_cents is not None else last
            effects[position] += unit * quantity if row.value_cents is None else Decimal(row.value_cents)
            while short and quantity:
                waiting, missing = short[0]
                taken = min(missing, quantity)
                effects[waiting] -= taken * unit
                quantity -= taken
                if taken == missing:
                    short.popleft()
                else:
                    short[0] = (waiting, missing - taken)
            if quantity:
                layers.append(_Layer(quantity, unit))
            continue
        needed = -quantity
        while needed and layers:
            taken = min(needed, layers[0].quantity)
            effects[position] -= taken * layers[0].unit
            last = layers[0].unit
            layers[0].quantity -= taken
            needed -= taken
            if not layers[0].quantity:
                layers.popleft()
        if needed:
            short.append((position, needed))
    for position, missing in short:
        effects[position] -= missing * fallback
    return effects


def entry_of(row: MovementRow) -> list[PostingRow]:
    """The entry of a costed movement: stock against its counter account, beyond what the document itself posts."""
    effect = row.cost_cents
    if row.value_cents is not None:
        effect -= row.value_cents if Decimal(row.quantity) > 0 else -row.value_cents
    if not effect or row.entity == OPENING:
        return []
    return [
        PostingRow(
            row.date,
            account,
            part,
            movement=row.number,
            line=row.line,
            klass=row.klass,
            department=row.department,
            item=row.item,
            quantity=row.quantity,
            memo=row.memo,
        )
        for account, part in ((row.asset_account, effect), (row.counter_account, -effect))
    ]


def _post(session: Session, row: MovementRow) -> None:
    if row.entity == OPENING:
        return
    wanted = entry_of(row)
    present = [p for p in session.store.postings(row.entity, row.id) if p.movement == row.number]
    if present == wanted:
        return
    for posting in present:
        session.account_cents[posting.account] -= posting.cents
    for posting in wanted:
        session.account_cents[posting.account] += posting.cents
    session.store.set_movement_postings(row, wanted)
