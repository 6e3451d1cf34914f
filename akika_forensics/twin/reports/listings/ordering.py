"""In which order rows are shown: by day and Id unless something else is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from akika_forensics.twin import faults
from akika_forensics.twin.reports.listings.listing import Found, Listing
from akika_forensics.twin.reports.report import Asked

OPTIONS: Final = frozenset({"sort_by", "sort_order"})
_ORDERS: Final = frozenset({"ascend", "descend"})


def of(asked: Asked, listing: Listing) -> Callable[[list[Found]], list[Found]] | None:
    """What puts rows that are in order of day and Id into the order asked for; None when that is it already.

    A column that the report does not show sorts nothing. Raises QuickBooksFault 2170 for what is no order.
    """
    by = asked.parameters.get("sort_by") or listing.usual_sort
    order = asked.parameters.get("sort_order") or "ascend"
    if order.lower() not in _ORDERS:
        raise faults.malformed("sort_order", "enum", order)
    key = listing.sort_key(by) if by else None
    down = order.lower() == "descend"
    if key is None and not down:
        return None

    def put(rows: list[Found]) -> list[Found]:
        found = sorted(rows, key=key) if key is not None else list(rows)
        return found[::-1] if down else found

    return put


def transactions[K](
    put: Callable[[list[Found]], list[Found]], some: Iterable[tuple[K, list[Found]]]
) -> list[tuple[K, list[Found]]]:
    """Whole transactions in the order of their first rows; the rows of each stay as they are."""
    known = [(id(sides[0]), (key, sides)) for key, sides in some if sides]
    whole = dict(known)
    return [whole[id(first)] for first in put([sides[0] for _, sides in whole.values()])]
