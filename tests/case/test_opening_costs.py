"""What first stock cost: out of the oldest versions of the items, and what is said where they do not tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault.snapshots.earliest import Earliest


def item(record_id: str, cost: str, **more: Any) -> Record:
    body = {
        "Id": record_id,
        "Name": "Valve",
        "Type": "Inventory",
        "QtyOnHand": 10,
        "PurchaseCost": Decimal(cost),
        **more,
    }
    return Record(RecordKey("Item", record_id), encode(body))


@dataclass
class Held:
    """A snapshot of some items, and what its vault has of them that is older."""

    items: tuple[Record, ...]
    oldest: tuple[Record, ...] = ()
    missing: tuple[str, ...] = ()

    def records(self, entities: Iterable[str], /) -> Iterable[Record]:
        return [one for one in self.items if one.key.entity in set(entities)]

    def earliest(self, entity: str, ids: Collection[str], /) -> Earliest:
        return Earliest({one.key: one for one in self.oldest if one.key in {(entity, of) for of in ids}}, self.missing)


def test_the_price_of_the_oldest_version_counts() -> None:
    costs = opening_costs(Held((item("11", "9"), item("12", "4")), (item("11", "7.50"), item("12", "4"))))
    assert (costs.units, costs.findings) == ({"11": Decimal("7.50"), "12": 4}, ())


def test_items_that_are_not_tracked_are_not_looked_for() -> None:
    service = item("11", "9", Type="Service")
    assert opening_costs(Held((service,), missing=("segments/7: It is damaged.",))) == ({}, ())


def test_a_file_that_cannot_be_read_is_named() -> None:
    costs = opening_costs(Held((item("11", "9"),), missing=("segments/7: It is damaged.",)))
    assert costs.units == {}
    assert [(one.code, one.severity) for one in costs.findings] == [("opening_cost_unknown", "note")]
    assert "segments/7: It is damaged" in costs.findings[0].what


def test_an_item_that_was_not_tracked_at_first_has_the_price_of_today_and_that_is_said_if_it_changed() -> None:
    before = item("11", "7.50", Type="NonInventory"), item("12", "9", Type="NonInventory")
    costs = opening_costs(Held((item("11", "9"), item("12", "9")), before))
    assert costs.units == {}
    assert [(one.code, str(one.key)) for one in costs.findings] == [("opening_cost_unknown", "Item:11")]
