"""Customers with their jobs, and vendors, as summaries list them: names in order, jobs below whom they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from akika_forensics.twin import identity, naming
from akika_forensics.twin.reports import sheet
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.session import Session

NOBODY: Final = "Not Specified"
"""The row of what is in nobody's name. Source: recorded ItemSales, which ends with one."""

type Row = dict[str, Any]


class Names:
    """The records of one list, as reports name them; ``entity`` is the list."""

    def __init__(self, session: Session, entity: str) -> None:
        self._session, self._entity = session, entity
        self._full = "FullyQualifiedName" if entity != "Vendor" else "DisplayName"
        self._plain = "DisplayName" if entity in naming.PARTIES else "Name"

    def _body(self, record_id: str) -> dict[str, Any]:
        return self._session.find(self._entity, record_id) or {}

    def plain(self, record_id: str) -> str:
        """Without those above it, with the mark of an inactive one."""
        body = self._body(record_id)
        name = str(body.get(self._plain) or body.get("Name") or record_id)
        return naming.marked(name) if body.get("Active") is False else name

    def full(self, record_id: str) -> str:
        """``Ann:Shed``, with the mark of an inactive one."""
        body = self._body(record_id)
        name = str(body.get(self._full) or body.get(self._plain) or record_id)
        return naming.marked(name) if body.get("Active") is False else name

    def above(self, record_id: str) -> str | None:
        """The Id of the one above; None for an outermost one and where that is gone."""
        parent = ref_id(self._body(record_id), "ParentRef")
        return parent if parent and self._session.find(self._entity, parent) is not None else None

    def place(self, record_id: str) -> tuple[str, int]:
        """Names in order, capitals or not."""
        return self.plain(record_id).casefold(), identity.number_of(record_id)


class Tree:
    """Records that have figures, below those above them."""

    def __init__(self, names: Names, ids: Sequence[str]) -> None:
        self.names = names
        self._below: dict[str | None, list[str]] = {}
        seen: set[str] = set()
        for one in ids:
            current: str | None = one
            while current is not None and current not in seen:
                seen.add(current)
                above = names.above(current)
                self._below.setdefault(above, []).append(current)
                current = above
        for rows in self._below.values():
            rows.sort(key=names.place)

    def under(self, record_id: str | None) -> list[str]:
        """Those directly below one; the outermost below None."""
        return self._below.get(record_id, [])


def summed(
    tree: Tree,
    figures: Mapping[str, sheet.Figures],
    width: int,
    *,
    bare: Callable[[sheet.Figures], sheet.Figures] | None = None,
) -> tuple[list[Row], list[int]]:
    """A row for each record, a section with a total for one that has others below it; and what all add up to.

    ``figures`` are cents by Id, ``width`` of them. ``bare`` gives what the header of a section shows. Source: rows
    without a type outside a section and with one inside it are recorded.
    """

    def rows(above: str | None) -> tuple[list[Row], list[int]]:
        made: list[Row] = []
        totals = [0] * width
        for one in tree.under(above):
            own: sheet.Figures = figures.get(one, [None] * width)
            whole = [cents or 0 for cents in own]
            name = tree.names.plain(one)
            if tree.under(one):
                inner, sums = rows(one)
                whole = [a + b for a, b in zip(whole, sums, strict=True)]
                head = bare(own) if bare else own
                total = sheet.cells(f"Total {name}", whole)
                made.append(sheet.section(sheet.cells(name, head, one), inner, total))
            elif above is None:
                made.append(sheet.cells(name, own, one))
            else:
                made.append(sheet.data(name, own, one))
            totals = [a + b for a, b in zip(totals, whole, strict=True)]
        return made, totals

    return rows(None)


def grand_total(totals: sheet.Figures, name: str = "TOTAL") -> Row:
    return sheet.section(None, [], sheet.cells(name, totals), "GrandTotal")
