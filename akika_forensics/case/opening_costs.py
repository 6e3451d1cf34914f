"""What a unit of each item's first stock cost: as the item was when a snapshot first told of it.

QuickBooks posts first stock once, at the purchase cost of that day; whoever changes that price later changes nothing of it. No application
can read the posting, and a later record of the item has the later price alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol

from akika_forensics.books import Chart, Finding, Item
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.snapshots.earliest import Earliest


class Remembered(Protocol):
    """What is needed of a snapshot: its items, and the oldest versions of them that its vault keeps."""

    def records(self, entities: Iterable[str], /) -> Iterable[Record]: ...

    def earliest(self, entity: str, ids: Collection[str], /) -> Earliest: ...


class OpeningCosts(NamedTuple):
    """``units``: by item Id, in home currency, as `Ledger.of` takes them. ``findings``: what stood in the way of knowing them."""

    units: Mapping[str, Decimal]
    findings: tuple[Finding, ...] = ()


def opening_costs(*snapshots: Remembered, records: Iterable[Record] | None = None) -> OpeningCosts:
    """Of the tracked items of some snapshots of one company. ``records``: those of the snapshots, where they are read already. Raises
    VaultDamaged, NotAllowed where the member may not read payloads.
    """
    held = records if records is not None else (one for snapshot in snapshots for one in snapshot.records(["Item"]))
    items = Chart.of(one for one in held if one.key.entity == "Item").items
    tracked = {item.id: item for item in items.values() if item.tracked}
    if not tracked:
        return OpeningCosts({})
    oldest = snapshots[0].earliest("Item", tracked)
    first = Chart.of(oldest.records.values()).items
    units = {item.id: item.cost for item in first.values() if item.tracked}
    later = [item for item in tracked.values() if item.id in first and _tracked_since(first[item.id], item)]
    return OpeningCosts(units, (*map(_unreadable, oldest.missing), *map(_not_tracked, later)))


def _tracked_since(first: Item, now: Item) -> bool:
    """Its first stock is from a day between the two, and nobody looked which of the prices it had then."""
    return not first.tracked and first.cost != now.cost


def _not_tracked(item: Item) -> Finding:
    key = RecordKey("Item", item.id)
    what = (
        f"{key} ({item.name}) was not tracked when it was first seen, and its purchase price was changed since: its first stock stands at "
        "the price of today."
    )
    return Finding("opening_cost_unknown", what, key, "note")


def _unreadable(why: str) -> Finding:
    what = (
        f"Earlier versions of items cannot be read ({why}), so that nobody can tell whether a purchase price was changed since: "
        "first stock stands at the oldest price that can be read."
    )
    return Finding("opening_cost_unknown", what, None, "note")
