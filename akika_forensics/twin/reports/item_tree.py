"""Products and services as their reports list them: below their categories, whose totals are rows of their own.

Source: recorded ItemSales of 2025: a section of a category has no summary, the row after it is its total.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from akika_forensics.twin.reports.parties import Names, Tree
from akika_forensics.twin.session import Session

type Row = dict[str, Any]
type Cells = list[str]


def rows(
    session: Session,
    items: Collection[str],
    own: Callable[[str], Cells],
    total: Callable[[list[str]], Cells],
    width: int,
) -> list[Row]:
    """``own`` gives an item's cells after its name, ``total`` those of several items together; ``width`` of them."""
    names = Names(session, "Item")
    tree = Tree(names, sorted(items))

    def below(above: str | None) -> tuple[list[Row], list[str]]:
        made: list[Row] = []
        met: list[str] = []
        kind = {} if above is None else {"type": "Data"}
        for one in tree.under(above):
            name = names.plain(one)
            mine = [one] if one in items else []
            inner, deeper = below(one)
            if inner:
                cells = own(one) if mine else [""] * width
                made.append({"Header": _row(name, one, cells), "Rows": {"Row": inner}, "type": "Section"})
                made.append({**_row(f"Total {name}", one, total([*mine, *deeper])), **kind})
            else:
                made.append({**_row(name, one, own(one)), **kind})
            met += [*mine, *deeper]
        return made, met

    return below(None)[0]


def _row(name: str, record_id: str, cells: Cells) -> Row:
    return {"ColData": [{"value": name, "id": record_id}, *({"value": cell} for cell in cells)]}
