"""Transactions in the order of a report, each with its sides, read in portions so that nothing is read in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Final

from akika_forensics.twin.ledger.inventory import OPENING
from akika_forensics.twin.reports.listings import facts
from akika_forensics.twin.reports.listings.filters import Conditions
from akika_forensics.twin.reports.listings.listing import Found
from akika_forensics.twin.session import Session

type Key = tuple[str, str]

ORDER: Final = "ORDER BY d.date, CAST(d.id AS INTEGER), d.entity"
"""Of transactions ``d``, when no other is asked for."""
_SIDES: Final = "ORDER BY p.line, p.movement IS NOT NULL, p.rowid"
_AT_ONCE: Final = 400
_OPENINGS: Final = (
    f"SELECT entity, id, date, min(rowid) FROM posting WHERE entity = '{OPENING}' AND date BETWEEN ? AND ?"  # noqa: S608 - our text
)


def keys(session: Session, days: tuple[str, str], where: Conditions, most: int = -1) -> list[Key]:
    """Entity and Id of the first ``most`` transactions of some days, by day and Id; -1 for all.

    Without conditions those come too that no document explains.
    """
    source = "document AS d" + facts.joined(where.texts, "d")
    sql = (
        f"SELECT d.date, CAST(d.id AS INTEGER), d.entity, d.id FROM {source} WHERE d.date BETWEEN ? AND ? "  # noqa: S608 - ours
        f"AND {where.where()} {ORDER} LIMIT ?"
    )
    found = session.store.select(sql, (*days, *where.values, most))
    if not where.texts:
        found += [(day, 0, one, key) for one, key, day, _ in session.store.select(f"{_OPENINGS} GROUP BY 2", days)]
    return [(str(one), str(key)) for _, _, one, key in sorted(found)]


def with_sides(session: Session, some: Sequence[Key], wanted: Sequence[str]) -> Iterator[tuple[Key, list[Found]]]:
    """The facts of the sides of transactions, each side of the whole document first, then those of its lines.

    A transaction that posts nothing has one row, without an amount where it might have posted.
    """
    chosen = facts.selected(facts.SIDE, wanted)
    listed = "document AS d ON d.entity = k.entity AND d.id = k.id LEFT JOIN posting AS p ON p.entity = d.entity AND p.id = d.id"
    stock = "posting AS p ON p.entity = k.entity AND p.id = k.id LEFT JOIN document AS d ON d.entity = p.entity AND d.id = p.id"
    for portion in batched(some, _AT_ONCE):
        found: dict[Key, list[Found]] = {key: [] for key in portion}
        openings = [key for key in portion if key[0] == OPENING]
        for which, source in (([key for key in portion if key[0] != OPENING], listed), (openings, stock)):
            if which:
                _read(session, found, which, f"{source}{facts.joined([chosen], 'k')}", chosen, _SIDES)
        yield from found.items()


def whole(session: Session, some: Sequence[Key], wanted: Sequence[str]) -> Iterator[Found]:
    """The facts of whole transactions, in the order of the keys."""
    chosen = facts.selected(facts.WHOLE, wanted)
    source = f"document AS d ON d.entity = k.entity AND d.id = k.id{facts.joined([chosen], 'd')}"
    for portion in batched(some, _AT_ONCE):
        found: dict[Key, list[Found]] = {key: [] for key in portion}
        _read(session, found, portion, source, chosen, "")
        yield from (row for rows in found.values() for row in rows)


def _read(
    session: Session, found: dict[Key, list[Found]], some: Sequence[Key], source: str, chosen: str, order: str
) -> None:
    places = ",".join(["(?,?)"] * len(some))
    sql = f"WITH k (entity, id) AS (VALUES {places}) SELECT k.entity, k.id, {chosen} FROM k CROSS JOIN {source} {order}"  # noqa: S608 - ours
    for entity, record_id, *row in session.store.select(sql, [part for key in some for part in key]):
        found[entity, record_id].append(row)
