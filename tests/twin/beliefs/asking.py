"""Queries, the change feed, numbers: what the service answers to who reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from akika_forensics.twin.uncertain import FEED, FILTER
from tests.twin.beliefs.looking import LOOKS, Look, answered, look, select


@look("maxresults_above_1000")
def _(books: Any) -> str:
    return answered(select(books, "select * from Customer maxresults 1001"), "4001", "capped", "refused")


@look("orderby_id")
def _(books: Any) -> str:
    return answered(select(books, "select * from Customer order by Id desc"), "4001", "works", "refused")


@look("numbers_in_lists")
def _(books: Any) -> str:
    assert books.twin.query("select * from Customer where Id in ('1', '2')")
    return answered(select(books, "select * from Customer where Id in (1, 2)"), "4000", "read", "refused")


@look("quoted_booleans")
def _(books: Any) -> str:
    assert books.twin.query("select * from Customer where Active = true")
    return answered(select(books, "select * from Customer where Active = 'true'"), "10000", "read", "broken")


@look("addresses_in_columns")
def _(books: Any) -> str:
    assert books.twin.query("select DisplayName, PrimaryEmailAddr from Customer")
    return answered(select(books, "select Id, BillAddr from Customer"), "4001", "shown", "not_found")


@look("total_count")
def _(books: Any) -> str:
    books.twin.create("Invoice", books.sale(books.ann, 5))
    shown = tuple(
        "totalCount" in books.twin.query(f"select * from {name}")["QueryResponse"] for name in ("Invoice", "Customer")
    )
    return {(True, False): "some", (False, False): "never", (True, True): "always"}[shown]


@look("query_inventory_adjustment")
def _(books: Any) -> str:
    return answered(select(books, "select * from InventoryAdjustment"), "4001", "answered", "refused")


def _filter(entity: str, field: str) -> Look:
    def found(books: Any) -> str:
        one = answered(select(books, f"select * from {entity} where {field} = '1'"), "4001", "answered", "refused")
        plain = answered(select(books, f"select * from {entity} where Id = '1'"), "4001", "answered", "refused")
        assert plain == "answered"
        return one

    return found


for _entity, (_name, _fields) in FILTER.items():
    LOOKS[_name] = _filter(_entity, min(_fields))


@look("feed_too_old")
def _(books: Any) -> str:
    since = books.clock() - timedelta(days=31)
    assert books.twin.change_feed(["Customer"], since + timedelta(days=2)).groups
    return answered(lambda: books.twin.change_feed(["Customer"], since), "500", "answered", "refused")


def _feed(entity: str) -> Look:
    def found(books: Any) -> str:
        since = books.clock() - timedelta(days=1)
        return answered(lambda: books.twin.change_feed(["Customer", entity], since), "4001", "carried", "refused")

    return found


for _entity, _name in FEED.items():
    LOOKS[_name] = _feed(_entity)
