"""The books as they will be when a plan has run: predicted records, postings and trial balance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from akika_forensics.books import Chart, Ledger, post_many
from akika_forensics.model.money import ZERO, money
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.bodies import steps_cited, with_ids
from akika_forensics.restore.document import Action, BalanceLine, Prediction, Step
from akika_forensics.restore.evidence import Evidence, balances_of

_STOCK_OUT = frozenset({"Invoice", "SalesReceipt"})
_STOCK_BACK = frozenset({"CreditMemo", "RefundReceipt"})
_STOCK_IN = frozenset({"Bill", "Purchase"})
_STOCK_RETURNED = frozenset({"VendorCredit"})


@dataclass(frozen=True)
class Predicted:
    """``records`` is the whole predicted company; ``ids`` the provisional Id of each created record."""

    records: tuple[Record, ...]
    ids: Mapping[str, str]


def provisional_id(step_id: str) -> str:
    """An Id no server gives, for a record that does not exist yet."""
    return f"new-{step_id}"


def predict_records(now: Iterable[Record], steps: Sequence[Step], wanted: Mapping[str, dict[str, Any]]) -> Predicted:
    """Apply steps to the records of ``now``. ``wanted`` holds, per step id, the full body the record should have."""
    ids = {step.id: provisional_id(step.id) for step in steps if step.operation == "create"}
    standing = {record.key: record for record in now}
    stock: dict[str, Decimal] = {}
    for step in steps:
        live = step.live
        old = standing.get(live) if live else None
        if old is not None:
            _add_stock(stock, old.key.entity, old.body, -1)
        if step.action is Action.REMOVE:
            if live is not None:
                standing.pop(live, None)
            continue
        body = dict(with_ids(wanted[step.id], dict(ids)))
        key = RecordKey(step.key.entity, ids[step.id]) if live is None else live
        body["Id"] = key.id
        standing[key] = Record(key, encode(body))
        _add_stock(stock, key.entity, body, +1)
    for item_id, moved in stock.items():
        _move_stock(standing, item_id, moved)
    return Predicted(tuple(standing[key] for key in sorted(standing)), ids)


def _add_stock(stock: dict[str, Decimal], entity: str, body: dict[str, Any], sign: int) -> None:
    for item_id, quantity in quantities(entity, body).items():
        stock[item_id] = stock.get(item_id, ZERO) + sign * quantity


def quantities(entity: str, body: dict[str, Any]) -> dict[str, Decimal]:
    """How a document moves the quantity on hand of each item it names: sold is negative, bought positive."""
    direction = -1 if entity in _STOCK_OUT | _STOCK_RETURNED else 1 if entity in _STOCK_BACK | _STOCK_IN else 0
    if entity == "Purchase" and body.get("Credit") is True:
        direction = -1
    moved: dict[str, Decimal] = {}
    if direction == 0:
        return moved
    for line in _lines(body.get("Line", ())):
        detail = line.get("SalesItemLineDetail") or line.get("ItemBasedExpenseLineDetail") or {}
        item_id = str((detail.get("ItemRef") or {}).get("value") or "")
        if item_id and detail.get("Qty") is not None:
            moved[item_id] = moved.get(item_id, ZERO) + direction * money(detail["Qty"])
    return moved


def _lines(lines: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for line in lines:
        if isinstance(line, dict):
            yield line
            group = line.get("GroupLineDetail")
            if isinstance(group, dict):
                yield from _lines(group.get("Line", ()))


def _move_stock(standing: dict[RecordKey, Record], item_id: str, moved: Decimal) -> None:
    record = standing.get(RecordKey("Item", item_id))
    if record is None or moved == ZERO or record.body.get("QtyOnHand") is None:
        return
    body = {**record.body, "QtyOnHand": money(record.body["QtyOnHand"]) + moved}
    standing[record.key] = Record(record.key, encode(body))


def predict_balances(evidence: Evidence, predicted: Sequence[Record], as_of: date) -> Prediction:
    """The trial balance before, now and predicted, account by account, as of one date."""
    costs = evidence.opening_costs
    columns = (
        balances_of(evidence.before, as_of, costs),
        balances_of(evidence.now, as_of, costs),
        Ledger.of(predicted, opening_costs=costs).trial_balance(as_of),
    )
    names = {
        record.key.id: str(record.body.get("FullyQualifiedName", record.key.id))
        for record in predicted
        if record.key.entity == "Account"
    }
    accounts = sorted({account for column in columns for account in column}, key=lambda a: (len(a), a))
    lines = tuple(
        BalanceLine(
            account=account,
            name=names.get(account, account),
            before=columns[0].get(account, ZERO),
            now=columns[1].get(account, ZERO),
            predicted=columns[2].get(account, ZERO),
        )
        for account in accounts
    )
    stock = {
        record.key.id: money(record.body.get("QtyOnHand"))
        for record in predicted
        if record.key.entity == "Item" and record.body.get("QtyOnHand") is not None
    }
    return Prediction(as_of=as_of.isoformat(), lines=lines, quantities=stock)


def step_effects(
    steps: Sequence[Step], now: Sequence[Record], wanted: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Decimal]]:
    """Per step, what its documents post to each account beyond what they post now; stock cost is not in it."""
    standing = {record.key: record for record in now}
    documents: list[tuple[str, dict[str, Any]]] = []
    sides: list[tuple[str, int]] = []
    for step in steps:
        old = standing.get(step.live) if step.live else None
        if old is not None:
            documents.append((old.key.entity, old.body))
            sides.append((step.id, -1))
        if step.action is not Action.REMOVE:
            cited = {name: provisional_id(name) for name in steps_cited(wanted[step.id])}
            documents.append((step.key.entity, with_ids(wanted[step.id], cited)))
            sides.append((step.id, +1))
    moved: dict[str, dict[str, Decimal]] = {step.id: {} for step in steps}
    for (step_id, sign), postings in zip(sides, post_many(documents, Chart.of(now), now), strict=True):
        of_step = moved[step_id]
        for posting in postings:
            of_step[posting.account] = of_step.get(posting.account, ZERO) + sign * posting.amount
    return {
        step_id: {account: amount for account, amount in sorted(of_step.items()) if amount != ZERO}
        for step_id, of_step in moved.items()
    }
